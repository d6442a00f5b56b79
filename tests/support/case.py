"""One layer to try on real Keras 3, and tables of them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import keras

L = keras.layers

#: Layers that Keras cannot save as H5, because it cannot copy the objects in their configs.
NOT_IN_H5 = frozenset({
    "RandomBrightness", "RandomColorDegeneration", "RandomPosterization", "RandomSaturation", "RandomSharpness",
    "Solarization",
})  # fmt: skip

#: The values to try of each argument.
Choices = dict[str, list[Any]]


@dataclass(frozen=True)
class Case:
    """One layer on one or several inputs, whose shapes are given without the batch."""

    shape: Any
    class_name: str
    arguments: dict[str, Any]

    def layer(self) -> Any:
        arguments = {key: value() if callable(value) else value for key, value in self.arguments.items()}
        return getattr(L, self.class_name)(**arguments)

    @property
    def formats(self) -> list[str]:
        """The formats that Keras can save the layer in."""
        return ["json", "keras"] if self.class_name in NOT_IN_H5 else ["json", "h5", "keras"]

    def __str__(self) -> str:
        arguments = ",".join(f"{key}={_short(value)}" for key, value in self.arguments.items())
        return f"{self.class_name}({arguments}){self.shape}".replace(" ", "")


def _short(value: Any) -> str:
    return getattr(value, "__name__", str(value)) if callable(value) else str(value)


def grid(class_name: str, shapes: list[Any], **choices: list[Any]) -> Iterator[Case]:
    """A case for each shape and each combination of arguments."""
    for shape, *values in itertools.product(shapes, *choices.values()):
        yield Case(shape, class_name, dict(zip(choices, values, strict=True)))


def each(class_names: list[str], shapes: list[Any], **choices: list[Any]) -> Iterator[Case]:
    for class_name in class_names:
        yield from grid(class_name, shapes, **choices)
