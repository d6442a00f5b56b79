"""Registries of the program: a walk imports the modules of a package and collects their declarations."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterable, Iterator
from importlib.machinery import all_suffixes
from types import ModuleType
from typing import TypeVar

Entry = TypeVar("Entry")


def names(package: ModuleType) -> list[str]:
    """The names of what a package holds, told from its files, so that nothing is imported.

    `pkgutil` tells the same and imports `inspect` for it, which takes as long as fifty modules of a registry.
    """
    suffixes = {"", *all_suffixes()}
    parts = (name.partition(".") for folder in package.__path__ for name in os.listdir(folder))
    return sorted(
        {name for name, dot, suffix in parts if name.isidentifier() and name[:2] != "__" and dot + suffix in suffixes}
    )


def modules(package: ModuleType, *, nested: bool = True) -> Iterator[ModuleType]:
    """Import and yield every module of a package and, if `nested`, of those below it, in the order of their names."""
    for name in names(package):
        module = importlib.import_module(f"{package.__name__}.{name}")
        if not hasattr(module, "__path__"):
            yield module
        elif nested:
            yield from modules(module)


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
