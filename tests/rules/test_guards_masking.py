"""What keeps the rules on masks calm: the configs that look like a finding and are none."""

from __future__ import annotations

from typing import Any

from lstmlint.ir.document import Container, Document
from lstmlint.pipeline import judge, model_of
from tests.rules.test_rule_guards import given, layer

WORDS = layer("InputLayer", "words", batch_input_shape=[None, 8], dtype="int32")
VECTORS = layer("Embedding", "vectors", ["words", 0, 0], input_dim=9, output_dim=4, mask_zero=True)


def found(*layers: dict[str, Any], version: str = "2.15.0", outputs: list[str] | None = None) -> list[tuple[str, str]]:
    """The findings on masks in a functional model, with their layers."""
    config = {
        "name": "m",
        "layers": list(layers),
        "input_layers": [[entry["name"], 0, 0] for entry in layers if entry["class_name"] == "InputLayer"],
        "output_layers": [[name, 0, 0] for name in outputs or [layers[-1]["name"]]],
    }
    serialized = {"class_name": "Model", "keras_version": version, "config": config}
    document = Document("m.json", Container.JSON, serialized, keras_version=version)
    diagnostics = judge(model_of(document)).diagnostics
    return [
        (diagnostic.rule, diagnostic.finding.location.layer)
        for diagnostic in diagnostics
        if diagnostic.category == "masking"
    ]


def lstm(name: str, inbound: str, **config: Any) -> dict[str, Any]:
    return layer("LSTM", name, [inbound, 0, 0], units=3, **config)


def test_a_mask_that_reaches_a_recurrent_layer_is_used() -> None:
    dense = layer("Dense", "dense", ["vectors", 0, 0], units=4)
    assert found(WORDS, VECTORS, dense, lstm("lstm", "dense")) == []


def test_a_mask_that_reaches_the_output_is_used_by_the_loss() -> None:
    assert found(WORDS, VECTORS, layer("Dense", "tags", ["vectors", 0, 0], units=4)) == []


def test_flatten_is_the_end_of_all_steps_and_not_a_lost_mask() -> None:
    flat = layer("Flatten", "flat", ["vectors", 0, 0])
    assert found(WORDS, VECTORS, flat, layer("Dense", "score", ["flat", 0, 0], units=1)) == [("mask-unused", "vectors")]


def test_a_sequence_that_is_made_anew_has_lost_no_mask() -> None:
    last = lstm("last", "vectors")
    repeated = layer("RepeatVector", "repeat", ["last", 0, 0], n=5)
    assert found(WORDS, VECTORS, last, repeated, lstm("decoder", "repeat", return_sequences=True)) == []


def test_a_branch_that_loses_the_mask_for_good_is_fine_where_another_uses_it() -> None:
    local = layer("Conv1D", "local", ["vectors", 0, 0], filters=3, kernel_size=[3])
    strongest = layer("GlobalMaxPooling1D", "strongest", ["local", 0, 0])
    assert found(WORDS, VECTORS, local, strongest, lstm("last", "vectors"), outputs=["strongest", "last"]) == []


def test_pooling_between_loses_the_mask_once() -> None:
    local = layer("Conv1D", "local", ["vectors", 0, 0], filters=3, kernel_size=[3])
    pooled = layer("MaxPooling1D", "pooled", ["local", 0, 0])
    assert found(WORDS, VECTORS, local, pooled, lstm("last", "pooled")) == [("mask-dropped", "local")]


def test_the_loss_counts_padding_where_a_tagger_loses_the_mask() -> None:
    local = layer("Conv1D", "local", ["vectors", 0, 0], filters=3, kernel_size=[3], padding="same")
    assert found(WORDS, VECTORS, local) == [("mask-dropped", "local")]


def test_a_custom_layer_may_use_a_mask() -> None:
    custom = layer("Gate", "gate", ["vectors", 0, 0])
    assert found(WORDS, VECTORS, custom, lstm("last", "gate")) == []


def test_a_sum_with_one_mask_is_masked_before_keras_3() -> None:
    added = layer("Add", "sum", ["vectors", 0, 0], ["places", 0, 0])
    layers = (WORDS, VECTORS, given("places", 8, 4), added, lstm("last", "sum"))
    assert found(*layers) == []
    assert found(*layers, version="3.15.1") == [("mask-dropped", "sum")]


