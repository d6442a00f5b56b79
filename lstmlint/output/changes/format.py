"""What a format of `lstmlint diff` declares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from lstmlint.review.change import Diff

#: The text of a difference; the number is the most characters that it may have, 0 for any.
Render: TypeAlias = Callable[[Diff, int], str]


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its name and how it renders a difference. `is_cut` says that it can be kept below a length."""

    name: str
    render: Render
    is_cut: bool = False
