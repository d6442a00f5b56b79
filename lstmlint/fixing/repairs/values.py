"""Config values that today's Keras wants in another form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lstmlint.fixing.repairs.repair import Applicability, Draft, DraftLayer, Edit, Left, Phase, Repair, per_layer

AXIS, DTYPE, INITIALIZER = "normalization-axis", "dtype-policy", "initializer-dtype"
EMBEDDING, LAMBDA = "embedding-dtype", "lambda-fields"

MIXED = "mixed_"

#: Values that TensorFlow takes for float32 (`tf.as_dtype`, TensorFlow 2.15) and Keras 3 refuses.
FLOAT = "float"

#: Names of a policy in Keras 2 (TensorFlow 2.1 to 2.15).
POLICIES = frozenset({"Policy", "PolicyV1", "AutoCastPolicy"})


def axis(layer: DraftLayer, draft: Draft) -> Iterator[tuple[Any, Edit] | Left]:
    value = layer.config.get("axis")
    if layer.class_name != "BatchNormalization" or not isinstance(value, list):
        return
    where = (*layer.pointer, "config", "axis")
    if len(value) != 1:
        yield Left(AXIS, layer.name, f"normalises over {len(value)} axes together; today's Keras takes one axis", where)
        return
    config = {**layer.config, "axis": value[0]}
    yield {**layer.raw, "config": config}, Edit(AXIS, layer.name, "axis is a number", where, value, value[0])


def dtype(layer: DraftLayer, draft: Draft) -> Iterator[tuple[Any, Edit] | Left]:
    value = layer.config.get("dtype")
    new = policy(value)
    if new != value:
        config = {**layer.config, "dtype": new}
        where = (*layer.pointer, "config", "dtype")
        yield {**layer.raw, "config": config}, Edit(DTYPE, layer.name, "dtype is today's policy", where, value, new)


def policy(value: Any) -> Any:
    """A dtype in today's form: mixed precision as an object, other dtypes by their full name."""
    if isinstance(value, Mapping) and str(value.get("class_name")) in POLICIES:
        inner = value.get("config")
        name = inner.get("name") if isinstance(inner, Mapping) else None
        value = name if isinstance(name, str) and name != "_infer" else "float32"
    if value == FLOAT:
        return "float32"
    if isinstance(value, str) and value.startswith(MIXED):
        return {"module": "keras", "class_name": "DTypePolicy", "config": {"name": value}, "registered_name": None}
    return value


def initializers(layer: DraftLayer, draft: Draft) -> Iterator[tuple[Any, Edit] | Left]:
    config = dict(layer.config)
    for key, value in layer.config.items():
        inner = value.get("config") if isinstance(value, Mapping) else None
        if key.endswith("_initializer") and isinstance(inner, Mapping) and "dtype" in inner:
            config[key] = {**value, "config": {name: given for name, given in inner.items() if name != "dtype"}}
            where = (*layer.pointer, "config", key, "config", "dtype")
            yield {**layer.raw, "config": dict(config)}, Edit(INITIALIZER, layer.name, "dtype is dropped", where)


def embedding(layer: DraftLayer, draft: Draft) -> Iterator[tuple[Any, Edit] | Left]:
    """Keras 2 may record the dtype of the indices of an Embedding; its table holds floats all the same."""
    value = layer.config.get("dtype")
    if layer.class_name == "Embedding" and isinstance(value, str) and value.startswith(("int", "uint")):
        where = (*layer.pointer, "config", "dtype")
        note = Edit(EMBEDDING, layer.name, "dtype is that of its vectors", where, value, "float32")
        yield {**layer.raw, "config": {**layer.config, "dtype": "float32"}}, note


def function(layer: DraftLayer, draft: Draft) -> Iterator[tuple[Any, Edit] | Left]:
    """A Lambda in today's form; the user must supply its code, but Keras no longer refuses its fields."""
    dropped = [key for key in layer.config if key in LAMBDA_FIELDS]
    if layer.class_name != "Lambda" or not (dropped or isinstance(layer.config.get("function"), list)):
        return
    config = {key: value for key, value in layer.config.items() if key not in LAMBDA_FIELDS}
    code = config.get("function")
    if isinstance(code, list) and len(code) == 3:
        inner = dict(zip(("code", "defaults", "closure"), code, strict=True))
        config["function"] = {"class_name": "__lambda__", "config": inner}
    note = Edit(LAMBDA, layer.name, "its fields are today's", (*layer.pointer, "config"), dropped)
    yield {**layer.raw, "config": config}, note


#: Fields of Keras 2 about the functions of a Lambda (Keras 3, `legacy/saving/saving_utils.py`, `LAMBDA_DEP_ARGS`).
LAMBDA_FIELDS = frozenset({"module", "function_type", "output_shape_type", "output_shape_module"})

REFUSED = ("k3-config-field-refused",)

AXIS_REPAIR = Repair(
    AXIS, "writes the axis of a BatchNormalization as a number", Phase.FIELDS, Applicability.SAFE, REFUSED,
    per_layer(axis),
)  # fmt: skip
DTYPE_REPAIR = Repair(
    DTYPE, "writes dtype policies in today's form", Phase.FIELDS, Applicability.SAFE, REFUSED, per_layer(dtype)
)  # fmt: skip
INITIALIZER_REPAIR = Repair(
    INITIALIZER, "drops the dtype of initializers", Phase.FIELDS, Applicability.SAFE, REFUSED, per_layer(initializers)
)  # fmt: skip
EMBEDDING_REPAIR = Repair(
    EMBEDDING, "writes the dtype of an Embedding's vectors", Phase.FIELDS, Applicability.SAFE, REFUSED,
    per_layer(embedding),
)  # fmt: skip
LAMBDA_REPAIR = Repair(
    LAMBDA, "writes the fields of a Lambda in today's form", Phase.FIELDS, Applicability.SAFE, REFUSED,
    per_layer(function),
)  # fmt: skip
