"""A tensor in an HDF5 file declares far more bytes than the file stores; reading it would fill the memory.

## Why it matters

A dataset of HDF5 can declare any shape and store nothing: HDF5 fills in the missing values when it reads. A file of a
few kilobytes then asks for terabytes, and the program that loads it is killed (CVE-2026-0897). Keras stores
weights without compression, so declared and stored bytes are equal. The limits are those of Keras since 3.12.3 and
3.15.0, which refuses such a dataset.

## Example

```console
$ lstmlint check --ignore portability fixtures/suspicious/shape-bomb.weights.h5
fixtures/suspicious/shape-bomb.weights.h5:layers/dense/vars/0: error[h5-shape-bomb]: declares 93.1 GiB in the shape \
(5,000,000, 5,000) and stores 0 bytes
    help: do not load this file; no weights look like this; endangers Keras 3.0.0 to before 3.12.1, 3.13.0 to before \
3.13.2 (CVE-2026-0897)
fixtures/suspicious/shape-bomb.weights.h5: note[no-model-config]: holds the weights of 2 layers (3 tensors) and no \
architecture
    help: save the whole model with model.save(), or keep model.to_json() beside the weights and check that
1 error, 0 warnings, 1 note in 1 model
```

## Instead

```console
$ lstmlint check --ignore portability fixtures/broken/weights-only.h5
fixtures/broken/weights-only.h5: note[no-model-config]: holds the weights of 4 layers (11 tensors) and no architecture
    help: save the whole model with model.save(), or keep model.to_json() beside the weights and check that
could not judge 3 layers: the file holds its weights and no config
0 errors, 0 warnings, 1 note in 1 model
```

## Options

- `floor` (bytes that a dataset declares, default 4,294,967,296): smaller datasets are no danger to a machine, unless
  those of the file that exceed `expansion` declare more together.
- `expansion` (declared bytes for each stored byte, default 1,000): compressed weights do not reach this ratio.

## Known limits

Declared bytes are compared with stored bytes; no compressed chunk is expanded to measure it.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.objects import size_text
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.finding import Finding, Location, Severity
from lstmlint.ir.model import Model
from lstmlint.ir.words import counted
from lstmlint.keras.advisories import with_versions
from lstmlint.linting.rule import Judgement, rule


@dataclass(frozen=True, slots=True)
class Options:
    """Limits of a declared dataset: one in bytes, one in declared bytes for each stored byte."""

    floor: int = 1 << 32
    expansion: int = 1000


ADVISORY = "CVE-2026-0897"
HELP = "do not load this file; no weights look like this"


@rule(Severity.ERROR)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    facts = model.document.evidence.allocations
    inflated = [fact for fact in facts if fact.declared_bytes > options.expansion * fact.stored_bytes]
    large = [fact for fact in inflated if fact.declared_bytes > options.floor]
    together = sum(fact.declared_bytes for fact in inflated)
    if not large and together > options.floor:
        stored = size_text(sum(fact.stored_bytes for fact in inflated))
        message = f"{counted(len(inflated), 'tensor')} declare {size_text(together)} together and store {stored}"
        yield Finding(Location(""), message, with_versions(HELP, ADVISORY))
    for fact in large:
        yield Finding(
            location=Location("", stored=fact.place),
            message=f"declares {size_text(fact.declared_bytes)} in the shape "
            f"({', '.join(f'{size:,}' for size in fact.shape)}) and stores {size_text(fact.stored_bytes)}",
            help=with_versions(HELP, ADVISORY),
        )
