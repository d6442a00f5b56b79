"""`lstmlint whatif`: a saved model with other settings of its layers."""

from __future__ import annotations

import argparse
from typing import TextIO

from lstmlint.commands.arguments import add_settings
from lstmlint.commands.assignments import assignment
from lstmlint.commands.command import CLEAN, UNUSABLE, Command
from lstmlint.commands.jobs import overrides

EXAMPLES = """\
examples:
  lstmlint whatif model.h5 --set lstm_1.units=128
  lstmlint whatif model.keras --set lstm.units=64 --set lstm_1.units=32
  lstmlint whatif model.keras --set encoder/lstm.return_sequences=true    a layer of a nested model
  lstmlint whatif --format json model.h5 --set gru.reset_after=false      see 'lstmlint schema diff'

Both sides are counted from the settings of the layers alone, as if built anew: neither has the stored weights, nor the
shapes that the file records. No file is written.

exit status:
  0  the difference is told
  2  wrong usage, no such layer or setting, or a file that could not be read
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a saved model")
    parser.add_argument(
        "--set", dest="changes", type=assignment, action="append", required=True, metavar="LAYER.KEY=VALUE",
        help="another value of a layer's setting, as lstm_1.units=128; may be repeated",
    )  # fmt: skip
    parser.add_argument("--format", choices=("text", "markdown", "json"), default="text", help="default: text")
    add_settings(parser)


def _run(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    from lstmlint.ir.document import FileError
    from lstmlint.output.changes import formats
    from lstmlint.review.whatif import what_if
    from lstmlint.running.terminal import fit
    from lstmlint.settings.finder import Finder

    settings = Finder(options.config or "", options.isolated, overrides(options)).settings(options.file)
    try:
        difference = what_if(options.file, dict(options.changes), settings)
    except FileError as error:
        stderr.write(fit(f"{options.file}: error: {error.reason}") + "\n")
        return UNUSABLE
    stdout.write(formats()[options.format].render(difference, 0))
    return CLEAN


WHATIF = Command("whatif", "show what other settings of layers would change", _add_arguments, _run, EXAMPLES)
