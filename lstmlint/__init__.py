"""lstmlint: read saved Keras models without Keras, infer their shapes, count their parameters, find what is wrong."""

from __future__ import annotations

from pathlib import Path

from lstmlint.ir.document import NotAModelError, UnreadableError
from lstmlint.ir.shown import show_with
from lstmlint.linting.analysis import Analysis
from lstmlint.pipeline import analyze, load
from lstmlint.running.version import __version__

__all__ = ["Analysis", "NotAModelError", "UnreadableError", "__version__", "analyze", "load"]

if not (Path(__file__).parent / "rules").is_dir():  # a checkout keeps the rules beside the package
    __path__.append(str(Path(__file__).parent.parent))


def _drawn(thing: object) -> str | None:
    from lstmlint.notebook import shown

    return shown(thing)


show_with(_drawn)
