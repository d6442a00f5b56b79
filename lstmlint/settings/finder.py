"""Settings: `[tool.lstmlint]` in pyproject.toml, or lstmlint.toml, searched upward from each checked file.

A table of settings is plain data until the end. The profile, the file and the command line use the same keys and
override each other in this order; one function validates the result and makes `Settings` of it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from lstmlint.ir.addresses import is_address
from lstmlint.ir.dataclass import dataclass, field
from lstmlint.ir.document import STANDARD_INPUT
from lstmlint.ir.finding import Severity
from lstmlint.linting.rule import Persona, Rule, rules
from lstmlint.settings.presets import BUDGET_PRESETS, NEVER, PROFILES, SELECTORS, Table
from lstmlint.settings.quantity import quantity
from lstmlint.settings.settings import Budget, Ignore, Settings

#: Names of files with settings, in the order of the search in a folder.
FILES = ("lstmlint.toml", "pyproject.toml")

#: Separator of the glob of a file and the glob of a layer in the key of an ignore.
OF_LAYER = "::"


class SettingsError(Exception):
    """Settings cannot be used; the message names the file, the problem, and what to do."""


@dataclass(frozen=True, slots=True)
class Finder:
    """The search for settings: in `config` where it is named, nowhere if `isolated`, otherwise upward from each file.

    Each file with settings is read once; the table `overrides` overrides each of them.
    """

    config: str = ""
    isolated: bool = False
    overrides: Table = field(default_factory=dict)
    _nearest: dict[str, str] = field(default_factory=dict)
    _read: dict[str, Settings] = field(default_factory=dict)

    def settings(self, path: str) -> Settings:
        """The settings for a file; for standard input and an address, those of the current folder.

        Raises:
            SettingsError: the settings cannot be used.
        """
        is_file = path != STANDARD_INPUT and not is_address(path)
        folder = os.path.abspath(os.path.dirname(path) if is_file else ".")
        source = self.config or ("" if self.isolated else self._above(folder))
        if source not in self._read:
            self._read[source] = _settings(source, self.overrides)
        return self._read[source]

    def _above(self, folder: str) -> str:
        """The file with the settings of a folder: its own, or the one of the nearest folder above, or empty."""
        if folder not in self._nearest:
            paths = (os.path.join(folder, name) for name in FILES)
            own = next((path for path in paths if os.path.isfile(path) and _table(path) is not None), "")
            above = os.path.dirname(folder)
            self._nearest[folder] = own or (self._above(above) if above != folder else "")
        return self._nearest[folder]


def _table(path: str) -> Table | None:
    """The settings in a file as plain data, `None` where a pyproject.toml has none.

    Raises:
        SettingsError: the file cannot be read or is no TOML.
    """
    import tomllib

    is_project = os.path.basename(path) == "pyproject.toml"
    try:
        with open(path, "rb") as file:
            data = file.read()
        if is_project and b"lstmlint" not in data:
            return None
        content = tomllib.loads(data.decode("utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SettingsError(f"{path}: is no valid TOML: {error}") from None
    if not is_project:
        return content
    tools = content.get("tool", {})
    table = tools.get("lstmlint") if isinstance(tools, dict) else None
    if table is not None and not isinstance(table, dict):
        raise SettingsError(f"{path}: tool.lstmlint must be a table")
    return table


def _settings(source: str, overrides: Table) -> Settings:
    table = (_table(source) or {}) if source else {}
    if table:
        _validate(table, source)
    if SELECTORS & overrides.keys():
        _validate(overrides, "the command line")
    profile = PROFILES.get(str(overrides.get("profile", table.get("profile"))), {})
    try:
        return _made({**profile, **table, **overrides}, source)
    except ValueError as error:
        raise SettingsError(f"{source or 'the command line'}: {error}") from None


def _validate(table: Table, source: str) -> None:
    from lstmlint.settings.schema import problem

    fault = problem(table)
    if fault:
        raise SettingsError(f"{source}: {fault}")


def _made(table: Table, source: str) -> Settings:
    """Settings from a valid table."""
    root = os.path.dirname(os.path.abspath(source)) if source else ""
    fail_on = table.get("fail-on", Settings().fail_on)
    baseline = table.get("baseline", "")
    return Settings(
        source=source,
        root=root,
        select=tuple(table["select"]) if "select" in table else None,
        extend_select=tuple(table.get("extend-select", ())),
        ignore=tuple(table.get("ignore", ())),
        ignores=tuple(_ignore(key, names) for key, names in table.get("per-file-ignores", {}).items()),
        severity={name: Severity(severity) for name, severity in table.get("severity", {}).items()},
        options={name: _options(rules()[name], given) for name, given in table.get("rules", {}).items()},
        budgets=_budgets(table.get("budget", {})),
        layers=_layers(table.get("layers", {})),
        persona=Persona(table.get("persona", Persona.REGULAR)),
        min_severity=Severity(table.get("min-severity", Severity.NOTE)),
        fail_on=None if fail_on == NEVER else Severity(fail_on),
        baseline=os.path.join(root, baseline) if baseline else "",
        target=_targets(table.get("target", ())),
        values=bool(table.get("values", False)),
    )


def _layers(table: Table) -> dict[str, str | tuple[str, ...]]:
    """Layer functions of custom layers, read here once, so that a mistake is reported before any file is read."""
    layers = {name: tuple(text) if isinstance(text, list) else text for name, text in table.items()}
    if layers:
        from lstmlint.inference.taught import taught_layers

        taught_layers(layers)
    return layers


def _targets(names: Sequence[str]) -> tuple[str, ...]:
    """The full names of targets; the versions of Keras are read only where one is named."""
    if not names:
        return ()
    from lstmlint.keras.versions import targets_of

    return tuple(target.name for target in targets_of(names))


def _ignore(key: str, selectors: list[str]) -> Ignore:
    files, _, layers = key.partition(OF_LAYER)
    return Ignore(key, files or "*", layers, tuple(selectors))


def _options(rule: Rule, given: Table) -> dict[str, Any]:
    """The options of a rule by the names of its fields, with numbers parsed from text."""
    from dataclasses import fields

    types = {option.name: option.type for option in fields(rule.options)}
    return {
        name: quantity(value) if types[name].startswith("int") else tuple(value) if isinstance(value, list) else value
        for name, value in ((key.replace("-", "_"), value) for key, value in given.items())
    }


def _budgets(table: Table) -> tuple[Budget, ...]:
    """The limits of a table and of the tables of globs in it; later tables override earlier ones."""
    globs = {key: value for key, value in table.items() if isinstance(value, dict)}
    everywhere = {key: value for key, value in table.items() if key not in globs}
    return tuple(Budget(glob, _limits(limits)) for glob, limits in (("", everywhere), *globs.items()) if limits)


def _limits(table: Table) -> dict[str, int]:
    limits = {**BUDGET_PRESETS.get(table.get("preset", ""), {}), **table}
    return {key.replace("-", "_"): quantity(value) for key, value in limits.items() if key != "preset"}
