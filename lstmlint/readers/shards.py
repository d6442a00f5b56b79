"""Keras 3's index of sharded weights, `NAME.weights.json`: it names the HDF5 files beside it that hold the weights."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from lstmlint.ir.dataclass import dataclass, replace
from lstmlint.ir.document import (
    Allocation,
    Container,
    Document,
    Elsewhere,
    Evidence,
    NotAModelError,
    Pointer,
    StoredLayer,
    StoredTensor,
    UnreadableError,
    WeightNaming,
)
from lstmlint.readers.hdf5 import recognises as is_hdf5
from lstmlint.readers.hdf5 import tree_of
from lstmlint.readers.hdf5_weights import natural, natural_path, stored_layers
from lstmlint.readers.json_text import SHARDS, is_of_kind
from lstmlint.readers.pairing import SHARD_SUFFIX
from lstmlint.readers.reader import Reader
from lstmlint.readers.serialized import repeated_keys, require_size, value_in
from lstmlint.readers.source import Source, opened

WEIGHT_MAP = "weight_map"
SEPARATORS = ("/", "\\", "\0", ":")

MAX_SHARDS = 1000
MAX_ENTRIES = 200_000


def recognises(source: Source) -> bool:
    """Whether a file begins like the JSON of an index of weights."""
    return is_of_kind(source, SHARDS)


def read(source: Source) -> Document:
    """The document of all shards that an index names."""
    require_size(source.size)
    repeated: list[Pointer] = []
    outer, _, remarks = value_in(source.read(), repeated=repeated)
    names = shards_of(outer.get(WEIGHT_MAP) if isinstance(outer, dict) else None)
    if source.folder is None:
        raise UnreadableError("is an index of weights in other files; name the file itself, so that they can be found")
    shards = [shard_in(source.folder, name) for name in names]
    return Document(
        path=source.path,
        container=Container.SHARDS,
        config=None,
        stored=merged(layer for shard in shards for layer in shard.layers),
        stored_by=WeightNaming.CLASS_NAME,
        remarks=remarks,
        evidence=Evidence(
            elsewhere=tuple(fact for shard in shards for fact in shard.evidence.elsewhere),
            allocations=tuple(fact for shard in shards for fact in shard.evidence.allocations),
            repeated_keys=repeated_keys("", repeated),
        ),
    )


def shards_of(weight_map: Any) -> list[str]:
    """The names of the shards, each once.

    Raises:
        UnreadableError: one of them leads out of the folder, or there are too many.
        NotAModelError: the index is not one of Keras.
    """
    if not isinstance(weight_map, dict) or not 0 < len(weight_map) <= MAX_ENTRIES:
        raise NotAModelError("is an index of weights that Keras did not write")
    names: dict[str, None] = {}
    for value in weight_map.values():
        for name in value if isinstance(value, list) else [value]:
            if not isinstance(name, str) or not name.endswith(SHARD_SUFFIX):
                raise NotAModelError("is an index of weights that Keras did not write")
            names[name] = None
            if len(names) > MAX_SHARDS:
                raise UnreadableError(f"names more than {MAX_SHARDS} shards; check that this is the right file")
    if any(separator in name for name in names for separator in SEPARATORS):
        raise UnreadableError("names a shard in another folder, which Keras never does; save the weights again")
    return sorted(names)


@dataclass(frozen=True, slots=True)
class Shard:
    """Contents of a shard; all places begin with its name."""

    layers: tuple[StoredLayer, ...]
    evidence: Evidence


def shard_in(folder: str, name: str) -> Shard:
    """A shard of an index.

    Raises:
        UnreadableError: there is no such shard, or it is broken.
    """
    printable = name.encode("unicode_escape").decode("ascii")
    try:
        with opened(os.path.join(folder, name)) as source:
            if not is_hdf5(source):
                raise UnreadableError("is not HDF5; save or download it again")
            with tree_of(source.stream, 0, source.size) as tree:
                layers, _ = stored_layers(tree, tree.root) or ((), WeightNaming.CLASS_NAME)
                evidence = tree.evidence(tree.root, "")
    except UnreadableError as error:
        raise UnreadableError(f"has a shard {printable} that {error}") from None
    return Shard(
        tuple(replace(layer, tensors=tuple(within(tensor, printable) for tensor in layer.tensors)) for layer in layers),
        Evidence(
            elsewhere=tuple(within(fact, printable) for fact in evidence.elsewhere),
            allocations=tuple(within(fact, printable) for fact in evidence.allocations),
        ),
    )


def file_name(printable: str) -> str:
    """The name of a shard from its name as places have it."""
    return printable.encode("ascii").decode("unicode_escape")


Placed = TypeVar("Placed", StoredTensor, Elsewhere, Allocation)


def within(fact: Placed, shard: str) -> Placed:
    """A fact of a shard, with the shard's name put before its place."""
    return replace(fact, place=f"{shard}/{fact.place}")


def merged(layers: Iterator[StoredLayer]) -> tuple[StoredLayer, ...]:
    """The layers of all shards; a layer in several of them becomes one."""
    tensors: dict[str, dict[str, StoredTensor]] = {}
    for layer in layers:
        tensors.setdefault(layer.name, {}).update({tensor.name: tensor for tensor in layer.tensors})
    return tuple(
        StoredLayer(name, in_order(own)) for name, own in sorted(tensors.items(), key=lambda item: by_name(item[0]))
    )


def in_order(tensors: Mapping[str, StoredTensor]) -> tuple[StoredTensor, ...]:
    """Tensors in the order in which Keras numbered them."""
    return tuple(
        tensors[name] for name in sorted(tensors, key=lambda name: natural_path(tuple(name.encode().split(b"/"))))
    )


def by_name(name: str) -> list[tuple[int, bytes]]:
    """A key that sorts layers as a single file of weights does."""
    return natural(name.encode())


reader = Reader("JSON of sharded weights", recognises, read, Container.SHARDS, key=WEIGHT_MAP)
