"""The certificate of a repair: every recurrent layer runs on probe sequences, before and after the repair.

Before means the layer of the file with its own tensors, computed as in the Keras that wrote it. After means the
repaired layer with the repaired tensors, computed as in today's Keras.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from lstmlint.analyses.parts import LayerPath
from lstmlint.analyses.states import has_constant_state
from lstmlint.fixing.certificate.functions import Array, NotComputedError
from lstmlint.fixing.certificate.recurrent import recurrence, run
from lstmlint.fixing.repairs import today
from lstmlint.fixing.repairs.repair import Draft, DraftLayer
from lstmlint.fixing.writers.source_tensors import root_of
from lstmlint.fixing.writers.weights import owned_tensors
from lstmlint.ir.dataclass import dataclass
from lstmlint.keras.classes import traits_of

#: A function from the path of a layer to its stored tensors, one list for each direction in the file; may be empty.
Reader = Callable[[LayerPath], Sequence[Sequence[Array]]]

BATCH, STEPS, SEED = 8, 12, 1

#: The directions of a Bidirectional in the path of a layer.
FORWARD, BACKWARD = "layer", "backward_layer"

#: The largest difference that rounding to 32 bits explains.
ROUNDING = 1e-5


@dataclass(frozen=True, slots=True)
class Comparison:
    """A recurrent layer before and after: the largest difference of its outputs, or the reason why it is unknown."""

    layer: str
    before: str
    after: str
    difference: float | None
    reason: str = ""

    @property
    def is_same(self) -> bool:
        """Whether the outputs are equal within rounding."""
        return self.difference is not None and self.difference <= ROUNDING


def comparisons(draft: Draft, read: Reader) -> Iterator[Comparison]:
    """The comparison of every recurrent layer and cell with a kernel of its own."""
    for layer in draft.layers():
        original = layer.original
        if original is not None and traits_of(original.class_name).has_gates and not original.node.is_custom:
            for tensors in read(layer.path):
                try:
                    difference, reason = largest_difference(draft, layer, tensors), ""
                except NotComputedError as error:
                    difference, reason = None, str(error)
                yield Comparison(layer.name, original.class_name, layer.class_name, difference, reason)


def certify(draft: Draft) -> tuple[Comparison, ...]:
    """The comparisons for a repaired model with the tensors of its file; empty where the file stores none.

    Raises:
        UnwritableError: the container of the tensors cannot be read, or the owner of a tensor is unclear.
        UnreadableError: the file is damaged.
    """
    if draft.document.stored is None:
        return ()
    owned = owned_tensors(draft)
    stated = {layer.path for layer in draft.layers()}
    with root_of(draft.document) as root:

        def read(path: LayerPath) -> list[list[Array]]:
            # The layer of a Bidirectional stands for both directions, unless the file states the backward layer.
            paths = [path]
            if path[-1:] == (FORWARD,) and (*path[:-1], BACKWARD) not in stated:
                paths.append((*path[:-1], BACKWARD))
            return [[root[tensor.place][()] for tensor in owned[one]] for one in paths if one in owned]

        return tuple(comparisons(draft, read))


def largest_difference(draft: Draft, layer: DraftLayer, tensors: Sequence[Array]) -> float:
    """The largest difference of outputs and states of a layer, on sequences that open and close its gates.

    Raises:
        NotComputedError: this module does not compute the layer.
    """
    if layer.original is None or draft.model.graph is None:
        raise NotComputedError("the layer of the file is unknown")
    if any(map(has_constant_state, layer.original.node.calls)):
        raise NotComputedError("its initial state is a constant, which is not computed here")
    slope = draft.model.graph.semantics.hard_sigmoid_slope
    before = recurrence(layer.original.class_name, layer.original.config, tensors, slope)
    repaired: tuple[Array, ...] = tuple(tensors)
    for operation in draft.weights.operations.get(layer.path, ()):
        repaired = operation.run(repaired)
    config = {**today.defaults(layer.class_name), **layer.config}
    after = recurrence(layer.class_name, config, repaired, today.semantics().hard_sigmoid_slope)
    features = next(iter(after.gates.values())).kernel.shape[0]
    sequence = np.random.default_rng(SEED).uniform(-2, 2, (BATCH, STEPS, features))
    outputs = [(result, *states) for result, states in (run(before, sequence), run(after, sequence))]
    return max(float(np.abs(one - other).max()) for one, other in zip(*outputs, strict=True))


def text(found: Sequence[Comparison]) -> Iterator[str]:
    """The certificate, line by line; empty where there is no recurrent layer."""
    if not found:
        return
    same, others = [one for one in found if one.is_same], [one for one in found if not one.is_same]
    noun = "recurrent layer" if len(found) == 1 else "recurrent layers"
    probes = f"{BATCH} sequences of {STEPS} steps"
    yield f"certificate: {len(same)} of {len(found)} {noun} give the same outputs as before ({probes})"
    for one in (*same, *others):
        classes = one.before if one.before == one.after else f"{one.before}, now {one.after}"
        said = f"not compared: {one.reason}" if one.difference is None else f"largest difference {one.difference:.1e}"
        yield f"  {one.layer} ({classes}): {said}"
