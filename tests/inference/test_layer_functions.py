"""The layer functions by themselves: what they refuse, and what they say where not all is known."""

from __future__ import annotations

import contextlib
import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import keras
import pytest

from lstmlint.dialects.keras3 import KERAS3
from lstmlint.inference.layers import layer_types
from lstmlint.inference.layers.call import Call, Signature, Undetermined
from lstmlint.inference.layers.foreign import REASONS
from lstmlint.ir.shape import Incompatible, Unknown, leaves
from lstmlint.keras.writer import Writer
from tests.support.case import Case
from tests.support.layer_cases import EVERY_CASE

L = keras.layers


def call_of(layer: keras.Layer, inputs: Any, **arguments: Any) -> Call:
    """A call of a layer without contained layers, from its config as JSON holds it."""
    class_name = type(layer).__name__
    _, config = KERAS3.translate(class_name, json.loads(json.dumps(layer.get_config())), KERAS3.presumed)
    return Call(class_name, config, inputs, arguments, KERAS3.semantics(KERAS3.presumed), {}, _no_children)


def _no_children(*_: Any) -> Signature:
    raise AssertionError("the layer contains no other")


REFUSED: list[tuple[Callable[[], Any], Any]] = [
    (lambda: L.Conv1D(4, 3), (None, 5)),
    (lambda: L.Conv2D(4, 3), (None, 5, 3)),
    (lambda: L.Conv1D(4, 1), (None, 2, 5, 3)),
    (lambda: L.Conv2D(4, 3, groups=2), (None, 5, 5, 3)),
    (lambda: L.Conv1DTranspose(4, 3), (None, 5)),
    (lambda: L.DepthwiseConv2D(3), (None, 5, 3)),
    (lambda: L.SeparableConv1D(4, 3), (None, 5)),
    (lambda: L.MaxPooling1D(2), (None, 5)),
    (lambda: L.AveragePooling2D(2), (None, 5, 3)),
    (lambda: L.GlobalMaxPooling1D(), (None, 5)),
    (lambda: L.GlobalAveragePooling2D(), (None, 5, 3)),
    (lambda: L.ZeroPadding1D(1), (None, 5)),
    (lambda: L.Cropping2D(1), (None, 5, 3)),
    (lambda: L.UpSampling3D(2), (None, 5, 3)),
    (lambda: L.SpatialDropout1D(0.2), (None, 5)),
    (lambda: L.Add(), (None, 3)),
    (lambda: L.Add(), [(None, 3), (None, 4)]),
    (lambda: L.Multiply(), [(None, 5, 3), (None, 4)]),
    (lambda: L.Average(), [(2, 3), (3, 3)]),
    (lambda: L.Subtract(), [(None, 3), (None, 3), (None, 3)]),
    (lambda: L.Concatenate(), [(None, 4, 3), (None, 5, 3)]),
    (lambda: L.Concatenate(), [(None, 3), (None, 5, 3)]),
    (lambda: L.Concatenate(axis=1), [(None, 4, 3), (None, 4, 2)]),
    (lambda: L.Concatenate(axis=3), [(None, 4, 3), (None, 4, 3)]),
    (lambda: L.Dot(1), [(None, 3), (None, 4)]),
    (lambda: L.Dot(1), [(None, None, 2), (None, 4, 2)]),
    (lambda: L.Dot(1), [(None, 3), (None, 3), (None, 3)]),
    (lambda: L.BatchNormalization(axis=3), (None, 5, 3)),
    (lambda: L.LayerNormalization(axis=[1, 3]), (None, 5, 3)),
    (lambda: L.GroupNormalization(groups=2), (None, 5, 3)),
    (lambda: L.GroupNormalization(groups=8), (None, 4)),
    (lambda: L.UnitNormalization(axis=2), (None, 5)),
    (lambda: L.PReLU(shared_axes=[4]), (None, 5, 3)),
    (lambda: L.Attention(), (None, 5, 3)),
    (lambda: L.Attention(), [(None, 5, 3)]),
    (lambda: L.Dense(3), (None,)),
    (lambda: L.LSTM(3), (None, 5)),
    (lambda: L.GRU(3), (None, 5, 3, 2)),
    (lambda: L.ConvLSTM2D(3, 2), (None, 5, 8, 3)),
    (lambda: L.RepeatVector(3), (None, 5, 3)),
    (lambda: L.EinsumDense("ab,bc->ac", 5), ()),
    (lambda: L.EinsumDense("abc,cd->abd", (6, 5)), (None, 7, 4)),
    (lambda: L.EinsumDense("abc,cd->abd", (6, 5)), (None, None, 4)),
    (lambda: L.EinsumDense("abc,cd->abd", (None, 5), bias_axes="bd"), (None, None, 4)),
    (lambda: L.EinsumDense("abc,cd->abd", (6, 5), bias_axes="x"), (None, 6, 4)),
    (lambda: L.EinsumDense("abc,cd->abx", (6, 5)), (None, 6, 4)),
    (lambda: L.EinsumDense("abc,cx->abd", (6, 5)), (None, 6, 4)),
    (lambda: L.EinsumDense("abc->abd", (6, 5)), (None, 6, 4)),
    (lambda: L.EinsumDense("abc,cd->abd", 5), (None, 6, 4)),
    (lambda: L.Normalization(axis=1), (None, None, 4)),
    (lambda: L.Normalization(axis=3), (None, 4)),
    (lambda: L.CenterCrop(3, 3), (None, 4)),
    (lambda: L.RandomCrop(3, 3), (None, 4)),
    (lambda: L.RandomColorDegeneration(0.1), (None, 4, 4, 2)),
    (lambda: L.STFTSpectrogram(), (None, 100)),
    (lambda: L.STFTSpectrogram(), (None, 100, None)),
    (lambda: L.Permute((2, 1)), (None, 5)),
    (lambda: L.Reshape((7,)), (None, 5)),
    (lambda: L.Reshape((-1, 3)), (None, 5)),
]  # fmt: skip


