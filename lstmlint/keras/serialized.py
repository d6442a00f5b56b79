"""Keys of configs that hold objects, and keys of the objects themselves."""

from __future__ import annotations

from typing import Any

#: The key of an object's number where the object may occur again in an archive; equal numbers mean one object.
SHARED_OBJECT = "shared_object_id"

#: The kinds of named objects in the config of a layer.
OBJECT_KINDS = frozenset({"activation", "constraint", "initializer", "regularizer"})


#: The keys under which a functional model lists its inputs and outputs.
ENDS = ("input_layers", "output_layers")


def is_single_end(value: Any) -> bool:
    """Whether a value is one tensor, as `[layer, call, tensor]`, and not a list of several."""
    return isinstance(value, list) and len(value) == 3 and isinstance(value[0], str)


def kind_of_key(key: str) -> str | None:
    """The kind of the object under a key, from the last word of the key; `None` for other keys."""
    word = key.rpartition("_")[2]
    return word if word in OBJECT_KINDS else None
