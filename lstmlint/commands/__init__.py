"""The commands: a module each, with its arguments, its work for one file, and its exit status.

This wing may use every other wing. It must not hold a fact that a function of the Python API needs as well.
"""

from __future__ import annotations

import sys
from functools import cache

from lstmlint.commands.command import Command
from lstmlint.extending import registry


@cache
def commands() -> dict[str, Command]:
    """The commands by name."""
    return registry.index(registry.declared(sys.modules[__name__], Command, nested=False), lambda entry: (entry.name,))
