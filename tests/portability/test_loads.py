"""`lstmlint loads`: verdicts, targets, the table, and what the loaders meet first."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import h5py
import pytest

from lstmlint.cli import main
from lstmlint.keras.facts import examined_targets, facts_of
from lstmlint.keras.versions import (
    KERAS_TARGETS,
    NEWEST,
    NEWEST_TF_KERAS,
    TARGETS,
    UnknownTargetError,
    target_of,
)
from lstmlint.linting.rule import cure_of, rules
from lstmlint.pipeline import load
from lstmlint.portability.verdict import Outcome, Verdict, verdict
from tests.support.truth import ROOT

FIXTURES = ROOT / "fixtures"


def judged(name: str, target: str) -> Verdict:
    return verdict(load(str(FIXTURES / name)), TARGETS[target])


@pytest.mark.parametrize(
    ("name", "target", "message"),
    [
        ("keras-2.15.0/lstm-72.h5", "keras-3.15", "Unrecognized keyword arguments passed to LSTM: {"),
        ("keras-2.3.1/cudnn.h5", "keras-3.15", "Unknown layer: 'CuDNNLSTM'."),
        ("keras-1.2.2/lstm-72.h5", "keras-3.15", "pop expected at most 1 argument, got 2"),
        ("keras-1.2.2/lstm-72.h5", "tf-keras-2.15", "LSTM.__init__() missing 1 required positional argument: 'units'"),
        ("keras-2.3.1/lstm-72.json", "keras-3.15", "Could not locate class 'Sequential'."),
        ("keras-3.15.1/lstm-72.h5", "tf-keras-2.4", "('Unrecognized keyword arguments:', dict_keys(['batch_shape', "),
        ("keras-2.15.0/lstm-72.h5", "keras-2.3", "__init__() got an unexpected keyword argument 'ragged'"),
    ],
)
def test_the_first_obstacle_is_what_keras_prints(name: str, target: str, message: str) -> None:
    found = judged(name, target)
    assert found.outcome is Outcome.FAILS
    assert found.reason is not None
    assert found.reason.message.startswith(message)


@pytest.mark.parametrize(
    ("name", "target", "message"),
    [
        ("compiled.h5", "tf-keras-2.1", "Unknown optimizer: Custom>Adam"),
        ("compiled.h5", "tf-keras-2.4", "Unknown optimizer: Custom>Adam"),
        ("compiled-multi-output.h5", "tf-keras-2.4", "Unknown optimizer: Custom>SGD"),
        ("compiled.h5", "tf-keras-2.6", "Unknown optimizer: Custom>Adam. Please ensure this object is passed to "),
        ("compiled-multi-output.h5", "tf-keras-2.6", "Unknown optimizer: Custom>SGD. Please ensure this object is "),
        ("compiled.h5", "tf-keras-2.9", "weight_decay is not a valid argument, kwargs should be empty  for "),
    ],
)
def test_optimizers_registered_as_custom_are_unknown_before_the_new_optimizers(
    name: str, target: str, message: str
) -> None:
    """TensorFlow 2.1 to 2.7 look up `Custom>Adam` as it is written, and load the file with `compile=False`."""
    found = judged(f"keras-2.15.0/{name}", target)
    assert found.outcome is Outcome.UNCOMPILED
    assert found.reason is not None
    assert found.reason.message.startswith(message)


def test_standalone_keras_2_knows_no_optimizer_with_a_package(tmp_path: Path) -> None:
    """Keras 2.3.1 refuses its own file with `Custom>` before the optimizer, and loads it with `compile=False`."""
    copy = tmp_path / "custom.h5"
    copy.write_bytes((FIXTURES / "keras-2.3.1" / "compiled-multi-output.h5").read_bytes())
    with h5py.File(copy, "r+") as file:
        record = json.loads(file.attrs["training_config"])
        record["optimizer_config"]["class_name"] = "Custom>SGD"
        file.attrs["training_config"] = json.dumps(record)
    found = verdict(load(str(copy)), TARGETS["keras-2.3"])
    assert found.outcome is Outcome.UNCOMPILED
    assert found.reason is not None
    assert found.reason.message == "Unknown optimizer: Custom>SGD"


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("keras-3.15.1/lstm-72.keras", "keras-3.15"),
        ("keras-3.15.1/lstm-72.h5", "keras-3.15"),
        ("keras-2.15.0/lstm-72.h5", "tf-keras-2.15"),
        ("keras-2.3.1/lstm-72.h5", "keras-2.3"),
        ("keras-1.2.2/lstm-72.h5", "keras-2.3"),
    ],
)
def test_files_load_in_their_own_keras_and_where_it_still_reads_them(name: str, target: str) -> None:
    assert judged(name, target).outcome is Outcome.LOADS


def test_every_obstacle_names_a_rule_and_has_a_cure() -> None:
    names = {rule.name for rule in rules().values()}
    for path in sorted(FIXTURES.glob("keras-*/*.h5")):
        model = load(str(path))
        for target in examined_targets():
            for found in verdict(model, target).obstacles:
                assert found.rule in names, found
                assert found.cure or cure_of(found.rule), found


def test_targets_are_known_by_name_generation_and_release() -> None:
    assert target_of("keras-3") is NEWEST is target_of("keras-3.15.1")
    assert target_of("keras-2.15") is target_of("tf-keras-2.15")
    assert all(target_of(target.name) is target for target in KERAS_TARGETS)
    with pytest.raises(UnknownTargetError, match=r"did you mean 'keras-3\.15'"):
        target_of("keras3.15")


@pytest.mark.parametrize(
    ("name", "nearest"),
    [("keras-3.99", NEWEST.name), ("keras-2.99", NEWEST_TF_KERAS.name), ("tf-keras-2.99", NEWEST_TF_KERAS.name)],
)
def test_an_unknown_version_suggests_the_nearest_one(name: str, nearest: str) -> None:
    with pytest.raises(UnknownTargetError, match=f"did you mean '{nearest}'"):
        target_of(name)


def test_a_version_of_an_unknown_generation_lists_all_targets() -> None:
    with pytest.raises(UnknownTargetError, match=r"known are keras-1\.2, keras-2\.0 to keras-2\.3, "):
        target_of("keras-9.1")


def test_facts_tell_what_a_class_takes() -> None:
    newest, old = facts_of(NEWEST), facts_of(TARGETS["keras-2.3"])
    assert newest.layer("LSTM").refuses({"units": 3, "time_major": False}) == {"time_major": False}
    assert "CuDNNLSTM" in old.names
    assert "CuDNNLSTM" not in newest.names
    assert not old.knows("initializer", "GlorotUniform")


def said(*arguments: str) -> tuple[int, str, str]:
    output, errors = io.StringIO(), io.StringIO()
    return main(["loads", *arguments], output, errors), output.getvalue(), errors.getvalue()


def test_the_table_names_each_keras_what_it_prints_and_the_rule() -> None:
    status, output, _ = said("--isolated", str(FIXTURES / "keras-2.15.0/lstm-72.h5"))
    assert status == 0
    assert "keras-3" in output
    assert "ValueError: Unrecognized keyword arguments passed to LSTM: {'time_major': False}" in output
    assert "k3-time-major: delete" in output


def test_the_versions_in_which_it_loads_come_first_and_what_mends_it_last() -> None:
    path = str(FIXTURES / "keras-2.15.0/lstm-72.h5")
    first, *others = said("--isolated", path)[1].splitlines()[1:]
    assert first == f"  loads  tf-keras-2.0 to {'.'.join(map(str, NEWEST_TF_KERAS.version))}"
    assert others[-1] == f"  to load it in {NEWEST.name}: lstmlint fix {path}"


def test_a_file_of_weights_alone_is_one_sentence() -> None:
    lines = said("--isolated", str(FIXTURES / "broken/weights-only.h5"))[1].splitlines()
    assert len(lines) == 2
    assert "holds weights alone" in lines[1]


def test_hdf5_named_as_an_archive_is_to_be_renamed() -> None:
    output = said("--isolated", "--target", "keras-3", str(FIXTURES / "broken/hdf5-named.keras"))[1]
    assert "container-refused: rename the file to end in .h5" in output


def test_an_asked_target_that_refuses_fails_the_command() -> None:
    path = str(FIXTURES / "keras-2.15.0/lstm-72.h5")
    assert said("--isolated", "--target", "keras-3", path)[0] == 1
    assert said("--isolated", "--target", "tf-keras-2.15", path)[0] == 0
    assert said("--isolated", "--target", "keras-4", path)[0] == 2


def test_json_has_every_obstacle() -> None:
    status, output, _ = said("--isolated", "--format", "json", str(FIXTURES / "keras-2.15.0/lstm-72.h5"))
    assert status == 0
    [file] = json.loads(output)["files"]
    newest: dict[str, Any] = file["verdicts"][-1]
    assert newest["outcome"] == "fails"
    found = file["obstacles"][newest["obstacles"][0]]
    assert found["rule"] == "k3-time-major"
    assert found["pointer"][-1] == "time_major"
    assert output.count("\n") == 1


def test_whole_models_are_held_against_the_newest_keras_as_notes() -> None:
    whole, part = io.StringIO(), io.StringIO()
    assert main(["check", "--isolated", str(FIXTURES / "keras-2.15.0/lstm-72.h5")], whole, whole) == 0
    assert main(["check", "--isolated", str(FIXTURES / "keras-2.15.0/lstm-72.json")], part, part) == 0
    assert f"note[k3-time-major]: lstm: {NEWEST.name} refuses this" in whole.getvalue()
    assert "keras-3" not in part.getvalue()


def test_what_is_asked_for_a_target_is_as_grave_as_its_rule(tmp_path: Path) -> None:
    path = str(FIXTURES / "keras-2.15.0/lstm-72.json")
    asked, set_up = io.StringIO(), io.StringIO()
    main(["check", "--isolated", "--target", "keras-3", path], asked, asked)
    settings = tmp_path / "lstmlint.toml"
    settings.write_text('target = ["keras-3"]\n', encoding="utf-8")
    main(["check", "--config", str(settings), path], set_up, set_up)
    assert "error[k3-time-major]" in asked.getvalue()
    assert set_up.getvalue() == asked.getvalue()


def test_a_target_that_is_not_known_is_a_wrong_setting(tmp_path: Path) -> None:
    settings = tmp_path / "lstmlint.toml"
    settings.write_text('target = ["keras-5"]\n', encoding="utf-8")
    errors = io.StringIO()
    assert main(["check", "--config", str(settings), str(FIXTURES)], io.StringIO(), errors) == 2
    assert "there is no target 'keras-5'" in errors.getvalue()
