"""The readers: what they read of every container, and how they refuse everything else."""

from __future__ import annotations

import contextlib
import io
import json
import os
import socket
import stat
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lstmlint import readers
from lstmlint.document import Container, Document, NotAModelError, UnreadableError, WeightNaming
from lstmlint.readers import hdf5, hdf5_tree, keras_zip, serialized
from lstmlint.readers.source import in_memory
from tests import readers_files as files

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"


def shapes(document: Document) -> dict[str, dict[str, tuple[int, ...]]]:
    """The stored shapes by layer and tensor."""
    return {layer.name: {tensor.name: tensor.shape for tensor in layer.tensors} for layer in document.stored or ()}


def refusal(data: bytes, name: str = "model.json") -> str:
    """The message with which bytes are refused, checked for its form."""
    with pytest.raises(UnreadableError) as caught:
        readers.read_bytes(data, name)
    message = str(caught.value)
    assert "\n" not in message
    assert "!" not in message
    assert name not in message
    assert ";" in message, "says what to do"
    assert message[0].islower()
    return message


def refused_file(path: Path) -> str:
    """The message with which a file is refused."""
    with pytest.raises(UnreadableError) as caught:
        readers.read(str(path))
    return str(caught.value)


# JSON


def test_json_holds_a_model() -> None:
    document = readers.read_bytes(files.json_bytes(), "model.json")
    assert document.container is Container.JSON
    assert document.config == files.MODEL
    assert (document.keras_version, document.backend) == ("2.3.1", "tensorflow")
    assert document.stored is None
    assert document.remarks == ()
    assert document.text == files.json_bytes().decode()


@pytest.mark.parametrize(
    ("encoding", "remarks"),
    [("utf-8-sig", ("BOM",)), ("utf-16", ("UTF-16",)), ("utf-16-be", ("UTF-16",)), ("utf-32-le", ("UTF-32",))],
)
def test_json_in_any_unicode_encoding(encoding: str, remarks: tuple[str, ...]) -> None:
    data = files.json_bytes().decode().encode(encoding)
    for name in ("model.json", "model"):
        document = readers.read_bytes(data, name)
        assert document.config == files.MODEL
        assert document.remarks == remarks


def test_json_numbers_that_are_not_finite_are_remarked_once_each() -> None:
    text = '{"class_name": "Sequential", "config": [NaN, -Infinity, NaN, Infinity]}'
    assert readers.read_bytes(text.encode()).remarks == ("NaN", "-Infinity", "Infinity")


def test_json_encoded_twice_is_unwrapped() -> None:
    document = readers.read_bytes(json.dumps(json.dumps(files.MODEL)).encode())
    assert document.config == files.MODEL
    assert document.remarks == ("encoded twice",)
    assert document.text is None


