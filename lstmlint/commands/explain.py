"""`lstmlint explain`: the origin of parameter counts."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, TextIO

from lstmlint.commands.arguments import add_settings, add_values, add_weights
from lstmlint.commands.assignments import assignment, dimensions
from lstmlint.commands.command import CLEAN, UNUSABLE, Command, UsageError
from lstmlint.commands.jobs import overrides

if TYPE_CHECKING:
    from lstmlint.ir.model import Layer
    from lstmlint.output.results.explanation import Explanation

EXAMPLES = """\
examples:
  lstmlint explain model.h5             every layer that has weights
  lstmlint explain model.h5 lstm_1      one layer
  lstmlint explain model.h5 encoder/lstm_1
  lstmlint explain model.h5 lstm_1 --values    with what its stored values mean, and what they do not
  lstmlint explain --format json model.h5     for programs; see 'lstmlint schema explain'
  lstmlint explain model.h5 lstm_1 --svg -o lstm_1.svg   the picture of a recurrent layer
  lstmlint explain --layer LSTM --units 3 --input 4,2    a layer of the newest Keras, without a file
  lstmlint explain --layer GRU --units 3 --input 4,2 --set reset_after=false
  lstmlint explain --layer 'Bidirectional(LSTM)' --units 3 --input None,2 --set merge_mode=sum
  lstmlint explain --layer ConvLSTM2D --input 4,8,8,2 --set filters=3 --set kernel_size=3,3
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", metavar="FILE", nargs="?", help="a saved model, or - for standard input (not with --layer)"
    )
    add_weights(parser)
    add_settings(parser)
    parser.add_argument(
        "layer", metavar="LAYER", nargs="?", help="a layer's name or path (default: all layers with weights)"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    add_values(parser, "add what the stored values of recurrent layers tell; reads the whole file")
    parser.add_argument("--layer", dest="layer_class", metavar="CLASS", help="explain a layer that no file holds")
    parser.add_argument("--input", type=dimensions, metavar="SHAPE", help="its input without the batch, as 4,2")
    parser.add_argument("--units", type=int, metavar="N", help="its units; short for --set units=N")
    parser.add_argument(
        "--set", dest="settings", type=assignment, action="append", default=[], metavar="KEY=VALUE",
        help="another argument of it, as Keras names it; may be repeated",
    )  # fmt: skip
    parser.add_argument("--svg", action="store_true", help="draw a recurrent layer (default: the only one)")
    parser.add_argument("--output", "-o", metavar="OUT", help="write the drawing there (default: standard output)")


def _run(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    from lstmlint.ir.document import NotAModelError, UnreadableError
    from lstmlint.output.results.explanation import NoSuchLayerError
    from lstmlint.running.terminal import fit

    if options.output and not options.svg:
        raise UsageError("-o is where --svg writes to; add --svg")
    if options.svg and options.format == "json":
        raise UsageError("--svg draws a picture and --format json writes numbers; give one of them")
    try:
        explanation = _of_arguments(options) if options.layer_class else _of_file(options)
    except (UnreadableError, NotAModelError, NoSuchLayerError) as error:
        stderr.write(fit(f"{options.file}: error: {error}") + "\n")
        return UNUSABLE
    if options.svg:
        return _draw(options, [one.layer for one in explanation.layers], stdout, stderr)
    if options.format == "json":
        from lstmlint.running.json_text import json_text

        stdout.write(json_text(explanation.to_dict()))
    else:
        stdout.write(f"{explanation}\n")
    return CLEAN


def _of_file(options: argparse.Namespace) -> Explanation:
    """The explanation of the layers of a file."""
    from lstmlint.output.results.explanation import explained
    from lstmlint.pipeline import load_asked
    from lstmlint.settings.finder import Finder

    if options.input or options.units is not None or options.settings:
        raise UsageError("--input, --units and --set describe the layer of --layer; add --layer CLASS")
    if options.file is None:
        raise UsageError("name a file, or a layer: lstmlint explain --layer LSTM --units 3 --input 4,2")
    settings = Finder(options.config or "", options.isolated, overrides(options)).settings(options.file)
    return explained(options.file, load_asked(options.file, options.weights, settings), options.layer)


def _of_arguments(options: argparse.Namespace) -> Explanation:
    """The explanation of a layer that no file holds."""
    from lstmlint.api import explain_layer
    from lstmlint.inference.alone import LayerArgumentsError

    if options.file is not None:
        raise UsageError("--layer needs no file; name a layer of a file behind it: lstmlint explain FILE LAYER")
    if options.weights or options.values:
        raise UsageError("--weights and --values read a file; leave them out with --layer")
    if options.input is None:
        raise UsageError("--layer needs the shape of its input without the batch: --input 4,2")
    units = {} if options.units is None else {"units": options.units}
    try:
        return explain_layer(options.layer_class, options.input, {**units, **dict(options.settings)})
    except LayerArgumentsError as error:
        raise UsageError(f"--layer {error}") from None


def _draw(options: argparse.Namespace, layers: list[Layer], stdout: TextIO, stderr: TextIO) -> int:
    """Write the figure of the only recurrent layer among some layers."""
    from lstmlint.commands.output_file import put
    from lstmlint.output.figures.anatomy import anatomy_of
    from lstmlint.output.figures.figures import figure_svg
    from lstmlint.running.terminal import fit

    anatomies = [anatomy for layer in layers if (anatomy := anatomy_of(layer)) is not None]
    if len(anatomies) != 1:
        names = ", ".join(anatomy.layer.full_name for anatomy in anatomies)
        what = f"has several recurrent layers: {names}; name one" if anatomies else "has no recurrent layer to draw"
        what = f"{options.layer!r} is no recurrent layer" if options.layer and not anatomies else what
        subject = options.file or f"--layer {options.layer_class}"
        stderr.write(fit(f"{subject}: error: {what}") + "\n")
        return UNUSABLE
    put(figure_svg(anatomies[0]), options.output, [options.file] if options.file else [], stdout)
    return CLEAN


EXPLAIN = Command("explain", "explain where parameter counts come from", _add_arguments, _run, EXAMPLES)
