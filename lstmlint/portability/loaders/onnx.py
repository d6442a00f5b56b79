"""Conversion by tf2onnx, from tf.keras or behind `model.export(..., format="onnx")` of Keras 3.

Source: what it makes of the models in `tests/data/targets.jsonl`, run by onnxruntime.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.sequences import recurrent_core
from lstmlint.ir.model import Model
from lstmlint.keras.writer import parse_version
from lstmlint.portability.loaders.runtimes import nothing_to_convert
from lstmlint.portability.obstacle import DUMP, Obstacle, Stage, obstacle

RULE = "onnx-state-lost"

LOST = "stateful is true, and ONNX keeps no states: every call starts from the same ones"
REFUSED = (
    f"Input tensor `{DUMP}` enters the loop with shape {DUMP}, but has shape {DUMP} after one iteration. To allow the "
    "shape to vary across iterations, use the `shape_invariants` argument of tf.while_loop to specify a less-specific "
    "shape."
)


def obstacles(model: Model) -> Iterator[Obstacle]:
    """The layers that tf2onnx refuses or converts to other operations."""
    yield from nothing_to_convert(model)
    version = parse_version(model.document.keras_version or "")
    is_keras3 = bool(version and version[0] == 3)
    for layer in model.all_layers:
        core = recurrent_core(layer)
        if core is None or core is not layer or not layer.config.get("stateful"):
            continue
        pointer = (*layer.pointer, "config", "stateful")
        if is_keras3:
            yield obstacle(RULE, "ValueError", REFUSED, pointer, layer.full_name)
        else:
            yield obstacle(RULE, "", LOST, pointer, layer.full_name, Stage.COMPUTE)
