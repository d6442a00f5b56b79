"""Architecture JSON, as `model.to_json()` writes it."""

from __future__ import annotations

import json
from typing import Any

from lstmlint.analyses.training import RECORD_KEYS
from lstmlint.fixing.writers.atomic import new_file
from lstmlint.fixing.writers.records import compile_config
from lstmlint.fixing.writers.writer import FileWriter, Output
from lstmlint.ir.document import Container


def serialized(output: Output) -> dict[str, Any]:
    """A model with its `compile_config`, as JSON and archives hold it."""
    is_keras3 = output.draft.target.is_keras3
    record = compile_config(output.draft.training_config) if is_keras3 else None
    beside = {key: value for key, value in output.draft.config.items() if key not in RECORD_KEYS}
    if not is_keras3:  # the JSON of Keras 2 does not say how a model was compiled
        return {**beside, "keras_version": output.keras_version, "backend": "tensorflow"}
    return {**beside, **({"compile_config": record} if record is not None else {})}


def write(output: Output, path: str) -> tuple[str, ...]:
    text = json.dumps(serialized(output))
    with new_file(path) as temporary, open(temporary, "w", encoding="utf-8") as file:
        file.write(text)
    return ("the weights; a JSON file holds none",) if output.draft.document.stored else ()


WRITER = FileWriter("architecture JSON", (".json",), Container.JSON, write)
