"""The page of a report: its models one below the other."""

from __future__ import annotations

from collections.abc import Sequence

from lstmlint.ir.finding import Severity
from lstmlint.ir.words import counted
from lstmlint.linting.report import Status
from lstmlint.output.figures.markup import Markup, element
from lstmlint.output.figures.page_style import page_css
from lstmlint.output.figures.section import Section, tally
from lstmlint.output.figures.theme import figure_css
from lstmlint.output.figures.whole_page import made_by, whole_page

#: The script opens the folded part to which a link leads, and all parts before printing. The page works without it.
SCRIPT = """\
const reveal = () => {
  const target = document.getElementById(location.hash.slice(1));
  for (let at = target; at; at = at.parentElement) if (at.localName === "details") at.open = true;
  if (target) target.scrollIntoView();
};
let closed = [];
addEventListener("hashchange", reveal);
addEventListener("beforeprint", () => {
  closed = [...document.querySelectorAll("details:not([open])")];
  for (const one of closed) one.open = true;
});
addEventListener("afterprint", () => { for (const one of closed) one.open = false; });
if (location.hash) reveal();
"""


def page(sections: Sequence[Section], title: str = "lstmlint report") -> str:
    """The page of some files."""
    return whole_page(
        title,
        figure_css() + page_css(),
        SCRIPT,
        element("a", "Skip to the models", href="#main", class_="skip"),
        element("header", element("h1", title), element("p", _counts(sections), class_="muted"), _contents(sections)),
        element("main", *(one.content for one in sections), id="main", tabindex=-1),
        made_by("Shapes and counts are inferred from the file; nothing in it was run."),
    )


def _counts(sections: Sequence[Section]) -> str:
    read = sum(one.report.status is Status.OK for one in sections)
    severities = [diagnostic.severity for one in sections for diagnostic in one.report.diagnostics]
    counts = ", ".join(counted(severities.count(severity), str(severity)) for severity in Severity)
    failed = sum(one.report.status is Status.ERROR for one in sections)
    unread = f"; {counted(failed, 'file')} could not be read" if failed else ""
    return f"{counts} in {counted(read, 'model')}{unread}"


def _contents(sections: Sequence[Section]) -> Markup | None:
    """The list of links to the models of a page, where there are several."""
    if len(sections) < 2:
        return None
    items = (
        element("li", element("a", one.report.path, href=f"#{one.anchor}"), " ",
                element("span", tally(one.report), class_="muted"))
        for one in sections
    )  # fmt: skip
    listed = element("ul", *items)
    inner = listed if len(sections) <= 12 else element("details", element("summary", "All files"), listed)
    return element("nav", inner, aria_label="files")
