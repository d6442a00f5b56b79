"""Every layer family against real Keras 3: hundreds of models, saved in each format, compared layer by layer."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from lstmlint.dialects.keras3 import KERAS3
from lstmlint.layers import layer_types
from lstmlint.layers.call import Call, Signature, Undetermined
from lstmlint.shape import Incompatible, Unknown, leaves
from tests import differential
from tests.differential import check, functional, sequential

import keras  # isort: skip  (after differential has chosen the backend)

L = keras.layers

FIRST = {"data_format": "channels_first"}


@dataclass(frozen=True)
class Case:
    """One layer on one or several inputs, whose shapes are given without the batch."""

    shape: Any
    class_name: str
    arguments: dict[str, Any]

    def layer(self) -> Any:
        arguments = {key: value() if callable(value) else value for key, value in self.arguments.items()}
        return getattr(L, self.class_name)(**arguments)

    def __str__(self) -> str:
        arguments = ",".join(f"{key}={_short(value)}" for key, value in self.arguments.items())
        return f"{self.class_name}({arguments}){self.shape}".replace(" ", "")


def _short(value: Any) -> str:
    return getattr(value, "__name__", str(value)) if callable(value) else str(value)


def grid(class_name: str, shapes: list[Any], **choices: list[Any]) -> Iterator[Case]:
    """A case for each shape and each combination of arguments."""
    for shape, *values in itertools.product(shapes, *choices.values()):
        yield Case(shape, class_name, dict(zip(choices, values, strict=True)))


def each(class_names: list[str], shapes: list[Any], **choices: list[Any]) -> Iterator[Case]:
    for class_name in class_names:
        yield from grid(class_name, shapes, **choices)


SHAPES = {1: [(12, 4), (None, 4)], 2: [(9, 8, 4), (None, 8, 4), (None, None, 4)], 3: [(6, 7, 8, 2), (None, 7, None, 2)]}
SHAPES_FIRST = {1: [(4, 12)], 2: [(4, 9, 8), (4, None, 8)], 3: [(2, 6, None, 8)]}
LOCAL = [(rank, "last", SHAPES[rank], {}) for rank in (1, 2, 3)] + [
    (rank, "first", SHAPES_FIRST[rank], {"data_format": ["channels_first"]}) for rank in (1, 2, 3)
]


def convolutions() -> Iterator[Case]:
    for rank, _, shapes, order in LOCAL:
        name = f"Conv{rank}D"
        both = {"filters": [6], **order}
        yield from grid(name, shapes, kernel_size=[1, 3], strides=[1, 2], padding=["valid", "same"], **both)
        yield from grid(name, shapes, kernel_size=[2], dilation_rate=[2, 3], padding=["valid", "same"], **both)
        yield from grid(name, shapes, kernel_size=[2], groups=[2], use_bias=[True, False], **both)
    yield from grid("Conv1D", SHAPES[1], filters=[3], kernel_size=[3], padding=["causal"], strides=[1, 2])
    yield from grid("Conv1D", SHAPES[1], filters=[3], kernel_size=[3], padding=["causal"], dilation_rate=[2])
    yield from grid("Conv2D", SHAPES[2], filters=[3], kernel_size=[(3, 2)], strides=[(2, 3)], padding=["valid", "same"])
    yield from grid("Conv2D", [(9, 8, 4)], filters=[3], kernel_size=[3], lora_rank=[2])


def transposed_convolutions() -> Iterator[Case]:
    for rank, _, shapes, order in LOCAL:
        name = f"Conv{rank}DTranspose"
        both = {"filters": [3], "padding": ["valid", "same"], **order}
        yield from grid(name, shapes, kernel_size=[1, 3], strides=[1, 2, 4], **both)
        yield from grid(name, shapes, kernel_size=[2, 3], strides=[3], output_padding=[0, 1, 2], **both)
        yield from grid(name, shapes, kernel_size=[3], dilation_rate=[2], use_bias=[False], **both)


def depthwise_convolutions() -> Iterator[Case]:
    for rank, _, shapes, order in LOCAL[:2] + LOCAL[3:5]:
        both = {"kernel_size": [3], "padding": ["valid", "same"], "depth_multiplier": [1, 2], **order}
        yield from grid(f"DepthwiseConv{rank}D", shapes, strides=[1, 2], use_bias=[True, False], **both)
        yield from grid(f"DepthwiseConv{rank}D", shapes, dilation_rate=[2], **both)
        yield from grid(f"SeparableConv{rank}D", shapes, filters=[5], strides=[1, 2], use_bias=[True, False], **both)
        yield from grid(f"SeparableConv{rank}D", shapes, filters=[5], dilation_rate=[2], **both)


def poolings() -> Iterator[Case]:
    for rank, _, shapes, order in LOCAL:
        names = [f"MaxPooling{rank}D", f"AveragePooling{rank}D"]
        yield from each(names, shapes, pool_size=[2, 3], strides=[None, 1, 2], padding=["valid", "same"], **order)
        yield from grid(f"MaxPooling{rank}D", shapes, **order)
        names = [f"GlobalMaxPooling{rank}D", f"GlobalAveragePooling{rank}D"]
        yield from each(names, shapes, keepdims=[True, False], **order)


def reshapings() -> Iterator[Case]:
    amounts: dict[int, list[Any]] = {
        1: [0, 2, (1, 2)], 2: [1, (1, 2), ((1, 2), (0, 1))], 3: [1, (1, 2, 0), ((1, 2), (0, 1), (1, 1))],
    }  # fmt: skip
    for rank, side, shapes, order in LOCAL:
        yield from grid(f"ZeroPadding{rank}D", shapes, padding=amounts[rank], **order)
        if rank > 1 or side == "last":
            yield from grid(f"Cropping{rank}D", shapes, cropping=amounts[rank], **order)
            yield from grid(f"UpSampling{rank}D", shapes, size=[1, 3], **order)
    yield from grid("UpSampling2D", SHAPES[2], size=[(2, 3)], interpolation=["nearest", "bilinear"])
    yield from grid("Flatten", [(5,), (4, 3), (None, 3), (2, None, 3), ()])
    yield from grid("Flatten", [(4, 3, 2)], data_format=["channels_first"])
    yield from grid("Reshape", [(4, 3), (2, 6)], target_shape=[(12,), (3, 4), (-1,), (2, -1), (2, 3, -1, 1)])
    yield from grid("Reshape", [(None, 4)], target_shape=[(-1,), (-1, 2), (8, -1), (2, 2)])
    yield from grid("Permute", [(4, 3, 2), (None, 3, 2)], dims=[(1, 2, 3), (3, 1, 2), (2, 1, 3)])
    yield from grid("RepeatVector", [(5,), (None,)], n=[1, 4])


def merges() -> Iterator[Case]:
    pairs: list[Any] = [[(4, 3), (4, 3)], [(None, 3), (4, 3)], [(4, 3), (None, 3)], [(None, 3), (None, 3)],
                        [(1, 3), (4, 3)], [(4, 3), (1, 1)], [(None, 3), (1, 3)], [(3,), (4, 3)], [(4, 3), (3,)],
                        [(2, 4, 3), (3,)]]  # fmt: skip
    several = [[(3,), (3,), (3,)], [(4, 3), (1, 3), (None, 3)], [(4, 1), (1, 3), (3,), (4, 3)]]
    yield from each(["Add", "Multiply", "Average", "Maximum", "Minimum"], pairs + several)
    yield from grid("Subtract", pairs)
    equal: list[Any] = [[(4, 3), (4, 5)], [(None, 3), (4, 5)], [(4, 3), (None, 5)], [(None, 3), (None, 2), (None, 1)]]
    yield from grid("Concatenate", [*equal, [(3,), (4,), (5,)]])
    yield from grid("Concatenate", equal, axis=[-1, 2])
    yield from grid("Concatenate", [[(4, 3), (5, 3)], [(None, 3), (4, 3)], [(4, 3), (4, 3), (4, 3)]], axis=[1, -2])
    yield from grid("Concatenate", [[(2, 3), (2, 3)]], axis=[0])
    yield from grid("Dot", [[(4, 3), (5, 3)], [(None, 3), (5, 3)], [(7, 4, 3), (5, 3)]], axes=[-1, (-1, -1), (-1, 2)])
    yield from grid("Dot", [[(3,), (3,)]], axes=[1, -1, (1, 1)], normalize=[True, False])
    yield from grid("Dot", [[(5, 3), (5, 7)]], axes=[1, (1, 1)])
    yield from grid("Dot", [[(3,), (4, 3)]], axes=[(1, 2), (1, -1)])
    yield from grid("Dot", [[(3,), (3, 4)]], axes=[(1, 1), (-1, 1), 1])


def normalizations() -> Iterator[Case]:
    flags = {"scale": [True, False], "center": [True, False]}
    yield from grid("BatchNormalization", [(4,), (5, 4), (None, 4), (3, 3, 4)], **flags)
    yield from grid("BatchNormalization", [(4, 6)], axis=[1, 2, -2], renorm=[True, False])
    yield from grid("LayerNormalization", [(4,), (5, 4), (None, 4)], **flags)
    yield from grid(
        "LayerNormalization", [(5, 4, 3)], axis=[-1, 1, [1, 2], [3, 1], (-1, -2)], rms_scaling=[True, False]
    )
    yield from grid("RMSNormalization", [(4,), (5, 4, 3)], axis=[-1, 1])
    yield from grid("GroupNormalization", [(8,), (5, 8), (None, 8)], groups=[1, 2, 8, -1], scale=[True, False])
    yield from grid("GroupNormalization", [(4, 9)], groups=[2], axis=[1, -2], center=[True, False])
    yield from grid("UnitNormalization", [(4,), (5, 4)], axis=[-1, [-1], 1])


def attentions() -> Iterator[Case]:
    inputs: list[Any] = [
        [(4, 3), (5, 3)],
        [(None, 3), (5, 3)],
        [(4, 3), (None, 3), (None, 3)],
        [(4, 3), (5, 6), (5, 3)],
    ]
    yield from grid("Attention", inputs, use_scale=[True, False], score_mode=["dot", "concat"], dropout=[0.0, 0.2])
    yield from grid("AdditiveAttention", inputs, use_scale=[True, False])


def activations() -> Iterator[Case]:
    shapes = [(4,), (5, 4), (None, 4)]
    yield from each(["ReLU", "LeakyReLU", "ELU", "Softmax"], shapes)
    yield from grid("Softmax", [(5, 4)], axis=[1, [1, 2]])
    yield from grid("PReLU", [(4,), (5, 4), (3, 2, 4)])
    yield from grid("PReLU", [(5, 4), (6, 5, 4)], shared_axes=[1, [1], [1, 2]])
    yield from grid("PReLU", [(None, 4)], shared_axes=[[1]])
    yield from grid("Activation", shapes, activation=["relu", "softmax", L.LeakyReLU])


def regularizations() -> Iterator[Case]:
    shapes = [(4,), (None, 4), (2, 3, 4)]
    yield from each(["Dropout", "GaussianDropout", "AlphaDropout"], shapes, rate=[0.0, 0.3])
    yield from grid("GaussianNoise", shapes, stddev=[0.1])
    yield from grid("ActivityRegularization", shapes, l2=[0.01])
    for rank, _, shapes, order in LOCAL[:1] + LOCAL[1:3] + LOCAL[4:]:
        yield from grid(f"SpatialDropout{rank}D", shapes, rate=[0.2], **order)


RECURRENT = ["LSTM", "GRU", "SimpleRNN"]


def recurrents() -> Iterator[Case]:
    flags = {"return_sequences": [False, True], "return_state": [False, True]}
    shapes = [(7, 3), (None, 3), (1, 1)]
    yield from each(RECURRENT, shapes, units=[1, 5], use_bias=[True, False], **flags)
    yield from each(RECURRENT, [(7, 3)], units=[4], go_backwards=[True], unroll=[True, False], dropout=[0.2], **flags)
    yield from grid("GRU", shapes, units=[5], reset_after=[True, False], use_bias=[True, False], **flags)
    cells: list[Any] = [lambda: L.LSTMCell(4), lambda: L.GRUCell(4, reset_after=False), lambda: L.SimpleRNNCell(4)]
    cells += [lambda: [L.LSTMCell(4), L.GRUCell(6)], lambda: L.StackedRNNCells([L.GRUCell(2), L.LSTMCell(3)])]
    for at, cell in enumerate(cells):
        cell.__name__ = ("lstm", "gru", "simple", "list", "stacked")[at]
    yield from grid("RNN", shapes[:2], cell=cells, **flags)


def bidirectionals() -> Iterator[Case]:
    modes = {"merge_mode": ["concat", "sum", "mul", "ave", None]}

    def inner(class_name: str, units: int, **arguments: Any) -> Callable[[], Any]:
        def make() -> Any:
            return getattr(L, class_name)(units, **arguments)

        make.__name__ = f"{class_name}({units},{arguments})"
        return make

    for class_name in RECURRENT:
        layers = [inner(class_name, 4, return_sequences=sequences) for sequences in (False, True)]
        yield from grid("Bidirectional", [(7, 3), (None, 3)], layer=layers, **modes)
        layers = [inner(class_name, 4, return_state=True, return_sequences=sequences) for sequences in (False, True)]
        yield from grid("Bidirectional", [(7, 3)], layer=layers, **modes)
    backwards = [
        inner("GRU", 4, return_sequences=True, go_backwards=True),
        inner("LSTM", 6, return_sequences=True, go_backwards=True),
    ]
    yield from grid(
        "Bidirectional", [(7, 3), (None, 3)], layer=[inner("LSTM", 4, return_sequences=True)],
        backward_layer=backwards, merge_mode=["concat", None],
    )  # fmt: skip
    yield from grid(
        "Bidirectional", [(7, 3)], layer=[lambda: L.RNN(L.LSTMCell(4)), lambda: L.RNN([L.GRUCell(2), L.GRUCell(3)])]
    )
    yield from grid(
        "Bidirectional",
        [(5, 8, 2)],
        layer=[lambda: L.ConvLSTM1D(3, 2), lambda: L.ConvLSTM1D(3, 2, return_sequences=True)],
    )


def time_distributed() -> Iterator[Case]:
    layers: list[Any] = [
        lambda: L.Dense(4), lambda: L.Flatten(), lambda: L.Dropout(0.1), lambda: L.LSTM(4),
        lambda: L.BatchNormalization(), lambda: L.LSTM(4, return_sequences=True), lambda: L.Bidirectional(L.GRU(2)),
        lambda: L.TimeDistributed(L.Dense(2)), lambda: sequential((6, 3), L.LSTM(2), L.Dense(1)),
        lambda: L.LayerNormalization(), lambda: L.Conv1D(2, 3), lambda: L.Activation("relu"),
    ]  # fmt: skip
    for at, layer in enumerate(layers):
        layer.__name__ = f"layer{at}"
    yield from grid("TimeDistributed", [(5, 6, 3), (None, 6, 3)], layer=layers)
    yield from grid(
        "TimeDistributed", [(5, 8, 9, 3), (None, 8, 9, 3)], layer=[lambda: L.Conv2D(4, 3), lambda: L.MaxPooling2D(2)]
    )


def convolutional_lstms() -> Iterator[Case]:
    shapes = {1: [(5, 8, 2), (None, 8, 2)], 2: [(5, 8, 9, 2), (None, 8, 9, 2)], 3: [(3, 4, 5, 6, 2)]}
    flags = {"return_sequences": [False, True], "return_state": [False, True]}
    for rank, sizes in shapes.items():
        name = f"ConvLSTM{rank}D"
        yield from grid(name, sizes, filters=[3], kernel_size=[1, 3], padding=["valid", "same"], **flags)
        yield from grid(name, sizes, filters=[3], kernel_size=[2], strides=[1, 2], use_bias=[True, False])
    yield from grid(
        "ConvLSTM1D", [(5, 9, 2)], filters=[3], kernel_size=[3], dilation_rate=[2], padding=["valid", "same"]
    )
    yield from grid("ConvLSTM2D", [(5, 2, 8, 9)], filters=[3], kernel_size=[3], data_format=["channels_first"])


def cores() -> Iterator[Case]:
    yield from grid("Dense", [(3,), (5, 3), (None, 3), (2, None, 3)], units=[1, 7], use_bias=[True, False])
    yield from grid("Dense", [(8,)], units=[4], lora_rank=[2])
    yield from grid("Embedding", [(), (6,), (None,), (4, 5)], input_dim=[10], output_dim=[3], mask_zero=[True, False])
    yield from grid("Embedding", [(6,)], input_dim=[10], output_dim=[3], lora_rank=[2])
    yield from grid("Masking", [(6, 3), (None, 3)], mask_value=[0.0, -1.0])
    yield from each(["Identity"], [(6, 3), (None, 3)])


FAMILIES = (
    convolutions, transposed_convolutions, depthwise_convolutions, poolings, reshapings, merges, normalizations,
    attentions, activations, regularizations, recurrents, bidirectionals, time_distributed, convolutional_lstms, cores,
)  # fmt: skip


#: All of them take minutes; a third of them, drawn anew only where the tables change, take less than two.
EVERY_CASE = [case for family in FAMILIES for case in family()]
CASES = (
    EVERY_CASE if os.environ.get("LSTMLINT_EVERY_CASE") else random.Random(7).sample(EVERY_CASE, len(EVERY_CASE) // 3)
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_single_layer(case: Case, tmp_path: Path) -> None:
    check(functional(case.shape, case.layer()), tmp_path)


@pytest.mark.parametrize("case", [case for case in CASES[::5] if not isinstance(case.shape, list)], ids=str)
def test_sequential(case: Case, tmp_path: Path) -> None:
    """The same layers in a Sequential, whose saved form tells no connections."""
    if isinstance(functional(case.shape, case.layer()).output, list | tuple):
        pytest.skip("a Sequential has one output")
    check(sequential(case.shape, case.layer()), tmp_path)


STACKS: dict[str, Callable[[], keras.Model]] = {}


def stack(build: Callable[[], keras.Model]) -> Callable[[], keras.Model]:
    STACKS[build.__name__.strip("_").replace("_", "-")] = build
    return build


@stack
def lstm_12() -> keras.Model:
    return sequential((1, 1), L.LSTM(1))


@stack
def lstm_72() -> keras.Model:
    return sequential((4, 2), L.LSTM(3))


@stack
def text_classifier() -> keras.Model:
    return sequential((None,), L.Embedding(50, 8, mask_zero=True), L.Bidirectional(L.LSTM(4, return_sequences=True)),
                      L.Dropout(0.2), L.GRU(5), L.Dense(3, "softmax"))  # fmt: skip


@stack
def convolution_then_lstm() -> keras.Model:
    return sequential((None, 6), L.Conv1D(8, 3, padding="causal"), L.MaxPooling1D(2), L.BatchNormalization(),
                      L.LSTM(4, return_sequences=True), L.TimeDistributed(L.Dense(2)))  # fmt: skip


@stack
def image_classifier() -> keras.Model:
    return sequential((16, 16, 3), L.ZeroPadding2D(1), L.Conv2D(8, 3, strides=2), L.BatchNormalization(), L.ReLU(),
                      L.SeparableConv2D(6, 3), L.GlobalAveragePooling2D(), L.Dense(10))  # fmt: skip


@stack
def frames_then_lstm() -> keras.Model:
    frames = sequential((8, 8, 3), L.Conv2D(4, 3), L.Flatten())
    return sequential((None, 8, 8, 3), L.TimeDistributed(frames), L.LSTM(5), L.Dense(1))


@stack
def sequential_without_input_layer() -> keras.Model:
    model = keras.Sequential([L.LSTM(4, return_sequences=True), L.Dense(2)])
    model.build((None, 5, 3))
    return model


@stack
def shared_layer() -> keras.Model:
    left, right = keras.Input((5, 3)), keras.Input((None, 3))
    shared = L.LSTM(4, return_sequences=True, name="shared")
    pooled = [L.GlobalMaxPooling1D()(shared(item)) for item in (left, right)]
    return keras.Model([left, right], L.Concatenate()(pooled))


@stack
def layer_on_its_own_output() -> keras.Model:
    inputs = keras.Input((4,))
    shared = L.Dense(4)
    return keras.Model(inputs, shared(shared(shared(inputs))))


@stack
def residual() -> keras.Model:
    inputs = keras.Input((None, 8))
    outputs = L.Add()([inputs, L.Conv1D(8, 3, padding="same")(inputs)])
    return keras.Model(inputs, L.LayerNormalization()(outputs))


@stack
def encoder_decoder() -> keras.Model:
    source, target = keras.Input((None, 7), name="source"), keras.Input((None, 9), name="target")
    _, hidden, cell = L.LSTM(6, return_state=True)(source)
    sequence, _, _ = L.LSTM(6, return_sequences=True, return_state=True)(target, initial_state=[hidden, cell])
    return keras.Model([source, target], L.Dense(9)(sequence))


@stack
def gru_state_from_dense() -> keras.Model:
    inputs, context = keras.Input((5, 3)), keras.Input((2,))
    return keras.Model([inputs, context], L.GRU(4)(inputs, initial_state=L.Dense(4)(context)))


@stack
def bidirectional_state() -> keras.Model:
    inputs, other = keras.Input((5, 3)), keras.Input((6, 2))
    _, *states = L.Bidirectional(L.LSTM(4, return_state=True))(other)
    return keras.Model([inputs, other], L.Bidirectional(L.LSTM(4))(inputs, initial_state=states))


@stack
def attention_decoder() -> keras.Model:
    source, target = keras.Input((7, 5)), keras.Input((4, 5))
    encoded = L.Bidirectional(L.LSTM(4, return_sequences=True))(source)
    decoded = L.LSTM(8, return_sequences=True)(target)
    context, scores = L.Attention(use_scale=True)([decoded, encoded], return_attention_scores=True)
    return keras.Model([source, target], [L.Dense(5)(L.Concatenate()([context, decoded])), scores])


@stack
def transformer_block() -> keras.Model:
    tokens = keras.Input((12,))
    embedded = L.Embedding(30, 16)(tokens)
    attended = L.MultiHeadAttention(4, 8)(embedded, embedded, use_causal_mask=True)
    added = L.LayerNormalization()(L.Add()([embedded, attended]))
    fed = L.Dense(16)(L.Dense(32, "gelu")(added))
    return keras.Model(tokens, L.LayerNormalization()(L.Add()([added, fed])))


@stack
def several_outputs() -> keras.Model:
    inputs = keras.Input((None, 3))
    sequence, state = L.GRU(4, return_sequences=True, return_state=True)(inputs)
    return keras.Model(inputs, {"tags": L.Dense(2, name="tags")(sequence), "label": L.Dense(1, name="label")(state)})


@stack
def dict_inputs() -> keras.Model:
    inputs = {"text": keras.Input((6,), name="text"), "age": keras.Input((1,), name="age")}
    encoded = L.LSTM(3)(L.Embedding(9, 4)(inputs["text"]))
    return keras.Model(inputs, L.Dense(1)(L.Concatenate()([encoded, inputs["age"]])))


@stack
def nested_functional() -> keras.Model:
    encoder = functional((None, 3), L.LSTM(4, return_sequences=True), L.LSTM(2))
    left, right = keras.Input((5, 3)), keras.Input((None, 3))
    return keras.Model([left, right], L.Subtract()([encoder(left), encoder(right)]))


@stack
def nested_sequential_twice() -> keras.Model:
    inner = sequential((4,), L.Dense(3), L.BatchNormalization())
    middle = functional((6, 4), L.TimeDistributed(inner), L.GRU(2))
    return sequential((6, 4), middle, L.Dense(1))


@stack
def nested_with_several_outputs() -> keras.Model:
    inputs = keras.Input((5, 3))
    encoder = keras.Model(inputs, L.LSTM(4, return_sequences=True, return_state=True)(inputs))
    outer = keras.Input((5, 3))
    sequence, hidden, cell = encoder(outer)
    return keras.Model(outer, [L.Flatten()(sequence), L.Add()([hidden, cell])])


@stack
def nested_with_several_inputs() -> keras.Model:
    left, right = keras.Input((3,)), keras.Input((3,))
    compare = keras.Model([left, right], L.Dense(1)(L.Concatenate()([left, right])))
    first, second = keras.Input((3,)), keras.Input((3,))
    return keras.Model([first, second], compare([second, L.Dense(3)(first)]))


@stack
def model_shared_with_other_length() -> keras.Model:
    """A nested model keeps the shapes it was made with; its call states others."""
    inner = functional((None, 3), L.Conv1D(4, 3), L.MaxPooling1D(2))
    inputs = keras.Input((11, 3))
    return keras.Model(inputs, inner(inputs))


@stack
def frozen_layers() -> keras.Model:
    model = sequential((5, 3), L.LSTM(4, return_sequences=True, trainable=False), L.BatchNormalization(), L.Flatten(),
                       L.Dense(2))  # fmt: skip
    model.layers[1].trainable = False
    return model


@stack
def frozen_nested_model() -> keras.Model:
    inner = functional((5, 3), L.LSTM(4))
    inner.trainable = False
    return sequential((5, 3), inner, L.Dense(2))


@stack
def frozen_wrapped_layer() -> keras.Model:
    return sequential((5, 3), L.TimeDistributed(L.Dense(4, trainable=False)), L.Bidirectional(L.LSTM(4)))


@stack
def mixed_precision() -> keras.Model:
    return sequential((5, 3), L.LSTM(4, dtype="mixed_float16"), L.Dense(2, dtype="float16"))


@stack
def fixed_batch() -> keras.Model:
    inputs = keras.Input(batch_shape=(2, 5, 3))
    return keras.Model(inputs, L.Dense(1)(L.LSTM(4, stateful=True)(inputs)))


@stack
def fixed_batch_against_open() -> keras.Model:
    fixed, free = keras.Input(batch_shape=(2, 5, 3)), keras.Input((5, 3))
    merged = [L.Add()([free, fixed]), L.Concatenate()([free, fixed]), L.Concatenate()([fixed, free])]
    return keras.Model([fixed, free], [*merged, L.Dot(-1)([free, fixed])])


@stack
def masked_softmax() -> keras.Model:
    inputs, mask = keras.Input((5,)), keras.Input((5,), dtype="bool")
    return keras.Model([inputs, mask], L.Softmax()(inputs, mask=mask))


@stack
def stacked_cells_with_state() -> keras.Model:
    inputs = keras.Input((5, 3))
    outputs = L.RNN([L.LSTMCell(4), L.GRUCell(2)], return_sequences=True, return_state=True)(inputs)
    return keras.Model(inputs, outputs)


@stack
def convolutional_encoder_decoder() -> keras.Model:
    inputs = keras.Input((4, 8, 8, 2))
    sequence, *states = L.ConvLSTM2D(3, 3, padding="same", return_sequences=True, return_state=True)(inputs)
    return keras.Model(inputs, L.ConvLSTM2D(3, 3, padding="same")(sequence, initial_state=states))


def attention_heads() -> Iterator[tuple[list[Any], dict[str, Any], dict[str, Any]]]:
    """Inputs, constructor arguments and call arguments of MultiHeadAttention."""
    choices = [
        {},
        {"value_dim": 5},
        {"use_bias": False},
        {"output_shape": 9},
        {"output_shape": (2, 3)},
        {"use_gate": True},
    ]
    for shapes in ([(4, 6), (5, 3)], [(None, 6), (5, 3), (5, 2)], [(4, 6), (None, 3)], [(4, 6), (4, 6), (4, 6)]):
        for arguments in choices:
            yield shapes, arguments, {}
            yield shapes, arguments, {"return_attention_scores": True}
    for axes in (None, (1,), (2,), (1, 2), (-2,)):
        yield [(3, 4, 6), (3, 4, 6)], {"attention_axes": axes}, {}
        yield [(3, 4, 6), (3, 4, 6)], {"attention_axes": axes}, {"return_attention_scores": True}


@pytest.mark.parametrize(("shapes", "arguments", "options"), list(attention_heads()))
def test_multi_head_attention(
    shapes: list[Any], arguments: dict[str, Any], options: dict[str, Any], tmp_path: Path
) -> None:
    inputs = [keras.Input(shape) for shape in shapes]
    outputs = L.MultiHeadAttention(2, 3, **arguments)(*inputs, **options)
    check(keras.Model(inputs, outputs), tmp_path)


@pytest.mark.parametrize("name", STACKS)
def test_stack(name: str, tmp_path: Path) -> None:
    check(STACKS[name](), tmp_path)


def call_of(layer: keras.Layer, inputs: Any, **arguments: Any) -> Call:
    """A call of a layer without contained layers, from its config as JSON holds it."""
    class_name = type(layer).__name__
    _, config = KERAS3.translate(class_name, json.loads(json.dumps(layer.get_config())), KERAS3.presumed)
    return Call(class_name, config, inputs, arguments, KERAS3.semantics(KERAS3.presumed), {}, _no_children)


def _no_children(*_: Any) -> Signature:
    raise AssertionError("the layer contains no other")


REFUSED: list[tuple[Callable[[], Any], Any]] = [
    (lambda: L.Conv1D(4, 3), (None, 5)),
    (lambda: L.Conv2D(4, 3), (None, 5, 3)),
    (lambda: L.Conv1D(4, 1), (None, 2, 5, 3)),
    (lambda: L.Conv2D(4, 3, groups=2), (None, 5, 5, 3)),
    (lambda: L.Conv1DTranspose(4, 3), (None, 5)),
    (lambda: L.DepthwiseConv2D(3), (None, 5, 3)),
    (lambda: L.SeparableConv1D(4, 3), (None, 5)),
    (lambda: L.MaxPooling1D(2), (None, 5)),
    (lambda: L.AveragePooling2D(2), (None, 5, 3)),
    (lambda: L.GlobalMaxPooling1D(), (None, 5)),
    (lambda: L.GlobalAveragePooling2D(), (None, 5, 3)),
    (lambda: L.ZeroPadding1D(1), (None, 5)),
    (lambda: L.Cropping2D(1), (None, 5, 3)),
    (lambda: L.UpSampling3D(2), (None, 5, 3)),
    (lambda: L.SpatialDropout1D(0.2), (None, 5)),
    (lambda: L.Add(), (None, 3)),
    (lambda: L.Add(), [(None, 3), (None, 4)]),
    (lambda: L.Multiply(), [(None, 5, 3), (None, 4)]),
    (lambda: L.Average(), [(2, 3), (3, 3)]),
    (lambda: L.Subtract(), [(None, 3), (None, 3), (None, 3)]),
    (lambda: L.Concatenate(), [(None, 4, 3), (None, 5, 3)]),
    (lambda: L.Concatenate(), [(None, 3), (None, 5, 3)]),
    (lambda: L.Concatenate(axis=1), [(None, 4, 3), (None, 4, 2)]),
    (lambda: L.Concatenate(axis=3), [(None, 4, 3), (None, 4, 3)]),
    (lambda: L.Dot(1), [(None, 3), (None, 4)]),
    (lambda: L.Dot(1), [(None, None, 2), (None, 4, 2)]),
    (lambda: L.Dot(1), [(None, 3), (None, 3), (None, 3)]),
    (lambda: L.BatchNormalization(axis=3), (None, 5, 3)),
    (lambda: L.LayerNormalization(axis=[1, 3]), (None, 5, 3)),
    (lambda: L.GroupNormalization(groups=2), (None, 5, 3)),
    (lambda: L.GroupNormalization(groups=8), (None, 4)),
    (lambda: L.UnitNormalization(axis=2), (None, 5)),
    (lambda: L.PReLU(shared_axes=[4]), (None, 5, 3)),
    (lambda: L.Attention(), (None, 5, 3)),
    (lambda: L.Attention(), [(None, 5, 3)]),
    (lambda: L.Dense(3), (None,)),
    (lambda: L.LSTM(3), (None, 5)),
    (lambda: L.GRU(3), (None, 5, 3, 2)),
    (lambda: L.ConvLSTM2D(3, 2), (None, 5, 8, 3)),
    (lambda: L.RepeatVector(3), (None, 5, 3)),
    (lambda: L.Permute((2, 1)), (None, 5)),
    (lambda: L.Reshape((7,)), (None, 5)),
    (lambda: L.Reshape((-1, 3)), (None, 5)),
]  # fmt: skip


@pytest.mark.parametrize("at", range(len(REFUSED)))
def test_refused(at: int) -> None:
    """Where Keras refuses to call a layer, so does lstmlint, and says why."""
    make, inputs = REFUSED[at]
    with pytest.raises((ValueError, TypeError, IndexError)):
        make()(
            [keras.KerasTensor(shape) for shape in inputs] if isinstance(inputs, list) else keras.KerasTensor(inputs)
        )
    layer = make()
    with pytest.raises(Incompatible):
        layer_types()[type(layer).__name__](call_of(layer, inputs))


EXHAUSTED: list[tuple[Callable[[], Any], Any, Any]] = [
    (lambda: L.Conv1D(4, 5), (None, 3, 2), (None, -1, 4)),
    (lambda: L.Conv2D(4, 3, strides=2), (None, 2, 5, 1), (None, 0, 2, 4)),
    (lambda: L.MaxPooling1D(4), (None, 3, 2), (None, 0, 2)),
    (lambda: L.Cropping1D(2), (None, 4, 2), (None, 0, 2)),
    (lambda: L.Cropping2D(2), (None, 3, 5, 2), (None, -1, 1, 2)),
]


@pytest.mark.parametrize(("make", "inputs", "outputs"), EXHAUSTED)
def test_exhausted_dimension(make: Callable[[], Any], inputs: Any, outputs: Any) -> None:
    """A dimension that shrinks to nothing is given as computed (a rule reports it); Keras 3 refuses it."""
    with pytest.raises(ValueError, match=r"zero|negative|smaller"):
        make()(keras.KerasTensor(inputs))
    assert layer_types()[type(make()).__name__](call_of(make(), inputs)).outputs == outputs


WITHOUT_CHILDREN = [
    case
    for family in FAMILIES
    if family not in (bidirectionals, time_distributed)
    for case in family()
    if case.class_name not in ("RNN", "Activation")
]


@pytest.mark.parametrize("case", WITHOUT_CHILDREN[::9], ids=str)
def test_unknown_dimension(case: Case) -> None:
    """With any part of the input unknown, what is still said is what is said when all is known."""
    batched = [(None, *shape) for shape in case.shape] if isinstance(case.shape, list) else (None, *case.shape)
    known = layer_types()[case.class_name](call_of(case.layer(), batched))
    for inputs in _with_one_unknown(batched):
        try:
            given = layer_types()[case.class_name](call_of(case.layer(), inputs))
        except Undetermined:
            continue
        for ours, theirs in zip(leaves(given.outputs), leaves(known.outputs), strict=True):
            _demand_consistent(ours, theirs)
        if not isinstance(given.weights, Unknown):
            for ours, theirs in zip(given.weights, known.weights, strict=True):
                _demand_consistent(ours.shape, theirs.shape)


JUNK: list[Any] = [None, True, 0, -1, 10**9, 1.5, "x", [], [0], [1, 2], [[1, 2], [3, 4]], [None], {}, {"a": 1}, [[[]]]]


@pytest.mark.parametrize("class_name", sorted({case.class_name for case in WITHOUT_CHILDREN}))
def test_junk_in_config(class_name: str) -> None:
    """Whatever a config holds, a layer function answers or says what is wrong; it never crashes."""
    case = next(case for case in WITHOUT_CHILDREN if case.class_name == class_name)
    batched = [(None, *shape) for shape in case.shape] if isinstance(case.shape, list) else (None, *case.shape)
    call = call_of(case.layer(), batched)
    for key, value in itertools.product(call.config, [*JUNK, "missing"]):
        config = {name: call.config[name] for name in call.config if name != key}
        if value != "missing":
            config[key] = value
        for inputs in (batched, (), (None,), [], {}, [(None, 2)] * 3, {"a": (None, 2)}):
            with contextlib.suppress(Undetermined, Incompatible):
                layer_types()[class_name](replace(call, config=config, inputs=inputs))


def _with_one_unknown(inputs: Any) -> Iterator[Any]:
    lost = Unknown("it is lost")
    if isinstance(inputs, list):
        for at, shape in enumerate(inputs):
            yield from ([*inputs[:at], other, *inputs[at + 1 :]] for other in _with_one_unknown(shape))
        return
    yield lost
    yield from ((*inputs[:at], lost, *inputs[at + 1 :]) for at in range(len(inputs)))


def _demand_consistent(ours: Any, theirs: Any) -> None:
    if isinstance(ours, Unknown):
        return
    assert len(ours) == len(theirs)
    assert all(isinstance(one, Unknown) or one == other for one, other in zip(ours, theirs, strict=True)), (
        ours,
        theirs,
    )


def test_model_called_with_another_rank(tmp_path: Path) -> None:
    """Keras adds a last dimension of 1 where a nested model misses one; only recorded shapes tell lstmlint so."""
    inner = sequential((None, 1), L.LSTM(2), L.Dense(3))
    inputs = keras.Input((1,))
    model = keras.Model(inputs, inner(inputs))
    check(model, tmp_path, ["json", "keras"])
    check(model, tmp_path, ["h5"], unknown=[inner.name])


SEQUENCE_LAYERS: list[Callable[[int, bool], Any]] = [
    lambda size, flag: L.LSTM(size, return_sequences=True, use_bias=flag),
    lambda size, flag: L.GRU(size, return_sequences=True, reset_after=flag),
    lambda size, flag: L.SimpleRNN(size, return_sequences=flag),
    lambda size, flag: L.Bidirectional(L.LSTM(size, return_sequences=True), merge_mode="concat" if flag else "sum"),
    lambda size, flag: L.RNN([L.LSTMCell(size), L.GRUCell(size + 1)], return_sequences=flag),
    lambda size, flag: L.Conv1D(size, 3, padding="same" if flag else "valid", strides=1 + size % 2),
    lambda size, flag: L.Conv1DTranspose(size, 2, strides=1 + size % 3, use_bias=flag),
    lambda size, flag: L.SeparableConv1D(size, 2, padding="same"),
    lambda size, flag: L.MaxPooling1D(1 + size % 3, padding="same" if flag else "valid"),
    lambda size, flag: L.UpSampling1D(1 + size % 3),
    lambda size, flag: L.ZeroPadding1D((size % 3, 1)),
    lambda size, flag: L.Cropping1D((0, 1)),
    lambda size, flag: L.TimeDistributed(L.Dense(size, use_bias=flag)),
    lambda size, flag: L.Dense(size),
    lambda size, flag: L.BatchNormalization(scale=flag),
    lambda size, flag: L.LayerNormalization(axis=[1, 2] if flag else -1),
    lambda size, flag: L.PReLU(shared_axes=[1] if flag else None),
    lambda size, flag: L.Permute((2, 1)),
    lambda size, flag: L.Reshape((-1, size)),
    lambda size, flag: L.Flatten() if flag else L.GlobalAveragePooling1D(keepdims=True),
    lambda size, flag: L.RepeatVector(size),
    lambda size, flag: L.Dropout(0.1) if flag else L.SpatialDropout1D(0.1),
    lambda size, flag: sequential((None, size), L.LSTM(2)) if flag else functional((None, size), L.Conv1D(3, 2)),
]

steps = st.tuples(st.integers(0, len(SEQUENCE_LAYERS) - 1), st.integers(1, 6), st.booleans())


@settings(
    max_examples=int(os.environ.get("LSTMLINT_EXAMPLES", 60)),
    deadline=None,
    derandomize="LSTMLINT_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    length=st.one_of(st.none(), st.integers(1, 12)),
    features=st.integers(1, 6),
    drawn=st.lists(steps, min_size=1, max_size=7),
    in_sequence=st.booleans(),
    extension=st.sampled_from(differential.FORMATS),
)
def test_random_stack(
    length: int | None, features: int, drawn: list[Any], in_sequence: bool, extension: str, tmp_path: Path
) -> None:
    """Random layers on top of each other, those that Keras refuses left out."""
    tensor = inputs = keras.Input((length, features))
    layers = []
    for at, size, flag in drawn:
        try:
            layer = SEQUENCE_LAYERS[at](size, flag)
            if isinstance(layer, keras.Model) and len(tensor.shape) != 3:
                continue  # test_model_called_with_another_rank
            tensor = layer(tensor)
        except (ValueError, TypeError, IndexError):
            continue
        layers.append(layer)
    assume(layers)
    model = keras.Sequential([inputs, *layers]) if in_sequence else keras.Model(inputs, tensor)
    check(model, tmp_path, [extension])
