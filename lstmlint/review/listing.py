"""A model as text of which each line stands for itself: what `git diff` shows of it.

Nothing is aligned to the longest entry of a column, so a change of one layer changes the lines of that layer alone.
There are no paths and no times in it. Values that today's Keras assumes anyway are left out, whichever Keras wrote the
file, so a default that moved between versions shows.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from typing import Any

from lstmlint.dialects import dialects
from lstmlint.ir.document import NotAModelError, UnreadableError
from lstmlint.ir.model import Layer, Model
from lstmlint.output.text.summary import BRANCH, to_object
from lstmlint.pipeline import CRASHED, defect, model_of
from lstmlint.readers import read as read_document
from lstmlint.review.change import output_text
from lstmlint.review.compare import TOTALS, training_facts
from lstmlint.review.facts import IMPLIED, SPEED, Spelling, folded, spelling_of
from lstmlint.review.layers import INPUT, inputs_text, is_sequential
from lstmlint.review.normal import same
from lstmlint.review.words import class_text, number, value_text
from lstmlint.running.terminal import fit
from lstmlint.settings.settings import Settings

#: The least width of each column; what is longer moves the rest of its own line only.
WIDTHS = (28, 24, 26, 12)

CHUNK = 1 << 20

#: What every layer of today's Keras assumes that has such a key, beside its plain defaults.
ASSUMED: dict[str, Any] = {
    **IMPLIED, "dtype": "float32", "trainable": True, "kernel_initializer": "GlorotUniform",
    "recurrent_initializer": "Orthogonal", "depthwise_initializer": "GlorotUniform",
    "pointwise_initializer": "GlorotUniform",
}  # fmt: skip


def listing(path: str, settings: Settings) -> str:
    """The text of a file: its model, or, in one line, why there is none.

    Only the file itself counts: weights that lie beside it would not be those of another revision.
    """
    try:
        model = model_of(read_document(path), settings)
    except (NotAModelError, UnreadableError) as error:
        return f"no model: {fit(str(error))}; {_content(path)}\n"
    except Exception as error:
        return f"no model: {fit(defect(error))}; {_content(path)}\n"
    return "".join(f"{fit(line).rstrip()}\n" for line in _lines(model, path))


def lost(path: str) -> str:
    """The text of a file whose reading killed the process."""
    return f"no model: {CRASHED}; {_content(path)}\n"


def _lines(model: Model, path: str) -> Iterator[str]:
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
    totals = to_object("", model)["totals"]
    for steps, title, unit in TOTALS.values():
        amount = totals
        for step in steps:
            amount = amount[step]
        yield f"{title}: {f'{amount:,} {unit}'.strip() if isinstance(amount, int) else amount}"
    yield _content(path)


def _table(model: Model, depth: int) -> Iterator[str]:
    for layer in model.listed_layers:
        name = BRANCH * depth + layer.name
        yield _columns(name, class_text(layer), output_text(layer), number(layer.params))
        if layer.model is not None:
            yield from _table(layer.model, depth + 1)


def _columns(*cells: str) -> str:
    return " ".join(f"{cell:<{width}}" for cell, width in zip(cells, WIDTHS, strict=True))


def _facts(model: Model, spelling: Spelling) -> Iterator[str]:
    """What the configs say beyond today's defaults, and which layers each is called on, with the path on every line."""
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
    """The defaults of today's Keras for a layer and for what it wraps, with the role before each key."""
    newest = dialects()[max(dialects())]
    return dict(Spelling(newest, newest.presumed).defaults_of(layer))


def _is_assumed(key: str, value: Any, today: dict[str, Any]) -> bool:
    last = key.rpartition(".")[2]
    if last in SPEED or value is None or value in ([], {}):
        return True
    return same(value, today.get(key, ASSUMED.get(last, False if value is False else None)))


def _content(path: str) -> str:
    """The size and a checksum of a file's bytes: weights that were trained on change nothing else here."""
    try:
        size, digest = os.path.getsize(path), hashlib.sha256()
        with open(path, "rb") as stream:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
    except OSError:
        return "content: cannot be read"
    return f"content: {size:,} bytes, sha256 {digest.hexdigest()[:16]}"
