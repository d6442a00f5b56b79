"""The multiply-adds of real Keras, counted in the program that JAX makes, and the values kept for training."""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Iterable, Iterator
from typing import Any

import jax
import keras
import numpy

from lstmlint.ir.document import Container, Document
from lstmlint.ir.model import Model
from lstmlint.pipeline import model_of


def read(model: keras.Model) -> Model:
    """The model that lstmlint infers from the JSON of a Keras model."""
    config = json.loads(model.to_json())
    return model_of(Document("model.json", Container.JSON, config, keras_version=keras.__version__))


def filled(shape: Any, length: int) -> Any:
    """A shape without a batch, or a list of them, with a length for each open dimension."""
    if isinstance(shape, list):
        return [filled(item, length) for item in shape]
    return tuple(length if dim is None else dim for dim in shape)


def multiply_adds(model: keras.Model, *, length: int = 1) -> int:
    """The multiply-adds of matrix products and convolutions in one inference of a model on one example.

    Args:
        model: a model whose first axis of every input is the batch.
        length: what open dimensions behind the batch are set to.
    """
    return _counted(program(model, length).jaxpr)


def program(model: keras.Model, length: int) -> Any:
    """The program of an inference on one example."""
    struct: Any = jax.ShapeDtypeStruct
    inputs = [struct((1, *filled(item.shape[1:], length)), item.dtype) for item in model.inputs]
    state = [[variable.value for variable in variables] for variables in _variables(model)]

    def infer(trainable: Any, fixed: Any, tensors: list[Any]) -> Any:
        return model.stateless_call(trainable, fixed, _as_called(model, tensors), training=False)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return jax.make_jaxpr(infer)(*state, inputs)


def residuals(model: keras.Model) -> list[numpy.ndarray]:
    """The values that JAX keeps for a training step on one random example, without the inputs and the weights."""
    generator = numpy.random.default_rng(1)
    inputs = [jax.numpy.array(generator.normal(size=(1, *item.shape[1:])), item.dtype) for item in model.inputs]
    given, fixed = ([variable.value for variable in variables] for variables in _variables(model))
    given = [jax.numpy.array(generator.normal(size=value.shape), value.dtype) for value in given]

    def train(trainable: Any, tensors: list[Any]) -> Any:
        return model.stateless_call(trainable, fixed, _as_called(model, tensors), training=True)[0]

    _, pulled_back = jax.vjp(train, given, inputs)
    known = [numpy.asarray(value) for value in (*given, *inputs)]
    kept = [numpy.asarray(value) for value in jax.tree.leaves(pulled_back)]
    return [value for value in kept if not any(_is_same(value, other) for other in known)]


def distinct(arrays: Iterable[numpy.ndarray]) -> list[numpy.ndarray]:
    """The sequences among arrays `(timesteps, ...)` that do not follow from others.

    JAX keeps `y` and `1 - y` of a sigmoid and of a tanh, the `y (1 - y)` of a sigmoid, and a state both when it is made
    and when it is used; one tells the other.
    """
    found: list[numpy.ndarray] = []
    for array in arrays:
        if not any(_tells(other, array) or _tells(array, other) for other in found):
            found.append(array)
    return found


def _tells(one: numpy.ndarray, other: numpy.ndarray) -> bool:
    if one.shape != other.shape:
        return False
    told = (one, 1 - one, one * (1 - one))
    return any(
        numpy.allclose(mine, other, atol=1e-6) or numpy.allclose(mine[1:], other[:-1], atol=1e-6) for mine in told
    )


def _is_same(one: numpy.ndarray, other: numpy.ndarray) -> bool:
    """Whether two arrays hold the same values, in any order of axes."""
    return (
        one.size == other.size
        and one.dtype == other.dtype
        and numpy.array_equal(numpy.sort(one, axis=None), numpy.sort(other, axis=None))
    )


def _variables(model: keras.Model) -> tuple[list[Any], list[Any]]:
    return model.trainable_variables, model.non_trainable_variables


def _as_called(model: keras.Model, tensors: list[Any]) -> Any:
    return keras.tree.pack_sequence_as(model.input, tensors) if hasattr(model, "input") else tensors


def _counted(jaxpr: Any) -> int:
    """The equations of a program whose results are used (Keras tries out stacked cells)."""
    used = {id(variable) for variable in jaxpr.outvars}
    total = 0
    for equation in reversed(jaxpr.eqns):
        if any(id(variable) in used for variable in equation.outvars):
            used.update(map(id, equation.invars))
            total += _of_equation(equation)
    return total


def _of_equation(equation: Any) -> int:
    """The multiply-adds of one equation and of the programs in it; a loop runs its program so many times."""
    made = math.prod(equation.outvars[0].aval.shape) if equation.outvars else 0
    if equation.primitive.name == "dot_general":
        (contracted, _), _ = equation.params["dimension_numbers"]
        return int(made * math.prod(equation.invars[0].aval.shape[axis] for axis in contracted))
    if equation.primitive.name == "conv_general_dilated":
        kernel = equation.invars[1].aval.shape
        return int(made * math.prod(kernel) // kernel[equation.params["dimension_numbers"].rhs_spec[0]])
    times = equation.params["length"] if equation.primitive.name == "scan" else 1
    return times * sum(_counted(inner) for inner in _programs(equation.params.values()))


def _programs(values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        if hasattr(value, "eqns"):
            yield value
        elif hasattr(value, "jaxpr"):
            yield value.jaxpr
        elif isinstance(value, list | tuple):
            yield from _programs(value)
