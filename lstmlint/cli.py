"""The command line: arguments, one call, exit status. 0: clean; 1: findings; 2: wrong usage or unreadable input."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable, Sequence
from typing import TextIO, TypeAlias

Command: TypeAlias = Callable[[argparse.Namespace, TextIO, TextIO], int]

UNUSABLE = 2

EPILOG = """\
exit status:
  0  no finding at or above --fail-on
  1  findings at or above --fail-on
  2  wrong usage, or a path that could not be read
"""

CHECK_EXAMPLES = """\
examples:
  lstmlint check models/                     every saved model in a folder
  lstmlint check model.h5 'zoo/**/*.keras'   files and globs
  cat model.json | lstmlint check -          standard input
  lstmlint check --fail-on error model.h5    warnings do not fail
  lstmlint check --format json models/       for programs; see 'lstmlint schema check'
"""

SUMMARY_EXAMPLES = """\
examples:
  lstmlint summary model.h5                       the table of model.summary()
  lstmlint summary --expand-nested model.keras    with the layers of nested models
  lstmlint summary --format jsonl zoo/            one JSON object a line and file; see 'lstmlint schema summary'
"""

EXPLAIN_EXAMPLES = """\
examples:
  lstmlint explain model.h5             every layer that has weights
  lstmlint explain model.h5 lstm_1      one layer
  lstmlint explain model.h5 encoder/lstm_1
"""

FIX_EXAMPLES = """\
examples:
  lstmlint fix model.h5 --diff                    what would change
  lstmlint fix model.h5 -o model.keras            a new file; the old one stays as it is
  lstmlint fix model.json --weights model_weights.h5 -o model.keras

exit status:
  0  everything was repaired
  1  something is left for you
  2  wrong usage, or a file that could not be read or written
"""

LOADS_EXAMPLES = """\
examples:
  lstmlint loads model.h5                              every known Keras: does it load, and if not, why
  lstmlint loads --target keras-3 models/              exit with 1 if one of them is refused
  lstmlint loads --target keras-2.3 --target tf-keras-2.15 --format json model.h5
"""

BASELINE_EXAMPLES = """\
examples:
  lstmlint baseline models/                                     write lstmlint-baseline.json
  lstmlint check --baseline lstmlint-baseline.json models/      report what is new
"""

COMPLETION_EXAMPLES = """\
examples:
  lstmlint completion bash > ~/.local/share/bash-completion/completions/lstmlint
  lstmlint completion zsh > ~/.zfunc/_lstmlint
"""

SEVERITIES = ("error", "warning", "note")

#: The settings that take names of rules and categories.
SELECTIONS = {
    "select": "ask only these rules or categories",
    "extend-select": "ask these rules or categories besides",
    "ignore": "do not ask these rules or categories",
}

SCHEMAS = ("check", "summary", "settings")


def run() -> None:
    """The console script."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        status = main(sys.argv[1:], sys.stdout, sys.stderr)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = UNUSABLE
    except KeyboardInterrupt:
        status = 130
    raise SystemExit(status)


def main(arguments: Sequence[str], stdout: TextIO, stderr: TextIO) -> int:
    """Run one command and return its exit status."""
    try:
        options = parser().parse_args(arguments)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else UNUSABLE
    from lstmlint import commands
    from lstmlint.baseline import BaselineError
    from lstmlint.settings import SettingsError
    from lstmlint.terminal import fit

    command: Command = getattr(commands, options.command)
    try:
        return command(options, stdout, stderr)
    except (SettingsError, BaselineError, commands.UsageError) as error:
        stderr.write(fit(f"lstmlint: error: {error}") + "\n")
        return UNUSABLE


