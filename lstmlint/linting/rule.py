"""Rules: pure generators from a model to findings; the module of a rule gives its name, category and page."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import cache
from typing import Any, TypeAlias

from lstmlint.extending import plugins, registry
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.finding import Abstention, Confidence, Diagnostic, Finding, Location, Severity, Unjudged, rule_name
from lstmlint.ir.model import Model
from lstmlint.linting.partial_configs import UnknownKeyError, unjudged, with_partial_configs

#: The package of the rules.
RULES = "lstmlint.rules"

Judgement: TypeAlias = Finding | Unjudged


class Persona(StrEnum):
    """The strictness of a check: `pedantic` also shows smells, which often have a good reason."""

    REGULAR = "regular"
    PEDANTIC = "pedantic"


@dataclass(frozen=True, slots=True)
class NoOptions:
    """The options of a rule without options."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A registered rule. `name` is its module's name in kebab-case, `category` its folder, `docstring` its module's.

    A check asks a rule of the pedantic `persona` only where smells are wanted.
    """

    name: str
    category: str
    severity: Severity
    confidence: Confidence
    persona: Persona
    docstring: str
    options: type[Any]
    defaults: Any
    check: Callable[[Model, Any], Iterator[Judgement]]

    @property
    def page(self) -> str:
        """The page of the rule, in Markdown."""
        import inspect

        return inspect.cleandoc(self.docstring)

    @property
    def summary(self) -> str:
        """The first line of the page."""
        return self.page.strip().partition("\n")[0]

    def run(self, model: Model, options: Any = None) -> list[Diagnostic | Abstention]:
        """The findings of the rule on a model, by its default options or by given ones; a crash becomes a finding.

        A rule that reads a config key which stored tensors do not show stops there, and abstains.
        """
        said: list[Diagnostic | Abstention] = []
        try:
            verdicts = self.check(with_partial_configs(model), self.defaults if options is None else options)
            said.extend(map(self._signed, verdicts))
        except UnknownKeyError:
            said.extend(map(self._signed, unjudged(model)))
        except Exception as error:
            failure = Finding(
                location=Location(""),
                message=f"the rule {self.name} failed: {type(error).__name__}: {error}",
                help="this is a defect of lstmlint, please report it with the model's config; "
                "the other rules are unaffected",
                severity=Severity.ERROR,
            )
            said.append(self._signed(failure))
        return said

    def _signed(self, finding: Judgement) -> Diagnostic | Abstention:
        """A judgement with the rule's name, and with its severity and confidence where the finding has none."""
        if isinstance(finding, Unjudged):
            return Abstention(finding, self.name)
        return Diagnostic(
            finding=finding,
            rule=self.name,
            category=self.category,
            severity=finding.severity or self.severity,
            confidence=finding.confidence or self.confidence,
        )


def rule(
    severity: Severity, confidence: Confidence = Confidence.CERTAIN, persona: Persona = Persona.REGULAR
) -> Callable[[Callable[[Model, Any], Iterator[Judgement]]], Rule]:
    """Register a rule: its module gives the name, the category, the page, and the `Options` if there are any."""

    def register(check: Callable[[Model, Any], Iterator[Judgement]]) -> Rule:
        module = sys.modules[check.__module__]
        options = getattr(module, "Options", NoOptions)
        packages = check.__module__.split(".")[:-1]
        name = rule_name(check.__module__)
        return Rule(
            name=name,
            category=packages[-1] if packages else name,
            severity=severity,
            confidence=confidence,
            persona=persona,
            docstring=module.__doc__ or "",
            options=options,
            defaults=options(),
            check=check,
        )

    return register


@cache
def cure_of(name: str) -> str:
    """The cure for findings of a rule of portability, from its module."""
    module = importlib.import_module(f"{RULES}.portability.{name.replace('-', '_')}")
    cure: str = module.CURE
    return cure


@cache
def rule_table() -> plugins.Table[Rule]:
    """Every rule by name, including rules of installed packages."""
    package = importlib.import_module(RULES)
    own = registry.index(registry.declared(package, Rule), lambda entry: (entry.name,))
    return plugins.extended(own, plugins.RULES, Rule, lambda entry: (entry.name,))


@cache
def rules() -> dict[str, Rule]:
    """Every rule by name, in the order of categories and names."""
    return dict(sorted(rule_table().entries.items(), key=lambda item: (item[1].category, item[0])))
