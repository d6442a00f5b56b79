"""The variables of an optimizer that an archive of Keras 3 holds, beside those that the optimizer has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lstmlint.analyses import expected
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.document import Container
from lstmlint.ir.memo import asked_once
from lstmlint.ir.model import Model
from lstmlint.keras.compiled import is_object
from lstmlint.keras.optimizers import variables_of

#: The classes of models that build their optimizer when they are loaded; others may compile in a way of their own.
BUILT_BY_KERAS = frozenset({"Functional", "Sequential"})

#: The policy for which `compile` puts an optimizer of its own around the given one.
SCALED = "mixed_float16"


@dataclass(frozen=True, slots=True)
class Miscounted:
    """An optimizer for which a file has another number of variables, among them values of weights.

    `name` is empty where the file does not tell it.
    """

    class_name: str
    name: str
    variables: int
    stored: int


@asked_once
def miscounted(model: Model) -> Iterator[Miscounted]:
    """The optimizer of an archive whose stored variables Keras 3 drops, as their number is another.

    There is none where the number is not known, nor where nothing is lost: an optimizer that was never used stores no
    values of weights.
    """
    document = model.document
    config = document.config or {}
    if document.container is not Container.KERAS or not any(slot.shape for slot in document.slots):
        return
    if config.get("class_name") not in BUILT_BY_KERAS or "module" not in config:
        return
    class_name, options = _written((document.training_config or {}).get("optimizer"))
    if expected.untold(model) or expected.is_unbuilt(model) or _freezes_others(model) or SCALED in repr(config):
        return
    wanted, stored = variables_of(class_name, options, expected.trained_by(model)), len(document.slots)
    if wanted is not None and wanted != stored:
        yield Miscounted(class_name, str(options.get("name") or ""), wanted, stored)


def _freezes_others(model: Model) -> bool:
    """Whether a frozen layer holds others, which train where they are not written as frozen themselves."""
    holding = (layer for layer in model.all_layers if layer.children or layer.model is not None)
    return model.is_frozen or not all(layer.node.is_trainable for layer in holding)


def _written(optimizer: Any) -> tuple[str, Mapping[str, Any]]:
    """The class and the config of an optimizer; an empty class where it is none of Keras."""
    if isinstance(optimizer, str):
        return optimizer, {}
    if not is_object(optimizer) or not isinstance(optimizer.get("config"), dict) or optimizer.get("registered_name"):
        return "", {}
    return optimizer["class_name"], optimizer["config"]
