"""Tables of layers to try on real Keras 3: for each family a generator of cases over a grid of arguments."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from typing import Any

from tests.support.case import Case, Choices, L, each, grid
from tests.support.differential import sequential
from tests.support.more_cases import MORE_FAMILIES

SHAPES: dict[int, list[Any]] = {
    1: [(12, 4), (None, 4)],
    2: [(9, 8, 4), (None, 8, 4), (None, None, 4)],
    3: [(6, 7, 8, 2), (None, 7, None, 2)],
}
SHAPES_FIRST: dict[int, list[Any]] = {1: [(4, 12)], 2: [(4, 9, 8), (4, None, 8)], 3: [(2, 6, None, 8)]}

#: For layers that read neighbours: the rank, the position of the channels, input shapes, and the arguments for them.
LOCAL: list[tuple[int, str, list[Any], Choices]] = [
    *((rank, "last", SHAPES[rank], {}) for rank in (1, 2, 3)),
    *((rank, "first", SHAPES_FIRST[rank], {"data_format": ["channels_first"]}) for rank in (1, 2, 3)),
]


def convolutions() -> Iterator[Case]:
    for rank, _, shapes, order in LOCAL:
        name = f"Conv{rank}D"
        both: Choices = {"filters": [6], **order}
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
        both: Choices = {"filters": [3], "padding": ["valid", "same"], **order}
        yield from grid(name, shapes, kernel_size=[1, 3], strides=[1, 2, 4], **both)
        yield from grid(name, shapes, kernel_size=[2, 3], strides=[3], output_padding=[0, 1, 2], **both)
        yield from grid(name, shapes, kernel_size=[3], dilation_rate=[2], use_bias=[False], **both)


def depthwise_convolutions() -> Iterator[Case]:
    for rank, _, shapes, order in LOCAL[:2] + LOCAL[3:5]:
        both: Choices = {"kernel_size": [3], "padding": ["valid", "same"], "depth_multiplier": [1, 2], **order}
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
    shapes: dict[int, list[Any]] = {
        1: [(5, 8, 2), (None, 8, 2)],
        2: [(5, 8, 9, 2), (None, 8, 9, 2)],
        3: [(3, 4, 5, 6, 2)],
    }
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
    *MORE_FAMILIES,
)  # fmt: skip

#: All cases take minutes; a third, drawn again only where the tables change, takes less than two.
EVERY_CASE = [case for family in FAMILIES for case in family()]
CASES = (
    EVERY_CASE if os.environ.get("LSTMLINT_EVERY_CASE") else random.Random(7).sample(EVERY_CASE, len(EVERY_CASE) // 3)
)
