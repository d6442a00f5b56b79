"""The schemas of layer configs: valid, in agreement with real Keras, and silent on what Keras itself wrote."""

from __future__ import annotations

import importlib.util
import inspect
import json
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from lstmlint.dialects import keras1
from lstmlint.ir.document import Container, Document, NotAModelError, UnreadableError
from lstmlint.ir.finding import Diagnostic, Severity
from lstmlint.keras.config_schemas import (
    KERAS,
    Schema,
    Standing,
    accepts,
    definition,
    examined_versions,
    judges,
    keys,
    value_at,
    versions_of,
)
from lstmlint.keras.defaults import BUILT_IN, defaults_of, with_defaults
from lstmlint.keras.writer import Writer, parse_version, writer_of
from lstmlint.linting.causes import singles
from lstmlint.pipeline import analyze, judge, model_of
from lstmlint.readers import read
from tests.support.layer_schemas import SCHEMAS
from tests.support.truth import CORPUS, FIXTURES

RULE = "invalid-layer-config"

DEFINITIONS: dict[str, Schema] = SCHEMAS["$defs"]

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
    return [diagnostic for diagnostic in singles(judge(model_of(document)).diagnostics) if diagnostic.rule == RULE]


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
    Draft202012Validator.check_schema(SCHEMAS)
    assert SCHEMAS[KERAS] == ["1.2.2", "2.2.4", "2.3.1", "2.15.0", "3.15.1"]
    assert len(CLASSES) > 150


def test_definitions_parsed_one_by_one_are_those_of_the_whole() -> None:
    assert list(examined_versions()) == SCHEMAS[KERAS]
    assert {name: definition(name) for name in DEFINITIONS} == DEFINITIONS
    assert definition("$defs") == definition("x-keras") == definition("") == {}


