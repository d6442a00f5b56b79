"""From a judged file to the rows of the store (`rows`), made in any process."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from lstmlint.analyses.measures import measures_of
from lstmlint.analyses.totals import totals
from lstmlint.analyses.training import optimizer
from lstmlint.fixing.hints import hint
from lstmlint.ir.document import Pointer, Position
from lstmlint.ir.finding import Location
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Unknown, to_json
from lstmlint.keras.classes import traits_of
from lstmlint.linting.analysis import Analysis
from lstmlint.linting.causes import singles, words
from lstmlint.linting.rule import cure_of
from lstmlint.portability.obstacle import DUMP, STOPPING, Obstacle
from lstmlint.portability.verdict import Verdict
from lstmlint.readers.spans import positions_of
from lstmlint.zoo.fingerprints import architecture, tensor_shapes
from lstmlint.zoo.rows import (
    FindingRow,
    LayerRow,
    ModelRow,
    ObstacleRow,
    Record,
    TensorRow,
    UnjudgedRow,
    VerdictRow,
)

#: Plain data as JSON; an encoder that is made once, for every layer and finding needs it.
_json = json.JSONEncoder(separators=(",", ":")).encode

#: The integers that SQLite holds.
MOST = 2**63 - 1


def recorded(analysis: Analysis, verdicts: Sequence[Verdict]) -> Record:
    """The record of a judged file.

    Args:
        analysis: the model with its findings before ignores, severities and baselines.
        verdicts: the outcomes of loading it in some targets.
    """
    model = analysis.model
    path = model.document.path
    return Record(
        model=_model(model),
        layers=tuple(_layer(position, layer) for position, layer in enumerate(model.all_layers)),
        tensors=tuple(_tensors(model)),
        findings=tuple(_findings(analysis)),
        unjudged=tuple(
            UnjudgedRow(position, one.rule, *_place(one.unjudged.location), one.unjudged.because.reason)
            for position, one in enumerate(analysis.abstentions)
        ),
        verdicts=tuple(_verdict(one, path) for one in verdicts),
    )


def _model(model: Model) -> ModelRow:
    document, graph, trained_by = model.document, model.graph, optimizer(model)
    numbers = {name: _number(count) for name, count in totals(model)}
    return ModelRow(
        container=str(document.container),
        keras_version=document.keras_version,
        backend=document.backend,
        name=model.name,
        class_name=graph.class_name if graph else None,
        layers=len(model.all_layers),
        params=numbers["params"],
        trainable_params=numbers["trainable"],
        param_bytes=numbers["bytes"],
        multiply_adds=numbers["multiply_adds"],
        multiply_adds_per_timestep=numbers["multiply_adds_per_timestep"],
        state_bytes=numbers["state_bytes"],
        inputs_json=_json(to_json(model.inputs)),
        outputs_json=_json(to_json(model.outputs)),
        optimizer=trained_by.class_name if trained_by else None,
        architecture=architecture(model),
        tensor_shapes=tensor_shapes(document),
    )


def _layer(position: int, layer: Layer) -> LayerRow:
    call = layer.calls[0] if layer.calls else None
    units = layer.config.get("units")
    return LayerRow(
        position=position,
        path=layer.full_name,
        depth=len(layer.path) - 1,
        class_name=layer.class_name,
        written_class=layer.node.written_class,
        is_custom=layer.node.is_custom,
        is_recurrent=traits_of(layer.class_name).is_sequence_layer,
        is_trainable=layer.node.is_trainable,
        units=_number(units) if isinstance(units, int) and not isinstance(units, bool) else None,
        dtype=layer.node.dtype,
        input_json=_json(to_json(call.inputs)) if call else None,
        output_json=_json(to_json(call.outputs)) if call else None,
        params=_number(layer.params),
        unknown=layer.params.reason if isinstance(layer.params, Unknown) else None,
    )


def _tensors(model: Model) -> Iterator[TensorRow]:
    document, measured = model.document, measures_of(model)
    kernels = {place for cell in measured.cells for place in cell.recurrents}
    of_layers = ((stored.name, tensor) for stored in document.stored or () for tensor in stored.tensors)
    of_optimizer = (("", tensor) for tensor in document.slots)
    for position, (layer, tensor) in enumerate((*of_layers, *of_optimizer)):
        of_values = measured.tensors.get(tensor.place)
        yield TensorRow(
            position, layer, tensor.name, tensor.place, _json(list(tensor.shape)), tensor.dtype,
            digest=of_values.digest if of_values is not None and of_values.is_telling else None,
            is_recurrent_kernel=tensor.place in kernels,
        )  # fmt: skip


def _findings(analysis: Analysis) -> Iterator[FindingRow]:
    model = analysis.model
    everything = tuple(singles(analysis.diagnostics))
    if not everything:
        return
    path = model.document.path
    names = {word for layer in model.all_layers for word in (layer.name, layer.class_name)}
    positions = positions_of(model.document, (one.finding.location.pointer for one in everything))
    for number, one in enumerate(everything):
        finding = one.finding
        position: Position | None = positions.get(finding.location.pointer)
        yield FindingRow(
            number, one.rule, one.category, str(one.severity), str(one.confidence), *_place(finding.location),
            line=position.line if position else None,
            column=position.column if position else None,
            message=_without(path, finding.message),
            help=finding.help,
            related_json=_json([[*_place(other.location), other.message] for other in finding.related]),
            cause=one.cause,
            is_consequence=one.is_consequence,
            words=words(finding.cause or finding.message, names),
        )  # fmt: skip


def _verdict(verdict: Verdict, path: str) -> VerdictRow:
    stopping = [one for one in verdict.obstacles if one.stage in STOPPING]
    return VerdictRow(
        target=verdict.target.name,
        outcome=str(verdict.outcome),
        obstacle=_obstacle(verdict.reason, path) if verdict.reason else None,
        obstacles=len(verdict.obstacles),
        is_mended=bool(stopping) and verdict.target.is_keras3 and all(_has_repair(one.rule) for one in stopping),
    )


def _has_repair(rule: str) -> bool:
    return bool(hint(rule.replace("-", "_")))


def _obstacle(obstacle: Obstacle, path: str) -> ObstacleRow:
    return ObstacleRow(
        obstacle.rule, str(obstacle.stage), obstacle.error, _without(path, obstacle.message),
        obstacle.cure or cure_of(obstacle.rule),
    )  # fmt: skip


def _place(location: Location) -> tuple[str, str, str]:
    return location.layer, _pointer(location.pointer), location.stored


def _pointer(pointer: Pointer) -> str:
    return _json(list(pointer))


def _without(path: str, message: str) -> str:
    """A message without the path of the file, for files of equal bytes share it."""
    return message.replace(path, DUMP)


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and abs(value) <= MOST else None
