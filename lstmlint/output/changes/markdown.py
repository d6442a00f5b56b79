"""The format for a comment on a pull request: GitHub Flavored Markdown.

Texts from files stand in `<code>` with every mark as a character reference, so that a layer's name can neither leave
its cell nor mention a person, an issue or an image.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lstmlint.ir.lazy_pattern import lazy_pattern
from lstmlint.output.changes.format import Format
from lstmlint.output.text.summary import BRANCH
from lstmlint.review.change import Diff
from lstmlint.review.words import ARROW, HEADERS, is_only_size, sections, table, title, verdict
from lstmlint.running.terminal import fit

#: Characters that may be a mark of Markdown or HTML, or begin a link: all but letters, digits and these few.
MARKS = lazy_pattern(r"""[^\w\s.,:;'"%()/=+→…└-]|(?<=www)\.|:(?=//)""", re.ASCII | re.IGNORECASE)

CUT = "\n\n… {} more lines; `lstmlint diff` shows all of them.\n"


def render(diff: Diff, longest: int) -> str:
    return cut("\n".join(_lines(diff)) + "\n", longest)


def cut(text: str, longest: int) -> str:
    """A text of at most `longest` characters (0: no limit); whole lines at its end are left out and counted."""
    if not longest or len(text) <= longest:
        return text
    lines = text.splitlines()
    kept: list[str] = []
    room = longest - len(CUT.format(len(lines)))
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    return ("\n".join(kept) + CUT.format(len(lines) - len(kept)))[:longest]


def code(text: str) -> str:
    """A text of a file as code that holds no mark of Markdown."""
    if not text:
        return ""
    escaped = MARKS.sub(lambda match: f"&#{ord(match[0])};", fit(text))
    return f"<code>{escaped.replace('_', '&#95;')}</code>"


def _lines(diff: Diff) -> Iterator[str]:
    names = dict.fromkeys((diff.old.name, diff.new.name))
    yield f"### {ARROW.join(map(code, names))}"
    yield ""
    if line := verdict(diff):
        yield line[0].upper() + line[1:] + "."
    if diff.is_empty:
        if is_only_size(diff):
            yield f"The files have {diff.old.size:,} and {diff.new.size:,} bytes."
        return
    yield code(title(diff))
    yield ""
    if diff.has_structural_change:
        yield "| " + " | ".join(HEADERS) + " |"
        yield "|---|---|---|--:|---|"
        for cells in table(diff.rows):
            name = code(BRANCH * cells.depth + cells.name)
            texts = (cells.output, cells.params, cells.changes)
            yield f"| {cells.sign} | {name} | " + " | ".join(map(code, texts)) + " |"
        yield ""
    for section in sections(diff):
        yield f"**{section.title}**"
        yield ""
        yield from (f"- {code(line)}" for line in section.lines)
        yield ""


MARKDOWN = Format("markdown", render, is_cut=True)
