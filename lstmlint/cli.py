"""The command line: arguments, one call, exit status. 0: clean; 1: findings; 2: wrong usage or unreadable input."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from typing import TextIO

CLEAN, FINDINGS, UNUSABLE = 0, 1, 2

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

#: The severities that let a check fail, by the value of --fail-on.
FAIL_ON = {
    "error": ("error",),
    "warning": ("error", "warning"),
    "note": ("error", "warning", "note"),
    "never": (),
}

ONE_ARCHITECTURE = "lstmlint: error: --weights belongs to one architecture file; name exactly one\n"

SCHEMAS = ("check", "summary")


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
        options = _parser().parse_args(arguments)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else UNUSABLE
    command = COMMANDS[options.command]
    return command(options, stdout, stderr)


def _check(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    from functools import partial

    from lstmlint.files import STANDARD_INPUT, targets
    from lstmlint.parallel import ordered
    from lstmlint.pipeline import check, lost
    from lstmlint.progress import shown
    from lstmlint.reporters import reporters
    from lstmlint.reporters.reporter import Style
    from lstmlint.rule import Persona

    found = list(targets(options.paths))
    if options.weights and len(found) != 1:
        stderr.write(ONE_ARCHITECTURE)
        return UNUSABLE
    jobs = 1 if any(target.path == STANDARD_INPUT for target in found) else options.jobs
    one = partial(check, weights=options.weights, persona=Persona(options.persona))
    reports = list(shown(ordered(one, found, jobs, lost), len(found), stderr))
    style = Style(is_coloured=stdout.isatty() and not os.environ.get("NO_COLOR"))
    stdout.write(reporters()[options.format].render(reports, style))
    if any(report.status == "error" for report in reports):
        return UNUSABLE
    failing = FAIL_ON[options.fail_on]
    severities = (diagnostic.severity for report in reports for diagnostic in report.diagnostics)
    return FINDINGS if any(severity in failing for severity in severities) else CLEAN


def _summary(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    from functools import partial

    from lstmlint.files import STANDARD_INPUT, targets
    from lstmlint.parallel import ordered
    from lstmlint.progress import shown
    from lstmlint.summarize import FORMATS, lost, summarize

    found = list(targets(options.paths))
    if options.weights and len(found) != 1:
        stderr.write(ONE_ARCHITECTURE)
        return UNUSABLE
    jobs = 1 if any(target.path == STANDARD_INPUT for target in found) else options.jobs
    one = partial(summarize, format_name=options.format, expand_nested=options.expand_nested, weights=options.weights)
    results = shown(ordered(one, found, jobs, partial(lost, format_name=options.format)), len(found), stderr)
    return FORMATS[options.format].write(results, stdout, stderr)


def _explain(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    from lstmlint.document import NotAModelError, UnreadableError
    from lstmlint.explain import explain, find
    from lstmlint.pipeline import load
    from lstmlint.terminal import fit

    try:
        model = load(options.file, options.weights)
    except (UnreadableError, NotAModelError) as error:
        stderr.write(fit(f"{options.file}: error: {error}") + "\n")
        return UNUSABLE
    layers = find(model, options.layer)
    if not layers:
        names = ", ".join(layer.full_name for layer in model.all_layers if layer.full_name)
        wanted = f"has no layer {options.layer!r}" if options.layer else "holds no layers to explain"
        stderr.write(fit(f"{options.file}: error: {wanted}; it has {names or 'no architecture'}") + "\n")
        return UNUSABLE
    stdout.write("\n".join(explain(model, layer) for layer in layers))
    return CLEAN


def _rules(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    from tabulate import tabulate

    from lstmlint.rule import rules

    rows = [[rule.category, rule.name, str(rule.severity), rule.summary] for rule in rules().values()]
    stdout.write(tabulate(rows, headers=["Category", "Rule", "Severity", "What it finds"], tablefmt="simple") + "\n")
    return CLEAN


def _rule(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    from difflib import get_close_matches

    from lstmlint.rule import rules

    rule = rules().get(options.name)
    if rule is None:
        close = get_close_matches(options.name, rules(), n=1, cutoff=0.4)
        hint = f"did you mean {close[0]!r}?" if close else "'lstmlint rules' lists them"
        stderr.write(f"lstmlint: error: there is no rule {options.name!r}; {hint}\n")
        return UNUSABLE
    stdout.write(f"# {rule.name}\n\n{rule.category}, {rule.severity}, {rule.confidence}\n\n{rule.page.strip()}\n")
    return CLEAN


def _schema(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    from importlib.resources import files

    stdout.write((files("lstmlint") / "schemas" / f"{options.name}.schema.json").read_text(encoding="utf-8"))
    return CLEAN


COMMANDS = {
    "check": _check,
    "summary": _summary,
    "explain": _explain,
    "rules": _rules,
    "rule": _rule,
    "schema": _schema,
}


def _parser() -> argparse.ArgumentParser:
    from lstmlint import __version__

    parser = argparse.ArgumentParser(
        prog="lstmlint",
        description="Lint saved Keras models without Keras: shapes, parameter counts, findings.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"lstmlint {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    check = _command(commands, "check", "report what is wrong with saved models", CHECK_EXAMPLES + "\n" + EPILOG)
    _add_paths(check)
    check.add_argument("--format", choices=("text", "json"), default="text", help="how to report (default: text)")
    check.add_argument(
        "--persona", choices=("regular", "pedantic"), default="regular",
        help="pedantic: also smells, which often have a good reason (default: regular)",
    )  # fmt: skip
    check.add_argument(
        "--fail-on", choices=tuple(FAIL_ON), default="warning",
        help="exit with 1 on findings of this severity or a graver one (default: warning)",
    )  # fmt: skip

    summary = _command(commands, "summary", "print the layers, shapes and parameter counts", SUMMARY_EXAMPLES)
    _add_paths(summary)
    summary.add_argument("--format", choices=("text", "json", "jsonl"), default="text", help="default: text")
    summary.add_argument("--expand-nested", action="store_true", help="show the layers of nested models, indented")

    explain = _command(commands, "explain", "explain where parameter counts come from", EXPLAIN_EXAMPLES)
    explain.add_argument("file", metavar="FILE", help="a saved model, or - for standard input")
    _add_weights(explain)
    explain.add_argument("layer", metavar="LAYER", nargs="?", help="a layer's name or path (default: all with weights)")

    _command(commands, "rules", "list the rules")
    rule = _command(commands, "rule", "print one rule's page")
    rule.add_argument("name", metavar="NAME", help="as 'lstmlint rules' lists it")

    schema = _command(commands, "schema", "print the JSON Schema of an output format")
    schema.add_argument("name", choices=SCHEMAS, help="whose output")
    return parser


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
    parser.add_argument(
        "--jobs", type=_positive, default=os.cpu_count() or 1, metavar="N",
        help="processes for many files (default: one a processor)",
    )  # fmt: skip


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
