"""HDF5 files: whole models, weights alone, and models inside other people's files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, BinaryIO, cast

from lstmlint.ir.dataclass import dataclass, replace
from lstmlint.ir.document import (
    NO_EVIDENCE,
    Container,
    Document,
    Evidence,
    NotAModelError,
    Pointer,
    StoredLayer,
    StoredTensor,
    UnreadableError,
    WeightNaming,
)
from lstmlint.readers.hdf5_guard import SUPERBLOCK_BYTES, Guarded, has_usual_lengths, whole_size
from lstmlint.readers.hdf5_slots import slots
from lstmlint.readers.hdf5_tree import Group, Tree, attribute, has_attribute, has_names, is_array, joined, shown
from lstmlint.readers.hdf5_weights import LAYER_NAMES, LAYOUTS, Stored, stored_layers
from lstmlint.readers.memory import bounded
from lstmlint.readers.reader import Reader
from lstmlint.readers.serialized import NO_MODEL, Serialized, damage_in, mapping_in, model_in, repeated_keys
from lstmlint.readers.source import Source

SIGNATURE = b"\x89HDF\r\n\x1a\n"
FIRST_USER_BLOCK = 512
"""Size in bytes of the smallest user block; a signature is at the beginning, or behind this times a power of two."""

ZIP_START = b"PK\x03\x04"
SUFFIXES = frozenset({".h5", ".hdf5"})
ALSO_NAMED = frozenset({".hdf", ".he5"})
MODEL_CONFIG = b"model_config"
TRAINING_CONFIG = b"training_config"

#: Remarks on groups of weights that no attribute lists, and on a `training_config` that is no JSON object.
UNLISTED = "weights without a list"
UNREAD_TRAINING = "training_config is no JSON"
WEIGHTS_GROUP = b"model_weights"

IMAGE_BYTES = 4 * 1024 * 1024
"""HDF5 reads a file in memory up to twice as fast as a Python stream; larger files are read in pieces."""

READ_IN_PLACE = 0x2 | 0x4
"""`H5LT_FILE_IMAGE_DONT_COPY` and `_DONT_RELEASE`: HDF5 reads our bytes where they are, and does not free them."""

MAX_PLAUSIBLE_BYTES = 1 << 50
"""A header that claims a larger size is damaged itself."""

SEARCH_DEPTH = 3
SEARCH_GROUPS = 1000
"""Levels and number of groups in the search for a model, where the root of the file is none."""

HDF5_FAILURES = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    OSError,
    RecursionError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""Exceptions that h5py raised on damaged files; it has no class of its own for them."""


def recognises(source: Source) -> bool:
    """Whether a file has the signature of HDF5, at its beginning or behind a user block.

    A file that begins as an archive is HDF5 only if its name says so, as Keras decides: the weights in an archive may
    begin by chance where a user block would end.
    """
    is_archive = source.head.startswith(ZIP_START) and source.suffix not in SUFFIXES | ALSO_NAMED
    if is_archive:
        return source.head.startswith(SIGNATURE)
    return any(source.at(offset, len(SIGNATURE)) == SIGNATURE for offset in signature_offsets(source.size))


def signature_offsets(size: int) -> Iterator[int]:
    """The offsets in a file, of `size` bytes, at which HDF5 looks for its signature."""
    yield 0
    offset = FIRST_USER_BLOCK
    while offset < size:
        yield offset
        offset *= 2


NO_SLOTS: tuple[StoredTensor, ...] = ()


@dataclass(frozen=True, slots=True)
class Contents:
    """Contents of an HDF5 file, with JSON as bytes. `place` is the path of the group that holds them."""

    place: str
    model_config: bytes | None
    training_config: bytes | None
    keras_version: str | None
    backend: str | None
    stored: tuple[StoredLayer, ...] | None
    stored_by: WeightNaming
    evidence: Evidence
    slots: tuple[StoredTensor, ...]


