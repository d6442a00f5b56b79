"""The config of a layer holds a key or a value that the Keras which wrote it refuses.

## Why it matters

Keras makes a layer by handing its config to the constructor. A misspelt key, a key of another Keras version or a
value outside the allowed ones makes that fail ("Unrecognized keyword arguments passed to LSTM"), and with it the
loading of the whole model, however good its weights are. Such configs come from editing by hand and from converters.

What each version takes was learned by trying real ones, from Keras 1.2.2 to 3.15.1. A file is judged by its own
generation: what only another version of Keras refuses is not reported here.

## Example

```json
{"class_name": "Sequential", "keras_version": "3.15.1", "config": {"name": "tagger", "layers": [
  {"class_name": "InputLayer", "config": {"name": "words", "batch_shape": [null, 20, 8]}},
  {"class_name": "Dropout", "config": {"name": "dropout", "rate": 1.5}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 32,
    "activation": "tahn",
    "recurrent_activaton": "sigmoid",
    "time_major": false}}]}}
```

```console
$ lstmlint check example.json
example.json:3:67: error[invalid-layer-config]: dropout: rate is 1.5, where Keras 3.15.1 takes a number from 0 to 1
    help: set rate to a number from 0 to 1
example.json:5:19: error[invalid-layer-config]: lstm: activation is "tahn", where Keras 3.15.1 takes one of 33 names
    help: did you mean 'tanh'?
example.json:6:28: error[invalid-layer-config]: lstm: 'recurrent_activaton' is no key of LSTM in Keras 3.15.1
    help: did you mean 'recurrent_activation'?
example.json:7:19: error[invalid-layer-config]: lstm: 'time_major' is a key of Keras 2.15.0, which Keras 3.15.1 refuses
    help: delete 'time_major', or load the file with Keras 2.15.0
4 errors, 0 warnings, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "3.15.1", "config": {"name": "tagger", "layers": [
  {"class_name": "InputLayer", "config": {"name": "words", "batch_shape": [null, 20, 8]}},
  {"class_name": "Dropout", "config": {"name": "dropout", "rate": 0.5}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 32,
    "activation": "tanh",
    "recurrent_activation": "sigmoid"}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Custom layers and objects and Lambda functions are not judged, nor are the regularizers and constraints of Keras 1. A
name that a custom object may have (`activation: "mish2"`) is only reported where it looks like a slip of the
keyboard. Widths (`units`, `filters`, `output_dim`) are for `invalid-units`. Whether several values fit each other
(`strides` and `dilation_rate`) is not checked. Nothing is said of a file whose writer is newer than the examined
versions. A file that states no version, as the JSON of Keras 3, may be as new, so a strange key there is only
reported where a known one is like it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple, TypeAlias

from lstmlint.analyses.configs import written_configs
from lstmlint.analyses.widths import WIDTH_KEYS
from lstmlint.dialects import keras1
from lstmlint.dialects.build import is_foreign
from lstmlint.ir.document import Pointer
from lstmlint.ir.finding import Confidence, Finding, Location, Severity, Unjudged
from lstmlint.ir.graph import OPERATION
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Unknown
from lstmlint.keras.config_schemas import (
    Judges,
    Schema,
    Standing,
    Versions,
    accepts,
    class_versions,
    judges,
    keys,
    versions_of,
)
from lstmlint.keras.versions import NEWEST
from lstmlint.keras.writer import Writer, parse_version
from lstmlint.linting.rule import NoOptions, Verdict, rule

#: How alike a misspelt key or value and the right one are (1 is equal), as `difflib` measures it.
LIKENESS = 0.75
LIKENESS_OF_NAMES = 0.85

#: More letters of a strange value are not quoted.
MAX_QUOTED = 40

#: The types of JSON Schema in words.
WORDS = {"integer": "an integer", "number": "a number", "string": "a string", "boolean": "true or false",
         "array": "a list", "object": "an object", "null": "null"}  # fmt: skip
#: More names are counted and not listed.
MAX_LISTED = 8

#: A value that is found again after a translation.
MARK = "\0"

KERAS1 = Writer((1, 2, 2), is_tf_keras=False)


#: What follows the last underscore of a key that holds an object, and the kind of the object.
OBJECT_KINDS = {"initializer": "initializers", "regularizer": "regularizers", "constraint": "constraints"}


class Configured(NamedTuple):
    """A layer, or an initializer, regularizer or constraint in its config: its name in the schemas and its config."""

    layer: Layer
    schema_name: str
    config: Mapping[str, Any]
    steps: Pointer = ()


@dataclass(frozen=True, slots=True)
class Place:
    """One key of one config, and who judges it."""

    configured: Configured
    key: str
    judges: Judges
    allowed: Mapping[str, tuple[Schema, ...]]

    @property
    def value(self) -> Any:
        return self.configured.config[self.key]

    @property
    def schema_name(self) -> str:
        return self.configured.schema_name

    @property
    def class_name(self) -> str:
        return self.schema_name.rpartition(".")[2]

    @property
    def location(self) -> Location:
        layer, _, _, steps = self.configured
        return Location(layer.full_name, (*layer.pointer, "config", *steps, self.key))

    @property
    def unjudged(self) -> Unjudged:
        """What is said instead of a finding, where a Keras that was not examined may have written the file."""
        return Unjudged(self.location, Unknown("a Keras newer than those that lstmlint examined may take it"))

    @property
    def keras(self) -> str:
        """The judges as a reader names them."""
        versions = [version for version in self.judges.versions if version in class_versions(self.schema_name)]
        return f"Keras {versions[0]}" if len(versions) == 1 else f"Keras {versions[0]} to {versions[-1]}"


#: Values that can be remembered as ones to say nothing of, how they are, and how many of one key. Of others, whose
#: schemas ask no more, the type is.
SCALARS = frozenset({str, int, float, bool, type(None)})
Silent: TypeAlias = MutableMapping[str, dict[Any, type]]
MOST_KNOWN = 100


@rule(Severity.ERROR)
def check(model: Model, options: NoOptions) -> Iterator[Verdict]:
    judged = judges(model.document.keras_version, _generation(model))
    for layer, config in written_configs(model):
        is_judged = not layer.node.is_custom and layer.model is None
        if is_judged and not layer.class_name.startswith(OPERATION):
            yield from _judged(Configured(layer, layer.node.written_class, config), judged)


def _judged(configured: Configured, judged: Judges) -> Iterator[Verdict]:
    """What is said of a config, and after it of the objects in it."""
    if not judged.know(configured.schema_name):
        return
    known = _silent_before(configured.schema_name, judged.versions)
    inner = []
    for key, value in configured.config.items():
        kind = type(value)
        if key not in known or known[key].get(value if kind in SCALARS else kind) is not kind:
            yield from _judged_key(configured, key, judged, known)
        if kind is dict and not configured.steps:
            inner.append((key, value))
    for key, value in inner:
        objects = OBJECT_KINDS.get(key.rpartition("_")[2])
        config = value.get("config") if objects is not None and not is_foreign(value) else None
        if config and isinstance(config, dict):
            name = f"{objects}.{value.get('class_name')}"
            yield from _judged(Configured(configured.layer, name, config, (key, "config")), judged)


def _judged_key(configured: Configured, key: str, judged: Judges, known: Silent) -> Iterator[Verdict]:
    allowed = keys(configured.schema_name, judged.versions)
    value, alternatives, verdict = configured.config[key], allowed.get(key), None
    is_judged = bool(allowed) and not (key in WIDTH_KEYS and key in allowed)
    if is_judged and (alternatives is None or (alternatives and not _is_usual(value, alternatives))):
        place = Place(configured, key, judged, allowed)
        verdict = _key(place) if alternatives is None else _value(place)
    kind = type(value)
    if verdict is not None:
        yield place.unjudged if judged.standing is Standing.NEWER else verdict
    elif len(known[key]) < MOST_KNOWN and not (kind is str and len(value) > MAX_QUOTED):
        known[key][value if kind in SCALARS else kind] = kind


@cache
def _silent_before(schema_name: str, versions: Versions) -> Silent:
    """The values of each key of a class of which there was nothing to say before: nearly all of nearly all files."""
    return defaultdict(dict)


def _is_usual(value: Any, alternatives: tuple[Schema, ...]) -> bool:
    """Whether there is nothing to say of a value, told fast for nearly all of them."""
    if isinstance(value, bool):
        return False
    for schema in alternatives:
        if accepts(schema, value) and not (isinstance(value, str) and value not in schema.get("examples", (value,))):
            return True
    return False


def _generation(model: Model) -> int | None:
    """The generation of Keras of a file that states none, where its form tells it."""
    generation = model.graph.semantics.generation if model.graph is not None else None
    return generation if generation == NEWEST.version[0] else None


def _key(place: Place) -> Verdict:
    """What is said of a key that no judge takes."""
    other = _today(place) or _of_keras1(place)
    versions = versions_of(place.schema_name, place.key)
    if other is not None:
        name, generation = other
        return _finding(
            place,
            f"'{place.key}' is the name of {generation} for '{name}', which {place.keras} does not take",
            f"write '{name}' instead of '{place.key}'",
        )
    if versions:
        newest = f"Keras {versions[-1]}"
        return _finding(
            place,
            f"'{place.key}' is a key of {newest}, which {place.keras} refuses",
            f"delete '{place.key}', or load the file with {newest}",
        )
    close = _closest(place.key, place.allowed, LIKENESS)
    if close is None and place.judges.standing is Standing.UNSTATED:
        return place.unjudged
    cure = f"did you mean '{close}'?" if close else f"delete '{place.key}', or register the custom layer that needs it"
    return _finding(place, f"'{_short(place.key)}' is no key of {place.class_name} in {place.keras}", cure)


def _value(place: Place) -> Verdict | None:
    """What is said of a value that no judge takes; `None` if one does."""
    alternatives = place.allowed[place.key]
    if not any(accepts(schema, place.value) for schema in alternatives):
        names = [name for schema in alternatives for name in _names(schema)]
        close = _closest(str(place.value), names, LIKENESS)
        if close is None and names and isinstance(place.value, str) and place.judges.standing is Standing.UNSTATED:
            return place.unjudged
        expected = _expected(alternatives)
        return _finding(
            place,
            f"{place.key} is {_short(json.dumps(place.value))}, where {place.keras} takes {expected}",
            f"did you mean '{close}'?" if close else f"set {place.key} to {expected}",
        )
    if isinstance(place.value, bool) and all(map(_is_number_needed, alternatives)):
        return Finding(
            place.location,
            f"{place.key} is {json.dumps(place.value)}, which {place.keras} takes for the number {int(place.value)}",
            f"set {place.key} to {_expected(alternatives)}",
            severity=Severity.WARNING,
        )
    names = [name for schema in alternatives for name in schema.get("examples", ())]
    slip = _slip(place.value, names)
    if slip is None:
        return None
    return _finding(
        place,
        f"{place.key} is '{place.value}', a name that {place.keras} does not know",
        f"did you mean '{slip}'? If it is an object of your own, its name is easily confused",
        Confidence.LIKELY,
    )


def _finding(place: Place, message: str, cure: str, confidence: Confidence | None = None) -> Finding:
    return Finding(place.location, message, cure, confidence=confidence)


def _today(place: Place) -> tuple[str, str] | None:
    """Today's name for a key of Keras 1 that the judges do not take."""
    name = _translated(place.schema_name, place.key)
    return (name, "Keras 1") if name != place.key and name in place.allowed else None


