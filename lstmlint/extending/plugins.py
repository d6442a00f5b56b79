"""Rules and layers of other installed packages, declared as entry points and never taken from a checked tree.

A package names a module (or a package of modules) that declares `Rule` or `LayerType` objects exactly as
lstmlint's own do:

    [project.entry-points."lstmlint.rules"]
    acme = "acme_lint.rules"

    [project.entry-points."lstmlint.layers"]
    acme = "acme_lint.layers"
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from lstmlint.extending import registry

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

RULES, LAYERS = "lstmlint.rules", "lstmlint.layers"

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class Table(Generic[Entry]):
    """A registry with the additions of a group of plug-ins, and one sentence for each plug-in that cannot be used."""

    entries: Mapping[str, Entry]
    problems: tuple[str, ...]


def extended(
    own: Mapping[str, Entry], group: str, kind: type[Entry], names: Callable[[Entry], Iterable[str]]
) -> Table[Entry]:
    """A registry extended by the objects of a kind from a group of plug-ins; no plug-in replaces an entry."""
    table = dict(own)
    problems: list[str] = []
    for point in sorted(_points().select(group=group), key=lambda point: point.name):
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


@cache
def _points() -> Any:
    """Every entry point of the installed packages. Reading them is the slowest part of a start, so it happens once."""
    from importlib.metadata import entry_points

    return entry_points()


def _declared(target: object, kind: type[Entry]) -> Iterator[Entry]:
    if not isinstance(target, ModuleType):
        raise TypeError("the entry point names no module")
    yield from (value for value in vars(target).values() if type(value) is kind)
    if hasattr(target, "__path__"):
        yield from registry.declared(target, kind)


def _named(point: EntryPoint) -> str:
    distribution = f" of {point.dist.name}" if point.dist else ""
    return f"the plug-in {point.name!r}{distribution} ({point.value})"
