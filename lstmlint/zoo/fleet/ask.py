"""All questions about a zoo at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from lstmlint.settings.settings import Settings
from lstmlint.zoo.fleet.causes import Cause, Trouble, causes, harm_of, troubles_of
from lstmlint.zoo.fleet.contents import Contents, contents
from lstmlint.zoo.fleet.duplicates import Duplicates, duplicates
from lstmlint.zoo.fleet.families import Family, families
from lstmlint.zoo.fleet.recurrent import RecurrentLayers, recurrent_layers
from lstmlint.zoo.fleet.trend import Trend, trend
from lstmlint.zoo.fleet.verdicts import Column, matrix
from lstmlint.zoo.fleet.zoo import File, Zoo, zoo_in
from lstmlint.zoo.places import Places

if TYPE_CHECKING:
    import sqlite3


class Judged(NamedTuple):
    """A file with the harm in it.

    `causes` are the positions of its causes in the list of all. `outcomes` are those in the targets of the zoo, in
    their order; `None` where there is no verdict.
    """

    file: File
    harm: int
    causes: tuple[int, ...]
    outcomes: tuple[str | None, ...]


class Answers(NamedTuple):
    """The answers about a zoo: one record for each question, and its files, those with the most harm first.

    `audited` is the time of the last finished audit in UTC, `None` before its end.
    """

    audited: str | None
    targets: tuple[str, ...]
    newest: str
    contents: Contents
    loads: tuple[Column, ...]
    causes: tuple[Cause, ...]
    recurrent: RecurrentLayers
    duplicates: Duplicates
    families: tuple[Family, ...]
    trend: Trend | None
    files: tuple[Judged, ...]


AUDITED = "SELECT max(finished) FROM runs"


def answers_in(store: sqlite3.Connection, places: Places, settings_of: Callable[[str], Settings]) -> Answers:
    """The answers about the zoo in a store, all of one moment, also while an audit goes on.

    Args:
        store: the store.
        places: the names of files in it.
        settings_of: gives the settings of a file by its path; they say which findings count, and how grave they are.

    Raises:
        BaselineError: a baseline of the settings cannot be read.
    """
    store.execute("BEGIN")
    try:
        zoo = zoo_in(store, places, settings_of)
        troubles = troubles_of(zoo)
        ranked = causes(zoo.files, troubles)
        return Answers(
            store.execute(AUDITED).fetchone()[0], zoo.targets, zoo.newest, contents(zoo), matrix(zoo), ranked,
            recurrent_layers(zoo), duplicates(zoo), families(zoo), trend(zoo), _judged(zoo, troubles, ranked),
        )  # fmt: skip
    finally:
        store.execute("ROLLBACK")


def _judged(
    zoo: Zoo, troubles: Mapping[str, tuple[Trouble, ...]], ranked: tuple[Cause, ...]
) -> tuple[Judged, ...]:  # fmt: skip
    """The files with their harm, the worst first."""
    positions: dict[str, list[int]] = {}
    for number, cause in enumerate(ranked):
        for path in cause.files:
            positions.setdefault(path, []).append(number)
    judged = (
        Judged(file, harm_of(troubles[file.path]), tuple(positions.get(file.path, ())), _outcomes(zoo, file.path))
        for file in zoo.files
    )
    return tuple(sorted(judged, key=lambda one: (-one.harm, one.file.path)))


def _outcomes(zoo: Zoo, path: str) -> tuple[str | None, ...]:
    outcomes = {one.target: one.outcome for one in zoo.loading.get(path, ())}
    return tuple(outcomes.get(target) for target in zoo.targets)
