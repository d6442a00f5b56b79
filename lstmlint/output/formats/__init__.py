"""The output formats of `lstmlint check`, one module each."""

from __future__ import annotations

import importlib
import sys
from functools import cache
from typing import TYPE_CHECKING

from lstmlint.extending import registry

if TYPE_CHECKING:
    from lstmlint.output.formats.reporter import Reporter

#: Modules that declare no format.
HELPERS = frozenset({"parts", "reporter"})


@cache
def formats() -> dict[str, str]:
    """Name of each format -> name of its module, from the files of the package, so that no module is imported.

    A module has the name of its format, with `_report` behind it where Python has a module of that name.
    """
    names = registry.names(sys.modules[__name__])
    return {name.removesuffix("_report"): name for name in names if name not in HELPERS}


def reporter_of(name: str) -> Reporter:
    """The reporter of a format; no other is imported."""
    from lstmlint.output.formats.reporter import Reporter

    module = importlib.import_module(f"{__name__}.{formats()[name]}")
    return next(value for value in vars(module).values() if isinstance(value, Reporter) and value.name == name)


@cache
def reporters() -> dict[str, Reporter]:
    """Every reporter by name."""
    from lstmlint.output.formats.reporter import Reporter

    return registry.index(registry.declared(sys.modules[__name__], Reporter), lambda entry: (entry.name,))
