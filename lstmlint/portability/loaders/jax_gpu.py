"""Differences of Keras 3 on JAX with a GPU, where LSTM layers run in cuDNN.

Source: `keras/src/backend/jax/rnn.py` and `keras/src/layers/rnn/bidirectional.py` of Keras 3.15.1. Its `lstm` turns
the sequence of a layer with `go_backwards` around again, which no other backend does, and `Bidirectional` turns the
backward sequence around as well, unless it takes `bidirectional_lstm` for both directions at once.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.activations import named
from lstmlint.analyses.directions import directions
from lstmlint.analyses.mask_treatments import NO_MASK
from lstmlint.analyses.masks import mask_flow
from lstmlint.ir.model import Layer, Model
from lstmlint.portability.obstacle import Obstacle, Stage, obstacle

RULE = "jax-gpu-time-order"

TURNED = "returns its sequence in the order of time, though go_backwards is true; elsewhere it is reversed"
TURNED_TWICE = "returns the sequence of its backward layer in reversed time, as it is turned around twice"


def obstacles(model: Model) -> Iterator[Obstacle]:
    """Layers whose sequences come in another order than on a CPU."""
    masked = {call.layer.full_name for call in mask_flow(model).calls if call.mask != NO_MASK}
    inside: set[str] = set()
    for both in directions(model):
        inside |= {both.forward.full_name, both.backward.full_name}
        is_kept = both.layer.full_name in masked or not both.backward.config.get("return_sequences")
        if is_kept or not takes_cudnn(both.backward) or _is_fused(both.forward, both.backward):
            continue
        yield obstacle(RULE, "", TURNED_TWICE, both.layer.pointer, both.layer.full_name, Stage.COMPUTE)
    for layer in model.all_layers:
        config = layer.config
        is_reversed = bool(config.get("go_backwards")) and bool(config.get("return_sequences"))
        if is_reversed and layer.full_name not in masked | inside and takes_cudnn(layer):
            pointer = (*layer.pointer, "config", "go_backwards")
            yield obstacle(RULE, "", TURNED, pointer, layer.full_name, Stage.COMPUTE)


def takes_cudnn(layer: Layer) -> bool:
    """Whether a layer alone is an LSTM that goes to cuDNN (`cudnn_ok`, `LSTM.inner_loop`)."""
    config = layer.config
    return (
        layer.class_name == "LSTM"
        and named(config.get("activation")) == "tanh"
        and named(config.get("recurrent_activation")) == "sigmoid"
        and bool(config.get("use_bias"))
        and not config.get("unroll")
        and not config.get("recurrent_dropout")
    )


def _is_fused(forward: Layer, backward: Layer) -> bool:
    """Whether both directions go to cuDNN at once (`Bidirectional._can_attempt_fused_lstm`)."""
    alike = all(forward.config.get(key) == backward.config.get(key) for key in ("units", "stateful"))
    is_plain = not any(
        layer.config.get(key) for layer in (forward, backward) for key in ("dropout", "recurrent_dropout", "stateful")
    )
    return alike and is_plain and takes_cudnn(forward) and takes_cudnn(backward)
