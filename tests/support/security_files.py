"""Files with the signatures of published vulnerabilities, made for the tests of the security rules.

None of the files holds a payload: words in base64 stand for code, and names are nothing but names.
"""

from __future__ import annotations

import base64
import copy
import io
import json
import stat
import struct
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy

from lstmlint.ir.document import Pointer

Json = dict[str, Any]

WORDS = base64.b64encode(b"these are words and no code").decode()
"""In place of marshalled bytecode or a pickle."""


def keras3(module: str, class_name: str, registered_name: str | None = None, /, **config: Any) -> Json:
    """A serialized object of Keras 3."""
    return {"module": module, "class_name": class_name, "registered_name": registered_name, "config": config}


def layer(class_name: str, name: str, /, **config: Any) -> Json:
    return keras3("keras.layers", class_name, name=name, **config)


def function(module: str | None, name: str) -> Json:
    """A serialized function, as the published files name theirs."""
    return {"module": module, "class_name": "function", "config": name, "registered_name": name}


def given() -> Json:
    return layer("InputLayer", "series", batch_shape=[None, 10, 2])


def model(*layers: Json, name: str = "forecast") -> Json:
    return keras3("keras", "Sequential", name=name, layers=[given(), *layers])


# What is hidden: a serialized object, where in it the finding points, and the rule that finds it.


@dataclass(frozen=True, slots=True)
class Signature:
    """The signature of a vulnerability: an object that may lie anywhere in a config."""

    vulnerability: str
    what: str
    value: Any
    rule: str
    inside: Pointer = ()

    @property
    def id(self) -> str:
        return f"{self.vulnerability}-{self.what}"


def keras2_lambda(**config: Any) -> Json:
    """A Lambda layer as Keras 1 and 2 save it."""
    return {"class_name": "Lambda", "config": {"name": "scale", "trainable": True, **config}}


DUMP = [WORDS, None, None]
K3_LAMBDA = {"class_name": "__lambda__", "config": {"code": WORDS, "defaults": None, "closure": None}}

