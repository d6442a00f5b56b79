"""What a call of a layer multiplies, carries and keeps (`Work`), for one example, as amounts that repeat over time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lstmlint.ir.shape import Dim, Dims, Structure, Unknown, leaves, product


@dataclass(frozen=True, slots=True)
class Amount:
    """A number `each` (of multiply-adds, or of values) that repeats along axes of time.

    `steps` are the lengths of these axes, outermost first; what happens once a call has none. Values are of a
    `dtype` (empty: the one that their layer computes in).
    """

    each: Dim
    steps: Dims = ()
    dtype: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """What one call of a layer does to one example.

    `products` are multiply-adds of matrix products and convolutions, `states` the values of recurrent states.
    `kept` are the values that the gradient needs again, where these are others than the outputs (`None`).
    """

    products: tuple[Amount, ...] = ()
    states: tuple[Amount, ...] = ()
    kept: tuple[Amount, ...] | None = None


#: Of layers that multiply no matrices: what they make is all that they keep.
NO_WORK = Work()

#: Of layers that only give their input another shape: they keep nothing.
SAME_VALUES = Work(kept=())


def unknown_work(reason: Unknown) -> Work:
    """Work of a layer whose cost is unknown."""
    unknown = (Amount(reason),)
    return Work(unknown, unknown, unknown)


def unknown_products(reason: str) -> Work:
    """Work of a layer whose products are unknown, though its outputs are known."""
    return Work((Amount(Unknown(reason)),))


def multiplied(kernel: Iterable[Dim], positions: Dims = ()) -> Amount:
    """The product of a kernel with the values at each of some positions: every element of it once for each.

    One axis of positions is taken for time, and the first of several where it alone is open; the places of an image
    count together.
    """
    timed = 1 if len(positions) == 1 or (positions[:1] == (None,) and None not in positions[1:]) else 0
    return Amount(product((*kernel, *positions[timed:])), positions[:timed])


def values(structure: Structure) -> Iterator[Amount]:
    """The values of some tensors without their batch: the last axis at each position of the others."""
    for shape in leaves(structure):
        yield Amount(shape) if isinstance(shape, Unknown) else multiplied(shape[1:][-1:], shape[1:-1])


def repeated(work: Work, outputs: Structure, steps: Dim) -> Work:
    """The work of a call at each of some timesteps; states are the same ones at all of them."""
    return Work(_over(steps, work.products), work.states, _over(steps, kept(work, outputs)))


def at_one_step(work: Work) -> Work:
    """What happens at one timestep of the innermost axis of time."""
    kept = None if work.kept is None else tuple(map(_once, work.kept))
    return Work(tuple(map(_once, work.products)), work.states, kept)


def together(parts: Iterable[Work], *further: Amount) -> Work:
    """The work of several calls, and what is kept besides.

    The parts must tell what they keep.
    """
    works = list(parts)
    return Work(
        tuple(amount for work in works for amount in work.products),
        tuple(amount for work in works for amount in work.states),
        (*(amount for work in works for amount in work.kept or ()), *further),
    )


def kept(work: Work, outputs: Structure) -> tuple[Amount, ...]:
    """The values that a call keeps for the gradient: those that it names, or else its outputs."""
    return tuple(values(outputs)) if work.kept is None else work.kept


def told(work: Work, outputs: Structure, dtype: str) -> Work:
    """The work of a call with what it keeps, and with the dtype of its layer where values have none of their own."""
    return Work(work.products, _typed(dtype, work.states), _typed(dtype, kept(work, outputs)))


def _over(steps: Dim, amounts: Iterable[Amount]) -> tuple[Amount, ...]:
    return tuple([Amount(amount.each, (steps, *amount.steps), amount.dtype) for amount in amounts])


def _typed(dtype: str, amounts: Iterable[Amount]) -> tuple[Amount, ...]:
    return tuple([Amount(amount.each, amount.steps, amount.dtype or dtype) for amount in amounts])


def _once(amount: Amount) -> Amount:
    return Amount(amount.each, (), amount.dtype)


def count(amount: Amount) -> Dim:
    """An amount over all of its timesteps."""
    return product((amount.each, *amount.steps))


def count_per_step(amount: Amount) -> Dim:
    """An amount at one timestep of the outermost axis of time; none of what happens once a call, where that is told."""
    if amount.steps:
        return product((amount.each, *amount.steps[1:]))
    return 0 if isinstance(amount.each, int) else amount.each
