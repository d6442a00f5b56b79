"""Numbers that stand in a config as texts, and the dtype `float`: what each Keras does with them.

The rows are what real Kerases said of such files (`tests/data/odd_configs.jsonl`); fields and classes that were not
tried have none. Where a row begins inside Keras 3 is by the sources of its releases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import Enum, auto
from typing import NamedTuple

from lstmlint.keras.classes import traits_of
from lstmlint.keras.versions import Target
from lstmlint.portability.loaders.context import LoadedObject, Obstacles, deserializing
from lstmlint.portability.obstacle import DUMP


def _is_recurrent(name: str) -> bool:
    return traits_of(name).makes_cell or traits_of(name).is_cell


def _has_units(name: str) -> bool:
    return name == "Dense" or _is_recurrent(name)


def _drops(name: str) -> bool:
    return traits_of(name).only_drops and name not in ("AlphaDropout", "GaussianDropout")


def _named(*names: str) -> Callable[[str], bool]:
    return names.__contains__


class When(Enum):
    """The time of a refusal: before the constructor of a layer reads objects, in it, or with what is made of it."""

    FIRST = auto()
    MADE = auto()
    BUILT = auto()


class Refusal(NamedTuple):
    """What a Keras says, since a version, of a text in some fields of some classes; nothing where it takes it.

    Fields of the message: `given`, the `field`, the `name` and `class_name` of the layer.
    """

    since: tuple[int, ...]
    fields: tuple[str, ...]
    is_of: Callable[[str], bool]
    message: str
    error: str = "TypeError"
    when: When = When.MADE


def _compared(sign: str, left: str, right: str) -> str:
    return f"'{sign}' not supported between instances of '{left}' and '{right}'"


DIMENSION = (
    f"Dimension value must be integer or None or have an __index__ method, got value ''{DUMP}'' with type "
    "'<class 'str'>'"
)
ADDED = "unsupported operand type(s) for +: 'int' and 'str'"
INDEXED = "{kind} indices must be integers or slices, not str"
AXIS = "Expected an int or a list/tuple of ints for the argument 'axis', but received: {given!r}"
PENALTY = "Value {given} is not a valid regularization penalty number, expected an int or float value."
PENALTY_BEFORE = "Value: {given} is not a valid regularization penalty number, expected an int or float value"
CALLED = 'Exception encountered when calling layer "{name}" (type {class_name}).\n\n'
SHAPE = f"Cannot convert '{DUMP}' to a shape. Found invalid entry '{{given}}' of type '<class 'str'>'. "
POSITIVE = "`{field}` must be a positive integer. Received: {field}={given} (of type str)."
POLICY = (
    "Cannot convert '{given}' to a mixed precision DTypePolicy. Valid policies include 'mixed_float16', "
    "'mixed_bfloat16', and the name of any %sdtype such as 'float32'."
)

UNITS, SIZES, RATES = ("units",), ("input_dim", "output_dim"), ("rate",)
DROPOUTS = ("dropout", "recurrent_dropout")
EMBEDDING = _named("Embedding")
NORMALIZATION = _named("BatchNormalization")
ALPHA = _named("AlphaDropout")
GAUSSIAN = _named("GaussianDropout")
CONCATENATE = _named("Concatenate")
PENALIZING = _named("ActivityRegularization")

#: The newest first, of each line of Keras. Keras 2 on its own takes the names of Keras 1 as well.
STANDALONE: tuple[Refusal, ...] = (
    Refusal(
        (2,), SIZES, EMBEDDING, f"Failed to convert object of type <class 'tuple'> to Tensor. {DUMP}", when=When.BUILT
    ),
    Refusal((1,), SIZES, EMBEDDING, "'str' object cannot be interpreted as an integer", when=When.BUILT),
    Refusal((1,), ("units", "output_dim"), _has_units, ADDED, when=When.BUILT),
    Refusal((2,), DROPOUTS, _is_recurrent, _compared(">", "str", "float")),
    Refusal((1,), ("dropout",), EMBEDDING, _compared("<", "float", "str"), when=When.BUILT),
    Refusal((2,), RATES, ALPHA, _compared("<", "float", "str"), when=When.BUILT),
    Refusal((2,), RATES, GAUSSIAN, _compared("<", "int", "str"), when=When.BUILT),
    Refusal((2,), RATES, _drops, _compared(">", "str", "float")),
    Refusal((1,), ("axis",), NORMALIZATION, INDEXED.format(kind="tuple"), when=When.BUILT),
    Refusal((2,), ("axis",), CONCATENATE, INDEXED.format(kind="list"), when=When.BUILT),
    Refusal(
        (2,), ("momentum",), NORMALIZATION, "unsupported operand type(s) for -: 'float' and 'str'", when=When.BUILT
    ),
)
TENSORFLOW: tuple[Refusal, ...] = (
    Refusal((2, 12), UNITS, _is_recurrent, _compared("<=", "str", "int")),
    Refusal((2, 7), UNITS, _is_recurrent, _compared("<", "str", "int")),
    Refusal((2, 5), UNITS, _is_recurrent, DIMENSION, when=When.BUILT),
    Refusal((2, 0), UNITS, _is_recurrent, ADDED, when=When.BUILT),
    Refusal((2, 0), DROPOUTS, _is_recurrent, _compared(">", "str", "float")),
    Refusal((2, 5), SIZES, EMBEDDING, _compared("<=", "str", "int")),
    Refusal(
        (2, 0),
        SIZES,
        EMBEDDING,
        "Can't convert Python sequence with mixed types to Tensor.",
        "ValueError",
        when=When.BUILT,
    ),
    Refusal((2, 7), RATES, ALPHA, CALLED + _compared("<", "float", "str"), when=When.BUILT),
    Refusal((2, 7), RATES, GAUSSIAN, CALLED + _compared("<", "int", "str"), when=When.BUILT),
    Refusal((2, 0), RATES, ALPHA, _compared("<", "float", "str"), when=When.BUILT),
    Refusal((2, 0), RATES, GAUSSIAN, _compared("<", "int", "str"), when=When.BUILT),
    Refusal((2, 5), RATES, _drops, ""),
    Refusal((2, 0), RATES, _drops, "Expected float32, got {given!r} of type 'str' instead.", when=When.BUILT),
    Refusal((2, 5), ("axis",), NORMALIZATION, AXIS),
    Refusal((2, 0), ("axis",), NORMALIZATION, "axis must be int or list, type given: <class 'str'>"),
    Refusal((2, 0), ("axis",), CONCATENATE, INDEXED.format(kind="list"), when=When.BUILT),
    Refusal((2, 9), ("l1", "l2"), PENALIZING, PENALTY, "ValueError"),
    Refusal((2, 5), ("l1", "l2"), PENALIZING, PENALTY_BEFORE, "ValueError"),
)
KERAS3: tuple[Refusal, ...] = (
    Refusal((3, 0), UNITS, _is_recurrent, _compared("<=", "str", "int"), when=When.FIRST),
    Refusal(
        (3, 13), UNITS, _named("Dense"),
        "Received an invalid value for `units`, expected a positive integer. Received: units={given}", "ValueError",
    ),
    Refusal((3, 0), UNITS, _named("Dense"), SHAPE, "ValueError", when=When.BUILT),
    Refusal((3, 0), DROPOUTS, _is_recurrent, _compared(">", "str", "float")),
    Refusal((3, 15), SIZES, EMBEDDING, POSITIVE, "ValueError"),
    Refusal((3, 0), SIZES, EMBEDDING, SHAPE, "ValueError", when=When.BUILT),
    Refusal((3, 0), RATES, lambda name: traits_of(name).only_drops, _compared("<=", "int", "str")),
    Refusal((3, 0), ("axis",), CONCATENATE, "not all arguments converted during string formatting", when=When.BUILT),
    Refusal(
        (3, 0), ("l1", "l2"), PENALIZING,
        "Invalid value for argument {field}: expected a non-negative float.Received: {field}={given}", "ValueError",
    ),
)  # fmt: skip

#: The dtype that is none, and what Keras 3 says of it.
FLOAT = "float"
DTYPES: tuple[Refusal, ...] = (
    Refusal((3, 0), ("dtype",), _named("InputLayer"), deserializing("InputLayer")("Invalid dtype: {given}")),
    Refusal((3, 1), ("dtype",), lambda name: True, POLICY % "float ", "ValueError"),
    Refusal((3, 0), ("dtype",), lambda name: True, POLICY % "", "ValueError"),
)

#: The rule that explains a refusal.
RULES = {True: "k3-config-field-refused", False: "newer-config"}


def making(place: LoadedObject, target: Target, *whens: When) -> Obstacles:
    """The refusals of the constructor of a layer, at all times or at some."""
    return _refused(place, target, whens or (When.FIRST, When.MADE))


def building(places: Iterable[LoadedObject], target: Target) -> Obstacles:
    """The refusals of what is made of some layers with texts that their constructors took."""
    for place in places:
        wrapped = place.at("config", "layer")
        for one in (place, wrapped) if traits_of(place.class_name).wraps_layer else (place,):
            yield from _refused(one, target, (When.BUILT,))


def _refused(place: LoadedObject, target: Target, whens: tuple[When, ...]) -> Obstacles:
    for field, given in place.config.items() if isinstance(place.config, dict) else ():
        row = next(_rows(field, given, place.class_name, target), None)
        if row is not None and row.message and row.when in whens:
            told = {"given": given, "field": field, "name": place.layer, "class_name": place.class_name}
            yield place.refused(RULES[target.is_keras3], row.error, row.message.format(**told), "config", field)


def _rows(field: str, given: object, class_name: str, target: Target) -> Iterator[Refusal]:
    """The rows that fit a field, the newest first."""
    if not isinstance(given, str) or (field == "dtype" and given != FLOAT):
        return
    table = (*KERAS3, *DTYPES) if target.is_keras3 else TENSORFLOW if target.is_tf_keras else STANDALONE
    for row in table:
        if field in row.fields and target.version >= row.since and row.is_of(class_name):
            yield row
