"""A stateful layer has an open batch size.

## Why it matters

A stateful layer keeps one state for each row of the batch from call to call. Keras makes these states when it builds
the layer, and refuses to build it if their number is open: "When using `stateful=True` in a RNN, the batch size must be
static" (3.15), "If a RNN is stateful, it needs to know its batch size" (2.2.4 to 2.15), "a complete input_shape must be
provided" (1.2.2; TensorFlow issue 36363).

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "stream", "layers": [
  {"class_name": "InputLayer", "config": {"name": "chunk", "batch_input_shape": [null, 20, 4]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 16, "stateful": true}}]}}
```

```console
$ lstmlint check example.json
example.json:3:3: error[stateful-needs-batch]: lstm: is stateful and gets batches of any size, (None, 20, 4), so it \
cannot know how many states to keep
    help: fix the batch size B in the input, so that 'lstm' gets (B, 20, 4), or set stateful=False on 'lstm'
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "stream", "layers": [
  {"class_name": "InputLayer", "config": {"name": "chunk", "batch_input_shape": [8, 20, 4]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 16, "stateful": true}}]}}
```

```console
$ lstmlint check example.json
example.json:2:3: note[batch-size-locked]: chunk: fixes the batch size, (8, 20, 4), and 'lstm' is stateful, so every \
prediction needs exactly 8 rows
    see: example.json:3:3: lstm: keeps one state for each row
    help: to predict other batches, build the model again with another batch size and copy the weights with \
set_weights()
0 errors, 0 warnings, 1 note in 1 model
```

## Known limits

Layers inside a `TimeDistributed` are not judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.cures import in_code
from lstmlint.analyses.sequences import SequenceCall, location_of, recurrent_core, sequence_calls
from lstmlint.ir.finding import Finding, Severity, Unjudged
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Unknown, to_text
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.ERROR)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for inner in model.all_models:
        for call in sequence_calls(inner):
            core = recurrent_core(call.layer)
            if core is not None and core.config.get("stateful") and not core.node.is_custom:
                yield from _judge(call, core)


def _judge(call: SequenceCall, core: Layer) -> Iterator[Judgement]:
    sequence, layer = call.sequence, call.layer
    axis = 1 if core.config.get("time_major") else 0
    batch = sequence if isinstance(sequence, Unknown) else sequence[axis] if len(sequence) > axis else 0
    if isinstance(batch, Unknown):
        yield Unjudged(location_of(layer), batch)
    elif batch is None and not isinstance(sequence, Unknown):
        shape = ", ".join("B" if index == axis else str(dim) for index, dim in enumerate(sequence))
        yield Finding(
            location=location_of(layer),
            message=f"is stateful and gets batches of any size, {to_text(sequence)}, "
            "so it cannot know how many states to keep",
            help=f"fix the batch size B in the input, so that '{layer.name}' gets ({shape}), "
            f"or set stateful=False on {in_code(core)}",
        )
