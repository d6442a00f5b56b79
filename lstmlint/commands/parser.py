"""The parser of the command line, made from the commands."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Mapping, Sequence

from lstmlint.commands import command_of, commands
from lstmlint.commands.command import EXIT_STATUS, Command, UsageError
from lstmlint.commands.usage import COMMAND, Parser
from lstmlint.running.version import __version__

VERSION = "--version"
HELP = ("-h", "--help")


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """The options that arguments give.

    Raises:
        UsageError: they are wrong.
        SystemExit: they asked for the help or the version, which is printed.
    """
    program = parser_for(arguments)
    first = arguments[0] if arguments else ""
    _commands_of(program).get(first, program).refuse_unknown(arguments)
    options, left = program.parse_known_args(arguments)
    if left:
        raise UsageError(f"{left[0]!r} is one argument too many; '{program.prog} {options.command} --help' tells more")
    return options


def parser_for(arguments: Sequence[str]) -> Parser:
    """A parser that suffices for some arguments: where they begin with a command, no other is imported.

    Where they ask for the version or the list of commands, no command needs its arguments.
    """
    first = arguments[0] if arguments else ""
    command = command_of(first)
    if command is not None:
        return parser([command])
    return parser([] if first == VERSION else None, is_list=first in HELP)


def parser(wanted: Iterable[Command] | None = None, *, is_list: bool = False) -> Parser:
    """The commands, all or those that are wanted, with their arguments, unless only the list of them is printed."""
    program = Parser(
        prog="lstmlint",
        description="Lint saved Keras models without Keras: shapes, parameter counts, findings.",
        epilog=EXIT_STATUS,
        formatter_class=_formatter,
    )
    program.add_argument(VERSION, action="version", version=f"lstmlint {__version__}")
    subparsers = program.add_subparsers(dest="command", required=True, metavar=COMMAND, prog=program.prog)
    for command in commands().values() if wanted is None else wanted:
        own = subparsers.add_parser(
            command.name,
            help=command.what,
            description=command.what[0].upper() + command.what[1:] + ".",
            epilog=command.epilog,
            formatter_class=_formatter,
        )
        if is_list:
            continue
        command.add_arguments(own)
        own.add_argument("--traceback", action="store_true", help="where lstmlint itself fails, show where in its code")
    return program


def _commands_of(program: Parser) -> Mapping[str, Parser]:
    return next(action.choices for action in program._actions if isinstance(action, argparse._SubParsersAction))


def _formatter(prog: str) -> argparse.HelpFormatter:
    """The formatter of help. It gets the width of a line; otherwise it would import `shutil` for each argument."""
    return argparse.RawDescriptionHelpFormatter(prog, width=_columns() - 2)


def _columns() -> int:
    """The width of the terminal, as `shutil.get_terminal_size` tells it."""
    given = os.environ.get("COLUMNS", "")
    if given.isdecimal() and int(given):
        return int(given)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns if sys.__stdout__ else 80
    except (ValueError, OSError):
        return 80
