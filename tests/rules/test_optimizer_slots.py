"""Variables of optimizers: read from every layout, silent on healthy files, and what real Keras does with others."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import h5py
import keras
import numpy
import pytest

import lstmlint
from lstmlint.ir.document import NotAModelError, UnreadableError
from lstmlint.keras.versions import NEWEST
from lstmlint.pipeline import judge
from lstmlint.portability.obstacle import DUMP, Stage
from lstmlint.portability.verdict import Outcome, verdict
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


def layers() -> list[Any]:
    return [keras.Input((4, 2)), keras.layers.LSTM(3), keras.layers.BatchNormalization(), keras.layers.Dense(1)]


def saved(optimizer: Any, path: Path) -> bytes:
    """A small model whose optimizer was used, as an archive."""
    model = keras.Sequential(layers(), name="model")
    model.compile(optimizer, "mean_squared_error")
    model.optimizer.build(model.trainable_variables)
    model.save(path)
    return path.read_bytes()


def schedule() -> Any:
    return keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)


OPTIMIZERS: dict[str, Any] = {
    "adam": lambda: "adam",
    "amsgrad": lambda: keras.optimizers.Adam(amsgrad=True),
    "scheduled": lambda: keras.optimizers.Adam(schedule()),
    "sgd": lambda: keras.optimizers.SGD(name="mine"),
    "momentum": lambda: keras.optimizers.SGD(momentum=0.9, use_ema=True),
    "rmsprop": lambda: keras.optimizers.RMSprop(centered=True, gradient_accumulation_steps=2),
    "nadam": keras.optimizers.Nadam,
    "adafactor": keras.optimizers.Adafactor,
    "muon": lambda: keras.optimizers.Muon(0.1),
}


def archive(config: bytes, others: bytes, path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """An archive with the changed config of one and everything else of another."""
    with ZipFile(BytesIO(config)) as told, ZipFile(BytesIO(others)) as kept, ZipFile(path, "w") as written:
        for name in set(kept.namelist()) - {"config.json"}:
            written.writestr(name, kept.read(name))
        changed = json.loads(told.read("config.json"))
        change(changed)
        written.writestr("config.json", json.dumps(changed))


def warned(path: Path) -> str | None:
    """The warning of real Keras that it drops the state of the optimizer."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        with suppress(ValueError):  # as many variables, of other shapes
            keras.saving.load_model(path)
    return next((str(one.message).strip() for one in told if "Skipping variable" in str(one.message)), None)


def told(path: Path) -> str | None:
    """The same by `loads`, whose outcome it decides."""
    one = verdict(lstmlint.load(str(path)), NEWEST)
    assert (one.outcome is Outcome.FORGETS) == any(part.stage is Stage.FORGET for part in one.obstacles)
    return next((part.message for part in one.obstacles if part.stage is Stage.FORGET), None)


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("optimizers")
    return {name: saved(make(), folder / f"{name}.keras") for name, make in OPTIMIZERS.items()}


@pytest.mark.parametrize("new", OPTIMIZERS)
@pytest.mark.filterwarnings("ignore")
def test_dropped_state_is_told_as_real_keras_does(new: str, archives: dict[str, bytes], tmp_path: Path) -> None:
    path, drops = tmp_path / "model.keras", []
    for old in archives:
        archive(archives[new], archives[old], path, lambda _: None)
        said = warned(path) if new != "muon" else None  # whose number is not known
        expected = None if old == "sgd" else said  # which keeps nothing of weights
        assert (told(path) or "").replace(DUMP, "adam") == (expected or ""), old
        assert fired(path) or expected is None, old
        drops.append(expected is not None)
    assert any(drops) == (new != "muon")


def frozen(config: dict[str, Any]) -> None:
    config["config"]["layers"][1]["config"]["trainable"] = False


def shorter(config: dict[str, Any]) -> None:
    config["compile_config"]["optimizer"] = "sgd"


@pytest.mark.parametrize("change", [frozen, shorter])
def test_frozen_layers_and_exchanged_optimizers_are_one_finding(
    change: Callable[[dict[str, Any]], None], archives: dict[str, bytes], tmp_path: Path
) -> None:
    path = tmp_path / "model.keras"
    archive(archives["adam"], archives["adam"], path, change)
    said = warned(path)
    assert said is not None
    assert (told(path) or "").partition("because")[2] == said.partition("because")[2]
    shown = judge(lstmlint.load(str(path))).diagnostics
    assert [one.rule for one in shown] == [RULE]


def test_the_state_is_dropped_nowhere_where_the_optimizer_is_not_made(
    archives: dict[str, bytes], tmp_path: Path
) -> None:
    """A model that is not compiled has no optimizer that could lose anything."""

    def refused(config: dict[str, Any]) -> None:
        config["compile_config"]["optimizer"]["config"]["lr"] = 0.1

    path = tmp_path / "model.keras"
    archive(archives["amsgrad"], archives["adam"], path, refused)
    assert verdict(lstmlint.load(str(path)), NEWEST).outcome is Outcome.UNCOMPILED


def test_frozen_wrappers_are_not_judged(tmp_path: Path) -> None:
    """Real Keras trains the layers in a wrapper of which only the wrapper is written as frozen."""
    path = tmp_path / "model.keras"
    model = keras.Sequential(
        [keras.Input((4, 2)), keras.layers.Bidirectional(keras.layers.LSTM(3)), keras.layers.Dense(1)]
    )
    model.compile("adam", "mean_squared_error")
    model.optimizer.build(model.trainable_variables)
    model.save(path)
    whole = path.read_bytes()
    archive(whole, whole, path, frozen)
    assert warned(path) is None
    assert told(path) is None
    assert not fired(path)
