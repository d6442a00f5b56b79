"""The formats of `lstmlint diff`: valid, escaped, cut, and its exit statuses."""

from __future__ import annotations

import io
import json
import random
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from lstmlint.cli import main
from tests.support.truth import FIXTURES


def run(*arguments: str) -> tuple[int, str, str]:
    output, errors = io.StringIO(), io.StringIO()
    status = main(list(arguments), output, errors)
    return status, output.getvalue(), errors.getvalue()


def schema(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(run("schema", name)[1])
    return loaded


HOSTILE = "<b>x</b>|\x1b[31m`@you`\u202e&#1; ![a](http://b)"


def test_formats_escape_what_comes_from_files(tmp_path: Path) -> None:
    def text(name: str) -> str:
        layers = [
            {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [None, 4, 2]}},
            {"class_name": "LSTM", "config": {"name": name, "units": 3}},
        ]
        return json.dumps(
            {"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "m", "layers": layers}}
        )

    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text(text("plain"), encoding="utf-8")
    new.write_text(text(HOSTILE + "\n| x |"), encoding="utf-8")
    for name in ("text", "markdown", "html"):
        status, output, _ = run("diff", "--format", name, str(old), str(new))
        assert status == 1
        assert not any(mark in output for mark in ("\x1b", "\u202e", "<b>") if name != "text" or mark != "<b>")
    markdown = run("diff", "--format", "markdown", str(old), str(new))[1]
    assert "@" not in markdown
    assert "![" not in markdown
    assert "http:" not in markdown
    rows = [line for line in markdown.splitlines() if line.startswith("| ~")]
    assert len(rows) == 1
    assert rows[0].count("|") == 6
    status, output, _ = run("diff", "--format", "json", str(old), str(new))
    jsonschema.validate(json.loads(output), schema("diff"))
    assert json.loads(output)["layers"][0]["new"]["name"] == HOSTILE + "\n| x |"


@pytest.mark.parametrize("one", ["keras-2.15.0/seq2seq.h5", "keras-1.2.2/lstm-72.h5", "keras-3.15.1/lambda.keras"])
@pytest.mark.parametrize("other", ["keras-3.15.1/frozen-nested.keras", "keras-2.3.1/crnn.h5"])
def test_json_is_what_its_schema_says(one: str, other: str) -> None:
    status, output, _ = run("diff", "--format", "json", str(FIXTURES / one), str(FIXTURES / other))
    assert status == 1
    jsonschema.validate(json.loads(output), schema("diff"))


@pytest.mark.parametrize("longest", [200, 500, 1000, 3000])
def test_markdown_is_cut_to_a_length(longest: int) -> None:
    paths = str(FIXTURES / "keras-2.3.1" / "crnn.h5"), str(FIXTURES / "keras-3.15.1" / "crnn.keras")
    whole = run("diff", "--format", "markdown", *paths)[1]
    output = run("diff", "--format", "markdown", "--max-length", str(longest), *paths)[1]
    assert len(output) <= longest
    assert ("more lines" in output) == (len(whole) > longest)


def test_exit_statuses_and_one_clear_line(tmp_path: Path) -> None:
    model = str(FIXTURES / "keras-3.15.1" / "lstm-72.keras")
    status, output, errors = run("diff", model, model)
    assert (status, errors) == (0, "")
    assert "no difference" in output
    broken = tmp_path / "broken.h5"
    broken.write_bytes(b"\x89HDF\r\n\x1a\n" + random.Random(1).randbytes(200))
    for arguments in ((model, str(tmp_path / "missing.h5")), (str(broken), model), (model, "README.md")):
        status, output, errors = run("diff", *arguments)
        assert (status, output) == (2, "")
        assert errors.count("\n") == 1
        assert ": error: " in errors
