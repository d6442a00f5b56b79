"""YAML of Keras 1 and 2: plain data only, bounded, and refused where it would build anything."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import lstmlint
from lstmlint import readers
from lstmlint.ir.document import Container, NotAModelError
from lstmlint.readers import yaml_text
from tests.support import readers_files as files
from tests.support.readers import printed_by, refusal

HEAD = b"class_name: Sequential\nconfig:\n"


@pytest.mark.parametrize(("version", "params"), [("1.2.2", 160), ("2.3.1", 248)])
def test_files_of_keras(version: str, params: int) -> None:
    path = str(files.DATA / f"keras-{version}.yaml")
    document = readers.read(path)
    assert document.container is Container.YAML
    assert document.config is not None
    assert document.config_place == ""
    assert document.keras_version == version
    assert document.text is None
    assert lstmlint.load(path).params == params


def test_tuples_are_lists() -> None:
    document = readers.read_bytes(HEAD + b"- !!python/tuple [null, 1, [2, !!python/tuple []]]\n")
    assert document.config == {"class_name": "Sequential", "config": [[None, 1, [2, []]]]}


def test_references_are_followed_and_nothing_is_shared() -> None:
    document = readers.read_bytes(HEAD + b"- &a !!python/tuple [1, 1]\n- *a\n")
    assert document.config is not None
    first, second = document.config["config"]
    assert first == second == [1, 1]
    assert first is not second


def test_values_that_only_yaml_knows_are_text() -> None:
    document = readers.read_bytes(HEAD + b"  name: 2019-12-23\n  1: 2\n")
    assert document.config is not None
    assert document.config["config"] == {"name": "2019-12-23", "1": 2}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"- !!python/object/apply:os.system ['true']\n", "(tag python/object/apply:os.system, line 3)"),
        (b"- !!python/object:x.Y {a: 1}\n", "holds a Python object (tag python/object:x.Y, line 3)"),
        (b"- !!python/name:os.system ''\n", "which lstmlint never builds"),
        (b"- !!python/object/new:x.Y [1]\n", "which lstmlint never builds"),
        (b"- !!python/tuple {a: 1}\n", "holds a tuple that is not a list of values"),
        (b"- !!python/tuple 1\n", "holds a tuple that is not a list of values"),
        (b"- !own 1\n", "is not valid YAML (could not determine a constructor for the tag ' own' at line 3, column 3)"),
        (b"- {a: &a 1, <<: *a}\n", "merges mappings"),
        (b"- [1, 2\n", "is not valid YAML"),
        (b"- {[1]: 2}\n", "is not valid YAML (found unhashable key at line 3, column 4)"),
        (b"- *missing\n", "is not valid YAML (found undefined alias 'missing'"),
        (b"- 2001-99-99\n", "a value is not what it looks like"),
        (b"- !!int abc\n", "a value is not what it looks like"),
        (b"- !!binary aGVsbG8=\n", "holds a bytes, which no Keras model has"),
        (b"- !!set {a, b}\n", "holds a set, which no Keras model has"),
        (b"- " + b"9" * 5000 + b"\n", "is not valid YAML"),
        (b"- 0x" + b"f" * 5000 + b"\n", "holds a number of thousands of digits"),
        (b"- &a [*a]\n", "is nested too deeply"),
        (b"- " + b"[" * 200 + b"]" * 200 + b"\n", "is nested too deeply"),
        (b"- " + b"[" * 100_000, "is nested too deeply"),
        (b"- \x00\n", "is not valid YAML"),
        (b"- \xff\n", "is not valid UTF-8"),
        (b"--- 1\n", "is not valid YAML"),
    ],
)
def test_yaml_that_is_not_plain_data_is_refused(text: bytes, message: str) -> None:
    assert message in refusal(HEAD + text)


def test_billion_laughs_are_refused() -> None:
    text = HEAD + b"- &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in range(1, 20):
        text += f"- &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n".encode()
    assert "as files made to exhaust memory do" in refusal(text)


def test_yaml_larger_than_any_architecture_is_refused() -> None:
    assert "is larger than 2 MiB" in refusal(HEAD + b"#" * (3 << 20))


def test_more_values_than_any_model_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_text, "MAX_NODES", 100)
    assert "holds more values than any model" in refusal(HEAD + b"- [" + b"1," * 200 + b"]\n")


@pytest.mark.parametrize("text", [b"class_name: 3\nconfig: 4\n", b"class_name: Sequential\nbackend: tensorflow\n"])
def test_yaml_of_something_else_is_skipped(text: bytes) -> None:
    with pytest.raises(NotAModelError, match="is YAML, but not a Keras model"):
        readers.read_bytes(text, "model.yaml")
    with pytest.raises(NotAModelError):
        readers.read_bytes(b"on: push\njobs: {}\n", "ci.yml")


def test_without_pyyaml_the_file_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    message = refusal((files.DATA / "keras-1.2.2.yaml").read_bytes())
    assert message == "is a model in YAML, which PyYAML reads; run pip install 'lstmlint[yaml]'"


def test_only_yaml_imports_pyyaml(tmp_path: Path) -> None:
    (tmp_path / "model.json").write_bytes(files.json_bytes())
    code = "import sys; from lstmlint import readers; readers.read(sys.argv[1]); print('yaml' in sys.modules)"
    assert printed_by(code, tmp_path / "model.json").strip() == "False"
    assert printed_by(code, files.DATA / "keras-1.2.2.yaml").strip() == "True"
