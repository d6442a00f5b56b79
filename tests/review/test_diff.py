"""`lstmlint diff` on pairs of real Keras models with a known edit between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import keras
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lstmlint.review.change import Diff, Row
from lstmlint.review.normal import normal, same
from tests.support.drawn_models import models
from tests.support.edited_models import (
    BASE,
    CONTAINERS,
    EDITS,
    L,
    Spec,
    between,
    dense,
    described,
    difference,
    dropout,
    lstm,
    saved,
)
from tests.support.truth import FIXTURES

pytestmark = pytest.mark.usefixtures("quick_weights")


@pytest.mark.parametrize("suffix", CONTAINERS)
@pytest.mark.parametrize("kind", ["sequential", "functional"])
@pytest.mark.parametrize("edit", EDITS)
def test_known_edit_is_described_exactly(edit: str, kind: str, suffix: str, tmp_path: Path) -> None:
    new, lines = EDITS[edit]
    found = list(described(between(BASE, new, tmp_path, kind, suffix).rows))
    assert found == lines


@pytest.mark.parametrize("suffix", CONTAINERS)
def test_dissolving_a_nested_model_reads_as_one(suffix: str, tmp_path: Path) -> None:
    nested, _ = EDITS["nest"]
    found = list(described(between(nested, BASE, tmp_path, "functional", suffix).rows))
    assert found == ["removed head | spills"]


def test_a_change_in_a_nested_model_is_shown_in_it(tmp_path: Path) -> None:
    def head(units: int) -> Spec:
        return Spec("Nested", "head", inner=(dropout("drop"), dense("middle", units)))

    found = list(described(between([BASE[0], head(7)], [BASE[0], head(9)], tmp_path, "functional", ".keras").rows))
    assert found == ["changed head", "  changed middle | units 7 > 9"]


def test_inserted_layer_that_renumbers_made_up_names_is_one_insertion(tmp_path: Path) -> None:
    def stack(*widths: int) -> list[Spec]:
        return [*(lstm("", width) for width in widths), dense("", 5)]

    found = list(described(between(stack(16, 8), stack(32, 16, 8), tmp_path, "functional", ".keras").rows))
    assert found == ["added lstm", "changed lstm > lstm_1", "changed lstm_1 > lstm_2"]


def test_rewired_branch_is_told_and_an_insertion_before_it_is_not(tmp_path: Path) -> None:
    def model(*, is_rewired: bool, is_longer: bool) -> Any:
        keras.utils.clear_session(free_memory=False)
        series = keras.Input((6, 3), name="series")
        left, right = L.Dense(4, name="left")(series), L.Dense(4, name="right")(series)
        if is_longer:
            right = L.Dropout(0.1, name="drop")(right)
        return keras.Model(series, [L.Dense(2, name="last")(left if is_rewired else right), left, right])

    def found(**wanted: bool) -> list[str]:
        paths = [
            saved(model(is_rewired=False, is_longer=False), tmp_path, "old.keras"),
            saved(model(**wanted), tmp_path, "new.keras"),
        ]
        return list(described(difference(*paths).rows))

    # Keras lists right, last, left before and left, last, right after it.
    assert found(is_rewired=True, is_longer=False) == ["changed last | moved", "changed right | moved"]
    assert found(is_rewired=False, is_longer=True) == ["added drop"]


def test_inputs_outputs_totals_and_compile_settings(tmp_path: Path) -> None:
    def model(features: int, units: int, rate: float) -> Any:
        keras.utils.clear_session(free_memory=False)
        layers = [keras.Input((6, features), name="series"), L.LSTM(units, name="lstm"), L.Dense(2, name="scores")]
        found = keras.Sequential(layers, name="model")
        found.compile(keras.optimizers.Adam(rate), "mse" if units == 4 else "mae")
        return found

    for suffix in CONTAINERS:
        diff = difference(
            saved(model(3, 4, 0.001), tmp_path, f"old{suffix}"), saved(model(5, 6, 0.01), tmp_path, f"new{suffix}")
        )
        assert [(one.old.text, one.new.text) for one in diff.inputs if one.old and one.new] == [
            ("series (None, 6, 3) float32", "series (None, 6, 5) float32")
        ]
        assert diff.outputs == ()
        totals = {one.name: (one.old, one.new) for one in diff.totals}
        assert totals["params"] == (4 * 4 * (3 + 4 + 1) + 10, 4 * 6 * (5 + 6 + 1) + 14)
        assert totals["multiply_adds_per_timestep"] == (4 * 4 * (3 + 4), 4 * 6 * (5 + 6))
        assert {(one.key, one.old, one.new) for one in diff.training} == {
            ("loss of scores", "mean_squared_error", "mean_absolute_error"),
            ("optimizer.learning_rate", 0.001, 0.01),
        }


def test_findings_are_new_fixed_and_unchanged_whatever_a_layer_is_called(tmp_path: Path) -> None:
    def diff(old: list[Spec], new: list[Spec]) -> Diff:
        return between(old, new, tmp_path, "sequential", ".keras")

    twice = [lstm("a"), dropout("drop", 0.9), dense("scores", 1, activation="softmax")]
    renamed = [lstm("b"), dropout("less", 0.9), dense("last", 1, activation="softmax")]
    before = diff(twice, renamed).findings
    assert before.unchanged >= 2
    assert (before.new, before.fixed) == ((), ())
    cured = diff(twice, [*twice[:2], dense("scores", 1, activation="sigmoid")]).findings
    assert "softmax-single-unit" in {one.rule for one in cured.fixed}
    assert not cured.new


def test_where_it_loads_is_told_in_runs() -> None:
    folder = FIXTURES / "keras-2.15.0"
    diff = difference(str(folder / "lstm-72.h5"), str(folder / "lstm-72.keras"))
    assert not diff.has_structural_change
    runs = {(one.first, one.last): (one.old, one.new) for one in diff.loads}
    assert runs
    assert all(old != new for old, new in runs.values())
    assert any((first, last) == ("tf-keras-2.0", "tf-keras-2.11") for first, last in runs)


PAIRS = sorted(
    (path, other)
    for path in FIXTURES.glob("keras-*/*.h5")
    for other in (path.with_suffix(".keras"), path.with_suffix(".json"))
    if other.exists() and ".weights." not in path.name
)


@pytest.mark.parametrize(("one", "other"), PAIRS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_one_model_in_two_containers_has_no_structural_change(one: Path, other: Path) -> None:
    diff = difference(str(one), str(other))
    assert not diff.has_structural_change, list(described(diff.rows))


@given(models(), st.sampled_from(CONTAINERS))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_drawn_model_is_itself_and_the_same_in_every_container(model: Any, suffix: str) -> None:
    if model is None:
        return
    with TemporaryDirectory() as folder:
        paths = [str(Path(folder, "model.json"))]
        Path(paths[0]).write_text(model.to_json(), encoding="utf-8")
        try:
            paths.append(saved(model, Path(folder), f"model{suffix}"))
        except Exception:  # not every layer of Keras can be saved to every container
            return
        for path in paths:
            assert difference(path, path).is_empty
        diff = difference(*paths)
        assert not diff.has_structural_change, list(described(diff.rows))


LAYERS: list[Callable[[str], Spec]] = [
    lstm, dense, dropout, lambda name: lstm(name, 6, go_backwards=True), lambda name: dense(name, 3, activation="relu"),
    lambda name: Spec("LayerNormalization", name),
    lambda name: Spec("TimeDistributed", name, inner=(dense(f"{name}_inner", 4),)),
    lambda name: Spec("Bidirectional", name, inner=(lstm(f"{name}_inner", 3),)),
]  # fmt: skip


@st.composite
def single_edits(draw: Callable[[st.SearchStrategy[Any]], Any]) -> tuple[list[Spec], list[Spec], str]:
    """A stack of layers with chosen names, the same with one edit, and the line that describes it."""
    makers = draw(st.lists(st.sampled_from(LAYERS), min_size=2, max_size=6))
    old = [make(f"layer{at}x") for at, make in enumerate(makers)]
    at = draw(st.integers(0, len(old) - 1))
    kind = draw(st.sampled_from(["rename", "insert", "remove", "dtype", "nest"]))
    if kind == "rename":
        return old, [*old[:at], replace(old[at], name="another"), *old[at + 1 :]], f"changed {old[at].name} > another"
    if kind == "insert":
        new = draw(st.sampled_from(LAYERS))("another")
        return old, [*old[:at], new, *old[at:]], "added another"
    if kind == "nest":
        nested = Spec("Nested", "another", inner=(old[at],))
        return old, [*old[:at], nested, *old[at + 1 :]], "added another | nests"
    if kind == "dtype":
        changed = replace(old[at], arguments={**old[at].arguments, "dtype": "float16"})
        inner = "" if not old[at].inner else None
        if inner is None:  # a wrapper hands its dtype down or not, by the version of Keras
            return old, old, ""
        return old, [*old[:at], changed, *old[at + 1 :]], f"changed {old[at].name} | dtype float32 > float16"
    return old, [*old[:at], *old[at + 1 :]], f"removed {old[at].name}"


@given(single_edits(), st.sampled_from(["sequential", "functional"]), st.sampled_from(CONTAINERS))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_random_single_edit_is_one_line(edit: tuple[list[Spec], list[Spec], str], kind: str, suffix: str) -> None:
    old, new, line = edit
    with TemporaryDirectory() as folder:
        diff = between(old, new, Path(folder), kind, suffix)
    by_itself = [row for row in diff.rows if not _follows(row)]
    assert list(described(by_itself)) == ([line] if line else [])


def _follows(row: Row) -> bool:
    """Whether nothing of a layer was edited: its shapes and parameters follow from what comes before it."""
    is_edited = row.is_renamed or row.has_other_class or row.changes or row.inputs or row.has_moved or row.inner
    return row.old is not None and row.new is not None and not is_edited


@pytest.mark.parametrize(
    ("key", "old", "new"),
    [
        ("kernel_initializer", "glorot_uniform", {"class_name": "GlorotUniform", "config": {"seed": None}}),
        (
            "kernel_initializer",
            {"class_name": "VarianceScaling", "config": {"scale": 2.0, "mode": "fan_in", "distribution": "normal"}},
            {"module": "keras.initializers", "class_name": "HeNormal", "config": {"seed": None}},
        ),
        ("recurrent_initializer", "orthogonal", {"class_name": "Orthogonal", "config": {"gain": 1.0, "seed": None}}),
        (
            "kernel_regularizer",
            {"class_name": "L1L2", "config": {"l1": 0.0, "l2": 0.009999999776482582}},
            {"class_name": "L2", "config": {"l2": 0.01}},
        ),
        ("dtype", "float32", {"class_name": "DTypePolicy", "config": {"name": "float32"}}),
        ("activation", "swish", {"class_name": "function", "config": "silu"}),
        ("strides", [2], 2),
    ],
)
def test_one_value_in_two_spellings_is_one(key: str, old: Any, new: Any) -> None:
    assert same(normal(key, old), normal(key, new))
    assert not same(normal(key, old), normal(key, "something else"))


def test_values_that_differ_stay_apart() -> None:
    def tower(leaf: int) -> Any:
        value: Any = leaf
        for _ in range(100):
            value = [value]
        return value

    assert not same(normal("x", True), normal("x", 1))
    assert not same(normal("x", tower(1)), normal("x", tower(2)))
    assert not same(
        *(normal("k_initializer", {"class_name": "Orthogonal", "config": {"gain": gain}}) for gain in (1, 2))
    )
