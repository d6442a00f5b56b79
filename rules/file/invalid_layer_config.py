"""The config of a layer holds a key or a value that its own version of Keras refuses.

## Why it matters

Keras makes a layer by passing its config to the constructor. A misspelt key, a key of another Keras version or a
value that is not allowed makes the constructor fail ("Unrecognized keyword arguments passed to LSTM"). Then the whole
model does not load, however good its weights are. Such configs come from editing by hand and from converters.

The allowed keys and values were found by trying real versions, from Keras 1.2.2 to 3.15.1. A file is judged by its own
generation: a key that only another version of Keras refuses is not reported here.

## Example

```json
{"class_name": "Sequential", "keras_version": "3.15.1", "config": {"name": "tagger", "layers": [
  {"class_name": "InputLayer", "config": {"name": "words", "batch_shape": [null, 20, 8]}},
  {"class_name": "Dropout", "config": {"name": "dropout", "rate": 0.5, "noise_shape": 8}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 32,
    "activation": "tahn",
    "recurrent_activaton": "sigmoid",
    "time_major": false}}]}}
```

```console
$ lstmlint check example.json
example.json:3:87: error[invalid-layer-config]: dropout: noise_shape is 8, where Keras 3.15.1 takes a list or null
    help: set noise_shape to a list or null
example.json:5:19: error[invalid-layer-config]: lstm: activation is "tahn", a name that Keras 3.15.1 does not know
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
  {"class_name": "Dropout", "config": {"name": "dropout", "rate": 0.5, "noise_shape": null}},
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
name that a custom object may have (`kernel_initializer: "ones2"`, in Keras 2 `activation: "mish2"`) is only reported
where it looks like a typing error. `invalid-units` judges the widths (`units`, `filters`, `output_dim`). Values that do
not fit each other (`strides` and `dilation_rate`) are not reported, nor is anything in a file whose Keras is newer than
the examined versions. A file without a version, such as the JSON of Keras 3, may be as new, so an unknown key there is
only reported where a known key is similar.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from lstmlint.analyses.config_values import ConfigEntry, is_number_meant, unusual_values
from lstmlint.analyses.objects import shortened
from lstmlint.dialects import keras1
from lstmlint.ir.finding import Confidence, Finding, Severity, Unjudged
from lstmlint.ir.model import Model
from lstmlint.ir.shape import Unknown
from lstmlint.ir.spelling import closest, slip
from lstmlint.keras.config_schemas import Schema, Standing, accepts, needed_keys, versions_of
from lstmlint.keras.schema_words import expected, names_of, takes_many_names
from lstmlint.keras.versions import NEWEST
from lstmlint.keras.writer import Writer, parse_version
from lstmlint.linting.rule import Judgement, NoOptions, rule

#: A longer text is no number that somebody meant.
MAX_NUMBER_LENGTH = 40

#: Least likeness, from 0 to 1, of a name that is suggested where no name is close.
LIKENESS_OF_NEAREST = 0.5

#: A value that shows where a translation moves a key.
MARK = "\0"

KERAS1 = Writer((1, 2, 2), is_tf_keras=False)


@rule(Severity.ERROR)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for entry in unusual_values(model, _generation(model)):
        if entry.classes:
            verdict: Judgement | None = _class(entry)
        else:
            verdict = _key(entry) if entry.alternatives is None else _value(entry, entry.alternatives)
        if verdict is not None:
            yield _unjudged(entry) if entry.judges.standing is Standing.NEWER else verdict


def _generation(model: Model) -> int | None:
    """The generation of a file that states no version, where its form shows it."""
    generation = model.graph.semantics.generation if model.graph is not None else None
    return generation if generation == NEWEST.version[0] else None


def _unjudged(entry: ConfigEntry) -> Unjudged:
    """The answer in place of a finding, where a Keras that was not examined may have written the file."""
    return Unjudged(entry.location, Unknown("a Keras newer than those that lstmlint examined may take it"))


def _class(entry: ConfigEntry) -> Judgement:
    """The judgement on an object whose class is not in the module that it names."""
    close = closest(entry.value, entry.classes)
    if close is None and entry.judges.standing is Standing.UNSTATED:
        return _unjudged(entry)
    cure = "write the class and the module that hold together, or register the class if it is your own"
    message = f"'{shortened(entry.value)}' is no class that {entry.schema_name} has in any Keras"
    return _finding(entry, message, f"did you mean '{close}'?" if close else cure)


def _key(entry: ConfigEntry) -> Judgement:
    """The judgement on a key that no judging version takes."""
    other = _today(entry) or _of_keras1(entry)
    versions = versions_of(entry.schema_name, entry.key)
    if other is not None:
        name, generation = other
        return _finding(
            entry,
            f"'{entry.key}' is the name of {generation} for '{name}', which {entry.keras} does not take",
            f"write '{name}' instead of '{entry.key}'",
        )
    if versions:
        newest = f"Keras {versions[-1]}"
        return _finding(
            entry,
            f"'{entry.key}' is a key of {newest}, which {entry.keras} refuses",
            f"delete '{entry.key}', or load the file with {newest}",
        )
    close = closest(entry.key, entry.allowed)
    if close is None and entry.judges.standing is Standing.UNSTATED:
        return _unjudged(entry)
    cure = f"did you mean '{close}'?" if close else f"delete '{entry.key}', or register the custom layer that needs it"
    return _finding(entry, f"'{shortened(entry.key)}' is no key of {entry.class_name} in {entry.keras}", cure)


def _value(entry: ConfigEntry, alternatives: tuple[Schema, ...]) -> Judgement | None:
    """The judgement on a value that no judging version takes, or takes although it is hardly meant."""
    value, names = entry.value, tuple(name for schema in alternatives for name in names_of(schema))
    is_taken = any(accepts(schema, value) for schema in alternatives)
    if isinstance(value, str) and (is_taken or (entry.configured.names_functions and needed_keys(alternatives))):
        return _own_name(entry, value, names)
    if not is_taken:
        return _refused(entry, alternatives, names)
    if isinstance(value, bool) and is_number_meant(alternatives):
        return Finding(
            entry.location,
            f"{entry.key} is {json.dumps(value)}, which {entry.keras} takes for the number {int(value)}",
            f"set {entry.key} to {expected(alternatives)}",
            severity=Severity.WARNING,
        )
    return None


def _own_name(entry: ConfigEntry, value: str, names: tuple[str, ...]) -> Judgement | None:
    """The judgement on a name that an object of a user may have."""
    meant = slip(value, names)
    if meant is None:
        return None
    return _finding(
        entry,
        f"{entry.key} is '{value}', a name that {entry.keras} does not know",
        f"did you mean '{meant}'? If it is an object of your own, its name is easily confused",
        Confidence.LIKELY,
    )


def _refused(entry: ConfigEntry, alternatives: tuple[Schema, ...], names: tuple[str, ...]) -> Judgement:
    """The judgement on a value that no judging version takes."""
    value, taken = entry.value, expected(alternatives)
    given = f"{entry.key} is {shortened(json.dumps(value))}"
    if isinstance(value, str) and names:
        close = closest(value, names)
        if close is None and entry.judges.standing is Standing.UNSTATED:
            return _unjudged(entry)
        if takes_many_names(alternatives):
            return _finding(entry, f"{given}, a name that {entry.keras} does not know", _name_cure(value, close, names))
        cure = f"did you mean '{close}'?" if close else f"set {entry.key} to {taken}"
    elif isinstance(value, dict) and needed_keys(alternatives) - set(value):
        cure = f"write the object with its class_name and config, or a name instead of it, or delete '{entry.key}'"
        return _finding(entry, f"{given}, an object without the class_name that {entry.keras} asks for", cure)
    else:
        number = _as_number(value, alternatives)
        cure = f"set {entry.key} to {taken}" if number is None else f"write {number} without the quotes"
    return _finding(entry, f"{given}, where {entry.keras} takes {taken}", cure)


def _name_cure(value: str, close: str | None, names: tuple[str, ...]) -> str:
    """The cure for an unknown name where many names are allowed."""
    if close is not None:
        return f"did you mean '{close}'?"
    nearest = closest(value, names, LIKENESS_OF_NEAREST)
    own = "save the model again with your own object registered, since its name alone is not enough"
    return f"the nearest name is '{nearest}'; or {own}" if nearest else own


def _as_number(value: Any, alternatives: tuple[Schema, ...]) -> int | float | None:
    """The number that a text holds, where the schemas take that number."""
    if not isinstance(value, str) or len(value) > MAX_NUMBER_LENGTH:
        return None
    for kind in (int, float):
        try:
            number = kind(value)
        except ValueError:
            continue
        if any(accepts(schema, number) for schema in alternatives):
            return number
    return None


def _finding(entry: ConfigEntry, message: str, cure: str, confidence: Confidence | None = None) -> Finding:
    return Finding(entry.location, message, cure, confidence=confidence)


def _today(entry: ConfigEntry) -> tuple[str, str] | None:
    """Today's name for a key of Keras 1 that the judging versions do not take."""
    name = _translated(entry.schema_name, entry.key)
    return (name, "Keras 1") if name != entry.key and name in entry.allowed else None


def _of_keras1(entry: ConfigEntry) -> tuple[str, str] | None:
    """The name in Keras 1 of a key of today."""
    if not any((parse_version(version) or ()) < (2,) for version in entry.judges.versions):
        return None
    names = (key for key in entry.allowed if key != entry.key and _translated(entry.schema_name, key) == entry.key)
    name = next(names, None)
    return None if name is None else (name, "today's Keras")


def _translated(class_name: str, key: str) -> str:
    """The key into which the dialect of Keras 1 translates a key."""
    _, translated = keras1.translate(class_name, {key: MARK}, KERAS1)
    return next((name for name, value in translated.items() if value == MARK and name != key), key)
