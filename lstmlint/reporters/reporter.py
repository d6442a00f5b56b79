"""What an output format declares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from lstmlint.report import FileReport


@dataclass(frozen=True, slots=True)
class Style:
    """How text may look: with terminal colours or without."""

    is_coloured: bool = False


Render: TypeAlias = Callable[[list[FileReport], Style], str]


@dataclass(frozen=True, slots=True)
class Reporter:
    """An output format of `lstmlint check`: its name and how it renders all reports at once."""

    name: str
    render: Render
