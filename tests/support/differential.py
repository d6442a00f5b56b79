"""Compare lstmlint with real Keras: save a model, reload it with Keras, read it with lstmlint, compare layer by layer.

The truth is the model that Keras reloads from the same file, or the model in memory where Keras cannot reload it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy
import pytest
from keras.src.saving.serialization_lib import SafeModeScope

from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Count, Dims, Shape, Unknown, leaves
from lstmlint.pipeline import load

FORMATS = ("json", "h5", "keras")

INITIALIZERS = ("Zeros", "Ones", "VarianceScaling", "OrthogonalInitializer", "RandomUniform", "RandomNormal")


def make_weights_quickly(patch: pytest.MonkeyPatch) -> None:
    """Make all new weights zero: where only shapes are compared, drawing values would compile a program for each."""
    for name in INITIALIZERS:
        initializer = getattr(keras.initializers, name)
        patch.setattr(initializer, "__call__", lambda self, shape, dtype=None: numpy.zeros(shape, "float32"))


@dataclass(frozen=True)
class Facts:
    """The compared values of one layer: the output shapes of each call, the shape and trainability of each weight."""

    calls: list[list[Shape]]
    weights: list[tuple[Dims, bool | Unknown]] | Unknown
    params: Count
    trainable: Count
    non_trainable: Count


@dataclass(frozen=True)
class Said:
    """The compared values of a model: its layers by path, its counts, its input and output shapes."""

    layers: dict[str, Facts]
    counts: tuple[Any, Any, Any]
    inputs: Any
    outputs: Any


@dataclass
class Comparison:
    """The differences between lstmlint and Keras for one saved model."""

    wrong: list[str] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)


def check(model: keras.Model, folder: Path, formats: Iterable[str] = FORMATS, unknown: Iterable[str] = ()) -> None:
    """Demand that lstmlint agrees with Keras on every saved form of a model.

    Args:
        model: a built model.
        folder: where to save it.
        formats: the extensions to save it with.
        unknown: the paths of the layers with unknown values; lstmlint must call these values unknown, and no others.
    """
    for extension in formats:
        path = folder / f"model.{extension}"
        save(model, path)
        found = compare(reload(path) or model, load(str(path)))
        assert not found.wrong, f"{extension}:\n" + "\n".join(found.wrong)
        assert found.unknown == set(unknown), f"{extension}: unknown are {sorted(found.unknown)}"


def save(model: keras.Model, path: Path) -> None:
    """Save by the extension of the path."""
    if path.suffix == ".json":
        path.write_text(model.to_json())
    else:
        model.save(path)


def reload(path: Path) -> keras.Model | None:
    """The model as Keras reads it back; `None` where it cannot."""
    try:
        if path.suffix == ".json":
            with SafeModeScope(False):
                return keras.models.model_from_json(path.read_text())
        return keras.models.load_model(path, compile=False, safe_mode=False)
    except Exception:  # Keras raises whatever its layers raise
        return None


def compare(theirs: keras.Model, ours: Model) -> Comparison:
    """Compare Keras' model with lstmlint's."""
    expected, given = keras_says(theirs), lstmlint_says(ours)
    found = Comparison()
    if set(expected.layers) != set(given.layers):
        found.wrong.append(f"layers: Keras has {sorted(expected.layers)}, lstmlint {sorted(given.layers)}")
    for path in expected.layers.keys() & given.layers.keys():
        _compare_layer(path, expected.layers[path], given.layers[path], found)
    if not found.unknown:
        for what in ("counts", "inputs", "outputs"):
            _demand_equal(what, getattr(expected, what), getattr(given, what), found)
    return found


def _compare_layer(path: str, expected: Facts, given: Facts, found: Comparison) -> None:
    if len(expected.calls) != len(given.calls):
        found.wrong.append(f"{path}: Keras has {len(expected.calls)} calls, lstmlint {len(given.calls)}")
    for at, (theirs, ours) in enumerate(zip(expected.calls, given.calls, strict=False)):
        if _is_unknown(ours):
            found.unknown.add(path)
        else:
            _demand_equal(f"{path} outputs of call {at}", theirs, ours, found)
    for what in ("weights", "params", "trainable", "non_trainable"):
        ours = getattr(given, what)
        if _is_unknown(ours):
            found.unknown.add(path)
        else:
            _demand_equal(f"{path} {what}", getattr(expected, what), ours, found)


def _demand_equal(what: str, expected: Any, given: Any, found: Comparison) -> None:
    if expected != given:
        found.wrong.append(f"{what}: Keras says {expected}, lstmlint {given}")


def _is_unknown(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(_is_unknown(item) for item in value)
    return isinstance(value, Unknown)


def lstmlint_says(model: Model) -> Said:
    """The values that lstmlint infers."""
    return Said(
        layers=dict(_our_layers(model.summary_layers, "")),
        counts=(model.params, model.trainable_params, model.non_trainable_params),
        inputs=list(leaves(model.inputs)),
        outputs=list(leaves(model.outputs)),
    )


def _our_layers(layers: Iterable[Layer], prefix: str) -> Iterator[tuple[str, Facts]]:
    for layer in layers:
        weights = layer.weights
        yield (
            prefix + layer.name,
            Facts(
                calls=[list(leaves(call.outputs)) for call in layer.calls],
                weights=weights if isinstance(weights, Unknown) else [(w.shape, layer.trains(w)) for w in weights],
                params=layer.params,
                trainable=layer.trainable_params,
                non_trainable=layer.non_trainable_params,
            ),
        )
        if layer.model is not None:
            yield from _our_layers(layer.model.summary_layers, f"{prefix}{layer.name}/")


def keras_says(model: keras.Model) -> Said:
    """The values of a model in Keras."""
    total, trainable = _size(model.weights), _size(model.trainable_weights)
    return Said(
        layers=dict(_their_layers(model, "")),
        counts=(total, trainable, total - trainable),
        inputs=[tensor.shape for tensor in model.inputs],
        outputs=[tensor.shape for tensor in model.outputs],
    )


def _their_layers(model: keras.Model, prefix: str) -> Iterator[tuple[str, Facts]]:
    is_sequential = isinstance(model, keras.Sequential)
    graph = model._functional if is_sequential else model
    nodes = {id(node) for nodes in graph._nodes_by_depth.values() for node in nodes}
    for layer in model.layers if is_sequential else model.operations:
        weights, trained = getattr(layer, "weights", []), getattr(layer, "trainable_weights", [])
        calls = [node for node in layer._inbound_nodes if id(node) in nodes]
        trainable = {id(weight) for weight in trained}
        sizes = _size(weights), _size(trained)
        yield (
            prefix + layer.name,
            Facts(
                calls=[[tuple(tensor.shape) for tensor in node.output_tensors] for node in calls],
                weights=[(tuple(weight.shape), id(weight) in trainable) for weight in weights],
                params=layer.count_params() if isinstance(layer, keras.Layer) else 0,
                trainable=sizes[1],
                non_trainable=sizes[0] - sizes[1],
            ),
        )
        if isinstance(layer, keras.Model):
            yield from _their_layers(layer, f"{prefix}{layer.name}/")


def _size(weights: Iterable[Any]) -> int:
    total = 0
    for weight in weights:
        size = 1
        for length in weight.shape:
            size *= length
        total += size
    return total


def functional(shape: Any, *layers: Callable[[Any], Any]) -> keras.Model:
    """A functional model of layers one after the other; `shape` is one input's without its batch, or a list of them."""
    inputs: Any = [keras.Input(item) for item in shape] if isinstance(shape, list) else keras.Input(shape)
    outputs = inputs
    for layer in layers:
        outputs = layer(outputs)
    return keras.Model(inputs, outputs)


def sequential(shape: tuple[int | None, ...], *layers: keras.Layer) -> keras.Model:
    """A Sequential model with an input."""
    return keras.Sequential([keras.Input(shape), *layers])
