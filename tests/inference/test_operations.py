"""Operations as nodes of a model: every class of `keras.ops` against Keras 3, functions of TensorFlow against 2.15."""

from __future__ import annotations

import importlib
import inspect
import itertools
import json
import pkgutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import keras
import keras.src.ops
import pytest
from keras import ops, tree
from keras.src.ops.operation import Operation

from lstmlint.inference.layers.tensorflow_ops import BY_NAME
from lstmlint.ir.model import Model
from lstmlint.ir.shape import Unknown, leaves, to_json, unknowns
from lstmlint.pipeline import load
from tests.support.differential import reload, save
from tests.support.operation_cases import GRIDS, Grid, T

pytestmark = pytest.mark.usefixtures("quick_weights")

#: Operations that lstmlint leaves unknown, and why.
LEFT_UNKNOWN: Mapping[str, str] = {
    "Operation": "it is abstract",
    "AdaptiveAveragePool": "Keras states a shape of one rank too many, and does not reload it",
    "AdaptiveMaxPool": "Keras states a shape of one rank too many, and does not reload it",
    "Arange": "its length depends on values",
    "AssociativeScan": "it calls a function, which no file holds",
    "Cond": "it calls a function, which no file holds",
    "ForiLoop": "it calls a function, which no file holds",
    "Function": "it is a graph of operations, which no file holds as one",
    "JVP": "it calls a function, which no file holds",
    "Map": "it calls a function, which no file holds",
    "Rearrange": "its pattern names axes in a language of its own",
    "ScaleAndTranslate": "its shape is an argument, which may be a tensor",
    "Scan": "it calls a function, which no file holds",
    "SegmentReduction": "it is abstract",
    "Select": "Keras states the shape of its first choice, whatever the others are",
    "Switch": "it calls a function, which no file holds",
    "UnravelIndex": "its number of outputs depends on a shape that may be a tensor",
    "VectorizedMap": "it calls a function, which no file holds",
    "View": "its shape depends on the dtypes before and after",
    "WhileLoop": "it calls a function, which no file holds",
}

NOT_KNOWN = "lstmlint does not know the function"
VALUES = "its shape depends on values that lstmlint does not follow"
LOST = "tf.keras records only the first argument"

#: Expressions of which lstmlint leaves a layer unknown, and why.
TENSORFLOW_UNKNOWN: Mapping[str, str] = {
    "K.batch_flatten(x)": NOT_KNOWN,
    "K.dot(x, K.constant(numpy.ones((6, 3))))": VALUES,
    "K.switch(x > 0, x, y)": VALUES,
    "tf.boolean_mask(f, f > 0)": VALUES,
    'tf.einsum("btf,bsf->bts", x, y)': LOST,
    "tf.eye(tf.shape(x)[1])": NOT_KNOWN,
    'tf.dynamic_partition(x, tf.cast(x, "int32"), 2)': VALUES,
    "tf.math.atan2(x, y), tf.math.atan2(n, x), tf.math.atan2(x, o), tf.math.atan2(2.0, x)": LOST,
    "tf.meshgrid(i, i)": LOST,
    "tf.unique(tf.reshape(x, [-1]))": VALUES,
    'tf.nn.conv1d(x, numpy.ones((2, 6, 3), "float32"), 1, "SAME")': NOT_KNOWN,
    "tf.range(tf.shape(x)[1])": VALUES,
    "tf.reshape(n, [-1, tf.shape(n)[1] * 6])": VALUES,
    "tf.reshape(x, tf.concat([tf.shape(x)[:1], [24]], 0))": VALUES,
    "tf.sequence_mask(i)": VALUES,
    "tf.signal.fft(tf.cast(x, tf.complex64))": NOT_KNOWN,
    "tf.squeeze(n), tf.squeeze(f)": "an open dimension might be 1",
    "tf.squeeze(x)": "an open dimension might be 1",
    "tf.strided_slice(x, [0, 1], [2, 3])": NOT_KNOWN,
    "x != y": LOST,
    "x == y": LOST,
    "x[:, :tf.shape(n)[1]]": VALUES,
}


def operation_classes() -> dict[str, type[Operation]]:
    """Every operation that Keras has, by the name that it writes."""
    names = [module.name for module in pkgutil.iter_modules(keras.src.ops.__path__, "keras.src.ops.")]
    modules = [importlib.import_module(name) for name in names if not name.endswith("_test")]
    return {
        name: value
        for module in modules
        for name, value in vars(module).items()
        if inspect.isclass(value) and issubclass(value, Operation) and value.__module__ == module.__name__
    }


CLASSES = operation_classes()


def calls(grid: Grid) -> Iterator[tuple[str, list[Any], Any]]:
    """The class, inputs and outputs of each call that Keras takes."""
    for name, config, arguments in itertools.product(grid.classes.split(), grid.configs, grid.arguments):
        inputs: list[Any] = []
        made = [symbolic(argument, inputs) for argument in arguments]
        try:
            outputs = CLASSES[name](**config)(*made)
        except Exception:  # Keras refuses with whatever its backend raises
            continue
        if all(isinstance(output, keras.KerasTensor) for output in tree.flatten(outputs)):
            yield name, inputs, outputs


