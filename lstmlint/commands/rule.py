"""`lstmlint rule`: the page of one rule."""

from __future__ import annotations

import argparse
from typing import TextIO

from lstmlint.commands.command import CLEAN, UNUSABLE, Command


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="a name that 'lstmlint rules' lists")


def _run(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    from difflib import get_close_matches

    from lstmlint.linting.rule import rules as registered

    rule = registered().get(options.name)
    if rule is None:
        close = get_close_matches(options.name, registered(), n=1, cutoff=0.4)
        hint = f"did you mean {close[0]!r}?" if close else "'lstmlint rules' lists them"
        stderr.write(f"lstmlint: error: there is no rule {options.name!r}; {hint}\n")
        return UNUSABLE
    persona = ", pedantic" if rule.persona == "pedantic" else ""
    kind = f"{rule.category}, {rule.severity}, {rule.confidence}{persona}"
    stdout.write(f"# {rule.name}\n\n{kind}\n\n{rule.page.strip()}\n")
    return CLEAN


RULE = Command("rule", "print one rule's page", _add_arguments, _run)
