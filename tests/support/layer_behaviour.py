"""The behaviour of layer classes: in runs of real Keras 3, in records of older Kerases, in layer functions."""

from __future__ import annotations

import inspect
import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import keras
import numpy

from lstmlint.inference.layers import layer_types
from lstmlint.ir.document import Container, Document
from lstmlint.ir.shape import Dims, Unknown, is_dims
from lstmlint.pipeline import model_of
from tests.inference.test_layer_functions import CONTAINERS, call_of
from tests.support.case import Case
from tests.support.layer_cases import EVERY_CASE
from tests.support.truth import FIXTURES

L = keras.layers

#: Enough cases of a class to tell properties of all configs from properties of one.
CASES_OF_A_CLASS = 12

#: Class -> arguments that show its behaviour, where its defaults do nothing.
TELLING: Mapping[str, Callable[[], Any]] = {
    "Normalization": lambda: L.Normalization(mean=1.0, variance=2.0),
    "Rescaling": lambda: L.Rescaling(2.0, offset=1.0),
    "Masking": lambda: L.Masking(mask_value=1.0),
    "EinsumDense": lambda: L.EinsumDense("abc,cd->abd", output_shape=(None, 4), bias_axes="d"),
    "GroupNormalization": lambda: L.GroupNormalization(groups=2),
    "UpSampling2D": lambda: L.UpSampling2D(2, interpolation="bilinear"),
    "RepeatVector": lambda: L.RepeatVector(4),
    "Permute": lambda: L.Permute((2, 1)),
    "RMSNormalization": lambda: L.RMSNormalization(),
    "UnitNormalization": lambda: L.UnitNormalization(),
    **{f"ZeroPadding{rank}D": partial(getattr(L, f"ZeroPadding{rank}D"), 1) for rank in (1, 2, 3)},
    **{f"Cropping{rank}D": partial(getattr(L, f"Cropping{rank}D"), 1) for rank in (1, 2, 3)},
    "UpSampling1D": lambda: L.UpSampling1D(2),
    "UpSampling3D": lambda: L.UpSampling3D(2),
    "MaxNumBoundingBoxes": lambda: L.MaxNumBoundingBoxes(4),
}

#: Classes that `keras.layers` has under another name than they write to configs.
EXPORTED_AS = {"GroupedQueryAttention": "GroupQueryAttention"}

#: Layers whose config alone decides how they change values.
DECIDED_BY_CONFIG = frozenset({
    "Activation", "Lambda", "Pipeline", "StringLookup", "IntegerLookup", "CategoryEncoding", "Discretization",
    "CenterCrop", "RandomCrop", "Resizing",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seen:
    """A layer on one input: the shapes of the input, the output and the weights, all with the batch."""

    inputs: Dims
    outputs: Any
    weights: tuple[Dims, ...]


@cache
def seen() -> Mapping[str, list[Seen]]:
    """Class -> its behaviour on one input, by the layer functions and by the records of older Kerases."""
    found: dict[str, list[Seen]] = defaultdict(list)
    for case in EVERY_CASE:
        is_simple = not isinstance(case.shape, list) and case.class_name not in CONTAINERS
        if is_simple and len(found[case.class_name]) < CASES_OF_A_CLASS:
            found[case.class_name].append(_run(case))
    for file in sorted(FIXTURES.glob("layers/keras-[12]*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            model = model_of(Document("m.json", Container.JSON, entry["model"]))
            inputs, output = model.layers[-1].calls[0].inputs, tuple(entry["output_shape"])
            if is_dims(inputs) and len(found[model.layers[-1].class_name]) < 2 * CASES_OF_A_CLASS:
                weights = tuple(map(tuple, entry["weights"]))
                found[model.layers[-1].class_name].append(Seen(inputs, output, weights))
    return found


def _run(case: Case) -> Seen:
    """The result of the layer function for a case; tests of the functions compare it with Keras."""
    shape = (None, *case.shape)
    signature = layer_types()[case.class_name](call_of(case.layer(), shape))
    weights = () if isinstance(signature.weights, Unknown) else signature.weights
    return Seen(shape, signature.outputs, tuple(weight.shape for weight in weights))


def in_keras3(name: str) -> type[Any] | None:
    """The class of the installed Keras; `None` if there is none, or another class under the name."""
    found = getattr(L, EXPORTED_AS.get(name, name), None)
    is_itself = inspect.isclass(found) and found.__name__ in (name, *EXPORTED_AS)
    return found if is_itself else None


@cache
def case_of(name: str) -> Case | None:
    """A case of a class on one input, on a sequence where there is one."""
    cases = [case for case in EVERY_CASE if case.class_name == name and not isinstance(case.shape, list)]
    sequences = [case for case in cases if len(case.shape) == 2 and None not in case.shape]
    return next(iter(sequences or cases), None)


def instance(name: str, **arguments: Any) -> Any:
    """A layer of Keras 3; `None` where no case shows how to make one."""
    if name in TELLING and not arguments:
        return TELLING[name]()
    case = case_of(name) or next((case for case in EVERY_CASE if case.class_name == name), None)
    if case is None:
        return None
    given = {key: value() if callable(value) else value for key, value in case.arguments.items()}
    return in_keras3(name)(**{**given, **arguments})  # type: ignore[misc]


def values(name: str) -> Any:
    """Values that show the behaviour of a layer: all different, of both signs, none of them 0 or 1."""
    case = case_of(name)
    has_steps = case is not None and (len(case.shape) > 1 or name == "RepeatVector")
    shape = (2, *(size or 4 for size in case.shape)) if case is not None and has_steps else (2, 4, 4)
    size = int(numpy.prod(shape))
    numbers = (numpy.random.RandomState(0).permutation(size) + 0.5) / 7 - size / 14 + 0.03
    return numbers.reshape(shape).astype("float32")


def computed(layer: Any, inputs: Any) -> Any:
    """The outputs of a layer for some values in inference."""
    keywords = {"training": False} if "training" in inspect.signature(layer.call).parameters else {}
    return numpy.asarray(layer(inputs, **keywords))


def ready(layer: Any, inputs: Any) -> Any:
    """A layer whose weights are all different and not 0."""
    layer(inputs)
    random = numpy.random.RandomState(3)
    layer.set_weights([random.uniform(0.2, 0.9, weight.shape).astype("float32") for weight in layer.weights])
    return layer
