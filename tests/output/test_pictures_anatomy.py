"""The figure of a recurrent layer: its numbers are those that lstmlint counts, and its areas are to scale."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest

import lstmlint
from lstmlint.ir.document import NotAModelError, UnreadableError
from lstmlint.ir.model import Layer
from lstmlint.ir.shape import Unknown
from lstmlint.keras.classes import traits_of
from lstmlint.output.figures.anatomy import Part, anatomy_of, recurrent_layers
from lstmlint.output.figures.anatomy_figure import weights_panel
from lstmlint.output.figures.figures import figure_svg
from tests.face.test_cli import lstm, model, run
from tests.output.test_pictures import ALL, written
from tests.support.pages import SVG, parsed, texts
from tests.support.truth import FIXTURES


def recurrent() -> Iterator[tuple[str, Layer]]:
    for path in ALL:
        try:
            found = lstmlint.load(str(path))
        except (UnreadableError, NotAModelError):
            continue
        for layer in recurrent_layers(found):
            yield f"{path.parent.name}/{path.name} {layer.full_name}", layer


def value(calculation: str) -> int:
    """What a line of digits, `*`, `+` and parentheses comes to."""
    assert re.fullmatch(r"[\d,*+() ]+", calculation)
    return int(eval(calculation.replace(",", ""), {"__builtins__": {}}))


def test_the_numbers_are_those_that_are_counted() -> None:
    """Of every recurrent layer of all fixtures: each calculation, its result, and their sum."""
    seen = 0
    for name, layer in recurrent():
        anatomy = anatomy_of(layer)
        assert anatomy is not None
        lines = texts(parsed(figure_svg(anatomy)))
        if isinstance(layer.params, Unknown):
            assert any(line.startswith("unknown, because") for line in lines), name
            continue
        calculations = [value(line) for line in lines if re.fullmatch(r"[\d,]+ \* [\d,*+() ]+", line)]
        results = [int(line[2:].split()[0].replace(",", "")) for line in lines if line.startswith("= ")]
        assert calculations == results, name
        assert sum(results) == layer.params, name
        if len(results) > 1:
            assert any(line.endswith(f" = {layer.params:,}") for line in lines), name
        seen += 1
    assert seen > 400


def test_every_gated_layer_is_in_a_figure() -> None:
    for path in ALL:
        try:
            found = lstmlint.load(str(path))
        except (UnreadableError, NotAModelError):
            continue
        drawn = [anatomy_of(layer) for layer in recurrent_layers(found)]
        parts = {id(part.layer) for one in drawn if one is not None for part in one.parts}
        parts |= {id(other) for one in drawn if one is not None for other in (*one.others, one.layer)}
        wanted = {id(layer): layer.full_name for layer in found.all_layers if traits_of(layer.class_name).has_gates}
        assert not set(wanted) - parts, (path, [wanted[one] for one in set(wanted) - parts])


def part_of(path: Path, name: str | None = None) -> Part:
    found = lstmlint.load(str(path))
    layers = [layer for layer in recurrent_layers(found) if name in (None, layer.name)]
    anatomy = anatomy_of(layers[0])
    assert anatomy is not None
    return anatomy.parts[0]


def matrices(part: Part) -> dict[str, list[Element]]:
    root = parsed(weights_panel(part).content)
    return {role: [one for one in root.iter("rect") if one.get("class") == role] for role in ("inp", "unit", "bias")}


def area(rect: Element) -> float:
    return float(str(rect.get("width"))) * float(str(rect.get("height")))


SCALED = [
    ("keras-3.15.1/lstm-72.keras", None, 4), ("keras-2.15.0/gru.keras", "reset_after", 3),
    ("keras-2.15.0/gru.keras", "reset_before", 3), ("keras-2.15.0/simple-rnn.h5", None, 1),
    ("keras-2.15.0/convlstm.h5", None, 4), ("keras-1.2.2/lstm-72.h5", None, 4), ("keras-2.15.0/cudnn.h5", None, 4),
]  # fmt: skip


@pytest.mark.parametrize(("file", "name", "gates"), SCALED)
def test_matrices_are_drawn_to_scale(file: str, name: str | None, gates: int) -> None:
    part = part_of(FIXTURES / file, name)
    drawn = matrices(part)
    numbers = part.numbers
    assert {len(found) for found in drawn.values()} == {gates}
    sizes = {
        "inp": part.window * numbers.inputs * numbers.units,
        "unit": part.window * numbers.units**2,
        "bias": numbers.biases * numbers.units,
    }
    scale = area(drawn["unit"][0]) / sizes["unit"]
    for role, size in sizes.items():
        assert area(drawn[role][0]) == pytest.approx(size * scale, rel=0.02)
    assert sum(sizes.values()) * gates == part.layer.params


def test_no_bias_is_drawn_where_there_is_none(tmp_path: Path) -> None:
    part = part_of(written(tmp_path, model(lstm("a", use_bias=False))))
    assert matrices(part)["bias"] == []
    assert "".join(term.text for term in part.symbols) == "4 * out * (inp + out)"


def test_what_is_thicker_than_its_scale_says_so(tmp_path: Path) -> None:
    part = part_of(written(tmp_path, model(lstm("a", 1024))))
    assert "thicker than to scale: kernel, bias" in texts(parsed(weights_panel(part).content))


FORMULAS = [
    ("keras-3.15.1/lstm-72.keras", None, "4 * out * (inp + out + 1)", "4 * 3 * (2 + 3 + 1)", 72),
    ("keras-2.15.0/gru.keras", "reset_after", "3 * out * (inp + out + 2)", "3 * 5 * (3 + 5 + 2)", 150),
    ("keras-2.15.0/gru.keras", "reset_before", "3 * out * (inp + out + 1)", "3 * 5 * (3 + 5 + 1)", 135),
    ("keras-2.15.0/convlstm.h5", None, "4 * out * (k * inp + k * out + 1)", "4 * 4 * (9 * 1 + 9 * 4 + 1)", 736),
]


@pytest.mark.parametrize(("file", "name", "symbols", "values", "params"), FORMULAS)
def test_formulas(file: str, name: str | None, symbols: str, values: str, params: int) -> None:
    part = part_of(FIXTURES / file, name)
    assert "".join(term.text for term in part.symbols) == symbols
    assert "".join(term.text for term in part.values) == values
    assert part.params == params


def test_both_directions_are_drawn() -> None:
    path = FIXTURES / "keras-3.15.1" / "bidirectional-tagger.json"
    status, svg, _ = run("explain", str(path), "bidirectional", "--svg")
    lines = texts(parsed(svg))
    assert status == 0
    assert "forward_lstm 360 + backward_lstm 360 = 720" in lines
    assert lines.count("4 * 6 * (8 + 6 + 1)") == 2
    assert lines.count("it reads the sequence from its end") == 1


TIMES = [
    ((None, 4, 2), ["t = 1", "t = 2", "t = 3", "t = 4"], "4 timesteps"),
    ((None, 1, 2), ["t = 1"], "1 timestep"),
    ((None, 900, 2), ["t = 1", "t = 2", "t = 900"], "900 timesteps"),
    ((None, None, 2), ["t = 1", "t = 2"], "an open number of timesteps"),
]


@pytest.mark.parametrize(("shape", "labels", "told"), TIMES)
def test_timesteps_are_drawn_and_do_not_count(
    shape: tuple[int | None, ...], labels: list[str], told: str, tmp_path: Path
) -> None:
    path = written(tmp_path, model(lstm("a"), shape=shape))
    lines = texts(parsed(run("explain", str(path), "--svg")[1]))
    assert [line for line in lines if line.startswith("t = ")] == labels
    assert told in lines
    assert "= 72 parameters" in lines
    assert "each uses the same 72 weights, so the" in lines


def test_a_figure_stands_alone(tmp_path: Path) -> None:
    out = tmp_path / "lstm.svg"
    assert run("explain", str(FIXTURES / "keras-3.15.1/lstm-72.keras"), "lstm", "--svg", "-o", str(out))[0] == 0
    root = parsed(out.read_text(encoding="utf-8"))
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert title.text == "lstm (LSTM): 72 parameters"
    assert description is not None
    assert "4 * 3 * (2 + 3 + 1) = 72 parameters" in str(description.text)
    style = "".join(one.text or "" for one in root.iter(f"{SVG}style"))
    assert "prefers-color-scheme:dark" in style
    assert "var(" not in style, "programs that draw SVG outside of browsers do not know custom properties"


REFUSED = [
    ("keras-2.15.0/stacked-lstm.h5", [], "several recurrent layers"),
    ("keras-2.15.0/seq2seq.h5", ["letters"], "'letters' is no recurrent layer"),
    ("keras-2.15.0/convolution-2d.json", [], "no recurrent layer"),
]


@pytest.mark.parametrize(("file", "layer", "message"), REFUSED)
def test_what_cannot_be_drawn(file: str, layer: list[str], message: str) -> None:
    status, output, errors = run("explain", str(FIXTURES / file), *layer, "--svg")
    assert (status, output, errors.count("\n")) == (2, "", 1)
    assert message in errors


def test_an_output_needs_a_drawing() -> None:
    status, _, errors = run("explain", str(FIXTURES / "keras-3.15.1/lstm-72.keras"), "-o", "x.svg")
    assert status == 2
    assert "--svg" in errors


def test_a_kernel_of_nothing_is_no_crash(tmp_path: Path) -> None:
    layer = {"class_name": "ConvLSTM2D", "config": {"name": "c", "filters": 2, "kernel_size": [0, 0]}}
    path = written(tmp_path, model(layer, shape=(None, 3, 8, 8, 1)))
    assert run("report", str(path))[0] == 0
