"""Values that record their answers, so that one walk over a model serves all Kerases that answer it alike."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

#: An operation on a value, with its operands.
Question: TypeAlias = tuple[Callable[..., Any], tuple[Any, ...]]

#: Attributes of these types are answers. Others, such as methods and sets, are asked further.
PLAIN = (bool, int, float, str, type(None))


class Recorded:
    """A value in whose place it stands. It answers like the value, each question once, and records the answers.

    The operands of questions must be hashable. What is not an operation below fails, and is not answered unrecorded.
    """

    __hash__ = None  # type: ignore[assignment]  # a recorded value must not be a key: nobody would record that

    def __init__(self, value: Any) -> None:
        self._value = value
        self._answers: dict[Question, Any] = {}

    def agrees(self, other: Any) -> bool:
        """Whether another value answers all recorded questions alike."""
        for (operation, operands), answer in self._answers.items():
            said = operation(other, *operands)
            if not (answer.agrees(said) if isinstance(answer, Recorded) else answer == said):
                return False
        return True

    def _ask(self, operation: Callable[..., Any], *operands: Any) -> Any:
        question = operation, operands
        if question not in self._answers:
            said = operation(self._value, *operands)
            is_asked_further = operation is getattr and not isinstance(said, PLAIN)
            self._answers[question] = Recorded(said) if is_asked_further else said
        return self._answers[question]

    def __getattr__(self, name: str) -> Any:
        answer = self._ask(getattr, name)
        vars(self)[name] = answer  # Python finds it there the next time
        return answer

    def __call__(self, *arguments: Any) -> Any:
        return self._ask(operator.call, *arguments)

    def __contains__(self, item: Any) -> bool:
        return bool(self._ask(operator.contains, item))

    def __iter__(self) -> Iterator[Any]:
        return iter(self._ask(tuple))

    def __len__(self) -> int:
        return int(self._ask(len))

    def __bool__(self) -> bool:
        return bool(self._ask(bool))

    def __str__(self) -> str:
        return str(self._ask(str))

    def __eq__(self, other: object) -> bool:
        return bool(self._ask(operator.eq, other))

    def __lt__(self, other: Any) -> bool:
        return bool(self._ask(operator.lt, other))

    def __le__(self, other: Any) -> bool:
        return bool(self._ask(operator.le, other))

    def __gt__(self, other: Any) -> bool:
        return bool(self._ask(operator.gt, other))

    def __ge__(self, other: Any) -> bool:
        return bool(self._ask(operator.ge, other))
