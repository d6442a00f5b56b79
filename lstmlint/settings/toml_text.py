"""Settings as the TOML of a lstmlint.toml that makes the same settings again."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

from lstmlint.settings.presets import NEVER
from lstmlint.settings.settings import Settings

#: A key that needs no quotes.
BARE = re.compile(r"[A-Za-z0-9_-]+")
ESCAPED = {'"': '\\"', "\\": "\\\\"}


def toml_text(settings: Settings) -> str:
    """The settings as TOML; a profile and a preset are shown as what they stand for."""
    return "\n".join(_lines(settings)) + "\n"


def _lines(settings: Settings) -> Iterator[str]:
    yield from _pairs(_plain(settings))
    for name, table in _tables(settings):
        if table:
            yield from ("", f"[{name}]", *_pairs(table))


def _plain(settings: Settings) -> dict[str, Any]:
    return {
        "persona": str(settings.persona),
        **({} if settings.select is None else {"select": settings.select}),
        "extend-select": settings.extend_select,
        "ignore": settings.ignore,
        "min-severity": str(settings.min_severity),
        "fail-on": NEVER if settings.fail_on is None else str(settings.fail_on),
        **({"baseline": _below_root(settings)} if settings.baseline else {}),
        "target": settings.target,
        "values": settings.values,
    }


def _below_root(settings: Settings) -> str:
    """The path of the baseline as the file with the settings names it."""
    path = settings.baseline
    return os.path.relpath(path, settings.root) if settings.root and path.startswith(settings.root) else path


def _tables(settings: Settings) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The tables by their names as TOML writes them."""
    yield "per-file-ignores", {ignore.key: ignore.selectors for ignore in settings.ignores}
    yield "severity", {name: str(severity) for name, severity in settings.severity.items()}
    for budget in settings.budgets:
        yield f"budget.{_key(budget.files)}" if budget.files else "budget", _hyphened(budget.limits)
    for rule, options in settings.options.items():
        yield f"rules.{_key(rule)}", _hyphened(options)
    yield "layers", settings.layers


def _hyphened(table: Mapping[str, Any]) -> dict[str, Any]:
    return {name.replace("_", "-"): value for name, value in table.items()}


def _pairs(table: Mapping[str, Any]) -> Iterator[str]:
    return (f"{_key(name)} = {_value(value)}" for name, value in table.items())


def _key(text: str) -> str:
    return text if BARE.fullmatch(text) else _string(text)


def _value(value: Any) -> str:
    """A value as TOML writes it: text, a truth value, a number or a list of these."""
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _string(text: str) -> str:
    return f'"{"".join(map(_character, text))}"'


def _character(letter: str) -> str:
    if letter in ESCAPED or letter.isprintable():
        return ESCAPED.get(letter, letter)
    return f"\\U{ord(letter):08x}"
