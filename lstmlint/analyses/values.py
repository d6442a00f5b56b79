"""Layers that change the values of the data before a call."""

from __future__ import annotations

from lstmlint.analyses.activations import LINEAR, named
from lstmlint.ir.graph import LayerCall, TensorRef, references
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Unknown
from lstmlint.keras.classes import Values, traits_of

#: Activations that map zero to zero.
KEEPS_ZERO = frozenset({
    LINEAR, "tanh", "relu", "relu6", "leaky_relu", "elu", "selu", "silu", "gelu", "softsign", "mish", "hard_silu",
})  # fmt: skip

#: Effects on values that change no zeros.
ZEROS_STAY = (Values.KEPT, Values.MOVED, Values.ZEROS)


def changed_before(model: Model, call: LayerCall, *, keeps_zero: bool) -> Layer | Unknown | None:
    """The last layer before a call that changes the values of its input; unknown behind a custom layer.

    Args:
        model: the model of the call.
        call: the call whose input is examined.
        keeps_zero: whether functions that map zero to zero count as no change.
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
        if core.node.is_custom or traits_of(core.class_name).calls_function:
            unknown = Unknown(f"what {core.node.written_class} makes of the values is not known")
        elif _changes(core, keeps_zero=keeps_zero):
            return layer
        elif _is_described(core):
            inputs = references(layer.node.calls[reference.call].inputs)
            waiting.extend((model, reference) for reference in inputs)
    return unknown


def _is_described(layer: Layer) -> bool:
    """Whether the traits of a layer describe its effect on values."""
    traits = traits_of(layer.class_name)
    is_followed = traits.applies_activation or traits.normalizes or layer.class_name == "Activation"
    return is_followed or traits.values in ZEROS_STAY


def _changes(layer: Layer, *, keeps_zero: bool) -> bool:
    traits, config = traits_of(layer.class_name), layer.config
    if traits.is_recurrent:
        core = layer.children.get("forward", layer)
        return not (keeps_zero and core.config.get("zero_output_for_mask"))
    has_offset = not traits.offset or config.get(traits.offset, True) not in (False, None)
    if traits.normalizes:
        return not keeps_zero or (traits.values is not Values.ZEROS and has_offset)
    if traits.applies_activation:
        return has_offset or not keeps_zero or named(config.get("activation")) not in KEEPS_ZERO
    return False