def _of_keras1(place: Place) -> tuple[str, str] | None:
    """The name that Keras 1 has for a key of today."""
    if not any((parse_version(version) or ()) < (2,) for version in place.judges.versions):
        return None
    names = (key for key in place.allowed if key != place.key and _translated(place.schema_name, key) == place.key)
    name = next(names, None)
    return None if name is None else (name, "today's Keras")


def _translated(class_name: str, key: str) -> str:
    """What the dialect of Keras 1 makes of a key."""
    _, translated = keras1.translate(class_name, {key: MARK}, KERAS1)
    return next((name for name, value in translated.items() if value == MARK and name != key), key)


def _is_number_needed(schema: Schema) -> bool:
    """Whether only a positive number makes sense; Python takes true for the number 1."""
    return schema.get("minimum", 0) > 0 or "exclusiveMinimum" in schema


def _names(schema: Schema) -> Iterator[str]:
    for inner in (schema, *schema.get("anyOf", ())):
        yield from (name for name in (*inner.get("enum", ()), *inner.get("examples", ())) if isinstance(name, str))


def _expected(alternatives: Iterable[Schema]) -> str:
    """What some schemas allow, in words: the names or, where there are none, the types."""
    inner = [inner for schema in alternatives for inner in schema.get("anyOf", (schema,))]
    texts = dict.fromkeys(json.dumps(name) for schema in inner for name in schema.get("enum", ()))
    if texts and any("null" in schema.get("type", ()) for schema in inner):
        texts["null"] = None
    if not texts:
        inner.sort(key=lambda schema: float(schema.get("minimum", schema.get("exclusiveMinimum", "-inf"))))
        widest = {kind: text for schema in reversed(inner) for kind, text in _types(schema)}
        texts = dict.fromkeys(widest[kind] for kind in WORDS if kind in widest)
    if len(texts) > MAX_LISTED:
        return f"one of {len(texts)} names"
    *most, last = texts
    return f"{', '.join(most)} or {last}" if most else last


