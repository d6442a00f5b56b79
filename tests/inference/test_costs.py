"""Multiply-adds, states and activations against what real Keras on JAX computes, carries and keeps."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import pytest
from keras import tree

from lstmlint.inference.costs import OPEN_STEPS, Costs, layer_costs, model_costs
from lstmlint.inference.layers import operations_products
from lstmlint.ir.document import Container, Document
from lstmlint.ir.model import BYTES_PER_ELEMENT
from lstmlint.ir.shape import Unknown
from lstmlint.pipeline import load, model_of
from tests.inference.test_operations import calls
from tests.support.case import Case
from tests.support.counted import distinct, filled, multiply_adds, read, residuals
from tests.support.differential import functional, sequential
from tests.support.layer_cases import CASES
from tests.support.operation_cases import GRIDS, Grid
from tests.support.truth import FIXTURES

pytestmark = pytest.mark.usefixtures("quick_weights")

L = keras.layers

#: What open dimensions are set to: the first of these that Keras takes.
LENGTHS = (11, 40, 4)

#: Layers that are not counted as JAX computes them: those that interpolate do so with products of matrices.
INTERPOLATING = frozenset({"CenterCrop", "Pipeline", "Resizing", "UpSampling2D"})

TRANSPOSED = frozenset({"Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"})

COMPUTED_OTHERWISE = INTERPOLATING | TRANSPOSED

#: Layers of which lstmlint leaves the multiply-adds unknown.
UNKNOWN_PRODUCTS = frozenset({"MelSpectrogram"})

#: Operations that JAX computes with products although by definition they have none, and what they do.
OPERATIONS_BY_PRODUCTS: Mapping[str, str] = {
    "AffineTransform": "interpolates at coordinates that a matrix gives",
    "Dot": "with a number, scales",
    "ExtractPatches": "moves values",
    "ExtractSequences": "moves values",
    "Fold": "moves values",
    "PerspectiveTransform": "interpolates at coordinates that a matrix gives",
    "Resize": "interpolates",
    "Unfold": "moves values",
}

#: Operations of which lstmlint leaves the multiply-adds unknown; the last three only where they contract open axes.
UNKNOWN_OPERATIONS = frozenset({*operations_products.UNKNOWN_PRODUCTS, "Dot", "Einsum", "Inner"})

#: Layers that run along one axis of time, so that each further timestep costs the same.
ALONG_TIME = frozenset({
    "Bidirectional", "ConvLSTM1D", "ConvLSTM2D", "Dense", "GRU", "LSTM", "RNN", "SimpleRNN", "TimeDistributed",
})  # fmt: skip


def costs(model: keras.Model) -> Costs:
    return model_costs(read(model))


def built(case: Case) -> keras.Model:
    """The case with a length for each open dimension.

    Skips what Keras only declares: it can not run it.
    """
    for length in LENGTHS:
        try:
            model = functional(filled(case.shape, length), case.layer())
            multiply_adds(model)
        except Exception:  # Keras refuses with whatever its backend raises
            continue
        return model
    pytest.skip("Keras declares this and cannot run it")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_multiply_adds_of_layers(case: Case) -> None:
    model = built(case)
    ours, theirs = costs(model).multiply_adds, multiply_adds(model)
    if case.class_name in UNKNOWN_PRODUCTS:
        assert isinstance(ours, Unknown)
    elif case.class_name in INTERPOLATING and theirs != ours:
        assert ours in (0, 1296), "a convolution in a Pipeline"
    elif is_transposed(model):
        # JAX slides the kernel over the output and multiplies the zeros between the elements of the input, too.
        assert isinstance(ours, int)
        made, given = (math.prod(positions(case, shape)) for shape in (model.output.shape, model.input.shape))
        assert ours * made == theirs * given
    else:
        assert ours == theirs


def is_transposed(model: keras.Model) -> bool:
    layer = model.layers[-1]
    return type(getattr(layer, "layer", layer)).__name__ in TRANSPOSED


def positions(case: Case, shape: tuple[int, ...]) -> tuple[int, ...]:
    return shape[2:] if case.arguments.get("data_format") == "channels_first" else shape[1:-1]


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.class_name in ALONG_TIME and case.shape[:1] == (None,) and len(case.shape) > 1],
    ids=str,
)
def test_costs_of_a_timestep_where_the_length_is_open(case: Case) -> None:
    """The number for a timestep is by how much a longer sequence costs more."""
    if None in case.shape[1:]:
        pytest.skip("more than its timesteps is open")
    found = costs(functional(case.shape, case.layer()))
    short, long = (functional((length, *case.shape[1:]), case.layer()) for length in (10, 20))
    assert found.multiply_adds == (OPEN_STEPS if found.multiply_adds_per_timestep else 0)
    assert found.multiply_adds_per_timestep == (multiply_adds(long) - multiply_adds(short)) / 10
    kept = [costs(model).activation_bytes for model in (short, long)]
    assert found.activation_bytes_per_timestep == (kept[1] - kept[0]) / 10  # type: ignore[operator]
    assert found.state_bytes == costs(short).state_bytes


@pytest.mark.parametrize("grid", GRIDS, ids=str)
def test_multiply_adds_of_operations(grid: Grid) -> None:
    """Those whose first axis is open, as that of the examples is, and nothing else."""
    for name, inputs, outputs in calls(grid):
        if any(tensor.shape[:1] != (None,) or None in tensor.shape[1:] for tensor in inputs) or not inputs:
            continue
        model = keras.Model(inputs, outputs)
        try:
            theirs = multiply_adds(model)
        except Exception:  # Keras declares what its backend cannot run
            continue
        ours = costs(model).multiply_adds
        if isinstance(ours, Unknown):
            assert name in UNKNOWN_OPERATIONS, ours.reason
        elif name not in OPERATIONS_BY_PRODUCTS or ours:
            assert ours == theirs, f"{name} of {[tensor.shape for tensor in inputs]}"


@pytest.mark.parametrize(
    ("make", "shape"),
    [
        (lambda: L.LSTM(4), (5, 3)),
        (lambda: L.GRU(4), (5, 3)),
        (lambda: L.SimpleRNN(4, dtype="mixed_float16"), (5, 3)),
        (lambda: L.LSTM(4, dtype="mixed_bfloat16"), (None, 3)),
        (lambda: L.RNN([L.LSTMCell(4), L.GRUCell(6)]), (5, 3)),
        (lambda: L.RNN(L.StackedRNNCells([L.SimpleRNNCell(2), L.LSTMCell(3)])), (5, 3)),
        (lambda: L.ConvLSTM1D(3, 2), (5, 8, 2)),
        (lambda: L.ConvLSTM2D(3, 2, strides=2, padding="same"), (5, 8, 9, 2)),
        (lambda: L.ConvLSTM3D(2, 2, data_format="channels_first"), (5, 2, 4, 5, 6)),
    ],
)
def test_state_bytes(make: Any, shape: Any) -> None:
    layer = make()
    model = functional(shape, layer)
    states = layer.get_initial_state(batch_size=1) if hasattr(layer, "cell") else layer.get_initial_state(1)
    sizes = [math.prod(state.shape) * BYTES_PER_ELEMENT[str(state.dtype)] for state in tree.flatten(states)]
    assert costs(model).state_bytes == sum(sizes)


def test_state_bytes_of_wrappers() -> None:
    both = functional((6, 3), L.Bidirectional(L.LSTM(4)))
    assert costs(both).state_bytes == 2 * 2 * 4 * 4
    apart = functional((2, 6, 3), L.TimeDistributed(L.LSTM(4)))
    assert costs(apart).state_bytes == 2 * 4 * 4


@pytest.mark.parametrize(
    ("make", "shape"),
    [
        (lambda: L.LSTM(4), (10, 3)),
        (lambda: L.LSTM(5, use_bias=False, return_sequences=True), (10, 3)),
        (lambda: L.GRU(4), (10, 3)),
        (lambda: L.GRU(4, reset_after=False), (10, 3)),
        (lambda: L.SimpleRNN(4), (10, 3)),
        (lambda: L.RNN([L.LSTMCell(4), L.LSTMCell(4)]), (10, 3)),
        (lambda: L.ConvLSTM1D(3, 2), (10, 8, 2)),
        (lambda: L.ConvLSTM2D(3, 2, padding="same"), (10, 4, 5, 2)),
    ],
)
def test_a_recurrent_layer_keeps_what_jax_keeps_of_a_timestep(make: Any, shape: Any) -> None:
    """Exactly, once values that tell each other are taken for one (`tests/support/counted.py`, `distinct`)."""
    model = functional(shape, make())
    sequences = [array for array in residuals(model) if array.shape[0] == shape[0] and array.ndim > 1]
    assert sequences
    theirs = sum(array[0].size for array in distinct(sequences))
    layer = read(model).layers[-1]
    assert layer_costs(layer).activation_bytes_per_timestep == theirs * 4
    assert layer_costs(layer).activation_bytes == theirs * 4 * shape[0]


#: JAX keeps at least so many of the bytes that lstmlint counts in a whole model, and at most.
FRACTION_KEPT = (0.5, 2.5)

TRAINED: dict[str, Any] = {
    "stack": lambda steps: [L.LSTM(16, return_sequences=True), L.GRU(8, return_sequences=True), L.SimpleRNN(12),
                            L.Dense(4, "relu"), L.Dense(2)],
    "tagger": lambda steps: [L.Dense(8, "tanh"), L.Bidirectional(L.LSTM(6, return_sequences=True)),
                             L.TimeDistributed(L.Dense(5, "relu")), L.Dense(3)],
    "convolutions": lambda steps: [L.Conv1D(8, 3, padding="same", activation="relu"), L.MaxPooling1D(2),
                                   L.Conv1D(6, 3, activation="tanh"), L.GRU(9), L.Dense(1)],
}  # fmt: skip


@pytest.mark.parametrize("name", TRAINED)
def test_activation_bytes_of_a_model_are_about_what_jax_keeps(name: str) -> None:
    """Exactness has no meaning here: JAX keeps `1 - y` beside `y`, and masks in place of values."""
    kept = {}
    for steps in (10, 20):
        model = sequential((steps, 7), *TRAINED[name](steps))
        ours, theirs = costs(model).activation_bytes, sum(array.nbytes for array in residuals(model))
        kept[steps] = ours, theirs
        assert isinstance(ours, int)
        assert FRACTION_KEPT[0] <= theirs / ours <= FRACTION_KEPT[1]
    slopes = [kept[20][at] - kept[10][at] for at in (0, 1)]  # type: ignore[operator]
    assert FRACTION_KEPT[0] <= slopes[1] / slopes[0] <= FRACTION_KEPT[1]


#: Multiply-adds in millions as papers state them: Howard et al. 2017, table 4; Sandler et al. 2018, table 4;
#: He et al. 2015, table 1.
PUBLISHED = {"MobileNet": 569, "MobileNetV2": 300, "ResNet50": 3800}


@pytest.mark.parametrize("name", PUBLISHED)
def test_multiply_adds_of_architectures(name: str) -> None:
    """Exactly what JAX computes, and what the papers say within two percent."""
    model = getattr(keras.applications, name)(weights=None)
    ours = costs(model)
    assert ours.multiply_adds == multiply_adds(model)
    assert ours.multiply_adds == pytest.approx(PUBLISHED[name] * 10**6, rel=0.02)
    assert (ours.multiply_adds_per_timestep, ours.state_bytes) == (0, 0)
    keras.backend.clear_session()


@pytest.mark.parametrize("path", sorted((FIXTURES / "keras-3.15.1").glob("*.json")), ids=lambda path: path.stem)
def test_multiply_adds_of_fixtures(path: Path) -> None:
    """The models that Keras can run once their open dimensions are set to a length."""
    text = json.dumps(_with_lengths(json.loads(path.read_text())))
    try:
        theirs = multiply_adds(keras.models.model_from_json(text))
    except Exception:  # a custom layer, or an operation that JAX does not have
        pytest.skip("Keras on JAX cannot run it")
    model = model_of(Document("model.json", Container.JSON, json.loads(text), keras_version="3.15.1"))
    ours = model_costs(model).multiply_adds
    if not isinstance(ours, Unknown) and not COMPUTED_OTHERWISE & {layer.class_name for layer in model.all_layers}:
        assert ours == theirs


def _with_lengths(config: Any) -> Any:
    if isinstance(config, list):
        return [_with_lengths(item) for item in config]
    if not isinstance(config, dict):
        return config
    shaped = {key: _with_lengths(value) for key, value in config.items()}
    batch_shape = shaped.get("batch_shape")
    if isinstance(batch_shape, list):
        shaped["batch_shape"] = [batch_shape[0], *(LENGTHS[0] if dim is None else dim for dim in batch_shape[1:])]
    return shaped


def test_a_shared_layer_and_a_nested_model_count_each_call() -> None:
    left, right = keras.Input((5, 3)), keras.Input((7, 3))
    shared = L.LSTM(4, name="shared")
    inner = sequential((4,), L.Dense(6), L.Dense(2))
    model = keras.Model([left, right], [inner(shared(left)), inner(shared(right))])
    ours = read(model)
    assert model_costs(ours).multiply_adds == multiply_adds(model) == 12 * 4 * 4 * (3 + 4) + 2 * (4 * 6 + 6 * 2)
    assert layer_costs(ours.by_name["shared"]).multiply_adds == 12 * 4 * 4 * (3 + 4)
    assert layer_costs(ours.by_name[inner.name]).multiply_adds == 2 * (4 * 6 + 6 * 2)
    assert model_costs(ours).activation_bytes == 4 * (12 * 7 * 4 + 2 * (6 + 2))


def test_mixed_precision_halves_states_and_activations() -> None:
    half, full = (costs(functional((5, 3), L.LSTM(4, dtype=dtype))) for dtype in ("mixed_float16", "float32"))
    assert (half.state_bytes, half.activation_bytes) == (2 * 4 * 2, 5 * 7 * 4 * 2)
    assert (full.state_bytes, full.activation_bytes) == (2 * 4 * 4, 5 * 7 * 4 * 4)
    assert half.multiply_adds == full.multiply_adds


def inferred(*layers: dict[str, Any], shape: tuple[int | None, ...] = (None, 4, 2), version: str = "2.15.0") -> Costs:
    """The costs of a Sequential that is written as JSON."""
    first = {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": list(shape)}}
    config = {"class_name": "Sequential", "config": {"name": "model", "layers": [first, *layers]}}
    return model_costs(model_of(Document("model.json", Container.JSON, config, keras_version=version)))


@pytest.mark.parametrize(
    ("class_name", "config", "because"),
    [
        ("Mine", {}, "Mine is not a built-in layer"),
        ("Lambda", {"output_shape": [4]}, "a Lambda's code is not run"),
        ("Dense", {"units": 3, "dtype": "float12"}, "its dtype is 'float12'"),
    ],
)
def test_costs_that_nobody_tells_are_unknown(class_name: str, config: dict[str, Any], because: str) -> None:
    found = inferred({"class_name": class_name, "config": {"name": "layer", **config}})
    assert isinstance(found.activation_bytes, Unknown)
    assert found.activation_bytes.reason.startswith(because)
    assert isinstance(found.multiply_adds, Unknown) == (class_name != "Dense")


def test_costs_of_open_images_are_unknown() -> None:
    layer = {"class_name": "Conv2D", "config": {"name": "conv", "filters": 3, "kernel_size": [2, 2]}}
    found = inferred(layer, shape=(None, None, None, 3))
    assert found.multiply_adds == found.multiply_adds_per_timestep == Unknown("one of its dimensions is open")


def test_weights_alone_tell_no_costs() -> None:
    found = model_costs(load(str(FIXTURES / "broken" / "weights-only.h5")))
    assert all(isinstance(getattr(found, name), Unknown) for name in Costs.__slots__)


@pytest.mark.parametrize("folder", ["keras-1.2.2", "keras-2.3.1", "keras-2.15.0", "keras-3.15.1"])
def test_every_keras_writes_the_same_costs(folder: str) -> None:
    found = model_costs(load(str(next((FIXTURES / folder).glob("lstm-72.*")))))
    assert found == Costs(
        multiply_adds_per_timestep=4 * 3 * (2 + 3),
        multiply_adds=4 * 4 * 3 * (2 + 3),
        state_bytes=2 * 3 * 4,
        activation_bytes_per_timestep=7 * 3 * 4,
        activation_bytes=4 * 7 * 3 * 4,
    )


#: Layers that Keras 3 no longer has: their kernels at so many places.
@pytest.mark.parametrize(
    ("class_name", "config", "shape", "expected"),
    [
        ("LocallyConnected1D", {"filters": 5, "kernel_size": [3]}, (9, 2), 7 * 3 * 2 * 5),
        ("LocallyConnected2D", {"filters": 5, "kernel_size": [2, 3]}, (6, 7, 2), 5 * 5 * 2 * 3 * 2 * 5),
        ("CuDNNLSTM", {"units": 3}, (4, 2), 4 * 4 * 3 * (2 + 3)),
        ("CuDNNGRU", {"units": 3}, (4, 2), 4 * 3 * 3 * (2 + 3)),
    ],
)
def test_multiply_adds_of_layers_of_keras_2(
    class_name: str, config: dict[str, Any], shape: tuple[int, ...], expected: int
) -> None:
    layer = {"class_name": class_name, "config": {"name": "layer", **config}}
    version = "2.3.1" if class_name.startswith("CuDNN") else "2.15.0"
    assert inferred(layer, shape=(None, *shape), version=version).multiply_adds == expected


@pytest.mark.parametrize(
    ("class_name", "config", "shape", "expected"),
    [
        ("TimeDistributedDense", {"output_dim": 5}, (4, 3), 4 * 3 * 5),
        ("MaxoutDense", {"output_dim": 5, "nb_feature": 4}, (3,), 4 * 3 * 5),
        ("Highway", {}, (3,), 2 * 3 * 3),
        (
            "Deconvolution2D",
            {"nb_filter": 4, "nb_row": 3, "nb_col": 3, "output_shape": [None, 14, 14, 4], "dim_ordering": "tf"},
            (12, 12, 3),
            12 * 12 * 3 * 3 * 3 * 4,
        ),
    ],
)
def test_multiply_adds_of_layers_of_keras_1(
    class_name: str, config: dict[str, Any], shape: tuple[int, ...], expected: int
) -> None:
    written = {"name": "layer", "batch_input_shape": [None, *shape], "bias": True, **config}
    model = {"class_name": "Sequential", "config": [{"class_name": class_name, "config": written}]}
    ours = model_of(Document("model.json", Container.JSON, model, keras_version="1.2.2"))
    assert model_costs(ours).multiply_adds == expected
