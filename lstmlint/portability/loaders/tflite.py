"""Conversion of a model by TensorFlow Lite.

Source: what it says of the models in `tests/data/targets.jsonl`, whose outputs its interpreter computes.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.sequences import SequenceCall, recurrent_core, sequence_calls
from lstmlint.ir.model import Model
from lstmlint.ir.shape import is_dims
from lstmlint.keras.classes import traits_of
from lstmlint.portability.loaders.runtimes import nothing_to_convert
from lstmlint.portability.obstacle import Obstacle, obstacle

RULE = "tflite-dynamic-rnn"

REFUSED = "'tf.TensorListReserve' op requires element_shape to be static during TF Lite transformation pass"
NO_CUDNN = "'tf.CudnnRNNV2' op is neither a custom op nor a flex op"


def obstacles(model: Model) -> Iterator[Obstacle]:
    """Loops over steps whose batch is not fixed, and cuDNN, which the built-in operations do not have."""
    yield from nothing_to_convert(model)
    said: set[str] = set()
    for inner in model.all_models:
        for call in sequence_calls(inner):
            layer = call.layer
            refused = _refusal(call)
            if refused and layer.full_name not in said:
                said.add(layer.full_name)
                yield obstacle(RULE, "ConverterError", refused, layer.pointer, layer.full_name)


def _refusal(call: SequenceCall) -> str:
    """The obstacle of a call: cuDNN, or a loop that is not unrolled, over a batch of any size."""
    core = recurrent_core(call.layer)
    if core is None:
        return ""
    if traits_of(core.node.written_class).is_cudnn:
        return NO_CUDNN
    sequence = call.sequence
    is_open = is_dims(sequence) and bool(sequence) and sequence[0] is None
    return REFUSED if is_open and not core.config.get("unroll") else ""
