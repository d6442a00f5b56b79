"""The commands: a module each, with its arguments, its work for one file, and its exit status.

This wing may use every other wing. It must not hold a fact that a function of the Python API needs as well.
"""

from __future__ import annotations

import importlib
import sys
from functools import cache

from lstmlint.commands.command import Command
from lstmlint.extending import registry


@cache
def commands() -> dict[str, Command]:
    """The commands by name."""
    return registry.index(registry.declared(sys.modules[__name__], Command, nested=False), lambda entry: (entry.name,))


def command_of(name: str) -> Command | None:
    """The command of a name, which its module has as well, so that no other is imported."""
    if name not in registry.names(sys.modules[__name__]):
        return None
    declared = vars(importlib.import_module(f"{__name__}.{name}")).values()
    return next((value for value in declared if type(value) is Command and value.name == name), None)
