"""Changes of JSON values: any value of a config replaced by any other, and layers put in, beside and around others."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from typing import Any

#: Whole numbers at which something may end: signs, widths of machines, floats, and Python's own limit of digits.
NUMBERS = [
    -(2**63), -(10**30), -3, -1, 0, 1, 2, 3, 7, 255, 4096, 10**6, 2**31 - 1, 2**31, 2**63 - 1, 2**63, 2**64, 10**30,
    10**310, 10**2200, 10**4299,
]  # fmt: skip
FLOATS = [0.0, -0.0, 0.5, 1.0, -1.5, 2.0, 1e-320, 1e308, float("inf"), float("-inf"), float("nan")]
TEXTS = [
    "", " ", "x", "lstm", "None", "1", "-1", "relu", "softmax", "channels_first", "float16", "../x", "/", "a" * 3000,
    "\x00", "\x1b[2J", "\ud800", "\u202e", "\ufeff", "é", "<b>", "{}", "%s", "{0}", "\\u0041", "9" * 5000, "keras>x",
]  # fmt: skip
CLASSES = [
    "LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional", "TimeDistributed", "StackedRNNCells", "LSTMCell",
    "ConvLSTM2D", "CuDNNLSTM", "Dense", "Conv1D", "Conv2DTranspose", "Embedding", "Masking", "Add", "Concatenate",
    "Dot", "Merge", "Lambda", "Reshape", "Flatten", "Sequential", "Functional", "Model", "InputLayer",
    "MultiHeadAttention", "Attention", "BatchNormalization", "Normalization", "Wrapper", "TextVectorization",
    "StringLookup", "Discretization", "SpectralNormalization", "EinsumDense", "RepeatVector", "Cropping2D",
    "ZeroPadding1D", "UpSampling1D", "SeparableConv1D", "PReLU", "Softmax", "Pipeline", "TFOpLambda",
    "TensorFlowOpLayer", "function",
]  # fmt: skip
KEYS = [
    "name", "class_name", "config", "layers", "layer", "backward_layer", "cell", "cells", "inbound_nodes",
    "input_layers", "output_layers", "module", "registered_name", "build_config", "batch_input_shape",
    "batch_shape", "units", "activation", "dtype", "trainable", "shared_object_id", "initial_state",
    "return_sequences", "compile_config", "training_config", "keras_version", "loss", "metrics", "axis",
    "kernel_size", "strides", "padding", "data_format", "target_shape", "vocabulary", "weights",
    "quantization_config",
]  # fmt: skip

SCALARS: list[list[Any]] = [[None, True, False], NUMBERS, FLOATS, TEXTS, CLASSES]

Place = tuple[Any, ...]


def places(value: Any, path: Place = ()) -> Iterator[Place]:
    """The way to each value in a value, itself first."""
    waiting = [(path, value)]
    while waiting:
        path, value = waiting.pop()
        yield path
        items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        waiting.extend(((*path, key), item) for key, item in items)


def at(value: Any, path: Place) -> Any:
    """The value to which a way leads."""
    for step in path:
        value = value[step]
    return value


def junk(chance: random.Random, depth: int = 0) -> Any:
    """Any JSON value, and often one that means something somewhere."""
    kind = chance.randrange(10 if depth < 3 else 7)
    if kind < 5:
        return chance.choice(chance.choice(SCALARS))
    if kind < 7:
        return chance.choice(
            [[], {}, [[]], [None], [{}], [1], [None, 3], [None, None, 2], {"class_name": "LSTM"}, {"x": 1}]
        )
    if kind < 9:
        return [junk(chance, depth + 1) for _ in range(chance.randrange(4))]
    return {chance.choice(KEYS): junk(chance, depth + 1) for _ in range(chance.randrange(4))}


def changed(value: Any, chance: random.Random) -> Any:
    """A copy of a JSON value with one to four changes."""
    value = copy.deepcopy(value)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        paths = list(places(value))[1:]
        if not paths:
            return junk(chance)
        change = chance.choice(CHANGES)
        change(value, chance.choice(paths), chance)
    return value


def _replaced(value: Any, path: Place, chance: random.Random) -> None:
    at(value, path[:-1])[path[-1]] = junk(chance)


def _removed(value: Any, path: Place, _: random.Random) -> None:
    del at(value, path[:-1])[path[-1]]


def _swapped(value: Any, path: Place, chance: random.Random) -> None:
    """Another value of the same text stands there."""
    other = copy.deepcopy(at(value, chance.choice(list(places(value)))))
    at(value, path[:-1])[path[-1]] = other


def _doubled(value: Any, path: Place, chance: random.Random) -> None:
    around, last = at(value, path[:-1]), path[-1]
    if isinstance(around, list):
        around.insert(last, copy.deepcopy(around[last]))
    else:
        around[chance.choice(KEYS)] = copy.deepcopy(around[last])


def _nested(value: Any, path: Place, chance: random.Random) -> None:
    around, last = at(value, path[:-1]), path[-1]
    around[last] = chance.choice(([around[last]], {chance.choice(KEYS): around[last]}, [around[last]] * 3))


def _added(value: Any, path: Place, chance: random.Random) -> None:
    inner = at(value, path)
    if isinstance(inner, dict):
        inner[chance.choice(KEYS)] = junk(chance)
    elif isinstance(inner, list):
        inner.insert(chance.randrange(len(inner) + 1), junk(chance))


def _wrapped(value: Any, _: Place, chance: random.Random) -> None:
    """A layer stands in a wrapper or a model, up to seventy deep."""
    objects = [
        path for path in places(value) if path and isinstance(inner := at(value, path), dict) and "class_name" in inner
    ]
    if not objects:
        return
    path = chance.choice(objects)
    around, last = at(value, path[:-1]), path[-1]
    layer, outer = (
        around[last],
        chance.choice(("Bidirectional", "TimeDistributed", "Sequential", "RNN", "StackedRNNCells")),
    )
    for level in range(chance.choice((1, 1, 2, 3, 12, 40, 70))):
        key = {"RNN": "cell", "Sequential": "layers", "StackedRNNCells": "cells"}.get(outer, "layer")
        inner = [layer] if key in ("layers", "cells") else layer
        layer = {"class_name": outer, "name": f"{outer}{level}", "config": {"name": f"{outer}{level}", key: inner}}
        layer["inbound_nodes"] = around[last].get("inbound_nodes", [])
    around[last] = layer


def _renamed(value: Any, path: Place, chance: random.Random) -> None:
    around = at(value, path[:-1])
    if isinstance(around, dict):
        around[chance.choice(KEYS)] = around.pop(path[-1])


def _reclassed(value: Any, _: Place, chance: random.Random) -> None:
    named = [path for path in places(value) if path and path[-1] == "class_name"]
    if named:
        path = chance.choice(named)
        at(value, path[:-1])["class_name"] = chance.choice(CLASSES)


def _renumbered(value: Any, _: Place, chance: random.Random) -> None:
    numbers = [path for path in places(value) if path and isinstance(at(value, path), int | float)]
    if numbers:
        path = chance.choice(numbers)
        at(value, path[:-1])[path[-1]] = chance.choice(NUMBERS)


Change = Callable[[Any, Place, random.Random], None]

CHANGES: list[Change] = [
    _replaced, _replaced, _replaced, _removed, _swapped, _doubled, _nested, _added, _wrapped, _renamed, _reclassed,
    _reclassed, _renumbered,
]  # fmt: skip
