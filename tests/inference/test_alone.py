"""Layers that no file holds: the numbers of real Keras for the same arguments, and one clear line for others."""

from __future__ import annotations

from typing import Any

import pytest

import lstmlint
from lstmlint.inference.alone import LayerArgumentsError, model_of_layer
from tests.support.commands import printed, said

Case = tuple[str, tuple[int | None, ...], dict[str, Any]]

CASES: list[Case] = [
    ("LSTM", (4, 2), {"units": 3}),
    ("LSTM", (None, 2), {"units": 3, "use_bias": False, "return_sequences": True}),
    ("GRU", (4, 2), {"units": 3}),
    ("GRU", (4, 2), {"units": 3, "reset_after": False}),
    ("SimpleRNN", (4, 2), {"units": 3, "activation": "relu"}),
    ("Bidirectional(LSTM)", (4, 2), {"units": 3}),
    ("Bidirectional(GRU)", (4, 2), {"units": 3, "merge_mode": "sum", "return_sequences": True}),
    ("TimeDistributed(Bidirectional(GRU))", (5, 4, 2), {"units": 2}),
    ("RNN(LSTMCell)", (4, 2), {"units": 3, "return_sequences": True}),
    ("ConvLSTM1D", (4, 8, 2), {"filters": 3, "kernel_size": 3}),
    ("ConvLSTM2D", (4, 8, 8, 2), {"filters": 3, "kernel_size": [3, 2], "padding": "same"}),
    ("Dense", (4,), {"units": 3}),
    ("Dense", (None, 4), {"units": 3, "use_bias": False}),
    ("Conv1D", (9, 4), {"filters": 6, "kernel_size": 3, "strides": 2}),
    ("Conv2D", (28, 28, 1), {"filters": 8, "kernel_size": [3, 3], "dilation_rate": 2}),
]


@pytest.mark.parametrize(("layer", "shape", "settings"), CASES, ids=str)
def test_the_numbers_are_those_of_keras(layer: str, shape: tuple[int | None, ...], settings: dict[str, Any]) -> None:
    import keras

    *wrappers, innermost = layer.rstrip(")").split("(")
    outer = {"merge_mode"} | ({"return_sequences"} if innermost == "LSTMCell" else set())
    inner = {key: value for key, value in settings.items() if key not in outer}
    real: Any = getattr(keras.layers, innermost)(**inner)
    for name in reversed(wrappers):
        taken = {key: settings[key] for key in outer & settings.keys() if name != "TimeDistributed"}
        real = getattr(keras.layers, name)(real, **taken)
    output = real(keras.Input(shape))
    built = model_of_layer(layer, shape, settings).layers[-1]
    assert (built.outputs, built.params) == (output.shape, real.count_params())


@pytest.mark.parametrize(
    ("layer", "shape", "settings", "said"),
    [
        ("LSTN", (4, 2), {"units": 3}, "'LSTN' is no layer of Keras 3"),
        ("Conv", (4, 2), {"units": 3}, "there are Conv1D"),
        ("LSTM)", (4, 2), {"units": 3}, "names no layer"),
        ("(" * 99, (4, 2), {"units": 3}, "names no layer"),
        ("Bidirectional", (4, 2), {"units": 3}, r"name it: 'Bidirectional\(LSTM\)'"),
        ("Dense(LSTM)", (4, 2), {"units": 3}, "Dense wraps no layer"),
        ("LSTM", (4, 2), {"filters": 3}, "LSTM takes no 'filters'; it takes activation, .*units"),
        ("LSTM", (4, 2), {"units": -3}, "LSTM takes no units of -3"),
        ("GRU", (4, 2), {"units": 3, "reset_after": "no"}, "it is true or false"),
        ("LSTM", (4, 2), {"units": 3, "name": "x"}, "takes no 'name'"),
        ("LSTM", (4, 2), {}, "no integer 'units'; it takes"),
        ("LSTM", (4,), {"units": 3}, "rank 3 and gets one of rank 2"),
        ("LSTM", (4, None), {"units": 3}, "dimension that is open"),
        ("Conv2D", (2, 2, 1), {"filters": 3, "kernel_size": 3}, "would be empty"),
    ],
)
def test_what_makes_no_layer_is_told(
    layer: str, shape: tuple[int | None, ...], settings: dict[str, Any], said: str
) -> None:
    with pytest.raises(LayerArgumentsError, match=said):
        model_of_layer(layer, shape, settings)


def test_the_function_gives_what_the_command_prints() -> None:
    arguments = ("explain", "--layer", "GRU", "--units", "3", "--input", "4,2", "--set", "reset_after=false")
    told = lstmlint.explain_layer("GRU", (4, 2), {"units": 3, "reset_after": False})
    assert told.to_dict() == printed(*arguments, "--format", "json")
    assert f"{told}\n" == said(*arguments)
    assert said(*arguments).startswith("gru: 3 gates x 3 units x (2 features + 3 units + 1 bias) = 54\n")
    assert "54 parameters" in said(*arguments, "--svg")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "name a file, or a layer"),
        (("model.h5", "--units", "3"), "add --layer CLASS"),
        (("model.h5", "--layer", "LSTM", "--input", "4,2"), "--layer needs no file"),
        (("--layer", "LSTM", "--units", "3"), "--input 4,2"),
        (("--layer", "LSTM", "--units", "3", "--input", "4,2", "--values"), "leave them out with --layer"),
        (("--layer", "LSTN", "--units", "3", "--input", "4,2"), "'LSTN' is no layer"),
        (("--layer", "Dense", "--units", "3", "--input", "4", "--svg"), "no recurrent layer to draw"),
    ],
)
def test_arguments_that_do_not_go_together_are_one_line(arguments: tuple[str, ...], told: str) -> None:
    output = said("explain", *arguments)
    assert told in output
    assert output.count("\n") == 1
