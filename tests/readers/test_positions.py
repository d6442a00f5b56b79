"""Lines and columns are those of the file itself, wherever in its JSON the model lies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmlint.ir.document import Pointer, Position
from lstmlint.pipeline import analyze
from lstmlint.readers import spans
from lstmlint.readers.spans import positions, positions_of

BROKEN: dict[str, Any] = {
    "class_name": "Sequential",
    "config": {"name": "short", "layers": [
        {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [None, 5, 3]}},
        {"class_name": "Conv1D", "config": {"name": "conv", "filters": 2, "kernel_size": [7], "padding": "valid"}},
        {"class_name": "LSTM", "config": {"name": "lstm", "units": 4}}]},
}  # fmt: skip

JAVASCRIPT: dict[str, Any] = {
    "className": "Sequential",
    "config": {"name": "short", "layers": [
        {"className": "InputLayer", "config": {"name": "series", "batchInputShape": [None, 5, 3]}},
        {"className": "Conv1D", "config": {"name": "conv", "filters": 2, "kernelSize": [7], "padding": "valid"}},
        {"className": "LSTM", "config": {"name": "lstm", "units": 4}}]},
}  # fmt: skip

FORMS: dict[str, Any] = {
    "alone": {**BROKEN, "keras_version": "2.15.0"},
    "in another object": {"keras_version": "2.15.0", "model_config": BROKEN},
    "topology": {"format": "layers-model", "modelTopology": {**BROKEN, "keras_version": "2.15.0"}},
    "topology around a model": {
        "format": "layers-model", "modelTopology": {"keras_version": "2.15.0", "model_config": BROKEN},
    },
    "topology in JavaScript's names": {"modelTopology": {"kerasVersion": "2.15.0", "modelConfig": JAVASCRIPT}},
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("indent", [None, 2])
def test_finding_stands_where_its_layer_does(name: str, indent: int | None, tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text(json.dumps(FORMS[name], indent=indent), encoding="utf-8")
    analysis = analyze(str(path))
    (location,) = (found.finding.location for found in analysis.diagnostics if found.rule == "non-positive-dim")
    at = positions_of(analysis.document, (location.pointer,))[location.pointer]
    rest = path.read_text(encoding="utf-8").splitlines()[at.line - 1 :]
    object_there, _ = json.JSONDecoder().raw_decode("\n".join([rest[0][at.column - 1 :], *rest[1:]]))
    assert object_there["config"]["name"] == "conv"


def position(text: str, pointer: Pointer) -> Position | None:
    return positions(text, [pointer]).get(pointer)


def test_a_key_that_is_there_goes_before_its_other_spelling() -> None:
    assert position('{"batch_size": 1, "batchSize": 2}', ("batch_size",)) == Position(1, 16)
    assert position('{"batchSize": 1, "batch_size": 2}', ("batch_size",)) == Position(1, 32)
    assert position('{"batchSize": 1}', ("batch_size",)) == Position(1, 15)


def test_of_a_pointer_that_leads_nowhere_the_nearest_place_is_told() -> None:
    text = '{"config": {"layers": [{"name": "a"}]}}'
    assert positions(text, [("config", "layers", 3), ("config", "name"), ("config", "layers", 0, "name", 5)]) == {
        ("config", "layers", 3): Position(1, 23),
        ("config", "name"): Position(1, 12),
        ("config", "layers", 0, "name", 5): Position(1, 33),
    }


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=30,
)


def pointers_of(value: Any, pointer: Pointer = ()) -> Iterator[Pointer]:
    yield pointer
    if isinstance(value, dict | list):
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from pointers_of(inner, (*pointer, step))


def at(value: Any, pointer: Pointer) -> Any:
    for step in pointer:
        value = value[step]
    return value


@settings(deadline=None)
@given(value=JSON, indent=st.sampled_from([None, 0, 2]), is_ascii=st.booleans())
def test_every_value_is_found_where_it_stands(value: Any, indent: int | None, is_ascii: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=is_ascii)
    lines, encoded = text.split("\n"), text.encode("utf-8", "surrogatepass").split(b"\n")
    wanted = list(pointers_of(value))
    found = positions(text, wanted)
    for pointer in wanted:
        place = found[pointer]
        rest = "\n".join([lines[place.line - 1][place.column - 1 :], *lines[place.line :]])
        assert json.JSONDecoder().raw_decode(rest)[0] == at(value, pointer)
        row = encoded[place.line - 1]
        assert row[: place.byte - 1].decode("utf-8", "surrogatepass") == lines[place.line - 1][: place.column - 1]
        assert place.byte_end - 1 <= len(row)


def test_the_text_is_walked_once_for_all_pointers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a clock: values are decoded about as often for a thousand pointers as there are values on the way."""
    decoded = 0

    class Counting(json.JSONDecoder):
        def raw_decode(self, s: str, idx: int = 0) -> tuple[Any, int]:
            nonlocal decoded
            decoded += 1
            return super().raw_decode(s, idx)

    monkeypatch.setattr(spans, "_decoder", Counting(strict=False))
    count = 1_000
    text = json.dumps({"config": {"layers": [{"config": {"units": 1}}] * count}})
    assert len(positions(text, [("config", "layers", index, "config", "units") for index in range(count)])) == count
    assert decoded <= 5 * count