SIGNATURES = (
    Signature("CVE-2024-3660", "raw-h5-form", keras2_lambda(function=DUMP, function_type="lambda"), "lambda-bytecode",
              ("config", "function")),
    Signature("CVE-2024-3660", "list-without-its-type", keras2_lambda(function=DUMP), "lambda-bytecode",
              ("config", "function")),
    Signature("CVE-2024-3660", "raw-function", keras2_lambda(function=WORDS, function_type="raw"), "lambda-bytecode",
              ("config", "function")),
    Signature("CVE-2024-3660", "output-shape", keras2_lambda(function="mean", function_type="function",
              output_shape=DUMP, output_shape_type="lambda"), "lambda-bytecode", ("config", "output_shape")),
    Signature("CVE-2024-3660", "mask", keras2_lambda(function="mean", function_type="function", mask=DUMP),
              "lambda-bytecode", ("config", "mask")),
    Signature("CVE-2024-3660", "bare", {"class_name": "__lambda__", "config": {"value": DUMP}}, "lambda-bytecode"),
    Signature("CVE-2024-3660", "renamed", {"class_name": "Scale", "config": {"name": "scale", "function": DUMP}},
              "lambda-bytecode", ("config", "function")),
    Signature("CVE-2025-9905", "keras-3-form", layer("Lambda", "scale", function=K3_LAMBDA), "lambda-bytecode",
              ("config", "function")),
    Signature("CVE-2026-12481", "without-module", keras2_lambda(function=K3_LAMBDA), "lambda-bytecode",
              ("config", "function")),
    Signature("CVE-2025-1550", "os", function("os", "getcwd"), "unsafe-callable-reference"),
    Signature("CVE-2025-1550", "class", keras3("subprocess", "Popen", args=["true"]), "unsafe-callable-reference"),
    Signature("CVE-2025-1550", "deep-module", function("importlib.util", "find_spec"), "unsafe-callable-reference"),
    Signature("CVE-2025-1550", "builtins-exec", function("builtins", "exec"), "unsafe-callable-reference"),
    Signature("CVE-2025-1550", "builtins-class", keras3("builtins", "exec", source=""), "unsafe-callable-reference"),
    Signature("CVE-2025-1550", "python-2", function("__builtin__", "execfile"), "unsafe-callable-reference"),
    Signature("CVE-2025-1550", "dotted-name", {"class_name": "os.getcwd", "config": {}}, "unsafe-callable-reference"),
    Signature("CVE-2025-1550", "registered", {**function("os", "getcwd"), "registered_name": "team>getcwd"},
              "unsafe-callable-reference"),
    Signature("CVE-2025-1550", "library", function("torch", "load"), "unsafe-callable-reference"),
    Signature("CVE-2025-1550", "package-of-others", keras3("someone.elses", "Layer"), "unsafe-callable-reference"),
    Signature("CVE-2025-8747", "get-file", function("keras.utils", "get_file"), "unsafe-callable-reference"),
    Signature("CVE-2025-8747", "get-file-inside", function("keras.src.utils.file_utils", "get_file"),
              "unsafe-callable-reference"),
    Signature("CVE-2025-8747", "load-model", keras3("keras.models", "load_model"), "unsafe-callable-reference"),
    Signature("CVE-2025-8747", "other-utility", function("keras.utils", "pad_sequences"), "unsafe-callable-reference"),
    Signature("CVE-2025-12060", "get-file-of-tf-keras", function("tf_keras.utils", "get_file"),
              "unsafe-callable-reference"),
    Signature("CVE-2025-9906", "switch", function("keras.config", "enable_unsafe_deserialization"),
              "unsafe-callable-reference"),
    Signature("CVE-2025-9906", "state", function("keras.src.backend.common.global_state", "set_global_attribute"),
              "unsafe-callable-reference"),
    Signature("CVE-2025-9906", "state-as-class",
              keras3("keras.src.backend.common.global_state", "set_global_attribute"), "unsafe-callable-reference"),
    Signature("CVE-2025-8747", "urlretrieve", function("keras.src.utils.file_utils", "urlretrieve"),
              "unsafe-callable-reference"),
    Signature("CVE-2025-8747", "in-place-of-a-name",
              {**function("keras.src.utils.file_utils", "none_such"), "registered_name": "rmtree"},
              "unsafe-callable-reference"),
    Signature("CVE-2025-8747", "weights", keras3("keras.src.saving.saving_lib", "load_weights_only"),
              "unsafe-callable-reference"),
    Signature("CVE-2025-8747", "editor", keras3("keras.saving", "KerasFileEditor"), "unsafe-callable-reference"),
    Signature("CVE-2025-8747", "application", function("keras.applications", "VGG16"), "unsafe-callable-reference"),
    Signature("CVE-2025-1550", "always-there", function("absl.app", "run"), "unsafe-callable-reference"),
    Signature("CVE-2025-1550", "acting-name", function("someone.elses", "run"), "unsafe-callable-reference"),
    Signature("tensorflow", "node-as-text", {"class_name": "TensorFlowOpLayer", "config": {"name": "read",
              "node_def": "\n\x01x\x12\x08ReadFile\x1a\x01y", "constants": {}}}, "unsafe-callable-reference",
              ("config", "node_def")),
    Signature("tensorflow", "node-as-json", {"class_name": "TensorFlowOpLayer", "config": {"name": "read",
              "node_def": '{"name": "x", "o\\u0070": "Write\\u0046ile"}'}}, "unsafe-callable-reference",
              ("config", "node_def")),
    Signature("CVE-2025-9906", "switch-as-text", {"note": [["keras.config.enable_unsafe_deserialization"]]},
              "unsafe-callable-reference", ("note", 0, 0)),
    Signature("CVE-2025-49655", "torch", layer("TorchModuleWrapper", "torch", module=WORDS),
              "unsafe-callable-reference"),
    Signature("CVE-2026-1462", "tfsm", layer("TFSMLayer", "tfsm", filepath="somewhere", call_endpoint="serve"),
              "unsafe-callable-reference"),
    Signature("keras-22729", "shadowed", {**layer("LSTM", "shadow", units=3), "registered_name": "team>Recorder"},
              "shadowed-builtin", ("registered_name",)),
    Signature("CVE-2025-12058", "path", layer("StringLookup", "lookup", vocabulary="/etc/hostname"), "lookup-file-path",
              ("config", "vocabulary")),
    Signature("CVE-2025-12058", "url", layer("TextVectorization", "text", vocabulary="gs://bucket/words.txt"),
              "lookup-file-path", ("config", "vocabulary")),
    Signature("CVE-2025-12058", "relative", layer("IntegerLookup", "numbers", vocabulary="../words.txt"),
              "lookup-file-path", ("config", "vocabulary")),
    Signature("CVE-2026-12479", "parent", layer("Dropout", "../../a", rate=0.1), "path-in-name", ("config", "name")),
    Signature("CVE-2026-12479", "absolute", layer("Dropout", "/start", rate=0.1), "path-in-name", ("config", "name")),
    Signature("CVE-2026-12479", "windows", layer("Dropout", "a\\b", rate=0.1), "path-in-name", ("config", "name")),
    Signature("CVE-2026-12479", "drive", layer("Dropout", "C:/start", rate=0.1), "path-in-name", ("config", "name")),
    Signature("CVE-2026-12479", "nul", layer("Dropout", "a\0b", rate=0.1), "path-in-name", ("config", "name")),
)  # fmt: skip


