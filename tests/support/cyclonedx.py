"""The official schema of CycloneDX 1.7, as cyclonedx-python-lib ships it, with every schema that it refers to."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
from cyclonedx.schema import SchemaVersion
from cyclonedx.schema._res import BOM_JSON_STRICT, CRYPTOGRAPHY_DEFS, JSF, SPDX_JSON
from referencing import Registry, Resource

#: The base of the relative references in the schema.
BASE = "http://cyclonedx.org/schema/"


@cache
def validator() -> jsonschema.Draft7Validator:
    """The strict validator of a bill in JSON."""
    schema = _schema(BOM_JSON_STRICT[SchemaVersion.V1_7])
    others = {
        "spdx.schema.json": SPDX_JSON,
        "jsf-0.82.schema.json": JSF,
        "cryptography-defs.schema.json": CRYPTOGRAPHY_DEFS,
    }
    resources = [(f"{BASE}{name}", Resource.from_contents(_schema(path))) for name, path in others.items()]
    registry: Registry[Any] = Registry().with_resources(resources)
    return jsonschema.Draft7Validator(schema, registry=registry, format_checker=jsonschema.FormatChecker())


def _schema(path: str | None) -> Any:
    assert path is not None, "this cyclonedx-python-lib does not know CycloneDX 1.7"
    return json.loads(Path(path).read_text(encoding="utf-8"))
