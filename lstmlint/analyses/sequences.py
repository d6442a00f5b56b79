"""Questions that rules ask about recurrent layers: which layers are, what they expect, who feeds them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lstmlint.ir.finding import Location
from lstmlint.ir.graph import LayerCall, TensorRef, references
from lstmlint.ir.memo import asked_once
from lstmlint.ir.model import CallShapes, Layer, Model
from lstmlint.ir.shape import Dims, Shape, Unknown, is_dims

#: The rank of the input that a recurrent class expects, batch and timesteps included.
INPUT_RANKS: Mapping[str, int] = {
    "LSTM": 3, "GRU": 3, "SimpleRNN": 3, "CuDNNLSTM": 3, "CuDNNGRU": 3,
    "ConvLSTM1D": 4, "ConvLSTM2D": 5, "ConvLSTM3D": 6,
}  # fmt: skip

#: `(batch, timesteps, features)`
SEQUENCE_RANK = 3

#: Layers whose output has the rank of their input and that do not touch the axis of timesteps.
RANK_KEEPING = frozenset({
    "Dropout", "SpatialDropout1D", "GaussianDropout", "GaussianNoise", "AlphaDropout", "ActivityRegularization",
    "Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "ThresholdedReLU", "Softmax", "Masking", "Identity",
    "BatchNormalization", "LayerNormalization", "UnitNormalization", "GroupNormalization", "Dense",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class SequenceCall:
    """A call of a recurrent layer of one model: its references and its shapes."""

    layer: Layer
    call: LayerCall
    shapes: CallShapes

    @property
    def sequence(self) -> Shape:
        """The shape of the sequence that the layer receives."""
        inputs = self.shapes.inputs
        if isinstance(inputs, list) and len(inputs) == 1:
            inputs = inputs[0]
        if is_dims(inputs) or isinstance(inputs, Unknown):
            return inputs
        return Unknown("it is called on several tensors")

    @property
    def has_initial_state(self) -> bool:
        return self.call.arguments.get("initial_state") is not None


def recurrent_core(layer: Layer) -> Layer | None:
    """The layer with the recurrence: itself, or the forward layer of a Bidirectional; `None` if there is none."""
    if layer.class_name == "Bidirectional":
        return layer.children.get("forward")
    return layer if layer.class_name in INPUT_RANKS or layer.class_name == "RNN" else None


def input_rank(layer: Layer) -> int | None:
    """The rank that a recurrent layer or Bidirectional expects; `None` where that depends on a cell."""
    core = recurrent_core(layer)
    return INPUT_RANKS.get(core.class_name) if core else None


@asked_once
def recurrent_layers(model: Model) -> Iterator[Layer]:
    """Every layer with gates of its own, each direction of a Bidirectional apart, nested models included."""
    return (layer for layer in model.all_layers if layer.class_name in INPUT_RANKS)


@asked_once
def sequence_calls(model: Model) -> Iterator[SequenceCall]:
    """Every call of a recurrent layer or Bidirectional in one model (nested models have calls of their own)."""
    for layer, call, shapes in model.calls():
        if recurrent_core(layer) is not None:
            yield SequenceCall(layer, call, shapes)


def source(
    model: Model, reference: object, through: frozenset[str] = RANK_KEEPING
) -> tuple[Model, Layer, TensorRef] | None:
    """The layer that makes a tensor, seen through layers of some classes and nested models.

    By default it is seen through layers that keep the rank, so that it is the one that decides the rank.
    """
    while isinstance(reference, TensorRef):
        producer = model.producer(reference)
        if producer is None:
            return None
        if producer.model is not None and producer.model.graph is not None:
            outputs = list(references(producer.model.graph.outputs))
            model, reference = producer.model, next(iter(outputs[reference.index : reference.index + 1]), None)
        elif producer.class_name in through:
            reference = producer.node.calls[reference.call].inputs
        else:
            return model, producer, reference
    return None


def place_of(layer: Layer) -> Location:
    """Where a layer stands in the config."""
    return Location(layer.full_name, layer.pointer)


def timesteps(layer: Layer, sequence: Shape) -> object:
    """The number of timesteps of a sequence: an int, `None` or an `Unknown`."""
    if isinstance(sequence, Unknown):
        return sequence
    core = recurrent_core(layer)
    return sequence[0 if core is not None and core.config.get("time_major") else 1]


def is_unrolled(layer: Layer) -> bool:
    """Whether a recurrent layer or Bidirectional builds its operations once for every timestep."""
    core = recurrent_core(layer)
    return core is not None and bool(core.config.get("unroll"))


@dataclass(frozen=True, slots=True)
class InputRead:
    """A recurrent layer that reads an input of the model itself, whose timesteps and features are both fixed."""

    layer: Layer
    source: Layer
    sequence: Dims
    steps: int
    features: int


def read_from_input(model: Model) -> Iterator[InputRead]:
    """Every such layer of the model and of nested ones, seen through layers that only disturb values."""
    for inner in model.all_models:
        for call in sequence_calls(inner):
            found = source(inner, call.call.inputs, RANK_KEEPING - {"Dense"})
            sequence = call.sequence
            if found is None or found[1].class_name != "InputLayer" or isinstance(sequence, Unknown):
                continue
            steps, features = timesteps(call.layer, sequence) if len(sequence) == SEQUENCE_RANK else None, sequence[-1]
            if isinstance(steps, int) and isinstance(features, int):
                yield InputRead(call.layer, found[1], sequence, steps, features)
