"""Rows of an Embedding never got a gradient: these ids did not occur in training.

## Why it matters

An id that never occurs in training keeps the random vector that the initializer drew. At inference it feeds noise,
where an out-of-vocabulary token would feed what was learned. A large share of such rows tells that the vocabulary was
built from other data, or that ids are shifted. An optimizer slot of zeros proves that a row had no gradient. Of 20
public tables one model has 28.6 % and 17.9 % such rows, all others at most 0.5 %.

## Example

The texts of this model hold the ids 1 to 30, and its Embedding has 50 rows.

```console
$ lstmlint check --values --select embedding-rows-never-trained fixtures/values/words.keras
fixtures/values/words.keras:layers/embedding/vars/0: warning[embedding-rows-never-trained]: words: 20 of 50 rows \
never got a gradient: 0, 31-49
    help: build the vocabulary from the training data, or map ids that do not occur in it to one id
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```console
$ lstmlint check --values --select embedding-rows-never-trained fixtures/values/trained.keras
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `min-percent` (percent of the rows, default 10): a table with a smaller share is not reported. From 25 percent on it
  is a warning.

## Known limits

Row 0 under `mask_zero` is such a row by design. A file without the slots of the optimizer is not judged. An optimizer
with momentum and decay keeps traces for a long time, so a row without any had no gradient at all.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.measures import measures_of, stored_location, untouched
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.finding import Finding, Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, rule

#: From this share of the rows on it is a warning, in percent.
MANY = 25


@dataclass(frozen=True, slots=True)
class Options:
    """The share of rows from which a table is reported, in percent."""

    min_percent: float = 10


@rule(Severity.NOTE)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    whole = {one.place for one in untouched(model)}
    for table in measures_of(model).rows:
        percent = 100 * table.count / max(1, table.rows)
        if table.place in whole or percent < options.min_percent or not table.count:
            continue
        ranges = [f"{first}" if first == last else f"{first}-{last}" for first, last in table.untouched[:8]]
        yield Finding(
            location=stored_location(model, table.layer, table.place),
            message=f"{table.count:,} of {table.rows:,} rows never got a gradient: "
            f"{', '.join(ranges)}{', ...' if len(table.untouched) > len(ranges) else ''}",
            help="build the vocabulary from the training data, or map ids that do not occur in it to one id",
            severity=Severity.WARNING if percent >= MANY else None,
        )
