"""A bill of materials in the JSON of CycloneDX 1.7. The same files give the same bytes; it holds no date."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

from lstmlint.output.bills.entry import Entry, HashedFile
from lstmlint.output.bills.model_card import model_card
from lstmlint.output.bills.properties import properties
from lstmlint.output.bills.vex import KERAS_COMPONENT, vulnerabilities
from lstmlint.running.json_text import json_text
from lstmlint.running.version import __version__

#: The namespace of the serial numbers, which are digests of the content.
NAMESPACE = "urn:lstmlint:sbom"


def to_object(entries: Sequence[Entry], *, is_vex: bool) -> dict[str, Any]:
    """The bill of some models, and with `is_vex` their exploitability. Models of equal bytes are one component."""
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.reference, []).append(entry)
    firsts = [group[0] for group in groups.values()]
    content: dict[str, Any] = {
        "$schema": "http://cyclonedx.org/schema/bom-1.7.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.7",
        "version": 1,
        "metadata": {
            "tools": {"components": [{"type": "application", "name": "lstmlint", "version": __version__}]},
        },
        "components": [
            *(_component(group[0], [one.file.path for one in group]) for group in groups.values()),
            *([KERAS_COMPONENT] if is_vex else []),
        ],
    }
    if is_vex:
        content["vulnerabilities"] = vulnerabilities(firsts)
    return {**content, "serialNumber": _serial_number(content)}


def _component(entry: Entry, paths: Sequence[str]) -> dict[str, Any]:
    return {
        "type": "machine-learning-model",
        "bom-ref": entry.reference,
        "name": _name(entry.file.path),
        "hashes": _hashes(entry.file),
        **({"components": list(_others(entry))} if entry.others else {}),
        "evidence": {"occurrences": [{"location": path} for path in paths]},
        "modelCard": model_card(entry.model, entry.verdicts),
        "properties": properties(entry.model),
    }


def _others(entry: Entry) -> Iterator[dict[str, Any]]:
    """The other files that belong to a model, as its parts; the number of each tells equal ones apart."""
    for number, file in enumerate(entry.others):
        reference = f"{entry.reference}:file-{number}"
        yield {"type": "file", "bom-ref": reference, "name": _name(file.path), "hashes": _hashes(file)}


def _name(path: str) -> str:
    return os.path.basename(path) or path


def _hashes(file: HashedFile) -> list[dict[str, str]]:
    return [{"alg": "SHA-256", "content": file.sha256}]


def _serial_number(content: dict[str, Any]) -> str:
    import uuid

    namespace = uuid.uuid5(uuid.NAMESPACE_URL, NAMESPACE)
    return uuid.uuid5(namespace, json_text(content, indent=None, is_ascii=True)).urn
