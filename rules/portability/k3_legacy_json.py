"""The config is in a form that Keras 3 no longer reads: objects without a module, or a list for a Sequential.

## Why it matters

Keras 3 finds a class by `module` and `class_name`. JSON of Keras 2 has no `module`, so no class in it loads (keras
issue 20081), and no layer inside a wrapper of an H5 file. Before Keras 2.2.3 the config of a Sequential was a plain
list, at which the loader of H5 files stops with `pop expected at most 1 argument, got 2`. None of 190 public JSON files
of Keras 2 loads.

## Example

```console
$ lstmlint check --target keras-3 --select k3-legacy-json fixtures/keras-2.3.1/lstm-72.json
fixtures/keras-2.3.1/lstm-72.json:1:1: error[k3-legacy-json]: keras-3.15 refuses this: Could not locate class \
'Sequential'. Make sure custom classes and functions are decorated with \
`@keras.saving.register_keras_serializable()`. If they are already decorated, make sure they are all imported so that \
the decorator is run before trying to load them. Full object config: […]
    help: write the config as Keras 3 does, with 'module' and 'registered_name' everywhere, or try 'lstmlint fix'
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```console
$ lstmlint check --target keras-3 --select k3-legacy-json fixtures/keras-3.15.1/lstm-72.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `targets` (versions of Keras): the versions in which files must load; `--target` and the setting `target` set them for
  every rule of this category. Without targets, whole models are judged for the newest known Keras, and each refusal is
  a note

## Known limits

A class that Keras 3 does not have is reported by `removed-layer` or `custom-object-required` instead.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.fixing.hints import hint
from lstmlint.ir.finding import Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, rule
from lstmlint.portability.judging import Options, findings

__all__ = ["CURE", "Options", "check"]

CURE = "write the config as Keras 3 does, with 'module' and 'registered_name' everywhere"


@rule(Severity.ERROR)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    return findings(model, options, __name__, CURE, hint)
