"""Shared by the loaders: locations of layers, names of their classes, objects in their configs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple, TypeAlias

from lstmlint.ir.dataclass import dataclass, replace
from lstmlint.ir.document import Document, Pointer
from lstmlint.ir.memo import asked_once
from lstmlint.ir.model import Model
from lstmlint.ir.words import counted
from lstmlint.keras.facts import Facts, known_somewhere
from lstmlint.keras.serialized import kind_of_key
from lstmlint.keras.versions import Target
from lstmlint.portability.obstacle import DUMP, Obstacle, obstacle

Obstacles: TypeAlias = Iterator[Obstacle]

FUNCTIONAL = frozenset({"Functional", "Model"})


@dataclass(frozen=True, slots=True)
class Loading:
    """A file being loaded: the model, the target, and the facts of its Keras."""

    model: Model
    target: Target
    facts: Facts

    @property
    def document(self) -> Document:
        return self.model.document


@dataclass(frozen=True)
class LoadedObject:
    """A serialized object and its pointer. `layer` is the name of the layer that it is or belongs to."""

    value: Any
    pointer: Pointer = ()
    layer: str = ""

    @cached_property
    def config(self) -> Any:
        return self.value.get("config") if isinstance(self.value, dict) else None

    @cached_property
    def class_name(self) -> str:
        return str(self.value.get("class_name", "")) if isinstance(self.value, dict) else ""

    @cached_property
    def inner_layers(self) -> tuple[LoadedObject, ...]:
        """The layers of a serialized model, whose config is a dict or a list of them."""
        steps = ("config",) if isinstance(self.config, list) else ("config", "layers")
        layers = self.at(*steps).value
        return tuple(self.at(*steps, index) for index in range(len(layers))) if isinstance(layers, list) else ()

    @cached_property
    def is_keras1(self) -> bool:
        """Whether a layer is written in the words of Keras 1."""
        return isinstance(self.config, dict) and not KERAS1_KEYS.isdisjoint(self.config)

    def at(self, *steps: str | int) -> LoadedObject:
        """The object behind some steps; its value is `None` where there is none."""
        value = self.value
        for step in steps:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                value = None
        name = _name(value)
        return LoadedObject(value, (*self.pointer, *steps), name or self.layer)

    def refused(self, rule: str, error: str, message: str, *steps: str | int) -> Obstacle:
        return obstacle(rule, error, message, (*self.pointer, *steps), self.layer)


@asked_once
def roots(model: Model) -> Iterator[LoadedObject]:
    """The one object that a file holds: its model. The walks for all Kerases share it, and the layers in it."""
    yield LoadedObject(model.document.config)


class Held(NamedTuple):
    """An object in the config of a layer: its kind, the key that holds it, its name or class, and its value."""

    kind: str
    key: str
    name: str
    value: Any

    @property
    def config(self) -> Mapping[str, Any] | None:
        """The arguments of its constructor; `None` where a name alone stands."""
        config = self.value.get("config") if isinstance(self.value, dict) else None
        return config if isinstance(config, dict) else None

    def refused_key(self, facts: Facts) -> str | None:
        """The first key of its config that its class does not take."""
        taken = facts.takes(self.kind, self.name)
        return None if taken is None else next((key for key in self.config or () if key not in taken), None)


#: What stops a Keras at an object in a config, if anything.
Step: TypeAlias = Callable[[LoadedObject, Held, Loading], Obstacle | None]


def first_obstacle(steps: Iterable[Step], place: LoadedObject, held: Held, loading: Loading) -> Obstacles:
    """The obstacle of the first step that has one."""
    yield from islice(filter(None, (step(place, held, loading) for step in steps)), 1)


def held_name(value: Any) -> Any:
    """The name of an object in a config: its class, the function that it is, or the name that stands alone."""
    name = value.get("class_name") if isinstance(value, dict) else value
    return value.get("config") if isinstance(value, dict) and name == "function" else name


def _name(value: Any) -> str:
    if not isinstance(value, dict):
        return ""
    config = value.get("config")
    name = config.get("name") if isinstance(config, dict) else None
    return str(name or value.get("name") or "") if "class_name" in value else ""


def objects_of(place: LoadedObject) -> Iterator[tuple[str, str, Any]]:
    """The kind, key and value of each initializer, regularizer, constraint and activation in a config."""
    config = place.config
    for key, value in config.items() if isinstance(config, dict) else ():
        kind = kind_of_key(key)
        if kind is not None and value is not None:
            yield kind, key, value


def unknown_class_rule(name: str) -> str:
    """The rule for a class that a Keras does not know: removed, newer, or a class of a user."""
    return "removed-layer" if known_somewhere(name) or name in LEFT_BEHIND else "custom-object-required"


#: Classes that Keras wrote and that no loader knows by name alone.
LEFT_BEHIND = frozenset({"TFOpLambda", "SlicingOpLambda", "ClassMethod", "InstanceMethod", "InstanceProperty"})


def wrapped(obstacles: Obstacles, message: Callable[[str], str], only: str = "") -> Obstacles:
    """Obstacles whose messages an outer call of Keras repeats in its own; with `only`, those of that error."""
    for one in obstacles:
        yield one if only and one.error != only else replace(one, error="TypeError", message=message(one.message))


def deserializing(class_name: str) -> Callable[[str], str]:
    """The message of `from_config` of a layer about an error of the constructor."""
    return lambda inner: (
        f"Error when deserializing class '{class_name}' using config={DUMP}.\n\nException encountered: {inner}"
    )


def refusals(place: LoadedObject, loading: Loading, rule: Callable[[str], str]) -> Obstacles:
    """The keys of a config that its class refuses, in the words of this Keras."""
    if not isinstance(place.config, dict):
        return
    taking = loading.facts.layer(place.class_name)
    refused = taking.refuses(place.config)
    if place.is_keras1 and not loading.target.is_tf_keras and not loading.target.is_keras3:
        refused = {key: value for key, value in refused.items() if key not in KERAS1_COMPANIONS}
    if not refused:
        return
    error = "TypeError" if "not understood" in taking.refusal or "unexpected" in taking.refusal else "ValueError"
    if "['KEY']" in taking.refusal:
        message = taking.refusal.replace("['KEY']", str(list(refused)))
        yield place.refused(rule(next(iter(refused))), error, message, "config", next(iter(refused)))
        return
    if "{'KEY': 'VALUE'}" in taking.refusal:
        message = taking.refusal.replace("{'KEY': 'VALUE'}", str(refused))
        for key in refused:
            yield place.refused(rule(key), error, message, "config", key)
        return
    for key in refused:
        yield place.refused(rule(key), error, taking.refusal.replace("KEY", key), "config", key)


def missing(place: LoadedObject, loading: Loading, rule: str) -> Obstacles:
    """The arguments that a class needs and its config lacks, as Python names them."""
    if not isinstance(place.config, dict):
        return
    missed = loading.facts.layer(place.class_name).misses(place.config)
    if not missed or (place.is_keras1 and not loading.target.is_tf_keras and not loading.target.is_keras3):
        return  # standalone Keras 2 takes the names of Keras 1 for its own
    count = counted(len(missed), "required positional argument")
    names = " and ".join(", ".join(map(repr, missed)).rsplit(", ", 1))
    of = f"{loading.facts.aliases.get(place.class_name, place.class_name)}." if loading.target.version > (2, 12) else ""
    yield place.refused(rule, "TypeError", f"{of}__init__() missing {count}: {names}")


#: Keys that standalone Keras 2 takes only together with others of Keras 1.
KERAS1_COMPANIONS = frozenset(
    {"nb_row", "nb_col", "kernel_dim1", "kernel_dim2", "kernel_dim3", "input_length", "input_dim"}
)

KERAS1_KEYS = frozenset(
    {
        "nb_filter",
        "input_dtype",
        "inner_activation",
        "border_mode",
        "p",
        "W_constraint",
        "pool_length",
        "dim_ordering",
        "init",
        "inner_init",
        "sigma",
    }
)
