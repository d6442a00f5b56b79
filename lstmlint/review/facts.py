"""The values of a layer's config, in one spelling for all Kerases and containers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from lstmlint.dialects import written_by
from lstmlint.dialects.dialect import Dialect
from lstmlint.ir.dataclass import dataclass, field
from lstmlint.ir.document import Document
from lstmlint.ir.model import Layer
from lstmlint.ir.shape import is_dims
from lstmlint.keras.writer import Writer
from lstmlint.review.normal import canonical, normal, same

#: Keys that name the layer, hold other layers, repeat shapes, or repeat the value of another key.
LEFT_OUT = frozenset({
    "name", "layer", "layers", "backward_layer", "cell", "cells", "input_layers", "output_layers",
    "batch_input_shape", "batch_shape", "input_shape", "input_dtype", "build_input_shape", "module", "registered_name",
    "dim_ordering", "forget_bias_init", "concat_axis", "dot_axes", "mode_type", "output_shape_type", "output_mask_type",
    "query_shape", "key_shape", "value_shape",
})  # fmt: skip

#: Keys in which a layer of Keras 1 repeats the shape of its input, and the only class for which they mean more.
REPEATED = frozenset({"input_dim", "input_length"})
MEANS_THEM = "Embedding"

#: Keys that change the speed of a layer and not its results; each version has its own best value.
SPEED = frozenset({"implementation", "consume_less", "use_cudnn", "unroll"})

#: Key -> its value where the config of another Keras does not have it.
IMPLIED: Mapping[str, Any] = {
    "bias_initializer": "Zeros", "alpha_initializer": "Zeros", "beta_initializer": "Zeros", "gamma_initializer": "Ones",
    "moving_mean_initializer": "Zeros", "moving_variance_initializer": "Ones",
    "embeddings_initializer": "RandomUniform",
}  # fmt: skip

#: Layers whose axis is counted from the end in some versions of Keras and from the start in others.
NORMALIZATIONS = frozenset({"BatchNormalization", "LayerNormalization"})

#: The value of a key that a config does not have and for which there is no default.
ABSENT = type("Absent", (), {"__repr__": lambda self: "\x00absent"})()

HARD_SIGMOID = "hard_sigmoid"

#: The roles of the layers in a `Bidirectional`.
FORWARD, BACKWARD = "forward", "backward"

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class LayerFacts:
    """The values of a layer's config by key, and those among the defaults of the Keras that wrote them.

    The defaults of a custom layer are unknown, so each of its values counts.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    is_custom: bool = False

    def is_default(self, key: str) -> bool:
        """Whether a key has its default value."""
        return key in self.defaults and same(self.values.get(key), self.defaults[key])


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A value that differs, or that only one side has (`ABSENT` on the other)."""

    key: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Spelling:
    """The dialect and the writer of a document, which decide how its configs are spelled; `None` without a config."""

    dialect: Dialect | None
    writer: Writer | None
    slope: str = ""

    def facts(self, layer: Layer) -> LayerFacts:
        """The values of a layer's config and, with the role before each key, of the layers that it wraps."""
        values = dict(self._values(layer, layer.config))
        for role, child in layer.children.items():
            values |= {f"{role}.{key}": value for key, value in self.facts(child).values.items()}
        return LayerFacts(values, self.defaults_of(layer), any(inner.node.is_custom for inner in _parts(layer)))

    def defaults_of(self, layer: Layer) -> dict[str, Any]:
        """The defaults of this Keras for a layer of that class, and for the layers that it wraps."""
        defaults = dict(self._values(layer, self._defaults(layer)))
        for role, child in layer.children.items():
            defaults |= {f"{role}.{key}": value for key, value in self.defaults_of(child).items()}
        return defaults

    def _values(self, layer: Layer, config: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        for key, value in {"dtype": None, "trainable": True, **config}.items():
            is_repeated = key in REPEATED and layer.class_name != MEANS_THEM
            if key in LEFT_OUT or is_repeated or (layer.model is not None and key == "dtype"):
                continue
            spelled = normal(key, value)
            if key == "axis" and layer.class_name in NORMALIZATIONS:
                spelled = _from_start(spelled, layer)
            yield key, f"{HARD_SIGMOID}(slope={self.slope})" if spelled == HARD_SIGMOID and self.slope else spelled

    def _defaults(self, layer: Layer) -> Mapping[str, Any]:
        if self.dialect is None or self.writer is None:
            return {}
        return self.dialect.translate(layer.node.written_class, {}, self.writer)[1]


def spelling_of(document: Document) -> Spelling:
    """The spelling of the configs of a document."""
    pair = written_by(document)
    if pair is None:
        return Spelling(None, None)
    dialect, writer = pair
    return Spelling(dialect, writer, f"{dialect.semantics(writer).hard_sigmoid_slope:.3g}")


def changes(old: LayerFacts, new: LayerFacts) -> tuple[ValueChange, ...]:
    """The keys whose values differ.

    A key of one side only is no change where it has its default: the other Keras has no such key. Other defaults on
    both sides are changes, except where they only make a layer faster.
    """
    keys = dict.fromkeys([*old.values, *new.values])
    pairs = (ValueChange(key, old.values.get(key, ABSENT), new.values.get(key, ABSENT)) for key in keys)
    kept = {
        one.key: (one.old, one.new) for one in pairs if not same(one.old, one.new) and not _is_spelling(one, old, new)
    }
    return tuple(ValueChange(key, *pair) for key, pair in folded(kept).items())


def _is_spelling(one: ValueChange, old: LayerFacts, new: LayerFacts) -> bool:
    sides = [facts for facts, value in ((old, one.old), (new, one.new)) if value is not ABSENT]
    if len(sides) == 2 and one.key.rpartition(".")[2] not in SPEED:
        return False
    return all(_says_nothing(one.key, facts) for facts in sides)


def _says_nothing(key: str, facts: LayerFacts) -> bool:
    """Whether a config means the same without one of its keys."""
    value = facts.values[key]
    is_nothing = not facts.is_custom and (value is None or value is False or value in ([], {}))
    return is_nothing or facts.is_default(key) or value == IMPLIED.get(key.rpartition(".")[2], ABSENT)


def _parts(layer: Layer) -> Iterator[Layer]:
    """A layer and all layers that it wraps."""
    yield layer
    for child in layer.children.values():
        yield from _parts(child)


def _from_start(axis: Any, layer: Layer) -> Any:
    """An axis counted from the start, where the rank is known."""
    inputs = layer.calls[0].inputs if layer.calls else None
    is_counted = isinstance(axis, int) and axis < 0 and is_dims(inputs)
    return axis + len(inputs) if is_counted and is_dims(inputs) else axis


def folded(values: Mapping[str, Value]) -> dict[str, Value]:
    """Values by key, where equal values of both directions of a `Bidirectional` become one, under `layer`."""
    by_key: dict[str, Value] = {}
    for key, value in values.items():
        role, _, rest = key.partition(".")
        other = {FORWARD: BACKWARD, BACKWARD: FORWARD}.get(role)
        if other is None or canonical(values.get(f"{other}.{rest}", ABSENT)) != canonical(value):
            by_key[key] = value
        elif role == FORWARD:
            by_key[f"layer.{rest}"] = value
    return by_key
