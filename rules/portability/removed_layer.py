"""The target does not have a layer class of another Keras.

## Why it matters

Keras 3 removed CuDNNLSTM and CuDNNGRU, LocallyConnected1D and 2D, ThresholdedReLU, and the classes in which Keras 2
records TensorFlow operations (TFOpLambda, SlicingOpLambda). Keras 2 removed Merge, Highway and MaxoutDense. The message
is `Unknown layer: 'CuDNNLSTM'`. Of 186 public recurrent files of Keras 2, a cuDNN layer stops 15.

## Example

```console
$ lstmlint check --target keras-3 --select removed-layer fixtures/keras-2.3.1/cudnn.h5
fixtures/keras-2.3.1/cudnn.h5:model_config/config/layers/0: error[removed-layer]: cu_dnnlstm_1: keras-3.15 refuses \
this: Unknown layer: 'CuDNNLSTM'. Please ensure you are using a `keras.utils.custom_object_scope` and that this \
object is included in the scope. See \
https://www.tensorflow.org/guide/keras/save_and_serialize#registering_the_custom_object for details. (and 1 more \
layer)
    see: fixtures/keras-2.3.1/cudnn.h5:model_config/config/layers/1: cu_dnngru_1: keras-3.15 refuses this: Unknown \
layer: 'CuDNNGRU'. Please ensure you are using a `keras.utils.custom_object_scope` and that this object is included in \
the scope. See https://www.tensorflow.org/guide/keras/save_and_serialize#registering_the_custom_object for details.
    help: replace it by the layer that took its place, or try 'lstmlint fix'
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

The Keras of TensorFlow 2 reads the same file.

```console
$ lstmlint check --target tf-keras-2.15 --select removed-layer fixtures/keras-2.3.1/cudnn.h5
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `targets` (versions of Keras): the versions in which files must load; `--target` and the setting `target` set them for
  every rule of this category. Without targets, whole models are judged for the newest known Keras, and each refusal is
  a note

## Known limits

Classes of other packages are not removed layers; `custom-object-required` reports them.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.fixing.hints import hint
from lstmlint.ir.finding import Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, rule
from lstmlint.portability.judging import Options, findings

__all__ = ["CURE", "Options", "check"]

CURE = "replace it by the layer that took its place"


@rule(Severity.ERROR)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    return findings(model, options, __name__, CURE, hint)
