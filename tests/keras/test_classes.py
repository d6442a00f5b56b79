"""The traits of layer classes: an entry for each class, held against real Keras, its records and the layer functions.

Each check looks at one class, and is fast once the layers were run; `tests/mutate_traits.py` runs them on traits with
one taken out.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import keras
import numpy
import pytest
from keras.src.backend import get_keras_mask

from lstmlint.analyses.activations import RANGES
from lstmlint.inference.layers import layer_types
from lstmlint.ir.document import Container, Document
from lstmlint.ir.graph import OPERATION
from lstmlint.ir.shape import to_text
from lstmlint.keras.classes import CLASSES, KINDS, Axes, Era, Form, Traits, Values, traits_of
from lstmlint.keras.facts import examined_targets, facts_of, known_somewhere
from lstmlint.pipeline import model_of
from tests.support import layer_behaviour
from tests.support.layer_behaviour import EXPORTED_AS, computed, in_keras3, instance, ready, seen, values
from tests.support.layer_cases import EVERY_CASE
from tests.support.layer_schemas import SCHEMAS
from tests.support.truth import ROOT

L = keras.layers

KNOWN = sorted(
    {name for name in layer_types() if not name.startswith(OPERATION)}
    | {name for name, schema in SCHEMAS["$defs"].items() if "properties" in schema and name[0].isupper()}
)

#: Classes whose rank the config decides, or the layer inside.
RANK_OF_CONFIG = frozenset({"Permute", "Bidirectional"})

ERAS = {"1.2.2": Era.KERAS_1, "2.3.1": Era.STANDALONE_2, "2.15.0": Era.TENSORFLOW_2}
MASKS = {era: json.loads((ROOT / "tests" / "data" / f"masks-{version}.json").read_text())["layers"]
         for version, era in ERAS.items()}  # fmt: skip

#: What each Keras made of layers that leave nothing of their input (`fixtures/scripts/make_empty_facts.py`).
EMPTY = {era: (ROOT / "tests" / "data" / f"empty-{version}.jsonl").read_text().splitlines()
         for version, era in {**ERAS, "3.15.1": Era.KERAS_3}.items()}  # fmt: skip

#: Names in the records of masks that are another class today, or where the padding alone is refused.
OTHER_NAMES = {"Merge, sum": "Add", "Merge, mul": "Multiply", "Merge, ave": "Average", "Merge, concat": "Concatenate"}
TRANSLATED = frozenset({"Subtract", "Maximum", "Minimum", "Dot"})  # what the dialect of Keras 1 makes of a Merge
REFUSED_FOR_SHAPE = {(Era.TENSORFLOW_2, "Softmax"), (Era.TENSORFLOW_2, "GroupNormalization")}

Facts = Mapping[str, Any]


def config_keys(name: str) -> set[str]:
    """The keys that any examined Keras takes in the config of a class."""
    return set(SCHEMAS["$defs"].get(name, {}).get("properties", {}))


def is_operation_of(name: str, module: str) -> bool:
    """Whether a layer function stands in a module."""
    found = layer_types().get(name)
    return found is not None and found.function.__module__.endswith(f".{module}")


def check_rank(name: str, traits: Traits) -> None:
    """Keras demands the rank before it computes; older layers that accept one rank only want that one."""
    if in_keras3(name) is None or name in RANK_OF_CONFIG:
        plain = traits.plain and traits_of(traits.plain).rank
        ranks = {len(run.inputs) for run in seen().get(name, ())}
        assert traits.rank in (plain or None, None) or ranks <= {traits.rank}
        assert not traits.plain or traits.rank == plain
        return
    layer = instance(name)
    spec = getattr(layer, "input_spec", None)
    spec = spec[0] if isinstance(spec, list) else spec
    assert layer is None or traits.rank == getattr(spec, "ndim", None)


def check_dimensions(name: str, traits: Traits) -> None:
    """The digit in the name, where the layer has one."""
    digits = [int(letter) for letter in name if letter.isdigit() and f"{letter}D" in name]
    is_spatial = digits and not name.startswith(("Convolution", "Atrous", "Deconvolution", "ConvRNN", "ConvLSTM2DCell"))
    assert traits.dimensions == (digits[0] if is_spatial else None)


def check_axes(name: str, traits: Traits) -> None:
    """Shapes in, shapes out: of real Keras, over several configs."""
    runs = [run for run in seen().get(name, ()) if isinstance(run.outputs, tuple)]
    if not runs or traits.form is not None or name in layer_behaviour.DECIDED_BY_CONFIG:
        assert traits.form is None or traits.axes is Axes.OTHER
        return
    if all(run.inputs == run.outputs for run in runs):
        assert traits.axes is Axes.SAME
    elif all(run.inputs[:-1] == run.outputs[:-1] for run in runs):
        assert traits.axes is Axes.LAST
    elif traits.dimensions == 1 and all(len(run.inputs) == len(run.outputs) == 3 for run in runs):
        assert traits.axes is Axes.STEPS
    elif name in ("Flatten", "Permute", "RepeatVector"):
        assert traits.axes is Axes.REARRANGED
    else:
        assert traits.axes is Axes.OTHER


def check_values(name: str, traits: Traits) -> None:
    """Values in, values out, of a layer with weights that are no zeros."""
    told = _told_by_values(name) if traits.form is None else None
    assert told is None or traits.values is told


def _case(name: str) -> Any:
    return next(case for case in EVERY_CASE if case.class_name == name)


@cache
def _told_by_values(name: str) -> Values | None:
    """What a layer does to values; `None` if it takes none, or several inputs."""
    is_told = in_keras3(name) is not None and name not in layer_behaviour.DECIDED_BY_CONFIG
    layer = instance(name) if is_told else None
    if layer is None or isinstance(_case(name).shape, list):
        return None
    inputs = values(name)
    try:
        ready(layer, inputs)
        outputs = computed(layer, inputs)
    except (ValueError, TypeError):
        return None
    if inputs.ndim < 2 or outputs.ndim < 2:
        return Values.OTHER
    mapped = numpy.sin(7 * inputs) + 2
    if outputs.shape == inputs.shape and numpy.allclose(outputs, inputs):
        padded = inputs.copy()
        padded[:, 1] = 1.0  # which a Masking here makes zeros
        return Values.KEPT if numpy.allclose(computed(layer, padded), padded) else Values.ZEROS
    if set(numpy.unique(outputs)) <= set(numpy.unique(inputs)) and _commutes(layer, mapped, outputs, inputs):
        return Values.MOVED
    with_zeros = inputs.copy()
    with_zeros[:, 1] = 0
    is_local = outputs.shape == inputs.shape and numpy.allclose(computed(layer, with_zeros)[:, 2:], outputs[:, 2:])
    if is_local and not computed(layer, with_zeros)[:, 1].any() and not computed(layer, inputs * 0).any():
        return Values.ZEROS
    is_padding = outputs.size > inputs.size and set(numpy.unique(outputs)) == {0, *numpy.unique(inputs)}
    return Values.ZEROS if is_padding else Values.OTHER


def _commutes(layer: Any, mapped: Any, outputs: Any, inputs: Any) -> bool:
    """Whether it makes no difference if values are mapped before or after the layer."""
    table = dict(zip(inputs.ravel().tolist(), mapped.ravel().tolist(), strict=True))
    after = numpy.vectorize(table.__getitem__, otypes=["float32"])(outputs)
    return bool(numpy.allclose(computed(layer, mapped.astype("float32")), after))


def check_activation(name: str, traits: Traits) -> None:
    is_function = is_operation_of(name, "activation") and name not in ("ParametricSoftplus", "SReLU")
    assert bool(traits.activation) == is_function
    layer = instance(name) if traits.activation and in_keras3(name) else None
    if layer is not None:
        low, high = RANGES[traits.activation]
        made = computed(ready(layer, values(name)), values(name) - 3)
        assert low <= made.min()
        assert made.max() <= high or high == float("inf")
        assert traits.activation.replace("_", "") == name.lower()


def check_applies_activation(name: str, traits: Traits) -> None:
    """The result of a layer with `activation='relu'` is never negative, and can be 0."""
    can_apply = "activation" in config_keys(name) and traits.form is None
    if not can_apply or name in ("Activation", "Highway", "ConvRNN2D", "ConvLSTM2DCell") or in_keras3(name) is None:
        is_older = can_apply and name in ("TimeDistributedDense", "LocallyConnected1D", "LocallyConnected2D")
        assert traits.applies_activation == is_older
        return
    assert traits.applies_activation == _never_negative(name)


@cache
def _never_negative(name: str) -> bool:
    layer = instance(name, activation="relu")
    return layer is not None and bool(computed(ready(layer, values(name)), -values(name)).min() >= 0)


def check_normalizes(name: str, traits: Traits) -> None:
    is_alias = name in ("BatchNormalizationV1", "BatchNormalizationV2", "SyncBatchNormalization")
    is_one = name.endswith("Normalization") and name != "SpectralNormalization"
    assert traits.normalizes == (is_one and not is_alias)


OFFSETS: Mapping[str, Any] = {"use_bias": False, "center": False, "bias_axes": None}


def check_offset(name: str, traits: Traits) -> None:
    """Without its offset a step of zeros stays one, with it it does not."""
    if not (traits.applies_activation or traits.normalizes) or in_keras3(name) is None:
        assert not traits.offset or in_keras3(name) is None
        return
    assert traits.offset == _told_by_offset(name, is_local=traits.normalizes)


@cache
def _told_by_offset(name: str, *, is_local: bool) -> str:
    found = ""
    for key, off in OFFSETS.items():
        if key not in config_keys(name):
            continue
        inputs = values(name)
        inputs = inputs if is_local else inputs * 0
        inputs[:, 1] = 0
        is_moved = computed(ready(instance(name), inputs), inputs)[:, 1].any()
        stays = not computed(ready(_without(name, key, off), inputs), inputs)[:, 1].any()
        found = key if is_moved and stays else found
    return found


def _without(name: str, key: str, off: Any) -> Any:
    config = instance(name).get_config()
    return in_keras3(name).from_config({**config, key: off})  # type: ignore[union-attr]


def check_drops(name: str, traits: Traits) -> None:
    assert traits.drops == tuple(
        key for key in ("rate", "dropout", "recurrent_dropout") if key in config_keys(name) and name not in UNDROPPED
    )


def check_refuses_empty(name: str, traits: Traits) -> None:
    """What each Keras said of a layer that leaves nothing of its input."""
    for era, says in empty_records().get(name, {}).items():
        assert (era in traits.refuses_empty) == ("refused" in says)


@cache
def empty_records() -> Mapping[str, Mapping[Era, set[str]]]:
    """What was said of the layers of each class in each era, but for those whose input is empty from the beginning."""
    found: dict[str, dict[Era, set[str]]] = {}
    for era, lines in EMPTY.items():
        for record in map(json.loads, lines):
            config = record["model"]
            model = model_of(Document("model.json", Container.JSON, config, keras_version=config["keras_version"]))
            if "0" not in to_text(model.inputs).strip("()").split(", "):
                found.setdefault(model.layers[-1].class_name, {}).setdefault(era, set()).add(record["says"])
    return found


#: Classes of which no file was seen, and those whose `rate` is another.
UNDROPPED = frozenset({"ConvRNN2D", "ConvLSTM2DCell", "RNN"})


@cache
def eras_of(name: str) -> Era:
    """The eras of which an examined Keras has a class."""
    found = Era.KERAS_1 if name in (*OTHER_NAMES.values(), *TRANSLATED) else Era.NONE
    name = {exported: name for name, exported in EXPORTED_AS.items()}.get(name, name)
    for target in examined_targets():
        if name in facts_of(target).names:
            is_first = target.version < (2,)
            before_3 = Era.TENSORFLOW_2 if target.is_tf_keras else Era.STANDALONE_2
            found |= Era.KERAS_1 if is_first else Era.KERAS_3 if target.is_keras3 else before_3
    return found


def check_eras(name: str, traits: Traits) -> None:
    """Only eras that have the class are told of; recurrent layers use masks in all of theirs, except on cuDNN."""
    eras = eras_of(name)
    claims = traits.keeps_mask | traits.uses_mask | traits.lets_mask_go | traits.refuses_empty
    assert claims & eras == claims
    if traits.is_recurrent:
        assert traits.uses_mask == (Era.NONE if traits.is_cudnn else eras)


def check_masks_as_recorded(name: str, traits: Traits) -> None:
    """What Keras 1 and 2 did with a mask, where it was recorded."""
    for era, records in MASKS.items():
        for recorded, facts in records.items():
            class_name, _, rest = OTHER_NAMES.get(recorded, recorded).partition(", ")
            if class_name != name or (era, name) in REFUSED_FOR_SHAPE or name in ("TimeDistributed", "Merge"):
                continue
            if name == "Bidirectional" and "CuDNN" in rest:
                continue
            keeps, uses, lets_go = (era in told for told in (traits.keeps_mask, traits.uses_mask, traits.lets_mask_go))
            if "refuses" in facts:
                assert {keeps, uses, lets_go} == {False}
                continue
            assert facts["uses"] == uses
            is_kept = "sequences" in rest if traits.form is not None else traits.is_attention
            assert facts["keeps"][0] == (keeps or is_kept)
            refuses = era in (Era.KERAS_1, Era.STANDALONE_2)
            assert lets_go == (refuses and not (keeps or uses))


def check_masks_of_keras3(name: str, traits: Traits) -> None:
    """A layer supports masks where it keeps or uses them, and one that uses them has the argument."""
    layer = instance(name) if in_keras3(name) else None
    if layer is None or name in ("Dot", "Embedding", "ReversibleEmbedding"):
        return
    keeps, uses = Era.KERAS_3 in traits.keeps_mask, Era.KERAS_3 in traits.uses_mask
    assert layer.supports_masking == (keeps or uses or name == "InputLayer")
    takes = {"mask", "attention_mask", "query_mask"} & set(inspect.signature(layer.call).parameters)
    merges = name in ("Multiply", "Maximum", "Minimum")
    assert uses == ((bool(takes) and layer.supports_masking and name != "TimeDistributed") or merges)
    if (
        uses
        and not merges
        and not traits.is_attention
        and traits.form is None
        and not isinstance(_case(name).shape, list)
    ):
        assert keeps == (layer.compute_mask(values(name), numpy.ones((2, 4), bool)) is not None)


def check_makes_mask(name: str, traits: Traits) -> None:
    is_source = in_keras3(name) is not None and name in ("Masking", "Embedding", "ReversibleEmbedding")
    assert traits.makes_mask == is_source
    if is_source:
        inputs = values(name) if name == "Masking" else numpy.array([[1, 0, 2]])
        off = {"mask_zero": False} if name != "Masking" else {}
        assert (get_keras_mask(instance(name, **off)(inputs)) is None) == bool(traits.mask_key)
        on = {traits.mask_key: True} if traits.mask_key else {}
        assert get_keras_mask(instance(name, **on)(inputs)) is not None
    assert not traits.mask_key or traits.makes_mask


def check_reads_whole_sequence(name: str, traits: Traits) -> None:
    uses = traits.uses_mask & Era.SINCE_2
    is_reader = bool(uses) and not traits.keeps_mask and traits.form is None
    assert traits.reads_whole_sequence == is_reader


def check_merges(name: str, traits: Traits) -> None:
    layer = instance(name) if in_keras3(name) else None
    kinds = {base.__name__ for base in type(layer).__mro__}
    assert traits.is_elementwise_merge == ("Merge" in kinds and name not in ("Concatenate", "Dot"))
    if "Merge" in kinds and name != "Dot":
        assert (traits.values is Values.ZEROS) == _adds_up(name)


@cache
def _adds_up(name: str) -> bool:
    """Whether what is added to one input comes out the same whatever the other one is, so that none can hide it."""
    layer, one = instance(name), values("Dense")
    first, second = (computed(layer, [one + 1, other]) - computed(layer, [one, other]) for other in (one * 0, -2 * one))
    return bool(numpy.allclose(first, second, atol=1e-5) and first.any())


def check_attention(name: str, traits: Traits) -> None:
    found = in_keras3(name)
    is_attention = found is not None and ".attention." in found.__module__
    assert traits.is_attention == (is_attention or name == "GroupQueryAttention")
    if name == "GroupQueryAttention":
        assert traits_of("GroupedQueryAttention") == traits


def check_arguments(name: str, traits: Traits) -> None:
    """The order in which Keras takes what a call gives."""
    if traits.plain:
        assert traits.arguments == traits_of(traits.plain).arguments
    if in_keras3(name) is None:
        return
    _, *others = list(inspect.signature(in_keras3(name).call).parameters)[1:] or [""]  # type: ignore[union-attr]
    assert traits.arguments == tuple(others[: len(traits.arguments)])
    is_ordered = others[:1] in (["initial_state"], ["value"], ["reverse"]) or traits.is_attention
    assert bool(traits.arguments) == is_ordered


def check_wraps_layer(name: str, traits: Traits) -> None:
    found = in_keras3(name)
    takes = list(inspect.signature(found.__init__).parameters)[1:2] if found is not None else []
    assert traits.wraps_layer == (takes == ["layer"])


def check_first_tensor(name: str, traits: Traits) -> None:
    """The result grows with the tensors from it on, all together, and with no later ones."""
    if in_keras3(name) is None or not traits.applies_activation:
        assert traits.first_tensor is None
        return
    assert traits.first_tensor == _told_by_growth(name)


@cache
def _told_by_growth(name: str) -> int:
    inputs = values(name)
    layer = ready(instance(name), inputs)
    before, weights = computed(layer, inputs), layer.get_weights()
    return next(at for at in range(len(weights)) if _grows(layer, inputs, before, weights, at))


def _grows(layer: Any, inputs: Any, before: Any, weights: list[Any], at: int) -> bool:
    layer.set_weights([weight * (2 if index >= at else 1) for index, weight in enumerate(weights)])
    return bool(numpy.allclose(computed(layer, inputs), 2 * before, rtol=1e-4))


def check_has_kernel(name: str, traits: Traits) -> None:
    assert traits.form is None or not traits.has_kernel
    told = _told_by_spectral_normalization(name) if traits.form is None else None
    assert told in (None, traits.has_kernel)


@cache
def _told_by_spectral_normalization(name: str) -> bool | None:
    layer = instance(name) if in_keras3(name) else None
    if layer is None:
        return None
    inputs = values(name) if name not in ("Embedding", "ReversibleEmbedding") else numpy.zeros((2, 3), "int32")
    try:
        L.SpectralNormalization(layer)(inputs)
        return True
    except (ValueError, TypeError, AttributeError, IndexError):
        return False


def check_features_axis(name: str, traits: Traits) -> None:
    if traits.plain:
        assert traits.features_axis == traits_of(traits.plain).features_axis
    if name.endswith("Cell") and traits.kind is not None:
        assert traits.features_axis == traits_of(name.removesuffix("Cell")).features_axis
    is_matrix = traits.is_gated_layer or (traits.first_tensor is not None and name != "EinsumDense")
    if not is_matrix or name not in seen():
        assert traits.features_axis is None or traits.kind is not None
        return
    runs = [run for run in seen()[name] if run.weights]
    axes = [axis for axis in (-1, -2) if all(_counts_features(run, axis) for run in runs)]
    assert [traits.features_axis] == axes


def _counts_features(run: layer_behaviour.Seen, axis: int) -> bool:
    return run.weights[0][axis] in (run.inputs[-1], run.inputs[1])


def check_recurrence(name: str, traits: Traits) -> None:
    """The kind and form of what has one, from the classes and the weights of Keras."""
    bare = name.removesuffix("Cell").removeprefix("CuDNN")
    of_kind = bare if bare in KINDS else "LSTM" if name.startswith("ConvLSTM") and not name.endswith("Cell") else ""
    assert (traits.kind.name if traits.kind is not None else "") == of_kind
    assert traits.form is _form(name)
    assert traits.plain == (bare if name.startswith("CuDNN") else "")


def _form(name: str) -> Form | None:
    """What a class is, as Keras' own bases and names say."""
    if name.startswith("CuDNN"):
        return Form.CUDNN
    found = in_keras3(name)
    bases = {base.__name__ for base in found.__mro__} if found is not None else set()
    if name in ("RNN", "Bidirectional", "StackedRNNCells"):
        return {"RNN": Form.OF_CELL, "Bidirectional": Form.AROUND, "StackedRNNCells": Form.CELLS}[name]
    if "ConvLSTM" in bases:
        return Form.CONVOLUTION
    if "RNN" in bases:
        return Form.LAYER
    return Form.CELL if hasattr(found, "get_initial_state") and name.endswith("Cell") else None


def check_functions(name: str, traits: Traits) -> None:
    """Calls of functions: by the layer functions that look them up by name."""
    is_call = is_operation_of(name, "tensorflow_ops") and name != "InstanceProperty"
    assert traits.is_tensorflow_call == (is_call or name == "TensorFlowOpLayer")
    is_method = name in ("ClassMethod", "InstanceMethod")
    assert traits.calls_function == ((traits.is_tensorflow_call and not is_method) or name == "Lambda")


CHECKS: tuple[Callable[[str, Traits], None], ...] = tuple(
    value for key, value in list(globals().items()) if key.startswith("check_")
)


def test_every_known_class_has_an_entry() -> None:
    assert [name for name in KNOWN if name not in CLASSES] == []
    assert [name for name in CLASSES if name not in KNOWN and not known_somewhere(name)] == []


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__.removeprefix("check_"))
def test_traits(check: Callable[[str, Traits], None]) -> None:
    wrong = {}
    for name, traits in CLASSES.items():
        try:
            check(name, traits)
        except AssertionError as error:
            wrong[name] = str(error).splitlines()[0]
    assert not wrong
