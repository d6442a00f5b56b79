"""The second noun, `Graph`: layers and their calls, in one vocabulary for all Kerases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from lstmlint.ir.dataclass import dataclass, field
from lstmlint.ir.document import Pointer
from lstmlint.ir.shape import Shape, Structure

#: Prefix of the class name of an operation (`keras.ops`), because some layers have the same names.
OPERATION = "ops."

NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class TensorRef:
    """One output tensor of one call of a layer: `name[call][index]` in Keras' summary."""

    layer: str
    call: int
    index: int


@dataclass(frozen=True, slots=True)
class LayerCall:
    """One call of a layer: `inputs` (lists and dicts with `TensorRef` leaves), and the other arguments by name."""

    inputs: Any
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def references(self) -> Iterator[TensorRef]:
        """Every tensor that the call receives, in order."""
        yield from references(self.inputs)
        yield from references(self.arguments)


@dataclass(frozen=True, slots=True)
class MaskSupport:
    """The treatment of masks by layers.

    A class in none of the sets drops the mask. `lstmlint/analyses/masks.py` describes classes whose treatment depends
    on their inputs or config as well (recurrent layers, merges, attention).
    """

    #: Classes that pass the mask of their input on to their output.
    keeps: frozenset[str]
    #: Classes that leave masked steps out of their computation.
    uses: frozenset[str]
    #: Classes that drop a mask silently where other classes refuse it.
    lets_go: frozenset[str]
    #: A layer that cannot pass a mask on refuses it (Keras 1 and standalone Keras 2) or drops it (others).
    refuses: bool
    #: A sum or product of tensors is masked only if all of them are (Keras 3), or if any is (others).
    merges_need_every_mask: bool
    #: A recurrent layer that is called with an `initial_state` gets no mask (Keras 3).
    state_hides_mask: bool
    #: A `TimeDistributed` treats a mask as its inner layer does (Keras 2).
    asks_wrapped_layer: bool


@dataclass(frozen=True, slots=True)
class Semantics:
    """Differences between Keras versions in what they compute; the dialects hold the table of versions."""

    #: An `Embedding` with `input_length` states that length in its output shape (Keras 1 and 2, but not tf.keras).
    embedding_input_length: bool
    #: A merge of an open and a known dimension gives the known one (tf.keras) or an open one (others).
    merge_prefers_known: bool
    #: The output shape of `Conv3DTranspose` depends on its dilation (Keras 3).
    transposed_3d_dilation: bool
    #: Weights are built from a recorded `build_config` (Keras 3).
    recorded_build_wins: bool
    #: The states of stacked cells are returned as a nested list for each cell (tf.keras) or as a flat list (others).
    nested_cell_states: bool
    #: The states of stacked cells are those of the last cell first (standalone Keras before 2.2.3).
    reverses_cell_states: bool
    #: `DepthwiseConv2D` states an output shape that ignores its dilation (standalone Keras before 2.3).
    depthwise_ignores_dilation: bool
    #: Where one length of an image is open, some versions state the other lengths as open as well (tf.keras).
    open_length_may_hide_others: bool
    #: A recurrent layer keeps one kernel, recurrent kernel and bias for each gate (Keras 1).
    separate_gate_weights: bool
    #: The axes of a convolution's kernel follow the data format; a kernel of one dimension has a second one (Keras 1).
    kernels_follow_data_format: bool
    #: A model's totals count each variable by its own flag, even inside a frozen wrapper (Keras 3).
    totals_ignore_wrappers: bool
    #: A `Bidirectional` with `concat` states twice its forward width (all but tf.keras, which adds both widths).
    bidirectional_doubles_forward: bool
    #: Without a recorded backward layer, `Bidirectional` makes one with `go_backwards` flipped (Keras 1, 2) or set (3).
    bidirectional_flips_direction: bool
    #: A layer of a Sequential may pass several outputs as a list to the next layer (Keras 3).
    sequential_passes_lists: bool
    #: A model that is called on one axis less or more adds or drops a last axis of 1 (tf.keras and Keras 3).
    nested_models_adjust_rank: bool
    #: Output shapes come from running a layer on symbols (tf.keras), not from its declaration (others). An activation
    #: that is a layer is then a part of the layer, with weights of its own.
    outputs_are_traced: bool
    #: A lookup or `Discretization` that makes vectors states every axis (Keras 3.15, but not all of Keras 3 before).
    encodings_keep_axes: bool
    #: A recurrent layer uses cuDNN by itself where its config allows it (tf.keras and Keras 3).
    recurrent_layers_choose_cudnn: bool
    #: `hard_sigmoid` is `clip(slope * x + 0.5, 0, 1)`: with 0.2 (Keras 1, 2) or 1/6 (Keras 3).
    hard_sigmoid_slope: float
    #: Kernels of four bits are packed along their output axes (Keras 3.14 and later), not along their input axes.
    int4_packs_outputs: bool
    #: A convolution refuses additional axes (Keras 3); some versions of Keras 2 take them for batch axes.
    refuses_further_axes: bool
    #: Attention scores are stated with the length of the query in place of the length of the key (Keras 3).
    scores_have_query_length: bool
    #: A nested model refuses inputs that differ from its own inputs (Keras 3), or that its kernels do not fit (others).
    models_refuse_other_inputs: bool
    #: The backend may be Theano, which flips kernels (Keras 1 and standalone Keras 2).
    may_run_on_theano: bool
    #: `binary_crossentropy` broadcasts targets of one axis less to the outputs (Keras 1 and 2).
    crossentropy_stretches_targets: bool
    #: A GRU that gets several states uses the first one (Keras 3).
    gru_ignores_further_states: bool
    #: States are not compared with what a layer expects, but broadcast (Keras 3).
    broadcasts_states: bool
    #: Operations on tensors are in `keras.ops` (Keras 3), or in `keras.backend` (others).
    has_operations: bool
    #: Loading an H5 file converts the layouts of the weights of recurrent layers (Keras 1 and 2).
    loading_converts_weights: bool
    #: Classes that refuse an input of which they would leave nothing; others give an empty output.
    refuses_empty: frozenset[str]
    #: The generation, for its words and data; a difference in computation has a flag of its own.
    generation: int
    #: The treatment of masks.
    masks: MaskSupport


