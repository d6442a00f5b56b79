"""Custom layers that a user teaches in the settings, by a shape (in Python: `test_plugins.py`)."""

from __future__ import annotations

from typing import Any

import pytest

from lstmlint.inference.taught import taught_layers
from lstmlint.ir.document import Container, Document
from lstmlint.ir.model import Model
from lstmlint.ir.shape import Unknown, to_json
from lstmlint.pipeline import model_of
from lstmlint.settings.settings import Settings


def model(text: str | tuple[str, ...], *shape: int | None, **config: Any) -> Model:
    """A model with a custom layer `Decoder` between an input and a Dense of 2 units."""
    layers: list[dict[str, Any]] = [
        {"class_name": "InputLayer", "config": {"name": "x", "batch_input_shape": [None, *shape]}},
        {"class_name": "Decoder", "config": {"name": "decoder", **config}},
        {"class_name": "Dense", "config": {"name": "dense", "units": 2}},
    ]
    serialized = {"class_name": "Sequential", "config": {"name": "m", "layers": layers}}
    document = Document("m.json", Container.JSON, serialized, keras_version="2.15.0")
    return model_of(document, Settings(layers={"Decoder": text}))


#: What the settings say, the shape of the input, the config, and the shape that comes out.
SHAPES: list[tuple[str, tuple[int | None, ...], dict[str, Any], Any]] = [
    ("same-shape", (7, 3), {}, [None, 7, 3]),
    ("(batch, timesteps, units)", (7, 3), {"units": 5}, [None, 7, 5]),
    ("(batch, features)", (7, 3), {}, [None, 3]),
    ("(batch, 2 * units + 1)", (7, 3), {"units": 5}, [None, 11]),
    ("(batch, timesteps // 2, features)", (None, 3), {}, [None, None, 3]),
    ("(batch, None, 4)", (7, 3), {}, [None, None, 4]),
    ("(4,)", (7, 3), {}, [4]),
]


@pytest.mark.parametrize(("text", "shape", "config", "expected"), SHAPES)
def test_a_taught_shape(text: str, shape: tuple[int | None, ...], config: dict[str, Any], expected: Any) -> None:
    decoder = model(text, *shape, **config).by_name["decoder"]
    assert to_json(decoder.outputs) == expected
    assert isinstance(decoder.params, Unknown)


def test_what_follows_a_taught_layer_is_counted() -> None:
    assert model("(batch, units)", 7, 3, units=5).by_name["dense"].params == 5 * 2 + 2


def test_several_outputs() -> None:
    taught = model(("(batch, units)", "(batch, timesteps)"), 7, 3, units=5)
    assert to_json(taught.by_name["decoder"].outputs) == [[None, 5], [None, 7]]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("(batch, units)", "its config has no integer 'units'"),
        ("(batch, timesteps // zero)", "its taught shape divides by zero"),
    ],
)
def test_what_cannot_be_told_is_unknown(text: str, reason: str) -> None:
    outputs = model(text, 7, 3, zero=0).by_name["decoder"].outputs
    assert isinstance(outputs, Unknown)
    assert outputs.reason == reason


def test_timesteps_need_a_second_axis() -> None:
    serialized = model("(batch, timesteps)").by_name["decoder"].outputs
    assert serialized == Unknown("its taught shape names timesteps, which its input of rank 1 does not have")


@pytest.mark.parametrize(
    "text",
    ["", "batch", "(batch, units", "(batch, __import__('os'))", "(batch, units.x)", "(batch, 1.5)", "(batch, True)",
     "(batch, units ** 9)", "[batch]", "(" * 5000],
)  # fmt: skip
def test_anything_else_is_refused_and_never_executed(text: str) -> None:
    with pytest.raises(ValueError, match="is no shape"):
        taught_layers({"Decoder": text})


def test_a_custom_layer_says_how_it_can_be_taught() -> None:
    document = model("same-shape", 7, 3).document
    outputs = model_of(document).by_name["decoder"].outputs
    assert isinstance(outputs, Unknown)
    assert outputs.reason == (
        "Decoder is not a built-in layer that lstmlint knows; [tool.lstmlint.layers] can tell its output shape"
    )
