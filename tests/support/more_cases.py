"""Tables of less common layers: preprocessing, augmentation, einsum, spectrograms."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

from tests.support.case import Case, L, each, grid

IMAGES: list[Any] = [(12, 10, 3), (None, 10, 3), (None, None, 3), (12, 3)]
IMAGES_FIRST: list[Any] = [(3, 12, 10), (3, None, 10), (3, None, None), (3, 12)]
BATCHES: list[Any] = [(12, 10, 3), (None, None, 3)]
VALUES: list[Any] = [(), (1,), (4,), (None,), (3, 1), (3, 4), (None, 4)]


def adaptive_poolings() -> Iterator[Case]:
    shapes: dict[int, list[Any]] = {1: [(12, 4), (None, 4)], 2: [(9, 8, 4), (None, 8, None)], 3: [(6, None, 7, 2)]}
    for rank, inputs in shapes.items():
        names = [f"AdaptiveMaxPooling{rank}D", f"AdaptiveAveragePooling{rank}D"]
        for order in ("channels_last", "channels_first"):
            yield from each(names, inputs, output_size=[3, (2,) * rank], data_format=[order])


def einsums() -> Iterator[Case]:
    equations: list[tuple[str, Any, list[Any], list[str | None]]] = [
        ("ab,bc->ac", 5, [(4,)], [None, "c"]),
        ("abc,cd->abd", (None, 5), [(6, 4), (None, 4)], [None, "d"]),
        ("abc,cd->abd", (6, 5), [(6, 4)], [None, "d", "bd", "b"]),
        ("abc,cde->abde", (None, 2, 3), [(6, 4), (None, 4)], [None, "e", "d", "de", "ed"]),
        ("abc,bde->ade", (2, 5), [(6, 4)], ["de"]),
        ("abc,bcd->abcd", (6, 4, 5), [(6, 4)], ["d"]),
        ("...x,xy->...y", 5, [(4,), (6, 4), (None, 4), (3, None, 4)], [None, "y"]),
        ("...x,xy->...y", (5,), [(6, 4), (None, 6, 4)], ["y"]),
        ("...wx,xy->...wy", (None, 5), [(6, 4), (7, 6, 4)], ["y"]),
        ("ab...,bc->ac...", 5, [(6, 4, 3), (6, None, 3), (6,)], [None, "c"]),
        ("abc...,cd->abd...", (None, 5), [(6, 4, 3)], ["d"]),
    ]
    for equation, output_shape, shapes, axes in equations:
        yield from grid("EinsumDense", shapes, equation=[equation], output_shape=[output_shape], bias_axes=axes)
    yield from grid("EinsumDense", [(6, 4)], equation=["abc,cd->abd"], output_shape=[(None, 5)], bias_axes=["d"],
                    lora_rank=[2])  # fmt: skip


def reversible_embeddings() -> Iterator[Case]:
    yield from grid("ReversibleEmbedding", [(), (6,), (None,)], input_dim=[9], output_dim=[4],
                    tie_weights=[True, False], mask_zero=[True, False])  # fmt: skip


def spectral_normalizations() -> Iterator[Case]:
    yield from _wrapping((6,), lambda: L.Dense(4), lambda: L.Dense(4, use_bias=False), lambda: L.Dense(4, lora_rank=2))
    yield from _wrapping((6,), lambda: L.Dense(4, trainable=False), lambda: L.Embedding(9, 4))
    yield from _wrapping((6,), lambda: L.SpectralNormalization(L.Dense(4)), lambda: L.ReversibleEmbedding(9, 4))
    yield from _wrapping((6, 5), lambda: L.EinsumDense("...x,xy->...y", 3, bias_axes="y"), lambda: L.Conv1D(4, 3))
    yield from _wrapping((6, 5), lambda: L.Conv1DTranspose(4, 3), lambda: L.DepthwiseConv1D(3, depth_multiplier=2))
    yield from _wrapping((None, None, 3), lambda: L.Conv2D(4, 3), lambda: L.Conv2D(4, 3, use_bias=False))


def _wrapping(shape: Any, *layers: Callable[[], Any]) -> Iterator[Case]:
    for at, make in enumerate(layers):
        layer = functools.partial(make)
        layer.__name__ = f"layer{at}"  # type: ignore[attr-defined]
        yield Case(shape, "SpectralNormalization", {"layer": layer})


def augmentations() -> Iterator[Case]:
    """All layers of augmentation but `Equalization`, which Keras cannot have in a model."""
    order: list[tuple[list[Any], str]] = [(IMAGES, "channels_last"), (IMAGES_FIRST, "channels_first")]
    for shapes, data_format in order:
        yield from each(["Resizing", "CenterCrop", "RandomCrop"], shapes, height=[8], width=[6],
                        data_format=[data_format])  # fmt: skip
        yield from grid("Resizing", shapes, height=[8], width=[6], data_format=[data_format],
                        crop_to_aspect_ratio=[True])  # fmt: skip
        yield from each(["RandomFlip", "AutoContrast", "Solarization", "RandomGrayscale", "CutMix",
                         "MixUp", "AugMix", "RandAugment", "RandomErasing"],
                        shapes[:2], data_format=[data_format])  # fmt: skip
        yield from each(["RandomRotation", "RandomColorDegeneration"], shapes[:3], factor=[0.2],
                        data_format=[data_format])  # fmt: skip
    yield from grid("RandomZoom", BATCHES, height_factor=[0.2])
    yield from grid("RandomTranslation", BATCHES, height_factor=[0.2], width_factor=[0.1])
    yield from each(["RandomBrightness", "RandomContrast", "RandomHue", "RandomSaturation", "RandomSharpness"], BATCHES,
                    factor=[0.2])  # fmt: skip
    yield from grid("RandomPosterization", BATCHES, factor=[4])
    yield from each(["RandomInvert", "RandomPerspective", "RandomElasticTransform", "RandomGaussianBlur", "RandomShear",
                     "RandomColorJitter", "ContrastLimitedAdaptiveHistogramEqualization"], BATCHES)  # fmt: skip
    yield from grid("MaxNumBoundingBoxes", BATCHES, max_number=[5])
    yield from grid("Rescaling", [*BATCHES, (4,), (None,)], scale=[0.1], offset=[0.0, 1.0])


def normalizations_of_data() -> Iterator[Case]:
    yield from grid("Normalization", [(4,), (5, 4), (None, 4)], axis=[-1, None])
    yield from grid("Normalization", [(5, 4)], axis=[1, (1, 2), (2, 1), ()], invert=[True, False])
    yield from grid("Normalization", [(4,), (None, 4)], mean=[3.0], variance=[2.0])
    yield from grid("Normalization", [(4,)], mean=[[1.0, 2.0, 3.0, 4.0]], variance=[[1.0, 1.0, 1.0, 1.0]])


def encodings() -> Iterator[Case]:
    """The layers that need no TensorFlow; the others are recorded in `fixtures/layers/`."""
    vectors = ["one_hot", "multi_hot", "count"]
    yield from grid("CategoryEncoding", VALUES, num_tokens=[5], output_mode=vectors)
    yield from grid("Discretization", VALUES, bin_boundaries=[[0.0, 1.0], []], output_mode=["int", *vectors])
    yield from grid("Discretization", VALUES, num_bins=[4], output_mode=["int", "one_hot", "multi_hot"])


def spectrograms() -> Iterator[Case]:
    modes = ["log", "magnitude", "psd", "real", "imag", "angle", "stft"]
    sizes: dict[str, list[Any]] = {"frame_length": [16], "frame_step": [None, 5], "padding": ["valid", "same"]}
    yield from grid("STFTSpectrogram", [(100, 2), (None, 1)], mode=modes, expand_dims=[True, False], **sizes)
    yield from grid("STFTSpectrogram", [(2, 100), (1, None)], expand_dims=[True, False], frame_length=[17],
                    data_format=["channels_first"], fft_length=[None, 40])  # fmt: skip
    yield from grid(
        "MelSpectrogram", [(), (100,), (None,)], num_mel_bins=[12], sequence_stride=[7, 100], fft_length=[64]
    )


def pipelines() -> Iterator[Case]:
    layers: list[Callable[[], Any]] = [
        lambda: [L.Rescaling(0.1), L.RandomFlip()],
        lambda: [L.Resizing(8, 6), L.CenterCrop(4, 4), L.RandomRotation(0.1)],
        lambda: [L.Conv2D(4, 3), L.Pipeline([L.Dense(3)])],
    ]  # fmt: skip
    for at, make in enumerate(layers):
        make.__name__ = f"layers{at}"
    yield from grid("Pipeline", BATCHES, layers=layers)


MORE_FAMILIES = (
    adaptive_poolings, einsums, reversible_embeddings, spectral_normalizations, augmentations, normalizations_of_data,
    encodings, spectrograms, pipelines,
)  # fmt: skip
