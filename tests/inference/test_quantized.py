"""Quantized layers against real Keras 3: built under a quantized policy, and quantized when they were built."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import pytest
from keras.quantizers import Int4QuantizationConfig

import lstmlint
from lstmlint.ir.shape import Unknown
from tests.support.differential import check, sequential

L = keras.layers

POLICIES = ("int8_from_float32", "int8_from_mixed_bfloat16", "int4_from_float32", "int4/4_from_float32",
            "int4/-1_from_float32", "float8_from_float32")  # fmt: skip

EQUATIONS: dict[str, Any] = {
    "abc,cde->abde": (None, 4, 5),
    "abc,dc->abd": (None, 5),
    "abc,bcd->ad": (5,),
    "abc,bd->acd": (7, 5),
    "abc,bcd->abd": (3, 5),
    "abc,dbc->ad": (5,),
}

LAYERS: dict[str, tuple[tuple[int | None, ...], Callable[[str], keras.Layer]]] = {
    "dense": ((7,), lambda policy: L.Dense(5, dtype=policy)),
    "dense-without-bias": ((3, 6), lambda policy: L.Dense(4, use_bias=False, dtype=policy)),
    "dense-lora": ((7,), lambda policy: L.Dense(5, lora_rank=2, dtype=policy)),
    "frozen": ((7,), lambda policy: L.Dense(5, trainable=False, dtype=policy)),
    "lora-einsum": ((3, 7), lambda policy: L.EinsumDense("abc,cde->abde", (None, 4, 5), lora_rank=2, dtype=policy)),
    "bias-einsum": ((3, 7), lambda policy: L.EinsumDense("abc,cd->abd", (None, 4), bias_axes="d", dtype=policy)),
    "untouched-lstm": ((3, 7), lambda policy: L.LSTM(4, dtype=policy)),
    "untouched-convolution": ((9, 7), lambda policy: L.Conv1D(4, 3, dtype=policy)),
    "wrapped": ((3, 7), lambda policy: L.TimeDistributed(L.Dense(3, dtype=policy))),
    **{
        f"einsum-{equation}": ((3, 7), lambda policy, equation=equation: L.EinsumDense(  # type: ignore[misc]
            equation, EQUATIONS[equation], dtype=policy))
        for equation in EQUATIONS
    },
}  # fmt: skip

TABLES: dict[str, Callable[[str], keras.Layer]] = {
    "embedding": lambda policy: L.Embedding(9, 5, dtype=policy),
    "embedding-lora": lambda policy: L.Embedding(9, 5, lora_rank=2, dtype=policy),
    "tied": lambda policy: L.ReversibleEmbedding(9, 5, dtype=policy),
    "apart": lambda policy: L.ReversibleEmbedding(9, 5, tie_weights=False, dtype=policy),
}


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("name", LAYERS)
def test_layer_under_a_quantized_policy(name: str, policy: str, tmp_path: Path) -> None:
    shape, layer = LAYERS[name]
    cannot_be_saved = "lora" in name and policy.startswith("float8")
    check(sequential(shape, layer(policy)), tmp_path, ["json"] if cannot_be_saved else ["json", "keras"])


@pytest.mark.parametrize("policy", POLICIES[:-1])
@pytest.mark.parametrize("name", TABLES)
def test_table_under_a_quantized_policy(name: str, policy: str, tmp_path: Path) -> None:
    inputs = keras.Input((3,), dtype="int32")
    check(keras.Model(inputs, TABLES[name](policy)(inputs)), tmp_path, ["json", "keras"])


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("arguments", [{}, {"value_dim": 5, "use_bias": False}, {"output_shape": (2, 3)}], ids=str)
def test_attention_under_a_quantized_policy(policy: str, arguments: dict[str, Any], tmp_path: Path) -> None:
    inputs = keras.Input((3, 7))
    attended = L.MultiHeadAttention(2, 3, dtype=policy, **arguments)(inputs, inputs)
    check(keras.Model(inputs, attended), tmp_path, ["json", "keras"])


@pytest.mark.parametrize("policy", POLICIES)
def test_grouped_attention_under_a_quantized_policy(policy: str, tmp_path: Path) -> None:
    inputs = keras.Input((3, 7))
    attended = L.GroupQueryAttention(3, 4, 2, dtype=policy)(inputs, inputs)
    check(keras.Model(inputs, attended), tmp_path, ["json", "keras"])


def text_model() -> keras.Model:
    tokens = keras.Input((5,), dtype="int32")
    embedded = L.EinsumDense("abc,cde->abde", (None, 3, 5), bias_axes="de")(L.Dense(9)(L.Embedding(7, 6)(tokens)))
    sequence = L.LSTM(3, return_sequences=True)(L.Reshape((-1, 15))(embedded))
    return keras.Model(tokens, L.Dense(2, use_bias=False)(L.TimeDistributed(L.Dense(4))(sequence)))


@pytest.mark.parametrize("mode", ["int8", "int4", "float8"])
@pytest.mark.filterwarnings("ignore")
def test_quantized_model(mode: str, tmp_path: Path) -> None:
    model = text_model()
    model.quantize(mode)
    check(model, tmp_path, ["json", "keras"])


@pytest.mark.parametrize("block_size", [None, -1, 4, 5])
@pytest.mark.filterwarnings("ignore")
def test_blocks_of_four_bits(block_size: int | None, tmp_path: Path) -> None:
    model = text_model()
    model.quantize(config=Int4QuantizationConfig(block_size=block_size))
    check(model, tmp_path, ["json", "keras"])


@pytest.mark.parametrize("policy", [*POLICIES[:5], "float8_from_float32"])
def test_elided_axes_are_not_quantized(policy: str, tmp_path: Path) -> None:
    """Keras fails to build such a layer, but for float8, which leaves the kernel as it is."""
    model = sequential((3, 7), L.EinsumDense("...c,cd->...d", (5,), dtype="float32"))
    config = model.get_config()
    config["layers"][1]["config"]["dtype"] = keras.dtype_policies.serialize(keras.dtype_policies.get(policy))
    path = tmp_path / "model.json"
    path.write_text(json.dumps({"class_name": "Sequential", "config": config, "keras_version": keras.__version__}))
    (layer,) = lstmlint.load(str(path)).summary_layers
    try:
        built = keras.Sequential.from_config(config)
        assert layer.params == built.count_params()
    except TypeError:
        assert isinstance(layer.params, Unknown)
        assert layer.params.is_refusal


def test_a_table_is_not_quantized_to_float8(tmp_path: Path) -> None:
    inputs = keras.Input((3,), dtype="int32")
    model = keras.Model(inputs, L.Embedding(9, 5)(inputs))
    config = model.get_config()
    policy = keras.dtype_policies.serialize(keras.dtype_policies.get("float8_from_float32"))
    config["layers"][1]["config"]["dtype"] = policy
    path = tmp_path / "model.json"
    path.write_text(json.dumps({"class_name": "Functional", "config": config, "keras_version": keras.__version__}))
    layer = lstmlint.load(str(path)).summary_layers[-1]
    with pytest.raises(NotImplementedError, match="float8"):
        keras.Model.from_config(config)
    assert isinstance(layer.params, Unknown)
    assert layer.params.is_refusal


RECORDED = [
    json.loads(line) for line in (Path(__file__).parent.parent / "data" / "quantized.jsonl").read_text().splitlines()
]


@pytest.mark.parametrize("at", range(len(RECORDED)))
def test_layer_of_an_earlier_keras(at: int, tmp_path: Path) -> None:
    """Before 3.14, four bits are packed along what a kernel takes."""
    recorded = RECORDED[at]
    path = tmp_path / "model.json"
    path.write_text(json.dumps({**recorded["model"], "keras_version": recorded["keras"]}))
    layer = lstmlint.load(str(path)).summary_layers[-1]
    assert not isinstance(layer.weights, Unknown)
    assert [[list(weight.shape), weight.trainable] for weight in layer.weights] == recorded["weights"]
