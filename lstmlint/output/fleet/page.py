"""The page of a zoo: the tables, and the list of all files, which a script draws from data in the page on demand.

Without the script the page has the tables and the files with the most harm.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from urllib.parse import urlencode

from lstmlint.output.figures.markup import Markup, element, joined
from lstmlint.output.figures.whole_page import data_block, made_by, whole_page
from lstmlint.output.fleet.rows import page_data
from lstmlint.output.fleet.style import fleet_css
from lstmlint.output.fleet.table import Cell, Code, Grade, Part, Row, Table, lines_of, more_of
from lstmlint.output.fleet.tables import heading, names_of, tables
from lstmlint.output.results.fleet import Fleet
from lstmlint.zoo.fleet.ask import Answers, Judged

#: The most rows of a table, and of files that are there without the script.
MOST, MOST_FILES = 15, 100

#: The table that the list of files replaces.
LISTED = "worst"

#: The filters of the list of files by the names that the script knows, with their labels.
FILTERS = (
    ("rule", "Rule or cause"), ("folder", "Folder"), ("version", "Keras"), ("container", "Container"),
    ("loads", "Loads in"),
)  # fmt: skip

#: The columns of the list of files: title, name of the order, and class.
COLUMNS = (
    ("File", "file", ""), ("Harm", "harm", "number"), ("Keras", "", ""), ("Container", "", "wide"),
    ("Params", "params", "number"), ("Bytes", "size", "number wide"), ("Newest Keras", "", "wide"),
    ("Causes", "", "wide"),
)  # fmt: skip


def page(fleet: Fleet) -> str:
    """The page of the answers about a zoo."""
    answers = fleet.answers
    drawn = [table for table in tables(answers) if table.name != LISTED]
    names = [*((table.name, table.title) for table in drawn), ("files", "All files")]
    items = (element("li", element("a", title, href=f"#{name}")) for name, title in names)
    audited = f", audited {answers.audited}" if answers.audited else ""
    return whole_page(
        f"lstmlint fleet: {fleet.store}",
        fleet_css(),
        (pkgutil.get_data(__package__, "page.js") or b"").decode("utf-8"),
        element("a", "Skip to the files", href="#files", class_="skip"),
        element(
            "header",
            element("h1", fleet.store),
            element("p", f"{heading(answers)}{audited}", class_="muted"),
            element("nav", element("ul", *items), aria_label="sections", class_="contents"),
        ),
        element("main", *map(_section, drawn), _files(answers), id="main"),
        made_by("What is said of a file was inferred from it; nothing in it was run."),
        data_block("zoo", page_data(answers)),
    )


def _section(table: Table) -> Markup:
    notes = (element("p", note, class_="muted remark") for note in table.notes)
    more = more_of(table, MOST)
    return element(
        "section",
        element("h2", table.title),
        *notes,
        element("div", _table(table), class_="scroll", tabindex=0, role="region", aria_label=table.title),
        element("p", more, class_="muted remark") if more else None,
        id=table.name,
    )


def _table(table: Table) -> Markup:
    heads = (
        element("th", header, scope="col", class_="number" if at in table.numbers else None)
        for at, header in enumerate(table.headers)
    )
    rows = (_row(table, row) for row in table.rows[:MOST])
    return element("table", element("thead", element("tr", *heads)), element("tbody", *rows), class_="told")


def _row(table: Table, row: Row) -> Markup:
    """A row; the script makes a link to the files of which it tells out of its number of files."""
    linked = table.headers.index("Files") if row.filters else -1
    cells = (
        element("span", *lines_of(cell), data_files=urlencode(row.filters)) if at == linked else joined(*_cell(cell))
        for at, cell in enumerate(row.cells)
    )
    return element(
        "tr",
        *(
            element("td", cell, *_bar(row.cells[at]), class_="number" if at in table.numbers else None)
            for at, cell in enumerate(cells)
        ),
    )


def _cell(cell: Cell) -> Iterator[Markup]:
    lines = lines_of(cell)
    for line in lines:
        told = _line(line)
        yield element("span", told, class_="line") if len(lines) > 1 else told


def _line(line: str) -> Markup:
    if isinstance(line, Grade):
        return element("span", line, class_=f"tag {line}")
    return element("code", line) if isinstance(line, Code) else joined(line)


def _bar(cell: Cell) -> Iterator[Markup]:
    if isinstance(cell, Part) and cell.whole:
        bar = element("rect", width=100 * cell.number / cell.whole, height=6, rx=1)
        yield element("svg", bar, class_="bar", viewBox="0 0 100 6", preserveAspectRatio="none", aria_hidden="true")


def _files(answers: Answers) -> Markup:
    """The list of files, with the worst of them for readers without the script."""
    heads = (
        element(
            "th",
            element("button", title, type="button", class_="sort", data_order=order) if order else title,
            scope="col", class_=name or None, aria_sort="descending" if order == "harm" else None,
        )
        for title, order, name in COLUMNS
    )  # fmt: skip
    most = min(MOST_FILES, len(answers.files))
    table = element(
        "table",
        element("thead", element("tr", *heads)),
        element("tbody", *(_file(one, answers) for one in answers.files[:most]), id="rows"),
        id="list", class_="told",
    )  # fmt: skip
    told = f"The {most:,} files with the most harm of {len(answers.files):,}"
    return element(
        "section",
        element("h2", "All files"),
        _form(),
        element("output", told, id="told", tabindex=-1),
        element("div", table, class_="scroll", tabindex=0, role="region", aria_label="All files"),
        element("p", element("button", "Show 100 more", type="button", id="more", class_="act", hidden=True)),
        id="files",
    )


def _form() -> Markup:
    choices = (
        element("label", label, element("select", element("option", "all", value=""), id=f"filter-{name}"))
        for name, label in FILTERS
    )
    return element(
        "form",
        element("label", "Path has", element("input", type="search", id="filter-text", autocomplete="off")),
        *choices,
        element("button", "All files", type="button", id="unfiltered", class_="act"),
        id="filters", class_="filters raised", hidden=True,
    )  # fmt: skip


def _file(one: Judged, answers: Answers) -> Markup:
    """A row as the script draws it, without what opens it."""
    file = one.file
    newest = one.outcomes[answers.targets.index(answers.newest)] if answers.newest else None
    cells = (
        one.harm, file.keras_version or "", file.container or "", file.params, file.size, newest or "",
        ", ".join(names_of(answers, one.causes)),
    )  # fmt: skip
    columns = ((name, cell) for (_, _, name), cell in zip(COLUMNS[1:], cells, strict=True))
    return element(
        "tr",
        element("th", element("code", file.path), scope="row"),
        *(element("td", *_cell("?" if cell is None else cell), class_=name or None) for name, cell in columns),
    )