def _types(schema: Schema) -> Iterator[tuple[str, str]]:
    """The types that a schema allows; of those that Keras takes for others only the others."""
    kinds = schema.get("type", ())
    kinds = {kinds} if isinstance(kinds, str) else set(kinds)
    if kinds & {"integer", "number"}:
        kinds -= {"boolean"}
    if "array" in kinds:
        kinds -= {"object"}
    bounds = _bounds(schema)
    for kind in kinds:
        yield kind, WORDS[kind] + (bounds if kind in ("integer", "number") else "")


def _bounds(schema: Schema) -> str:
    if "exclusiveMinimum" in schema:
        return f" above {schema['exclusiveMinimum']}"
    if "minimum" in schema and "maximum" in schema:
        return f" from {schema['minimum']} to {schema['maximum']}"
    return f" not below {schema['minimum']}" if "minimum" in schema else ""


def _closest(text: str, names: Iterable[str], likeness: float) -> str | None:
    import difflib

    return next(iter(difflib.get_close_matches(text, list(names), 1, likeness)), None)


def _slip(value: Any, names: list[str]) -> str | None:
    """The known name that a strange one was meant to be, if letters are missing, doubled or swapped."""
    if not names or not isinstance(value, str) or value in names or not value.replace("_", "").isalpha():
        return None
    swapped = next((name for name in names if sorted(name) == sorted(value)), None)
    close = swapped or _closest(value, names, LIKENESS_OF_NAMES)
    return None if close is None or close.startswith(value) or value.startswith(close) else close


def _short(text: str) -> str:
    return text if len(text) <= MAX_QUOTED else text[: MAX_QUOTED - 1] + "…"
