"""A layer has the weights that its initializer drew: it was never trained.

## Why it matters

A model that was saved before training, trained with a learning rate of 0, or built anew around other weights loads and
predicts without a word; its outputs are noise. Keras draws the recurrent kernel as an orthogonal matrix, which a single
step of training makes visibly less so: the largest deviation from it is below 2e-5 as drawn and was 1.2e-2 after one
step of Adam. All 8 files that were made so are reported; of 373 public files 4 cells of 3 repositories, 3 of them with
a count of 0 training steps.

An Embedding that was made anew for inference is the classic mistake of a decoder that is built a second time: the layer
beside it is trained, and its own rows are as drawn.

## Example

This model was built, saved, and never trained.

```console
$ lstmlint check --values --select never-trained fixtures/values/untrained.keras
fixtures/values/untrained.keras:layers/lstm/cell/vars/1: warning[never-trained]: lstm: recurrent_kernel is orthogonal \
(largest deviation 2e-07), bias and kernel are as initialised: never trained (and 1 more layer)
    see: fixtures/values/untrained.keras:layers/dense/vars/0: dense: bias is zero and kernel lies in +-0.68 as \
initialised: never trained
    help: train it, or load the weights that were trained; freeze it (trainable=False) if it should stay random
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```console
$ lstmlint check --values --select never-trained fixtures/values/trained.keras
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

A reservoir that should stay random, and a checkpoint from before training, are as initialised on purpose; a frozen
layer is therefore a note. A layer with another initializer, without bias, or of Keras 1 is not judged, nor is an
Embedding of fewer than 64 values, nor an Embedding or Dense for which the optimizer keeps gradients.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.measures import Start, Untouched, measures_of, stored_location, trained_cell, untouched
from lstmlint.ir.finding import Confidence, Finding, Severity
from lstmlint.ir.model import Model
from lstmlint.ir.words import counted
from lstmlint.linting.rule import Judgement, NoOptions, rule

CURES = {
    Start.CELL: "train it, or load the weights that were trained; freeze it (trainable=False) if it should stay random",
    Start.TABLE: "use the Embedding that was trained, or load its weights, in place of a new one",
    Start.DENSE: "train it, or load the weights that were trained",
}


@rule(Severity.WARNING, Confidence.LIKELY)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for one in untouched(model):
        yield Finding(
            location=stored_location(model, one.layer, one.place),
            message=_message(model, one),
            help=CURES[one.kind],
            severity=None if one.is_trainable else Severity.NOTE,
            cause="weights as initialised",
        )


def _message(model: Model, one: Untouched) -> str:
    if one.kind is Start.CELL:
        said = f"recurrent_kernel is orthogonal (largest deviation {one.deviation:.0e}), bias and kernel are"
    elif one.kind is Start.TABLE:
        said = f"all {one.rows:,} rows lie in +-{one.limit:g}"
    else:
        said = f"bias is zero and kernel lies in +-{one.limit:.2g}"
    return f"{said} as initialised{_beside(model, one)}"


def _beside(model: Model, one: Untouched) -> str:
    """The other side: the layer is frozen, a trained one stands beside it, or the optimizer counted steps."""
    steps, trained = measures_of(model).iterations, trained_cell(model)
    if not one.is_trainable:
        return ": it is frozen"
    if trained is not None and trained.layer != one.layer:
        return f" while {trained.layer} is trained (deviation {trained.orthogonality:.2g})"
    return f": {counted(steps, 'step')} of training changed nothing" if steps else ": never trained"
