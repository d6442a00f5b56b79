"""Recurrent layers that Keras 3 loads and runs but cannot train.

With `implementation` 1, the cells of Keras 3.7 to 3.15.1 have a list of dropout masks, one for each gate. The layer
takes this list for one mask before it asks for cuDNN, on every backend (`LSTM.inner_loop`, `GRU.inner_loop`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lstmlint.ir.document import Pointer
from lstmlint.ir.model import Layer, Model
from lstmlint.keras.classes import Form, traits_of
from lstmlint.keras.config_schemas import value_at

#: The first and the newest Keras with this failure.
FIRST, LAST = (3, 7), "3.15.1"

KEY = "implementation"


def cannot_train(class_name: str, config: Mapping[str, Any], around: object = None) -> bool:
    """Whether `fit()` of a layer fails in Keras 3.

    Args:
        class_name: the class of the layer.
        config: its config in the file; missing keys have the defaults of Keras 3.
        around: the serialized wrapper whose `layer` it is. A Bidirectional makes this layer anew, without the field.
    """
    rate = config.get("dropout")
    return (
        _asks_for_cudnn(class_name)
        and config.get(KEY) == 1
        and isinstance(rate, int | float)
        and rate > 0
        and not config.get("recurrent_dropout")
        and config.get("use_cudnn", "auto") in ("auto", True)
        and not (isinstance(around, Mapping) and around.get("class_name") == "Bidirectional")
    )


def untrainable_layers(model: Model) -> Iterator[Layer]:
    """The layers of a model that Keras 3 cannot train, each once; nested models and wrappers included."""
    seen: set[Pointer] = set()
    for layer in model.all_layers:
        if layer.node.is_custom or layer.node.is_implicit or layer.pointer in seen:
            continue
        seen.add(layer.pointer)
        written = value_at(model.document.config, (*layer.pointer, "config"))
        if isinstance(written, Mapping) and cannot_train(
            layer.class_name, written, wrapper_of(model.document.config, layer.pointer)
        ):
            yield layer


def wrapper_of(config: Any, pointer: Pointer) -> Any:
    """The serialized wrapper whose `layer` is at a pointer into a config; `None` if there is none."""
    return value_at(config, pointer[:-2]) if pointer[-2:] == ("config", "layer") else None


def _asks_for_cudnn(class_name: str) -> bool:
    """Whether a class tries cuDNN before its own loop; cells and convolutional layers do not try it."""
    traits = traits_of(class_name)
    return traits.form is Form.LAYER and traits.kind is not None and bool(traits.kind.cudnn)
