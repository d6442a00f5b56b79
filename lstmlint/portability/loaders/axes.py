"""The axis of a layer in an H5 file, which Keras 3 takes out of its config and does not always put back.

Sources: `model_from_config` in keras/src/legacy/saving/saving_utils.py, Keras 3.0.5 to 3.15.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lstmlint.ir.document import Container
from lstmlint.ir.model import Layer
from lstmlint.ir.shape import is_dims
from lstmlint.keras.versions import Target
from lstmlint.portability.loaders.context import Loading
from lstmlint.portability.obstacle import Obstacle, Stage

#: The first Keras 3 that puts a number back; before, it put back the number in a list of one alone.
FIRST_KEEPING = (3, 9)

RULE = "k3-config-field-refused"
CURE = "load it in Keras 3.9 or later, or save the model as .keras there"


def drops_axis(axis: Any, target: Target) -> bool:
    """Whether a Keras drops an axis from the config of a layer in an H5 file and takes the last one."""
    if isinstance(axis, list):
        return target.is_keras3 and len(axis) > 1
    return target.is_keras3 and target.version < FIRST_KEEPING and isinstance(axis, int)


def obstacles(loading: Loading) -> Iterator[Obstacle]:
    """The layers of an H5 file that work on the last axis instead of their own."""
    for layer in loading.model.all_layers if loading.document.container is Container.H5 else ():
        axis = layer.config.get("axis")
        if isinstance(axis, int) and drops_axis(axis, loading.target) and not _is_last(axis, layer):
            message = f"axis {axis} is dropped from the config of a layer in H5, and the last axis taken instead"
            pointer = (*layer.pointer, "config", "axis")
            yield Obstacle(RULE, Stage.COMPUTE, message, pointer, layer.full_name, cure=CURE)


def _is_last(axis: int, layer: Layer) -> bool:
    """Whether an axis is the last one of the inputs, or their rank is not known."""
    given = layer.calls[0].inputs if layer.calls else None
    first = given if is_dims(given) else given[0] if isinstance(given, list | tuple) and given else None
    return axis == -1 or not is_dims(first) or axis == len(first) - 1