def read(source: Source) -> Document:
    """The document in an HDF5 file."""
    with tree_of(source.stream, 0, source.size) as tree:
        content = contents(tree)
    model = NO_MODEL if content.model_config is None else parsed_model(content.model_config)
    repeated: list[Pointer] = []
    training_config = mapping_in(content.training_config or b"", repeated)
    cut = (UNREAD_TRAINING,) if content.training_config and training_config is None else ()
    config_place = joined(content.place, MODEL_CONFIG)
    training_place = joined(content.place, TRAINING_CONFIG)
    keys = (*repeated_keys(config_place, model.repeated), *repeated_keys(training_place, repeated))
    return Document(
        path=source.path,
        container=Container.H5,
        config=model.config,
        config_place=config_place if model.config is not None else "",
        keras_version=content.keras_version or model.version(),
        backend=content.backend or model.backend(),
        training_config=model.training_config() if training_config is None else training_config,
        stored=content.stored,
        stored_by=content.stored_by,
        remarks=(*model.remarks, *cut, *tree.remarks),
        lacking=frozenset(tree.lacking),
        training_damage=damage_in(content.training_config or b"") if cut else "",
        evidence=replace(content.evidence, repeated_keys=keys),
        slots=content.slots,
    )


@contextmanager
def tree_of(stream: BinaryIO, start: int, size: int) -> Iterator[Tree]:
    """The tree of an HDF5 file that is a part of a stream: `size` bytes from `start` on.

    Raises:
        UnreadableError: the file is truncated or damaged, which shows when it is opened or while it is read.
    """
    guarded = guarded_of(stream, start, size)
    if not all(map(has_usual_lengths, superblocks(guarded, size))):
        raise UnreadableError("is HDF5 of an unusual kind that Keras does not write; save the model again")
    try:
        with bounded(), opened(guarded, size) as file:
            yield Tree(file["/"].id)
    except HDF5_FAILURES:
        raise getattr(stream, "failure", None) or damaged(guarded, size) from None


def guarded_of(stream: BinaryIO, start: int, size: int) -> Guarded:
    """The guard of a part of a stream; of one that lies elsewhere, the metadata is fetched first."""
    if not hasattr(stream, "ahead"):
        return Guarded(stream, start, size, IMAGE_BYTES)
    from lstmlint.remote.hdf5 import fetch_ahead
    from lstmlint.remote.stream import RemoteStream

    elsewhere = cast(RemoteStream, stream)
    fetch_ahead(elsewhere, start, size)
    if elsewhere.has(start, start + size):
        return Guarded(stream, start, size, IMAGE_BYTES)
    # Neither whole nor in blocks: each byte too many may be one that is not here.
    return Guarded(stream, start, size, image_bytes=0, block_bytes=0)


@contextmanager
def opened(guarded: Guarded, size: int) -> Iterator[Any]:
    """An `h5py.File` of guarded bytes."""
    import h5py

    if size <= guarded.image_bytes:
        image = guarded.checked(0, size)  # this frame keeps it until the file is closed, because HDF5 reads in it
        with h5py.File(h5py.h5f.open_file_image(image, READ_IN_PLACE)) as file:
            yield file
        return
    # Values are never read, so a chunk cache would keep nothing.
    with h5py.File(guarded, "r", rdcc_nbytes=0, rdcc_nslots=0) as file:
        yield file


def superblocks(guarded: Guarded, size: int) -> Iterator[bytes]:
    """Candidates for the superblock of a file; HDF5 takes the first that it understands."""
    for offset in signature_offsets(size):
        beginning = guarded.peek(offset, SUPERBLOCK_BYTES)
        if beginning.startswith(SIGNATURE) and len(beginning) == SUPERBLOCK_BYTES:
            yield beginning


def damaged(guarded: Guarded, size: int) -> UnreadableError:
    """The error for HDF5 that h5py cannot read, with the sizes if it is truncated."""
    whole = max(map(whole_size, superblocks(guarded, size)), default=0)
    detail = f" (it has {size} of {whole} bytes)" if size < whole < MAX_PLAUSIBLE_BYTES else ""
    return UnreadableError(f"is truncated or damaged HDF5{detail}; save or download it again")


