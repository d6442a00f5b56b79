"""Pages and figures, read back with an independent XML parser."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

from lstmlint.commands.work.drawing import draw
from lstmlint.output.figures.page import page
from lstmlint.pipeline import Job
from lstmlint.readers.files import InputFile

SVG = "{http://www.w3.org/2000/svg}"

#: Names that would do harm if they were not escaped, or would break a line or the order of text.
HOSTILE = (
    '<script>alert("1")</script>', "'><img src=x onerror=alert(1)>", "]]>&amp;&lt;", "</style><b>", "</title><i>",
    "\x1b[31mred\x1b[0m", "two\nlines\r\n", "\u202etxt.exe", "100%s %(x)s {0}", "| a | b |", "javascript:alert(1)",
    "\ud800 lone", "\ufffe\uffff", "名前" * 60, "long_" * 390, "", " ", "#", "--><!--", "a\x00b",
)  # fmt: skip


def page_of(*paths: Path | str) -> str:
    """The page that `lstmlint report` makes of some files."""
    return page([draw((number, Job(InputFile(str(path))))) for number, path in enumerate(paths)])


def parsed(markup: str) -> ET.Element:
    """The document; the XML parser refuses a text that is not well-formed."""
    return ET.fromstring(markup)


def ids(root: ET.Element) -> list[str]:
    return [found for each in root.iter() if (found := each.get("id"))]


def links(root: ET.Element) -> list[str]:
    return [found for each in root.iter() if (found := each.get("href"))]


def texts(root: ET.Element) -> list[str]:
    """The text of each `text` element of the drawings."""
    return ["".join(each.itertext()) for each in root.iter() if each.tag.removeprefix(SVG) == "text"]


def dense(name: str, source: str | list[str], **config: Any) -> dict[str, Any]:
    return functional_layer("Dense", name, source, units=4, **config)


def functional_layer(class_name: str, name: str, source: str | list[str], **config: Any) -> dict[str, Any]:
    """A layer of a functional model as tf.keras writes it."""
    sources = [source] if isinstance(source, str) else source
    nodes = [[[one, 0, 0, {}] for one in sources]]
    return {"class_name": class_name, "name": name, "config": {"name": name, **config}, "inbound_nodes": nodes}


def functional(layers: list[dict[str, Any]], output: str, shape: tuple[int | None, ...] = (None, 16)) -> str:
    """The JSON of a functional model whose input is called `in`."""
    start = {"name": "in", "batch_input_shape": list(shape)}
    first = {"class_name": "InputLayer", "name": "in", "config": start, "inbound_nodes": []}
    config: dict[str, Any] = {"name": "m", "layers": [first, *layers], "input_layers": [["in", 0, 0]]}
    config["output_layers"] = [[output, 0, 0]]
    return json.dumps({"class_name": "Functional", "keras_version": "2.15.0", "config": config})


def residual(blocks: int) -> str:
    """Blocks of five layers whose input is added to their output."""
    layers: list[dict[str, Any]] = []
    last = "in"
    for at in range(blocks):
        layers += [
            dense(f"a{at}", last), functional_layer("Dropout", f"d{at}", f"a{at}", rate=0.5), dense(f"b{at}", f"d{at}"),
            functional_layer("Activation", f"r{at}", f"b{at}", activation="relu"),
            functional_layer("Add", f"s{at}", [last, f"r{at}"] if at else [f"a{at}", f"r{at}"]),
        ]  # fmt: skip
        last = f"s{at}"
    return functional(layers, last, (None, 4))


def densely_connected(layers: int, reach: int) -> str:
    """A model in which each layer reads all layers before it within a reach."""
    made: list[dict[str, Any]] = []
    names = ["in", "in"]
    for at in range(layers // 2):
        made += [functional_layer("Concatenate", f"c{at}", names[-reach:], axis=-1), dense(f"d{at}", f"c{at}")]
        names.append(f"d{at}")
    return functional(made, names[-1])
