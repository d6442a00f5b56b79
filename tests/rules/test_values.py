"""Rules on stored values: what turns them on, what keeps them calm, and what no message or page may say."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from lstmlint.linting.rule import rules
from lstmlint.pipeline import analyze, load
from lstmlint.settings.presets import PROFILES, VALUES
from lstmlint.settings.settings import Settings
from tests import values_table
from tests.support.commands import said
from tests.support.truth import FIXTURES, ROOT
from tests.values.files import Array, untrained, write

FOLDER = FIXTURES / "values"

OF_VALUES = [rule for rule in rules().values() if rule.category == VALUES]

#: What the evidence forbids, since it was measured to be wrong.
FORBIDDEN = (
    "spectral radius", "explod(?:es|ing) gradient", "timescale", "power.law", "effective rank", "can be cut",
    r"needs only \d", "can be dropped", "can be removed", "safe for int8", "without loss of accuracy", "accuracy will",
)  # fmt: skip


def fired(path: Path, **settings: object) -> list[str]:
    found = analyze(str(path), settings=Settings(**{"values": True, **settings})).diagnostics  # type: ignore[arg-type]
    return [one.rule for one in found if one.category == VALUES]


def cell(tmp_path: Path, kind: str = "LSTM", **changed: Array) -> list[str]:
    return fired(write(tmp_path / "m.h5", {**untrained(kind), **changed}, kind))


def test_nothing_reads_a_value_unless_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(model: object) -> None:
        raise AssertionError("values are read")

    monkeypatch.setattr("lstmlint.values.measuring.measured", fails)
    path = str(FOLDER / "nan.keras")
    assert analyze(path).model.measured is None
    assert analyze(path, settings=Settings(values=True, select=("shape",))).model.measured is None
    assert load(path, settings=Settings(values=True)).measured is None
    with pytest.raises(AssertionError, match="values are read"):
        analyze(path, settings=Settings(values=True))


def test_values_are_asked_by_option_setting_profile_or_name(tmp_path: Path) -> None:
    path = FOLDER / "nan.keras"
    assert fired(path) == ["nonfinite-weights"]
    assert fired(path, values=False) == []
    assert fired(path, values=False, extend_select=("nonfinite-weights",)) == ["nonfinite-weights"]
    assert fired(path, values=False, select=("values",)) == ["nonfinite-weights"]
    assert fired(path, ignore=("values",)) == []
    settings = tmp_path / "lstmlint.toml"
    settings.write_text("values = true\n")
    assert "[nonfinite-weights]" in said("check", "--config", str(settings), str(path))
    assert "[nonfinite-weights]" in said("check", "--isolated", "--values", str(path))
    assert "[nonfinite-weights]" in said("check", "--isolated", "--profile", "audit", str(path))
    assert "[nonfinite-weights]" not in said("check", "--isolated", str(path))
    assert [name for name, table in PROFILES.items() if table.get("values")] == ["audit"]


@pytest.mark.parametrize("name", ["trained.keras", "normalized.keras"])
def test_what_training_left_is_silent(name: str) -> None:
    assert fired(FOLDER / name) == []


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "SimpleRNN"])
def test_a_cell_as_initialised_was_never_trained(tmp_path: Path, kind: str) -> None:
    assert cell(tmp_path, kind) == ["never-trained"]


def test_a_cell_without_bias_is_not_judged(tmp_path: Path) -> None:
    tensors = untrained()
    del tensors["bias"]
    assert fired(write(tmp_path / "m.h5", tensors)) == []


def test_a_small_step_is_training(tmp_path: Path) -> None:
    recurrent = untrained()["recurrent_kernel"]
    recurrent[0, 0] += 0.01
    assert cell(tmp_path, recurrent_kernel=recurrent) == []


def test_a_kernel_of_another_initializer_has_not_moved(tmp_path: Path) -> None:
    """The config of this file states no initializer, so a kernel that Keras does not draw by default proves nothing."""
    kernel = np.random.default_rng(0).standard_normal((3, 64)).astype(np.float32)
    assert cell(tmp_path, kernel=kernel) == []


def test_an_unmeasured_cell_says_only_what_it_holds(tmp_path: Path) -> None:
    recurrent = untrained()["recurrent_kernel"]
    recurrent[0, 0] = np.nan
    assert cell(tmp_path, recurrent_kernel=recurrent) == ["nonfinite-weights"]
    recurrent[:] = 3e38
    assert cell(tmp_path, recurrent_kernel=recurrent) == ["exploded-weights", "float16-overflow"]


def test_dead_units_are_told_and_not_their_zeros() -> None:
    assert fired(FOLDER / "dead-units.keras") == ["dead-units"]
    assert fired(FOLDER / "collapsed.keras") == ["collapsed-recurrence"]


def test_no_page_or_message_says_what_is_wrong() -> None:
    """Also not what a command says of values, whose words stand in the modules of output."""
    texts = [rule.page for rule in OF_VALUES]
    texts += [said("check", "--values", "--isolated", str(path)) for path in sorted(FOLDER.iterdir())]
    texts += [path.read_text(encoding="utf-8") for path in (ROOT / "lstmlint").rglob("*values*.py")]
    for words in FORBIDDEN:
        assert not [text for text in texts if re.search(words, text, re.IGNORECASE)], words


@pytest.mark.skipif(not values_table.CONTROLS.exists(), reason="the controls lie beside the project, not in it")
def test_controls_have_what_they_must() -> None:
    assert [one.name for one in values_table.controls() if not one.is_met] == []


@pytest.mark.skipif(not values_table.CONTROLS.exists(), reason="the corpus lies beside the project, not in it")
def test_public_files_are_calm() -> None:
    """Every hit was read: the numbers may only fall with a new rule on fewer files."""
    warnings = {(one.diagnostic.rule, one.file) for one in values_table.hits() if one.diagnostic.severity != "note"}
    assert warnings == {
        ("never-trained", "3914bbbd2967"),
        ("recurrent-kernel-never-used", "6d826ce9232b"),
        ("recurrent-kernel-never-used", "dedffcea15cc"),
    }
