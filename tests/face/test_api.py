"""The public Python API: equal to the commands, frozen, typed from outside, with examples that run."""

from __future__ import annotations

import doctest
import inspect
import io
import json
import pickle
import pydoc
import shutil
import subprocess
import sys
from dataclasses import FrozenInstanceError, fields
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

import lstmlint
from lstmlint import api
from lstmlint.commands.schema import SCHEMAS
from lstmlint.ir.document import FileError
from tests.support.commands import printed, said
from tests.support.repository import commit
from tests.support.truth import FIXTURES, ROOT

FUNCTIONS = tuple(name for name in lstmlint.__all__ if inspect.isfunction(getattr(lstmlint, name)))


@pytest.mark.parametrize("name", ["keras-2.15.0/bidirectional-tagger.keras", "broken/missing-return-sequences.json"])
def test_results_print_what_their_commands_print(name: str) -> None:
    path = str(FIXTURES / name)
    assert f"{lstmlint.analyze(path)}\n" == said("check", "--isolated", path)
    assert f"{path}\n{lstmlint.summary(path)}\n" == said("summary", "--isolated", path)
    assert f"{lstmlint.explain(path)}\n" == said("explain", "--isolated", path)
    assert f"{lstmlint.loads(path)}\n" == said("loads", "--isolated", path)
    assert f"{lstmlint.rules()}\n" == said("rules")


def test_rules_are_the_json_of_their_command() -> None:
    told = lstmlint.rules()
    assert told.to_dict() == printed("rules", "--format", "json")
    assert len(told) == len(told.to_dict()["rules"]) == len(list(told))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("keras-2.15.0/lstm-12.json", "keras-2.15.0/lstm-72.json"),
        ("keras-1.2.2/lstm-72.h5", "keras-3.15.1/lstm-72.keras"),
        ("keras-2.3.1/gru.json", "keras-2.3.1/gru.json"),
        ("broken/missing-return-sequences.json", "broken/weights-only.h5"),
    ],
)
def test_a_difference_is_the_json_of_its_command(old: str, new: str) -> None:
    before, after = FIXTURES / old, FIXTURES / new
    found = lstmlint.diff(before, after)
    assert found.to_dict() == printed("diff", "--isolated", "--format", "json", str(before), str(after))
    assert f"{found}\n" == said("diff", "--isolated", str(before), str(after))


def test_what_breaks_is_the_json_of_its_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(FIXTURES / "keras-2.15.0" / "lstm-12.json", "model.json")
    commit(tmp_path)
    shutil.copy(FIXTURES / "keras-2.15.0" / "lstm-72.json", "model.json")
    found = lstmlint.breaking("HEAD")
    assert found.is_broken
    assert found.to_dict() == printed("breaking", "--isolated", "--against", "HEAD", "--format", "json")
    assert f"{found}\n" == said("breaking", "--isolated", "--against", "HEAD")
    assert {one.category for file in lstmlint.breaking("HEAD", categories=["INPUT"]).files for one in file.breaks} == {
        "INPUT"
    }
    with pytest.raises(lstmlint.GitError, match=r"nothing\.h5: exists neither here nor in HEAD"):
        lstmlint.breaking("HEAD", [Path("nothing.h5")])
    with pytest.raises(lstmlint.GitError, match="no revision"):
        lstmlint.breaking("v9")
    with pytest.raises(ValueError, match="COLOUR"):
        lstmlint.breaking("HEAD", categories=["COLOUR"])
    assert not lstmlint.diff("model.json").is_empty
    with pytest.raises(lstmlint.GitError, match=r"v9:model\.json: names no revision"):
        lstmlint.diff("v9:model.json")


def test_a_repair_is_the_json_of_its_command(tmp_path: Path) -> None:
    path = FIXTURES / "keras-2.3.1" / "gru.h5"
    found = lstmlint.fix(path, tmp_path / "new.keras")
    assert found.output == str(tmp_path / "new.keras")
    assert found.certificate.comparisons
    again = str(tmp_path / "again.keras")
    content = printed("fix", "--isolated", "--format", "json", str(path), "-o", again)
    assert {**found.to_dict(), "output": again} == content
    assert f"{lstmlint.fix(path, tmp_path / 'third.keras')}\n" == said(
        "fix", "--isolated", str(path), "-o", str(tmp_path / "fourth.keras")
    ).replace("fourth", "third")
    with pytest.raises(lstmlint.UnwritableError, match=r"new\.keras: "):
        lstmlint.fix(path, tmp_path / "new.keras")
    with pytest.raises(lstmlint.UnreadableError, match=r"weights-only\.h5: holds weights and no architecture"):
        lstmlint.fix(FIXTURES / "broken" / "weights-only.h5")


