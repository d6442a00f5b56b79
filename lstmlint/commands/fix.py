"""`lstmlint fix`: a repaired copy."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING, TextIO

from lstmlint.commands.arguments import add_jobs, add_settings, add_weights
from lstmlint.commands.command import CLEAN, FINDINGS, UNUSABLE, Command, UsageError
from lstmlint.commands.usage import KERAS

if TYPE_CHECKING:
    from lstmlint.keras.versions import Target

STANDARD_INPUT = "-"

EXAMPLES = """\
examples:
  lstmlint fix model.h5 --diff                    the changes, without a new file
  lstmlint fix model.h5                           model.fixed.keras; the old file stays as it is
  lstmlint fix model.h5 -o model.keras            a new file of another name
  lstmlint fix model.json --weights model_weights.h5 -o model.keras
  lstmlint fix model.keras --to tf-keras-2.15 -o model.h5
  lstmlint fix model.h5 --format json             for programs; see 'lstmlint schema fix'
  lstmlint fix zoo/ --output-dir fixed/           every model of a folder; run again, it goes on where it was

exit status:
  0  everything was repaired
  1  something is left for you
  2  wrong usage, or a file that could not be read or written
"""


OUTPUT_HELP = (
    "the new file: .keras, .h5 or, without weights, .json (default: FILE with the ending .fixed.keras, or .fixed.json "
    "without weights; none where nothing is to be repaired)"
)


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files", metavar="FILE", nargs="+", help="a saved model; with --output-dir files, folders and globs"
    )
    add_weights(parser)
    add_settings(parser)
    parser.add_argument("--output", "-o", metavar="OUT", help=OUTPUT_HELP)
    parser.add_argument(
        "--output-dir", metavar="DIR",
        help="write the repaired copies of many files into this folder, under their own names; files with nothing to "
        "repair are left out",
    )  # fmt: skip
    add_jobs(parser)
    parser.add_argument(
        "--to",
        metavar=KERAS,
        default="keras-3",
        help="the Keras to repair for, such as tf-keras-2.15 (default: keras-3)",
    )
    parser.add_argument("--diff", action="store_true", help="show the change of the config")
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="default: text; json without -o writes no file"
    )
    parser.add_argument(
        "--unsafe", action="store_true", help="also make repairs that change how the model trains further"
    )
    parser.add_argument(
        "--backend", choices=("theano", "tensorflow"), help="what ran a model of Keras 1 whose file does not say it"
    )
    parser.add_argument("--strip-optimizer", action="store_true", help="leave the state of the optimizer out")


def _run(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    from lstmlint.api import carried_out
    from lstmlint.fixing.fix import fix, run_by
    from lstmlint.fixing.writers.source_tensors import lacks_weights
    from lstmlint.fixing.writers.writer import UnwritableError
    from lstmlint.ir.document import NotAModelError, UnreadableError
    from lstmlint.keras.versions import UnknownTargetError, keras_of
    from lstmlint.output.text.fix import diff
    from lstmlint.pipeline import load
    from lstmlint.running.terminal import fit
    from lstmlint.settings.finder import Finder

    if options.output_dir:
        return _mend(options, stdout, stderr)
    if len(options.files) != 1:
        raise UsageError("name one file, or the folder for the repaired copies of many with --output-dir")
    (options.file,) = options.files
    is_text = options.format == "text"
    is_named_here = not options.output and not options.diff and is_text
    if is_named_here and options.file == STANDARD_INPUT:
        raise UsageError("fix writes a new file: name it with -o, or look at the change with --diff")
    output = options.output or ""
    try:
        target = keras_of(options.to)
    except UnknownTargetError as error:
        raise UsageError(str(error)) from None
    try:
        settings = Finder(options.config or "", options.isolated).settings(options.file)
        fixed = fix(
            run_by(load(options.file, options.weights, settings), options.backend),
            allow_unsafe=options.unsafe,
            target=target,
        )
        if options.diff and is_text:
            stdout.writelines(f"{line}\n" for line in diff(fixed))
        if is_named_here:
            output = beside(options.file, has_weights=not lacks_weights(fixed.draft.document), target=target)
        result = carried_out(options.file, fixed, output, settings, keeps_optimizer=not options.strip_optimizer)
    except (UnreadableError, NotAModelError) as error:
        stderr.write(fit(f"{options.file}: error: {error}") + "\n")
        return UNUSABLE
    except UnwritableError as error:
        stderr.write(fit(f"{error.path or options.file}: error: {error.reason}") + "\n")
        return UNUSABLE
    if not is_text:
        from lstmlint.running.json_text import json_text

        stdout.write(json_text(result.to_dict()))
    elif output:
        stdout.write(f"{result}\n")
    elif result.is_unchanged:
        stderr.write(f"{fit(options.file)}: nothing to repair\n")
    return FINDINGS if result.left else CLEAN


#: The options of one file.
OF_ONE_FILE = ("output", "weights", "diff")

#: Seconds for one file of many.
TIMEOUT = 600.0


def _mend(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    """Repair many files into a folder."""
    from functools import partial

    from lstmlint.commands.work.mending import mend_one
    from lstmlint.keras.versions import UnknownTargetError, keras_of
    from lstmlint.output.text.mending import lines
    from lstmlint.pipeline import prepare
    from lstmlint.running.engine import Processes
    from lstmlint.running.progress import shown
    from lstmlint.running.terminal import fit
    from lstmlint.settings.finder import Finder
    from lstmlint.zoo.mended import LEAVING, Wish
    from lstmlint.zoo.mending import STORE, Work, chosen, mend
    from lstmlint.zoo.places import Places
    from lstmlint.zoo.store import REPAIRS, StoreError, opened

    for name in OF_ONE_FILE:
        if getattr(options, name):
            raise UsageError(f"--{name} is for one file; leave --output-dir out")
    if options.format != "text":
        raise UsageError(f"--format json is for one file; programs read {STORE} in the folder of --output-dir")
    if STANDARD_INPUT in options.files:
        raise UsageError("-: standard input has no name for the new file; name files or folders")
    folder = options.output_dir
    try:
        target = keras_of(options.to)
        os.makedirs(folder, exist_ok=True)
    except UnknownTargetError as error:
        raise UsageError(str(error)) from None
    except OSError as error:
        raise UsageError(f"--output-dir {folder}: cannot be made: {error.strerror}") from None
    found, root = chosen(options.files, folder)
    run = Work(
        tuple(one.path for one in found if not one.error), root,
        Wish(target.name, options.unsafe, options.backend, not options.strip_optimizer),
        Finder(options.config or "", options.isolated).settings, mend_one,
        Processes(options.jobs, TIMEOUT, partial(prepare, [""])), TIMEOUT, partial(shown, stream=stderr),
    )  # fmt: skip
    try:
        with opened(os.path.join(folder, STORE), kind=REPAIRS) as store:
            ward = mend(store, Places(os.path.abspath(folder)), run)
    except StoreError as error:
        raise UsageError(str(error)) from None
    stdout.writelines(f"{line}\n" for line in lines(ward, folder))
    problems = [one for one in found if one.error]
    stderr.writelines(f"{fit(one.path)}: error: {fit(one.error)}\n" for one in problems)
    if problems or ward.failed:
        return UNUSABLE
    return FINDINGS if any(outcome in LEAVING for outcome, _ in ward.outcomes) else CLEAN


def beside(path: str, *, has_weights: bool, target: Target) -> str:
    """The name of the new file where none is given: beside the old one, and never that of a file of the user."""
    stem = os.path.splitext(path.rstrip(os.sep))[0]
    from lstmlint.fixing.writers.keras_archive import reads

    whole = "keras" if reads(target) else "h5"
    return f"{stem}.fixed.{whole if has_weights else 'json'}"


FIX = Command("fix", "write a repaired copy that today's Keras loads", _add_arguments, _run, EXAMPLES)
