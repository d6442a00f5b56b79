"""The type of a format of `lstmlint diff`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from lstmlint.ir.dataclass import dataclass
from lstmlint.review.change import Diff

#: A function from a difference to its text; the number is the greatest length in characters, 0 for no limit.
Render: TypeAlias = Callable[[Diff, int], str]


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its name and its renderer. `is_cut` says that the renderer can keep the text below a length."""

    name: str
    render: Render
    is_cut: bool = False
