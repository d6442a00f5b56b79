"""Every layer family against real Keras 3: models saved in each format, compared layer by layer."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import lstmlint
from tests.support import differential
from tests.support.case import Case
from tests.support.differential import check, functional, sequential
from tests.support.layer_cases import CASES

pytestmark = pytest.mark.usefixtures("quick_weights")

L = keras.layers


@pytest.mark.parametrize("case", CASES, ids=str)
def test_single_layer(case: Case, tmp_path: Path) -> None:
    check(functional(case.shape, case.layer()), tmp_path, case.formats)


@pytest.mark.parametrize("case", [case for case in CASES[::5] if not isinstance(case.shape, list)], ids=str)
def test_sequential(case: Case, tmp_path: Path) -> None:
    """The same layers in a Sequential, whose saved form tells no connections."""
    if isinstance(functional(case.shape, case.layer()).output, list | tuple):
        pytest.skip("a Sequential has one output")
    check(sequential(case.shape, case.layer()), tmp_path, case.formats)


STACKS: dict[str, Callable[[], keras.Model]] = {}


def stack(build: Callable[[], keras.Model]) -> Callable[[], keras.Model]:
    STACKS[build.__name__.strip("_").replace("_", "-")] = build
    return build


@stack
def lstm_12() -> keras.Model:
    return sequential((1, 1), L.LSTM(1))


@stack
def lstm_72() -> keras.Model:
    return sequential((4, 2), L.LSTM(3))


@stack
def text_classifier() -> keras.Model:
    return sequential((None,), L.Embedding(50, 8, mask_zero=True), L.Bidirectional(L.LSTM(4, return_sequences=True)),
                      L.Dropout(0.2), L.GRU(5), L.Dense(3, "softmax"))  # fmt: skip


@stack
def convolution_then_lstm() -> keras.Model:
    return sequential((None, 6), L.Conv1D(8, 3, padding="causal"), L.MaxPooling1D(2), L.BatchNormalization(),
                      L.LSTM(4, return_sequences=True), L.TimeDistributed(L.Dense(2)))  # fmt: skip


@stack
def image_classifier() -> keras.Model:
    return sequential((16, 16, 3), L.ZeroPadding2D(1), L.Conv2D(8, 3, strides=2), L.BatchNormalization(), L.ReLU(),
                      L.SeparableConv2D(6, 3), L.GlobalAveragePooling2D(), L.Dense(10))  # fmt: skip


@stack
def frames_then_lstm() -> keras.Model:
    frames = sequential((8, 8, 3), L.Conv2D(4, 3), L.Flatten())
    return sequential((None, 8, 8, 3), L.TimeDistributed(frames), L.LSTM(5), L.Dense(1))


@stack
def sequential_without_input_layer() -> keras.Model:
    model = keras.Sequential([L.LSTM(4, return_sequences=True), L.Dense(2)])
    model.build((None, 5, 3))
    return model


@stack
def shared_layer() -> keras.Model:
    left, right = keras.Input((5, 3)), keras.Input((None, 3))
    shared = L.LSTM(4, return_sequences=True, name="shared")
    pooled = [L.GlobalMaxPooling1D()(shared(item)) for item in (left, right)]
    return keras.Model([left, right], L.Concatenate()(pooled))


@stack
def layer_on_its_own_output() -> keras.Model:
    inputs = keras.Input((4,))
    shared = L.Dense(4)
    return keras.Model(inputs, shared(shared(shared(inputs))))


@stack
def residual() -> keras.Model:
    inputs = keras.Input((None, 8))
    outputs = L.Add()([inputs, L.Conv1D(8, 3, padding="same")(inputs)])
    return keras.Model(inputs, L.LayerNormalization()(outputs))


@stack
def encoder_decoder() -> keras.Model:
    source, target = keras.Input((None, 7), name="source"), keras.Input((None, 9), name="target")
    _, hidden, cell = L.LSTM(6, return_state=True)(source)
    sequence, _, _ = L.LSTM(6, return_sequences=True, return_state=True)(target, initial_state=[hidden, cell])
    return keras.Model([source, target], L.Dense(9)(sequence))


@stack
def gru_state_from_dense() -> keras.Model:
    inputs, context = keras.Input((5, 3)), keras.Input((2,))
    return keras.Model([inputs, context], L.GRU(4)(inputs, initial_state=L.Dense(4)(context)))


@stack
def bidirectional_state() -> keras.Model:
    inputs, other = keras.Input((5, 3)), keras.Input((6, 2))
    _, *states = L.Bidirectional(L.LSTM(4, return_state=True))(other)
    return keras.Model([inputs, other], L.Bidirectional(L.LSTM(4))(inputs, initial_state=states))


@stack
def attention_decoder() -> keras.Model:
    source, target = keras.Input((7, 5)), keras.Input((4, 5))
    encoded = L.Bidirectional(L.LSTM(4, return_sequences=True))(source)
    decoded = L.LSTM(8, return_sequences=True)(target)
    context, scores = L.Attention(use_scale=True)([decoded, encoded], return_attention_scores=True)
    return keras.Model([source, target], [L.Dense(5)(L.Concatenate()([context, decoded])), scores])


@stack
def transformer_block() -> keras.Model:
    tokens = keras.Input((12,))
    embedded = L.Embedding(30, 16)(tokens)
    attended = L.MultiHeadAttention(4, 8)(embedded, embedded, use_causal_mask=True)
    added = L.LayerNormalization()(L.Add()([embedded, attended]))
    fed = L.Dense(16)(L.Dense(32, "gelu")(added))
    return keras.Model(tokens, L.LayerNormalization()(L.Add()([added, fed])))


@stack
def several_outputs() -> keras.Model:
    inputs = keras.Input((None, 3))
    sequence, state = L.GRU(4, return_sequences=True, return_state=True)(inputs)
    return keras.Model(inputs, {"tags": L.Dense(2, name="tags")(sequence), "label": L.Dense(1, name="label")(state)})


@stack
def dict_inputs() -> keras.Model:
    inputs = {"text": keras.Input((6,), name="text"), "age": keras.Input((1,), name="age")}
    encoded = L.LSTM(3)(L.Embedding(9, 4)(inputs["text"]))
    return keras.Model(inputs, L.Dense(1)(L.Concatenate()([encoded, inputs["age"]])))


@stack
def nested_functional() -> keras.Model:
    encoder = functional((None, 3), L.LSTM(4, return_sequences=True), L.LSTM(2))
    left, right = keras.Input((5, 3)), keras.Input((None, 3))
    return keras.Model([left, right], L.Subtract()([encoder(left), encoder(right)]))


@stack
def nested_sequential_twice() -> keras.Model:
    inner = sequential((4,), L.Dense(3), L.BatchNormalization())
    middle = functional((6, 4), L.TimeDistributed(inner), L.GRU(2))
    return sequential((6, 4), middle, L.Dense(1))


@stack
def nested_with_several_outputs() -> keras.Model:
    inputs = keras.Input((5, 3))
    encoder = keras.Model(inputs, L.LSTM(4, return_sequences=True, return_state=True)(inputs))
    outer = keras.Input((5, 3))
    sequence, hidden, cell = encoder(outer)
    return keras.Model(outer, [L.Flatten()(sequence), L.Add()([hidden, cell])])


@stack
def nested_with_several_inputs() -> keras.Model:
    left, right = keras.Input((3,)), keras.Input((3,))
    compare = keras.Model([left, right], L.Dense(1)(L.Concatenate()([left, right])))
    first, second = keras.Input((3,)), keras.Input((3,))
    return keras.Model([first, second], compare([second, L.Dense(3)(first)]))


@stack
def model_shared_with_other_length() -> keras.Model:
    """A nested model keeps the shapes it was made with; its call states others."""
    inner = functional((None, 3), L.Conv1D(4, 3), L.MaxPooling1D(2))
    inputs = keras.Input((11, 3))
    return keras.Model(inputs, inner(inputs))


@stack
def frozen_layers() -> keras.Model:
    model = sequential((5, 3), L.LSTM(4, return_sequences=True, trainable=False), L.BatchNormalization(), L.Flatten(),
                       L.Dense(2))  # fmt: skip
    model.layers[1].trainable = False
    return model


@stack
def frozen_nested_model() -> keras.Model:
    inner = functional((5, 3), L.LSTM(4))
    inner.trainable = False
    return sequential((5, 3), inner, L.Dense(2))


@stack
def frozen_wrapped_layer() -> keras.Model:
    return sequential((5, 3), L.TimeDistributed(L.Dense(4, trainable=False)), L.Bidirectional(L.LSTM(4)))


@stack
def mixed_precision() -> keras.Model:
    return sequential((5, 3), L.LSTM(4, dtype="mixed_float16"), L.Dense(2, dtype="float16"))


@stack
def fixed_batch() -> keras.Model:
    inputs = keras.Input(batch_shape=(2, 5, 3))
    return keras.Model(inputs, L.Dense(1)(L.LSTM(4, stateful=True)(inputs)))


@stack
def fixed_batch_against_open() -> keras.Model:
    fixed, free = keras.Input(batch_shape=(2, 5, 3)), keras.Input((5, 3))
    merged = [L.Add()([free, fixed]), L.Concatenate()([free, fixed]), L.Concatenate()([fixed, free])]
    return keras.Model([fixed, free], [*merged, L.Dot(-1)([free, fixed])])


@stack
def masked_softmax() -> keras.Model:
    inputs, mask = keras.Input((5,)), keras.Input((5,), dtype="bool")
    return keras.Model([inputs, mask], L.Softmax()(inputs, mask=mask))


@stack
def stacked_cells_with_state() -> keras.Model:
    inputs = keras.Input((5, 3))
    outputs = L.RNN([L.LSTMCell(4), L.GRUCell(2)], return_sequences=True, return_state=True)(inputs)
    return keras.Model(inputs, outputs)


@stack
def convolutional_encoder_decoder() -> keras.Model:
    inputs = keras.Input((4, 8, 8, 2))
    sequence, *states = L.ConvLSTM2D(3, 3, padding="same", return_sequences=True, return_state=True)(inputs)
    return keras.Model(inputs, L.ConvLSTM2D(3, 3, padding="same")(sequence, initial_state=states))


def attention_heads() -> Iterator[tuple[list[Any], dict[str, Any], dict[str, Any]]]:
    """Inputs, constructor arguments and call arguments of MultiHeadAttention."""
    choices: list[dict[str, Any]] = [
        {},
        {"value_dim": 5},
        {"use_bias": False},
        {"output_shape": 9},
        {"output_shape": (2, 3)},
        {"use_gate": True},
    ]
    for shapes in ([(4, 6), (5, 3)], [(None, 6), (5, 3), (5, 2)], [(4, 6), (None, 3)], [(4, 6), (4, 6), (4, 6)]):
        for arguments in choices:
            yield shapes, arguments, {}
            yield shapes, arguments, {"return_attention_scores": True}
    for axes in (None, (1,), (2,), (1, 2), (-2,)):
        yield [(3, 4, 6), (3, 4, 6)], {"attention_axes": axes}, {}
        yield [(3, 4, 6), (3, 4, 6)], {"attention_axes": axes}, {"return_attention_scores": True}


@pytest.mark.parametrize(("shapes", "arguments", "options"), list(attention_heads()))
def test_multi_head_attention(
    shapes: list[Any], arguments: dict[str, Any], options: dict[str, Any], tmp_path: Path
) -> None:
    inputs = [keras.Input(shape) for shape in shapes]
    outputs = L.MultiHeadAttention(2, 3, **arguments)(*inputs, **options)
    check(keras.Model(inputs, outputs), tmp_path)


@pytest.mark.parametrize("shapes", [[(4, 6), (5, 6)], [(None, 6), (5, 6), (5, 3)], [(4, 6), (None, 6), (None, 6)]])
@pytest.mark.parametrize("arguments", [{}, {"use_bias": False}, {"use_gate": True}])
@pytest.mark.parametrize("options", [{}, {"return_attention_scores": True}])
def test_grouped_query_attention(
    shapes: list[Any], arguments: dict[str, Any], options: dict[str, Any], tmp_path: Path
) -> None:
    inputs = [keras.Input(shape) for shape in shapes]
    outputs = L.GroupQueryAttention(3, 4, 2, **arguments)(*inputs, **options)
    check(keras.Model(inputs, outputs), tmp_path)


@pytest.mark.parametrize("tie_weights", [True, False])
def test_reversible_embedding_both_ways(tie_weights: bool, tmp_path: Path) -> None:
    inputs = keras.Input((6,))
    table = L.ReversibleEmbedding(9, 4, tie_weights=tie_weights)
    check(keras.Model(inputs, table(L.Dense(4)(table(inputs)), reverse=True)), tmp_path)


@pytest.mark.parametrize("name", STACKS)
def test_stack(name: str, tmp_path: Path) -> None:
    check(STACKS[name](), tmp_path)


def test_model_called_with_another_rank(tmp_path: Path) -> None:
    """Keras adds a last dimension of 1 where a nested model misses one."""
    inner = sequential((None, 1), L.LSTM(2), L.Dense(3))
    inputs = keras.Input((1,))
    model = keras.Model(inputs, inner(inputs))
    check(model, tmp_path)


SEQUENCE_LAYERS: list[Callable[[int, bool], Any]] = [
    lambda size, flag: L.LSTM(size, return_sequences=True, use_bias=flag),
    lambda size, flag: L.GRU(size, return_sequences=True, reset_after=flag),
    lambda size, flag: L.SimpleRNN(size, return_sequences=flag),
    lambda size, flag: L.Bidirectional(L.LSTM(size, return_sequences=True), merge_mode="concat" if flag else "sum"),
    lambda size, flag: L.RNN([L.LSTMCell(size), L.GRUCell(size + 1)], return_sequences=flag),
    lambda size, flag: L.Conv1D(size, 3, padding="same" if flag else "valid", strides=1 + size % 2),
    lambda size, flag: L.Conv1DTranspose(size, 2, strides=1 + size % 3, use_bias=flag),
    lambda size, flag: L.SeparableConv1D(size, 2, padding="same"),
    lambda size, flag: L.MaxPooling1D(1 + size % 3, padding="same" if flag else "valid"),
    lambda size, flag: L.UpSampling1D(1 + size % 3),
    lambda size, flag: L.ZeroPadding1D((size % 3, 1)),
    lambda size, flag: L.Cropping1D((0, 1)),
    lambda size, flag: L.TimeDistributed(L.Dense(size, use_bias=flag)),
    lambda size, flag: L.Dense(size),
    lambda size, flag: L.BatchNormalization(scale=flag),
    lambda size, flag: L.LayerNormalization(axis=[1, 2] if flag else -1),
    lambda size, flag: L.PReLU(shared_axes=[1] if flag else None),
    lambda size, flag: L.Permute((2, 1)),
    lambda size, flag: L.Reshape((-1, size)),
    lambda size, flag: L.Flatten() if flag else L.GlobalAveragePooling1D(keepdims=True),
    lambda size, flag: L.RepeatVector(size),
    lambda size, flag: L.Dropout(0.1) if flag else L.SpatialDropout1D(0.1),
    lambda size, flag: sequential((None, size), L.LSTM(2)) if flag else functional((None, size), L.Conv1D(3, 2)),
]

steps = st.tuples(st.integers(0, len(SEQUENCE_LAYERS) - 1), st.integers(1, 6), st.booleans())


@settings(
    max_examples=int(os.environ.get("LSTMLINT_EXAMPLES", 60)),
    deadline=None,
    derandomize="LSTMLINT_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    length=st.one_of(st.none(), st.integers(1, 12)),
    features=st.integers(1, 6),
    drawn=st.lists(steps, min_size=1, max_size=7),
    in_sequence=st.booleans(),
    extension=st.sampled_from(differential.FORMATS),
)
def test_random_stack(
    length: int | None, features: int, drawn: list[Any], in_sequence: bool, extension: str, tmp_path: Path
) -> None:
    """Random layers on top of each other, those that Keras refuses left out."""
    tensor = inputs = keras.Input((length, features))
    layers = []
    for at, size, flag in drawn:
        try:
            layer = SEQUENCE_LAYERS[at](size, flag)
            if isinstance(layer, keras.Model) and len(tensor.shape) != 3:
                continue  # test_model_called_with_another_rank
            tensor = layer(tensor)
        except (ValueError, TypeError, IndexError):
            continue
        layers.append(layer)
    assume(layers)
    model = keras.Sequential([inputs, *layers]) if in_sequence else keras.Model(inputs, tensor)
    check(model, tmp_path, [extension])


def test_wrapper_frozen_when_made(tmp_path: Path) -> None:
    """Keras freezes this wrapper, and counts its weights as trainable in the model's total all the same."""
    check(sequential((5, 3), L.Bidirectional(L.LSTM(4), trainable=False)), tmp_path)


