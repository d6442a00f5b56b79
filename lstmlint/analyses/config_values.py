"""Keys of configs whose value no examined Keras of the file's kind is known to take."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, MutableMapping
from functools import cache
from typing import Any, NamedTuple, TypeAlias

from lstmlint.analyses.configs import written_configs
from lstmlint.analyses.widths import WIDTH_KEYS
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.document import Container, Pointer
from lstmlint.ir.finding import Location
from lstmlint.ir.graph import OPERATION
from lstmlint.ir.model import Layer, Model
from lstmlint.keras.classes import CLASSES
from lstmlint.keras.config_schemas import (
    Judges,
    Schema,
    Versions,
    accepts,
    class_versions,
    judges,
    keys,
    needed_keys,
    value_at,
)
from lstmlint.keras.facts import names_somewhere
from lstmlint.keras.ownership import is_foreign

#: The last word of a key that holds an object -> the prefix of the class in the name of its schema.
OBJECT_KINDS = {
    "initializer": "initializers.", "regularizer": "regularizers.", "constraint": "constraints.", "activation": "",
}  # fmt: skip

#: The modules whose classes have schemas -> the same prefix.
MODULES = {"keras.layers": "", **{f"keras.{kind.removesuffix('.')}": kind for kind in OBJECT_KINDS.values() if kind}}

#: Depth to which objects inside objects are examined.
MAX_STEPS = 16


class Configured(NamedTuple):
    """A layer, or an object in its config: its name in the schemas, its config, and the steps to the config.

    `names_functions` says that a text may name a function of the user: where a layer of an H5 has no module, Keras 3
    looks up each text among the custom objects (`legacy/saving/serialization.py`, `deserialize_keras_object`).
    """

    layer: Layer
    schema_name: str
    config: Mapping[str, Any]
    steps: Pointer = ()
    names_functions: bool = False


@dataclass(frozen=True, slots=True)
class ConfigEntry:
    """One key of one config, and the versions of Keras that judge it.

    `classes` is set where the key is the name of an unknown class; it holds the classes of the object's module.
    """

    configured: Configured
    key: str
    judges: Judges
    allowed: Mapping[str, tuple[Schema, ...]]
    classes: frozenset[str] = frozenset()

    @property
    def value(self) -> Any:
        """The value in the config."""
        return self.configured.config[self.key]

    @property
    def alternatives(self) -> tuple[Schema, ...] | None:
        """The schemas for the value; `None` where no judge takes the key."""
        return self.allowed.get(self.key)

    @property
    def schema_name(self) -> str:
        """The name of the class in the schemas."""
        return self.configured.schema_name

    @property
    def class_name(self) -> str:
        """The class without the module in its schema's name."""
        return self.schema_name.rpartition(".")[2]

    @property
    def location(self) -> Location:
        """The location of the key."""
        layer = self.configured.layer
        return Location(layer.full_name, (*layer.pointer, "config", *self.configured.steps, self.key))

    @property
    def keras(self) -> str:
        """The judges as a user names them."""
        versions = [version for version in self.judges.versions if version in class_versions(self.schema_name)]
        return f"Keras {versions[0]}" if len(versions) == 1 else f"Keras {versions[0]} to {versions[-1]}"


#: Types of values that can be cached as usual values, the type in place of other values, the number of values for each
#: key, and the length of a value.
SCALARS = frozenset({str, int, float, bool, type(None)})
Usual: TypeAlias = MutableMapping[str, dict[Any, type]]
MOST_KNOWN = 100
MAX_LENGTH = 40


def unusual_values(model: Model, generation: int | None) -> Iterator[ConfigEntry]:
    """Every key without a known value, in the configs of Keras' own layers and of the objects in them.

    Args:
        model: the model.
        generation: the generation of Keras that wrote the file, where it is known without a version.
    """
    document = model.document
    judged = judges(document.keras_version, generation)
    for layer, config in written_configs(model):
        is_judged = not layer.node.is_custom and layer.model is None
        if is_judged and not layer.class_name.startswith(OPERATION):
            is_legacy = document.container is Container.H5 and "module" not in value_at(document.config, layer.pointer)
            yield from _unusual(Configured(layer, layer.node.written_class, config, (), is_legacy), judged)


