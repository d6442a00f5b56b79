"""`hard_sigmoid` has been flatter since Keras 3: `clip(x / 6 + 0.5, 0, 1)`, where it was `clip(0.2 * x + 0.5, 0, 1)`.

Two repairs give the old outputs. The first writes the old function with today's layers, wherever it is applied. The
second keeps the name and multiplies by 1.2 all weights that feed the function. Then the config stays plain and the
outputs stay the same, but an optimizer takes steps of another size in weights of another size.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from lstmlint.analyses.activations import named
from lstmlint.analyses.parts import LayerPath
from lstmlint.dialects.dtypes import compute_dtype
from lstmlint.fixing.repairs import today
from lstmlint.fixing.repairs.repair import (
    Applicability,
    Applied,
    Draft,
    DraftLayer,
    Edit,
    Left,
    Phase,
    Repair,
    WeightOperation,
)
from lstmlint.ir.dataclass import dataclass
from lstmlint.keras.classes import Kind, traits_of

if TYPE_CHECKING:
    from lstmlint.fixing.repairs.repair import Arrays

FUNCTION, SCALE = "old-hard-sigmoid", "hard-sigmoid-scale"

HARD_SIGMOID = "hard_sigmoid"

KEYS = ("activation", "recurrent_activation")


@dataclass(frozen=True, slots=True)
class Use:
    """A key of a layer's config that names `hard_sigmoid`, and whether the layer's weights can make up for it."""

    layer: DraftLayer
    key: str

    @property
    def can_scale(self) -> bool:
        """Whether the layer's weights can make up for the slope."""
        traits = traits_of(self.layer.class_name)
        return traits.first_tensor is not None or (traits.kind is not None and bool(scalable(traits.kind, self.key)))

    def scaling(self, factor: float) -> WeightOperation:
        """The operation that multiplies the weights that feed the function."""
        traits = traits_of(self.layer.class_name)
        if traits.kind is None:
            return WeightOperation(SCALE, partial(scaled, traits.first_tensor or 0, factor))
        gates = scalable(traits.kind, self.key)
        return WeightOperation(SCALE, partial(scaled_gates, len(traits.kind.gates), gates, factor))


def scalable(kind: Kind, key: str) -> tuple[int, ...]:
    """The gates whose weights make up for the slope of a function; empty where it is applied to a state as well."""
    is_of_cell_state = len(kind.states) > 1 and key != kind.gate_activation
    return () if is_of_cell_state else kind.applying(key)


def uses(draft: Draft) -> Iterator[Use]:
    """The uses of `hard_sigmoid` with another slope than today's, without those whose weights are scaled for it."""
    graph = draft.model.graph
    if graph is None or graph.semantics.hard_sigmoid_slope == today.semantics(draft.target).hard_sigmoid_slope:
        return
    for layer in draft.layers():
        if layer.original is None or not layer.original.node.is_custom:
            for key in KEYS:
                if named(layer.config.get(key)) == HARD_SIGMOID and not is_scaled(draft, layer.path):
                    yield Use(layer, key)


def is_scaled(draft: Draft, path: LayerPath) -> bool:
    """Whether the weights of a layer are scaled already."""
    return any(operation.repair == SCALE for operation in draft.weights.operations.get(path, ()))


def write_function(draft: Draft) -> Applied:
    graph = draft.model.graph
    notes: list[Edit | Left] = []
    if graph is None:
        return draft, ()
    slope = graph.semantics.hard_sigmoid_slope
    for use in list(uses(draft)) if draft.target.is_keras3 else ():
        before, after = use.layer.config[use.key], function(slope, compute_dtype(use.layer.config.get("dtype")))
        where = (*use.layer.pointer, "config", use.key)
        message = f"{use.key} is written as the old hard_sigmoid: clip({slope} x + 0.5, 0, 1)"
        draft = draft.put(where, after)
        notes.append(Edit(FUNCTION, use.layer.name, message, where, before, after))
    if not draft.target.is_keras3:
        notes += [Left(FUNCTION, use.layer.name, steeper(use, draft), use.layer.pointer) for use in uses(draft)]
    return draft, tuple(notes)


def steeper(use: Use, draft: Draft) -> str:
    """The note on a function that a Keras has no name for."""
    cure = "; --unsafe multiplies its weights instead" if use.can_scale and draft.document.stored is not None else ""
    return f"{draft.target.name} has no word for the hard_sigmoid of Keras 3 in {use.key}{cure}"


def scale_weights(draft: Draft) -> Applied:
    graph = draft.model.graph
    notes: list[Edit | Left] = []
    if graph is None or draft.document.stored is None:
        return draft, ()
    factor = graph.semantics.hard_sigmoid_slope / today.semantics(draft.target).hard_sigmoid_slope
    all_uses = list(uses(draft))
    # A layer is scaled as a whole or not at all, so scaled weights mean that all its functions are repaired.
    unscalable = {use.layer.path for use in all_uses if not use.can_scale}
    for use in all_uses:
        if use.layer.path not in unscalable:
            draft = draft.transforming(use.layer.path, use.scaling(factor))
            message = f"the weights that feed {use.key} are multiplied by {factor:.3g}"
            notes.append(Edit(SCALE, use.layer.name, message))
    return draft, tuple(notes)


def function(slope: float, dtype: str = "float32") -> dict[str, Any]:
    """`clip(slope * x + 0.5, 0, 1)` as the value of an `activation`, from layers of every Keras 3.

    `dtype` is the dtype in which the layer around it computes.
    """
    line = {"name": "slope", "scale": slope, "offset": 0.5, "dtype": dtype}
    ceiling = {"name": "limits", "max_value": 1.0, "dtype": dtype}
    layers = [_serialized("Rescaling", line), _serialized("ReLU", ceiling)]
    return _serialized("Sequential", {"name": "old_hard_sigmoid", "layers": layers}, "keras.models")


def _serialized(class_name: str, config: Mapping[str, Any], module: str = "keras.layers") -> dict[str, Any]:
    return {"module": module, "class_name": class_name, "config": dict(config), "registered_name": None}


def scaled(first: int, factor: float, tensors: Arrays) -> Arrays:
    from lstmlint.fixing import relayout  # with NumPy, which only those pay for who write weights

    return relayout.scaled(tensors, first, factor)


def scaled_gates(gates: int, chosen: tuple[int, ...], factor: float, tensors: Arrays) -> Arrays:
    from lstmlint.fixing import relayout

    return relayout.scaled_gates(tensors, gates, chosen, factor)


WRITE_FUNCTION = Repair(
    FUNCTION, "writes the hard_sigmoid of Keras 1 and 2 with today's layers", Phase.VALUES, Applicability.SAFE,
    ("hard-sigmoid-drift",), write_function,
)  # fmt: skip
SCALE_WEIGHTS = Repair(
    SCALE, "multiplies by 1.2 the weights that feed a hard_sigmoid of Keras 1 or 2", Phase.VALUES,
    Applicability.UNSAFE, ("hard-sigmoid-drift",), scale_weights,
    "Predictions are the old ones with and without it; further training takes steps of another size.",
)  # fmt: skip
