"""`lstmlint convert`: the same model in another container."""

from __future__ import annotations

import argparse
from typing import TextIO

from lstmlint.commands.arguments import add_settings, add_weights
from lstmlint.commands.command import CLEAN, UNUSABLE, Command
from lstmlint.settings.finder import Finder

EXAMPLES = """\
examples:
  lstmlint convert model.h5 -o model.keras
  lstmlint convert model.json --weights model.weights.h5 -o model.keras
  lstmlint convert model.keras -o model.json      the architecture alone

exit status:
  0  the new file is written
  2  wrong usage, or a file that could not be read or written
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a saved model")
    add_weights(parser)
    add_settings(parser)
    parser.add_argument(
        "--output", "-o", metavar="OUT", required=True, help="the new file: .keras, .h5 or, without weights, .json"
    )


def _run(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    from lstmlint.api import convert
    from lstmlint.fixing.writers.writer import UnwritableError
    from lstmlint.ir.document import NotAModelError, UnreadableError
    from lstmlint.running.terminal import fit

    try:
        settings = Finder(options.config or "", options.isolated).settings(options.file)
        left_out = convert(options.file, options.output, weights=options.weights, settings=settings)
    except (UnreadableError, NotAModelError, UnwritableError) as error:
        stderr.write(fit(f"{error.path or options.file}: error: {error.reason}") + "\n")
        return UNUSABLE
    stdout.write(f"{options.output}: written\n")
    stdout.writelines(fit(f"  left out: {remark}") + "\n" for remark in left_out)
    return CLEAN


CONVERT = Command("convert", "write the same model in another container", _add_arguments, _run, EXAMPLES)
