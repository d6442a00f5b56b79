"""The sets of packages in which files load, as text and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from lstmlint.ir.words import counted
from lstmlint.output.text.loads import spans
from lstmlint.portability.pins import FileOutcomes, Pin, Pins
from lstmlint.portability.verdict import Outcome
from lstmlint.running.json_text import json_text
from lstmlint.running.terminal import fit

VERSION = 1

#: The most paths that the text lists; JSON has all.
MOST_PATHS = 10


def text(told: Pins) -> str:
    """A paragraph for each set, then the files that load in none, and a closing line."""
    paragraphs = ["\n".join(_set(pin, told)) for pin in told.chosen]
    if told.without:
        heading = f"{counted(len(told.without), 'model')} in none of the {told.tried} sets that were tried:"
        paragraphs.append("\n".join([heading, *_listed([f"{one.path}: {_best(one)}" for one in told.without])]))
    if told.chosen:
        sets = counted(len(told.chosen), "set")
        paragraphs.append(f"{sets} for {counted(told.models, 'model')}, the fewest of {told.tried} that were tried")
    return "\n\n".join(paragraphs) + "\n" if paragraphs else ""


def _set(pin: Pin, told: Pins) -> Iterator[str]:
    """The packages and Pythons of a set, the number of models of each Keras in it, and the models of this set alone."""
    packages = pin.packages
    yield f"{' '.join(packages.packages)}, Python {_pythons(packages.pythons)} (tried with {packages.tried_python})"
    for target, number in Counter(target for targets in pin.files.values() for target in targets).items():
        yield f"  {target.name} loads {counted(number, 'model')}"
    if len(told.chosen) > 1:
        others = {path for other in told.chosen if other is not pin for path in other.files}
        yield "  of the sets named here only this one loads"
        yield from ("  " + line for line in _listed([path for path in pin.files if path not in others]))


def _pythons(pythons: Sequence[str]) -> str:
    return pythons[0] if len(pythons) == 1 else f"{pythons[0]} to {pythons[-1]}"


def _listed(entries: Sequence[str]) -> Iterator[str]:
    """The first entries as lines, and how many there are more."""
    yield from ("  " + fit(entry) for entry in entries[:MOST_PATHS])
    if len(entries) > MOST_PATHS:
        yield f"  and {len(entries) - MOST_PATHS} more"


def _best(one: FileOutcomes) -> str:
    """The best that a file gets, and where."""
    outcome, targets = one.best
    if outcome is Outcome.FAILS:
        return "fails in every Keras that was asked"
    needs = ", which needs TensorFlow for it" if one.needs_tensorflow and outcome is Outcome.LOADS else ""
    return f"{outcome} at best, in {spans(targets, tuple(one.outcomes))}{needs}"


def to_object(told: Pins) -> dict[str, Any]:
    """The sets and the other files as plain data (`lstmlint schema pins`)."""
    return {
        "version": VERSION,
        "sets": [_as_data(pin) for pin in told.chosen],
        "tried": told.tried,
        "without": [
            {"path": one.path, "outcome": str(one.best[0]), "targets": [target.name for target in one.best[1]]}
            for one in told.without
        ],
    }


def _as_data(pin: Pin) -> dict[str, Any]:
    packages = pin.packages
    return {
        "packages": list(packages.packages),
        "pythons": list(packages.pythons),
        "tried": {
            "python": packages.tried_python,
            "packages": list(packages.tried_packages),
            "backends": {target.name: name for target, name in zip(packages.targets, packages.backends, strict=True)},
        },
        "files": [
            {"path": path, "targets": [target.name for target in targets]} for path, targets in pin.files.items()
        ],
    }


def to_json(told: Pins) -> str:
    """The sets and the other files as JSON."""
    return json_text(to_object(told))
