"""A tag is learned for each token, the padding included.

## Why it matters

Sentences are padded to one length. Without a mask the loss and `accuracy` count each padded position as a token with
a tag, and the tag of the padding is easily learned. On sentences of 12 tokens padded to 40, a model that knows
nothing but the padding is right in 70 %. With `mask_zero=True` the loss leaves those positions out.

## Example

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "tagger", "layers": [
  {"class_name": "InputLayer", "config": {"name": "words", "batch_shape": [null, 40]}},
  {"class_name": "Embedding", "config": {"name": "table", "input_dim": 5000, "output_dim": 32}},
  {"class_name": "SimpleRNN", "config": {"name": "rnn", "units": 32, "return_sequences": true}},
  {"class_name": "Dense", "config": {"name": "tag", "units": 9, "activation": "softmax"}}]},
 "compile_config": {"optimizer": "adam", "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]}}
```

```console
$ lstmlint check --persona pedantic example.json
example.json:4:3: note[tagger-without-mask]: table: has no mask, so 'tag' learns a tag for padding as for any token
    see: example.json:6:3: tag: is trained by sparse_categorical_crossentropy
    help: set mask_zero=True on 'table' if id 0 is padding
0 errors, 0 warnings, 1 note in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "tagger", "layers": [
  {"class_name": "InputLayer", "config": {"name": "words", "batch_shape": [null, 40]}},
  {"class_name": "Embedding", "config": {"name": "table", "input_dim": 5000, "output_dim": 32, "mask_zero": true}},
  {"class_name": "SimpleRNN", "config": {"name": "rnn", "units": 32, "return_sequences": true}},
  {"class_name": "Dense", "config": {"name": "tag", "units": 9, "activation": "softmax"}}]},
 "compile_config": {"optimizer": "adam", "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]}}
```

```console
$ lstmlint check --persona pedantic example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Whether the ids are padded is not in the file: an open number of timesteps, or sentences of one length, need no mask.
So only inputs of a fixed length are judged, for the pedantic.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.connections import upstream
from lstmlint.analyses.cures import in_code
from lstmlint.analyses.mask_treatments import makes_mask
from lstmlint.analyses.sequences import SEQUENCE_RANK, location_of
from lstmlint.analyses.training import Loss, outputs
from lstmlint.ir.finding import Confidence, Finding, Related, Severity
from lstmlint.ir.graph import references
from lstmlint.ir.model import Model
from lstmlint.ir.shape import is_dims
from lstmlint.keras.compiled import CATEGORICAL_CROSSENTROPIES
from lstmlint.linting.rule import Judgement, NoOptions, Persona, rule


@rule(Severity.NOTE, Confidence.HEURISTIC, Persona.PEDANTIC)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    if not any(layer.class_name == "Embedding" for layer in model.layers):
        return
    made = list(outputs(model))
    if model.graph is None or len(made) != 1 or len(list(references(model.graph.inputs))) != 1:
        return
    output = made[0]
    is_sequence = is_dims(output.shape) and len(output.shape) == SEQUENCE_RANK and isinstance(output.shape[1], int)
    if not is_sequence or not isinstance(output.loss, Loss) or output.loss.name not in CATEGORICAL_CROSSENTROPIES:
        return
    before = [layer for _, layer, _ in upstream(model, model.graph.outputs)]
    tables = [layer for layer in before if layer.class_name == "Embedding" and not layer.node.is_custom]
    if len(tables) != 1 or any(map(makes_mask, before)) or output.width == tables[0].config.get("input_dim"):
        return
    yield Finding(
        location=location_of(tables[0]),
        message=f"has no mask, so '{output.layer.name}' learns a tag for padding as for any token",
        help=f"set mask_zero=True on {in_code(tables[0])} if id 0 is padding",
        related=(Related(output.location, f"is trained by {output.loss.name}"),),
    )
