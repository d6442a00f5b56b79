"""The values of a stored tensor cannot be read.

## Why it matters

Shapes lie in another part of an HDF5 file than values. So a file that was cut off, or of which a chunk was overwritten,
may look whole until its values are read. Keras fails on it when it loads the weights.

## Example

The bytes of the recurrent kernel of this file were overwritten with others, which gzip cannot expand.

```console
$ lstmlint check --values --select damaged-values fixtures/values/damaged.h5
fixtures/values/damaged.h5:model_weights/lstm/forecast/lstm/lstm_cell/recurrent_kernel: error[damaged-values]: lstm: \
the values of its recurrent_kernel cannot be read: they are damaged
    help: copy the file again from where it comes, and compare the sizes
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```console
$ lstmlint check --values --select damaged-values fixtures/values/trained.keras
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Values that were overwritten in a file without compression and checksums are other values, not damage.

Values that are not read for another reason, such as a filter that is none of h5py or more expansion than a hundredfold,
are counted among what could not be judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.measures import measures_of, stored_location
from lstmlint.ir.finding import Finding, Severity, Unjudged
from lstmlint.ir.model import Model
from lstmlint.ir.shape import Unknown
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.ERROR)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    unread = measures_of(model).unread
    for layer in model.layers:
        for tensor in layer.stored.tensors if layer.stored else ():
            reason = unread.get(tensor.place)
            if reason is None:
                continue
            location = stored_location(model, layer.full_name, tensor.place)
            if not reason.is_damaged:
                yield Unjudged(location, Unknown(f"the values of {tensor.place} are not read: {reason.reason}"))
                continue
            yield Finding(
                location=location,
                message=f"the values of its {tensor.name} cannot be read: {reason.reason}",
                help="copy the file again from where it comes, and compare the sizes",
                cause="values that cannot be read",
            )
