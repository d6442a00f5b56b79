"""The breaking changes of some files, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from lstmlint.ir.words import counted
from lstmlint.review.breaking import Break
from lstmlint.review.categories import BREAKS
from lstmlint.review.changed_models import FileBreaks, FileChange
from lstmlint.review.words import ARROW, cut
from lstmlint.running.json_text import json_text
from lstmlint.running.terminal import fit

VERSION = 1


def text(files: Sequence[FileBreaks], against: str) -> str:
    """A block for each file with breaking changes, and a closing line."""
    return "\n".join([*_lines(files), _closing(files, against)]) + "\n"


def to_object(files: Sequence[FileBreaks], against: str) -> dict[str, Any]:
    """One versioned object, described by `output/schemas/breaking.schema.json`."""
    return {"version": VERSION, "against": against, "files": [_object(one) for one in files]}


def to_json(files: Sequence[FileBreaks], against: str) -> str:
    """The same as text."""
    return json_text(to_object(files, against))


def _object(one: FileBreaks) -> dict[str, Any]:
    return {
        "path": one.path,
        "old_path": one.old_path or None,
        "change": str(one.change),
        "error": one.error or None,
        "breaking": [
            {
                "category": str(change.category),
                "layer": change.layer or None,
                "what": change.what,
                "old": change.old,
                "new": change.new,
                "breaks": change.breaks,
            }
            for change in one.breaks
        ],
        "unjudged": list(one.unjudged),
    }


def _lines(files: Sequence[FileBreaks]) -> Iterator[str]:
    for one in files:
        if not one.breaks and not one.unjudged:
            continue
        renamed = f" (was {one.old_path})" if one.old_path else ""
        yield fit(f"{one.path}{renamed}")
        for category, group in groupby(one.breaks, lambda each: each.category):
            yield f"  {category}: breaks {BREAKS[category]}"
            yield from (fit(f"    {_told(each)}") for each in group)
        if one.unjudged:
            yield fit(f"  could not judge the weights of {', '.join(one.unjudged)}: they are unknown")


def _told(change: Break) -> str:
    place = f"{change.layer}: " if change.layer else ""
    return f"{place}{change.what}: {cut(change.old)}{ARROW}{cut(change.new, 300)}"


def _closing(files: Sequence[FileBreaks], against: str) -> str:
    compared = sum(one.change is FileChange.CHANGED for one in files)
    breaking = sum(len(one.breaks) for one in files)
    parts = [f"{counted(breaking, 'breaking change')} against {fit(against)} in {counted(compared, 'changed model')}"]
    others = {change: sum(one.change is change for one in files) for change in (FileChange.NEW, FileChange.DELETED)}
    return ", ".join([*parts, *(f"{number} {change}" for change, number in others.items() if number)])


FORMATS = {"text": text, "json": to_json}
