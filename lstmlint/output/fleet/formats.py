"""The formats of the answers about a zoo by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lstmlint.output.fleet.markdown import markdown
from lstmlint.output.fleet.page import page
from lstmlint.output.fleet.text import text
from lstmlint.output.results.fleet import Fleet
from lstmlint.running.json_text import json_text


def _json(fleet: Fleet) -> str:
    return json_text(fleet.to_dict(), indent=None)


FORMATS: Mapping[str, Callable[[Fleet], str]] = {"text": text, "markdown": markdown, "json": _json, "html": page}
