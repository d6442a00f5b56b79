"""Base classes of objects that a presenter shows, prints and turns into plain data; they know no formats themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol


class Presenter(Protocol):
    """The part of the program that knows how results look."""

    def html(self, thing: object) -> str | None:
        """The HTML of an object; `None` where its text is better."""

    def data(self, thing: object) -> dict[str, Any]:
        """An object as plain data."""

    def text(self, thing: object) -> str:
        """An object as a terminal shows it."""


_presenters: list[Callable[[], Presenter]] = []


def present_with(presenter: Callable[[], Presenter]) -> None:
    """Set the presenter of all objects, imported when it is needed first; the face of the package does this once."""
    _presenters[:] = [presenter]


class Shown:
    """An object that a notebook shows as HTML."""

    __slots__ = ()

    def _repr_html_(self) -> str | None:
        """The HTML that Jupyter asks for (IPython, `core/formatters.py`, `HTMLFormatter`)."""
        return _presenters[0]().html(self) if _presenters else None


class Printed:
    """An object that prints as text: `str` gives the output of its command."""

    __slots__ = ()

    def __str__(self) -> str:
        return _presenters[0]().text(self)

    def _repr_pretty_(self, printer: Any, is_cycle: bool) -> None:
        """The text that IPython asks for (`lib/pretty.py`); a dataclass would be one long line."""
        printer.text(str(self))


class Presented(Shown, Printed):
    """An object that is shown, printed and turned into plain data."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain data, equal to what the command of the result prints with `--format json`."""
        return _presenters[0]().data(self)
