"""Keras archives: a zip of config.json, metadata.json and model.weights.h5, read through windows."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, cast

from lstmlint.ir.dataclass import dataclass, replace
from lstmlint.ir.document import (
    NO_EVIDENCE,
    Container,
    Document,
    Evidence,
    Member,
    NotAModelError,
    Pointer,
    StoredTensor,
    UnreadableError,
    WeightNaming,
)
from lstmlint.readers.hdf5 import NO_SLOTS, tree_of
from lstmlint.readers.hdf5_slots import slots
from lstmlint.readers.hdf5_weights import Stored, stored_layers
from lstmlint.readers.mistaken import other_archive
from lstmlint.readers.reader import Reader
from lstmlint.readers.serialized import (
    MAX_JSON_BYTES,
    NO_MODEL,
    Serialized,
    mapping_in,
    model_in,
    repeated_keys,
    require_size,
)
from lstmlint.readers.source import Source

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
CONFIG = "config.json"
METADATA = "metadata.json"
WEIGHTS = "model.weights.h5"
OTHER_WEIGHTS = "model.weights.npz"
"""Weights as pickled objects, which Keras writes but refuses to load; the pickles hold the shapes as well."""

USUAL_MEMBERS = frozenset({CONFIG, METADATA, WEIGHTS})
UNIX = 3
"""Number of the system that made an entry; only entries of this system state a mode."""

START_BYTES = 4096
MAX_LOOKED_INTO = 1000
"""Bytes that are read of an unusual entry, and the number of such entries."""

DAMAGED = "is a truncated or damaged archive; save or download it again"

VOCABULARY = "/vocabulary.txt"
MAX_VOCABULARY_BYTES = 4 * 1024 * 1024
"""Files with the words of lookups are read whole, up to so many bytes of all of them."""

MAX_METADATA_BYTES = 1024 * 1024
MAX_DIRECTORY_BYTES = 4 * 1024 * 1024
"""Enough for some fifty thousand members; Keras writes three, and one for each vocabulary."""

MAX_MEMBER_BYTES = 4 * 1024**3
MAX_EXPANSION = 100
EXPANSION_FLOOR_BYTES = 256 * 1024**2
"""Keras' own limits: a member that expands a hundredfold is a bomb once it is larger than the floor."""

COPY_BYTES = 1024 * 1024

LOCAL_HEADER = struct.Struct("<4s22xHH")
LOCAL_HEADER_START = b"PK\x03\x04"
ENTRY_START = b"PK\x01\x02"
END_RECORD_START = b"PK\x05\x06"
END_RECORD_DIRECTORY_SIZE = 12
END64_RECORD_START = b"PK\x06\x06"
END64_RECORD_DIRECTORY_SIZE = 40
END_BYTES = 22 + 65535 + 20 + 56
"""Size of the end record with the longest comment, and of the 64-bit locator and end record before it."""


def recognises(source: Source) -> bool:
    """Whether a file begins like a zip archive; a file named like a Keras archive may also end like one.

    Python, and so Keras, looks for an archive at the end of a file and ignores all bytes before it.
    """
    return source.head.startswith(ZIP_STARTS) or (source.suffix in SUFFIXES and ends_like_archive(source))


def ends_like_archive(source: Source) -> bool:
    """Whether a file ends with the directory of an archive."""
    begin = max(0, source.size - END_BYTES)
    end = source.at(begin, END_BYTES)
    record = end.rfind(END_RECORD_START)
    size = field(end, END_RECORD_START, END_RECORD_DIRECTORY_SIZE, "<I")
    directory = begin + record - size
    return record >= 0 and directory >= 0 and source.at(directory, len(ENTRY_START)) == ENTRY_START


