"""Interface of rules for operations, which receive an `Operation`, and the broadcast of shapes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from typing import Any, TypeAlias

from lstmlint.inference.layers.call import Call, Undetermined
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.shape import Dim, Dims, Incompatible, Structure, Unknown, is_dims, unify

#: Prefix of the name of a further positional argument; its number (from 1) follows.
FURTHER_OPERAND = "operand "


@dataclass(frozen=True, slots=True)
class Operation:
    """One call of an operation, independent of the library and its names.

    `operands` are its arguments in order, `values` its arguments and the settings of its config by name.
    """

    operands: tuple[Any, ...]
    values: Mapping[str, Any]
    prefers_known: bool

    @property
    def first(self) -> Dims:
        """The shape of the first operand."""
        return self.operand(0)

    @property
    def second(self) -> Dims:
        """The shape of the second operand."""
        return self.operand(1)

    def operand(self, index: int) -> Dims:
        """The shape of an operand; a number has none.

        Raises:
            Undetermined: it is missing, or its shape is unknown.
        """
        if index >= len(self.operands):
            raise Undetermined("the file does not record all of its operands")
        return shape_of(self.operands[index])

    def tensors(self) -> list[Dims]:
        """The shapes of the tensors in the list that is the first operand.

        Raises:
            Undetermined: it is no such list, or one of the shapes is unknown.
        """
        given = self.operands[0] if self.operands else None
        if isinstance(given, Unknown):
            raise Undetermined(given.reason)
        if not isinstance(given, list) or not given:
            raise Undetermined("it is not called on a list of tensors")
        return [shape_of(item) for item in given]

    def value(self, name: str, default: Any = None) -> Any:
        """An argument or a setting by name."""
        value = self.values.get(name)
        return default if value is None else value

    def flag(self, name: str) -> bool:
        """A setting that is true or false; false where it is missing."""
        return bool(self.values.get(name))

    def integer(self, name: str, default: int | None = None) -> int:
        """An integer by name.

        Raises:
            Undetermined: it is missing or no integer.
        """
        value = self.value(name, default)
        if isinstance(value, int):
            return int(value)
        raise Undetermined(f"the file records no integer {name!r} for it")

    def integers(self, name: str) -> list[int]:
        """An integer or a list of them, as a list.

        Raises:
            Undetermined: it is missing or holds something else.
        """
        value = self.values.get(name)
        values: list[Any] = value if isinstance(value, list) else [value]
        if all(isinstance(item, int) for item in values):
            return values
        raise Undetermined(f"the file records no list of integers {name!r} for it")

    def axis(self, rank: int, name: str = "axis", default: int | None = None) -> int:
        """An axis by name, counted from the front."""
        return canonical_axis(self.integer(name, default), rank)

    def axes(self, rank: int, name: str = "axis") -> list[int]:
        """Axes by name, counted from the front; all axes where the setting is missing."""
        if self.values.get(name) is None:
            return list(range(rank))
        return [canonical_axis(axis, rank) for axis in self.integers(name)]


ShapeFunction: TypeAlias = Callable[[Operation], Structure]


def operation(call: Call, parameters: Sequence[str], settings: Mapping[str, Any]) -> Operation:
    """The operation that a node of a graph calls.

    Args:
        call: the call; its arguments are keyed by name or, without a name, by position.
        parameters: the names of its parameters in order; a call may have more arguments.
        settings: settings that are not arguments of the call.
    """
    further = sorted((name for name in call.arguments if name.startswith(FURTHER_OPERAND)), key=_place)
    positional = [call.inputs, *(call.arguments[name] for name in further)]
    by_name = dict(zip(parameters, positional, strict=False))
    named = {name: value for name, value in call.arguments.items() if name not in further}
    values = {**settings, **named, **by_name}
    rest = [values[name] for name in parameters[len(positional) :] if values.get(name) is not None]
    return Operation((*positional, *rest), values, call.semantics.merge_prefers_known)


def _place(name: str) -> tuple[int, str]:
    return len(name), name


def shape_of(value: Any) -> Dims:
    """The shape of an operand: of a tensor, of nested lists of numbers, or `()` for a number.

    Raises:
        Undetermined: the operand is none of these.
    """
    if is_dims(value):
        return value
    if isinstance(value, Unknown):
        raise Undetermined(value.reason)
    if value is None or isinstance(value, int | float):
        return ()
    if isinstance(value, list):
        return (len(value), *(shape_of(value[0]) if value else ()))
    raise Undetermined("one of its operands is neither a tensor nor a number")


def canonical_axis(axis: int, rank: int) -> int:
    """An axis counted from the front.

    Raises:
        Incompatible: it is outside the rank.
    """
    if not -rank <= axis < rank:
        raise Incompatible(f"has axis {axis} outside a tensor of rank {rank}")
    return axis % rank


def broadcast(shapes: Iterable[Dims]) -> Dims:
    """The broadcast of shapes: they are aligned at the end, and a one fits every other dimension.

    Raises:
        Incompatible: two known dimensions differ and none of them is one.
    """
    return reduce(_broadcast_two, shapes, ())


def _broadcast_two(left: Dims, right: Dims) -> Dims:
    if len(left) < len(right):
        left, right = right, left
    lonely = len(left) - len(right)
    return (*left[:lonely], *(_broadcast_dim(*pair) for pair in zip(left[lonely:], right, strict=True)))


def _broadcast_dim(left: Dim, right: Dim) -> Dim:
    """A number above one decides; an open or unknown dimension might be one or that number.

    (Keras, `ops/operation_utils.py`, `broadcast_shapes`; the same in TensorFlow.)
    """
    if left == 1:
        return right
    if right == 1:
        return left
    return agreed(left, right)


def agreed(left: Dim, right: Dim) -> Dim:
    """The more definite of two dimensions that must be equal.

    Raises:
        Incompatible: both are known and differ.
    """
    try:
        return unify(left, right)
    except Incompatible:
        raise Incompatible(f"expects dimensions that fit and gets {left} and {right}") from None