def test_settings_are_those_of_the_command(tmp_path: Path) -> None:
    path = shutil.copy(FIXTURES / "broken" / "missing-return-sequences.json", tmp_path / "model.json")
    ignores = '[per-file-ignores]\n"*.json" = ["missing-return-sequences"]\n"*.json::x" = ["training"]\n'
    (tmp_path / "lstmlint.toml").write_text(ignores, encoding="utf-8")
    assert lstmlint.analyze(path).diagnostics
    found = lstmlint.analyze(path, settings=lstmlint.settings_for(path))
    assert not found.diagnostics
    assert found.to_dict() == printed("check", "--format", "json", str(path))
    assert found.to_dict()["unused_ignores"]
    with pytest.raises(lstmlint.SettingsError, match="colour"):
        lstmlint.settings_for(path, colour="red")
    (tmp_path / "lstmlint.toml").write_text("ignore = 3", encoding="utf-8")
    with pytest.raises(lstmlint.SettingsError, match=r"lstmlint\.toml"):
        lstmlint.settings_for(tmp_path)


@pytest.mark.parametrize("name", ["load", "analyze", "summary", "explain", "loads", "fix", "diff"])
def test_errors_name_the_file(name: str) -> None:
    function = getattr(lstmlint, name)
    path = FIXTURES / "broken" / "truncated.h5"
    arguments = (path, path) if name == "diff" else (path,)
    with pytest.raises(lstmlint.UnreadableError) as caught:
        function(*arguments)
    assert str(caught.value) == f"{path}: {caught.value.reason}"
    assert caught.value.path == str(path)
    with pytest.raises(lstmlint.NotAModelError, match=r"not-keras\.json: "):
        function(*(FIXTURES / "broken" / "not-keras.json" for _ in arguments))


def test_other_errors_say_what_there_is() -> None:
    path = FIXTURES / "keras-2.3.1" / "lstm-72.json"
    with pytest.raises(lstmlint.NoSuchLayerError, match=r"lstm-72\.json: has no layer 'x'; it has .*lstm"):
        lstmlint.explain(path, "x")
    with pytest.raises(lstmlint.UnknownTargetError, match="did you mean"):
        lstmlint.loads(path, ["keras-3.155"])


def test_errors_survive_a_process() -> None:
    error = lstmlint.UnreadableError("is empty")
    error.path = "model.h5"
    again = pickle.loads(pickle.dumps(error))
    assert isinstance(again, FileError)
    assert (str(again), again.reason) == ("model.h5: is empty", "is empty")


def test_each_repr_is_one_short_line(tmp_path: Path) -> None:
    dense = [{"class_name": "Dense", "config": {"name": f"d{at}", "units": 3}} for at in range(300)]
    first = {"class_name": "InputLayer", "config": {"name": "input", "batch_input_shape": [None, 3]}}
    config = {"name": "deep", "layers": [first, *dense]}
    path = tmp_path / "deep.json"
    path.write_text(json.dumps({"class_name": "Sequential", "keras_version": "2.15.0", "config": config}))
    analysis = lstmlint.analyze(path)
    model = analysis.model
    assert repr(model) == f"<Model 'deep' path={str(path)!r} layers=301 params=3600>"
    assert repr(model.layers[1]) == "<Dense 'd0' params=12>"
    results = (
        model.document, model.graph, model.layers[1].node, analysis, lstmlint.summary(path), lstmlint.explain(path),
        lstmlint.loads(path), lstmlint.fix(path), lstmlint.diff(path, path), lstmlint.rules(),
    )  # fmt: skip
    for one in results:
        assert len(repr(one)) < 1000, type(one)
        assert "\n" not in repr(one)


@pytest.mark.parametrize("name", ["load", "analyze", "summary", "explain", "loads", "fix"])
def test_results_are_frozen(name: str) -> None:
    found = getattr(lstmlint, name)(FIXTURES / "keras-2.3.1" / "lstm-72.json")
    with pytest.raises(FrozenInstanceError):
        setattr(found, fields(found)[0].name, None)


