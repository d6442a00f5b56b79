"""The flow of masks against real Keras: recorded for 1.2.2, 2.3.1 and 2.15, run here for 3.15."""

from __future__ import annotations

import json
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy
import pytest
from keras.src.backend import get_keras_mask, set_keras_mask
from keras.src.layers.layer import Layer as KerasLayer

from lstmlint.analyses.mask_treatments import MaskFlow, without_mask
from lstmlint.analyses.masks import mask_flow
from lstmlint.dialects import graph_of
from lstmlint.ir.document import Container, Document
from lstmlint.ir.graph import MaskSupport
from lstmlint.ir.shape import Unknown
from lstmlint.keras.classes import traits_of
from lstmlint.keras.mask_support import KERAS_1, KERAS_3, STANDALONE_2, TENSORFLOW_2
from lstmlint.pipeline import model_of
from tests.support.case import Case, L
from tests.support.layer_cases import EVERY_CASE
from tests.support.random_weights import randomised
from tests.support.truth import ROOT

SUPPORT = {"1.2.2": KERAS_1, "2.3.1": STANDALONE_2, "2.15.0": TENSORFLOW_2}
OLDER = {version: json.loads((ROOT / "tests" / "data" / f"masks-{version}.json").read_text()) for version in SUPPORT}

#: Names in the recorded tables that are another class today, or in whose config the class is said.
TODAY = {"Convolution1D": "Conv1D", "AtrousConvolution1D": "Conv1D", "Flatten of an image": "Flatten"}
MODES = {"sum": "Add", "mul": "Multiply", "ave": "Average", "concat": "Concatenate", "dot": "Dot", "cos": "Dot"}

#: Refused for its shape: a mask of steps is added to values without being made of their rank.
REFUSED_FOR_SHAPE = {("2.15.0", "Softmax"), ("2.15.0", "GroupNormalization")}

RECORDED_LAYERS = [
    pytest.param(version, name, facts, id=f"{version}-{name}")
    for version, tables in OLDER.items()
    for name, facts in tables["layers"].items()
    if name != "Merge, max" and "CuDNN" not in name and (version, name) not in REFUSED_FOR_SHAPE
]

RECORDED_MODELS = [
    pytest.param(version, facts, id=f"{version}-{name}")
    for version, tables in OLDER.items()
    for name, facts in tables["models"].items()
    if "model" in facts
]

RECURRENT = ("LSTM", "GRU", "SimpleRNN", "RNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")


def flow_of(serialized: dict[str, Any], version: str) -> MaskFlow:
    return mask_flow(model_of(Document("m.json", Container.JSON, serialized, keras_version=version)))


@pytest.mark.parametrize(("version", "name", "facts"), RECORDED_LAYERS)
def test_layers_of_older_keras(version: str, name: str, facts: dict[str, Any]) -> None:
    support = SUPPORT[version]
    class_name, _, rest = name.partition(", ")
    class_name = MODES[rest] if class_name == "Merge" else TODAY.get(class_name, class_name)
    if class_name == "TimeDistributed":
        kept = not support.asks_wrapped_layer or rest in support.keeps
        assert facts.get("keeps") == ([True] if kept else None)
        return
    is_supported = class_name in support.keeps | support.uses | support.lets_go
    assert ("refuses" in facts) == (support.refuses and not is_supported)
    if "refuses" not in facts:
        kept = _keeps(class_name, support, sequences="sequences" in name)
        assert facts["keeps"][0] == kept
        assert not any(facts["keeps"][1:])
        assert facts["uses"] == (class_name in support.uses and class_name != "BatchNormalization")
    if traits_of(class_name).is_elementwise_merge:
        assert facts["keeps one of two"] == [not support.merges_need_every_mask]


def _keeps(class_name: str, support: MaskSupport, *, sequences: bool) -> bool:
    if class_name in RECURRENT or class_name == "Bidirectional":
        return sequences
    return class_name in support.keeps or traits_of(class_name).is_attention


@pytest.mark.parametrize("version", SUPPORT)
def test_cudnn_layers_refuse_masks(version: str) -> None:
    found = {name: facts for name, facts in OLDER[version]["layers"].items() if "CuDNN" in name}
    assert bool(found) == (version != "1.2.2")
    assert {facts["refuses"] for facts in found.values()} <= {"Masking is not supported for CuDNN RNNs."}


