"""Weights of archives and `.weights.h5`, which Keras finds by the paths of their objects.

Sources: `_load_state` and `H5IOStore` in `saving/saving_lib.py`, and `load_own_variables` of layers, of Keras 3.15.1
and 2.15. Keras 3 loads what it can and then raises with the first failure; Keras 2 stops at it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lstmlint.analyses import expected
from lstmlint.analyses.expected import Owner
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.document import Container, StoredTensor, WeightNaming
from lstmlint.keras.config_schemas import value_at
from lstmlint.keras.serialized import SHARED_OBJECT
from lstmlint.portability.loaders.context import Loading, Obstacles
from lstmlint.portability.obstacle import DUMP, obstacle
from lstmlint.portability.stored.texts import FAILED

DESYNC, COUNT, SHAPE = "weights-config-desync", "param-count-mismatch", "kernel-input-mismatch"

#: The groups of tf.keras 2.13, where Keras 3 looks as well.
LAYERS, CHECKPOINTS = "layers", "_layer_checkpoint_dependencies"

VARS = "vars"

#: The members of an archive that hold weights; what NumPy wrote is not read here, as a remark of the reader says.
WEIGHTS = frozenset({"model.weights.h5", "model.weights.npz"})
NPZ = "weights in npz left alone"
NO_WEIGHTS = "Expected a model.weights.h5 or model.weights.npz file."

EXPECTED = (
    "Layer '{name}' expected {wanted} variables, but received {found} variables during loading. Expected: {names}"
)
ASSIGN = (
    "The shape of the target variable and the shape of the target value in `variable.assign(value)` must match. "
    f"variable.shape={{wanted}}, Received: value.shape={{found}}. Target variable: {DUMP}"
)
ASSIGN_BEFORE = (
    f"Cannot assign value to variable '{DUMP}': Shape mismatch.The variable shape {{wanted}}, and the assigned value "
    "shape {found} are incompatible."
)


@dataclass(frozen=True, slots=True)
class Failure:
    """An object whose variables are not the stored ones, and the message on it alone."""

    owner: Owner
    rule: str
    message: str
    error: str = "ValueError"

    @property
    def shown(self) -> str:
        return f"<{self.owner.class_name} name={self.owner.name}, built=True>"


def obstacles(loading: Loading) -> Obstacles:
    """The obstacles of the stored weights, in the order of Keras."""
    document = loading.document
    members = {member.name for member in document.evidence.members}
    if document.container is Container.KERAS and members and not WEIGHTS & members:
        yield obstacle(DESYNC, "ValueError", NO_WEIGHTS)
        return
    is_of_checkpoints = document.stored_by is WeightNaming.CHECKPOINT_NAME and not loading.target.is_keras3
    is_left = is_of_checkpoints or NPZ in document.remarks
    if is_left or expected.is_unbuilt(loading.model):
        return
    stored = _by_group(loading)
    owners: Iterator[Owner] = (owner for owner in expected.owners(loading.model) if not expected.is_untold(owner.layer))
    if loading.target.is_keras3:
        owners = _each_once(owners, document.config)
    failures = [failure for owner in owners for failure in _failures(owner, stored, loading)]
    if loading.target.is_keras3 and failures:
        objects = ", ".join(failure.shown for failure in failures)
        first, *others = failures
        text = FAILED.format(count=len(failures), object=first.shown, error=first.message, objects=objects)
        failures = [Failure(first.owner, first.rule, text), *others]
    for failure in failures:
        layer = failure.owner.layer
        yield obstacle(failure.rule, failure.error, failure.message, layer.pointer, layer.full_name)


def _each_once(owners: Iterator[Owner], config: Any) -> Iterator[Owner]:
    """The owners without those that Keras 3 takes for an earlier object, by the number of both.

    An object that has a number only where it occurs again is made twice (`saving/serialization_lib.py`).
    """
    seen: set[tuple[object, str, str]] = set()
    for owner in owners:
        written = value_at(config, owner.layer.pointer)
        number = written.get(SHARED_OBJECT) if isinstance(written, Mapping) else None
        key = (number, owner.class_name, owner.name)
        if not isinstance(number, int) or key not in seen:
            yield owner
        seen.add(key)


def _by_group(loading: Loading) -> Mapping[str, Mapping[str, StoredTensor]]:
    """The stored variables by the group that holds them, and in it by their numbers."""
    groups: dict[str, dict[str, StoredTensor]] = {}
    for layer in loading.document.stored or ():
        for tensor in layer.tensors:
            group, _, number = tensor.place.rpartition("/")
            groups.setdefault(group.removesuffix(f"/{VARS}"), {})[number] = tensor
    return groups


def _failures(owner: Owner, stored: Mapping[str, Mapping[str, StoredTensor]], loading: Loading) -> Iterator[Failure]:
    groups = (*owner.groups, *(group.replace(LAYERS, CHECKPOINTS) for group in owner.groups))
    variables = next((stored[group] for group in groups if group in stored), {})
    wanted = owner.weights
    if len(wanted) != len(variables):
        names = [weight.name.rpartition("/")[2] for weight in wanted] if loading.target.is_keras3 else DUMP
        name = owner.name if loading.target.is_keras3 else f"{owner.name}{DUMP}"
        message = EXPECTED.format(name=name, wanted=len(wanted), found=len(variables), names=names)
        yield Failure(owner, COUNT if variables else DESYNC, message)
        return
    for number, weight in enumerate(wanted):
        tensor = variables.get(str(number))
        if tensor is None:
            yield Failure(owner, COUNT, f"'{number}'", "KeyError")
            return
        if not expected.fits(weight.shape, tensor.shape):
            text = ASSIGN if loading.target.is_keras3 else ASSIGN_BEFORE
            yield Failure(owner, SHAPE, text.format(wanted=weight.shape, found=tensor.shape))
            return
