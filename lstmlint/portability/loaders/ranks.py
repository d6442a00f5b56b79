"""The first layer of a Sequential in an H5 file, whose `batch_input_shape` Keras 3 takes for a shape without the batch.

So everything is one dimension too many until a layer says so; dense layers do not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lstmlint.portability.loaders.context import Place
from lstmlint.portability.obstacle import DUMP, Obstacle, Stage, obstacle

RULE = "k3-config-field-refused"
CURE = "write an InputLayer with the shape before the first layer instead of its 'batch_input_shape'"

#: Layers that want inputs of so many dimensions.
WANTED: Mapping[str, int] = {
    "LSTM": 3, "GRU": 3, "SimpleRNN": 3, "RNN": 3, "RepeatVector": 2,
    "MaxPooling1D": 3, "AveragePooling1D": 3, "GlobalMaxPooling1D": 3, "GlobalAveragePooling1D": 3,
    "MaxPooling2D": 4, "AveragePooling2D": 4, "GlobalMaxPooling2D": 4, "GlobalAveragePooling2D": 4,
    "ZeroPadding1D": 3, "ZeroPadding2D": 4, "UpSampling1D": 3, "UpSampling2D": 4, "Cropping1D": 3, "Cropping2D": 4,
    "SpatialDropout1D": 3, "SpatialDropout2D": 4, "ConvLSTM1D": 4, "ConvLSTM2D": 5, "ConvLSTM3D": 6,
}  # fmt: skip

#: Convolutions, by the dimensions of their kernel without channels.
CONVOLUTIONS: Mapping[str, int] = {"Conv1D": 1, "Conv2D": 2, "Conv3D": 3}

#: Layers that take any number of dimensions and keep it.
KEEPING = frozenset({"Dense", "Dropout", "Activation", "BatchNormalization", "Masking", "GaussianNoise", "LeakyReLU"})


@dataclass(frozen=True, slots=True)
class Surplus:
    """What the layers of a Sequential make of the dimension too many: the layer at `index` meets the obstacle."""

    index: int
    obstacle: Obstacle


def surplus(layers: Sequence[Place]) -> Surplus | None:
    """Where the dimension too many shows; `None` where there is none, as an InputLayer comes first."""
    first = layers[0] if layers else Place(None)
    written = first.config.get("batch_input_shape") if isinstance(first.config, dict) else None
    if first.class_name == "InputLayer" or not isinstance(written, list) or "module" in first.value:
        return None
    shape: list[Any] = [None, *written]
    for index, layer in enumerate(layers):
        refused = _refusal(layer, shape)
        if refused:
            return Surplus(index, replace(layer.refused(RULE, "ValueError", refused), cure=CURE))
        if layer.class_name == "Embedding":
            shape = [*shape, layer.config.get("output_dim")]
        elif layer.class_name not in KEEPING:
            break
        elif layer.class_name == "Dense":
            shape = [*shape[:-1], layer.config.get("units")]
    message = f"its input is taken to be {(None, *written)}, one dimension more than it was"
    pointer = (*first.pointer, "config", "batch_input_shape")
    return Surplus(0, replace(obstacle(RULE, "", message, pointer, first.layer, Stage.COMPUTE), cure=CURE))


def _refusal(layer: Place, shape: list[Any]) -> str:
    name = layer.class_name
    inner = layer.at("config", "layer").class_name if name == "Bidirectional" else name
    wanted = WANTED.get(inner)
    text = tuple(shape)
    if wanted is not None and wanted != len(shape):
        return (
            f"Input 0 with name '{DUMP}' of layer '{layer.layer}' is incompatible with the layer: "
            f"expected ndim={wanted}, found ndim={len(shape)}. Full shape received: {text}"
        )
    width = CONVOLUTIONS.get(name)
    if width is not None and len(shape) != width + 2:
        config = layer.config
        channels = shape[1] if config.get("data_format") == "channels_first" else shape[-1]
        kernel = (*config.get("kernel_size", ()), channels, config.get("filters"))
        return (
            "Kernel shape must have the same length as input, "
            f"but received kernel of shape {kernel} and input of shape {text}."
        )
    return ""
