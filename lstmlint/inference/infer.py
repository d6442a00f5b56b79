"""From a graph to a model: each call gets its shapes, each layer its weights, from the layer functions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from lstmlint.inference.answers import answer
from lstmlint.inference.costs import call_work, model_work
from lstmlint.inference.layers import layer_types, plugin_layer_types
from lstmlint.inference.layers.call import Call, LayerType, Signature, joined
from lstmlint.inference.order import in_order
from lstmlint.inference.recognize import stored_only_layer
from lstmlint.inference.sharing import further_call
from lstmlint.inference.witnesses import (
    completed,
    given_to_model,
    input_from_kernel,
    recorded_output,
    refused_by_model,
    with_stored,
)
from lstmlint.ir.dataclass import dataclass, field, replace
from lstmlint.ir.document import Document, StoredLayer
from lstmlint.ir.graph import NOTHING, OPERATION, Graph, Node, Semantics, TensorRef
from lstmlint.ir.model import CallShapes, Layer, Model
from lstmlint.ir.shape import (
    Shape,
    Structure,
    Unknown,
    contradict,
    is_dims,
    leaves,
    to_text,
)
from lstmlint.ir.weight import Weights
from lstmlint.ir.work import unknown_work

LayerPath = tuple[str, ...]

NEVER_CALLED = Unknown("it is never called")

#: Layers whose inner layers stay trainable in Keras 3 where they are frozen themselves.
COMPOSITES = frozenset({
    "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "MultiHeadAttention", "GroupQueryAttention", "GroupedQueryAttention",
})  # fmt: skip

NO_ARCHITECTURE = Unknown("the file holds no architecture")
UNKNOWN_OPERATION = "{} is not an operation that lstmlint knows"
UNKNOWN_LAYER = "{} is not a built-in layer that lstmlint knows; [tool.lstmlint.layers] can tell its output shape"

#: The limit on followed calls: so many, and so many more for each layer of the file. Nested models that call each other
#: on different shapes can ask for exponentially many.
FOLLOWED_CALLS = 20_000
FOLLOWED_CALLS_PER_LAYER = 10
TOO_MANY_CALLS = Unknown(
    "its models call each other on too many different shapes (lstmlint follows "
    f"{FOLLOWED_CALLS:,} calls of layers, and {FOLLOWED_CALLS_PER_LAYER} more for each layer of the file)"
)
UNREACHABLE = Unknown("its inputs are missing from the graph or form a cycle", is_refusal=True)


def infer(
    document: Document,
    graph: Graph | None,
    stored: Mapping[str, StoredLayer] = NOTHING,
    taught: Mapping[str, LayerType] = NOTHING,
) -> Model:
    """Infer every shape and weight of a document's model.

    Args:
        document: where the graph came from; kept for the rules.
        graph: the model, or `None` for a file without an architecture.
        stored: stored tensors by name of a layer of the outermost model.
        taught: layer functions of custom layers by class name, from the settings.
    """
    if graph is None:
        layers = tuple(map(stored_only_layer, document.stored or ()))
        return Model(document, None, layers, NO_ARCHITECTURE, NO_ARCHITECTURE)
    budget = FOLLOWED_CALLS + FOLLOWED_CALLS_PER_LAYER * _size(graph)
    model = _Inference(document, graph.semantics, taught, budget).model(graph, (), input_from_kernel(graph, stored))
    if not stored:
        return model
    layers = tuple(with_stored(replace(layer, stored=stored.get(layer.name))) for layer in model.layers)
    return replace(model, layers=layers, by_name={layer.name: layer for layer in layers})


@dataclass(frozen=True, slots=True)
class _Inference:
    """The recursion over models, layers and wrapped layers of one document."""

    document: Document
    semantics: Semantics
    taught: Mapping[str, LayerType]
    budget: int
    memo: dict[Any, Layer] = field(default_factory=dict)
    further: dict[Any, tuple[Layer, CallShapes]] = field(default_factory=dict)
    built: list[None] = field(default_factory=list)

    def model(self, graph: Graph, path: LayerPath, inputs: Structure | None) -> Model:
        """A model on its own recorded inputs, or on the `inputs` of a call."""
        given = dict(_bind(graph.inputs, inputs)) if inputs is not None else {}
        shapes = self._walk(graph, path, given)
        layers = tuple(shapes.layer(index) for index in range(len(graph.nodes)))
        return Model(
            document=self.document,
            graph=graph,
            layers=layers,
            inputs=_shapes_only(shapes.resolve(graph.inputs)),
            outputs=_shapes_only(shapes.resolve(graph.outputs)),
            by_name={layer.name: layer for layer in layers},
        )

    def _walk(self, graph: Graph, path: LayerPath, given: Mapping[str, Structure]) -> _Walk:
        walk = _Walk(self, graph, path, given)
        for node_index, call_index in in_order(graph):
            walk.evaluate(node_index, call_index)
        return walk

    def layer(self, node: Node, path: LayerPath, inputs: Structure, arguments: Mapping[str, Any] = NOTHING) -> Layer:
        """A layer with one call, built for its inputs, or for its recorded build shape where Keras prefers that."""
        layer = self._built(node, path, inputs, arguments)
        if node.build_shape is None or node.build_shape == inputs or not self.semantics.recorded_build_wins:
            return layer
        built = self._built(node, path, node.build_shape, arguments)
        demanded = None if layer.weights == built.weights else layer.weights
        return replace(layer, weights=built.weights, children=built.children, demanded=demanded)

    def _built(self, node: Node, path: LayerPath, inputs: Structure, arguments: Mapping[str, Any]) -> Layer:
        """A built layer. Layers that contain others are remembered, or nesting would double the work at each level."""
        self.built.append(None)
        if node.graph is None and not node.children:
            return self._build(node, path, inputs, arguments)
        if len(self.built) > self.budget:
            return _unknown_layer(node, path, inputs, arguments, TOO_MANY_CALLS)
        if node.graph is None and arguments:
            return self._build(node, path, inputs, arguments)
        key = (id(node), tuple(leaves(inputs)), type(inputs))
        if key not in self.memo:
            self.memo[key] = self._build(node, path, inputs, arguments)
        return self.memo[key]

    def _build(self, node: Node, path: LayerPath, inputs: Structure, arguments: Mapping[str, Any]) -> Layer:
        if node.graph is not None:
            return self._nested_model(node, node.graph, path, inputs)
        layer_type = self._layer_type(node)
        if layer_type is None:
            what = UNKNOWN_OPERATION if node.class_name.startswith(OPERATION) else UNKNOWN_LAYER
            return _unknown_layer(node, path, inputs, arguments, Unknown(what.format(node.written_class)))
        return self._answered(layer_type, node, path, inputs, arguments)

    def _layer_type(self, node: Node) -> LayerType | None:
        """The layer function of a built-in layer, or the one that settings or a package declare for a custom layer."""
        built_in = None if node.is_custom else layer_types().get(node.class_name)
        return built_in or self.taught.get(node.class_name) or plugin_layer_types().entries.get(node.class_name)

    def _answered(
        self, layer_type: LayerType, node: Node, path: LayerPath, inputs: Structure, arguments: Mapping[str, Any]
    ) -> Layer:
        """A layer as its layer function answers for the call."""
        contained = _Contained(self, node, path)
        call = Call(
            class_name=node.class_name,
            config=node.config,
            inputs=inputs,
            arguments=arguments,
            semantics=self.semantics,
            children=node.children,
            apply=contained,
            quantization=node.quantization,
        )
        signature, conflict = answer(layer_type, call, node.written_class)
        shapes = CallShapes(inputs, signature.outputs, arguments, conflict, work=signature.work)
        return Layer(node, path, (shapes,), self._owned(signature.weights, node), contained.layers)

    def _nested_model(self, node: Node, graph: Graph, path: LayerPath, inputs: Structure) -> Layer:
        """A nested model, built on its own inputs where they are known, and called on the inputs of the call."""
        model = called = self.model(graph, path, None)
        given = given_to_model(model.inputs, inputs, adjusts_rank=self.semantics.nested_models_adjust_rank)
        if not _is_unknown(given) and not _same(model.inputs, given):
            if _is_unknown(model.inputs):
                model = called = self.model(graph, path, given)
            else:  # the recorded shapes inside belong to its own inputs
                called = self.model(replace(graph, recorded={}), path, given)
        weights = joined(*((layer.name, layer.weights) for layer in model.layers))
        shapes = CallShapes(inputs, called.outputs, NOTHING, work=model_work(called))
        if self._refuses(model, called, inputs):
            conflict = f"expects {to_text(model.inputs)} and gets {to_text(inputs)}"
            reason = Unknown(f"{node.written_class} {conflict}", is_refusal=True)
            shapes = CallShapes(inputs, reason, NOTHING, conflict, work=unknown_work(reason))
        return Layer(node, path, (shapes,), self._owned(weights, node), {}, model)

    def _refuses(self, model: Model, called: Model, inputs: Structure) -> bool:
        """Whether a nested model refuses the inputs of a call, because of its own inputs (Keras 3) or its kernels."""
        if self.semantics.models_refuse_other_inputs:
            return refused_by_model(model.inputs, inputs)
        pairs = zip(model.layers, called.layers, strict=True)
        return any(contradict(_kernels(built), _kernels(demanded)) for built, demanded in pairs)

    def _owned(self, weights: Weights, node: Node) -> Weights:
        """The weights with their layer's dtype where they state none, and frozen where the layer is frozen."""
        if isinstance(weights, Unknown):
            return weights
        is_container = bool(node.children) or node.graph is not None or node.class_name in COMPOSITES
        freezes = not node.is_trainable and not (is_container and self.semantics.totals_ignore_wrappers)
        return tuple(
            replace(
                weight,
                trainable=False if freezes else weight.trainable,
                dtype=weight.dtype or node.dtype,
                variable=weight.variable or (node.shared_as and f"{node.shared_as}/{at}"),
            )
            for at, weight in enumerate(weights)
        )

    def output_of_call(self, layer: Layer, inputs: Structure, arguments: Mapping[str, Any]) -> CallShapes:
        """The shapes of a further call of a layer that is built already; a call on the same shape gives the same."""
        if arguments or not is_dims(inputs):
            return further_call(layer, self._built(layer.node, layer.path, inputs, arguments))
        key = (id(layer), inputs)
        if key not in self.further:
            # The layer is kept with it: of one that is gone another might have the `id`.
            self.further[key] = layer, further_call(layer, self._built(layer.node, layer.path, inputs, arguments))
        return self.further[key][1]


