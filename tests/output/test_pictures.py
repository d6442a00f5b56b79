"""Pages: well-formed, whole, safe and of bounded size, whatever the file holds."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

import lstmlint
from lstmlint.ir.model import Layer
from lstmlint.output.figures import page_style, theme
from lstmlint.output.figures.anchors import LIMITS, anchors_of
from lstmlint.output.figures.flow import flow_of
from lstmlint.output.figures.theme import Colour
from tests.face.test_cli import lstm, model, run
from tests.support.pages import (
    HOSTILE,
    dense,
    densely_connected,
    functional,
    functional_layer,
    ids,
    links,
    page_of,
    parsed,
    residual,
    texts,
)  # fmt: skip
from tests.support.truth import FIXTURES

ALL = sorted(path for path in FIXTURES.rglob("*") if path.suffix in (".json", ".h5", ".keras"))
MODELS = [path for path in ALL if path.parent.name.startswith("keras-")]
BROKEN = [path for path in ALL if path.parent.name in ("broken", "suspicious")]


def written(tmp_path: Path, text: str, name: str = "model.json") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("folder", sorted({path.parent.name for path in (*MODELS, *BROKEN)}))
def test_pages_are_whole(folder: str) -> None:
    """Well-formed, every id once, and every link leads somewhere on the page."""
    for path in (path for path in ALL if path.parent.name == folder):
        root = parsed(page_of(path))
        found = ids(root)
        assert len(found) == len(set(found)), path
        assert {link for link in links(root) if link != "data:,"} <= {f"#{one}" for one in found}, path


def test_every_finding_leads_to_its_layer() -> None:
    path = FIXTURES / "broken" / "missing-return-sequences.json"
    root = parsed(page_of(path))
    (finding,) = [one for one in root.iter("li") if "finding" in (one.get("class") or "").split()]
    (show,) = [one for one in finding.iter("a") if one.get("class") == "show"]
    (node,) = [one for one in root.iter("a") if one.get("id") == str(show.get("href"))[1:]]
    assert "lstm_1" in texts(node)
    assert node.get("href") == f"#{finding.get('id')}"
    assert "1 error" in str(node.get("aria-label"))


def test_shapes_stand_on_the_edges() -> None:
    found = texts(parsed(page_of(FIXTURES / "keras-2.15.0" / "seq2seq.keras")))
    assert {"(None, None, 12)", "(None, None, 14)", "2 × (None, 8)", "(None, None, 8)"} <= set(found)


def test_shared_layers_are_drawn_once_a_call() -> None:
    found = texts(parsed(page_of(FIXTURES / "keras-2.15.0" / "siamese.json")))
    assert found.count("shared_lstm") == 2
    assert "LSTM · shared, call 2" in found


def test_what_is_unknown_says_so() -> None:
    root = parsed(page_of(FIXTURES / "broken" / "missing-return-sequences.json"))
    told = "".join(root.itertext())
    assert "unknown, because LSTM expects an input of rank 3 and gets one of rank 2" in told
    assert "LSTM · ? parameters" in texts(root)


def test_weights_alone_have_no_graph_but_figures() -> None:
    root = parsed(page_of(FIXTURES / "broken" / "weights-only.h5"))
    assert not [one for one in root.iter("svg") if "graph" in str(one.get("class")).split()]
    assert "an untold number of timesteps" in texts(root)
    assert "no architecture" in "".join(root.itertext())


def test_a_missing_tensor_is_drawn_as_missing(tmp_path: Path) -> None:
    path = written(tmp_path, functional([dense("d", "nowhere")], "d"))
    found = texts(parsed(page_of(path)))
    assert "no such tensor" in found
    assert "nowhere[0][0]" in found


def test_layers_that_wait_for_each_other_are_drawn(tmp_path: Path) -> None:
    text = functional([dense("a", "b"), dense("b", "a"), dense("c", "c")], "b")
    found = texts(parsed(page_of(written(tmp_path, text))))
    assert {"a", "b", "c"} <= set(found)


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_stay_text(name: str, tmp_path: Path) -> None:
    first = {"class_name": "InputLayer", "config": {"name": name, "batch_input_shape": [None, 4, 2]}}
    layers = [
        first,
        {"class_name": "LSTM", "config": {"name": name + "1", "units": 3}},
        {"class_name": "LSTM", "config": {"name": name + "2", "units": 3}},
        {"class_name": name or "X", "config": {"name": name + "3"}},
        {"class_name": "Dense", "config": {"name": name + "4", "units": 2, "activation": name}},
    ]
    config = {"class_name": "Sequential", "keras_version": name, "config": {"name": name, "layers": layers}}
    path = written(tmp_path, json.dumps(config))
    markup = page_of(path)
    root = parsed(markup)
    assert len(list(root.iter("script"))) == 1
    assert len(list(root.iter("style"))) == 1
    assert not {"img", "b", "i"} & {each.tag for each in root.iter()}
    assert not [key for each in root.iter() for key in each.attrib if key.startswith("on") or key == "style"]
    assert all(link.startswith("#") or link == "data:," for link in links(root))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", markup)
    status, svg, _ = run("explain", "--svg", "--", str(path), name + "1")
    assert status == 0
    assert not {"script", "img"} & {each.tag.rpartition("}")[2] for each in parsed(svg).iter()}


def test_hostile_paths_stay_text(tmp_path: Path) -> None:
    path = written(tmp_path, model(lstm("a")), "<b>&'\u202e.json")
    root = parsed(page_of(path, tmp_path / "<i>none.json"))
    assert not {"b", "i"} & {each.tag for each in root.iter()}


def test_the_policy_names_what_is_on_the_page() -> None:
    root = parsed(page_of(FIXTURES / "keras-3.15.1" / "lstm-72.keras"))
    policies = [one.get("content") for one in root.iter("meta") if one.get("http-equiv") == "Content-Security-Policy"]
    (policy,) = policies
    assert str(policy).startswith("default-src 'none';")
    assert "unsafe" not in str(policy)
    for tag in ("style", "script"):
        (one,) = root.iter(tag)
        digest = base64.b64encode(hashlib.sha256(str(one.text).encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in str(policy)


def test_nothing_is_fetched() -> None:
    markup = page_of(FIXTURES / "keras-2.15.0" / "seq2seq.keras")
    assert not re.search(r"(?i)https?:|url\(|@import|@font-face|src=|//[a-z]", markup.replace("data:,", ""))


LARGE = {
    "stack": lambda: model(*(lstm(f"l{at}", at % 50 + 2, return_sequences=True) for at in range(1000))),
    "residual": lambda: residual(200),
    "dense": lambda: densely_connected(1000, 60),
    "wide": lambda: functional([*(dense(f"d{at}", "in") for at in range(999))], "d0"),
    "no blocks": lambda: functional(
        [dense("d0", "in"), *(dense(f"d{at}", f"d{at // 3}") for at in range(1, 999))], "d9"
    ),
}


@pytest.mark.parametrize("name", LARGE)
def test_large_models_stay_usable(name: str, tmp_path: Path) -> None:
    path = written(tmp_path, LARGE[name]())
    analysis = lstmlint.analyze(str(path))
    start = time.process_time()
    folded = anchors_of(analysis.model, (), "m").graphs[0]
    assert len(folded.folds) <= LIMITS[0]
    assert sum(len(fold.steps) for fold in folded.folds) == len(flow_of(analysis.model).steps)
    lstmlint.load(str(path))._repr_html_()
    assert time.process_time() - start < 10
    markup = page_of(path)
    assert len(markup) < 1_500_000
    root = parsed(markup)
    (svg,) = [one for one in root.iter("svg") if "graph" in str(one.get("class")).split()]
    assert int(str(svg.get("width"))) < 20_000
    assert len(list(root.iter("tr"))) > 1000


def test_a_run_of_equal_blocks_is_one_box(tmp_path: Path) -> None:
    found = texts(parsed(page_of(written(tmp_path, residual(60)))))
    assert any(re.fullmatch(r"(59|60) × 5 layers", text) for text in found)


def test_a_chain_whose_layers_read_two_before_them_is_no_run(tmp_path: Path) -> None:
    """Such layers are not one after the other, so nothing is "60 times" there."""
    layers = [dense("s0", "in"), dense("s1", "s0")]
    layers += [functional_layer("Add", f"s{at}", [f"s{at - 1}", f"s{at - 2}"]) for at in range(2, 60)]
    found = texts(parsed(page_of(written(tmp_path, functional(layers, "s59")))))
    assert not [text for text in found if "×" in text]
    assert "s30" in found


def test_findings_in_a_nested_model_are_marked_on_the_model(tmp_path: Path) -> None:
    inner = json.loads(model(lstm("first"), lstm("second")))
    inner["config"]["name"] = "inner"
    found = parsed(page_of(written(tmp_path, model(inner))))
    marked = [node.get("aria-label") for node in found.iter("a") if "1 error" in str(node.get("aria-label"))]
    assert [str(label).partition(",")[0] for label in marked] == ["inner", "first"]


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2, the contrast ratio."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


TEXT_PAIRS = [
    *((ink, ground) for ink in (theme.INK, theme.SOFT_INK, theme.LINK) for ground in (theme.GROUND, theme.RAISED)),
    *((ink, theme.GROUND) for ink in (theme.INPUT, theme.UNIT, theme.BIAS)),
    *((theme.ON_MARK, mark) for mark in (theme.ERROR, theme.WARNING, theme.NOTE)),
]
LINE_PAIRS = [
    *((line, theme.GROUND) for line in (theme.LINE, theme.ERROR, theme.WARNING, theme.NOTE, theme.LINK)),
    (theme.INPUT, theme.INPUT_SOFT), (theme.UNIT, theme.UNIT_SOFT), (theme.BIAS, theme.BIAS_SOFT),
    (theme.LINE, theme.RAISED),
]  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrasts(scheme: str) -> None:
    def ratio(pair: tuple[Colour, Colour]) -> float:
        return contrast(*(getattr(colour, scheme) for colour in pair))

    assert min(map(ratio, TEXT_PAIRS)) >= 4.5
    assert min(map(ratio, LINE_PAIRS)) >= 3


def test_style_holds_within_its_element_only() -> None:
    rules = re.findall(r"(?m)^([^@{}\n]+)\{", theme.figure_css() + page_style.page_css(root=False))
    assert rules
    assert all(part.strip().startswith(".lstmlint") for rule in rules for part in rule.split(","))


def test_notebooks_show_models_analyses_and_recurrent_layers() -> None:
    path = str(FIXTURES / "broken" / "missing-return-sequences.json")
    shown = lstmlint.load(path)
    html = str(shown._repr_html_())
    assert "no findings" not in html
    assert "Nothing found" not in html
    assert "not judged" in html
    assert "lstm_2: expects an input of rank 3 and gets one of rank 2" in html
    assert "missing-return-sequences" in str(lstmlint.analyze(path)._repr_html_())
    layers: dict[str, Layer] = dict(shown.by_name)
    assert "768 parameters" in str(layers["lstm_1"]._repr_html_())
    assert layers["dense_1"]._repr_html_() is None
    parsed(str(shown._repr_html_()))


def test_pictures_are_imported_only_where_they_are_drawn() -> None:
    import subprocess
    import sys

    code = "import sys, lstmlint; lstmlint.load; print([name for name in sys.modules if 'pictures' in name])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_report_command(tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    source = FIXTURES / "broken" / "missing-return-sequences.json"
    assert run("report", str(source), "-o", str(out)) == (0, "", "")
    first = out.read_bytes()
    parsed(first.decode())
    assert run("report", str(source), "-o", str(out))[0] == 0, "a report may be made again"
    assert out.read_bytes() == first
    assert run("report", str(source))[1].encode() == first
    assert sorted(tmp_path.iterdir()) == [out]


def test_report_names_what_it_could_not_read(tmp_path: Path) -> None:
    status, page, errors = run("report", str(FIXTURES / "broken" / "truncated.json"), str(tmp_path / "none.h5"))
    assert status == 2
    assert errors.count(": error: ") == 2
    assert "could not be read" in "".join(parsed(page).itertext())


BAD_OUTPUTS = (("folder", "is a folder"), ("none/report.html", "no folder"), ("model.json", "file that is read"))


@pytest.mark.parametrize(("out", "message"), BAD_OUTPUTS)
@pytest.mark.parametrize("command", ["report", "explain"])
def test_outputs_that_cannot_be_written(command: str, out: str, message: str, tmp_path: Path) -> None:
    source = written(tmp_path, model(lstm("a")))
    (tmp_path / "folder").mkdir()
    arguments = ["--svg"] if command == "explain" else []
    status, output, errors = run(command, str(source), *arguments, "-o", str(tmp_path / out))
    assert (status, output, errors.count("\n")) == (2, "", 1)
    assert message in errors
    assert source.read_text(encoding="utf-8") == model(lstm("a"))


def test_ignored_findings_are_left_out(tmp_path: Path) -> None:
    path = written(tmp_path, model(lstm("a"), lstm("b")))
    assert "missing-return-sequences" in run("report", str(path))[1]
    written(tmp_path, "[per-file-ignores]\n'*' = ['missing-return-sequences']\n", "lstmlint.toml")
    assert "missing-return-sequences" not in run("report", str(path))[1]


def test_check_writes_the_same_page_without_models() -> None:
    path = str(FIXTURES / "broken" / "missing-return-sequences.json")
    status, page, _ = run("check", "--format", "html", path)
    root = parsed(page)
    told: Any = "".join(root.itertext())
    assert status == 1
    assert "missing-return-sequences" in told
    assert "set return_sequences=True on 'lstm_1'" in told
    assert not list(root.iter("svg"))
