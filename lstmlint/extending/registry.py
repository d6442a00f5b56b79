"""Registries of the program: a walk imports the modules of a package and collects their declarations."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from types import ModuleType
from typing import TypeVar

Entry = TypeVar("Entry")


def modules(package: ModuleType, *, nested: bool = True) -> Iterator[ModuleType]:
    """Import and yield every module of a package and, if `nested`, of those below it, in the order of their names."""
    walk = pkgutil.walk_packages if nested else pkgutil.iter_modules
    for info in sorted(walk(package.__path__, package.__name__ + "."), key=lambda info: info.name):
        if not info.ispkg:
            yield importlib.import_module(info.name)


def declared(package: ModuleType, kind: type[Entry], *, nested: bool = True) -> Iterator[Entry]:
    """The module-level objects of one kind in the modules of a package, in order of definition."""
    for module in modules(package, nested=nested):
        yield from (value for value in vars(module).values() if type(value) is kind)


def index(entries: Iterable[Entry], names: Callable[[Entry], Iterable[str]]) -> dict[str, Entry]:
    """A table from name to entry.

    Raises:
        ValueError: two different entries claim one name.
    """
    table: dict[str, Entry] = {}
    for entry in entries:
        for name in names(entry):
            if table.setdefault(name, entry) is not entry:
                raise ValueError(f"{name!r} is declared twice: by {table[name]!r} and by {entry!r}")
    return table
