"""Augmentation of images: most layers keep the shape, some cut or stretch height and width."""

from __future__ import annotations

from lstmlint.inference.layers.call import Call, Signature, Undetermined, layer
from lstmlint.ir.shape import Dim, Dims, Incompatible, Structure, Unknown, is_dims

#: The axes of height and width, counted from the end.
CHANNELS_LAST = (-3, -2)
CHANNELS_FIRST = (-2, -1)

#: The axis that a layer leaves open, counted from the end, by class name.
OPENED = {"RandomHeight": -3, "RandomWidth": -2}

#: The class that cuts images out, and stretches images that are too small.
CROPS = frozenset({"CenterCrop", "RandomCrop"})

#: The channels of a color image.
COLORS = 3


@layer(
    "AugMix", "AutoContrast", "ContrastLimitedAdaptiveHistogramEqualization", "CutMix", "Equalization", "MixUp",
    "RandAugment", "RandomBrightness", "RandomColorJitter", "RandomContrast", "RandomElasticTransform",
    "RandomErasing", "RandomFlip", "RandomGaussianBlur", "RandomGrayscale", "RandomHue", "RandomInvert",
    "RandomPerspective", "RandomPosterization", "RandomRotation", "RandomSaturation", "RandomSharpness", "RandomShear",
    "RandomTranslation", "RandomZoom", "Solarization",
    weights=False,
)  # fmt: skip
def same_size(call: Call) -> Signature:
    """The shapes of images, or of images with labels and boxes, stay."""
    return Signature(call.inputs)


@layer("RandomColorDegeneration", weights=False)
def color_degeneration(call: Call) -> Signature:
    """The shape of images stays; colors fade, so three channels are needed.

    Raises:
        Incompatible: the input is no image, or has another number of channels.
    """
    shape = _image(call)
    if len(shape) not in (3, 4):
        raise Incompatible(f"expects an image of rank 3 or 4 and gets one of rank {len(shape)}")
    channels = shape[-3 if call.channels_first else -1]
    if isinstance(channels, int) and channels != COLORS:
        raise Incompatible(f"expects {COLORS} channels and gets {channels}")
    return Signature(shape)


@layer("Resizing", "CenterCrop", "RandomCrop", weights=False)
def other_size(call: Call) -> Signature:
    """Height and width become those of the config.

    Raises:
        Incompatible: the input is no image.
    """
    shape = list(_image(call))
    if len(shape) < 3 or (len(shape) > 4 and call.class_name == "CenterCrop"):
        raise Incompatible(f"expects an image of rank 3 or 4 and gets one of rank {len(shape)}")
    if len(shape) > 4 and call.class_name == "Resizing":
        raise Undetermined(f"its input is of rank {len(shape)}")
    height, width = CHANNELS_FIRST if call.channels_first else CHANNELS_LAST
    if call.semantics.outputs_are_traced and call.class_name in CROPS and None in (shape[height], shape[width]):
        shape[:-3] = [None] * len(shape[:-3])  # the layer then decides when it runs whether to cut or to stretch
    shape[height], shape[width] = call.integer("height"), call.integer("width")
    return Signature(tuple(shape))


@layer("RandomHeight", "RandomWidth", weights=False)
def open_size(call: Call) -> Signature:
    """The length that the layer draws at random for each call becomes open."""
    shape: list[Dim] = list(_image(call))
    if len(shape) not in (3, 4):
        raise Incompatible(f"expects an image of rank 3 or 4 and gets one of rank {len(shape)}")
    shape[OPENED[call.class_name]] = None
    return Signature(tuple(shape))


@layer("MaxNumBoundingBoxes", weights=False)
def bounding_boxes(call: Call) -> Signature:
    """Boxes and their labels are padded to a fixed number of boxes; an input without boxes stays."""
    return Signature(_with_boxes(call.inputs, call.integer("max_number")))


def _with_boxes(inputs: Structure, boxes: int) -> Structure:
    shapes = inputs.get("bounding_boxes") if isinstance(inputs, dict) else None
    if not isinstance(inputs, dict) or not isinstance(shapes, dict):
        return inputs
    return {**inputs, "bounding_boxes": {key: _with_length(shape, boxes) for key, shape in shapes.items()}}


def _with_length(shape: Structure, length: int) -> Structure:
    if not is_dims(shape) or len(shape) < 2:
        return Unknown("the shape of its boxes is not known")
    return (shape[0], length, *shape[2:])


def _image(call: Call) -> Dims:
    if isinstance(call.inputs, dict):
        raise Undetermined("it is called on images with labels or boxes")
    return call.shape()
