"""`lstmlint origin`: the files of which a model is a copy."""

from __future__ import annotations

import argparse
from typing import TextIO

from lstmlint.commands.arguments import add_settings
from lstmlint.commands.command import CLEAN, UNUSABLE, Command

EXAMPLES = """\
examples:
  lstmlint origin model.h5 zoo/                 the files in a folder from which a model was derived
  lstmlint origin --format json model.h5 zoo/   for programs; see 'lstmlint schema origin'

Equal bytes prove a copy. A cosine of recurrent kernels above 0.5 shows the same start or a copy: a model that was
trained on, or one that began with the same random numbers. All values of all files are read.

exit status:
  0  the files were read, whether or not one shows kinship
  2  wrong usage, or a file that could not be read; all others are told
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a saved model with weights")
    parser.add_argument("folder", metavar="FOLDER", help="a folder (searched recursively), or a file")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    add_settings(parser)


def _run(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    from lstmlint.api import origin
    from lstmlint.ir.document import NotAModelError, UnreadableError
    from lstmlint.running.json_text import json_text
    from lstmlint.running.terminal import fit
    from lstmlint.settings.finder import Finder

    settings = Finder(options.config or "", options.isolated).settings(options.file)
    try:
        told = origin(options.file, options.folder, settings=settings)
    except (UnreadableError, NotAModelError) as error:
        stderr.write(fit(f"{options.file}: error: {error.reason}") + "\n")
        return UNUSABLE
    stdout.write(json_text(told.to_dict()) if options.format == "json" else f"{told}\n")
    stderr.writelines(fit(f"{path}: error: {reason}") + "\n" for path, reason in told.unread)
    return UNUSABLE if told.unread else CLEAN


ORIGIN = Command("origin", "find the files of which a model is a copy", _add_arguments, _run, EXAMPLES)
