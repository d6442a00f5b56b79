"""A CuDNNLSTM or CuDNNGRU gets a mask, which it refuses.

## Why it matters

The layers that are written for cuDNN do not support masks. Keras raises "Masking is not supported for CuDNN RNNs" when
such a layer is called on a masked sequence, alone or inside a `Bidirectional`: seen in 2.2.4, 2.3.1 and 2.15.0 (Keras
issue 8620).

## Example

```json
{"class_name": "Sequential", "keras_version": "2.3.1", "config": {"name": "reviews", "layers": [
  {"class_name": "Embedding", "config": {"name": "vectors", "batch_input_shape": [null, 80], "input_dim": 5000, \
"output_dim": 32, "mask_zero": true}},
  {"class_name": "CuDNNLSTM", "config": {"name": "lstm", "units": 32}},
  {"class_name": "Dense", "config": {"name": "score", "units": 1, "activation": "sigmoid"}}]}}
```

```console
$ lstmlint check example.json
example.json:3:3: error[mask-into-cudnn-layer]: lstm: is a CuDNNLSTM, which refuses masks, but gets the mask of \
'vectors'
    see: example.json:2:3: vectors: makes the mask
    help: use LSTM instead of CuDNNLSTM for 'lstm'
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "2.3.1", "config": {"name": "reviews", "layers": [
  {"class_name": "Embedding", "config": {"name": "vectors", "batch_input_shape": [null, 80], "input_dim": 5000, \
"output_dim": 32, "mask_zero": true}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 32, "recurrent_activation": "sigmoid"}},
  {"class_name": "Dense", "config": {"name": "score", "units": 1, "activation": "sigmoid"}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

The mask is not followed through custom layers and others whose treatment of masks is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.cures import in_code
from lstmlint.analyses.mask_treatments import Treatment
from lstmlint.analyses.masks import mask_flow
from lstmlint.analyses.sequences import location_of, recurrent_core
from lstmlint.ir.finding import Finding, Related, Severity
from lstmlint.ir.model import Model
from lstmlint.ir.shape import Unknown
from lstmlint.keras.classes import traits_of
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.ERROR)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    flow = mask_flow(model)
    for call in flow.calls:
        core = recurrent_core(call.layer)
        if call.treatment is not Treatment.REFUSES or core is None or not traits_of(core.class_name).is_cudnn:
            continue
        if isinstance(call.mask, Unknown) or not call.mask:
            continue
        source = flow.sources[min(call.mask)]
        yield Finding(
            location=location_of(core),
            message=f"is a {core.class_name}, which refuses masks, but gets the mask of '{source.full_name}'",
            help=f"use {core.class_name.removeprefix('CuDNN')} instead of {core.class_name} for {in_code(core)}",
            related=(Related(location_of(source), "makes the mask"),),
        )
