"""Values of configs in one spelling, so that values of one meaning are equal.

One initializer is written `"glorot_uniform"` (Keras 1), as a `VarianceScaling` with numbers (Keras 2.0 to 2.3), and as
a `GlorotUniform` with its module (Keras 3); a dtype is a name or a policy; a number may have been rounded to float32.
The result is plain JSON, in which every serialized object is a short text such as `Orthogonal(gain=2)`.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping
from typing import Any

from lstmlint.analyses.activations import named
from lstmlint.ir.shape import Unknown

#: Deeper than any value of a config; a checksum stands for deeper values.
MAX_DEPTH = 40

#: Members of a serialized object that tell how it was written, not what it is.
NOTES = frozenset({"module", "registered_name", "shared_object_id", "build_config", "compile_config"})

POLICIES = frozenset({"DTypePolicy", "Policy", "PolicyV1", "FloatDTypePolicy"})
DEFAULT_DTYPE = "float32"

ACTIVATION_KEYS = frozenset({"activation", "recurrent_activation", "inner_activation"})
INITIALIZER, REGULARIZER = "_initializer", "_regularizer"

#: Names of initializers (Keras 1 and 2) -> today's class, where the names differ.
INITIALIZERS: Mapping[str, str] = {
    "zero": "Zeros", "one": "Ones", "uniform": "RandomUniform", "normal": "RandomNormal",
}  # fmt: skip

#: Scale, mode and distribution of a `VarianceScaling` -> its own class (Keras, `random_initializers.py`).
SCALINGS: Mapping[str, str] = {
    "1 fan_avg uniform": "GlorotUniform", "1 fan_avg truncated_normal": "GlorotNormal",
    "2 fan_in uniform": "HeUniform", "2 fan_in truncated_normal": "HeNormal",
    "1 fan_in uniform": "LecunUniform", "1 fan_in truncated_normal": "LecunNormal",
}  # fmt: skip

#: Class of an object in a config -> the defaults of its settings.
ASSUMED: Mapping[str, Mapping[str, Any]] = {
    "Orthogonal": {"gain": 1}, "Identity": {"gain": 1}, "Constant": {"value": 0},
    "RandomUniform": {"minval": -0.05, "maxval": 0.05},
    "RandomNormal": {"mean": 0, "stddev": 0.05}, "TruncatedNormal": {"mean": 0, "stddev": 0.05},
    "L1L2": {"l1": 0, "l2": 0},
}  # fmt: skip

#: Regularizers that are an `L1L2` with one number (Keras 2.4 and later).
ONE_SIDED = frozenset({"L1", "L2"})

#: Keys for which Keras 1 writes a number where other versions write a list of one number.
UNWRAPPED = frozenset({"kernel_size", "strides", "pool_size", "dilation_rate", "axis", "size", "padding", "cropping"})


def normal(key: str, value: Any) -> Any:
    """A value of a config in the spelling for comparisons, as plain JSON."""
    if key in ACTIVATION_KEYS:
        name = named(value)
        return plain(value) if isinstance(name, Unknown) else name
    if key == "dtype":
        return plain(value) or DEFAULT_DTYPE
    if key.endswith(INITIALIZER) and isinstance(value, str):
        return _object({"class_name": INITIALIZERS.get(value, _camel(value)), "config": {}}, 0)
    if key.endswith(REGULARIZER) and isinstance(value, Mapping):
        return plain(value) if plain(value) != "L1L2" else None
    item = plain(value)
    return item[0] if key in UNWRAPPED and isinstance(item, list) and len(item) == 1 else item


def plain(value: Any, depth: int = 0) -> Any:
    """A value as plain JSON without notes on how it was written, with every serialized object as a text."""
    if depth > MAX_DEPTH:
        return f"(nested deep, #{zlib.crc32(canonical(value).encode('utf-8', 'backslashreplace')):08x})"
    if isinstance(value, Mapping):
        if isinstance(value.get("class_name"), str):
            return _object(value, depth)
        return {str(key): plain(item, depth + 1) for key, item in value.items() if key not in NOTES}
    if isinstance(value, list | tuple):
        return [plain(item, depth + 1) for item in value]
    return number(value) if isinstance(value, float) else value


def number(value: float) -> float | int:
    """A number as float32 keeps it, in its shortest spelling; a whole number is an int."""
    try:
        short = float(f"{struct.unpack('f', struct.pack('f', value))[0]:.7g}")
        return int(short) if short.is_integer() and abs(short) < 2**53 else short
    except (OverflowError, ValueError):
        return value


def same(left: Any, right: Any) -> bool:
    """Whether two plain values are equal; `true` is not 1."""
    return left is right or canonical(left) == canonical(right)


def canonical(value: Any) -> str:
    """A plain value as a text that is the same for the same value."""
    return json.dumps(value, sort_keys=True, default=str)


def _object(value: Mapping[str, Any], depth: int) -> Any:
    name, config = str(value["class_name"]), value.get("config")
    if name in ("__tuple__", "TensorShape"):
        return plain(value.get("items"), depth + 1)
    if name == "function" and isinstance(config, str):
        return config
    if name in POLICIES and isinstance(config, Mapping):
        return str(config.get("name"))
    if not isinstance(config, Mapping):
        return name if config is None else f"{name}({_text(plain(config, depth + 1))})"
    settings = {str(key): plain(item, depth + 1) for key, item in config.items() if key not in NOTES}
    return _spelled(*_today(name, {key: item for key, item in settings.items() if item is not None}))


def _today(name: str, settings: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """An initializer or regularizer as today's Keras names it; other objects as they are."""
    if name == "VarianceScaling":
        told = " ".join(canonical(settings.get(key)) for key in ("scale", "mode", "distribution"))
        scaling = told.replace('"', "").replace(" normal", " truncated_normal")
        if scaling in SCALINGS:
            name = SCALINGS[scaling]
            settings = {"seed": settings["seed"]} if "seed" in settings else {}
    if name in ONE_SIDED:
        name = "L1L2"
    if name in SCALINGS.values() or name in ASSUMED or name in ("Zeros", "Ones"):
        assumed = {"dtype": DEFAULT_DTYPE, **ASSUMED.get(name, {})}
        settings = {key: item for key, item in settings.items() if key not in assumed or item != assumed[key]}
    return name, settings


def _spelled(name: str, settings: Mapping[str, Any]) -> str:
    inside = ", ".join(f"{key}={_text(settings[key])}" for key in sorted(settings))
    return f"{name}({inside})" if inside else name


def _text(value: Any) -> str:
    return value if isinstance(value, str) else canonical(value)


def _camel(name: str) -> str:
    """A name of Keras 1 and 2 as a class name: `glorot_uniform` becomes `GlorotUniform`."""
    return name if not name.islower() else "".join(word.capitalize() for word in name.split("_"))
