"""The schemas of layer configs: valid, in agreement with real Keras, and silent on what Keras itself wrote."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from lstmlint.config_schemas import KERAS, Schema, Standing, accepts, judges, keys, schemas, value_at, versions_of
from lstmlint.dialects.defaults import CHANGED_DEFAULTS, CONSTANT_DEFAULTS
from lstmlint.document import Container, Document, NotAModelError, UnreadableError
from lstmlint.finding import Diagnostic, Severity
from lstmlint.pipeline import analyze, judge, model_of
from lstmlint.readers import read
from tests.truth import CORPUS, FIXTURES

RULE = "invalid-layer-config"

DEFINITIONS: dict[str, Schema] = schemas()["$defs"]

CLASSES = sorted(name for name, schema in DEFINITIONS.items() if "properties" in schema)

KERAS3 = judges("3.15.1").versions

#: The environment of the corpus' verdicts for each generation, newest first, by the first numbers of a version.
OWN_KERAS = {"1.": ("k12",), "2.": ("k22", "k23", "k215"), "3.": ("k3",)}

#: Values of every kind that a config may hold.
VALUES = [
    None, True, False, -1, 0, 1, 64, 64.0, -0.5, 0.5, 1.5, "same", "sames", "tanh", "64", [], [3], [[1, 1]], {},
    {"a": 1},
]  # fmt: skip


def findings(config: dict[str, Any]) -> list[Diagnostic]:
    """What the rule says of a file with this config."""
    document = Document("example.json", Container.JSON, config, keras_version=config.get("keras_version"))
    return [diagnostic for diagnostic in judge(model_of(document)).diagnostics if diagnostic.rule == RULE]


def found(class_name: str, version: str = "3.15.1", **config: Any) -> list[str]:
    """What the rule says of one layer, each finding with its place, message and help."""
    layers = [{"class_name": class_name, "config": {"name": "layer", **config}}]
    diagnostics = findings(
        {"class_name": "Sequential", "config": {"name": "m", "layers": layers}, "keras_version": version}
    )
    assert all(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)
    assert all(
        diagnostic.finding.location.pointer[:4] == ("config", "layers", 0, "config") for diagnostic in diagnostics
    )
    return [
        f"{diagnostic.finding.location.pointer[-1]}: {diagnostic.finding.message}; {diagnostic.finding.help}"
        for diagnostic in diagnostics
    ]


def value_schemas(schema: Schema) -> Iterator[Schema]:
    """A schema of a value and its alternatives."""
    yield schema
    for inner in schema.get("anyOf", ()):
        yield from value_schemas(inner)


def test_schemas_are_valid() -> None:
    Draft202012Validator.check_schema(schemas())
    assert schemas()[KERAS] == ["1.2.2", "2.2.4", "2.3.1", "2.15.0", "3.15.1"]
    assert len(CLASSES) > 150


def test_own_check_agrees_with_a_validator() -> None:
    texts = {
        json.dumps(inner, sort_keys=True)
        for name in CLASSES
        for alternatives in keys(name, tuple(schemas()[KERAS])).values()
        for schema in alternatives
        for inner in value_schemas(schema)
    }
    for schema in map(json.loads, texts):
        validator = Draft202012Validator(schema)
        for value in VALUES:
            assert accepts(schema, value) == validator.is_valid(value), (schema, value)


def keras3_layers() -> Iterator[Any]:
    """Every layer of Keras that can be made without arguments, or with a few common ones."""
    import keras

    given: dict[str, Any] = {
        "units": 3, "filters": 3, "kernel_size": 2, "rate": 0.1, "pool_size": 2, "n": 2, "input_dim": 4,
        "output_dim": 3,
        "activation": "relu", "axes": 1, "dims": (2, 1), "target_shape": (2, 3), "num_heads": 2, "key_dim": 2,
        "stddev": 0.1, "height": 4, "width": 4, "factor": 0.1, "output_size": 2, "scale": 2.0, "height_factor": 0.1,
        "width_factor": 0.1, "head_dim": 2, "num_query_heads": 2, "num_key_value_heads": 1, "num_bins": 3,
        "max_number": 3, "equation": "ab,bc->ac", "output_shape": 3,
    }  # fmt: skip
    wrapped = {"Bidirectional": keras.layers.GRU(3), "TimeDistributed": keras.layers.Dense(3)}
    wrapped["SpectralNormalization"] = wrapped["TimeDistributed"]
    cells = [keras.layers.GRUCell(3), keras.layers.SimpleRNNCell(3)]
    for name in CLASSES:
        cls = getattr(keras.layers, name, None)
        if cls is None or not keys(name, KERAS3):
            continue
        parameters = inspect.signature(cls.__init__).parameters.values()
        required = [entry.name for entry in parameters if entry.default is entry.empty and entry.kind < 2][1:]
        special = {"layer": wrapped.get(name), "cell": cells[0], "cells": cells, "layers": [wrapped["TimeDistributed"]]}
        try:
            yield cls(**{key: special.get(key, given.get(key)) for key in required})
        except (ValueError, TypeError, ImportError):
            continue


def test_what_keras3_writes_is_valid() -> None:
    import keras

    validator = Draft202012Validator(schemas())
    checked = 0
    for layer in keras3_layers():
        config = json.loads(json.dumps(keras.saving.serialize_keras_object(layer)["config"]))
        schema = {"$ref": f"#/$defs/{type(layer).__name__}"}
        errors = [error.message for error in validator.evolve(schema={**schemas(), **schema}).iter_errors(config)]
        assert errors == [], type(layer).__name__
        allowed = keys(type(layer).__name__, KERAS3)
        for key, value in config.items():
            assert not allowed[key] or any(accepts(schema, value) for schema in allowed[key]), (key, value)
        checked += 1
    assert checked > 120


def test_misspelt_key() -> None:
    assert found("LSTM", units=4, recurrent_activaton="tanh") == [
        "recurrent_activaton: 'recurrent_activaton' is no key of LSTM in Keras 3.15.1; "
        "did you mean 'recurrent_activation'?"
    ]


def test_key_of_another_generation() -> None:
    assert found("LSTM", units=4, inner_activation="tanh") == [
        "inner_activation: 'inner_activation' is the name of Keras 1 for 'recurrent_activation', "
        "which Keras 3.15.1 does not take; write 'recurrent_activation' instead of 'inner_activation'"
    ]
    assert "is a key of Keras 2.15.0" in found("LSTM", units=4, time_major=False)[0]
    assert "is the name of today's Keras for 'output_dim'" in found("LSTM", "1.2.2", output_dim=4, units=4)[0]


@pytest.mark.parametrize("value", ["64", 0, -1, None, 2.5, [64], {}])
def test_units_that_keras_refuses(value: Any) -> None:
    (text,) = found("LSTM", units=value)
    assert text.startswith(f"units: units is {json.dumps(value)}, where Keras 3.15.1 takes")
    assert "an integer not below 1" in text


def test_true_for_a_number() -> None:
    layers = [{"class_name": "Dense", "config": {"name": "layer", "units": True}}]
    config = {"class_name": "Sequential", "config": {"name": "m", "layers": layers}, "keras_version": "3.15.1"}
    (diagnostic,) = findings(config)
    assert diagnostic.severity is Severity.WARNING
    assert diagnostic.finding.message == "units is true, which Keras 3.15.1 takes for the number 1"


def test_value_outside_the_allowed_ones() -> None:
    (text,) = found("Conv1D", filters=2, kernel_size=[2], padding="sames")
    assert text.startswith('padding: padding is "sames"')
    assert text.endswith("did you mean 'same'?")
    assert found("Bidirectional", "2.15.0", merge_mode="summ")
    assert found("Dropout", rate=1.5)


def test_name_that_a_custom_object_may_have() -> None:
    assert found("Dense", "2.15.0", units=2, activation="mish2") == []
    assert "did you mean 'sigmoid'?" in found("Dense", "2.15.0", units=2, activation="sigmiod")[0]
    assert found("Dense", units=2, kernel_initializer="my_own") == []


def test_versions() -> None:
    assert judges("2.3.1").versions == ("2.3.1", "2.15.0")
    assert judges("2.4.3").versions == ("2.3.1", "2.15.0")
    assert judges("2.0.6").versions == ("2.2.4", "2.3.1", "2.15.0")
    assert judges("2.16.0").standing is Standing.NEWER
    assert judges("4.0").versions == ()
    assert judges(None, 3).versions == ("3.15.1",)
    assert judges(None).versions == tuple(schemas()[KERAS])


def test_newer_writer_is_not_judged() -> None:
    layers = [{"class_name": "Dense", "config": {"name": "layer", "units": 2, "brand_new": 1}}]
    config = {"class_name": "Sequential", "config": {"name": "m", "layers": layers}, "keras_version": "3.99.0"}
    document = Document("example.json", Container.JSON, config, keras_version="3.99.0")
    analysis = judge(model_of(document))
    assert [entry.unjudged.location.pointer[-1] for entry in analysis.abstentions if entry.rule == RULE] == [
        "brand_new"
    ]
    assert not [entry for entry in analysis.diagnostics if entry.rule == RULE]


def test_strangers_are_not_judged() -> None:
    assert found("MyOwnLayer", anything=1) == []
    assert found("Lambda", function=3) == []
    assert value_at({"a": [1, {"b": 2}]}, ("a", 1, "b")) == 2
    assert value_at({"a": [1]}, ("a", 1, "b")) is None


@pytest.mark.parametrize("folder", sorted(path.name for path in FIXTURES.glob("keras-*")))
def test_silent_on_what_keras_wrote(folder: str) -> None:
    fired = {path.name: fired_in(path) for path in sorted((FIXTURES / folder).iterdir())}
    assert {name: texts for name, texts in fired.items() if texts} == {}


def fired_in(path: Path) -> list[str]:
    """What the rule says of a file."""
    return [entry.finding.message for entry in analyze(str(path)).diagnostics if entry.rule == RULE]


def healthy() -> list[Path]:
    """The files of the corpus that a Keras of their own generation loads."""
    if not CORPUS.exists():
        return []
    index = [json.loads(line) for line in (CORPUS / "index.jsonl").read_text(encoding="utf-8").splitlines()]
    files = {entry["id"]: CORPUS / entry["file"] for entry in index}
    truths = [json.loads(line) for line in (CORPUS / "truth.jsonl").read_text(encoding="utf-8").splitlines()]
    return [files[truth["id"]] for truth in truths if loads(truth)]


def loads(truth: dict[str, Any]) -> bool:
    environments = OWN_KERAS.get(str(truth.get("file_keras_version"))[:2], ("k12", "k22", "k23", "k215", "k3"))
    return any(truth["verdicts"].get(environment, {}).get("load") for environment in environments)


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not part of the repository")
def test_silent_on_healthy_files() -> None:
    fired: dict[str, list[str]] = {}
    for path in healthy():
        try:
            read(str(path))
        except (NotAModelError, UnreadableError):
            continue
        if texts := fired_in(path):
            fired[path.name] = texts
    assert fired == {}


def same(ours: Any, theirs: Any) -> bool:
    """Whether a default of ours is what Keras writes: `1` may stand for `[1, 1]`, nothing for a linear activation.

    A data format that Keras does not write is the usual one.
    """
    if isinstance(theirs, list) and not isinstance(ours, list):
        return bool(theirs) and all(same(ours, item) for item in theirs)
    return bool(ours == theirs) or (ours, theirs) in ((None, "linear"), ("channels_last", None))


def recorded_defaults(class_name: str, key: str) -> dict[str, Any]:
    """The default of each examined version."""
    schema = DEFINITIONS[class_name]["properties"][key]
    schema = DEFINITIONS[schema["$ref"].removeprefix("#/$defs/")] if "$ref" in schema else schema
    if "x-default" in schema:
        return dict(schema["x-default"])
    return {version: schema["default"] for version in versions_of(class_name, key) if "default" in schema}


def test_constant_defaults_are_those_of_keras() -> None:
    wrong = [
        (class_name, key, ours, version, theirs)
        for class_name, defaults in CONSTANT_DEFAULTS.items()
        for key, ours in defaults.items()
        if versions_of(class_name, key)
        for version, theirs in recorded_defaults(class_name, key).items()
        if not version.startswith("1.") and not same(ours, theirs)
    ]
    assert wrong == []


def test_changed_defaults_are_those_of_keras() -> None:
    for class_name, by_key in CHANGED_DEFAULTS.items():
        for key, (standalone, in_tensorflow) in by_key.items():
            for version, theirs in recorded_defaults(class_name, key).items():
                changes = in_tensorflow if version == "2.15.0" else standalone
                numbers = tuple(map(int, version.split(".")))
                ours = next(value for since, value in changes if numbers >= since)
                assert same(ours, theirs), (class_name, key, version)
