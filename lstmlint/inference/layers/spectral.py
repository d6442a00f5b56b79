"""Signals as spectrograms."""

from __future__ import annotations

from lstmlint.inference.layers import spatial
from lstmlint.inference.layers.call import Call, Signature, Undetermined, layer
from lstmlint.ir.shape import Dims, Incompatible, combine
from lstmlint.ir.weight import Weight
from lstmlint.ir.work import Work, multiplied, unknown_products

#: The kernels of a Fourier transform in modes that need one kernel; all other modes need both.
KERNELS = {"real": ("real_kernel",), "imag": ("imag_kernel",)}
BOTH_KERNELS = ("real_kernel", "imag_kernel")


@layer("STFTSpectrogram")
def stft_spectrogram(call: Call) -> Signature:
    """A convolution with `fft_length / 2 + 1` waves of `frame_length` samples, for each channel separately.

    Raises:
        Incompatible: the number of channels is open.
    """
    frame, mode = call.positive("frame_length"), call.text("mode")
    step = call.integer("frame_step") if call.config.get("frame_step") else frame // 2
    fft = call.integer("fft_length") if call.config.get("fft_length") else 2 ** (frame - 1).bit_length()
    waves = fft // 2 + 1
    batch, lengths, channels = spatial.split(call.dims(3), call.channels_first)
    if channels is None:
        raise Incompatible("expects a known number of channels and gets an open one")
    steps = spatial.window_length(lengths[0], frame, step, call.text("padding"))
    frequencies = waves * 2 if mode == "stft" else waves
    if call.flag("expand_dims"):
        outputs = spatial.joined(batch, (steps, frequencies), channels, call.channels_first)
    else:
        flat = combine(lambda known: known * frequencies, channels)
        outputs = spatial.joined(batch, (steps,), flat, call.channels_first)
    kernels = tuple(Weight(name, (frame, 1, waves)) for name in KERNELS.get(mode, BOTH_KERNELS))
    return Signature(outputs, kernels, Work(tuple(multiplied((*wave.shape, channels), (steps,)) for wave in kernels)))


@layer("MelSpectrogram", weights=False)
def mel_spectrogram(call: Call) -> Signature:
    """The shape `(batch, num_mel_bins, frames)`, with one frame every `sequence_stride` samples."""
    shape, stride = call.shape(), call.positive("sequence_stride")
    bins = call.integer("num_mel_bins")
    if not shape:
        raise Undetermined("its input has no axis")
    frames = combine(lambda samples: (samples + stride + 1) // stride, shape[min(1, len(shape) - 1)])
    outputs: Dims = (bins, frames) if len(shape) == 1 else (shape[0], bins, frames)
    return Signature(outputs, (), unknown_products("its Fourier transform is no matrix product"))