class _Contained:
    """The contained layers of one layer by role; its layer function builds each by calling it."""

    def __init__(self, inference: _Inference, outer: Node, path: LayerPath) -> None:
        self._inference, self._outer, self._path = inference, outer, path
        self.layers: dict[str, Layer] = {}

    def __call__(self, role: str, inputs: Structure, arguments: Mapping[str, Any]) -> Signature:
        node = self._outer.children[role]
        layer = self._inference.layer(node, (*self._path, node.name), inputs, arguments)
        self.layers[role] = layer
        made = layer.calls[0]
        return Signature(made.outputs, layer.weights, call_work(layer, made))


class _Walk:
    """The shapes of one graph while its calls are evaluated one after the other."""

    def __init__(self, inference: _Inference, graph: Graph, path: LayerPath, given: Mapping[str, Structure]) -> None:
        self._inference = inference
        self._graph = graph
        self._path = path
        self._given = given
        self._layers: dict[int, Layer] = {}
        self._calls: dict[int, dict[int, CallShapes]] = defaultdict(dict)
        self._tensors: dict[int, list[Shape]] = {}
        self._indexes = {node.name: index for index, node in enumerate(graph.nodes)}

    def evaluate(self, node_index: int, call_index: int) -> None:
        node = self._graph.nodes[node_index]
        call = node.calls[call_index]
        arguments = {name: self.resolve(value) for name, value in call.arguments.items()}
        inputs = self._given.get(node.name) if not call_index else None
        if inputs is None:
            inputs = self._whole_list(node_index) or _shapes_only(self.resolve(call.inputs))
        if node_index in self._layers:
            shapes = self._inference.output_of_call(self._layers[node_index], inputs, arguments)
        else:
            layer = self._inference.layer(node, (*self._path, node.name), inputs, arguments)
            self._layers[node_index] = layer
            shapes = layer.calls[0]
        recorded = recorded_output(self._graph, node_index, call_index)
        outputs, witness = completed(shapes.outputs, recorded)
        if witness is not shapes.witness:
            shapes = replace(shapes, outputs=outputs, witness=witness)
        self._calls[node_index][call_index] = shapes

    def _whole_list(self, node_index: int) -> Structure | None:
        """All outputs of the layer before, where a Sequential passes several on as a list; `None` otherwise."""
        before = node_index - 1
        if not self._graph.is_sequential or not self._graph.semantics.sequential_passes_lists or before < 0:
            return None
        made = self._calls[before].get(0)
        outputs = made.outputs if made is not None and self._graph.nodes[before].class_name != "InputLayer" else None
        return outputs if isinstance(outputs, list) and len(outputs) > 1 else None

    def layer(self, node_index: int) -> Layer:
        node = self._graph.nodes[node_index]
        layer = self._layers.get(node_index)
        if layer is None:
            reason = UNREACHABLE if node.calls else NEVER_CALLED
            layer = Layer(node, (*self._path, node.name), (), reason)
        elif len(node.calls) == 1 and layer.calls[0] is self._calls[node_index][0]:
            return layer
        missing = CallShapes(UNREACHABLE, UNREACHABLE, NOTHING, work=unknown_work(UNREACHABLE))
        done = self._calls[node_index]
        return replace(layer, calls=tuple(done.get(index, missing) for index in range(len(node.calls))))

    def resolve(self, structure: Any) -> Any:
        """A structure of references as a structure of shapes; values other than references stay."""
        if isinstance(structure, TensorRef):
            return self._tensor(structure)
        if isinstance(structure, list):
            return [self.resolve(item) for item in structure]
        if isinstance(structure, Mapping):
            return {key: self.resolve(value) for key, value in structure.items()}
        return structure

    def _tensor(self, reference: TensorRef) -> Structure:
        index = self._indexes.get(reference.layer)
        shapes = self._calls[index].get(reference.call) if index is not None else None
        if shapes is None:
            return UNREACHABLE
        if isinstance(shapes.outputs, Unknown):
            is_refusal = shapes.outputs.is_refusal
            return shapes.outputs if is_refusal else self._graph.recorded.get(reference, shapes.outputs)
        tensors = self._tensors_of(shapes)
        if not -len(tensors) <= reference.index < len(tensors):
            return Unknown(f"{reference.layer} has no output {reference.index}", is_refusal=True)
        return tensors[reference.index]

    def _tensors_of(self, shapes: CallShapes) -> list[Shape]:
        """The outputs of a call, kept for the calls that refer to one after the other."""
        if not isinstance(shapes.outputs, list | dict):
            return list(leaves(shapes.outputs))
        key = id(shapes)
        if key not in self._tensors:
            self._tensors[key] = list(leaves(shapes.outputs))
        return self._tensors[key]


