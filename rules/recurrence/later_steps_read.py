"""An output for each timestep reads later timesteps.

## Why it matters

A model that predicts the next value at each step must not see it. A Conv1D with padding 'same' looks as many steps
ahead as back, and a backward layer sees the whole future. If the targets are the inputs of the next step, such a
model copies them: its loss in training is nearly 0, and in use, where there is no future yet, it knows nothing. A
tagger may look ahead, since the whole sentence is there.

## Example

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "language", "layers": [
  {"class_name": "InputLayer", "config": {"name": "letters", "batch_shape": [null, 60]}},
  {"class_name": "Embedding", "config": {"name": "table", "input_dim": 100, "output_dim": 32}},
  {"class_name": "Conv1D", "config": {"name": "window", "filters": 32, "kernel_size": 5, "padding": "same"}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 64, "return_sequences": true}},
  {"class_name": "Dense", "config": {"name": "next_letter", "units": 100, "activation": "softmax"}}]},
 "compile_config": {"optimizer": "adam", "loss": "sparse_categorical_crossentropy"}}
```

```console
$ lstmlint check example.json
example.json:5:3: note[later-steps-read]: window: reads later timesteps, but 'next_letter' gives a prediction for \
each timestep
    see: example.json:7:3: next_letter: gives a prediction for each timestep
    help: set padding='causal' on 'window', if the targets are values of later timesteps
0 errors, 0 warnings, 1 note in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "language", "layers": [
  {"class_name": "InputLayer", "config": {"name": "letters", "batch_shape": [null, 60]}},
  {"class_name": "Embedding", "config": {"name": "table", "input_dim": 100, "output_dim": 32}},
  {"class_name": "Conv1D", "config": {"name": "window", "filters": 32, "kernel_size": 5, "padding": "causal"}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 64, "return_sequences": true}},
  {"class_name": "Dense", "config": {"name": "next_letter", "units": 100, "activation": "softmax"}}]},
 "compile_config": {"optimizer": "adam", "loss": "sparse_categorical_crossentropy"}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Reported are outputs for each timestep that are numbers (a loss of regression), or classes as many as the rows of the
Embedding that the model reads (a model of language). Whether targets lie in the future is not in the file, so this is
a note of low confidence.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.activations import number_in
from lstmlint.analyses.connections import upstream
from lstmlint.analyses.sequences import SEQUENCE_RANK, location_of
from lstmlint.analyses.training import Loss, Output, outputs
from lstmlint.ir.finding import Confidence, Finding, Related, Severity
from lstmlint.ir.graph import references
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import first, is_dims
from lstmlint.keras.classes import traits_of
from lstmlint.keras.compiled import CATEGORICAL_CROSSENTROPIES, REGRESSION_LOSSES
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.NOTE, Confidence.HEURISTIC)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    made, given = list(outputs(model)), first(model.inputs)
    if model.graph is None or len(made) != 1 or len(list(references(model.graph.outputs))) != 1:
        return
    output = made[0]
    is_sequence = is_dims(output.shape) and len(output.shape) == SEQUENCE_RANK
    if not is_sequence or not is_dims(given) or not is_dims(output.shape) or given[1:2] != output.shape[1:2]:
        return
    before = [layer for _, layer, _ in upstream(model, model.graph.outputs)]
    if any(layer.class_name == "RepeatVector" for layer in before) or not _predicts(output, before):
        return
    if output.shape[-1] == given[-1] and not any(layer.class_name == "Embedding" for layer in before):
        return
    for layer in before:
        if _looks_ahead(layer):
            yield _finding(layer, output)


def _predicts(output: Output, before: list[Layer]) -> bool:
    """Whether the output may be the next value: a number, or one of the tokens that the model reads."""
    if not isinstance(output.loss, Loss):
        return False
    tables = {layer.config.get("input_dim") for layer in before if layer.class_name == "Embedding"}
    if output.loss.name in CATEGORICAL_CROSSENTROPIES:
        return isinstance(output.width, int) and output.width in tables
    return output.loss.name in REGRESSION_LOSSES and not tables


def _looks_ahead(layer: Layer) -> bool:
    """Whether a step of the output of a layer reads later steps of its input."""
    if layer.class_name == "Bidirectional":
        forward = layer.children.get("forward")
        return forward is not None and bool(forward.config.get("return_sequences"))
    traits = traits_of(layer.class_name)
    if traits.dimensions != 1 or not traits.has_kernel or layer.config.get("padding") != "same":
        return False
    sizes = layer.config.get("kernel_size")
    size = number_in(sizes[0] if isinstance(sizes, list) and sizes else sizes)
    return size is not None and size > 1


def _finding(layer: Layer, output: Output) -> Finding:
    is_convolution = layer.class_name != "Bidirectional"
    alone = f"take the layer inside '{layer.name}' alone"
    cure = f"set padding='causal' on '{layer.name}'" if is_convolution else alone
    return Finding(
        location=location_of(layer),
        message=f"reads later timesteps, but '{output.layer.name}' gives a prediction for each timestep",
        help=f"{cure}, if the targets are values of later timesteps",
        related=(Related(output.location, "gives a prediction for each timestep"),),
    )
