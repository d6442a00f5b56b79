"""What names in configs lead to, against the names that real Keras has and writes."""

from __future__ import annotations

import importlib
import inspect
import types
from collections.abc import Iterator
from typing import Any

import keras
import pytest
from keras.src.saving.keras_saveable import KerasSaveable
from keras.src.saving.serialization_lib import NON_MODELING_APIS

from lstmlint.analyses.callables import FUNCTION, MODELLING, reason_of
from lstmlint.ir.finding import Severity

PUBLIC = sorted(f"keras.{name}" for name in vars(keras) if isinstance(getattr(keras, name), types.ModuleType))
PROGRAMS = {"TorchModuleWrapper", "TFSMLayer"}


def saved_classes() -> Iterator[tuple[str, str]]:
    """Every class that Keras saves, under its public name and where it is defined."""
    for path in ("keras", *PUBLIC, "keras.optimizers.schedules"):
        for name, value in vars(importlib.import_module(path)).items():
            if inspect.isclass(value) and issubclass(value, KerasSaveable) and name not in PROGRAMS:
                yield path, name
                yield value.__module__, value.__name__


@pytest.mark.parametrize("kind", ["class", FUNCTION])
def test_every_class_that_keras_saves_is_left_alone(kind: str) -> None:
    for module, name in saved_classes():
        written = name if kind == "class" else FUNCTION
        assert reason_of(written, module, name, name) is None, (module, name)


def operations() -> Iterator[type]:
    """Every class of an operation, which a functional model of Keras 3 may hold."""
    for part in ("numpy", "nn", "math", "linalg", "image", "core"):
        for value in vars(importlib.import_module(f"keras.src.ops.{part}")).values():
            if inspect.isclass(value) and issubclass(value, keras.Operation):
                yield value


def test_every_operation_is_left_alone() -> None:
    found = list(operations())
    assert len(found) > 200
    for value in found:
        assert reason_of(value.__name__, value.__module__, value.__name__, value.__name__) is None, value


@pytest.mark.parametrize("part", ["activations", "losses", "metrics", "initializers", "regularizers", "ops"])
def test_every_function_of_models_is_left_alone_as_keras_writes_it(part: str) -> None:
    for name, value in vars(getattr(keras, part)).items():
        if inspect.isfunction(value) and name not in ("get", "serialize", "deserialize"):
            written = keras.saving.serialize_keras_object(value)
            assert reason_of(FUNCTION, written["module"], written["config"], written["registered_name"]) is None, name
            assert reason_of(FUNCTION, f"keras.{part}", name, name) is None, name


@pytest.mark.parametrize("path", sorted(NON_MODELING_APIS))
def test_what_keras_itself_refuses_is_an_error(path: str) -> None:
    module, _, name = path.rpartition(".")
    for kind in (FUNCTION, name):
        reason = reason_of(kind, module, name, name)
        assert reason is not None
        assert reason.severity is None, path  # as gravely as the rule


def test_whatever_else_the_modules_of_keras_have_is_reported() -> None:
    """All functions of all modules of Keras that are none of a model's parts, and their classes that are not saved."""
    for module in modules_beside_models():
        for name, value in vars(module).items():
            if name.startswith("_") or not callable(value) or is_saved(value):
                continue
            assert reason_of(FUNCTION, module.__name__, name, name) is not None, (module.__name__, name)


def modules_beside_models() -> Iterator[types.ModuleType]:
    for path in (
        "keras.src.utils.file_utils", "keras.src.utils.io_utils", "keras.src.utils.python_utils",
        "keras.src.saving.saving_lib", "keras.src.saving.saving_api", "keras.src.saving.serialization_lib",
        "keras.src.saving.file_editor", "keras.src.backend.common.global_state", "keras.src.utils.model_visualization",
        "keras.src.utils.module_utils", "keras.src.legacy.saving.legacy_h5_format",
        "keras.src.utils.audio_dataset_utils",
        "keras.src.backend.config", "keras.src.utils.torch_utils", "keras.src.export.export_utils",
    ):  # fmt: skip
        yield importlib.import_module(path)


def is_saved(value: Any) -> bool:
    return inspect.isclass(value) and (
        issubclass(value, KerasSaveable) or (hasattr(value, "get_config") and hasattr(value, "from_config"))
    )


@pytest.mark.parametrize(
    ("kind", "module", "name", "registered", "severity"),
    [
        (FUNCTION, "keras.utils", "pad_sequences", "pad_sequences", Severity.WARNING),
        (FUNCTION, "keras_hub.src.utils", "gelu_approximate", "keras_hub>gelu_approximate", "none"),
        (FUNCTION, "keras_hub.src.utils", "get_file", "keras_hub>get_file", None),
        (FUNCTION, "keras_tuner.engine.base_tuner", "maybe_distribute", "maybe_distribute", Severity.WARNING),
        ("TransformerEncoder", "keras_nlp.layers", "TransformerEncoder", "TransformerEncoder", "none"),
        ("FutureLayer", "keras.layers", "FutureLayer", "FutureLayer", "none"),
        ("FutureOp", "keras.src.ops.numpy", "FutureOp", "FutureOp", "none"),
        ("DiskIOStore", "keras.src.layers.layer", "DiskIOStore", "DiskIOStore", None),
        ("deserialize", "keras.layers", "deserialize", "deserialize", None),
        ("Attention", "mylib.layers", "Attention", "Attention", Severity.NOTE),
        (FUNCTION, "mylib.layers", "attend", "attend", Severity.NOTE),
        (FUNCTION, "mylib.layers", "run", "run", Severity.WARNING),
        (FUNCTION, "numpy", "none_such", "load", None),
        ("LSTM", "tensorflow.keras.layers", "LSTM", "LSTM", "none"),
        (FUNCTION, "tensorflow.keras.utils", "get_file", "get_file", None),
    ],
)
def test_names_of_others(kind: str, module: str, name: str, registered: str, severity: Any) -> None:
    reason = reason_of(kind, module, name, registered)
    assert (reason.severity if reason is not None else "none") == severity


def test_parts_of_models_are_parts_of_keras() -> None:
    known = {name.partition(".")[2] for name in PUBLIC} | {"engine", "nn"}
    assert known | {""} >= MODELLING
