"""The values that Keras fills in for keys that a config lacks.

They come from the schemas of the examined versions of Keras (`fixtures/scripts/schemas/README.md`). This module chooses
the examined version that stands for the writer of a file, and adds values for which no version has a key.
"""

from __future__ import annotations

import json
import pkgutil
from collections.abc import Mapping
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any, TypeAlias

from lstmlint.keras.writer import Writer, parse_version, writer_of

Table: TypeAlias = Mapping[str, Mapping[str, Any]]

#: Values that a class always uses, where other classes of its kind have a key for them.
BUILT_IN: Table = MappingProxyType({
    **{name: {"use_bias": True, "activation": "tanh"} for name in ("CuDNNLSTM", "CuDNNGRU")},
    **{f"ConvLSTM{rank}D": {"groups": 1} for rank in (1, 2, 3)},
})  # fmt: skip

#: TensorFlow 2.0, whose Keras calls itself 2.2.4-tf. Before it, the Keras inside TensorFlow has the defaults of the
#: standalone package (release notes of TensorFlow 2.0).
TENSORFLOW_2 = (2, 2, 4)

#: Number of writers whose defaults are cached.
MOST_WRITERS = 64


def with_defaults(class_name: str, config: Mapping[str, Any], writer: Writer) -> dict[str, Any]:
    """A config with all defaults of the version that wrote it."""
    return {**defaults_of(writer).get(class_name, {}), **config}


@lru_cache(MOST_WRITERS)
def defaults_of(writer: Writer) -> Table:
    """The defaults of a writer, by class and key.

    They are the defaults of an examined version of its line: the last one before it, or the first if there is none.
    Only the first two numbers count, because no patch release changed a default.
    """
    line = [version for version, other in _examined().items() if _line(other) == _line(writer)]
    older = [version for version in line if _examined()[version].version[:2] <= writer.version[:2]]
    return _table((older or line[:1])[-1])


def _line(writer: Writer) -> tuple[int, bool]:
    """The line of development: the major version and, for Keras 2, whether it is the line inside TensorFlow 2."""
    major = writer.version[0]
    return major, major == 2 and writer.is_tf_keras and writer.version >= TENSORFLOW_2


@cache
def _data() -> dict[str, Any]:
    data = pkgutil.get_data("lstmlint", "keras/data/defaults.json")
    versions: dict[str, Any] = json.loads(data or b"{}")["versions"]
    return versions


@cache
def _examined() -> Mapping[str, Writer]:
    """The examined versions as writers, oldest first."""
    return {version: writer_of(version, parse_version(version) or ()) for version in reversed(_data())}


@cache
def _table(version: str) -> Table:
    """The defaults of an examined version: those of its base version, and its changes."""
    entry = _data()[version]
    table: dict[str, Mapping[str, Any]] = {**(BUILT_IN if entry["like"] is None else _table(entry["like"]))}
    for name, values in entry["classes"].items():
        table[name] = {**table.get(name, {}), **values}
    return table
