"""lstmlint: read saved Keras models without Keras, infer their shapes, count their parameters, find what is wrong."""

from __future__ import annotations

from pathlib import Path

from lstmlint.ir.document import NotAModelError, UnreadableError
from lstmlint.pipeline import Analysis, analyze, load

__all__ = ["Analysis", "NotAModelError", "UnreadableError", "__version__", "analyze", "load"]

__version__ = "0.1.0"

if not (Path(__file__).parent / "rules").is_dir():  # a checkout keeps the rules beside the package
    __path__.append(str(Path(__file__).parent.parent))