def _unusual(configured: Configured, judged: Judges) -> Iterator[ConfigEntry]:
    """The unusual keys of a config, then those of the objects in it."""
    if not judged.know(configured.schema_name):
        return
    usual = _usual_before(configured.schema_name, judged.versions)
    inner = []
    for key, value in configured.config.items():
        kind = type(value)
        if key not in usual or usual[key].get(value if kind in SCALARS else kind) is not kind:
            yield from _unusual_key(configured, key, judged, usual)
        if kind is dict and len(configured.steps) < MAX_STEPS:
            inner.append((key, value))
    for key, value in inner:
        yield from _unusual_object(configured, key, value, judged)


def _unusual_object(
    configured: Configured, key: str, value: Mapping[str, Any], judged: Judges
) -> Iterator[ConfigEntry]:
    """The unusual keys of an object of Keras' own, or its class if its module has no such class."""
    kind = OBJECT_KINDS.get(key.rpartition("_")[2])
    class_name, module, config = value.get("class_name"), value.get("module"), value.get("config")
    if kind is None or is_foreign(value) or not isinstance(class_name, str):
        return
    layer, steps = configured.layer, (*configured.steps, key)
    if isinstance(module, str) and module in MODULES:
        kind = MODULES[module]
        classes = _classes_of(module)
        if class_name not in classes:
            yield ConfigEntry(Configured(layer, module, value, steps), "class_name", judged, {}, classes)
    if config and isinstance(config, dict):
        yield from _unusual(Configured(layer, kind + class_name, config, (*steps, "config")), judged)


@cache
def _classes_of(module: str) -> frozenset[str]:
    """The classes of a module in any examined Keras, and other names for them."""
    kind = module.removeprefix("keras.").removesuffix("s")
    return names_somewhere(kind) | (frozenset(CLASSES) if kind == "layer" else frozenset())


def _unusual_key(configured: Configured, key: str, judged: Judges, usual: Usual) -> Iterator[ConfigEntry]:
    allowed = keys(configured.schema_name, judged.versions)
    value, alternatives, kind = configured.config[key], allowed.get(key), type(configured.config[key])
    is_judged = bool(allowed) and not (key in WIDTH_KEYS and key in allowed)
    if is_judged and (alternatives is None or (alternatives and not _is_usual(value, alternatives))):
        yield ConfigEntry(configured, key, judged, allowed)
    elif kind is dict and needed_keys(alternatives or ()):
        return  # another value of this type may be unusual
    elif len(usual[key]) < MOST_KNOWN and not (kind is str and len(value) > MAX_LENGTH):
        usual[key][value if kind in SCALARS else kind] = kind


@cache
def _usual_before(schema_name: str, versions: Versions) -> Usual:
    """The cached usual values of each key of a class; they cover nearly all values of nearly all files."""
    return defaultdict(dict)


def _is_usual(value: Any, alternatives: tuple[Schema, ...]) -> bool:
    """Whether a value is usual: Keras takes it, it is not `true` for a number, and its name is known."""
    taking = [schema for schema in alternatives if accepts(schema, value)]
    if isinstance(value, bool):
        return bool(taking) and not is_number_meant(alternatives)
    return any("pattern" in schema or value in schema.get("examples", (value,)) for schema in taking) or (
        bool(taking) and not isinstance(value, str)
    )


def is_number_meant(alternatives: tuple[Schema, ...]) -> bool:
    """Whether only a positive number makes sense; Python takes `true` for the number 1."""
    return all(schema.get("minimum", 0) > 0 or "exclusiveMinimum" in schema for schema in alternatives)
