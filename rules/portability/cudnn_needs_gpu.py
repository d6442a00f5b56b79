"""A cuDNN layer of standalone Keras loads and runs on a GPU only.

## Why it matters

Keras 2.0 to 2.3 make the layer anywhere and fail as soon as weights are put into it without a GPU: `No OpKernel was
registered to support Op 'CudnnRNN'`. The Keras of TensorFlow 2 runs the same weights on a CPU.

## Example

```console
$ lstmlint check --target keras-2.3 --select cudnn-needs-gpu fixtures/keras-2.3.1/cudnn.h5
fixtures/keras-2.3.1/cudnn.h5:model_config/config/layers/0: warning[cudnn-needs-gpu]: cu_dnnlstm_1: keras-2.3 refuses \
this: No OpKernel was registered to support Op 'CudnnRNN' used by node cu_dnnlstm_1/CudnnRNN […] (and 1 more layer)
    see: fixtures/keras-2.3.1/cudnn.h5:model_config/config/layers/1: cu_dnngru_1: keras-2.3 refuses this: No OpKernel \
was registered to support Op 'CudnnRNN' used by node cu_dnngru_1/CudnnRNN […]
    help: load it on a GPU, or convert the layer to LSTM or GRU
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```console
$ lstmlint check --target tf-keras-2.15 --select cudnn-needs-gpu fixtures/keras-2.3.1/cudnn.h5
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `targets` (versions of Keras): those that files are to load in; `--target` and the setting `target` give them to every
  rule of this category. Without any, whole models are held against the newest known Keras, and what it stops at is
  a note

## Known limits

Whether a GPU will be there is not known.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.fixing.hints import hint
from lstmlint.ir.finding import Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, rule
from lstmlint.portability.judging import Options, findings

__all__ = ["CURE", "Options", "check"]

CURE = "load it on a GPU, or convert the layer to LSTM or GRU"


@rule(Severity.WARNING)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    return findings(model, options, __name__, CURE, hint)
