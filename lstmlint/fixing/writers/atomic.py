"""A new file that appears whole or not at all, and never replaces another file."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from typing import Any

from lstmlint.fixing.writers.writer import UnwritableError
from lstmlint.running.parts import new_part, synchronise

EXISTS = "is there already; name a new file, or move the old one away"


@contextlib.contextmanager
def new_file(path: str) -> Iterator[str]:
    """The path of a temporary file beside the new file; it gets the new file's name after everything is written.

    Raises:
        UnwritableError: the new file exists already, or the disk refuses.
    """
    if os.path.lexists(path):
        raise UnwritableError(EXISTS, path)
    temporary = ""
    try:
        temporary = new_part(path)
        yield temporary
        synchronise(temporary)
        _take_name(temporary, path)
    except UnwritableError as error:
        error.path = error.path and path  # not the temporary one
        raise
    except OSError as error:
        raise UnwritableError(f"cannot be written ({error.strerror or error})", path) from error
    finally:
        if temporary and os.path.lexists(temporary):
            os.unlink(temporary)


@contextlib.contextmanager
def new_hdf5(path: str) -> Iterator[Any]:
    """A new HDF5 file, as an `h5py.File`.

    Raises:
        UnwritableError: the disk refuses. HDF5 says so at the latest when it closes the file; what goes wrong while the
            file can be closed lies in what is read.
    """
    import h5py

    file = h5py.File(path, "w")
    try:
        yield file
    finally:
        try:
            file.close()
        except (OSError, RuntimeError) as error:
            said = re.search(r"error message = '([^']+)'", str(error))
            raise UnwritableError(f"cannot be written ({said[1] if said else 'the disk refuses'})", path) from error


def _take_name(temporary: str, path: str) -> None:
    """Give the temporary file its name, which no other file may have got meanwhile."""
    try:
        # Unlike a rename, a link fails where a file of that name has appeared.
        os.link(temporary, path)
    except FileExistsError:
        raise UnwritableError(EXISTS, path) from None
    except OSError:
        if os.path.lexists(path):
            raise UnwritableError(EXISTS, path) from None
        os.rename(temporary, path)  # a file system without hard links
