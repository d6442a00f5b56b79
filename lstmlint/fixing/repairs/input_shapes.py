"""The shape of a model's input, which only an input layer states today."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lstmlint.fixing.repairs.repair import Applicability, Applied, Draft, DraftLayer, Edit, Left, Phase, Repair
from lstmlint.ir.document import Pointer

NAME = "input-shape"

SHAPE_KEYS = ("batch_input_shape", "batch_shape")

#: The fields of today's input layer.
INPUT_KEYS = frozenset({"name", "batch_shape", "dtype", "sparse", "ragged", "optional"})


def apply(draft: Draft) -> Applied:
    notes: list[Edit | Left] = []
    for layer in sorted(draft.layers(), key=lambda layer: len(layer.pointer), reverse=True):
        raw = draft.at(layer.pointer)
        if raw.get("class_name") == "InputLayer":
            for value, note in input_layer(layer, raw):
                draft = draft.put(layer.pointer, value)
                notes.append(note)
    models: list[tuple[Pointer, str]] = [((), draft.model.name)]
    models += [(layer.pointer, layer.name) for layer in draft.layers()]
    for pointer, name in sorted(models, key=lambda model: len(model[0]), reverse=True):
        raw = draft.at(pointer)
        if raw.get("class_name") == "Sequential" and isinstance(raw.get("config"), Mapping):
            shape_of = first_shape(raw["config"])
            if shape_of is not None:
                draft = draft.put(pointer, with_input(raw, shape_of))
                message = "the shape of its input moves to an input layer"
                notes.append(Edit(NAME, name or "model", message, pointer, None, shape_of))
    for layer in draft.layers():
        config = draft.at(layer.pointer).get("config")
        if layer.class_name != "InputLayer" and isinstance(config, Mapping) and set(SHAPE_KEYS[:1]) & set(config):
            kept = {key: value for key, value in config.items() if key not in SHAPE_KEYS}
            draft = draft.put((*layer.pointer, "config"), kept)
            message = "batch_input_shape is dropped; its input states the shape"
            notes.append(Edit(NAME, layer.name, message, (*layer.pointer, "config"), config["batch_input_shape"]))
    return draft, tuple(notes)


def input_layer(layer: DraftLayer, raw: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Edit]]:
    """An input layer with today's fields."""
    config = raw.get("config")
    if not isinstance(config, Mapping):
        return
    shape = next((config[key] for key in SHAPE_KEYS if config.get(key) is not None), None)
    written = {key: value for key, value in config.items() if key in INPUT_KEYS and key not in SHAPE_KEYS}
    if not written.get("ragged"):
        written.pop("ragged", None)
    written = {"name": layer.path[-1], **({} if shape is None else {"batch_shape": shape}), **written}
    if written.get("sparse") is None:
        written.pop("sparse", None)
    if written != {key: value for key, value in config.items() if key != "ragged" or value}:
        note = Edit(NAME, layer.name, "states its shape as batch_shape", (*layer.pointer, "config"), config, written)
        yield {**raw, "config": written}, note


def first_shape(config: Mapping[str, Any]) -> list[Any] | None:
    """The input shape of a Sequential, from the config of its first layer, or else of the model."""
    class_name, inner = _first_layer(config)
    if inner is None or class_name == "InputLayer":
        return None
    recorded = (look(inner) for look in (_recorded, *WITHIN.get(class_name, ())))
    return next((shape for shape in recorded if shape is not None), _built(config))


def _first_layer(config: Mapping[str, Any]) -> tuple[str, Mapping[str, Any] | None]:
    """The class and the config of the first layer of a model; `None` where the file has no such config."""
    layers = config.get("layers")
    first = layers[0] if isinstance(layers, list) and layers else None
    inner = first.get("config") if isinstance(first, Mapping) else None
    class_name = str(first.get("class_name")) if isinstance(first, Mapping) else ""
    return class_name, inner if isinstance(inner, Mapping) else None


def _recorded(config: Mapping[str, Any]) -> list[Any] | None:
    return next((config[key] for key in SHAPE_KEYS if isinstance(config.get(key), list)), None)


def _of_model(config: Mapping[str, Any]) -> list[Any] | None:
    """The input shape of a nested Sequential."""
    _, inner = _first_layer(config)
    return first_shape(config) or (None if inner is None else inner.get("batch_shape"))


def _of_wrapped(config: Mapping[str, Any]) -> list[Any] | None:
    """The shape that a recurrent layer inside a wrapper records, which the wrapper takes as its own."""
    wrapped = config.get("layer")
    inner = wrapped.get("config") if isinstance(wrapped, Mapping) else None
    return _recorded(inner) if isinstance(inner, Mapping) else None


def _built(config: Mapping[str, Any]) -> list[Any] | None:
    """The shape with which a model was built."""
    shape = config.get("build_input_shape")
    is_shape = isinstance(shape, list) and all(dim is None or isinstance(dim, int) for dim in shape)
    return shape if is_shape else None


#: Further keys under which layers with inner layers record the shape of their input.
WITHIN = {"Sequential": (_of_model,), "Bidirectional": (_of_wrapped,)}


def with_input(raw: Mapping[str, Any], shape: list[Any]) -> Mapping[str, Any]:
    """A Sequential that begins with an input layer of a shape."""
    config = raw["config"]
    first = config["layers"][0]
    inner = first.get("config") or {}
    taken = {(layer.get("config") or {}).get("name") for layer in config["layers"] if isinstance(layer, Mapping)}
    name = f"{inner.get('name') or 'model'}_input"
    while name in taken:
        name += "_"
    is_number = first.get("class_name") == "Embedding"
    given = inner.get("dtype")
    dtype = given if isinstance(given, str) and not is_number and not given.startswith("mixed_") else "float32"
    added = {"class_name": "InputLayer", "config": {"batch_shape": shape, "dtype": dtype, "name": name}}
    kept = {key: value for key, value in config.items() if key != "build_input_shape"}
    return {**raw, "config": {**kept, "layers": [added, *config["layers"]]}}


REPAIR = Repair(
    NAME, "states the shape of a model's input in an input layer", Phase.FIELDS, Applicability.SAFE,
    ("k3-config-field-refused", "k3-legacy-json"), apply,
)  # fmt: skip
