"""`lstmlint explain`: where a layer's parameter count comes from, with its numbers.

Every number is read off the weights that the layer function declared, so the explanation cannot disagree with the
count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from lstmlint.analyses.gates import counted, gate_parts, gated_formula, is_gated, product_formula
from lstmlint.inference.costs import call_work, costs_of
from lstmlint.inference.layers.recurrent import CONVOLUTIONAL_RANKS
from lstmlint.inference.stored import stored_weights
from lstmlint.ir.graph import TensorRef
from lstmlint.ir.model import BYTES_PER_ELEMENT, Layer, Model, count
from lstmlint.ir.shape import Count, Dim, Structure, Unknown, Witness, contradict, is_dims, to_text
from lstmlint.ir.weight import Weight
from lstmlint.ir.work import at_one_step
from lstmlint.running.terminal import fit

#: What a recurrent class is, in one sentence.
REMARKS: Mapping[str, str] = {
    "LSTM": "The four gates are input, forget, cell candidate and output; each sees the input and the last output.",
    "GRU": "The three gates are update, reset and candidate.",
    "SimpleRNN": "There are no gates: one product with the input, one with the last output.",
    **dict.fromkeys(
        CONVOLUTIONAL_RANKS, "An LSTM whose products are convolutions: the size of the image does not count."
    ),
    "CuDNNLSTM": "cuDNN keeps two biases for each gate where a plain LSTM keeps one.",
    "CuDNNGRU": "cuDNN keeps two biases for each gate; a plain GRU does so only with reset_after.",
}

StoredShapes: TypeAlias = frozenset[tuple[int, ...]]

BOTH_BIASES = "With reset_after the reset gate acts on the recurrent product, which needs a bias of its own."


def explain(model: Model, layer: Layer) -> str:
    """The explanation of a layer of a model and of what it wraps, as lines of text; each value with who tells it."""
    outermost = model.by_name.get(layer.path[0], layer)
    stored = frozenset(tensor.shape for tensor in stored_weights(outermost))
    headline, *rest = _lines(layer, stored, "")
    shapes = (f"  {line}" for line in _shape_lines(model, layer))
    return "\n".join(map(fit, (headline, *shapes, *rest))) + "\n"


def _lines(layer: Layer, stored: StoredShapes, indent: str) -> Iterator[str]:
    yield indent + _headline(layer)
    inner = indent + "  "
    if layer.children:
        for child in layer.children.values():
            yield from _lines(child, stored, inner)
    elif not isinstance(layer.weights, Unknown):
        yield from (inner + line for line in _weight_table(layer.weights, stored))
        remark = _remark(layer)
        if remark:
            yield inner + remark
    yield from (inner + line for line in _timesteps(layer))
    yield from (inner + line for line in _cost_lines(layer))


def _shape_lines(model: Model, layer: Layer) -> Iterator[str]:
    """The input and the output of a layer's first call, each with its witnesses."""
    if not layer.calls:
        return
    call = layer.calls[0]
    if call.inputs:
        yield f"input {to_text(call.inputs)}: {_witnesses(call.inputs, layer.node.build_shape, Witness.INFERRED)}"
    owner = next((inner for inner in model.all_models if inner.by_name.get(layer.name) is layer), None)
    recorded = owner.graph.recorded.get(TensorRef(layer.name, 0, 0)) if owner and owner.graph else None
    yield f"output {to_text(call.outputs)}: {_witnesses(call.outputs, recorded, call.witness)}"


def _witnesses(inferred: Structure, recorded: Structure | None, told_by: Witness) -> str:
    """Who tells a shape: the configs, a record of it, or both."""
    if isinstance(inferred, Unknown):
        return f"unknown, because {inferred.reason}"
    if recorded is None or told_by is Witness.RECORDED:
        return str(told_by)
    if contradict(inferred, recorded):
        return f"{told_by}, but recorded as {to_text(recorded)}"
    return f"{told_by}, {Witness.RECORDED}"


def _headline(layer: Layer) -> str:
    if isinstance(layer.params, Unknown):
        return f"{layer.name}: unknown, because {layer.params.reason}"
    for applies, formula in FORMULAS:
        if applies(layer):
            return f"{layer.name}: {formula(layer)} = {layer.params:,}"
    return f"{layer.name}: {layer.params:,} parameters" + ("" if layer.weights else "; it has no weights")


