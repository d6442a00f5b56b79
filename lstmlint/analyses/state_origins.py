"""The states of recurrent layers from which a tensor comes, through layers that keep values and through Concatenate."""

from __future__ import annotations

from collections.abc import Sequence

from lstmlint.analyses.activations import inputs_of, is_inert, producer
from lstmlint.analyses.sequences import recurrent_core
from lstmlint.analyses.states import states
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.graph import TensorRef
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Unknown

#: The most layers through which a state is followed.
MOST_LAYERS = 100


@dataclass(frozen=True, slots=True)
class StateOrigin:
    """A state that a recurrent layer returns, by the name that the layer gives it: `h`, `backward c`."""

    layer: Layer
    state: str

    def returns_all(self, names: Sequence[str]) -> bool:
        """Whether the layer has states of the same kinds as those of some names."""
        own = states(self.layer)
        kinds = {name.split()[-1] for name in names}
        return not isinstance(own, Unknown) and {state.name.split()[-1] for state in own} == kinds


def state_origins(model: Model, reference: TensorRef) -> list[StateOrigin]:
    """The states that a tensor holds, side by side; empty where it comes from anything else."""
    found: list[StateOrigin] = []
    waiting, left = [(model, reference)], MOST_LAYERS
    while waiting:
        left -= 1
        made = producer(*waiting.pop(0)) if left else None
        if made is None:
            return []
        inner, layer, at = made
        if recurrent_core(layer) is not None:
            state = _state(layer, at.index)
            if state is None:
                return []
            found.append(StateOrigin(layer, state))
        elif is_inert(layer) or layer.class_name == "Concatenate":
            waiting[:0] = [(inner, given) for given in inputs_of(layer, at)]
        else:
            return []
    return found


def _state(layer: Layer, index: int) -> str | None:
    """The name of the state at an index of a layer's outputs; the last output of a sequence is its h."""
    own = states(layer)
    core = recurrent_core(layer)
    if isinstance(own, Unknown) or core is None:
        return None
    outputs = 2 if layer.config.get("merge_mode", "") is None else 1
    if index >= outputs:
        return own[index - outputs].name if index - outputs < len(own) else None
    is_last = not core.config.get("return_sequences") and layer is core
    return own[0].name if is_last and own else None