@pytest.mark.parametrize("inner", [files.MODEL, json.dumps(files.MODEL)])
def test_json_with_the_model_under_a_key(inner: Any) -> None:
    data = json.dumps({"model_config": inner, "keras_version": "2.2.4", "training_config": {"loss": "mse"}}).encode()
    document = readers.read_bytes(data)
    assert document.config == files.MODEL
    assert document.config_place == "model_config"
    assert document.keras_version == "2.2.4"
    assert document.training_config == {"loss": "mse"}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"{}", "not a Keras model"),
        (b"[1, 2]", "not a Keras model"),
        (b'{"class_name": "Sequential"}', "not a Keras model"),
        (b'{"class_name": 3, "config": {}}', "not a Keras model"),
        (b'{"modelTopology": {"model_config": {"class_name": "Model", "config": {}}}}', "TensorFlow.js"),
        (b'{"metadata": {}, "weight_map": {}}', "sharded weights"),
        (b"{'no': json}", "not valid JSON"),
    ],
)
def test_json_without_a_model_is_skipped(data: bytes, reason: str) -> None:
    with pytest.raises(NotAModelError, match=reason):
        readers.read_bytes(data, "other.json")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty; save the model again"),
        (b" \n\t", "holds nothing but white space"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "run 'git lfs pull'"),
        (b'{"class_name": "Sequential",\n  "config": [}', "line 2, column 14"),
        (b'{"latin": "\xe9"}', "not valid UTF-8 (byte 11)"),
        (b'{"class_name": "\xff", "config": {}}', "not valid UTF-8 (byte 16)"),
        (b'\xef\xbb\xbf{"class_name": "\xff", "config": {}}', "not valid UTF-8 (byte 19)"),
        (b'{"class_name": "A", "config": {"a": ' + b"9" * 5000 + b"}}", "thousands of digits"),
        (b'{"class_name": "A", "config": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", "nested too deeply"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_json_that_is_broken_is_refused(data: bytes, message: str) -> None:
    assert message in refusal(data)


def test_json_larger_than_any_architecture_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    path.write_bytes(b'{"class_name": "Sequential", ')
    os.truncate(path, 70 << 20)
    assert "is larger than 64 MiB; a Keras architecture is not" in refused_file(path)
    assert readers.is_candidate(str(path))
    path.write_bytes(b'{"annotations": [')
    os.truncate(path, 70 << 20)
    assert not readers.is_candidate(str(path))


# HDF5


def test_h5_holds_a_whole_model(tmp_path: Path) -> None:
    document = readers.read(str(files.write_whole(tmp_path / "model.h5")))
    assert document.container is Container.H5
    assert document.config == files.MODEL
    assert document.config_place == "model_config"
    assert (document.keras_version, document.backend) == ("2.3.1", "tensorflow")
    assert document.training_config == {"loss": "mse"}
    assert document.stored_by is WeightNaming.LAYER_NAME
    assert shapes(document) == {"lstm_1": files.LSTM_SHAPES, "dropout_1": {}, "dense_1": files.DENSE_SHAPES}
    assert document.stored is not None
    kernel = document.stored[0].tensors[0]
    assert (kernel.place, kernel.dtype) == ("model_weights/lstm_1/lstm_1/kernel:0", "float32")
    assert document.remarks == ()


@pytest.mark.parametrize(
    "config",
    [
        files.json_bytes().decode(),
        numpy.bytes_(files.json_bytes()),
        numpy.array([files.json_bytes()]),
        numpy.array([files.json_bytes().decode()], dtype=h5py.string_dtype()),
    ],
    ids=["variable", "fixed", "array of fixed", "array of variable"],
)
def test_h5_texts_in_every_form(tmp_path: Path, config: Any) -> None:
    assert readers.read(str(files.write_whole(tmp_path / "model.h5", config))).config == files.MODEL


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (b'{"class_name": ', "has a model_config that is not valid JSON"),
        (b"null", "has a model_config that is JSON, but not a Keras model"),
        (b"", "has a model_config that holds nothing"),
        (3.5, "has a model_config that is not text"),
        (numpy.array([b"a", b"b"]), "has a model_config that is not one text"),
        (h5py.Empty("S1"), "has a model_config that is not one text"),
    ],
)
def test_h5_with_a_broken_config_is_refused(tmp_path: Path, config: Any, message: str) -> None:
    assert message in refused_file(files.write_whole(tmp_path / "model.h5", config))


def test_h5_names_split_over_attributes(tmp_path: Path) -> None:
    path = tmp_path / "weights.h5"
    with h5py.File(path, "w") as file:
        files.write_listed(file)
        names = file.attrs["layer_names"]
        weight_names = file["lstm_1"].attrs["weight_names"]
        for owner, name, values in ((file, "layer_names", names), (file["lstm_1"], "weight_names", weight_names)):
            del owner.attrs[name]
            owner.attrs[f"{name}0"], owner.attrs[f"{name}1"] = values[:1], values[1:]
    document = readers.read(str(path))
    assert document.config is None
    assert [layer.name for layer in document.stored or ()] == ["lstm_1", "dropout_1", "dense_1"]
    assert shapes(document)["lstm_1"] == files.LSTM_SHAPES
    assert document.keras_version == "2.3.1"