# Where it is hidden: a model around an object, and the pointer to the object.


def lstm(**config: Any) -> Json:
    return layer("LSTM", "lstm", units=3, **config)


def functional(*layers: Json) -> Json:
    """A functional model in a chain."""
    chained = [{**inner, "name": f"layer_{number}", "inbound_nodes": []} for number, inner in enumerate(layers)]
    for before, after in zip([given()["config"], *chained], chained, strict=False):
        recorded = {"shape": [None, 10, 2], "dtype": "float32", "keras_history": [before["name"], 0, 0]}
        tensor = {"class_name": "__keras_tensor__", "config": recorded}
        after["inbound_nodes"] = [{"args": [tensor], "kwargs": {}}]
    return keras3(
        "keras",
        "Functional",
        name="graph",
        layers=[{**given(), "name": "series", "inbound_nodes": []}, *chained],
        input_layers=[["series", 0, 0]],
        output_layers=[[chained[-1]["name"], 0, 0]],
    )


POSITIONS: Mapping[str, tuple[Callable[[Any], Json], Pointer]] = {
    "layer": (lambda hidden: model(hidden, lstm()), ("config", "layers", 1)),
    "functional": (lambda hidden: functional(lstm(), hidden), ("config", "layers", 2)),
    "bidirectional": (
        lambda hidden: model(layer("Bidirectional", "both", layer=hidden, merge_mode="concat")),
        ("config", "layers", 1, "config", "layer"),
    ),
    "backward": (
        lambda hidden: model(layer("Bidirectional", "both", layer=lstm(), backward_layer=hidden)),
        ("config", "layers", 1, "config", "backward_layer"),
    ),
    "time-distributed": (
        lambda hidden: model(layer("TimeDistributed", "each", layer=hidden)),
        ("config", "layers", 1, "config", "layer"),
    ),
    "cell": (
        lambda hidden: model(layer("RNN", "rnn", cell=layer("StackedRNNCells", "cells", cells=[hidden]))),
        ("config", "layers", 1, "config", "cell", "config", "cells", 0),
    ),
    "sub-model": (
        lambda hidden: model(model(hidden, name="inner")),
        ("config", "layers", 1, "config", "layers", 1),
    ),
    "functional-in-sequential-in-wrapper": (
        lambda hidden: model(layer("TimeDistributed", "each", layer=functional(model(hidden, name="inner")))),
        ("config", "layers", 1, "config", "layer", "config", "layers", 1, "config", "layers", 1),
    ),
    "initializer": (
        lambda hidden: model(lstm(kernel_initializer=hidden)),
        ("config", "layers", 1, "config", "kernel_initializer"),
    ),
    "regularizer": (
        lambda hidden: model(lstm(recurrent_regularizer=hidden)),
        ("config", "layers", 1, "config", "recurrent_regularizer"),
    ),
    "constraint": (
        lambda hidden: model(lstm(bias_constraint=hidden)),
        ("config", "layers", 1, "config", "bias_constraint"),
    ),
    "activation": (lambda hidden: model(lstm(activation=hidden)), ("config", "layers", 1, "config", "activation")),
    "dtype": (lambda hidden: model(lstm(dtype=hidden)), ("config", "layers", 1, "config", "dtype")),
    "argument-of-a-lambda": (
        lambda hidden: model(layer("Lambda", "named", function="mean", arguments={"values": [hidden]})),
        ("config", "layers", 1, "config", "arguments", "values", 0),
    ),
    "call": (
        lambda hidden: model({**lstm(), "inbound_nodes": [{"args": [], "kwargs": {"mask": hidden}}]}),
        ("config", "layers", 1, "inbound_nodes", 0, "kwargs", "mask"),
    ),
    "build-config": (
        lambda hidden: model({**lstm(), "build_config": {"input_shape": hidden}}),
        ("config", "layers", 1, "build_config", "input_shape"),
    ),
    "custom-layer": (
        lambda hidden: model(keras3("mine", "Mine", "mine>Mine", name="mine", inner={"deep": [hidden]})),
        ("config", "layers", 1, "config", "inner", "deep", 0),
    ),
}  # fmt: skip

