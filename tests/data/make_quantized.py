"""What a Keras 3 makes of layers under quantized policies: `python make_quantized.py >> quantized.jsonl`.

Was run once under each version of `quantized.jsonl` (keras from PyPI on JAX, Python 3.11, `KERAS_BACKEND=jax`).
One line for a layer: the version, its model, and for each weight of the layer its shape and whether it trains.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import keras

L = keras.layers
POLICIES = ("int8_from_float32", "int4_from_float32", "float8_from_float32")
SEQUENCE = (3, 7)


def layers(policy: str) -> Iterator[tuple[tuple[int, ...], Any]]:
    yield SEQUENCE, L.Dense(5, dtype=policy)
    yield SEQUENCE, L.Dense(5, use_bias=False, lora_rank=2, dtype=policy)
    yield SEQUENCE, L.EinsumDense("abc,cde->abde", (None, 4, 5), bias_axes="de", dtype=policy)
    yield SEQUENCE, L.EinsumDense("abc,dc->abd", (None, 5), dtype=policy)
    yield SEQUENCE, L.EinsumDense("abc,bcd->ad", (5,), dtype=policy)
    yield SEQUENCE, L.MultiHeadAttention(2, 3, dtype=policy)
    yield SEQUENCE, L.LSTM(4, dtype=policy)
    yield (3,), L.Embedding(9, 5, dtype=policy)
    if hasattr(L, "ReversibleEmbedding"):
        yield (3,), L.ReversibleEmbedding(9, 5, tie_weights=False, dtype=policy)


def model_of(shape: tuple[int, ...], layer: Any) -> Any:
    inputs = keras.Input(shape, dtype="float32" if len(shape) > 1 else "int32")
    return keras.Model(inputs, layer(inputs, inputs) if isinstance(layer, L.MultiHeadAttention) else layer(inputs))


def lines() -> Iterator[dict[str, Any]]:
    for policy in POLICIES:
        try:
            for shape, layer in layers(policy):
                try:
                    model = model_of(shape, layer)
                except Exception:  # what this version does not quantize so
                    continue
                trained = {id(weight) for weight in layer.trainable_weights}
                weights = [[list(weight.shape), id(weight) in trained] for weight in layer.weights]
                yield {"keras": keras.__version__, "model": json.loads(model.to_json()), "weights": weights}
        except ValueError:  # a policy that this version does not have
            continue


for line in lines():
    print(json.dumps(line, separators=(",", ":")))
