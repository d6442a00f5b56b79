"""The output formats of `lstmlint check`, one module each."""

from __future__ import annotations

import sys
from functools import cache

from lstmlint import registry
from lstmlint.reporters.reporter import Reporter


@cache
def reporters() -> dict[str, Reporter]:
    """The reporters by name."""
    return registry.index(registry.declared(sys.modules[__name__], Reporter), lambda entry: (entry.name,))
