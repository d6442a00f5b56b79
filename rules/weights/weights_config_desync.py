"""Config and weights do not hold the same layers: some have no weights, or some weights have no layer.

## Why it matters

Config and weights are then of two models. Keras refuses an H5 whose numbers of layers differ ("Layer count mismatch
when loading weights from file. Model expected 4 layers, found 3 saved layers") and a `.keras` that lacks the weights
of a layer ("expected 2 variables, but received 0"). What a `.keras` stores beyond its config it ignores without a
word.

## Example

The last layer was removed from the config of this file; its weights are still there.

```console
$ lstmlint check --ignore portability fixtures/broken/weights-config-desync.h5
fixtures/broken/weights-config-desync.h5:model_weights/dense_1/dense_1/kernel:0: error[weights-config-desync]: \
dense_1: the file stores 2 tensors for it, but the config has no such layer
    help: restore the layer in the config, or save config and weights of the model together again
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```console
$ lstmlint check --ignore portability fixtures/keras-2.3.1/lstm-72.h5
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Keras matches the layers of an H5 in their order, whatever their names are, so equally many layers under other names
are only a note. Where every layer has its weights, and Keras would not load them all the same (their order, shapes or
groups), the rule says what Keras stops at. Where the weights of a custom layer are unknown, the numbers cannot be
compared.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.sequences import location_of
from lstmlint.analyses.sharing import LOAD_INTO_CODE, probably_shared, told_as_shared
from lstmlint.inference.stored import is_stored, is_weight, kernel_discrepancies, stored_count, stored_weights
from lstmlint.ir.document import StoredLayer, WeightNaming
from lstmlint.ir.finding import Finding, Location, Related, Severity, Unjudged
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Unknown, unknowns
from lstmlint.linting.rule import Judgement, NoOptions, rule
from lstmlint.portability.obstacle import Obstacle
from lstmlint.portability.stored import fault

#: Layers without weights and weights without a layer have one cause.
CAUSE = "config and weights are of other layers"

#: Between the parts of the message of Keras 3 for objects that could not be loaded; the second is what failed.
INNER = "\n\n"

SAVE_AGAIN = "save config and weights of the model together again"
OF_WINDOWS = (
    "its groups are named with backslashes, as by Keras on Windows: load it there and save it with a newer Keras"
)


@rule(Severity.ERROR)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    if model.graph is None or _was_never_built(model):
        return
    judgements = list(_by_layer(model)) if model.document.stored is not None else []
    yield from judgements
    stopping = None if judgements or any(map(_is_told, model.layers)) else fault(model)
    if stopping is not None:
        yield _stopped(stopping, model)


def _by_layer(model: Model) -> Iterator[Judgement]:
    """Layers without weights, and weights without a layer, by the layers' names."""
    bare = [layer for layer in model.layers if not stored_weights(layer)]
    untold = next((layer for layer in bare if isinstance(layer.weights, Unknown)), None)
    missing = [layer for layer in bare if not isinstance(layer.weights, Unknown) and any(map(is_stored, layer.weights))]
    extra = _extra(model)
    if not missing and not extra:
        return
    by_name = model.document.stored_by is WeightNaming.LAYER_NAME
    if untold is not None and isinstance(untold.weights, Unknown):
        yield Unjudged(location_of(untold), untold.weights)
    elif by_name and len(missing) == len(extra):
        yield _renamed(missing, extra)
    else:
        shared = probably_shared(model)
        yield from (_without_weights(layer, shared.get(layer.name)) for layer in missing)
        yield from (_without_layer(group, is_refused=by_name) for group in extra)


def _is_told(layer: Layer) -> bool:
    """Whether another rule says that the stored tensors of a layer are not those of its config."""
    is_counted = not isinstance(layer.params, Unknown) and bool(stored_weights(layer))
    return bool(kernel_discrepancies(layer)) or (is_counted and stored_count(layer) != layer.params)


def _stopped(stopping: Obstacle, model: Model) -> Finding:
    """The finding where each layer has its weights, but in another order, shape or place."""
    is_of_windows = any("\\" in tensor.place for layer in model.document.stored or () for tensor in layer.tensors)
    parts = stopping.message.split(INNER)
    return Finding(
        location=Location(stopping.layer, stopping.pointer),
        message=f"Keras does not load the stored weights: {parts[min(1, len(parts) - 1)]}",
        help=OF_WINDOWS if is_of_windows else stopping.cure,
        severity=Severity.WARNING if is_of_windows else None,
        cause=CAUSE,
    )


def _extra(model: Model) -> list[StoredLayer]:
    """The stored layers with weights that belong to no layer of the config."""
    matched = {tensor.place for layer in model.layers if layer.stored is not None for tensor in layer.stored.tensors}
    return [
        group
        for group in model.document.stored or ()
        if any(is_weight(tensor) and tensor.place not in matched for tensor in group.tensors)
    ]


def _was_never_built(model: Model) -> bool:
    """Whether nobody ever told the model its input: Keras 3 saves such a model without any weights."""
    has_weights = any(map(is_weight, (tensor for group in model.document.stored or () for tensor in group.tensors)))
    return not has_weights and any(unknowns(model.inputs))


def _without_weights(layer: Layer, twin: Layer | None) -> Finding:
    weights = () if isinstance(layer.weights, Unknown) else layer.weights
    message = f"has {len(weights)} weights by the config, but the file stores none for it"
    return Finding(
        location=location_of(layer),
        message=message if twin is None else message + told_as_shared(twin),
        help=f"{SAVE_AGAIN}, or take '{layer.name}' out of the config" if twin is None else LOAD_INTO_CODE,
        cause=CAUSE,
    )


def _without_layer(group: StoredLayer, *, is_refused: bool) -> Finding:
    return Finding(
        location=Location(group.name, stored=group.tensors[0].place),
        message=f"the file stores {len(group.tensors)} tensors for it, but the config has no such layer",
        help="restore the layer in the config, or save config and weights of the model together again",
        severity=None if is_refused else Severity.WARNING,
        cause=CAUSE,
    )


def _renamed(missing: list[Layer], extra: list[StoredLayer]) -> Finding:
    layer, group = missing[0], extra[0]
    others = len(missing) - 1
    more = f", and so are {others} more" if others > 1 else ", and so is 1 more" if others else ""
    return Finding(
        location=location_of(layer),
        message=f"is stored under another name, '{group.name}'{more}: Keras loads it in order, not by name",
        help=f"use the names of the file in the config ('{group.name}' for '{layer.name}'), or save the model again",
        related=(Related(Location(group.name, stored=group.tensors[0].place), "is the weights' name"),),
        severity=Severity.NOTE,
    )
