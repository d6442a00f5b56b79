"""The list of all rules, for a terminal, for programs, and as the page `rules/README.md`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any

from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.shown import Printed
from lstmlint.linting.rule import Persona, Rule, rules

VERSION = 1

INTRODUCTION = """\
# Rules

Written by `lstmlint rules --format markdown`. Each rule is a module here, and its docstring is its page, which
`lstmlint rule NAME` prints. A rule is selected, ignored and configured by its name or its category:

```toml
[tool.lstmlint]
ignore = ["unbalanced-width"]

[tool.lstmlint.rules.rnn-params-large]
warning-above = "2M"
```

**error**: Keras cannot build or load this, or its numbers contradict each other. **warning**: it builds and is very
likely wrong, wasteful or dangerous. **note**: a fact that a reviewer wants to see. A *pedantic* rule is asked only with
`--persona pedantic` or by its name, because what it finds often has a good reason.
"""


@dataclass(frozen=True, slots=True)
class Rules(Printed):
    """All rules, including rules of installed packages; `str` gives the output of `lstmlint rules`."""

    rules: tuple[Rule, ...]

    def __repr__(self) -> str:
        return f"<Rules rules={len(self.rules)}>"

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules)

    def __len__(self) -> int:
        return len(self.rules)

    def __getitem__(self, name: str) -> Rule:
        """The rule of a name; `KeyError` where there is none."""
        return {rule.name: rule for rule in self.rules}[name]

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as `lstmlint rules --format json` prints it (`lstmlint schema rules`)."""
        return {"version": VERSION, "rules": [_object(rule) for rule in self.rules]}


def catalogue() -> Rules:
    """Every rule, in the order of categories and names."""
    return Rules(tuple(rules().values()))


def to_json(listed: Iterable[Rule]) -> str:
    """One versioned object, described by `output/schemas/rules.schema.json`."""
    return json.dumps(Rules(tuple(listed)).to_dict(), indent=2) + "\n"


def _object(rule: Rule) -> dict[str, Any]:
    return {
        "name": rule.name,
        "category": rule.category,
        "severity": str(rule.severity),
        "confidence": str(rule.confidence),
        "persona": str(rule.persona),
        "summary": rule.summary,
        "page": rule.page,
        "options": {
            name.replace("_", "-"): list(value) if isinstance(value, tuple) else value
            for name, value in defaults_of(rule).items()
        },
    }


def defaults_of(rule: Rule) -> dict[str, Any]:
    """The options of a rule, by the names of their fields, with their defaults."""
    return {option.name: getattr(rule.defaults, option.name) for option in fields(rule.options)}


def text(listed: Iterable[Rule]) -> str:
    """A table for a terminal."""
    from tabulate import tabulate

    rows = [[rule.category, rule.name, _severity(rule), rule.summary] for rule in listed]
    return tabulate(rows, headers=["Category", "Rule", "Severity", "What it finds"], tablefmt="simple") + "\n"


def markdown(listed: Iterable[Rule]) -> str:
    """The page with a table for each category."""
    by_category: dict[str, list[Rule]] = {}
    for rule in listed:
        by_category.setdefault(rule.category, []).append(rule)
    return "\n".join([INTRODUCTION, *(_section(category, some) for category, some in by_category.items())])


def _section(category: str, some: Iterable[Rule]) -> str:
    lines = [_row(rule) for rule in some]
    head = ["| rule | severity | what it finds | options |", "|---|---|---|---|"]
    return "\n".join([f"## {category}", "", *head, *lines, ""])


def _row(rule: Rule) -> str:
    page = f"[{rule.name}]({rule.category}/{rule.name.replace('-', '_')}.py)"
    return f"| {page} | {_severity(rule)} | {rule.summary} | {_options(rule)} |"


def _options(rule: Rule) -> str:
    """The options of a rule with their defaults."""
    return ", ".join(f"`{name.replace('_', '-')}` {_value(value)}" for name, value in defaults_of(rule).items())


def _value(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return "none" if value is None else str(value)


def _severity(rule: Rule) -> str:
    return f"{rule.severity}, pedantic" if rule.persona is Persona.PEDANTIC else str(rule.severity)


FORMATS: Mapping[str, Callable[[Iterable[Rule]], str]] = {"text": text, "markdown": markdown, "json": to_json}
