"""The work of a call for one example: products, states and kept values, as amounts that repeat over time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.shape import Dim, Dims, Structure, Unknown, leaves, product


@dataclass(frozen=True, slots=True)
class Amount:
    """A number `each` (of multiply-adds, or of values) that repeats along axes of time.

    `steps` are the lengths of these axes, outermost first; an amount that occurs once for each call has none. `dtype`
    is the dtype of values (empty: the dtype in which their layer computes). `times` is the number of equal amounts.
    """

    each: Dim
    steps: Dims = ()
    dtype: str = ""
    times: int = 1


@dataclass(frozen=True, slots=True)
class Work:
    """The work of one call of a layer on one example.

    `products` are multiply-adds of matrix products and convolutions, `states` the values of recurrent states.
    `kept` are the values that the gradient needs again; `None` means the outputs.
    """

    products: tuple[Amount, ...] = ()
    states: tuple[Amount, ...] = ()
    kept: tuple[Amount, ...] | None = None


#: Work of layers without matrix products: they keep their outputs.
NO_WORK = Work()

#: Work of layers that only reshape their input: they keep nothing.
SAME_VALUES = Work(kept=())


def unknown_work(reason: Unknown) -> Work:
    """Work of a layer whose cost is unknown."""
    unknown = (Amount(reason),)
    return Work(unknown, unknown, unknown)


def unknown_products(reason: str) -> Work:
    """Work of a layer whose products are unknown, though its outputs are known."""
    return Work((Amount(Unknown(reason)),))


def multiplied(kernel: Iterable[Dim], positions: Dims = ()) -> Amount:
    """The multiply-adds of a kernel at positions: each element of the kernel once at each position.

    A single axis of positions is time, and so is the first of several where it alone is open; the positions of an
    image count together.
    """
    timed = 1 if len(positions) == 1 or (positions[:1] == (None,) and None not in positions[1:]) else 0
    return Amount(product((*kernel, *positions[timed:])), positions[:timed])


def values(structure: Structure) -> Iterator[Amount]:
    """The values of tensors without their batch: the last axis at each position of the other axes."""
    for shape in leaves(structure):
        yield Amount(shape) if isinstance(shape, Unknown) else multiplied(shape[1:][-1:], shape[1:-1])


def repeated(work: Work, outputs: Structure, steps: Dim) -> Work:
    """The work of a call repeated at each timestep; the states are the same at all timesteps."""
    return Work(_over(steps, work.products), work.states, _over(steps, kept(work, outputs)))


def at_one_step(work: Work) -> Work:
    """The work at one timestep of the innermost axis of time."""
    kept = None if work.kept is None else tuple(map(_once, work.kept))
    return Work(tuple(map(_once, work.products)), work.states, kept)


def together(parts: Iterable[Work], *further: Amount) -> Work:
    """The work of several calls, and further kept values.

    The parts must name their kept values. Equal amounts become one, or models that call each other twice would double
    them at each level.
    """
    works = list(parts)
    return Work(
        _merged(amount for work in works for amount in work.products),
        _merged(amount for work in works for amount in work.states),
        _merged((*(amount for work in works for amount in work.kept or ()), *further)),
    )


def kept(work: Work, outputs: Structure) -> tuple[Amount, ...]:
    """The values that a call keeps for the gradient: its kept values, or else its outputs."""
    return tuple(values(outputs)) if work.kept is None else work.kept


def complete(work: Work, outputs: Structure, dtype: str) -> Work:
    """The work of a call with its kept values named, and with the layer's dtype where values have none."""
    return Work(work.products, _typed(dtype, work.states), _typed(dtype, kept(work, outputs)))


def _over(steps: Dim, amounts: Iterable[Amount]) -> tuple[Amount, ...]:
    return tuple([Amount(amount.each, (steps, *amount.steps), amount.dtype, amount.times) for amount in amounts])


def _merged(amounts: Iterable[Amount]) -> tuple[Amount, ...]:
    """Equal amounts as one, in the order in which they come first."""
    times: dict[tuple[Dim, Dims, str], int] = {}
    for amount in amounts:
        kind = (amount.each, amount.steps, amount.dtype)
        times[kind] = times.get(kind, 0) + amount.times
    return tuple([Amount(*kind, number) for kind, number in times.items()])


def _typed(dtype: str, amounts: Iterable[Amount]) -> tuple[Amount, ...]:
    return tuple([Amount(amount.each, amount.steps, amount.dtype or dtype, amount.times) for amount in amounts])


def _once(amount: Amount) -> Amount:
    return Amount(amount.each, (), amount.dtype, amount.times)


def count(amount: Amount) -> Dim:
    """An amount over all of its timesteps."""
    return product((amount.each, *amount.steps, amount.times))


def count_per_step(amount: Amount) -> Dim:
    """An amount at one timestep of the outermost axis of time; 0 for a known amount that occurs once for each call."""
    if amount.steps:
        return product((amount.each, *amount.steps[1:], amount.times))
    return 0 if isinstance(amount.each, int) else amount.each
