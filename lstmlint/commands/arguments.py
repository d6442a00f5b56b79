"""Arguments that several commands take."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable

from lstmlint.commands.passing import add_allowances
from lstmlint.commands.usage import TARGET
from lstmlint.ir.finding import SEVERITIES

SEVERITY_NAMES = tuple(map(str, SEVERITIES))

#: The targets that are not versions of Keras, as the help lists them.
RUNTIMES = "tfjs, onnx, tflite, jax-gpu"

#: Most digits of a number on the command line.
DIGITS = 9

#: The settings that take names of rules and categories.
SELECTIONS = {
    "select": "ask only these rules or categories",
    "extend-select": "ask these rules or categories, too",
    "ignore": "do not ask these rules or categories",
}


def add_paths(parser: argparse.ArgumentParser) -> None:
    """Add the files of a command that takes many."""
    parser.add_argument(
        "paths", metavar="PATH", nargs="+", help="files, folders (searched recursively), globs, - for standard input"
    )
    add_weights(parser)
    add_allowances(parser)
    add_settings(parser)
    add_jobs(parser)


def add_jobs(parser: argparse.ArgumentParser) -> None:
    """Add the number of processes."""
    parser.add_argument(
        "--jobs", type=whole_from(1), default=os.cpu_count() or 1, metavar="N",
        help="processes for many files (default: one for each processor)",
    )  # fmt: skip


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that choose the file with settings."""
    parser.add_argument(
        "--config", metavar="FILE", help="the file with the settings (default: the nearest above a file)"
    )
    parser.add_argument("--isolated", action="store_true", help="use no file with settings")


def add_selection(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that choose rules; each is a setting of the same name as well."""
    parser.add_argument("--profile", choices=("pre-commit", "review", "audit"), help="a named set of settings")
    parser.add_argument(
        "--persona", choices=("regular", "pedantic"),
        help="pedantic: report smells as well, which often have a good reason (default: regular)",
    )  # fmt: skip
    for name, what in SELECTIONS.items():
        parser.add_argument(f"--{name}", metavar="RULES", type=_names, help=f"{what}, with commas between them")
    parser.add_argument("--min-severity", choices=SEVERITY_NAMES, help="the lowest severity to report (default: note)")
    add_values(parser, "read the stored values and ask the rules on them as well; reads the whole file")
    add_targets(
        parser, f"a Keras in which the files must load, or {RUNTIMES} (default: the newest Keras, for whole models, "
        "as notes; tfjs for its own files)",
    )  # fmt: skip


def add_values(parser: argparse.ArgumentParser, what: str) -> None:
    """Add the wish that stored values are read; without it only their shapes are."""
    parser.add_argument("--values", action="store_true", default=None, help=what)


def add_targets(parser: argparse.ArgumentParser, what: str) -> None:
    """Add the versions of Keras and the runtimes to judge for."""
    parser.add_argument("--target", metavar=TARGET, action="append", help=f"{what}; may be repeated")


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def add_weights(parser: argparse.ArgumentParser) -> None:
    """Add the weights file of an architecture."""
    parser.add_argument(
        "--weights", metavar="FILE",
        help="the weights of an architecture file (default: the file beside it whose name leaves no doubt)",
    )  # fmt: skip


def whole_from(least: int) -> Callable[[str], int]:
    """The type of an argument that is a whole number of at least `least`."""

    def whole(text: str) -> int:
        if not text.isdecimal() or len(text) > DIGITS or int(text) < least:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number of {least} or more")
        return int(text)

    return whole
