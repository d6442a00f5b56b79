"""The origin of the parameter counts of layers, with their numbers.

Every number comes from the weights that the layer function declared, so the explanation cannot disagree with the
count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from lstmlint.analyses.gates import gate_parts, gated_formula, is_gated, product_formula
from lstmlint.analyses.targets import Target, targets
from lstmlint.analyses.value_figures import CellFigures, figures_of
from lstmlint.inference.costs import call_work, costs_of
from lstmlint.inference.stored import stored_weights
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.document import FileError
from lstmlint.ir.graph import TensorRef
from lstmlint.ir.model import BYTES_PER_ELEMENT, Layer, Model, count
from lstmlint.ir.shape import Count, Dim, Structure, Unknown, Witness, contradict, is_dims, to_json
from lstmlint.ir.shown import Printed
from lstmlint.ir.spelling import FEW, LIKENESS_OF_TYPED, closest
from lstmlint.ir.weight import Weight
from lstmlint.ir.words import counted
from lstmlint.ir.work import at_one_step
from lstmlint.keras.classes import Form, classes_with, traits_of
from lstmlint.output.text.values import cell_object

VERSION = 1

#: Recurrent class -> a sentence about its weights.
REMARKS: Mapping[str, str] = {
    "LSTM": "The four gates are input, forget, cell candidate and output; each sees the input and the last output.",
    "GRU": "The three gates are update, reset and candidate.",
    "SimpleRNN": "There are no gates: one product with the input, one with the last output.",
    **dict.fromkeys(
        sorted(classes_with(lambda traits: traits.form is Form.CONVOLUTION)),
        "An LSTM whose products are convolutions: the size of the image does not count.",
    ),
    "CuDNNLSTM": "cuDNN keeps two biases for each gate where a plain LSTM keeps one.",
    "CuDNNGRU": "cuDNN keeps two biases for each gate; a plain GRU does so only with reset_after.",
}

BOTH_BIASES = "With reset_after the reset gate acts on the recurrent product, which needs a bias of its own."

StoredShapes: TypeAlias = frozenset[tuple[int, ...]]


class NoSuchLayerError(FileError, LookupError):
    """A model has no layer of a name, or none to explain; the message tells the name that was meant, or all."""


@dataclass(frozen=True, slots=True)
class TensorExplanation:
    """The input or output of a layer's first call: its shape, the sources of it, and a recorded shape that differs."""

    shape: Structure
    witnesses: tuple[Witness, ...]
    contradicted_by: Structure | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "shape": to_json(self.shape),
            "witnesses": [str(witness) for witness in self.witnesses],
            "contradicted_by": None if self.contradicted_by is None else to_json(self.contradicted_by),
            "unknown_because": self.shape.reason if isinstance(self.shape, Unknown) else None,
        }


@dataclass(frozen=True, slots=True)
class WeightExplanation:
    """A weight, its parameters, whether training changes it, and the sources of its shape."""

    weight: Weight
    params: Count
    trainable: bool | Unknown
    witnesses: tuple[Witness, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "name": self.weight.name,
            "shape": to_json(self.weight.shape),
            "params": _plain(self.params),
            "trainable": "unknown" if isinstance(self.trainable, Unknown) else self.trainable,
            "witnesses": [str(witness) for witness in self.witnesses],
        }


@dataclass(frozen=True, slots=True)
class CostExplanation:
    """A cost of one timestep of a recurrent layer for one example: `formula` is the product that gives `value`."""

    what: str
    formula: str
    value: Count

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {"what": self.what, "formula": self.formula, "value": _plain(self.value)}


@dataclass(frozen=True, slots=True)
class LayerExplanation:
    """The origin of the count of one layer.

    `formula` is empty where the count is only the sum over the weights. `weights` are those of a layer that is no
    wrapper; a wrapper has `parts` instead. `remarks` are sentences on the count. `costs_unknown` is the reason why
    costs are missing, empty where none are. `values` are the figures of the measured values of a recurrent layer.
    """

    layer: Layer
    formula: str
    input: TensorExplanation | None
    output: TensorExplanation | None
    weights: tuple[WeightExplanation, ...]
    remarks: tuple[str, ...]
    costs: tuple[CostExplanation, ...]
    costs_unknown: str
    parts: tuple[LayerExplanation, ...]
    values: CellFigures | None = None

    @property
    def name(self) -> str:
        """The layer's name."""
        return self.layer.name

    @property
    def params(self) -> Count:
        """The layer's parameters."""
        return self.layer.params

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "name": self.layer.name,
            "path": self.layer.full_name,
            "class_name": self.layer.class_name,
            "params": _plain(self.params),
            "unknown_because": self.params.reason if isinstance(self.params, Unknown) else None,
            "formula": self.formula or None,
            "input": self.input.to_dict() if self.input else None,
            "output": self.output.to_dict() if self.output else None,
            "weights": [weight.to_dict() for weight in self.weights],
            "remarks": list(self.remarks),
            "costs": [cost.to_dict() for cost in self.costs],
            "costs_unknown_because": self.costs_unknown or None,
            "parts": [part.to_dict() for part in self.parts],
            "values": cell_object(self.values) if self.values else None,
        }


