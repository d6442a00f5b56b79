"""An Embedding has fewer rows than the lookup before it has ids.

## Why it matters

A `TextVectorization`, `StringLookup` or `IntegerLookup` gives ids from 0 up to the size of its vocabulary, which
includes the padding and the unknown word. The Embedding behind it needs a row for each id. For an id without a row,
Keras raises on TensorFlow's CPU and gives a row of NaN on JAX, which makes the whole answer NaN. The usual cause is an
`input_dim` that counts the words, but not the one or two ids that are no words.

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "reviews", "layers": [
  {"class_name": "InputLayer", "config": {"name": "text", "batch_input_shape": [null, 1], "dtype": "string"}},
  {"class_name": "TextVectorization", "config": {"name": "ids", "output_mode": "int", "output_sequence_length": 20, \
"vocabulary": ["", "[UNK]", "the", "film", "was", "good"]}},
  {"class_name": "Embedding", "config": {"name": "vectors", "input_dim": 4, "output_dim": 8, "mask_zero": true}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 8}}]}}
```

```console
$ lstmlint check example.json
example.json:4:74: warning[mask-zero-vocabulary]: vectors: has 4 rows, but 'ids' gives ids up to 5
    see: example.json:3:3: ids: makes 6 ids (6 in the vocabulary)
    help: set input_dim=6 on 'vectors'
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "reviews", "layers": [
  {"class_name": "InputLayer", "config": {"name": "text", "batch_input_shape": [null, 1], "dtype": "string"}},
  {"class_name": "TextVectorization", "config": {"name": "ids", "output_mode": "int", "output_sequence_length": 20, \
"vocabulary": ["", "[UNK]", "the", "film", "was", "good"]}},
  {"class_name": "Embedding", "config": {"name": "vectors", "input_dim": 6, "output_dim": 8, "mask_zero": true}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 8}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Only a lookup that feeds the Embedding in the same model is judged. A vocabulary that was adapted is missing in the
config; then the file in the archive counts, and without one the recorded `vocabulary_size` or the largest size,
`max_tokens`, with less confidence. `mask_zero` itself needs no further row, as
these layers count the id of their padding. Lookups without a padding id, whose id 0 is an unknown word, are not
reported for it.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.sequences import location_of, source
from lstmlint.analyses.vocabularies import Vocabulary, vocabulary
from lstmlint.analyses.vocabulary_files import stored_words
from lstmlint.ir.finding import Confidence, Finding, Location, Related, Severity
from lstmlint.ir.model import Layer, Model
from lstmlint.keras.classes import Values, traits_of
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.WARNING)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for inner in model.all_models:
        for layer, call, _ in inner.calls():
            rows = layer.config.get("input_dim") if layer.class_name == "Embedding" else None
            if not isinstance(rows, int):
                continue
            origin = source(inner, call.inputs, _keeps_ids)
            ids = vocabulary(origin[1], stored_words(model, origin[1])) if origin is not None else None
            if origin is not None and ids is not None and ids.size > rows:
                yield _finding(layer, origin[1], rows, ids)


def _keeps_ids(layer: Layer) -> bool:
    """Whether a layer passes ids on unchanged."""
    return traits_of(layer.class_name).values is Values.MOVED or layer.class_name in ("InputLayer", "Identity")


def _finding(layer: Layer, lookup: Layer, rows: int, ids: Vocabulary) -> Finding:
    return Finding(
        location=Location(layer.full_name, (*layer.pointer, "config", "input_dim")),
        message=f"has {rows:,} rows, but '{lookup.full_name}' gives ids up to {ids.size - 1:,}",
        help=f"set input_dim={ids.size} on '{layer.name}'",
        related=(Related(location_of(lookup), f"makes {ids.size:,} ids ({ids.words})"),),
        confidence=Confidence.CERTAIN if ids.is_exact else Confidence.LIKELY,
    )
