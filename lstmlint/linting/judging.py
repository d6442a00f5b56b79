"""Judgement of a model by rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from lstmlint.ir.dataclass import replace
from lstmlint.ir.finding import Abstention, Diagnostic, Severity
from lstmlint.ir.model import Model
from lstmlint.linting.analysis import Analysis
from lstmlint.linting.causes import merged, with_causes
from lstmlint.linting.rule import Rule


class Asker(Protocol):
    """The settings of a judgement: the rules, their options, and the severities of their findings."""

    def asked_rules(self) -> Iterable[tuple[Rule, bool]]:
        """The rules to ask, and whether `options_of` has options for them."""

    def options_of(self, rule: Rule, path: str) -> Any:
        """The options with which a rule judges a file; `None` for its own defaults."""

    def severity_of(self, diagnostic: Diagnostic) -> Severity:
        """The severity of a finding."""

    def shows(self, severity: Severity) -> bool:
        """Whether findings of a severity are shown."""


def judged(model: Model, asker: Asker) -> Analysis:
    """The judgement of the asked rules on a model, with findings of one cause as one.

    A value that Keras refuses is not unknown. Where an error reports it, no rule needs to abstain because of it.
    """
    path = model.document.path
    verdicts = [
        verdict
        for rule, has_options in asker.asked_rules()
        for verdict in rule.run(model, asker.options_of(rule, path) if has_options else None)
    ]
    diagnostics = [verdict for verdict in verdicts if isinstance(verdict, Diagnostic)]
    abstentions = [verdict for verdict in verdicts if isinstance(verdict, Abstention)]
    if any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics):
        abstentions = [abstention for abstention in abstentions if not abstention.unjudged.because.is_refusal]
    weighed = (replace(diagnostic, severity=asker.severity_of(diagnostic)) for diagnostic in diagnostics)
    shown = [diagnostic for diagnostic in weighed if asker.shows(diagnostic.severity)]
    return Analysis(model, merged(with_causes(model, shown)), tuple(abstentions))
