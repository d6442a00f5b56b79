"""The first layer of a Sequential in an H5 file, whose `batch_input_shape` Keras 3 takes for a shape without the batch.

So everything is one dimension too many until a layer says so; dense layers do not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lstmlint.ir.dataclass import dataclass, replace
from lstmlint.keras.classes import traits_of
from lstmlint.keras.versions import Target
from lstmlint.portability.loaders.calls import incompatible
from lstmlint.portability.loaders.context import LoadedObject
from lstmlint.portability.obstacle import DUMP, Obstacle, Stage, obstacle

RULE = "k3-config-field-refused"
CURE = "write an InputLayer with the shape before the first layer instead of its 'batch_input_shape'"


@dataclass(frozen=True, slots=True)
class Surplus:
    """The obstacle of the extra dimension in a Sequential, at the layer with this `index`."""

    index: int
    obstacle: Obstacle


def surplus(layers: Sequence[LoadedObject], target: Target) -> Surplus | None:
    """The index of the layer that refuses the extra dimension; `None` where an InputLayer comes first."""
    first = layers[0] if layers else LoadedObject(None)
    written = first.config.get("batch_input_shape") if isinstance(first.config, dict) else None
    if first.class_name == "InputLayer" or not isinstance(written, list) or "module" in first.value:
        return None
    shape: list[Any] = [None, *written]
    for index, layer in enumerate(layers):
        refused = _refusal(layer, shape, target)
        if not refused:
            refused = _open_weights(layer, shape)
        if refused:
            return Surplus(index, replace(layer.refused(RULE, "ValueError", refused), cure=CURE))
        if layer.class_name == "Embedding":
            shape = [*shape, layer.config.get("output_dim")]
        elif layer.class_name == "Flatten":
            shape = [None, None]  # all but the batch, of which one dimension is open
        elif not traits_of(layer.class_name).keeps_rank:
            break
        elif layer.class_name == "Dense":
            shape = [*shape[:-1], layer.config.get("units")]
    message = f"its input is taken to be {(None, *written)}, one dimension more than it was"
    pointer = (*first.pointer, "config", "batch_input_shape")
    return Surplus(0, replace(obstacle(RULE, "", message, pointer, first.layer, Stage.COMPUTE), cure=CURE))


def _refusal(layer: LoadedObject, shape: list[Any], target: Target) -> str:
    name = layer.class_name
    inner = layer.at("config", "layer").class_name if name == "Bidirectional" else name
    wanted = None if traits_of(inner).is_cudnn else traits_of(inner).rank  # Keras 3 does not know those
    text = tuple(shape)
    if wanted is not None and wanted != len(shape):
        return (
            f"{incompatible(layer.layer, target, DUMP)}"
            f"expected ndim={wanted}, found ndim={len(shape)}. Full shape received: {text}"
        )
    traits = traits_of(name)
    if traits.is_convolution and len(shape) != (traits.dimensions or 0) + 2:
        config = layer.config
        channels = shape[1] if config.get("data_format") == "channels_first" else shape[-1]
        filters = config.get("filters") or _times(channels, config.get("depth_multiplier"))
        kernel = (*config.get("kernel_size", ()), channels, filters)
        return (
            "Kernel shape must have the same length as input, "
            f"but received kernel of shape {kernel} and input of shape {text}."
        )
    return ""


def _open_weights(layer: LoadedObject, shape: list[Any]) -> str:
    """The refusal of weights with an open dimension."""
    config = layer.config if isinstance(layer.config, dict) else {}
    weights = WEIGHTS.get(layer.class_name)
    made = weights(config, shape) if weights is not None else ()
    return OPEN.format(shape=tuple(made)) if None in made else ""


def _slopes(config: Mapping[str, Any], shape: Sequence[Any]) -> list[Any]:
    shared = config.get("shared_axes") or ()
    return [1 if axis in shared else size for axis, size in enumerate(shape[1:], start=1)]


#: The shapes of the weights that a layer makes for each position of its input, by its class.
WEIGHTS: Mapping[str, Callable[[Mapping[str, Any], Sequence[Any]], Sequence[Any]]] = {
    "Dense": lambda config, shape: (shape[-1], config.get("units", 0)),
    "PReLU": _slopes,
}
OPEN = (
    "Shapes used to initialize variables must be fully-defined (no `None` dimensions). Received: shape={shape} "
    f"for variable path={DUMP}"
)


def _times(channels: Any, multiplier: Any) -> Any:
    return channels * multiplier if isinstance(channels, int) and isinstance(multiplier, int) else None
