"""Recurrent layers whose input has the wrong rank, and the recurrent layers that cause it."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.sequences import SequenceCall, input_rank, recurrent_core, sequence_calls, source
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Dims, Unknown


@dataclass(frozen=True, slots=True)
class VectorProducer:
    """A recurrent layer that returns no sequences: the `layer` in the graph, and the layer that holds the flag."""

    layer: Layer
    recurrent: Layer


@dataclass(frozen=True, slots=True)
class RankMismatch:
    """A recurrent layer that is called on an input of the wrong rank.

    `vector_producer` is the recurrent layer before it that gives a vector instead of a sequence, if any; `source` is
    the layer that decides the rank, where it is known.
    """

    layer: Layer
    shape: Dims
    expected: int
    source: Layer | None
    vector_producer: VectorProducer | None


def rank_mismatches(model: Model) -> Iterator[RankMismatch]:
    """Every call of a recurrent layer on an input whose rank is known and wrong, nested models included."""
    for inner in model.all_models:
        for call in sequence_calls(inner):
            expected = input_rank(call.layer)
            shape = call.sequence
            if expected is not None and not isinstance(shape, Unknown) and len(shape) != expected:
                yield _mismatch(inner, call, shape, expected)


def _mismatch(model: Model, call: SequenceCall, shape: Dims, expected: int) -> RankMismatch:
    origin = source(model, call.call.inputs)
    if origin is None:
        return RankMismatch(call.layer, shape, expected, None, None)
    _, producer, reference = origin
    recurrent = recurrent_core(producer)
    gives_vector = recurrent is not None and reference.index == 0 and not recurrent.config.get("return_sequences")
    vector_producer = VectorProducer(producer, recurrent) if recurrent is not None and gives_vector else None
    return RankMismatch(call.layer, shape, expected, producer, vector_producer)
