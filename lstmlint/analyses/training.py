"""How a model was compiled, in one form whichever Keras and container recorded it: losses, metrics, optimizer.

Keras 1 and 2 write a `training_config` with an `optimizer_config`, Keras 3 a `compile_config` with an `optimizer`.
A loss or a metric is a name, a serialized function, a serialized object, or a list or mapping of these by output.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from lstmlint.analyses.activations import DISTRIBUTIONS, Activation, applied, number_in, producer, shape_of
from lstmlint.analyses.sequences import place_of
from lstmlint.inference.stored import snake_case
from lstmlint.ir.document import Container, Document, Pointer
from lstmlint.ir.finding import Location
from lstmlint.ir.graph import TensorRef, references
from lstmlint.ir.memo import asked_once
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Dim, Shape, Unknown

#: Keys of the serialized model under which the record may lie.
RECORD_KEYS = ("compile_config", "training_config")

#: Today's names of losses and metrics that have others too.
NAMES: Mapping[str, str] = {
    "mse": "mean_squared_error", "mae": "mean_absolute_error", "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error", "bce": "binary_crossentropy", "kld": "kl_divergence",
    "kullback_leibler_divergence": "kl_divergence", "logcosh": "log_cosh", "huber_loss": "huber",
    "cosine_proximity": "cosine_similarity", "cosine": "cosine_similarity", "acc": "accuracy",
}  # fmt: skip

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

#: Objects around an optimizer, and the key of their config under which it is.
OPTIMIZER_WRAPPERS: Mapping[str, str] = {"LossScaleOptimizer": "inner_optimizer"}

#: Before the name of an optimizer of Keras 2.11 to 2.15.
CUSTOM_PACKAGE = "Custom>"


@dataclass(frozen=True, slots=True)
class Loss:
    """One of Keras' own losses by today's name of its function; `steps` lead to it in the record."""

    name: str
    config: Mapping[str, Any]
    steps: Pointer

    @property
    def from_logits(self) -> bool:
        return self.config.get("from_logits") is True

    @property
    def is_along_last_axis(self) -> bool:
        return bool(self.config.get("axis", -1) == -1)

    @property
    def text(self) -> str:
        """The loss as one writes it."""
        return f"{self.name} with from_logits=True" if self.from_logits else self.name


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric by today's name of its function or class in small letters; `steps` lead to it in the record."""

    name: str
    config: Mapping[str, Any]
    steps: Pointer


@dataclass(frozen=True, slots=True)
class Output:
    """One output of a model, with what it was trained with: `loss` is `None` where the record tells none."""

    layer: Layer
    shape: Shape
    activation: Activation | Unknown
    loss: Loss | Unknown | None
    metrics: tuple[Metric, ...]

    @property
    def location(self) -> Location:
        """The layer that makes the output, or the one whose activation it is."""
        return place_of(self.layer if isinstance(self.activation, Unknown) else self.activation.layer)

    @property
    def width(self) -> Dim:
        """The last dimension."""
        if isinstance(self.shape, Unknown):
            return self.shape
        return self.shape[-1] if self.shape else Unknown("it is a single number")

    @property
    def has_faulty_softmax(self) -> bool:
        """Whether the output's softmax is amiss whatever it is trained with: over one value, or inside of gates."""
        activation = self.activation
        if not isinstance(activation, Activation) or activation.name not in DISTRIBUTIONS:
            return False
        return self.width == 1 or activation.is_gated


@dataclass(frozen=True, slots=True)
class Optimizer:
    """An optimizer by the name of its class, with the learning rate that it starts from, if the file tells it.

    `schedule` is the class of the learning rate's schedule, if it has one.
    """

    class_name: str
    learning_rate: float | Unknown
    steps: Pointer
    schedule: str | None = None


Part: TypeAlias = tuple[Any, Pointer]


def record(document: Document) -> Mapping[str, Any]:
    """How the model was compiled, as the file has it; empty where it does not tell."""
    return document.training_config or {}


def place(document: Document, steps: Pointer, layer: str = "training") -> Location:
    """Where a part of the training record stands: in the config, or beside it in the container.

    What lies beside the config has no pointer, so its place is a path in the container as that of a tensor.
    """
    for key in RECORD_KEYS:
        if document.config is not None and document.config.get(key) is document.training_config:
            return Location(layer, (key, *steps))
    *outer, _ = document.config_place.split("/") if document.container is not Container.SAVED_MODEL else ("root", "")
    return Location(layer, stored="/".join(map(str, (*filter(None, outer), "training_config", *steps))))


@asked_once
def outputs(model: Model) -> Iterator[Output]:
    """The outputs of the outermost model in their order."""
    if model.graph is None:
        return
    written = record(model.document)
    named = list(_named_outputs(model.graph.outputs))
    losses = _by_output(written.get("loss"), ("loss",), [name for name, _ in named])
    metrics = _metrics_by_output(written.get("metrics"), [name for name, _ in named])
    for (_, reference), (loss, steps), own_metrics in zip(named, losses, metrics, strict=True):
        found = producer(model, reference)
        if found is not None:
            yield Output(
                layer=found[1],
                shape=shape_of(model, reference),
                activation=applied(model, reference),
                loss=_loss(loss, steps),
                metrics=own_metrics,
            )


