"""Weights of a model in an HDF5 file: the three layouts of Keras versions from 2015 to today."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from lstmlint.ir.document import StoredLayer, StoredTensor, WeightNaming
from lstmlint.readers.hdf5_tree import (
    MAX_STRINGS,
    Group,
    Tree,
    has_attribute,
    has_names,
    is_dataset,
    is_group,
    joined,
    names,
    shown,
)

CHECKPOINT_GROUP = b"_layer_checkpoint_dependencies"
LAYER_GROUPS = (b"layers", CHECKPOINT_GROUP)
"""Group of all layers: the first name is that of Keras 2.15 and 3, the second that of earlier versions."""

NOT_LAYERS = frozenset({b"optimizer", b"metrics", b"vars", b"loss", b"_metrics", b"compile_metrics", b"loss_tracker"})
VARIABLES = b"vars"

LAYER_NAMES, WEIGHT_NAMES = "layer_names", "weight_names"
"""The attributes of Keras 1 and 2 that list the layers, and the weights of each."""

SEARCH_GROUPS = 1000
"""Number of groups that are opened to find out whether they are layers of a subclassed model."""

MemberPath = tuple[bytes, ...]
Stored = tuple[tuple[StoredLayer, ...], WeightNaming]


def stored_layers(tree: Tree, group: Group, place: str = "") -> Stored | None:
    """The layers whose weights lie in a group, in Keras' order, and how they are named; `None` if there are none."""
    for is_layout, read, naming in LAYOUTS:
        if is_layout(tree, group):
            layers = read(tree, group, place)
            # Other people's files have groups named "layers", too.
            if naming is WeightNaming.LAYER_NAME or any(layer.tensors for layer in layers):
                return layers, naming
    return None


# Keras 1 and 2, and Keras 3's legacy H5: attributes list the layers and the weights of each.


def lists_layers(tree: Tree, group: Group) -> bool:
    """Whether a group lists its layers as Keras 1 and 2 do."""
    return has_names(group, LAYER_NAMES)


def listed_layers(tree: Tree, group: Group, place: str) -> tuple[StoredLayer, ...]:
    """The layers that a group lists."""
    on_the_way: dict[bytes, Group] = {}
    layers = []
    for name in names(group, LAYER_NAMES) or ():
        node = tree.descend(group, name, on_the_way)
        if not is_group(node):
            tree.remarks["listed layer is missing"] = None
            tree.lacking[joined(place, name)] = None
            layers.append(StoredLayer(shown(name), ()))
        else:
            layers.append(StoredLayer(shown(name), listed_tensors(tree, node, name, joined(place, name))))
    return tuple(layers)


def listed_tensors(tree: Tree, group: Group, layer: bytes, place: str) -> tuple[StoredTensor, ...]:
    """The tensors that a layer's group lists."""
    on_the_way: dict[bytes, Group] = {}
    tensors = []
    if not has_names(group, WEIGHT_NAMES):
        tree.lacking[joined(place, WEIGHT_NAMES.encode())] = None
    for name in names(group, WEIGHT_NAMES) or ():
        node = tree.descend(group, name, on_the_way)
        tensor = tree.tensor(node, tensor_name(name, layer), joined(place, name)) if is_dataset(node) else None
        if tensor is None:
            tree.remarks["listed tensor is missing"] = None
            tree.lacking[joined(place, name)] = None
        else:
            tensors.append(tensor)
    return tuple(tensors)


def tensor_name(name: bytes, layer: bytes) -> str:
    """A weight's name within its layer: `kernel` of `lstm_1/kernel:0`, `W_i` of Keras 1's `lstm_1_W_i`."""
    path, _, last = name.rpartition(b"/")
    last = re.sub(rb":\d+$", b"", last)
    # Only Keras 1 puts the layer's name before a weight's without a slash: "recurrent/recurrent_kernel" is Keras 2.
    return shown(last if path else last.removeprefix(layer + b"_"))


# Keras 3, and Keras 2.12 and later in `.keras`: nested groups of numbered variables.


def nests_variables(tree: Tree, group: Group) -> bool:
    """Whether a group has the nested layout of Keras 3."""
    members = tree.children(group)
    if VARIABLES in members or any(map(is_layer_group, members)):
        return True
    groups = (tree.group(group, member) for member in islice(members, SEARCH_GROUPS))
    return any(VARIABLES in tree.children(inner) for inner in groups if inner is not None)


def nests_checkpoints(tree: Tree, group: Group) -> bool:
    """Whether a group has the nested layout under the names of tf.keras 2.12 to 2.14."""
    return any(first_step(name) == CHECKPOINT_GROUP for name in tree.children(group))