def read(source: Source) -> Document:
    """The document in a Keras archive."""
    with archive_of(source) as archive:
        members = archive.namelist()
        if CONFIG not in members and WEIGHTS not in members:
            raise NotAModelError(other_archive(members, CONFIG) or f"is an archive without {CONFIG} and {WEIGHTS}")
        model = model_of(archive) if CONFIG in members else NO_MODEL
        repeated: list[Pointer] = []
        version = keras_version(archive, repeated) if METADATA in members else None
        weights = weights_of(archive, source) if WEIGHTS in members else NO_WEIGHTS
        listed = tuple(listed_members(archive))
        before = min((info.header_offset for info in archive.infolist()), default=0)
    others = ("weights in npz left alone",) if OTHER_WEIGHTS in members else ()
    layers, naming = weights.stored or (None, WeightNaming.CLASS_NAME)
    return Document(
        path=source.path,
        container=Container.KERAS,
        config=model.config,
        config_place=CONFIG if model.config is not None else "",
        keras_version=version or model.version(),
        backend=model.backend(),
        training_config=model.training_config(),
        stored=layers,
        stored_by=naming,
        slots=weights.slots,
        remarks=(*model.remarks, *weights.remarks, *others),
        evidence=replace(
            weights.evidence,
            members=listed,
            before=before,
            repeated_keys=(*repeated_keys(CONFIG, model.repeated), *repeated_keys(METADATA, repeated)),
        ),
    )


@dataclass(frozen=True, slots=True)
class Weights:
    """Contents of model.weights.h5."""

    stored: Stored | None = None
    slots: tuple[StoredTensor, ...] = ()
    remarks: tuple[str, ...] = ()
    evidence: Evidence = NO_EVIDENCE


NO_WEIGHTS = Weights()


@contextmanager
def archive_of(source: Source) -> Iterator[ZipFile]:
    """A source as an archive.

    Raises:
        UnreadableError: it is truncated, damaged, or of a kind that is never a model.
    """
    import zipfile

    require_small_directory(source)
    try:
        with zipfile.ZipFile(source.stream) as archive:
            yield archive
    except damages():
        raise UnreadableError(DAMAGED) from None
    except NotImplementedError:
        raise UnreadableError("is compressed in an unknown way; save the model again") from None


def damages() -> tuple[type[Exception], ...]:
    """Exceptions of Python for a file that is no sound archive."""
    import lzma
    import zipfile
    import zlib

    damage = (ArithmeticError, EOFError, LookupError, MemoryError, OSError, ValueError, struct.error)
    return (*damage, zipfile.BadZipFile, zlib.error, lzma.LZMAError)


def unopened() -> tuple[type[Exception], ...]:
    """Exceptions of `damages`, and the one for an unknown compression."""
    return (*damages(), NotImplementedError)


def require_small_directory(source: Source) -> None:
    """Refuse an archive with more members than can be listed in little memory.

    Raises:
        UnreadableError: its directory is too large, or larger than the archive.
    """
    source.stream.seek(max(0, source.size - END_BYTES))
    end = source.stream.read(END_BYTES)
    sizes = (
        field(end, END_RECORD_START, END_RECORD_DIRECTORY_SIZE, "<I", ignored=0xFFFFFFFF),
        field(end, END64_RECORD_START, END64_RECORD_DIRECTORY_SIZE, "<Q"),
    )
    if max(sizes) > source.size:
        raise UnreadableError(DAMAGED)
    if max(sizes) > MAX_DIRECTORY_BYTES:
        raise UnreadableError("is an archive of too many files to be a Keras model; check that this is the right file")


def field(data: bytes, record: bytes, offset: int, layout: str, ignored: int = 0) -> int:
    """A number in the last record of a kind, 0 if there is no such record."""
    start = data.rfind(record)
    if start < 0 or start + offset + struct.calcsize(layout) > len(data):
        return 0
    value: int = struct.unpack_from(layout, data, start + offset)[0]
    return 0 if value == ignored else value


