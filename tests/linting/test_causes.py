"""One cause is one finding: what is merged, who speaks, what is left when members are ignored or known."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import lstmlint
from lstmlint.ir.finding import Diagnostic, Severity
from lstmlint.linting.causes import merged, singles, words
from lstmlint.linting.explanations import EXPLANATIONS, Reach
from lstmlint.linting.report import FileReport, Status, run_on
from lstmlint.linting.rule import rules
from lstmlint.output.formats import formats
from lstmlint.pipeline import judge, model_of
from lstmlint.settings.settings import Settings
from tests.face.test_cli import schema
from tests.settings.test_settings import run
from tests.support.reporters_runs import rendered
from tests.support.truth import FIXTURES

#: Asks nothing about where files load.
PLAIN = Settings(ignore=("portability",))


def lstm(name: str, **config: Any) -> dict[str, Any]:
    return {"class_name": "LSTM", "config": {"name": name, "units": 4, "return_sequences": True, **config}}


def written(path: Path, *layers: dict[str, Any]) -> str:
    first = {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [None, 9, 40]}}
    config = {"name": "m", "layers": [first, *layers]}
    content = {"class_name": "Sequential", "keras_version": "2.15.0", "config": config}
    path.write_text(json.dumps(content), encoding="utf-8")
    return str(path)


def relu_stack(path: Path, layers: int = 3) -> str:
    return written(path, *(lstm(f"lstm_{number}", activation="relu") for number in range(layers)))


def found(path: str, settings: Settings = PLAIN) -> tuple[Diagnostic, ...]:
    return lstmlint.analyze(path, settings=settings).diagnostics


def edited(file: str, key: str, layer: str, value: Any) -> tuple[Diagnostic, ...]:
    """What is found in a fixture of which one value of one layer was edited."""
    document = lstmlint.load(str(FIXTURES / file)).document
    config = json.loads(json.dumps(document.config))
    (one,) = (one for one in config["config"]["layers"] if one["config"].get("name") == layer)
    one["config"][key] = value
    return judge(model_of(replace(document, config=config)), PLAIN).diagnostics


def test_stacked_layers_are_one_finding(tmp_path: Path) -> None:
    (diagnostic,) = found(relu_stack(tmp_path / "m.json"))
    assert diagnostic.rule == "unbounded-recurrent-activation"
    assert diagnostic.finding.location.layer == "lstm_0"
    assert diagnostic.finding.message.endswith(" (and 2 more layers)")
    assert [(one.location.layer, one.message) for one in diagnostic.finding.related] == [
        ("lstm_1", "the same"),
        ("lstm_2", "the same"),
    ]
    assert [member.finding.location.layer for member in diagnostic.members] == ["lstm_0", "lstm_1", "lstm_2"]
    assert not any("more layer" in member.finding.message for member in diagnostic.members)


def test_both_halves_of_a_bidirectional_are_one_finding(tmp_path: Path) -> None:
    wrapper = {"class_name": "Bidirectional", "config": {"name": "both", "layer": lstm("inner", activation="relu")}}
    diagnostics = found(written(tmp_path / "m.json", wrapper))
    assert [one.rule for one in diagnostics] == ["unbounded-recurrent-activation"]


def test_words_differ_in_values_and_names_only() -> None:
    names = {"lstm", "lstm_1", "LSTM"}
    one = "has 3 gates x 4 units (1 bias), before lstm_1, as 'a' and {'b': [1, (2,)]}"
    other = "has 12 gate x 5 units (2 biases and more), before lstm, as 'c' and {}"
    assert words(one, names) == words(other, names)
    assert words("its kernel is wrong", names) != words("its bias is wrong", names)


def test_the_gravest_speaks_and_lends_its_severity(tmp_path: Path) -> None:
    path = written(tmp_path / "m.json", lstm("small", units=300), lstm("large", units=600))
    (diagnostic,) = (one for one in found(path) if one.rule == "rnn-params-large")
    assert (diagnostic.severity, diagnostic.finding.location.layer) == (Severity.WARNING, "large")
    assert {member.severity for member in diagnostic.members} == {Severity.WARNING, Severity.NOTE}
    grave = found(path, Settings(select=("size",), min_severity=Severity.WARNING))
    assert [len(one.members) for one in grave if one.rule == "rnn-params-large"] == [0]


def test_one_edited_value_is_one_error() -> None:
    """The kernels of the edited layer and of the one behind it, in both kinds of files."""
    (diagnostic,) = edited("keras-2.15.0/stacked-lstm.h5", "units", "lstm", 5)
    assert (diagnostic.rule, diagnostic.finding.location.layer) == ("kernel-input-mismatch", "lstm")
    assert {member.finding.location.layer for member in diagnostic.members} == {"lstm", "lstm_1"}
    (diagnostic,) = edited("keras-3.15.1/stacked-lstm.keras", "units", "lstm", 5)
    assert {member.rule for member in diagnostic.members} >= {"kernel-input-mismatch", "recorded-shape-mismatch"}
    assert diagnostic.finding.location.layer == "lstm"
    assert any(one.message.startswith("recorded-shape-mismatch: was built") for one in diagnostic.finding.related)


def test_one_value_out_of_range_is_one_error() -> None:
    (diagnostic,) = edited("keras-3.15.1/captioning.json", "rate", "dropout", 20)
    assert diagnostic.rule == "dropout-out-of-range"
    assert {member.rule for member in diagnostic.members} == {"dropout-out-of-range", "invalid-layer-config"}
    assert diagnostic.finding.message.endswith(" (and 1 more rule)")


def test_one_refused_field_of_many_layers_is_one_finding() -> None:
    target = Settings(select=("portability",), target=("keras-3.15",))
    at_most_once = found(str(FIXTURES / "keras-2.15.0/stacked-lstm.h5"), target)
    assert len({diagnostic.rule for diagnostic in at_most_once}) == len(at_most_once)
    (diagnostic,) = (one for one in at_most_once if one.rule == "k3-time-major")
    assert len(diagnostic.members) > 1


def test_an_ignored_layer_is_dropped_and_not_the_others(tmp_path: Path) -> None:
    relu_stack(tmp_path / "m.json")
    ignore = '[per-file-ignores]\n"m.json::lstm_0" = ["unbounded-recurrent-activation"]\n'
    (tmp_path / "lstmlint.toml").write_text(f'ignore = ["portability"]\n{ignore}', encoding="utf-8")
    _, output, errors = run("check", "--format", "json", str(tmp_path / "m.json"))
    (finding,) = json.loads(output)["files"][0]["findings"]
    assert not errors
    assert finding["location"]["layer"] == "lstm_1"
    assert finding["message"].endswith("(and 1 more layer)")


def test_exact_duplicates_are_told_once(tmp_path: Path) -> None:
    (single, *_) = singles(found(relu_stack(tmp_path / "m.json")))
    (diagnostic,) = merged([single, single])
    assert diagnostic.finding == single.finding
    assert len(diagnostic.members) == 2


def test_merging_again_changes_nothing(tmp_path: Path) -> None:
    diagnostics = found(relu_stack(tmp_path / "m.json"))
    assert merged(diagnostics) == merged(singles(diagnostics)) == diagnostics


@pytest.mark.parametrize("name", sorted(formats()))
def test_every_format_says_how_many_more_there_are(name: str, tmp_path: Path) -> None:
    path = relu_stack(tmp_path / "m.json", layers=12)
    report = FileReport(path, Status.OK, diagnostics=found(path), failing=frozenset(Severity))
    text = rendered(name, run_on((report,)))
    assert text.count("and 11 more layers") >= 1
    if name not in ("concise", "gitlab"):
        assert "lstm_3" in text.replace("\\", "")
    if name in ("json", "jsonl", "sarif", "rdjson", "csv", "html"):
        assert "lstm_11" in text
    if name in ("text", "markdown", "junit", "github"):
        assert "6 more places" in text
        assert "lstm_11" not in text


def test_json_holds_each_member(tmp_path: Path) -> None:
    path = relu_stack(tmp_path / "m.json")
    content = json.loads(rendered("json", run_on((FileReport(path, Status.OK, diagnostics=found(path)),))))
    jsonschema.validate(content, schema("check"))
    (finding,) = content["files"][0]["findings"]
    assert [member["location"]["layer"] for member in finding["members"]] == ["lstm_0", "lstm_1", "lstm_2"]
    assert all(member["help"] for member in finding["members"])
    broken = {**finding, "members": [{**finding["members"][0], "members": []}]}
    content["files"][0]["findings"] = [broken]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(content, schema("check"))


def test_explanations_name_rules_and_never_go_round() -> None:
    named = {name for explanation in EXPLANATIONS for name in (*explanation.rules, *explanation.explain)}
    assert named <= set(rules())
    pairs = {
        (rule, other)
        for explanation in EXPLANATIONS
        for rule in explanation.rules
        for other in explanation.explain
        if rule != other and explanation.reach is not Reach.FED  # data flow in one direction
    }
    assert not any((other, rule) in pairs for rule, other in pairs)
