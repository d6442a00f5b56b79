"""Markdown as GitHub's own renderer shows it: tables stay tables, and nothing of a file becomes HTML or a link."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options

from lstmlint.ir.finding import Severity
from lstmlint.linting.report import Run, Status
from lstmlint.output.formats.markdown import text
from lstmlint.output.formats.text import abstentions, remarks
from lstmlint.running.terminal import fit
from tests.support.reporters_runs import EMPTY, HOSTILE, findings, hostile_run, rendered, run_of
from tests.support.truth import CORPUS, ROOT

#: What a review is made of.
TAGS = {
    "h2", "h3", "p", "strong", "em", "ul", "li", "code", "br", "table", "thead", "tbody", "tr", "th", "td", "details",
    "summary",
}  # fmt: skip

#: The space of no width that keeps hosts from linking, once Markdown is read.
NO_SPACE = "\u200b"


class Page(HTMLParser):
    """The tags of a page, and the rows of its tables as the text of their cells."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.rows: list[list[str]] = []
        self.items: list[str] = []
        self.is_in_head = False
        self.words = ""
        self.feed(content)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attributes}
        self.is_in_head = tag == "thead" or (self.is_in_head and tag != "tbody")
        if tag == "tr" and not self.is_in_head:
            self.rows.append([])
        if tag == "br":
            self.words += "\n"
        if tag in ("td", "li"):
            self.words = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "td":
            self.rows[-1].append(self.words.replace(NO_SPACE, ""))
        if tag == "li":
            self.items.append(self.words.replace(NO_SPACE, ""))

    def handle_data(self, data: str) -> None:
        self.words += data


def page(markdown: str) -> Page:
    """What GitHub makes of it before its own filter, with raw HTML left in."""
    return Page(cmarkgfm.github_flavored_markdown_to_html(markdown, Options.CMARK_OPT_UNSAFE))


@pytest.fixture(params=["fixtures", "corpus", "hostile", "empty"])
def run(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    if request.param == "empty":
        return EMPTY
    if request.param == "hostile":
        monkeypatch.chdir(tmp_path)
        return hostile_run()
    if request.param == "corpus" and not CORPUS.exists():
        pytest.skip("the corpus lies beside the project only where it is developed")
    monkeypatch.chdir(ROOT)
    return run_of(request.param)


def shown(words: str) -> str:
    """A text as a page gives it back: without characters that HTML drops."""
    return fit(words).replace(NO_SPACE, "")


def test_tables_hold_the_findings_word_for_word(run: Run) -> None:
    found = page(rendered("markdown", run))
    assert found.tags <= TAGS
    assert not found.attributes
    expected = sorted(
        [
            str(diagnostic.severity),
            diagnostic.rule,
            shown(diagnostic.finding.location.layer).strip(),
            shown(diagnostic.finding.message).strip(),
        ]
        for _, diagnostic in findings(run)
    )
    rows = [[cell.strip() for cell in (*row[:3], row[3].split("\n")[0])] for row in found.rows if len(row) == 4]
    assert len(rows) == len(found.rows)
    assert sorted(rows) == expected


def test_what_is_not_read_or_judged_is_told(run: Run) -> None:
    items = [item.strip() for item in page(rendered("markdown", run)).items]
    broken = [report for report in run.reports if report.status is Status.ERROR]
    told = [f"{report.path} {report.error}" for report in broken] + [*abstentions(run.tally), *remarks(run.tally)]
    assert items == [shown(line).strip() for line in told]


def test_the_gravest_come_first() -> None:
    markdown = rendered("markdown", run_of("fixtures"))
    order = [str(severity) for severity in Severity]
    worst = []
    for table in markdown.split("\n### ")[1:]:
        ranks = [order.index(row[0]) for row in page("### " + table).rows]
        assert ranks == sorted(ranks)
        worst.append(ranks[0])
    assert worst == sorted(worst)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_nothing_but_text(name: str) -> None:
    content = f"| a | b |\n|---|---|\n| x{text(name)}y | <code>x{text(name)}y</code> |\n"
    found = page(content)
    assert found.tags <= {"table", "thead", "tbody", "tr", "th", "td", "code"}
    ((first, second),) = found.rows
    assert first == second == f"x{shown(name)}y"


def test_nobody_is_called_and_nothing_linked() -> None:
    written = text("@everyone #12 https://a.example www.a.example a@b.example")
    for sign in ("@e", "#1", "https://", "www.", "@b"):
        assert sign not in written


def test_the_renderer_would_link_what_is_not_escaped() -> None:
    """The test above can fail: this is what the words would become."""
    assert "a" in page("https://a.example www.a.example").tags
    assert "b" in page("<b>bold</b>").tags
