"""The target does not read files of this kind at all.

## Why it matters

`.keras` came with Keras 2.12, YAML went with TensorFlow 2.6, SavedModel and HDF5 under another name than `.h5` and
`.hdf5` with Keras 3, which goes by the name: HDF5 called `.keras` is `File not found` there.

## Example

```console
$ lstmlint check --target keras-2.3 --select container-refused fixtures/keras-3.15.1/lstm-12.keras
fixtures/keras-3.15.1/lstm-12.keras:config.json: error[container-refused]: keras-2.3 refuses this: Unable to open \
file (file signature not found)
    help: convert the file to a container that this Keras reads
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```console
$ lstmlint check --target keras-3 --select container-refused fixtures/keras-3.15.1/lstm-12.keras
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `targets` (versions of Keras): those that files are to load in; `--target` and the setting `target` give them to every
  rule of this category. Without any, whole models are held against the newest known Keras, and what it stops at is
  a note

## Known limits

A SavedModel is judged for Keras by its metadata; TensorFlow itself may still run its functions.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.fixing.hints import hint
from lstmlint.ir.finding import Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, rule
from lstmlint.portability.judging import Options, findings

__all__ = ["CURE", "Options", "check"]

CURE = "convert the file to a container that this Keras reads"


@rule(Severity.ERROR)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    return findings(model, options, __name__, CURE, hint)
