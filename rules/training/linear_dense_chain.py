"""Two Dense layers without an activation between them compute no more than one Dense layer.

## Why it matters

`(x A + a) B + b` is `x (A B) + (a B + b)`: without an activation between them two Dense layers are one, with more
parameters. `LSTM, LSTM, Dense(25), Dense(1)` from a much copied tutorial on stock prices is of this kind. Either an
activation is missing, or one of the layers is not needed.

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_input_shape": [null, 60, 1]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 50}},
  {"class_name": "Dense", "config": {"name": "hidden", "units": 25}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1}}]}}
```

```console
$ lstmlint check example.json
example.json:4:3: note[linear-dense-chain]: hidden: has no activation before next_day, so 50 to 25 to 1 features can \
do no more than 50 to 1
    see: example.json:5:3: next_day: is linear in the output of hidden
    help: set activation='relu' on 'hidden', or delete it
0 errors, 0 warnings, 1 note in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_input_shape": [null, 60, 1]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 50}},
  {"class_name": "Dense", "config": {"name": "hidden", "units": 25, "activation": "relu"}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

A first layer of less than half the width before and after it saves parameters, and may be right. So may a first layer
with a regularizer, a shared or frozen one, and one whose output has another reader. These are not reported. Dropout may
lie between the two, although it makes them differ in training.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from lstmlint.analyses.activations import LINEAR, inputs_of, is_inert, named
from lstmlint.analyses.sequences import location_of
from lstmlint.ir.finding import Confidence, Finding, Related, Severity
from lstmlint.ir.graph import TensorRef, references
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Dim, first, is_dims
from lstmlint.linting.rule import Judgement, NoOptions, rule

Uses = Mapping[TensorRef, int]


@rule(Severity.NOTE, Confidence.LIKELY)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for inner in model.all_models:
        if inner.graph is None or not any(map(_is_plain, inner.layers)):
            continue
        uses = Counter(reference for _, call, _ in inner.calls() for reference in call.references())
        uses.update(references(inner.graph.outputs))
        for layer, call, _ in inner.calls():
            before = _linear_before(inner, uses, call.inputs) if layer.class_name == "Dense" else None
            if before is not None and not _is_bottleneck(before, layer):
                yield _finding(before, layer)


def _linear_before(model: Model, uses: Uses, reference: object) -> Layer | None:
    """The Dense without activation that makes a tensor with only one reader."""
    seen: set[TensorRef] = set()
    while isinstance(reference, TensorRef) and uses[reference] == 1 and reference not in seen:
        seen.add(reference)
        layer = model.producer(reference)
        if layer is not None and is_inert(layer):
            given = inputs_of(layer, reference)
            reference = given[0] if len(given) == 1 else None
            continue
        return layer if layer is not None and _is_plain(layer) else None
    return None


def _is_plain(layer: Layer) -> bool:
    regularizers = ("kernel_regularizer", "bias_regularizer", "activity_regularizer")
    return (
        layer.class_name == "Dense"
        and named(layer.config.get("activation")) == LINEAR
        and layer.node.is_trainable
        and len(layer.calls) == 1
        and not any(layer.config.get(key) for key in regularizers)
    )


def _is_bottleneck(before: Layer, after: Layer) -> bool:
    """Whether the first layer is, or may be, so narrow that two layers are useful."""
    width, given, made = before.config.get("units"), _features(before), after.config.get("units")
    if not isinstance(width, int) or not isinstance(given, int) or not isinstance(made, int):
        return True
    return width < min(given, made) / 2


def _features(layer: Layer) -> Dim:
    shape = first(layer.calls[0].inputs)
    return shape[-1] if is_dims(shape) and shape else None


def _finding(before: Layer, after: Layer) -> Finding:
    given, width, made = _features(before), before.config["units"], after.config["units"]
    return Finding(
        location=location_of(before),
        message=f"has no activation before {after.full_name}, so {given} to {width} to {made} features "
        f"can do no more than {given} to {made}",
        help=f"set activation='relu' on '{before.name}', or delete it",
        related=(Related(location_of(after), f"is linear in the output of {before.full_name}"),),
    )
