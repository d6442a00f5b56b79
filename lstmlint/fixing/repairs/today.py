"""The classes of the newest known Keras, and the config keys that they take."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from lstmlint.dialects.keras1 import KERAS1
from lstmlint.dialects.keras2 import KERAS2
from lstmlint.dialects.keras3 import KERAS3
from lstmlint.ir.graph import Semantics
from lstmlint.keras import config_schemas
from lstmlint.keras.defaults import with_defaults
from lstmlint.keras.facts import facts_of
from lstmlint.keras.names import snake_case
from lstmlint.keras.versions import NEWEST, Target, examined_versions
from lstmlint.keras.writer import Writer, parse_version

#: Config keys that hold other layers.
CONTENT = frozenset({"layer", "backward_layer", "forward_layer", "cell", "cells", "layers"})


@cache
def newest() -> str:
    """The newest version of Keras that the schemas know."""
    return max(config_schemas.examined_versions(), key=lambda version: parse_version(version) or ())


@cache
def version_of(target: Target) -> str:
    """The version of Keras that a file written for a target names: the newest examined patch release of it."""
    numbers = target.version
    versions = [version for line, version in examined_versions() if line is target.line and version[:2] == numbers[:2]]
    text = ".".join(map(str, max(versions, default=numbers)))
    # The Keras in TensorFlow up to 2.3 marks its versions, and only its patch releases differ from TensorFlow's.
    return f"{text}-tf" if target.is_tf_keras and numbers < (2, 4) else text


@cache
def keys(class_name: str) -> frozenset[str]:
    """The config keys that a class takes; empty where they are unknown or the class takes any key."""
    return frozenset(config_schemas.keys(class_name, (newest(),)))


def has_class(class_name: str) -> bool:
    """Whether a layer class is Keras' own and still exists."""
    return newest() in config_schemas.class_versions(class_name) or class_name in UNEXAMINED


#: Built-in layers that the schemas leave out, because Keras needs more than a config to make them.
UNEXAMINED = frozenset({
    "InputLayer", "Lambda", "TextVectorization", "StringLookup", "IntegerLookup", "Hashing", "HashedCrossing",
    "StackedRNNCells", "LSTMCell", "GRUCell", "SimpleRNNCell",
})  # fmt: skip


@cache
def defaults(class_name: str) -> Mapping[str, Any]:
    """The defaults of the newest Keras for a class."""
    return with_defaults(class_name, {}, writer())


def writer() -> Writer:
    """The newest Keras as the writer of a file."""
    return Writer(parse_version(newest()) or (3,), is_tf_keras=False)


def semantics(target: Target = NEWEST) -> Semantics:
    """The semantics of the newest Keras, or of an earlier one for which a file is written."""
    if target == NEWEST:
        return KERAS3.semantics(writer())
    dialect = KERAS3 if target.is_keras3 else KERAS2 if target.version >= (2,) else KERAS1
    return dialect.semantics(Writer(target.version, is_tf_keras=target.is_tf_keras))


@cache
def functions(kind: str) -> frozenset[str]:
    """The functions and objects of a kind that Keras has itself, in snake case and in small letters."""
    known = facts_of(NEWEST).objects[kind]
    return frozenset(text for name in known for text in (snake_case(name), name.lower()))
