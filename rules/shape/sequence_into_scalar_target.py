"""A model gives one number for every timestep, where its loss most likely gets one number for the sequence.

## Why it matters

With `return_sequences=True` on the last recurrent layer, `Dense(1)` is applied to every timestep: `(batch, timesteps,
1)`. Trained on one target for each sequence, `(batch, 1)`, the loss compares every timestep with that target, because
Keras and its backends stretch the target without a word. On the same data the final loss was 0.0088 with
`return_sequences=False` and 0.497 with True in Keras 3.15, and 0.502 in Keras 2.15; nothing in the log told of it.
Only `binary_crossentropy` of Keras 3 refuses to stretch, so files of Keras 3 with that loss are not reported.

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "forecast", "layers": [
  {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [null, 8, 3]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 16, "return_sequences": true}},
  {"class_name": "Dense", "config": {"name": "value", "units": 1}}]},
  "training_config": {"loss": "mse", "optimizer_config": {"class_name": "Adam", "config": {"learning_rate": 0.001}}}}
```

```console
$ lstmlint check example.json
example.json:3:86: warning[sequence-into-scalar-target]: lstm: returns sequences, so the model gives (None, 8, 1), \
a number for every timestep, and mean_squared_error takes a single target for all of them without a word
    see: example.json:4:3: value: gives (None, 8, 1)
    help: set return_sequences=False on 'lstm', or TimeDistributed around the last Dense if every timestep has a target
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "forecast", "layers": [
  {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [null, 8, 3]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 16, "return_sequences": false}},
  {"class_name": "Dense", "config": {"name": "value", "units": 1}}]},
  "training_config": {"loss": "mse", "optimizer_config": {"class_name": "Adam", "config": {"learning_rate": 0.001}}}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Files do not hold the targets. Of four public models that are reported (of 428) one surely labels every letter of a
word, and the others may have a target for every timestep too. A model that really has a target for every timestep
says so with `TimeDistributed(Dense(1))`, with `sample_weight_mode="temporal"`, with a `RepeatVector` before the last
recurrent layer or with an `initial_state`, and is not reported. Files without a training record are not judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.sequences import place_of, recurrent_core, source
from lstmlint.analyses.training import REGRESSION_LOSSES, Loss, Output, outputs, record
from lstmlint.ir.finding import Confidence, Finding, Location, Related, Severity
from lstmlint.ir.graph import references
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Unknown, to_text
from lstmlint.linting.rule import NoOptions, Verdict, rule

#: A loss that stretches a target with fewer numbers as the regression losses do, but not in Keras 3, which refuses it.
STRETCHING_BEFORE_KERAS_3 = "binary_crossentropy"

#: `(batch, timesteps, 1)`
SEQUENCE_RANK = 3


@rule(Severity.WARNING, Confidence.HEURISTIC)
def check(model: Model, options: NoOptions) -> Iterator[Verdict]:
    if model.graph is None or record(model.document).get("sample_weight_mode"):
        return
    refuses = model.graph.semantics.recorded_build_wins
    stretching = REGRESSION_LOSSES if refuses else REGRESSION_LOSSES | {STRETCHING_BEFORE_KERAS_3}
    for output, reference in zip(outputs(model), references(model.graph.outputs), strict=False):
        if isinstance(output.loss, Loss) and output.loss.name in stretching and _is_scalar_each_step(output):
            recurrent = _last_recurrent(model, reference)
            if recurrent is not None:
                yield _finding(output, output.loss, recurrent)


def _is_scalar_each_step(output: Output) -> bool:
    shape = output.shape
    return not isinstance(shape, Unknown) and len(shape) == SEQUENCE_RANK and shape[1] != 1 and shape[2] == 1


def _last_recurrent(model: Model, reference: object) -> Layer | None:
    """The recurrent layer whose sequence becomes the output, unless what it reads was made for each timestep."""
    found = source(model, reference)
    if found is None:
        return None
    inner, layer, made = found
    core = recurrent_core(layer)
    if core is None or made.index or not core.config.get("return_sequences"):
        return None
    call = layer.node.calls[made.call]
    if call.arguments.get("initial_state") is not None or _is_repeated(inner, call.inputs):
        return None
    return layer


def _is_repeated(model: Model, reference: object) -> bool:
    """Whether a sequence begins as one vector that is repeated."""
    found = source(model, reference)
    while found is not None:
        inner, layer, made = found
        if layer.class_name == "RepeatVector":
            return True
        if recurrent_core(layer) is None:
            return False
        found = source(inner, layer.node.calls[made.call].inputs)
    return False


def _finding(output: Output, loss: Loss, recurrent: Layer) -> Finding:
    core = recurrent_core(recurrent) or recurrent
    return Finding(
        location=Location(recurrent.full_name, (*core.pointer, "config", "return_sequences")),
        message=f"returns sequences, so the model gives {to_text(output.shape)}, a number for every timestep, "
        f"and {loss.name} takes a single target for all of them without a word",
        help=f"set return_sequences=False on '{core.name}', or TimeDistributed around the last Dense "
        "if every timestep has a target",
        related=(Related(place_of(output.layer), f"gives {to_text(output.shape)}"),),
    )
