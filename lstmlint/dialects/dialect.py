"""What a dialect declares: how one generation of Keras wrote its configs, in terms of today's vocabulary."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from lstmlint.ir.graph import Semantics
from lstmlint.keras.writer import Writer

LayerConfig: TypeAlias = tuple[str, dict[str, Any]]


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
