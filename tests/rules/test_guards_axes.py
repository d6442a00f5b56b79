"""What keeps rules on the meaning of axes and on states calm: reshapes, joins and states that are right."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules.test_rule_guards import found, given, layer

SERIES = given("x", 60, 8)
FIRST = layer("LSTM", "first", ["x", 0, 0], units=16, return_sequences=True)
RULES = frozenset({
    "reshape-for-permute", "recurrence-along-features", "normalization-over-time", "channels-axis-mixed",
    "concatenation-axis", "softmax-over-time", "merge-with-itself", "states-paired-wrong",
})  # fmt: skip


def said(*layers: dict[str, Any]) -> list[tuple[str, str]]:
    return [(rule, name) for rule, name in found(*layers) if rule in RULES]


def lstm(before: str, **config: Any) -> dict[str, Any]:
    return layer("LSTM", "last", [before, 0, 0], units=4, **config)


@pytest.mark.parametrize(
    ("target", "is_wrong"),
    [([60, 8], False), ([8, 60], True), ([30, 16], False), ([120, 4], False), ([10, 48], False), ([32, 15], True)],
)
def test_windows_are_cut_and_axes_are_not_exchanged(target: list[int], is_wrong: bool) -> None:
    turned = layer("Reshape", "turned", ["x", 0, 0], target_shape=target)
    wanted = [("reshape-for-permute", "turned")] if is_wrong else []
    assert [one for one in said(SERIES, turned, lstm("turned")) if one[0] == "reshape-for-permute"] == wanted


def test_convolutions_become_timesteps_by_a_whole_axis() -> None:
    picture = given("x", 8, 32, 1)
    convolution = layer("Conv2D", "conv", ["x", 0, 0], filters=4, kernel_size=[3, 3], padding="same")
    for target, is_wrong in (([8, 128], False), ([32, 32], True)):
        flat = layer("Reshape", "flat", ["conv", 0, 0], target_shape=target)
        assert said(picture, convolution, flat, lstm("flat")) == [("reshape-for-permute", "flat")] * is_wrong
    turned = layer("Permute", "turned", ["conv", 0, 0], dims=[2, 1, 3])
    flat = layer("Reshape", "flat", ["turned", 0, 0], target_shape=[32, 32])
    assert said(picture, convolution, turned, flat, lstm("flat")) == []


def test_units_of_a_dense_and_flat_inputs_may_become_time() -> None:
    flat = layer("Reshape", "flat", ["x", 0, 0], target_shape=[60, 1])
    assert said(given("x", 60), flat, lstm("flat")) == []
    dense = layer("Dense", "dense", ["x", 0, 0], units=60)
    assert (
        said(given("x", 5), dense, layer("Reshape", "flat", ["dense", 0, 0], target_shape=[60, 1]), lstm("flat")) == []
    )
    last = layer("LSTM", "first", ["x", 0, 0], units=60)
    behind = layer("Reshape", "flat", ["first", 0, 0], target_shape=[60, 1])
    assert said(SERIES, last, behind, lstm("flat")) == [("recurrence-along-features", "last")]


@pytest.mark.parametrize(
    ("class_name", "axis", "is_wrong"),
    [
        ("BatchNormalization", [1], True),
        ("BatchNormalization", 1, True),
        ("BatchNormalization", -1, False),
        ("BatchNormalization", 2, False),
        ("LayerNormalization", [1], True),
        ("LayerNormalization", [1, 2], False),
        ("LayerNormalization", -1, False),
    ],
)
def test_normalization_of_features_or_of_all(class_name: str, axis: Any, is_wrong: bool) -> None:
    norm = layer(class_name, "norm", ["first", 0, 0], axis=axis)
    wanted = [("normalization-over-time", "norm")] if is_wrong else []
    assert said(SERIES, FIRST, norm, lstm("norm")) == wanted


def test_channels_first_is_right_for_channels_first() -> None:
    data = {"data_format": "channels_first"}
    convolution = layer("Conv2D", "conv", ["x", 0, 0], filters=4, kernel_size=[3, 3], **data)
    for more, wrong in ((data, []), ({}, [("channels-axis-mixed", "pool")])):
        pool = layer(
            "MaxPooling2D", "pool", ["conv", 0, 0], pool_size=[2, 2], **{"data_format": "channels_last", **more}
        )
        assert said(given("x", 3, 32, 32), convolution, pool) == wrong


def test_streams_one_after_the_other_and_side_by_side() -> None:
    other = layer("GRU", "other", ["x", 0, 0], units=16, return_sequences=True)
    longer = layer("GRU", "other", ["y", 0, 0], units=16, return_sequences=True)
    for axis, is_wrong in ((-1, False), (2, False), (1, True), (0, True)):
        both = layer("Concatenate", "both", ["first", 0, 0], ["other", 0, 0], axis=axis)
        assert said(SERIES, FIRST, other, both, lstm("both")) == [("concatenation-axis", "both")] * is_wrong
    both = layer("Concatenate", "both", ["first", 0, 0], ["other", 0, 0], axis=1)
    assert said(SERIES, given("y", 60, 8), FIRST, longer, both, lstm("both")) == []


def test_softmax_over_time_is_right_for_attention() -> None:
    scores = layer("Dense", "scores", ["first", 0, 0], units=16)
    over_time = layer("Softmax", "weights", ["scores", 0, 0], axis=1)
    assert said(SERIES, FIRST, scores, over_time) == [("softmax-over-time", "weights")]
    weighed = layer("Multiply", "weighed", ["first", 0, 0], ["weights", 0, 0])
    assert said(SERIES, FIRST, scores, over_time, weighed) == []


def test_a_square_is_no_residual() -> None:
    for class_name, is_wrong in (("Add", True), ("Concatenate", True), ("Multiply", False)):
        merge = layer(class_name, "merge", ["first", 0, 0], ["first", 0, 0])
        assert said(SERIES, FIRST, merge) == [("merge-with-itself", "merge")] * is_wrong


ENCODER = layer("LSTM", "encoder", ["x", 0, 0], units=8, return_state=True)
HEADED = {
    "layer": {"class_name": "LSTM", "config": {"name": "inner", "units": 8, "return_state": True}},
    "merge_mode": "concat",
}
BOTH_WAYS = layer("Bidirectional", "encoder", ["x", 0, 0], **HEADED)


@pytest.mark.parametrize(
    ("first", "second", "is_wrong"), [(1, 2, False), (2, 1, True), (1, 1, True), (0, 2, False), (2, 0, True)]
)
def test_h_for_h_and_c_for_c(first: int, second: int, is_wrong: bool) -> None:
    decoder = layer("LSTM", "decoder", ["y", 0, 0], ["encoder", 0, first], ["encoder", 0, second], units=8)
    wanted = [("states-paired-wrong", "decoder")] if is_wrong else []
    assert said(SERIES, given("y", 5, 3), ENCODER, decoder) == wanted


@pytest.mark.parametrize(
    ("h", "c", "is_wrong"),
    [((1, 3), (2, 4), False), ((1, 2), (3, 4), True), ((2, 4), (1, 3), True), ((3, 1), (4, 2), False)],
)
def test_directions_are_joined_state_by_state(h: tuple[int, int], c: tuple[int, int], is_wrong: bool) -> None:
    joins = [
        layer("Concatenate", name, *(["encoder", 0, index] for index in indexes))
        for name, indexes in (("h", h), ("c", c))
    ]
    decoder = layer("LSTM", "decoder", ["y", 0, 0], ["h", 0, 0], ["c", 0, 0], units=16)
    wanted = [("states-paired-wrong", "decoder")] if is_wrong else []
    assert said(SERIES, given("y", 5, 3), BOTH_WAYS, *joins, decoder) == wanted


def test_directions_keep_their_side_and_projections_are_not_judged() -> None:
    for order, is_wrong in (((1, 2, 3, 4), False), ((3, 4, 1, 2), True)):
        inbound = [["y", 0, 0], *(["encoder", 0, index] for index in order)]
        decoder = layer("Bidirectional", "decoder", *inbound, **HEADED)
        wanted = [("states-paired-wrong", "decoder")] if is_wrong else []
        assert said(SERIES, given("y", 5, 3), BOTH_WAYS, decoder) == wanted
    dense = layer("Dense", "dense", ["encoder", 0, 2], units=8)
    decoder = layer("LSTM", "decoder", ["y", 0, 0], ["dense", 0, 0], ["encoder", 0, 1], units=8)
    assert [name for name, _ in said(SERIES, given("y", 5, 3), ENCODER, dense, decoder)] == ["states-paired-wrong"]
