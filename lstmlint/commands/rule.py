"""`lstmlint rule`: the page of one rule."""

from __future__ import annotations

import argparse
from typing import TextIO

from lstmlint.commands.command import CLEAN, Command, UsageError


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="a name that 'lstmlint rules' lists")


def _run(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    from lstmlint.ir.spelling import tip
    from lstmlint.linting.rule import rules as registered

    rule = registered().get(options.name)
    if rule is None:
        raise UsageError(f"there is no rule {options.name!r}; {tip(options.name, registered(), 'lstmlint rules')}")
    persona = ", pedantic" if rule.persona == "pedantic" else ""
    kind = f"{rule.category}, {rule.severity}, {rule.confidence}{persona}"
    stdout.write(f"# {rule.name}\n\n{kind}\n\n{rule.page.strip()}\n")
    return CLEAN


RULE = Command("rule", "print one rule's page", _add_arguments, _run)
