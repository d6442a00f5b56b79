"""Questions about a model that many rules ask, answered once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from lstmlint.ir.model import Model

Answer = TypeVar("Answer")


def asked_once(question: Callable[[Model], Iterator[Answer]]) -> Callable[[Model], tuple[Answer, ...]]:
    """Keep the answers to a question with the model; a model never changes, so neither do they.

    Answers must not hold the model itself: kept with it, they would leave it to the garbage collector.
    """
    key = f"{question.__module__}.{question.__qualname__}"

    @wraps(question)
    def answers(model: Model) -> tuple[Answer, ...]:
        kept = vars(model)
        if key not in kept:
            kept[key] = tuple(question(model))
        found: tuple[Answer, ...] = kept[key]
        return found

    return answers
