"""Pages as a browser shows them: no errors, no requests, every finding in reach, no page wider than a phone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.face.test_cli import lstm, model, run
from tests.support.pages import HOSTILE, dense, functional, page_of, residual
from tests.support.seen import SIZES, Seen, shown
from tests.support.truth import FIXTURES

#: A model with nested ones, findings in them, and a long name.
NESTED: dict[str, Any] = {
    "class_name": "Sequential", "keras_version": "2.15.0",
    "config": {"name": "outer", "layers": [
        {"class_name": "InputLayer", "config": {"name": "in", "batch_input_shape": [None, 4, 2]}},
        {"class_name": "Sequential", "config": {"name": "inner", "layers": [
            {"class_name": "InputLayer", "config": {"name": "in_2", "batch_input_shape": [None, 4, 2]}},
            {"class_name": "LSTM", "config": {"name": "first_" * 12, "units": 3}},
            {"class_name": "LSTM", "config": {"name": "second", "units": 3}},
        ]}},
    ]},
}  # fmt: skip


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report with most of what there can be on one."""
    folder = tmp_path_factory.mktemp("report")
    nested, hostile, large, dense_ = (folder / f"{name}.json" for name in ("nested", "hostile", "large", "dense"))
    nested.write_text(json.dumps(NESTED), encoding="utf-8")
    hostile.write_text(model(*(lstm(name) for name in HOSTILE if name)), encoding="utf-8")
    large.write_text(residual(60), encoding="utf-8")
    dense_.write_text(functional([dense(f"d{at}", "in") for at in range(12)], "d0"), encoding="utf-8")
    paths = [
        FIXTURES / "broken" / "missing-return-sequences.json", FIXTURES / "keras-2.15.0" / "seq2seq.keras",
        FIXTURES / "keras-3.15.1" / "bidirectional-tagger.json", FIXTURES / "broken" / "weights-only.h5",
        FIXTURES / "broken" / "truncated.json", nested, hostile, large, dense_,
    ]  # fmt: skip
    page = folder / "report.html"
    page.write_text(page_of(*paths), encoding="utf-8")
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_a_page_says_nothing_and_asks_for_nothing(seen: Seen, report: Path, size: str, scheme: str) -> None:
    shown(seen, report, size, color_scheme=scheme)
    for summary in seen.page.query_selector_all("summary"):
        summary.click()
    assert seen.said == []
    assert [url for url in seen.asked if not url.startswith("data:")] == [report.as_uri()]


def test_the_script_is_run_under_its_policy(seen: Seen, report: Path) -> None:
    shown(seen, report)
    assert seen.ask("typeof reveal") == "function"
    seen.ask("(() => { const s = document.createElement('script'); s.textContent = 'window.bad = 1';"
             " document.body.append(s); })()")  # fmt: skip
    assert seen.ask("typeof bad") == "undefined", "scripts that are not on the page are refused"