#: Positions of a hidden object in the training config.
TRAINING_POSITIONS: Mapping[str, tuple[Callable[[Any], Json], Pointer]] = {
    "optimizer": (lambda hidden: {"optimizer": hidden, "loss": "mse"}, ("optimizer",)),
    "learning-rate": (
        lambda hidden: {"optimizer": keras3("keras.optimizers", "Adam", learning_rate=hidden)},
        ("optimizer", "config", "learning_rate"),
    ),
    "loss": (lambda hidden: {"optimizer": "adam", "loss": hidden}, ("loss",)),
    "losses": (lambda hidden: {"loss": {"out": [hidden]}}, ("loss", "out", 0)),
    "metric": (lambda hidden: {"loss": "mse", "metrics": [["mae", hidden]]}, ("metrics", 0, 1)),
    "fn": (
        lambda hidden: {"metrics": [keras3("keras.metrics", "MeanMetricWrapper", name="m", fn=hidden)]},
        ("metrics", 0, "config", "fn"),
    ),
}


@dataclass(frozen=True, slots=True)
class Hidden:
    """A signature in its place: a model, a training config, and the pointer to the object in one of them."""

    config: Json
    training: Json | None
    pointer: Pointer
    is_training: bool


def hidden(signature: Signature, position: str) -> Hidden:
    """A signature at a position."""
    value = copy.deepcopy(signature.value)
    if position in POSITIONS:
        around, pointer = POSITIONS[position]
        return Hidden(around(value), None, (*pointer, *signature.inside), is_training=False)
    around, pointer = TRAINING_POSITIONS[position]
    return Hidden(model(lstm()), around(value), (*pointer, *signature.inside), is_training=True)


# In which container: a file, and the place of the training config in it.


def write_json(path: Path, found: Hidden) -> Path:
    config = {**found.config, "compile_config": found.training} if found.training else found.config
    path.write_text(json.dumps(config), encoding="utf-8")
    return path


def write_h5(path: Path, found: Hidden) -> Path:
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = b"99.0.0"
        file.attrs["backend"] = b"tensorflow"
        file.attrs["model_config"] = json.dumps(found.config).encode()
        if found.training:
            file.attrs["training_config"] = json.dumps(found.training).encode()
        file.create_group("model_weights").attrs["layer_names"] = numpy.array([], "S1")
    return path


def weights_bytes() -> bytes:
    """The weights of the LSTM."""
    memory = io.BytesIO()
    with h5py.File(memory, "w") as file:
        for number, shape in enumerate(((2, 12), (3, 12), (12,))):
            file.create_dataset(f"layers/lstm/cell/vars/{number}", data=numpy.zeros(shape, "float32"))
    return memory.getvalue()


def write_keras(path: Path, found: Hidden) -> Path:
    config = {**found.config, "compile_config": found.training} if found.training else found.config
    return write_archive(path, {"config.json": json.dumps(config).encode()})


def write_archive(path: Path, members: Mapping[str, bytes] = {}, compression: int = zipfile.ZIP_STORED) -> Path:
    """A `.keras` archive of a version in which everything is fixed; `members` are added or replace the usual ones."""
    usual = {
        "metadata.json": b'{"keras_version": "99.0.0", "date_saved": "2026-01-01@00:00:00"}',
        "config.json": json.dumps(model(lstm())).encode(),
        "model.weights.h5": weights_bytes(),
    }
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in {**usual, **members}.items():
            archive.writestr(zipfile.ZipInfo(name), data, compression)
    return path


def write_tfjs(path: Path, found: Hidden) -> Path:
    topology = {"keras_version": "99.0.0", "backend": "tensor_flow.js", "model_config": found.config}
    if found.training:
        topology["training_config"] = found.training
    path.write_text(json.dumps({"format": "layers-model", "modelTopology": topology, "weightsManifest": []}))
    return path


def varint(number: int) -> bytes:
    return (bytes([number & 0x7F | 0x80]) + varint(number >> 7)) if number > 0x7F else bytes([number])


def field(number: int, value: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(value)) + value


def saved_node(path: str, identifier: str, metadata: Any) -> bytes:
    """A node of `keras_metadata.pb`."""
    text = json.dumps(metadata).encode()
    version = field(1, b"")  # an empty version stands where Keras puts its own
    return field(1, field(2, version) + field(3, path.encode()) + field(4, identifier.encode()) + field(5, text))


