"""Names in settings, and named sets of settings."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

Table: TypeAlias = Mapping[str, Any]

#: The rule whose options are the table `budget`.
BUDGET_RULE = "over-budget"

#: The category of rules that judge files for targets.
PORTABILITY = "portability"

#: The category of rules that judge stored values, which are read only where they are asked for.
VALUES = "values"

#: Named sets of settings, which other settings override.
PROFILES: Mapping[str, Table] = MappingProxyType(
    {
        "pre-commit": {
            "select": ["file", "shape", "weights", "training", "security"],
            "min-severity": "error",
            "fail-on": "error",
        },
        "review": {"min-severity": "warning", "fail-on": "warning"},
        "audit": {"persona": "pedantic", "values": True, "min-severity": "note", "fail-on": "warning"},
    }
)

#: Limits for known targets, as settings of `budget`. Sources: on the page of the rule `over-budget`.
BUDGET_PRESETS: Mapping[str, Table] = MappingProxyType(
    {
        "microcontroller": {"max-bytes": "256KiB", "max-state-bytes": "16KiB", "max-macs-per-step": "100k"},
        "edge": {"max-bytes": "2MiB", "max-state-bytes": "64KiB", "max-macs-per-step": "1M"},
        "mobile": {"max-bytes": "16MiB", "max-state-bytes": "256KiB", "max-macs-per-step": "10M"},
    }
)

#: Settings that hold names of rules and categories.
SELECTORS = frozenset({"select", "extend-select", "ignore"})

#: The value of `fail-on` with which no finding fails a check.
NEVER = "never"
