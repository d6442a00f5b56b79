"""How objects that know nothing of pictures and formats come to be shown, printed and told as plain data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol


class Presenter(Protocol):
    """Who knows how results look."""

    def html(self, thing: object) -> str | None:
        """The HTML of an object; `None` where its text says more."""

    def data(self, thing: object) -> dict[str, Any]:
        """An object as plain data."""

    def text(self, thing: object) -> str:
        """An object as a terminal shows it."""


_presenters: list[Callable[[], Presenter]] = []


def present_with(presenter: Callable[[], Presenter]) -> None:
    """Say who presents all objects, imported when the first of them is; the face of the package does this once."""
    _presenters[:] = [presenter]


class Shown:
    """What is drawn where a notebook asks for HTML."""

    __slots__ = ()

    def _repr_html_(self) -> str | None:
        """The HTML that Jupyter asks for (IPython, `core/formatters.py`, `HTMLFormatter`)."""
        return _presenters[0]().html(self) if _presenters else None


class Printed:
    """What is printed as text: `str` is what the command of a result prints."""

    __slots__ = ()

    def __str__(self) -> str:
        return _presenters[0]().text(self)

    def _repr_pretty_(self, printer: Any, is_cycle: bool) -> None:
        """The text that IPython asks for (`lib/pretty.py`); a dataclass would be one long line."""
        printer.text(str(self))


class Told(Shown, Printed):
    """What is shown and printed, and told as plain data by who knows the formats."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain data, equal to what the command of the result prints with `--format json`."""
        return _presenters[0]().data(self)