def nested_layers(tree: Tree, group: Group, place: str) -> tuple[StoredLayer, ...]:
    """One layer for each member of the group of layers, with all its variables; one for the model's own variables."""
    members = [member for member in tree.children(group) if member not in NOT_LAYERS]
    of_layers = [member for member in members if is_layer_group(member)]
    # A subclassed model has no group of layers: each of its attributes is one.
    depth = 2 if of_layers else 1
    layers: dict[bytes, dict[MemberPath, StoredTensor]] = {}
    for member in of_layers or members:
        for path, node in tree.walk(group, member):
            parts = split_path(path)
            if len(parts) >= depth:
                tensors = layers.setdefault(parts[depth - 1], {})
                tensors.update(variable(tree, node, parts[depth:], joined(place, b"/".join(path))))
    if VARIABLES in tree.children(group):
        own = {path: tensor for path, tensor in numbered(tree, group, VARIABLES, place) if tensor is not None}
        layers.update({VARIABLES: own} if own else {})
    return tuple(
        StoredLayer(shown(name), tuple(tensors[path] for path in sorted(tensors, key=natural_path)))
        for name, tensors in sorted(layers.items(), key=lambda layer: natural(layer[0]))
    )


def variable(tree: Tree, node: Any, inner: MemberPath, place: str) -> dict[MemberPath, StoredTensor]:
    """A variable, keyed by its path within its layer; empty where the object is no variable."""
    is_variable = is_dataset(node) and VARIABLES in inner
    tensor = tree.tensor(node, shown(b"/".join(inner)), place) if is_variable else None
    return {} if tensor is None else {inner: tensor}


def numbered(tree: Tree, group: Group, name: bytes, place: str) -> Iterator[tuple[MemberPath, StoredTensor | None]]:
    """The variables in a member of a group, with their paths: a model's own are in `vars` beside its layers."""
    for path, node in tree.walk(group, name):
        if is_dataset(node):
            inner = b"/".join(path)
            yield path, tree.tensor(node, shown(inner), joined(place, inner))


def is_layer_group(name: bytes) -> bool:
    """Whether a member of the outermost group is the group of layers or, from Windows, a path into it."""
    return first_step(name) in LAYER_GROUPS


def first_step(name: bytes) -> bytes:
    """The first part of what may be a path from Windows."""
    return name.split(b"\\")[0]


def split_path(path: MemberPath) -> MemberPath:
    """A path in its parts; Keras 2.12 on Windows wrote whole paths with backslashes as one name."""
    return tuple(part for name in path for part in name.split(b"\\") if part)


def natural(name: bytes) -> list[tuple[int, bytes]]:
    """A key that sorts `vars/10` after `vars/9` and `lstm` before `lstm_1`."""
    return [(int(part), b"") if part.isdigit() and len(part) < 10 else (-1, part) for part in re.split(rb"(\d+)", name)]


def natural_path(path: MemberPath) -> list[list[tuple[int, bytes]]]:
    """A key that sorts paths as `natural` sorts names."""
    return [natural(part) for part in path]


# Keras 0: numbered layers of numbered parameters.


def counts_layers(tree: Tree, group: Group) -> bool:
    """Whether a group only counts its layers, as Keras 0 did."""
    return has_attribute(group, b"nb_layers")


def counted_layers(tree: Tree, group: Group, place: str) -> tuple[StoredLayer, ...]:
    """The layers `layer_0`, `layer_1` ... with `param_0`, `param_1` ..."""
    layers = []
    for number in range(MAX_STRINGS):
        name = b"layer_%d" % number
        owner = tree.group(group, name)
        if owner is None:
            break
        own = sorted((child for child in tree.children(owner) if child.startswith(b"param_")), key=natural)
        datasets = ((child, tree.child(owner, child)) for child in own)
        tensors = (
            tree.tensor(dataset, shown(child), joined(place, name + b"/" + child))
            for child, dataset in datasets
            if is_dataset(dataset)
        )
        layers.append(StoredLayer(shown(name), tuple(tensor for tensor in tensors if tensor is not None)))
    return tuple(layers)


Layout = tuple[Callable[[Tree, Group], bool], Callable[[Tree, Group, str], tuple[StoredLayer, ...]], WeightNaming]
LAYOUTS: tuple[Layout, ...] = (
    (lists_layers, listed_layers, WeightNaming.LAYER_NAME),
    (counts_layers, counted_layers, WeightNaming.LAYER_NAME),
    (nests_checkpoints, nested_layers, WeightNaming.CHECKPOINT_NAME),
    (nests_variables, nested_layers, WeightNaming.CLASS_NAME),
)
