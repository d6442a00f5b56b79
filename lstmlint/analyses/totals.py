"""The totals of a model: parameters, their bytes, and the costs of one example."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from lstmlint.inference.costs import model_costs
from lstmlint.inference.recognize import UNKNOWN_TRAINABLE
from lstmlint.ir.model import Model, byte_size
from lstmlint.ir.shape import Count, Unknown, total

NOTHING_TOLD = Unknown("the file holds neither an architecture nor weights")

#: The title and the unit of each total, in the order of display.
TITLES: Mapping[str, tuple[str, str]] = MappingProxyType({
    "params": ("parameters", ""),
    "trainable": ("trainable parameters", ""),
    "non_trainable": ("non-trainable parameters", ""),
    "bytes": ("size of the parameters", "bytes"),
    "multiply_adds_per_timestep": ("multiply-adds per timestep", ""),
    "multiply_adds": ("multiply-adds", ""),
    "state_bytes": ("recurrent state", "bytes"),
    "activation_bytes": ("activations kept for training", "bytes"),
})  # fmt: skip


def totals(model: Model) -> Iterator[tuple[str, Count]]:
    """Each total of `TITLES` by its name."""
    costs = model_costs(model)
    own = {
        "params": model_params(model),
        "trainable": model_params(model, trainable=True),
        "non_trainable": model_params(model, trainable=False),
        "bytes": model_bytes(model),
    }
    for name in TITLES:
        yield name, own[name] if name in own else getattr(costs, name)


def model_params(model: Model, trainable: bool | None = None) -> Count:
    """The number of parameters of a model, of all or of the (non-)trainable ones."""
    if not model.is_known:
        return NOTHING_TOLD
    if trainable is None:
        return model.params
    return model.trainable_params if trainable else model.non_trainable_params


def model_bytes(model: Model, trainable: bool | None = None) -> Count:
    """The bytes of a model's parameters by the dtype of their variables, of all or of the (non-)trainable ones."""
    if not model.is_known:
        return NOTHING_TOLD
    if model.is_frozen and trainable is not None:
        return 0 if trainable else model_bytes(model)
    sizes: list[Count] = []
    for weights in model.distinct_weights():
        if isinstance(weights, Unknown):
            return weights
        if trainable is not None and any(isinstance(weight.trainable, Unknown) for weight in weights):
            return UNKNOWN_TRAINABLE
        sizes.append(byte_size(w for w in weights if trainable is None or w.trainable is trainable))
    return total(sizes)
