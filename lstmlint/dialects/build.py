"""From a document's config to a graph: all dialects share this walk over models, layers and wrapped layers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from lstmlint.dialects.dialect import Dialect, Freezing
from lstmlint.dialects.dtypes import quantization, variable_dtype
from lstmlint.dialects.inbound import layer_calls, tensor_references
from lstmlint.ir.dataclass import dataclass, field, replace
from lstmlint.ir.document import Pointer, UnreadableError
from lstmlint.ir.graph import OPERATION, Graph, LayerCall, Node, TensorRef, references
from lstmlint.ir.shape import Shape, Structure, is_dims, shape_from_json
from lstmlint.keras.ownership import is_foreign
from lstmlint.keras.writer import Writer

#: Largest depth of nested models and wrappers; Keras itself fails on deeper ones.
MAX_DEPTH = 64

#: A level of nesting adds at most three steps to a pointer (`config`, `layers`, index).
MAX_POINTER_LENGTH = 3 * MAX_DEPTH

#: A name stands in the path of every layer inside, so that a long one would be repeated without bound.
MAX_NAME_LENGTH = 2000

#: Config keys that hold a contained layer, and the role of this layer.
CONTAINED_LAYERS: Mapping[str, str] = {"layer": "layer", "backward_layer": "backward", "cell": "cell"}

#: Config keys that hold a list of contained layers, and the class to which this use is limited, if any.
CONTAINED_LISTS: Mapping[str, str | None] = {"cells": None, "layers": "Pipeline"}

#: Config keys of a first layer that may record the shape of the model's input.
INPUT_SHAPE_KEYS = ("batch_shape", "batch_input_shape")

#: The key of an input without a shape that names a wrapped layer with one, and the wrapper.
SHAPE_INSIDE = "shape_inside"

#: The arguments of `build` on which weights depend, in the order of a call; shapes of states are no such arguments.
BUILT_FROM = ("sequences_shape", "query_shape", "value_shape", "key_shape")

#: Layers that write no `trainable` to their config.
LAYERS_WITHOUT_TRAINABLE = frozenset(
    {"Discretization", "HashedCrossing", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"}
)

#: The modules of Keras 3's operations.
OPERATION_MODULES = ("keras.src.ops.", "keras.ops")


@dataclass(frozen=True, slots=True)
class SerializedModel:
    """A model as the file holds it: its object, its config, its layers, and the pointers to object and layers."""

    raw: Mapping[str, Any]
    config: Mapping[str, Any]
    layers: list[Any]
    pointer: Pointer
    layers_pointer: Pointer

    @property
    def name(self) -> str:
        """The recorded name; the list form of a Sequential records none."""
        return str(self.config.get("name") or self.raw.get("name") or str(self.raw.get("class_name")).lower())


@dataclass(frozen=True, slots=True)
class GraphBuilder:
    """Builds graphs in the dialect of the Keras that wrote the file; `shared` names objects that occur repeatedly."""

    dialect: Dialect
    writer: Writer
    shared: Mapping[Pointer, str] = field(default_factory=dict)

    def graph(self, raw: Mapping[str, Any], pointer: Pointer = ()) -> Graph:
        """The graph of a serialized model.

        Raises:
            UnreadableError: the config is not built like a model's.
        """
        serialized = _serialized_model(raw, pointer)
        if serialized is None:
            return self._single_node_graph(raw, pointer)
        return self._model_graph(serialized)

    def _model_graph(self, serialized: SerializedModel) -> Graph:
        return self._functional(serialized) if "input_layers" in serialized.config else self._sequential(serialized)

    def _single_node_graph(self, raw: Mapping[str, Any], pointer: Pointer) -> Graph:
        """One node on an unknown input, for a model whose layers the file does not list (a subclassed model)."""
        node = self._node(raw, pointer)
        given = _implicit_input(None, pointer, _free_name({node.name}))
        first, last = TensorRef(given.name, 0, 0), TensorRef(node.name, 0, 0)
        nodes = [given, replace(node, calls=(LayerCall(first),))]
        serialized = SerializedModel(raw, {"name": node.name}, [], pointer, pointer)
        return self._graph(serialized, nodes, first, last, {}, is_sequential=False)

    def _nodes(self, serialized: SerializedModel) -> list[Node]:
        return [self._node(layer, (*serialized.layers_pointer, index)) for index, layer in enumerate(serialized.layers)]

    def _functional(self, serialized: SerializedModel) -> Graph:
        nodes = self._nodes(serialized)
        names = {node.name for node in nodes}
        recorded: dict[TensorRef, Shape] = {}
        for index, node in enumerate(nodes):
            raw = serialized.layers[index]
            class_name = OPERATION + node.class_name if _is_unmarked_operation(raw) else node.class_name
            calls = layer_calls(raw.get("inbound_nodes"), class_name, node.config, names)
            nodes[index] = replace(node, class_name=class_name, calls=calls.calls)
            recorded.update(calls.recorded)
        inputs = self._model_tensors(serialized.config["input_layers"])
        outputs = self._model_tensors(serialized.config.get("output_layers", []))
        if recorded:
            outputs = _shift(outputs, _counted_from_one(nodes, outputs))
        elif shifted := _first_calls(nodes, outputs):
            nodes = [replace(node, calls=tuple(_shift_call(call, shifted) for call in node.calls)) for node in nodes]
            outputs = _shift(outputs, shifted)
        return self._graph(serialized, nodes, inputs, outputs, recorded, is_sequential=False)

    def _model_tensors(self, value: Any) -> Any:
        tensors = tensor_references(value)
        is_wrapped = self.dialect.wraps_single_tensors and isinstance(tensors, list) and len(tensors) == 1
        return tensors[0] if is_wrapped else tensors

    def _sequential(self, serialized: SerializedModel) -> Graph:
        nodes = self._nodes(serialized)
        branches = self._branches(nodes[0]) if nodes else []
        if branches:
            return self._merging_sequential(serialized, nodes, branches)
        if not nodes or nodes[0].class_name != "InputLayer":
            shape = _input_shape(serialized.config, nodes)
            first_pointer = nodes[0].pointer if nodes else serialized.pointer
            given = _implicit_input(shape, first_pointer, _free_name({node.name for node in nodes}))
            nodes.insert(0, _without_wrapped_shape(given, nodes[0]) if nodes and shape is None else given)
        nodes = [replace(nodes[0], calls=(LayerCall([]),)), *_chained(nodes)]
        recorded = {
            TensorRef(before.name, 0, 0): node.build_shape
            for before, node in pairwise(nodes)
            if is_dims(node.build_shape)
        }
        first, last = TensorRef(nodes[0].name, 0, 0), TensorRef(nodes[-1].name, 0, 0)
        return self._graph(serialized, nodes, first, last, recorded, is_sequential=True)

    def _branches(self, merge: Node) -> list[Node]:
        """The models that a `Merge` of Keras 1 at the beginning of a Sequential joins."""
        branches = merge.config.get("layers")
        if merge.written_class != "Merge" or not isinstance(branches, list):
            return []
        nodes = [self._node(raw, (*merge.pointer, "config", "layers", index)) for index, raw in enumerate(branches)]
        return [replace(node, name=f"{merge.name} branch {index}") for index, node in enumerate(nodes)]

    def _merging_sequential(self, serialized: SerializedModel, nodes: list[Node], branches: list[Node]) -> Graph:
        """A Sequential that begins with several models; each gets an input of its own."""
        inputs = [
            _implicit_input(_first_input_shape(branch), branch.pointer, f"{branch.name} input") for branch in branches
        ]
        first = [TensorRef(given.name, 0, 0) for given in inputs]
        called = [
            replace(branch, calls=(LayerCall(reference),)) for branch, reference in zip(branches, first, strict=True)
        ]
        merged = LayerCall([TensorRef(branch.name, 0, 0) for branch in branches])
        nodes = [*inputs, *called, replace(nodes[0], calls=(merged,)), *_chained(nodes)]
        return self._graph(serialized, nodes, first, TensorRef(nodes[-1].name, 0, 0), {}, is_sequential=True)

    def _graph(
        self,
        serialized: SerializedModel,
        nodes: list[Node],
        inputs: Any,
        outputs: Any,
        recorded: Mapping[TensorRef, Shape],
        *,
        is_sequential: bool,
    ) -> Graph:
        is_frozen = serialized.config.get("trainable") is False
        return Graph(
            name=serialized.name,
            class_name=str(serialized.raw.get("class_name", "Model")),
            nodes=tuple(nodes),
            inputs=inputs,
            outputs=outputs,
            pointer=serialized.pointer,
            semantics=self.dialect.semantics(self.writer),
            is_sequential=is_sequential,
            is_trainable=not (is_frozen and self.dialect.models_keep_trainable and not is_sequential),
            recorded=recorded,
        )

    def _node(self, raw: Any, pointer: Pointer) -> Node:
        written_class, written_config = _class_and_config(raw, pointer)
        is_custom = is_foreign(raw)
        serialized = _serialized_model(raw, pointer)
        graph = self._model_graph(serialized) if serialized is not None else None
        class_name, config = self.dialect.translate(written_class, written_config, self.writer)
        class_name = _marked_operation(class_name, raw)
        children = {} if graph or is_custom else self._children(class_name, config, pointer)
        is_trainable = graph.is_trainable if graph else config.get("trainable") is not False
        freezing = self.dialect.freezing(class_name, self.writer) if children else Freezing.EITHER
        if freezing is Freezing.OUTER:
            children = {role: replace(child, is_trainable=is_trainable) for role, child in children.items()}
        return Node(
            name=_name(raw, config, graph, written_class),
            class_name=class_name,
            written_class=written_class,
            config=config,
            pointer=pointer,
            children=children,
            graph=graph,
            build_shape=_build_shape(raw.get("build_config")),
            dtype=variable_dtype(config),
            quantization=quantization(config),
            shared_as=self.shared.get(pointer, ""),
            is_custom=is_custom,
            is_trainable=is_trainable or freezing is Freezing.INNER,
        )

    def _children(self, class_name: str, config: Mapping[str, Any], pointer: Pointer) -> dict[str, Node]:
        children: dict[str, Node] = {}
        for key, role in CONTAINED_LAYERS.items():
            if isinstance(config.get(key), dict):
                children[role] = self._node(config[key], (*pointer, "config", key))
        for key, only_class in CONTAINED_LISTS.items():
            items = config.get(key) if only_class in (None, class_name) else None
            for index, item in enumerate(items if isinstance(items, list) else []):
                children[f"{key}/{index}"] = self._node(item, (*pointer, "config", key, index))
        if class_name != "Bidirectional":
            return children
        return _two_directions(children, flips=self.dialect.semantics(self.writer).bidirectional_flips_direction)


def _class_and_config(raw: Any, pointer: Pointer) -> tuple[str, Mapping[str, Any]]:
    """The written class and the config of a serialized layer; a config that is no object counts as empty.

    Raises:
        UnreadableError: it is no layer, or lies too deep.
    """
    if not isinstance(raw, dict) or not isinstance(raw.get("class_name"), str):
        raise UnreadableError(f"{_text(pointer)} is not a layer: an object with a class_name was expected")
    if len(pointer) > MAX_POINTER_LENGTH:
        raise UnreadableError(f"nests layers deeper than {MAX_DEPTH} levels; save the inner models separately")
    config = raw.get("config")
    return raw["class_name"], config if isinstance(config, dict) else {}


def _name(raw: Mapping[str, Any], config: Mapping[str, Any], graph: Graph | None, written_class: str) -> str:
    """The outer name of a layer, which calls use; a TensorFlowOpLayer adds a prefix to the name in its config.

    Raises:
        UnreadableError: it is too long.
    """
    name = str(raw.get("name") or config.get("name") or (graph.name if graph else written_class.lower()))
    if len(name) > MAX_NAME_LENGTH:
        raise UnreadableError(f"has a layer with a name of {len(name):,} characters; rename it and save again")
    return name


def _marked_operation(class_name: str, raw: Mapping[str, Any]) -> str:
    """The class, with the mark of an operation where the module is one of operations."""
    is_operation = "module" in raw and str(raw["module"]).startswith(OPERATION_MODULES)
    return OPERATION + class_name if is_operation else class_name


def _is_unmarked_operation(raw: Mapping[str, Any]) -> bool:
    """Whether an object without a module (legacy H5 of Keras 3) is an operation: called, and without `trainable`."""
    config, calls = raw.get("config"), raw.get("inbound_nodes")
    is_called = isinstance(calls, list) and bool(calls) and all(isinstance(call, dict) for call in calls)
    is_marked = "module" in raw or raw.get("class_name") in LAYERS_WITHOUT_TRAINABLE
    return not is_marked and is_called and isinstance(config, dict) and not {"trainable", "layers"} & set(config)


def structure_from_json(value: Any) -> Structure | None:
    """A recorded shape, or nested lists and dicts of shapes; `None` for any other value."""
    shape = shape_from_json(value)
    if shape is not None:
        return shape
    if isinstance(value, list | dict) and value:
        keys: Iterable[Any] = value if isinstance(value, dict) else range(len(value))
        items = {key: structure_from_json(value[key]) for key in keys}
        known = {key: item for key, item in items.items() if item is not None}
        if len(known) == len(items):
            return known if isinstance(value, dict) else list(known.values())
    return None


def _build_shape(build: Any) -> Structure | None:
    """The input shape from which Keras 3 builds a layer again; several shapes are recorded by name."""
    if not isinstance(build, dict):
        return None
    shapes = build.get("shapes_dict")
    if not isinstance(shapes, dict):
        return structure_from_json(build.get("input_shape"))
    given = [structure_from_json(shapes[name]) for name in BUILT_FROM if name in shapes]
    known = [shape for shape in given if shape is not None]
    return None if len(known) < len(given) or not known else known if len(known) > 1 else known[0]


def _serialized_model(raw: Mapping[str, Any], pointer: Pointer) -> SerializedModel | None:
    """A layer's object as a model; `None` if it is no model, or a model whose layers the file does not list."""
    config = raw.get("config")
    if isinstance(config, list):
        return SerializedModel(raw, {}, config, pointer, (*pointer, "config"))
    if not isinstance(config, dict) or not isinstance(config.get("layers"), list):
        return None
    if "input_layers" in config or raw.get("class_name") == "Sequential":
        return SerializedModel(raw, config, config["layers"], pointer, (*pointer, "config", "layers"))
    return None


