"""The weights of a repaired model: for each part the tensors to write, copied or made by operations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from lstmlint.analyses.parts import LayerPath, ModelPart, parts_in, parts_of
from lstmlint.fixing.repairs.repair import Draft, WeightOperation
from lstmlint.fixing.writers.parts import assigned, weights_of
from lstmlint.fixing.writers.writer import Output, UnwritableError
from lstmlint.ir.dataclass import dataclass, replace
from lstmlint.ir.document import StoredTensor
from lstmlint.ir.model import Layer, Model


@dataclass(frozen=True, slots=True)
class Filled:
    """A part of the new model with its tensors in the order of its weights: arrays, or datasets to copy."""

    part: ModelPart
    tensors: tuple[Any, ...]


def filled(output: Output, root: Any) -> Iterator[Filled]:
    """The parts of the new model that have weights, in the order of its layers, each with its tensors.

    Raises:
        UnwritableError: a tensor is missing or does not have the shape that the new model needs.
    """
    owned = owned_tensors(output.draft)
    if not owned:  # a model that was saved before it was built
        return
    for part in parts_of(output.model):
        if isinstance(part.layer.weights, tuple) and not part.layer.weights:
            continue
        path = original_path(part.path, output.draft)
        tensors = owned.get(path, owned.get(path[:-1], ()))
        datasets = tuple(root[tensor.place] for tensor in tensors)
        operations = operations_of(part.path, output)
        values = datasets
        if operations:
            values = tuple(dataset[()] for dataset in datasets)
            for operation in operations:
                values = operation.run(values)
        require_fit(part, values)
        yield Filled(part, values)


def owned_tensors(draft: Draft) -> dict[LayerPath, tuple[StoredTensor, ...]]:
    """The stored tensors of the original by the part that owns them."""
    owned: dict[LayerPath, tuple[StoredTensor, ...]] = {}
    naming = draft.document.stored_by
    for layer in with_unnamed(draft):
        if layer.stored is not None and layer.stored.tensors:
            parts = [part for part in parts_of_layer(layer, draft.model) if not is_bare(part)]
            owned.update(assigned(parts or list(parts_of_layer(layer, draft.model)), layer.stored, naming))
    return owned


def with_unnamed(draft: Draft) -> Iterator[Layer]:
    """The layers with their stored tensors; a nested model whose name Keras 1 lost gets tensors without an owner."""
    layers = draft.model.layers
    named = {layer.stored.name for layer in layers if layer.stored is not None}
    spare = [stored for stored in draft.document.stored or () if stored.tensors and stored.name not in named]
    lacking = [layer.name for layer in layers if layer.stored is None and layer.model is not None]
    by_name = dict(zip(lacking, spare, strict=True)) if len(lacking) == len(spare) else {}
    for layer in layers:
        yield replace(layer, stored=by_name[layer.name]) if layer.name in by_name else layer


def parts_of_layer(layer: Layer, model: Model) -> Iterator[ModelPart]:
    """The parts of one layer of the outermost model."""
    yield from parts_in(layer, (layer.name,), f"layers/{layer.stored.name if layer.stored else layer.name}")


def is_bare(part: ModelPart) -> bool:
    """Whether a part is known to own no weights."""
    return part.layer.weights == ()


def original_path(path: LayerPath, draft: Draft) -> LayerPath:
    """The path of a part in the original."""
    return tuple(draft.renamed.get(step, step) for step in path)


def operations_of(path: LayerPath, output: Output) -> tuple[WeightOperation, ...]:
    """The operations on a part, by its path; the backward direction shares those of the forward direction."""
    plan = output.draft.weights.operations
    old = original_path(path, output.draft)
    for candidate in (old, path):
        if candidate in plan:
            return plan[candidate]
    if old and old[-1] == "backward_layer" and not records_backward(old[:-1], output.draft):
        return plan.get((*old[:-1], "layer"), ())
    return ()


def records_backward(path: LayerPath, draft: Draft) -> bool:
    """Whether a Bidirectional states its backward layer."""
    return any(layer.path == path and "backward_layer" in layer.config for layer in draft.layers())


def require_fit(part: ModelPart, values: tuple[Any, ...]) -> None:
    """Refuse tensors that the new model could not load.

    Raises:
        UnwritableError: there are more or fewer than its weights, or they have other shapes.
    """
    weights = weights_of(part)
    if len(values) != len(weights):
        raise UnwritableError(
            f"stores {len(values)} tensors for {'/'.join(part.path)}, and the layer needs {len(weights)}"
        )
    for weight, value in zip(weights, values, strict=True):
        shape = tuple(value.shape)
        if len(shape) != len(weight.shape) or any(
            isinstance(dim, int) and dim != size for dim, size in zip(weight.shape, shape, strict=True)
        ):
            raise UnwritableError(
                f"stores a {weight.name} of {shape} for {'/'.join(part.path)}, and the layer needs {weight.shape}"
            )


def reader_of(draft: Draft, root: Any) -> Callable[[LayerPath], Sequence[Sequence[Any]]]:
    """A function from the path of a layer in the draft to its stored tensors, one list for each direction."""
    owned = owned_tensors(draft)

    def read(path: LayerPath) -> list[tuple[Any, ...]]:
        old = original_path(path, draft)
        paths = [old]
        if old[-1:] == ("layer",) and not records_backward(old[:-1], draft):
            paths.append((*old[:-1], "backward_layer"))
        return [tuple(root[tensor.place][()] for tensor in owned[one]) for one in paths if one in owned]

    return read
