"""Architectures as JSON text, written by `model.to_json()`."""

from __future__ import annotations

import re

from lstmlint.ir.document import Container, Document, NotAModelError
from lstmlint.ir.lazy_pattern import lazy_pattern
from lstmlint.readers.reader import Reader
from lstmlint.readers.serialized import is_plainly_foreign, model_in, require_size
from lstmlint.readers.source import YAML_SUFFIXES, Source

BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
JSON_STARTS = (b"{", b"[", b'"')
ONLY_YAML = lazy_pattern(rb"""\{\s*[\w']+\s*:|"\w+"\s*:""")
"""A key without quotes in braces, and a key without braces."""

TFJS = lazy_pattern(rb'"(?:modelTopology|weightsManifest)"\s*:|"format"\s*:\s*"(?:layers|graph)-model"')
SHARDS = lazy_pattern(rb'"weight_map"\s*:\s*\{')
"""Keys of JSON of other kinds; they always stand before the first layer."""

MODEL_MARK = b'"class_name"'


def recognises(source: Source) -> bool:
    """Whether a file begins like JSON of no other kind."""
    return begins_like_json(source) and not is_of_kind(source, TFJS) and not is_of_kind(source, SHARDS)


def begins_like_json(source: Source) -> bool:
    """Whether a file begins like a JSON object, list or string, and not like the YAML that its name promises."""
    start = source.head.removeprefix(next(filter(source.head.startswith, BYTE_ORDER_MARKS), b""))
    start = start.lstrip(b" \t\r\n\x00")
    return start.startswith(JSON_STARTS) and not (source.suffix in YAML_SUFFIXES and ONLY_YAML.match(start))


def is_of_kind(source: Source, kind: re.Pattern[bytes]) -> bool:
    """Whether a file begins like JSON and says that it is of a kind."""
    return begins_like_json(source) and kind.search(source.head.partition(MODEL_MARK)[0]) is not None


def read(source: Source) -> Document:
    """The document in a JSON file."""
    require_size(source.size)
    data = source.read()
    if source.suffix == ".json" and is_plainly_foreign(data):
        raise NotAModelError("says nothing of a Keras model")
    model = model_in(data)
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
        evidence=model.evidence(),
    )


reader = Reader("JSON", recognises, read, Container.JSON, suffixes=frozenset({".json"}), reads_by_name=True)