def test_h5_of_keras_1_names_weights_after_layers(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "weights.h5", "w") as file:
        files.write_listed(file, {"lstm_1": {"lstm_1_W_i": (2, 3), "lstm_1_b_i:0": (3,), "other_U": (1,)}})
    assert shapes(readers.read(str(tmp_path / "weights.h5"))) == {
        "lstm_1": {"W_i": (2, 3), "b_i": (3,), "other_U": (1,)}
    }


def test_h5_layer_name_that_begins_a_weights_name_is_no_prefix(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "weights.h5", "w") as file:
        files.write_listed(file, {"recurrent": {"recurrent/recurrent_kernel:0": (2, 3)}})
    assert shapes(readers.read(str(tmp_path / "weights.h5"))) == {"recurrent": {"recurrent_kernel": (2, 3)}}


def test_h5_layer_names_with_slashes(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "weights.h5", "w") as file:
        files.write_listed(file, {"block/dense": {"block/dense/kernel:0": (2, 3)}})
    assert shapes(readers.read(str(tmp_path / "weights.h5"))) == {"block/dense": {"kernel": (2, 3)}}


def test_h5_of_keras_0_counts_layers_and_parameters(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "weights.h5", "w") as file:
        file.attrs["nb_layers"] = 11
        for number in range(11):
            file.create_group(f"layer_{number}")
        for number in range(12):
            file["layer_0"].create_dataset(f"param_{number}", data=numpy.zeros(number))
    stored = readers.read(str(tmp_path / "weights.h5")).stored or ()
    assert [layer.name for layer in stored] == [f"layer_{number}" for number in range(11)]
    assert [tensor.shape for tensor in stored[0].tensors] == [(number,) for number in range(12)]


@pytest.mark.parametrize("layers", ["layers", "_layer_checkpoint_dependencies"])
def test_h5_of_keras_3_nests_variables(tmp_path: Path, layers: str) -> None:
    path = tmp_path / "model.weights.h5"
    with h5py.File(path, "w") as file:
        files.write_nested(file, layers)
        for number in range(11):
            file.create_dataset(f"{layers}/lstm_10/vars/{number}", data=numpy.zeros(number))
    document = readers.read(str(path))
    assert document.config is None
    assert document.stored_by is WeightNaming.CLASS_NAME
    assert [layer.name for layer in document.stored or ()] == ["dense", "dropout", "lstm", "lstm_2", "lstm_10"]
    assert shapes(document)["lstm"] == {"cell/vars/0": (2, 12), "cell/vars/1": (3, 12), "cell/vars/2": (12,)}
    assert list(shapes(document)["lstm_10"]) == [f"vars/{number}" for number in range(11)]
    assert (document.stored or ())[2].tensors[0].place == f"{layers}/lstm/cell/vars/0"


def test_h5_of_keras_3_from_windows_and_of_subclassed_models(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "windows.h5", "w") as file:
        file.create_dataset("_layer_checkpoint_dependencies\\lstm\\cell/vars/0", data=numpy.zeros(5))
    with h5py.File(tmp_path / "subclassed.h5", "w") as file:
        file.create_dataset("encoder/cell/vars/0", data=numpy.zeros(5))
        file.create_group("encoder/vars")
    assert shapes(readers.read(str(tmp_path / "windows.h5"))) == {"lstm": {"cell/vars/0": (5,)}}
    assert shapes(readers.read(str(tmp_path / "subclassed.h5"))) == {"encoder": {"cell/vars/0": (5,)}}


def test_h5_dtype_without_a_name_is_taken_from_what_keras_wrote_beside(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "model.weights.h5", "w") as file:
        file.create_dataset("layers/dense/vars/0", data=numpy.zeros((2, 3), "V2")).attrs["dtype"] = "bfloat16"
        file.create_dataset("layers/dense/vars/1", data=numpy.zeros(3, "V2"))
    (layer,) = readers.read(str(tmp_path / "model.weights.h5")).stored or ()
    assert [(tensor.shape, tensor.dtype) for tensor in layer.tensors] == [((2, 3), "bfloat16"), ((3,), "|V2")]


