"""The classes of an output share 1 along time.

## Why it matters

`Softmax(axis=1)` on a sequence of classes makes the timesteps of each class share 1: a class may be certain at one
timestep only, and the classes of a timestep add up to anything. Softmax over time is right for the weights of
attention, where the steps compete.

## Example

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "tagger", "layers": [
  {"class_name": "InputLayer", "config": {"name": "words", "batch_shape": [null, 40, 8]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 32, "return_sequences": true}},
  {"class_name": "Dense", "config": {"name": "scores", "units": 9}},
  {"class_name": "Softmax", "config": {"name": "tag", "axis": 1}}]}}
```

```console
$ lstmlint check example.json
example.json:6:3: warning[softmax-over-time]: tag: makes the timesteps of each class share 1: axis 1 of (batch, time \
40, units of scores 9) is time
    help: set axis=-1 on 'tag'
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "tagger", "layers": [
  {"class_name": "InputLayer", "config": {"name": "words", "batch_shape": [null, 40, 8]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 32, "return_sequences": true}},
  {"class_name": "Dense", "config": {"name": "scores", "units": 9}},
  {"class_name": "Softmax", "config": {"name": "tag", "axis": -1}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Only an output of several classes with a Softmax layer along time is reported. Scores of a single value per step, as
of a pointer into the sequence, are right.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.activations import DISTRIBUTIONS, Activation
from lstmlint.analyses.axes.roles import Role, is_all, meaning_text
from lstmlint.analyses.axes.walk import meanings
from lstmlint.analyses.training import outputs
from lstmlint.ir.finding import Confidence, Finding, Severity
from lstmlint.ir.model import Model
from lstmlint.ir.shape import Unknown
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.WARNING, Confidence.LIKELY)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    known = None
    for output in outputs(model):
        activation = output.activation
        if not isinstance(activation, Activation) or activation.name not in DISTRIBUTIONS or output.width == 1:
            continue
        axes = activation.axes
        if isinstance(axes, Unknown) or len(axes) != 1 or axes[0] == -1:
            continue
        known = known or meanings(model)
        one = known.get((id(activation.layer), 0))
        given = one.inputs[0] if one is not None and one.inputs else Unknown("it is not followed")
        if one is None or isinstance(given, Unknown) or not -len(given) <= axes[0] < len(given):
            continue
        if is_all(given[axes[0]], Role.TIME) and is_all(given[-1], Role.FEATURES):
            yield Finding(
                location=output.location,
                message=f"makes the timesteps of each class share 1: axis {axes[0]} of "
                f"{meaning_text(given, one.shapes[0])} is time",
                help=f"set axis=-1 on '{activation.layer.name}'",
            )
