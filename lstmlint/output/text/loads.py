"""The verdicts on a file as a table and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from lstmlint.keras.versions import Target
from lstmlint.linting.rule import cure_of
from lstmlint.portability.obstacle import Obstacle, Stage
from lstmlint.portability.verdict import Verdict
from lstmlint.running.json_text import json_text
from lstmlint.running.terminal import fit

VERSION = 1

#: The longest text of a message in the table; JSON has all of it.
MESSAGE_WIDTH = 300


def text(path: str, verdicts: Sequence[Verdict]) -> str:
    """A line for each run of versions with the same verdict, and below it the reason and the cure."""
    runs = [list(same) for _, same in groupby(verdicts, lambda one: (one.target.line, one.outcome, _message(one)))]
    names = [_span([one.target for one in run]) for run in runs]
    width = max(map(len, names), default=0)
    lines = [fit(path)]
    for name, run in zip(names, runs, strict=True):
        lines.append(f"  {name:<{width}}  {run[0].outcome}")
        if run[0].reason is not None:
            lines += [" " * (width + 4) + line for line in _reason(run[0].reason)]
    return "\n".join(lines) + "\n"


def as_data(path: str, verdicts: Iterable[Verdict]) -> dict[str, Any]:
    """The verdicts on one file as plain data."""
    return {
        "path": path,
        "verdicts": [
            {
                "target": one.target.name,
                "outcome": str(one.outcome),
                "obstacles": [_plain(found) for found in one.obstacles],
            }
            for one in verdicts
        ],
    }


def to_object(files: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The verdicts on some files as one versioned object, described by `output/schemas/loads.schema.json`."""
    return {"version": VERSION, "files": list(files)}


def to_json(files: Iterable[dict[str, Any]]) -> str:
    """The same as text."""
    return json_text(to_object(files), is_ascii=True)


def _plain(found: Obstacle) -> dict[str, Any]:
    return {
        "rule": found.rule,
        "stage": str(found.stage),
        "error": found.error,
        "message": found.message,
        "layer": found.layer,
        "pointer": list(found.pointer),
        "cure": _cure(found),
    }


def _message(one: Verdict) -> str:
    return one.reason.message if one.reason else ""


def _span(targets: Sequence[Target]) -> str:
    first, last = targets[0].name, targets[-1].name
    return first if first == last else f"{first} to {last.rpartition('-')[2]}"


def _reason(found: Obstacle) -> list[str]:
    message = fit(" ".join(found.message.split()))
    short = message if len(message) <= MESSAGE_WIDTH else message[: MESSAGE_WIDTH - 1] + "…"
    said = short if found.stage is Stage.COMPUTE or not found.error else f"{found.error}: {short}"
    return [said, f"{found.rule}: {_cure(found)}"]


def _cure(found: Obstacle) -> str:
    return found.cure or cure_of(found.rule)
