"""A Reshape stands where axes should be exchanged, and scrambles their values.

## Why it matters

Reshape writes the values in the order in which they lie and cuts them anew; Permute moves whole axes. A `Reshape((8,
60))` of 60 timesteps of 8 features has the shape of the exchanged axes, but its first row holds the 8 features of 7
timesteps and half of the eighth. Nothing of the order of time is left, and Keras sees only that the sizes fit. Behind
convolutions of an image a Reshape to timesteps must keep a whole axis, too: the axis that is to be time has to come
first, by `Permute((2, 1, 3))`.

## Example

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 60, 8]}},
  {"class_name": "Reshape", "config": {"name": "turned", "target_shape": [8, 60]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 32}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1}}]}}
```

```console
$ lstmlint check example.json
example.json:4:3: warning[reshape-for-permute]: turned: makes (8, 60) of (batch, time 60, features of days 8), whose \
sizes are exchanged, so its values are scrambled
    help: put a Permute before 'turned' or in its place, so that whole axes move
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 60, 8]}},
  {"class_name": "Permute", "config": {"name": "turned", "dims": [2, 1]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 32}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Reported are a Reshape whose sizes are those of its input in another order, and one that cuts through known axes and
is read by a recurrent layer. A Reshape that cuts the timesteps into windows, or that splits the units of a Dense, is
right. The roles of axes are those of `lstmlint summary --axes`; where one is unknown, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lstmlint.analyses.axes.roles import MIXED, Axis, Role, meaning_text, roles
from lstmlint.analyses.axes.walk import Meant, once_a_layer
from lstmlint.analyses.reading import read_by
from lstmlint.analyses.sequences import SEQUENCE_RANK, location_of
from lstmlint.ir.finding import Confidence, Finding, Related, Severity
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Dims, Unknown, is_dims
from lstmlint.keras.classes import traits_of
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.WARNING, Confidence.LIKELY)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    if not any(layer.class_name == "Reshape" for layer in model.all_layers):
        return
    owners = {id(layer): inner for inner in model.all_models for layer in inner.layers}
    yield from once_a_layer(model, lambda one: _said(one, owners) if one.layer.class_name == "Reshape" else None)


def _said(one: Meant, owners: Mapping[int, Model]) -> Finding | None:
    if not one.inputs:
        return None
    given, made, axes = one.shapes[0], one.made[0], one.inputs[0]
    if not is_dims(given) or not is_dims(made) or isinstance(axes, Unknown):
        return None
    if _are_exchanged(axes[1:], given[1:], made[1:]):
        return _finding(one, given, made, "whose sizes are exchanged", ())
    readers = _sequence_readers(owners[id(one.layer)], one.layer)
    if not readers or len(made) != SEQUENCE_RANK or not _is_cut(one):
        return None
    related = (Related(location_of(readers[0]), "reads its first axis as timesteps"),)
    return _finding(one, given, made, "whose values it cuts anew", related)


def _are_exchanged(axes: Sequence[Axis], given: Dims, made: Dims) -> bool:
    """Whether the sizes are the same in another order, and the axes that moved have different known roles."""
    if len(given) != len(made) or given == made or not all(isinstance(size, int) for size in (*given, *made)):
        return False
    moved = [axis for axis, before, after in zip(axes, given, made, strict=True) if before != after]
    known = [roles(axis) for axis in moved]
    is_same = sorted(map(str, given)) == sorted(map(str, made)) and 1 not in given
    return is_same and all(known) and len(set(known)) > 1


def _is_cut(one: Meant) -> bool:
    """Whether the timesteps that a Reshape makes hold an axis and a piece of another, pieces of features left out."""
    outputs = one.outputs[0]
    if isinstance(outputs, Unknown):
        return False
    time = outputs[1]
    if isinstance(time, Unknown):
        return time == MIXED
    return len(time) > 1 and not all(part.is_whole or part.role is Role.FEATURES for part in time)


def _sequence_readers(model: Model, layer: Layer) -> list[Layer]:
    return [reader for reader in read_by(model, layer) if traits_of(reader.class_name).is_recurrent]


def _finding(one: Meant, given: Dims, made: Dims, words: str, related: tuple[Related, ...]) -> Finding:
    sizes = ", ".join(map(str, made[1:]))
    return Finding(
        location=location_of(one.layer),
        message=f"makes ({sizes}) of {meaning_text(one.inputs[0], given)}, {words}, so its values are scrambled",
        help=f"put a Permute before '{one.layer.name}' or in its place, so that whole axes move",
        related=related,
    )
