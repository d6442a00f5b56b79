"""Mechanical repairs of saved models: one module a repair, found because this package is walked."""

from __future__ import annotations

import sys
from functools import cache

from lstmlint.extending import registry
from lstmlint.fixing.repairs.repair import Repair


@cache
def all_repairs() -> tuple[Repair, ...]:
    """Every repair in the order in which they are applied.

    Raises:
        ValueError: two repairs have the same name.
    """
    found = sorted(registry.declared(sys.modules[__name__], Repair), key=lambda repair: (repair.phase, repair.name))
    return tuple(registry.index(found, lambda repair: (repair.name,)).values())
