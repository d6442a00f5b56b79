"""HTML and SVG as text, well-formed as XML; text from files is escaped here and nowhere else."""

from __future__ import annotations

import html
from typing import TypeAlias

from lstmlint.ir.lazy_pattern import lazy_pattern
from lstmlint.running.terminal import fit

#: Characters that no XML document may hold, besides those that `fit` removes.
NO_XML = lazy_pattern("[\ufffe\uffff]")

Value: TypeAlias = str | int | float | bool | None


class Markup(str):
    """Text that is markup; any other text is escaped when it becomes part of an element."""

    __slots__ = ()


Child: TypeAlias = str | int | None


def escaped(text: str) -> Markup:
    """Text as markup that shows it, on one line and without characters that change the direction of other text."""
    return Markup(html.escape(visible(text)))


def visible(text: str) -> str:
    """Text as a page shows it."""
    return fit(NO_XML.sub("\ufffd", text))


def element(tag: str, *children: Child, **attributes: Value) -> Markup:
    """An element.

    Args:
        tag: its name.
        children: `Markup` as it is, other text escaped, `None` left out.
        attributes: `aria_label` is written `aria-label` and `class_` `class`; `None` and `False` are left out, `True`
            stands for the name itself.
    """
    written = "".join(
        f' {_name(name)}="{_value(name, value)}"' for name, value in attributes.items() if _is_said(value)
    )
    inner = joined(*children)
    return Markup(f"<{tag}{written}>{inner}</{tag}>" if inner or tag not in EMPTY else f"<{tag}{written}/>")


#: Elements that HTML writes without an end, and shapes of SVG that need none.
EMPTY = frozenset({"br", "wbr", "hr", "meta", "link", "input", "rect", "path", "circle", "line", "use", "polyline"})


def joined(*children: Child) -> Markup:
    """Pieces in their order as one markup."""
    return Markup(
        "".join(child if isinstance(child, Markup) else escaped(str(child)) for child in children if child is not None)
    )


def decimal(value: float) -> str:
    """A coordinate with at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _is_said(value: Value) -> bool:
    return value is not None and value is not False


def _name(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


def _value(name: str, value: Value) -> str:
    if value is True:
        return _name(name)
    return decimal(value) if isinstance(value, float) else escaped(str(value))