def test_h5_with_the_model_inside_a_group(tmp_path: Path) -> None:
    with h5py.File(files.write_whole(tmp_path / "inner.h5")) as inner, h5py.File(tmp_path / "outer.h5", "w") as outer:
        inner.copy(inner["/"], outer.create_group("model"), "kerasmodel")
    document = readers.read(str(tmp_path / "outer.h5"))
    assert document.config == files.MODEL
    assert document.config_place == "model/kerasmodel/model_config"
    assert (document.stored or ())[0].tensors[0].place.startswith("model/kerasmodel/model_weights/lstm_1/")
    assert document.remarks == ("model inside a group",)


def test_h5_without_anything_of_keras_is_a_document_without_content(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "data.h5", "w") as file:
        file.create_dataset("train/x", data=numpy.zeros((5, 2)))
        file.create_dataset("layers/roads", data=numpy.zeros(3))
    document = readers.read(str(tmp_path / "data.h5"))
    assert document.config is None
    assert document.stored is None


def test_h5_behind_a_user_block(tmp_path: Path) -> None:
    for block in (512, 1024, 2048):
        path = tmp_path / f"{block}.bin"
        with h5py.File(path, "w", userblock_size=block) as file:
            files.write_listed(file)
        assert readers.read(str(path)).stored
        assert readers.is_candidate(str(path))


def test_h5_that_is_truncated_is_refused_with_both_sizes(tmp_path: Path) -> None:
    path = files.write_whole(tmp_path / "model.h5")
    size = path.stat().st_size
    os.truncate(path, size - 100)
    assert f"is truncated or damaged HDF5 (it has {size - 100} of {size} bytes); save or" in refused_file(path)


def test_h5_links_out_of_the_file_and_in_circles_are_left_alone(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    files.write_whole(tmp_path / "other.h5")
    with h5py.File(tmp_path / "model.h5", "w") as file:
        files.write_listed(file, {"dense_1": {"dense_1/kernel:0": (3, 1)}, "lstm_1": {}, "gone": {}})
        del file["gone"], file["lstm_1"], file["dense_1/dense_1/kernel:0"]
        file["lstm_1"] = h5py.ExternalLink("other.h5", "/model_weights/lstm_1")
        file["dense_1/dense_1/kernel:0"] = h5py.SoftLink("/dense_1/dense_1/kernel:0")
        file["model_weights"] = h5py.ExternalLink(str(tmp_path / "pipe"), "/")
    document = readers.read(str(tmp_path / "model.h5"))
    assert shapes(document) == {"dense_1": {}, "lstm_1": {}, "gone": {}}
    assert set(document.remarks) == {"link left alone", "listed layer is missing", "listed tensor is missing"}


def test_h5_nested_links_are_left_alone(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "model.weights.h5", "w") as file:
        files.write_nested(file)
        file["layers/loop"] = h5py.SoftLink("/layers")
        file["layers/lstm/outside"] = h5py.ExternalLink("other.h5", "/")
    document = readers.read(str(tmp_path / "model.weights.h5"))
    assert list(shapes(document)) == ["dense", "dropout", "lstm", "lstm_2"]
    assert document.remarks == ("link left alone",)


def test_h5_groups_linked_in_a_circle_are_refused(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "model.weights.h5", "w") as file:
        files.write_nested(file)
        file["layers/lstm/again"] = file["layers"]
    assert "nested too deeply" in refused_file(tmp_path / "model.weights.h5")


def test_h5_data_in_other_files_is_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    layout = h5py.VirtualLayout((5,), "float32", maxshape=(None,))
    layout[: h5py.h5s.UNLIMITED] = h5py.VirtualSource(str(tmp_path / "pipe"), "x", (5,), "float32", maxshape=(None,))[
        : h5py.h5s.UNLIMITED
    ]
    with h5py.File(tmp_path / "model.weights.h5", "w", libver="latest") as file:
        file.create_dataset("layers/dense/vars/0", (3, 2), "float32", external=[(str(tmp_path / "pipe"), 0, 24)])
        file.create_virtual_dataset("layers/dense/vars/1", layout)
    code = "import sys; from lstmlint import readers; print(readers.read(sys.argv[1]))"
    command = [sys.executable, "-c", code, str(tmp_path / "model.weights.h5")]
    root = Path(readers.__file__).parents[2]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, cwd=root)
    assert "shape=(3, 2)" in result.stdout
    assert "external storage left alone" in result.stdout
    assert "virtual dataset left alone" in result.stdout


