"""The second direction of a `Bidirectional`, which the Kerases before TensorFlow 2.2 only make themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lstmlint.fixing.repairs.backward_layers import DIRECTION, KEY
from lstmlint.fixing.repairs.repair import (
    Applicability,
    Draft,
    DraftLayer,
    Edit,
    Left,
    Phase,
    Repair,
    is_keras2,
    per_layer,
)
from lstmlint.keras.facts import facts_of

NAME = "earlier-directions"


def change(layer: DraftLayer, draft: Draft) -> Iterator[tuple[Any, Edit] | Left]:
    given = layer.config.get(KEY)
    if layer.class_name != "Bidirectional" or not isinstance(given, Mapping):
        return
    if KEY in facts_of(draft.target).layer(layer.class_name).refuses(layer.config) and is_made(layer.config, given):
        config = {key: value for key, value in layer.config.items() if key != KEY}
        message = "its second direction is the first the other way, which this Keras makes itself"
        yield {**layer.raw, "config": config}, Edit(NAME, layer.name, message, (*layer.pointer, "config", KEY), given)


def is_made(config: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    """Whether Keras 2 makes a second direction like this one from the first."""
    around = config.get("layer")
    if not isinstance(around, Mapping) or around.get("class_name") != given.get("class_name"):
        return False
    first, second = around.get("config"), given.get("config")
    if not isinstance(first, Mapping) or not isinstance(second, Mapping):
        return False
    return {**first, DIRECTION: not first.get(DIRECTION), "name": None} == {**second, "name": None}


REPAIR = Repair(
    NAME, "leaves out second directions that an earlier Keras makes itself", Phase.EARLIER, Applicability.SAFE, (),
    per_layer(change), is_for=is_keras2,
)  # fmt: skip
