"""What an output format declares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from lstmlint.linting.report import Run


@dataclass(frozen=True, slots=True)
class Style:
    """How text may look: with terminal colours or without, with or without a pointer to the page of each rule."""

    is_coloured: bool = False
    points_to_pages: bool = False


Render: TypeAlias = Callable[[Run, Style], str]


@dataclass(frozen=True, slots=True)
class Reporter:
    """An output format of `lstmlint check`: its name and how it renders a whole run."""

    name: str
    render: Render
