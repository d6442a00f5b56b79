"""Settings: `[tool.lstmlint]` in pyproject.toml, or lstmlint.toml, found upward from each file that is checked.

A table of settings is plain data until the end: the profile, the file and the command line use the same keys and are
laid over each other, and what comes out is validated and turned into `Settings` at one place.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from fnmatch import fnmatch
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

from lstmlint.ir.finding import Diagnostic, Severity
from lstmlint.linting.rule import Persona, Rule, rules
from lstmlint.readers.files import STANDARD_INPUT
from lstmlint.settings.quantity import quantity

Table: TypeAlias = Mapping[str, Any]

#: Names of the files with settings, in the order in which they are looked for in a folder.
FILES = ("lstmlint.toml", "pyproject.toml")

#: Between the glob of a file and the glob of a layer in the key of an ignore.
OF_LAYER = "::"

#: The rule whose options are the table `budget`.
BUDGET_RULE = "over-budget"

#: The category of the rules that judge files for the targets.
PORTABILITY = "portability"

#: Named sets of settings, which the other settings change.
PROFILES: Mapping[str, Table] = MappingProxyType(
    {
        "pre-commit": {
            "select": ["file", "shape", "weights", "training", "security"],
            "min-severity": "error",
            "fail-on": "error",
        },
        "review": {"min-severity": "warning", "fail-on": "warning"},
        "audit": {"persona": "pedantic", "min-severity": "note", "fail-on": "warning"},
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

#: The settings that take names of rules and categories.
SELECTORS = frozenset({"select", "extend-select", "ignore"})

#: The severities at or above each, the gravest last.
SEVERITIES = (Severity.NOTE, Severity.WARNING, Severity.ERROR)
NEVER = "never"


class SettingsError(Exception):
    """Settings that cannot be used; the message names the file, what is wrong in it, and what to do."""


@dataclass(frozen=True, slots=True)
class Ignore:
    """Rules or categories that are not reported for files (and layers) of some names."""

    key: str
    files: str
    layers: str
    selectors: tuple[str, ...]

    def covers(self, diagnostic: Diagnostic) -> bool:
        """Whether a finding is one of those; it must be known already to lie in such a file."""
        named = diagnostic.rule in self.selectors or diagnostic.category in self.selectors
        return named and (not self.layers or fnmatch(diagnostic.finding.location.layer, self.layers))


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits for the files that match a glob (all, where it is empty)."""

    files: str
    limits: Mapping[str, int]


@dataclass(frozen=True, slots=True, eq=False)
class Settings:
    """What is asked, of whom, and how grave it is. `source` is the file they come from, `root` its folder."""

    source: str = ""
    root: str = ""
    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    ignores: tuple[Ignore, ...] = ()
    severity: Mapping[str, Severity] = field(default_factory=dict)
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    budgets: tuple[Budget, ...] = ()
    layers: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    persona: Persona = Persona.REGULAR
    min_severity: Severity = Severity.NOTE
    fail_on: Severity | None = Severity.WARNING
    baseline: str = ""
    target: tuple[str, ...] = ()

    def asks(self, rule: Rule) -> bool:
        """Whether a rule is asked: a name counts more than a category, and ignoring more than selecting."""
        if rule.name in self.ignore:
            return False
        if rule.name in (*(self.select or ()), *self.extend_select):
            return True
        if rule.category in self.ignore or (rule.persona is Persona.PEDANTIC and self.persona is Persona.REGULAR):
            return False
        return self.select is None or rule.category in (*self.select, *self.extend_select)

    def severity_of(self, diagnostic: Diagnostic) -> Severity:
        """How grave a finding is here."""
        return self.severity.get(diagnostic.rule, self.severity.get(diagnostic.category, diagnostic.severity))

    def shows(self, severity: Severity) -> bool:
        return SEVERITIES.index(severity) >= SEVERITIES.index(self.min_severity)

    def fails(self, severity: Severity) -> bool:
        """Whether a finding of some severity lets the check fail."""
        return self.fail_on is not None and SEVERITIES.index(severity) >= SEVERITIES.index(self.fail_on)

    def has_options(self, rule: Rule) -> bool:
        """Whether a rule may judge by other options than its own defaults."""
        is_aimed = rule.category == PORTABILITY and bool(self.target)
        return is_aimed or rule.name == BUDGET_RULE or rule.name in self.options

    def options_of(self, rule: Rule, path: str) -> Any:
        """The options with which a rule that has some judges a file; `None` for its own defaults."""
        given = dict(self.options.get(rule.name, ()))
        if rule.category == PORTABILITY and self.target:
            given.setdefault("targets", self.target)
        if rule.name == BUDGET_RULE:
            for budget in self.budgets:
                if not budget.files or self.matches(path, budget.files):
                    given |= budget.limits
        return rule.options(**given) if given else None

    def ignores_for(self, path: str) -> tuple[Ignore, ...]:
        """The ignores whose glob matches a file."""
        return tuple(ignore for ignore in self.ignores if self.matches(path, ignore.files))

    def matches(self, path: str, glob: str) -> bool:
        """Whether a file's path below the folder of the settings matches a glob; `**` crosses folders, as `*` does."""
        relative = Path(os.path.relpath(path, self.root or ".")).as_posix()
        return fnmatch(relative, glob) or fnmatch(os.path.basename(path), glob)


