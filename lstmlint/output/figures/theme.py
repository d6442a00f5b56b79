"""Colours and type, in light and dark, for figures and pages.

Figures mark the parts of a drawing by class, and the rules here colour them once for each scheme. The rules have no
custom properties, so that a program that draws a standalone SVG needs little CSS. Paper is always light.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from lstmlint.ir.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Colour:
    """One colour on light and on dark ground."""

    light: str
    dark: str


GROUND = Colour("#ffffff", "#0f1419")
RAISED = Colour("#f4f6f8", "#1a2129")
INK = Colour("#16202a", "#e8edf2")
SOFT_INK = Colour("#4c5a67", "#a9b5c0")
LINE = Colour("#7d8a96", "#75828e")
HAIRLINE = Colour("#d5dbe1", "#323c46")
LINK = Colour("#0b57b0", "#82b7ff")
INPUT = Colour("#1f6fb5", "#5aa9e6")
INPUT_SOFT = Colour("#d6e8f7", "#16324a")
UNIT = Colour("#8b3fa8", "#c98be0")
UNIT_SOFT = Colour("#f0e0f6", "#3a2046")
BIAS = Colour("#a85b00", "#e3a04a")
BIAS_SOFT = Colour("#fbe8cf", "#45300f")
ERROR = Colour("#b3261e", "#ff8a80")
WARNING = Colour("#8a5a00", "#f0b44c")
NOTE = Colour("#0b6170", "#6cc7d6")
ON_MARK = Colour("#ffffff", "#0f1419")

SANS = "system-ui,-apple-system,'Segoe UI',Roboto,'Liberation Sans',Arial,sans-serif"
MONO = "ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono','DejaVu Sans Mono',monospace"

#: Part of a drawing -> its colours by property.
FIGURE_COLOURS: tuple[tuple[str, Mapping[str, Colour]], ...] = (
    (".ground", {"fill": GROUND}),
    ("text", {"fill": INK}),
    (".soft", {"fill": SOFT_INK}),
    (".box", {"fill": RAISED, "stroke": LINE}),
    (".edge", {"stroke": LINE}),
    (".tip", {"fill": LINE}),
    (".box.error", {"stroke": ERROR}),
    (".box.warning", {"stroke": WARNING}),
    (".mark.error", {"fill": ERROR}),
    (".mark.warning", {"fill": WARNING}),
    (".mark.note", {"fill": NOTE}),
    (".on-mark", {"fill": ON_MARK}),
    (".inp", {"fill": INPUT_SOFT, "stroke": INPUT}),
    (".unit", {"fill": UNIT_SOFT, "stroke": UNIT}),
    (".bias", {"fill": BIAS_SOFT, "stroke": BIAS}),
    ("text.inp,tspan.inp", {"fill": INPUT}),
    ("text.unit,tspan.unit", {"fill": UNIT}),
    ("text.bias,tspan.bias", {"fill": BIAS}),
)

#: Part of the page -> its colours by property.
PAGE_COLOURS: tuple[tuple[str, Mapping[str, Colour]], ...] = (
    (".page", {"background": GROUND, "color": INK}),
    (".muted", {"color": SOFT_INK}),
    (".card", {"background": GROUND, "border-color": HAIRLINE}),
    (".raised", {"background": RAISED, "border-color": HAIRLINE}),
    ("a,summary", {"color": LINK}),
    (".bar", {"background": HAIRLINE}),
    (".bar rect", {"fill": LINK}),
    (".tag.error", {"background": ERROR, "color": ON_MARK}),
    (".tag.warning", {"background": WARNING, "color": ON_MARK}),
    (".tag.note", {"background": NOTE, "color": ON_MARK}),
    (".finding", {"border-color": HAIRLINE}),
    (".finding.error", {"border-left-color": ERROR}),
    (".finding.warning", {"border-left-color": WARNING}),
    (".finding.note", {"border-left-color": NOTE}),
    (".finding:target,tr:target", {"background": RAISED, "outline-color": LINK}),
    (":focus-visible", {"outline-color": LINK}),
    ("a:focus-visible .box,a:target .box", {"stroke": LINK}),
    (".layers td,.layers th", {"border-color": HAIRLINE}),
)

FIGURE_RULES: tuple[tuple[str, str], ...] = (
    ("text", f"font-family:{SANS};font-size:13px"),
    ("text.name", "font-weight:600"),
    ("text.small", "font-size:11.5px"),
    ("text.mono", f"font-family:{MONO}"),
    ("text.shape", f"font-family:{MONO};font-size:11.5px"),
    ("text.mark-letter", "font-size:11px;font-weight:700"),
    ("text.title", "font-size:15px;font-weight:600"),
    ("text.sum", f"font-family:{MONO};font-size:15px"),
    *((f"text.size-{size}", f"font-size:{size}px") for size in (15, 13, 11, 9)),
    (".box", "stroke-width:1.25px"),
    (".box.error,.box.warning", "stroke-width:2px"),
    (".again,.missing", "stroke-dasharray:5 3"),
    (".edge", "fill:none;stroke-width:1.25px"),
    (".inp,.unit,.bias", "stroke-width:1px"),
    (".lines", "fill:none;stroke-width:.6px"),
    ("text.inp,text.unit,text.bias", "stroke:none"),
    ("tspan.inp,tspan.unit,tspan.bias", "stroke:none;font-weight:600"),
)


#: The class of the element in which the rules hold: a page, a standalone figure, or the output in a notebook.
SCOPE = "lstmlint"


def css(rules: Iterable[tuple[str, str]], colours: Sequence[tuple[str, Mapping[str, Colour]]] = ()) -> str:
    """A style sheet: rules, then colours for each scheme, all within the scope; `.page` is the scope itself."""
    lines = [f"{_scoped(selectors)}{{{declarations}}}" for selectors, declarations in rules]
    lines += [_painted(selectors, {name: colour.light for name, colour in by.items()}) for selectors, by in colours]
    dark = [_painted(selectors, {name: colour.dark for name, colour in by.items()}) for selectors, by in colours]
    return "\n".join([*lines, "@media screen and (prefers-color-scheme:dark){", *dark, "}"] if dark else lines) + "\n"


def figure_css() -> str:
    """The rules for figures."""
    return css(FIGURE_RULES, FIGURE_COLOURS)


def _painted(selectors: str, properties: Mapping[str, str]) -> str:
    return f"{_scoped(selectors)}{{{';'.join(f'{name}:{value}' for name, value in properties.items())}}}"


def _scoped(selectors: str) -> str:
    parts = (selector.strip() for selector in selectors.split(","))
    return ",".join(f".{SCOPE}" if part == ".page" else f".{SCOPE} {part}" for part in parts)
