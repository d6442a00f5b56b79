"""The first recurrent layer reads few timesteps of many features, as if the two axes were exchanged.

## Why it matters

Keras reads `(batch, timesteps, features)`, other libraries and many data sets have the time last. With the axes
exchanged a layer runs over the features and takes each whole series for one input: it trains, but finds nothing in
the order of time. The question which axis is which is asked often (Stack Overflow 38714959, 48491737).

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "sensors", "layers": [
  {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [null, 3, 100]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 16}}]}}
```

```console
$ lstmlint check --persona pedantic example.json
example.json:3:3: note[axes-maybe-swapped]: lstm: reads 3 timesteps of 100 features each, (None, 3, 100)
    see: example.json:2:3: series: decides the axes
    help: if the 100 values are in order of time, put Permute((2, 1)) before 'lstm' or exchange the axes of the data
0 errors, 0 warnings, 1 note in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "sensors", "layers": [
  {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [null, 100, 3]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 16}}]}}
```

```console
$ lstmlint check --persona pedantic example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `ratio` (features a timestep, default 8): reported above it.

## Known limits

Short sequences of wide vectors (word counts, embeddings made elsewhere) are common and right. Only what comes
straight from an input is judged, not what a convolution or an embedding made; sequences of one timestep are for
`single-timestep-recurrence`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.analyses.sequences import place_of, read_from_input
from lstmlint.ir.finding import Confidence, Finding, Related, Severity
from lstmlint.ir.model import Model
from lstmlint.ir.shape import to_text
from lstmlint.linting.rule import Judgement, Persona, rule


@dataclass(frozen=True, slots=True)
class Options:
    """From which ratio the axes look exchanged."""

    ratio: int = 8


@rule(Severity.NOTE, Confidence.HEURISTIC, Persona.PEDANTIC)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    for found in read_from_input(model):
        steps, features = found.steps, found.features
        if steps > 1 and features > options.ratio * steps:
            yield Finding(
                location=place_of(found.layer),
                message=f"reads {steps} timesteps of {features:,} features each, {to_text(found.sequence)}",
                help=f"if the {features:,} values are in order of time, put Permute((2, 1)) before "
                f"'{found.layer.name}' or exchange the axes of the data",
                related=(Related(place_of(found.source), "decides the axes"),),
            )
