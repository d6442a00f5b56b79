"""What a model was compiled with, as Keras writes it: names of optimizers, losses and metrics, and their objects.

Keras 1 and 2 write a `training_config` with an `optimizer_config`, Keras 3 a `compile_config` with an `optimizer`.
A loss or a metric is a name, a serialized function, a serialized object, or a list or mapping of these by output.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from lstmlint.ir.document import Pointer
from lstmlint.keras.names import snake_case

#: The keys under which a record has its optimizer, those of losses and metrics, and what these hold.
OPTIMIZER_KEYS = ("optimizer_config", "optimizer")
FUNCTION_KEYS: Mapping[str, str] = {"loss": "loss", "metrics": "metric", "weighted_metrics": "metric"}

#: Packages before a `>` in whose name Keras and TensorFlow Addons registered what is Keras' own today.
PACKAGES = frozenset({"keras", "addons"})

#: The package of what a user registers without one, and of the optimizers of Keras 2.11 to 2.15 (`Custom>Adam`).
CUSTOM = "custom"

#: Names of the same loss or metric, in small letters.
NAMES: Mapping[str, str] = {
    "mse": "mean_squared_error", "mae": "mean_absolute_error", "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error", "bce": "binary_crossentropy", "kld": "kl_divergence",
    "kullback_leibler_divergence": "kl_divergence", "logcosh": "log_cosh", "huber_loss": "huber",
    "cosine_proximity": "cosine_similarity", "cosine": "cosine_similarity", "acc": "accuracy",
}  # fmt: skip

#: Names that `compile` itself resolves by the shape of the output.
RESOLVED = frozenset({"accuracy", "acc", "crossentropy", "ce"})

CATEGORICAL_CROSSENTROPIES = frozenset(
    {"categorical_crossentropy", "sparse_categorical_crossentropy", "categorical_focal_crossentropy"}
)
BINARY_CROSSENTROPIES = frozenset({"binary_crossentropy", "binary_focal_crossentropy"})
CROSSENTROPIES = CATEGORICAL_CROSSENTROPIES | BINARY_CROSSENTROPIES

#: Losses that measure the distance of numbers.
REGRESSION_LOSSES = frozenset({
    "mean_squared_error", "mean_absolute_error", "mean_absolute_percentage_error", "mean_squared_logarithmic_error",
    "huber", "log_cosh",
})  # fmt: skip

OTHER_LOSSES = frozenset({
    "hinge", "squared_hinge", "categorical_hinge", "kl_divergence", "poisson", "cosine_similarity", "dice", "tversky",
    "ctc", "circle",
})  # fmt: skip

LOSSES = CROSSENTROPIES | REGRESSION_LOSSES | OTHER_LOSSES

#: The class of metric that asks whether numbers are equal. It keeps its name, as the text `accuracy` is another metric,
#: which Keras chooses by the shapes.
EQUALITY = "Accuracy"

#: Objects around a function, which is under `fn` in their config.
FUNCTION_WRAPPERS = frozenset({"LossFunctionWrapper", "MeanMetricWrapper"})

#: Objects around an optimizer, and the key of their config under which it is (the last three are of TensorFlow Addons
#: 0.23, `optimizers/lookahead.py` and `average_wrapper.py`).
OPTIMIZER_WRAPPERS: Mapping[str, str] = {
    "LossScaleOptimizer": "inner_optimizer", "Lookahead": "optimizer", "MovingAverage": "optimizer", "SWA": "optimizer",
}  # fmt: skip

#: Optimizers that divide the gradient by its size, and those whose every tensor has the shape of its weight.
ADAPTIVE = frozenset({"adam", "adamw", "adamax", "nadam", "lion", "rmsprop"})
KEEP_WHOLE_SHAPES = ADAPTIVE | {"adadelta", "adagrad", "ftrl", "sgd"}


def plain_name(written: str) -> str:
    """The class of a loss or metric without the package of Keras or TensorFlow Addons; others keep theirs."""
    package, separator, name = written.rpartition(">")
    return name if separator and package.lower() in PACKAGES else written


def plain_optimizer(written: str) -> str:
    """The class of an optimizer without the package of Keras or TensorFlow Addons; others keep theirs."""
    package, separator, name = written.rpartition(">")
    return name if separator and package.lower() in PACKAGES | {CUSTOM} else written


def own_name(written: str) -> str:
    """The class of an object without any package, as Keras looks it up where it knows no such package."""
    return written.rpartition(">")[2]


def function_name(written: str) -> str:
    """Today's name of a loss or metric, in snake case; one of another package stays as it is written."""
    plain = plain_name(written)
    name = NAMES.get(plain.lower(), snake_case(plain) if ">" not in plain else plain)
    return NAMES.get(name, name)


