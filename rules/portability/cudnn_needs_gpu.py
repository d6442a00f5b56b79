"""A cuDNN layer of standalone Keras only loads and runs on a GPU.

## Why it matters

Keras 2.0 to 2.3 build the layer on any machine, but cannot set its weights without a GPU: `No OpKernel was registered
to support Op 'CudnnRNN'`. The Keras of TensorFlow 2 runs the same weights on a CPU.

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

- `targets` (versions of Keras): the versions in which files must load; `--target` and the setting `target` set them for
  every rule of this category. Without targets, whole models are judged for the newest known Keras, and each refusal is
  a note

## Known limits

lstmlint cannot know whether the machine that loads the file has a GPU.
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
