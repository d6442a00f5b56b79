"""The type of an output format of `lstmlint check`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from lstmlint.ir.dataclass import dataclass
from lstmlint.linting.report import Run


@dataclass(frozen=True, slots=True)
class Style:
    """The style of text: whether it has terminal colours, and whether it names the page of each rule."""

    is_coloured: bool = False
    points_to_pages: bool = False


Render: TypeAlias = Callable[[Run, Style], str]


@dataclass(frozen=True, slots=True)
class Reporter:
    """An output format of `lstmlint check`: its name and the function that renders a whole run."""

    name: str
    render: Render
