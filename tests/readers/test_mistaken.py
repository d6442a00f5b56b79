"""Files named like a model that were packed, converted or mistaken on their way are told, with the step that heals."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy
import pytest

from lstmlint import readers
from lstmlint.ir.document import NotAModelError
from tests.support import readers_files as files
from tests.support.readers import refusal

CONVERTED = "was converted as text on its way, which damages it; transfer it again in binary mode"


def zipped(members: Mapping[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return written.getvalue()


def in_tar(data: bytes) -> bytes:
    """The second member: HDF5 may begin at 512, where the first one lies."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        for name, content in (("README", b"a model"), ("model.h5", data)):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return written.getvalue()


def in_folder(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return zipped({f"model/{name}": archive.read(name) for name in archive.namelist()})


def with_carriage_returns(data: bytes) -> bytes:
    return data.replace(b"\n", b"\r\n")


def without_carriage_returns(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n")


def from_latin(data: bytes) -> bytes:
    return data.decode("latin-1").encode()


def replaced(data: bytes) -> bytes:
    return data.decode("utf-8", "replace").encode()


def headed(data: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: x\r\n\r\n" + data


def arrays(data: bytes) -> bytes:
    written = io.BytesIO()
    numpy.savez(written, kernel=numpy.zeros(3))
    return written.getvalue()


#: A change of a healthy file, the ending of the file, and the message.
CHANGES: list[tuple[Callable[[bytes], bytes], str, str]] = [
    (gzip.compress, "h5", "is compressed with gzip; unpack it with gunzip"),
    (gzip.compress, "keras", "is compressed with gzip; unpack it with gunzip"),
    (bz2.compress, "h5", "is compressed with bzip2; unpack it with bunzip2"),
    (lzma.compress, "keras", "is compressed with xz; unpack it with unxz"),
    (in_tar, "h5", "is a tar archive; unpack it and name the model in it"),
    (lambda data: zipped({"best.h5": data}), "h5", "is an archive with the model 'best.h5' in it; unpack it"),
    (lambda data: zipped({"a/m.keras": data}), "keras", "is an archive with the model 'a/m.keras' in it; unpack it"),
    (in_folder, "keras", "is an archive with the model in a folder, 'model/'; zip the files in it without the folder"),
    (arrays, "keras", "is an archive of numpy arrays, not a model; save the model with model.save()"),
    (headed, "h5", "begins with the headers of an HTTP response, not with a model; download the file itself"),
    (with_carriage_returns, "h5", f"is HDF5 that {CONVERTED}"),
    (without_carriage_returns, "h5", f"is HDF5 that {CONVERTED}"),
    (from_latin, "h5", f"is HDF5 that {CONVERTED}"),
    (replaced, "h5", f"is HDF5 that {CONVERTED}"),
    (with_carriage_returns, "keras", f"is zip that {CONVERTED}"),
    (from_latin, "keras", f"is zip that {CONVERTED}"),
    (replaced, "keras", f"is zip that {CONVERTED}"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "ending", "message"), CHANGES)
def test_the_file_and_the_step_that_heals(
    change: Callable[[bytes], bytes], ending: str, message: str, tmp_path: Path
) -> None:
    assert refusal(change(healthy(ending, tmp_path)), f"model.{ending}") == message


@pytest.mark.parametrize("ending", ["h5", "keras"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_file_that_was_cut_is_no_converted_one(ending: str, share: float, tmp_path: Path) -> None:
    data = healthy(ending, tmp_path)
    assert "truncated or damaged" in refusal(data[: int(len(data) * share)], f"model.{ending}")


def test_a_packed_model_is_told_by_its_name(tmp_path: Path) -> None:
    packed = gzip.compress(healthy("h5", tmp_path))
    with pytest.raises(NotAModelError, match=r"is compressed with gzip; unpack it with gunzip"):
        readers.read_bytes(packed, "model.h5.gz")
    with pytest.raises(NotAModelError, match=r"is in no format that Keras writes"):
        readers.read_bytes(packed, "notes.txt.gz")


def healthy(ending: str, folder: Path) -> bytes:
    path = folder / f"healthy.{ending}"
    return (files.write_whole(path) if ending == "h5" else files.write_archive(path)).read_bytes()
