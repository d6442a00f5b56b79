"""What Keras 3 refuses has no output here, whatever shapes the file recorded before it was edited."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import keras
import pytest

from lstmlint.ir.document import Container, Document
from lstmlint.ir.shape import Unknown
from lstmlint.pipeline import model_of

L = keras.layers

#: A healthy layer and its input, and the edit of its config that Keras refuses.
EDITS: dict[str, tuple[tuple[int, ...], Callable[[], Any], dict[str, Any]]] = {
    "an axis twice": ((4, 8), lambda: L.Permute((2, 1), name="edited"), {"dims": [1, 1]}),
    "no merge_mode": ((4, 8), lambda: L.Bidirectional(L.LSTM(3), name="edited"), {"merge_mode": "both"}),
}


@pytest.mark.parametrize("name", EDITS)
def test_after_a_refusal_no_output_is_taken_from_the_record(name: str) -> None:
    shape, layer, edit = EDITS[name]
    written = json.loads(keras.Sequential([keras.Input(shape), layer(), L.Dense(2, name="behind")]).to_json())
    keras.models.model_from_json(json.dumps(written))
    edited = next(one for one in written["config"]["layers"] if one["config"].get("name") == "edited")
    edited["config"] |= edit
    with pytest.raises((ValueError, TypeError)):
        keras.models.model_from_json(json.dumps(written))
    document = Document("model.json", Container.JSON, written, keras_version=keras.__version__)
    outputs = model_of(document).by_name["edited"].outputs
    assert isinstance(outputs, Unknown)
    assert outputs.is_refusal
