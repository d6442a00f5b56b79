"""The dataclasses whose methods are made late, held against those of the standard library."""

from __future__ import annotations

import copy
import dataclasses
import importlib
import pickle
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmlint.ir import lazy_methods
from lstmlint.ir.lazy_methods import FIRST, STANDARD
from tests.house.edges import modules

NAN = float("nan")


def pair(**arguments: bool) -> tuple[Any, Any]:
    """A class as each of the two decorators makes it."""
    return made_by(lazy_methods, **arguments), made_by(dataclasses, **arguments)


def made_by(library: Any, **arguments: bool) -> Any:
    class Value:
        first: Any
        second: Any = 2
        third: Any = library.field(default_factory=list, repr=False)
        fourth: Any = library.field(default="4", compare=False)

    return library.dataclass(**arguments)(Value)


FORMS = [
    {"frozen": True, "slots": True}, {"frozen": True}, {"slots": True}, {},
    {"frozen": True, "slots": True, "eq": False},
]  # fmt: skip

VALUES = st.one_of(st.integers(0, 2), st.just(NAN), st.text(max_size=2))
ARGUMENTS = st.tuples(
    st.lists(VALUES, max_size=5),
    st.dictionaries(st.sampled_from(["first", "second", "third", "fourth", "fifth"]), VALUES),
)


def told(cls: Any, calls: Sequence[tuple[list[Any], Mapping[str, Any]]]) -> list[Any]:
    """Everything that objects of a class say of themselves, and of each other."""
    made: list[Any] = []
    said: list[Any] = []
    for arguments, named in calls:
        try:
            made.append(cls(*arguments, **named))
        except TypeError as error:
            said.append(str(error))
    for one in made:
        said += [repr(one), [one.first, one.second, one.third, one.fourth], [one == other for other in made], one == 1]
        try:
            said.append(hash(one) if cls.__eq__ is not object.__eq__ else "by identity")
        except TypeError as error:
            said.append(str(error))
    return said


@pytest.mark.parametrize("form", FORMS, ids=str)
@settings(deadline=None, max_examples=50)
@given(calls=st.lists(ARGUMENTS, max_size=4))
def test_objects_are_as_the_standard_ones(form: dict[str, bool], calls: list[Any]) -> None:
    late, standard = pair(**form)
    assert told(late, calls) == told(standard, calls)


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_an_init_that_is_compiled_does_what_the_first_one_did(form: dict[str, bool]) -> None:
    late, standard = pair(**form)
    calls = [([number], {"third": [number]}) for number in range(FIRST + 3)]
    before = late.__init__
    assert told(late, calls) == told(standard, calls)
    assert late.__init__ is not before


@pytest.mark.parametrize("frozen", [{"frozen": True, "slots": True}, {"frozen": True}], ids=str)
def test_frozen_objects_refuse_what_the_standard_ones_refuse(frozen: dict[str, bool]) -> None:
    for cls in pair(**frozen):
        one = cls(1)
        with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign to field 'first'"):
            one.first = 2
        with pytest.raises(dataclasses.FrozenInstanceError, match="cannot delete field 'first'"):
            del one.first


def test_slots_leave_no_room_for_others() -> None:
    late, _ = pair(slots=True)
    with pytest.raises(AttributeError):
        late(1).other = 2


def test_a_copy_has_other_values_and_fields_that_do_not_exist_are_refused() -> None:
    late, _ = pair(frozen=True, slots=True)
    for replace in (lazy_methods.replace, dataclasses.replace):
        changed: Any = replace(late(1), second=5)
        assert (changed.first, changed.second) == (1, 5)
        with pytest.raises(TypeError, match="fifth"):
            replace(late(1), fifth=5)


def test_the_standard_library_takes_them_for_dataclasses() -> None:
    late, standard = pair(frozen=True, slots=True)
    assert dataclasses.asdict(late(1)) == dataclasses.asdict(standard(1))
    assert [one.name for one in dataclasses.fields(late)] == list(late.__match_args__)
    assert dataclasses.is_dataclass(late)


@lazy_methods.dataclass(frozen=True, slots=True)
class Carried:
    """Something that goes to another process."""

    first: int
    second: str = "2"


def test_objects_are_pickled_and_copied() -> None:
    one: Any = Carried(1)  # type: ignore[call-arg]
    assert pickle.loads(pickle.dumps(one)) == copy.copy(one) == copy.deepcopy(one) == one


def test_a_class_keeps_the_methods_that_it_defines() -> None:
    class Own:
        first: int

        def __repr__(self) -> str:
            return "own"

        def __eq__(self, other: object) -> bool:
            return True

    late: Any = lazy_methods.dataclass(frozen=True, slots=True)(Own)
    assert repr(late(1)) == "own"
    assert late(1) == late(2)
    assert hash(late(1)) == hash(late(1))


def test_no_dataclass_inherits_from_another() -> None:
    with pytest.raises(TypeError, match="inherits from a dataclass"):
        lazy_methods.dataclass(frozen=True)(type("Below", (Carried,), {}))


def late_classes() -> list[Any]:
    """Every class of the package that is made so."""
    found = [importlib.import_module(name) for name in modules() if not name.endswith("__main__")]
    values = (value for module in found for value in vars(module).values() if isinstance(value, type))
    return [value for value in dict.fromkeys(values) if vars(value).get(STANDARD[0]) is not None]


def test_the_standard_library_could_make_each_class() -> None:
    """What it refuses, such as a default that changes or a field without one behind one that has one."""
    found = late_classes()
    assert len(found) > 100
    for cls in found:
        assert [one.name for one in dataclasses.fields(cls)] == list(cls.__match_args__), cls


def test_no_module_takes_the_standard_decorator() -> None:
    sources = {name: path.read_text(encoding="utf-8") for name, path in modules().items()}
    made = {name for name, source in sources.items() if re.search(r"from dataclasses import .*\bdataclass\b", source)}
    assert made == {"lstmlint.ir.dataclass"}  # for type checkers
