"""The target does not read files of this container.

## Why it matters

`.keras` came with Keras 2.12; TensorFlow 2.6 removed YAML, and Keras 3 removed SavedModel. Keras 3 chooses its loader
by the name of the file, so HDF5 needs a name that ends in `.h5` or `.hdf5`: HDF5 named `.keras` is `File not found`
there.

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

- `targets` (versions of Keras): the versions in which files must load; `--target` and the setting `target` set them for
  every rule of this category. Without targets, whole models are judged for the newest known Keras, and each refusal is
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