def model_of(archive: ZipFile) -> Serialized:
    """The model in config.json."""
    info = archive.getinfo(CONFIG)
    require_size(info.file_size, f"has a {CONFIG} that ")
    return model_in(member(archive, info, MAX_JSON_BYTES), f"has a {CONFIG} that ")


def keras_version(archive: ZipFile, repeated: list[Pointer]) -> str | None:
    """The version in metadata.json, which Keras itself does not need to load the model."""
    metadata = mapping_in(member(archive, archive.getinfo(METADATA), MAX_METADATA_BYTES), repeated) or {}
    version = metadata.get("keras_version")
    return version if isinstance(version, str) else None


def member(archive: ZipFile, info: ZipInfo, limit: int) -> bytes:
    """The bytes of a member, whatever size it declares.

    Raises:
        UnreadableError: it is encrypted, or larger than allowed.
    """
    with opened(archive, info) as stream:
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise UnreadableError(f"has a {info.filename} that is larger than {limit >> 20} MiB; save the model again")
    return data


@contextmanager
def opened(archive: ZipFile, info: ZipInfo) -> Iterator[BinaryIO]:
    """A member as a stream of its decompressed bytes."""
    require_plain(info)
    with archive.open(info) as stream:
        yield cast(BinaryIO, stream)


def require_plain(info: ZipInfo) -> None:
    """Refuse an encrypted member.

    Raises:
        UnreadableError: it is encrypted.
    """
    if info.flag_bits & 1:
        raise UnreadableError(f"has an encrypted {info.filename}; save the model again without a password")


def weights_of(archive: ZipFile, source: Source) -> Weights:
    """The contents of model.weights.h5; `NO_WEIGHTS` where it would expand beyond the limit."""
    info = archive.getinfo(WEIGHTS)
    require_plain(info)
    if info.file_size > allowed_bytes(info):
        return NO_WEIGHTS
    with weights_stream(archive, info, source) as (stream, start, size):
        try:
            with tree_of(stream, start, size) as tree:
                if CONFIG in archive.namelist():
                    stored = tree.unless_too_deep(lambda: stored_layers(tree, tree.root), None)
                else:
                    stored = stored_layers(tree, tree.root)
                kept = tree.unless_too_deep(lambda: slots(tree, tree.root), NO_SLOTS)
                evidence = tree.evidence(tree.root, "")
        except UnreadableError as error:
            raise UnreadableError(f"has a {WEIGHTS} that {error}") from None
    return Weights(stored, kept, tuple(tree.remarks), evidence)


def listed_members(archive: ZipFile) -> Iterator[Member]:
    """Every entry of the archive's directory, and those of weights in npz, which is an archive itself."""
    looked_into, words = 0, MAX_VOCABULARY_BYTES
    for info in archive.infolist():
        is_usual = info.filename in USUAL_MEMBERS or info.is_dir() or looked_into >= MAX_LOOKED_INTO
        looked_into += not is_usual
        is_read = info.filename.endswith(VOCABULARY) and info.file_size <= words
        yield listed(archive, info, "", 0 if is_usual else max(START_BYTES, words) if is_read else START_BYTES)
        words -= info.file_size if is_read else 0
        if info.filename == OTHER_WEIGHTS:
            yield from arrays_of(archive, info)


def arrays_of(archive: ZipFile, info: ZipInfo) -> Iterator[Member]:
    """The arrays in the member of weights in npz; nothing where it is no archive."""
    import zipfile

    if info.flag_bits & 1 or info.file_size > allowed_bytes(info):
        return
    try:
        with opened(archive, info) as stream, zipfile.ZipFile(stream) as npz:
            arrays = [
                listed(npz, array, f"{info.filename}/", START_BYTES) for array in npz.infolist()[:MAX_LOOKED_INTO]
            ]
    except unopened():
        return
    yield from arrays


