"""The record of what is true of a layer class whatever its config says, and the terms that it uses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, Flag, StrEnum, auto
from typing import Any


class Era(Flag):
    """The generations of Keras that treat masks alike: Keras 1, Keras 2 on its own or in TensorFlow, Keras 3."""

    NONE = 0
    KERAS_1 = auto()
    STANDALONE_2 = auto()
    TENSORFLOW_2 = auto()
    KERAS_3 = auto()
    SINCE_TENSORFLOW_2 = TENSORFLOW_2 | KERAS_3
    SINCE_2 = STANDALONE_2 | SINCE_TENSORFLOW_2
    BEFORE_3 = KERAS_1 | STANDALONE_2 | TENSORFLOW_2
    ALL = KERAS_1 | SINCE_2


class Axes(StrEnum):
    """What becomes of the axes of the one input."""

    SAME = "the output has the shape of the input"
    LAST = "only the last axis changes its length"
    STEPS = "the axis of timesteps stays one, if not as long"
    REARRANGED = "the second axis is not that of the timesteps any more"
    OTHER = "it depends on the config, or there are several inputs"


class Values(StrEnum):
    """What becomes of the values of the inputs once the model is trained."""

    KEPT = "each value stays as it is, where it is"
    MOVED = "values are moved, left out or repeated, and each stays as it is"
    ZEROS = "a timestep of zeros stays one of zeros"
    OTHER = "they change"


class Form(Enum):
    """What a class with a recurrence is."""

    LAYER = auto()
    CUDNN = auto()
    CONVOLUTION = auto()
    CELL = auto()
    CELLS = auto()
    OF_CELL = auto()
    AROUND = auto()


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate: the letter of its weights in Keras 1, its name, and the config key of its function."""

    letter: str
    name: str
    activation: str


@dataclass(frozen=True, slots=True)
class Kind:
    """The recurrence that several classes compute.

    `gates` are in the order in which Keras keeps them side by side since version 2, `keras1_order` are their letters
    as Keras 1 orders them. `states` are named as the formulas name them. `kept` is how many values for each unit the
    formulas of the gradient multiply with at each timestep. `cudnn` are the settings that cuDNN computes,
    none if it does not compute the recurrence.
    """

    name: str
    gates: tuple[Gate, ...]
    keras1_order: str
    states: tuple[str, ...]
    kept: int
    cudnn: Mapping[str, Any] = field(default_factory=dict)

    @property
    def letters(self) -> tuple[str, ...]:
        return tuple(gate.letter for gate in self.gates)

    @property
    def keras1_letters(self) -> tuple[str, ...]:
        return tuple(self.keras1_order) or ("",)

    @property
    def gate_activation(self) -> str:
        """The config key of the function of the gates."""
        return self.gates[0].activation

    def applying(self, key: str) -> tuple[int, ...]:
        """The places of the gates that apply the function of a config key."""
        return tuple(at for at, gate in enumerate(self.gates) if gate.activation == key)


@dataclass(frozen=True, slots=True)
class Traits:
    """What is true of a layer class whatever its config says. The defaults claim nothing."""

    # Shapes.
    #: The number of axes of the input, batch included, that the class demands before it computes.
    rank: int | None = None
    #: Spatial dimensions: those that a window slides over, or that are resized.
    dimensions: int | None = None
    axes: Axes = Axes.OTHER

    # The recurrence.
    form: Form | None = None
    kind: Kind | None = None
    #: The class that does the same without cuDNN.
    plain: str = ""

    # Values.
    values: Values = Values.OTHER
    #: The function that the layer is.
    activation: str = ""
    #: The layer has weights, and its output is what its config's `activation` says.
    applies_activation: bool = False
    normalizes: bool = False
    #: The config key that turns off all by which a timestep of zeros becomes another.
    offset: str = ""
    #: The config keys that hold a share to drop.
    drops: tuple[str, ...] = ()
    #: The layer calls a function that is not described here.
    calls_function: bool = False
    #: The layer is a function of TensorFlow, called between layers.
    is_tensorflow_call: bool = False

    # Masks.
    keeps_mask: Era = Era.NONE
    uses_mask: Era = Era.NONE
    #: The layer lets a mask go without a word where others would refuse it.
    lets_mask_go: Era = Era.NONE
    makes_mask: bool = False
    #: The config key without which it makes no mask after all.
    mask_key: str = ""
    #: The layer, no recurrent one, reads all timesteps together and counts padding as data without a mask.
    reads_whole_sequence: bool = False

    # Inputs and parts.
    is_elementwise_merge: bool = False
    is_attention: bool = False
    #: The parameters of a call after the first, in order, where Keras gives them by position.
    arguments: tuple[str, ...] = ()
    #: The layer is around one layer, which it makes first.
    wraps_layer: bool = False

    # Weights.
    #: The first of the tensors that make up the result to which `activation` is applied.
    first_tensor: int | None = None
    #: The axis of the first kernel that is as long as the input has features or channels.
    features_axis: int | None = None
    #: A spectral normalization can take its kernel or embeddings.
    has_kernel: bool = False

    @property
    def keeps_rank(self) -> bool:
        """The output has the rank of the input, and the axis of timesteps is not touched."""
        return self.axes in (Axes.SAME, Axes.LAST)

    @property
    def has_gates(self) -> bool:
        """A recurrent layer or cell with gates of its own."""
        return self.kind is not None

    @property
    def applies_gates(self) -> bool:
        """A recurrent layer or cell whose gates have a function of their own; those of a SimpleRNN do not."""
        return self.kind is not None and self.kind.gate_activation != "activation"

    @property
    def is_cudnn(self) -> bool:
        return self.form is Form.CUDNN

    @property
    def is_cell(self) -> bool:
        return self.form is Form.CELL

    @property
    def is_gated_layer(self) -> bool:
        """A layer that runs gates of its own along a sequence."""
        return self.kind is not None and self.form is not Form.CELL

    @property
    def is_sequence_layer(self) -> bool:
        """A layer that runs along a sequence, with gates of its own or with a cell."""
        return self.is_gated_layer or self.form is Form.OF_CELL

    @property
    def is_recurrent(self) -> bool:
        """A layer that runs along a sequence, or a pair of such."""
        return self.is_sequence_layer or self.form is Form.AROUND

    @property
    def makes_cell(self) -> bool:
        """The layer makes a cell of its own class, which holds its weights."""
        return self.form in (Form.LAYER, Form.CONVOLUTION)

    @property
    def takes_state(self) -> bool:
        """The layer may be called with states beside its input."""
        return self.arguments[:1] == ("initial_state",)

    @property
    def is_convolution(self) -> bool:
        """A kernel slides over the spatial dimensions and makes them no longer."""
        return self.dimensions is not None and self.features_axis == -2 and self.form is None

    @property
    def only_drops(self) -> bool:
        return self.drops == ("rate",)

    @property
    def is_plain(self) -> bool:
        """A layer or cell with gates that computes products of matrices, and has a field for each function."""
        return self.kind is not None and self.form in (Form.LAYER, Form.CELL)


#: What is claimed of a class that is not known.
NOTHING_KNOWN = Traits()
