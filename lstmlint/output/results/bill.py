"""The bill of materials of some saved models."""

from __future__ import annotations

from typing import Any

from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.shown import Printed
from lstmlint.output.bills.cyclonedx import to_object
from lstmlint.output.bills.entry import Entry


@dataclass(frozen=True, slots=True)
class Bill(Printed):
    """A bill of materials; `str` is the output of `lstmlint sbom`.

    `unread` are the files of a folder that could not be read, each with the reason.
    """

    entries: tuple[Entry, ...]
    unread: tuple[tuple[str, str], ...] = ()
    is_vex: bool = False

    def __repr__(self) -> str:
        return f"<Bill models={len(self.entries)} unread={len(self.unread)}>"

    def to_dict(self) -> dict[str, Any]:
        """Plain data in the form of CycloneDX 1.7, as `lstmlint sbom` prints it."""
        return to_object(self.entries, is_vex=self.is_vex)
