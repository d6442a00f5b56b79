"""Whatever a config holds: an answer, or one clear error; never a traceback, and never an endless run."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import lstmlint
from lstmlint.fixing.fix import fix
from lstmlint.inference.answers import DEFECT
from lstmlint.ir.document import Container, Document, NotAModelError, UnreadableError
from lstmlint.linting.report import Status
from lstmlint.output.text.summary import text, to_object
from lstmlint.pipeline import Job, check, judge, model_of
from lstmlint.readers.files import InputFile
from tests.support.truth import FIXTURES, ROOT

SOURCES = sorted(
    path
    for version in ("keras-1.2.2", "keras-2.3.1", "keras-2.15.0", "keras-3.15.1")
    for path in (FIXTURES / version).glob("*.json")
)

JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(min_value=-(10**30), max_value=10**30),
    st.floats(allow_nan=True),
    st.text(max_size=8),
    st.lists(st.integers(-3, 3) | st.none() | st.text(max_size=3), max_size=4),
    st.dictionaries(
        st.sampled_from(["class_name", "config", "name", "layers", "x"]), st.integers() | st.text(), max_size=3
    ),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from places(item, (*path, key))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_damaged_config_is_answered_or_refused(data: st.DataObject) -> None:
    config = json.loads(data.draw(st.sampled_from(SOURCES)).read_text(encoding="utf-8"))
    for _ in range(data.draw(st.integers(1, 3))):
        config = damaged(config, data)
    if not isinstance(config, dict):
        return
    version = config.get("keras_version")
    document = Document("x.json", Container.JSON, config, keras_version=version if isinstance(version, str) else None)
    try:
        analysis = judge(model_of(document))
    except UnreadableError:
        return
    assert not [d for d in analysis.diagnostics if "failed:" in d.finding.message]
    assert DEFECT not in text(analysis.model, expand_nested=True)
    assert not [layer for layer in analysis.model.all_layers if DEFECT in str((layer.weights, layer.calls))]
    assert to_object("x.json", analysis.model)


@pytest.mark.parametrize("step", [1, 2])
@pytest.mark.parametrize("number", [-2, -1, 1, 7, 10**30])
@pytest.mark.parametrize("name", ["einsum-dense", "nested-several-outputs", "return-state"])
def test_an_output_that_no_layer_makes_is_one_finding(name: str, step: int, number: int) -> None:
    """`step` is that of the call (1) or of the output (2) in `[layer, call, output]`."""
    source = next(path for path in SOURCES if path.stem == name and path.parent.name == "keras-2.15.0")
    config = json.loads(source.read_text(encoding="utf-8"))
    config["config"]["output_layers"][0][step] = number
    model = model_of(Document("x.json", Container.JSON, config, keras_version="2.15.0"))
    messages = [diagnostic.finding.message for diagnostic in judge(model).diagnostics]
    assert not [message for message in messages if "failed:" in message]
    assert [message for message in messages if "count from 0" in message]


@pytest.mark.parametrize("number", [-3, -1, 7])
@pytest.mark.parametrize("name", ["einsum-dense", "nested-several-outputs", "return-state"])
def test_a_call_that_no_layer_has_is_repaired_or_refused(name: str, number: int) -> None:
    source = next(path for path in SOURCES if path.stem == name and path.parent.name == "keras-2.15.0")
    config = json.loads(source.read_text(encoding="utf-8"))
    reader = config["config"]["layers"][-1]
    reader["inbound_nodes"][0][0][1] = number
    fixed = fix(model_of(Document("x.json", Container.JSON, config, keras_version="2.15.0")))
    assert fixed.changes


def damaged(config: Any, data: st.DataObject) -> Any:
    """A copy with one value replaced, removed or doubled."""
    path = data.draw(st.sampled_from(list(places(config))[1:] or [()]))
    if not path:
        return data.draw(JUNK)
    config = copy.deepcopy(config)
    parent = config
    for step in path[:-1]:
        parent = parent[step]
    match data.draw(st.sampled_from(["replace", "remove", "nest"])):
        case "replace":
            parent[path[-1]] = data.draw(JUNK)
        case "remove":
            del parent[path[-1]]
        case "nest":
            parent[path[-1]] = [parent[path[-1]]]
    return config


def nested(wrap: str, depth: int) -> dict[str, Any]:
    layer: dict[str, Any] = {"class_name": "LSTM", "config": {"name": "lstm", "units": 2}}
    for level in range(depth):
        shape = [None] * (level % 3 + 2)
        given = {"class_name": "InputLayer", "config": {"name": "given", "batch_input_shape": shape}}
        config = {"layer": layer} if wrap == "TimeDistributed" else {"layers": [given, layer]}
        layer = {"class_name": wrap, "config": {"name": f"level{level}", **config}}
    return layer


@pytest.mark.parametrize("wrap", ["TimeDistributed", "Sequential"])
@pytest.mark.parametrize("depth", [20, 60, 100, 300])
def test_deep_nesting_ends(wrap: str, depth: int, tmp_path: Path) -> None:
    path = tmp_path / "deep.json"
    path.write_text(json.dumps({"class_name": "Sequential", "config": {"layers": [nested(wrap, depth)]}}), "utf-8")
    report = check(Job(InputFile(str(path))))
    assert report.status is (Status.OK if depth <= 60 else Status.ERROR)
    assert "defect" not in report.error


def test_a_cycle_is_unknown_and_ends() -> None:
    def dense(name: str, source: str) -> dict[str, Any]:
        config = {"name": name, "units": 2}
        return {"class_name": "Dense", "name": name, "config": config, "inbound_nodes": [[[source, 0, 0, {}]]]}

    config = {
        "name": "m",
        "layers": [dense("a", "b"), dense("b", "a")],
        "input_layers": [],
        "output_layers": [["a", 0, 0]],
    }
    model = model_of(Document("x", Container.JSON, {"class_name": "Model", "config": config}))
    assert {layer.name: text for layer in model.layers for text in [str(layer.weights)]}.keys() == {"a", "b"}
    assert "form a cycle" in str(model.layers[0].weights)


@pytest.mark.parametrize("source", SOURCES[:3], ids=lambda path: path.name)
def test_truncated_json_is_one_clear_error(source: Path, tmp_path: Path) -> None:
    whole = source.read_text(encoding="utf-8")
    for cut in range(len(whole) // 5, len(whole) - 1, len(whole) // 5):
        path = tmp_path / "cut.json"
        path.write_text(whole[:cut], encoding="utf-8")
        report = check(Job(InputFile(str(path))))
        assert report.status is Status.ERROR
        assert "line" in report.error


def test_foreign_json_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "package.json"
    path.write_text('{"name": "x", "config": 1}', encoding="utf-8")
    assert check(Job(InputFile(str(path)))).status is Status.SKIPPED
    with pytest.raises(NotAModelError):
        lstmlint.load(str(path))


@pytest.mark.parametrize("command", ["check", "summary", "explain"])
@pytest.mark.parametrize("options", [(), ("--format", "json")])
def test_names_cannot_write_to_the_terminal(command: str, options: tuple[str, ...], tmp_path: Path) -> None:
    """Control characters and what cannot be encoded reach the output as escapes only."""
    name = "\x1b[2J\ud800\r\u202elstm\n"
    given = {"class_name": "InputLayer", "config": {"name": "given", "batch_input_shape": [None, 1, 2]}}
    layers = [given, {"class_name": "LSTM", "config": {"name": name, "units": 2}}]
    path = tmp_path / "model.json"
    path.write_text(json.dumps({"class_name": "Sequential", "config": {"layers": layers}}), "utf-8")
    arguments = [command, str(path), *(() if command == "explain" else options)]
    result = subprocess.run([sys.executable, "-m", "lstmlint", *arguments], capture_output=True, cwd=ROOT, timeout=60)
    assert result.stderr == b""
    assert b"lstm" in result.stdout
    assert b"\x1b" not in result.stdout
    assert b"\r" not in result.stdout
