"""The style of the page around the figures: one column on a phone, graph and findings side by side on a wide screen."""

from __future__ import annotations

from lstmlint.output.figures.theme import MONO, PAGE_COLOURS, SANS, css

#: The width of a screen from which on the graph has its own column.
WIDE = "(min-width:78rem)"

RULES: tuple[tuple[str, str], ...] = (
    (".page", f"margin:0;font:16px/1.5 {SANS};overflow-wrap:anywhere;-webkit-text-size-adjust:100%"),
    ("*", "box-sizing:border-box"),
    ("header,main,footer", "max-width:80rem;margin:0 auto;padding:0 1.25rem"),
    ("header", "padding-top:1.5rem"),
    ("main:focus", "outline:none"),
    ("h1", "font-size:1.5rem;line-height:1.25;margin:0"),
    ("h2", "font-size:1.25rem;line-height:1.3;margin:0"),
    ("h3", "font-size:1.05rem;margin:1.75rem 0 .6rem"),
    ("h4", "font-size:1rem;margin:0"),
    ("h5", "font-size:.95rem;margin:1rem 0 .25rem"),
    ("p", "margin:.25rem 0"),
    ("code", f"font:.85em {MONO}"),
    ("nav ul", "margin:.75rem 0 0;padding:0;list-style:none"),
    ("nav li", "margin:.3rem 0"),
    ("section", "margin:1.75rem 0 3rem;scroll-margin-top:1rem"),
    ("a", "text-underline-offset:.15em"),
    (":focus-visible", "outline:2px solid;outline-offset:2px;border-radius:3px"),
    (".skip", "position:absolute;left:-100vw;top:.5rem;padding:.5rem .75rem"),
    (".skip:focus", "left:.5rem"),
    (".raised", "border:1px solid;border-radius:8px"),
    (".tag", "display:inline-block;border-radius:99px;padding:0 .55em;font-size:.78rem;font-weight:650;line-height:1.6;"
             "text-decoration:none;white-space:nowrap"),
    (".findings", "list-style:none;margin:0;padding:0"),
    (".finding", "border:1px solid;border-left-width:4px;border-radius:6px;padding:.6rem .85rem;margin:0 0 .6rem;"
                 "scroll-margin-top:1rem"),
    (".finding:target,tr:target,figure:target", "outline:2px solid;outline-offset:1px"),
    (".finding .rule", "font-weight:600"),
    (".finding .head .muted", "font-size:.85rem"),
    (".finding .where", "font-size:.85rem;margin-top:.4rem"),
    (".related", "margin:.25rem 0;padding-left:1.1rem;font-size:.92rem"),
    (".help::before", 'content:"What to do: ";font-weight:600'),
    ("summary", "cursor:pointer;padding:.35rem 0;font-weight:550"),
    (".scroll", "overflow-x:auto;max-width:100%;padding-bottom:.25rem"),
    ("svg", "display:block"),
    (".graph", "margin:0 auto"),
    (".graph a", "cursor:pointer"),
    (".graph a:focus-visible", "outline:none"),
    ("a:focus-visible .box,a:target .box", "stroke-width:3px"),
    ("a .name", "text-decoration:none"),
    (".layers", "width:100%;border-collapse:collapse;font-size:.92rem"),
    (".layers th,.layers td", "text-align:left;vertical-align:top;padding:.35rem .5rem;border-bottom:1px solid;"
                              "font-weight:400"),
    (".layers thead th,.layers tfoot th,.layers tfoot td", "font-weight:600"),
    (".layers .class", "display:block;font-size:.85rem"),
    (".layers .links", "display:flex;flex-wrap:wrap;gap:.1rem .6rem;align-items:center;font-size:.85rem"),
    (".layers thead th", "white-space:nowrap"),
    (".layers .reason td", "padding-top:0;font-size:.85rem"),
    (".layers .explained>*", "border-bottom:0"),
    (".layers .count", "width:30%;font-variant-numeric:tabular-nums"),
    (".layers .share", "font-size:.85rem;float:right"),
    ("td.shape", f"font:.85rem/1.7 {MONO}"),
    (".bar", "width:100%;height:6px;margin-top:.2rem;border-radius:1px"),
    *((f".layers .depth-{depth}", f"padding-left:{0.5 + depth * 1.1}rem") for depth in (1, 2, 3, 4)),
    ("figure", "margin:0 0 1rem;padding:.9rem 1rem;border:1px solid;border-radius:8px;scroll-margin-top:1rem"),
    (".panels", "display:flex;flex-wrap:wrap;gap:1rem 2rem;align-items:flex-start;margin-top:.6rem"),
    (".panel", "flex:0 1 348px;width:348px;max-width:100%;height:auto"),
    (".panel .panel", "margin-bottom:.9rem"),
    (".sum", "font-variant-numeric:tabular-nums"),
    ("footer", "font-size:.85rem;padding-bottom:2rem"),
)  # fmt: skip

PHONE = (
    (".graph.fits", "max-width:100%;height:auto"),
    (".layers th,.layers td", "padding:.35rem .25rem"),
    (".layers thead th:first-child", "width:42%"),
    ("td.shape", "font-size:.78rem"),
    (".layers .class", "font-size:.8rem"),
    ("figure", "padding:.75rem .6rem"),
    ("header,main,footer", "padding-left:1rem;padding-right:1rem"),
)

BESIDE = (
    (".areas.beside", "display:grid;grid-template-columns:minmax(0,1fr) auto;column-gap:2.5rem"),
    (".beside .area-findings", "grid-area:1/1"),
    (".beside .area-layers", "grid-area:2/1"),
    (".beside .area-graph", "grid-area:1/2/span 2;width:min-content"),
)

PAPER = (
    (".page", "font-size:10.5pt"),
    ("nav,.skip", "display:none"),
    (".scroll", "overflow:visible"),
    (".graph", "max-width:100%;height:auto"),
    (".panel", "flex-basis:300px;width:300px"),
    (".finding,figure,tr,.panel", "break-inside:avoid"),
    ("h2,h3,h4", "break-after:avoid"),
    ("section+section", "break-before:page"),
    ("details::details-content", "content-visibility:visible;block-size:auto"),
    (".tag", "border:1px solid;print-color-adjust:exact;-webkit-print-color-adjust:exact"),
    ("svg", "print-color-adjust:exact;-webkit-print-color-adjust:exact"),
)


def page_css(*, root: bool = True) -> str:
    """The style sheet of the page without that of the figures; `root` adds the rules for the whole document."""
    schemes = (":root{color-scheme:light dark}\n", ":root{color-scheme:light}\n") if root else ("", "")
    return (
        schemes[0]
        + css(RULES, PAGE_COLOURS)
        + f"@media (max-width:30rem){{\n{css(PHONE)}}}\n"
        + f"@media {WIDE}{{\n{css(BESIDE)}}}\n@media print{{\n{schemes[1]}{css(PAPER)}}}\n"
    )
