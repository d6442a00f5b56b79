"""The style of the page of a zoo, beside that of all pages."""

from __future__ import annotations

from lstmlint.output.figures.page_style import page_css
from lstmlint.output.figures.theme import GROUND, HAIRLINE, INK, LINE, LINK, MONO, RAISED, css

RULES: tuple[tuple[str, str], ...] = (
    (".told", "border-collapse:collapse;font-size:.92rem"),
    (".told th,.told td", "text-align:left;vertical-align:top;padding:.35rem .75rem .35rem 0;border-bottom:1px solid;"
                          "font-weight:400"),
    (".told thead th", "font-weight:600;white-space:nowrap"),
    (".told .number", "text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap"),
    (".told .bar", "display:block;width:100%;min-width:3.5rem"),
    (".told td,.told th", "overflow-wrap:break-word"),
    (".told td:last-child:not(.number)", "min-width:12rem"),
    (".told code", "white-space:normal;overflow-wrap:anywhere"),
    (".told .below td", "padding:0 0 .75rem 1rem"),
    (".told .below p", "font-size:.85rem"),
    (".line", "display:block"),
    (".remark", "font-size:.92rem;margin:0 0 .5rem;max-width:60rem"),
    (".contents ul", "display:flex;flex-wrap:wrap;gap:.2rem 1.1rem"),
    (".contents li", "margin:0"),
    ("main section", "margin:1.75rem 0 0"),
    ("main section h2", "margin:0 0 .4rem"),
    (".filters", "display:flex;flex-wrap:wrap;gap:.6rem .9rem;align-items:end;padding:.75rem .9rem;margin:.5rem 0"),
    (".filters[hidden]", "display:none"),
    (".filters label", "display:block;font-size:.85rem;flex:1 1 9rem;min-width:0"),
    (".filters input,.filters select", "display:block;width:100%;font:inherit;font-size:.92rem;padding:.3rem .4rem;"
                                       "border:1px solid;border-radius:4px;min-height:2.25rem"),
    (".act", "font:inherit;font-size:.92rem;padding:.3rem .8rem;border:1px solid;border-radius:4px;cursor:pointer;"
             "min-height:2.25rem"),
    (".act:disabled", "opacity:.55;cursor:default"),
    (".plain", f"font:.85rem/1.5 {MONO};background:none;border:0;padding:0 0 0 1.1rem;margin:0;color:inherit;"
               "text-align:left;cursor:pointer;overflow-wrap:anywhere;position:relative"),
    (".plain::before", 'content:"▸";position:absolute;left:0'),
    ("[aria-expanded=true]::before", 'content:"▾"'),
    (".sort", "font:inherit;background:none;border:0;padding:0;cursor:pointer"),
    ("[aria-sort=descending] .sort::after", 'content:" ▾"'),
    ("[aria-sort=ascending] .sort::after", 'content:" ▴"'),
    (".said", "margin:.25rem 0;padding-left:1.1rem"),
    ("#told", "display:block;font-weight:600;margin:.6rem 0"),
    ("#told:focus", "outline:none"),
    ("#list", "width:100%"),
)  # fmt: skip

COLOURS = (
    (".told th,.told td", {"border-color": HAIRLINE}),
    (".filters input,.filters select", {"border-color": LINE, "background": GROUND, "color": INK}),
    (".act", {"border-color": LINE, "background": RAISED, "color": INK}),
    (".sort", {"color": LINK}),
)

#: Narrow tables stand side by side.
WIDE = (
    ("#containers,#versions,#params,#layers,#sizes", "display:inline-block;vertical-align:top;margin-right:3.5rem;"
                                                     "max-width:calc(100% - 3.5rem)"),
    ("#stops td:first-child", "white-space:nowrap"),
)  # fmt: skip

PHONE = (
    ("#list .wide", "display:none"),
    (".told th,.told td", "padding-right:.5rem"),
)


def fleet_css() -> str:
    """The style sheet of the page."""
    narrow, wide = f"@media (max-width:48rem){{\n{css(PHONE)}}}\n", f"@media (min-width:48.01rem){{\n{css(WIDE)}}}\n"
    return page_css() + css(RULES, COLOURS) + narrow + wide