def _input_shape(config: Mapping[str, Any], nodes: list[Node]) -> Structure | None:
    """The input shape of a Sequential without an input layer, from its first layer or its `build_input_shape`."""
    shape = _first_input_shape(nodes[0]) if nodes else None
    return structure_from_json(config.get("build_input_shape")) if shape is None else shape


def _first_input_shape(node: Node) -> Shape | None:
    """The input shape that a layer, or the first layer of a model, records."""
    while node.graph is not None and node.graph.nodes:
        node = node.graph.nodes[0]
    shapes = (shape_from_json(node.config.get(key)) for key in INPUT_SHAPE_KEYS)
    return next((shape for shape in shapes if shape is not None), None)


def _chained(nodes: list[Node]) -> list[Node]:
    """All nodes but the first, each called on the node before."""
    return [replace(node, calls=(LayerCall(TensorRef(before.name, 0, 0)),)) for before, node in pairwise(nodes)]


def _free_name(taken: set[str]) -> str:
    name = "input"
    while name in taken:
        name += "_"
    return name


def _implicit_input(shape: Structure | None, pointer: Pointer, name: str) -> Node:
    config = {} if shape is None else {"batch_shape": list(shape) if is_dims(shape) else shape}
    return Node(name, "InputLayer", "InputLayer", config, pointer, calls=(LayerCall([]),), is_implicit=True)


