"""From a document to a graph: one module for each generation of Keras, chosen by the version a file states.

This wing may use the nouns of `ir` and the facts of `keras`. It must not know containers or shapes of outputs.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache
from typing import Any

from lstmlint.dialects.build import MAX_DEPTH, GraphBuilder
from lstmlint.dialects.dialect import Dialect
from lstmlint.dialects.sharing import shared_objects
from lstmlint.extending import registry
from lstmlint.ir.document import Document
from lstmlint.ir.graph import Graph
from lstmlint.keras.writer import Writer, parse_version, writer_of

#: Keys that only one generation writes, for files that state no version.
TELLING_KEYS: Mapping[str, int] = {
    "registered_name": 3,
    "build_config": 3,
    "batch_shape": 3,
    "inner_activation": 1,
    "border_mode": 1,
    "nb_filter": 1,
    "W_regularizer": 1,
    "dim_ordering": 1,
}

#: A key that only the Keras of TensorFlow writes, before Keras 3.
TENSORFLOW_KEY = "time_major"

DEFAULT_MAJOR = 2


@cache
def dialects() -> dict[int, Dialect]:
    """The dialects by the major version of Keras."""
    entries = registry.declared(sys.modules[__name__], Dialect)
    return {dialect.major: dialect for dialect in sorted(entries, key=lambda dialect: dialect.major)}


def graph_of(document: Document) -> Graph | None:
    """The graph of a document's model; `None` where the file holds no architecture.

    Raises:
        UnreadableError: the config is not built like a model's.
    """
    if document.config is None:
        return None
    dialect, writer = _writer(document, document.config)
    return GraphBuilder(dialect, writer, shared_objects(document)).graph(document.config)


def written_by(document: Document) -> tuple[Dialect, Writer] | None:
    """The dialect and the version of the Keras that wrote a document's model; `None` without an architecture."""
    return None if document.config is None else _writer(document, document.config)


def _writer(document: Document, config: Mapping[str, Any]) -> tuple[Dialect, Writer]:
    """The dialect and the version that a file states, or that its keys show."""
    version = parse_version(document.keras_version or "")
    if version is not None and version[0] in dialects():
        return dialects()[version[0]], writer_of(document.keras_version or "", version)
    keys = _keys(config)
    major = next((major for key, major in TELLING_KEYS.items() if key in keys), DEFAULT_MAJOR)
    dialect = dialects()[major]
    if major == DEFAULT_MAJOR and TENSORFLOW_KEY in keys:
        return dialect, Writer(dialect.presumed.version, is_tf_keras=True)
    return dialect, dialect.presumed


def _keys(model: Any) -> set[str]:
    """The keys of a model's objects and of their configs, down to inner layers."""
    keys: set[str] = set()
    waiting = [(model, 0)]
    while waiting:
        layer, depth = waiting.pop()
        if not isinstance(layer, dict) or depth > MAX_DEPTH:
            continue
        keys.update(layer)
        config = layer.get("config")
        inner = config
        if isinstance(config, dict):
            keys.update(config)
            waiting.append((config.get("layer"), depth + 1))
            inner = config.get("layers")
        if isinstance(inner, list):
            waiting.extend((one, depth + 1) for one in inner)
    return keys
