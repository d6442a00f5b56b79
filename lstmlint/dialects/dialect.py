"""The declaration of a dialect: it translates the configs of one generation of Keras into today's vocabulary."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, TypeAlias

from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.graph import Semantics
from lstmlint.keras.writer import Writer

LayerConfig: TypeAlias = tuple[str, dict[str, Any]]


class Freezing(StrEnum):
    """The effect of `trainable: false` on a wrapper and on its inner layer after a file is loaded."""

    EITHER = "each of both flags freezes the weights"
    INNER = "only the flag of the inner layer counts"
    OUTER = "the flag of the wrapper replaces the flag of the inner layer"


#: Layers that wrap one layer.
WRAPPERS = frozenset({"Bidirectional", "TimeDistributed"})


@dataclass(frozen=True, slots=True)
class Dialect:
    """One generation of Keras.

    `translate(class_name, config, writer)` gives a layer's class and config in today's vocabulary, with the defaults
    of the version that wrote it. `freezing(class_name, writer)` says how a wrapper freezes. `presumed` is the writer
    for a file that states none. `models_keep_trainable` says that the frozen state of a functional model survives
    saving; `wraps_single_tensors` says that the file writes a single input or output as a list of one.
    """

    major: int
    presumed: Writer
    semantics: Callable[[Writer], Semantics]
    translate: Callable[[str, Mapping[str, Any], Writer], LayerConfig]
    freezing: Callable[[str, Writer], Freezing] = lambda class_name, writer: Freezing.EITHER
    models_keep_trainable: bool = False
    wraps_single_tensors: bool = True
