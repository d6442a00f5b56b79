"""A lookup layer has a vocabulary that Keras refuses, or none.

## Why it matters

`TextVectorization`, `StringLookup` and `IntegerLookup` keep their words in the config, or, where they were adapted, in
a file in the `.keras` archive. Keras refuses a vocabulary that is empty, holds a word twice, or is longer than
`max_tokens`, and so does it for the file that it wrote itself of a layer that was never adapted. An archive whose files
were left out loads, and fails when the model is called.

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "reviews", "layers": [
  {"class_name": "InputLayer", "config": {"name": "text", "batch_input_shape": [null, 1], "dtype": "string"}},
  {"class_name": "TextVectorization", "config": {"name": "ids", "output_mode": "int", "output_sequence_length": 20, \
"vocabulary": ["", "[UNK]", "the", "film", "the"]}},
  {"class_name": "Embedding", "config": {"name": "vectors", "input_dim": 8, "output_dim": 8, "mask_zero": true}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 8}}]}}
```

```console
$ lstmlint check example.json
example.json:3:3: error[invalid-vocabulary]: ids: Keras refuses its vocabulary: The passed vocabulary has at least \
one repeated term. Please uniquify your dataset. The repeated terms are ['the']
    help: give the layer a vocabulary without repeats that fits its max_tokens, or adapt it and save the model again
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "reviews", "layers": [
  {"class_name": "InputLayer", "config": {"name": "text", "batch_input_shape": [null, 1], "dtype": "string"}},
  {"class_name": "TextVectorization", "config": {"name": "ids", "output_mode": "int", "output_sequence_length": 20, \
"vocabulary": ["", "[UNK]", "the", "film"]}},
  {"class_name": "Embedding", "config": {"name": "vectors", "input_dim": 8, "output_dim": 8, "mask_zero": true}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 8}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Files are read where all of an archive have at most 4 MiB together. The newest Keras of the generation that wrote the
file decides; a file of an unknown Keras is not judged. `lookup-file-path` reports the path of a file as vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.ir.finding import Finding, Location, Severity
from lstmlint.ir.model import Model
from lstmlint.keras.config_schemas import value_at
from lstmlint.linting.rule import Judgement, NoOptions, rule
from lstmlint.portability.obstacle import Obstacle, Stage
from lstmlint.portability.stored import vocabulary_faults

#: Between the parts of a message of Keras about what raised inside.
INNER = "\n\n"
RAISED = "Exception encountered: "


@rule(Severity.ERROR)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for fault in vocabulary_faults(model):
        if not isinstance(value_at(model.document.config, (*fault.pointer, "config", "vocabulary")), str):
            yield _finding(fault)


def _finding(fault: Obstacle) -> Finding:
    is_missing = fault.stage is Stage.CALL
    refused = fault.message.split(INNER)
    message = (
        "its vocabulary is not in the archive: the model loads, and fails when it is called"
        if is_missing
        else f"Keras refuses its vocabulary: {refused[min(1, len(refused) - 1)].removeprefix(RAISED)}"
    )
    return Finding(
        location=Location(fault.layer, fault.pointer),
        message=message,
        help=fault.cure,
        severity=Severity.WARNING if is_missing else None,
    )