@pytest.mark.parametrize("size", SIZES)
def test_no_page_is_wider_than_its_window(seen: Seen, report: Path, size: str) -> None:
    shown(seen, report, size)
    seen.ask("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    assert seen.ask("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    over = "[...document.querySelectorAll('main :not(svg *)')].filter(e => !e.closest('.scroll') "
    over += "&& e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 120))"
    assert seen.ask(over) == []


FINDINGS = "[...document.querySelectorAll('.finding')].map(one => one.id)"


def test_each_finding_is_reached_with_the_tab_key(seen: Seen, report: Path) -> None:
    """By its own link and the one to its layer; the focus is always on something that can be seen."""
    shown(seen, report)
    wanted, reached = set(seen.ask(FINDINGS)), set()
    assert len(wanted) > 5
    order: list[str] = []
    where = """() => { const at = document.activeElement; const box = at.getBoundingClientRect();
        const style = getComputedStyle(at), drawn = at.querySelector('.box');
        return { tag: at.localName, key: at.getAttribute('href') || at.id || at.textContent,
            finding: (at.closest('.finding') || {}).id || '', size: box.width * box.height,
            mark: style.outlineStyle !== 'none' || (drawn && getComputedStyle(drawn).strokeWidth === '3px') }; }"""
    for _ in range(600):
        seen.page.keyboard.press("Tab")
        at = seen.page.evaluate(where)
        if at["tag"] == "body":
            break
        order.append(at["key"])
        reached.add(at["finding"])
        assert at["size"] > 0, at
        assert at["mark"], at
    hidden = set(seen.ask("[...document.querySelectorAll('details:not([open]) .finding')].map(one => one.id)"))
    assert wanted - hidden <= reached
    assert order[0] == "#main", "the first is the link that skips what comes before the models"
    assert len(order) < 600


def test_each_finding_leads_to_its_layer_and_back(seen: Seen, report: Path) -> None:
    """Also where the layer is in a closed nested model; what is reached is in the window."""
    shown(seen, report)
    links = seen.ask("[...document.querySelectorAll('.finding .show')].map(one => one.getAttribute('href'))")
    assert len(links) > 3
    visible = """id => { const box = document.getElementById(id).getBoundingClientRect();
        return box.width > 0 && box.bottom > 0 && box.top < innerHeight; }"""
    for number, link in enumerate(links):
        seen.ask("document.querySelectorAll('details').forEach(one => { one.open = false; })")
        seen.ask("history.replaceState(null, '', '#')")
        shows = seen.page.query_selector_all(".finding .show")
        if not shows[number].is_visible():
            seen.ask("document.querySelectorAll('.area-findings details').forEach(one => { one.open = true; })")
        shows[number].click()
        seen.page.wait_for_function(visible, arg=link[1:])
        back = seen.ask(f"document.getElementById('{link[1:]}').getAttribute('href')")
        if back is not None:
            seen.page.locator(f"#{link[1:]}").press("Enter")
            seen.page.wait_for_function(visible, arg=back[1:])


def test_what_a_link_leads_into_is_opened(seen: Seen, report: Path) -> None:
    """Chromium does so by itself; the script does it where a browser does not."""
    shown(seen, report)
    inner = seen.ask("document.querySelector('details svg.graph a[id]').id")
    seen.ask(f"history.replaceState(null, '', '#{inner}')")
    is_open = f"document.getElementById('{inner}').closest('details').open"
    assert not seen.ask(is_open)
    seen.ask("reveal()")
    assert seen.ask(is_open)


def test_nothing_is_lost_without_scripts(browser: Any, report: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report.as_uri())
    assert page.locator(".finding").first.is_visible()
    page.locator("details summary").first.click()
    assert page.locator("details").first.get_attribute("open") is not None
    context.close()


GROUND = "getComputedStyle(document.body).backgroundColor"


def test_schemes_differ_and_paper_is_light(seen: Seen, report: Path) -> None:
    grounds = []
    for media in ({"color_scheme": "light"}, {"color_scheme": "dark"}, {"color_scheme": "dark", "media": "print"}):
        shown(seen, report, **{"media": "screen", **media})
        grounds.append(seen.ask(GROUND))
    assert grounds == ["rgb(255, 255, 255)", "rgb(15, 20, 25)", "rgb(255, 255, 255)"]


def test_print_opens_what_is_closed(seen: Seen, report: Path) -> None:
    shown(seen, report, media="print")
    assert seen.ask("document.querySelectorAll('details:not([open])').length") > 0
    seen.ask("dispatchEvent(new Event('beforeprint'))")
    assert seen.ask("document.querySelectorAll('details:not([open])').length") == 0
    seen.ask("dispatchEvent(new Event('afterprint'))")
    assert seen.ask("document.querySelectorAll('details:not([open])').length") > 0
    assert seen.page.pdf(format="A4").startswith(b"%PDF")


NATURAL = """[...document.querySelectorAll('svg.graph')].filter(one => one.getBoundingClientRect().width)
    .map(one => one.getBoundingClientRect().width / one.getAttribute('width'))"""


@pytest.mark.parametrize("size", SIZES)
def test_graphs_are_large_enough_to_be_read(seen: Seen, report: Path, size: str) -> None:
    """Letters of 11.5 pixels become no smaller than 8.5."""
    shown(seen, report, size)
    seen.ask("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    assert min(seen.ask(NATURAL)) >= (0.74 if size == "phone" else 1)


OVERLAPS = """() => { const found = []; for (const svg of document.querySelectorAll('svg.graph')) {
    const nodes = [...svg.querySelectorAll('a, g')].filter(e => e.querySelector(':scope > .box'));
    const boxes = nodes.map(e => [...e.children].find(c => c.matches('.box')).getBoundingClientRect());
    for (let i = 0; i < boxes.length; i++) for (let j = 0; j < i; j++) { const a = boxes[i], b = boxes[j];
        if (a.width && b.width && a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
            found.push(nodes[i].textContent + ' / ' + nodes[j].textContent); } } return found; }"""

SPILLS = """() => { const found = [], texts = document.querySelectorAll('svg.graph a text, svg.panel text');
    for (const text of texts) {
    const around = text.closest('a') && text.parentElement === text.closest('a')
        ? text.parentElement.querySelector('.box:not(.inner)') : text.closest('svg');
    const a = text.getBoundingClientRect(), b = around.getBoundingClientRect();
    if (a.width && (a.left < b.left - 1 || a.right > b.right + 1)) found.push(text.textContent); } return found; }"""


@pytest.mark.parametrize("size", SIZES)
def test_no_boxes_overlap_and_no_text_leaves_its_place(seen: Seen, report: Path, size: str) -> None:
    shown(seen, report, size)
    seen.ask("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    assert seen.page.evaluate(OVERLAPS) == []
    assert seen.page.evaluate(SPILLS) == []


def test_a_figure_is_shown_as_a_picture(seen: Seen, tmp_path: Path) -> None:
    svg, page = tmp_path / "lstm.svg", tmp_path / "page.html"
    assert run("explain", str(FIXTURES / "keras-3.15.1/lstm-72.keras"), "--svg", "-o", str(svg))[0] == 0
    page.write_text('<!DOCTYPE html><title>t</title><link rel="icon" href="data:,"><img src="lstm.svg">')
    shown(seen, page)
    assert seen.ask("document.images[0].naturalWidth") == 760
    assert seen.said == []


def test_a_notebook_gets_what_a_page_has(seen: Seen, tmp_path: Path) -> None:
    import lstmlint

    path = tmp_path / "notebook.html"
    cell = lstmlint.analyze(str(FIXTURES / "broken" / "missing-return-sequences.json"))._repr_html_()
    start = '<!DOCTYPE html><meta charset="utf-8"><title>t</title><link rel="icon" href="data:,"><p id="other">text</p>'
    path.write_text(f"{start}{cell}", encoding="utf-8")
    shown(seen, path, color_scheme="dark")
    assert seen.said == []
    assert seen.page.locator(".finding").count() == 1
    assert seen.ask("getComputedStyle(document.getElementById('other')).color") == "rgb(0, 0, 0)"
