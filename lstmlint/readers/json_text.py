"""Architectures as JSON text, written by `model.to_json()`."""

from __future__ import annotations

from lstmlint.document import Container, Document
from lstmlint.readers.reader import Reader
from lstmlint.readers.serialized import model_in, require_size
from lstmlint.readers.source import Source

BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
JSON_STARTS = (b"{", b"[", b'"')


def recognises(source: Source) -> bool:
    """Whether a file begins like a JSON object, list or string, or is named as one and is not binary."""
    start = source.head.removeprefix(next(filter(source.head.startswith, BYTE_ORDER_MARKS), b""))
    return start.lstrip(b" \t\r\n\x00").startswith(JSON_STARTS) or source.suffix == ".json"


def read(source: Source) -> Document:
    """The document in a JSON file."""
    require_size(source.size)
    model = model_in(source.read())
    return Document(
        path=source.path,
        container=Container.JSON,
        config=model.config,
        config_place=model.place,
        keras_version=model.version(),
        backend=model.backend(),
        training_config=model.training_config(),
        remarks=model.remarks,
        text=model.text,
    )


reader = Reader("JSON", recognises, read)
