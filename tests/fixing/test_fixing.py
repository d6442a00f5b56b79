"""`lstmlint fix` makes a new file, all of it or none, once and for all, and leaves the old one alone."""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lstmlint import cli
from lstmlint.fixing.fix import Fixed, fix, output
from lstmlint.fixing.repairs import all_repairs, today
from lstmlint.fixing.repairs.repair import Edit
from lstmlint.fixing.writers import atomic, write
from lstmlint.fixing.writers.writer import UnwritableError
from lstmlint.keras.versions import NEWEST
from lstmlint.pipeline import analyze, load
from lstmlint.settings.settings import Settings
from tests.support.truth import FIXTURES

GENERATIONS = ("keras-1.2.2", "keras-2.3.1", "keras-2.15.0", "keras-3.15.1")
FILES = sorted(
    path for name in GENERATIONS for path in (FIXTURES / name).rglob("*") if path.suffix in (".h5", ".keras", ".json")
)
WHOLE = [path for path in FILES if path.suffix in (".h5", ".keras")]


def repaired(path: Path) -> Fixed | None:
    """A file repaired in memory; `None` where it holds no architecture."""
    model = load(str(path))
    return None if model.document.config is None else fix(model)


def label(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def run(*arguments: str) -> tuple[int, str, str]:
    stdout, stderr = io.StringIO(), io.StringIO()
    return cli.main(["fix", *arguments], stdout, stderr), stdout.getvalue(), stderr.getvalue()


@pytest.fixture
def old_file() -> Path:
    """A model that tf.keras 2.15 made."""
    return next(path for path in FILES if path.suffix == ".h5" and path.parent.name == "keras-2.15.0")


def test_repairs_are_named_and_explained() -> None:
    for repair in all_repairs():
        assert repair.name == repair.name.lower().replace(" ", "-")
        assert repair.summary == repair.summary[0].lower() + repair.summary[1:].rstrip(".")


@pytest.mark.parametrize("path", FILES, ids=label)
def test_fixing_twice_changes_nothing(path: Path, tmp_path: Path) -> None:
    once = repaired(path)
    if once is None:
        return
    suffix = path.suffix if once.draft.document.stored is not None else ".json"
    first = tmp_path / f"first{suffix}"
    try:
        write(output(once.draft), str(first))
    except UnwritableError:
        assert once.left  # what could not be written is told
        return
    again = fix(load(str(first)))
    assert [(change.repair, change.layer, change.message) for change in again.changes] == []
    second = tmp_path / f"second{suffix}"
    write(output(again.draft), str(second))
    assert load(str(second)).document.config == load(str(first)).document.config


@pytest.mark.parametrize("path", WHOLE, ids=label)
def test_check_is_silent_on_portability_afterwards(path: Path, tmp_path: Path) -> None:
    """Where nothing is left to the user, nothing stands in the way of today's Keras in either container."""
    fixed = fix(load(str(path)), allow_unsafe=True)
    if fixed.left or not any(layer.tensors for layer in fixed.draft.document.stored or ()):
        return
    for suffix in (".h5", ".keras"):
        target = tmp_path / f"new{suffix}"
        write(output(fixed.draft), str(target))
        found = analyze(str(target), settings=Settings(select=("portability",), target=(NEWEST.name,))).diagnostics
        assert [(one.rule, one.finding.message) for one in found] == []


@pytest.mark.parametrize("path", FILES, ids=label)
def test_changes_are_told(path: Path) -> None:
    """Where the config differs, a change says so, and where none does it does not."""
    fixed = repaired(path)
    if fixed is not None:
        draft = fixed.draft
        is_same = (draft.config, draft.training_config) == (draft.document.config, draft.document.training_config)
        assert fixed.is_unchanged is (is_same and not draft.weights.operations)


@pytest.mark.parametrize("path", WHOLE, ids=label)
def test_weights_are_those_of_the_original(path: Path, tmp_path: Path) -> None:
    """Every weight of the repaired model has a stored tensor of its shape."""
    fixed = repaired(path)
    if fixed is None or fixed.left or not any(layer.tensors for layer in fixed.draft.document.stored or ()):
        return
    for suffix in (".h5", ".keras"):
        target = tmp_path / f"new{suffix}"
        write(output(fixed.draft), str(target))
        model = load(str(target))
        assert model.document.stored is not None
        for layer in model.layers:
            if layer.stored is not None and isinstance(layer.params, int):
                sizes = [tensor.shape for tensor in layer.stored.tensors]
                assert sum(_product(shape) for shape in sizes) == layer.params, (layer.name, sizes)


def _product(shape: tuple[int, ...]) -> int:
    size = 1
    for dim in shape:
        size *= dim
    return size


def test_original_is_untouched(old_file: Path, tmp_path: Path) -> None:
    before = hashlib.sha256(old_file.read_bytes()).hexdigest(), old_file.stat().st_mtime_ns
    status, _, _ = run(str(old_file), "-o", str(tmp_path / "new.keras"), "--isolated")
    assert status in (0, 1)
    assert (hashlib.sha256(old_file.read_bytes()).hexdigest(), old_file.stat().st_mtime_ns) == before


@pytest.mark.parametrize("suffix", [".h5", ".keras", ".json"])
def test_nothing_is_overwritten(old_file: Path, suffix: str, tmp_path: Path) -> None:
    there = tmp_path / f"there{suffix}"
    there.write_text("mine")
    status, stdout, stderr = run(str(old_file), "-o", str(there), "--isolated")
    assert (status, stdout) == (2, "")
    assert "is there already" in stderr
    assert there.read_text() == "mine"


def test_a_file_that_appears_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "new.json"

    def write_while_another_does() -> None:
        with atomic.new_file(str(path)) as temporary:
            Path(temporary).write_text("ours")
            path.write_text("theirs")

    with pytest.raises(UnwritableError, match="is there already"):
        write_while_another_does()
    assert path.read_text() == "theirs"
    assert os.listdir(tmp_path) == ["new.json"]


@pytest.mark.parametrize("suffix", [".h5", ".keras", ".json"])
def test_a_full_disk_leaves_nothing(
    old_file: Path, suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic, "synchronise", full)
    status, _, stderr = run(str(old_file), "-o", str(tmp_path / f"new{suffix}"), "--isolated")
    assert status == 2
    assert "No space left on device" in stderr
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("suffix", [".h5", ".keras"])
def test_a_crash_half_way_leaves_nothing(
    old_file: Path, suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The weights break off after the first tensor."""
    from lstmlint.fixing.writers import h5_file, keras_archive

    written: list[str] = []
    put = h5_file.put

    def breaks_off(group: Any, name: str, value: Any) -> None:
        if written:
            raise KeyboardInterrupt
        written.append(name)
        put(group, name, value)

    monkeypatch.setattr(h5_file, "put", breaks_off)
    monkeypatch.setattr(keras_archive, "put", breaks_off)
    with pytest.raises(KeyboardInterrupt):
        write(output(fix(load(str(old_file))).draft), str(tmp_path / f"new{suffix}"))
    assert written
    assert os.listdir(tmp_path) == []


def test_diff_writes_nothing(old_file: Path, tmp_path: Path) -> None:
    status, stdout, _ = run(str(old_file), "--diff", "--isolated")
    assert status in (0, 1)
    assert stdout.startswith("--- before/")
    assert os.listdir(tmp_path) == []


def recurrent(config: dict[str, Any]) -> dict[str, Any]:
    """A Sequential of one LSTM as tf.keras 2.15 writes it, with more in its config."""
    layer = {"class_name": "LSTM", "config": {"name": "lstm", "units": 1, "batch_input_shape": [None, 1, 1], **config}}
    model = {"name": "tiny", "layers": [layer]}
    return {"class_name": "Sequential", "config": model, "keras_version": "2.15.0", "backend": "tensorflow"}


def fixed_json(raw: dict[str, Any], folder: Path) -> Fixed:
    path = folder / "model.json"
    path.write_text(json.dumps(raw))
    return fix(load(str(path)))


def test_time_major_false_is_dropped(tmp_path: Path) -> None:
    fixed = fixed_json(recurrent({"time_major": False}), tmp_path)
    assert fixed.left == ()
    assert all("time_major" not in layer.config for layer in fixed.draft.layers())
    assert "time-major" in {change.repair for change in fixed.changes}


def test_time_major_true_is_left(tmp_path: Path) -> None:
    fixed = fixed_json(recurrent({"time_major": True}), tmp_path)
    assert [note.repair for note in fixed.left] == ["time-major"]
    assert any("time_major" in layer.config for layer in fixed.draft.layers())


def test_initial_state_becomes_a_named_argument(tmp_path: Path) -> None:
    def given(name: str, shape: list[int | None]) -> dict[str, Any]:
        config = {"name": name, "batch_input_shape": shape, "dtype": "float32"}
        return {"class_name": "InputLayer", "name": name, "config": config, "inbound_nodes": []}

    lstm = {
        "class_name": "LSTM", "name": "lstm", "config": {"name": "lstm", "units": 3},
        "inbound_nodes": [[["x", 0, 0, {}], ["h", 0, 0, {}], ["c", 0, 0, {}]]],
    }  # fmt: skip
    config = {
        "name": "decoder", "layers": [given("x", [None, 4, 2]), given("h", [None, 3]), given("c", [None, 3]), lstm],
        "input_layers": [["x", 0, 0], ["h", 0, 0], ["c", 0, 0]], "output_layers": [["lstm", 0, 0]],
    }  # fmt: skip
    fixed = fixed_json({"class_name": "Model", "config": config, "keras_version": "2.2.4"}, tmp_path)
    call = fixed.draft.config["config"]["layers"][3]["inbound_nodes"][0]
    assert [tensor["config"]["keras_history"][0] for tensor in call["kwargs"]["initial_state"]] == ["h", "c"]
    assert call["args"][0]["config"]["keras_history"] == ["x", 0, 0]
    assert fixed.draft.config["class_name"] == "Functional"


def called(function: str, arguments: dict[str, Any], folder: Path) -> Fixed:
    """A model of tf.keras in which a function of TensorFlow is called on the input."""
    given = {"name": "x", "batch_input_shape": [None, 4, 2], "dtype": "float32"}
    config = {"name": "f", "trainable": True, "dtype": "float32", "function": function}
    layers = [
        {"class_name": "InputLayer", "name": "x", "config": given, "inbound_nodes": []},
        {"class_name": "TFOpLambda", "name": "f", "config": config, "inbound_nodes": [["x", 0, 0, arguments]]},
    ]
    model = {"name": "m", "layers": layers, "input_layers": [["x", 0, 0]], "output_layers": [["f", 0, 0]]}
    return fixed_json({"class_name": "Functional", "config": model, "keras_version": "2.15.0"}, folder)


def test_function_of_tensorflow_becomes_an_operation(tmp_path: Path) -> None:
    fixed = called("math.reduce_mean", {"axis": 1, "keepdims": True, "name": None}, tmp_path)
    assert fixed.left == ()
    layer = fixed.draft.config["config"]["layers"][1]
    assert (layer["module"], layer["class_name"]) == ("keras.src.ops.numpy", "Mean")
    assert layer["config"] == {"axis": 1, "keepdims": True, "name": "f"}
    assert layer["inbound_nodes"][0]["kwargs"] == {}


@pytest.mark.parametrize(
    ("function", "arguments"), [("math.reduce_mean", {"unheard_of": 1}), ("linalg.unheard_of", {}), ("math.add", {})]
)
def test_other_functions_of_tensorflow_are_left(function: str, arguments: dict[str, Any], tmp_path: Path) -> None:
    assert [note.repair for note in called(function, arguments, tmp_path).left] == ["tensorflow-calls"]


def test_custom_code_is_listed(tmp_path: Path) -> None:
    raw = recurrent({"activation": "my_activation"})
    raw["config"]["layers"].append({"class_name": "Mine", "config": {"name": "mine"}})
    raw["config"]["layers"].append(
        {"class_name": "Lambda", "config": {"name": "f", "function": ["4wEAAA==", None, None]}}
    )
    said = {note.layer: note.message for note in fixed_json(raw, tmp_path).left}
    assert "'my_activation'" in said["lstm"]
    assert "custom_objects" in said["mine"]
    assert "bytecode" in said["f"]


def test_slashes_leave_names_and_references(tmp_path: Path) -> None:
    raw = recurrent({"name": "my/lstm"})
    fixed = fixed_json(raw, tmp_path)
    assert [layer.path[-1] for layer in fixed.draft.layers()][-1] == "my_lstm"
    assert fixed.draft.renamed["my_lstm"] == "my/lstm"


def _optimizers() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    yield {"lr": 0.01}, {"learning_rate": 0.01}
    yield {"learning_rate": 0.01, "decay": 0.0, "jit_compile": True}, {"learning_rate": 0.01}
    yield {"lr": 0.01, "epsilon": None}, {"learning_rate": 0.01, "epsilon": 1e-7}


@pytest.mark.parametrize(("old", "new"), list(_optimizers()))
def test_optimizer_has_todays_fields(old: dict[str, Any], new: dict[str, Any], tmp_path: Path) -> None:
    raw = {
        **recurrent({}),
        "training_config": {"optimizer_config": {"class_name": "Adam", "config": old}, "loss": "mse"},
    }
    record = fixed_json(raw, tmp_path).draft.training_config
    assert isinstance(record, dict)
    assert record["optimizer_config"]["config"] == new
    assert record["loss"] == "mean_squared_error"


def test_decay_becomes_a_schedule(tmp_path: Path) -> None:
    optimizer = {"class_name": "Adam", "config": {"lr": 0.1, "decay": 0.5}}
    raw = {**recurrent({}), "training_config": {"optimizer_config": optimizer, "loss": "mse"}}
    record = fixed_json(raw, tmp_path).draft.training_config
    assert isinstance(record, dict)
    rate = record["optimizer_config"]["config"]["learning_rate"]
    assert (rate["class_name"], rate["config"]["decay_rate"]) == ("InverseTimeDecay", 0.5)


def test_changes_name_their_repair() -> None:
    names = {repair.name for repair in all_repairs()}
    for path in FILES:
        fixed = repaired(path)
        assert {change.repair for change in (fixed.changes if fixed else ()) if isinstance(change, Edit)} <= names


def test_newest_keras_is_known() -> None:
    assert today.has_class("LSTM")
    assert "units" in today.keys("LSTM")