def _has_parts(layer: Layer) -> bool:
    return bool(layer.children)


def _parts_formula(layer: Layer) -> str:
    return " + ".join(f"{child.name} {_text(child.params)}" for child in layer.children.values())


def _text(number: Count) -> str:
    return "?" if isinstance(number, Unknown) else f"{number:,}"


FORMULAS: tuple[tuple[Callable[[Layer], bool], Callable[[Layer], str]], ...] = (
    (is_gated, gated_formula),
    (_has_parts, _parts_formula),
)


def _weight_table(weights: tuple[Weight, ...], stored: StoredShapes) -> Iterator[str]:
    shapes = [to_text(weight.shape) for weight in weights]
    name_width = max((len(weight.name) for weight in weights), default=0)
    shape_width = max(map(len, shapes), default=0)
    for weight, shape in zip(weights, shapes, strict=True):
        frozen = ", not trainable" if weight.trainable is False else ""
        told = str(weight.witness)
        if weight.witness is Witness.INFERRED and weight.shape in stored:
            told += f", {Witness.STORED}"
        yield f"{weight.name:<{name_width}}  {shape:<{shape_width}}  {_text(count([weight]))}{frozen}: {told}"


def _remark(layer: Layer) -> str:
    if layer.class_name == "GRU" and layer.config.get("reset_after"):
        return f"{REMARKS['GRU']} {BOTH_BIASES}"
    return REMARKS.get(layer.class_name, "")


def _timesteps(layer: Layer) -> Iterator[str]:
    """The sentence that people who take units for timesteps need."""
    if not (is_gated(layer) or layer.class_name == "RNN") or not layer.calls:
        return
    inputs = layer.calls[0].inputs
    if not is_dims(inputs) or len(inputs) < 3:
        return
    steps: Dim = inputs[0] if layer.config.get("time_major") else inputs[1]
    if isinstance(steps, int):
        verb = "does" if steps == 1 else "do"
        yield f"The {counted(steps, 'timestep')} {verb} not enter the count: every step uses the same weights."
    else:
        yield "The number of timesteps, which is open here, does not enter the count: every step uses the same weights."


def _cost_lines(layer: Layer) -> Iterator[str]:
    """What a timestep of a recurrent layer multiplies, hands on to the next and keeps for training, for one example."""
    if not is_gated(layer) or not layer.calls:
        return
    work = at_one_step(call_work(layer, layer.calls[0]))
    if not work.states:
        return
    costs, units = costs_of(work), gate_parts(layer).units
    size, width = work.states[0].each, BYTES_PER_ELEMENT.get(work.states[0].dtype)
    unknown = next(costs.unknowns(), None)
    if unknown is not None:
        yield f"costs of a timestep: unknown, because {unknown.reason}"
    if isinstance(costs.activation_bytes, Unknown) or not isinstance(size, int) or not size or width is None:
        return
    places = f"{counted(size // units, 'position')} x " if layer.class_name in CONVOLUTIONAL_RANKS else ""
    vector = f"{places}{counted(units, 'filter' if places else 'unit')} x {counted(width, 'byte')}"
    states, values = counted(len(work.states), "state"), counted(costs.activation_bytes // (size * width), "value")
    yield f"multiply-adds of a timestep: {places}{product_formula(layer)} = {_text(costs.multiply_adds)}"
    yield f"bytes of the state: {states} x {vector} = {_text(costs.state_bytes)}"
    yield f"bytes kept of a timestep for training: {values} x {vector} = {_text(costs.activation_bytes)}"


def find(model: Model, wanted: str | None) -> list[Layer]:
    """The layers of a name or path, or without one the model's layers that have weights (or unknown ones)."""
    if wanted is not None:
        return [layer for layer in model.all_layers if wanted in (layer.name, layer.full_name)]
    return list(_with_weights(model))


def _with_weights(model: Model) -> Iterator[Layer]:
    """Layers with weights, those of a nested model in place of the model."""
    for layer in model.layers:
        if layer.model is not None:
            yield from _with_weights(layer.model)
        elif layer.weights:
            yield layer