def test_h5_with_too_much_in_it_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = files.write_whole(tmp_path / "model.h5")
    for constant, limit, message in (
        ("MAX_OBJECTS", 5, "holds more than 5 objects"),
        ("MAX_STRINGS", 2, "has a layer_names larger than any model's"),
        ("MAX_ATTRIBUTE_BYTES", 15, "has a layer_names larger than any model's"),
        ("MAX_ATTRIBUTE_BYTES", 200, "has a model_config larger than any model's"),
        ("MAX_RANK", 1, "holds a tensor of 2 dimensions"),
    ):
        with monkeypatch.context() as context:
            context.setattr(hdf5_tree, constant, limit)
            assert message in refused_file(path)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded on Linux only")
def test_h5_that_claims_a_text_of_four_gigabytes_takes_little_memory(tmp_path: Path) -> None:
    path = files.write_whole(tmp_path / "model.h5", files.json_bytes().decode())
    data = bytearray(path.read_bytes())
    length = struct.pack("<I", len(files.json_bytes()))
    start = data.index(length, data.index(b"model_config\0"))
    data[start : start + 4] = b"\xff\xff\xff\xff"
    path.write_bytes(data)
    code = (
        "import resource, sys; from lstmlint import readers\n"
        "try: readers.read(sys.argv[1])\n"
        "except Exception as error: print(type(error).__name__, error)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10)"
    )
    command = [sys.executable, "-c", code, str(path)]
    root = Path(readers.__file__).parents[2]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, cwd=root)
    message, megabytes = result.stdout.splitlines()
    assert message.startswith("UnreadableError is truncated or damaged HDF5")
    assert int(megabytes) < 200


