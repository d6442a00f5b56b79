"""The commands of the program, one module each."""

from __future__ import annotations

import sys
from functools import cache

from lstmlint.commands.command import Command
from lstmlint.extending import registry


@cache
def commands() -> dict[str, Command]:
    """The commands by name."""
    return registry.index(registry.declared(sys.modules[__name__], Command), lambda entry: (entry.name,))
