"""The recurrences of Keras: their gates, states and costs, held against real Keras and what Keras 1 stored."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import keras
import numpy
import pytest

from lstmlint.fixing.certificate.functions import function
from lstmlint.fixing.certificate.recurrent import STEPS, Gate, Recurrence
from lstmlint.keras.classes import KINDS, Kind
from lstmlint.pipeline import load
from tests.support.counted import distinct, residuals
from tests.support.layer_behaviour import ready
from tests.support.truth import FIXTURES

L = keras.layers

UNITS, FEATURES, STEPS_OF_TIME = 3, 2, 5

#: A function that is the same for an argument and for a multiple of it.
STEEP = staticmethod(lambda values: keras.ops.where(values > 0, 0.7, 0.2))


def layer_of(kind: Kind, **arguments: Any) -> Any:
    layer = getattr(L, kind.name)(UNITS, **arguments)
    return ready(layer, numpy.zeros((1, STEPS_OF_TIME, FEATURES), "float32"))


def sequence() -> Any:
    return numpy.random.RandomState(5).normal(size=(2, STEPS_OF_TIME, FEATURES)).astype("float32")


@cache
def output_of_keras(name: str) -> tuple[Any, tuple[Any, ...]]:
    layer = layer_of(KINDS[name])
    return numpy.asarray(layer(sequence())), tuple(layer.get_weights())


def check_order_of_gates(kind: Kind) -> None:
    """The formulas give what Keras gives with the gates cut from its kernels in this order."""
    expected, (kernel, recurrent, bias) = output_of_keras(kind.name)
    rows = numpy.concatenate([bias.reshape(-1, kernel.shape[1]), numpy.zeros((1, kernel.shape[1]))])[:2]
    tensors = (kernel, recurrent, *rows)
    parts = zip(*(numpy.split(tensor, len(kind.gates), axis=-1) for tensor in tensors), strict=True)
    gates = {letter: Gate(*part) for letter, part in zip(kind.letters, parts, strict=True)}
    tanh, sigmoid = function("tanh", 0.2), function("sigmoid", 0.2)
    layer = Recurrence(kind.name, gates, tanh, sigmoid, True, False, False)
    states = (numpy.zeros((2, UNITS)),) * len(kind.states)
    for step in range(STEPS_OF_TIME):
        states = STEPS[kind.name](layer, sequence()[:, step], states)
    assert numpy.allclose(states[0], expected, atol=1e-5)


def check_functions_of_gates(kind: Kind) -> None:
    """A gate applies the function of a key where a steep one makes the size of its weights no matter."""
    assert [gate.activation for gate in kind.gates] == list(told_by_scaling(kind.name))


@cache
def told_by_scaling(name: str) -> tuple[str, ...]:
    keys = ("recurrent_activation", "activation") if name != "SimpleRNN" else ("activation",)
    count = output_of_keras(name)[1][0].shape[1] // UNITS
    return tuple(next(key for key in keys if _is_steep(name, key, at)) for at in range(count))


def _is_steep(name: str, key: str, gate: int) -> bool:
    layer = layer_of(KINDS[name], **{key: STEEP.__func__})
    before, weights = numpy.asarray(layer(sequence())), layer.get_weights()
    for weight in weights:
        weight[..., gate * UNITS : (gate + 1) * UNITS] *= 3
    layer.set_weights(weights)
    return bool(numpy.allclose(before, numpy.asarray(layer(sequence())), atol=1e-6))


def check_names_of_gates(kind: Kind) -> None:
    """Those of Keras' own documentation: the letters of an LSTM, the words in the source of a GRU."""
    if kind.name == "LSTM":
        assert [gate.name[:1] for gate in kind.gates] == list(kind.letters)
    elif kind.name == "GRU":
        assert [gate.name for gate in kind.gates] == ["update", "reset", "candidate"]
        assert "state mixed by update gate" in inspect.getsource(L.GRUCell)
    else:
        assert [gate.name for gate in kind.gates] == [""]


def check_order_of_keras1(kind: Kind) -> None:
    """The order in which Keras 1 stored the kernels of the gates."""
    assert stored_by_keras1()[kind.name] == {kind.keras1_letters}


@cache
def stored_by_keras1() -> Mapping[str, set[tuple[str, ...]]]:
    found: dict[str, set[tuple[str, ...]]] = {name: set() for name in KINDS}
    for path in sorted(FIXTURES.glob("keras-1.2.2/*.h5")):
        for layer in load(str(path)).layers:
            names = [tensor.name.rpartition("/")[2] for tensor in (layer.stored.tensors if layer.stored else ())]
            kernels = tuple(name.removeprefix("W").lstrip("_") for name in names if name.startswith("W"))
            is_fused = layer.class_name != "SimpleRNN" and kernels == ("",)
            if layer.class_name in found and kernels and not is_fused:
                found[layer.class_name].add(kernels)
    return found


def check_states(kind: Kind) -> None:
    layer = getattr(L, f"{kind.name}Cell")(UNITS)
    assert len(kind.states) == len(layer.get_initial_state(1))


def check_what_is_kept_for_the_gradient(kind: Kind) -> None:
    assert kind.kept * UNITS == kept_by_jax(kind.name)


@cache
def kept_by_jax(name: str) -> int:
    """The values that JAX keeps of a timestep, once those that tell each other are taken for one."""
    inputs = keras.Input((10, FEATURES), batch_size=1)
    arrays = residuals(keras.Model(inputs, getattr(L, name)(UNITS)(inputs)))
    return sum(array[0].size for array in distinct([one for one in arrays if one.shape[0] == 10 and one.ndim > 1]))


def check_what_cudnn_computes(kind: Kind) -> None:
    """The arguments on which Keras' layers choose cuDNN, with the values that they have by default."""
    source = inspect.getsource(getattr(L, kind.name))
    if "cudnn_ok" not in source:
        assert not kind.cudnn
        return
    asked = source.partition("cudnn_ok(")[2].partition(")")[0]
    keys = {line.strip(" ,").rpartition("=")[2].rpartition(".")[2] for line in asked.splitlines() if line.strip()}
    keys |= {"recurrent_dropout"}
    defaults = getattr(L, kind.name)(UNITS).get_config()
    assert kind.cudnn == {key: defaults[key] for key in keys}


KIND_CHECKS: tuple[Callable[[Kind], None], ...] = tuple(
    value for key, value in list(globals().items()) if key.startswith("check_")
)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("check", KIND_CHECKS, ids=lambda check: check.__name__.removeprefix("check_"))
def test_kinds(check: Callable[[Kind], None], kind: Kind) -> None:
    check(kind)
