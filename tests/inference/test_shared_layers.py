"""One layer or cell in several places of a model is one: its weights count once where the file says so."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import pytest

import lstmlint
from lstmlint.ir.finding import Severity

L = keras.layers
SHARED = Path(__file__).parent.parent / "data" / "shared"
COUNTS: dict[str, Any] = json.loads((SHARED / "counts.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", COUNTS)
def test_shared_in_an_archive_of_tensorflow(name: str) -> None:
    model = lstmlint.load(str(SHARED / name))
    assert model.params == COUNTS[name]["total"]
    assert [layer.params for layer in model.layers] == COUNTS[name]["layers"]


def stacked_cell() -> keras.Model:
    cell, inputs = L.LSTMCell(2), keras.Input((5, 2))
    return keras.Model(inputs, L.Dense(3)(L.RNN(L.StackedRNNCells([cell, cell]))(inputs)))


def wrapped_twice() -> keras.Model:
    dense, inputs = L.Dense(4), keras.Input((5, 4))
    return keras.Model(inputs, L.TimeDistributed(dense)(L.TimeDistributed(dense)(inputs)))


def wrapped_and_called() -> keras.Model:
    dense, inputs = L.Dense(4), keras.Input((5, 4))
    return keras.Model(inputs, dense(L.TimeDistributed(dense)(inputs)))


def in_two_models() -> keras.Model:
    dense, inputs = L.Dense(4, name="both"), keras.Input((4,))
    first, second = (keras.Sequential([keras.Input((4,)), dense], name=name) for name in ("first", "second"))
    return keras.Model(inputs, second(first(inputs)))


def model_wrapped_twice() -> keras.Model:
    inner, inputs = keras.Sequential([keras.Input((4,)), L.Dense(4)]), keras.Input((5, 4))
    return keras.Model(inputs, L.TimeDistributed(inner)(L.TimeDistributed(inner)(inputs)))


BUILDERS = (stacked_cell, wrapped_twice, wrapped_and_called, in_two_models, model_wrapped_twice)


@pytest.mark.parametrize("build", BUILDERS, ids=lambda build: build.__name__)
def test_shared_in_an_archive(build: Callable[[], keras.Model], tmp_path: Path) -> None:
    theirs = build()
    theirs.save(tmp_path / "model.keras")
    ours = lstmlint.load(str(tmp_path / "model.keras"))
    assert ours.params == theirs.count_params()
    assert [layer.params for layer in ours.layers] == [layer.count_params() for layer in theirs.layers]


@pytest.mark.parametrize("build", BUILDERS, ids=lambda build: build.__name__)
def test_sharing_is_lost_in_json(build: Callable[[], keras.Model], tmp_path: Path) -> None:
    text = build().to_json()
    (tmp_path / "model.json").write_text(text, encoding="utf-8")
    read = keras.models.model_from_json(text)
    ours = lstmlint.load(str(tmp_path / "model.json"))
    assert ours.params == read.count_params()
    assert [layer.params for layer in ours.layers] == [layer.count_params() for layer in read.layers]


@pytest.mark.filterwarnings("ignore")
def test_h5_stores_a_stacked_cell_once(tmp_path: Path) -> None:
    """Keras itself expects twice as many weights of its file and refuses it; those that it stores are those of one."""
    theirs = stacked_cell()
    theirs.save(tmp_path / "model.h5")
    assert lstmlint.load(str(tmp_path / "model.h5")).params == theirs.count_params()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("build", BUILDERS, ids=lambda build: build.__name__)
def test_an_error_only_where_keras_cannot_read_its_archive(build: Callable[[], keras.Model], tmp_path: Path) -> None:
    """Keras restores an object that has a number wherever it occurs, as the cells of a stack have."""
    path = str(tmp_path / "model.keras")
    build().save(path)
    is_read = True
    try:
        keras.saving.load_model(path)
    except ValueError:
        is_read = False
    said = lstmlint.analyze(path).diagnostics
    assert any(one.severity is Severity.ERROR for one in said) is not is_read
    assert is_read is (build is stacked_cell)
