"""Arguments that several commands take."""

from __future__ import annotations

import argparse
import os

from lstmlint.ir.finding import Severity

SEVERITIES = tuple(map(str, Severity))

#: The targets that are no version of Keras, as help names them.
RUNTIMES = "tfjs, onnx, tflite, jax-gpu"

#: The settings that take names of rules and categories.
SELECTIONS = {
    "select": "ask only these rules or categories",
    "extend-select": "ask these rules or categories besides",
    "ignore": "do not ask these rules or categories",
}


def add_paths(parser: argparse.ArgumentParser) -> None:
    """The files of a command that takes many."""
    parser.add_argument(
        "paths", metavar="PATH", nargs="+", help="files, folders (searched recursively), globs, - for standard input"
    )
    add_weights(parser)
    add_settings(parser)
    parser.add_argument(
        "--jobs", type=_positive, default=os.cpu_count() or 1, metavar="N",
        help="processes for many files (default: one a processor)",
    )  # fmt: skip


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Where settings come from."""
    parser.add_argument(
        "--config", metavar="FILE", help="the file with the settings (default: the nearest above a file)"
    )
    parser.add_argument("--isolated", action="store_true", help="use no file with settings")


def add_selection(parser: argparse.ArgumentParser) -> None:
    """What is asked; each of these is a setting of the same name as well."""
    parser.add_argument("--profile", choices=("pre-commit", "review", "audit"), help="a named set of settings")
    parser.add_argument(
        "--persona", choices=("regular", "pedantic"),
        help="pedantic: also smells, which often have a good reason (default: regular)",
    )  # fmt: skip
    for name, what in SELECTIONS.items():
        parser.add_argument(f"--{name}", metavar="RULES", type=_names, help=f"{what}, with commas between them")
    parser.add_argument("--min-severity", choices=SEVERITIES, help="report nothing below it (default: note)")
    add_targets(
        parser, f"a Keras that the files are to load in, or {RUNTIMES} (default: the newest Keras, for whole models, "
        "as notes)",
    )  # fmt: skip


def add_targets(parser: argparse.ArgumentParser, what: str) -> None:
    """The versions of Keras, and the runtimes, that are asked about."""
    parser.add_argument("--target", metavar="TARGET", action="append", help=f"{what}; may be repeated")


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def add_weights(parser: argparse.ArgumentParser) -> None:
    """The weights of an architecture."""
    parser.add_argument(
        "--weights", metavar="FILE",
        help="the weights of an architecture file (found by itself beside it where the names leave no doubt)",
    )  # fmt: skip


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number
