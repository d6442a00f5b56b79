"""The public types: the results and errors of the functions of `lstmlint.api`, and the types inside the results."""

from __future__ import annotations

from lstmlint.fixing.writers.writer import UnwritableError
from lstmlint.ir.document import NotAModelError, UnreadableError
from lstmlint.ir.finding import Severity
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Unknown
from lstmlint.keras.versions import UnknownTargetError
from lstmlint.linting.analysis import Analysis
from lstmlint.linting.baseline import BaselineError
from lstmlint.linting.catalogue import Rules
from lstmlint.output.results.audit import Audit
from lstmlint.output.results.bill import Bill
from lstmlint.output.results.breaking import Breaking
from lstmlint.output.results.explanation import Explanation, NoSuchLayerError
from lstmlint.output.results.fleet import Fleet
from lstmlint.output.results.loads import Loads
from lstmlint.output.results.origin import Origin
from lstmlint.output.results.repair import Fix
from lstmlint.output.results.summary import Summary
from lstmlint.portability.verdict import Outcome
from lstmlint.review.change import Diff
from lstmlint.review.git import GitError
from lstmlint.running.engine import EngineError
from lstmlint.settings.finder import SettingsError
from lstmlint.settings.settings import Settings
from lstmlint.zoo.sources import SourceError
from lstmlint.zoo.store import StoreError

__all__ = [
    "Analysis",
    "Audit",
    "BaselineError",
    "Bill",
    "Breaking",
    "Diff",
    "EngineError",
    "Explanation",
    "Fix",
    "Fleet",
    "GitError",
    "Layer",
    "Loads",
    "Model",
    "NoSuchLayerError",
    "NotAModelError",
    "Origin",
    "Outcome",
    "Rules",
    "Settings",
    "SettingsError",
    "Severity",
    "SourceError",
    "StoreError",
    "Summary",
    "Unknown",
    "UnknownTargetError",
    "UnreadableError",
    "UnwritableError",
]
