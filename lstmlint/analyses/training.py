"""The training of a model: losses, metrics and optimizer, in one form for all Kerases and containers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from lstmlint.analyses.activations import DISTRIBUTIONS, Activation, applied, number_in, producer, shape_of
from lstmlint.analyses.sequences import location_of
from lstmlint.ir.dataclass import dataclass, field
from lstmlint.ir.document import Container, Document, Pointer
from lstmlint.ir.finding import Location
from lstmlint.ir.graph import TensorRef, references
from lstmlint.ir.memo import asked_once
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Dim, Shape, Unknown
from lstmlint.keras.compiled import EQUALITY, LOSSES, is_object, named_in, optimizer_in, plain_name

#: Keys of the serialized model that may hold the training record.
RECORD_KEYS = ("compile_config", "training_config")


@dataclass(frozen=True, slots=True)
class Loss:
    """One of Keras' own losses, by today's name of its function; `steps` lead to it in the record."""

    name: str
    config: Mapping[str, Any]
    steps: Pointer

    @property
    def from_logits(self) -> bool:
        """Whether the loss takes outputs for logits."""
        return self.config.get("from_logits") is True

    @property
    def is_along_last_axis(self) -> bool:
        """Whether the loss takes the last axis for the classes."""
        return bool(self.config.get("axis", -1) == -1)

    @property
    def text(self) -> str:
        """The loss as a program writes it."""
        return f"{self.name} with from_logits=True" if self.from_logits else self.name


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric by today's name of its function or class in lower case; `steps` lead to it in the record."""

    name: str
    config: Mapping[str, Any]
    steps: Pointer


@dataclass(frozen=True, slots=True)
class Output:
    """One output of a model with its loss and metrics; `loss` is `None` where the record states none."""

    layer: Layer
    shape: Shape
    activation: Activation | Unknown
    loss: Loss | Unknown | None
    metrics: tuple[Metric, ...]

    @property
    def location(self) -> Location:
        """The location of the layer that makes the output, or of the layer whose activation it is."""
        return location_of(self.layer if isinstance(self.activation, Unknown) else self.activation.layer)

    @property
    def width(self) -> Dim:
        """The last dimension."""
        if isinstance(self.shape, Unknown):
            return self.shape
        return self.shape[-1] if self.shape else Unknown("it is a single number")

    @property
    def has_faulty_softmax(self) -> bool:
        """Whether the output's softmax is wrong for every loss: over one value, or inside of gates."""
        activation = self.activation
        if not isinstance(activation, Activation) or activation.name not in DISTRIBUTIONS:
            return False
        return self.width == 1 or activation.is_gated


@dataclass(frozen=True, slots=True)
class Optimizer:
    """An optimizer by the name of its class, with its initial learning rate, if the file states it.

    `schedule` is the class of the schedule of the learning rate, if there is one, and `schedule_config` its config.
    """

    class_name: str
    learning_rate: float | Unknown
    steps: Pointer
    schedule: str | None = None
    schedule_config: Mapping[str, Any] = field(default_factory=dict)


Part: TypeAlias = tuple[Any, Pointer]


def record(document: Document) -> Mapping[str, Any]:
    """The training record of the file; empty where it has none."""
    return document.training_config or {}


def location_in_record(document: Document, steps: Pointer, layer: str = "training") -> Location:
    """The location of a part of the training record: in the config, or beside it in the container.

    No pointer leads to a part beside the config, so its location has a place in the container, like that of a tensor.
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
        origin = producer(model, reference)
        if origin is not None:
            yield Output(
                layer=origin[1],
                shape=shape_of(model, reference),
                activation=applied(model, reference),
                loss=_loss(loss, steps),
                metrics=own_metrics,
            )


def output_names(model: Model) -> list[str]:
    """The names of the outputs of the outermost model, by which a record may state losses and their weights."""
    return [] if model.graph is None else [name for name, _ in _named_outputs(model.graph.outputs)]


def loss_weights(model: Model) -> list[Part]:
    """The weight of the loss of each output, with the steps to it; `None` where the record states none."""
    return _by_output(record(model.document).get("loss_weights"), ("loss_weights",), output_names(model))


def optimizer(model: Model) -> Optimizer | None:
    """The optimizer of a model, inside of all wrappers; `None` where the file states none."""
    written = optimizer_in(record(model.document))
    return None if written is None else _optimizer(written.name, written.config, written.steps)


def _optimizer(class_name: str, config: Mapping[str, Any], steps: Pointer) -> Optimizer:
    key = next((key for key in ("learning_rate", "lr") if key in config), None)
    if key is None:
        return Optimizer(class_name, Unknown("its config states no learning rate"), steps)
    rate, steps = config[key], (*steps, key)
    schedule = None
    inner: Mapping[str, Any] = {}
    if isinstance(rate, Mapping):
        schedule = str(rate.get("class_name"))
        inner = rate["config"] if isinstance(rate.get("config"), Mapping) else {}
        rate = inner.get("initial_learning_rate")
        steps = (*steps, "config", "initial_learning_rate")
    number = number_in(rate)
    untold = Unknown("its learning rate is no number")
    return Optimizer(class_name, untold if number is None else number, steps, schedule, inner)


def _named_outputs(structure: Any) -> Iterator[tuple[str, TensorRef]]:
    """The outputs of a model with the names that a record may use for them."""
    if isinstance(structure, Mapping):
        for name, inner in structure.items():
            yield from ((name, reference) for reference in references(inner))
    else:
        yield from ((reference.layer, reference) for reference in references(structure))


def _by_output(value: Any, steps: Pointer, names: list[str]) -> list[Part]:
    """The loss of each output with the steps to it, from one loss for all, or a list or mapping of losses."""
    if isinstance(value, list):
        if len(value) != len(names):
            return [(None, steps)] * len(names)
        return [(inner, (*steps, index)) for index, inner in enumerate(value)]
    if isinstance(value, Mapping) and not is_object(value):
        if len(names) == 1 and len(value) == 1:
            names = list(value)
        return [(value.get(name), (*steps, name)) for name in names]
    return [(value, steps)] * len(names)


def _loss(value: Any, steps: Pointer) -> Loss | Unknown | None:
    if value is None:
        return None
    named = next(named_in(value, steps)) if isinstance(value, str) or is_object(value) else None
    if named is None or named.name not in LOSSES:
        return Unknown(f"its loss '{named.name if named else value}' is none of Keras' own")
    return Loss(named.name, named.config or {}, steps)


def _metrics_by_output(value: Any, names: list[str]) -> list[tuple[Metric, ...]]:
    """The metrics of each output: a flat list for all of them, or a list or mapping of lists."""
    steps: Pointer = ("metrics",)
    if isinstance(value, Mapping) and not is_object(value):
        if len(names) == 1 and len(value) == 1:
            names = list(value)
        return [tuple(_metrics(value.get(name), (*steps, name))) for name in names]
    if isinstance(value, list) and len(value) == len(names) and all(isinstance(inner, list) for inner in value):
        return [tuple(_metrics(inner, (*steps, index))) for index, inner in enumerate(value)]
    if len(names) > 1 and isinstance(value, list) and any(isinstance(inner, list | Mapping) for inner in value):
        return [()] * len(names)
    return [tuple(_metrics(value, steps))] * len(names)


def _metrics(value: Any, steps: Pointer) -> Iterator[Metric]:
    for named in named_in(value, steps):
        is_equality = named.config is not None and plain_name(named.written) == EQUALITY
        yield Metric(EQUALITY if is_equality else named.name, named.config or {}, named.steps)
