"""The making of the classes of `ir.dataclass`: like the standard decorator, with each method at its first use.

It knows what is used here: `frozen`, `slots` and `eq` of a class; `default`, `default_factory`, `repr` and
`compare` of a field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import Any, NoReturn, TypeVar

Value = TypeVar("Value")
Fields = Mapping[str, "Field"]

#: What no default can be.
MISSING: Any = object()

#: So many objects of a class are made before it is worth the time to compile its `__init__`.
FIRST = 12

#: The attribute in which a class keeps its fields by name.
FIELDS = "__lazy_fields__"

#: The attribute in which it keeps the function that gives the values of these fields.
VALUES = "__lazy_values__"

#: The attributes by which the standard library knows its dataclasses.
STANDARD = ("__dataclass_fields__", "__dataclass_params__")


class Field:
    """A field of a dataclass: its default, or what makes it, whether `repr` shows and `==` compares it."""

    __slots__ = ("compare", "default", "default_factory", "repr")

    def __init__(
        self, default: Any = MISSING, default_factory: Any = MISSING, repr: bool = True, compare: bool = True
    ) -> None:
        self.default, self.default_factory, self.repr, self.compare = default, default_factory, repr, compare

    def absent(self) -> Any:
        """The value where none is given; `MISSING` where one must be."""
        return self.default if self.default_factory is MISSING else self.default_factory()

    def standard(self) -> Any:
        """The field of the standard library that says the same."""
        import dataclasses

        given = {name: getattr(self, name) for name in self.__slots__}
        return dataclasses.field(**{name: value for name, value in given.items() if value is not MISSING})


def field(**arguments: Any) -> Any:
    """The description of a field, which stands in the place of its default."""
    return Field(**arguments)


def dataclass(*, frozen: bool = False, slots: bool = False, eq: bool = True) -> Callable[[type], type]:
    """The decorator that makes a dataclass of a class.

    Raises:
        TypeError: the class inherits from a dataclass, which none does here.
    """

    def made(cls: type) -> type:
        if hasattr(cls, FIELDS):
            raise TypeError(f"{cls.__name__} inherits from a dataclass; hold a value of it instead")
        fields = {name: _field(vars(cls).get(name, MISSING)) for name in vars(cls).get("__annotations__", ())}
        cls = _with_slots(cls, fields) if slots else _with_defaults(cls, fields)
        return _with_methods(cls, fields, frozen=frozen, slots=slots, eq=eq)

    return made


def replace(value: Value, /, **changes: Any) -> Value:
    """A copy with other values in some fields.

    Raises:
        TypeError: there is no such field.
    """
    cls: Any = type(value)
    copy: Value = cls(**{**dict(zip(getattr(cls, FIELDS), getattr(cls, VALUES)(value), strict=True)), **changes})
    return copy


def _field(default: Any) -> Field:
    return default if isinstance(default, Field) else Field(default)


def _with_defaults(cls: type, fields: Fields) -> type:
    """A class whose attributes are the defaults of its fields, not what stood in their place."""
    for name, one in fields.items():
        if one.default is not MISSING:
            setattr(cls, name, one.default)
        elif name in vars(cls):
            delattr(cls, name)
    return cls


def _with_slots(cls: type, fields: Fields) -> type:
    """The class made anew, since slots can only be given to a class that is made."""
    kept = {name: value for name, value in vars(cls).items() if name not in {*fields, "__dict__", "__weakref__"}}
    made = type(cls)(cls.__name__, cls.__bases__, {**kept, "__slots__": tuple(fields)})
    made.__qualname__ = cls.__qualname__
    return made


def _with_methods(cls: Any, fields: Fields, *, frozen: bool, slots: bool, eq: bool) -> type:
    """A class with its methods; those that it defines itself stay."""
    values, compared = _getter(fields), _getter(name for name, one in fields.items() if one.compare)
    methods: dict[str, Any] = {
        FIELDS: fields,
        VALUES: values,
        "__init__": _first_init(cls, fields, frozen, slots),
        "__repr__": _repr,
        "__match_args__": tuple(fields),
        **{name: _OfStandard(name, cls, frozen, eq) for name in STANDARD},
    }
    if eq:
        methods |= {"__hash__": _hash(compared) if frozen else None, "__eq__": _eq(compared)}
    if frozen:
        methods |= {"__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete}
    if frozen and slots:
        methods |= {"__getstate__": values, "__setstate__": _set_state}
    for name, method in methods.items():
        if vars(cls).get(name) is None:  # a class that defines `__eq__` has `None` for `__hash__`
            setattr(cls, name, method)
    return cls  # type: ignore[no-any-return]


def _getter(fields: Iterable[str]) -> Callable[[Any], tuple[Any, ...]]:
    """The values of fields as a tuple, which `attrgetter` gives from two names on."""
    names = tuple(fields)
    if len(names) > 1:
        get = attrgetter(*names)
        return lambda self: get(self)
    return lambda self: tuple(getattr(self, name) for name in names)


def _first_init(cls: type, fields: Fields, frozen: bool, slots: bool) -> Callable[..., None]:
    """The `__init__` of the first objects of a class, which needs no compiler and gives way to one that is compiled."""
    left = FIRST

    def __init__(self: Any, *arguments: Any, **named: Any) -> None:
        nonlocal left
        left -= 1
        values = _bound(fields, arguments, named) if left >= 0 else None
        if values is None:  # so many objects, or arguments that do not fit, of which Python says what is wrong
            init = _compiled_init(cls, fields, frozen, slots)
            setattr(cls, "__init__", init)  # noqa: B010  # no method is assigned to for a type checker
            init(self, *arguments, **named)
        else:
            _set_state(self, values)

    return __init__


def _bound(fields: Fields, arguments: tuple[Any, ...], named: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """The values of all fields; `None` where the arguments do not fit."""
    given = {**dict(zip(fields, arguments, strict=False)), **named}
    values = tuple(given[name] if name in given else one.absent() for name, one in fields.items())
    fits = len(given) == len(arguments) + len(named) and given.keys() <= fields.keys()
    return values if fits and all(value is not MISSING for value in values) else None


def _compiled_init(cls: type, fields: Fields, frozen: bool, slots: bool) -> Callable[..., None]:
    """The `__init__` of a class; its source holds names of fields and nothing else that a class could choose."""
    scope: dict[str, Any] = {"_MISSING": MISSING, "_set": object.__setattr__}
    parameters, lines = ["self"], []
    for name, one in fields.items():
        value = name
        scope |= {f"_default_{name}": one.default, f"_factory_{name}": one.default_factory}
        if one.default_factory is not MISSING:
            value = f"_factory_{name}() if {name} is _MISSING else {name}"
        has_default = one.default is not MISSING or one.default_factory is not MISSING
        parameters.append(f"{name}=_default_{name}" if has_default else name)
        if frozen and slots:  # the descriptor of a slot takes half the time of `object.__setattr__`
            scope[f"_set_{name}"] = vars(cls)[name].__set__
            lines.append(f"_set_{name}(self, {value})")
        else:
            lines.append(f"_set(self, {name!r}, {value})")
    source = f"def __init__({', '.join(parameters)}):\n  " + "\n  ".join(lines or ["pass"])
    exec(compile(source, f"<{cls.__qualname__}.__init__>", "exec"), scope)
    init: Callable[..., None] = scope["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    return init


def _repr(self: Any) -> str:
    shown = (f"{name}={getattr(self, name)!r}" for name, one in getattr(self, FIELDS).items() if one.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _eq(values: Callable[[Any], tuple[Any, ...]]) -> Callable[[Any, Any], bool]:
    def __eq__(self: Any, other: Any) -> bool:
        return values(self) == values(other) if type(other) is type(self) else NotImplemented

    return __eq__


def _hash(values: Callable[[Any], tuple[Any, ...]]) -> Callable[[Any], int]:
    return lambda self: hash(values(self))


def _refuse_to_set(self: Any, name: str, value: Any) -> NoReturn:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: Any, name: str) -> NoReturn:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _set_state(self: Any, state: tuple[Any, ...]) -> None:
    for name, value in zip(getattr(self, FIELDS), state, strict=True):
        object.__setattr__(self, name, value)


class _OfStandard:
    """An attribute by which the standard library knows its dataclasses, taken from one with the same fields."""

    def __init__(self, name: str, cls: type, frozen: bool, eq: bool) -> None:
        self.name, self.cls, self.frozen, self.eq = name, cls, frozen, eq

    def __get__(self, instance: object, owner: type) -> Any:
        from dataclasses import make_dataclass

        annotations = self.cls.__annotations__
        fields = [(name, annotations[name], one.standard()) for name, one in getattr(self.cls, FIELDS).items()]
        standard = make_dataclass(self.cls.__name__, fields, frozen=self.frozen, eq=self.eq)
        for name in STANDARD:
            setattr(self.cls, name, getattr(standard, name))
        return getattr(self.cls, self.name)
