"""Constants in calls of recurrent layers: a file holds them as plain numbers, which no Keras takes for arrays.

Seen in tf.keras 2.15.1, which calls its layers while it loads, and in Keras 3.15.1, which states shapes without a call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lstmlint.analyses.states import has_constant_state, holds_numbers
from lstmlint.ir.graph import LayerCall
from lstmlint.ir.model import CallShapes, Layer, Model
from lstmlint.ir.shape import Structure, is_dims, shape_of_array
from lstmlint.keras.classes import traits_of
from lstmlint.keras.versions import Target
from lstmlint.portability.obstacle import DUMP, Obstacle, Stage, obstacle

RULE = "constant-argument"

MASK = "mask"

NO_SHAPE = "'float' object has no attribute 'shape'"
NO_DTYPE = (
    'Exception encountered when calling layer "{name}" (type {kind}). '
    f"'list' object has no attribute 'dtype' {DUMP}"
)

#: Whether Keras 3.15.1 on JAX fails, by whether the layer is unrolled, and its state has as many rows as the batch.
FAILS: Mapping[str, Callable[[bool, bool], bool]] = {
    "LSTM": lambda is_unrolled, has_rows: True,
    "GRU": lambda is_unrolled, has_rows: is_unrolled or not has_rows,
    "SimpleRNN": lambda is_unrolled, has_rows: not is_unrolled,
}
NUMBERS = "its initial_state is a constant, which the file holds as plain numbers and not as an array"


def obstacles(model: Model, target: Target) -> Iterator[Obstacle]:
    """The obstacles where a recurrent layer is called with plain numbers."""
    for inner in model.all_models:
        for layer, call, shapes in inner.calls():
            if traits_of(layer.class_name).is_recurrent:
                yield from _tensorflow(layer, call) if target.is_tf_keras else ()
                yield from _keras3(layer, call, shapes) if target.is_keras3 else ()


def _tensorflow(layer: Layer, call: LayerCall) -> Iterator[Obstacle]:
    if has_constant_state(call):
        yield _at(layer, "AttributeError", NO_SHAPE, Stage.LOAD)
    elif holds_numbers(call.arguments.get(MASK)):
        message = NO_DTYPE.format(name=layer.name, kind=layer.node.written_class)
        yield _at(layer, "AttributeError", message, Stage.LOAD)


def _keras3(layer: Layer, call: LayerCall, shapes: CallShapes) -> Iterator[Obstacle]:
    fails = FAILS.get(layer.class_name)
    if fails is None or not has_constant_state(call):
        return
    if fails(bool(layer.config.get("unroll")), _has_rows(call.arguments["initial_state"], shapes.inputs)):
        yield _at(layer, "", NUMBERS, Stage.CALL)


def _has_rows(states: Any, inputs: Structure) -> bool:
    """Whether the single state in a list is known to have a row for each sequence of the batch."""
    shape, batch = shape_of_array(states), inputs[0] if is_dims(inputs) and inputs else None
    return len(shape) > 2 and (shape[1] == batch or (batch is None and shape[1] != 1))


def _at(layer: Layer, error: str, message: str, stage: Stage) -> Obstacle:
    return obstacle(RULE, error, message, (*layer.pointer, "inbound_nodes"), layer.full_name, stage)