def parser() -> argparse.ArgumentParser:
    """The commands with their arguments."""
    from lstmlint import __version__

    program = argparse.ArgumentParser(
        prog="lstmlint",
        description="Lint saved Keras models without Keras: shapes, parameter counts, findings.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    program.add_argument("--version", action="version", version=f"lstmlint {__version__}")
    commands = program.add_subparsers(dest="command", required=True, metavar="COMMAND")

    check = _command(commands, "check", "report what is wrong with saved models", CHECK_EXAMPLES + "\n" + EPILOG)
    _add_paths(check)
    check.add_argument("--format", choices=("text", "json"), default="text", help="how to report (default: text)")
    _add_selection(check)
    check.add_argument(
        "--fail-on", choices=(*SEVERITIES, "never"),
        help="exit with 1 on findings of this severity or a graver one (default: warning)",
    )  # fmt: skip
    check.add_argument("--baseline", metavar="FILE", help="report only what 'lstmlint baseline' did not write there")
    check.add_argument("--statistics", action="store_true", help="print how often each rule fires instead")
    check.add_argument("--explain", action="store_true", help="say below each finding how to read its rule's page")
    check.add_argument("--show-settings", action="store_true", help="print the settings of the files, check nothing")
    check.add_argument("--show-files", action="store_true", help="print the files that would be read, check nothing")

    baseline = _command(commands, "baseline", "write the findings of today, to report only new ones", BASELINE_EXAMPLES)
    _add_paths(baseline)
    _add_selection(baseline)
    baseline.add_argument(
        "--output", "-o", metavar="FILE", default="lstmlint-baseline.json", help="default: lstmlint-baseline.json"
    )

    summary = _command(commands, "summary", "print the layers, shapes and parameter counts", SUMMARY_EXAMPLES)
    _add_paths(summary)
    summary.add_argument("--format", choices=("text", "json", "jsonl"), default="text", help="default: text")
    summary.add_argument("--expand-nested", action="store_true", help="show the layers of nested models, indented")

    explain = _command(commands, "explain", "explain where parameter counts come from", EXPLAIN_EXAMPLES)
    explain.add_argument("file", metavar="FILE", help="a saved model, or - for standard input")
    _add_weights(explain)
    _add_settings(explain)
    explain.add_argument("layer", metavar="LAYER", nargs="?", help="a layer's name or path (default: all with weights)")

    fix = _command(commands, "fix", "write a repaired copy that today's Keras loads", FIX_EXAMPLES)
    fix.add_argument("file", metavar="FILE", help="a saved model")
    _add_weights(fix)
    _add_settings(fix)
    fix.add_argument("--output", "-o", metavar="OUT", help="the new file: .keras, .h5 or, without weights, .json")
    fix.add_argument("--to", choices=("keras-3",), default="keras-3", help="for which Keras (default: keras-3)")
    fix.add_argument("--diff", action="store_true", help="show the change of the config")
    fix.add_argument("--unsafe", action="store_true", help="make repairs that change how the model trains further, too")
    fix.add_argument("--strip-optimizer", action="store_true", help="leave the state of the optimizer out")

    loads = _command(
        commands, "loads", "say in which Keras saved models load, and with which message not", LOADS_EXAMPLES
    )
    _add_paths(loads)
    loads.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    _add_targets(loads, "a version of Keras, such as keras-3.15 or tf-keras-2.15 (default: every known one)")

    rules = _command(commands, "rules", "list the rules")
    rules.add_argument("--format", choices=("text", "markdown"), default="text", help="default: text")
    rule = _command(commands, "rule", "print one rule's page")
    rule.add_argument("name", metavar="NAME", help="as 'lstmlint rules' lists it")

    completion = _command(commands, "completion", "print a script that completes commands", COMPLETION_EXAMPLES)
    completion.add_argument("shell", choices=("bash", "zsh", "tcsh"))

    schema = _command(commands, "schema", "print the JSON Schema of an output format or of the settings")
    schema.add_argument("name", choices=SCHEMAS, help="of which format")
    return program


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, what: str, epilog: str = ""
) -> argparse.ArgumentParser:
    return commands.add_parser(
        name,
        help=what,
        description=what[0].upper() + what[1:] + ".",
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def _add_paths(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", metavar="PATH", nargs="+", help="files, folders (searched recursively), globs, - for standard input"
    )
    _add_weights(parser)
    _add_settings(parser)
    parser.add_argument(
        "--jobs", type=_positive, default=os.cpu_count() or 1, metavar="N",
        help="processes for many files (default: one a processor)",
    )  # fmt: skip


def _add_settings(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config", metavar="FILE", help="the file with the settings (default: the nearest above a file)"
    )
    parser.add_argument("--isolated", action="store_true", help="use no file with settings")


def _add_selection(parser: argparse.ArgumentParser) -> None:
    """What is asked; each of these is a setting of the same name as well."""
    parser.add_argument("--profile", choices=("pre-commit", "review", "audit"), help="a named set of settings")
    parser.add_argument(
        "--persona", choices=("regular", "pedantic"),
        help="pedantic: also smells, which often have a good reason (default: regular)",
    )  # fmt: skip
    for name, what in SELECTIONS.items():
        parser.add_argument(f"--{name}", metavar="RULES", type=_names, help=f"{what}, with commas between them")
    parser.add_argument("--min-severity", choices=SEVERITIES, help="report nothing below it (default: note)")
    _add_targets(parser, "a Keras that the files are to load in, which the rules of portability judge")


def _add_targets(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument("--target", metavar="KERAS", action="append", help=f"{what}; may be repeated")


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _add_weights(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--weights", metavar="FILE",
        help="the weights of an architecture file (found by itself beside it where the names leave no doubt)",
    )  # fmt: skip


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number
