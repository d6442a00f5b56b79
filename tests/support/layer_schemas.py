"""The schemas of layer configs as one JSON Schema; the program itself parses the definitions that it needs."""

from __future__ import annotations

import json
import pkgutil

from lstmlint.keras.config_schemas import Schema

SCHEMAS: Schema = json.loads(pkgutil.get_data("lstmlint", "keras/data/layers.json") or b"{}")