def symbolic(argument: Any, inputs: list[Any]) -> Any:
    """An argument with an input for each tensor in it."""
    if isinstance(argument, T):
        inputs.append(keras.Input(batch_shape=argument.shape, dtype=argument.dtype))
        return inputs[-1]
    if isinstance(argument, list | tuple) and any(isinstance(item, T) for item in argument):
        return type(argument)(symbolic(item, inputs) for item in argument)
    return argument


def differences(theirs: keras.Model, ours: Model) -> tuple[list[str], set[str]]:
    """What Keras and lstmlint say differently of the calls of a model, and of which calls lstmlint knows less."""
    nodes = {id(node) for nodes in theirs._nodes_by_depth.values() for node in nodes}
    wrong, unknown = [], set()
    for operation in theirs.operations:
        expected = [
            [tuple(tensor.shape) for tensor in node.output_tensors]
            for node in operation._inbound_nodes
            if id(node) in nodes
        ]
        layer = ours.by_name[operation.name]
        given = [list(leaves(call.outputs)) for call in layer.calls]
        if any(isinstance(shape, Unknown) or Unknown in map(type, shape) for shapes in given for shape in shapes):
            unknown.add(f"{layer.node.written_class}: {given} where Keras says {expected}")
        elif expected != given:
            wrong.append(f"{layer.node.written_class} {operation.name}: Keras says {expected}, lstmlint {given}")
    return wrong, unknown


@pytest.mark.parametrize("grid", GRIDS, ids=str)
def test_operations_of_keras(grid: Grid, tmp_path: Path) -> None:
    """All calls of a grid in one model, which Keras reloads and lstmlint reads."""
    made = list(calls(grid))
    assert {name for name, _, _ in made} == set(grid.classes.split())
    inputs = [tensor for _, tensors, _ in made for tensor in tensors]
    model = keras.Model(inputs, [output for _, _, outputs in made for output in tree.flatten(outputs)])
    for extension in ("json", "keras"):
        path = tmp_path / f"model.{extension}"
        save(model, path)
        reloaded = reload(path)
        assert reloaded is not None
        # Keras renames ExtractPatches.
        keeps_names = [op.name for op in reloaded.operations] == [op.name for op in model.operations]
        assert differences(reloaded if keeps_names else model, load(str(path))) == ([], set())


def test_legacy_h5(tmp_path: Path) -> None:
    """A legacy H5 records no module, and Keras itself reads it only where each operation is called as a layer is."""
    inputs, other = keras.Input((4, 6)), keras.Input((4, 6))
    added = keras.layers.Add()([ops.softmax(2.0 * inputs[:, 1:]), other[:, :1]])
    joined = keras.layers.Concatenate()([added, ops.concatenate([inputs, other, added], axis=1)[:, :3]])
    model = keras.Model([inputs, other], [joined, ops.mean(added, axis=-1), ops.multiply(joined, added[..., :1])])
    path = tmp_path / "model.h5"
    save(model, path)
    assert differences(model, load(str(path))) == ([], set())


def test_every_operation_is_tested_or_left_unknown() -> None:
    tested = {name for grid in GRIDS for name in grid.classes.split()}
    assert tested.isdisjoint(LEFT_UNKNOWN)
    assert tested | set(LEFT_UNKNOWN) == set(CLASSES)


TENSORFLOW = json.loads((Path(__file__).parent.parent / "data" / "tf_operations.json").read_text())


@pytest.mark.parametrize("case", [pytest.param(case, id=case["expression"]) for case in TENSORFLOW["cases"]])
def test_functions_of_tensorflow(case: Mapping[str, Any], tmp_path: Path) -> None:
    """What tf.keras 2.15 said of each layer that it made of an expression (`tests/data/make_tf_operations.py`)."""
    inputs = [
        {"class_name": "InputLayer", "name": name, "config": {"batch_input_shape": shape}, "inbound_nodes": []}
        for name, shape in TENSORFLOW["inputs"].items()
    ]
    config = {
        "name": "model",
        "layers": [*inputs, *case["config"]["layers"]],
        "input_layers": [[layer["name"], 0, 0] for layer in inputs],
        "output_layers": case["config"]["output_layers"],
    }
    path = tmp_path / "model.json"
    version = TENSORFLOW["versions"]["keras"]
    path.write_text(json.dumps({"class_name": "Functional", "config": config, "keras_version": version}))
    model = load(str(path))
    reasons = set()
    for name, expected in case["outputs"].items():
        (call,) = model.by_name[name].calls
        unknown = list(unknowns(call.outputs))
        if unknown:
            reasons |= {reason.reason for reason in unknown}
        else:
            assert [to_json(shape) for shape in leaves(call.outputs)] == expected, name
    assert bool(reasons) == (case["expression"] in TENSORFLOW_UNKNOWN), reasons


def test_every_function_is_tested() -> None:
    """Every function in the table is in a case, under its name with or without a module."""
    layers = [layer for case in TENSORFLOW["cases"] for layer in case["config"]["layers"]]
    functions = {layer["config"].get("function", "") for layer in layers}
    tested = {name for function in functions for name in (function, function.removeprefix("compat.v1."))}
    tested |= {function.rpartition(".")[2] for function in functions}
    assert set(BY_NAME) <= tested
