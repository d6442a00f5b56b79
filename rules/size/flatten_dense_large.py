"""Most parameters of a large model lie in a Dense layer behind a Flatten.

## Why it matters

A `Dense` on a flattened sequence has a weight for each unit at each timestep: `timesteps x units x dense units`. The
layer grows with the length of the sequence, which a recurrent layer avoids. It also fixes that length, and learns each
timestep separately. In public models the largest layers of small recurrent networks are of this kind. The last output
of the recurrent layer, a pooling over time or an attention gives the Dense a vector that does not grow with the length.

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "activity", "layers": [
  {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [null, 200, 6]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 100, "return_sequences": true}},
  {"class_name": "Flatten", "config": {"name": "flatten"}},
  {"class_name": "Dense", "config": {"name": "dense", "units": 100, "activation": "relu"}},
  {"class_name": "Dense", "config": {"name": "classes", "units": 6, "activation": "softmax"}}]}}
```

```console
$ lstmlint check example.json
example.json:5:3: warning[flatten-dense-large]: dense: has 2,000,100 of the model's 2,043,506 parameters, because it \
reads all of (None, 200, 100) of lstm at once
    see: example.json:4:3: flatten: gives (None, 20000)
    help: take the last output of the recurrent layer (return_sequences=False) or pool over the flattened positions, \
with GlobalAveragePooling1D for instance
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "activity", "layers": [
  {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [null, 200, 6]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 100}},
  {"class_name": "Dense", "config": {"name": "dense", "units": 100, "activation": "relu"}},
  {"class_name": "Dense", "config": {"name": "classes", "units": 6, "activation": "softmax"}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `large` (parameters of the kernel, default 1,000,000): a layer above it is reported.
- `share` (part of the model's parameters, 0 to 1, default 0.5): a layer above it is reported.

## Known limits

The finding is only a note where no recurrent layer is flattened, as in many networks for images. A flattened short
sequence is not reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.sequences import keeps_shape, location_of, recurrent_core, source
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.finding import Confidence, Finding, Related, Severity, Unjudged
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Unknown, first, is_dims, to_text
from lstmlint.linting.rule import Judgement, rule

#: The number of axes that are never pooled, and the numbers of other axes that Keras can pool.
CHANNELS_AND_BATCH, POOLED_AXES = 2, (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Options:
    """The size and the share above which a Dense behind a Flatten is reported."""

    large: int = 1_000_000
    share: float = 0.5


@rule(Severity.WARNING, Confidence.LIKELY)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    for part in model.all_models:
        for layer, call, _ in part.calls():
            params = layer.params if layer.class_name == "Dense" else 0
            if isinstance(params, Unknown) or params <= options.large:
                continue
            made = source(part, call.inputs, keeps_shape)
            if made is None or made[1].class_name != "Flatten":
                continue
            total = model.params
            if isinstance(total, Unknown):
                yield Unjudged(location_of(layer), total)
            elif params > options.share * total:
                yield _finding(made[0], layer, made[1], params, total)


def _finding(model: Model, dense: Layer, flatten: Layer, params: int, total: int) -> Finding:
    made = source(model, flatten.node.calls[0].inputs)
    flattened = made[1] if made else None
    is_sequence = flattened is not None and recurrent_core(flattened) is not None
    cure = "take the last output of the recurrent layer (return_sequences=False) or" if is_sequence else "first"
    name = f" of {flattened.full_name}" if flattened else ""
    shape = to_text(flatten.calls[0].inputs)
    return Finding(
        location=location_of(dense),
        message=f"has {params:,} of the model's {total:,} parameters, because it reads all of {shape}{name} at once",
        help=f"{cure} pool over the flattened positions{_pooling(flatten)}",
        related=(Related(location_of(flatten), f"gives {to_text(flatten.outputs)}"),),
        severity=Severity.WARNING if is_sequence else Severity.NOTE,
    )


def _pooling(flatten: Layer) -> str:
    """The pooling layer of Keras for the flattened axes, if Keras has one for their number."""
    shape = first(flatten.calls[0].inputs)
    axes = len(shape) - CHANNELS_AND_BATCH if is_dims(shape) else 0
    return f", with GlobalAveragePooling{axes}D for instance" if axes in POOLED_AXES else ""
