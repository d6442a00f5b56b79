"""Variables of an optimizer in an HDF5 file: some Keras versions list them by name, others number them."""

from __future__ import annotations

from lstmlint.ir.document import StoredTensor
from lstmlint.readers.hdf5_tree import Group, Tree, has_names, joined
from lstmlint.readers.hdf5_weights import VARIABLES, WEIGHT_NAMES, listed_tensors, natural_path, numbered

LISTED = b"optimizer_weights"
"""Group in H5 for names such as `training/Adam/lstm/kernel/m:0`, `Adam/m/lstm/kernel:0`, `param_0`."""

NUMBERED = b"optimizer"
"""Group in archives: `optimizer/vars/0` counts iterations, `1` is the learning rate in Keras 3, the slots follow."""


def slots(tree: Tree, group: Group, place: str = "") -> tuple[StoredTensor, ...]:
    """The optimizer's variables of a model in a group, in their order; empty where it has no optimizer."""
    listed = tree.group(group, LISTED)
    if listed is not None and has_names(listed, WEIGHT_NAMES):
        return listed_tensors(tree, listed, b"", joined(place, LISTED))
    if listed is not None:
        tree.lacking[joined(joined(place, LISTED), WEIGHT_NAMES.encode())] = None
    owner = tree.group(group, NUMBERED)
    if owner is None:
        return ()
    variables = (
        dict(numbered(tree, owner, VARIABLES, joined(place, NUMBERED))) if VARIABLES in tree.children(owner) else {}
    )
    ordered = (variables[path] for path in sorted(variables, key=natural_path))
    return tuple(tensor for tensor in ordered if tensor is not None)
