"""The command line as a user meets it: paths, formats, exit statuses, order, streams."""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from lstmlint.cli import main
from lstmlint.commands.jobs import processes_for
from tests.support.truth import FIXTURES, ROOT

CLEAN: dict[str, Any] = {
    "class_name": "Sequential",
    "keras_version": "2.15.0",
    "config": {
        "name": "clean",
        "layers": [
            {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [None, 4, 2]}},
            {"class_name": "LSTM", "config": {"name": "lstm", "units": 3}},
        ],
    },
}


def model(*layers: dict[str, Any], shape: tuple[int | None, ...] = (None, 4, 2)) -> str:
    """A Sequential's JSON with an input of a shape."""
    first = {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": list(shape)}}
    config = {"name": "model", "layers": [first, *layers]}
    return json.dumps({"class_name": "Sequential", "keras_version": "2.15.0", "config": config})


def lstm(name: str, units: int = 3, **config: Any) -> dict[str, Any]:
    return {"class_name": "LSTM", "config": {"name": name, "units": units, **config}}


ONE_STEP = model(lstm("lstm"), shape=(None, 1, 2))
BROKEN_STACK = model(lstm("lstm_1"), lstm("lstm_2"))


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def run(*arguments: str, terminal: bool = False) -> tuple[int, str, str]:
    """The status, the output and the errors of a command."""
    output = Terminal() if terminal else io.StringIO()
    errors = io.StringIO()
    status = main([str(argument) for argument in arguments], output, errors)
    return status, output.getvalue(), errors.getvalue()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "arguments", "expected"),
    [
        (json.dumps(CLEAN), (), 0),
        (ONE_STEP, (), 1),
        (ONE_STEP, ("--fail-on", "error"), 0),
        (BROKEN_STACK, ("--fail-on", "error"), 1),
        (BROKEN_STACK, ("--fail-on", "never"), 0),
        (model(lstm("lstm", 128), shape=(None, 4, 1)), (), 0),
        (model(lstm("lstm", 128), shape=(None, 4, 1)), ("--fail-on", "note"), 1),
        ('{"class_name": "Sequential", ', (), 2),
    ],
)
def test_exit_status(folder: Path, text: str, arguments: tuple[str, ...], expected: int) -> None:
    write(folder / "model.json", text)
    status, _, _ = run("check", "model.json", *arguments)
    assert status == expected