def test_a_decoder_with_a_state_is_given_its_mask_before_keras_3() -> None:
    first = layer("InputLayer", "hidden", batch_input_shape=[None, 3])
    second = layer("InputLayer", "carried", batch_input_shape=[None, 3])
    decoder = layer("LSTM", "decoder", ["vectors", 0, 0], ["hidden", 0, 0], ["carried", 0, 0], units=3)
    layers = (WORDS, first, second, VECTORS, decoder)
    assert found(*layers) == []
    assert found(*layers, version="3.15.1") == [("mask-dropped", "decoder")]


def test_standalone_keras_refuses_what_others_let_go() -> None:
    flat = layer("Flatten", "flat", ["vectors", 0, 0])
    assert found(WORDS, VECTORS, flat, version="2.3.1") == [("mask-dropped", "flat")]
    wrapped = layer("TimeDistributed", "each", ["vectors", 0, 0], layer={"class_name": "Flatten", "config": {}})
    assert found(WORDS, VECTORS, wrapped, version="2.15.0") == [("mask-dropped", "each")]


def test_a_mask_into_cudnn_is_told_once() -> None:
    bare = layer("CuDNNLSTM", "fast", ["vectors", 0, 0], units=3)
    assert found(WORDS, VECTORS, bare, version="2.3.1") == [("mask-into-cudnn-layer", "fast")]
    unmasked = layer("Embedding", "vectors", ["words", 0, 0], input_dim=9, output_dim=4)
    assert found(WORDS, unmasked, bare, version="2.3.1") == []
    ended = (lstm("slow", "vectors"), layer("RepeatVector", "repeat", ["slow", 0, 0], n=4))
    again = layer("CuDNNLSTM", "fast", ["repeat", 0, 0], units=3)
    assert found(WORDS, VECTORS, *ended, again, version="2.3.1") == []


def masking(before: dict[str, Any], **config: Any) -> list[tuple[str, str]]:
    mask = layer("Masking", "masking", [before["name"], 0, 0], **config)
    return found(given("series", 8, 4), before, mask, lstm("last", "masking"))


def test_maps_that_leave_padding_alone_may_come_before_masking() -> None:
    at = ["series", 0, 0]
    assert masking(layer("Dropout", "dropout", at, rate=0.1)) == []
    assert masking(layer("Activation", "linear", at, activation="linear"), mask_value=-1.0) == []
    assert masking(layer("Dense", "map", at, units=4, use_bias=False)) == []
    assert masking(layer("LayerNormalization", "norm", at, center=False)) == []
    assert masking(layer("LSTM", "lstm", at, units=4, return_sequences=True, zero_output_for_mask=True)) == []
    assert masking(layer("Rescaling", "scale", at, scale=0.1, offset=-1.0), mask_value=-1.0) == []


def test_maps_that_move_padding_may_not() -> None:
    at = ["series", 0, 0]
    fires = [("masking-after-transform", "masking")]
    assert masking(layer("Dense", "map", at, units=4)) == fires
    assert masking(layer("Dense", "map", at, units=4, use_bias=False), mask_value=-1.0) == fires
    assert masking(layer("Conv1D", "map", at, filters=4, kernel_size=[3])) == fires
    assert masking(layer("LSTM", "map", at, units=4, return_sequences=True)) == fires
    assert masking(layer("LayerNormalization", "map", at)) == fires
    assert masking(layer("Lambda", "map", at)) == []


def embedded(rows: int, class_name: str = "TextVectorization", **config: Any) -> list[tuple[str, str]]:
    text = layer("InputLayer", "text", batch_input_shape=[None, 1], dtype="string")
    ids = layer(class_name, "ids", ["text", 0, 0], output_mode="int", output_sequence_length=6, **config)
    vectors = layer("Embedding", "vectors", ["ids", 0, 0], input_dim=rows, output_dim=4)
    return found(text, ids, vectors)


def test_rows_for_every_id_are_enough() -> None:
    fires = [("mask-zero-vocabulary", "vectors")]
    assert embedded(4, vocabulary=["", "[UNK]", "a", "b"]) == []
    assert embedded(4, vocabulary=["a", "b"]) == []
    assert embedded(3, vocabulary=["a", "b"]) == fires
    assert embedded(9, vocabulary=["a", "b"]) == []
    assert embedded(100, max_tokens=100) == []
    assert embedded(99, max_tokens=100) == fires
    assert embedded(5) == []
    assert embedded(3, "StringLookup", vocabulary=["a", "b"]) == []
    assert embedded(3, "StringLookup", vocabulary=["a", "b"], mask_token="") == fires
    assert embedded(2, "StringLookup", vocabulary=["a", "b"], num_oov_indices=0) == []
