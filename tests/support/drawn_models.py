"""Models drawn at random from all layers: branches, merges, shared and nested layers, wrappers, states, custom layers.

Keras itself decides which layers can be built: a step that it refuses is left out.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import keras
from hypothesis import strategies as st
from keras import ops

from tests.support.case import Case
from tests.support.layer_cases import EVERY_CASE, RECURRENT

L = keras.layers
Layer: Any = L.Layer

Tensor = Any
Draw = Callable[[st.SearchStrategy[Any]], Any]

#: Input shapes without the batch, at least one of every rank in the tables of layers.
INPUTS: list[tuple[int | None, ...]] = [
    (), (4,), (None,), (6, 4), (None, 4), (1, 1), (6, 5, 2), (None, 6, 3), (3, 6, 5, 2), (None, 6, 5, 2),
]  # fmt: skip

MAX_SIZE = 5_000
MAX_RANK = 5
"""Kept small: weights grow with sizes, and Keras creates them."""

#: The least and the most steps of a model, and of those nested in it.
STEP_COUNTS = {0: (3, 10), 1: (1, 4), 2: (1, 3)}

Table = Mapping[int, Mapping[str, list[Case]]]


def by_rank(is_merge: bool) -> Table:
    """The cases of the tables by the rank of their first input and by class, so that all classes are equally likely."""
    table: dict[int, dict[str, list[Case]]] = defaultdict(lambda: defaultdict(list))
    for case in EVERY_CASE:
        if isinstance(case.shape, list) is is_merge:
            table[len(case.shape[0] if is_merge else case.shape)][case.class_name].append(case)
    return {rank: dict(classes) for rank, classes in table.items()}


CHAINED, MERGING = by_rank(is_merge=False), by_rank(is_merge=True)

#: Operations written as Python, by the least rank (without the batch) that they take.
OPERATIONS: list[tuple[int, Callable[[Tensor], Tensor]]] = [
    (0, lambda x: x * 2.0), (0, lambda x: x + x), (1, lambda x: x[:, -1]), (1, lambda x: ops.expand_dims(x, 1)),
    (1, lambda x: ops.mean(x, axis=-1)), (2, lambda x: ops.transpose(x, (0, 2, 1, *range(3, len(x.shape))))),
    (1, lambda x: ops.concatenate([x, x], axis=-1)), (1, lambda x: ops.split(x, 2, axis=-1)), (0, ops.sigmoid),
    (2, lambda x: ops.sum(x, axis=(1, 2), keepdims=True)), (2, lambda x: ops.matmul(x, ops.swapaxes(x, -1, -2))),
]  # fmt: skip


#: The package under which the custom layers are registered; only it tells them from built-in layers.
PACKAGE = "drawn"


@keras.saving.register_keras_serializable(PACKAGE)
class Doubled(Layer):  # type: ignore[misc]
    """A custom layer without weights that changes the last dimension."""

    def call(self, inputs: Tensor) -> Tensor:
        return ops.concatenate([inputs, inputs], axis=-1)


@keras.saving.register_keras_serializable(PACKAGE)
class Lifted(Layer):  # type: ignore[misc]
    """A custom layer that changes the rank, and has a weight that is trained and one that is not."""

    def build(self, shape: Any) -> None:
        self.scale = self.add_weight(shape=(3,), name="scale")
        self.count = self.add_weight(shape=(2, 1), name="count", trainable=False)

    def call(self, inputs: Tensor) -> Tensor:
        return ops.expand_dims(inputs, 1)


@keras.saving.register_keras_serializable(PACKAGE)
class Dense(Layer):  # type: ignore[misc]
    """A custom layer with the name of a built-in layer that it does not resemble."""

    def __init__(self, units: int, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.units = units

    def build(self, shape: Any) -> None:
        self.kernel = self.add_weight(shape=(shape[-1], self.units + 1), name="kernel")

    def call(self, inputs: Tensor) -> Tensor:
        return ops.matmul(inputs, self.kernel)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "units": self.units}


@keras.saving.register_keras_serializable(PACKAGE)
class Forked(Layer):  # type: ignore[misc]
    """A custom layer with two outputs."""

    def call(self, inputs: Tensor) -> list[Tensor]:
        return [ops.flatten(inputs), inputs]


CUSTOM: list[Callable[[], Any]] = [
    Doubled, Lifted, Forked, lambda: Dense(3), lambda: L.TimeDistributed(Doubled()),
    lambda: L.TimeDistributed(Dense(2)), lambda: keras.Sequential([Doubled(), L.Dense(2)]),
]  # fmt: skip


@dataclass
class Pool:
    """The tensors and layers of a model under construction."""

    draw: Draw
    custom: bool = False
    tensors: list[Tensor] = field(default_factory=list)
    layers: list[Any] = field(default_factory=list)

    def tensor(self) -> Tensor:
        """One of the tensors, the last more often than the others."""
        back = self.draw(st.sampled_from([1, 1, 1, 2, 3, 5, 8]))
        return self.tensors[-min(back, len(self.tensors))]

    def mate(self, tensor: Tensor, rank: int) -> Tensor:
        """A tensor of a rank to merge with another one, where possible of the same shape or last dimension."""
        fitting = [other for other in self.tensors if len(other.shape) == rank + 1]
        best = sorted(fitting, key=lambda other: (other.shape != tensor.shape, other.shape[-1] != tensor.shape[-1]))
        return self.draw(st.sampled_from(best[:3])) if best else tensor

    def call(self, layer: Any, *inputs: Any, **arguments: Any) -> bool:
        """Call a layer, unless Keras refuses it or its output is too large; whether it was called."""
        try:
            outputs = layer(*inputs, **arguments)
        except Exception:  # Keras raises whatever its layers raise
            return False
        found = keras.tree.flatten(outputs)
        self.tensors += [tensor for tensor in found if is_small(tensor)]
        self.layers.append(layer)
        return True


def is_small(tensor: Tensor) -> bool:
    known = [size for size in tensor.shape[1:] if size is not None]
    return 0 < len(tensor.shape) <= MAX_RANK + 1 and 0 < math.prod(known) <= MAX_SIZE


def drawn(draw: Draw, table: Table, rank: int) -> tuple[Case, Any] | None:
    """A case for tensors of a rank, and its layer; `None` where there is none or Keras refuses its arguments."""
    if rank not in table:
        return None
    case = draw(st.sampled_from(table[rank][draw(st.sampled_from(sorted(table[rank])))]))
    try:
        return case, case.layer()
    except Exception:  # Keras raises whatever its layers raise
        return None


def chained(pool: Pool, depth: int) -> None:
    """A layer of the tables on one tensor."""
    tensor = pool.tensor()
    found = drawn(pool.draw, CHAINED, len(tensor.shape) - 1)
    if found is not None:
        pool.call(found[1], tensor)


def merging(pool: Pool, depth: int) -> None:
    """A layer of the tables on as many tensors as its case has inputs."""
    tensor = pool.tensor()
    found = drawn(pool.draw, MERGING, len(tensor.shape) - 1)
    if found is not None:
        case, layer = found
        pool.call(layer, [tensor, *(pool.mate(tensor, len(shape)) for shape in case.shape[1:])])


def time_distributed(pool: Pool, depth: int) -> None:
    """A layer of the tables on each timestep."""
    tensor = pool.tensor()
    found = drawn(pool.draw, CHAINED, len(tensor.shape) - 2)
    if found is not None:
        pool.call(L.TimeDistributed(found[1]), tensor)


def operation(pool: Pool, depth: int) -> None:
    tensor = pool.tensor()
    fitting = [function for rank, function in OPERATIONS if len(tensor.shape) > rank]
    if pool.call(pool.draw(st.sampled_from(fitting)), tensor):
        pool.layers.pop()  # a function is no layer to share


def again(pool: Pool, depth: int) -> None:
    """A layer of the model, called on another tensor."""
    if pool.layers:
        pool.call(pool.draw(st.sampled_from(pool.layers)), pool.tensor())


def with_state(pool: Pool, depth: int) -> None:
    """A recurrent layer that begins with the state of another tensor."""
    states = [tensor for tensor in pool.tensors if len(tensor.shape) == 2 and tensor.shape[-1]]
    sequences = [tensor for tensor in pool.tensors if len(tensor.shape) == 3 and tensor.shape[-1]]
    if not states or not sequences:
        return
    state, sequence = pool.draw(st.sampled_from(states)), pool.draw(st.sampled_from(sequences))
    name, returns, both = pool.draw(st.tuples(st.sampled_from(RECURRENT), st.booleans(), st.booleans()))
    layer = getattr(L, name)(state.shape[-1], return_sequences=returns, return_state=both)
    each = [state] * (2 if name == "LSTM" else 1)
    if pool.draw(st.booleans()):
        pool.call(layer, sequence, initial_state=each)
    else:
        pool.call(L.Bidirectional(layer), sequence, initial_state=each * 2)


def nested(pool: Pool, depth: int) -> None:
    """A model inside the model, called on one of its tensors."""
    if depth >= 2:
        return
    tensor = pool.tensor()
    make = pool.draw(st.sampled_from([functional, sequential]))
    model = make(pool.draw, [tuple(tensor.shape[1:])], depth + 1, pool.custom)
    if model is not None:
        pool.call(model, tensor)


def custom(pool: Pool, depth: int) -> None:
    pool.call(pool.draw(st.sampled_from(CUSTOM))(), pool.tensor())


Step = Callable[[Pool, int], None]

#: The kinds of steps, frequent kinds several times.
STEPS: list[Step] = [*[chained] * 5, merging, merging, time_distributed, operation, again, with_state, nested]
STEPS_IN_SEQUENCE: list[Step] = [*[chained] * 4, time_distributed, nested]


def functional(draw: Draw, shapes: list[Any], depth: int = 0, has_custom: bool = False) -> keras.Model | None:
    """A functional model on inputs of some shapes; `None` where no step could be made."""
    inputs = [keras.Input(shape) for shape in shapes]
    pool = Pool(draw, has_custom, list(inputs))
    for step in steps(draw, STEPS, depth, has_custom):
        step(pool, depth)
    made = pool.tensors[len(inputs) :]
    if not made:
        return None
    more = draw(st.lists(st.sampled_from(range(len(made))), max_size=2, unique=True))
    outputs = list({id(tensor): tensor for tensor in (*(made[at] for at in more), made[-1])}.values())
    return keras.Model(inputs if len(inputs) > 1 else inputs[0], outputs if len(outputs) > 1 else outputs[0])


def sequential(draw: Draw, shapes: list[Any], depth: int = 0, has_custom: bool = False) -> keras.Model | None:
    """A Sequential model, of which every layer has one input and one output; `None` where there is no layer.

    Its layers are made again from their configs, since the tried ones record shapes of other models.
    """
    tensor = inputs = keras.Input(shapes[0])
    layers: list[Any] = []
    for step in steps(draw, STEPS_IN_SEQUENCE, depth, has_custom):
        pool = Pool(draw, has_custom, [tensor])
        step(pool, depth)
        if len(pool.tensors) == 2:
            tensor = pool.tensors[-1]
            layers += pool.layers
    try:
        model = keras.Sequential([inputs, *(type(layer).from_config(layer.get_config()) for layer in layers)])
    except Exception:  # of a layer with a second output that was too large to be kept
        return None
    return model if layers and model._functional is not None else None


def steps(draw: Draw, choices: list[Step], depth: int, has_custom: bool) -> list[Step]:
    """Some steps, one of them a custom layer where the model needs one."""
    least, most = STEP_COUNTS[depth]
    found: list[Step] = draw(st.lists(st.sampled_from(choices), min_size=least, max_size=most))
    if has_custom:
        found.insert(draw(st.integers(0, len(found) - 1)), custom)
    return found


@st.composite
def models(draw: Draw, has_custom: bool = False) -> keras.Model | None:
    """A model; `None` where no step could be made."""
    keras.utils.clear_session(free_memory=False)
    make = draw(st.sampled_from([functional, functional, sequential]))
    shapes = draw(st.lists(st.sampled_from(INPUTS), min_size=1, max_size=3))
    return make(draw, shapes, 0, has_custom)
