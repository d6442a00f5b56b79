"""A recurrent layer gets sequences of one timestep, so its recurrence does nothing.

## Why it matters

The state starts at zero, and with one timestep it is never used: `0 x recurrent_kernel = 0`. The recurrent kernel
gets no gradient and stays at its random initial values, so the layer is a gated Dense. In all six public models with
one timestep that store trained weights, the recurrent kernel is still exactly the orthogonal matrix of the beginning.
The usual cause is a `Reshape` or `expand_dims` on the wrong axis: it makes `(samples, 1, features)` where
`(samples, features, 1)`, or a real window over time, was meant.

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "one_step", "layers": [
  {"class_name": "InputLayer", "config": {"name": "row", "batch_input_shape": [null, 1, 12]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 16}}]}}
```

```console
$ lstmlint check example.json
example.json:3:3: warning[single-timestep-recurrence]: lstm: gets sequences of 1 timestep, (None, 1, 12), \
so the 1,024 parameters of its recurrent_kernel are never used
    help: give 'lstm' real sequences, such as (12, 1) if the 12 values are in order of time, or use Dense
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "one_step", "layers": [
  {"class_name": "InputLayer", "config": {"name": "row", "batch_input_shape": [null, 12, 1]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 16}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Stateful layers and layers with an `initial_state` (decoders that run one step at a time) start from a state and are not
reported. Nor are layers whose number of timesteps is open or unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lstmlint.analyses.sequences import (
    SEQUENCE_RANK,
    SequenceCall,
    input_rank,
    keeps_shape,
    location_of,
    recurrent_core,
    sequence_calls,
    source,
    timesteps,
)
from lstmlint.ir.finding import Confidence, Finding, Severity, Unjudged
from lstmlint.ir.model import Layer, Model, count
from lstmlint.ir.shape import Dims, Unknown, to_text
from lstmlint.linting.rule import Judgement, NoOptions, rule

#: The layer that replaces a recurrent layer over one timestep, where it is not Dense.
INSTEAD: Mapping[str, str] = {"ConvLSTM1D": "Conv1D", "ConvLSTM2D": "Conv2D", "ConvLSTM3D": "Conv3D"}


@rule(Severity.WARNING, Confidence.LIKELY)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for inner in model.all_models:
        for call in sequence_calls(inner):
            core = recurrent_core(call.layer)
            if core is not None and not core.config.get("stateful") and not call.has_initial_state:
                yield from _judge(inner, call)


def _judge(model: Model, call: SequenceCall) -> Iterator[Judgement]:
    sequence = call.sequence
    steps = sequence if isinstance(sequence, Unknown) else None
    if not isinstance(sequence, Unknown) and len(sequence) == input_rank(call.layer):
        length = timesteps(call.layer, sequence)
        if length == 1:
            yield Finding(
                location=location_of(call.layer),
                message=f"gets sequences of 1 timestep, {to_text(sequence)}, so {_unused(call.layer)} never used",
                help=_cure(model, call, sequence),
                cause="a sequence of one timestep",
            )
        steps = length if isinstance(length, Unknown) else None
    if steps is not None:
        yield Unjudged(location_of(call.layer), steps)


def _cure(model: Model, call: SequenceCall, sequence: Dims) -> str:
    """The sequence that the layer should get, or the layer that should replace it.

    The features of an input may be in order of time; features that another layer made are not.
    """
    core, name = recurrent_core(call.layer), call.layer.name
    instead = INSTEAD.get(core.class_name if core else "", "Dense")
    origin = source(model, call.call.inputs, keeps_shape)
    features = sequence[-1]
    if origin is not None and origin[1].class_name != "InputLayer":
        return f"let '{origin[1].name}' give '{name}' more than 1 timestep, or use {instead}"
    is_example = origin is not None and len(sequence) == SEQUENCE_RANK and isinstance(features, int) and features > 1
    example = f", such as ({features}, 1) if the {features} values are in order of time" if is_example else ""
    return f"give '{name}' real sequences{example}, or use {instead}"


def _unused(layer: Layer) -> str:
    weights = () if isinstance(layer.weights, Unknown) else layer.weights
    recurrent = [weight for weight in weights if weight.name.split("/")[-1].startswith(("recurrent_kernel", "U"))]
    size = count(recurrent)
    if not recurrent or isinstance(size, Unknown):
        return "its recurrent_kernel is"
    kernels = "its recurrent_kernel" if layer.class_name != "Bidirectional" else "its two recurrent kernels"
    return f"the {size:,} parameters of {kernels} are"
