"""Versions of files at addresses: size and ETag, by which they are known again without being read."""

from __future__ import annotations

from typing import NamedTuple

from lstmlint.remote.transports import transport_of


class Version(NamedTuple):
    """The size of a file in bytes, and its ETag or version; empty where its server states none."""

    size: int
    tag: str


#: Versions that were seen last, in listings and when files were opened: nobody asks a server twice in a row.
MOST_SEEN = 10_000
_seen: dict[str, Version] = {}


def note(address: str, size: int, tag: str) -> None:
    """Remember the version of a file that was just seen."""
    _seen.pop(address, None)
    if len(_seen) >= MOST_SEEN:
        del _seen[next(iter(_seen))]
    _seen[address] = Version(size, tag)


def forget(address: str) -> None:
    """Forget what was seen of a file."""
    _seen.pop(address, None)


def version_of(address: str) -> Version:
    """The version of a file as it was seen last; its server is asked where it was not.

    Raises:
        MissingError: there is no such file.
        ElsewhereError: its server does not tell.
    """
    if address not in _seen:
        beginning = transport_of(address).begin()
        note(address, beginning.size, beginning.tag)
    return _seen[address]
