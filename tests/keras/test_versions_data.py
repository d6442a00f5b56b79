"""The generated knowledge of versions is whole, and agrees with the schemas that other probes made."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT / "lstmlint" / "keras" / "data"

#: The versions that both were made with, by their names in the schemas.
BOTH = {"1.2.2": "1.2.2", "2.2.4": "2.2.4", "2.3.1": "2.3.1", "2.15.0": "2.15.1", "3.15.1": "3.15.1"}


@cache
def versions() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = json.loads((SCHEMAS / "versions.json").read_text(encoding="utf-8"))
    return loaded


def indices(text: str) -> set[int]:
    """The versions of a range."""
    ends = [part.partition("-") for part in text.split(",")]
    return {index for first, _, last in ends for index in range(int(first), int(last or first) + 1)}


def holding(table: Mapping[str, str], index: int) -> set[str]:
    """The names that a table has for a version."""
    return {name for text, names in table.items() if index in indices(text) for name in names.split()}


def tables(value: Any) -> Iterator[Mapping[str, Any]]:
    """All tables and ranges, wherever they are."""
    if isinstance(value, dict):
        if value and all(key.replace("-", "").replace(",", "").isdigit() for key in value):
            yield value
        for part in value.values():
            yield from tables(part)


def test_ranges_are_of_versions() -> None:
    known = set(range(len(versions()["versions"])))
    parts = {part: value for part, value in versions().items() if part not in ("layers", "objects")}
    assert all(indices(text) <= known for table in tables(parts) for text in table)
    assert all(indices(facts["examined"]) <= known for facts in versions()["layers"].values())


def test_what_each_keras_told_is_read_back_whole(tmp_path: Path) -> None:
    """So that a new Keras can be asked alone."""
    scripts, data = ROOT / "fixtures" / "scripts" / "versions", SCHEMAS / "versions.json"
    subprocess.run([sys.executable, scripts / "told.py", data, tmp_path], check=True)
    told = sorted((tmp_path / "told").iterdir())
    assert len(told) == len(versions()["versions"])
    merged = subprocess.run([sys.executable, scripts / "merge.py", *told], check=True, capture_output=True).stdout
    assert merged == data.read_bytes()


def test_every_keras_was_asked_about_what_every_model_has() -> None:
    """A class that a Keras was not asked about passes with any key."""
    every = set(range(len(versions()["versions"])))
    for name in ("Activation", "Dense", "Dropout", "Flatten", "InputLayer", "LSTM"):
        assert indices(versions()["layers"][name]["examined"]) == every, name


def test_every_way_of_refusing_has_its_text() -> None:
    texts = versions()["texts"]
    assert all(": " in text for text in texts)
    refusals = [text for facts in versions()["layers"].values() for text in facts.get("refusal", {}).values()]
    assert all("KEY" in texts[text] for text in refusals)


@pytest.mark.parametrize("version", BOTH)
def test_keys_of_the_schemas_are_taken(version: str) -> None:
    index = [number for _, number in versions()["versions"]].index(BOTH[version])
    definitions = json.loads((SCHEMAS / "layers.json").read_text(encoding="utf-8"))["$defs"]
    base = holding(versions()["base"], index)
    judged = 0
    for name, facts in versions()["layers"].items():
        schema = definitions.get(name, {})
        if index not in indices(facts["examined"]) or version not in schema.get("x-keras", ()):
            continue
        takes = (base - holding(facts.get("lacks", {}), index)) | holding(facts.get("takes", {}), index)
        properties = {key: resolved(definitions, value) for key, value in schema["properties"].items()}
        told = {key for key, value in properties.items() if version in value["x-keras"]}
        assert "*" in takes or told <= takes, f"{name}: {sorted(told - takes)}"
        judged += 1
    assert judged > 50


def resolved(definitions: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = schema.get("$ref")
    found: Mapping[str, Any] = definitions[reference.removeprefix("#/$defs/")] if reference else schema
    return found


def test_the_grid_refers_to_its_messages() -> None:
    lines = (ROOT / "tests" / "data" / "loads.jsonl").read_text(encoding="utf-8").splitlines()
    head, *files = (json.loads(line) for line in lines)
    count = len(head["messages"])
    for line in files:
        assert len(line["says"]) == len(head["versions"])
        numbers = [number for said in line["says"] for number in (said if isinstance(said, list) else [said])]
        assert all(number in (None, "?") or 0 <= number < count for number in numbers)