@pytest.mark.parametrize("at", range(len(REFUSED)))
def test_refused(at: int) -> None:
    """Where Keras refuses to call a layer, so does lstmlint, and says why."""
    make, inputs = REFUSED[at]
    with pytest.raises((ValueError, TypeError, IndexError)):
        make()(
            [keras.KerasTensor(shape) for shape in inputs] if isinstance(inputs, list) else keras.KerasTensor(inputs)
        )
    layer = make()
    with pytest.raises(Incompatible):
        layer_types()[type(layer).__name__](call_of(layer, inputs))


EXHAUSTED: list[tuple[Callable[[], Any], Any, Any]] = [
    (lambda: L.Conv1D(4, 5), (None, 3, 2), (None, -1, 4)),
    (lambda: L.Conv2D(4, 3, strides=2), (None, 2, 5, 1), (None, 0, 2, 4)),
    (lambda: L.MaxPooling1D(4), (None, 3, 2), (None, 0, 2)),
    (lambda: L.Cropping1D(2), (None, 4, 2), (None, 0, 2)),
    (lambda: L.Cropping2D(2), (None, 3, 5, 2), (None, -1, 1, 2)),
]


@pytest.mark.parametrize(("make", "inputs", "outputs"), EXHAUSTED)
def test_exhausted_dimension(make: Callable[[], Any], inputs: Any, outputs: Any) -> None:
    """A dimension that shrinks to nothing is given as computed (a rule reports it); Keras 3 refuses it."""
    with pytest.raises(ValueError, match=r"zero|negative|smaller"):
        make()(keras.KerasTensor(inputs))
    assert layer_types()[type(make()).__name__](call_of(make(), inputs)).outputs == outputs


CONTAINERS = frozenset({"RNN", "Bidirectional", "TimeDistributed", "Activation", "SpectralNormalization", "Pipeline"})

WITHOUT_CHILDREN = [case for case in EVERY_CASE if case.class_name not in CONTAINERS]


@pytest.mark.parametrize("case", WITHOUT_CHILDREN[::9], ids=str)
def test_unknown_dimension(case: Case) -> None:
    """With any part of the input unknown, what is still said is what is said when all is known."""
    batched = _with_batch(case.shape)
    known = layer_types()[case.class_name](call_of(case.layer(), batched))
    assert not isinstance(known.weights, Unknown)
    for inputs in _with_one_unknown(batched):
        try:
            given = layer_types()[case.class_name](call_of(case.layer(), inputs))
        except Undetermined:
            continue
        for ours, theirs in zip(leaves(given.outputs), leaves(known.outputs), strict=True):
            _demand_consistent(ours, theirs)
        if not isinstance(given.weights, Unknown):
            for our_weight, their_weight in zip(given.weights, known.weights, strict=True):
                _demand_consistent(our_weight.shape, their_weight.shape)


