"""The first recurrent layer reads few timesteps of many features, as if the two axes were exchanged.

## Why it matters

Keras reads `(batch, timesteps, features)`; other libraries and many data sets have the time last. With exchanged axes a
layer runs over the features and takes each whole series for one step: it trains, but learns nothing from the order of
time. Users often ask which axis is which (Stack Overflow 38714959, 48491737).

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

- `ratio` (features divided by timesteps, default 8): a layer above it is reported.

## Known limits

Short sequences of wide vectors (word counts, embeddings made elsewhere) are common and right. Only sequences that come
straight from an input are judged, not those that a convolution or an embedding made. `single-timestep-recurrence`
judges sequences of one timestep.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.sequences import location_of, read_from_input
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.finding import Confidence, Finding, Related, Severity
from lstmlint.ir.model import Model
from lstmlint.ir.shape import to_text
from lstmlint.linting.rule import Judgement, Persona, rule


@dataclass(frozen=True, slots=True)
class Options:
    """The ratio of features to timesteps above which the axes look exchanged."""

    ratio: int = 8


@rule(Severity.NOTE, Confidence.HEURISTIC, Persona.PEDANTIC)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    for read in read_from_input(model):
        steps, features = read.steps, read.features
        if steps > 1 and features > options.ratio * steps:
            yield Finding(
                location=location_of(read.layer),
                message=f"reads {steps} timesteps of {features:,} features each, {to_text(read.sequence)}",
                help=f"if the {features:,} values are in order of time, put Permute((2, 1)) before "
                f"'{read.layer.name}' or exchange the axes of the data",
                related=(Related(location_of(read.source), "decides the axes"),),
            )
