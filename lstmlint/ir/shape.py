"""Dimensions and shapes, in which "open in Keras" and "unknown to lstmlint" differ.

A dimension is an `int`, `None` (Keras itself leaves it open: batch size, variable timesteps) or an
`Unknown` (lstmlint does not know it, and says why). A shape is a tuple of dimensions or an `Unknown`. The
inputs and outputs of a layer are a `Structure`: one shape, or lists and dicts of shapes nested as in Keras.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import Any, TypeAlias, TypeGuard

from lstmlint.ir.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that lstmlint cannot know; `reason` completes the sentence "unknown, because ...".

    `is_refusal` marks a value that does not exist, because Keras itself refuses the layer.
    """

    reason: str
    is_refusal: bool = False


class Witness(StrEnum):
    """The source of a value: the configs, a shape that the file records beside them, or the stored tensors."""

    INFERRED = "inferred"
    RECORDED = "recorded"
    STORED = "stored"


NO_TENSOR = Unknown("it is called on a constant")

#: Larger numbers are not counted with: no machine holds as much, and Python neither prints nor divides any number.
LARGEST = 10**100
#: TensorFlow knows no more axes (`tensorflow/core/framework/tensor_shape.h`, `MaxDimensions`), and others fewer.
MOST_AXES = 254
TOO_MANY_AXES = Unknown(f"it would have more than {MOST_AXES} axes")
BEYOND = Unknown("it would have a number of more than 100 digits")

Dim: TypeAlias = int | Unknown | None
Dims: TypeAlias = tuple[Dim, ...]
Shape: TypeAlias = Dims | Unknown
Structure: TypeAlias = "Dims | Unknown | list[Structure] | dict[str, Structure]"
Count: TypeAlias = int | Unknown


class Incompatible(Exception):
    """Raised by a layer function where Keras refuses the inputs; the message names the values that disagree."""


def is_dims(value: object) -> TypeGuard[Dims]:
    """Whether a structure is one shape whose rank is known."""
    return isinstance(value, tuple)


def combine(function: Callable[..., int], *dims: Dim) -> Dim:
    """Apply integer arithmetic to dimensions: unknown if any is unknown, else open if any is open."""
    for dim in dims:
        if isinstance(dim, Unknown):
            return dim
    return None if None in dims else countable(function(*dims))


def countable(number: int) -> Dim:
    """A number, unknown beyond what is counted with."""
    return number if -LARGEST <= number <= LARGEST else BEYOND


def product(dims: Iterable[Dim]) -> Dim:
    """The product of dimensions (1 if there are none): unknown if any is unknown, else open if any is open."""
    result: Dim = 1
    for dim in dims:
        if isinstance(dim, Unknown):
            return dim
        if isinstance(result, int):
            result = None if dim is None else countable(result * dim)
    return result


def total(counts: Iterable[Count]) -> Count:
    """Sum of counts; unknown if any is unknown."""
    result = 0
    for count in counts:
        if isinstance(count, Unknown):
            return count
        result += count
    return result


def unify(left: Dim, right: Dim) -> Dim:
    """The more definite of two dimensions that must agree.

    Raises:
        Incompatible: both are known and differ. Only two known values can contradict each other.
    """
    if isinstance(left, Unknown) or left is None:
        return left if right is None and left is not None else right
    if isinstance(right, Unknown) or right is None or left == right:
        return left
    raise Incompatible(f"dimensions {left} and {right} differ")


def contradict(left: Structure, right: Structure) -> bool:
    """Whether two structures state different known ranks or numbers for tensors at the same position."""
    pairs = list(zip(leaves(left), leaves(right), strict=False))
    return any(
        len(one) != len(other)
        or any(isinstance(a, int) and isinstance(b, int) and a != b for a, b in zip(one, other, strict=True))
        for one, other in pairs
        if is_dims(one) and is_dims(other)
    )


def leaves(structure: Structure) -> Iterator[Shape]:
    """The shapes of a structure in Keras' flattening order (dict values by sorted key)."""
    if isinstance(structure, list):
        for item in structure:
            yield from leaves(item)
    elif isinstance(structure, dict):
        for key in sorted(structure):
            yield from leaves(structure[key])
    else:
        yield structure if is_dims(structure) or isinstance(structure, Unknown) else NO_TENSOR


def first(structure: Structure) -> Shape:
    """The first shape of a structure."""
    return next(leaves(structure), Unknown("there is no tensor"))


def unknowns(structure: Structure) -> Iterator[Unknown]:
    """Every unknown in a structure: whole shapes and single dimensions."""
    for shape in leaves(structure):
        if isinstance(shape, Unknown):
            yield shape
        else:
            yield from (dim for dim in shape if isinstance(dim, Unknown))


def shape_from_json(value: Any) -> Shape | None:
    """A recorded shape (a list of ints and nulls) as dimensions; `None` if it is no such list.

    A recorded 0-d shape `[]` is the empty tuple. Keras 3 may write a shape as an object with a `items` list. A
    dimension beyond what is counted with is unknown, and so is a shape of too many of them.
    """
    if isinstance(value, dict):
        config = value.get("config")
        value = value.get("items", config.get("items") if isinstance(config, dict) else None)
    if not isinstance(value, list):
        return None
    if all(dim is None or (isinstance(dim, int) and not isinstance(dim, bool)) for dim in value):
        dims = tuple([None if dim is None else countable(dim) for dim in value])
        return dims if len(dims) <= MOST_AXES else TOO_MANY_AXES
    return None


def to_json(structure: Structure) -> Any:
    """A structure as plain JSON: `null` is an open dimension, `"unknown"` an unknown one."""
    if isinstance(structure, Unknown):
        return "unknown"
    if isinstance(structure, list):
        return [to_json(item) for item in structure]
    if isinstance(structure, dict):
        return {key: to_json(item) for key, item in structure.items()}
    return ["unknown" if isinstance(dim, Unknown) else dim for dim in structure]


def to_text(structure: Structure) -> str:
    """A structure as `model.summary()` prints it, with `?` for unknown values."""
    if isinstance(structure, Unknown):
        return "?"
    if isinstance(structure, list):
        return "[" + ", ".join(to_text(item) for item in structure) + "]"
    if isinstance(structure, dict):
        return "{" + ", ".join(f"{key}: {to_text(item)}" for key, item in structure.items()) + "}"
    dims = ["?" if isinstance(dim, Unknown) else str(dim) for dim in structure]
    return f"({dims[0]},)" if len(dims) == 1 else "(" + ", ".join(dims) + ")"


def shape_of_array(value: Any) -> Dims:
    """The shape of an array that is written as nested lists."""
    shape = []
    while isinstance(value, list):
        shape.append(len(value))
        value = value[0] if value else None
    return tuple(shape)