@pytest.mark.parametrize("arguments", [(), ("check",), ("check", "--format", "xml", "x"), ("nonsense",)])
def test_wrong_usage_is_two(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    status, output, errors = run(*arguments)
    assert (status, output) == (2, "")
    assert errors.startswith("lstmlint: error: ")
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("command", ["check", "summary", "explain"])
def test_help_shows_examples(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(command, "--help")[0] == 0
    assert f"examples:\n  lstmlint {command} " in capsys.readouterr().out


def test_missing_path_is_named_and_others_are_reported(folder: Path) -> None:
    write(folder / "model.json", ONE_STEP)
    status, output, _ = run("check", "missing.h5", "model.json")
    assert status == 2
    assert "missing.h5: error: does not exist" in output
    assert "[single-timestep-recurrence]" in output


def test_folder_is_searched_and_foreign_json_is_counted(folder: Path) -> None:
    write(folder / "zoo" / "deep" / "model.json", ONE_STEP)
    write(folder / "zoo" / "package.json", '{"name": "something else"}')
    write(folder / "zoo" / ".hidden" / "model.json", BROKEN_STACK)
    write(folder / "zoo" / "notes.txt", "no model")
    status, output, _ = run("check", "zoo")
    assert status == 1
    assert "zoo/deep/model.json" in output
    assert output.endswith("0 errors, 1 warning, 0 notes in 1 model; 1 file skipped, not Keras models\n")


def test_glob(folder: Path) -> None:
    write(folder / "a" / "one.json", ONE_STEP)
    write(folder / "b" / "two.json", ONE_STEP)
    _, output, _ = run("check", "*/one.json")
    assert "in 1 model\n" in output
    status, _, errors = run("check", "*/three.json")
    assert status == 2
    assert errors == "*/three.json: error: matches no model; --allow-empty accepts that\n"


def test_content_decides_not_the_suffix(folder: Path) -> None:
    write(folder / "model.txt", ONE_STEP)
    status, output, _ = run("check", "model.txt")
    assert status == 1
    assert "single-timestep-recurrence" in output


def test_output_order_does_not_depend_on_jobs(folder: Path) -> None:
    for index in range(40):
        write(folder / f"{index:02}.json", (ONE_STEP, BROKEN_STACK, json.dumps(CLEAN), "{}")[index % 4])
    alone = run("check", ".", "--jobs", "1")
    together = run("check", ".", "--jobs", "4")
    assert alone == together
    assert alone[1].count("single-timestep-recurrence") == 10


def test_unreadable_folder_is_one_error(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder / "zoo" / "locked" / "model.json", ONE_STEP)
    write(folder / "zoo" / "open.json", ONE_STEP)
    real = os.scandir

    def scandir(path: str) -> Any:
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    status, output, _ = run("check", "zoo")
    assert status == 2
    assert f"{os.path.join('zoo', 'locked')}: error: cannot be read: Permission denied" in output
    assert "open.json" in output


def lstmlint_process(*arguments: str, standard_input: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lstmlint", *arguments]
    return subprocess.run(command, input=standard_input, capture_output=True, text=True, cwd=ROOT, timeout=120)


def test_standard_input() -> None:
    result = lstmlint_process("check", "-", standard_input=ONE_STEP)
    assert result.returncode == 1
    assert "single-timestep-recurrence" in result.stdout
    assert result.stderr == ""


def test_colours_only_on_a_terminal_and_not_with_no_color(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder / "model.json", ONE_STEP)
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\033[" in run("check", "model.json", terminal=True)[1]
    assert "\033[" not in run("check", "model.json")[1]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\033[" not in run("check", "model.json", terminal=True)[1]


def test_progress_is_drawn_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    from lstmlint.running import progress

    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    terminal, pipe = Terminal(), io.StringIO()
    assert list(progress.shown(range(3), 3, terminal)) == list(progress.shown(range(3), 3, pipe)) == [0, 1, 2]
    assert "2/3 files" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r")
    assert pipe.getvalue() == ""
    terminal = Terminal()
    for number in progress.shown(range(3), 3, terminal):
        assert terminal.getvalue().endswith("\r" if number else "")  # the line is free for whoever takes the item


def schema(name: str) -> Any:
    status, output, _ = run("schema", name)
    assert status == 0
    content = json.loads(output)
    jsonschema.Draft202012Validator.check_schema(content)
    return content


def test_check_json_follows_its_schema(folder: Path) -> None:
    write(folder / "one.json", ONE_STEP)
    write(folder / "stack.json", BROKEN_STACK)
    write(folder / "custom.json", model({"class_name": "Custom", "config": {"name": "mine"}}, lstm("lstm")))
    write(folder / "broken.json", '{"class_name": ')
    status, output, _ = run("check", ".", "--format", "json")
    report = json.loads(output)
    jsonschema.validate(report, schema("check"))
    assert status == 2
    assert report["totals"] == {
        "files": 4,
        "skipped": 0,
        "errors": 1,
        "findings": {"error": 1, "warning": 1, "note": 0},
    }
    by_path = {os.path.basename(file["path"]): file for file in report["files"]}
    assert by_path["stack.json"]["findings"][0]["location"]["pointer"] == ["config", "layers", 1]
    assert by_path["custom.json"]["unjudged"][0]["reason"] == (
        "Custom is not a built-in layer that lstmlint knows; [tool.lstmlint.layers] can tell its output shape"
    )
    assert by_path["broken.json"]["status"] == "error"


def test_statistics_name_what_could_not_be_read_in_each_format(folder: Path) -> None:
    write(folder / "one.json", ONE_STEP)
    write(folder / "broken.json", '{"class_name": ')
    status, output, _ = run("check", ".", "--statistics")
    assert status == 2
    assert f"{os.path.join('.', 'broken.json')}: error: " in output
    assert "single-timestep-recurrence" in output
    status, output, _ = run("check", ".", "--statistics", "--format", "json")
    report = json.loads(output)
    jsonschema.validate(report, schema("statistics"))
    assert status == 2
    assert report["rules"][0] == {
        "rule": "single-timestep-recurrence", "severity": "warning", "findings": 1, "files": 1
    }  # fmt: skip
    assert [os.path.basename(one["path"]) for one in report["unreadable"]] == ["broken.json"]
    assert run("check", ".", "--statistics", "--format", "csv")[1].splitlines() == [
        "rule,severity,findings,files", "single-timestep-recurrence,warning,1,1", "unreadable,error,1,1"
    ]  # fmt: skip
    status, output, errors = run("check", ".", "--statistics", "--format", "sarif")
    assert (status, output) == (2, "")
    assert errors == "lstmlint: error: --statistics is told as text, json, csv, not as sarif\n"


def test_summary_jsonl_is_one_object_a_file(folder: Path) -> None:
    write(folder / "clean.json", json.dumps(CLEAN))
    write(folder / "other.json", "[1, 2]")
    write(folder / "broken.json", '{"class_name": ')
    write(folder / "custom.json", model({"class_name": "Custom", "config": {"name": "mine"}}, lstm("lstm")))
    status, output, _ = run("summary", ".", "--format", "jsonl")
    objects = [json.loads(line) for line in output.splitlines()]
    for item in objects:
        jsonschema.validate(item, schema("summary"))
    assert status == 2
    assert [item["status"] for item in objects] == ["error", "ok", "ok", "skipped"]
    clean, custom = objects[1], objects[2]
    assert clean["totals"].pop("costs")["multiply_adds"] == 4 * 60
    assert clean["totals"] == {"params": 72, "trainable": 72, "non_trainable": 0, "bytes": 288}
    assert clean["layers"][-1]["output_shape"] == [None, 3]
    assert custom["layers"][-1]["output_shape"] == ["unknown", 3]
    assert custom["layers"][-1]["params"] == "unknown"


def test_summary_table(folder: Path) -> None:
    write(folder / "clean.json", json.dumps(CLEAN))
    status, output, _ = run("summary", "clean.json")
    assert status == 0
    assert "lstm (LSTM)" in output
    assert "(None, 3)" in output
    assert "Total params: 72 (288.00 B)" in output


def test_explain_says_where_the_count_comes_from(folder: Path) -> None:
    write(folder / "clean.json", json.dumps(CLEAN))
    status, output, _ = run("explain", "clean.json", "lstm")
    assert status == 0
    assert output.splitlines()[0] == "lstm: 4 gates x 3 units x (2 features + 3 units + 1 bias) = 72"
    assert "  input (None, 4, 2): inferred" in output
    assert "The 4 timesteps do not enter the count" in output
    status, _, errors = run("explain", "clean.json", "lstn")
    assert status == 2
    assert "has no layer 'lstn'" in errors


def test_rules_and_rule() -> None:
    status, output, _ = run("rules")
    assert status == 0
    assert "missing-return-sequences" in output
    status, output, _ = run("rule", "rnn-params-large")
    assert status == 0
    assert "warning-above" in output
    status, _, errors = run("rule", "rnn-param-large")
    assert status == 2
    assert "did you mean 'rnn-params-large'?" in errors


def test_json_check_imports_no_heavy_package(folder: Path) -> None:
    path = write(folder / "clean.json", json.dumps(CLEAN))
    program = (
        "import sys, io\nfrom lstmlint.cli import main\n"
        f"assert main(['check', {str(path)!r}], io.StringIO(), sys.stderr) == 0\n"
        "heavy = {'h5py', 'numpy', 'tabulate', 'jsonschema', 'multiprocessing'}\n"
        "heavy |= {'lstmlint.output.figures', 'lstmlint.fixing.repairs', 'lstmlint.api'}\n"
        "heavy |= {f'lstmlint.review.{name}' for name in ('breaking', 'change', 'compare', 'git', 'layers')}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert result.stdout.strip() == "[]", result.stderr


def test_python_interface() -> None:
    import lstmlint

    path = str(FIXTURES / "keras-2.3.1" / "lstm-72.json")
    loaded = lstmlint.load(path)
    assert loaded.params == 72
    analysis = lstmlint.analyze(path)
    assert analysis.model.layers[-1].params == 72
    assert analysis.diagnostics == ()


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_completion_knows_the_commands(shell: str) -> None:
    status, output, _ = run("completion", shell)
    assert status == 0
    assert "summary" in output
    assert "--fail-on" in output or "fail-on" in output


def test_bash_completes_commands_and_options(tmp_path: Path) -> None:
    """What a user gets after the tab key, from a real bash."""
    script = tmp_path / "completion"
    script.write_text(run("completion", "bash")[1], encoding="utf-8")
    typed = 'COMP_WORDS=(lstmlint ba); COMP_CWORD=1; _shtab_lstmlint; echo "${COMPREPLY[@]}"'
    bash = subprocess.run(
        ["bash", "-c", f"source {script}; {typed}"], capture_output=True, text=True, check=True, timeout=30
    )
    assert bash.stdout.split() == ["baseline"]


def test_files_that_are_soon_done_get_no_processes(tmp_path: Path) -> None:
    small, large = tmp_path / "small.json", tmp_path / "large.json"
    small.write_text(json.dumps(CLEAN), encoding="utf-8")
    large.write_text(" " * 2**20, encoding="utf-8")
    two = argparse.Namespace(jobs=2)
    assert processes_for(two, [str(small)] * 10) == 1
    assert processes_for(two, [str(small)] * 200) == 2
    assert processes_for(two, [str(large)] * 10) == 2
    assert processes_for(two, [str(large)]) == 1
    assert processes_for(argparse.Namespace(jobs=1), [str(large)] * 10) == 1
    assert processes_for(two, ["-", *[str(large)] * 10]) == 1
    assert processes_for(two, [str(tmp_path / "missing.json")] * 999) == 1
