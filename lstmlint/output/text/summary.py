"""`lstmlint summary`: the table of `model.summary()` as text, and the same numbers as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import compress
from typing import Any

from lstmlint.analyses.axes.roles import axis_texts
from lstmlint.analyses.axes.walk import Meanings, meanings
from lstmlint.analyses.totals import model_bytes, model_params
from lstmlint.inference.costs import OPEN_STEPS, Costs, layer_costs, model_costs
from lstmlint.ir.graph import LayerCall
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Count, Unknown, Witness, to_json, to_text, unknowns
from lstmlint.output.text import values
from lstmlint.running.terminal import fit

VERSION = 1

#: The mark before the name of a layer of a nested model, once for each level (tabulate strips plain spaces).
BRANCH = "└ "
UNITS = ("B", "KB", "MB", "GB", "TB")


def text(model: Model, *, expand_nested: bool, shows_axes: bool = False) -> str:
    """The table, the totals, and the reasons of unknown values.

    Args:
        model: the inferred model.
        expand_nested: whether the layers of nested models follow their model, indented.
        shows_axes: whether a column tells what each axis of the outputs means.
    """
    from tabulate import tabulate

    is_graph = model.graph is not None and not model.graph.is_sequential
    shown = [True, True, True, shows_axes, is_graph]
    known = meanings(model) if shows_axes else {}
    table = tabulate(
        [list(compress(row, shown)) for row in _rows(model, 0, expand_nested, known)],
        headers=list(compress(["Layer (type)", "Output shape", "Param #", "Axes", "Connected to"], shown)),
        tablefmt="simple_outline",
        disable_numparse=True,
        colalign=tuple(compress(["left", "left", "right", "left", "left"], shown)),
    )
    title = f'Model: "{model.name}" ({model.graph.class_name if model.graph else "no architecture"})'
    return "\n".join([fit(title), table, *_total_lines(model), *map(fit, _ends(model))]) + "\n"


def to_object(path: str, model: Model) -> dict[str, Any]:
    """The summary of a file as plain JSON, described by `output/schemas/summary.schema.json`."""
    known = meanings(model)
    return {
        "version": VERSION,
        "path": path,
        "status": "ok",
        "error": None,
        "container": str(model.document.container),
        "keras_version": model.document.keras_version,
        "model": {"name": model.name, "class_name": model.graph.class_name} if model.graph else None,
        "layers": [_object(layer, depth, known) for layer, depth in listed(model)],
        "totals": {
            "params": _count(model_params(model)),
            "trainable": _count(model_params(model, trainable=True)),
            "non_trainable": _count(model_params(model, trainable=False)),
            "bytes": _count(model_bytes(model)),
            "costs": _costs(model_costs(model)),
        },
        "values": values.to_object(model),
    }


def failure(path: str, status: str, error: str) -> dict[str, Any]:
    """The object for a file that has no summary."""
    return {
        "version": VERSION, "path": path, "status": status, "error": error, "container": None, "keras_version": None,
        "model": None, "layers": [], "totals": None, "values": None,
    }  # fmt: skip


def _rows(model: Model, depth: int, expand_nested: bool, known: Meanings) -> Iterator[list[str]]:
    for layer in model.summary_layers:
        name = f"{BRANCH * depth}{layer.name} ({layer.node.written_class or '?'})"
        connected = "" if model.graph is None or model.graph.is_sequential else ", ".join(_connected_to(layer))
        meant = "\n".join(fit(f"({', '.join(axes)})") if axes else "?" for axes in _axes(layer, known))
        yield [fit(name), fit(_shape_text(layer)), _number(layer.params), meant, fit(connected)]
        if expand_nested and layer.model is not None:
            yield from _rows(layer.model, depth + 1, expand_nested, known)


def _axes(layer: Layer, known: Meanings) -> list[list[str]]:
    """The axes of each output of the first call in words; an output is empty where nothing is known of it."""
    one = known.get((id(layer), 0))
    return [] if one is None else [axis_texts(*output) for output in zip(one.outputs, one.made, strict=False)]


def _shape_text(layer: Layer) -> str:
    shapes = list(dict.fromkeys(to_text(call.outputs) for call in layer.calls))
    return ", ".join(shapes) or "?"


def _connected_to(layer: Layer) -> Iterator[str]:
    for call in layer.node.calls:
        yield from _call_inputs(call)


def _call_inputs(call: LayerCall) -> Iterator[str]:
    for reference in call.references():
        yield f"{reference.layer}[{reference.call}][{reference.index}]"


def listed(model: Model, depth: int = 0) -> Iterator[tuple[Layer, int]]:
    """The layers that the file lists, each with the number of models around it; those of a nested model follow it."""
    for layer in model.listed_layers:
        yield layer, depth
        if layer.model is not None:
            yield from listed(layer.model, depth + 1)


def _object(layer: Layer, depth: int, known: Meanings) -> dict[str, Any]:
    shapes = [to_json(call.outputs) for call in layer.calls]
    return {
        "name": layer.name,
        "path": layer.full_name,
        "depth": depth,
        "class_name": layer.node.written_class or "unknown",
        "output_shape": shapes[0] if len(shapes) == 1 else shapes or "unknown",
        "call_output_shapes": shapes,
        "output_witness": _output_witness(layer),
        "axes": _axes(layer, known),
        "params": _count(layer.params),
        "trainable": _count(layer.trainable_params),
        "non_trainable": _count(layer.non_trainable_params),
        "weights": "unknown"
        if isinstance(layer.weights, Unknown)
        else [
            {
                "name": weight.name,
                "shape": to_json(weight.shape),
                "dtype": weight.dtype,
                "trainable": "unknown" if isinstance(layer.trains(weight), Unknown) else layer.trains(weight),
                "witness": str(weight.witness),
            }
            for weight in layer.weights
        ],
        "connected_to": list(_connected_to(layer)),
        "costs": _costs(layer_costs(layer)),
        "unknown_because": next(unknown_reasons(layer), None),
    }


def unknown_reasons(layer: Layer) -> Iterator[str]:
    """The reasons why counts and shapes of a layer are unknown, equal ones repeated."""
    if isinstance(layer.params, Unknown):
        yield layer.params.reason
    for call in layer.calls:
        yield from (unknown.reason for unknown in unknowns(call.outputs))


def _total_lines(model: Model) -> Iterator[str]:
    for title, trainable in (("Total", None), ("Trainable", True), ("Non-trainable", False)):
        size = model_bytes(model, trainable)
        suffix = "" if isinstance(size, Unknown) else f" ({_bytes(size)})"
        yield f"{title} params: {_number(model_params(model, trainable))}{suffix}"
    if model.graph is not None:
        yield from _cost_lines(model_costs(model))


def _cost_lines(costs: Costs) -> Iterator[str]:
    """The costs of one example; for a timestep and for a sequence where a layer runs along time."""
    steps, kept = costs.multiply_adds_per_timestep, costs.activation_bytes_per_timestep
    if not any(isinstance(value, int) and value for value in (steps, kept)):
        yield f"Multiply-adds: {_number(costs.multiply_adds)}"
        yield f"Activations kept for training: {_size(costs.activation_bytes)}"
        return
    yield f"Multiply-adds: {_number(steps)} a timestep, {_of_sequence(costs.multiply_adds, _number)}"
    if costs.state_bytes != 0:
        yield f"Recurrent state: {_size(costs.state_bytes)}"
    yield f"Activations kept for training: {_size(kept)} a timestep, {_of_sequence(costs.activation_bytes, _size)}"


def _of_sequence(value: Count, written: Callable[[Count], str]) -> str:
    return f"{'open for' if value == OPEN_STEPS else written(value)} a sequence"


def _ends(model: Model) -> Iterator[str]:
    yield from values.lines(model)
    yield from _reasons(model)


def _reasons(model: Model) -> Iterator[str]:
    """The reasons of the question marks in the table, one line for each layer where the unknown begins."""
    if model.graph is None:
        yield "the file holds no architecture: all known values come from the stored tensors"
    yield from _told_by_others(model)
    told: set[str] = set()
    for layer in model.all_layers:
        for reason in unknown_reasons(layer):
            if reason not in told:
                told.add(reason)
                yield f"unknown from {layer.full_name or 'the input'} on, because {reason}"
    unknown = next((item for item in model_costs(model).unknowns() if item != OPEN_STEPS), None)
    if model.graph is not None and unknown is not None and unknown.reason not in told:
        yield f"costs are unknown, because {unknown.reason}"


def _told_by_others(model: Model) -> Iterator[str]:
    """The values that no config has, with their sources."""
    for layer in model.layers if model.graph is not None else ():
        if _output_witness(layer) is Witness.RECORDED:
            yield f"the output of {layer.name} is taken from a shape that the file records"
        if not isinstance(layer.weights, Unknown) and any(w.witness is Witness.STORED for w in layer.weights):
            yield f"the weights of {layer.name} are taken from the stored tensors"


def _output_witness(layer: Layer) -> Witness | None:
    """The source of the outputs: recorded if that of any call is; `None` where an output is unknown."""
    if not layer.calls or any(isinstance(call.outputs, Unknown) for call in layer.calls):
        return None
    return max((call.witness for call in layer.calls), key=list(Witness).index)


def _count(value: Count) -> int | str:
    return "unknown" if isinstance(value, Unknown) else value


def _costs(costs: Costs) -> dict[str, Any]:
    """Costs as plain JSON, with the reason of the first unknown one."""
    counts = {name: _count(getattr(costs, name)) for name in costs.__slots__}
    return {**counts, "unknown_because": next((value.reason for value in costs.unknowns()), None)}


def _number(value: Count) -> str:
    return "?" if isinstance(value, Unknown) else f"{value:,}"


def _size(value: Count) -> str:
    return "?" if isinstance(value, Unknown) else _bytes(value)


def _bytes(size: int) -> str:
    """A size as Keras prints it, in steps of 1024."""
    amount, unit = float(size), 0
    while amount >= 1024 and unit < len(UNITS) - 1:
        amount, unit = amount / 1024, unit + 1
    return f"{amount:.2f} {UNITS[unit]}"