def optimizer(model: Model) -> Optimizer | None:
    """The optimizer of a model, seen through wrappers; `None` where the file tells none."""
    written = record(model.document)
    key = next((key for key in ("optimizer_config", "optimizer") if key in written), None)
    if key is None:
        return None
    value: Any = written[key]
    steps: Pointer = (key,)
    while isinstance(value, Mapping):
        class_name, config = value.get("class_name"), value.get("config")
        inner = OPTIMIZER_WRAPPERS.get(str(class_name))
        if not isinstance(class_name, str) or not isinstance(config, Mapping):
            return None
        steps = (*steps, "config")
        if inner is None or inner not in config:
            return _optimizer(class_name.removeprefix(CUSTOM_PACKAGE), config, steps)
        value, steps = config[inner], (*steps, inner)
    return None


def _optimizer(class_name: str, config: Mapping[str, Any], steps: Pointer) -> Optimizer:
    key = next((key for key in ("learning_rate", "lr") if key in config), None)
    if key is None:
        return Optimizer(class_name, Unknown("its config states no learning rate"), steps)
    rate, steps = config[key], (*steps, key)
    schedule = None
    if isinstance(rate, Mapping):
        schedule = str(rate.get("class_name"))
        inner = rate.get("config")
        rate = inner.get("initial_learning_rate") if isinstance(inner, Mapping) else None
        steps = (*steps, "config", "initial_learning_rate")
    number = number_in(rate)
    untold = Unknown("its learning rate is no number")
    return Optimizer(class_name, untold if number is None else number, steps, schedule)


def _named_outputs(structure: Any) -> Iterator[tuple[str, TensorRef]]:
    """The outputs of a model with the names by which a record may tell them apart."""
    if isinstance(structure, Mapping):
        for name, inner in structure.items():
            yield from ((name, reference) for reference in references(inner))
    else:
        yield from ((reference.layer, reference) for reference in references(structure))


def _is_object(value: Any) -> bool:
    """Whether a mapping is a serialized object, not one by output."""
    return isinstance(value, Mapping) and isinstance(value.get("class_name"), str)


def _by_output(value: Any, steps: Pointer, names: list[str]) -> list[Part]:
    """A loss for each output, with the steps to it: one for all, or a list or mapping of them."""
    if isinstance(value, list):
        if len(value) != len(names):
            return [(None, steps)] * len(names)
        return [(inner, (*steps, index)) for index, inner in enumerate(value)]
    if isinstance(value, Mapping) and not _is_object(value):
        if len(names) == 1 and len(value) == 1:
            names = list(value)
        return [(value.get(name), (*steps, name)) for name in names]
    return [(value, steps)] * len(names)


def _loss(value: Any, steps: Pointer) -> Loss | Unknown | None:
    if value is None:
        return None
    name, config = _function(value)
    return Loss(name, config, steps) if name in LOSSES else Unknown(f"its loss '{name}' is none of Keras' own")


def _function(value: Any) -> tuple[str, Mapping[str, Any]]:
    """The name and the settings of a loss or metric; a name that is none of Keras' own stays as it is written."""
    config: Any = {}
    if isinstance(value, Mapping):
        class_name, config = str(value.get("class_name")), value.get("config")
        if class_name == "function":
            value, config = config, {}
        else:
            wrapped = config.get("fn") if isinstance(config, Mapping) and class_name in FUNCTION_WRAPPERS else None
            value = wrapped or class_name
        if isinstance(value, Mapping):
            value = value.get("config")
    text = str(value)
    name = NAMES.get(text.lower(), snake_case(text) if ">" not in text else text)
    return NAMES.get(name, name), config if isinstance(config, Mapping) else {}


def _metrics_by_output(value: Any, names: list[str]) -> list[tuple[Metric, ...]]:
    """The metrics of each output: a flat list for all of them, or a list or mapping of lists."""
    steps: Pointer = ("metrics",)
    if isinstance(value, Mapping) and not _is_object(value):
        if len(names) == 1 and len(value) == 1:
            names = list(value)
        return [tuple(_metrics(value.get(name), (*steps, name))) for name in names]
    if isinstance(value, list) and len(value) == len(names) and all(isinstance(inner, list) for inner in value):
        return [tuple(_metrics(inner, (*steps, index))) for index, inner in enumerate(value)]
    if len(names) > 1 and isinstance(value, list) and any(isinstance(inner, list | Mapping) for inner in value):
        return [()] * len(names)
    return [tuple(_metrics(value, steps))] * len(names)


def _metrics(value: Any, steps: Pointer) -> Iterator[Metric]:
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _metrics(inner, (*steps, index))
    elif isinstance(value, str) or _is_object(value):
        name, config = _function(value)
        is_equality = isinstance(value, Mapping) and value["class_name"] == EQUALITY
        yield Metric(EQUALITY if is_equality else name, config, steps)
