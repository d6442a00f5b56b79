"""Models for a zoo: files of the fixtures with other names, widths and weights, written without Keras."""

from __future__ import annotations

import io
import json
import random
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import h5py
import numpy

from lstmlint.inference.stored import agrees, stored_weights
from lstmlint.ir.document import FileError
from lstmlint.ir.graph import references
from lstmlint.ir.model import Model
from lstmlint.ir.shape import Unknown, is_dims
from lstmlint.pipeline import load
from tests.support.truth import FIXTURES

Config = dict[str, Any]
Shapes = Mapping[str, tuple[int, ...]]

#: Larger files are no templates: a zoo of thousands is about their number.
MOST_BYTES = 64_000

#: The keys of a config that say how wide a layer is; a width of 1 is an answer and stays.
WIDTHS = frozenset({"units", "output_dim", "filters", "nb_filter"})

#: The factors by which a model is made wider; 1 leaves it as Keras wrote it.
FACTORS = (1, 2, 3, 4, 6, 8)

#: The records of shapes and of training, which hold no more once a model is wider.
OUTDATED = frozenset({"build_config", "build_input_shape", "compile_config"})
TRAINING = ("optimizer_weights", "optimizer")

#: Words before the names of layers, by the number of a naming; no word leaves the names as they are.
WORDS = ("", "text", "audio", "left", "right", "first", "main", "old", "new", "fast", "deep", "tiny")

#: Folder or archive below the fixtures -> the year in which its Keras came out.
YEARS: Mapping[str, int] = {
    "keras-1.2.2": 2017, "keras-2.3.1": 2019, "keras-2.15.0": 2023, "keras-3.15.1": 2026,
    "loads/keras-1.2.2": 2017, "loads/keras-2.1.6": 2018, "loads/keras-2.3.1": 2019, "loads/tf-keras-2.3.4": 2020,
    "loads/tf-keras-2.15.1": 2023, "loads/keras-3.15.1": 2026, "containers/keras-2.12.0": 2023,
    "containers/keras-2.13.1": 2023, "containers/keras-2.14.0": 2023, "containers/keras-3.0.5": 2024,
    "containers/keras-3.3.3": 2024, "containers/keras-3.6.0": 2024, "containers/keras-3.10.0": 2025,
}  # fmt: skip

#: The time of the members of an archive, so that the same recipe gives the same bytes.
NO_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Template:
    """A file that real Keras wrote: its name without suffix, its suffix, the year of its Keras, and its bytes."""

    name: str
    suffix: str
    year: int
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Recipe:
    """A file to write: the template with its number, the factor of its widths, and what follows from two numbers.

    Equal recipes give equal bytes. Recipes that differ in `values` alone have the same architecture, those that differ
    in `naming` alone have the same weights.
    """

    suffix: str
    number: int
    factor: int
    naming: int
    values: int

    @property
    def template(self) -> Template:
        return templates()[self.suffix][self.number]


@dataclass(frozen=True)
class Variant:
    """A template in another width: its config, and the shape of each stored tensor whose shape is another."""

    config: Config
    shapes: Shapes
    is_wider: bool
    inner_names: frozenset[str]


@cache
def templates() -> Mapping[str, list[Template]]:
    """The templates by suffix: every small whole model of the fixtures, in an order that does not change."""
    found: dict[str, list[Template]] = {"json": [], "h5": [], "keras": []}
    for group, year in YEARS.items():
        for name, data in _files(group):
            stem, _, suffix = name.rpartition(".")
            if (
                suffix in found
                and len(data) <= MOST_BYTES
                and not name.endswith(".weights.h5")
                and _has_model(name, data)
            ):
                found[suffix].append(Template(stem, suffix, year, data))
    return found


def _files(group: str) -> Iterator[tuple[str, bytes]]:
    folder = FIXTURES / group
    if folder.is_dir():
        yield from ((path.name, path.read_bytes()) for path in sorted(folder.iterdir()))
        return
    with tarfile.open(folder.with_name(f"{folder.name}.tar.xz")) as archive:
        for member in sorted(archive.getmembers(), key=lambda member: member.name):
            content = archive.extractfile(member)
            if content is not None:
                yield member.name, content.read()


def _has_model(name: str, data: bytes) -> bool:
    if name.endswith(".json"):
        return '"class_name"' in data[:200].decode("utf-8", "replace")
    if name.endswith(".h5"):
        with h5py.File(io.BytesIO(data)) as file:
            return "model_config" in file.attrs
    return True


def content(recipe: Recipe) -> bytes:
    """The bytes of a file."""
    template = recipe.template
    variant = _variant(recipe.suffix, recipe.number, recipe.factor)
    word = WORDS[recipe.naming % len(WORDS)]
    names = {name: f"{word}_{name}" for name in sorted(variant.inner_names)} if word else {}
    written = _Written(_renamed(variant.config, names), names, variant, recipe.values, template.year)
    return _WRITERS[recipe.suffix](template.data, written)


@dataclass(frozen=True)
class _Written:
    config: Config
    names: Mapping[str, str]
    variant: Variant
    values: int
    year: int


@cache
def _variant(suffix: str, number: int, factor: int) -> Variant:
    """A template made wider by a factor; as it is where its widths cannot change alone."""
    template = templates()[suffix][number]
    config = _config(template)
    with TemporaryDirectory() as folder:
        plain = _loaded(Path(folder), f"plain.{suffix}", template.data)
        unchanged = Variant(config, {}, False, _inner_names(plain))
        wider = _wider(config, factor)
        if factor == 1 or plain is None or wider == config:
            return unchanged
        model = _loaded(Path(folder), "wider.json", json.dumps(wider).encode())
    shapes = _shapes(plain, model) if model is not None and _fits(model) else None
    return unchanged if shapes is None else Variant(wider, shapes, True, unchanged.inner_names)


