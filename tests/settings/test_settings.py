"""Settings: where they are found, what they change, and what is said of wrong ones."""

from __future__ import annotations

import io
import json
import tomllib
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from lstmlint.cli import main
from lstmlint.linting.rule import rules
from lstmlint.settings.finder import Finder
from lstmlint.settings.presets import BUDGET_PRESETS, PROFILES
from lstmlint.settings.quantity import quantity
from lstmlint.settings.schema import problem, settings_schema

WIDE = {
    "class_name": "Sequential",
    "keras_version": "2.15.0",
    "config": {
        "name": "wide",
        "layers": [
            {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [None, 1, 40]}},
            {"class_name": "LSTM", "config": {"name": "lstm", "units": 600}},
            {"class_name": "Dense", "config": {"name": "dense", "units": 1}},
        ],
    },
}


def run(*arguments: str) -> tuple[int, str, str]:
    stdout, stderr = io.StringIO(), io.StringIO()
    return main(arguments, stdout, stderr), stdout.getvalue(), stderr.getvalue()


def found(*arguments: str) -> list[str]:
    """The rules of the findings, with their severity."""
    _, output, _ = run("check", "--format", "json", *arguments)
    (file,) = json.loads(output)["files"]
    return sorted(f"{finding['rule']}:{finding['severity']}" for finding in file["findings"])


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A model on which two rules fire: `rnn-params-large` and `single-timestep-recurrence`."""
    path = tmp_path / "zoo" / "old" / "wide.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(WIDE), encoding="utf-8")
    return path


BOTH = ["rnn-params-large:warning", "single-timestep-recurrence:warning"]

#: What the settings say, and what is found in `zoo/old/wide.json`.
CHANGES = {
    "": BOTH,
    'select = ["size"]': BOTH[:1],
    'select = ["rnn-params-large"]': BOTH[:1],
    'ignore = ["recurrence"]': BOTH[:1],
    'select = ["size"]\nextend-select = ["single-timestep-recurrence"]': BOTH,
    'select = ["size"]\nignore = ["rnn-params-large"]': [],
    'ignore = ["size"]\nextend-select = ["rnn-params-large"]': BOTH,
    '[per-file-ignores]\n"zoo/**" = ["size"]': BOTH[1:],
    '[per-file-ignores]\n"*.json" = ["size", "recurrence"]': [],
    '[per-file-ignores]\n"zoo/new/*" = ["size"]': BOTH,
    '[per-file-ignores]\n"zoo/*::lstm" = ["size"]': BOTH[1:],
    '[per-file-ignores]\n"zoo/*::dense" = ["size"]': BOTH,
    '[per-file-ignores]\n"::ls*" = ["recurrence"]': BOTH[:1],
    '[severity]\nrnn-params-large = "note"': ["rnn-params-large:note", BOTH[1]],
    '[severity]\nsize = "error"': ["rnn-params-large:error", BOTH[1]],
    'min-severity = "error"\n[severity]\nsize = "error"': ["rnn-params-large:error"],
    '[rules.rnn-params-large]\nwarning-above = "2M"': ["rnn-params-large:note", BOTH[1]],
    "[rules.rnn-params-large]\nwarning-above = 3_000_000\nnote-above = 2_000_000": BOTH[1:],
    'profile = "pre-commit"': [],
    '[budget]\nmax-params = "2M"': BOTH,
    '[budget]\nmax-params = "1M"': ["over-budget:warning", *BOTH],
    '[budget]\nmax-params = "2M"\n"zoo/**" = {max-params = "1M"}': ["over-budget:warning", *BOTH],
    '[budget]\n"zoo/new/**" = {max-params = "1M"}': BOTH,
}


@pytest.mark.parametrize(("settings", "expected"), CHANGES.items(), ids=lambda value: str(value)[:40])
def test_settings_change_what_is_found(settings: str, expected: list[str], model: Path, tmp_path: Path) -> None:
    (tmp_path / "lstmlint.toml").write_text(settings, encoding="utf-8")
    assert found(str(model)) == expected


def test_the_nearest_settings_hold(model: Path, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.lstmlint]\nselect = ["size"]\n', encoding="utf-8")
    assert found(str(model)) == BOTH[:1]
    (tmp_path / "zoo" / "pyproject.toml").write_text('[project]\nname = "lstmlint-user"\n', encoding="utf-8")
    assert found(str(model)) == BOTH[:1]
    (tmp_path / "zoo" / "lstmlint.toml").write_text('select = ["recurrence"]\n', encoding="utf-8")
    assert found(str(model.parent)) == BOTH[1:]


def test_the_command_line_wins(model: Path, tmp_path: Path) -> None:
    (tmp_path / "lstmlint.toml").write_text('select = ["size"]\nfail-on = "never"\n', encoding="utf-8")
    assert run("check", str(model))[0] == 0
    assert run("check", "--fail-on", "warning", str(model))[0] == 1
    assert found("--select", "recurrence", str(model)) == BOTH[1:]
    assert found("--isolated", str(model)) == BOTH
    other = tmp_path / "other.toml"
    other.write_text('ignore = ["size"]\n', encoding="utf-8")
    assert found("--config", str(other), str(model)) == BOTH[1:]


def test_options_of_the_command_line_are_checked() -> None:
    status, _, errors = run("check", "--select", "szie", "model.json")
    assert status == 2
    told = "select: there is no rule or category 'szie'; did you mean 'size'?"
    assert errors == f"lstmlint: error: the command line: {told}\n"


#: Wrong settings, and what is said of them.
WRONG = {
    'selct = ["size"]': "there is no setting 'selct'; did you mean 'select'?",
    'select = ["szie"]': "select: there is no rule or category 'szie'; did you mean 'size'?",
    'ignore = "size"': "ignore is 'size'; it must be rules or categories not to ask",
    'persona = "strict"': "persona is 'strict'; it is one of regular, pedantic",
    'profile = "precommit"': "profile is 'precommit'; did you mean 'pre-commit'?",
    '[severity]\nrnn-params-lage = "note"': (
        "severity: there is no rule or category 'rnn-params-lage'; did you mean 'rnn-params-large'?"
    ),
    '[severity]\nsize = "info"': "severity.size is 'info'; it is one of note, warning, error",
    "[rules.rnn-params-large]\nwarn-above = 3": (
        "there is no setting 'warn-above' in rules.rnn-params-large; did you mean 'warning-above'?"
    ),
    '[rules.rnn-params-large]\nwarning-above = "much"': (
        "rules.rnn-params-large.warning-above is 'much'; it must be a whole number, or text such as 250k, 1.5M, 64KiB"
    ),
    "[budget]\nmax-parms = 3": "budget.max-parms is 3; it must be a table; did you mean 'max-params'?",
    '[budget]\npreset = "phone"': "budget.preset is 'phone'; it is one of microcontroller, edge, mobile",
    '[layers]\nDecoder = "(batch, units"': (
        "'(batch, units' is no shape; write 'same-shape' or one like '(batch, timesteps, units)'"
    ),
    "select = [": "is no valid TOML: Invalid value (at end of document)",
}


@pytest.mark.parametrize(("settings", "message"), WRONG.items(), ids=lambda value: str(value)[:40])
def test_wrong_settings_are_one_clear_line(settings: str, message: str, model: Path, tmp_path: Path) -> None:
    path = tmp_path / "lstmlint.toml"
    path.write_text(settings, encoding="utf-8")
    status, output, errors = run("check", str(model))
    assert (status, output) == (2, "")
    assert errors == f"lstmlint: error: {path}: {message}\n"


def test_tool_lstmlint_must_be_a_table(model: Path, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool]\nlstmlint = 3\n", encoding="utf-8")
    assert run("check", str(model))[2].endswith("pyproject.toml: tool.lstmlint must be a table\n")


def test_the_published_schema_is_one_and_describes_each_setting() -> None:
    schema = json.loads(run("schema", "settings")[1])
    Draft202012Validator.check_schema(schema)
    assert schema == settings_schema()
    options = [entry for table in schema["properties"]["rules"]["properties"].values() for entry in [table]]
    assert all("description" in option for table in options for option in table["properties"].values())
    assert all("description" in setting for setting in schema["properties"].values())


def test_profiles_and_presets_are_valid_settings() -> None:
    for name in PROFILES:
        assert problem({"profile": name, **PROFILES[name]}) == ""
    for preset in BUDGET_PRESETS.values():
        assert problem({"budget": preset}) == ""


def test_audit_asks_the_pedantic_rules(model: Path) -> None:
    pedantic = [rule.name for rule in rules().values() if rule.persona == "pedantic"]
    assert pedantic
    asked = Finder(isolated=True, overrides={"profile": "audit"}).settings(str(model))
    assert all(asked.asks(rules()[name]) for name in pedantic)
    regular = Finder(isolated=True).settings(str(model))
    assert not any(regular.asks(rules()[name]) for name in pedantic)
    named = Finder(isolated=True, overrides={"extend-select": pedantic[:1]}).settings(str(model))
    assert named.asks(rules()[pedantic[0]])


QUANTITIES = {"250k": 250_000, "1.5M": 1_500_000, "64KiB": 65_536, "64 KiB": 65_536, "1_000": 1000, "2GB": 2 * 10**9}


@pytest.mark.parametrize(("text", "number"), QUANTITIES.items())
def test_numbers_as_people_write_them(text: str, number: int) -> None:
    assert quantity(text) == number


def test_unused_ignores_are_reported(model: Path, tmp_path: Path) -> None:
    path = tmp_path / "lstmlint.toml"
    path.write_text(
        '[per-file-ignores]\n"zoo/*" = ["size"]\n"zoo/old/*::dense" = ["weights"]\n"nowhere/*" = ["shape"]\n',
        encoding="utf-8",
    )
    _, output, _ = run("check", str(model))
    lines = [line for line in output.splitlines() if line.startswith("unused")]
    assert lines == [f"unused ignore in {path}: 'zoo/old/*::dense' ignores weights, and nothing is found there"]
    assert "unused" not in run("check", "--select", "size", str(model))[1]


def test_show_files_and_settings(model: Path, tmp_path: Path) -> None:
    (tmp_path / "lstmlint.toml").write_text('select = ["size"]\n', encoding="utf-8")
    assert run("check", "--show-files", str(tmp_path)) == (0, f"{model}\n", "")
    status, output, _ = run("check", "--show-settings", str(model))
    assert status == 0
    assert output.startswith(f"# {model}\n# from {tmp_path / 'lstmlint.toml'}\n")
    assert tomllib.loads(output)["select"] == ["size"]


def test_statistics_count_findings_and_files(model: Path) -> None:
    (model.parent / "copy.json").write_text(model.read_text(encoding="utf-8"), encoding="utf-8")
    status, output, _ = run("check", "--statistics", str(model.parent))
    assert status == 1
    rows = [line.split() for line in output.splitlines()[2:]]
    assert rows == [["2", "2", "rnn-params-large", "warning"], ["2", "2", "single-timestep-recurrence", "warning"]]


def test_explain_points_to_the_page(model: Path) -> None:
    output = run("check", "--explain", "--select", "size", str(model))[1]
    assert "    why: lstmlint rule rnn-params-large\n" in output


def test_each_limit_of_a_budget_speaks(model: Path, tmp_path: Path) -> None:
    limits = {"max-params": 10, "max-rnn-params": 10, "max-bytes": 10, "max-macs-per-step": 10, "max-state-bytes": 10}
    (tmp_path / "lstmlint.toml").write_text(
        "".join(["[budget]\n", *(f"{name} = {limit}\n" for name, limit in limits.items())]), encoding="utf-8"
    )
    output = run("check", "--select", "over-budget", str(model))[1]
    said = [line.partition("over-budget]: ")[2] for line in output.splitlines() if "over-budget]" in line]
    assert [line.partition(", but its budget is 10")[0] for line in said] == [
        "the model has 1,539,001 parameters",
        "the model has 6,156,004 bytes of parameters",
        "the model has 1,536,000 multiply-adds in a timestep",
        "the model has 4,800 bytes of recurrent state",
        "lstm: has 1,538,400 parameters",
    ]
