"""Rules on shapes against real Keras: what it builds without a word fails when the model is called, or lies."""

from __future__ import annotations

import json
from typing import Any

import keras
import numpy
import pytest
from keras import layers

from lstmlint.ir.document import Container, Document
from lstmlint.pipeline import judge, model_of

SERIES = numpy.linspace(0, 1, 2 * 10 * 8, dtype="float32").reshape(2, 10, 8)


def found(model: keras.Model, **training: Any) -> list[str]:
    """The rules that speak of a model as Keras writes it."""
    return found_in(json.loads(model.to_json()), **training)


def found_in(serialized: dict[str, Any], **training: Any) -> list[str]:
    document = Document("m.json", Container.JSON, serialized, keras_version="3.15.1", training_config=training or None)
    return [diagnostic.rule for diagnostic in judge(model_of(document)).diagnostics]


def sequential(class_name: str, **config: Any) -> dict[str, Any]:
    """A Sequential of one layer, as Keras 3 writes it."""
    listed = [
        {"module": "keras.layers", "class_name": "InputLayer", "registered_name": None,
         "config": {"name": "series", "batch_shape": [None, 10, 8]}},
        {"module": "keras.layers", "class_name": class_name, "registered_name": None,
         "config": {"name": "layer", **config}},
    ]  # fmt: skip
    config = {"name": "m", "layers": listed}
    return {"module": "keras", "class_name": "Sequential", "registered_name": None, "config": config}


@pytest.mark.parametrize("units", [0, -1, 4.0, 4.5, False, "4", None])
@pytest.mark.parametrize("class_name", ["LSTM", "GRU", "Dense"])
def test_invalid_units__is_refused(class_name: str, units: Any) -> None:
    broken = sequential(class_name, units=units)
    assert found_in(broken) == ["invalid-units"]
    with pytest.raises((ValueError, TypeError)):
        keras.models.model_from_json(json.dumps(broken)).count_params()
    cured = sequential(class_name, units=4)
    assert found_in(cured) == []
    assert keras.models.model_from_json(json.dumps(cured)).count_params() > 0


def test_invalid_units__true_is_one() -> None:
    assert found_in(sequential("LSTM", units=True)) == ["invalid-units"]
    assert layers.LSTM(units=True).compute_output_shape((None, 10, 8)) == (None, 1)


@pytest.mark.parametrize("states", [1, 2])
def test_multi_output_in_sequential__is_refused_unless_the_next_layer_takes_lists(states: int) -> None:
    recurrent = layers.LSTM(4, return_state=True) if states == 2 else layers.GRU(4, return_state=True)
    with pytest.raises(ValueError, match="expects 1 input"):
        keras.Sequential([keras.Input((10, 8)), recurrent, layers.Dense(3)])
    broken = sequential(recurrent.__class__.__name__, units=4, return_state=True)
    dense = {"module": "keras.layers", "class_name": "Dense", "registered_name": None, "config": {"units": 3}}
    broken["config"]["layers"].append(dense)
    assert found_in(broken) == ["multi-output-in-sequential"]
    joined = keras.Sequential([keras.Input((10, 8)), recurrent, layers.Concatenate()])
    assert joined(SERIES).shape == (2, 4 * (states + 1))
    assert "multi-output-in-sequential" not in found(joined)


def both(mode: str | None, **backward: Any) -> keras.Model:
    series = keras.Input((10, 8))
    reverse = layers.LSTM(**{"units": 4, "go_backwards": True, **backward})
    made = layers.Bidirectional(layers.LSTM(4), backward_layer=reverse, merge_mode=mode)(series)
    return keras.Model(series, made)


def reloaded(model: keras.Model) -> keras.Model:
    again: keras.Model = keras.models.model_from_json(model.to_json())
    return again


def test_bidirectional_width_mismatch__concat_computes_another_shape_than_it_declares() -> None:
    model = both("concat", units=6)
    assert found(model) == ["bidirectional-width-mismatch"]
    assert reloaded(model).output_shape == (None, 8)
    assert reloaded(model)(SERIES).shape == (2, 10)
    assert found(both("concat")) == []
    assert reloaded(both("concat"))(SERIES).shape == (2, 8)


