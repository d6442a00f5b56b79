"""Whether the values of a tensor still are those of the data."""

from __future__ import annotations

from lstmlint.analyses.activations import INERT, LINEAR, MOVING, WEIGHTED, named
from lstmlint.analyses.sequences import INPUT_RANKS
from lstmlint.ir.graph import LayerCall, TensorRef, references
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Unknown

#: Layers that hand on the values that they get, of one input or of several.
HANDS_ON = INERT | MOVING | {"Concatenate", "Add", "ZeroPadding1D", "Masking", "Activation", "ReLU", "LeakyReLU"}

#: Activations that leave zero at zero.
KEEPS_ZERO = frozenset({
    LINEAR, "tanh", "relu", "relu6", "leaky_relu", "elu", "selu", "silu", "gelu", "softsign", "mish", "hard_silu",
})  # fmt: skip

RECURRENT = frozenset(INPUT_RANKS) | {"RNN", "Bidirectional"}

NORMALIZATIONS = frozenset({"BatchNormalization", "Normalization", "LayerNormalization", "GroupNormalization"})

#: Normalizations that move zero only by the offset that they learn.
CENTERED = frozenset({"LayerNormalization"})

FUNCTIONS = frozenset({"Lambda", "TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer"})


def changed_before(model: Model, call: LayerCall, *, keeps_zero: bool) -> Layer | Unknown | None:
    """The last layer before a call that changes the values of its input; unknown behind a custom layer.

    Args:
        model: the model of the call.
        call: the call whose input is looked at.
        keeps_zero: whether maps that leave zero at zero count as no change.
    """
    seen: set[tuple[int, TensorRef]] = set()
    waiting = [(model, reference) for reference in references(call.inputs)]
    unknown = None
    while waiting:
        model, reference = waiting.pop()
        layer = model.producer(reference)
        if layer is None or (id(model), reference) in seen:
            continue
        seen.add((id(model), reference))
        if layer.model is not None and layer.model.graph is not None:
            outputs = list(references(layer.model.graph.outputs))
            waiting.extend((layer.model, output) for output in outputs[reference.index : reference.index + 1])
            continue
        core = layer.children.get("layer", layer) if layer.class_name == "TimeDistributed" else layer
        if core.node.is_custom or core.class_name in FUNCTIONS:
            unknown = Unknown(f"what {core.node.written_class} makes of the values is not known")
        elif _changes(core, keeps_zero=keeps_zero):
            return layer
        elif core.class_name in HANDS_ON | WEIGHTED | NORMALIZATIONS:
            inputs = references(layer.node.calls[reference.call].inputs)
            waiting.extend((model, reference) for reference in inputs)
    return unknown


def _changes(layer: Layer, *, keeps_zero: bool) -> bool:
    name, config = layer.class_name, layer.config
    if name in RECURRENT:
        core = layer.children.get("forward", layer)
        return not (keeps_zero and core.config.get("zero_output_for_mask"))
    if name in NORMALIZATIONS:
        return not (keeps_zero and name in CENTERED and config.get("center") is False)
    if name in WEIGHTED:
        has_bias = config.get("bias_axes") is not None if name == "EinsumDense" else config.get("use_bias") is not False
        return has_bias or not keeps_zero or named(config.get("activation")) not in KEEPS_ZERO
    return False
