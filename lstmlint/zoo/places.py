"""Paths as a store names them: from its own folder, so that a zoo can be moved together with its store."""

from __future__ import annotations

import os
import re

from lstmlint.ir.addresses import is_address
from lstmlint.ir.dataclass import dataclass, field
from lstmlint.ir.paths import from_folder

#: A byte of a name that is no UTF-8, as Python reads it, and as it is written.
UNDECODED = re.compile("[\udc80-\udcff]")
WRITTEN = re.compile(r"\\udc([89a-f][0-9a-f])")


@dataclass(frozen=True, slots=True)
class Places:
    """The places of files in a store that lies in `folder`."""

    folder: str
    _folders: dict[str, str] = field(default_factory=dict)

    def place(self, path: str) -> str:
        """A file as the store names it."""
        folder, name = os.path.split(path)
        return path if is_address(path) else f"{self._prefix(folder)}{_written(name)}"

    def folder_place(self, folder: str) -> str:
        """A folder as the store names it; empty for its own."""
        if is_address(folder):
            return folder if folder.endswith("://") else folder.rstrip("/")
        place = _written(from_folder(folder, self.folder))
        return "" if place == "." else place

    def path(self, place: str) -> str:
        """The path of a place, from the current folder; an address stays as it is."""
        if is_address(place):
            return place
        path = os.path.join(self.folder, place)
        return path if os.path.lexists(path) else WRITTEN.sub(lambda match: chr(0xDC00 + int(match[1], 16)), path)

    def _prefix(self, folder: str) -> str:
        if folder not in self._folders:
            place = self.folder_place(folder or os.curdir)
            self._folders[folder] = f"{place.rstrip('/')}/" if place else ""
        return self._folders[folder]


def _written(text: str) -> str:
    """A name as text that has an encoding in UTF-8."""
    return UNDECODED.sub(lambda match: f"\\udc{ord(match[0]) - 0xDC00:02x}", text)
