"""The question about one file to repair, which any process can answer, and the answer."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from lstmlint.settings.settings import Settings
from lstmlint.zoo.answers import Beside, Stamp


class Mending(StrEnum):
    """What became of a file."""

    MENDED = "repaired"
    PARTLY = "repaired, something is left for you"
    WHOLE = "nothing to repair"
    LEFT = "no repair, something is left for you"
    WEIGHTS_ALONE = "holds weights alone"
    SKIPPED = "not of Keras"
    UNREADABLE = "unreadable"
    UNWRITABLE = "not written"


#: Outcomes of files for which the user has something to do, and of those that failed.
LEAVING = frozenset({Mending.PARTLY, Mending.LEFT})
FAILED = frozenset({Mending.UNREADABLE, Mending.UNWRITABLE})


class Wish(NamedTuple):
    """The repairs that are wanted, as `lstmlint fix` takes them; `target` is the name of a Keras."""

    target: str
    allows_unsafe: bool
    backend: str | None
    keeps_optimizer: bool


class Patient(NamedTuple):
    """A file to repair, and the place of the new file, whose ending may grow.

    `replaces` says that what is at that place was written by an earlier run.
    """

    path: str
    output: str
    settings: Settings
    wish: Wish
    replaces: bool


class Mended(NamedTuple):
    """What became of a file. `left` are repairs or rules with the layer and the message; `output` is the new file."""

    outcome: Mending
    error: str = ""
    changes: int = 0
    left: tuple[tuple[str, str, str], ...] = ()
    output: str = ""
    stamp: Stamp = Stamp(None, None, None)
    beside: tuple[Beside, ...] = ()
