"""The file stores more or fewer parameters for a layer than its config makes.

## Why it matters

`model.summary()` counts the weights that the config makes; the file holds the trained weights. If the two differ,
config and weights belong to two models, or the file is incomplete. There was no such case among 510 LSTM cells of
public files.

## Example

The bias of this file's layer was removed; its kernels have the shapes that the config demands.

```console
$ lstmlint check --ignore portability fixtures/broken/param-count-mismatch.h5
fixtures/broken/param-count-mismatch.h5:model_config/config/layers/0: error[param-count-mismatch]: lstm_1: \
its config makes 72 parameters, but the file stores 60 in 2 tensors
    see: fixtures/broken/param-count-mismatch.h5:model_weights/lstm_1/lstm_1/kernel:0: lstm_1: the first of 2 tensors
    help: save config and weights of 'lstm_1' together again, or restore the config that they were trained with
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```console
$ lstmlint check --ignore portability fixtures/keras-2.3.1/lstm-72.h5
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

A layer whose kernel differs is not reported here, but by `kernel-input-mismatch`. Nor is a second bias for each gate,
which cuDNN layers and GRU with `reset_after` store: Keras converts it.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.gates import gate_parts, is_gated
from lstmlint.analyses.sequences import location_of
from lstmlint.analyses.sharing import LOAD_INTO_CODE, probably_shared, stored_with_earlier, told_as_shared
from lstmlint.inference.stored import kernel_discrepancies, stored_count, stored_weights
from lstmlint.inference.witnesses import STORED_TWICE
from lstmlint.ir.document import WeightNaming
from lstmlint.ir.finding import Finding, Location, Related, Severity, Unjudged
from lstmlint.ir.model import Layer, Model, count
from lstmlint.ir.shape import Unknown, total
from lstmlint.linting.rule import Judgement, NoOptions, rule

#: A part of the names of a LoRA's two weights.
LORA = "lora_"

#: The wrapper's own weight, which comes first where the wrapper shares no kernel.
VECTOR = "vector"


@rule(Severity.ERROR)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    elsewhere = stored_with_earlier(model)
    for layer in model.layers:
        if not stored_weights(layer) or kernel_discrepancies(layer):
            continue
        if isinstance(layer.params, Unknown):
            yield Unjudged(location_of(layer), layer.params)
            continue
        known = (0, _second_biases(layer), _shared_and_merged(model, layer), -elsewhere.get(layer.name, 0))
        if stored_count(layer) - layer.params not in known:
            yield _finding(layer, layer.params, probably_shared(model).get(layer.name))


def _second_biases(layer: Layer) -> int:
    """The difference of the counts if each gate has two biases where the config gives it one, or the reverse."""
    difference = 0
    for inner in layer.walk():
        if is_gated(inner):
            parts = gate_parts(inner)
            one_bias = parts.gates * parts.units
            difference += {1: one_bias, 2: -one_bias}.get(parts.biases, 0)
    return difference


def _shared_and_merged(model: Model, layer: Layer) -> int:
    """The difference of an archive's count: Keras merges a LoRA into its kernel, and stores a shared kernel twice."""
    if model.document.stored_by is WeightNaming.LAYER_NAME or isinstance(layer.weights, Unknown):
        return 0
    merged = count(weight for weight in layer.weights if LORA in weight.name)
    wrapped = [inner.weights for inner in layer.walk() if inner.class_name in STORED_TWICE]
    shared = [
        count(weight for weight in weights[:1] if not weight.name.startswith(VECTOR))
        for weights in wrapped
        if not isinstance(weights, Unknown)
    ]
    difference = total([*shared, -merged if isinstance(merged, int) else merged])
    return 0 if isinstance(difference, Unknown) else difference


def _finding(layer: Layer, params: int, twin: Layer | None) -> Finding:
    tensors = stored_weights(layer)
    stored = stored_count(layer)
    message = f"its config makes {params:,} parameters, but the file stores {stored:,} in {len(tensors)} tensors"
    restore = "or restore the config that they were trained with"
    return Finding(
        location=location_of(layer),
        message=message if twin is None else message + told_as_shared(twin),
        help=f"save config and weights of '{layer.name}' together again, {restore}" if twin is None else LOAD_INTO_CODE,
        related=(
            Related(Location(layer.full_name, layer.pointer, tensors[0].place), f"the first of {len(tensors)} tensors"),
        ),
    )
