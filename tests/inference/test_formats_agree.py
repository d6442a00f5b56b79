"""Any model that can be built from the layer set says the same in every form in which it is saved, and what Keras says.

With a custom layer in it, what comes after is unknown, told by another witness, or right; never wrong.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import keras
import pytest
from hypothesis import HealthCheck, assume, given, settings

from lstmlint.ir.finding import Diagnostic, Severity
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Unknown, Witness, leaves, unknowns
from lstmlint.pipeline import judge
from tests.support.differential import Comparison, compare, functional, reload, sequential
from tests.support.drawn_models import PACKAGE, Doubled, Lifted, models
from tests.support.saved_forms import RELOADED, WRITTEN_BY_KERAS, answers

#: Keras draws seeds while it builds, of which no answer depends.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Do not use the `random` module"),
    pytest.mark.usefixtures("quick_weights"),
]

L = keras.layers

is_thorough = "LSTMLINT_EVERY_CASE" in os.environ

#: A few examples, always the same, unless everything is asked for.
drawn = settings(
    max_examples=1000 if is_thorough else 15,
    derandomize=not is_thorough,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@drawn
@given(model=models())
def test_every_form_of_a_model_says_what_keras_says(model: keras.Model | None, tmp_path: Path) -> None:
    assume(model is not None)
    said = answers(model, tmp_path)
    assert said.keys() >= {"json", "yaml", "keras"}
    classes = {name: [(layer.full_name, layer.class_name) for layer in ours.all_layers] for name, ours in said.items()}
    assert all(found == classes["json"] for found in classes.values())
    for name, ours in said.items():
        found = against_keras(model, name, ours, tmp_path)
        assert found.wrong == [], name
        assert found.unknown == set(), name
        assert weights_findings(ours, name, tmp_path) == [], name


@drawn
@given(model=models(has_custom=True))
def test_after_a_custom_layer_nothing_is_wrong(model: keras.Model | None, tmp_path: Path) -> None:
    assume(model is not None)
    demand_nothing_wrong(model, tmp_path)


def lora_beside_a_custom_layer() -> keras.Model:
    """Keras stores LoRA merged into its table, so the stored tensors are not all weights of the model inside."""
    return sequential((6,), sequential((6,), L.Embedding(10, 3, lora_rank=2), Lifted()))


def spectral_normalization_beside_a_custom_layer() -> keras.Model:
    """In archives Keras stores the kernel twice, for the wrapper and for the layer in it."""
    return sequential((6,), sequential((6,), L.SpectralNormalization(L.Dense(4)), Lifted()))


def custom_layer_in_a_model_of_another_batch() -> keras.Model:
    """What is recorded inside a model holds for the inputs that it was made with, not for those of a call."""
    inner = functional((4,), Lifted())
    inputs = keras.Input(batch_shape=(5, 4))
    return keras.Model(inputs, inner(inputs))


def model_of_open_length_after_a_custom_layer() -> keras.Model:
    """What a model leaves open may be a number in a call, of which the H5 of a Sequential says nothing."""
    return sequential((5, 2), Doubled(), functional((None, 4), L.LSTM(3, return_sequences=True)))


def sequential_of_open_length_after_a_custom_layer() -> keras.Model:
    return sequential((5, 2), Doubled(), sequential((None, 4), L.LSTM(3, return_sequences=True)))


@pytest.mark.parametrize(
    "build",
    [
        lora_beside_a_custom_layer,
        spectral_normalization_beside_a_custom_layer,
        custom_layer_in_a_model_of_another_batch,
        model_of_open_length_after_a_custom_layer,
        sequential_of_open_length_after_a_custom_layer,
    ],
)
def test_custom_layers_of_which_something_was_wrong(build: Callable[[], keras.Model], tmp_path: Path) -> None:
    demand_nothing_wrong(build(), tmp_path)


def output_of_the_first_of_two_calls() -> keras.Model:
    """In Keras 3, a model's list of outputs counts the calls of a functional model from 1, and its layers from 0."""
    encoder = functional((None, 3), L.LSTM(4, return_sequences=True))
    short, long = keras.Input((5, 3)), keras.Input((7, 3))
    return keras.Model([short, long], [encoder(short), L.Dense(2)(encoder(long))])