def _unknown_layer(
    node: Node, path: LayerPath, inputs: Structure, arguments: Mapping[str, Any], reason: Unknown
) -> Layer:
    """A layer of which nothing is known but what it is called on."""
    return Layer(node, path, (CallShapes(inputs, reason, arguments, work=unknown_work(reason)),), reason)


def _size(graph: Graph) -> int:
    """The number of layers of a graph, those of nested models and wrappers included."""
    waiting, size = list(graph.nodes), 0
    while waiting:
        node = waiting.pop()
        size += 1
        waiting.extend(node.children.values())
        waiting.extend(node.graph.nodes if node.graph is not None else ())
    return size


def _bind(references: Any, shapes: Structure) -> Iterator[tuple[str, Structure]]:
    """Pair the input layers of a model with the shapes that a call gives them."""
    if isinstance(references, TensorRef):
        if isinstance(shapes, list) and len(shapes) == 1:
            shapes = shapes[0]
        yield references.layer, shapes
    elif isinstance(references, dict) and isinstance(shapes, dict):
        for key, reference in references.items():
            yield from _bind(reference, shapes.get(key, Unknown(f"the call gives no {key!r}")))
    elif isinstance(references, list | dict):
        names = list(references.values()) if isinstance(references, dict) else references
        given = list(shapes.values()) if isinstance(shapes, dict) else shapes
        if not isinstance(given, list):
            given = [given] if len(names) == 1 or not isinstance(given, Unknown) else [given] * len(names)
        for reference, shape in zip(names, given, strict=False):
            yield from _bind(reference, shape)


def _shapes_only(structure: Any) -> Structure:
    """A resolved structure, in which a value that is no tensor (a constant among the inputs) is unknown."""
    if isinstance(structure, list):
        return [_shapes_only(item) for item in structure]
    if isinstance(structure, dict):
        return {key: _shapes_only(item) for key, item in structure.items()}
    return structure if isinstance(structure, tuple | Unknown) else Unknown("it is a constant")


def _kernels(layer: Layer) -> Structure:
    """The shapes of a layer's weights of rank 2 or more, which are multiplied with inputs."""
    weights = () if isinstance(layer.weights, Unknown) else layer.weights
    return [weight.shape for weight in weights if len(weight.shape) > 1]


def _is_unknown(structure: Structure) -> bool:
    return any(isinstance(shape, Unknown) for shape in leaves(structure))


def _same(left: Structure, right: Structure) -> bool:
    return list(leaves(left)) == list(leaves(right))
