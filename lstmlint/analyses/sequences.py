"""Questions about recurrent layers: which layers are recurrent, the inputs that they expect, the layers before them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.finding import Location
from lstmlint.ir.graph import LayerCall, TensorRef, references
from lstmlint.ir.memo import asked_once
from lstmlint.ir.model import CallShapes, Layer, Model
from lstmlint.ir.shape import Dims, Shape, Unknown, is_dims
from lstmlint.keras.classes import Axes, traits_of

#: `(batch, timesteps, features)`
SEQUENCE_RANK = 3

NO_TIMESTEPS = Unknown("its input has no axis of timesteps")


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
        """Whether the call gives the layer its states."""
        return self.call.arguments.get("initial_state") is not None


def recurrent_core(layer: Layer) -> Layer | None:
    """The layer with the recurrence: itself, or the forward layer of a Bidirectional; `None` if there is none."""
    if layer.class_name == "Bidirectional":
        return layer.children.get("forward")
    return layer if traits_of(layer.class_name).is_sequence_layer else None


def input_rank(layer: Layer) -> int | None:
    """The rank that a recurrent layer or Bidirectional expects; `None` where it depends on a cell or another layer."""
    core = recurrent_core(layer)
    traits = traits_of(core.class_name) if core else None
    return traits.rank if traits is not None and traits.is_sequence_layer else None


@asked_once
def recurrent_layers(model: Model) -> Iterator[Layer]:
    """Every layer with gates of its own, each direction of a Bidirectional apart, nested models included."""
    return (layer for layer in model.all_layers if traits_of(layer.class_name).is_gated_layer)


@asked_once
def sequence_calls(model: Model) -> Iterator[SequenceCall]:
    """Every call of a recurrent layer or Bidirectional in one model (nested models have calls of their own)."""
    for layer, call, shapes in model.calls():
        if recurrent_core(layer) is not None:
            yield SequenceCall(layer, call, shapes)


def keeps_rank(layer: Layer) -> bool:
    """Whether the output has the rank of the input, and the axis of timesteps stays as it is."""
    return traits_of(layer.class_name).keeps_rank


def keeps_shape(layer: Layer) -> bool:
    """Whether the output has the shape of the input."""
    return traits_of(layer.class_name).axes is Axes.SAME


def source(
    model: Model, reference: object, through: Callable[[Layer], bool] = keeps_rank
) -> tuple[Model, Layer, TensorRef] | None:
    """The layer that makes a tensor; layers of a kind are skipped, and nested models are opened.

    By default, layers that keep the rank are skipped, so the result is the layer that decides the rank. It is `None`
    where such layers form a circle.
    """
    seen: set[tuple[int, TensorRef]] = set()
    while isinstance(reference, TensorRef) and (id(model), reference) not in seen:
        seen.add((id(model), reference))
        producer = model.producer(reference)
        if producer is None:
            return None
        if producer.model is not None and producer.model.graph is not None:
            outputs = list(references(producer.model.graph.outputs))
            model, reference = producer.model, next(iter(outputs[reference.index : reference.index + 1]), None)
        elif through(producer):
            reference = producer.node.calls[reference.call].inputs
        else:
            return model, producer, reference
    return None


def location_of(layer: Layer) -> Location:
    """The location of a layer in the config."""
    return Location(layer.full_name, layer.pointer)


def timesteps(layer: Layer, sequence: Shape) -> object:
    """The number of timesteps of a sequence: an int, `None` or an `Unknown`."""
    if isinstance(sequence, Unknown):
        return sequence
    core = recurrent_core(layer)
    axis = 0 if core is not None and core.config.get("time_major") else 1
    return sequence[axis] if axis < len(sequence) else NO_TIMESTEPS


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
    """Every such layer of the model and of nested models; layers that only disturb values are skipped."""
    for inner in model.all_models:
        for call in sequence_calls(inner):
            origin = source(inner, call.call.inputs, keeps_shape)
            sequence = call.sequence
            if origin is None or origin[1].class_name != "InputLayer" or isinstance(sequence, Unknown):
                continue
            if len(sequence) != SEQUENCE_RANK:
                continue
            steps, features = timesteps(call.layer, sequence), sequence[-1]
            if isinstance(steps, int) and isinstance(features, int):
                yield InputRead(call.layer, origin[1], sequence, steps, features)
