"""The record of traits of a layer class, which do not depend on its config, and its terms."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, Flag, StrEnum, auto
from typing import Any

from lstmlint.ir.dataclass import dataclass, field


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
    """The effect of a class on the axes of its one input."""

    SAME = "the output has the shape of the input"
    LAST = "only the last axis changes its length"
    STEPS = "the axis of timesteps stays, but its length may change"
    REARRANGED = "the second axis is no longer the axis of timesteps"
    OTHER = "it depends on the config, or there are several inputs"


class Values(StrEnum):
    """The effect of a class on the values of its inputs at inference."""

    KEPT = "each value stays, at its position"
    MOVED = "values are moved, left out or repeated, but none changes"
    ZEROS = "a timestep of zeros stays a timestep of zeros"
    OTHER = "values change"


class Form(Enum):
    """The form of a class with a recurrence."""

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

    `gates` are in the order in which Keras stores them side by side since version 2; `keras1_order` are their letters
    in the order of Keras 1. `states` have their names in the formulas. `kept` is the number of values for each unit
    that the formulas of the gradient multiply with at each timestep. `cudnn` are the config values that cuDNN demands;
    it is empty where cuDNN does not compute the recurrence.
    """

    name: str
    gates: tuple[Gate, ...]
    keras1_order: str
    states: tuple[str, ...]
    kept: int
    cudnn: Mapping[str, Any] = field(default_factory=dict)

    @property
    def letters(self) -> tuple[str, ...]:
        """The letters of the gates, in the order of `gates`."""
        return tuple(gate.letter for gate in self.gates)

    @property
    def keras1_letters(self) -> tuple[str, ...]:
        """The letters of the gates in the order of Keras 1; one empty letter where there is a single gate."""
        return tuple(self.keras1_order) or ("",)

    @property
    def gate_activation(self) -> str:
        """The config key of the activation of the gates."""
        return self.gates[0].activation

    def applying(self, key: str) -> tuple[int, ...]:
        """The indices of the gates that apply the activation of a config key."""
        return tuple(at for at, gate in enumerate(self.gates) if gate.activation == key)


@dataclass(frozen=True, slots=True)
class Traits:
    """The traits of a layer class, which do not depend on its config. The defaults claim nothing."""

    # Shapes.
    #: The number of input axes, batch included, that the class demands before it computes.
    rank: int | None = None
    #: The number of spatial dimensions, which a window slides over or which are resized.
    dimensions: int | None = None
    axes: Axes = Axes.OTHER
    #: The class refuses an input of which it would leave nothing; others are built, and give an empty output.
    refuses_empty: Era = Era.NONE

    # The recurrence.
    form: Form | None = None
    kind: Kind | None = None
    #: The class that computes the same without cuDNN.
    plain: str = ""

    # Values.
    values: Values = Values.OTHER
    #: The activation that the layer as a whole is.
    activation: str = ""
    #: The layer has weights, and applies the `activation` of its config to its output.
    applies_activation: bool = False
    normalizes: bool = False
    #: The config key of an offset; without the offset, a timestep of zeros stays zeros.
    offset: str = ""
    #: The config keys that hold a dropout rate.
    drops: tuple[str, ...] = ()
    #: The layer calls a function that these traits do not describe.
    calls_function: bool = False
    #: The layer is a function of TensorFlow, called between layers.
    is_tensorflow_call: bool = False
    #: Keras 3 makes the layer only where TensorFlow is installed, whichever its backend is.
    needs_tensorflow: bool = False

    # Masks.
    keeps_mask: Era = Era.NONE
    uses_mask: Era = Era.NONE
    #: The layer drops a mask silently where other layers refuse it.
    lets_mask_go: Era = Era.NONE
    makes_mask: bool = False
    #: The config key without which the layer makes no mask.
    mask_key: str = ""
    #: The layer is not recurrent, reads all timesteps together, and counts padding as data without a mask.
    reads_whole_sequence: bool = False

    # Inputs and parts.
    is_elementwise_merge: bool = False
    is_attention: bool = False
    #: The parameters of a call after the first, in order, where Keras passes them by position.
    arguments: tuple[str, ...] = ()
    #: The layer wraps one layer, which it makes first.
    wraps_layer: bool = False

    # Weights.
    #: The index of the first weight of the product to which `activation` is applied.
    first_tensor: int | None = None
    #: The axis of the first kernel whose length is the number of input features or channels.
    features_axis: int | None = None
    #: A spectral normalization can normalize its kernel or embeddings.
    has_kernel: bool = False

    @property
    def keeps_rank(self) -> bool:
        """The output has the rank of the input, and the axis of timesteps stays as it is."""
        return self.axes in (Axes.SAME, Axes.LAST)

    @property
    def has_gates(self) -> bool:
        """A recurrent layer or cell with gates of its own."""
        return self.kind is not None

    @property
    def applies_gates(self) -> bool:
        """A recurrent layer or cell whose gates have an activation of their own; a SimpleRNN has none."""
        return self.kind is not None and self.kind.gate_activation != "activation"

    @property
    def is_cudnn(self) -> bool:
        """A layer that only runs on a GPU."""
        return self.form is Form.CUDNN

    @property
    def is_cell(self) -> bool:
        """A cell with gates of its own."""
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
        """A layer that runs along a sequence, or a pair of such layers."""
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
        """A kernel slides over the spatial dimensions and does not lengthen them."""
        return self.dimensions is not None and self.features_axis == -2 and self.form is None

    @property
    def only_drops(self) -> bool:
        """A dropout layer."""
        return self.drops == ("rate",)

    @property
    def is_plain(self) -> bool:
        """A layer or cell with gates that computes matrix products and has a config key for each activation."""
        return self.kind is not None and self.form in (Form.LAYER, Form.CELL)


#: The traits of an unknown class.
NOTHING_KNOWN = Traits()
