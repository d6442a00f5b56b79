"""Fields that today's classes refuse, and that can be left out without a change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from lstmlint.fixing.repairs import today
from lstmlint.fixing.repairs.repair import Applicability, Draft, DraftLayer, Edit, Left, Phase, Repair, per_layer

NAME = "refused-fields"

Harmless: TypeAlias = Callable[[Any], bool]


def _always(value: Any) -> bool:
    return True


def _unset(value: Any) -> bool:
    return value in (None, False, 0, [], {})


#: The values with which a refused field may be left out: all values of a field that changes no result or that Keras
#: determines again, otherwise only the value that Keras uses anyway.
HARMLESS: Mapping[str, Harmless] = {
    "implementation": _always,
    "consume_less": _always,
    "input_dtype": _always,
    "input_length": _always,
    "input_dim": _always,
    "batch_size": _always,
    "sparse": _always,
    "dynamic": _unset,
    "weights": _unset,
    "query_shape": _always,
    "key_shape": _always,
    "value_shape": _always,
    "fused": _always,
    "use_one_hot_matmul": _always,
    "enable_caching_device": _always,
    "force_generator": _always,
    "rng_type": _always,
    "experimental_autocast": _always,
    "autocast": _always,
    "trainable": _always,
    "activity_regularizer": _unset,
    "noise_shape": _unset,
    "virtual_batch_size": _unset,
    "adjustment": _unset,
    "causal": _unset,
    "return_runtime": _unset,
    "num_constants": _always,
    "reverse_state_order": _unset,
    "groups": lambda value: value == 1,
    "kernel_initializer": _always,
    "kernel_regularizer": _unset,
    "kernel_constraint": _unset,
    "batch_input_shape": _always,
    "build_input_shape": _always,
    "interpolation": lambda value: value == "nearest",
    "keepdims": _unset,
    "data_format": lambda value: value in (None, "channels_last"),
    "dtype": _always,
    "output_shape": _unset,
}


def change(layer: DraftLayer, draft: Draft) -> Iterator[tuple[Any, Edit] | Left]:
    taken = today.keys(layer.class_name)
    if not taken or (layer.original is not None and layer.original.node.is_custom):
        return
    config = dict(layer.config)
    for key, value in layer.config.items():
        if key in taken or key == "name" or key in today.CONTENT or key == "time_major":
            continue
        where = (*layer.pointer, "config", key)
        if HARMLESS.get(key, _unset)(value):
            del config[key]
            yield {**layer.raw, "config": dict(config)}, Edit(NAME, layer.name, f"{key} is dropped", where, value)
        else:
            message = f"today's {layer.class_name} has no {key}, here {value!r}; decide what it should do without it"
            yield Left(NAME, layer.name, message, where)


REPAIR = Repair(
    NAME, "drops fields that today's classes refuse and that change nothing", Phase.FIELDS, Applicability.SAFE,
    ("k3-config-field-refused",), per_layer(change),
)  # fmt: skip
