"""The files beside a `model.json` of TensorFlow.js that hold its weights: missing, too short, or no weights at all."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping
from typing import Any

from lstmlint.ir.document import UnreadableError
from lstmlint.readers.source import opened

#: What remarks on the files begin with; the name of the file or the numbers of bytes follow.
MISSING = "weights file is missing: "
WEB_PAGE = "weights file is a web page: "
SHORT = "weights files are too short: "

#: The name under which a converter writes a model; one of another name was moved, and its files may lie elsewhere.
USUAL_NAME = "model.json"

#: The bytes of one number of each type; texts have no fixed size.
BYTES: Mapping[str, int] = {
    "float32": 4, "int32": 4, "complex64": 8, "float16": 2, "uint16": 2, "uint8": 1, "int8": 1, "bool": 1,
}  # fmt: skip

MAX_FILES = 1000


def remarks_on_files(manifest: Any, path: str, folder: str | None) -> tuple[str, ...]:
    """Remarks on the files that a manifest names; none where they may lie elsewhere, or are no plain names.

    Args:
        manifest: the `weightsManifest` of the JSON.
        path: the name of the JSON.
        folder: the folder with the JSON; `None` for an input that is no file.
    """
    names = [name for group in _groups(manifest) for name in group["paths"]]
    if folder is None or not names or len(names) > MAX_FILES or not all(map(_is_plain, names)):
        return ()
    sizes = {name: _size(os.path.join(folder, name)) for name in names}
    if os.path.basename(path) != USUAL_NAME and all(size is None for size in sizes.values()):
        return ()
    return (*_of_files(names, sizes, folder), *_of_sizes(manifest, sizes))


def _groups(manifest: Any) -> Iterator[Mapping[str, Any]]:
    for group in manifest if isinstance(manifest, list) else ():
        if isinstance(group, dict) and isinstance(group.get("paths"), list) and isinstance(group.get("weights"), list):
            yield group


def _is_plain(name: Any) -> bool:
    """Whether a name leads to a file in the same folder."""
    return isinstance(name, str) and name not in ("", os.curdir, os.pardir) and not set(name) & {"/", "\\", "\0", ":"}


def _size(path: str) -> int | None:
    try:
        return os.stat(path).st_size
    except (OSError, ValueError):
        return None


def _of_files(names: list[str], sizes: Mapping[str, int | None], folder: str) -> Iterator[str]:
    for name in dict.fromkeys(names):
        if sizes[name] is None:
            yield f"{MISSING}{name}"
        elif _begins_like_html(os.path.join(folder, name)):
            yield f"{WEB_PAGE}{name}"


def _begins_like_html(path: str) -> bool:
    try:
        with opened(path) as source:
            return source.head.lstrip()[:9].lower() in (b"<!doctype", b"<html>") or source.head[:5].lower() == b"<?xml"
    except UnreadableError:
        return False


def _of_sizes(manifest: Any, sizes: Mapping[str, int | None]) -> Iterator[str]:
    """The groups whose files are all there and hold fewer bytes than their tensors need."""
    for group in _groups(manifest):
        needed, there = [_bytes(entry) for entry in group["weights"]], [sizes[name] for name in group["paths"]]
        if None in needed or None in there:
            continue
        told, held = sum(filter(None, needed)), sum(filter(None, there))
        if held < told:
            yield f"{SHORT}{held:,} of {told:,} bytes"


def _bytes(entry: Any) -> int | None:
    """The bytes of one tensor, quantized or not; `None` where they are not known."""
    shape = entry.get("shape") if isinstance(entry, dict) else None
    if not isinstance(shape, list) or not all(type(size) is int and size >= 0 for size in shape):
        return None
    quantization = entry.get("quantization")
    dtype = quantization.get("dtype") if isinstance(quantization, dict) else entry.get("dtype")
    size = BYTES.get(dtype) if isinstance(dtype, str) else None
    return None if size is None else size * math.prod(shape)
