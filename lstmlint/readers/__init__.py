"""From bytes to a document: one module for each container, and where values stand in a text.

This wing may use the nouns of `ir`. It must not know what a layer is.
"""

from __future__ import annotations

import functools
import os
import sys
from typing import BinaryIO

from lstmlint.extending import registry
from lstmlint.ir.dataclass import replace
from lstmlint.ir.document import STREAM, Container, Document, NotAModelError, UnreadableError
from lstmlint.readers.mistaken import AS_TEXT, mistaken, was_converted
from lstmlint.readers.reader import Reader
from lstmlint.readers.serialized import OtherJsonError
from lstmlint.readers.source import Source, in_memory, in_stream, opened

__all__ = ["Reader", "Source", "is_candidate", "read", "read_bytes", "read_stream"]

LFS_POINTER = b"version https://git-lfs"
BINARY = frozenset({Container.KERAS, Container.H5})
SPOOL_BYTES = 16 * 1024 * 1024
"""Standard input larger than this goes to a temporary file."""

GRAPH_OF_SAVED_MODEL = "saved_model.pb"
GRAPH_WITHOUT_LAYERS = (
    "holds TensorFlow operations; the Keras layers of a SavedModel are in keras_metadata.pb beside it"
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
    recognisers = recognising(source)
    reader = recognisers[0] if recognisers else by_name(source)
    if reader is None:
        raise unrecognised(source)
    document = with_other_formats(read_with(reader, source), recognisers[1:])
    return remark_on_name(document, reader, source)


def recognising(source: Source) -> list[Reader]:
    """The readers that recognise an opened source. The first one reads it; the name decides, as in Keras."""
    recognisers = (reader for reader in readers() if reader.recognises(source))
    return sorted(recognisers, key=lambda reader: source.suffix not in reader.suffixes)


def with_other_formats(document: Document, others: list[Reader]) -> Document:
    """The document, with the formats of the other readers that recognise its file."""
    if not others:
        return document
    also = tuple(reader.name for reader in others)
    return replace(document, evidence=replace(document.evidence, also=also))


def by_name(source: Source) -> Reader | None:
    """The reader that the name alone chooses, for content that no reader recognises; `None` where there is none."""
    promised = promised_by(source.suffix)
    return promised if promised is not None and promised.reads_by_name else None


def promised_by(suffix: str) -> Reader | None:
    """The reader whose container a name promises."""
    return next((reader for reader in readers() if suffix in reader.suffixes), None)


@functools.cache
def model_suffixes() -> frozenset[str]:
    """The endings of names that promise a model."""
    return frozenset().union(*(reader.suffixes | reader.also_named for reader in readers()))


def is_candidate(path: str) -> bool:
    """Whether a file in a searched folder is worth reading. Its content decides where it can, its name otherwise.

    A file that cannot be opened is a candidate if its name promises a model: reading it then says why.
    """
    try:
        with opened(path) as source:
            return holds_candidate(source)
    except UnreadableError:
        return os.path.isfile(path) and os.path.splitext(path)[1].lower() in model_suffixes()


def holds_candidate(source: Source) -> bool:
    """Whether an opened file is worth reading. Its first bytes decide, for archives the last bytes as well."""
    if has_own_name(source):
        return True
    if source.size == 0 or source.head.startswith(LFS_POINTER):
        return source.suffix in model_suffixes()
    reader = next(iter(recognising(source)), None)
    if reader is not None and reader.is_candidate is not None:
        return reader.is_candidate(source)
    return promised_by(source.suffix) is not None


def has_own_name(source: Source) -> bool:
    """Whether a file has a name that only files of one container have."""
    return is_own_name(os.path.basename(source.path))


def is_own_name(name: str) -> bool:
    """Whether a name is one that only files of one container have."""
    return any(name in reader.file_names for reader in readers())


@functools.cache
def readers() -> tuple[Reader, ...]:
    """Every reader of this package."""
    return tuple(registry.declared(sys.modules[__name__], Reader))


def read_with(reader: Reader, source: Source) -> Document:
    """The document that a reader makes of a source.

    Raises:
        UnreadableError: it is broken, or it is no model although its name promises one.
        NotAModelError: it has nothing to do with Keras.
    """
    try:
        return read_by_key(reader, source)
    except NotAModelError as error:
        promised = promised_by(source.suffix)
        if promised is not None and not promised.reads_by_name:
            told = str(error)
            raise UnreadableError(told if "; " in told else f"{told}; save the model again") from None
        raise
    except UnreadableError:
        if reader.container in BINARY and was_converted(source):
            raise UnreadableError(f"is {reader.name} that {AS_TEXT}") from None
        raise


def read_by_key(reader: Reader, source: Source) -> Document:
    """The document that a reader makes of a source; JSON of another kind goes to the reader of its `key`."""
    try:
        return reader.read(source)
    except OtherJsonError as error:
        other = next((one for one in readers() if one.key == error.key), None)
        if other is None or reader.container is not Container.JSON:
            raise
        return other.read(source)


def remark_on_name(document: Document, reader: Reader, source: Source) -> Document:
    """The document, with a remark if the file's name promises another container."""
    promised = promised_by(source.suffix)
    if promised is None or reader.name.startswith(promised.name):
        return document
    return replace(document, remarks=(*document.remarks, f"{reader.name} named {source.suffix}"))


def unrecognised(source: Source) -> UnreadableError | NotAModelError:
    """The error for content that no reader knows."""
    if has_own_name(source):
        return UnreadableError("is not the metadata of a SavedModel; save or download it again")
    promised, told = promised_by(source.suffix), mistaken(source)
    if promised is None and told is not None and promised_by(os.path.splitext(source.path[: -len(source.suffix)])[1]):
        return NotAModelError(told)
    if promised is None:
        beside = os.path.basename(source.path) == GRAPH_OF_SAVED_MODEL
        return NotAModelError(GRAPH_WITHOUT_LAYERS if beside else "is in no format that Keras writes")
    return UnreadableError(told or f"is not {promised.name}, whatever its name says; save or download it again")
