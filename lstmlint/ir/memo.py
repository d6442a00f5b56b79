"""Questions about a model that many rules ask, answered once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import TypeVar

Subject = TypeVar("Subject")
Answer = TypeVar("Answer")


def asked_once(question: Callable[[Subject], Iterator[Answer]]) -> Callable[[Subject], tuple[Answer, ...]]:
    """A question whose answers are stored with its subject, a model. A model never changes, so they never change.

    Answers must not hold the model itself, because only the garbage collector could then free it.
    """
    key = f"{question.__module__}.{question.__qualname__}"

    @wraps(question)
    def answers(subject: Subject) -> tuple[Answer, ...]:
        kept = vars(subject)
        if key not in kept:
            kept[key] = tuple(question(subject))
        stored: tuple[Answer, ...] = kept[key]
        return stored

    return answers
