"""`lstmlint schema`: the JSON Schema of a format."""

from __future__ import annotations

import argparse
from typing import TextIO

from lstmlint.commands.command import CLEAN, Command

SCHEMAS = ("check", "summary", "explain", "loads", "fix", "diff", "breaking", "rules", "settings")


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", choices=SCHEMAS, help="the format")


def _run(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    from importlib.resources import files

    if options.name == "settings":
        import json

        from lstmlint.settings.schema import settings_schema

        stdout.write(json.dumps(settings_schema(), indent=2) + "\n")
        return CLEAN
    stdout.write((files("lstmlint") / "output" / "schemas" / f"{options.name}.schema.json").read_text(encoding="utf-8"))
    return CLEAN


SCHEMA = Command("schema", "print the JSON Schema of an output format or of the settings", _add_arguments, _run)
