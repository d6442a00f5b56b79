"""The formats of `lstmlint diff`, one module each."""

from __future__ import annotations

import sys
from functools import cache

from lstmlint.extending import registry
from lstmlint.output.changes.format import Format


@cache
def formats() -> dict[str, Format]:
    """The formats by name."""
    return registry.index(registry.declared(sys.modules[__name__], Format), lambda entry: (entry.name,))