FROZEN: dict[str, tuple[tuple[int, ...], Callable[[], Callable[[Any], Any]]]] = {
    "lstm": ((6, 4), lambda: L.LSTM(3, trainable=False)),
    "cell": ((6, 4), lambda: L.RNN(L.GRUCell(3), trainable=False)),
    "cell-frozen-alone": ((6, 4), lambda: L.RNN(L.GRUCell(3, trainable=False))),
    "conv-lstm-1": ((5, 6, 4), lambda: L.ConvLSTM1D(3, 2, trainable=False)),
    "conv-lstm-2": ((5, 6, 6, 4), lambda: L.ConvLSTM2D(3, 2, trainable=False)),
    "conv-lstm-3": ((5, 6, 6, 6, 4), lambda: L.ConvLSTM3D(3, 2, trainable=False)),
    "both-directions": ((5, 6, 4), lambda: L.Bidirectional(L.ConvLSTM1D(3, 2, trainable=False))),
    "separable": ((6, 4), lambda: L.SeparableConv1D(3, 2, trainable=False)),
    "attention": ((6, 4), lambda: lambda x: L.MultiHeadAttention(2, 3, trainable=False)(x, x)),
    "grouped-attention": ((6, 4), lambda: lambda x: L.GroupQueryAttention(2, 3, 1, trainable=False)(x, x)),
}


@pytest.mark.parametrize("name", FROZEN)
def test_composite_frozen_when_made(name: str, tmp_path: Path) -> None:
    """What a layer makes inside itself trains in the model's total where the layer does not hand its flag down."""
    shape, layer = FROZEN[name]
    check(functional(shape, layer()), tmp_path)


def test_models_in_models_whose_groups_lie_deep(tmp_path: Path) -> None:
    """The stored weights of so many levels are not walked, but the config tells all without them."""
    inputs = keras.Input((4,))
    model = keras.Model(inputs, L.Dense(4)(inputs))
    for _ in range(40):
        inputs = keras.Input((4,))
        model = keras.Model(inputs, model(inputs))
    check(model, tmp_path, ["keras", "h5"])
    assert "groups nested too deeply left alone" in lstmlint.load(str(tmp_path / "model.keras")).document.remarks
