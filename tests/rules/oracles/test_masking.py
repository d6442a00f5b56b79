"""What real Keras does where the rules on masks speak up."""

from __future__ import annotations

import json
from typing import Any

import keras
import numpy
import pytest

from lstmlint.linting.rule import rules
from tests.rules.test_rules import examples
from tests.support.random_weights import randomised
from tests.support.truth import ROOT

L = keras.layers
DATA = ROOT / "tests" / "data"
PADDED, SHORT = numpy.array([[3, 4, 5, 0, 0, 0]]), numpy.array([[3, 4, 5]])


def example_layers(rule: str, section: str) -> list[dict[str, Any]]:
    """The layers of an example on a page."""
    config = next(example.config for example in examples(rules()[rule]) if example.section == section)
    assert config is not None
    layers: list[dict[str, Any]] = json.loads(config)["config"]["layers"]
    return layers


def built(rule: str, section: str) -> Any:
    first, *rest = example_layers(rule, section)
    model = keras.Sequential([keras.Input(batch_shape=first["config"]["batch_input_shape"])])
    for serialized in rest:
        model.add(getattr(L, serialized["class_name"])(**serialized["config"]))
    return randomised(model)


def differs(one: Any, other: Any) -> bool:
    return not numpy.allclose(one, other, atol=1e-5)


def padded(steps: int) -> Any:
    """Three words and padding."""
    tokens = numpy.zeros((1, steps), "int32")
    tokens[0, :3] = 3, 4, 5
    return tokens


@pytest.mark.filterwarnings("ignore:Layer 'phrases'")
@pytest.mark.parametrize(("section", "counts"), [("## Example", True), ("## Instead", False)])
def test_mask_dropped__padding_changes_the_answer(section: str, counts: bool) -> None:
    """With the mask it does not matter how much padding follows the words; without it, it does."""
    layers = built("mask-dropped", section).layers
    short, long = (run(layers, padded(steps)) for steps in (40, 80))
    assert differs(short, long) == counts


def run(layers: list[Any], tokens: Any) -> Any:
    """The layers of a model one after the other, on any number of steps."""
    for layer in layers:
        tokens = layer(tokens)
    return tokens


def test_mask_dropped__keras_3_warns_of_it() -> None:
    with pytest.warns(UserWarning, match="does not support masking"):
        run(built("mask-dropped", "## Example").layers, padded(80))


@pytest.mark.parametrize("version", ["1.2.2", "2.3.1"])
def test_mask_dropped__keras_1_and_standalone_keras_2_refuse_the_model(version: str) -> None:
    recorded = json.loads((DATA / f"masks-{version}.json").read_text())["models"]
    assert recorded["convolution_before_recurrence"] == {"refuses": "Layer local does not support masking"}
    assert recorded["flattened"] == {"refuses": "Layer flat does not support masking"}


def test_mask_dropped__tf_keras_builds_it_in_silence() -> None:
    recorded = json.loads((DATA / "masks-2.15.0.json").read_text())["models"]["convolution_before_recurrence"]
    assert ["local", [True], [False]] in recorded["calls"]
    assert ["last", [False], [False]] in recorded["calls"]


def test_mask_dropped__an_initial_state_hides_the_mask_in_keras_3() -> None:
    vectors, lstm = L.Embedding(9, 4, mask_zero=True), L.LSTM(3)
    tokens, state = keras.Input((None,), dtype="int32"), keras.Input((3,))
    without = keras.Model([tokens, state], lstm(vectors(tokens), initial_state=[state, state]))
    mask = vectors.compute_mask(tokens)
    cured = keras.Model([tokens, state], lstm(vectors(tokens), mask=mask, initial_state=[state, state]))
    randomised(without)
    begin = numpy.ones((1, 3), "float32")
    words_only = without([SHORT, begin])
    assert differs(without([PADDED, begin]), words_only)
    assert not differs(cured([PADDED, begin]), words_only)


def test_mask_dropped__a_sum_with_an_unmasked_tensor_has_no_mask_in_keras_3() -> None:
    vectors = L.Embedding(9, 4, mask_zero=True)(PADDED)
    places = L.Embedding(6, 4)(numpy.arange(6)[None])
    assert getattr(vectors, "_keras_mask", None) is not None
    assert getattr(L.Add()([vectors, places]), "_keras_mask", None) is None
    assert getattr(L.Concatenate()([vectors, places]), "_keras_mask", None) is not None


@pytest.mark.filterwarnings("ignore:Layer 'strongest'")
@pytest.mark.parametrize(("section", "matters"), [("## Example", False), ("## Instead", True)])
def test_mask_unused__the_answer_is_the_same_without_it(section: str, matters: bool) -> None:
    model = built("mask-unused", section)
    with_mask = model(padded(80))
    for layer in model.layers:
        if isinstance(layer, L.Embedding):
            layer.mask_zero = layer.supports_masking = False
    assert differs(with_mask, run(model.layers, padded(80))) == matters


@pytest.mark.parametrize("version", ["2.3.1", "2.15.0"])
def test_mask_into_cudnn_layer__keras_refuses_the_mask_and_builds_without(version: str) -> None:
    tables = json.loads((DATA / f"masks-{version}.json").read_text())
    assert tables["refusals"]["masked_cudnn"] == "Masking is not supported for CuDNN RNNs."
    assert tables["refusals"]["unmasked_cudnn"] is None
    assert tables["layers"]["Bidirectional, CuDNNLSTM"] == {"refuses": "Masking is not supported for CuDNN RNNs."}


@pytest.mark.parametrize(("section", "is_masked"), [("## Example", False), ("## Instead", True)])
def test_masking_after_transform__padding_is_not_recognised(section: str, is_masked: bool) -> None:
    """Ten steps of data, and then zeros."""
    tensor = numpy.zeros((1, 50, 6), "float32")
    tensor[0, :10] = 1.0
    for layer in built("masking-after-transform", section).layers:
        tensor = layer(tensor)
        if isinstance(layer, L.Masking):
            assert numpy.array_equal(tensor._keras_mask[0], [step < 10 or not is_masked for step in range(50)])


@pytest.mark.parametrize(
    ("make", "keeps_zero"),
    [
        (lambda: L.Dense(4), False),
        (lambda: L.Dense(4, use_bias=False), True),
        (lambda: L.Dense(4, use_bias=False, activation="sigmoid"), False),
        (lambda: L.Dense(4, use_bias=False, activation="relu"), True),
        (lambda: L.LayerNormalization(), False),
        (lambda: L.LayerNormalization(center=False), True),
        (lambda: L.BatchNormalization(center=False), False),
        (lambda: L.LSTM(4, return_sequences=True), False),
    ],
)
def test_masking_after_transform__who_leaves_zero_at_zero(make: Any, keeps_zero: bool) -> None:
    layer = make()
    layer.build((1, 6, 4))
    zeros = numpy.zeros((1, 6, 4), "float32")
    assert numpy.array_equal(numpy.asarray(randomised(layer)(zeros)) == 0, numpy.full((1, 6, 4), keeps_zero))


def test_mask_zero_vocabulary__an_id_without_a_row_is_nan() -> None:
    layers = {
        layer["config"]["name"]: layer["config"] for layer in example_layers("mask-zero-vocabulary", "## Example")
    }
    rows, ids = layers["vectors"]["input_dim"], len(layers["ids"]["vocabulary"])
    embedding = L.Embedding(rows, 8)
    embedding.build()
    found = numpy.asarray(randomised(embedding)(numpy.arange(ids)[None]))
    assert numpy.isnan(found[0, rows:]).all()
    assert not numpy.isnan(found[0, :rows]).any()
