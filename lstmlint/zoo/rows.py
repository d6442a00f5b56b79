"""All that is known of the content of one file, as rows of the store: plain values, so that any process can make them.

The names of the fields are the columns of the tables that `schema_1.sql` and the steps after it describe.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class ModelRow(NamedTuple):
    """The model in a file."""

    container: str
    keras_version: str | None
    backend: str | None
    name: str
    class_name: str | None
    layers: int
    params: int | None
    trainable_params: int | None
    param_bytes: int | None
    multiply_adds: int | None
    multiply_adds_per_timestep: int | None
    state_bytes: int | None
    inputs_json: str
    outputs_json: str
    optimizer: str | None
    architecture: str | None
    tensor_shapes: str | None


class LayerRow(NamedTuple):
    """A layer of the model."""

    position: int
    path: str
    depth: int
    class_name: str
    written_class: str
    is_custom: bool
    is_recurrent: bool
    is_trainable: bool
    units: int | None
    dtype: str
    input_json: str | None
    output_json: str | None
    params: int | None
    unknown: str | None


class TensorRow(NamedTuple):
    """A tensor that the file, or the file with its weights, stores."""

    position: int
    layer: str
    name: str
    place: str
    shape_json: str
    dtype: str
    digest: str | None
    is_recurrent_kernel: bool


class FindingRow(NamedTuple):
    """A single finding, before settings change its severity or ignore it."""

    position: int
    rule: str
    category: str
    severity: str
    confidence: str
    layer: str
    pointer_json: str
    stored: str
    line: int | None
    column: int | None
    message: str
    help: str
    related_json: str
    cause: int | None
    is_consequence: bool
    words: str


class UnjudgedRow(NamedTuple):
    """A location that a rule could not judge."""

    position: int
    rule: str
    layer: str
    pointer_json: str
    stored: str
    because: str


class ObstacleRow(NamedTuple):
    """What stops a Keras, or makes it compute something else."""

    rule: str
    stage: str
    error: str
    message: str
    cure: str


class VerdictRow(NamedTuple):
    """The outcome of a file in one target; `obstacle` is the one that decided."""

    target: str
    outcome: str
    obstacle: ObstacleRow | None
    obstacles: int
    is_mended: bool


class Record(NamedTuple):
    """Everything that the store keeps of the content of one file."""

    model: ModelRow
    layers: tuple[LayerRow, ...]
    tensors: tuple[TensorRow, ...]
    findings: tuple[FindingRow, ...]
    unjudged: tuple[UnjudgedRow, ...]
    verdicts: tuple[VerdictRow, ...]


def tables(record: Record) -> Iterable[tuple[str, tuple[NamedTuple, ...]]]:
    """The rows of a record by the name of their table, but for the model and the verdicts, which refer to others."""
    return (
        ("layers", record.layers),
        ("tensors", record.tensors),
        ("findings", record.findings),
        ("unjudged", record.unjudged),
    )
