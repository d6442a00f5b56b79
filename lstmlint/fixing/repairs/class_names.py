"""Classes of Keras 2 with another name today, or with another class that gives the same result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lstmlint.dialects.keras2 import ALIASES
from lstmlint.fixing.repairs.repair import Applicability, Draft, DraftLayer, Edit, Left, Phase, Repair, per_layer

NAME = "class-names"


def change(layer: DraftLayer, draft: Draft) -> Iterator[tuple[Any, Edit] | Left]:
    name = layer.class_name
    if layer.original is not None and layer.original.node.is_custom:
        return
    if name == "ThresholdedReLU":
        config = {**{key: value for key, value in layer.config.items() if key != "theta"}, **threshold(layer.config)}
        raw = {**layer.raw, "class_name": "ReLU", "config": config}
        yield raw, Edit(NAME, layer.name, "ThresholdedReLU is a ReLU with a threshold", layer.pointer, layer.raw, raw)
    elif ALIASES.get(name, name) != name:
        raw = {**layer.raw, "class_name": ALIASES[name]}
        message = f"{name} is called {ALIASES[name]} today"
        yield raw, Edit(NAME, layer.name, message, layer.pointer, name, ALIASES[name])


def threshold(config: Mapping[str, Any]) -> dict[str, Any]:
    """The field of a ReLU in place of `theta`; the file may write a single number as an array of one."""
    theta = config.get("theta", 1.0)
    value = theta.get("value") if isinstance(theta, Mapping) else theta
    return {"threshold": value if value is not None else 1.0}


REPAIR = Repair(
    NAME, "writes classes under today's names", Phase.NAMES, Applicability.SAFE, ("removed-layer",), per_layer(change)
)  # fmt: skip
