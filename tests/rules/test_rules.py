"""The registry as a whole, and every rule's page run as a test."""

from __future__ import annotations

import io
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lstmlint.cli import main
from lstmlint.linting.catalogue import markdown
from lstmlint.linting.rule import Rule, rules
from tests.support.truth import ROOT

SECTIONS = ("## Why it matters", "## Example", "## Instead", "## Known limits")

RULES = [pytest.param(rule, id=rule.name) for rule in rules().values()]


@dataclass(frozen=True, slots=True)
class Example:
    """A config to write to `example.json` (or none, for a fixture), settings, and a command with its output."""

    section: str
    config: str | None
    settings: str
    command: str
    output: str


def examples(rule: Rule) -> Iterator[Example]:
    for section in re.split(r"(?m)^(?=## )", rule.page):
        config, settings = None, ""
        for language, block in re.findall(r"(?ms)^```(json|toml|console)\n(.*?)^```", section):
            if language == "json":
                config = block
            elif language == "toml":
                settings = block
            else:
                command, _, output = block.partition("\n")
                yield Example(section.partition("\n")[0], config, settings, command.removeprefix("$ "), output)


def run(example: Example, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What the command of an example prints, in a folder with its config or in the checkout for a fixture."""
    if example.config is None:
        monkeypatch.chdir(ROOT)
    else:
        monkeypatch.chdir(folder)
        (folder / "example.json").write_text(example.config, encoding="utf-8")
        (folder / "lstmlint.toml").write_text(example.settings, encoding="utf-8")
    program, *arguments = shlex.split(example.command)
    assert program == "lstmlint"
    output, errors = io.StringIO(), io.StringIO()
    main(arguments, output, errors)
    return output.getvalue() + errors.getvalue()


@pytest.mark.parametrize("rule", RULES)
def test_page_is_complete(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", rule.name)
    assert not rule.name.startswith(("check-", "has-"))
    assert rule.summary.endswith(".")
    assert len(rule.summary) <= 110
    positions = [rule.page.find(section) for section in SECTIONS]
    assert -1 not in positions
    assert positions == sorted(positions)


@pytest.mark.parametrize("rule", RULES)
def test_examples_print_what_the_page_says(rule: Rule, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = list(examples(rule))
    assert found
    for example in found:
        assert run(example, tmp_path, monkeypatch) == example.output


@pytest.mark.parametrize("rule", RULES)
def test_example_fires_and_instead_is_silent(rule: Rule) -> None:
    mark = f"[{rule.name}]"
    by_section = {example.section: example.output for example in examples(rule)}
    assert mark in by_section["## Example"]
    assert mark not in by_section["## Instead"]


@pytest.mark.parametrize("rule", RULES)
def test_options_are_documented(rule: Rule) -> None:
    for name in getattr(rule.options, "__dataclass_fields__", {}):
        assert f"- `{name.replace('_', '-')}`" in rule.page


def test_the_ten_rules_are_there() -> None:
    assert set(rules()) >= {
        "missing-return-sequences",
        "rnn-input-rank",
        "unknown-dim-into-weights",
        "non-positive-dim",
        "kernel-input-mismatch",
        "param-count-mismatch",
        "rnn-params-large",
        "unbalanced-width",
        "single-timestep-recurrence",
        "no-model-config",
    }


def test_the_index_of_rules_is_up_to_date() -> None:
    """Written anew by `lstmlint rules --format markdown > rules/README.md`."""
    assert (ROOT / "rules" / "README.md").read_text(encoding="utf-8") == markdown(rules().values())