@dataclass(frozen=True, slots=True)
class Explanation(Printed):
    """The origin of the parameter counts of a model, layer by layer; `str` is the output of `lstmlint explain`.

    `targets` are those that the losses of a whole model take, as far as the losses are known.
    """

    path: str
    layers: tuple[LayerExplanation, ...]
    targets: tuple[Target, ...] = ()

    def __repr__(self) -> str:
        return f"<Explanation path={self.path!r} layers={len(self.layers)}>"

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as `lstmlint explain --format json` prints it (`lstmlint schema explain`)."""
        return {
            "version": VERSION,
            "path": self.path,
            "layers": [layer.to_dict() for layer in self.layers],
            "targets": [
                {"output": one.output, "loss": one.loss, "shape": to_json(one.shape), "values": one.values}
                for one in self.targets
            ],
        }


def explained(path: str, model: Model, wanted: str | None = None) -> Explanation:
    """The explanation of the layers of a name or path, by default of all layers with weights.

    Raises:
        NoSuchLayerError: there is no such layer.
    """
    layers = find(model, wanted)
    if not layers:
        what = f"has no layer {wanted!r}" if wanted is not None else "holds no layers to explain"
        raise NoSuchLayerError(f"{what}; {_tip(path, model, wanted)}")
    told = () if wanted is not None else tuple(targets(model))
    return Explanation(path, tuple(_outermost(model, layer) for layer in layers), told)


def _tip(path: str, model: Model, wanted: str | None) -> str:
    """The layer that was meant, else the names of all layers, or what lists them."""
    paths = [layer.full_name for layer in model.all_layers if layer.full_name]
    if not paths:
        return "it has no architecture"
    if wanted is not None and (close := closest(wanted, _names(model), LIKENESS_OF_TYPED)):
        return f"did you mean {close!r}?"
    if len(paths) < FEW:
        return f"it has {', '.join(paths)}"
    return f"'lstmlint summary --expand-nested {path}' lists its layers"


def _names(model: Model) -> list[str]:
    """The paths of all layers, and the names that are not paths."""
    return list(dict.fromkeys(name for layer in model.all_layers for name in (layer.full_name, layer.name) if name))


def find(model: Model, wanted: str | None) -> list[Layer]:
    """The layers of a name or path, by default the model's layers with weights (also unknown ones)."""
    if wanted is not None:
        return [layer for layer in model.all_layers if wanted in (layer.name, layer.full_name)]
    return list(_with_weights(model))


def _with_weights(model: Model) -> Iterator[Layer]:
    """Layers with weights; the layers of a nested model replace the model."""
    for layer in model.layers:
        if layer.model is not None:
            yield from _with_weights(layer.model)
        elif layer.weights:
            yield layer


def _outermost(model: Model, layer: Layer) -> LayerExplanation:
    """The explanation of a layer with its input and output."""
    outermost = model.by_name.get(layer.path[0], layer)
    stored = frozenset(tensor.shape for tensor in stored_weights(outermost))
    figures = figures_of(model)
    told = {one.cell.layer: one for one in figures.cells} if figures else {}
    return _layer(layer, stored, told, *_tensors(model, layer))


def _layer(
    layer: Layer,
    stored: StoredShapes,
    told: Mapping[str, CellFigures],
    given: TensorExplanation | None = None,
    made: TensorExplanation | None = None,
) -> LayerExplanation:
    weights = () if layer.children or isinstance(layer.weights, Unknown) else layer.weights
    has_remark = not layer.children and not isinstance(layer.weights, Unknown)
    costs, costs_unknown = _costs(layer)
    return LayerExplanation(
        layer=layer,
        formula=_formula(layer),
        input=given,
        output=made,
        weights=tuple(_weight(layer, weight, stored) for weight in weights),
        remarks=tuple(filter(None, (_remark(layer) if has_remark else "", _timesteps(layer)))),
        costs=costs,
        costs_unknown=costs_unknown,
        parts=tuple(_layer(child, stored, told) for child in layer.children.values()),
        values=told.get(layer.full_name),
    )


