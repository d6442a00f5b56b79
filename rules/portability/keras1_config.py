"""The config of a layer has the argument names of Keras 1.

## Why it matters

`output_dim`, `nb_filter`, `inner_activation` and `W_regularizer` became `units`, `filters`, `recurrent_activation` and
`kernel_regularizer`. Standalone Keras 2 still renames them; the Keras of TensorFlow and Keras 3 need the new names.
None of 18 public files of Keras 1 loads in Keras 2.15 or 3.

## Example

```console
$ lstmlint check --target tf-keras-2.15 --select keras1-config fixtures/keras-1.2.2/lstm-72.h5
fixtures/keras-1.2.2/lstm-72.h5:model_config/config/0: error[keras1-config]: lstm_1: tf-keras-2.15 refuses this: \
LSTM.__init__() missing 1 required positional argument: 'units'
    help: rename the arguments of Keras 1, or load it with Keras 2.2 and save it again
fixtures/keras-1.2.2/lstm-72.h5:model_config/config/0/config/U_regularizer: error[keras1-config]: lstm_1: \
tf-keras-2.15 refuses this: ('Keyword argument not understood:', 'U_regularizer')
    help: rename the arguments of Keras 1, or load it with Keras 2.2 and save it again
fixtures/keras-1.2.2/lstm-72.h5:model_config/config/0/config/W_regularizer: error[keras1-config]: lstm_1: \
tf-keras-2.15 refuses this: ('Keyword argument not understood:', 'W_regularizer')
    help: rename the arguments of Keras 1, or load it with Keras 2.2 and save it again
fixtures/keras-1.2.2/lstm-72.h5:model_config/config/0/config/b_regularizer: error[keras1-config]: lstm_1: \
tf-keras-2.15 refuses this: ('Keyword argument not understood:', 'b_regularizer')
    help: rename the arguments of Keras 1, or load it with Keras 2.2 and save it again
fixtures/keras-1.2.2/lstm-72.h5:model_config/config/0/config/consume_less: error[keras1-config]: lstm_1: \
tf-keras-2.15 refuses this: ('Keyword argument not understood:', 'consume_less')
    help: rename the arguments of Keras 1, or load it with Keras 2.2 and save it again
fixtures/keras-1.2.2/lstm-72.h5:model_config/config/0/config/dropout_U: error[keras1-config]: lstm_1: tf-keras-2.15 \
refuses this: ('Keyword argument not understood:', 'dropout_U')
    help: rename the arguments of Keras 1, or load it with Keras 2.2 and save it again
fixtures/keras-1.2.2/lstm-72.h5:model_config/config/0/config/dropout_W: error[keras1-config]: lstm_1: tf-keras-2.15 \
refuses this: ('Keyword argument not understood:', 'dropout_W')
    help: rename the arguments of Keras 1, or load it with Keras 2.2 and save it again
fixtures/keras-1.2.2/lstm-72.h5:model_config/config/0/config/forget_bias_init: error[keras1-config]: lstm_1: \
tf-keras-2.15 refuses this: ('Keyword argument not understood:', 'forget_bias_init')
    help: rename the arguments of Keras 1, or load it with Keras 2.2 and save it again
fixtures/keras-1.2.2/lstm-72.h5:model_config/config/0/config/init: error[keras1-config]: lstm_1: tf-keras-2.15 \
refuses this: ('Keyword argument not understood:', 'init')
    help: rename the arguments of Keras 1, or load it with Keras 2.2 and save it again
fixtures/keras-1.2.2/lstm-72.h5:model_config/config/0/config/inner_activation: error[keras1-config]: lstm_1: \
tf-keras-2.15 refuses this: ('Keyword argument not understood:', 'inner_activation')
    help: rename the arguments of Keras 1, or load it with Keras 2.2 and save it again
fixtures/keras-1.2.2/lstm-72.h5:model_config/config/0/config/inner_init: error[keras1-config]: lstm_1: tf-keras-2.15 \
refuses this: ('Keyword argument not understood:', 'inner_init')
    help: rename the arguments of Keras 1, or load it with Keras 2.2 and save it again
fixtures/keras-1.2.2/lstm-72.h5:model_config/config/0/config/input_dtype: error[keras1-config]: lstm_1: tf-keras-2.15 \
refuses this: ('Keyword argument not understood:', 'input_dtype')
    help: rename the arguments of Keras 1, or load it with Keras 2.2 and save it again
fixtures/keras-1.2.2/lstm-72.h5:model_config/config/0/config/output_dim: error[keras1-config]: lstm_1: tf-keras-2.15 \
refuses this: ('Keyword argument not understood:', 'output_dim')
    help: rename the arguments of Keras 1, or load it with Keras 2.2 and save it again
13 errors, 0 warnings, 0 notes in 1 model
```

## Instead

Standalone Keras 2 takes the old and the new names.

```console
$ lstmlint check --target keras-2.3 --select keras1-config fixtures/keras-1.2.2/lstm-72.h5
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `targets` (versions of Keras): the versions in which files must load; `--target` and the setting `target` set them for
  every rule of this category. Without targets, whole models are judged for the newest known Keras, and each refusal is
  a note

## Known limits

Keras 3 stops earlier, at the list of layers, which `k3-legacy-json` reports.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.fixing.hints import hint
from lstmlint.ir.finding import Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, rule
from lstmlint.portability.judging import Options, findings

__all__ = ["CURE", "Options", "check"]

CURE = "rename the arguments of Keras 1, or load it with Keras 2.2 and save it again"


@rule(Severity.ERROR)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    return findings(model, options, __name__, CURE, hint)
