"""The settings of a check: the rules to ask, their options, and severities."""

from __future__ import annotations

import os
from collections.abc import Mapping
from fnmatch import fnmatch
from functools import lru_cache
from typing import Any

from lstmlint.ir.dataclass import dataclass, field
from lstmlint.ir.finding import SEVERITIES, Diagnostic, Severity
from lstmlint.ir.paths import relative
from lstmlint.linting.rule import Persona, Rule, rules
from lstmlint.settings.presets import BUDGET_RULE, PORTABILITY, VALUES


@dataclass(frozen=True, slots=True)
class Ignore:
    """Rules or categories that are not reported for files (and layers) with matching names."""

    key: str
    files: str
    layers: str
    selectors: tuple[str, ...]

    def covers(self, diagnostic: Diagnostic) -> bool:
        """Whether this ignores a finding of a file whose name matches."""
        named = diagnostic.rule in self.selectors or diagnostic.category in self.selectors
        return named and (not self.layers or fnmatch(diagnostic.finding.location.layer, self.layers))


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits for the files that match a glob (all files, where it is empty)."""

    files: str
    limits: Mapping[str, int]


@dataclass(frozen=True, slots=True, eq=False)
class Settings:
    """The rules to ask, their options and severities. `source` is the file of the settings, `root` its folder.

    `values` asks the rules on stored values, too; where they are selected by name or category, they are asked anyway.
    """

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
    values: bool = False

    def asks(self, rule: Rule) -> bool:
        """Whether a rule is asked. A name overrides a category, and ignoring overrides selecting."""
        if rule.name in self.ignore:
            return False
        if rule.name in (*(self.select or ()), *self.extend_select):
            return True
        if rule.category in self.ignore or (rule.persona is Persona.PEDANTIC and self.persona is Persona.REGULAR):
            return False
        if rule.category in (*(self.select or ()), *self.extend_select):
            return True
        return self.select is None and (self.values or rule.category != VALUES)

    @property
    def reads_values(self) -> bool:
        """Whether a rule is asked that judges stored values."""
        return any(rule.category == VALUES for rule, _ in self.asked_rules())

    def asked_rules(self) -> tuple[tuple[Rule, bool], ...]:
        """The rules to ask, in the order of the list of rules, and whether the settings give options to each."""
        return _asked_rules(self)

    def severity_of(self, diagnostic: Diagnostic) -> Severity:
        """The severity of a finding under these settings."""
        return self.severity.get(diagnostic.rule, self.severity.get(diagnostic.category, diagnostic.severity))

    def shows(self, severity: Severity) -> bool:
        """Whether findings of a severity are reported."""
        return SEVERITIES.index(severity) >= SEVERITIES.index(self.min_severity)

    def fails(self, severity: Severity) -> bool:
        """Whether a check fails on a finding of a severity."""
        return self.fail_on is not None and SEVERITIES.index(severity) >= SEVERITIES.index(self.fail_on)

    def has_options(self, rule: Rule) -> bool:
        """Whether the settings may give a rule other options than its defaults."""
        is_aimed = rule.category == PORTABILITY and bool(self.target)
        return is_aimed or rule.name == BUDGET_RULE or rule.name in self.options

    def options_of(self, rule: Rule, path: str) -> Any:
        """The options with which a rule judges a file; `None` for its defaults."""
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
        return fnmatch(relative(path, self.root), glob) or fnmatch(os.path.basename(path), glob)


@lru_cache(maxsize=64)
def _asked_rules(settings: Settings) -> tuple[tuple[Rule, bool], ...]:
    return tuple((rule, settings.has_options(rule)) for rule in rules().values() if settings.asks(rule))
