"""The result of an audit."""

from __future__ import annotations

from typing import Any

from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.shown import Printed
from lstmlint.zoo.tallies import Tally, plain

VERSION = 1


@dataclass(frozen=True, slots=True)
class Audit(Printed):
    """The counts of an audit; `str` is the output of `lstmlint audit`.

    `store` is the file of the store, empty where none was named. `problems` are sources that led to no file, each with
    the reason.
    """

    store: str
    tally: Tally
    problems: tuple[tuple[str, str], ...] = ()

    def __repr__(self) -> str:
        return f"<Audit store={self.store!r} files={self.tally.files} read={self.tally.read}>"

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as `lstmlint audit --format json` prints it (`lstmlint schema audit`)."""
        problems = [{"path": path, "error": error} for path, error in self.problems]
        return {"version": VERSION, "store": self.store or None, **plain(self.tally), "problems": problems}
