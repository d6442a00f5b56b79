"""Rules of portability against the Keras of the test environment: it prints what they say, and loads the cured file."""

from __future__ import annotations

import json
from pathlib import Path

import keras
import numpy as np
import pytest

from lstmlint.keras.versions import NEWEST, TARGETS
from lstmlint.linting.rule import rules
from lstmlint.pipeline import load
from lstmlint.portability.obstacle import DUMP
from lstmlint.portability.verdict import Outcome, verdict
from tests.rules.test_rules import examples
from tests.support.truth import ROOT


def loaded(path: str) -> None:
    if path.endswith(".json"):
        keras.models.model_from_json(Path(path).read_text(encoding="utf-8"))
    else:
        keras.models.load_model(path)


def page_files(rule: str, folder: Path) -> tuple[str, str]:
    """The files of the example that fires and of the one that stays silent."""
    found = []
    for index, example in enumerate(examples(rules()[rule])):
        path = str(ROOT / example.command.split()[-1])
        if example.config is not None:
            written = folder / f"{index}.json"
            written.write_text(example.config, encoding="utf-8")
            path = str(written)
        found.append(path)
    return found[0], found[1]


def says_what_keras_prints(rule: str, folder: Path) -> None:
    broken, cured = page_files(rule, folder)
    found = verdict(load(broken), NEWEST)
    assert found.outcome is Outcome.FAILS
    assert found.reason is not None
    with pytest.raises((ValueError, TypeError)) as refused:
        loaded(broken)
    printed, at = " ".join(str(refused.value).split()), 0
    for piece in " ".join(found.reason.message.split()).split(DUMP):
        at = printed.find(piece, at)
        assert at >= 0, (piece, printed)
    loaded(cured)


def test_k3_time_major__prints_the_refused_key(tmp_path: Path) -> None:
    says_what_keras_prints("k3-time-major", tmp_path)


def test_k3_legacy_json__locates_no_class_without_module(tmp_path: Path) -> None:
    says_what_keras_prints("k3-legacy-json", tmp_path)


def test_k3_functional_module__imports_no_moved_module(tmp_path: Path) -> None:
    says_what_keras_prints("k3-functional-module", tmp_path)


def test_k3_initial_state_legacy__counts_states_as_inputs(tmp_path: Path) -> None:
    says_what_keras_prints("k3-initial-state-legacy", tmp_path)


def test_k3_config_field_refused__finds_one_dimension_too_many(tmp_path: Path) -> None:
    says_what_keras_prints("k3-config-field-refused", tmp_path)


def test_custom_object_required__locates_no_class(tmp_path: Path) -> None:
    says_what_keras_prints("custom-object-required", tmp_path)


def test_lambda_refused__is_not_run(tmp_path: Path) -> None:
    says_what_keras_prints("lambda-refused", tmp_path)


def test_compile_refused__locates_no_function(tmp_path: Path) -> None:
    says_what_keras_prints("compile-refused", tmp_path)


def test_removed_layer__is_an_unknown_layer() -> None:
    with pytest.raises(ValueError, match="Unknown layer: 'CuDNN"):
        loaded(str(ROOT / "fixtures/keras-2.3.1/cudnn.h5"))


def test_hard_sigmoid_drift__has_another_slope() -> None:
    here = float(keras.activations.hard_sigmoid(keras.ops.convert_to_tensor([1.0]))[0])
    assert here == pytest.approx(1 / 6 + 0.5)
    assert here != pytest.approx(0.2 + 0.5, abs=1e-3)


def says_what_the_runtime_printed(rule: str, target: str, case: tuple[str, str], folder: Path) -> None:
    """The example is refused as a case of the same kind was, of which `tests/data/targets.jsonl` tells."""
    head, *lines = map(json.loads, (ROOT / "tests/data/targets.jsonl").read_text(encoding="utf-8").splitlines())
    [says] = [line["says"][target] for line in lines if (line.get("case"), line.get("writer")) == case]
    broken, cured = (verdict(load(path), TARGETS[target]) for path in page_files(rule, folder))
    assert broken.reason is not None
    assert broken.reason.message == head["messages"][says["message"]]
    assert cured.outcome is Outcome.LOADS


def test_tfjs_keras3__finds_no_shape_in_tfjs(tmp_path: Path) -> None:
    says_what_the_runtime_printed("tfjs-keras3", "tfjs", ("lstm", "3.15.1"), tmp_path)


def test_tfjs_layer_refused__has_no_reset_after_in_tfjs(tmp_path: Path) -> None:
    says_what_the_runtime_printed("tfjs-layer-refused", "tfjs", ("gru", "2.15.0"), tmp_path)


def test_k3_dropout_implementation__fails_in_fit(tmp_path: Path) -> None:
    broken, cured = (
        keras.models.model_from_json(Path(path).read_text(encoding="utf-8"))
        for path in page_files("k3-dropout-implementation", tmp_path)
    )
    given, wanted = np.zeros((2, 24, 3)), np.zeros((2, 1))
    for model in (broken, cured):
        model.compile("sgd", "mse")
        model.predict(given, verbose=0)
    with pytest.raises(AttributeError, match="'str' object has no attribute '_error_repr'"):
        broken.fit(given, wanted, verbose=0)
    cured.fit(given, wanted, verbose=0)


def test_constant_argument__loads_and_cannot_be_called(tmp_path: Path) -> None:
    broken, cured = page_files("constant-argument", tmp_path)
    assert verdict(load(broken), NEWEST).outcome is Outcome.UNCALLABLE
    model = keras.models.model_from_json(Path(broken).read_text(encoding="utf-8"))
    with pytest.raises((TypeError, ValueError)):
        model.predict(np.zeros((2, 30, 5)), verbose=0)
    assert verdict(load(cured), NEWEST).outcome is Outcome.LOADS
    model = keras.models.model_from_json(Path(cured).read_text(encoding="utf-8"))
    assert model.predict(np.zeros((2, 30, 5)), verbose=0).shape == (2, 2)
