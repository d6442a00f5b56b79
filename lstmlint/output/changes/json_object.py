"""The format for programs: one versioned JSON object, described by `output/schemas/diff.schema.json`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from lstmlint.ir.finding import Diagnostic
from lstmlint.ir.lineage import Lineage
from lstmlint.ir.model import Layer
from lstmlint.ir.shape import Count, Unknown, to_json
from lstmlint.output.changes.format import Format
from lstmlint.review import kinship
from lstmlint.review.change import Diff, Kind, Row, Tensor, TensorChange, Total
from lstmlint.review.facts import ABSENT, ValueChange
from lstmlint.review.words import class_text
from lstmlint.running.json_text import json_text

VERSION = 1


def render(diff: Diff, longest: int) -> str:
    return json_text(to_object(diff))


def to_object(diff: Diff) -> dict[str, Any]:
    """A difference as plain JSON."""
    return {
        "version": VERSION,
        "differs": not diff.is_empty,
        "structure_differs": diff.has_structural_change,
        "old": asdict(diff.old),
        "new": asdict(diff.new),
        "file": values(diff.file),
        "layers": _rows(diff.rows),
        "unchanged_layers": _unchanged(diff.rows),
        "inputs": [_tensor_change(one) for one in diff.inputs],
        "outputs": [_tensor_change(one) for one in diff.outputs],
        "totals": [_total(one) for one in diff.totals],
        "training": values(diff.training),
        "findings": {
            "new": [_finding(one) for one in diff.findings.new],
            "fixed": [_finding(one) for one in diff.findings.fixed],
            "unchanged": diff.findings.unchanged,
        },
        "loads": [asdict(one) for one in diff.loads],
        "lineage": None if diff.lineage is None else lineage_object(diff.lineage),
    }


def lineage_object(lineage: Lineage) -> dict[str, Any]:
    """The kinship of the values of two models as plain JSON."""
    return {
        "told": kinship.headline(lineage),
        "layers": [
            {"path": one.layer, "other": one.other, "kin": str(one.kin), "same": one.is_same, "cosine": one.cosine}
            for one in lineage.layers
        ],
        "alone": list(lineage.alone),
    }


def values(changes: Iterable[ValueChange]) -> list[dict[str, Any]]:
    """Changed values; a side without the value has no member for it."""
    return [
        {"key": one.key}
        | {side: value for side, value in (("old", one.old), ("new", one.new)) if value is not ABSENT}
        for one in changes
    ]  # fmt: skip


def _rows(rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [_row(row) for row in rows if row.kind is not Kind.UNCHANGED]


def _unchanged(rows: Sequence[Row]) -> int:
    return sum(row.kind is Kind.UNCHANGED for row in rows)


def _row(row: Row) -> dict[str, Any]:
    return {
        "kind": str(row.kind),
        "old": _layer(row.old),
        "new": _layer(row.new),
        "renamed": row.is_renamed,
        "moved": row.has_moved,
        "nests": row.nests,
        "dissolves": row.spills,
        "config": values(row.changes),
        "called_on": None if row.inputs is None else {"old": row.inputs.old, "new": row.inputs.new},
        "params_delta": row.params_delta,
        "layers": _rows(row.inner),
        "unchanged_layers": _unchanged(row.inner),
    }


def _layer(layer: Layer | None) -> dict[str, Any] | None:
    if layer is None:
        return None
    return {
        "name": layer.name,
        "path": layer.full_name,
        "class_name": class_text(layer),
        "output_shapes": [to_json(call.outputs) for call in layer.calls],
        "params": _count(layer.params),
    }


def _tensor_change(one: TensorChange) -> dict[str, Any]:
    return {"position": one.position, "old": _tensor(one.old), "new": _tensor(one.new)}


def _tensor(tensor: Tensor | None) -> dict[str, Any] | None:
    return None if tensor is None else {"name": tensor.name, "shape": to_json(tensor.shape), "dtype": tensor.dtype}


def _total(one: Total) -> dict[str, Any]:
    return {"name": one.name, "old": _count(one.old), "new": _count(one.new)}


def _count(value: Count) -> int | str:
    return "unknown" if isinstance(value, Unknown) else value


def _finding(one: Diagnostic) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "severity": str(one.severity),
        "layer": one.finding.location.layer or None,
        "message": one.finding.message,
        "help": one.finding.help,
    }


JSON = Format("json", render)