def test_own_check_agrees_with_a_validator() -> None:
    texts = {
        json.dumps(inner, sort_keys=True)
        for name in CLASSES
        for alternatives in keys(name, tuple(SCHEMAS[KERAS])).values()
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

    validator = Draft202012Validator(SCHEMAS)
    checked = 0
    for layer in keras3_layers():
        config = json.loads(json.dumps(keras.saving.serialize_keras_object(layer)["config"]))
        schema = {"$ref": f"#/$defs/{type(layer).__name__}"}
        errors = [error.message for error in validator.evolve(schema={**SCHEMAS, **schema}).iter_errors(config)]
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
def test_number_that_keras_refuses(value: Any) -> None:
    (text,) = found("RepeatVector", n=value)
    assert text.startswith(f"n: n is {json.dumps(value)}, where Keras 3.15.1 takes")
    assert "an integer not below 1" in text


def test_true_for_a_number() -> None:
    layers = [{"class_name": "MultiHeadAttention", "config": {"name": "layer", "num_heads": True, "key_dim": 2}}]
    config = {"class_name": "Sequential", "config": {"name": "m", "layers": layers}, "keras_version": "3.15.1"}
    (diagnostic,) = findings(config)
    assert diagnostic.severity is Severity.WARNING
    assert diagnostic.finding.message == "num_heads is true, which Keras 3.15.1 takes for the number 1"


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


@pytest.mark.parametrize(
    ("class_name", "version", "config"),
    [
        ("Lambda", "2.15.0", {"function": "own", "function_type": "function"}),
        ("Lambda", "2.15.0", {"output_shape": ["code", None, None], "output_shape_type": "lambda"}),
        ("Lambda", "2.3.1", {"function": "own", "function_type": "function"}),
        ("LocallyConnected1D", "2.15.0", {"filters": 2, "kernel_size": [2], "padding": "same", "implementation": 2}),
        ("StringLookup", "2.15.0", {"output_mode": "tf_idf", "idf_weights": [0.5, 0.5]}),
        ("TextVectorization", "2.15.0", {"output_mode": "multi_hot"}),
        ("TimeDistributed", "2.15.0", {"layer": "MyRegisteredLayer"}),
        ("Conv2D", "2.15.0", {"filters": 2, "kernel_size": [2, 2], "padding": "Same", "data_format": "Channels_Last"}),
    ],
)
def test_a_name_that_fits_other_values_or_letters_is_taken(
    class_name: str, version: str, config: dict[str, Any]
) -> None:
    assert found(class_name, version, **config) == []


@pytest.mark.parametrize(
    ("class_name", "version", "config"),
    [
        ("Lambda", "2.15.0", {"function_type": "lambada"}),
        ("LocallyConnected1D", "2.15.0", {"filters": 2, "kernel_size": [2], "padding": "some"}),
        ("Conv2D", "2.15.0", {"filters": 2, "kernel_size": [2, 2], "padding": "causal"}),
        ("StringLookup", "2.15.0", {"output_mode": "tfidf"}),
    ],
)
def test_a_name_that_fits_no_other_value_is_refused(class_name: str, version: str, config: dict[str, Any]) -> None:
    assert len(found(class_name, version, **config)) == 1


def test_versions() -> None:
    assert judges("2.3.1").versions == ("2.3.1", "2.15.0")
    assert judges("2.4.3").versions == ("2.3.1", "2.15.0")
    assert judges("2.0.6").versions == ("2.2.4", "2.3.1", "2.15.0")
    assert judges("2.16.0").standing is Standing.NEWER
    assert judges("4.0").versions == ()
    assert judges(None, 3).versions == ("3.15.1",)
    assert judges(None).versions == tuple(SCHEMAS[KERAS])


def test_newer_writer_is_not_judged() -> None:
    layers = [{"class_name": "Dense", "config": {"name": "layer", "units": 2, "brand_new": 1}}]
    config = {"class_name": "Sequential", "config": {"name": "m", "layers": layers}, "keras_version": "3.99.0"}
    document = Document("example.json", Container.JSON, config, keras_version="3.99.0")
    analysis = judge(model_of(document))
    assert [entry.unjudged.location.pointer[-1] for entry in analysis.abstentions if entry.rule == RULE] == [
        "brand_new"
    ]
    assert not [entry for entry in singles(analysis.diagnostics) if entry.rule == RULE]


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
    return [entry.finding.message for entry in singles(analyze(str(path)).diagnostics) if entry.rule == RULE]


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


def drawing() -> Any:
    """The script that draws the defaults from the schemas."""
    path = FIXTURES / "scripts" / "schemas" / "defaults.py"
    spec = importlib.util.spec_from_file_location("drawing", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def writer(text: str) -> Writer:
    return writer_of(text, parse_version(text) or ())


def test_defaults_are_drawn_from_the_schemas() -> None:
    data = pkgutil.get_data("lstmlint", "keras/data/defaults.json")
    assert data is not None
    assert data.decode() == drawing().to_text(SCHEMAS)


@pytest.mark.parametrize("version", SCHEMAS[KERAS])
def test_defaults_of_an_examined_version_are_those_of_keras(version: str) -> None:
    stated = drawing().stated(SCHEMAS)[version]
    assert len(stated) > 40
    for class_name, values in stated.items():
        filled = with_defaults(class_name, {}, writer(version))
        assert {key: filled.get(key) for key in values} == values, class_name


@pytest.mark.parametrize(
    ("version", "examined"),
    [
        ("1.0.0", "1.2.2"), ("2", "2.2.4"), ("2.0.6", "2.2.4"), ("2.2.5", "2.2.4"), ("2.3.0", "2.3.1"),
        ("2.1.6-tf", "2.2.4"), ("2.2.4-tf", "2.15.0"), ("2.4.0", "2.15.0"), ("2.16.0", "2.15.0"), ("3.0.0", "3.15.1"),
        ("3.99.0", "3.15.1"),
    ],
)  # fmt: skip
def test_a_version_that_was_not_examined_has_the_defaults_of_one_of_its_line(version: str, examined: str) -> None:
    assert defaults_of(writer(version)) is defaults_of(writer(examined))


def test_what_no_version_has_a_key_for_is_no_default_of_keras() -> None:
    assert [(name, key) for name, values in BUILT_IN.items() for key in values if versions_of(name, key)] == []


def test_keras1_has_the_defaults_of_its_own_names() -> None:
    _, config = keras1.translate("Convolution1D", {"nb_filter": 2, "filter_length": 3}, writer("1.2.2"))
    assert (config["padding"], config["strides"], config["use_bias"]) == ("valid", 1, True)
    _, config = keras1.translate("LSTM", {"output_dim": 2, "bias": False, "dropout_W": 0.5}, writer("1.2.2"))
    assert (config["recurrent_activation"], config["dropout"], config["use_bias"]) == ("hard_sigmoid", 0.5, False)
    assert keras1.translate("Merge", {}, writer("1.2.2"))[0] == "Add"
    assert keras1.translate("ZeroPadding2D", {}, writer("1.2.2"))[1]["padding"] == [[1, 1], [1, 1]]


#: A layer with a misspelt key deep in it, the pointer to that key, and the one that was meant.
DEEP: list[tuple[str, dict[str, Any], tuple[str | int, ...], str]] = [
    ("TimeDistributed", {"layer": {"class_name": "Dense", "config": {"units": 2, "activatoin": "tanh"}}},
     ("layer", "config", "activatoin"), "activation"),
    ("Bidirectional", {"layer": {"class_name": "LSTM", "config": {"units": 2, "recurrent_activaton": "tanh"}}},
     ("layer", "config", "recurrent_activaton"), "recurrent_activation"),
    ("RNN", {"cell": {"class_name": "LSTMCell", "config": {"units": 2, "unit_forget_bais": True}}},
     ("cell", "config", "unit_forget_bais"), "unit_forget_bias"),
    ("RNN", {"cell": {"class_name": "StackedRNNCells", "config": {
        "cells": [{"class_name": "GRUCell", "config": {"units": 2}},
                  {"class_name": "GRUCell", "config": {"units": 2, "reset_aftr": True}}]}}},
     ("cell", "config", "cells", 1, "config", "reset_aftr"), "reset_after"),
    ("Dense", {"units": 2, "kernel_initializer": {"class_name": "GlorotUniform", "config": {"seeed": 3}}},
     ("kernel_initializer", "config", "seeed"), "seed"),
    ("Dense", {"units": 2, "bias_regularizer": {"class_name": "OrthogonalRegularizer", "config": {"factr": 0.1}}},
     ("bias_regularizer", "config", "factr"), "factor"),
    ("Bidirectional", {"layer": {"class_name": "LSTM", "config": {"units": 2, "kernel_constraint": {
        "class_name": "MaxNorm", "config": {"max_valeu": 2}}}}},
     ("layer", "config", "kernel_constraint", "config", "max_valeu"), "max_value"),
]  # fmt: skip


@pytest.mark.parametrize(("class_name", "config", "pointer", "meant"), DEEP, ids=[entry[3] for entry in DEEP])
@pytest.mark.parametrize("version", ["2.15.0", "3.15.1"])
def test_misspelt_key_at_depth_is_located_exactly(
    class_name: str, config: dict[str, Any], pointer: tuple[str | int, ...], meant: str, version: str
) -> None:
    layers = [{"class_name": class_name, "config": {"name": "layer", **config}}]
    model = {"class_name": "Sequential", "config": {"name": "m", "layers": layers}, "keras_version": version}
    (diagnostic,) = findings(model)
    assert diagnostic.finding.location.pointer == ("config", "layers", 0, "config", *pointer)
    assert f"'{pointer[-1]}' is no key of" in diagnostic.finding.message
    assert diagnostic.finding.help == f"did you mean '{meant}'?"


def test_value_of_an_initializer() -> None:
    initializer = {"class_name": "VarianceScaling", "config": {"mode": "fan_inn"}}
    (text,) = found("Dense", units=2, kernel_initializer=initializer)
    assert text.startswith('mode: mode is "fan_inn"')
    assert text.endswith("did you mean 'fan_in'?")


def test_objects_of_others_are_not_judged() -> None:
    for foreign in ({"module": "my.own", "class_name": "Zeros"}, {"registered_name": "own>GlorotUniform"}):
        initializer = {"class_name": "GlorotUniform", "config": {"seeed": 3}, **foreign}
        assert found("Dense", units=2, kernel_initializer=initializer) == []
    assert found("Dense", units=2, kernel_initializer={"class_name": "Mine", "config": {"seeed": 3}}) == []
