"""A model as text, with one fact on each line, since `git diff` compares lines.

Columns are not aligned to their longest entry, so a change of one layer changes only the lines of that layer. The text
has no paths and no times. Defaults of today's Keras are left out, whichever Keras wrote the file, so a default that
changed between versions shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lstmlint.analyses.totals import TITLES, totals
from lstmlint.dialects import dialects
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Unknown
from lstmlint.output.text.summary import BRANCH
from lstmlint.review.change import output_text
from lstmlint.review.compare import training_facts
from lstmlint.review.facts import IMPLIED, SPEED, Spelling, folded, spelling_of
from lstmlint.review.layers import INPUT, inputs_text, is_sequential
from lstmlint.review.normal import same
from lstmlint.review.words import class_text, number, value_text

#: The least width of each column; a longer entry moves only the rest of its own line.
WIDTHS = (28, 24, 26, 12)

#: Key -> the default of every layer of today's Keras that has the key, besides the plain defaults.
ASSUMED: dict[str, Any] = {
    **IMPLIED, "dtype": "float32", "trainable": True, "kernel_initializer": "GlorotUniform",
    "recurrent_initializer": "Orthogonal", "depthwise_initializer": "GlorotUniform",
    "pointwise_initializer": "GlorotUniform",
}  # fmt: skip


def lines(model: Model) -> Iterator[str]:
    """The lines of a model."""
    graph, document = model.graph, model.document
    written = f"Keras {document.keras_version or 'of an unknown version'}, {document.container}"
    yield f'Model: "{model.name}" ({graph.class_name}), {written}' if graph else f"Weights, {written}"
    yield ""
    yield _columns("Layer", "Class", "Output shape", "Param #")
    yield from _table(model, 0)
    yield ""
    facts = list(_facts(model, spelling_of(document)))
    yield from facts
    if facts:
        yield ""
    training = [f"compiled: {key} = {value_text(value)}" for key, value in training_facts(model).items()]
    yield from training
    if training:
        yield ""
    for name, amount in totals(model):
        title, unit = TITLES[name]
        yield f"{title}: {'unknown' if isinstance(amount, Unknown) else f'{amount:,} {unit}'.strip()}"


def _table(model: Model, depth: int) -> Iterator[str]:
    for layer in model.listed_layers:
        name = BRANCH * depth + layer.name
        yield _columns(name, class_text(layer), output_text(layer), number(layer.params))
        if layer.model is not None:
            yield from _table(layer.model, depth + 1)


def _columns(*cells: str) -> str:
    return " ".join(f"{cell:<{width}}" for cell, width in zip(cells, WIDTHS, strict=True))


def _facts(model: Model, spelling: Spelling) -> Iterator[str]:
    """The values of the configs beyond today's defaults, and the inputs of each layer, with the path on each line."""
    for layer in model.listed_layers:
        if not is_sequential(model) and layer.class_name != INPUT and layer.node.calls:
            yield f"{layer.full_name}: called on {inputs_text(layer)}"
        facts, today = spelling.facts(layer), _today(layer)
        kept = {key: value for key, value in facts.values.items() if not _is_assumed(key, value, today)}
        for key, value in sorted(folded(kept).items()):
            yield f"{layer.full_name}: {key} = {value_text(value)}"
        if layer.model is not None:
            yield from _facts(layer.model, spelling)


def _today(layer: Layer) -> dict[str, Any]:
    """The defaults of today's Keras for a layer and the layers that it wraps, with the role before each key."""
    newest = dialects()[max(dialects())]
    return dict(Spelling(newest, newest.presumed).defaults_of(layer))


def _is_assumed(key: str, value: Any, today: dict[str, Any]) -> bool:
    last = key.rpartition(".")[2]
    if last in SPEED or value is None or value in ([], {}):
        return True
    return same(value, today.get(key, ASSUMED.get(last, False if value is False else None)))