@dataclass(frozen=True, slots=True)
class Written:
    """A serialized optimizer: its class as it is written, its config, and the steps to the config."""

    class_name: str
    config: Mapping[str, Any]
    steps: Pointer

    @property
    def name(self) -> str:
        return plain_optimizer(self.class_name)


@dataclass(frozen=True, slots=True)
class Named:
    """A loss or metric by its name: a text, a function (`is_function`), or a class with its config.

    `function` is what a wrapper of a function holds.
    """

    written: str
    config: Mapping[str, Any] | None = None
    is_function: bool = False
    steps: Pointer = ()

    @property
    def name(self) -> str:
        """Today's name of the function or class."""
        return function_name(self.function or self.written)

    @property
    def own_name(self) -> str:
        """What Keras looks up: a text as it is, a class without its package."""
        return self.written if self.config is None else own_name(self.written)

    @property
    def function(self) -> str:
        """The function inside a wrapper, if it is told by name."""
        inner = self.config.get("fn") if self.config and plain_name(self.written) in FUNCTION_WRAPPERS else None
        inner = inner.get("config") if isinstance(inner, Mapping) else inner
        return inner if isinstance(inner, str) else ""


def is_object(value: Any) -> bool:
    """Whether a value is a serialized object, not a mapping by output."""
    return isinstance(value, Mapping) and isinstance(value.get("class_name"), str)


def optimizer_key(record: Mapping[str, Any]) -> str | None:
    """The key under which a record has its optimizer."""
    return next((key for key in OPTIMIZER_KEYS if key in record), None)


def optimizer_in(record: Mapping[str, Any]) -> Written | None:
    """The optimizer of a record, seen through wrappers; `None` where it is told by name only, or not at all."""
    key = optimizer_key(record)
    value: Any = record[key] if key is not None else None
    steps: Pointer = (key or "",)
    while is_object(value) and isinstance(value.get("config"), Mapping):
        found = Written(value["class_name"], value["config"], (*steps, "config"))
        inner = OPTIMIZER_WRAPPERS.get(found.name)
        if inner is None or inner not in found.config:
            return found
        value, steps = found.config[inner], (*found.steps, inner)
    return None


def optimizer_name(record: Mapping[str, Any]) -> str | None:
    """The class of a record's optimizer, seen through wrappers; `None` where it names none."""
    found = optimizer_in(record)
    if found is not None:
        return found.name
    key = optimizer_key(record)
    return plain_optimizer(record[key]) if key is not None and isinstance(record[key], str) else None


def named_in(value: Any, steps: Pointer = ()) -> Iterator[Named]:
    """The losses or metrics that a serialized value names, in lists and mappings too, with the steps to each."""
    if isinstance(value, str):
        yield Named(value, steps=steps)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from named_in(item, (*steps, index))
    elif isinstance(value, Mapping) and "class_name" not in value:
        for key, item in value.items():
            yield from named_in(item, (*steps, key))
    elif isinstance(value, Mapping):
        config = value.get("config")
        if value["class_name"] == "function" and isinstance(config, str):
            yield Named(config, is_function=True, steps=steps)
        else:
            yield Named(str(value["class_name"]), config if isinstance(config, Mapping) else {}, steps=steps)


@cache
def known_functions(names: frozenset[str]) -> frozenset[str]:
    """Names of losses or metrics of a Keras, each as it is and in snake case."""
    return names | {snake_case(name) for name in names}
