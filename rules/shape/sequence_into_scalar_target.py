"""A model gives one number for every timestep, but its loss most likely gets one number for the sequence.

## Why it matters

With `return_sequences=True` on the last recurrent layer, `Dense(1)` is applied to every timestep: `(batch, timesteps,
1)`. If each sequence has one target, `(batch, 1)`, the loss compares every timestep with that target, because Keras and
its backends silently stretch the target. On the same data the final loss was 0.0088 with `return_sequences=False` and
0.497 with True in Keras 3.15, and 0.502 in Keras 2.15; the log showed no warning. Only `binary_crossentropy` of Keras 3
refuses to stretch, so files of Keras 3 with that loss are not reported. Files do not hold the targets, and a number for
every timestep is often right, so this is a note.

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
example.json:3:86: note[sequence-into-scalar-target]: lstm: returns sequences, so the model gives (None, 8, 1), \
a number for every timestep, and mean_squared_error would silently compare all of them with a single target
    see: example.json:4:3: value: gives (None, 8, 1)
    help: set return_sequences=False on 'lstm' if each sequence has one target; nothing is wrong if each timestep has \
one
0 errors, 0 warnings, 1 note in 1 model
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

The rule reports four of 428 public models. One of them surely labels every letter of a word, and the others may have a
target for every timestep, too. Three signs show a target for every timestep: `TimeDistributed(Dense(1))`,
`sample_weight_mode="temporal"`, and a decoder, in which a layer makes a sequence (RepeatVector, Reshape, a custom
layer), a second input arrives, or a recurrent layer starts from a state. Such models are not reported, nor are
sequences of open length. Files without a training record are not judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.connections import upstream
from lstmlint.analyses.cures import in_code
from lstmlint.analyses.sequences import location_of, recurrent_core, source
from lstmlint.analyses.training import Loss, Output, outputs, record
from lstmlint.ir.finding import Confidence, Finding, Location, Related, Severity
from lstmlint.ir.graph import OPERATION, references
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Unknown, to_text
from lstmlint.keras.compiled import REGRESSION_LOSSES
from lstmlint.linting.rule import Judgement, NoOptions, rule

#: A loss that stretches smaller targets as the regression losses do; in Keras 3 it refuses them.
STRETCHING_BEFORE_KERAS_3 = "binary_crossentropy"

#: `(batch, timesteps, 1)`
SEQUENCE_RANK = 3

#: Layers that make a new sequence of their input, and layers with a function, whose output is unknown.
MAKES_SEQUENCES = frozenset({
    "RepeatVector", "Reshape", "Permute", "UpSampling1D", "Conv1DTranspose", "Lambda", "TFOpLambda", "SlicingOpLambda",
    "TensorFlowOpLayer",
})  # fmt: skip


@rule(Severity.NOTE, Confidence.HEURISTIC)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    if model.graph is None or record(model.document).get("sample_weight_mode"):
        return
    stretches_more = model.graph.semantics.crossentropy_stretches_targets
    stretching = REGRESSION_LOSSES | {STRETCHING_BEFORE_KERAS_3} if stretches_more else REGRESSION_LOSSES
    for output, reference in zip(outputs(model), references(model.graph.outputs), strict=False):
        if isinstance(output.loss, Loss) and output.loss.name in stretching and _is_scalar_each_step(output):
            recurrent = _last_recurrent(model, reference)
            if recurrent is not None:
                yield _finding(output, output.loss, recurrent)


def _is_scalar_each_step(output: Output) -> bool:
    shape = output.shape
    if isinstance(shape, Unknown) or len(shape) != SEQUENCE_RANK:
        return False
    return isinstance(shape[1], int) and shape[1] > 1 and shape[2] == 1


def _last_recurrent(model: Model, reference: object) -> Layer | None:
    """The recurrent layer whose sequence becomes the output, unless the model looks like a decoder."""
    origin = source(model, reference)
    if origin is None:
        return None
    _, layer, made = origin
    core = recurrent_core(layer)
    if core is None or made.index or not core.config.get("return_sequences"):
        return None
    return None if _is_decoded(model, reference) else layer


def _is_decoded(model: Model, reference: object) -> bool:
    """Whether a layer upstream makes sequences, starts from a state or brings a second input, as in decoders."""
    inputs = set()
    for inner, layer, call in upstream(model, reference):
        name = layer.class_name
        if name in MAKES_SEQUENCES or name.startswith(OPERATION) or layer.node.is_custom:
            return True
        if call.arguments.get("initial_state") is not None:
            return True
        if name == "InputLayer" and inner is model:
            inputs.add(layer.name)
    return len(inputs) > 1


def _finding(output: Output, loss: Loss, recurrent: Layer) -> Finding:
    core = recurrent_core(recurrent) or recurrent
    return Finding(
        location=Location(recurrent.full_name, (*core.pointer, "config", "return_sequences")),
        message=f"returns sequences, so the model gives {to_text(output.shape)}, a number for every timestep, "
        f"and {loss.name} would silently compare all of them with a single target",
        help=f"set return_sequences=False on {in_code(core)} if each sequence has one target; "
        "nothing is wrong if each timestep has one",
        related=(Related(location_of(output.layer), f"gives {to_text(output.shape)}"),),
    )
