"""Variables of optimizers: read from every layout, silent on healthy files, and what real Keras does with others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import keras
import numpy
import pytest

import lstmlint
from lstmlint.ir.document import NotAModelError, UnreadableError
from lstmlint.pipeline import judge
from tests.support.truth import CORPUS, FIXTURES, corpus_truth

RULE = "optimizer-slot-mismatch"

#: Where the compiled fixtures keep what their optimizer holds for the LSTM's recurrent kernel, and its shape.
KEPT = {
    "keras-1.2.2/compiled.h5": ("optimizer_weights/param_3", (6, 6)),
    "keras-2.3.1/compiled.h5": ("optimizer_weights/training/Adam/m_1_1:0", (6, 24)),
    "keras-2.15.0/compiled.h5": ("optimizer_weights/Adam/m/lstm/lstm_cell/recurrent_kernel:0", (6, 24)),
    "keras-2.15.0/compiled.keras": ("optimizer/vars/3", (6, 24)),
    "keras-3.15.1/compiled.h5": ("optimizer_weights/adam/sequential_lstm_lstm_cell_recurrent_kernel_momentum", (6, 24)),
    "keras-3.15.1/compiled.keras": ("optimizer/vars/4", (6, 24)),
}


def fired(path: Path) -> bool:
    return any(diagnostic.rule == RULE for diagnostic in judge(lstmlint.load(str(path))).diagnostics)


@pytest.mark.parametrize("name", KEPT)
def test_slots_are_read_in_their_order(name: str) -> None:
    place, shape = KEPT[name]
    slots = lstmlint.load(str(FIXTURES / name)).document.slots
    assert (place, shape) in [(slot.place, slot.shape) for slot in slots]
    assert slots[0].shape == ()  # the count of iterations


def test_a_file_without_an_optimizer_has_none() -> None:
    assert lstmlint.load(str(FIXTURES / "keras-2.15.0/lstm-72.h5")).document.slots == ()


def healthy() -> list[Path]:
    return [*sorted(FIXTURES.glob("keras-*/*.h5")), *sorted(FIXTURES.glob("keras-*/*.keras"))]


@pytest.mark.parametrize("path", healthy(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_healthy_fixtures_are_silent(path: Path) -> None:
    assert not fired(path)


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of public files is not beside the checkout")
def test_public_files_are_silent() -> None:
    judged = 0
    for entry, _ in corpus_truth():
        path = CORPUS / entry["file"]
        try:
            judged += bool(lstmlint.load(str(path)).document.slots)
        except (NotAModelError, UnreadableError):
            continue
        assert not fired(path), entry["id"]
    assert judged > 100


def test_keras_refuses_what_another_model_s_optimizer_kept(tmp_path: Path) -> None:
    """What Keras 2 does when it loads a model, and Keras 3 when it is asked to."""
    path = tmp_path / "model.h5"
    model = keras.Sequential([keras.Input((4, 2)), keras.layers.LSTM(3), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(), "mean_squared_error")
    model.optimizer.build(model.trainable_variables)
    model.save(path)
    assert not fired(path)
    model.optimizer.set_weights(kept(path))
    with h5py.File(path, "a") as file:
        group = file["optimizer_weights"]
        name = next(name for name in group.attrs["weight_names"] if name.endswith("lstm_cell_kernel_momentum"))
        del group[name]
        group[name] = numpy.zeros((5, 12), "float32")
    assert fired(path)
    with pytest.raises(ValueError, match="shape"):
        model.optimizer.set_weights(kept(path))


def kept(path: Path) -> list[Any]:
    """The values of the optimizer in an H5 file, in its order."""
    with h5py.File(path) as file:
        group = file["optimizer_weights"]
        return [group[name][()] for name in group.attrs["weight_names"]]
