"""A recurrent layer gets an input that is no sequence: too few or too many axes.

## Why it matters

LSTM, GRU and SimpleRNN read `(batch, timesteps, features)`; ConvLSTM layers read one to three axes more. On any other
input Keras stops with "expected ndim=3, found ndim=2" (Stack Overflow 40331510). `missing-return-sequences` reports it
where the layer before is a recurrent one without `return_sequences`.

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "tabular", "layers": [
  {"class_name": "InputLayer", "config": {"name": "columns", "batch_input_shape": [null, 12]}},
  {"class_name": "Dense", "config": {"name": "dense", "units": 8}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 16}}]}}
```

```console
$ lstmlint check example.json
example.json:4:3: error[rnn-input-rank]: lstm: expects (batch, timesteps, features), an input of rank 3, \
and gets (None, 8) of rank 2
    see: example.json:2:3: columns: decides the rank
    help: give it a sequence: Reshape((timesteps, features)) before 'lstm', or RepeatVector(timesteps)
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "tabular", "layers": [
  {"class_name": "InputLayer", "config": {"name": "columns", "batch_input_shape": [null, 12]}},
  {"class_name": "Reshape", "config": {"name": "steps", "target_shape": [12, 1]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 16}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Behind a layer whose output is unknown (custom code, a Lambda) the rank is unknown. Then the report counts the layer
among those that it could not judge.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.ranks import rank_mismatches
from lstmlint.analyses.sequences import input_rank, location_of, sequence_calls
from lstmlint.ir.finding import Finding, Related, Severity, Unjudged
from lstmlint.ir.model import Model
from lstmlint.ir.shape import Unknown, to_text
from lstmlint.linting.rule import Judgement, NoOptions, rule

#: Rank that a layer expects -> the axes of its input.
AXES = {
    3: "(batch, timesteps, features)",
    4: "(batch, timesteps, length, channels)",
    5: "(batch, timesteps, rows, columns, channels)",
    6: "(batch, timesteps, depth, rows, columns, channels)",
}


@rule(Severity.ERROR)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for mismatch in rank_mismatches(model):
        if mismatch.vector_producer is not None:
            continue
        shape, expected = mismatch.shape, mismatch.expected
        related = () if mismatch.source is None else (Related(location_of(mismatch.source), "decides the rank"),)
        yield Finding(
            location=location_of(mismatch.layer),
            message=f"expects {AXES[expected]}, an input of rank {expected}, "
            f"and gets {to_text(shape)} of rank {len(shape)}",
            help=_cure(mismatch.layer.name, len(shape), expected),
            related=related,
        )
    for inner in model.all_models:
        for call in sequence_calls(inner):
            if isinstance(call.sequence, Unknown) and input_rank(call.layer) is not None:
                yield Unjudged(location_of(call.layer), call.sequence)


def _cure(name: str, rank: int, expected: int) -> str:
    if rank < expected == 3:
        return f"give it a sequence: Reshape((timesteps, features)) before '{name}', or RepeatVector(timesteps)"
    if rank > expected == 3:
        return f"make one vector of each timestep before '{name}': TimeDistributed(Flatten()) or a Reshape"
    return f"reshape the input of '{name}' to {AXES[expected]}"
