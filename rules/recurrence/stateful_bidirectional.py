"""A Bidirectional wraps a stateful layer.

## Why it matters

A stateful layer begins each batch with the final states of the last one. That makes sense forwards in time: the next
chunk continues the last one. The backward layer runs through each chunk from its end to its beginning. Its final state
is that of the *beginning* of a chunk, but the layer uses it at the *end* of the next chunk. So every chunk starts from
a state of another part of the sequence.

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "stream", "layers": [
  {"class_name": "InputLayer", "config": {"name": "chunk", "batch_input_shape": [1, 20, 4]}},
  {"class_name": "Bidirectional", "config": {"name": "both_ways", "layer": {"class_name": "LSTM", \
"config": {"name": "lstm", "units": 16, "stateful": true}}}}]}}
```

```console
$ lstmlint check example.json
example.json:2:3: note[batch-size-locked]: chunk: fixes the batch size, (1, 20, 4), and 'both_ways/forward_lstm' is \
stateful, so every prediction needs exactly 1 row
    see: example.json:3:76: both_ways/forward_lstm: keeps one state for each row
    help: to predict other batches, build the model again with another batch size and copy the weights with \
set_weights()
example.json:3:3: warning[stateful-bidirectional]: both_ways: runs the stateful 'backward_lstm' backwards, so the \
state at the beginning of one chunk is used at the end of the next
    help: set stateful=False on the layer inside 'both_ways', or keep only the forward direction
0 errors, 1 warning, 1 note in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "stream", "layers": [
  {"class_name": "InputLayer", "config": {"name": "chunk", "batch_input_shape": [null, 20, 4]}},
  {"class_name": "Bidirectional", "config": {"name": "both_ways", "layer": {"class_name": "LSTM", \
"config": {"name": "lstm", "units": 16}}}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

A program that feeds the chunks from the last to the first, and resets the states of the forward layer in between, may
use such a layer; no public model of that kind is known.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.directions import directions
from lstmlint.analyses.sequences import location_of
from lstmlint.ir.finding import Confidence, Finding, Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.WARNING, Confidence.LIKELY)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for pair in directions(model):
        if pair.backward.config.get("stateful"):
            yield Finding(
                location=location_of(pair.layer),
                message=f"runs the stateful '{pair.backward.name}' backwards, so the state at the beginning of one "
                "chunk is used at the end of the next",
                help=f"set stateful=False on the layer inside '{pair.layer.name}', or keep only the forward direction",
            )
