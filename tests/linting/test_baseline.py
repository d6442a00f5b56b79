"""A baseline knows findings again by rule, layer and condition, and by nothing that moves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.settings.test_settings import WIDE, run


def lstm(name: str, units: int) -> dict[str, Any]:
    config = {"name": name, "units": units, "return_sequences": True}
    return {"class_name": "LSTM", "config": config}


def written(path: Path, *layers: dict[str, Any], indent: int | None = None) -> None:
    first = {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [None, 9, 40]}}
    config = {"name": "m", "layers": [first, *layers]}
    content = {"class_name": "Sequential", "keras_version": "2.15.0", "config": config}
    path.write_text(json.dumps(content, indent=indent), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def checked(*arguments: str) -> tuple[int, str]:
    status, output, errors = run("check", "--baseline", "lstmlint-baseline.json", *arguments)
    assert not errors
    return status, output.splitlines()[-1]


def test_only_what_is_new_is_reported(folder: Path) -> None:
    model = folder / "m.json"
    written(model, lstm("old", 600))
    status, output, _ = run("baseline", "m.json")
    assert (status, output) == (0, "lstmlint-baseline.json: 1 finding of today known from now on\n")
    assert checked("m.json") == (0, "0 errors, 0 warnings, 0 notes in 1 model; 1 finding known to the baseline")
    written(model, lstm("before", 8), lstm("old", 600), lstm("new", 700), indent=4)
    assert checked("m.json")[0] == 1
    written(model, lstm("old", 600), indent=4)
    assert checked("m.json")[0] == 0
    written(model, lstm("old", 601))
    assert checked("m.json")[0] == 1


def test_what_is_gone_is_said(folder: Path) -> None:
    model, other = folder / "m.json", folder / "other.json"
    written(model, lstm("old", 600))
    written(other, lstm("old", 600))
    run("baseline", ".")
    written(model, lstm("old", 8))
    _, output, _ = run("check", "--baseline", "lstmlint-baseline.json", "m.json")
    gone = "gone since the baseline: m.json: rnn-params-large: old; write the baseline again to forget it"
    assert gone in output.splitlines()
    assert "other.json" not in output
    other.unlink()
    _, output, _ = run("check", "--baseline", "lstmlint-baseline.json", "m.json")
    assert "gone since the baseline: other.json: rnn-params-large: old" in output
    assert "gone" not in run("check", "--baseline", "lstmlint-baseline.json", "--select", "shape", "m.json")[1]


def test_the_same_finding_twice_is_known_twice(folder: Path) -> None:
    model = folder / "m.json"
    written(model, lstm("old", 600))
    run("baseline", "m.json")
    content = json.loads(Path("lstmlint-baseline.json").read_text(encoding="utf-8"))
    assert content["findings"] == [
        {"path": "m.json", "rule": "rnn-params-large", "layer": "old", "condition": content["findings"][0]["condition"]}
    ]
    assert "1538400" in content["findings"][0]["condition"]


def test_the_settings_name_the_baseline_beside_them(folder: Path) -> None:
    below = folder / "zoo"
    below.mkdir()
    (below / "m.json").write_text(json.dumps(WIDE), encoding="utf-8")
    (folder / "lstmlint.toml").write_text('baseline = "known.json"\n', encoding="utf-8")
    assert run("check", "zoo")[2].endswith("known.json: cannot be read: No such file or directory; "
                                           "'lstmlint baseline' writes one\n")  # fmt: skip
    run("baseline", "--output", "known.json", "zoo")
    assert run("check", "zoo")[0] == 0
    assert json.loads(Path("known.json").read_text(encoding="utf-8"))["findings"][0]["path"] == "zoo/m.json"


@pytest.mark.parametrize("text", ["", "[]", '{"version": 1}', '{"version": 1, "findings": [{"path": 1}]}', "\x00"])
def test_a_damaged_baseline_is_one_clear_line(text: str, folder: Path) -> None:
    written(folder / "m.json", lstm("old", 600))
    (folder / "known.json").write_text(text, encoding="utf-8")
    status, output, errors = run("check", "--baseline", "known.json", "m.json")
    assert (status, output) == (2, "")
    assert errors == "lstmlint: error: known.json: is no baseline; 'lstmlint baseline' writes one\n"


def relu(name: str) -> dict[str, Any]:
    config = {"name": name, "units": 4, "return_sequences": True, "activation": "relu"}
    return {"class_name": "LSTM", "config": config}


def test_a_baseline_knows_each_member_of_a_cause(folder: Path) -> None:
    """Entries are those of the findings before they were told as one, so an old baseline silences what it silenced."""
    model = folder / "m.json"
    written(model, relu("first"), relu("second"))
    status, output, _ = run("baseline", "m.json")
    assert (status, output) == (0, "lstmlint-baseline.json: 1 finding of today known from now on\n")
    entries = json.loads(Path("lstmlint-baseline.json").read_text(encoding="utf-8"))["findings"]
    assert [(entry["rule"], entry["layer"], entry["condition"]) for entry in entries] == [
        ("unbounded-recurrent-activation", "first", "activation 9"),
        ("unbounded-recurrent-activation", "second", "activation 9"),
    ]
    closing = "0 errors, 0 warnings, 0 notes in 1 model; 1 finding known to the baseline"
    assert checked("m.json") == (0, closing)
    written(model, relu("first"), relu("second"), relu("third"))
    _, output, _ = run("check", "--baseline", "lstmlint-baseline.json", "m.json")
    (told,) = (line for line in output.splitlines() if "unbounded-recurrent-activation" in line)
    assert "third: activation is relu" in told
    assert "more layer" not in told
    written(model, relu("second"))
    _, output, _ = run("check", "--baseline", "lstmlint-baseline.json", "m.json")
    assert "gone since the baseline: m.json: unbounded-recurrent-activation: first" in output
