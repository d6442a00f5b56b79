"""Files behind any file system of fsspec: object stores by ranges, archives and repositories whole."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import fsspec

from lstmlint.remote.transport import HEAD_BYTES, Beginning, ElsewhereError, MissingError, Range

Result = TypeVar("Result")

#: Keys of what fsspec's file systems tell of a file, the best for knowing its content again first.
TAGS = ("ETag", "etag", "generation", "md5Hash", "blob_id", "sha", "version_id", "LastModified", "mtime")

#: File systems that unpack from the beginning for every range, and the largest file that is taken whole of them.
WHOLE = frozenset({"git", "github", "gitlab", "libarchive", "tar", "zip"})
MOST_WHOLE = 64 * 1024 * 1024

AT_ONCE = 32
TRIES = 5
FIRST_WAIT = 0.25


class FileSystem:
    """A file behind a file system of fsspec."""

    def __init__(self, address: str) -> None:
        self._files, self._path = trying(lambda: fsspec.core.url_to_fs(address))
        protocol = self._files.protocol
        self._protocols = {protocol} if isinstance(protocol, str) else set(protocol)

    def begin(self) -> Beginning:
        """As `Transport.begin` says."""
        info = trying(lambda: self._files.info(self._path))
        if info.get("type") == "directory":
            raise ElsewhereError("is a folder, not a file; name the model file in it")
        size = int(info.get("size") or 0)
        is_whole = bool(WHOLE & self._protocols)
        if is_whole and size > MOST_WHOLE:
            raise ElsewhereError(f"is packed and larger than {MOST_WHOLE >> 20} MB; unpack it first")
        end = size if is_whole else min(size, HEAD_BYTES)
        return Beginning(self.fetch([(0, end)])[0] if end else b"", size, tag_of(info))

    def fetch(self, ranges: Sequence[Range]) -> list[bytes]:
        """As `Transport.fetch` says."""
        data = trying(lambda: self._ranges(ranges))
        if [len(one) for one in data] != [end - first for first, end in ranges]:
            raise ElsewhereError("changed while it was read; read it again")
        return data

    def _ranges(self, ranges: Sequence[Range]) -> list[bytes]:
        if self._files.async_impl:
            starts, ends = zip(*ranges, strict=True)
            data: list[bytes] = self._files.cat_ranges(
                [self._path] * len(ranges), list(starts), list(ends), batch_size=AT_ONCE, on_error="raise"
            )
            return data
        if len(ranges) == 1 or WHOLE & self._protocols:
            return [self._files.cat_file(self._path, first, end) for first, end in ranges]
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(lambda one: self._files.cat_file(self._path, *one), ranges))


def tag_of(info: dict[str, Any]) -> str:
    """The version of a file by what its file system tells of it; empty where that is nothing."""
    return next((str(info[key]) for key in TAGS if info.get(key)), "")


def trying(ask: Callable[[], Result]) -> Result:
    """The result of a question to a file system, asked again while that is busy.

    Raises:
        ElsewhereError: it fails. What the file system says is not repeated, as it may show secrets.
    """
    wait = FIRST_WAIT
    for number in range(TRIES):
        try:
            return ask()
        except (ElsewhereError, ImportError, ValueError):
            raise
        except (FileNotFoundError, NotADirectoryError):
            raise MissingError("does not exist; check the address") from None
        except IsADirectoryError:
            raise ElsewhereError("is a folder, not a file; name the model file in it") from None
        except PermissionError:
            raise ElsewhereError("may not be read; give fsspec a credential for it") from None
        except Exception as error:
            name = type(error).__name__
            if "Credential" in name:
                raise ElsewhereError(f"may not be read ({name}); give fsspec a credential for it") from None
            if number == TRIES - 1 or not isinstance(error, OSError):
                raise ElsewhereError(f"cannot be fetched ({name}); check the address, try it later") from None
        time.sleep(wait)
        wait *= 2
    raise AssertionError
