"""The output of commands."""

from __future__ import annotations

import io
import json
from importlib.resources import files
from typing import Any

import jsonschema

from lstmlint.cli import main


def printed(*arguments: str) -> Any:
    """The JSON that a command prints."""
    output, errors = io.StringIO(), io.StringIO()
    main(arguments, output, errors)
    assert output.getvalue(), errors.getvalue()
    content = json.loads(output.getvalue())
    validated(arguments[0], content)
    return content


def validated(name: str, content: Any) -> None:
    jsonschema.validate(content, json.loads((files("lstmlint") / f"output/schemas/{name}.schema.json").read_text()))


def said(*arguments: str) -> str:
    output = io.StringIO()
    main(arguments, output, output)
    return output.getvalue()