def _without_wrapped_shape(given: Node, first: Node) -> Node:
    """The input without a shape, with the wrapped layer that records one: no Keras reads it there."""
    inner = next((child for child in first.children.values() if _first_input_shape(child) is not None), None)
    return given if inner is None else replace(given, config={SHAPE_INSIDE: [inner.name, first.name]})


def _two_directions(children: dict[str, Node], *, flips: bool) -> dict[str, Node]:
    """The two layers of a Bidirectional; the backward layer defaults to the forward layer in the other direction.

    A forward layer that holds a Bidirectional gets no backward layer: no Keras makes one, and the layers would double
    at every level.
    """
    forward = children.pop("layer", None)
    if forward is None:
        return children
    backward = children.pop("backward", None)
    if backward is None and _has_two_directions(forward):
        return {"forward": _prefixed("forward_", forward)}
    if backward is None:
        config = {**forward.config, "go_backwards": not (flips and forward.config.get("go_backwards"))}
        backward = replace(forward, config=config)
    return {"forward": _prefixed("forward_", forward), "backward": _prefixed("backward_", backward)}


def _has_two_directions(node: Node) -> bool:
    """Whether a layer is a Bidirectional or holds one."""
    inside = (*node.children.values(), *(node.graph.nodes if node.graph is not None else ()))
    return node.class_name == "Bidirectional" or any(map(_has_two_directions, inside))


