"""The classes and fields of Keras 1 under today's names, with the defaults of Keras 1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lstmlint.fixing.repairs import today
from lstmlint.fixing.repairs.repair import Applicability, Draft, DraftLayer, Edit, Left, Phase, Repair, per_layer

NAME = "keras1-names"

#: Fields that exist today under the same name, although the schemas do not list them.
ALWAYS = frozenset({"name", "trainable", "batch_input_shape", "batch_shape"})

#: Today's class and fields of a regularizer or constraint, by the name that Keras 1 wrote into its config.
OBJECTS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "WeightRegularizer": ("L1L2", {"l1": "l1", "l2": "l2"}),
    "ActivityRegularizer": ("L1L2", {"l1": "l1", "l2": "l2"}),
    "L1L2Regularizer": ("L1L2", {"l1": "l1", "l2": "l2"}),
    "MaxNorm": ("MaxNorm", {"m": "max_value", "axis": "axis"}),
    "NonNeg": ("NonNeg", {}),
    "UnitNorm": ("UnitNorm", {"axis": "axis"}),
}

#: Classes without a counterpart in today's Keras.
UNREPAIRED = frozenset({"Highway", "MaxoutDense", "ParametricSoftplus", "SReLU"})

#: Fields that a class got later; without them it behaves as in Keras 1.
ONLY_LATER = frozenset({"dtype", "autocast"})


def change(layer: DraftLayer, draft: Draft) -> Iterator[tuple[Any, Edit] | Left]:
    graph, original = draft.model.graph, layer.original
    if graph is None or original is None or not graph.semantics.separate_gate_weights or original.model is not None:
        return
    node = original.node
    if node.is_custom or layer.class_name == "InputLayer" or layer.class_name != node.written_class:
        return
    if layer.class_name == "TimeDistributedDense":
        yield time_distributed(layer, node.config)
        return
    if layer.class_name in UNREPAIRED:
        message = f"today's Keras has no {layer.class_name}; supply it as a custom layer"
        yield Left(NAME, layer.name, message, layer.pointer)
        return
    if node.class_name == "Merge":
        mode = layer.config.get("mode")
        yield Left(NAME, layer.name, f"a Merge with mode {mode!r} has no layer of its own today", layer.pointer)
        return
    config = translated(node.class_name, {**node.config, "name": layer.config.get("name")}, layer.config)
    if node.class_name == layer.class_name and config == layer.config:
        return
    message = f"{layer.class_name} has today's names and the defaults of Keras 1"
    raw = {**layer.raw, "class_name": node.class_name, "config": config}
    yield raw, Edit(NAME, layer.name, message, (*layer.pointer, "config"), layer.config, config)


def translated(class_name: str, config: Mapping[str, Any], written: Mapping[str, Any]) -> dict[str, Any]:
    """A config in today's vocabulary, with only the fields that today's class takes; inner layers stay."""
    taken = (today.keys(class_name) or frozenset(config)) | ALWAYS
    kept = {key: as_object(value) for key, value in config.items() if key in taken and key not in ONLY_LATER}
    if class_name == "Embedding":
        kept.pop("input_length", None)
    else:
        kept.pop("input_dim", None)
    if class_name == "Dot":
        kept["normalize"] = written.get("mode") == "cos"
    return {**kept, **{key: written[key] for key in today.CONTENT if key in written}}


def as_object(value: Any) -> Any:
    """A regularizer or constraint as an object with class and config."""
    name = value.get("name") if isinstance(value, Mapping) and "class_name" not in value else None
    if not isinstance(name, str) or name not in OBJECTS:
        return value
    class_name, fields = OBJECTS[name]
    return {"class_name": class_name, "config": {fields[key]: given for key, given in value.items() if key in fields}}


def time_distributed(layer: DraftLayer, config: Mapping[str, Any]) -> tuple[Any, Edit]:
    """`TimeDistributedDense` as a Dense in a TimeDistributed."""
    name = layer.config.get("name")
    dense = translated("Dense", {**config, "name": f"{name}_dense"}, layer.config)
    shape = {key: dense.pop(key) for key in ("batch_input_shape",) if key in dense}
    inner = {"class_name": "Dense", "config": dense}
    around = {"name": name, "trainable": True, "layer": inner, **shape}
    raw = {**layer.raw, "class_name": "TimeDistributed", "config": around}
    message = "TimeDistributedDense becomes TimeDistributed(Dense)"
    return raw, Edit(NAME, layer.name, message, layer.pointer, layer.raw, raw)


REPAIR = Repair(
    NAME, "writes the classes and fields of Keras 1 under today's names", Phase.NAMES, Applicability.SAFE,
    ("keras1-config",), per_layer(change),
)  # fmt: skip