@pytest.mark.parametrize("in_pieces", [False, True])
@pytest.mark.parametrize("length", [0, 1 << 40, (1 << 64) - 16, (1 << 64) - 8])
def test_h5_whose_strings_would_keep_hdf5_busy_forever_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, length: int, in_pieces: bool
) -> None:
    if in_pieces:
        monkeypatch.setattr(hdf5, "IMAGE_BYTES", 0)
    path = files.write_whole(tmp_path / "model.h5", files.json_bytes().decode())
    assert readers.read(str(path)).config == files.MODEL
    data = bytearray(path.read_bytes())
    place = data.index(b"GCOL\x01") + 16
    # The last object of a heap is its free space, with number 0.
    while (header := struct.unpack_from("<H6xQ", data, place))[0]:
        place += 16 + -(-header[1] // 8) * 8
    struct.pack_into("<Q", data, place + 8, length)
    path.write_bytes(data)
    assert "is truncated or damaged HDF5" in refused_file(path)


def test_h5_larger_than_memory_should_be_is_read_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = files.write_whole(tmp_path / "model.h5")
    expected = readers.read(str(path))
    monkeypatch.setattr(hdf5, "IMAGE_BYTES", 0)
    assert readers.read(str(path)) == expected


# Archives


def check_archive(document: Document) -> None:
    assert document.container is Container.KERAS
    assert document.config is not None
    assert document.config["class_name"] == "Sequential"
    assert document.config_place == "config.json"
    assert document.keras_version == "3.8.0"
    assert document.training_config == {"loss": "mse"}
    assert document.stored_by is WeightNaming.CLASS_NAME
    assert list(shapes(document)) == ["dense", "dropout", "lstm", "lstm_2"]
    assert list(shapes(document)["lstm"].values()) == list(files.LSTM_SHAPES.values())


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_archive_holds_a_model(tmp_path: Path, compression: int) -> None:
    path = files.write_archive(tmp_path / "model.keras", compression=compression)
    check_archive(readers.read(str(path)))
    check_archive(readers.read_bytes(path.read_bytes()))
    with path.open("rb") as stream:
        check_archive(readers.read_stream(stream))


def test_archive_is_read_without_its_weights_bytes(tmp_path: Path) -> None:
    """Whatever the size of the weights, only a window of the file is looked at."""
    memory = io.BytesIO()
    with h5py.File(memory, "w") as file:
        file.create_dataset("layers/dense/vars/0", data=numpy.ones((4 << 20,), "float32"))
    source = in_memory(
        files.write_archive(tmp_path / "m.keras", {"model.weights.h5": memory.getvalue()}).read_bytes(), "m.keras"
    )
    read = 0
    original = source.stream.read

    def counted(size: int = -1) -> bytes:
        nonlocal read
        data = original(size)
        read += len(data)
        return data

    class Counting:
        def __getattr__(self, name: str) -> Any:
            return counted if name == "read" else getattr(source.stream, name)

    counting = readers.Source(source.path, Counting(), source.head, source.size)  # type: ignore[arg-type]
    assert shapes(readers.read_source(counting)) == {"dense": {"vars/0": (4 << 20,)}}
    assert read < 256 << 10


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"config.json": b"", "model.weights.h5": b""}, "is an archive without config.json and model.weights.h5"),
        ({"config.json": b'{"class_name": '}, "has a config.json that is not valid JSON"),
        ({"config.json": b"[]"}, "has a config.json that is JSON, but not a Keras model"),
        ({"model.weights.h5": b"\x89HDF\r\n\x1a\n"}, "has a model.weights.h5 that is truncated or damaged HDF5"),
        ({"model.weights.h5": b"nothing"}, "has a model.weights.h5 that is truncated or damaged HDF5"),
        ({"config.json": b" " * (65 << 20)}, "has a config.json that is larger than 64 MiB"),
    ],
)
def test_archive_that_is_broken_is_refused(tmp_path: Path, members: dict[str, bytes], message: str) -> None:
    assert message in refused_file(files.write_archive(tmp_path / "model.keras", members, zipfile.ZIP_DEFLATED))


def test_archive_of_something_else_is_skipped(tmp_path: Path) -> None:
    files.write_archive(tmp_path / "data.zip", {"config.json": b'{"a": 1}', "model.weights.h5": b""})
    with pytest.raises(NotAModelError):
        readers.read(str(tmp_path / "data.zip"))


def test_archive_with_weights_only_or_config_only(tmp_path: Path) -> None:
    weights = readers.read(str(files.write_archive(tmp_path / "a.keras", {"config.json": b"", "metadata.json": b"x"})))
    assert weights.config is None
    assert weights.stored
    config = readers.read(
        str(files.write_archive(tmp_path / "b.keras", {"model.weights.h5": b"", "model.weights.npz": b"x"}))
    )
    assert config.config is not None
    assert config.stored is None
    assert config.remarks == ("weights in npz left alone",)


def test_archive_with_one_name_twice_is_read_as_keras_does(tmp_path: Path) -> None:
    path = files.write_archive(tmp_path / "model.keras")
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("config.json", files.json_bytes({"class_name": "Functional", "config": {}}))
    document = readers.read(str(path))
    assert document.config == {"class_name": "Functional", "config": {}}
    assert document.remarks == ("duplicate members",)


@pytest.mark.parametrize("name", ["config.json", "model.weights.h5"])
def test_archive_that_is_encrypted_is_refused(tmp_path: Path, name: str) -> None:
    path = files.write_archive(tmp_path / "model.keras")
    data = bytearray(path.read_bytes())
    entry = data.index(name.encode(), data.index(b"PK\x01\x02"))
    data[entry - 46 + 8] |= 1
    path.write_bytes(data)
    assert f"has an encrypted {name}" in refused_file(path)


