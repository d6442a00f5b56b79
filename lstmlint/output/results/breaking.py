"""The breaking changes of a working tree against a revision."""

from __future__ import annotations

from typing import Any

from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.shown import Printed
from lstmlint.output.text.breaking import to_object
from lstmlint.review.changed_models import FileBreaks


@dataclass(frozen=True, slots=True)
class Breaking(Printed):
    """The models that differ from the revision `against`; `str` is what `lstmlint breaking` prints.

    A file whose `error` is not empty could not be compared.
    """

    against: str
    files: tuple[FileBreaks, ...]

    def __repr__(self) -> str:
        breaks = sum(len(one.breaks) for one in self.files)
        return f"<Breaking against={self.against!r} files={len(self.files)} breaks={breaks}>"

    @property
    def is_broken(self) -> bool:
        """Whether something breaks."""
        return any(one.breaks for one in self.files)

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as `lstmlint breaking --format json` prints it (`lstmlint schema breaking`)."""
        return to_object(self.files, self.against)