@pytest.mark.parametrize(("version", "facts"), RECORDED_MODELS)
def test_models_of_older_keras(version: str, facts: dict[str, Any]) -> None:
    flow = flow_of(facts["model"], version)
    ours = {(call.layer.name, call.call): call for call in flow.calls if len(call.layer.path) == 1}
    counted: dict[str, int] = defaultdict(int)
    assert facts["calls"]
    for name, inputs, outputs in facts["calls"]:
        call = ours[name, counted[name]]
        counted[name] += 1
        assert [bool(mask) for mask in call.inputs] == inputs[: len(call.inputs)]
        assert [bool(mask) for mask in call.outputs] == outputs


def layer_inputs(case: Case, *masked: bool) -> Any:
    shapes = case.shape if isinstance(case.shape, list) else [case.shape]
    tensors = [steps(shape, is_masked) for shape, is_masked in zip(shapes, masked, strict=True)]
    return tensors if isinstance(case.shape, list) else tensors[0]


def steps(shape: tuple[int | None, ...], is_masked: bool) -> Any:
    """A batch of 3 with padding at both ends, and a mask of its steps."""
    values = numpy.random.RandomState(1).normal(size=(3, *(size or 5 for size in shape))).astype("float32")
    if values.shape[1] > 4:
        values[0, :2] = values[1, 3:] = 0.0
    tensor = keras.ops.convert_to_tensor(values)
    if is_masked:
        axes = tuple(range(2, values.ndim)) or (1,)
        set_keras_mask(tensor, keras.ops.convert_to_tensor((values != 0).any(axes)))
    return tensor


def masked_outputs(layer: Any, inputs: Any) -> list[bool]:
    """Which outputs have a mask; one that is the input itself does not have it from a layer without support."""
    outputs = layer(inputs)
    given = set() if layer.supports_masking else {id(tensor) for tensor in keras.tree.flatten(inputs)}
    return [get_keras_mask(tensor) is not None and id(tensor) not in given for tensor in keras.tree.flatten(outputs)]