def contents(tree: Tree) -> Contents:
    """Contents of the group that holds a model or weights."""
    group, place = model_group(tree)
    if place:
        tree.remarks["model inside a group"] = None
    apart = tree.group(group, WEIGHTS_GROUP)
    weights, weights_place = (group, place) if apart is None else (apart, joined(place, WEIGHTS_GROUP))
    has_config = has_attribute(group, MODEL_CONFIG)
    if has_config and apart is None:
        tree.lacking[joined(place, WEIGHTS_GROUP)] = None
    if has_config and not has_names(weights, LAYER_NAMES):
        tree.lacking[joined(weights_place, LAYER_NAMES.encode())] = None
    stored, naming = _stored(tree, weights, weights_place, has_config) or (None, WeightNaming.LAYER_NAME)
    if stored is None and apart is not None and tree.children(apart):
        tree.remarks[UNLISTED] = None
    model_config = text(group, MODEL_CONFIG)
    is_judged = model_config is not None or stored is not None or tree.has_links or is_of_keras(tree, group)
    return Contents(
        place=place,
        model_config=model_config,
        training_config=text(group, TRAINING_CONFIG),
        keras_version=word(group, b"keras_version") or word(weights, b"keras_version"),
        backend=word(group, b"backend") or word(weights, b"backend"),
        stored=stored,
        stored_by=naming,
        slots=tree.unless_too_deep(lambda: slots(tree, group, place), NO_SLOTS),
        evidence=tree.evidence(group, place) if is_judged else NO_EVIDENCE,
    )


def _stored(tree: Tree, weights: Group, place: str, has_config: bool) -> Stored | None:
    """The stored layers; `None` where groups are nested too deeply and the file has a model config besides.

    Raises:
        TooDeepError: groups are nested too deeply, and the file has no model config.
    """
    if not has_config:
        return stored_layers(tree, weights, place)
    return tree.unless_too_deep(lambda: stored_layers(tree, weights, place), None)


def model_group(tree: Tree) -> tuple[Group, str]:
    """The group that holds the model, and its path. It is the root, unless only a group below looks like a model."""
    if not is_of_keras(tree, tree.root):
        for group, place in islice(groups_below(tree, tree.root, ""), SEARCH_GROUPS):
            if has_names(group, LAYER_NAMES) or has_attribute(group, MODEL_CONFIG):
                return group, place
    return tree.root, ""


def is_of_keras(tree: Tree, group: Group) -> bool:
    """Whether a group itself holds a model or weights, whichever Keras wrote it."""
    return (
        has_attribute(group, MODEL_CONFIG)
        or tree.group(group, WEIGHTS_GROUP) is not None
        or any(is_layout(tree, group) for is_layout, _, _ in LAYOUTS)
    )


def groups_below(tree: Tree, group: Group, place: str, depth: int = 1) -> Iterator[tuple[Group, str]]:
    """The groups below a group with their paths; each group comes before its members."""
    for name in islice(tree.children(group), SEARCH_GROUPS):
        subgroup = tree.group(group, name)
        if subgroup is not None:
            inner = joined(place, name)
            yield subgroup, inner
            if depth < SEARCH_DEPTH:
                yield from groups_below(tree, subgroup, inner, depth + 1)


def parsed_model(config: bytes) -> Serialized:
    """The model in a `model_config`.

    Raises:
        UnreadableError: it is not a model.
    """
    try:
        return model_in(config, "has a model_config that ")
    except NotAModelError as error:
        raise UnreadableError(f"{error}; save the model again") from None


def text(owner: Group, name: bytes) -> bytes | None:
    """The one text in an attribute, or `None` if there is no such attribute.

    Raises:
        UnreadableError: the attribute holds no text, several texts, or an array, which no Keras reads.
    """
    texts = attribute(owner, name)
    if texts is None:
        return None
    if len(texts) != 1 or is_array(owner, name):
        raise UnreadableError(f"has a {shown(name)} that is not one text; save the model again")
    return texts[0]


def word(owner: Group, name: bytes) -> str | None:
    """A short text beside the model, such as the version of Keras; `None` where it cannot be read."""
    try:
        value = text(owner, name)
    except UnreadableError:
        return None
    return shown(value) if value else None


FOREIGN_SUFFIXES = frozenset(
    {".mat", ".nc", ".nc4", ".cdf", ".h5ad", ".loom", ".jld2", ".cool", ".mcool", ".fast5", ".pod5", ".nwb", ".slp"}
)
"""Suffixes of formats that use HDF5 and never hold a Keras model: MATLAB, netCDF, genomics, Julia."""


def is_candidate(source: Source) -> bool:
    """Whether an HDF5 file may hold a model, as far as its name tells."""
    return source.suffix not in FOREIGN_SUFFIXES


reader = Reader(
    "HDF5", recognises, read, Container.H5,
    suffixes=SUFFIXES, also_named=ALSO_NAMED, is_candidate=is_candidate,
)  # fmt: skip
