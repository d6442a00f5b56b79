"""The forward pass in NumPy against what real Keras gave: Keras 1.2.2, 2.3.1 and 2.15 on record, 3.15 at hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lstmlint
from lstmlint.fixing.certificate.functions import NotComputedError, function
from lstmlint.fixing.certificate.recurrent import merge, recurrence, run
from lstmlint.fixing.repairs import today
from lstmlint.fixing.repairs.hard_sigmoid import function as written_out
from lstmlint.ir.model import Layer
from lstmlint.keras.classes import classes_with
from tests.support.numerics import Array, Run, directions, runs, stored_arrays

#: Layers after the recurrent ones that change nothing or only values of their own.
GATED = classes_with(lambda traits: traits.has_gates)
STACKED = frozenset({"InputLayer", "Dropout", "Bidirectional", "Dense", "TimeDistributed", *GATED})


def is_stack(item: Run) -> bool:
    """Whether a model is recurrent layers on top of each other, with at most a Dense at the end."""
    names = (
        "lstm", "lstm-cpu", "lstm-mem", "lstm-gpu", "lstm-hard", "lstm-no-bias", "lstm-backwards", "lstm-sigmoid",
        "lstm-hard-cell", "gru", "gru-cpu", "gru-mem", "gru-gpu", "gru-reset-before", "gru-reset-after",
        "gru-hard-everywhere", "simple-rnn", "simple-rnn-hard", "stacked", "bidirectional", "unlike-directions",
        "cudnn-lstm", "cudnn-gru", "cudnn-bidirectional",
    )  # fmt: skip
    return item.file.endswith(".h5") and item.name in names


STACKS = [item for item in runs() if is_stack(item)]


@pytest.mark.parametrize("item", STACKS, ids=str)
def test_forward_equals_the_keras_that_wrote_the_file(item: Run, tmp_path: Path) -> None:
    model = lstmlint.load(str(item.unpack(tmp_path)))
    assert model.graph is not None
    slope = model.graph.semantics.hard_sigmoid_slope
    values: Array = item.inputs[0].astype(np.float64)
    for layer in model.listed_layers:
        assert layer.class_name in STACKED
        arrays = stored_arrays(model.document, layer.stored) if layer.stored else []
        values = computed(layer, arrays, values, slope)
    np.testing.assert_allclose(values, item.outputs[0], atol=2e-6)


def computed(layer: Layer, arrays: list[Array], values: Array, slope: float) -> Array:
    """The output of a layer for a sequence."""
    if layer.class_name in ("InputLayer", "Dropout"):
        return values
    if layer.class_name == "TimeDistributed":
        return computed(layer.children["layer"], arrays, values, slope)
    if layer.class_name == "Dense":
        kernel, *bias = arrays
        activated: Array = function(layer.config["activation"], slope)(values @ kernel + sum(bias))
        return activated
    if layer.class_name == "Bidirectional":
        parts = directions(layer, arrays)
        there, back = (
            run(recurrence(child.class_name, child.config, parts[role], slope), values)[0]
            for role, child in (("forward", layer.children["forward"]), ("backward", backward(layer)))
        )
        joined = merge(there, back, layer.config["merge_mode"], are_sequences=there.ndim == 3)
        assert not isinstance(joined, tuple)
        return joined
    return run(recurrence(layer.class_name, layer.config, arrays, slope), values)[0]


def backward(layer: Layer) -> Layer:
    found = layer.children["backward"]
    assert found.config["go_backwards"] or found.pointer == layer.children["forward"].pointer
    return found


OPTIONS: list[tuple[str, dict[str, Any]]] = [
    ("LSTM", {"return_sequences": True}),
    ("LSTM", {"recurrent_activation": "hard_sigmoid", "activation": "hard_sigmoid"}),
    ("LSTM", {"use_bias": False, "go_backwards": True, "return_sequences": True, "activation": "softsign"}),
    ("GRU", {"return_sequences": True}),
    ("GRU", {"reset_after": False, "recurrent_activation": "hard_sigmoid", "activation": "elu"}),
    ("GRU", {"use_bias": False, "activation": "softmax"}),
    ("SimpleRNN", {"activation": "hard_sigmoid", "return_sequences": True}),
    ("SimpleRNN", {"activation": "softplus", "use_bias": False, "go_backwards": True}),
    ("LSTM", {"recurrent_activation": written_out(0.2)}),
    ("GRU", {"return_sequences": True, "zero_output_for_mask": True}),
]


@pytest.mark.parametrize(("class_name", "options"), OPTIONS, ids=str)
def test_forward_equals_todays_keras(class_name: str, options: dict[str, Any]) -> None:
    import keras

    layer = getattr(keras.layers, class_name)(5, return_state=True, **options)
    random = np.random.default_rng(3)
    inputs, states = random.uniform(-2, 2, (2, 6, 3)), random.uniform(-1, 1, (2, 2, 5))
    given = tuple(states)[: 2 if class_name == "LSTM" else 1]
    layer.build(inputs.shape)
    tensors = [random.uniform(-1, 1, weight.shape).astype(np.float32) for weight in layer.weights]
    layer.set_weights(tensors)
    config = {**today.defaults(class_name), **options}
    ours = recurrence(class_name, config, tensors, today.semantics().hard_sigmoid_slope)
    mask = np.array([[False, True, True, False, True, False], [True, True, False, True, True, True]])
    for initial, counted in ((None, None), (given, None), (None, mask), (given, mask)):
        started = None if initial is None else [np.float32(s) for s in initial]
        theirs = layer(np.float32(inputs), initial_state=started, mask=counted)
        output, last = run(ours, inputs, initial, counted)
        for mine, true in zip((output, *last), theirs, strict=True):
            np.testing.assert_allclose(mine, np.asarray(true), atol=2e-6)


@pytest.mark.parametrize(
    ("class_name", "config", "shapes"),
    [
        ("LSTM", {"activation": "tanh", "recurrent_activation": "gelu"}, [(3, 8), (2, 8), (8,)]),
        ("LSTM", {"activation": "tanh", "recurrent_activation": "sigmoid"}, [(3, 8)]),
        ("ConvLSTM2D", {}, [(3, 3, 2, 8), (3, 3, 2, 8), (8,)]),
        ("CuDNNGRU", {}, [(3, 6), (2, 6), (6,)]),
        ("Dense", {}, [(3, 2)]),
    ],
)
def test_what_is_not_computed_is_said(class_name: str, config: dict[str, Any], shapes: list[tuple[int, ...]]) -> None:
    with pytest.raises(NotComputedError, match=r"is not computed here|its tensors are not those"):
        recurrence(class_name, config, [np.zeros(shape) for shape in shapes], 0.2)
