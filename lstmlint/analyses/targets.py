"""The targets that a model is trained with: the shape and values that the loss of each output takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lstmlint.analyses.training import Loss, outputs
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.model import Model
from lstmlint.ir.shape import Dims, is_dims

SPARSE = "sparse_categorical_crossentropy"

#: The values that a loss takes, where targets have the shape of the output; losses of which less is sure are left out.
VALUES: Mapping[str, str] = {
    "categorical_crossentropy": "one-hot floats, or probabilities; along the last axis they sum to 1",
    "kl_divergence": "probabilities; along the last axis they sum to 1",
    "binary_crossentropy": "floats of 0 or 1, or between them",
    "mean_squared_error": "any numbers",
    "mean_absolute_error": "any numbers",
    "huber": "any numbers",
    "log_cosh": "any numbers",
    "poisson": "numbers from 0 on",
}


@dataclass(frozen=True, slots=True)
class Target:
    """The target of an output: the layer that makes the output, its loss, the target's shape and its values."""

    output: str
    loss: str
    shape: Dims
    values: str


def targets(model: Model) -> Iterator[Target]:
    """The target of each output whose loss is one of Keras' own and whose shape is known."""
    for output in outputs(model):
        loss, shape = output.loss, output.shape
        if not isinstance(loss, Loss) or not is_dims(shape) or len(shape) < 2 or not loss.is_along_last_axis:
            continue
        classes = shape[-1]
        if loss.name == SPARSE and isinstance(classes, int) and classes > 1 and loss.config.get("ignore_class") is None:
            yield Target(output.layer.full_name, loss.name, shape[:-1], f"integers from 0 to {classes - 1:,}")
        elif loss.name in VALUES:
            yield Target(output.layer.full_name, loss.name, shape, VALUES[loss.name])
