"""A loss gets values that cannot be its predictions.

## Why it matters

Some losses take a logarithm or a side of zero, and mean nothing for other values. What Keras 3.15.1 does:

| loss | output | what happens |
|---|---|---|
| poisson | may be negative | NaN in the first epoch: the logarithm of a negative number |
| kl_divergence | without softmax | clipped values have no gradient; predicting 1 for every class costs nothing |
| hinge, squared_hinge | 0 or more, as sigmoid | the target -1 is out of reach: there the loss never falls below 1 |
| ctc | softmax | CTC applies softmax itself, so it is applied twice; without steps it raises |

## Example

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "model", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 60, 8]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 32}},
  {"class_name": "Dense", "config": {"name": "y", "units": 1}}]},
 "compile_config": {"optimizer": "adam", "loss": "poisson"}}
```

```console
$ lstmlint check example.json
example.json:5:3: warning[loss-activation-mismatch]: y: has no activation, but poisson takes the logarithm, which is \
NaN for a negative value
    see: example.json:6:50: training: the loss is poisson
    help: set activation='softplus' on 'y'
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "model", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 60, 8]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 32}},
  {"class_name": "Dense", "config": {"name": "y", "units": 1, "activation": "softplus"}}]},
 "compile_config": {"optimizer": "adam", "loss": "poisson"}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Custom losses and activations are not judged. Of `ctc` only Keras' own loss is, not `ctc_batch_cost`, which wants
probabilities. The crossentropies have `crossentropy-activation-mismatch`.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.activations import DISTRIBUTIONS, Activation
from lstmlint.analyses.cures import with_activation, without_activation
from lstmlint.analyses.training import Loss, Output, location_in_record, outputs
from lstmlint.ir.finding import Finding, Related, Severity
from lstmlint.ir.model import Model
from lstmlint.ir.shape import is_dims
from lstmlint.linting.rule import Judgement, NoOptions, rule

#: Losses whose targets are -1 and 1.
SIGNED = frozenset({"hinge", "squared_hinge"})

#: `(batch, timesteps, classes)`
CTC_RANK = 3


@rule(Severity.WARNING)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for output in outputs(model):
        if not isinstance(output.loss, Loss) or not isinstance(output.activation, Activation):
            continue
        fault = _fault(output, output.loss, output.activation)
        if fault is not None:
            words, cure = fault
            yield Finding(
                location=output.location,
                message=words,
                help=cure,
                related=(
                    Related(location_in_record(model.document, output.loss.steps), f"the loss is {output.loss.name}"),
                ),
            )


def _fault(output: Output, loss: Loss, activation: Activation) -> tuple[str, str] | None:
    """The words for a loss that cannot use an output, and the cure."""
    low, _ = activation.range
    ends = "has no activation" if activation.name == "linear" else f"ends in {activation.name}"
    if loss.name == "poisson" and low < 0:
        cure = with_activation(activation, "softplus", output.width)
        return f"{ends}, but poisson takes the logarithm, which is NaN for a negative value", cure
    if loss.name == "kl_divergence" and activation.name not in DISTRIBUTIONS:
        cure = with_activation(activation, "softmax", output.width)
        return f"{ends}, but kl_divergence compares shares that add up to 1", cure
    if loss.name in SIGNED and low >= 0:
        cure = f"{with_activation(activation, 'tanh', output.width)}, or compile with binary_crossentropy"
        return f"{ends}, so it never reaches the target -1 of {loss.name}", cure
    if loss.name == "ctc":
        if is_dims(output.shape) and len(output.shape) != CTC_RANK:
            return "is no sequence, but ctc needs classes for each timestep", "set return_sequences=True before it"
        if activation.name in DISTRIBUTIONS:
            return f"{ends}, which ctc applies itself", without_activation(activation)
    return None
