"""`lstmlint audit`: read a zoo of models once, and keep what is known of it."""

from __future__ import annotations

import argparse
from typing import TextIO

from lstmlint.commands.arguments import add_jobs, add_selection, add_settings
from lstmlint.commands.command import CLEAN, UNUSABLE, Command, UsageError
from lstmlint.commands.jobs import overrides
from lstmlint.commands.usage import TARGET
from lstmlint.running.engines import ENGINES, PROCESSES

EXAMPLES = """\
examples:
  lstmlint audit zoo/ --store zoo.db           read every model in a folder, and keep what is known of them
  lstmlint audit zoo/ --store zoo.db --prune   read what is new or changed, forget what is gone
  lstmlint audit @list.txt 'more/**/*.keras'   a list with one source a line, a glob; nothing is kept
  lstmlint audit s3://bucket/zoo/ --store zoo.db --engine dask --scheduler tcp://host:8786
                                               the workers of a Dask cluster read, this process keeps
  lstmlint audit export --store zoo.db --csv tables/
                                               the tables of a store as CSV or, with --parquet, as Parquet
  sqlite3 zoo.db 'SELECT * FROM rule_counts'   ask the store; see 'lstmlint schema store'

exit status:
  0  every file was read; findings do not count, they are in the store
  2  wrong usage, a store that cannot be used, or a file that could not be read; all others are in the store
"""

#: What stands in place of the sources where tables are written; a folder of this name is `./export`.
EXPORT = "export"
FORMATS = ("csv", "parquet")

#: Seconds for one file.
TIMEOUT = 60.0


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "sources", metavar="SOURCE", nargs="+",
        help="files, folders (searched recursively), globs, @FILE for a file with one source a line",
    )  # fmt: skip
    parser.add_argument("--store", metavar="FILE", help="the SQLite database to keep what is known in, made if needed")
    parser.add_argument(
        "--loads", metavar=TARGET, action="append",
        help="a Keras or runtime for which the store gets verdicts, all for every known Keras (default: the newest of "
        "each package and generation); may be repeated",
    )  # fmt: skip
    parser.add_argument("--prune", action="store_true", help="forget files that are gone")
    parser.add_argument(
        "--timeout", type=_seconds, default=TIMEOUT, metavar="SECONDS",
        help="give up a file that takes longer (default: 60)",
    )  # fmt: skip
    parser.add_argument(
        "--engine", choices=ENGINES, default=PROCESSES,
        help="what reads the files: processes of this machine (default), or the workers of a Dask cluster",
    )  # fmt: skip
    parser.add_argument(
        "--scheduler", metavar="ADDRESS",
        help="with --engine dask: the scheduler of the cluster (default: this machine, --jobs files at once)",
    )  # fmt: skip
    for name in FORMATS:
        parser.add_argument(f"--{name}", metavar="DIR", help=f"with {EXPORT} as the source: write the tables as {name}")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    add_settings(parser)
    add_selection(parser)
    add_jobs(parser)


def _seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not number > 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds above 0")
    return number


def _run(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    from functools import partial

    from lstmlint.api import audited
    from lstmlint.commands.jobs import plugin_problems
    from lstmlint.keras.versions import UnknownTargetError
    from lstmlint.output.text.audit import text
    from lstmlint.running.engine import EngineError
    from lstmlint.running.json_text import json_text
    from lstmlint.running.progress import shown
    from lstmlint.settings.finder import Finder
    from lstmlint.zoo.sources import SourceError
    from lstmlint.zoo.store import StoreError

    if options.sources == [EXPORT] or any(getattr(options, name) for name in FORMATS):
        return _export(options, stdout)
    finder = Finder(options.config or "", options.isolated, overrides(options))
    try:
        done = audited(
            options.sources, options.store, finder.settings, loads=options.loads, jobs=options.jobs,
            timeout=options.timeout, prune=options.prune, engine=options.engine, scheduler=options.scheduler,
            progress=partial(shown, stream=stderr),
        )  # fmt: skip
    except (EngineError, SourceError, StoreError, UnknownTargetError) as error:
        raise UsageError(str(error)) from None
    stdout.write(json_text(done.to_dict()) if options.format == "json" else text(done))
    is_unusable = plugin_problems(done.tally.read, stderr)
    return UNUSABLE if is_unusable or done.problems or done.tally.failed else CLEAN


def _export(options: argparse.Namespace, stdout: TextIO) -> int:
    """Write the tables of a store into the named folders."""
    from lstmlint.running.terminal import fit
    from lstmlint.zoo.export import ExportError, export
    from lstmlint.zoo.store import StoreError, opened

    folders = {name: getattr(options, name) for name in FORMATS if getattr(options, name)}
    if options.sources != [EXPORT] or not folders or not options.store:
        raise UsageError("write it as: lstmlint audit export --store FILE --csv DIR, or --parquet DIR")
    try:
        with opened(options.store, writes=False) as store:
            for name, folder in folders.items():
                stdout.writelines(f"{fit(path)}: written\n" for path in export(store, folder, name))
    except (ExportError, StoreError) as error:
        raise UsageError(str(error)) from None
    return CLEAN


AUDIT = Command("audit", "read a zoo of models once, and keep what is known of it", _add_arguments, _run, EXAMPLES)
