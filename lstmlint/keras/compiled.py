"""The optimizer, losses and metrics with which a model was compiled: names and objects, as Keras writes them.

Keras 1 and 2 write a `training_config` with an `optimizer_config`, Keras 3 a `compile_config` with an `optimizer`.
A loss or a metric is a name, a serialized function, a serialized object, or a list or mapping of these by output.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.document import Pointer
from lstmlint.keras.names import snake_case

#: The keys of the optimizer in a record, and the keys of losses and metrics with the kind that they hold.
OPTIMIZER_KEYS = ("optimizer_config", "optimizer")
FUNCTION_KEYS: Mapping[str, str] = {"loss": "loss", "metrics": "metric", "weighted_metrics": "metric"}

#: Packages (before a `>` in a name) under which Keras and TensorFlow Addons registered classes of today's Keras.
PACKAGES = frozenset({"keras", "addons"})

#: The package of objects that a user registers without one, and of optimizers in Keras 2.11 to 2.15 (`Custom>Adam`).
CUSTOM = "custom"

#: Other names of a loss or metric, in lower case, with the name that stands for all.
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

#: Losses that measure the distance between numbers.
REGRESSION_LOSSES = frozenset({
    "mean_squared_error", "mean_absolute_error", "mean_absolute_percentage_error", "mean_squared_logarithmic_error",
    "huber", "log_cosh",
})  # fmt: skip

OTHER_LOSSES = frozenset({
    "hinge", "squared_hinge", "categorical_hinge", "kl_divergence", "poisson", "cosine_similarity", "dice", "tversky",
    "ctc", "circle",
})  # fmt: skip

LOSSES = CROSSENTROPIES | REGRESSION_LOSSES | OTHER_LOSSES

#: The class of the metric that compares numbers for equality. It keeps its name, because the text `accuracy` is another
#: metric, which Keras chooses by the shapes.
EQUALITY = "Accuracy"

#: Classes that wrap a function; their config has it under `fn`.
FUNCTION_WRAPPERS = frozenset({"LossFunctionWrapper", "MeanMetricWrapper"})

#: Classes that wrap an optimizer, and the config key under which they have it (the last three are of TensorFlow Addons
#: 0.23, `optimizers/lookahead.py` and `average_wrapper.py`).
OPTIMIZER_WRAPPERS: Mapping[str, str] = {
    "LossScaleOptimizer": "inner_optimizer", "Lookahead": "optimizer", "MovingAverage": "optimizer", "SWA": "optimizer",
}  # fmt: skip

#: Optimizers that divide the gradient by its size, and optimizers whose slots all have the shape of their weight.
ADAPTIVE = frozenset({"adam", "adamw", "adamax", "nadam", "lion", "rmsprop"})
KEEP_WHOLE_SHAPES = ADAPTIVE | {"adadelta", "adagrad", "ftrl", "sgd"}


def plain_name(written: str) -> str:
    """The class of a loss or metric without the package of Keras or TensorFlow Addons; other packages stay."""
    package, separator, name = written.rpartition(">")
    return name if separator and package.lower() in PACKAGES else written


def plain_optimizer(written: str) -> str:
    """The class of an optimizer without the package of Keras or TensorFlow Addons; other packages stay."""
    package, separator, name = written.rpartition(">")
    return name if separator and package.lower() in PACKAGES | {CUSTOM} else written


def own_name(written: str) -> str:
    """The class of an object without any package; Keras looks this name up where it does not know the package."""
    return written.rpartition(">")[2]


def function_name(written: str) -> str:
    """Today's name of a loss or metric, in snake case; a name with another package stays as it is written."""
    plain = plain_name(written)
    name = NAMES.get(plain.lower(), snake_case(plain) if ">" not in plain else plain)
    return NAMES.get(name, name)


@dataclass(frozen=True, slots=True)
class Written:
    """A serialized optimizer: its class as the file writes it, its config, and the steps to the config."""

    class_name: str
    config: Mapping[str, Any]
    steps: Pointer

    @property
    def name(self) -> str:
        """The class without the package of Keras or TensorFlow Addons."""
        return plain_optimizer(self.class_name)


@dataclass(frozen=True, slots=True)
class Named:
    """A loss or metric by name: a text, a function (`is_function`), or a class with its config.

    `function` is the function inside a wrapper.
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
        """The name that Keras looks up: a text as it is, a class without its package."""
        return self.written if self.config is None else own_name(self.written)

    @property
    def function(self) -> str:
        """The name of the function inside a wrapper; `None` where it has none."""
        inner = self.config.get("fn") if self.config and plain_name(self.written) in FUNCTION_WRAPPERS else None
        inner = inner.get("config") if isinstance(inner, Mapping) else inner
        return inner if isinstance(inner, str) else ""


def is_object(value: Any) -> bool:
    """Whether a value is a serialized object, not a mapping by output."""
    return isinstance(value, Mapping) and isinstance(value.get("class_name"), str)


def optimizer_key(record: Mapping[str, Any]) -> str | None:
    """The key of the optimizer in a record; `None` where it has none."""
    return next((key for key in OPTIMIZER_KEYS if key in record), None)


def optimizer_in(record: Mapping[str, Any]) -> Written | None:
    """The optimizer of a record, inside of all wrappers; `None` where the record has only its name, or nothing."""
    key = optimizer_key(record)
    value: Any = record[key] if key is not None else None
    steps: Pointer = (key or "",)
    while is_object(value) and isinstance(value.get("config"), Mapping):
        written = Written(value["class_name"], value["config"], (*steps, "config"))
        inner = OPTIMIZER_WRAPPERS.get(written.name)
        if inner is None or inner not in written.config:
            return written
        value, steps = written.config[inner], (*written.steps, inner)
    return None


def optimizer_name(record: Mapping[str, Any]) -> str | None:
    """The class of a record's optimizer, inside of all wrappers; `None` where it names none."""
    written = optimizer_in(record)
    if written is not None:
        return written.name
    key = optimizer_key(record)
    return plain_optimizer(record[key]) if key is not None and isinstance(record[key], str) else None


def named_in(value: Any, steps: Pointer = ()) -> Iterator[Named]:
    """The losses or metrics that a serialized value names, also inside lists and mappings, with the steps to each."""
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
    """Names of losses or metrics of a Keras, each as written and in snake case."""
    return names | {snake_case(name) for name in names}
