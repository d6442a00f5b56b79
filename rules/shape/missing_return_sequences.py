"""A recurrent layer gets only the last output of the recurrent layer before it, not the whole sequence.

## Why it matters

With `return_sequences=False`, the default, a recurrent layer gives one vector for the whole sequence: `(batch,
units)`. The next recurrent layer needs `(batch, timesteps, features)`, so Keras refuses to build the model: "expected
ndim=3, found ndim=2". Stacking LSTM layers is among the most asked questions about Keras (Stack Overflow 40331510).

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "stack", "layers": [
  {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [null, 10, 8]}},
  {"class_name": "LSTM", "config": {"name": "lstm_1", "units": 16, "return_sequences": false}},
  {"class_name": "Dropout", "config": {"name": "dropout", "rate": 0.2}},
  {"class_name": "LSTM", "config": {"name": "lstm_2", "units": 16}}]}}
```

```console
$ lstmlint check example.json
example.json:3:3: error[missing-return-sequences]: lstm_1: gives only its last output, (None, 16), \
but lstm_2 needs the sequence
    see: example.json:5:3: lstm_2: expects rank 3 and gets rank 2
    help: set return_sequences=True on 'lstm_1'
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "stack", "layers": [
  {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [null, 10, 8]}},
  {"class_name": "LSTM", "config": {"name": "lstm_1", "units": 16, "return_sequences": true}},
  {"class_name": "Dropout", "config": {"name": "dropout", "rate": 0.2}},
  {"class_name": "LSTM", "config": {"name": "lstm_2", "units": 16}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

If one vector is what you want, put `RepeatVector(timesteps)` between the two, as sequence autoencoders do.

## Known limits

Only the sequence itself is followed, not the states: an encoder whose states start a decoder is right. Layers that keep
the rank may lie between the two (Dropout, normalization, activations, Dense). Behind a Lambda or a custom layer the
rank is unknown, and nothing is reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.cures import in_code
from lstmlint.analyses.ranks import rank_mismatches
from lstmlint.analyses.sequences import location_of
from lstmlint.ir.finding import Finding, Related, Severity
from lstmlint.ir.model import Model
from lstmlint.ir.shape import to_text
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.ERROR)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for mismatch in rank_mismatches(model):
        producer = mismatch.vector_producer
        if producer is None:
            continue
        yield Finding(
            location=location_of(producer.recurrent),
            message=f"gives only its last output, {to_text(mismatch.shape)}, "
            f"but {mismatch.layer.full_name} needs the sequence",
            help=f"set return_sequences=True on {in_code(producer.recurrent)}",
            related=(
                Related(
                    location_of(mismatch.layer), f"expects rank {mismatch.expected} and gets rank {len(mismatch.shape)}"
                ),
            ),
        )
