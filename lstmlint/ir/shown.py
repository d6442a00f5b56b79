"""How a notebook comes to show a picture of an object that itself knows nothing of pictures."""

from __future__ import annotations


class Shown:
    """What is drawn where a notebook asks for HTML; what draws is imported only then, so data flows one way."""

    __slots__ = ()

    def _repr_html_(self) -> str | None:
        """The HTML that Jupyter asks for (IPython, `core/formatters.py`, `HTMLFormatter`)."""
        from lstmlint.output.figures.notebook import shown

        return shown(self)
