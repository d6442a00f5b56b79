"""The `dtype` of a layer's config: the dtype of its variables, and the quantization of its kernel in Keras 3.

A policy is a name (`mixed_float16`, `int8_from_float32`) or an object (Keras, `dtype_policies/dtype_policy.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lstmlint.ir.graph import Quantization

#: The dtypes of variables under mixed-precision policies (Keras guide "Mixed precision").
MIXED_POLICY_PREFIX = "mixed_"

#: Separator of the mode of a quantized policy and the policy before quantization.
QUANTIZED_FROM = "_from_"

FLOAT = "float32"

#: The length of the history of a float8 policy that states none (`QuantizedFloat8DTypePolicy`).
AMAX_HISTORY_LENGTH = 1024

#: The mode of a layer whose parts have policies of their own, by path.
MAP_OF_POLICIES = "DTypePolicyMap"


def variable_dtype(config: Mapping[str, Any]) -> str:
    """The dtype of a layer's variables: float32 under a mixed policy; the dtype before quantization if quantized."""
    dtype = _policy_name(config.get("dtype"))
    if dtype is None:
        return FLOAT
    source = dtype.rpartition(QUANTIZED_FROM)[2]
    return FLOAT if source.startswith(MIXED_POLICY_PREFIX) else source


def compute_dtype(dtype: Any, otherwise: str = FLOAT) -> str:
    """The dtype in which a layer computes: the dtype of its policy, or of the policy before quantization."""
    name = _policy_name(dtype) or otherwise
    return name.rpartition(QUANTIZED_FROM)[2].removeprefix(MIXED_POLICY_PREFIX)


def quantization(config: Mapping[str, Any]) -> Quantization | None:
    """The quantization of a layer's kernel; `None` where it is not quantized."""
    name, policy = _policy_name(config.get("dtype")), _policy_config(config.get("dtype"))
    if _maps_quantized(policy):
        return Quantization(MAP_OF_POLICIES)
    if name is None or QUANTIZED_FROM not in name:
        return None
    mode, _, details = name.partition(QUANTIZED_FROM)[0].partition("/")
    history = policy.get("amax_history_length")
    return Quantization(
        mode=mode,
        block_size=_block_size(config, details),
        history=history if isinstance(history, int) else AMAX_HISTORY_LENGTH,
    )


def _policy_name(dtype: Any) -> str | None:
    """The name of a policy that is written as a name or an object; `None` where there is none."""
    if isinstance(dtype, dict):
        policy = _policy_config(dtype)
        quantized = f"{policy.get('mode')}{QUANTIZED_FROM}{policy.get('source_name')}"
        dtype = quantized if "mode" in policy else policy.get("name")
    return dtype if isinstance(dtype, str) else None


def _policy_config(dtype: Any) -> Mapping[str, Any]:
    config = dtype.get("config") if isinstance(dtype, dict) else None
    return config if isinstance(config, dict) else {}


def _maps_quantized(policy: Mapping[str, Any]) -> bool:
    """Whether a map of policies has a quantized policy."""
    policies = policy.get("policy_map")
    names = (_policy_name(item) for item in policies.values()) if isinstance(policies, dict) else ()
    return any(name is not None and QUANTIZED_FROM in name for name in names)


def _block_size(config: Mapping[str, Any], details: str) -> int | None:
    """The length of the blocks of int4, from the layer's own `quantization_config`, or else from its policy.

    (Keras, `quantizers/quantization_config.py`, `get_block_size_for_layer`.)
    """
    own = config.get("quantization_config")
    is_own = isinstance(own, dict) and own.get("class_name") == "Int4QuantizationConfig"
    size = _policy_config(own).get("block_size") if is_own else int(details) if details.isdecimal() else None
    return size if isinstance(size, int) and size > 0 else None
