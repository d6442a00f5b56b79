"""Names and classes that each Keras knows, and the config keys that they take, learned by running it.

`fixtures/scripts/versions/README.md` says how the data was made.
"""

from __future__ import annotations

import json
import pkgutil
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from lstmlint.ir.dataclass import dataclass, field
from lstmlint.keras.versions import DATA, KERAS_TARGETS, Target, target_of

#: The name that stands for every Keras that was examined.
EVERY_KERAS = "all"


@dataclass(frozen=True, slots=True)
class Taking:
    """The config keys of one class: those that it takes (`None`: any), and those that it needs.

    `refusal` is its error for another key, with `KEY` and `VALUE` as placeholders. `is_wrapped` means that Keras
    reports an error of its constructor as "Error when deserializing class".
    """

    takes: frozenset[str] | None = None
    needs: tuple[str, ...] = ()
    refusal: str = ""
    is_wrapped: bool = False

    def refuses(self, config: Mapping[str, Any]) -> dict[str, Any]:
        """The part of a config that the class does not take."""
        return {} if self.takes is None else {key: value for key, value in config.items() if key not in self.takes}

    def misses(self, config: Mapping[str, Any]) -> list[str]:
        """The needed keys that a config lacks."""
        return [key for key in self.needs if key not in config]


#: The keys of a class that was not examined.
ANYTHING = Taking()


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts about a Keras: the names that its loader of layers resolves, its layer classes, its other objects by kind.

    `functions` are the names that are functions (`dot`, `add`), `aliases` the names that mean another class, `paths`
    the modules of classes, where messages quote them. `unknown_layer` is the message for an unknown class, with `NAME`
    as placeholder; `unknown` is the same for other objects by kind. `deserialized` are the names of objects that Keras
    3 resolves when it compiles the model of an H5 file; `broken` are the names that it resolves but fails on, with the
    message. `exported` are the classes that Keras resolves by module and name.
    """

    names: frozenset[str]
    functions: frozenset[str]
    aliases: Mapping[str, str]
    paths: Mapping[str, str]
    layers: Mapping[str, Taking]
    objects: Mapping[str, Mapping[str, frozenset[str] | None]] = field(default_factory=dict)
    unknown_layer: str = ""
    deserialized: Mapping[str, frozenset[str]] = field(default_factory=dict)
    broken: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    unknown: Mapping[str, str] = field(default_factory=dict)
    exported: frozenset[str] = frozenset()

    def layer(self, name: str) -> Taking:
        """The config keys of a layer class, also under its other names."""
        return self.layers.get(self.aliases.get(name, name), ANYTHING)

    def knows(self, kind: str, name: str) -> bool:
        """Whether the Keras has an object of a kind; objects of kinds that were not examined count as known."""
        return kind not in self.objects or name in self.objects[kind]

    def takes(self, kind: str, name: str) -> frozenset[str] | None:
        """The keys that an object takes; `None` for any."""
        return self.objects.get(kind, {}).get(name)

    def breaks(self, kind: str, name: str) -> str | None:
        """The message for a name that the Keras resolves but fails on."""
        return self.broken.get(kind, {}).get(name)

    def deserializes(self, kind: str, name: str) -> bool:
        """Whether Keras 3 resolves a name when it compiles the model of an H5 file, or the kind was not examined."""
        return kind not in self.deserialized or name in self.deserialized[kind]

    def class_text(self, name: str) -> str:
        """A class as Python prints it."""
        return f"<class '{self.paths.get(name, name)}'>"


def has_facts(target: Target) -> bool:
    """Whether the target itself was examined."""
    return target.name in _indices()


def examined_targets() -> tuple[Target, ...]:
    """The targets that were examined, from old to new."""
    return tuple(target for target in KERAS_TARGETS if has_facts(target))


def targets_named(names: Sequence[str] | None) -> tuple[Target, ...]:
    """The targets of names, each once; every examined Keras for `all`, and the newest of each generation for `None`.

    Raises:
        UnknownTargetError: there is no target of a name.
    """
    if names is None:
        return tuple({(target.line, target.version[0]): target for target in examined_targets()}.values())
    targets = [examined_targets() if name == EVERY_KERAS else (target_of(name),) for name in names]
    return tuple(dict.fromkeys(one for some in targets for one in some))


@cache
def facts_of(target: Target) -> Facts:
    """The facts about a target.

    Raises:
        KeyError: it was not examined.
    """
    index = _indices()[target.name]
    data = _data()
    lookups = data["lookups"]
    names = _names(lookups["h5"]["known"], index) | MODELS | (FUNCTIONAL if _has_functional(target) else frozenset())
    paths = {path.rpartition(".")[2]: path for path in _names(data["paths"], index)}
    aliases = dict(pair.split("=") for pair in _names(data["aliases"], index))
    base = _names(data["base"], index)
    return Facts(
        names=names,
        functions=_names(data["functions"], index),
        aliases=aliases,
        paths={**paths, **MODEL_PATHS} if target.is_keras3 else paths,
        layers={
            name: _taking(name, entry, index, base)
            for name, entry in data["layers"].items()
            if _holds(entry.get("examined", ""), index)
        },
        objects={
            kind: {name: _object(entry, name, index) for name in _names(entry["known"], index)}
            for kind, entry in data["objects"].items()
            if _names(entry["known"], index)
        },
        exported=_names(lookups["keras"]["known"], index) | MODELS | FUNCTIONAL,
        deserialized={kind: _names(entry.get("deserialized", {}), index) for kind, entry in data["objects"].items()},
        broken={kind: _broken(entry, index) for kind, entry in data["objects"].items()},
        unknown={kind: _text(entry["unknown"], index) for kind, entry in data["objects"].items()},
        unknown_layer=_text(lookups["h5"]["unknown"], index).partition(": ")[2],
    )


#: Models, which every loader knows, and the class that functional models have been since TensorFlow 2.3.
MODELS = frozenset({"Model", "Sequential"})
FUNCTIONAL = frozenset({"Functional"})
FIRST_FUNCTIONAL = (2, 3)

MODEL_PATHS = {
    "Sequential": "keras.src.models.sequential.Sequential",
    "Functional": "keras.src.models.functional.Functional",
    "Model": "keras.src.models.model.Model",
}

WRAPPED = "Error when deserializing class"
INNER = "Exception encountered: "


@cache
def known_somewhere(name: str) -> bool:
    """Whether any examined Keras has a layer class of this name."""
    return name in MODELS | FUNCTIONAL | _somewhere(_data()["lookups"]["h5"]["known"])


@cache
def names_somewhere(kind: str) -> frozenset[str]:
    """The names of one kind (`layer`, `initializer` ...) in any examined Keras, however a file names them."""
    if kind == "layer":
        lookups = _data()["lookups"]
        return MODELS | FUNCTIONAL | _somewhere(lookups["h5"]["known"]) | _somewhere(lookups["keras"]["known"])
    return _somewhere(_data()["objects"].get(kind, {}).get("known", {}))


def _somewhere(table: Mapping[str, str]) -> frozenset[str]:
    """The names that a table has for any examined target, without making the facts of each target."""
    spans = (names for span, names in table.items() if any(_holds(span, index) for index in _indices().values()))
    return frozenset(name for names in spans for name in names.split())


@cache
def _data() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = json.loads(pkgutil.get_data("lstmlint", DATA) or b"{}")
    return loaded


@cache
def _indices() -> Mapping[str, int]:
    """The index of each examined target in the ranges of the data; the newest of a minor version counts."""
    indices = {}
    for index, (line, version) in enumerate(_data()["versions"]):
        if not any(_holds(span, index) for span in _data()["lookups"]["h5"]["known"]):
            continue
        indices[f"{line}-{'.'.join(version.split('.')[:2])}"] = index
    return indices


def _has_functional(target: Target) -> bool:
    return target.is_keras3 or (target.is_tf_keras and target.version >= FIRST_FUNCTIONAL)


@cache
def _holds(span: str, index: int) -> bool:
    """Whether an index is in a range such as `3-7,9`."""
    for part in filter(None, span.split(",")):
        first, _, last = part.partition("-")
        if int(first) <= index <= int(last or first):
            return True
    return False


def _names(table: Mapping[str, str], index: int) -> frozenset[str]:
    """The names that a table has for an index."""
    return frozenset(name for span, names in table.items() if _holds(span, index) for name in names.split())


def _taking(name: str, entry: Mapping[str, Any], index: int, base: frozenset[str]) -> Taking:
    takes = _names(entry.get("takes", {}), index)
    texts = _data()["texts"]
    refusal = _text(entry.get("refusal", {}), index)
    needs = (
        key
        for text, table in entry.get("needs", {}).items()
        if "required positional" in texts[int(text)]
        for key in sorted(_names(table, index))
    )
    return Taking(
        takes=None if "*" in takes else (base | takes) - _names(entry.get("lacks", {}), index),
        needs=tuple(needs),
        refusal=_sentence(refusal, name),
        is_wrapped=WRAPPED in refusal,
    )


def _text(ranges: Mapping[str, int], index: int) -> str:
    """The text for an index, empty if there is none."""
    number = next((text for span, text in ranges.items() if _holds(span, index)), None)
    return "" if number is None else str(_data()["texts"][number])


def _sentence(refusal: str, name: str) -> str:
    """The message of a constructor about one key, without the name of the exception and the text around the message."""
    inner = refusal.rpartition(INNER)[2] if INNER in refusal else refusal.partition(": ")[2]
    for several, one in (("{'KEY': 1, 'OTHER': 2}", "{'KEY': 'VALUE'}"), ("['KEY', 'OTHER']", "['KEY']")):
        inner = inner.replace(several, one)
    return inner.replace("CLASS", name)


def _broken(entry: Mapping[str, Any], index: int) -> dict[str, str]:
    """The message for each name that Keras resolves but fails on."""
    texts = _data()["texts"]
    return {
        name: texts[int(number)].replace("NAME", name)
        for number, table in entry.get("broken", {}).items()
        for name in _names(table, index)
    }


def _object(entry: Mapping[str, Any], name: str, index: int) -> frozenset[str] | None:
    class_entry = entry.get("classes", {}).get(name)
    if class_entry is None or not _holds(class_entry.get("examined", ""), index):
        return None
    takes = _names(class_entry.get("takes", {}), index)
    return None if "*" in takes or not class_entry.get("refusal") else takes
