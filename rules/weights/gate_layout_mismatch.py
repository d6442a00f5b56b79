"""The stored bias of a recurrent layer has another layout than its config says.

## Why it matters

cuDNN layers keep two biases a gate side by side, `(2 x gates x units,)`, a GRU with `reset_after` keeps them in two
rows, the other layers keep one. Keras 2 converts between LSTM and CuDNNLSTM, and between CuDNNGRU and GRU with
`reset_after`, when it loads a file; other readers may not, and Keras 3.15 does not: "Weight expects shape (2, 12).
Received saved weight with shape (12,)". A GRU without `reset_after` computes something else and is never converted.
Which layout a GRU has often hangs on a key that is not written: Keras 2.2 and 2.3 read a missing `reset_after` as
False, later ones as True.

## Example

The config of this file says `reset_after=False`; its bias was stored by a GRU with True.

```console
$ lstmlint check --ignore portability fixtures/broken/gate-layout-mismatch.h5
fixtures/broken/gate-layout-mismatch.h5:model_config/config/layers/1: error[gate-layout-mismatch]: reset_after: its \
bias is (15,) by the config, but the file stores (2, 15), as a GRU with reset_after=True does
    see: fixtures/broken/gate-layout-mismatch.h5:model_weights/reset_after/reset_after/gru_cell/bias:0: \
reset_after: stored as (2, 15)
    help: make 'reset_after' what the file was trained as: a GRU with reset_after=True
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```console
$ lstmlint check --ignore portability fixtures/keras-2.3.1/lstm-72.h5
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

The bias is told by its place among the tensors of the layer, so nothing is said where their number differs
(`param-count-mismatch`). Layers inside nested models are not compared.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.biases import BiasLayout, bias_layouts
from lstmlint.ir.finding import Finding, Location, Related, Severity
from lstmlint.ir.model import Model
from lstmlint.ir.shape import to_text
from lstmlint.linting.rule import NoOptions, Verdict, rule


@rule(Severity.WARNING)
def check(model: Model, options: NoOptions) -> Iterator[Verdict]:
    converts = model.graph is not None and not model.graph.semantics.recorded_build_wins
    for found in bias_layouts(model):
        yield _finding(found, is_converted=converts and found.has_equivalent)


def _finding(found: BiasLayout, *, is_converted: bool) -> Finding:
    layer, tensor = found.layer, found.tensor
    message = f"its bias is {to_text(found.expected)} by the config, but the file stores {to_text(tensor.shape)}"
    return Finding(
        location=Location(layer.full_name, layer.pointer),
        message=f"{message}, as {found.stored_as} does",
        help="Keras 2 converts it, other readers may not; load the file with Keras 2 and save it again"
        if is_converted
        else f"make '{layer.name}' what the file was trained as: {found.stored_as}",
        related=(
            Related(Location(layer.full_name, layer.pointer, tensor.place), f"stored as {to_text(tensor.shape)}"),
        ),
        severity=None if is_converted else Severity.ERROR,
    )
