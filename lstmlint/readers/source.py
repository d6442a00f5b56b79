"""Opening an untrusted path without ever blocking on it, and the first bytes by which a reader is chosen."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from lstmlint.ir.addresses import file_part, is_address
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.document import UnreadableError

YAML_SUFFIXES = frozenset({".yaml", ".yml"})
"""Suffixes of YAML; such a file may hold JSON as well."""

HEAD_BYTES = 4096
"""An HDF5 signature may lie at 0, 512, 1024 and 2048, behind a user block."""

FILE_KINDS = (
    (stat.S_ISDIR, "is a folder, not a file; name the model file in it"),
    (stat.S_ISFIFO, "is a named pipe, not a regular file; send its content to standard input and check '-'"),
    (stat.S_ISSOCK, "is a socket, not a regular file; name a model file"),
    (stat.S_ISCHR, "is a device, not a regular file; name a model file"),
    (stat.S_ISBLK, "is a device, not a regular file; name a model file"),
)

OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class Source:
    """An opened input: a seekable stream, its first bytes and its size.

    `path` is the name shown in reports; nothing is opened by it again. `folder` holds the file; it is `None` for an
    input that is no file, which has no files beside it.
    """

    path: str
    stream: BinaryIO
    head: bytes
    size: int
    folder: str | None = None

    @property
    def suffix(self) -> str:
        """The ending of the name, in lower case and with its dot."""
        return os.path.splitext(file_part(self.path))[1].lower()

    def at(self, offset: int, size: int) -> bytes:
        """The bytes at an offset of the input; fewer where the input ends before."""
        if offset + size <= len(self.head) or self.size <= len(self.head):
            return self.head[offset : offset + size]
        self.stream.seek(offset)
        return self.stream.read(size)

    def read(self) -> bytes:
        """All bytes of the input; callers check `size` first."""
        if self.size <= len(self.head):
            return self.head
        self.stream.seek(len(self.head))
        return self.head + self.stream.read()


@contextmanager
def opened(path: str) -> Iterator[Source]:
    """A regular file, or the file at an address, as a source.

    Raises:
        UnreadableError: there is no such file, it is no regular file, or it may not be read.
    """
    if is_address(path):
        with elsewhere(path) as source:
            yield source
        return
    with open_regular(path) as stream:
        try:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(0)
            yield Source(path, stream, stream.read(HEAD_BYTES), size, os.path.dirname(path) or os.curdir)
        except OSError as error:
            raise UnreadableError(f"cannot be read ({one_line(error)}); check the disk") from None


@contextmanager
def elsewhere(address: str) -> Iterator[Source]:
    """The file at an address as a source.

    Raises:
        UnreadableError: it cannot be read, even where a library went on without the bytes that it lacked.
    """
    from lstmlint.remote.stream import RemoteStream
    from lstmlint.remote.transports import transport_of
    from lstmlint.remote.versions import note

    stream = RemoteStream(transport_of(address))
    note(address, stream.size, stream.tag)
    try:
        yield Source(address, cast(BinaryIO, stream), stream.head[:HEAD_BYTES], stream.size, os.path.dirname(address))
    except UnreadableError:
        if stream.failure is None:
            raise
    if stream.failure is not None:
        raise stream.failure


def open_regular(path: str) -> BinaryIO:
    """A regular file, opened for reading.

    Raises:
        UnreadableError: there is no such file, it is no regular file, or it may not be opened.
    """
    try:
        # Opening a device can have effects of its own (a tape rewinds), so look before opening; look again after,
        # because the file may have been exchanged in between.
        require_regular(os.stat(path))
        stream = open(os.open(path, OPEN_FLAGS), "rb", buffering=0)  # noqa: SIM115
    except (FileNotFoundError, NotADirectoryError):
        raise UnreadableError("does not exist; check the path") from None
    except PermissionError:
        raise UnreadableError("may not be read; check its permissions") from None
    except (OSError, ValueError) as error:
        raise UnreadableError(f"cannot be opened ({one_line(error)}); check the path") from None
    try:
        require_regular(os.fstat(stream.fileno()))
    except UnreadableError:
        stream.close()
        raise
    return cast(BinaryIO, stream)


def in_memory(data: bytes, name: str) -> Source:
    """Bytes that come from no file as a source."""
    return Source(name, io.BytesIO(data), data[:HEAD_BYTES], len(data))


def in_stream(stream: BinaryIO, name: str) -> Source:
    """A seekable stream as a source."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    return Source(name, stream, stream.read(HEAD_BYTES), size)


def require_regular(status: os.stat_result) -> None:
    """Refuse everything but regular files.

    Raises:
        UnreadableError: a folder, pipe, socket or device.
    """
    if not stat.S_ISREG(status.st_mode):
        kinds = (message for is_kind, message in FILE_KINDS if is_kind(status.st_mode))
        raise UnreadableError(next(kinds, "is not a regular file; name a model file"))


def one_line(error: Exception) -> str:
    """The cause of an error without path, line breaks and surrounding punctuation."""
    cause = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(str(cause).split()).rstrip(".")
