"""The certificate of a repair: every recurrent layer runs on probe sequences, before and after the repair.

Before means the layer of the file with its own tensors, computed as in the Keras that wrote it. After means the
repaired layer with the repaired tensors, computed as in today's Keras.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from lstmlint.analyses.parts import LayerPath
from lstmlint.analyses.states import has_constant_state
from lstmlint.fixing.certificate import convolution
from lstmlint.fixing.certificate.functions import ALL_ZERO, Array, NotComputedError
from lstmlint.fixing.certificate.recurrent import recurrence, run
from lstmlint.fixing.repairs import today
from lstmlint.fixing.repairs.repair import CONTAINED, Draft, DraftLayer
from lstmlint.inference.layers.wrappers import DIRECTIONS
from lstmlint.ir.dataclass import dataclass
from lstmlint.keras.classes import KINDS, traits_of

#: A function from the path of a layer to its stored tensors, one list for each direction in the file; may be empty.
Reader = Callable[[LayerPath], Sequence[Sequence[Array]]]

BATCH, STEPS, SEED = 8, 12, 1

PROBES = f"{BATCH} sequences of {STEPS} steps, from zeros, and from other states with masked steps"
LAYERS, CONVOLUTIONS = "recurrent layers", "convolutions"

#: The share of the steps that a mask does not skip.
COUNTED = 0.7

#: How a path says that a layer is inside of another, and what is said of it.
FORWARD, CELLS, BIDIRECTIONAL = "layer", "cells/", "Bidirectional"
WORDS: Mapping[str, str] = {"backward_layer": "backward", "cell": "cell"}

#: The largest difference that rounding to 32 bits explains.
ROUNDING = 1e-5


@dataclass(frozen=True, slots=True)
class Comparison:
    """A recurrent layer or convolution before and after: the largest difference, or why it is not known."""

    layer: str
    before: str
    after: str
    difference: float | None
    reason: str = ""
    is_recurrent: bool = True

    @property
    def is_same(self) -> bool:
        """Whether the outputs are equal within rounding."""
        return self.difference is not None and self.difference <= ROUNDING


def comparisons(draft: Draft, read: Reader) -> Iterator[Comparison]:
    """Every recurrent layer and cell of a repaired model that has an own kernel, and repaired convolutions."""
    classes = {layer.path: layer.class_name for layer in draft.layers()}
    for layer in draft.layers():
        original = layer.original
        if original is None or original.node.is_custom:
            continue
        is_recurrent = traits_of(original.class_name).has_gates
        if not is_recurrent and not convolution.is_compared(draft, layer):
            continue
        measure = recurrent_difference if is_recurrent else convolution.difference
        for number, tensors in enumerate(read(layer.path)):
            try:
                difference, reason = measure(draft, layer, tensors), ""
            except NotComputedError as error:
                difference, reason = None, str(error)
            name = place(layer.path, classes, number)
            yield Comparison(name, original.class_name, layer.class_name, difference, reason, is_recurrent)


def place(path: LayerPath, classes: Mapping[LayerPath, str], direction: int) -> str:
    """A layer by its names, with its direction and the number of its cell.

    `direction` counts those of a `Bidirectional` that the file states as one layer.
    """
    names, words = [], []
    for index, step in enumerate(path):
        if step.startswith(CELLS):
            words.append(f"cell {int(step.removeprefix(CELLS)) + 1}")
        elif step == FORWARD and classes.get(path[:index]) == BIDIRECTIONAL:
            words.append(DIRECTIONS[direction])
        elif index and step in CONTAINED:
            # The cell around stacked cells is none of its own.
            is_told = step in WORDS and not any(inner.startswith(CELLS) for inner in path[index + 1 : index + 2])
            words += [WORDS[step]] if is_told else []
        else:
            names.append(step)
    return ", ".join(("/".join(names), *words))


def recurrent_difference(draft: Draft, layer: DraftLayer, tensors: Sequence[Array]) -> float:
    """The distance of outputs and states before and after, on sequences that drive the gates to and fro.

    It runs from zeros, and from given states with some steps masked.

    Raises:
        NotComputedError: the layer is none of those that are computed here, or its weights show nothing.
    """
    if layer.original is None or draft.model.graph is None:
        raise NotComputedError("the layer of the file is unknown")
    if any(map(has_constant_state, layer.original.node.calls)):
        raise NotComputedError("its initial state is a constant, which is not computed here")
    if not any(tensor.any() for tensor in tensors if tensor.ndim > 1):
        raise NotComputedError(ALL_ZERO)
    slope = draft.model.graph.semantics.hard_sigmoid_slope
    before = recurrence(layer.original.class_name, layer.original.config, tensors, slope)
    repaired: tuple[Array, ...] = tuple(tensors)
    for operation in draft.weights.operations.get(layer.path, ()):
        repaired = operation.run(repaired)
    config = {**today.defaults(layer.class_name), **layer.config}
    after = recurrence(layer.class_name, config, repaired, today.semantics(draft.target).hard_sigmoid_slope)
    random = np.random.default_rng(SEED)
    sequence = random.uniform(-2, 2, (BATCH, STEPS, next(iter(after.gates.values())).kernel.shape[0]))
    states = tuple(random.uniform(-1, 1, (BATCH, after.units)) for _ in KINDS[after.kind].states)
    mask = random.uniform(size=(BATCH, STEPS)) < COUNTED
    differences = []
    for given in ((sequence,), (sequence, states, mask)):
        outputs = [(result, *last) for result, last in (run(before, *given), run(after, *given))]
        differences += [float(np.abs(one - other).max()) for one, other in zip(*outputs, strict=True)]
    return max(differences)


def text(results: Sequence[Comparison]) -> Iterator[str]:
    """The certificate, line by line; empty where there is no recurrent layer."""
    if not results:
        return
    kinds = {one.is_recurrent for one in results}
    same, others = [one for one in results if one.is_same], [one for one in results if not one.is_same]
    noun = " and ".join(kind for kind, is_kind in ((LAYERS, True), (CONVOLUTIONS, False)) if is_kind in kinds)
    probes = f" ({PROBES})" if True in kinds else ""
    yield f"certificate: {len(same)} of {len(results)} {noun} give the same outputs as before{probes}"
    for one in (*same, *others):
        classes = one.before if one.before == one.after else f"{one.before}, now {one.after}"
        said = f"not compared: {one.reason}" if one.difference is None else f"largest difference {one.difference:.1e}"
        yield f"  {one.layer} ({classes}): {said}"
    yield f"  not covered: everything but {noun}, and how layers are connected"