def _prefixed(prefix: str, node: Node) -> Node:
    plain = node.name.removeprefix("forward_").removeprefix("backward_")
    return replace(node, name=prefix + plain)


def _counted_from_one(nodes: list[Node], outputs: Any) -> dict[str, int]:
    """Functional models inside a model of Keras 3: its outputs count their calls from 1, its layers count from 0.

    (Keras, `models/functional.py`, `Functional.get_config`: `kept_nodes`.)
    """
    called_first = {reference.layer for reference in references(outputs) if not reference.call}
    models = (node for node in nodes if node.graph is not None and not node.graph.is_sequential)
    return {node.name: 1 for node in models if node.name not in called_first}


def _first_calls(nodes: list[Node], outputs: Any) -> dict[str, int]:
    """Nested models that count their own construction as call 0, so that their first call in this model is call 1.

    The last recorded call of a layer is always used, because Keras records no unused call.
    """
    last_used: dict[str, int] = {}
    used = [reference for node in nodes for call in node.calls for reference in call.references()]
    for reference in (*used, *references(outputs)):
        last_used[reference.layer] = max(reference.call, last_used.get(reference.layer, 0))
    return {node.name: 1 for node in nodes if node.graph is not None and last_used.get(node.name) == len(node.calls)}


def _shift_call(call: LayerCall, shifted: Mapping[str, int]) -> LayerCall:
    return LayerCall(_shift(call.inputs, shifted), _shift(dict(call.arguments), shifted))


def _shift(structure: Any, shifted: Mapping[str, int]) -> Any:
    if isinstance(structure, TensorRef):
        return replace(structure, call=structure.call - shifted.get(structure.layer, 0))
    if isinstance(structure, list):
        return [_shift(item, shifted) for item in structure]
    if isinstance(structure, dict):
        return {key: _shift(item, shifted) for key, item in structure.items()}
    return structure


def _text(pointer: Pointer) -> str:
    return "/".join(map(str, pointer)) or "the config"
