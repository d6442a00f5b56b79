"""The numbers of a model as CycloneDX properties, each with its source in its name.

`lstmlint:inferred:` comes before what follows from the configs, `lstmlint:recorded:` before what the file states,
`lstmlint:stored:` before what its tensors show, and `lstmlint:unknown:` before the reason of a missing value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lstmlint.analyses.totals import totals
from lstmlint.analyses.training import optimizer
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Count, Unknown, Witness, is_dims, to_text
from lstmlint.ir.weight import Weight

NAMESPACE = "lstmlint"
UNKNOWN = "unknown"

#: The totals that belong to the material; the others are costs of running it.
TOTALS = ("params", "trainable", "non_trainable", "bytes")

Property = dict[str, str]


def properties(model: Model) -> list[Property]:
    """The properties of a model, in the order of the file."""
    return [
        *_of_document(model),
        *_of_totals(model),
        *(one for layer in model.all_layers if not layer.node.is_implicit for one in _of_layer(layer)),
        *(
            _property(Witness.STORED, f"tensor:{tensor.place}", f"{tensor.dtype} {to_text(tensor.shape)}")
            for stored in model.document.stored or ()
            for tensor in stored.tensors
        ),
    ]


def _of_document(model: Model) -> Iterator[Property]:
    document, trained_by = model.document, optimizer(model)
    stated = {
        "keras_version": document.keras_version,
        "backend": document.backend,
        "model_name": model.name,
        "model_class": model.graph.class_name if model.graph else None,
        "optimizer": trained_by.class_name if trained_by else None,
    }
    yield _property(Witness.STORED, "container", str(document.container))
    yield from (_property(Witness.RECORDED, name, value) for name, value in stated.items() if value)


def _of_totals(model: Model) -> Iterator[Property]:
    source = _source(weight for layer in model.layers for weight in _weights(layer))
    yield from (_counted(source, name, number) for name, number in totals(model) if name in TOTALS)


def _of_layer(layer: Layer) -> Iterator[Property]:
    name = f"layer:{layer.full_name}"
    if layer.node.written_class:
        yield _property(Witness.RECORDED, f"{name}:class", layer.node.written_class)
    for call in layer.calls:
        if isinstance(call.outputs, Unknown):
            yield _property(UNKNOWN, f"{name}:output_shape", call.outputs.reason)
        else:
            yield _property(call.witness, f"{name}:output_shape", to_text(call.outputs))
    yield _counted(_source(_weights(layer)), f"{name}:params", layer.params)
    for weight in _weights(layer):
        described = f"{weight.dtype} {to_text(weight.shape)}".strip() if is_dims(weight.shape) else weight.dtype
        yield _property(weight.witness, f"{name}:weight:{weight.name}", described)


def _weights(layer: Layer) -> tuple[Weight, ...]:
    return () if isinstance(layer.weights, Unknown) else layer.weights


def _source(weights: Iterable[Weight]) -> Witness:
    """The source of a sum over weights: stored, where a single one of them is."""
    return max((weight.witness for weight in weights), key=list(Witness).index, default=Witness.INFERRED)


def _counted(source: str, name: str, number: Count) -> Property:
    if isinstance(number, Unknown):
        return _property(UNKNOWN, name, number.reason)
    return _property(source, name, str(number))


def _property(source: str, name: str, value: str) -> Property:
    return {"name": f"{NAMESPACE}:{source}:{name}", "value": value}
