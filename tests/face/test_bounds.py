"""The work on a file follows its size, however its layers contain and call each other."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lstmlint.analyses import connections, masks
from lstmlint.analyses.connections import dangling
from lstmlint.analyses.masks import mask_flow
from lstmlint.cli import main
from lstmlint.inference import infer
from lstmlint.inference.costs import model_costs
from lstmlint.ir.document import Container, Document, UnreadableError
from lstmlint.ir.model import Model
from lstmlint.ir.shape import BEYOND, LARGEST, Unknown, combine, product
from lstmlint.linting.rule import Persona
from lstmlint.pipeline import judge, model_of
from lstmlint.settings.settings import Settings
from tests.support.truth import ROOT

Json = dict[str, Any]

CRASHES = ROOT.parent / "shared" / "cases" / "crashes"

COMMANDS = (
    ["check", "--persona", "pedantic"], ["summary", "--expand-nested"], ["explain"], ["loads"], ["fix", "--diff"],
    ["report"], ["textconv"],
)  # fmt: skip


def node(layer: str, call: int = 0) -> list[Any]:
    return [layer, call, 0, {}]


def layer(class_name: str, name: str, *calls: list[list[Any]], **config: Any) -> Json:
    return {"class_name": class_name, "name": name, "config": {"name": name, **config}, "inbound_nodes": list(calls)}


def functional(name: str, layers: list[Json], output: tuple[str, int], steps: int | None = None) -> Json:
    given = layer("InputLayer", "in", batch_input_shape=[None, steps, 2])
    config = {"name": name, "layers": [given, *layers], "input_layers": [["in", 0, 0]], "output_layers": [[*output, 0]]}
    return {"class_name": "Functional", "name": name, "config": config, "inbound_nodes": []}


def nested(depth: int, level: Callable[[int, Json], Json], innermost: Json, steps: int) -> Json:
    """A model in a model in a model; `level` makes each from the one inside, which it calls."""
    inner = innermost
    for number in range(1, depth):
        inner = level(number, inner)
    inner["inbound_nodes"] = [[node("in")]]
    return functional("outermost", [inner], (inner["name"], 0), steps)


def called_twice(number: int, inner: Json) -> Json:
    inner["inbound_nodes"] = [[node("in")], [node(inner["name"])]]
    return functional(f"level{number}", [inner], (inner["name"], 1), 10)


def on_other_lengths(number: int, inner: Json) -> Json:
    """Calls the model inside on one step more, and on twice as many steps: all lengths differ at every depth."""
    inner["inbound_nodes"] = [[node("more")], [node("twice")]]
    more = layer("ZeroPadding1D", "more", [node("in")], padding=[0, 1])
    twice = layer("UpSampling1D", "twice", [node("in")], size=2)
    return functional(f"level{number}", [more, twice, inner], (inner["name"], 1))


def with_other_masks(number: int, inner: Json) -> Json:
    inner["inbound_nodes"] = [[node("in")], [node("sum")]]
    mask = layer("Masking", f"mask{number}", [node("in")])
    both = layer("Add", "sum", [node("in"), node(f"mask{number}")])
    return functional(f"level{number}", [inner, mask, both], (inner["name"], 1), 10)


def dense(steps: int | None = 10) -> Json:
    return functional("level0", [layer("Dense", "dense", [node("in")], units=2)], ("dense", 0), steps)


def in_bidirectionals(depth: int, around: Callable[[Json], Json] = lambda layer: layer) -> Json:
    inner = layer("LSTM", "lstm", units=2, return_sequences=True)
    for _ in range(depth):
        inner = around(layer("Bidirectional", "both", layer=inner))
    given = layer("InputLayer", "in", batch_input_shape=[None, 10, 2])
    return {"class_name": "Sequential", "config": {"name": "m", "layers": [given, inner]}}


def in_a_model(inner: Json) -> Json:
    return {"class_name": "Sequential", "config": {"name": "inside", "layers": [inner]}}


def modelled(config: Json, version: str = "2.15.0") -> Model:
    return model_of(Document("x.json", Container.JSON, config, keras_version=version))


def names_of_failed_rules(model: Model) -> Iterator[str]:
    for diagnostic in judge(model, Settings(persona=Persona.PEDANTIC)).diagnostics:
        if " failed: " in diagnostic.finding.message:
            yield diagnostic.rule


HOSTILE: dict[str, Json] = {
    "called-twice": nested(40, called_twice, dense(), 10),
    "other-lengths": nested(20, on_other_lengths, dense(None), 5),
    "other-masks": nested(20, with_other_masks, dense(), 10),
    "bidirectionals": in_bidirectionals(60),
    "bidirectionals-in-models": in_bidirectionals(30, in_a_model),
}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize("name", HOSTILE)
def test_every_command_ends_on_what_would_grow_exponentially(name: str, command: list[str], tmp_path: Path) -> None:
    """None would end here without a bound: the least of them asks for a million layers."""
    path = tmp_path / "model.json"
    path.write_text(json.dumps(HOSTILE[name]), encoding="utf-8")
    output = io.StringIO()
    assert main([command[0], str(path), *command[1:]], output, output) in (0, 1)
    assert "defect of lstmlint" not in output.getvalue()


def test_costs_of_a_model_called_many_times_are_counted() -> None:
    """2 x 2 multiplications at each of 10 steps, in each of the calls: twice as many a level."""
    for depth in (1, 3, 30):
        assert model_costs(modelled(nested(depth, called_twice, dense(), 10))).multiply_adds == 2 ** (depth - 1) * 40


def test_shapes_beyond_the_budget_are_unknown_and_say_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(infer, "FOLLOWED_CALLS", 50)
    monkeypatch.setattr(infer, "FOLLOWED_CALLS_PER_LAYER", 1)
    few, many = (modelled(nested(depth, on_other_lengths, dense(None), 5)) for depth in (3, 12))
    assert few.outputs == (None, 20, 2)
    assert isinstance(many.outputs, Unknown)
    assert "on too many different shapes" in many.outputs.reason


def test_masks_beyond_the_budget_are_unknown_and_say_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(masks, "FOLLOWED_CALLS", 50)
    monkeypatch.setattr(masks, "FOLLOWED_CALLS_PER_LAYER", 1)
    few, many = (mask_flow(modelled(nested(depth, with_other_masks, dense(), 10))) for depth in (3, 12))
    assert few.outputs == (frozenset({"level2/level1/mask1", "level2/mask2"}),)
    assert isinstance(many.outputs[0], Unknown)


@pytest.mark.parametrize("around", [lambda layer: layer, in_a_model], ids=["plain", "in a model"])
def test_a_bidirectional_in_one_is_refused(around: Callable[[Json], Json]) -> None:
    model = modelled(in_bidirectionals(2, around))
    conflicts = [call.conflict for layer in model.all_layers for call in layer.calls if call.conflict]
    assert any("with no Bidirectional in it" in conflict for conflict in conflicts)
    assert not any(call.conflict for layer in modelled(in_bidirectionals(1)).all_layers for call in layer.calls)


@pytest.mark.parametrize("first", ["a", "b"])
def test_layers_in_a_circle_end_the_search_for_what_makes_a_tensor(first: str) -> None:
    circle = [layer("Activation", one, [node(other)], activation="relu") for one, other in ("ab", "ba")]
    reader = layer("LSTM", "lstm", [node(first)], units=2)
    chain = layer("Dense", "dense", [node(first)], units=2, activation="linear")
    assert not list(names_of_failed_rules(modelled(functional("m", [*circle, reader, chain], (first, 0), 10))))


@pytest.mark.parametrize("axes", range(4))
def test_inputs_of_any_rank_are_judged(axes: int) -> None:
    given = layer("InputLayer", "in", batch_input_shape=[None, 10, 2][:axes])
    lstm = layer("LSTM", "lstm", units=10, unroll=True)
    model = modelled({"class_name": "Sequential", "config": {"name": "m", "layers": [given, lstm]}})
    assert not list(names_of_failed_rules(model))


def test_numbers_end_where_they_cannot_be_counted_with() -> None:
    assert product([LARGEST, 1]) == LARGEST
    assert product([LARGEST, 2]) == BEYOND
    assert product([LARGEST, None, 2]) is None
    assert product([2, Unknown("x"), LARGEST, LARGEST]) == Unknown("x")
    assert combine(lambda known: known * 10, LARGEST) == BEYOND


@pytest.mark.parametrize("units", [10**101, 10**2200, 10**4000])
@pytest.mark.parametrize("class_name", ["LSTM", "Dense", "Conv1D", "Embedding"])
def test_layers_of_such_numbers_are_dangerous_and_not_counted(class_name: str, units: int) -> None:
    key = {"Conv1D": "filters", "Embedding": "output_dim"}.get(class_name, "units")
    made = layer(class_name, "huge", input_dim=3, kernel_size=[2], **{key: units})
    given = layer("InputLayer", "in", batch_input_shape=[None, 10, 2] if class_name != "Embedding" else [None, 10])
    model = modelled({"class_name": "Sequential", "config": {"name": "m", "layers": [given, made]}})
    assert isinstance(model.params, Unknown)
    rules = [diagnostic.rule for diagnostic in judge(model).diagnostics]
    assert "config-shape-bomb" in rules
    assert not list(names_of_failed_rules(model))


@pytest.mark.parametrize("axes", [254, 255, 100_000])
def test_shapes_of_more_axes_than_keras_knows_are_unknown(axes: int) -> None:
    given = layer("InputLayer", "in", batch_input_shape=[None] + [1] * (axes - 1))
    reshaped = layer("Reshape", "reshaped", target_shape=[1] * (axes - 1))
    for first in (given, layer("InputLayer", "in", batch_input_shape=[None, 1])):
        layers = [first, reshaped, layer("Activation", "same", activation="relu")]
        model = modelled({"class_name": "Sequential", "config": {"name": "m", "layers": layers}})
        assert isinstance(model.outputs, Unknown) is (axes > 254)


def test_calls_on_one_shape_are_one_and_those_on_others_are_not() -> None:
    """Also where the calls of a layer differ in what they give besides."""
    calls = [[node("in")], [node("dense")], [node("longer")], [node("in")]]
    dense = layer("Dense", "dense", *calls, units=2)
    longer = layer("ZeroPadding1D", "longer", [node("in")], padding=[1, 0])
    model = modelled(functional("m", [dense, longer], ("dense", 3), 10))
    assert [call.outputs for call in model.by_name["dense"].calls] == [(None, 10, 2)] * 2 + [
        (None, 11, 2),
        (None, 10, 2),
    ]


@pytest.mark.parametrize(("length", "is_read"), [(2000, True), (2001, False)])
def test_a_name_too_long_for_the_paths_of_layers_inside_is_refused(length: int, is_read: bool) -> None:
    config = functional("m", [layer("Dense", "d" * length, [node("in")], units=2)], ("d" * length, 0), 10)
    if is_read:
        assert modelled(config).layers[1].params == 6
    else:
        with pytest.raises(UnreadableError, match="a name of 2,001 characters"):
            modelled(config)


def test_names_that_were_meant_are_looked_for_within_a_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    layers = [layer("Dense", f"layer_{number}", [node(f"layer_{number}x")], units=2) for number in range(9)]
    model = modelled(functional("m", layers, ("layer_0", 0), 10))
    assert sum(one.near is not None for one in dangling(model)) == 9
    monkeypatch.setattr(connections, "MOST_COMPARED", 30)
    assert [one.near is not None for one in dangling(model)] == [True] * 3 + [False] * 6


@pytest.mark.skipif(not CRASHES.exists(), reason="the cases are not here")
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_what_brought_a_command_down_once_does_no_more(command: list[str]) -> None:
    for path in sorted(CRASHES.iterdir()):
        output = io.StringIO()
        status = main([command[0], str(path), *command[1:]], output, output)
        assert status in (0, 1, 2), path
        assert "defect of lstmlint" not in output.getvalue(), (path, output.getvalue())
