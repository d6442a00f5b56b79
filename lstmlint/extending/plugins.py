"""Rules and layers of other installed packages, declared as entry points and never taken from a checked tree.

A package names a module (or a package of modules) that declares `Rule` or `LayerType` objects exactly as
lstmlint's own do:

    [project.entry-points."lstmlint.rules"]
    acme = "acme_lint.rules"

    [project.entry-points."lstmlint.layers"]
    acme = "acme_lint.layers"
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from importlib.machinery import PathFinder
from types import ModuleType
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from lstmlint.extending import registry

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

RULES, LAYERS = "lstmlint.rules", "lstmlint.layers"

#: How the name of a group of ours begins in `entry_points.txt`.
GROUP_HEAD = b"[lstmlint."

#: How the names of the folders end in which installers keep what is known of a package.
METADATA = ("dist-info", "egg-info")

Entry = TypeVar("Entry")


class Table(NamedTuple, Generic[Entry]):
    """A registry with the additions of a group of plug-ins, and one sentence for each plug-in that cannot be used."""

    entries: Mapping[str, Entry]
    problems: tuple[str, ...]


def extended(
    own: Mapping[str, Entry], group: str, kind: type[Entry], names: Callable[[Entry], Iterable[str]]
) -> Table[Entry]:
    """A registry extended by the objects of a kind from a group of plug-ins; no plug-in replaces an entry."""
    table = dict(own)
    problems: list[str] = []
    for point in _points(group):
        try:
            added = registry.index(_declared(point.load(), kind), names)
        except Exception as error:
            problems.append(f"{_named(point)} cannot be loaded: {type(error).__name__}: {error}; mend or uninstall it")
            continue
        taken = sorted(added.keys() & table.keys())
        if taken:
            problems.append(f"{_named(point)} declares {', '.join(taken)}, which exists already; rename it there")
        elif not added:
            problems.append(f"{_named(point)} declares no {kind.__name__}; mend or uninstall it")
        else:
            table |= added
    return Table(table, tuple(problems))


def installed() -> list[tuple[str, str, str]]:
    """The plug-ins that are installed: the group, the module, and the package with its version."""
    return [
        (group, point.value, f"{point.dist.name} {point.dist.version}" if point.dist else "")
        for group in (RULES, LAYERS)
        for point in _points(group)
    ]


def _points(group: str) -> list[EntryPoint]:
    """The entry points of a group, in the order of their names."""
    return sorted(_all_points().select(group=group), key=lambda point: point.name) if _any_declared() else []


@cache
def _all_points() -> Any:
    """Every entry point of the installed packages."""
    from importlib.metadata import entry_points

    return entry_points()


@cache
def _any_declared() -> bool:
    """Whether some installed package may name a group of ours.

    To import `importlib.metadata` and to parse the metadata of all packages takes longer than to check a small file,
    so their texts are searched first. What keeps packages elsewhere than in folders is left to `importlib.metadata`.
    """
    others = (finder for finder in sys.meta_path if finder is not PathFinder)
    return any(hasattr(finder, "find_distributions") for finder in others) or any(map(_may_declare, sys.path))


def _may_declare(path: str) -> bool:
    """Whether metadata in a folder of `sys.path` name a group of ours; they may where it is no folder, but a file."""
    try:
        names = [name for name in os.listdir(path or os.curdir) if name.lower().endswith(METADATA)]
    except OSError:
        return os.path.isfile(path)
    return any(_names_group(os.path.join(path, name, "entry_points.txt")) for name in names)


def _names_group(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return GROUP_HEAD in file.read()
    except OSError:
        return False


def _declared(target: object, kind: type[Entry]) -> Iterator[Entry]:
    if not isinstance(target, ModuleType):
        raise TypeError("the entry point names no module")
    yield from (value for value in vars(target).values() if type(value) is kind)
    if hasattr(target, "__path__"):
        yield from registry.declared(target, kind)


def _named(point: EntryPoint) -> str:
    distribution = f" of {point.dist.name}" if point.dist else ""
    return f"the plug-in {point.name!r}{distribution} ({point.value})"
