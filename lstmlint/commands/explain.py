"""`lstmlint explain`: where parameter counts come from."""

from __future__ import annotations

import argparse
from typing import TextIO

from lstmlint.commands.arguments import add_settings, add_weights
from lstmlint.commands.command import CLEAN, UNUSABLE, Command
from lstmlint.settings import Finder

EXAMPLES = """\
examples:
  lstmlint explain model.h5             every layer that has weights
  lstmlint explain model.h5 lstm_1      one layer
  lstmlint explain model.h5 encoder/lstm_1
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a saved model, or - for standard input")
    add_weights(parser)
    add_settings(parser)
    parser.add_argument("layer", metavar="LAYER", nargs="?", help="a layer's name or path (default: all with weights)")


def _run(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    from lstmlint.document import NotAModelError, UnreadableError
    from lstmlint.explain import explain, find
    from lstmlint.pipeline import load
    from lstmlint.terminal import fit

    try:
        settings = Finder(options.config or "", options.isolated).settings(options.file)
        model = load(options.file, options.weights, settings)
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


EXPLAIN = Command("explain", "explain where parameter counts come from", _add_arguments, _run, EXAMPLES)
