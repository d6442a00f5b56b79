"""Compile settings as each Keras reads them: the optimizer, the losses and the metrics, in this order.

Sources: `saving/saving_utils.py` and `losses/__init__.py` of Keras 2.3.1 and 2.15, `src/legacy/saving/saving_utils.py`,
`src/trainers/trainer.py` and `src/metrics/__init__.py` of Keras 3.15.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lstmlint.ir.document import Container, Document
from lstmlint.keras.compiled import (
    FUNCTION_KEYS,
    FUNCTION_WRAPPERS,
    OPTIMIZER_KEYS,
    RESOLVED,
    Named,
    named_in,
    own_name,
)
from lstmlint.keras.versions import Line
from lstmlint.portability.loaders.context import Loading, Obstacles
from lstmlint.portability.loaders.texts import NOT_DESERIALIZED, not_located
from lstmlint.portability.obstacle import DUMP, Obstacle, Stage, obstacle

RULE = "compile-refused"

#: The first Keras 3 that loads H5 without compiling it.
FIRST_ASKED_FOR_H5 = (3, 3)

#: What Keras 3 says of a name in an H5 file that it does not know: it takes a text for an object.
NO_OBJECT = "string indices must be integers, not 'str'"

#: The first Keras of TensorFlow that writes objects with their modules.
FIRST_MODERN = (2, 12)


def obstacles(loading: Loading) -> Obstacles:
    """The obstacles of compiling. Keras 3 compiles JSON in any case, and Keras 1 has no `compile=False`."""
    document = loading.document
    record = (document.config or {}).get("compile_config") or document.training_config
    yield from _damage(document)
    if not isinstance(record, dict):
        return
    stage = Stage.LOAD if _is_always(loading) else Stage.COMPILE
    for message, error in _refusals(record, loading):
        yield _obstacle(message, error, stage)


def _is_always(loading: Loading) -> bool:
    """Whether a Keras compiles whatever it is asked: the first of Keras 3 do not pass `compile` on for H5."""
    container, target = loading.document.container, loading.target
    is_h5 = container is Container.H5 and target.is_keras3 and target.version < FIRST_ASKED_FOR_H5
    return is_h5 or container is Container.JSON or target.version < (2,)


def _damage(document: Document) -> Obstacles:
    """A training record of an H5 that is no JSON or lacks a needed key, and listed slots that are missing."""
    if document.training_damage:
        yield _obstacle(document.training_damage, "JSONDecodeError", Stage.COMPILE)
    record = document.training_config
    if document.container is Container.H5 and record is not None and "optimizer_config" not in record:
        yield _obstacle("'optimizer_config'", "KeyError", Stage.COMPILE)


def _obstacle(message: str, error: str, stage: Stage) -> Obstacle:
    return obstacle(RULE, error, message, stage=stage)


def _refusals(record: Mapping[str, Any], loading: Loading) -> Iterator[tuple[str, str]]:
    """Messages with the names of their exceptions."""
    for key in OPTIMIZER_KEYS:
        yield from _optimizer(record.get(key), loading)
    for key, kind in FUNCTION_KEYS.items():
        for named in named_in(record.get(key)):
            if named.own_name not in RESOLVED and named.own_name not in FUNCTION_WRAPPERS:
                yield from _named(named, kind, loading)


def _optimizer(value: Any, loading: Loading) -> Iterator[tuple[str, str]]:
    if not isinstance(value, dict) or not isinstance(value.get("class_name"), str):
        return
    written, config = value["class_name"], value.get("config")
    config = config if isinstance(config, dict) else None
    name = own_name(written) if _knows_packages(loading) else written
    is_looked_up = loading.target.is_keras3 and loading.document.container is Container.H5
    if is_looked_up and not loading.facts.knows("optimizer", written) and config is not None:
        # Keras 3 makes a fresh one by the name in the config then (`_resolve_compile_arguments_compat`).
        if "name" not in config:
            yield "'name'", "KeyError"
            return
        name, config = str(config["name"]), None
    if not loading.facts.knows("optimizer", name):
        yield _unknown("optimizer", name, loading), "ValueError"
        return
    takes = loading.facts.takes("optimizer", name)
    refused = {key: item for key, item in (config or {}).items() if takes is not None and key not in takes}
    if refused and loading.target.is_keras3:
        yield f"Argument(s) not recognized: {refused}", "ValueError"
    elif refused and _judges_keys(config or {}, loading):
        text = UNEXPECTED_NEW if loading.target.is_tf_keras else UNEXPECTED
        yield text.format(key=next(iter(refused))), "TypeError"


#: What Keras 2 says of a key that an optimizer does not take.
UNEXPECTED = "Unexpected keyword argument passed to optimizer: {key}"
UNEXPECTED_NEW = "{key} is not a valid argument, kwargs should be empty  for `optimizer_experimental.Optimizer`."

#: The first Keras of TensorFlow with optimizers of the new kind.
FIRST_NEW_OPTIMIZERS = (2, 8)


def _knows_packages(loading: Loading) -> bool:
    """Whether the Keras has optimizers under names with a package, such as `Custom>Adam`."""
    target = loading.target
    return target.is_keras3 or (target.is_tf_keras and target.version >= FIRST_NEW_OPTIMIZERS)


def _judges_keys(config: Mapping[str, Any], loading: Loading) -> bool:
    """Whether Keras 2 refuses unknown keys: standalone Keras does, tf.keras does for optimizers of the new kind."""
    target = loading.target
    if target.is_tf_keras:
        return target.version >= FIRST_NEW_OPTIMIZERS and config.get("is_legacy_optimizer") is False
    return target.version >= (2,)


def _named(named: Named, kind: str, loading: Loading) -> Iterator[tuple[str, str]]:
    if loading.target.is_keras3:
        yield from _named_in_keras3(named, kind, loading)
    elif loading.document.container is Container.KERAS:
        if named.is_function and not loading.facts.knows(kind, named.own_name):
            yield not_located("function", named.own_name, loading.target), "TypeError"
    elif named.config is not None and kind == "metric" and _is_standalone(loading):
        yield f"Unknown metric function: {DUMP}", "ValueError"
    elif not loading.facts.knows(kind, named.own_name):
        yield _unknown(kind, named.own_name, loading), "ValueError"


def _named_in_keras3(named: Named, kind: str, loading: Loading) -> Iterator[tuple[str, str]]:
    """Keras 3 looks up all names in H5 files at once; in archives it looks up functions and classes only."""
    facts = loading.facts
    if loading.document.container is not Container.H5:
        if (named.is_function or named.config is not None) and not facts.knows(kind, named.own_name):
            yield not_located("function", named.own_name, loading.target), "TypeError"
        return
    broken = facts.breaks(kind, named.own_name)
    if broken is not None:
        error, _, text = broken.partition(": ")
        yield text, error
    elif kind == "loss" and not facts.deserializes(kind, named.own_name):
        yield NO_OBJECT, "TypeError"
    elif named.config is not None:
        takes = facts.takes(kind, named.own_name)
        refused = [key for key in named.config if takes is not None and key not in takes]
        if refused:
            inner = f"{named.own_name}.__init__() got an unexpected keyword argument '{refused[0]}'"
            text = NOT_DESERIALIZED.format(name=f"<class '{DUMP}.{named.own_name}'>", inner=inner)
            yield text, "TypeError"


def _is_standalone(loading: Loading) -> bool:
    """Whether the Keras is older than tf.keras, so that it reads metrics by their names alone."""
    return loading.target.line is Line.KERAS and not loading.target.is_tf_keras


def _unknown(kind: str, name: str, loading: Loading) -> str:
    return loading.facts.unknown.get(kind, "").partition(": ")[2].replace("NAME", name)
