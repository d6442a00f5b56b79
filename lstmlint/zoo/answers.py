"""The question about one file, which any process on any machine can answer, and the answer."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from lstmlint.settings.settings import Settings
from lstmlint.zoo.rows import Record


class State(StrEnum):
    """The states of a file: read, not of Keras, unreadable, or gone."""

    OK = "ok"
    SKIPPED = "skipped"
    ERROR = "error"
    VANISHED = "vanished"


class Stamp(NamedTuple):
    """Size, time and inode of a file, which tell at once that it has not changed.

    `mtime_ns` is `None` where the time does not tell it. A file that is not there has no numbers at all.
    """

    size: int | None
    mtime_ns: int | None
    inode: int | None


class Beside(NamedTuple):
    """A file in the folder of another one, on which it may depend what is read of that."""

    name: str
    stamp: Stamp


class Question(NamedTuple):
    """A file to read, how to judge it, and what is known already.

    `asked` is the digest of how it is judged (`asked.asked`). `targets` are the names of the targets for verdicts.
    `known` are keys of contents of which everything is in the store.
    """

    path: str
    settings: Settings
    asked: str
    targets: tuple[str, ...]
    known: frozenset[str] = frozenset()


class Answer(NamedTuple):
    """What was read of a file. `record` is `None` where its content is known or could not be read."""

    state: State
    error: str = ""
    stamp: Stamp = Stamp(None, None, None)
    beside: tuple[Beside, ...] = ()
    sha256: str | None = None
    weights_sha256: str | None = None
    key: str | None = None
    record: Record | None = None
