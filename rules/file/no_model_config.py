"""A file holds no model architecture, so only its tensors can be listed.

## Why it matters

`model.save_weights()` and many checkpoint callbacks write only the weights. Nobody can load such a file without the
code that made it, and no rule can check its layers: 170 of 764 public Keras files are of this kind. A report that
called them clean would be wrong.

## Example

```console
$ lstmlint check --ignore portability fixtures/broken/weights-only.h5
fixtures/broken/weights-only.h5: note[no-model-config]: holds the weights of 4 layers (11 tensors) and no architecture
    help: save the whole model with model.save(), or keep model.to_json() beside the weights and check that
could not judge 3 layers: the file holds its weights and no config
0 errors, 0 warnings, 1 note in 1 model
```

## Instead

```console
$ lstmlint check --ignore portability fixtures/keras-2.3.1/lstm-72.h5
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

`lstmlint summary` lists what the tensors show: layers, shapes, counts, and which layers are recurrent. Tensors do not
show how the layers are connected, nor which weights are trained.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.ir.finding import Finding, Location, Severity
from lstmlint.ir.model import Model
from lstmlint.ir.words import counted
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.NOTE)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    if model.document.config is not None:
        return
    stored = [layer for layer in model.document.stored or () if layer.tensors]
    if not stored:
        yield Finding(
            location=Location(""),
            message="holds neither a model architecture nor weights as Keras stores them",
            help="if this should be a model, save it again with model.save()",
        )
        return
    tensors = sum(len(layer.tensors) for layer in stored)
    yield Finding(
        location=Location(""),
        message=f"holds the weights of {counted(len(stored), 'layer')} "
        f"({counted(tensors, 'tensor')}) and no architecture",
        help="save the whole model with model.save(), or keep model.to_json() beside the weights and check that",
    )
