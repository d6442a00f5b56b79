"""An archive entry, a config key or a format is there twice, so different readers see different models.

## Why it matters

A zip archive may hold two entries of one name, or of names that differ in case only, and a JSON object may have one key
twice. Python takes the last, other readers take the first, and a file system that ignores case keeps the one that was
unpacked last. A file may also be of two formats at once: Python finds a zip archive at the end of a file whatever lies
before it, and HDF5 finds its signature behind a block of any content. So a scanner may see a harmless model where Keras
loads another one. No version of Keras writes any of this.

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "two_faces", "layers": [
  {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [null, 10, 2]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 3, "units": 4}}]}}
```

```console
$ lstmlint check example.json
example.json:3:74: error[ambiguous-content]: lstm: the key 'units' is there twice in one object: Keras takes the \
last, others the first
    help: delete one of the two, and find out who wrote both
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "one_face", "layers": [
  {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [null, 10, 2]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 3}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

All other rules judge the last of each, which Python and Keras take. Keys of YAML are not compared.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from lstmlint.analyses.objects import quoted, raw_objects
from lstmlint.ir.document import RepeatedKey
from lstmlint.ir.finding import Finding, Location, Severity
from lstmlint.ir.model import Model
from lstmlint.ir.words import counted
from lstmlint.linting.rule import Judgement, NoOptions, rule

#: The names under which Keras looks for a model.
NAMES = ("config.json", "metadata.json", "model.weights.h5", "model.weights.npz")


@rule(Severity.ERROR)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    yield from _formats(model)
    yield from _entries(model)
    for repeated in model.document.evidence.repeated_keys:
        *_, key = repeated.pointer
        yield Finding(
            location=_location(model, repeated),
            message=f"the key {quoted(str(key))} is there twice in one object: Keras takes the last, others the first",
            help="delete one of the two, and find out who wrote both",
        )


def _formats(model: Model) -> Iterator[Finding]:
    """Findings on a file that is of several formats, or has something before its archive."""
    evidence = model.document.evidence
    for other in evidence.also:
        yield _ambiguous(f"is {other} as well: Keras chooses a loader by the name of the file, others by its content")
    if evidence.before and not evidence.also:
        yield _ambiguous(
            f"has {counted(evidence.before, 'byte')} before its archive, which Keras skips and others read"
        )


def _ambiguous(message: str) -> Finding:
    return Finding(Location(""), message, "do not load this file before you know where it comes from; save it again")


def _entries(model: Model) -> Iterator[Finding]:
    """Findings on entries of an archive that some file system or reader takes for one another."""
    seen = {_folded(name): name for name in NAMES}
    met: set[str] = set()
    for member in model.document.evidence.members:
        other = seen.setdefault(_folded(member.name), member.name)
        if other != member.name or member.name in met:
            again = "is there twice" if other == member.name else f"differs from {quoted(other)} in writing only"
            yield Finding(
                location=Location("", stored=member.name),
                message=f"{again}: which of the two is loaded depends on the reader",
                help="save the model again with model.save(), which writes each entry once",
            )
        met.add(member.name)


def _folded(name: str) -> str:
    """A name as a file system that ignores case takes it."""
    return posixpath.normpath(name.replace("\\", "/")).casefold()


def _location(model: Model, repeated: RepeatedKey) -> Location:
    """Where a repeated key stands: in the model's own text, or in another part of the container."""
    document = model.document
    if document.text is None and repeated.place != document.config_place:
        return Location("", stored="/".join((repeated.place, *map(str, repeated.pointer))))
    place = document.config_steps
    inside = repeated.pointer[: len(place)] == place
    pointer = repeated.pointer[len(place) :] if inside else ()
    owners = (
        raw_object.owner
        for raw_object in raw_objects(model)
        if not raw_object.place and raw_object.pointer == pointer[:-1]
    )
    return Location(next(owners, ""), pointer)