def output_that_is_used_as_well() -> keras.Model:
    encoder = functional((5, 3), L.LSTM(4, return_sequences=True))
    inputs = keras.Input((5, 3))
    encoded = encoder(inputs)
    return keras.Model(inputs, [encoded, L.Dense(2)(encoded)])


@pytest.mark.parametrize("build", [output_of_the_first_of_two_calls, output_that_is_used_as_well])
def test_outputs_of_nested_models(build: Callable[[], keras.Model], tmp_path: Path) -> None:
    model = build()
    for name, ours in answers(model, tmp_path).items():
        assert against_keras(model, name, ours, tmp_path) == Comparison()
        # TensorFlow.js reads no config of Keras 3.
        refusals = set() if name in WRITTEN_BY_KERAS else {"tfjs-keras3"}
        assert {said.rule for said in judge(ours).diagnostics} == refusals


def demand_nothing_wrong(model: keras.Model, folder: Path) -> None:
    """What is not custom and not after a custom layer is known, and all that is known is right."""
    for name, ours in answers(model, folder).items():
        found = against_keras(model, name, ours, folder)
        assert found.wrong == [], name
        assert {path for path in found.unknown if "/" not in path} <= after_custom(ours), name
        assert all(has_witnesses(layer) for layer in ours.all_layers if is_custom(layer)), name


def weights_findings(model: Model, name: str, folder: Path) -> list[Diagnostic]:
    """What the rules say of the weights of a file that Keras itself writes and loads, which should be nothing."""
    found = [diagnostic for diagnostic in judge(model).diagnostics if diagnostic.category == "weights"]
    is_judged = found and name in WRITTEN_BY_KERAS and reload(folder / f"model.{RELOADED[name]}") is not None
    return found if is_judged else []


@pytest.mark.parametrize(
    "layer",
    [L.Dense(3, lora_rank=2), L.SpectralNormalization(L.Dense(4)), L.TimeDistributed(L.Dense(3, lora_rank=2))],
    ids=["lora", "spectral", "wrapped-lora"],
)
def test_weights_that_keras_stores_otherwise(layer: keras.Layer, tmp_path: Path) -> None:
    model = sequential((6, 5), layer, sequential((6, layer.compute_output_shape((None, 6, 5))[-1]), L.LSTM(2)))
    for name, ours in answers(model, tmp_path).items():
        assert weights_findings(ours, name, tmp_path) == [], name


def against_keras(model: keras.Model, name: str, ours: Model, folder: Path) -> Comparison:
    """How lstmlint differs from the model in memory or, if it does, from what Keras loads from the same file.

    Of a file that Keras refuses to load, to say so is an answer.
    """
    found = compare(model, ours)
    if not found.wrong and not found.unknown:
        return found
    reloaded = reload(folder / f"model.{RELOADED[name]}")
    if reloaded is not None:
        return compare(reloaded, ours)
    is_refused = any(diagnostic.severity is Severity.ERROR for diagnostic in judge(ours).diagnostics)
    return Comparison() if is_refused else found


def after_custom(model: Model) -> set[str]:
    """The layers that are custom, hold custom ones or get tensors, directly or not, from such a layer."""
    found = {layer.name for layer in model.layers if any(map(is_custom, layer.walk()))}
    for _ in model.layers:
        for layer in model.layers:
            if any(reference.layer in found for call in layer.node.calls for reference in call.references()):
                found.add(layer.name)
    return found


def is_custom(layer: Layer) -> bool:
    """Whether a layer is of this test; H5 files name the package of a custom class in its name alone."""
    return layer.node.is_custom or PACKAGE + ">" in layer.node.written_class


def has_witnesses(layer: Layer) -> bool:
    """Whether all that is known of a custom layer is told by someone else than its config."""
    is_told = isinstance(layer.weights, Unknown) or all(w.witness is Witness.STORED for w in layer.weights)
    return is_told and all(
        call.witness is Witness.RECORDED or len(list(unknowns(call.outputs))) == len(list(leaves(call.outputs)))
        for call in layer.calls
    )