def test_terminals_get_text() -> None:
    """What IPython does with an object that has no HTML (`lib/pretty.py`)."""

    class Printer:
        def text(self, text: str) -> None:
            written.append(text)

    written: list[str] = []
    found = lstmlint.rules()
    found._repr_pretty_(Printer(), False)
    assert written == [str(found)]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_examples_run(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    function = getattr(lstmlint, name)
    for case in doctest.DocTestFinder().find(function, name, globs={"lstmlint": lstmlint}):
        report = io.StringIO()
        assert case.examples or name == "breaking", "no example"
        doctest.DocTestRunner().run(case, out=report.write)
        assert report.getvalue() == ""


def test_help_leads_with_the_functions() -> None:
    assert lstmlint.__all__[: len(FUNCTIONS)] == list(FUNCTIONS)
    text = pydoc.plain(pydoc.render_doc(lstmlint))
    for name in FUNCTIONS:
        assert f"    {name}(" in (lstmlint.__doc__ or "")
        assert f"\n    {name}(" in text[text.index("\nFUNCTIONS\n") :]
    assert dir(lstmlint) == sorted(lstmlint.__all__)


def test_every_public_name_is_documented_and_there() -> None:
    for name in lstmlint.__all__:
        assert getattr(lstmlint, name).__doc__ or name == "__version__", name
    with pytest.raises(AttributeError, match="nothing"):
        lstmlint.nothing  # noqa: B018


def test_standard_input_is_the_json_of_the_command() -> None:
    program = "import json, lstmlint; print(json.dumps(lstmlint.{}('-').to_dict()))"
    for function, command in (("analyze", "check"), ("load", "summary"), ("explain", "explain")):
        given: list[str] = []
        for asked in (
            ["-c", program.format(function)],
            ["-m", *f"lstmlint {command} --isolated --format json -".split()],
        ):
            with (FIXTURES / "broken" / "weights-only.h5").open("rb") as stream:
                done = subprocess.run(
                    [sys.executable, *asked], cwd=ROOT, stdin=stream, capture_output=True, text=True, check=False
                )
            given.append(done.stdout)
        assert json.loads(given[0]) == json.loads(given[1])


def test_paths_are_text_or_path_like() -> None:
    for name in FUNCTIONS:
        for parameter in inspect.signature(getattr(api, name)).parameters.values():
            if parameter.name in ("path", "weights", "output", "old", "new", "config", "paths"):
                assert "str | os.PathLike[str]" in str(parameter.annotation), (name, parameter.name)


def test_rules_stay_a_function_beside_the_package_of_rules() -> None:
    program = "import lstmlint.rules.shape; from lstmlint import rules; print(len(rules()) == len(lstmlint.rules()))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == "True\n", done.stderr


def test_importing_the_package_imports_no_wing() -> None:
    program = "import lstmlint, sys; print(sorted(name for name in sys.modules if name.startswith('lstmlint.')))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['lstmlint.ir', 'lstmlint.ir.shown', 'lstmlint.running', 'lstmlint.running.version']"


def test_loading_json_imports_no_heavy_package() -> None:
    path = str(FIXTURES / "keras-2.3.1" / "lstm-72.json")
    program = (
        f"import lstmlint, sys\nlstmlint.load({path!r}), lstmlint.analyze({path!r}).to_dict()\n"
        "print(sorted({'h5py', 'numpy', 'tabulate', 'jsonschema'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_each_schema_is_printed() -> None:
    for name in SCHEMAS:
        content = json.loads(said("schema", name))
        jsonschema.Draft202012Validator.check_schema(content)


CONSUMER = """
from pathlib import Path

import lstmlint
from lstmlint import Diff, Model, Summary, Unknown, UnreadableError


def params(path: Path) -> int:
    try:
        model: Model = lstmlint.load(path)
    except UnreadableError as error:
        print(error.path, error.reason)
        return 0
    return 0 if isinstance(model.params, Unknown) else model.params


summary: Summary = lstmlint.summary("model.h5", weights=Path("weights.h5"))
widths: list[object] = [layer.outputs for layer in summary.layers]
found: list[str] = [one.finding.message for one in lstmlint.analyze("model.h5").diagnostics]
formulas: list[str] = [layer.formula for layer in lstmlint.explain("model.h5", "lstm").layers]
fails: list[str] = [name for name, how in lstmlint.loads("model.h5").outcomes.items() if how is lstmlint.Outcome.FAILS]
left: list[str] = [note.message for note in lstmlint.fix("model.h5", Path("new.keras"), unsafe=True).left]
difference: Diff = lstmlint.diff("old.h5", Path("new.h5"), settings=lstmlint.settings_for("old.h5"))
broken: bool = lstmlint.breaking("HEAD", [Path("models")]).is_broken
names: list[str] = [rule.name for rule in lstmlint.rules()]
data: dict[str, object] = difference.to_dict()
"""


def test_types_from_outside(tmp_path: Path) -> None:
    """mypy finds the types of the installed package, and knows what is wrong with them."""
    assert (files("lstmlint") / "py.typed").is_file()
    consumer = tmp_path / "consumer.py"
    for text, expected in ((CONSUMER, 0), ("import lstmlint\nlstmlint.load(3)\nlstmlint.rules().colour\n", 2)):
        consumer.write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), consumer.name]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.stdout.count("error:") == expected, done.stdout
