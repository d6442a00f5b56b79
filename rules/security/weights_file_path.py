"""A model names a file outside of its folder for its weights; whoever loads the model reads that file.

## Why it matters

The `model.json` of TensorFlow.js lists the files of its weights. The loaders put each name behind the folder or the URL
of the model: `../../private.bin` leads out of the folder, an absolute path replaces it in Python, and a URL is fetched
from another server where the program that loads the model allows it, a warning. The converter writes
`group1-shard1of1.bin` beside the model and never anything else.

## Example

```json
{"format": "layers-model", "generatedBy": "keras v2.15.0", "convertedBy": "TensorFlow.js Converter v4.22.0",
 "modelTopology": {"keras_version": "2.15.0", "backend": "tensorflow", "model_config":
  {"class_name": "Sequential", "config": {"name": "forecast", "layers": [
   {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [null, 10, 2], "dtype": "float32"}},
   {"class_name": "Flatten", "config": {"name": "flat"}}]}}},
 "weightsManifest": [{"paths": ["../../private.bin"], "weights": []}]}
```

```console
$ lstmlint check --select security example.json
example.json:weightsManifest/0/paths/0: error[weights-file-path]: names '../../private.bin' for the weights, which \
leads out of its folder
    help: do not load this file before you know where it comes from; convert the model again
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```json
{"format": "layers-model", "generatedBy": "keras v2.15.0", "convertedBy": "TensorFlow.js Converter v4.22.0",
 "modelTopology": {"keras_version": "2.15.0", "backend": "tensorflow", "model_config":
  {"class_name": "Sequential", "config": {"name": "forecast", "layers": [
   {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [null, 10, 2], "dtype": "float32"}},
   {"class_name": "Flatten", "config": {"name": "flat"}}]}}},
 "weightsManifest": [{"paths": ["group1-shard1of1.bin"], "weights": []}]}
```

```console
$ lstmlint check --select security example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

An index of shards that names a file of another folder is refused when it is read. A folder below that of the model is
not reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.objects import leads_elsewhere, quoted
from lstmlint.ir.finding import Finding, Location, Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.ERROR)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for file in model.document.evidence.named_files:
        if sign := leads_elsewhere(file.target):
            yield Finding(
                location=Location("", stored=file.place),
                message=f"names {quoted(file.target)} for the weights, which {sign}",
                help="do not load this file before you know where it comes from; convert the model again",
                severity=Severity.WARNING if "://" in file.target else None,
            )