def _tensors(model: Model, layer: Layer) -> tuple[TensorExplanation | None, TensorExplanation | None]:
    """The input and the output of a layer's first call, each with its witnesses."""
    if not layer.calls:
        return None, None
    call = layer.calls[0]
    given = _tensor(call.inputs, layer.node.build_shape, Witness.INFERRED) if call.inputs else None
    owner = next((inner for inner in model.all_models if inner.by_name.get(layer.name) is layer), None)
    recorded = owner.graph.recorded.get(TensorRef(layer.name, 0, 0)) if owner and owner.graph else None
    return given, _tensor(call.outputs, recorded, call.witness)


def _tensor(inferred: Structure, recorded: Structure | None, told_by: Witness) -> TensorExplanation:
    """A shape with its sources: the configs, a record in the file, or both."""
    if isinstance(inferred, Unknown):
        return TensorExplanation(inferred, ())
    if recorded is None or told_by is Witness.RECORDED:
        return TensorExplanation(inferred, (told_by,))
    if contradict(inferred, recorded):
        return TensorExplanation(inferred, (told_by,), recorded)
    return TensorExplanation(inferred, (told_by, Witness.RECORDED))


def _weight(layer: Layer, weight: Weight, stored: StoredShapes) -> WeightExplanation:
    is_stored = weight.witness is Witness.INFERRED and weight.shape in stored
    witnesses = (weight.witness, Witness.STORED) if is_stored else (weight.witness,)
    return WeightExplanation(weight, count([weight]), layer.trains(weight), witnesses)


def _formula(layer: Layer) -> str:
    if isinstance(layer.params, Unknown):
        return ""
    if is_gated(layer):
        return gated_formula(layer)
    return " + ".join(f"{child.name} {_text(child.params)}" for child in layer.children.values())


def _remark(layer: Layer) -> str:
    if layer.class_name == "GRU" and layer.config.get("reset_after"):
        return f"{REMARKS['GRU']} {BOTH_BIASES}"
    return REMARKS.get(layer.class_name, "")


def _timesteps(layer: Layer) -> str:
    """The sentence for readers who take units for timesteps."""
    if not (is_gated(layer) or layer.class_name == "RNN") or not layer.calls:
        return ""
    inputs = layer.calls[0].inputs
    if not is_dims(inputs) or len(inputs) < 3:
        return ""
    steps: Dim = inputs[0] if layer.config.get("time_major") else inputs[1]
    if isinstance(steps, int):
        verb = "does" if steps == 1 else "do"
        return f"The {counted(steps, 'timestep')} {verb} not enter the count: every step uses the same weights."
    return "The number of timesteps, which is open here, does not enter the count: every step uses the same weights."


def _costs(layer: Layer) -> tuple[tuple[CostExplanation, ...], str]:
    """The costs of a timestep of a recurrent layer for one example: multiply-adds, state, values kept for training.

    The text is the reason why some costs are unknown, empty where none are.
    """
    if not is_gated(layer) or not layer.calls:
        return (), ""
    work = at_one_step(call_work(layer, layer.calls[0]))
    if not work.states:
        return (), ""
    costs, units = costs_of(work), gate_parts(layer).units
    size, width = work.states[0].each, BYTES_PER_ELEMENT.get(work.states[0].dtype)
    unknown = next(costs.unknowns(), None)
    why = unknown.reason if unknown is not None else ""
    if isinstance(costs.activation_bytes, Unknown) or not isinstance(size, int) or not size or width is None:
        return (), why
    places = f"{counted(size // units, 'position')} x " if traits_of(layer.class_name).form is Form.CONVOLUTION else ""
    vector = f"{places}{counted(units, 'filter' if places else 'unit')} x {counted(width, 'byte')}"
    states, values = counted(len(work.states), "state"), counted(costs.activation_bytes // (size * width), "value")
    products = f"{places}{product_formula(layer)}"
    return (
        CostExplanation("multiply-adds of a timestep", products, costs.multiply_adds),
        CostExplanation("bytes of the state", f"{states} x {vector}", costs.state_bytes),
        CostExplanation("bytes kept of a timestep for training", f"{values} x {vector}", costs.activation_bytes),
    ), why


def _plain(number: Count) -> int | str:
    return "unknown" if isinstance(number, Unknown) else number


def _text(number: Count) -> str:
    return "?" if isinstance(number, Unknown) else f"{number:,}"
