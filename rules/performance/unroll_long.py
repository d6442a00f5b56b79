"""A recurrent layer is unrolled over many timesteps, so it takes long to build and runs no faster.

## Why it matters

Unrolling saves the bookkeeping of a loop, but copies the graph of the layer for each timestep. Over 200 timesteps the
first step took 5.67 s instead of 0.62 s (Keras 2.15 on a CPU), and every later step 21.7 ms instead of 23.1 ms: no
gain. Over 10 timesteps the gain is small. An unrolled layer cannot use cuDNN either.

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "forecast", "layers": [
  {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [null, 200, 2]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 3, "unroll": true}}]}}
```

```console
$ lstmlint check example.json
example.json:3:3: warning[unroll-long]: lstm: is unrolled over 200 timesteps, more than 50: its operations are built \
200 times
    help: set unroll=False on 'lstm'; the weights stay the same
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "forecast", "layers": [
  {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [null, 200, 2]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 3, "unroll": false}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `max-steps` (timesteps, default 50): a layer unrolled over more is reported.

## Known limits

Some converters for small devices only take unrolled layers; switch the rule off for such models. A layer inside a
TimeDistributed is not judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.cures import in_code
from lstmlint.analyses.sequences import location_of
from lstmlint.analyses.unrolling import unrolled_calls
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.finding import Confidence, Finding, Severity, Unjudged
from lstmlint.ir.model import Model
from lstmlint.ir.shape import Unknown
from lstmlint.linting.rule import Judgement, rule


@dataclass(frozen=True, slots=True)
class Options:
    """The number of timesteps over which a layer may be unrolled."""

    max_steps: int = 50


@rule(Severity.WARNING, Confidence.LIKELY)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    for call in unrolled_calls(model):
        if isinstance(call.steps, Unknown):
            yield Unjudged(location_of(call.layer), call.steps)
        elif call.steps is not None and call.steps > options.max_steps:
            yield Finding(
                location=location_of(call.layer),
                message=f"is unrolled over {call.steps:,} timesteps, more than {options.max_steps:,}: its operations "
                f"are built {call.steps:,} times",
                help=f"set unroll=False on {in_code(call.core)}; the weights stay the same",
            )
