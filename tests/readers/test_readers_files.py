"""Which files are opened, which are worth reading, and which reader answers for them."""

from __future__ import annotations

import json
import os
import socket
import stat
import zipfile
from pathlib import Path

import pytest

from lstmlint import readers
from lstmlint.ir.document import NotAModelError
from lstmlint.readers import serialized
from lstmlint.readers.source import in_memory
from tests.support import readers_files as files
from tests.support.readers import printed_by, refusal, refused_file


def test_content_decides_and_the_name_is_remarked(tmp_path: Path) -> None:
    assert readers.read(str(files.write_whole(tmp_path / "m.keras"))).remarks == ("HDF5 named .keras",)
    assert readers.read(str(files.write_archive(tmp_path / "m.h5"))).remarks == ("zip named .h5",)
    assert readers.read_bytes(files.json_bytes(), "m.h5").remarks == ("JSON named .h5",)
    assert readers.read(str(files.write_whole(tmp_path / "m.bin"))).remarks == ()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<!DOCTYPE html>", "is a web page"),
        (b"\x80\x04\x95", "is a Python pickle"),
        (b"\x00" * 9000, "is not HDF5, whatever its name says"),
        (b"{'a': 1}", "is not valid JSON"),
    ],
)
def test_what_is_named_a_model_and_is_none_is_refused(data: bytes, message: str) -> None:
    assert message in refusal(data, "weights.H5")
    with pytest.raises(NotAModelError):
        readers.read_bytes(data, "weights.bin")


def test_only_regular_files_are_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "folder.h5").mkdir()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket.json"))
        for name, message in (
            ("pipe.json", "is a named pipe"),
            ("folder.h5", "is a folder"),
            ("socket.json", "is a socket"),
            ("/dev/null", "is a device"),
            ("missing.h5", "does not exist"),
            ("nul\0.h5", "cannot be opened"),
            ("x" * 300, "cannot be opened"),
        ):
            assert message in refused_file(tmp_path / name)
            assert not readers.is_candidate(str(tmp_path / name))


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_file_without_permission_is_refused(tmp_path: Path) -> None:
    path = files.write_whole(tmp_path / "model.h5")
    path.chmod(stat.S_IWUSR)
    assert "may not be read" in refused_file(path)


def test_candidates_in_a_folder(tmp_path: Path) -> None:
    lfs = b"version https://git-lfs.github.com/spec/v1\n"
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("word/document.xml", "x")
    contents: dict[str, tuple[bytes, bool]] = {
        "a.json": (b"{}", True),
        "a.txt": (files.json_bytes(), False),
        "b.json": (lfs, True),
        "b.keras": (lfs, True),
        "b.png": (lfs, False),
        "c.h5": (b"", True),
        "c.py": (b"", False),
        "d.h5": (b"<html>", True),
        "e.zip": (files.write_archive(tmp_path / "model").read_bytes(), True),
        "f.keras": ((tmp_path / "other.zip").read_bytes(), True),
        "f.docx": ((tmp_path / "other.zip").read_bytes(), False),
        "g": (files.nested_bytes(), True),
        "g.nc": (files.nested_bytes(), False),
        "h.pb": (b"\n\x80", False),
        "i.pb": ((files.DATA / "saved_model" / "keras_metadata.pb").read_bytes(), True),
        "keras_metadata.pb": (b"\n\x80", True),
        "saved_model.pb": (b"\x08\x01\x12\x00", False),
        "j.yaml": ((files.DATA / "keras-1.2.2.yaml").read_bytes(), True),
        "j.txt": ((files.DATA / "keras-1.2.2.yaml").read_bytes(), False),
        "k.yml": (b"on: push\njobs: {}\n", False),
    }
    for name, (data, expected) in contents.items():
        (tmp_path / name).write_bytes(data)
        assert readers.is_candidate(str(tmp_path / name)) is expected, name


def test_reading_json_imports_nothing_heavy(tmp_path: Path) -> None:
    (tmp_path / "model.json").write_bytes(files.json_bytes())
    code = (
        "import sys; from lstmlint import readers; readers.read(sys.argv[1]); readers.is_candidate(sys.argv[1])\n"
        "print(*{'h5py', 'numpy', 'zipfile', 'tempfile', 'tabulate', 'jsonschema'} & set(sys.modules))"
    )
    assert printed_by(code, tmp_path / "model.json").strip() == ""


def test_no_two_readers_recognise_the_same(tmp_path: Path) -> None:
    whole, archive = (
        files.write_whole(tmp_path / "m.h5").read_bytes(),
        files.write_archive(tmp_path / "m.keras").read_bytes(),
    )
    assert {reader.name for reader in readers.readers()} >= {"HDF5", "JSON", "zip"}
    tfjs, index = json.dumps(files.tfjs_model()).encode(), b'{"metadata": {}, "weight_map": {}}'
    metadata, yaml = (files.DATA / name for name in ("saved_model/keras_metadata.pb", "keras-1.2.2.yaml"))
    indented = json.dumps(files.MODEL, indent=2).encode()
    for data in (whole, archive, files.json_bytes(), indented, tfjs, index, metadata.read_bytes(), yaml.read_bytes()):
        for name in ("x", "x.json", "x.yaml"):
            source = in_memory(data, name)
            assert sum(reader.recognises(source) for reader in readers.readers()) == 1


def test_names_of_the_containers_that_are_json(tmp_path: Path) -> None:
    for name in ("model.json", "model.txt"):
        assert readers.read_bytes(json.dumps(files.tfjs_model()).encode(), name).remarks == ()
    assert readers.read_bytes((files.DATA / "keras-1.2.2.yaml").read_bytes(), "m.h5").remarks == ("YAML named .h5",)


def test_graph_of_a_saved_model_is_skipped() -> None:
    with pytest.raises(NotAModelError, match=r"layers of a SavedModel are in keras_metadata\.pb"):
        readers.read_bytes(b"\x08\x01\x12\x00", "saved_model.pb")


def test_more_values_than_any_model_has_are_refused_before_they_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether they lie in the text itself, in a string of it, or in the record of the training beside a model."""
    monkeypatch.setattr(serialized, "MAX_VALUES", 1000)
    few, many = ({**files.MODEL, "more": [[]] * count} for count in (100, 1000))
    assert readers.read_bytes(files.json_bytes(few)).config is not None
    for data in (files.json_bytes(many), json.dumps(json.dumps(many)).encode()):
        assert "holds more than 1,000 values" in refusal(data)
    assert serialized.mapping_in(json.dumps(few).encode()) == few
    assert serialized.mapping_in(json.dumps(many).encode()) is None
