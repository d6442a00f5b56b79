"""Traits of every layer class of Keras, which do not depend on configs: one record for each class.

All other modules that tell classes apart ask here. Tests hold each trait against the layer functions or real Keras, and
`python -m tests.mutate_traits` lists the traits that no test would miss.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from lstmlint.keras.classes import others, recurrent, shapeless, windows
from lstmlint.keras.classes.recurrent import KINDS
from lstmlint.keras.classes.traits import NOTHING_KNOWN, Axes, Era, Form, Gate, Kind, Traits, Values

__all__ = [
    "CLASSES",
    "KINDS",
    "Axes",
    "Era",
    "Form",
    "Gate",
    "Kind",
    "Traits",
    "Values",
    "classes_with",
    "dimensions_of",
    "kind_of",
    "refusing_empty",
    "traits_of",
]

#: The traits of every known layer class.
CLASSES: Mapping[str, Traits] = {
    **recurrent.CLASSES,
    **windows.CLASSES,
    **shapeless.CLASSES,
    **others.CLASSES,
}


def traits_of(class_name: str) -> Traits:
    """The traits of a class by its name of today; the traits of an unknown class claim nothing."""
    return CLASSES.get(class_name, NOTHING_KNOWN)


def kind_of(class_name: str) -> Kind:
    """The recurrence that a layer or cell with gates computes.

    Raises:
        KeyError: the class has no gates.
    """
    kind = traits_of(class_name).kind
    if kind is None:
        raise KeyError(class_name)
    return kind


def dimensions_of(class_name: str) -> int:
    """The number of spatial dimensions on which a layer works.

    Raises:
        KeyError: the class works on no spatial dimensions.
    """
    dimensions = traits_of(class_name).dimensions
    if dimensions is None:
        raise KeyError(class_name)
    return dimensions


def classes_with(trait: Callable[[Traits], object]) -> frozenset[str]:
    """The classes whose traits meet a condition."""
    return frozenset(name for name, traits in CLASSES.items() if trait(traits))


@cache
def refusing_empty(era: Era) -> frozenset[str]:
    """The classes that an era refuses where nothing would be left of their input."""
    return classes_with(lambda traits: era in traits.refuses_empty)
