"""A BatchNormalization has a variance that is negative, or nearly zero.

## Why it matters

At inference the layer divides by the root of the moving variance and epsilon. No training makes a variance negative:
the file was edited or damaged, and at a variance below minus epsilon the outputs are NaN. A variance of nearly zero
belongs to a feature that never changed in training; at inference the layer multiplies a change of it by the inverse
root of epsilon, which is 32 by default.

## Example

One variance of this layer is -0.01.

```console
$ lstmlint check --values --select batchnorm-variance fixtures/values/negative-variance.keras
fixtures/values/negative-variance.keras:layers/batch_normalization/vars/3: error[batchnorm-variance]: norm: its \
moving_variance holds 1 negative value of 4 (least -0.01)
    help: take the file that training wrote, since no variance is negative
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```console
$ lstmlint check --values --select batchnorm-variance fixtures/values/normalized.keras
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

A tiny variance is a note: the feature may be constant by design, as a column that is always zero.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.measures import measures_of, stored_location
from lstmlint.ir.finding import Finding, Severity
from lstmlint.ir.model import Model
from lstmlint.ir.words import counted
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.ERROR)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for one in measures_of(model).variances:
        location = stored_location(model, one.layer, one.place)
        if one.negative:
            yield Finding(
                location=location,
                message=f"its moving_variance holds {counted(one.negative, 'negative value')} of {one.channels:,} "
                f"(least {one.least:.3g})",
                help="take the file that training wrote, since no variance is negative",
            )
        elif one.tiny:
            yield Finding(
                location=location,
                message=f"its moving_variance holds {counted(one.tiny, 'value')} of {one.channels:,} below 1e-06 "
                f"(least {one.least:.3g}): such a feature hardly changed in training",
                help="leave out features that never change, or check how they are computed",
                severity=Severity.NOTE,
            )
