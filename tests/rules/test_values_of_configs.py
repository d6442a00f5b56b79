"""invalid-layer-config and real Keras: what Keras 3 writes and loads is no error, and what it refuses is found."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lstmlint.ir.document import Container, Document
from lstmlint.ir.finding import Severity
from lstmlint.pipeline import analyze, judge, model_of

RULE = "invalid-layer-config"
VERSION = "3.15.1"


def own_objects() -> dict[str, Any]:
    """What a user may write and register, by what it is."""
    import keras

    register = keras.saving.register_keras_serializable("own")

    @register
    class OwnObject:
        def __call__(self, value: Any, *others: Any, **named: Any) -> Any:
            return value

        def get_config(self) -> dict[str, Any]:
            return {}

    @register
    class OwnLayer(keras.layers.Layer):  # type: ignore[misc]
        def call(self, inputs: Any) -> Any:
            return inputs

    @register
    class OwnInitializer(keras.initializers.Initializer):  # type: ignore[misc]
        def __call__(self, shape: Any, dtype: Any = None) -> Any:
            return keras.ops.zeros(shape, dtype)

        def get_config(self) -> dict[str, Any]:
            return {}

    @register
    class OwnRegularizer(keras.regularizers.Regularizer):  # type: ignore[misc]
        def __call__(self, value: Any) -> Any:
            return 0.0 * keras.ops.sum(value)

        def get_config(self) -> dict[str, Any]:
            return {}

    @register
    class OwnConstraint(keras.constraints.Constraint):  # type: ignore[misc]
        def __call__(self, value: Any) -> Any:
            return value

        def get_config(self) -> dict[str, Any]:
            return {}

    def own_function(value: Any, *others: Any, **named: Any) -> Any:
        return value

    def own_initializer(shape: Any, dtype: Any = None) -> Any:
        return keras.ops.zeros(shape, dtype)

    return {
        "object": OwnObject(), "layer": OwnLayer(), "function": register(own_function), "initializer": OwnInitializer(),
        "initializing": register(own_initializer), "regularizer": OwnRegularizer(), "constraint": OwnConstraint(),
    }  # fmt: skip


def activations() -> dict[str, Any]:
    import keras

    layers, own = keras.layers, own_objects()
    return {
        "name": "tanh", "none": None, "function": keras.activations.mish, "operation": keras.ops.relu,
        "layer": layers.LeakyReLU(0.1), "activation layer": layers.Activation("elu"), "prelu": layers.PReLU(),
        "model": keras.Sequential([layers.Activation("relu"), layers.ReLU(6)]), "initializer": own["object"],
        "own layer": own["layer"], "own function": own["function"],
    }  # fmt: skip


def initializers() -> dict[str, Any]:
    import keras

    own, given = own_objects(), keras.initializers
    return {
        "name": "ones", "built": given.VarianceScaling(2.0, "fan_out", "uniform"), "own": own["initializer"],
        "function": own["initializing"], "object": given.Constant(0.5),
        "seeded": given.RandomNormal(seed=keras.random.SeedGenerator(3)), "number": given.GlorotNormal(seed=7),
    }  # fmt: skip


def regularizers() -> dict[str, Any]:
    import keras

    own = own_objects()
    return {
        "name": "l2", "none": None, "built": keras.regularizers.L1L2(0.1, 0.2), "own": own["regularizer"],
        "orthogonal": keras.regularizers.OrthogonalRegularizer(), "function": own["function"],
    }  # fmt: skip


def constraints() -> dict[str, Any]:
    import keras

    own = own_objects()
    return {
        "name": "max_norm", "none": None, "built": keras.constraints.MinMaxNorm(0.1, 2), "own": own["constraint"],
        "function": own["function"], "unit": keras.constraints.UnitNorm(axis=[0]),
    }  # fmt: skip


def policies() -> dict[str, Any]:
    import keras

    given = keras.dtype_policies
    return {
        "name": "float32", "mixed": "mixed_bfloat16", "policy": given.DTypePolicy("float16"),
        "map": given.DTypePolicyMap(), "quantized": given.QuantizedDTypePolicy("int8", "float32"),
    }  # fmt: skip


def plain_names() -> dict[str, Any]:
    return {"plain": "VALID", "mixed": "Same", "small": "same"}


KINDS: dict[str, Callable[[], dict[str, Any]]] = {
    "activation": activations, "recurrent_activation": activations, "kernel_initializer": initializers,
    "recurrent_initializer": initializers, "bias_initializer": initializers, "kernel_regularizer": regularizers,
    "bias_regularizer": regularizers, "activity_regularizer": regularizers, "recurrent_constraint": constraints,
    "kernel_constraint": constraints, "bias_constraint": constraints, "dtype": policies, "padding": plain_names,
}  # fmt: skip

FORMS = ("json", "h5", "keras")


def built(key: str, value: Any) -> Iterator[Any]:
    """Models with a layer whose key holds a value, alone and in a wrapper."""
    import keras

    layers, given = keras.layers, {key: value}
    if key == "padding":
        yield keras.Sequential([keras.Input((6, 4)), layers.Conv1D(3, 2, **given)])
        return
    yield keras.Sequential([keras.Input((6, 4)), layers.LSTM(3, **given), layers.Dense(1)])
    if not key.startswith("recurrent"):
        yield keras.Sequential([keras.Input((6, 4)), layers.TimeDistributed(layers.Dense(4, **given)), layers.GRU(2)])


@pytest.mark.parametrize("key", KINDS)
def test_what_keras_writes_and_loads_is_no_error(key: str, tmp_path: Path) -> None:
    import keras

    checked, loaded = 0, 0
    for kind, value in KINDS[key]().items():
        for model in built(key, value):
            for form in FORMS:
                path = tmp_path / f"model.{form}"
                path.write_text(model.to_json()) if form == "json" else model.save(path)
                checked += 1
                try:
                    keras.models.model_from_json(path.read_text()) if form == "json" else keras.models.load_model(path)
                except (ValueError, TypeError, NotImplementedError):
                    continue
                loaded += 1
                said = [one.finding.message for one in analyze(str(path)).diagnostics if one.severity is Severity.ERROR]
                assert said == [], (kind, form)
    assert loaded > checked * 0.7


def found(class_name: str, **config: Any) -> list[tuple[str, str]]:
    """The messages and cures of the rule on one layer."""
    config = {"name": "layer", **config}
    layer = {"class_name": class_name, "module": "keras.layers", "registered_name": None, "config": config}
    model = {"class_name": "Sequential", "config": {"name": "m", "layers": [layer]}, "keras_version": VERSION}
    document = Document("example.json", Container.JSON, model, keras_version=VERSION)
    said = [one for one in judge(model_of(document)).diagnostics if one.rule == RULE]
    return [(one.finding.message, str(one.finding.help)) for one in said]


#: Values of every kind, odd ones among them, for keys that hold names or objects.
ODD: list[Any] = [
    None, True, 0, 3, 0.5, "relu", "ReLU", "relu6", "zzz", "", "1", "l2", "L2", "zeros", "max_norm", "same", "SAME",
    "Valid", "channels_last", "CHANNELS_LAST", "nearest", [], ["relu"], [1], {}, {"a": 1}, {"class_name": "ReLU"},
    {"module": "keras.layers", "class_name": "ReLU", "config": {"max_value": 6.0}, "registered_name": None},
    {"module": "keras.layers", "class_name": "ReLU", "config": {"max_valu": 6.0}, "registered_name": None},
    {"module": "keras.initializers", "class_name": "Zeros", "config": {}, "registered_name": None},
    {"module": "keras.initializers", "class_name": "RandomNormal", "config": {"sed": 3}, "registered_name": None},
    {"module": "keras.regularizers", "class_name": "L2", "config": {"l2": 0.1}, "registered_name": None},
    {"module": "keras.constraints", "class_name": "MaxNorm", "config": {}, "registered_name": None},
]  # fmt: skip

#: Keys that take names which Keras itself has, and no others.
CLOSED = {
    "activation", "recurrent_activation", "bias_regularizer", "kernel_constraint", "padding", "data_format",
    "score_mode", "fill_mode", "merge_mode",
}  # fmt: skip

#: Layers with the keys of theirs that are tried.
TRIED: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    ("Dense", {"units": 2}, ("activation", "kernel_initializer", "bias_regularizer", "kernel_constraint", "use_bias")),
    ("LSTM", {"units": 2}, ("recurrent_activation", "recurrent_initializer", "unit_forget_bias", "use_cudnn")),
    ("Conv1D", {"filters": 2, "kernel_size": [2]}, ("padding", "data_format", "activation")),
    ("Attention", {}, ("score_mode", "use_scale", "dropout")),
    ("UpSampling2D", {}, ("interpolation", "data_format")),
    ("MaxPooling2D", {}, ("padding", "data_format")),
    ("RandomRotation", {"factor": 0.2}, ("fill_mode", "interpolation", "data_format")),
    ("Bidirectional", {"layer": {"module": "keras.layers", "class_name": "LSTM", "config": {"units": 2},
                                 "registered_name": None}}, ("merge_mode",)),
]  # fmt: skip


@pytest.mark.parametrize(("class_name", "config", "tried"), TRIED, ids=[entry[0] for entry in TRIED])
def test_what_keras_takes_is_no_error_and_what_it_refuses_is_found(
    class_name: str, config: dict[str, Any], tried: tuple[str, ...]
) -> None:
    import keras

    wrong, missed = [], []
    for key in tried:
        for value in ODD:
            written = {**config, key: value}
            layer = {"module": "keras.layers", "class_name": class_name, "config": written, "registered_name": None}
            try:
                keras.saving.deserialize_keras_object(json.loads(json.dumps(layer)))
                is_taken = True
            except Exception:
                is_taken = False
            said = found(class_name, **written)
            if is_taken and said:
                wrong.append((key, value, said))
            elif not is_taken and not said and key in CLOSED and not isinstance(value, list | dict):
                missed.append((key, value))
    assert wrong == []
    assert missed == []


#: An object that Keras refuses, the key it stands in, and what is said of it.
REFUSED = [
    ("activation", {}, "activation is {}, an object without the class_name that Keras 3.15.1 asks for"),
    ("kernel_initializer", {"a": 1},
     'kernel_initializer is {"a": 1}, an object without the class_name that Keras 3.15.1 asks for'),
    ("bias_regularizer", {"l2": 0.1},
     'bias_regularizer is {"l2": 0.1}, an object without the class_name that Keras 3.15.1 asks for'),
    ("activation", ODD[-5], "'max_valu' is no key of ReLU in Keras 3.15.1"),
    ("kernel_initializer", ODD[-3], "'sed' is no key of RandomNormal in Keras 3.15.1"),
    ("activation", {"module": "keras.layers", "class_name": "LeakyRelu", "config": {}, "registered_name": None},
     "'LeakyRelu' is no class that keras.layers has in any Keras"),
    ("kernel_constraint",
     {"module": "keras.constraints", "class_name": "Nothing", "config": {}, "registered_name": None},
     "'Nothing' is no class that keras.constraints has in any Keras"),
    ("activation", 3, "activation is 3, where Keras 3.15.1 takes a name that it knows, null or an object"),
    ("activation", "zzz", 'activation is "zzz", a name that Keras 3.15.1 does not know'),
]  # fmt: skip


@pytest.mark.parametrize(("key", "value", "message"), REFUSED, ids=[entry[2][:40] for entry in REFUSED])
def test_an_object_that_keras_refuses_is_found(key: str, value: Any, message: str) -> None:
    import keras

    config = {"units": 2, key: value}
    layer = {"module": "keras.layers", "class_name": "Dense", "config": config, "registered_name": None}
    with pytest.raises((TypeError, ValueError)):
        keras.saving.deserialize_keras_object(layer)
    assert [said for said, _ in found("Dense", **config)] == [message]


#: What is advised where a name is far from all, and where an object has no class.
OWN = "save the model again with your own object registered, since its name alone is not enough"
OBJECT = "write the object with its class_name and config, or a name instead of it, or delete 'activation'"


@pytest.mark.parametrize(
    ("class_name", "key", "value", "cure"),
    [
        ("Dense", "activation", "ReLu", "did you mean 'relu'?"),
        ("Dense", "activation", "leakyrelu", "did you mean 'leaky_relu'?"),
        ("Dense", "activation", "tahn", "did you mean 'tanh'?"),
        ("Dense", "activation", "swoosh", f"the nearest name is 'swish'; or {OWN}"),
        ("Dense", "activation", "xyz", OWN),
        ("Dense", "activation", {"a": 1}, OBJECT),
        ("Conv1D", "padding", "full", 'set padding to "causal", "same" or "valid"'),
        ("RepeatVector", "n", "3", "write 3 without the quotes"),
        ("Dropout", "rate", "0.5", "write 0.5 without the quotes"),
    ],
)  # fmt: skip
def test_a_cure_names_the_nearest_or_what_is_wrong(class_name: str, key: str, value: Any, cure: str) -> None:
    needed: dict[str, dict[str, Any]] = {"Conv1D": {"filters": 2, "kernel_size": [2]}, "Dense": {"units": 2}}
    assert [help for _, help in found(class_name, **{**needed.get(class_name, {}), key: value})] == [cure]


def test_classes_of_users_with_the_names_of_layers_are_not_judged() -> None:
    """Of a class of `__main__` that nobody registered, Keras 3 writes its name and no module."""
    import keras

    class Attention(keras.layers.Layer):  # type: ignore[misc]
        def get_config(self) -> dict[str, Any]:
            return {**super().get_config(), "width": 3}

    Attention.__module__ = "__main__"
    written = json.loads(json.dumps(keras.saving.serialize_keras_object(Attention())))
    assert (written["module"], written["registered_name"]) == (None, "Attention")
    model = {"class_name": "Sequential", "config": {"name": "m", "layers": [written]}, "keras_version": VERSION}
    document = Document("example.json", Container.JSON, model, keras_version=VERSION)
    assert [one.finding.message for one in judge(model_of(document)).diagnostics if one.rule == RULE] == []


def test_an_h5_may_name_a_function_of_the_user(tmp_path: Path) -> None:
    """The loader of H5 files looks such a name up among the custom objects; that of the other files does not."""
    import h5py
    import keras

    path = tmp_path / "model.h5"
    keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, activation="tanh")]).save(path)
    said = {}
    for name in ("steep_step", "tahn"):
        with h5py.File(path, "r+") as file:
            config = json.loads(file.attrs["model_config"])
            layer = config["config"]["layers"][1]
            layer["config"]["activation"] = name
            file.attrs["model_config"] = json.dumps(config)
        keras.models.load_model(path, custom_objects={name: lambda value: value})
        layer.update(module="keras.layers", registered_name=None)
        with pytest.raises(TypeError, match="Could not interpret activation function identifier"):
            keras.saving.deserialize_keras_object(layer, custom_objects={name: lambda value: value})
        said[name] = [str(one.finding.help) for one in analyze(str(path)).diagnostics if one.rule == RULE]
    own = "did you mean 'tanh'? If it is an object of your own, its name is easily confused"
    assert said == {"steep_step": [], "tahn": [own]}


def test_a_long_text_is_compared_with_no_name() -> None:
    ((message, cure),) = found("Dense", units=2, activation="tanh" * 1_000_000)
    assert message == f'activation is "{("tanh" * 10)[:38]}…, a name that Keras 3.15.1 does not know'
    assert cure == OWN
