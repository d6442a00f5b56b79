"""The layers that read the outputs of a layer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from lstmlint.analyses.activations import is_inert
from lstmlint.ir.graph import references
from lstmlint.ir.memo import asked_once
from lstmlint.ir.model import Layer, Model

#: The reader where an output of the model is read.
OUTPUT = ""


@asked_once
def _reader_names(model: Model) -> Iterator[Mapping[str, set[str]]]:
    readers: defaultdict[str, set[str]] = defaultdict(set)
    for layer, call, _ in model.calls():
        for reference in call.references():
            readers[reference.layer].add(layer.name)
    if model.graph is not None:
        for reference in references(model.graph.outputs):
            readers[reference.layer].add(OUTPUT)
    yield readers


def reader_names(model: Model) -> Mapping[str, set[str]]:
    """The names of the layers that read each layer of one model; `OUTPUT` for an output of the model."""
    return _reader_names(model)[0]


def read_by(model: Model, layer: Layer) -> tuple[Layer, ...]:
    """The layers that read a layer of one model, through layers that change no value.

    It is empty where an output of the model is one of the readers.
    """
    names, found = reader_names(model), dict[str, Layer]()
    waiting, seen = [layer.name], {layer.name}
    while waiting:
        for name in sorted(names.get(waiting.pop(), {OUTPUT})):
            reader = model.by_name.get(name)
            if reader is None:
                return ()
            if not is_inert(reader):
                found[name] = reader
            elif name not in seen:
                seen.add(name)
                waiting.append(name)
    return tuple(found.values())
