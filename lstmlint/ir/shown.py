"""How a notebook comes to show an object that itself knows nothing of pictures."""

from __future__ import annotations

from collections.abc import Callable

Drawer = Callable[[object], str | None]

_drawers: list[Drawer] = []


def show_with(drawer: Drawer) -> None:
    """Let a function make the HTML of all objects that are shown; the face of the package does this once."""
    _drawers[:] = [drawer]


class Shown:
    """What is drawn where a notebook asks for HTML."""

    __slots__ = ()

    def _repr_html_(self) -> str | None:
        """The HTML that Jupyter asks for (IPython, `core/formatters.py`, `HTMLFormatter`)."""
        return _drawers[0](self) if _drawers else None