@pytest.mark.parametrize(
    ("make", "inputs"),
    [
        (lambda: L.Discretization([0.0, 1.0], output_mode="one_hot"), (None, 4)),
        (lambda: L.Discretization([0.0, 1.0], output_mode="count"), (None, 4)),
    ],
)
def test_encodings_before_keras_3_15(make: Callable[[], Any], inputs: Any) -> None:
    """Keras 3 once stated the shape of the input for vectors of bins."""
    call = call_of(make(), inputs)
    old = replace(call, semantics=KERAS3.semantics(Writer((3, 5), is_tf_keras=False)))
    assert isinstance(layer_types()["Discretization"](old).outputs, Unknown)
    assert layer_types()["Discretization"](call).outputs == make().compute_output_shape(inputs)


@pytest.mark.parametrize("class_name", sorted(REASONS))
def test_foreign_layers_say_why(class_name: str) -> None:
    call = Call(class_name, {}, (None, 4), {}, KERAS3.semantics(KERAS3.presumed), {}, _no_children)
    with pytest.raises(Undetermined, match=REASONS[class_name]):
        layer_types()[class_name](call)


JUNK: list[Any] = [None, True, 0, -1, 10**9, 1.5, "x", [], [0], [1, 2], [[1, 2], [3, 4]], [None], {}, {"a": 1}, [[[]]]]

JUNK_INPUTS: list[Any] = [(), (None,), [], {}, [(None, 2)] * 3, {"a": (None, 2)}]


@pytest.mark.parametrize("class_name", sorted({case.class_name for case in WITHOUT_CHILDREN}))
def test_junk_in_config(class_name: str) -> None:
    """Whatever a config holds, a layer function answers or says what is wrong; it never crashes."""
    case = next(case for case in WITHOUT_CHILDREN if case.class_name == class_name)
    batched = _with_batch(case.shape)
    call = call_of(case.layer(), batched)
    for key, value in itertools.product(call.config, [*JUNK, "missing"]):
        config = {name: call.config[name] for name in call.config if name != key}
        if value != "missing":
            config[key] = value
        for inputs in (batched, *JUNK_INPUTS):
            with contextlib.suppress(Undetermined, Incompatible):
                answer = layer_types()[class_name](replace(call, config=config, inputs=inputs))
                assert isinstance(answer, Signature)


def _with_batch(shape: Any) -> Any:
    """The inputs of a case, one shape or a list of them, with their open batch in front."""
    return [(None, *item) for item in shape] if isinstance(shape, list) else (None, *shape)


def _with_one_unknown(inputs: Any) -> Iterator[Any]:
    lost = Unknown("it is lost")
    if isinstance(inputs, list):
        for at, shape in enumerate(inputs):
            yield from ([*inputs[:at], other, *inputs[at + 1 :]] for other in _with_one_unknown(shape))
        return
    yield lost
    yield from ((*inputs[:at], lost, *inputs[at + 1 :]) for at in range(len(inputs)))


def _demand_consistent(ours: Any, theirs: Any) -> None:
    if isinstance(ours, Unknown):
        return
    assert len(ours) == len(theirs)
    assert all(isinstance(one, Unknown) or one == other for one, other in zip(ours, theirs, strict=True)), (
        ours,
        theirs,
    )


@pytest.mark.parametrize(("stated", "dim", "length"), [(7, None, 7), (None, 5, 5), (5, 5, 5), ("fan_avg", 5, 5)])
def test_an_embedding_has_the_length_that_keras_2_states(stated: Any, dim: int | None, length: int) -> None:
    assert _embedded(stated, dim) == (None, length, 4)


def test_a_stated_length_that_is_no_integer_is_unknown() -> None:
    outputs = _embedded("fan_avg", None)
    assert isinstance(outputs, tuple)
    assert outputs[1] == Unknown("its input_length 'fan_avg' is no integer")


def _embedded(stated: Any, dim: int | None) -> Any:
    """The output of an embedding of standalone Keras 2 with a stated length."""
    semantics = replace(KERAS3.semantics(KERAS3.presumed), embedding_input_length=True)
    config = {"input_dim": 9, "output_dim": 4, "input_length": stated}
    return (
        layer_types()["Embedding"]
        .function(Call("Embedding", config, (None, dim), {}, semantics, {}, _no_children))
        .outputs
    )
