"""The answers about a zoo."""

from __future__ import annotations

from typing import Any

from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.shown import Printed
from lstmlint.zoo.fleet.ask import Answers, Judged

VERSION = 1


@dataclass(frozen=True, slots=True)
class Fleet(Printed):
    """The answers about the zoo in a store; `str` is the output of `lstmlint fleet`."""

    store: str
    answers: Answers

    def __repr__(self) -> str:
        return f"<Fleet store={self.store!r} files={self.answers.contents.files} causes={len(self.answers.causes)}>"

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as `lstmlint fleet --format json` prints it (`lstmlint schema fleet`)."""
        answers = self.answers
        others = plain(answers._replace(files=()))
        files = [_file(one, answers.targets) for one in answers.files]
        return {"version": VERSION, "store": self.store, **others, "files": files}


def plain(value: Any) -> Any:
    """A record with all that is in it as plain data."""
    if isinstance(value, tuple):
        names = getattr(value, "_fields", None)
        parts = map(plain, value)
        return dict(zip(names, parts, strict=True)) if names else list(parts)
    return value


def _file(one: Judged, targets: tuple[str, ...]) -> dict[str, Any]:
    outcomes = {target: outcome for target, outcome in zip(targets, one.outcomes, strict=True) if outcome is not None}
    return {**one.file._asdict(), "harm": one.harm, "causes": list(one.causes), "outcomes": outcomes}