@pytest.mark.parametrize("mode", ["sum", "mul", "ave"])
def test_bidirectional_width_mismatch__fails_when_called(mode: str) -> None:
    model = both(mode, units=6)
    assert found(model) == ["bidirectional-width-mismatch"]
    with pytest.raises((ValueError, TypeError)):
        reloaded(model)(SERIES)
    assert reloaded(both(mode))(SERIES).shape == (2, 4)


@pytest.mark.parametrize("change", ["go_backwards", "return_sequences", "return_state", "stateful"])
def test_bidirectional_config_mismatch__is_refused(change: str) -> None:
    inner = {"module": "keras.layers", "class_name": "LSTM", "registered_name": None}
    forward = {**inner, "config": {"name": "lstm", "units": 4}}
    backward: dict[str, Any] = {"name": "lstm", "units": 4, "go_backwards": True}
    good = sequential("Bidirectional", layer=forward, backward_layer={**inner, "config": dict(backward)})
    assert found_in(good) == []
    assert keras.models.model_from_json(json.dumps(good)).count_params() > 0
    backward[change] = not backward.get(change, False)
    broken = sequential("Bidirectional", layer=forward, backward_layer={**inner, "config": backward})
    assert "bidirectional-config-mismatch" in found_in(broken)
    with pytest.raises((ValueError, TypeError)):
        keras.models.model_from_json(json.dumps(broken))


def test_bidirectional_config_mismatch__a_forward_layer_that_runs_backwards_is_refused() -> None:
    inner = {"module": "keras.layers", "class_name": "LSTM", "registered_name": None}
    broken = sequential("Bidirectional", layer={**inner, "config": {"units": 4, "go_backwards": True}})
    assert found_in(broken) == ["bidirectional-config-mismatch"]
    with pytest.raises((ValueError, TypeError)):
        keras.models.model_from_json(json.dumps(broken))


def started(made: keras.Layer, *widths: int) -> keras.Model:
    series = keras.Input((10, 8), name="series")
    states = [keras.Input((width,), name=f"state_{index}") for index, width in enumerate(widths)]
    return keras.Model([series, *states], made(series, initial_state=states))


def run(model: keras.Model, *widths: int) -> tuple[int, ...]:
    shape: tuple[int, ...] = model([SERIES, *[numpy.zeros((2, width), "float32") for width in widths]]).shape
    return shape


@pytest.mark.parametrize(
    ("class_name", "widths"),
    [
        ("LSTM", (5, 5)),
        ("LSTM", (4, 5)),
        ("LSTM", (4,)),
        ("LSTM", (4, 4, 4)),
        ("GRU", (5,)),
        ("SimpleRNN", (4, 4)),
        ("Bidirectional", (4, 4)),
        ("Bidirectional", (4, 4, 5, 5)),
    ],
)
def test_initial_state_mismatch__fails_when_called(class_name: str, widths: tuple[int, ...]) -> None:
    def made() -> keras.Layer:
        if class_name == "Bidirectional":
            return layers.Bidirectional(layers.LSTM(4))
        return getattr(layers, class_name)(4)

    model = reloaded(started(made(), *widths))
    assert found(model) == ["initial-state-mismatch"]
    with pytest.raises((ValueError, TypeError, IndexError)):
        run(model, *widths)
    good = {"LSTM": (4, 4), "GRU": (4,), "SimpleRNN": (4,), "Bidirectional": (4, 4, 4, 4)}[class_name]
    cured = reloaded(started(made(), *good))
    assert found(cured) == []
    assert run(cured, *good)[0] == 2


def test_initial_state_mismatch__a_gru_ignores_a_second_state() -> None:
    model = started(layers.GRU(4), 4, 4)
    assert found(model) == ["initial-state-mismatch"]
    zeros, ones = numpy.zeros((2, 4), "float32"), numpy.ones((2, 4), "float32")
    assert numpy.array_equal(model([SERIES, zeros, zeros]), model([SERIES, zeros, ones]))


#: Batches and widths of the inputs, the states and the units: equal ones, ones of 1, and others.
STARTS = [
    (made, unroll, batch, states)
    for made in ("LSTM", "GRU", "SimpleRNN", "Bidirectional", "cell", "cells")
    for unroll in (True, False)
    for batch, states in [(5, [5]), (5, [1]), (1, [5]), (5, [2]), (5, [5, 1]), (5, [1, 5]), (1, [1]), (None, [1])]
] + [("LSTM", unroll, 5, [(5, 4), c]) for unroll in (True, False) for c in [(5, 1), (1, 1), (5, 3), (2, 1)]]
STARTS += [("LSTM", True, 5, [h, (5, 4)]) for h in [(5, 1), (1, 1), (5, 3)]]