def test_archive_member_that_expands_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keras_zip, "EXPANSION_FLOOR_BYTES", 1 << 20)
    members = {"model.weights.h5": b"\x89HDF\r\n\x1a\n" + bytes(30 << 20)}
    path = files.write_archive(tmp_path / "model.keras", members, zipfile.ZIP_DEFLATED)
    assert "as a decompression bomb does" in refused_file(path)


def test_archive_whose_config_is_larger_than_it_says_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keras_zip, "MAX_JSON_BYTES", 1 << 20)
    config = files.json_bytes({**files.MODEL, "padding": " " * (3 << 20)})
    path = files.write_archive(tmp_path / "model.keras", {"config.json": config}, zipfile.ZIP_DEFLATED)
    assert "has a config.json that is larger than 1 MiB" in refused_file(path)


def test_archive_with_a_directory_of_too_many_files_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keras_zip, "MAX_DIRECTORY_BYTES", 100)
    assert "too many files" in refused_file(files.write_archive(tmp_path / "model.keras"))


# Names and kinds of file


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
    command = [sys.executable, "-c", code, str(tmp_path / "model.json")]
    root = Path(readers.__file__).parents[2]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, cwd=root)
    assert result.stdout.strip() == ""


def test_no_two_readers_recognise_the_same(tmp_path: Path) -> None:
    whole, archive = (
        files.write_whole(tmp_path / "m.h5").read_bytes(),
        files.write_archive(tmp_path / "m.keras").read_bytes(),
    )
    assert {reader.name for reader in readers.readers()} >= {"HDF5", "JSON", "zip"}
    for data in (whole, archive, files.json_bytes()):
        source = in_memory(data, "x")
        assert sum(reader.recognises(source) for reader in readers.readers()) == 1


# Anything at all


@pytest.fixture(scope="module")
def real_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """One small file of each container."""
    folder = tmp_path_factory.mktemp("real")
    return {
        "model.json": files.json_bytes(),
        "model.h5": files.write_whole(folder / "model.h5").read_bytes(),
        "model.keras": files.write_archive(folder / "model.keras").read_bytes(),
        "zipped.keras": files.write_archive(folder / "zipped.keras", compression=zipfile.ZIP_DEFLATED).read_bytes(),
        "model.weights.h5": files.nested_bytes(),
    }


def read_or_refuse(data: bytes, name: str) -> None:
    """Read bytes; nothing but the two refusals may be raised."""
    with contextlib.suppress(UnreadableError, NotAModelError):
        readers.read_bytes(data, name)


@given(
    data=st.binary(max_size=5000), start=st.sampled_from([b"", b"{", b"PK\x03\x04", b"\x89HDF\r\n\x1a\n", b"\xff\xfe"])
)
@settings(deadline=None, max_examples=200)
def test_random_bytes_are_refused_or_read(data: bytes, start: bytes) -> None:
    for name in ("a", "a.json", "a.h5", "a.keras"):
        read_or_refuse(start + data, name)


@given(
    name=st.sampled_from(["model.json", "model.h5", "model.keras", "zipped.keras", "model.weights.h5"]),
    length=st.floats(0, 1),
)
@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_truncated_files_are_refused_or_read(real_files: dict[str, bytes], name: str, length: float) -> None:
    data = real_files[name]
    read_or_refuse(data[: int(length * len(data))], name)


@given(
    name=st.sampled_from(["model.json", "model.h5", "model.keras", "zipped.keras", "model.weights.h5"]),
    changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=20),
    front=st.booleans(),
)
@settings(deadline=None, max_examples=300)
def test_changed_bytes_are_refused_or_read(
    real_files: dict[str, bytes], name: str, changes: list[tuple[float, int]], front: bool
) -> None:
    data = bytearray(real_files[name])
    span = min(len(data), 4096) if front else len(data)
    for place, value in changes:
        data[int(place * span)] = value
    read_or_refuse(bytes(data), name)


