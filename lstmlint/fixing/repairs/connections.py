"""Connections of layers in the form of Keras 3: an initial state is a named argument, not a second input."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from lstmlint.dialects.inbound import MIXED_INPUTS, layer_calls, tensor_references
from lstmlint.fixing.repairs.repair import Applicability, Applied, Draft, Edit, Left, Phase, Repair
from lstmlint.fixing.repairs.tensors import Shapes, constants, is_list_form, keras_tensor
from lstmlint.ir.document import Pointer
from lstmlint.ir.graph import Graph, LayerCall, Node, TensorRef, references
from lstmlint.ir.model import Model

NAME = "connections"

#: Class names of a functional model, today and before Keras 2.4.
MODEL_CLASSES = frozenset({"Model", "Functional"})

#: Arguments that Keras 3 determines or passes on by itself.
IMPLICIT = frozenset({"mask", "training"})


def apply(draft: Draft) -> Applied:
    notes: list[Edit | Left] = []
    objects: list[tuple[Pointer, Model | None]] = [((), draft.model)]
    objects += [(layer.pointer, layer.original.model if layer.original else None) for layer in draft.layers()]
    # Innermost first, because an outer model would put back the old inner model.
    for pointer, model in sorted(objects, key=lambda one: len(one[0]), reverse=True):
        raw = draft.at(pointer)
        config = raw.get("config")
        if model is None or model.graph is None or model.graph.is_sequential or not is_functional(config):
            continue
        if not any(is_list_form(item) for item in config["layers"]):
            continue
        written, left = connected(raw, model, model.graph, pointer)
        draft = draft.put(pointer, written)
        notes.append(Edit(NAME, model.graph.name, "its connections are written in today's form", pointer))
        notes.extend(left)
    return draft, tuple(notes)


def is_functional(config: Any) -> bool:
    """Whether a config is that of a functional model."""
    return isinstance(config, Mapping) and "input_layers" in config and isinstance(config.get("layers"), list)


def connected(
    raw: Mapping[str, Any], model: Model, graph: Graph, pointer: Pointer
) -> tuple[Mapping[str, Any], list[Left]]:
    """A functional model with the calls of its layers in today's form, and the calls that could not be written."""
    config = raw["config"]
    left: list[Left] = []
    layers = []
    shapes = Shapes(model)
    shifted = shifts(config, graph)
    for index, (item, node) in enumerate(zip(config["layers"], graph.nodes, strict=True)):
        calls = [call(item, node, number, shapes, shifted) for number in range(len(node.calls))]
        if constants(item.get("inbound_nodes")):
            where = (*pointer, "config", "layers", index)
            left.append(Left(NAME, node.name, "it is called with a constant; write the call as a layer", where))
        inbound = [written for written in calls if written is not None]
        layers.append({**item, "name": node.name, "inbound_nodes": inbound})
    written = {
        **config,
        "layers": layers,
        "input_layers": outside(graph.inputs, graph),
        "output_layers": outside(graph.outputs, graph),
    }
    name = "Functional" if raw.get("class_name") in MODEL_CLASSES else raw.get("class_name")
    return {**raw, "class_name": name, "config": written}, left


def call(
    item: Mapping[str, Any], node: Node, number: int, shapes: Shapes, shifted: Mapping[str, int]
) -> Mapping[str, Any] | None:
    """One call of a layer; `None` where it has no inputs."""
    made = node.calls[number]
    if made.inputs == [] and not made.arguments:
        return None
    names = shapes.names
    unwritten = IMPLICIT | {MIXED_INPUTS}
    named = {name: in_form(value, shapes) for name, value in made.arguments.items() if name not in unwritten}
    raw = keywords(item["inbound_nodes"][number])
    plain = {name: unlisted(value, names, shifted, shapes) for name, value in raw.items() if name not in IMPLICIT}
    masks = {"mask": unlisted(raw["mask"], names, shifted, shapes)} if has_reference(raw.get("mask"), names) else {}
    return {"args": [in_form(made.inputs, shapes)], "kwargs": {**named, **plain, **masks}}


def keywords(entry: Any) -> Mapping[str, Any]:
    """The named arguments of a call in list form."""
    if isinstance(entry, list):
        if len(entry) > 3 and isinstance(entry[0], str) and isinstance(entry[3], Mapping):
            return entry[3]
        return next((arguments for arguments in map(keywords, entry) if arguments), {})
    if isinstance(entry, Mapping):
        return next((arguments for arguments in map(keywords, entry.values()) if arguments), {})
    return {}


def in_form(value: Any, shapes: Shapes) -> Any:
    """A structure with references as today's tensors; other values stay."""
    if isinstance(value, TensorRef):
        return keras_tensor(value, shapes)
    if isinstance(value, list):
        return [in_form(item, shapes) for item in value]
    if isinstance(value, Mapping):
        return {key: in_form(item, shapes) for key, item in value.items()}
    return value


def unlisted(value: Any, names: Collection[str], shifted: Mapping[str, int], shapes: Shapes) -> Any:
    """An argument in list form, in which references are lists, in today's form."""
    if is_reference(value, names):
        return keras_tensor(TensorRef(value[0], value[1] - shifted.get(value[0], 0), value[2]), shapes)
    if isinstance(value, list):
        return [unlisted(item, names, shifted, shapes) for item in value]
    if isinstance(value, Mapping):
        return {key: unlisted(item, names, shifted, shapes) for key, item in value.items()}
    return value


def is_reference(value: Any, names: Collection[str]) -> bool:
    """Whether a value in list form refers to a layer of these names."""
    return (
        isinstance(value, list)
        and len(value) >= 3
        and isinstance(value[0], str)
        and value[0] in names
        and all(isinstance(number, int) for number in value[1:3])
    )


def has_reference(value: Any, names: Collection[str]) -> bool:
    """Whether an argument is, or holds, a tensor."""
    return is_reference(value, names) or (isinstance(value, list) and any(has_reference(v, names) for v in value))


def shifts(config: Mapping[str, Any], graph: Graph) -> Mapping[str, int]:
    """The nested models whose construction counts as call 0 in the file, so that their first call is call 1."""
    names = {node.name for node in graph.nodes}
    pairs: list[tuple[TensorRef, TensorRef]] = []
    for item, node in zip(config["layers"], graph.nodes, strict=True):
        written = layer_calls(item.get("inbound_nodes"), node.class_name, node.config, names).calls
        pairs += zip(_references(written), _references(node.calls), strict=False)
    outputs = references(tensor_references(config.get("output_layers", [])))
    pairs += zip(outputs, references(graph.outputs), strict=False)
    return {before.layer: before.call - after.call for before, after in pairs if before.call != after.call}


def _references(calls: tuple[LayerCall, ...]) -> Iterator[TensorRef]:
    for made in calls:
        yield from made.references()


def outside(structure: Any, graph: Graph) -> Any:
    """The inputs or outputs of a model, in which the calls of a nested functional model count from 1."""
    if isinstance(structure, TensorRef):
        node = next((node for node in graph.nodes if node.name == structure.layer), None)
        first = 1 if node is not None and node.graph is not None and not node.graph.is_sequential else 0
        return [structure.layer, structure.call + first, structure.index]
    if isinstance(structure, Mapping):
        return {key: outside(item, graph) for key, item in structure.items()}
    return [outside(item, graph) for item in structure] if isinstance(structure, list) else structure


REPAIR = Repair(
    NAME, "writes connections in today's form, an initial state as a named argument", Phase.STRUCTURE,
    Applicability.SAFE, ("k3-initial-state-legacy", "k3-legacy-json"), apply,
)  # fmt: skip
