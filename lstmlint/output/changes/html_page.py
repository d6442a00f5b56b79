"""The format for a browser: one plain page that needs no other file."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from lstmlint.output.changes.format import Format
from lstmlint.review.change import Diff
from lstmlint.review.words import ARROW, HEADERS, is_only_size, sections, table, title, verdict
from lstmlint.running.terminal import fit

STYLE = """\
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { border: 1px solid #8886; padding: .25rem .6rem; text-align: left; vertical-align: top; }
td:nth-child(4) { text-align: right; white-space: nowrap; }
tr.added { background: #2da44e26; }
tr.removed { background: #cf222e26; }
tr.unchanged { color: #888; }
h1, td, li { overflow-wrap: anywhere; }
"""


def render(diff: Diff, longest: int) -> str:
    return "\n".join(_lines(diff)) + "\n"


def _lines(diff: Diff) -> Iterator[str]:
    heading = _text(f"{diff.old.name}{ARROW}{diff.new.name}")
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{heading}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{heading}</h1>"
    if line := verdict(diff):
        yield f"<p>{_text(line)}</p>"
    if is_only_size(diff):
        yield f"<p>The files have {diff.old.size:,} and {diff.new.size:,} bytes.</p>"
    if not diff.is_empty:
        yield f"<p>{_text(title(diff))}</p>"
        yield from _table(diff) if diff.has_structural_change else ()
        for section in sections(diff):
            yield f"<h2>{_text(section.title)}</h2>\n<ul>"
            yield from (f"<li>{_text(line)}</li>" for line in section.lines)
            yield "</ul>"
    yield "</body>\n</html>"


def _table(diff: Diff) -> Iterator[str]:
    yield "<table>\n<thead><tr>" + "".join(f'<th scope="col">{_text(one)}</th>' for one in HEADERS) + "</tr></thead>"
    yield "<tbody>"
    for cells in table(diff.rows):
        indent = f' style="padding-left: {0.6 + 1.5 * cells.depth:.1f}rem"' if cells.depth else ""
        rest = "".join(f"<td>{_text(one)}</td>" for one in (cells.output, cells.params, cells.changes))
        yield f'<tr class="{cells.kind}"><td>{cells.sign}</td><td{indent}>{_text(cells.name)}</td>{rest}</tr>'
    yield "</tbody>\n</table>"


def _text(text: str) -> str:
    return escape(fit(text))


HTML = Format("html", render)
