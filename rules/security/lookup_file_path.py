"""A lookup layer names a file as its vocabulary; Keras reads that file wherever the model is loaded.

## Why it matters

`StringLookup`, `IntegerLookup` and `TextVectorization` take a path or a URL for their vocabulary. Keras up to 3.11.3
opened every path that a saved model named: the lines of a file on the loading machine became the vocabulary, and a URL
was fetched (CVE-2025-12058). Keras itself saves the words in the config or among the assets, and never a path.
Keras 3.15.1 refuses a path that is not in the archive.

## Example

```json
{"module": "keras", "class_name": "Sequential", "registered_name": null, "config": {"name": "words", "layers": [
  {"module": "keras.layers", "class_name": "InputLayer", "registered_name": null,
   "config": {"name": "text", "batch_shape": [null, 10], "dtype": "string"}},
  {"module": "keras.layers", "class_name": "StringLookup", "registered_name": null,
   "config": {"name": "lookup", "vocabulary": "/home/reader/notes.txt"}}]}}
```

```console
$ lstmlint check example.json
example.json:5:47: error[lookup-file-path]: lookup: reads its vocabulary from '/home/reader/notes.txt' on every \
machine that loads the model
    help: give the list of words as vocabulary, or save the model again, which puts them among its assets; endangers \
Keras 3.0.0 to before 3.12.0 (CVE-2025-12058)
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Sequential", "registered_name": null, "config": {"name": "words", "layers": [
  {"module": "keras.layers", "class_name": "InputLayer", "registered_name": null,
   "config": {"name": "text", "batch_shape": [null, 10], "dtype": "string"}},
  {"module": "keras.layers", "class_name": "StringLookup", "registered_name": null,
   "config": {"name": "lookup", "vocabulary": ["one", "two", "three"]}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Every layer whose `vocabulary` is one text is reported, a custom layer as well. Paths in other arguments are not
reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.objects import may_hold, quoted, raw_objects
from lstmlint.ir.finding import Finding, Severity
from lstmlint.ir.model import Model
from lstmlint.keras.advisories import with_versions
from lstmlint.linting.rule import Judgement, NoOptions, rule

#: Arguments for which Keras takes a list or the path of a file.
KEYS = ("vocabulary",)


@rule(Severity.ERROR)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for raw_object in raw_objects(model) if any(may_hold(model.document, key) for key in KEYS) else ():
        for key in KEYS:
            path = raw_object.value.get(key)
            if isinstance(path, str) and path:
                verb = "fetches" if "://" in path else "reads"
                yield Finding(
                    location=raw_object.at(key),
                    message=f"{verb} its {key} from {quoted(path)} on every machine that loads the model",
                    help=with_versions(
                        f"give the list of words as {key}, or save the model again, which puts them among its assets",
                        "CVE-2025-12058",
                    ),
                )
