"""What stands in a file that its name calls a model, where it is none, or was changed on its way."""

from __future__ import annotations

from codecs import getincrementaldecoder
from collections.abc import Sequence

from lstmlint.readers.source import Source

PICKLE = "is a Python pickle, not a model; save it with model.save()"

#: The first bytes of a file, and what to do about them.
STARTS = (
    (b"<", "is a web page or XML, not a model; download the file itself"),
    (b"HTTP/", "begins with the headers of an HTTP response, not with a model; download the file itself"),
    (b"\x80\x02", PICKLE),
    (b"\x80\x03", PICKLE),
    (b"\x80\x04", PICKLE),
    (b"\x80\x05", PICKLE),
    (b"\x1f\x8b", "is compressed with gzip; unpack it with gunzip"),
    (b"BZh", "is compressed with bzip2; unpack it with bunzip2"),
    (b"\xfd7zXZ", "is compressed with xz; unpack it with unxz"),
    (b"7z\xbc\xaf\x27\x1c", "is a 7z archive; unpack it and name the model in it"),
    (b"Rar!\x1a\x07", "is a RAR archive; unpack it and name the model in it"),
    (b"\x93NUMPY", "is a numpy array, not a model; save the model with model.save()"),
    (b"model_checkpoint_path:", "is the list of a TensorFlow checkpoint, not a model; save it with model.save()"),
)

#: Bytes behind the start of a file, with their offset.
MARKS = (
    (257, b"ustar", "is a tar archive; unpack it and name the model in it"),
    (4, b"TFL3", "is a TensorFlow Lite model, which holds operations and no Keras layers"),
)

#: HDF5 whose first bytes a conversion of text changed.
AS_TEXT = "was converted as text on its way, which damages it; transfer it again in binary mode"
CONVERTED_STARTS = (b"\xc2\x89HDF", b"\xef\xbf\xbdHDF", b"\x89HDF\n\x1a", b"\x89HDF\r\r\n")

FEWEST_LINE_ENDS = 4
LOOKED_AT_BYTES = 1024 * 1024

#: Endings of models that archives hold.
MODELS = (".keras", ".h5", ".hdf5")


def mistaken(source: Source) -> str | None:
    """What a file that no reader recognises is, and what to do; `None` where its bytes do not tell."""
    start = source.head.lstrip()
    if start.startswith(CONVERTED_STARTS):
        return f"is HDF5 that {AS_TEXT}"
    told = next((message for known, message in STARTS if start.startswith(known)), None)
    if told is not None:
        return told
    return next((message for offset, mark, message in MARKS if source.at(offset, len(mark)) == mark), None)


def was_converted(source: Source) -> bool:
    """Whether the bytes of a damaged binary file show a conversion of text: of its encoding, or of its line ends."""
    start = source.at(0, LOOKED_AT_BYTES)
    line_ends = start.count(b"\n")
    return _is_utf8(start) or (line_ends >= FEWEST_LINE_ENDS and start.count(b"\r\n") == line_ends)


def _is_utf8(start: bytes) -> bool:
    """Whether bytes are text beyond ASCII, as no archive is; the last character may be cut."""
    try:
        return not getincrementaldecoder("utf-8")().decode(start).isascii()
    except UnicodeDecodeError:
        return False


def other_archive(names: Sequence[str], config: str) -> str:
    """What an archive holds instead of a model, by the names of its members, and what to do."""
    folder = next((name[: -len(config)] for name in names if name.endswith(f"/{config}")), None)
    model = next((name for name in names if name.lower().endswith(MODELS)), None)
    if folder is not None:
        return f"is an archive with the model in a folder, {folder!r}; zip the files in it without the folder"
    if model is not None:
        return f"is an archive with the model {model!r} in it; unpack it"
    if names and all(name.endswith(".npy") for name in names):
        return "is an archive of numpy arrays, not a model; save the model with model.save()"
    return ""
