"""Layers that a Keras loads without a word and computes differently."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.ir.model import Layer, Model
from lstmlint.keras.versions import Target
from lstmlint.keras.writer import parse_version
from lstmlint.portability.obstacle import Obstacle, Stage, obstacle

SLOPES = {True: "max(0, min(1, x/6 + 0.5))", False: "max(0, min(1, 0.2x + 0.5))"}


def obstacles(model: Model, target: Target) -> Iterator[Obstacle]:
    """The layers whose values in the target differ from those in the Keras that wrote the file."""
    version = parse_version(model.document.keras_version or "")
    is_from_keras3 = bool(version and version[0] == 3)
    if version is None or is_from_keras3 == target.is_keras3:
        yield from ()
    else:
        for layer in model.all_layers:
            yield from _hard_sigmoid(layer, is_from_keras3)
    if target.is_keras3:
        for layer in model.all_layers:
            if layer.config.get("time_major") is True:
                message = "time_major is true, which this Keras does not have: it takes the first axis for the batch"
                yield obstacle("k3-time-major", "", message, (*layer.pointer, "config", "time_major"),
                               layer.full_name, Stage.COMPUTE)  # fmt: skip


def _hard_sigmoid(layer: Layer, is_from_keras3: bool) -> Iterator[Obstacle]:
    for key in ("activation", "recurrent_activation"):
        value = layer.config.get(key)
        name = value.get("config") if isinstance(value, dict) else value
        if name != "hard_sigmoid":
            continue
        message = (
            f"hard_sigmoid ({key}) is {SLOPES[not is_from_keras3]} here and was {SLOPES[is_from_keras3]} "
            "where the file was written"
        )
        yield obstacle(
            "hard-sigmoid-drift", "", message, (*layer.pointer, "config", key), layer.full_name, Stage.COMPUTE
        )
