"""The parser of the command line, made from the commands."""

from __future__ import annotations

import argparse

from lstmlint.commands import commands
from lstmlint.commands.command import EXIT_STATUS
from lstmlint.running.version import __version__


def parser() -> argparse.ArgumentParser:
    """The commands with their arguments."""
    program = argparse.ArgumentParser(
        prog="lstmlint",
        description="Lint saved Keras models without Keras: shapes, parameter counts, findings.",
        epilog=EXIT_STATUS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    program.add_argument("--version", action="version", version=f"lstmlint {__version__}")
    subparsers = program.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in commands().values():
        own = subparsers.add_parser(
            command.name,
            help=command.what,
            description=command.what[0].upper() + command.what[1:] + ".",
            epilog=command.epilog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.add_arguments(own)
        own.add_argument("--traceback", action="store_true", help="where lstmlint itself fails, show where in its code")
    return program
