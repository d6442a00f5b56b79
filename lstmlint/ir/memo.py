"""Questions about a model that many rules ask, answered once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import TypeVar

Subject = TypeVar("Subject")
Answer = TypeVar("Answer")


def asked_once(question: Callable[[Subject], Iterator[Answer]]) -> Callable[[Subject], tuple[Answer, ...]]:
    """Keep the answers to a question with its subject, a model; a model never changes, so neither do they.

    Answers must not hold the model itself: kept with it, they would leave it to the garbage collector.
    """
    key = f"{question.__module__}.{question.__qualname__}"

    @wraps(question)
    def answers(subject: Subject) -> tuple[Answer, ...]:
        kept = vars(subject)
        if key not in kept:
            kept[key] = tuple(question(subject))
        found: tuple[Answer, ...] = kept[key]
        return found

    return answers
