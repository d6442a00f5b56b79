"""Where the Keras versions put the variables of an optimizer in an HDF5 file: listed by name, or numbered."""

from __future__ import annotations

from lstmlint.ir.document import StoredTensor
from lstmlint.readers.hdf5_tree import Group, Tree, has_names, joined
from lstmlint.readers.hdf5_weights import VARIABLES, listed_tensors, natural_path, numbered

LISTED = b"optimizer_weights"
"""Beside the weights of a whole model in H5: `training/Adam/lstm/kernel/m:0`, `Adam/m/lstm/kernel:0`, `param_0`."""

NUMBERED = b"optimizer"
"""In archives: `optimizer/vars/0` is the count of iterations, in Keras 3 `1` the learning rate, then what is kept."""


def slots(tree: Tree, group: Group, place: str = "") -> tuple[StoredTensor, ...]:
    """The variables of the optimizer of a model that lies in a group, in their order; none where it has none."""
    listed = tree.group(group, LISTED)
    if listed is not None and has_names(listed, "weight_names"):
        return listed_tensors(tree, listed, b"", joined(place, LISTED))
    owner = tree.group(group, NUMBERED)
    if owner is None:
        return ()
    found = dict(numbered(tree, owner, VARIABLES, joined(place, NUMBERED))) if VARIABLES in tree.children(owner) else {}
    ordered = (found[path] for path in sorted(found, key=natural_path))
    return tuple(tensor for tensor in ordered if tensor is not None)
