"""The meaning of axes: truth by hand for whole models, and laws of moving and reshaping."""

from __future__ import annotations

import csv
import itertools
import random
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest

from lstmlint.analyses.axes.roles import (
    MIXED,
    NOTHING,
    UNTOLD,
    Axis,
    Role,
    fitting,
    meaning_text,
    reshaped,
    text_of,
    whole,
)
from lstmlint.analyses.axes.walk import meant
from lstmlint.ir.document import Container, Document
from lstmlint.ir.shape import Dim
from lstmlint.output.text.summary import text, to_object
from lstmlint.pipeline import analyze, model_of
from tests.rules.test_rule_guards import given, layer
from tests.support.truth import FIXTURES, ROOT

TRUTH = ROOT / "tests" / "data" / "axes.tsv"

TIME, FEATURES = whole(Role.TIME, 60, "x"), whole(Role.FEATURES, 8, "x", "features")
SIZES = (2, 3, 4, 5, 6, 8, 12)


def truth() -> dict[str, list[list[str]]]:
    by_architecture: defaultdict[str, list[list[str]]] = defaultdict(list)
    with TRUTH.open(encoding="utf-8") as lines:
        for architecture, *row in csv.reader((line for line in lines if not line.startswith("#")), delimiter="\t"):
            by_architecture[architecture].append(row)
    return dict(by_architecture)


def told(path: str) -> Iterator[list[str]]:
    for one in meant(analyze(path).model):
        yield [one.layer.full_name, "; ".join(map(meaning_text, one.outputs, one.made))]


def test_there_is_truth_for_two_dozen_architectures() -> None:
    assert len(truth()) == 24


@pytest.mark.parametrize("architecture", sorted(truth()))
def test_every_tensor_means_what_a_reader_says(architecture: str) -> None:
    assert list(told(str(FIXTURES / "keras-2.15.0" / f"{architecture}.json"))) == truth()[architecture]


def drawn(seed: int) -> tuple[list[Axis], list[int]]:
    """Some axes with their sizes."""
    chance = random.Random(seed)
    sizes = [chance.choice(SIZES) for _ in range(chance.randint(1, 4))]
    return [whole(Role.FEATURES, size, f"layer_{at}", "units") for at, size in enumerate(sizes)], sizes


def factored(size: int, chance: random.Random) -> list[int]:
    """A number as a product of random divisors."""
    factors = []
    while size > 1:
        factor = chance.choice([one for one in range(2, size + 1) if size % one == 0])
        factors.append(factor)
        size //= factor
    return factors


@pytest.mark.parametrize("seed", range(200))
def test_a_reshape_there_and_back_is_nothing(seed: int) -> None:
    axes, sizes = drawn(seed)
    chance = random.Random(seed)
    merged, apart = [1], [factor for size in sizes for factor in factored(size, chance)]
    for size in sizes:
        merged[0] *= size
    for between in (merged, apart):
        there = reshaped(axes, sizes, between)
        assert MIXED not in there
        assert list(reshaped(there, between, sizes)) == axes


@pytest.mark.parametrize("seed", range(50))
def test_every_order_of_factors_is_dealt_out_or_unknown(seed: int) -> None:
    axes, sizes = drawn(seed)
    for order in itertools.permutations(sizes):
        made = reshaped(axes, sizes, order)
        assert len(made) == len(order)
        assert fitting((NOTHING, *made), (None, *order)) == (NOTHING, *made)


def test_what_a_reshape_makes_of_time_and_features() -> None:
    def words(*after: Dim) -> list[str]:
        return [
            text_of(axis, size) for axis, size in zip(reshaped([TIME, FEATURES], [60, 8], after), after, strict=True)
        ]

    assert words(60, 8) == ["time 60", "features of x 8"]
    assert words(60, 8, 1) == ["time 60", "features of x 8", "1"]
    assert words(480) == ["time 60 x features of x 8"]
    assert words(60, 2, 4) == ["time 60", "part of features of x 2", "part of features of x 4"]
    assert words(12, 40) == ["part of time 12", "part of time 5 x features of x 8"]
    assert words(8, 60) == ["? 8", "? 60"]
    assert reshaped([TIME, FEATURES], [60, 8], [8, 60]) == (MIXED, MIXED)


def test_an_open_axis_stays_only_where_the_others_hold_as_much() -> None:
    open_time = whole(Role.TIME, None, "x")
    assert reshaped([open_time, FEATURES], [None, 8], [None, 2, 4])[0] == open_time
    assert reshaped([open_time, FEATURES], [None, 8], [None, 4]) == (UNTOLD, UNTOLD)
    assert reshaped([UNTOLD, FEATURES], [6, 8], [48]) == (UNTOLD,)


def test_neighbours_that_were_not_one_stay_apart() -> None:
    outer, inner = reshaped([TIME], [60], [12, 5])
    assert reshaped([outer, inner], [12, 5], [60]) == (TIME,)
    (turned,) = reshaped([inner, outer], [5, 12], [60])
    assert text_of(turned, 60) == "part of time 5 x part of time 12"


def meaning_of(name: str, *layers: dict[str, Any]) -> str:
    inputs = [[one["name"], 0, 0] for one in layers if one["class_name"] == "InputLayer"]
    config = {"name": "m", "layers": list(layers), "input_layers": inputs, "output_layers": [[name, 0, 0]]}
    document = Document("m", Container.JSON, {"class_name": "Functional", "config": config}, keras_version="2.15.0")
    one = next(one for one in meant(model_of(document)) if one.layer.name == name)
    return meaning_text(one.outputs[0], one.made[0])


X = given("x", 6, 3)


def test_permuted_twice_is_nothing() -> None:
    lstm = layer("LSTM", "lstm", ["x", 0, 0], units=8, return_sequences=True)
    once = layer("Permute", "once", ["lstm", 0, 0], dims=[2, 1])
    twice = layer("Permute", "twice", ["once", 0, 0], dims=[2, 1])
    assert meaning_of("once", X, lstm, once, twice) == "(batch, units of lstm 8, time 6)"
    assert meaning_of("twice", X, lstm, once, twice) == "(batch, time 6, units of lstm 8)"


def test_nothing_is_known_behind_a_custom_layer_and_of_a_permuted_input() -> None:
    assert meaning_of("own", X, layer("Own", "own", ["x", 0, 0])) == "?"
    turned = layer("Permute", "turned", ["x", 0, 0], dims=[2, 1])
    lstm = layer("LSTM", "lstm", ["turned", 0, 0], units=8)
    assert meaning_of("turned", X, turned, lstm) == "(batch, ? 3, ? 6)"
    assert meaning_of("lstm", X, turned, lstm) == "(batch, units of lstm 8)"


def test_a_summary_shows_the_meaning_where_it_is_asked_for() -> None:
    path = str(FIXTURES / "keras-2.15.0" / "reshaping-open.json")
    model = analyze(path).model
    assert "(batch, time, features of input_1 6)" in text(model, expand_nested=False, shows_axes=True)
    assert "features of input_1" not in text(model, expand_nested=False)
    axes = [one["axes"] for one in to_object(path, model)["layers"]]
    assert axes[0] == [["batch", "time", "features of input_1 6"]]
    assert axes[1] == [["batch", "?", "? 3"]]
