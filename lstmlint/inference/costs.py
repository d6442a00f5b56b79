"""Costs of a model besides its parameters: multiply-adds, recurrent state, and the activations that training keeps.

Every number is for one example (a batch of one) and is the sum over the amounts that the layer functions declare
(`layers/work.py`), as parameters are the sum over weights.

- **Multiply-adds** are those of matrix products, convolutions and other contractions in one forward pass at
  inference: one multiplication with the addition that follows it. Biases, activations, normalizations, pooling,
  lookups, interpolation and all other work on single elements count nothing. This is how papers on architectures
  count (Howard et al. 2017, "MobileNets", section 3.1: a convolution costs `kernel x channels x filters x positions`);
  a count of floating-point operations is about twice as much. A window that reaches over an edge counts as a whole. A
  transposed convolution multiplies each element of its input with its kernel once; zeros between them count nothing.
- A **timestep** is a place on the axis that a recurrent layer, a `TimeDistributed` or a convolution of one dimension
  runs along, and elsewhere on the second axis of a tensor `(batch, timesteps, features)`, or of a higher rank where no
  other length is open. Work done once for each sequence is no part of the number for a timestep. The number for a model
  is the sum of one timestep of each of its layers.
- **State** is what a recurrent layer carries from one timestep to the next (Keras, `get_initial_state` of the cells).
- **Activations** are the values of the forward pass that backpropagation through time needs again. These are the
  outputs of every layer, except input layers and layers that only reshape. In a recurrent layer they are also, at each
  timestep, the factors in the formulas of its gradient (`layers/recurrent.py`, `Gates.kept`; Hochreiter & Schmidhuber
  1997, Cho et al. 2014). A framework may store some of them twice, or compute them again. Masks of dropout are not
  counted.
- Bytes are those of the dtype in which the layer computes. Under a mixed-precision policy the variables have another
  dtype (Keras, `dtype_policies/dtype_policy.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from lstmlint.dialects.dtypes import compute_dtype
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.model import BYTES_PER_ELEMENT, CallShapes, Layer, Model
from lstmlint.ir.shape import Count, Dim, Unknown, total
from lstmlint.ir.work import Amount, Work, complete, count, count_per_step, together, unknown_work

OPEN_STEPS = Unknown("its number of timesteps is open")
OPEN_SIZE = Unknown("one of its dimensions is open")
NEVER_CALLED = Unknown("the file does not state its inputs")

#: The class whose output is given to the model, not made by it.
INPUT = "InputLayer"


@dataclass(frozen=True, slots=True)
class Costs:
    """The costs of a layer or a model for one example: counts of multiply-adds, and sizes in bytes."""

    multiply_adds_per_timestep: Count
    multiply_adds: Count
    state_bytes: Count
    activation_bytes_per_timestep: Count
    activation_bytes: Count

    def unknowns(self) -> Iterator[Unknown]:
        """The unknown ones among the costs."""
        everything = (
            self.multiply_adds_per_timestep, self.multiply_adds, self.state_bytes, self.activation_bytes_per_timestep,
            self.activation_bytes,
        )  # fmt: skip
        return (value for value in everything if isinstance(value, Unknown))


def layer_costs(layer: Layer) -> Costs:
    """The costs of all calls of a layer."""
    return costs_of(layer_work(layer))


def model_costs(model: Model) -> Costs:
    """The costs of all calls of all layers."""
    return costs_of(unknown_work(NEVER_CALLED) if model.graph is None else model_work(model))


def costs_of(work: Work) -> Costs:
    """The costs of work whose dtypes are known."""
    kept = work.kept or ()
    return Costs(
        multiply_adds_per_timestep=_sum(work.products, count_per_step),
        multiply_adds=_sum(work.products, count),
        state_bytes=_byte_sum(work.states, count),
        activation_bytes_per_timestep=_byte_sum(kept, count_per_step),
        activation_bytes=_byte_sum(kept, count),
    )


def layer_work(layer: Layer) -> Work:
    """The work of all calls of a layer."""
    if not layer.calls:
        return unknown_work(layer.weights if isinstance(layer.weights, Unknown) else NEVER_CALLED)
    return together(call_work(layer, call) for call in layer.calls)


def call_work(layer: Layer, call: CallShapes) -> Work:
    """The work of one call of a layer, with dtypes and with the values that training keeps."""
    return complete(call.work, call.outputs, compute_dtype(layer.node.config.get("dtype"), layer.node.dtype))


def model_work(model: Model) -> Work:
    """The work of one call of a model, without its input layers."""
    return together(layer_work(layer) for layer in model.layers if layer.class_name != INPUT)


def _sum(amounts: Iterable[Amount], counted: Callable[[Amount], Dim]) -> Count:
    return total(_closed(amount, counted(amount)) for amount in amounts)


def _byte_sum(amounts: Iterable[Amount], counted: Callable[[Amount], Dim]) -> Count:
    return total(_bytes(_closed(amount, counted(amount)), amount.dtype) for amount in amounts)


def _closed(amount: Amount, counted: Dim) -> Count:
    """A count; unknown where it is open."""
    if counted is not None:
        return counted
    return OPEN_SIZE if amount.each is None or None in amount.steps[1:] else OPEN_STEPS


def _bytes(size: Count, dtype: str) -> Count:
    if isinstance(size, Unknown):
        return size
    width = BYTES_PER_ELEMENT.get(dtype)
    return Unknown(f"its dtype is {dtype!r}") if width is None else size * width
