"""The formats of `lstmlint diff`, one module each."""

from __future__ import annotations

import sys
from functools import cache

from lstmlint import registry
from lstmlint.review.formats.format import Format


@cache
def formats() -> dict[str, Format]:
    """The formats by name."""
    return registry.index(registry.declared(sys.modules[__name__], Format), lambda entry: (entry.name,))
