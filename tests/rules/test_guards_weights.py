"""What keeps the rules on stored weights calm."""

from __future__ import annotations

import dataclasses
from typing import Any

from lstmlint.ir.document import Container, Document, StoredLayer, StoredTensor, WeightNaming
from lstmlint.linting.causes import singles
from lstmlint.pipeline import judge, model_of
from lstmlint.settings.settings import Settings
from tests.rules.test_rule_guards import given, layer


def stored(name: str, **shapes: tuple[int, ...]) -> StoredLayer:
    tensors = (StoredTensor(part, f"model_weights/{name}/{part}", shape, "float32") for part, shape in shapes.items())
    return StoredLayer(name, tuple(tensors))


def document(*layers: dict[str, Any], weights: list[StoredLayer]) -> Document:
    config = {"name": "m", "layers": [{key: one[key] for key in ("class_name", "config")} for one in layers]}
    serialized = {"class_name": "Sequential", "config": config}
    return Document("m.h5", Container.H5, serialized, keras_version="2.2.4", stored=tuple(weights))


def found(of: Document) -> list[tuple[str, str]]:
    diagnostics = judge(model_of(of), Settings(ignore=("portability",))).diagnostics
    return [(one.rule, str(one.severity)) for one in singles(diagnostics)]


X = given("x", 10, 3)
LSTM = layer("LSTM", "lstm", units=4)
DENSE = layer("Dense", "dense", units=2)
LSTM_WEIGHTS = stored("lstm", kernel=(3, 16), recurrent_kernel=(4, 16), bias=(16,))
DENSE_WEIGHTS = stored("dense", kernel=(4, 2), bias=(2,))


def test_empty_groups_and_state_of_random_generators_are_no_weights() -> None:
    drop = layer("Dropout", "drop", rate=0.1)
    groups = [LSTM_WEIGHTS, stored("drop", seed_generator_state=(2,)), DENSE_WEIGHTS, stored("gone")]
    assert found(document(X, LSTM, drop, DENSE, weights=groups)) == []
    surplus = stored("noise", seed_generator_state=(2,))
    assert found(document(X, LSTM, drop, DENSE, weights=[*groups, surplus])) == []


def test_document_frequencies_of_a_lookup_are_no_weights() -> None:
    """An archive stores them for each token, and Keras counts none of them."""
    words = {**given("words", 1), "config": {"name": "words", "batch_shape": [None, 1], "dtype": "string"}}
    words_of = {"vocabulary": ["a", "b"], "idf_weights": [1.0, 1.0], "num_oov_indices": 1}
    lookup = layer("StringLookup", "lookup", output_mode="tf_idf", **words_of)
    config = {"name": "m", "layers": [{key: one[key] for key in ("class_name", "config")} for one in (words, lookup)]}
    serialized = {"class_name": "Sequential", "config": config}
    kept = (stored("string_lookup", idf_weights=(3,)),)
    naming = WeightNaming.CLASS_NAME
    archive = Document("m.keras", Container.KERAS, serialized, keras_version="3.15.1", stored=kept, stored_by=naming)
    assert [one for one in found(archive) if one[1] == "error"] == []


def test_a_custom_layer_may_own_the_weights() -> None:
    custom = layer("Attend", "attend")
    weights = [LSTM_WEIGHTS, stored("attend_1", w=(4, 4)), DENSE_WEIGHTS]
    assert found(document(X, LSTM, custom, DENSE, weights=weights)) == []
    assert found(document(X, LSTM, DENSE, weights=weights)) == [("weights-config-desync", "error")]


def test_other_names_are_a_note() -> None:
    renamed = dataclasses.replace(DENSE_WEIGHTS, name="dense_7")
    assert found(document(X, LSTM, DENSE, weights=[LSTM_WEIGHTS, renamed])) == [("weights-config-desync", "note")]


def test_a_layout_that_keras_2_converts_is_a_warning() -> None:
    cudnn = stored("lstm", kernel=(3, 16), recurrent_kernel=(4, 16), bias=(32,))
    assert found(document(X, LSTM, DENSE, weights=[cudnn, DENSE_WEIGHTS])) == [("gate-layout-mismatch", "warning")]
    fast = layer("CuDNNLSTM", "lstm", units=4)
    assert [
        one for one in found(document(X, fast, DENSE, weights=[cudnn, DENSE_WEIGHTS])) if one[0].startswith("g")
    ] == []


def test_a_gru_without_reset_after_is_never_converted() -> None:
    two_rows = stored("gru", kernel=(3, 12), recurrent_kernel=(4, 12), bias=(2, 12))
    one = layer("GRU", "gru", units=4, reset_after=False)
    assert found(document(X, one, DENSE, weights=[two_rows, DENSE_WEIGHTS])) == [("gate-layout-mismatch", "error")]
    two = layer("GRU", "gru", units=4, reset_after=True)
    assert found(document(X, two, DENSE, weights=[two_rows, DENSE_WEIGHTS])) == []


def test_both_directions_are_compared() -> None:
    inner = {"class_name": "LSTM", "config": {"name": "lstm", "units": 4}}
    both = layer("Bidirectional", "both", layer=inner)
    shapes = {"kernel": (3, 16), "recurrent": (4, 16), "bias": (16,)}
    good = stored("both", **{f"forward/{key}": shape for key, shape in shapes.items()},
                  **{f"backward/{key}": shape for key, shape in shapes.items()})  # fmt: skip
    assert found(document(X, both, weights=[good])) == []
    wide = tuple(dataclasses.replace(one, shape=(32,)) if one.shape == (16,) else one for one in good.tensors)
    assert found(document(X, both, weights=[StoredLayer("both", wide)])) == [("gate-layout-mismatch", "warning")] * 2


def archived(name: str, *shapes: tuple[str, tuple[int, ...]]) -> StoredLayer:
    """A layer of an archive, whose tensors are numbered in a group for each part."""
    return StoredLayer(
        name,
        tuple(StoredTensor(place, f"layers/{name}/{place}", shape, "float32") for place, shape in shapes),
    )


def half(group: str, units: int, bias: int) -> list[tuple[str, tuple[int, ...]]]:
    shapes = ((3, 4 * units), (units, 4 * units), (bias,))
    return [(f"{group}/cell/vars/{index}", shape) for index, shape in enumerate(shapes)]


def test_an_archive_holds_the_backward_layer_first() -> None:
    forward = {"class_name": "LSTM", "config": {"name": "lstm", "units": 8}}
    reverse = {"class_name": "LSTM", "config": {"name": "lstm", "units": 4, "go_backwards": True}}
    both = layer("Bidirectional", "both", layer=forward, backward_layer=reverse, merge_mode="concat")
    for bias, wanted in ((16, []), (32, ["gate-layout-mismatch"])):
        weights = archived("bidirectional", *half("backward_layer", 4, bias), *half("forward_layer", 8, 32))
        told = dataclasses.replace(document(X, both, weights=[weights]), stored_by=WeightNaming.CLASS_NAME)
        assert [rule for rule, _ in found(told) if rule == "gate-layout-mismatch"] == wanted


def test_keras_2_converts_no_layout_out_of_an_archive() -> None:
    cudnn = archived("lstm", *[(place.removeprefix("/"), shape) for place, shape in half("", 4, 32)])
    told = document(X, LSTM, weights=[cudnn])
    assert found(told) == [("gate-layout-mismatch", "warning")]
    archive = dataclasses.replace(told, stored_by=WeightNaming.CLASS_NAME, keras_version="2.15.0")
    assert found(archive) == [("gate-layout-mismatch", "error")]
