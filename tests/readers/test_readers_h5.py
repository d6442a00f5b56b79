"""HDF5: what Keras of every generation stores in it, and what is done to it by mistake or on purpose."""

from __future__ import annotations

import os
import struct
import sys
from pathlib import Path
from typing import Any

import h5py
import numpy
import pytest

from lstmlint import readers
from lstmlint.ir.document import Container, Detour, Elsewhere, WeightNaming
from lstmlint.readers import hdf5, hdf5_tree
from tests.support import readers_files as files
from tests.support.readers import printed_by, refused_file, shapes


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
    ],
    ids=["variable", "fixed"],
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
        # Keras 2.2.4 to 3.15.1 refuse an array of one text: tests/rules/oracles/test_security.py.
        (numpy.array([files.json_bytes()]), "has a model_config that is not one text"),
        (
            numpy.array([files.json_bytes().decode()], dtype=h5py.string_dtype()),
            "has a model_config that is not one text",
        ),
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


@pytest.mark.parametrize(
    ("layers", "naming"),
    [("layers", WeightNaming.CLASS_NAME), ("_layer_checkpoint_dependencies", WeightNaming.CHECKPOINT_NAME)],
)
def test_h5_of_keras_3_nests_variables(tmp_path: Path, layers: str, naming: WeightNaming) -> None:
    path = tmp_path / "model.weights.h5"
    with h5py.File(path, "w") as file:
        files.write_nested(file, layers)
        for number in range(11):
            file.create_dataset(f"{layers}/lstm_10/vars/{number}", data=numpy.zeros(number))
    document = readers.read(str(path))
    assert document.config is None
    assert document.stored_by is naming
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


def test_h5_dtypes_that_alternate_are_each_named_by_their_own_type(tmp_path: Path) -> None:
    dtypes = [
        "float32",
        "float32",
        "float16",
        "V2",
        "V2",
        "float16",
        "int32",
        ">f4",
        "float64",
        "bool",
        "bool",
        "float32",
    ]
    path = tmp_path / "model.weights.h5"
    with h5py.File(path, "w") as file:
        for number, dtype in enumerate(dtypes):
            dataset = file.create_dataset(f"layers/dense/vars/{number}", data=numpy.zeros((2,), dtype))
            if dtype == "V2":
                dataset.attrs["dtype"] = f"bfloat16 of {number}"
    expected = [
        f"bfloat16 of {number}" if dtype == "V2" else numpy.dtype(dtype).name for number, dtype in enumerate(dtypes)
    ]
    (layer,) = readers.read(str(path)).stored or ()
    assert [tensor.dtype for tensor in layer.tensors] == expected


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
    assert set(document.remarks) == {"listed layer is missing", "listed tensor is missing"}
    assert document.evidence.elsewhere == (
        Elsewhere("dense_1/dense_1/kernel:0", Detour.SOFT_LINK, "/dense_1/dense_1/kernel:0"),
        Elsewhere("lstm_1", Detour.EXTERNAL_LINK, "other.h5:/model_weights/lstm_1"),
        Elsewhere("model_weights", Detour.EXTERNAL_LINK, f"{tmp_path / 'pipe'}:/"),
    )


def test_h5_nested_links_are_left_alone(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "model.weights.h5", "w") as file:
        files.write_nested(file)
        file["layers/loop"] = h5py.SoftLink("/layers")
        file["layers/lstm/outside"] = h5py.ExternalLink("other.h5", "/")
    document = readers.read(str(tmp_path / "model.weights.h5"))
    assert list(shapes(document)) == ["dense", "dropout", "lstm", "lstm_2"]
    assert document.remarks == ()
    assert [(fact.place, fact.detour) for fact in document.evidence.elsewhere] == [
        ("layers/loop", Detour.SOFT_LINK),
        ("layers/lstm/outside", Detour.EXTERNAL_LINK),
    ]


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
    code = "import sys; from lstmlint import readers; d = readers.read(sys.argv[1]); print(d.stored, d.evidence)"
    printed = printed_by(code, tmp_path / "model.weights.h5")
    assert "shape=(3, 2)" in printed
    assert f"target='{tmp_path / 'pipe'}'" in printed
    assert all(kind in printed for kind in ("EXTERNAL_STORAGE", "VIRTUAL_DATASET"))


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
@pytest.mark.parametrize("claimed", [0xFFFF_FFFF, 0x1F00_0000])
def test_h5_that_claims_a_text_of_half_a_gigabyte_or_more_takes_little_memory(tmp_path: Path, claimed: int) -> None:
    path = files.write_whole(tmp_path / "model.h5", files.json_bytes().decode())
    data = bytearray(path.read_bytes())
    length = struct.pack("<I", len(files.json_bytes()))
    start = data.index(length, data.index(b"model_config\0"))
    struct.pack_into("<I", data, start, claimed)
    path.write_bytes(data)
    # The peak of this process alone: getrusage counts that of the process that started it as well.
    code = (
        "import sys; from lstmlint import readers\n"
        "try: readers.read(sys.argv[1])\n"
        "except Exception as error: print(type(error).__name__, error)\n"
        "peak = next(line for line in open('/proc/self/status') if line.startswith('VmHWM'))\n"
        "print(int(peak.split()[1]) >> 10)"
    )
    message, megabytes = printed_by(code, path).splitlines()
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
