"""What is there: containers, versions of Keras, layers, and how large the models are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from lstmlint.zoo.fleet.numbers import Distribution, distribution
from lstmlint.zoo.fleet.zoo import Zoo


class Share(NamedTuple):
    """A number of files with a name; `None` where a file does not state it."""

    name: str | None
    files: int


class Year(NamedTuple):
    """The files whose times are of one year; `None` where the store has no time that is sure."""

    year: int | None
    files: int


class Version(NamedTuple):
    """The files that state one version of Keras, `None` for none, and by the years of their times."""

    name: str | None
    files: int
    by_year: tuple[Year, ...]


class LayerClass(NamedTuple):
    """A class of layers, how many of them there are, and in how many files."""

    name: str
    layers: int
    files: int


class Contents(NamedTuple):
    """The contents of a zoo. `read` files hold models; `bytes` are all of them, `params` are the models' own."""

    files: int
    read: int
    unreadable: int
    skipped: int
    folders: int
    containers: tuple[Share, ...]
    versions: tuple[Version, ...]
    layers: tuple[LayerClass, ...]
    bytes: Distribution
    params: Distribution


LAYERS = """
SELECT class_name, count(*), count(DISTINCT file_id) FROM current_layers
GROUP BY class_name ORDER BY 2 DESC, class_name
"""


def contents(zoo: Zoo) -> Contents:
    """What is in a zoo today."""
    read = [file for file in zoo.files if not file.error]
    return Contents(
        files=len(zoo.files) + zoo.skipped,
        read=len(read),
        unreadable=len(zoo.files) - len(read),
        skipped=zoo.skipped,
        folders=len({file.folder for file in zoo.files}),
        containers=_shares(file.container for file in read),
        versions=tuple(
            Version(version, number, _years(file.year for file in read if file.keras_version == version))
            for version, number in sorted(
                Counter(file.keras_version for file in read).items(), key=lambda item: _age(item[0]), reverse=True
            )
        ),
        layers=tuple(LayerClass(*row) for row in zoo.store.execute(LAYERS)),
        bytes=distribution(file.size for file in zoo.files),
        params=distribution(file.params for file in read),
    )


def _shares(names: Iterable[str | None]) -> tuple[Share, ...]:
    return tuple(Share(name, files) for name, files in Counter(names).most_common())


def _years(years: Iterable[int | None]) -> tuple[Year, ...]:
    counts = (Year(*item) for item in Counter(years).items())
    return tuple(sorted(counts, key=lambda one: (one.year is None, one.year or 0)))


def _age(version: str | None) -> tuple[bool, list[tuple[bool, int, str]]]:
    """The key by which versions are sorted from old to new; what is no number and what is not stated are oldest."""
    steps = version.split(".") if version else []
    return version is not None, [(_is_short(step), int(step) if _is_short(step) else 0, step) for step in steps]


def _is_short(step: str) -> bool:
    """Whether a step of a version is a number that costs nothing to read."""
    return step.isdecimal() and step.isascii() and len(step) < 10