#: Layers of the tables that change what they get at random, or do not take a mask of this rank.
NOT_ASKED = frozenset({"TimeDistributed", "Bidirectional", "Embedding", "ReversibleEmbedding", "Softmax", "Pipeline",
                       "SpectralNormalization", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"})  # fmt: skip


def one_case_a_class() -> Iterator[Any]:
    seen: set[str] = set()
    for case in EVERY_CASE:
        ranks = [len(shape) for shape in (case.shape if isinstance(case.shape, list) else [case.shape])]
        sequences = bool(case.arguments.get("return_sequences"))
        name = f"{case.class_name}{', sequences' * sequences}"
        if name not in seen and min(ranks) > 1 and case.class_name not in NOT_ASKED:
            seen.add(name)
            yield pytest.param(case, id=name)


@pytest.mark.parametrize("case", list(one_case_a_class()))
def test_layers_of_keras_3(case: Case) -> None:
    layer = case.layer()
    name, count = case.class_name, len(case.shape) if isinstance(case.shape, list) else 1
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        inputs = layer_inputs(case, *[True] * count)
        first = masked_outputs(layer, inputs)[0]
    support = KERAS_3.keeps | KERAS_3.uses | {"Dot"}
    assert layer.supports_masking == (name in support)
    assert any("does not support masking" in str(warning.message) for warning in warned) == (name not in support)
    assert first == _keeps(name, KERAS_3, sequences=bool(case.arguments.get("return_sequences")))
    if count == 2:
        inputs = layer_inputs(case, True, False)
        of_first = masked_outputs(layer, inputs)[0]
        assert of_first == (name == "Concatenate" or traits_of(name).is_attention)


@pytest.mark.parametrize(
    ("make", "uses"),
    [
        *((lambda name=name: getattr(L, name)(4), True) for name in ("LSTM", "GRU", "SimpleRNN")),
        (lambda: L.Bidirectional(L.LSTM(4)), True),
        (lambda: L.RNN(L.LSTMCell(4)), True),
        (lambda: L.GlobalAveragePooling1D(), True),
        *((lambda name=name: getattr(L, name)(), False) for name in ("GlobalMaxPooling1D", "Flatten")),
        *((lambda name=name: getattr(L, name)(4, 3), False) for name in ("Conv1D", "SeparableConv1D")),
    ],
)  # fmt: skip
def test_who_uses_a_mask_in_keras_3(make: Callable[[], Any], uses: bool) -> None:
    layer = make()
    assert type(layer).__name__ in KERAS_3.uses or not uses
    layer.build((3, 6, 4))
    randomised(layer)
    masked, plain = layer(steps((6, 4), True)), layer(steps((6, 4), False))
    assert numpy.allclose(masked, plain, atol=1e-6) == (not uses)


def words(name: str) -> tuple[Any, Any]:
    tokens = keras.Input((6,), name=name, dtype="int32")
    return tokens, L.Embedding(9, 4, mask_zero=True, name=f"{name}_vectors")(tokens)


def classifier() -> Any:
    tokens, vectors = words("tokens")
    sequence = L.LSTM(5, return_sequences=True, name="sequence")(L.Dropout(0.2, name="dropout")(vectors))
    return keras.Model(tokens, L.Dense(1, name="score")(L.LSTM(5, name="last")(sequence)))


def convolution() -> Any:
    tokens, vectors = words("tokens")
    return keras.Model(tokens, L.LSTM(5, name="last")(L.Conv1D(4, 3, padding="same", name="local")(vectors)))


def residual() -> Any:
    tokens, vectors = words("tokens")
    summed = L.Add(name="sum")([vectors, L.Conv1D(4, 3, padding="same", name="local")(vectors)])
    return keras.Model(tokens, L.GRU(5, name="last")(summed))


def positions() -> Any:
    tokens, vectors = words("tokens")
    places = keras.Input((6, 4), name="places")
    summed = L.Add(name="sum")([vectors, places])
    return keras.Model([tokens, places], L.LSTM(5, return_sequences=True, name="sequence")(summed))


def joined() -> Any:
    (left, first), (right, second) = words("left"), words("right")
    summed = L.Average(name="mean")([first, second])
    features = keras.Input((6, 2), name="features")
    both = L.Concatenate(name="joined")([summed, features])
    return keras.Model([left, right, features], L.Bidirectional(L.LSTM(3), name="both")(both))


def nested() -> Any:
    inner, vectors = words("inner")
    sequence = L.LSTM(5, return_sequences=True, name="encode")(vectors)
    encoder = keras.Model(inner, sequence, name="encoder")
    tokens = keras.Input((6,), name="tokens", dtype="int32")
    return keras.Model(tokens, L.LSTM(2, name="last")(encoder(tokens)))


def masked_into_model() -> Any:
    inner = keras.Sequential([keras.Input((6, 4)), L.LSTM(5, return_sequences=True, name="encode")], name="encoder")
    tokens, vectors = words("tokens")
    return keras.Model(tokens, L.LSTM(2, name="last")(inner(vectors)))


def shared() -> Any:
    tokens, vectors = words("tokens")
    features = keras.Input((6, 4), name="features")
    layer = L.LSTM(5, return_sequences=True, name="shared")
    return keras.Model([tokens, features], [layer(vectors), layer(features)])


def sequential() -> Any:
    return keras.Sequential([
        keras.Input((6, 4), name="series"), L.Masking(name="masking"), L.TimeDistributed(L.Dense(3), name="dense"),
        L.LSTM(5, return_sequences=True, return_state=False, name="sequence"), L.LayerNormalization(name="norm"),
        L.GlobalAveragePooling1D(name="mean"),
    ])  # fmt: skip


def attention() -> Any:
    tokens, vectors = words("tokens")
    attended = L.MultiHeadAttention(2, 3, name="heads")(vectors, vectors)
    summed = L.LayerNormalization(name="norm")(L.Add(name="residual")([vectors, attended]))
    return keras.Model(tokens, L.GlobalAveragePooling1D(name="mean")(summed))


def operation() -> Any:
    tokens, vectors = words("tokens")
    return keras.Model(tokens, L.LSTM(5, name="last")(vectors * 2.0))


def translation() -> Any:
    (source, first), (target, second) = words("source"), words("target")
    _, hidden, carried = L.LSTM(5, return_state=True, name="encoder")(first)
    decoded = L.LSTM(5, return_sequences=True, name="decoder")(second, initial_state=[hidden, carried])
    return keras.Model([source, target], L.Dense(9, name="words")(decoded))


BUILDS = [classifier, convolution, residual, positions, joined, nested, masked_into_model, shared, sequential,
          operation, translation]  # fmt: skip


def run_and_watch(model: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[list[bool]]]:
    """Which outputs of each call of each layer have a mask while the model computes."""
    seen: dict[str, list[list[bool]]] = defaultdict(list)
    call = KerasLayer.__call__

    def watched(self: Any, *args: Any, **kwargs: Any) -> Any:
        outputs = call(self, *args, **kwargs)
        seen[self.name].append([get_keras_mask(tensor) is not None for tensor in keras.tree.flatten(outputs)])
        return outputs

    batches = [
        numpy.array([[3, 4, 5, 0, 0, 0]]) if len(tensor.shape) == 2 else numpy.ones((1, *tensor.shape[1:]), "float32")
        for tensor in model.inputs
    ]
    with monkeypatch.context() as patch:
        patch.setattr(KerasLayer, "__call__", watched)
        model(batches if len(batches) > 1 else batches[0])
    return seen


@pytest.mark.parametrize("build", BUILDS)
def test_models_of_keras_3(build: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls of a layer may be computed in another order than they are written in."""
    keras.utils.clear_session()
    model = build()
    seen = run_and_watch(model, monkeypatch)
    flow = flow_of(json.loads(model.to_json()), keras.__version__)
    ours: dict[str, list[list[bool]]] = defaultdict(list)
    for call in flow.calls:
        ours[call.layer.name].append([bool(mask) for mask in call.outputs])
    both = set(ours) & set(seen)
    assert both >= {layer.name for layer in model.layers if not isinstance(layer, L.InputLayer)}
    assert {name: sorted(ours[name]) for name in both} == {name: sorted(seen[name]) for name in both}


def test_attention_takes_the_mask_away_and_the_graph_keeps_it() -> None:
    """MultiHeadAttention removes the masks of its inputs, so what Keras recorded is what a residual is masked by."""
    keras.utils.clear_session()
    model = json.loads(attention().to_json())
    flow = flow_of(model, keras.__version__)
    (pooling,) = (call for call in flow.calls if call.layer.name == "mean")
    recorded = next(layer for layer in model["config"]["layers"] if layer["config"]["name"] == "mean")
    assert pooling.mask == frozenset({"tokens_vectors"})
    assert recorded["inbound_nodes"][0]["kwargs"]["mask"]["class_name"] == "__keras_tensor__"


def missed(build: Callable[[], Any]) -> list[tuple[str, str]]:
    """Who would have used a mask, and who lost it."""
    keras.utils.clear_session()
    flow = flow_of(json.loads(build().to_json()), keras.__version__)
    found = [(missed.reader, flow.calls[missed.lost.by].layer.name) for missed in flow.missed]
    return [(reader.name if reader else "the loss", by) for reader, by in found]


def test_who_misses_a_lost_mask() -> None:
    assert missed(classifier) == []
    assert missed(convolution) == [("last", "local")]
    assert missed(residual) == [("last", "local")]
    assert missed(positions) == [("sequence", "sum"), ("the loss", "sum")]


def test_a_merge_names_the_tensor_without_a_mask() -> None:
    flow = flow_of(json.loads(positions().to_json()), keras.__version__)
    merge = next(call for call in flow.calls if call.layer.name == "sum")
    unmasked = without_mask(merge)
    assert unmasked is not None
    assert unmasked.name == "places"


def test_a_custom_layer_leaves_masks_unknown() -> None:
    model = json.loads(classifier().to_json())
    dropout = next(layer for layer in model["config"]["layers"] if layer["class_name"] == "Dropout")
    dropout |= {"class_name": "Gate", "module": "my.layers", "registered_name": "my>Gate"}
    flow = flow_of(model, keras.__version__)
    (source,) = flow.sources
    assert isinstance(flow.is_used(source), Unknown)


def test_a_model_without_masks_has_no_flow() -> None:
    model = keras.Sequential([keras.Input((6, 4)), L.LSTM(3)])
    document = Document("m.json", Container.JSON, json.loads(model.to_json()), keras_version=keras.__version__)
    assert graph_of(document) is not None
    assert mask_flow(model_of(document)).calls == ()