KEYS = st.sampled_from(["class_name", "config", "model_config", "keras_version", "compile_config"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner),
    max_leaves=10,
)


@given(value=VALUES)
@settings(deadline=None, max_examples=200)
def test_any_json_is_refused_or_read(value: Any) -> None:
    for text in (json.dumps(value), json.dumps(json.dumps(value))):
        try:
            document = readers.read_bytes(text.encode())
        except (UnreadableError, NotAModelError):
            continue
        assert document.config is not None
        assert serialized.is_model(document.config)


# Real files


def test_files_of_keras_itself(tmp_path: Path) -> None:
    code = """
import sys, keras
model = keras.Sequential([keras.Input((4, 2)), keras.layers.LSTM(3, dropout=0.1), keras.layers.Dense(1)])
model.compile("adam", "mse")
for name in ("model.h5", "model.keras", "model.weights.h5"):
    (model.save_weights if "weights" in name else model.save)(name)
open("model.json", "w").write(model.to_json())
"""
    pytest.importorskip("keras")
    environment = {**os.environ, "KERAS_BACKEND": "jax"}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, check=True)
    for name in ("model.h5", "model.keras", "model.json"):
        document = readers.read(str(tmp_path / name))
        assert document.config is not None
        assert document.training_config is not None
    listed = shapes(readers.read(str(tmp_path / "model.h5")))
    assert listed == {"lstm": files.LSTM_SHAPES, "dense": files.DENSE_SHAPES}
    for name in ("model.keras", "model.weights.h5"):
        nested = shapes(readers.read(str(tmp_path / name)))
        assert list(nested["lstm"].values())[:3] == list(files.LSTM_SHAPES.values())
        assert list(nested["dense"].values()) == list(files.DENSE_SHAPES.values())


def corpus_files(*formats: str) -> list[dict[str, Any]]:
    """The entries of the corpus in some formats; none where there is no corpus."""
    if not (CORPUS / "index.jsonl").exists():
        return []
    with (CORPUS / "index.jsonl").open() as lines:
        return [entry for entry in map(json.loads, lines) if entry["format"] in formats]


def reported_by_h5py(read: Callable[[], Any]) -> dict[str, tuple[int, ...]]:
    """The shape of every dataset of a file, by its path."""
    found = {}
    with h5py.File(read(), "r") as file:
        file.visititems(lambda name, item: found.update({name: item.shape}) if isinstance(item, h5py.Dataset) else None)
    return found


@pytest.mark.skipif(not corpus_files("json"), reason="the corpus is not here")
def test_corpus_files_are_read_whole() -> None:
    for entry in corpus_files("json", "h5", "h5-weights", "keras"):
        path = CORPUS / entry["file"]
        document = readers.read(str(path))
        assert readers.is_candidate(str(path)), path
        assert (document.config is None) is (entry["format"] == "h5-weights"), path
        if entry["format"] != "h5-weights":
            assert document.keras_version == entry["keras_version"], path
        if entry["format"] == "json":
            continue
        assert document.stored is not None, path

        def weights(path: Path = path, entry: dict[str, Any] = entry) -> Any:
            archived = entry["format"] == "keras"
            return io.BytesIO(zipfile.ZipFile(path).read("model.weights.h5")) if archived else str(path)

        known = reported_by_h5py(weights)
        tensors = [tensor for layer in document.stored for tensor in layer.tensors]
        assert {tensor.place: tensor.shape for tensor in tensors}.items() <= known.items(), path
        left = {place for place in known if not place.startswith(("optimizer", "metrics", "info/"))}
        assert left == {tensor.place for tensor in tensors}, path


@pytest.mark.skipif(not corpus_files("tfjs"), reason="the corpus is not here")
def test_corpus_files_of_other_formats_are_skipped() -> None:
    for entry in corpus_files("tfjs", "yaml", "savedmodel-metadata"):
        with pytest.raises(NotAModelError):
            readers.read(str(CORPUS / entry["file"]))