def write_pb(path: Path, found: Hidden) -> Path:
    root = {"class_name": found.config["class_name"], "config": found.config["config"]}
    if found.training:
        root["training_config"] = found.training
    path.write_bytes(saved_node("root", "_tf_keras_sequential", root))
    return path


@dataclass(frozen=True, slots=True)
class Form:
    """A container: the function that writes it, and the reported place of the training config (empty: in the model)."""

    suffix: str
    write: Callable[[Path, Hidden], Path]
    training: str


FORMS = {
    "json": Form(".json", write_json, "compile_config"),
    "h5": Form(".h5", write_h5, ""),
    "keras": Form(".keras", write_keras, "compile_config"),
    "tfjs": Form(".json", write_tfjs, ""),
    "saved-model": Form(".pb", write_pb, ""),
}


# What lies in the container itself.


def write_external_link(path: Path, link: Any = None) -> Path:
    """A weights file in which one tensor is a link to another file."""
    with h5py.File(path, "w", libver="earliest", track_order=False) as file:
        file.create_dataset("layers/dense/vars/0", data=numpy.zeros((3, 1), "float32"))
        file["layers/lstm/cell/vars/0"] = link or h5py.ExternalLink("../private.h5", "/values")
        file.create_dataset("layers/lstm/cell/vars/1", data=numpy.zeros((3, 12), "float32"))
        file.create_dataset("layers/lstm/cell/vars/2", data=numpy.zeros((12,), "float32"))
    return path


def write_shape_bomb(path: Path, shape: tuple[int, ...] = (5_000_000, 5_000)) -> Path:
    """A weights file in which one tensor declares bytes that it does not store."""
    with h5py.File(path, "w", libver="earliest") as file:
        file.create_dataset("layers/lstm/cell/vars/0", data=numpy.zeros((2, 12), "float32"))
        file.create_dataset("layers/dense/vars/0", shape, "float32", chunks=(1, *(1 for _ in shape[1:])), fillvalue=0)
        file.create_dataset("layers/dense/vars/1", data=numpy.zeros((5,), "float32"))
    return path


def write_archive_bomb(path: Path, size: int = 0x7FFFFFFF) -> Path:
    """An archive with an entry that declares an expanded size of two gigabytes."""
    write_archive(path, {"assets/lookup/vocabulary.txt": b"word\n" * 100}, zipfile.ZIP_DEFLATED)
    data = bytearray(path.read_bytes())
    name = b"assets/lookup/vocabulary.txt"
    local, listed = data.index(name) - 30 + 22, data.rindex(name) - 46 + 24
    for offset in (local, listed):
        struct.pack_into("<I", data, offset, size)
    path.write_bytes(data)
    return path


def write_symlink(path: Path, mode: int = stat.S_IFLNK | 0o777) -> Path:
    """An archive with an entry of a kind that is no plain file."""
    write_archive(path)
    with zipfile.ZipFile(path, "a") as archive:
        info = zipfile.ZipInfo("assets/lookup")
        info.create_system = 3
        info.external_attr = mode << 16
        archive.writestr(info, "../../private")
    return path


def write_npz(path: Path, *arrays: tuple[str, Any]) -> Path:
    """An archive whose weights are NumPy's; `arrays` are objects, which NumPy pickles, or headers."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as npz:
        for name, array in arrays:
            data = io.BytesIO()
            if isinstance(array, bytes):
                data.write(array)
            else:
                numpy.lib.format.write_array(data, numpy.asarray(array), allow_pickle=False)
            npz.writestr(f"{name}.npy", data.getvalue())
    return write_archive(path, {"model.weights.npz": memory.getvalue()})


def array_header(shape: str, descr: str = "<f4") -> bytes:
    """The beginning of an array in an `.npz`, with nothing behind it."""
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header


def encrypted(path: Path, name: str) -> Path:
    """An archive with an entry marked as encrypted."""
    data = bytearray(path.read_bytes())
    entry = data.rindex(name.encode(), data.index(b"PK\x01\x02"))
    data[entry - 46 + 8] |= 1
    path.write_bytes(data)
    return path


def write_repeated_key(path: Path) -> Path:
    """A model whose layer has one key twice."""
    text = json.dumps(model(lstm()))
    path.write_text(text.replace('"class_name": "LSTM"', '"class_name": "Lambda", "class_name": "LSTM"'))
    return path


def everything() -> Iterator[tuple[Signature, str]]:
    """Every signature at every position."""
    for signature in SIGNATURES:
        for position in (*POSITIONS, *TRAINING_POSITIONS):
            yield signature, position