def listed(archive: ZipFile, info: ZipInfo, prefix: str, limit: int) -> Member:
    """One entry, with at most so many of its first bytes."""
    is_encrypted = bool(info.flag_bits & 1)
    return Member(
        name=prefix + info.orig_filename,
        size=info.file_size,
        stored_size=info.compress_size,
        mode=info.external_attr >> 16 if info.create_system == UNIX else 0,
        is_encrypted=is_encrypted,
        start=b"" if limit == 0 or is_encrypted else start_of(archive, info, limit),
    )


def start_of(archive: ZipFile, info: ZipInfo, limit: int) -> bytes:
    """The first bytes of an entry, empty where they cannot be read."""
    try:
        with archive.open(info) as stream:
            return stream.read(limit)
    except unopened():
        return b""


@contextmanager
def weights_stream(archive: ZipFile, info: ZipInfo, source: Source) -> Iterator[tuple[BinaryIO, int, int]]:
    """A stream that holds the weights, their offset in it, and their size in bytes.

    The stream is the archive itself if the weights are not compressed, otherwise a temporary file.
    """
    import tempfile
    from zipfile import ZIP_STORED

    if info.compress_type == ZIP_STORED:
        yield source.stream, data_start(info, source), info.file_size
        return
    with tempfile.TemporaryFile() as copy:
        with opened(archive, info) as stream:
            size = expand(stream, copy, info)
        yield cast(BinaryIO, copy), 0, size


def data_start(info: ZipInfo, source: Source) -> int:
    """The offset in the archive at which the bytes of an uncompressed member begin.

    Raises:
        UnreadableError: the archive's directory points to something else.
    """
    source.stream.seek(info.header_offset)
    header = source.stream.read(LOCAL_HEADER.size)
    if len(header) == LOCAL_HEADER.size:
        start, name_length, extra_length = LOCAL_HEADER.unpack(header)
        begin: int = info.header_offset + LOCAL_HEADER.size + name_length + extra_length
        if start == LOCAL_HEADER_START and begin + info.file_size <= source.size:
            return begin
    raise UnreadableError(DAMAGED)


def allowed_bytes(info: ZipInfo) -> int:
    """The size in bytes to which a member may expand; an uncompressed member may have any size."""
    from zipfile import ZIP_STORED

    if info.compress_type == ZIP_STORED and info.file_size == info.compress_size:
        return info.file_size
    return min(MAX_MEMBER_BYTES, max(EXPANSION_FLOOR_BYTES, MAX_EXPANSION * info.compress_size))


def expand(stream: BinaryIO, copy: BinaryIO, info: ZipInfo) -> int:
    """Decompress a member and count the bytes that really come out of it.

    Raises:
        UnreadableError: it expands beyond the limit.
    """
    allowed = allowed_bytes(info)
    written = 0
    while chunk := stream.read(COPY_BYTES):
        written += len(chunk)
        if written > allowed:
            raise UnreadableError(
                f"has a {info.filename} that expands to more than {allowed >> 20} MiB, as a decompression bomb does; "
                "save the model again"
            )
        copy.write(chunk)
    return written


SUFFIXES = frozenset({".keras"})

DIRECTORY_BYTES = 16 * 1024
"""Bytes at an archive's end that are searched for the names of its members."""

MODEL_MEMBERS = (CONFIG.encode(), METADATA.encode())


def is_candidate(source: Source) -> bool:
    """Whether an archive is one of Keras, as its name or the members named at its beginning or end tell."""
    return source.suffix in SUFFIXES or names_model_members(source)


def names_model_members(source: Source) -> bool:
    """Whether an archive's beginning or end names a member that every Keras archive has."""
    source.stream.seek(max(0, source.size - DIRECTORY_BYTES))
    ends = (source.head, source.stream.read(DIRECTORY_BYTES))
    return any(member in end for end in ends for member in MODEL_MEMBERS)


reader = Reader("zip", recognises, read, Container.KERAS, suffixes=SUFFIXES, is_candidate=is_candidate)
