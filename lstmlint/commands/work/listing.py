"""The text of one file for `lstmlint textconv`: its model or the reason why there is none, and a checksum."""

from __future__ import annotations

import hashlib
import os

from lstmlint.inference.modelling import modelled
from lstmlint.ir.document import NotAModelError, UnreadableError
from lstmlint.output.text.listing import lines
from lstmlint.readers import read as read_document
from lstmlint.running.failures import CRASHED, defect
from lstmlint.running.terminal import fit
from lstmlint.settings.settings import Settings

CHUNK = 1 << 20


def listing(path: str, settings: Settings) -> str:
    """The text of a file: its model, or in one line the reason why there is none.

    Only the file itself counts: weights beside it need not belong to its revision.
    """
    try:
        model = modelled(read_document(path), settings.layers)
    except (NotAModelError, UnreadableError) as error:
        return f"no model: {fit(str(error))}; {_content(path)}\n"
    except Exception as error:
        return f"no model: {fit(defect(error))}; {_content(path)}\n"
    return "".join(f"{fit(line).rstrip()}\n" for line in [*lines(model), _content(path)])


def lost(path: str) -> str:
    """The text of a file whose reading killed the process."""
    return f"no model: {CRASHED}; {_content(path)}\n"


def _content(path: str) -> str:
    """The size and a checksum of a file's bytes, the only lines that further training changes."""
    try:
        size, digest = os.path.getsize(path), hashlib.sha256()
        with open(path, "rb") as stream:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
    except OSError:
        return "content: cannot be read"
    return f"content: {size:,} bytes, sha256 {digest.hexdigest()[:16]}"
