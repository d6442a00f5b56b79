"""Read saved Keras models without Keras: shapes, parameter counts, findings, where they load, what changed.

    load(path)              the model: layers, shapes, weights, parameter counts
    analyze(path)           the model and the findings of the rules
    summary(path)           the table of layers
    explain(path)           where the parameter counts come from
    explain_layer(layer)    the same of a layer that no file holds
    loads(path)             the versions of Keras in which the file loads
    sbom(path)              the bill of materials in CycloneDX
    audit(sources, store)   what is known of many models, kept in a database
    fleet(store)            what the keeper of these models wants to know first
    fix(path, output)       a repaired copy that today's Keras, or an earlier one, loads
    convert(path, output)   the same model in another container
    diff(old, new)          the differences between two models
    whatif(path, changes)   what other settings of layers would change
    origin(path, folder)    the files of which a model is a copy
    breaking(against)       the changes since a revision that break something
    rules()                 the rules that `analyze` asks
    settings_for(path)      the settings that the command line would use for a file

Each function answers the same as the command `lstmlint NAME` (`analyze` is `check`). A result is frozen: `to_dict()`
gives the JSON of the command (`lstmlint schema NAME` describes it) and `str()` its text. The names in `__all__` are
stable; all other modules are internal.
"""

from __future__ import annotations

import os
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from lstmlint.ir.shown import Presenter, present_with
from lstmlint.running.version import __version__

if TYPE_CHECKING:
    from lstmlint.api import (
        analyze,
        audit,
        breaking,
        convert,
        diff,
        explain,
        explain_layer,
        fix,
        fleet,
        load,
        loads,
        origin,
        rules,
        sbom,
        settings_for,
        summary,
        whatif,
    )
    from lstmlint.public import (
        Analysis,
        Audit,
        BaselineError,
        Bill,
        Breaking,
        Diff,
        EngineError,
        Explanation,
        Fix,
        Fleet,
        GitError,
        Layer,
        Loads,
        Model,
        NoSuchLayerError,
        NotAModelError,
        Origin,
        Outcome,
        Rules,
        Settings,
        SettingsError,
        Severity,
        SourceError,
        StoreError,
        Summary,
        Unknown,
        UnknownTargetError,
        UnreadableError,
        UnwritableError,
    )

__all__ = [  # noqa: RUF022 (functions first, then what they give, then what they raise)
    "load",
    "analyze",
    "summary",
    "explain",
    "explain_layer",
    "loads",
    "sbom",
    "audit",
    "fleet",
    "fix",
    "convert",
    "diff",
    "whatif",
    "origin",
    "breaking",
    "rules",
    "settings_for",
    "Model",
    "Layer",
    "Analysis",
    "Summary",
    "EngineError",
    "Explanation",
    "Loads",
    "Bill",
    "Audit",
    "Fleet",
    "Fix",
    "Diff",
    "Origin",
    "Breaking",
    "Rules",
    "Outcome",
    "Severity",
    "Settings",
    "Unknown",
    "UnreadableError",
    "NotAModelError",
    "UnwritableError",
    "NoSuchLayerError",
    "UnknownTargetError",
    "SettingsError",
    "SourceError",
    "StoreError",
    "BaselineError",
    "GitError",
    "__version__",
]

if not os.path.isdir(os.path.join(__path__[0], "rules")):  # a checkout keeps the rules beside the package
    __path__.append(os.path.dirname(__path__[0]))


def __getattr__(name: str) -> Any:
    """A public name, imported when it is first used, so that a command imports only what it needs."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from lstmlint import api

    if not hasattr(api, name):
        from lstmlint import public

        return getattr(public, name)
    return getattr(api, name)


def __dir__() -> list[str]:
    return list(__all__)


class _Package(ModuleType):
    """This package, in which `lstmlint.rules` stays the function after the package of the rules is imported."""

    def __setattr__(self, name: str, value: object) -> None:
        if name != "rules" or not isinstance(value, ModuleType):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def _presenter() -> Presenter:
    from lstmlint import presenter

    return presenter


present_with(_presenter)