@lru_cache(maxsize=64)
def asked_rules(settings: Settings) -> tuple[tuple[Rule, bool], ...]:
    """The rules that settings ask, in the order of the list of rules, and whether settings give options to them."""
    return tuple((rule, settings.has_options(rule)) for rule in rules().values() if settings.asks(rule))


@dataclass(frozen=True, slots=True)
class Finder:
    """How the settings of a file are found: in `config` where it is named, nowhere if `isolated`, else upward.

    Each file with settings is read once; `overrides` is a table that is laid over each of them.
    """

    config: str = ""
    isolated: bool = False
    overrides: Table = field(default_factory=dict)
    _nearest: dict[str, str] = field(default_factory=dict)
    _read: dict[str, Settings] = field(default_factory=dict)

    def settings(self, path: str) -> Settings:
        """The settings for a file.

        Raises:
            SettingsError: the settings cannot be used.
        """
        folder = os.path.abspath("." if path == STANDARD_INPUT else os.path.dirname(path))
        source = self.config or ("" if self.isolated else self._above(folder))
        if source not in self._read:
            self._read[source] = _settings(source, self.overrides)
        return self._read[source]

    def _above(self, folder: str) -> str:
        """The file with the settings of a folder: its own, or that of the nearest folder above; empty if none is."""
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
        data = Path(path).read_bytes()
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
    from lstmlint.settings.schema import problem

    table = (_table(source) or {}) if source else {}
    found = problem(table) if table else ""
    if found:
        raise SettingsError(f"{source}: {found}")
    found = problem(overrides) if SELECTORS & overrides.keys() else ""
    if found:
        raise SettingsError(f"the command line: {found}")
    profile = PROFILES.get(str(overrides.get("profile", table.get("profile"))), {})
    try:
        return _made({**profile, **table, **overrides}, source)
    except ValueError as error:
        raise SettingsError(f"{source or 'the command line'}: {error}") from None


def _made(table: Table, source: str) -> Settings:
    """Settings from a valid table."""
    from lstmlint.inference.taught import taught_layers
    from lstmlint.keras.versions import targets_of

    layers = {name: tuple(text) if isinstance(text, list) else text for name, text in table.get("layers", {}).items()}
    taught_layers(layers)
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
        layers=layers,
        persona=Persona(table.get("persona", Persona.REGULAR)),
        min_severity=Severity(table.get("min-severity", Severity.NOTE)),
        fail_on=None if fail_on == NEVER else Severity(fail_on),
        baseline=os.path.join(root, baseline) if baseline else "",
        target=tuple(target.name for target in targets_of(table.get("target", ()))),
    )


def _ignore(key: str, selectors: list[str]) -> Ignore:
    files, _, layers = key.partition(OF_LAYER)
    return Ignore(key, files or "*", layers, tuple(selectors))


def _options(rule: Rule, given: Table) -> dict[str, Any]:
    """The options of a rule by the names of its fields, numbers read as people write them."""
    types = {option.name: option.type for option in fields(rule.options)}
    return {
        name: quantity(value) if types[name].startswith("int") else tuple(value) if isinstance(value, list) else value
        for name, value in ((key.replace("-", "_"), value) for key, value in given.items())
    }


def _budgets(table: Table) -> tuple[Budget, ...]:
    """The limits of a table and of the tables of globs in it, the later of which count more."""
    globs = {key: value for key, value in table.items() if isinstance(value, dict)}
    everywhere = {key: value for key, value in table.items() if key not in globs}
    return tuple(Budget(glob, _limits(limits)) for glob, limits in (("", everywhere), *globs.items()) if limits)


def _limits(table: Table) -> dict[str, int]:
    limits = {**BUDGET_PRESETS.get(table.get("preset", ""), {}), **table}
    return {key.replace("-", "_"): quantity(value) for key, value in limits.items() if key != "preset"}