@dataclass(frozen=True, slots=True)
class Quantization:
    """The quantization of a kernel in Keras 3: the `mode` of the layer's dtype policy.

    `block_size` is the number of rows of an int4 kernel that share a scale, `None` where one scale is for all rows;
    `history` is the number of values that float8 stores of each of its ranges.
    """

    mode: str
    block_size: int | None = None
    history: int = 0


@dataclass(frozen=True, slots=True)
class Node:
    """One layer of a graph: its configuration with defaults filled in, its calls, and its inner layers.

    `class_name` is the class by its current name, `written_class` by its name in the file. `pointer` leads to the
    layer's object in the document. `children` are wrapped layers and cells by role
    (`layer`, `forward`, `backward`, `cell`, `cells/0`); `graph` is set where the layer is itself a model.
    `build_shape` is the input structure from which Keras 3 builds the weights again. `dtype` is the dtype of the
    variables; `quantization` is set where the kernel is quantized. Nodes of the same `shared_as` are one object.
    An `is_implicit` node is the input of a Sequential whose file lists no input layer.
    """

    name: str
    class_name: str
    written_class: str
    config: Mapping[str, Any] = field(repr=False)
    pointer: Pointer
    calls: tuple[LayerCall, ...] = ()
    children: Mapping[str, Node] = field(default_factory=dict, repr=False)
    graph: Graph | None = field(default=None, repr=False)
    build_shape: Structure | None = None
    dtype: str = "float32"
    quantization: Quantization | None = None
    shared_as: str = ""
    is_custom: bool = False
    is_trainable: bool = True
    is_implicit: bool = False


@dataclass(frozen=True, slots=True)
class Graph:
    """A model: its nodes in the order of `model.layers`, its input and output tensors.

    `recorded` holds the tensor shapes that the file itself states beside the layers' configs.
    """

    name: str
    class_name: str
    nodes: tuple[Node, ...] = field(repr=False)
    inputs: Any
    outputs: Any
    pointer: Pointer
    semantics: Semantics = field(repr=False)
    is_sequential: bool
    is_trainable: bool = True
    recorded: Mapping[TensorRef, Shape] = field(default_factory=dict, repr=False)


def references(structure: Any) -> Iterator[TensorRef]:
    """The tensor references in nested lists and mappings, in order."""
    if isinstance(structure, TensorRef):
        yield structure
    elif isinstance(structure, list | tuple):
        for item in structure:
            yield from references(item)
    elif isinstance(structure, Mapping):
        for key in structure:
            yield from references(structure[key])
