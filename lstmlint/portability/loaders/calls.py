"""Calls that a Keras refuses while it builds a model: the layer was built for another input.

Sources: `layers/input_spec.py` (`assert_input_compatibility`) of Keras 3.15.1 and 2.15, `_adjust_input_rank` and
`_standardize_inputs` in `models/functional.py`.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.ir.dataclass import dataclass, replace
from lstmlint.ir.document import Container
from lstmlint.ir.model import CallShapes, Layer
from lstmlint.ir.shape import Structure, Unknown, contradict, is_dims
from lstmlint.ir.weight import Weights
from lstmlint.keras.classes import traits_of
from lstmlint.keras.versions import Target
from lstmlint.portability.loaders.context import Loading, Obstacles
from lstmlint.portability.obstacle import DUMP, obstacle

RANKS, RECORDED = "layer-rank-or-merge-mismatch", "recorded-shape-mismatch"

CURE = "change the config so that the layer is given what its weights were made for, or save the model again"

#: The first Keras 3 that names the input in its message.
FIRST_NAMING = (3, 13)

HEAD = "Input {number} with name '{input}' of layer '{layer}' is incompatible with the layer: "
HEAD_BEFORE = 'Input {number} of layer "{layer}" is incompatible with the layer: '
RANK = "expected ndim={wanted}, found ndim={found}. Full shape received: {shape}"
AXIS = "expected axis -1 of input shape to have value {wanted}, but received input with shape {shape}"
SHAPE = "expected shape={wanted}, found shape={shape}"


@dataclass(frozen=True, slots=True)
class Refusal:
    """The refusal of a call: the rule that explains it, and the words of Keras."""

    rule: str
    message: str


def obstacles(loading: Loading) -> Obstacles:
    """The refused calls, those of inner models first."""
    for model in reversed(loading.model.all_models):
        for layer, _, shapes in model.calls():
            refusal = _refused(layer, shapes, loading)
            if refusal is not None:
                refused = obstacle(refusal.rule, "ValueError", refusal.message, layer.pointer, layer.full_name)
                yield replace(refused, cure=CURE)


def _refused(layer: Layer, shapes: CallShapes, loading: Loading) -> Refusal | None:
    if loading.document.container is not Container.H5 and _is_built_otherwise(layer) and layer.class_name == "Dense":
        given = shapes.inputs
        wanted = None if isinstance(layer.weights, Unknown) else layer.weights[0].shape[0]
        return Refusal(RECORDED, _head(layer, loading) + AXIS.format(wanted=wanted, shape=_plain(given)))
    if shapes.conflict is None:
        return None
    return Refusal(RANKS, _sentence(layer, shapes, loading))


def _is_built_otherwise(layer: Layer) -> bool:
    """Whether the recorded shape makes other weights than the input needs."""
    return layer.demanded is not None and _disagree(layer.weights, layer.demanded)


def _disagree(built: Weights, demanded: Weights) -> bool:
    if isinstance(built, Unknown) or isinstance(demanded, Unknown):
        return False
    return contradict([weight.shape for weight in built], [weight.shape for weight in demanded])


def _sentence(layer: Layer, shapes: CallShapes, loading: Loading) -> str:
    """The words of Keras on a refused call where they are known; otherwise the shapes."""
    given, wanted = shapes.inputs, traits_of(layer.class_name).rank
    if layer.model is not None and loading.target.is_keras3 and is_dims(layer.model.inputs):
        name = _head(layer, loading, DUMP, DUMP)
        inner = name + SHAPE.format(wanted=_plain(layer.model.inputs), shape=_plain(given))
        graph = layer.model.graph
        is_sequential = graph is not None and graph.is_sequential
        outer = f"Exception encountered when calling Sequential.call().\n\n{inner}\n\n{DUMP}"
        return outer if is_sequential else inner
    if wanted is not None and is_dims(given) and len(given) != wanted:
        return _head(layer, loading) + RANK.format(wanted=wanted, found=len(given), shape=_plain(given))
    return f"{DUMP}{layer.name} {shapes.conflict}"


def _head(layer: Layer, loading: Loading, name: str = "None", layer_name: str = "") -> str:
    return incompatible(layer_name or layer.name, loading.target, name)


def incompatible(layer: str, target: Target, name: str = "None") -> str:
    """The first words of a Keras on an input that does not fit a layer."""
    text = HEAD if target.is_keras3 and target.version >= FIRST_NAMING else HEAD_BEFORE
    return text.format(number=0, input=name, layer=layer)


def _plain(shape: Structure) -> str:
    """A shape as Python prints it."""
    if not is_dims(shape):
        return DUMP
    dims: Iterator[object] = (DUMP if isinstance(dim, Unknown) else dim for dim in shape)
    return str(tuple(dims)).replace(f"'{DUMP}'", DUMP)
