"""Nearly all parameters of a large model lie in an embedding table.

## Why it matters

An `Embedding` has `input_dim x output_dim` parameters: a row for each word of the vocabulary. Most words are rare, and
their rows are hardly trained. Where the table is nearly the whole model, the vocabulary decides the size of the model,
and fewer units save nothing. In 5 % of 232 public recurrent models the table holds more than nine tenths of the
parameters of table and recurrent layers together; only a large table is worth a note.

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "sentiment", "layers": [
  {"class_name": "InputLayer", "config": {"name": "words", "batch_input_shape": [null, 200]}},
  {"class_name": "Embedding", "config": {"name": "embedding", "input_dim": 50000, "output_dim": 128}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 64}},
  {"class_name": "Dense", "config": {"name": "dense", "units": 1, "activation": "sigmoid"}}]}}
```

```console
$ lstmlint check example.json
example.json:3:3: note[embedding-dominates]: embedding: has 6,400,000 of the model's 6,449,473 parameters (50,000 \
rows x 128 numbers); all other layers together have 49,473
    help: a smaller output_dim or a smaller vocabulary saves most: 64 numbers a row would save 3,200,000 parameters
0 errors, 0 warnings, 1 note in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "sentiment", "layers": [
  {"class_name": "InputLayer", "config": {"name": "words", "batch_input_shape": [null, 200]}},
  {"class_name": "Embedding", "config": {"name": "embedding", "input_dim": 10000, "output_dim": 32}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 64}},
  {"class_name": "Dense", "config": {"name": "dense", "units": 1, "activation": "sigmoid"}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `share` (part of the model's parameters, 0 to 1, default 0.9): a table above it is reported.
- `large` (parameters of the table, default 1,000,000): a table above it is reported.

## Known limits

Frozen pretrained vectors have a good reason to be as large, but are reported as well.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.sequences import location_of
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.finding import Confidence, Finding, Severity, Unjudged
from lstmlint.ir.model import Model
from lstmlint.ir.shape import Unknown
from lstmlint.linting.rule import Judgement, rule


@dataclass(frozen=True, slots=True)
class Options:
    """The share and the size above which an embedding is reported."""

    share: float = 0.9
    large: int = 1_000_000


@rule(Severity.NOTE, Confidence.HEURISTIC)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    for layer in model.all_layers:
        params = layer.params if layer.class_name == "Embedding" else 0
        if isinstance(params, Unknown) or params <= options.large:
            continue
        total = model.params
        if isinstance(total, Unknown):
            yield Unjudged(location_of(layer), total)
        elif params > options.share * total:
            rows, width = layer.config["input_dim"], layer.config["output_dim"]
            yield Finding(
                location=location_of(layer),
                message=f"has {params:,} of the model's {total:,} parameters ({rows:,} rows x {width:,} numbers); "
                f"all other layers together have {total - params:,}",
                help="a smaller output_dim or a smaller vocabulary saves most: "
                f"{width // 2:,} numbers a row would save {rows * (width - width // 2):,} parameters",
            )