def recurrent(made: str, unroll: bool) -> keras.Layer:
    if made == "Bidirectional":
        return layers.Bidirectional(layers.GRU(4, unroll=unroll))
    cells = {"cell": [layers.LSTMCell(4)], "cells": [layers.GRUCell(4), layers.SimpleRNNCell(4)]}
    if made in cells:
        return layers.RNN(cells[made][0] if made == "cell" else layers.StackedRNNCells(cells[made]), unroll=unroll)
    made_layer: keras.Layer = getattr(layers, made)(4, unroll=unroll)
    return made_layer


@pytest.mark.parametrize(("made", "unroll", "batch", "states"), STARTS, ids=str)
def test_initial_state_mismatch__knows_what_keras_broadcasts(
    made: str, unroll: bool, batch: int | None, states: list[Any]
) -> None:
    number = 1 if made in ("GRU", "SimpleRNN") else 2
    shapes = [state if isinstance(state, tuple) else (state, 4) for state in (states * 2)[:number]]
    given = [keras.Input(batch_shape=shape, name=f"state_{index}") for index, shape in enumerate(shapes)]
    series = keras.Input(batch_shape=(batch, 3, 8), name="series")
    layer = recurrent(made, unroll)
    model = reloaded(keras.Model([series, *given], layer(series, initial_state=given)))
    values = [numpy.ones((batch or 1, 3, 8), "float32"), *[numpy.ones(shape, "float32") for shape in shapes]]
    said = [rule for rule in found(model) if rule == "initial-state-mismatch"]
    try:
        model(values)
    except (ValueError, TypeError):
        assert said
    else:
        assert not said


@pytest.mark.parametrize("name", ["mean_squared_error", "mean_absolute_error", "huber"])
def test_sequence_into_scalar_target__stretches_the_target(name: str) -> None:
    model = keras.Sequential([keras.Input((10, 8)), layers.LSTM(4, return_sequences=True), layers.Dense(1, "sigmoid")])
    model.compile(loss=name)
    target = numpy.array([[0.0], [1.0]], "float32")
    told = model.evaluate(SERIES, target, verbose=0)
    every_step = numpy.repeat(target[:, None], 10, axis=1)
    assert told == pytest.approx(model.evaluate(SERIES, every_step, verbose=0), rel=1e-4)
    assert "sequence-into-scalar-target" in found(model, loss=name)


def test_sequence_into_scalar_target__binary_crossentropy_of_keras_3_refuses() -> None:
    model = keras.Sequential([keras.Input((10, 8)), layers.LSTM(4, return_sequences=True), layers.Dense(1, "sigmoid")])
    model.compile(loss="binary_crossentropy")
    with pytest.raises(ValueError, match="must have the same shape"):
        model.evaluate(SERIES, numpy.zeros((2, 1), "float32"), verbose=0)
    assert "sequence-into-scalar-target" not in found(model, loss="binary_crossentropy")


@pytest.mark.parametrize(
    ("class_name", "config"),
    [("Attention", {}), ("Attention", {"score_mode": "concat"}), ("AdditiveAttention", {})],
    ids=["dot", "concat", "additive"],
)
@pytest.mark.parametrize(
    "shapes",
    [
        [(4, 3), (5, 3)], [(4, 3), (5, 2)], [(4, 3), (5, 1)], [(4, 1), (5, 3)], [(4, 3), (5, 2), (5, 3)],
        [(4, 3), (5, 3), (5, 2)], [(4, 3), (5, 2), (5, 1)], [(4, 3), (5, 3), (6, 3)], [(4, 3), (1, 3), (5, 3)],
    ],
    ids=str,
)  # fmt: skip
def test_attention_width_mismatch__is_what_keras_cannot_compute(
    class_name: str, config: dict[str, Any], shapes: list[tuple[int, int]]
) -> None:
    inputs = [keras.Input(shape) for shape in shapes]
    model = keras.Model(inputs, getattr(layers, class_name)(**config)(inputs))
    try:
        model([numpy.ones((2, *shape), "float32") for shape in shapes])
        is_computed = True
    except TypeError:
        is_computed = False
    assert ("attention-width-mismatch" in found(model)) is not is_computed
