"""A parser of arguments whose every refusal is one line with a tip, not the usage of the whole command."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from typing import Any, NoReturn

from lstmlint.commands.command import UsageError
from lstmlint.ir.spelling import LIKENESS_OF_TYPED, closest, tip

COMMAND = "COMMAND"

#: The arguments that are any target, and those that are a Keras whose files can be written, as the help names them.
TARGET, KERAS = "TARGET", "KERAS"

END_OF_OPTIONS = "--"


class Parser(argparse.ArgumentParser):
    """A parser that raises `UsageError` where `argparse` would print its usage; its help lists the targets."""

    def error(self, message: str) -> NoReturn:
        """Refuse arguments.

        Raises:
            UsageError: always.
        """
        raise UsageError(f"{message.removeprefix('argument ')}; '{self.prog} --help' tells more")

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is None or value in action.choices:
            return
        if action.metavar == COMMAND:
            raise UsageError(_no_command(value, list(action.choices), self.prog))
        name = "/".join(action.option_strings) or action.dest
        raise UsageError(f"{name} cannot be {value!r}; {tip(value, action.choices, f'{self.prog} --help')}")

    def format_help(self) -> str:
        """The help, with the targets at its end where the command takes some."""
        named = {action.metavar for action in self._actions}
        text = super().format_help()
        return f"{text}\n{_targets(has_runtimes=TARGET in named)}" if named & {TARGET, KERAS} else text

    def refuse_unknown(self, arguments: Sequence[str]) -> None:
        """Refuse the first option that is none of the parser's.

        Without this `argparse` would first miss the arguments that the option was to take.

        Raises:
            UsageError: there is an unknown option.
        """
        known = [name for action in self._actions for name in action.option_strings]
        options = arguments[: arguments.index(END_OF_OPTIONS)] if END_OF_OPTIONS in arguments else arguments
        for name in (text.partition("=")[0] for text in options if " " not in text):
            is_long = name.startswith("--")
            if is_long and any(one.startswith(name) for one in known):
                continue
            if is_long or (name[:1] == "-" and name[1:2].isalpha() and name[:2] not in known):
                close = closest(name, known, LIKENESS_OF_TYPED)
                meant = f"did you mean {close!r}?" if close else self._place_of_options()
                raise UsageError(f"{self.prog} has no option {name!r}; {meant}")

    def _place_of_options(self) -> str:
        if any(action.metavar == COMMAND for action in self._actions):
            return f"options follow a command, as in '{self.prog} check --quiet FILE'"
        return f"'{self.prog} --help' lists them"


def _no_command(name: str, known: Sequence[str], prog: str) -> str:
    """The refusal of a command; a path in its place was meant to be checked."""
    if os.path.splitext(name)[1] or os.sep in name or os.path.exists(name):
        import shlex

        return f"{name!r} is no command; did you mean '{prog} check {shlex.quote(name)}'?"
    return f"there is no command {name!r}; {tip(name, known, f'{prog} --help')}"


def _targets(*, has_runtimes: bool) -> str:
    from textwrap import fill

    from lstmlint.keras.versions import TARGETS, target_ranges, written_targets

    ranges = target_ranges(TARGETS.values() if has_runtimes else written_targets())
    return f"targets:\n{fill(ranges, 78, initial_indent='  ', subsequent_indent='  ', break_on_hyphens=False)}\n"
