"""The text of `lstmlint fix`: the repairs that were made, the faults left for the user, the change of the config."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from typing import Any

from lstmlint.fixing.fix import Fixed
from lstmlint.fixing.repairs import all_repairs
from lstmlint.fixing.repairs.repair import Edit, Left
from lstmlint.running.terminal import fit

#: The largest number of layers that are named; further ones are counted.
MOST_NAMES = 3


def lines(fixed: Fixed, left_out: tuple[str, ...] = (), refused: tuple[Left, ...] = ()) -> Iterator[str]:
    """The report, line by line; `refused` is what today's Keras still stops at in the new file."""
    left = (*fixed.left, *refused)
    if fixed.is_unchanged:
        yield "nothing to repair"
    for repair in all_repairs():
        made = [change for change in fixed.changes if change.repair == repair.name]
        if made:
            yield fit(f"  {repair.name}: {repair.summary} ({_where(made)})")
            if repair.difference:
                yield fit(f"    {repair.difference}")
    for repair in fixed.held_back:
        yield fit(f"  held back: {repair.name}: {repair.summary} (--unsafe does it). {repair.difference}".rstrip())
    for remark in left_out:
        yield fit(f"  left out: {remark}")
    if left:
        yield "left for you:"
        yield from (fit(f"  {note.layer}: {note.message}" if note.layer else f"  {note.message}") for note in left)


def _where(changes: list[Edit]) -> str:
    names = list(dict.fromkeys(change.layer or "the model" for change in changes))
    shown = ", ".join(names[:MOST_NAMES])
    return shown if len(names) <= MOST_NAMES else f"{shown} and {len(names) - MOST_NAMES} more"


def diff(fixed: Fixed) -> Iterator[str]:
    """The change of the config and of the record of training, as a unified diff of their JSON."""
    document = fixed.draft.document
    for name, before, after in (
        (document.config_place or "config", document.config, fixed.draft.config),
        ("training_config", document.training_config, fixed.draft.training_config),
    ):
        yield from difflib.unified_diff(_text(before), _text(after), f"before/{name}", f"after/{name}", lineterm="")


def _text(value: Any) -> list[str]:
    return [fit(line) for line in json.dumps(value, indent=2, sort_keys=True).splitlines()]
