"""The list of all rules, for a terminal and as the page `rules/README.md`."""

from __future__ import annotations

from dataclasses import fields

from lstmlint.linting.rule import Persona, Rule, rules

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


def text() -> str:
    """A table for a terminal."""
    from tabulate import tabulate

    rows = [[rule.category, rule.name, _severity(rule), rule.summary] for rule in rules().values()]
    return tabulate(rows, headers=["Category", "Rule", "Severity", "What it finds"], tablefmt="simple") + "\n"


def markdown() -> str:
    """The page with a table for each category."""
    categories = dict.fromkeys(rule.category for rule in rules().values())
    return "\n".join([INTRODUCTION, *map(_section, categories)])


def _section(category: str) -> str:
    lines = [_row(rule) for rule in rules().values() if rule.category == category]
    head = ["| rule | severity | what it finds | options |", "|---|---|---|---|"]
    return "\n".join([f"## {category}", "", *head, *lines, ""])


def _row(rule: Rule) -> str:
    page = f"[{rule.name}]({rule.category}/{rule.name.replace('-', '_')}.py)"
    return f"| {page} | {_severity(rule)} | {rule.summary} | {_options(rule)} |"


def _options(rule: Rule) -> str:
    """The options of a rule with their defaults."""
    defaults = {option.name: getattr(rule.defaults, option.name) for option in fields(rule.options)}
    return ", ".join(f"`{name.replace('_', '-')}` {_value(value)}" for name, value in defaults.items())


def _value(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return "none" if value is None else str(value)


def _severity(rule: Rule) -> str:
    return f"{rule.severity}, pedantic" if rule.persona is Persona.PEDANTIC else str(rule.severity)


FORMATS = {"text": text, "markdown": markdown}
