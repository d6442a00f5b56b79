"""The kin of a model among other files."""

from __future__ import annotations

from typing import Any

from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.lineage import Lineage
from lstmlint.ir.shown import Printed
from lstmlint.output.changes.json_object import lineage_object

VERSION = 1


@dataclass(frozen=True, slots=True)
class KinFile:
    """A file whose values show that a model is a copy of it, or began as it did."""

    path: str
    lineage: Lineage


@dataclass(frozen=True, slots=True)
class Origin(Printed):
    """The kin of a model, the nearest first; `str` is the output of `lstmlint origin`.

    `unrelated` is the number of files whose values show no kinship, `unread` are those that could not be read.
    """

    path: str
    kin: tuple[KinFile, ...]
    unrelated: int
    unread: tuple[tuple[str, str], ...] = ()

    def __repr__(self) -> str:
        return f"<Origin path={self.path!r} kin={len(self.kin)} unrelated={self.unrelated}>"

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as `lstmlint origin --format json` prints it (`lstmlint schema origin`)."""
        return {
            "version": VERSION,
            "path": self.path,
            "kin": [{"path": one.path, "lineage": lineage_object(one.lineage)} for one in self.kin],
            "unrelated": self.unrelated,
            "unread": [{"path": path, "reason": reason} for path, reason in self.unread],
        }
