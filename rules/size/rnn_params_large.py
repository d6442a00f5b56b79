"""A recurrent layer has more parameters than nearly all recurrent layers in public models.

## Why it matters

An LSTM has `4 x units x (features + units + 1)` parameters. Their number grows with the square of the units, and every
timestep reads all of them. Users often set the units to the number of timesteps or samples, though neither has to do
with the units. There is no accepted bound, so the thresholds are percentiles: of 342 recurrent layers in public models,
95 % have at most 329 thousand parameters and 99 % at most 2.0 million; 1.3 % of the models have a layer above a
million, 6 % one above 300 thousand.

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "wide", "layers": [
  {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [null, 30, 40]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 600}},
  {"class_name": "Dense", "config": {"name": "dense", "units": 1}}]}}
```

```console
$ lstmlint check example.json
example.json:3:3: warning[rnn-params-large]: lstm: has 1,538,400 parameters, more than 1,000,000 and than 95 % of 342 \
recurrent layers in public models: 4 gates x 600 units x (40 features + 600 units + 1 bias); 6 % of them read the \
input, 94 % the last output
    help: 479 units would stay below 1,000,000; the 30 timesteps do not enter the count, so they need no more units
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "wide", "layers": [
  {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [null, 30, 40]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 64}},
  {"class_name": "Dense", "config": {"name": "dense", "units": 1}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `warning-above` (parameters of one recurrent layer, default 1,000,000): a warning above it.
- `note-above` (parameters of one recurrent layer, default 300,000): a note above it.

## Known limits

The thresholds come from small public models; a language model has good reasons to be larger. Each direction of a
Bidirectional is judged alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.gates import gate_parts, gated_formula, weight_share
from lstmlint.analyses.sequences import location_of, recurrent_layers, timesteps
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.finding import Confidence, Finding, Severity, Unjudged
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Unknown, is_dims
from lstmlint.linting.rule import Judgement, rule

#: Percent of the 342 recurrent layers of public models, and the parameters that so many of them do not exceed.
PERCENTILES = ((99, 2_000_000), (95, 329_000), (90, 144_000))


@dataclass(frozen=True, slots=True)
class Options:
    """Parameters of one recurrent layer above which it is reported."""

    warning_above: int = 1_000_000
    note_above: int = 300_000


@rule(Severity.WARNING, Confidence.HEURISTIC)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    for layer in recurrent_layers(model):
        params = layer.params
        if isinstance(params, Unknown):
            yield Unjudged(location_of(layer), params)
        elif params > options.warning_above:
            yield _finding(layer, params, options.warning_above, Severity.WARNING)
        elif params > options.note_above:
            yield _finding(layer, params, options.note_above, Severity.NOTE)


def _finding(layer: Layer, params: int, limit: int, severity: Severity) -> Finding:
    parts = gate_parts(layer)
    share = weight_share(layer)
    noun = "filters" if parts.window else "units"
    return Finding(
        location=location_of(layer),
        message=f"has {params:,} parameters, more than {limit:,}{_rank(params)}: {gated_formula(layer)}; "
        f"{share.inputs * 100:.0f} % of them read the input, {share.recurrent * 100:.0f} % the last output",
        help=f"{parts.units_within(limit):,} {noun} would stay below {limit:,}{_timestep_reminder(layer)}",
        severity=severity,
        cause="more parameters than most",
    )


def _rank(params: int) -> str:
    """The comparison of a layer with those of public models."""
    percent = next((percent for percent, size in PERCENTILES if params > size), None)
    return f" and than {percent} % of 342 recurrent layers in public models" if percent else ""


def _timestep_reminder(layer: Layer) -> str:
    inputs = layer.calls[0].inputs if layer.calls else None
    steps = timesteps(layer, inputs) if is_dims(inputs) else None
    if not isinstance(steps, int) or steps <= 1:
        return ""
    return f"; the {steps} timesteps do not enter the count, so they need no more units"
