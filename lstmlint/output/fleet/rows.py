"""The files of a zoo as plain data for the script of its page: columns of numbers, and each text once."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any, TypeVar

from lstmlint.output.figures.markup import visible
from lstmlint.output.fleet.tables import name, sentence
from lstmlint.zoo.fleet.ask import Answers
from lstmlint.zoo.fleet.causes import Cause

Item = TypeVar("Item", bound=Hashable)


def page_data(answers: Answers) -> dict[str, Any]:
    """The files, those with the most harm first, with what the filters need.

    Positions in the lists stand for folders, versions, containers, outcomes and causes; -1 is not known.
    """
    files = [one.file for one in answers.files]
    folders, folder = _coded(_folder(file.path) for file in files)
    versions, version = _coded(file.keras_version for file in files)
    containers, container = _coded(file.container for file in files)
    outcomes, outcome = _coded(outcome for one in answers.files for outcome in one.outcomes)
    width = len(answers.targets)
    return {
        "targets": [visible(target) for target in answers.targets],
        "newest": answers.newest,
        "folders": [visible(one) for one in folders],
        "versions": [visible(one) for one in versions],
        "containers": containers,
        "outcomes": outcomes,
        "causes": [_cause(one, answers.newest) for one in answers.causes],
        "files": {
            "folder": folder,
            "name": [visible(_name(file.path)) for file in files],
            "version": version,
            "container": container,
            "params": [file.params for file in files],
            "size": [file.size for file in files],
            "harm": [one.harm for one in answers.files],
            "causes": [one.causes for one in answers.files],
            "outcomes": [outcome[at::width] for at in range(width)],
            "errors": {number: visible(file.error) for number, file in enumerate(files) if file.error},
        },
    }


def _coded(values: Iterable[Item | None]) -> tuple[Sequence[Item], list[int]]:
    """The different values in the order in which they come, and the position of each; `None` has none."""
    positions: dict[Item, int] = {}
    codes = [-1 if value is None else positions.setdefault(value, len(positions)) for value in values]
    return list(positions), codes


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _cause(one: Cause, newest: str) -> dict[str, Any]:
    return {
        "name": visible(name(one, newest)),
        "severity": one.severity,
        "weight": one.weight,
        "said": visible(one.summary or one.message),
        "sentence": visible(sentence(one, newest)),
        "mended": one.is_mended,
    }
