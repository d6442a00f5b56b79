"""Mechanical repairs of saved models: one module for each repair, found by a walk of this package."""

from __future__ import annotations

import sys
from functools import cache

from lstmlint.extending import registry
from lstmlint.fixing.repairs.repair import Repair


@cache
def all_repairs() -> tuple[Repair, ...]:
    """Every repair, in the order of application.

    Raises:
        ValueError: two repairs have the same name.
    """
    repairs = sorted(registry.declared(sys.modules[__name__], Repair), key=lambda repair: (repair.phase, repair.name))
    return tuple(registry.index(repairs, lambda repair: (repair.name,)).values())
