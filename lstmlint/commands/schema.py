"""`lstmlint schema`: the JSON Schema of a format."""

from __future__ import annotations

import argparse
from typing import TextIO

from lstmlint.commands.command import CLEAN, Command

#: The schemas in JSON, and the one in SQL.
SCHEMAS = (
    "check",
    "statistics",
    "summary",
    "explain",
    "loads",
    "pins",
    "audit",
    "fleet",
    "fix",
    "diff",
    "origin",
    "breaking",
    "rules",
    "settings",
)
STORE = "store"


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", choices=(*SCHEMAS, STORE), help="the format")


def _run(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    from importlib.resources import files

    if options.name == "settings":
        import json

        from lstmlint.settings.schema import settings_schema

        stdout.write(json.dumps(settings_schema(), indent=2) + "\n")
        return CLEAN
    if options.name == STORE:
        from lstmlint.zoo.store import schema

        stdout.write(schema())
        return CLEAN
    stdout.write((files("lstmlint") / "output" / "schemas" / f"{options.name}.schema.json").read_text(encoding="utf-8"))
    return CLEAN


SCHEMA = Command(
    "schema", "print the schema of an output format, of the settings, or of the store of audits", _add_arguments, _run
)
