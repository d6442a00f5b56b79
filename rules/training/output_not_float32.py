"""An output computes its probabilities in 16 bits under mixed precision.

## Why it matters

The policies `mixed_float16` and `mixed_bfloat16` compute in 16 bits and keep weights in 32 bits. The guide of Keras on
mixed precision keeps the output in float32: float16 has three digits and no number between 0 and 0.00000006. So small
probabilities become 0, and their logarithm in the loss becomes infinite or is clipped. bfloat16 has numbers as small as
float32, with two to three digits; there it is a note.

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "activity", "layers": [
  {"class_name": "InputLayer", "config": {"name": "motion", "batch_input_shape": [null, 50, 6]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 16,
    "dtype": {"class_name": "Policy", "config": {"name": "mixed_float16"}}}},
  {"class_name": "Dense", "config": {"name": "label", "units": 5, "activation": "softmax",
    "dtype": {"class_name": "Policy", "config": {"name": "mixed_float16"}}}}]}}
```

```console
$ lstmlint check example.json
example.json:5:3: warning[output-not-float32]: label: computes softmax in float16 under the policy mixed_float16
    help: set dtype='float32' on 'label'
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "activity", "layers": [
  {"class_name": "InputLayer", "config": {"name": "motion", "batch_input_shape": [null, 50, 6]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 16,
    "dtype": {"class_name": "Policy", "config": {"name": "mixed_float16"}}}},
  {"class_name": "Dense", "config": {"name": "label", "units": 5, "activation": "softmax", "dtype": "float32"}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Only softmax and sigmoid outputs are judged. A model with an output layer in float32 behind the activation is not
reported.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lstmlint.analyses.activations import Activation
from lstmlint.analyses.cures import in_code
from lstmlint.analyses.training import outputs
from lstmlint.ir.finding import Confidence, Finding, Severity
from lstmlint.ir.model import Layer, Model
from lstmlint.linting.rule import Judgement, NoOptions, rule

#: Policy -> the severity of a finding under it; `None` is the severity of the rule.
POLICIES: Mapping[str, Severity | None] = {"mixed_float16": None, "mixed_bfloat16": Severity.NOTE}

PROBABILITIES = frozenset({"softmax", "sigmoid"})


@rule(Severity.WARNING, Confidence.LIKELY)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for output in outputs(model):
        activation = output.activation
        if not isinstance(activation, Activation) or activation.name not in PROBABILITIES:
            continue
        policy = _policy(activation.layer)
        if policy in POLICIES and _policy(output.layer) in POLICIES:
            yield Finding(
                location=output.location,
                message=f"computes {activation.name} in {policy.removeprefix('mixed_')} under the policy {policy}",
                help=f"set dtype='float32' on {in_code(activation.layer)}",
                severity=POLICIES[policy],
            )


def _policy(layer: Layer) -> str:
    """The name of a layer's policy, which the config holds as a text or an object."""
    policy = layer.config.get("dtype")
    if isinstance(policy, Mapping):
        config = policy.get("config")
        policy = config.get("name") if isinstance(config, Mapping) else None
    return str(policy)
