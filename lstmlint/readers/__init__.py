"""From bytes to a document: one module for each container, and where values stand in a text.

This wing may use the nouns of `ir`. It must not know what a layer is.
"""

from __future__ import annotations

import functools
import os
import sys
from dataclasses import replace
from typing import BinaryIO

from lstmlint.extending import registry
from lstmlint.ir.document import STREAM, Document, NotAModelError, UnreadableError
from lstmlint.readers.reader import Reader
from lstmlint.readers.source import Source, in_memory, in_stream, opened

__all__ = ["Reader", "Source", "is_candidate", "read", "read_bytes", "read_stream"]

LFS_POINTER = b"version https://git-lfs"
ZIP_START = b"PK\x03\x04"
MODEL_MEMBERS = (b"config.json", b"metadata.json")
DIRECTORY_BYTES = 16 * 1024
"""How much of an archive's end is searched for the names of its members."""

SPOOL_BYTES = 16 * 1024 * 1024
"""How much of standard input is kept in memory before it goes to a temporary file."""

YAML_SUFFIXES = frozenset({".yaml", ".yml"})
MODEL_SUFFIXES = frozenset({".h5", ".hdf5", ".hdf", ".he5", ".keras", ".json"})
FOREIGN_HDF5_SUFFIXES = frozenset(
    {".mat", ".nc", ".nc4", ".cdf", ".h5ad", ".loom", ".jld2", ".cool", ".mcool", ".fast5", ".pod5", ".nwb", ".slp"}
)
"""Formats that are HDF5 and never a Keras model: MATLAB, netCDF, genomics, Julia."""

EXPECTED_SUFFIXES = {".h5": "HDF5", ".hdf5": "HDF5", ".keras": "zip", ".json": "JSON"}
"""What a name promises, as the first word of a reader's name; Keras 3 chooses its loader by it."""

NAMES_OF_SAVED_MODELS = frozenset({"keras_metadata.pb"})
"""Files that TensorFlow gives one name only."""

GRAPH_OF_SAVED_MODEL = "saved_model.pb"
GRAPH_WITHOUT_LAYERS = (
    "holds TensorFlow operations; the Keras layers of a SavedModel are in keras_metadata.pb beside it"
)

MISTAKEN_STARTS = (
    (b"<", "is a web page or XML, not a model; download the file itself"),
    (b"\x80\x02", "is a Python pickle, not a model; save it with model.save()"),
    (b"\x80\x03", "is a Python pickle, not a model; save it with model.save()"),
    (b"\x80\x04", "is a Python pickle, not a model; save it with model.save()"),
    (b"\x80\x05", "is a Python pickle, not a model; save it with model.save()"),
)


def read(path: str) -> Document:
    """The document in a file.

    Raises:
        UnreadableError: it is broken; the message says how, and what to do.
        NotAModelError: it has nothing to do with Keras.
    """
    with opened(path) as source:
        return read_source(source)


def read_bytes(data: bytes, name: str = STREAM) -> Document:
    """The document in bytes that lie in memory; raises what `read` raises."""
    return read_source(in_memory(data, name))


def read_stream(stream: BinaryIO, name: str = STREAM) -> Document:
    """The document in a stream that cannot seek, such as standard input; raises what `read` raises."""
    import tempfile

    with tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES) as spool:
        while chunk := stream.read(1 << 20):
            spool.write(chunk)
        return read_source(in_stream(spool, name))  # type: ignore[arg-type]


def read_source(source: Source) -> Document:
    """The document in an opened source; raises what `read` raises."""
    if source.size == 0:
        raise UnreadableError("is empty; save the model again")
    if source.head.startswith(LFS_POINTER):
        raise UnreadableError("is a Git LFS pointer, not the file itself; run 'git lfs pull'")
    for reader in readers():
        if reader.recognises(source):
            return remark_on_name(read_with(reader, source), reader, source)
    raise unrecognised(source)


def is_candidate(path: str) -> bool:
    """Whether a file found in a folder is worth reading: by its content, except for what only a name can tell.

    A file that may not be read is, if its name promises a model: reading it then says why.
    """
    try:
        with opened(path) as source:
            return holds_candidate(source)
    except UnreadableError:
        return os.path.isfile(path) and os.path.splitext(path)[1].lower() in MODEL_SUFFIXES


def holds_candidate(source: Source) -> bool:
    """Whether an opened file is worth reading, by its first bytes and, for archives, its last."""
    from lstmlint.readers.hdf5 import recognises as is_hdf5
    from lstmlint.readers.saved_model import recognises as is_saved_model
    from lstmlint.readers.yaml_text import recognises as is_yaml

    if os.path.basename(source.path) in NAMES_OF_SAVED_MODELS:
        return True
    if source.size == 0 or source.head.startswith(LFS_POINTER):
        return source.suffix in MODEL_SUFFIXES
    if is_hdf5(source):
        return source.suffix not in FOREIGN_HDF5_SUFFIXES
    if source.head.startswith(ZIP_START):
        return source.suffix == ".keras" or names_model_members(source)
    return (
        source.suffix in EXPECTED_SUFFIXES
        or is_saved_model(source)
        or (source.suffix in YAML_SUFFIXES and is_yaml(source))
    )


def names_model_members(source: Source) -> bool:
    """Whether an archive's beginning or end names a member that every Keras archive has."""
    source.stream.seek(max(0, source.size - DIRECTORY_BYTES))
    ends = (source.head, source.stream.read(DIRECTORY_BYTES))
    return any(member in end for end in ends for member in MODEL_MEMBERS)


@functools.cache
def readers() -> tuple[Reader, ...]:
    """Every reader of this package."""
    return tuple(registry.declared(sys.modules[__name__], Reader))


def read_with(reader: Reader, source: Source) -> Document:
    """What a reader makes of a source; where the name promises a model, anything else is an error."""
    try:
        return reader.read(source)
    except NotAModelError as error:
        if source.suffix in EXPECTED_SUFFIXES and source.suffix != ".json":
            raise UnreadableError(f"{error}; save the model again") from None
        raise


def remark_on_name(document: Document, reader: Reader, source: Source) -> Document:
    """The document, with a remark if the file's name promises another container than it has."""
    if reader.name.startswith(EXPECTED_SUFFIXES.get(source.suffix, "")):
        return document
    return replace(document, remarks=(*document.remarks, f"{reader.name} named {source.suffix}"))


def unrecognised(source: Source) -> UnreadableError | NotAModelError:
    """The error for content that no reader knows."""
    if os.path.basename(source.path) in NAMES_OF_SAVED_MODELS:
        return UnreadableError("is not the metadata of a SavedModel; save or download it again")
    if source.suffix not in EXPECTED_SUFFIXES:
        beside = os.path.basename(source.path) == GRAPH_OF_SAVED_MODEL
        return NotAModelError(GRAPH_WITHOUT_LAYERS if beside else "is in no format that Keras writes")
    for start, message in MISTAKEN_STARTS:
        if source.head.lstrip().startswith(start):
            return UnreadableError(message)
    expected = EXPECTED_SUFFIXES[source.suffix]
    return UnreadableError(f"is not {expected}, whatever its name says; save or download it again")
