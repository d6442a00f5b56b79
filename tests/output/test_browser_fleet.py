"""The page of a zoo in a browser: it asks for nothing, and its filters find what the JSON says, by keyboard too."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import lstmlint
from lstmlint.output.figures.markup import visible
from lstmlint.output.fleet.page import MOST_FILES, page
from tests.support.pages import ids, links, parsed
from tests.support.seen import SIZES, Seen, shown
from tests.support.zoos import MEMBERS, age, fill, hostile

#: Files of which nothing but the names differ, more than are drawn at once, and one in a folder of a similar name.
MANY = {f"many/{number:03}.json": "keras-2.15.0/lstm-12.json" for number in range(MOST_FILES + 30)}
MANY["many-more/lstm.json"] = "keras-2.15.0/lstm-12.json"


@pytest.fixture(scope="module")
def zoo(tmp_path_factory: pytest.TempPathFactory) -> tuple[lstmlint.Fleet, Path]:
    """A zoo with hostile names and the page of it."""
    folder = tmp_path_factory.mktemp("zoo")
    fill(folder / "zoo", MEMBERS | MANY)
    hostile(folder / "zoo" / "hostile")
    store = folder / "zoo.db"
    lstmlint.audit([folder / "zoo"], store, jobs=1)
    new = folder / "zoo" / "old" / "config.json"
    new.write_text((folder / "zoo" / "bad" / "sequence.json").read_text(encoding="utf-8"), encoding="utf-8")
    age(new)
    lstmlint.audit([folder / "zoo"], store, jobs=1)
    fleet = lstmlint.fleet(store)
    path = folder / "fleet.html"
    path.write_text(page(fleet), encoding="utf-8")
    return fleet, path


@pytest.fixture
def opened(seen: Seen, zoo: tuple[lstmlint.Fleet, Path]) -> Iterator[Seen]:
    yield shown(seen, zoo[1])
    assert seen.said == []


def test_the_page_is_whole(zoo: tuple[lstmlint.Fleet, Path]) -> None:
    root = parsed(zoo[1].read_text(encoding="utf-8").partition("\n")[2])
    found = ids(root)
    assert len(found) == len(set(found))
    assert {link for link in links(root) if link != "data:,"} <= {f"#{one}" for one in found}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_it_says_nothing_asks_for_nothing_and_is_no_wider_than_its_window(
    seen: Seen, zoo: tuple[lstmlint.Fleet, Path], size: str, scheme: str
) -> None:
    shown(seen, zoo[1], size, color_scheme=scheme)
    for button in seen.page.query_selector_all("#rows button")[:40]:
        button.click()
    assert seen.said == []
    assert [url for url in seen.asked if not url.startswith("data:")] == [zoo[1].as_uri()]
    assert seen.ask("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    ground = {"light": "rgb(255, 255, 255)", "dark": "rgb(15, 20, 25)"}
    assert seen.ask("getComputedStyle(document.body).backgroundColor") == ground[scheme]


def test_scripts_that_are_not_on_the_page_are_refused(seen: Seen, zoo: tuple[lstmlint.Fleet, Path]) -> None:
    shown(seen, zoo[1])
    seen.ask("(() => { const s = document.createElement('script'); s.textContent = 'window.bad = 1';"
             " document.body.append(s); })()")  # fmt: skip
    assert seen.ask("typeof bad") == "undefined"


def names(fleet: lstmlint.Fleet, one: dict[str, Any]) -> set[str]:
    """The names of the causes of a file, as the filter shows them."""
    from lstmlint.output.fleet.tables import name

    return {visible(name(fleet.answers.causes[number], fleet.answers.newest)) for number in one["causes"]}


def is_in(path: str, folder: str) -> bool:
    return visible(path).startswith(f"{folder}/")


def loads_as(one: dict[str, Any], value: str) -> bool:
    target, outcome = value.split("|")
    return bool(one["outcomes"].get(target) == outcome)


Question = Callable[[lstmlint.Fleet, dict[str, Any], str], bool]

FILTERS: dict[str, Question] = {
    "rule": lambda fleet, one, value: value in names(fleet, one),
    "folder": lambda fleet, one, value: is_in(one["path"], value),
    "version": lambda fleet, one, value: one["keras_version"] is not None and visible(one["keras_version"]) == value,
    "container": lambda fleet, one, value: bool(one["container"] == value),
    "loads": lambda fleet, one, value: loads_as(one, value),
}


@pytest.mark.parametrize("name", FILTERS)
def test_each_choice_of_a_filter_finds_what_the_json_says(
    opened: Seen, zoo: tuple[lstmlint.Fleet, Path], name: str
) -> None:
    fleet = zoo[0]
    files = fleet.to_dict()["files"]
    choices = opened.ask(f"[...document.querySelectorAll('#filter-{name} option')].map(o => [o.value, o.textContent])")
    assert len(choices) > 2
    for value, label in choices[1:]:
        opened.page.select_option(f"#filter-{name}", value)
        wanted = [one["path"] for one in files if FILTERS[name](fleet, one, value)]
        assert wanted
        assert label.endswith(f" ({len(wanted)})")
        assert opened.page.text_content("#told") == f"{len(wanted)} of {len(files)} files"
        assert opened.ask("rows.map(path)") == [visible(path) for path in wanted]


def test_filters_narrow_together_and_are_kept_in_the_address(opened: Seen, zoo: tuple[lstmlint.Fleet, Path]) -> None:
    opened.page.fill("#filter-text", "OLD/")
    opened.page.select_option("#filter-container", "h5")
    found = opened.ask("rows.map(row => files.name[row])")
    assert sorted(found) == ["again.h5", "first.h5", "older.h5"]
    opened.page.reload()
    assert opened.ask("rows.map(row => files.name[row])") == found
    assert opened.page.input_value("#filter-text") == "OLD/"
    opened.page.click("#unfiltered")
    assert opened.ask("rows.length") == len(zoo[0].answers.files)
    assert opened.page.is_disabled("#unfiltered")


def test_numbers_of_files_lead_to_these_files(opened: Seen, zoo: tuple[lstmlint.Fleet, Path]) -> None:
    causes = zoo[0].answers.causes
    for at, cause in enumerate([one for one in causes if one.harm][:8]):
        opened.page.locator("#first tbody tr").nth(at).locator("a").click()
        wanted = [visible(one.file.path) for one in zoo[0].answers.files if one.file.path in cause.files]
        same = "wanted => wanted.length === rows.length ? rows.every((row, at) => path(row) === wanted[at]) : false"
        opened.page.wait_for_function(same, arg=wanted)
        assert opened.ask("document.getElementById('told').getBoundingClientRect().top < innerHeight")
    for table, filter_name in (("versions", "version"), ("containers", "container")):
        link = opened.page.locator(f"#{table} tbody a").first
        number = str(link.text_content()).strip()
        link.click()
        opened.page.wait_for_function("wanted => told.textContent.startsWith(wanted)", arg=f"{number} of ")
        assert opened.page.input_value(f"#filter-{filter_name}")


def test_rows_are_drawn_on_demand(opened: Seen, zoo: tuple[lstmlint.Fleet, Path]) -> None:
    drawn = "document.querySelectorAll('#rows > tr').length"
    assert opened.ask(drawn) == MOST_FILES
    opened.page.focus("#more")
    opened.page.keyboard.press("Enter")
    assert opened.ask(drawn) == len(zoo[0].answers.files)
    assert not opened.page.is_visible("#more")
    at = "[...document.querySelectorAll('#rows button')].indexOf(document.activeElement)"
    assert opened.ask(at) == MOST_FILES, "the focus goes on with the first new row"


def test_a_row_opens_and_closes_by_keyboard(opened: Seen) -> None:
    first = opened.page.locator("#rows button").first
    first.press("Enter")
    assert first.get_attribute("aria-expanded") == "true"
    assert opened.page.locator("#rows .below").count() == 1
    first.press("Space")
    assert first.get_attribute("aria-expanded") == "false"
    assert opened.page.locator("#rows .below").count() == 0


@pytest.mark.parametrize("order", ["file", "params", "size", "harm"])
def test_columns_sort(opened: Seen, zoo: tuple[lstmlint.Fleet, Path], order: str) -> None:
    opened.page.locator(f"[data-order={order}]").press("Enter")
    assert opened.page.locator(f"th:has([data-order={order}])").get_attribute("aria-sort")
    assert opened.page.locator("#list th[aria-sort]").count() == 1
    if order == "file":
        assert opened.ask("rows.map(path).every((one, at, all) => at === 0 || one >= all[at - 1])")
    else:
        assert opened.ask(f"rows.every((row, at) => at === 0 || files.{order}[row] <= files.{order}[rows[at - 1]])")


def test_without_scripts_there_are_the_tables_and_the_worst_files(
    browser: Any, seen: Seen, zoo: tuple[lstmlint.Fleet, Path]
) -> None:
    with_script = shown(seen, zoo[1]).ask(CELLS)
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(zoo[1].as_uri())
    assert plain.locator("#first td").first.is_visible()
    assert not plain.locator("#filters").is_visible()
    assert not plain.locator("#more").is_visible()
    cells = plain.locator("#rows > tr")
    assert cells.count() == MOST_FILES
    told = [re.sub(r"\s+", " ", str(text)) for text in cells.all_text_contents()]
    assert told == with_script, "the script draws the same rows"
    context.close()


CELLS = "[...document.querySelectorAll('#rows > tr')].map(row => row.textContent.replace(/\\s+/g, ' '))"
