"""A model of one layer that no file holds, made of the layer's class and arguments as the newest Keras takes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lstmlint.inference.modelling import modelled
from lstmlint.ir.document import Container, Document
from lstmlint.ir.lazy_pattern import lazy_pattern
from lstmlint.ir.model import Model
from lstmlint.ir.shape import Unknown, leaves, to_text
from lstmlint.keras.config_schemas import Versions, accepts, class_versions, examined_versions, keys
from lstmlint.keras.defaults import defaults_of
from lstmlint.keras.names import snake_case
from lstmlint.keras.writer import Writer, parse_version

#: `LSTM`, `Bidirectional(LSTM)`, `TimeDistributed(Bidirectional(GRU))`.
NESTED = lazy_pattern(r"\w+(?:\(\w+)*\)*")
WORD = lazy_pattern(r"\w+")

#: The arguments that hold the layer inside a layer, and those that the whole says itself.
INNER = ("layer", "cell")
OWN = frozenset({*INNER, "backward_layer", "name", "input_shape", "weights"})

MOST_WRAPPERS = 8


class LayerArgumentsError(ValueError):
    """No layer can be made of a class and arguments; the message says why and what to do."""


def model_of_layer(layer: str, shape: Sequence[int | None], settings: Mapping[str, Any]) -> Model:
    """A Sequential model that holds one layer, with its shapes and weights.

    Args:
        layer: the class, and in parentheses the class that it wraps: `LSTM`, `Bidirectional(LSTM)`.
        shape: the shape of the layer's input without the batch; `None` is an open dimension.
        settings: arguments of the layer; each goes to the innermost layer that takes it.

    Raises:
        LayerArgumentsError: there is no such class, it does not take the arguments or the input, or it lacks an
            argument.
    """
    version = examined_versions()[-1]
    classes = _classes(layer, version)
    serialized = _serialized(classes, _configs(classes, settings, version), version)
    given = {"class_name": "InputLayer", "config": {"name": "input", "batch_shape": [None, *shape], "dtype": "float32"}}
    config = {"name": "sequential", "layers": [given, serialized]}
    document = Document("", Container.JSON, {"class_name": "Sequential", "config": config}, keras_version=version)
    model = modelled(document)
    built = model.layers[-1]
    unknown = next((one for one in (built.outputs, built.params) if isinstance(one, Unknown)), None)
    if unknown is not None:
        cure = "give it another input" if unknown.is_refusal else f"it takes {', '.join(_takes(classes, version))}"
        raise LayerArgumentsError(f"{layer}: {unknown.reason}; {cure}")
    if any(0 in dims for dims in leaves(built.outputs) if isinstance(dims, tuple)):
        raise LayerArgumentsError(
            f"{layer}: its output {to_text(built.outputs)} would be empty; give it a larger input"
        )
    return model


def _serialized(classes: Sequence[str], configs: Sequence[Mapping[str, Any]], version: str) -> dict[str, Any]:
    """The outermost layer, with the others in it."""
    inside: dict[str, Any] = {}
    for name, config in zip(reversed(classes), reversed(configs), strict=True):
        held = {_inner_key(name, (version,)): inside} if inside else {}
        inside = {"class_name": name, "config": {"name": snake_case(name), **config, **held}}
    return inside


def _classes(layer: str, version: str) -> list[str]:
    """The classes, the outermost first."""
    classes = WORD.findall(layer)
    if not NESTED.fullmatch(layer) or layer.count("(") != layer.count(")") or len(classes) > MOST_WRAPPERS:
        raise LayerArgumentsError(f"{layer!r} names no layer; write LSTM or Bidirectional(LSTM)")
    for at, name in enumerate(classes):
        if version not in class_versions(name):
            raise LayerArgumentsError(f"{name!r} is no layer of Keras {version}{_hint(name, version)}")
        wraps, is_last = _inner_key(name, (version,)), at == len(classes) - 1
        if wraps and is_last:
            example = "LSTMCell" if wraps == "cell" else "LSTM"
            raise LayerArgumentsError(f"{name} wraps another layer; name it: '{name}({example})'")
        if not wraps and not is_last:
            raise LayerArgumentsError(f"{name} wraps no layer; name {classes[at + 1]} alone")
    return classes


def _configs(classes: Sequence[str], settings: Mapping[str, Any], version: str) -> list[dict[str, Any]]:
    """The arguments of each layer."""
    configs: list[dict[str, Any]] = [{} for _ in classes]
    for key, value in settings.items():
        takers = [at for at, name in enumerate(classes) if key in keys(name, (version,)) and key not in OWN]
        if not takers:
            raise LayerArgumentsError(f"{classes[-1]} takes no {key!r}; it takes {', '.join(_takes(classes, version))}")
        _require_valid(classes[takers[-1]], key, value, version)
        configs[takers[-1]][key] = value
    return configs


def _takes(classes: Sequence[str], version: str) -> Iterator[str]:
    """The arguments that somebody may set, without those on regularizers, constraints and initializers."""
    every = {key for name in classes for key in keys(name, (version,))} - OWN
    yield from sorted(key for key in every if not key.endswith(("_regularizer", "_constraint", "_initializer")))


def _require_valid(name: str, key: str, value: Any, version: str) -> None:
    """Refuse a value that the newest Keras does not take, as far as its schema tells."""
    usual = defaults_of(Writer(parse_version(version) or (), is_tf_keras=False)).get(name, {}).get(key)
    alternatives = keys(name, (version,))[key]
    is_taken = not alternatives or any(accepts(schema, value) for schema in alternatives)
    if not is_taken or (isinstance(usual, bool) and not isinstance(value, bool)):
        wanted = "; it is true or false" if isinstance(usual, bool) else ""
        raise LayerArgumentsError(f"{name} takes no {key} of {value!r}{wanted}")


def _inner_key(name: str, versions: Versions) -> str:
    """The argument that holds the wrapped layer; empty for a layer that wraps none."""
    return next((key for key in INNER if key in keys(name, versions)), "")


def _hint(name: str, version: str) -> str:
    """The classes whose names begin alike: `Conv` is none, `Conv1D` is."""
    from lstmlint.inference.layers import layer_types

    alike = sorted(one for one in layer_types() if one.lower().startswith(name.lower()[:40]))
    alike = [one for one in alike if version in class_versions(one)]
    return f"; there are {', '.join(alike[:8])}" if alike else "; names are spelled as in Keras, as LSTM"
