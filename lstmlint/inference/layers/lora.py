"""Low-rank adaptation (Keras 3): the kernel of a layer is frozen, and two small factors are trained."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lstmlint.inference.layers.call import Call
from lstmlint.ir.weight import Weight
from lstmlint.ir.work import Amount, multiplied


def adapted(call: Call, weights: Sequence[Weight]) -> Iterator[Weight]:
    """The weights of a layer, kernel first; with a `lora_rank` the kernel is frozen, and its factors come last.

    The factors are `(*kernel[:-1], rank)` and `(rank, kernel[-1])` (Keras, `layers/core/dense.py`, `enable_lora`).
    """
    kernel, *others = weights
    rank = call.integer("lora_rank") if call.config.get("lora_rank") else 0
    yield Weight(kernel.name, kernel.shape, trainable=not rank, dtype=kernel.dtype)
    yield from others
    if rank:
        yield Weight(f"lora_{kernel.name}_a", (*kernel.shape[:-1], rank), dtype="float32")
        yield Weight(f"lora_{kernel.name}_b", (rank, kernel.shape[-1]), dtype="float32")


def factors(call: Call, kernel: Weight) -> tuple[Amount, ...]:
    """The product of the factors, which each call of an adapted layer computes; empty without a `lora_rank`."""
    rank = call.config.get("lora_rank")
    return (multiplied((*kernel.shape, rank)),) if isinstance(rank, int) and rank else ()
