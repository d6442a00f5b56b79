"""TensorFlow.js layers models: the `model.json` with a Keras model as its topology and the shapes of its weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lstmlint.ir.document import (
    Container,
    Document,
    Evidence,
    NamedFile,
    NotAModelError,
    Pointer,
    StoredLayer,
    StoredTensor,
    UnreadableError,
)
from lstmlint.readers.json_text import TFJS, is_of_kind
from lstmlint.readers.plain import MAX_DEPTH, pythonic
from lstmlint.readers.reader import Reader
from lstmlint.readers.serialized import Serialized, is_model, repeated_keys, require_size, value_in
from lstmlint.readers.source import Source
from lstmlint.readers.tfjs_files import remarks_on_files

TOPOLOGY = "modelTopology"
MODEL = "model_config"
MANIFEST = "weightsManifest"
GRAPH_KEYS = frozenset({"node", "library"})
DIRECTIONS = ("", "forward_", "backward_")
"""Prefixes that `Bidirectional` puts before the name of its inner layer."""

MAX_TENSORS = 100_000
MAX_RANK = 16
MAX_SIZE = 1 << 62


def recognises(source: Source) -> bool:
    """Whether a file begins like the JSON of TensorFlow.js."""
    return is_of_kind(source, TFJS)


def read(source: Source) -> Document:
    """The document in a TensorFlow.js file."""
    require_size(source.size)
    repeated: list[Pointer] = []
    outer, text, remarks = value_in(source.read(), repeated=repeated)
    topology = outer.get(TOPOLOGY) if isinstance(outer, dict) else None
    if not isinstance(topology, dict):
        raise NotAModelError("is JSON of TensorFlow.js without a model")
    if not topology.keys().isdisjoint(GRAPH_KEYS) and not is_model(pythonic(topology)):
        raise NotAModelError("is a TensorFlow.js graph model, which holds operations and no Keras layers")
    topology = pythonic(with_pythonic_keys(topology))
    nested = isinstance(topology.get(MODEL), dict)
    config = topology[MODEL] if nested else topology
    if not is_model(config):
        raise UnreadableError(f"has a {TOPOLOGY} that is not a Keras model; convert the model again")
    model = Serialized(config, topology)
    return Document(
        path=source.path,
        container=Container.TFJS,
        config=config,
        config_place=f"{TOPOLOGY}/{MODEL}" if nested else TOPOLOGY,
        keras_version=model.version(),
        backend=model.backend(),
        training_config=model.training_config(),
        stored=stored_layers(outer[MANIFEST], config) if outer.get(MANIFEST) is not None else None,
        remarks=(*remarks, *remarks_on_files(outer.get(MANIFEST), source.path, source.folder)),
        text=text,
        evidence=Evidence(
            repeated_keys=repeated_keys("", repeated), named_files=tuple(named_files(outer.get(MANIFEST)))
        ),
    )


def with_pythonic_keys(topology: Mapping[str, Any]) -> dict[str, Any]:
    """The topology with the keys around the model as the converter spells them."""
    spelled = {"modelConfig": MODEL, "kerasVersion": "keras_version", "trainingConfig": "training_config"}
    return {spelled.get(key, key): value for key, value in topology.items()}


def stored_layers(manifest: Any, config: Mapping[str, Any]) -> tuple[StoredLayer, ...]:
    """The layers of a weights manifest, in its order.

    TensorFlow names weights after the innermost layer, whose name need not be unique. A layer is left out as a whole
    where these names leave unclear which weights it stores.

    Raises:
        UnreadableError: the manifest does not describe tensors.
    """
    owners, unclear = owners_of(config)
    layers: dict[str, list[StoredTensor]] = {}
    for number, tensor in enumerate(tensors_of(manifest)):
        if number >= MAX_TENSORS:
            raise broken_manifest()
        scope = _scope(tensor.place, name_of(config), owners)
        if scope not in owners:  # a weight of any layer that has others inside
            unclear |= {owner for name, owner in owners.items() if name != owner}
        layers.setdefault(owners.get(scope, scope), []).append(tensor)
    return tuple(StoredLayer(name, tuple(tensors)) for name, tensors in layers.items() if name not in unclear)


def named_files(manifest: Any) -> Iterator[NamedFile]:
    """The files that a manifest names for the weights; empty where it is not built like a manifest."""
    for number, group in enumerate(manifest if isinstance(manifest, list) else ()):
        paths = group.get("paths") if isinstance(group, dict) else None
        for index, path in enumerate(paths if isinstance(paths, list) else ()):
            if isinstance(path, str):
                yield NamedFile(f"{MANIFEST}/{number}/paths/{index}", path)


def _scope(place: str, model: str, owners: Mapping[str, str]) -> str:
    """The layer after which a tensor is named; Keras 3 puts the name of a Sequential before it."""
    first, _, rest = place.partition("/")
    return rest.partition("/")[0] if first == model and first not in owners else first


def tensors_of(manifest: Any) -> Iterator[StoredTensor]:
    """The tensors that a manifest lists; the same tensor in several groups is listed once.

    Raises:
        UnreadableError: the manifest does not describe tensors.
    """
    if not isinstance(manifest, list):
        raise broken_manifest()
    seen = set()
    for group in manifest:
        entries = group.get("weights") if isinstance(group, dict) else None
        if not isinstance(entries, list):
            raise broken_manifest()
        for entry in entries:
            tensor = tensor_of(entry)
            if tensor.place not in seen:
                seen.add(tensor.place)
                yield tensor


def tensor_of(entry: Any) -> StoredTensor:
    """A tensor as a manifest describes it.

    Raises:
        UnreadableError: the entry does not describe a tensor.
    """
    name, shape, dtype = (
        (entry.get(key) for key in ("name", "shape", "dtype")) if isinstance(entry, dict) else [None] * 3
    )
    if not isinstance(name, str) or not isinstance(dtype, str) or not isinstance(shape, list) or len(shape) > MAX_RANK:
        raise broken_manifest()
    if not all(type(size) is int and 0 <= size < MAX_SIZE for size in shape):
        raise broken_manifest()
    return StoredTensor(name.rpartition("/")[2], name, tuple(shape), dtype)


def owners_of(config: Mapping[str, Any]) -> tuple[dict[str, str], set[str]]:
    """For each name of a layer, the outermost layer that owns its weights; and the outermost layers in doubt."""
    outer = layers_of(config)
    owners = {name: name for layer in outer if (name := name_of(layer))}
    unclear: set[str] = set()
    for layer in outer:
        owner = name_of(layer)
        for inner in names_inside(layer):
            for name in (direction + inner for direction in DIRECTIONS):
                if owners.setdefault(name, owner) != owner:
                    unclear |= {owner, owners[name]}
    return owners, unclear


def names_inside(layer: Any, depth: int = 0) -> Iterator[str]:
    """The names of all layers inside a layer."""
    config = layer.get("config") if isinstance(layer, dict) else None
    wrapped = [config["layer"]] if isinstance(config, dict) and "layer" in config else []
    for inner in (*layers_of(layer), *wrapped) if depth < MAX_DEPTH else ():
        name = name_of(inner)
        if name:
            yield name
        yield from names_inside(inner, depth + 1)


def layers_of(model: Any) -> list[Any]:
    """The serialized layers of a serialized model."""
    config = model.get("config") if isinstance(model, dict) else None
    layers = config.get("layers") if isinstance(config, dict) else config
    return layers if isinstance(layers, list) else []


def name_of(layer: Any) -> str:
    """The name of a serialized layer, empty if it has none."""
    config = layer.get("config") if isinstance(layer, dict) else None
    named = (source.get("name") for source in (config, layer) if isinstance(source, dict))
    return next((name for name in named if isinstance(name, str)), "")


def broken_manifest() -> UnreadableError:
    """The error for a manifest that does not describe tensors."""
    return UnreadableError(f"has a {MANIFEST} that does not describe tensors; convert the model again")


reader = Reader("JSON of TensorFlow.js", recognises, read, Container.TFJS, key=TOPOLOGY)
