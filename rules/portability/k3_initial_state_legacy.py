"""A recurrent layer gets its initial states as further inputs, in the form of Keras 2.

## Why it matters

Keras 2 lists the initial states of a decoder as further inputs of the layer. Keras 3 counts them as inputs and refuses
them: `expects 1 input(s), but it received 3 input tensors`. So no encoder and decoder of Keras 2 loads; this concerns
20 of 186 public recurrent files.

## Example

```console
$ lstmlint check --target keras-3 --select k3-initial-state-legacy fixtures/keras-2.3.1/seq2seq.h5
fixtures/keras-2.3.1/seq2seq.h5:model_config/config/layers/3/inbound_nodes: error[k3-initial-state-legacy]: decoder: \
keras-3.15 refuses this: Layer "decoder" expects 1 input(s), but it received 3 input tensors. Inputs received: […]
    help: give the state as the keyword argument 'initial_state' of the call, or try 'lstmlint fix'
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

Keras 3 records the states as the keyword argument `initial_state` of the call.

```console
$ lstmlint check --target keras-3 --select k3-initial-state-legacy fixtures/keras-3.15.1/initial-state-keyword.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `targets` (versions of Keras): the versions in which files must load; `--target` and the setting `target` set them for
  every rule of this category. Without targets, whole models are judged for the newest known Keras, and each refusal is
  a note

## Known limits

Only calls in functional models are judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.fixing.hints import hint
from lstmlint.ir.finding import Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, rule
from lstmlint.portability.judging import Options, findings

__all__ = ["CURE", "Options", "check"]

CURE = "give the state as the keyword argument 'initial_state' of the call"


@rule(Severity.ERROR)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    return findings(model, options, __name__, CURE, hint)