def _config(template: Template) -> Config:
    config: Config
    if template.suffix == "json":
        config = json.loads(template.data)
    elif template.suffix == "h5":
        with h5py.File(io.BytesIO(template.data)) as file:
            config = json.loads(file.attrs["model_config"])
    else:
        with zipfile.ZipFile(io.BytesIO(template.data)) as archive:
            config = json.loads(archive.read("config.json"))
    return config


def _loaded(folder: Path, name: str, data: bytes) -> Model | None:
    path = folder / name
    path.write_bytes(data)
    try:
        return load(str(path))
    except FileError:
        return None


def _inner_names(model: Model | None) -> frozenset[str]:
    """The names that nothing but connections repeats: not those of inputs and outputs, after which losses are named."""
    layers = model.layers[1:-1] if model is not None else ()
    graph = model.graph if model is not None else None
    ends = [*references(graph.inputs), *references(graph.outputs)] if graph is not None else []
    outer = {layer.name for layer in layers if layer.class_name == "InputLayer"} | {end.layer for end in ends}
    return frozenset(layer.name for layer in layers) - outer


def _wider(value: Any, factor: int) -> Any:
    if isinstance(value, dict):
        return {
            key: one * factor if key in WIDTHS and type(one) is int and one > 1 else _wider(one, factor)
            for key, one in value.items()
            if key not in OUTDATED
        }
    return [_wider(one, factor) for one in value] if isinstance(value, list) else value


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    """A config with other names of layers: a name is the value of `name`, or stands in a list of a connection."""
    if not names:
        return value
    if isinstance(value, dict):
        return {
            key: names.get(one, one) if key == "name" and isinstance(one, str) else _renamed(one, names)
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [names.get(one, one) if isinstance(one, str) else _renamed(one, names) for one in value]
    return value


def _fits(model: Model) -> bool:
    return not any(shapes.conflict for inner in model.all_models for _, _, shapes in inner.calls())


def _shapes(plain: Model, wider: Model) -> Shapes | None:
    """Place of a tensor -> its shape in the wider model; nothing where a tensor belongs to no weight."""
    if len(plain.layers) != len(wider.layers):
        return None
    shapes: dict[str, tuple[int, ...]] = {}
    for before, after in zip(plain.layers, wider.layers, strict=True):
        tensors = stored_weights(before)
        if isinstance(before.weights, Unknown) or isinstance(after.weights, Unknown):
            return None
        if plain.document.stored is None:
            continue
        if not len(tensors) == len(before.weights) == len(after.weights):
            return None
        for tensor, old, new in zip(tensors, before.weights, after.weights, strict=True):
            dims = [dim for dim in new.shape if isinstance(dim, int)] if is_dims(new.shape) else []
            if not agrees(old.shape, tensor.shape) or len(dims) != len(tensor.shape):
                return None
            shapes[tensor.place] = tuple(dims)
    return shapes


def _as_json(data: bytes, written: _Written) -> bytes:
    return json.dumps(written.config).encode()


def _as_h5(data: bytes, written: _Written) -> bytes:
    return _copied(data, written, {"model_config": json.dumps(written.config).encode()})


def _as_archive(data: bytes, written: _Written) -> bytes:
    target = io.BytesIO()
    chance = random.Random(written.values)
    saved = f"{written.year}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}@12:00:00"
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            member = source.read(name)
            if name == "config.json":
                member = json.dumps(written.config).encode()
            elif name == "metadata.json":
                member = json.dumps({**json.loads(member), "date_saved": saved}).encode()
            elif name.endswith(".h5"):
                member = _copied(member, replace(written, names={}), {})  # its groups are named after classes
            archive.writestr(zipfile.ZipInfo(name, NO_TIME), member)
    return target.getvalue()


_WRITERS: Mapping[str, Callable[[bytes, _Written], bytes]] = {"json": _as_json, "h5": _as_h5, "keras": _as_archive}


def _copied(data: bytes, written: _Written, attributes: Mapping[str, bytes]) -> bytes:
    """An HDF5 file with other values and names, and other attributes of its root."""
    target, values = io.BytesIO(), numpy.random.default_rng(written.values)
    with h5py.File(io.BytesIO(data)) as source, h5py.File(target, "w") as file:
        _copy_attributes(source, file, written.names)
        for name, text in attributes.items():
            file.attrs[name] = text
        if written.variant.is_wider and "training_config" in file.attrs:
            del file.attrs["training_config"]

        def copy(path: str, thing: Any) -> None:
            if written.variant.is_wider and path.split("/")[0] in TRAINING:
                return
            place = _moved(path, written.names)
            if isinstance(thing, h5py.Group):
                copied = file.require_group(place)
            else:
                copied = file.create_dataset(place, data=_values(path, thing, written.variant.shapes, values))
            _copy_attributes(thing, copied, written.names)

        source.visititems(copy)
    return target.getvalue()


def _values(path: str, dataset: Any, shapes: Shapes, values: numpy.random.Generator) -> Any:
    if dataset.dtype.kind != "f":
        return dataset[()]
    shape = shapes.get(path, shapes.get(f"/{path}", dataset.shape))
    return (values.standard_normal(shape) * 0.1).astype(dataset.dtype)


def _copy_attributes(source: Any, target: Any, names: Mapping[str, str]) -> None:
    for key, value in source.attrs.items():
        if key in ("layer_names", "weight_names") and len(value):
            paths = [one.decode() if isinstance(one, bytes) else str(one) for one in value]
            value = numpy.array([_moved(path, names).encode() for path in paths])
        target.attrs[key] = value


def _moved(path: str, names: Mapping[str, str]) -> str:
    return "/".join(names.get(step, step) for step in path.split("/"))
