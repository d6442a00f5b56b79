"""What a dialect declares: how one generation of Keras wrote its configs, in terms of today's vocabulary."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from lstmlint.ir.graph import Semantics

LayerConfig: TypeAlias = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Writer:
    """The Keras that wrote a file: its version, and whether it is the one inside TensorFlow."""

    version: tuple[int, ...]
    is_tf_keras: bool


class Freezing(StrEnum):
    """What `trainable: false` of a wrapper and of the layer inside it do once the file is loaded."""

    EITHER = "either freezes the weights"
    INNER = "only that of the layer inside counts"
    OUTER = "the wrapper's replaces that of the layer inside"


#: Layers around one layer.
WRAPPERS = frozenset({"Bidirectional", "TimeDistributed"})


@dataclass(frozen=True, slots=True)
class Dialect:
    """One generation of Keras.

    `translate(class_name, config, writer)` gives a layer's class and config in today's vocabulary with the defaults
    of the version that wrote it, `freezing(class_name, writer)` how a wrapper freezes. `presumed` is the writer assumed
    for a file that states none. `models_keep_trainable` says that the frozen state of a functional model survives
    saving, `wraps_single_tensors` that its only input or output is written as a list of one.
    """

    major: int
    presumed: Writer
    semantics: Callable[[Writer], Semantics]
    translate: Callable[[str, Mapping[str, Any], Writer], LayerConfig]
    freezing: Callable[[str, Writer], Freezing] = lambda class_name, writer: Freezing.EITHER
    models_keep_trainable: bool = False
    wraps_single_tensors: bool = True


def parse_version(text: str) -> tuple[int, ...] | None:
    """The leading numbers of a version text (`2.2.4-tf` is `(2, 2, 4)`); `None` if there are none."""
    match = re.match(r"(\d{1,4}(?:\.\d{1,4})*)", text)
    return tuple(int(number) for number in match[1].split(".")) if match else None


def writer_of(text: str, version: tuple[int, ...]) -> Writer:
    """The writer that a version text names.

    Keras inside TensorFlow marks its versions with `-tf` up to 2.3; since 2.4 the standalone package of that
    number is the same code (release notes of Keras 2.4.0).
    """
    return Writer(version, is_tf_keras="tf" in text or (2, 4) <= version[:2] < (3, 0))
