"""The training record by container: `training_config` in H5, `compile_config` in archives and JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lstmlint.fixing.repairs.training_fields import OPTIMIZER_MODULE, RUN_KEYS


def training_config(record: Any) -> Mapping[str, Any] | None:
    """The record in the form of Keras 3's H5."""
    if not isinstance(record, Mapping) or "optimizer_config" in record:
        return record if isinstance(record, Mapping) else None
    optimizer = record.get("optimizer")
    if isinstance(optimizer, str):
        optimizer = {"class_name": optimizer, "config": {}}
    if not isinstance(optimizer, Mapping):
        return None
    rest = {key: value for key, value in record.items() if key not in ("optimizer", *RUN_KEYS)}
    return {"weighted_metrics": None, "loss_weights": None, **rest, "optimizer_config": optimizer}


def compile_config(record: Any) -> Mapping[str, Any] | None:
    """The record in the form of Keras 3's archives."""
    if not isinstance(record, Mapping) or "optimizer_config" not in record:
        return record if isinstance(record, Mapping) else None
    optimizer = record["optimizer_config"]
    if isinstance(optimizer, Mapping):
        optimizer = {"module": OPTIMIZER_MODULE, "registered_name": None, **optimizer}
    kept = {key: record[key] for key in ("loss", "loss_weights", "metrics", "weighted_metrics") if key in record}
    return {"optimizer": optimizer, **{key: located(value, key) for key, value in kept.items()}}


def located(value: Any, key: str) -> Any:
    """Losses and metrics with the modules of their classes."""
    if isinstance(value, list):
        return [located(item, key) for item in value]
    if not isinstance(value, Mapping):
        return value
    if "class_name" not in value:
        return {name: located(item, key) for name, item in value.items()}
    module = "keras.losses" if key == "loss" else "keras.metrics"
    return {"module": module, "registered_name": None, **value}
