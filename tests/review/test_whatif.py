"""Other settings of layers: the numbers of real Keras for the changed architecture, and one clear line for others."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

import lstmlint
from lstmlint.review.change import Row
from lstmlint.review.whatif import CannotSetError
from tests.support.commands import said, validated
from tests.support.truth import FIXTURES

KERAS_3 = FIXTURES / "keras-3.15.1"
OLD = FIXTURES / "keras-2.15.0"

CASES: list[tuple[str, dict[str, Any]]] = [
    ("lstm-72", {"lstm.units": 6}),
    ("char-rnn", {"lstm.units": 128, "lstm_1.units": 5}),
    ("bidirectional-tagger", {"bidirectional.units": 9}),
    ("bidirectional-tagger", {"bidirectional.merge_mode": "sum"}),
    ("bidirectional-tagger", {"embedding.output_dim": 3}),
    ("bidirectional-backward-layer", {"bidirectional.units": 9}),
    ("gru", {"reset_after.reset_after": False, "reset_before.units": 2}),
    ("convlstm", {"conv_lstm2d.filters": 7}),
]


def anew(value: Any) -> Any:
    """A serialized model without the shapes from which Keras would build its layers."""
    if isinstance(value, dict):
        return {key: anew(item) for key, item in value.items() if key not in ("build_config", "build_input_shape")}
    return [anew(item) for item in value] if isinstance(value, list) else value


def changed(model: dict[str, Any], changes: dict[str, Any]) -> str:
    for setting, value in changes.items():
        name, key = setting.split(".")
        (layer,) = [one["config"] for one in model["config"]["layers"] if one["config"]["name"] == name]
        held = [layer] if key in layer else [layer[one]["config"] for one in ("layer", "backward_layer") if layer[one]]
        for config in held:
            config[key] = value
    return json.dumps(anew(model))


@pytest.mark.parametrize(("name", "changes"), CASES, ids=str)
def test_the_numbers_are_those_of_keras(name: str, changes: dict[str, Any]) -> None:
    import keras

    path = KERAS_3 / f"{name}.json"
    model: Any = keras.models.model_from_json(changed(json.loads(path.read_text(encoding="utf-8")), changes))
    diff = lstmlint.whatif(path, changes)
    told = {row.new.name: (row.new.outputs, row.new.params) for row in diff.rows if row.new}
    truth = {layer.name: (layer.output.shape, layer.count_params()) for layer in model.layers}
    assert {layer: told[layer] for layer in truth} == truth
    assert next(one.new for one in diff.totals if one.name == "params") == model.count_params()
    assert "no difference" not in str(diff)


def sizes(rows: tuple[Row, ...]) -> list[int | None]:
    return [row.params_delta for row in rows]


@pytest.mark.parametrize("name", ["lstm-72.json", "lstm-72.h5", "lstm-72.keras"])
def test_every_container_gives_the_same_and_stays_as_it_is(name: str) -> None:
    for folder in (KERAS_3, OLD):
        before = hashlib.sha256((folder / name).read_bytes()).digest()
        diff = lstmlint.whatif(folder / name, {"lstm.units": 6})
        assert sum(filter(None, sizes(diff.rows))) == 144
        assert not diff.findings.new
        assert not diff.findings.fixed
        assert diff.old.container == diff.new.container == Path(name).suffix[1:]
        assert hashlib.sha256((folder / name).read_bytes()).digest() == before


def test_what_a_setting_makes_wrong_is_a_new_finding() -> None:
    diff = lstmlint.whatif(KERAS_3 / "char-rnn.json", {"lstm.return_sequences": False})
    assert [one.rule for one in diff.findings.new] == ["missing-return-sequences"]


@pytest.mark.parametrize("path", sorted(KERAS_3.glob("*.json")), ids=lambda path: path.stem)
def test_a_setting_that_stays_changes_nothing(path: Path) -> None:
    layer = next(
        (one for one in lstmlint.load(path).listed_layers if one.model is None and "dtype" in one.config), None
    )
    if layer is None:
        pytest.skip("no layer with a dtype")
    assert lstmlint.whatif(path, {f"{layer.full_name}.dtype": layer.config["dtype"]}).is_empty


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("units", "write LAYER.KEY"),
        ("lstn.units", "has no layer 'lstn'; it has .*lstm_1"),
        ("lstm.unit", "layer 'lstm' takes no 'unit'; it takes .*units"),
        ("lstm.name", "takes no 'name'"),
    ],
)
def test_what_cannot_be_set_is_told(setting: str, told: str) -> None:
    with pytest.raises(CannotSetError, match=told) as caught:
        lstmlint.whatif(KERAS_3 / "char-rnn.json", {setting: 3})
    assert "char-rnn.json: " in str(caught.value)


def test_a_file_of_weights_has_no_settings() -> None:
    with pytest.raises(lstmlint.UnreadableError, match=r"weights-only\.h5: holds no architecture"):
        lstmlint.whatif(FIXTURES / "broken" / "weights-only.h5", {"lstm.units": 3})


def test_the_command_prints_what_the_function_gives() -> None:
    path = str(KERAS_3 / "char-rnn.keras")
    arguments = ("whatif", "--isolated", path, "--set", "lstm.units=128")
    diff = lstmlint.whatif(path, {"lstm.units": 128})
    printed = json.loads(said(*arguments, "--format", "json"))
    validated("diff", printed)
    assert diff.to_dict() == printed
    assert f"{diff}\n" == said(*arguments)
    output = said("whatif", "--isolated", path, "--set", "lstn.units=128")
    assert "error: has no layer 'lstn'" in output
    assert output.count("\n") == 1
