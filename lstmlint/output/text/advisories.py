"""The table of advisories, for a terminal, for programs and as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lstmlint.keras.advisories import Advisory, advisories
from lstmlint.running.json_text import json_text

VERSION = 1
HEADERS = ("Advisory", "What it is about", "Keras", "Rule", "Signature in a file")


def to_object() -> dict[str, Any]:
    """One versioned object, described by `output/schemas/advisories.schema.json`."""
    return {"version": VERSION, "advisories": [_object(one) for one in advisories().values()]}


def _object(one: Advisory) -> dict[str, Any]:
    ranges = [{"introduced": first or None, "fixed": fixed} for first, fixed in one.affected]
    return {**one._asdict(), "affected": ranges}


def to_json() -> str:
    """The same as text."""
    return json_text(to_object())


def text() -> str:
    """A table for a terminal."""
    from tabulate import tabulate

    return tabulate(_rows(), headers=HEADERS, tablefmt="simple") + "\n"


def markdown() -> str:
    """A table in Markdown."""
    from tabulate import tabulate

    return tabulate(_rows(), headers=HEADERS, tablefmt="github") + "\n"


def _rows() -> list[tuple[str, ...]]:
    return [(one.id, one.what, one.versions, one.rule, one.signature) for one in advisories().values()]


FORMATS: Mapping[str, Callable[[], str]] = {"text": text, "markdown": markdown, "json": to_json}
