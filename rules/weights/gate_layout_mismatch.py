"""The stored bias of a recurrent layer has another layout than its config demands.

## Why it matters

cuDNN layers keep two biases for each gate side by side, `(2 x gates x units,)`, a GRU with `reset_after` keeps them in
two rows, and the other layers keep one bias. Keras 2 converts between LSTM and CuDNNLSTM, and between CuDNNGRU and GRU
with `reset_after`, when it loads an H5 file with the names of the layers. Keras 2.15 does not convert the weights of a
`.keras` or a `.weights.h5` ("Cannot assign value to variable"). Keras 3.15 never converts: "Weight expects shape (2,
12). Received saved weight with shape (12,)". A GRU without `reset_after` computes other outputs and is never converted.

The layout of a GRU often depends on a key that is not in the file: Keras 2.2 and 2.3 read a missing `reset_after` as
False, later versions as True.

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

The bias is recognised by its position among the tensors of the layer or, in an archive, in the group of its part. So a
layer with another number of tensors is not judged (`param-count-mismatch`), nor are several cells in an archive. Layers
inside nested models are not compared.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.biases import BiasLayout, bias_layouts
from lstmlint.analyses.cures import in_code
from lstmlint.ir.document import WeightNaming
from lstmlint.ir.finding import Finding, Location, Related, Severity
from lstmlint.ir.model import Model
from lstmlint.ir.shape import to_text
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.WARNING)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    is_converting = model.graph is not None and model.graph.semantics.loading_converts_weights
    converts = is_converting and model.document.stored_by is WeightNaming.LAYER_NAME
    for layout in bias_layouts(model):
        yield _finding(layout, is_converted=converts and layout.has_equivalent)


def _finding(layout: BiasLayout, *, is_converted: bool) -> Finding:
    layer, tensor = layout.layer, layout.tensor
    message = f"its bias is {to_text(layout.expected)} by the config, but the file stores {to_text(tensor.shape)}"
    return Finding(
        location=Location(layer.full_name, layer.pointer),
        message=f"{message}, as {layout.stored_as} does",
        help=_cure(layout, is_converted=is_converted),
        related=(
            Related(Location(layer.full_name, layer.pointer, tensor.place), f"stored as {to_text(tensor.shape)}"),
        ),
        severity=None if is_converted else Severity.ERROR,
    )


def _cure(layout: BiasLayout, *, is_converted: bool) -> str:
    if is_converted:
        return "load the file with Keras 2, which converts it, and save it again; other readers may not convert it"
    if layout.has_equivalent:
        return "load the weights from an H5 file with Keras 2, which alone converts them, and save the model again"
    return f"make {in_code(layout.layer)} what the file was trained as: {layout.stored_as}"
