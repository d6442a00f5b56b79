"""An archive entry expands to far more bytes than are stored of it; reading it would fill memory or disk.

## Why it matters

Keras stores the entries of a `.keras` archive without compression. Deflate can expand one byte to a thousand, so an
archive of some megabytes can fill the disk when it is extracted, or the memory when it is read, before the model is
looked at. The limits are those of Keras since 3.12.3 and 3.15.0, which refuses such entries; for an array in an `.npz`
Keras takes the size that the header of the array declares.

## Example

```console
$ lstmlint check fixtures/suspicious/archive-bomb.keras
fixtures/suspicious/archive-bomb.keras:assets/lookup/vocabulary.txt: error[archive-bomb]: expands to 2.0 GiB, and 12 \
bytes are stored of it
    help: do not load or unpack this file; no weights look like this
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```console
$ lstmlint check fixtures/suspicious/archive-plain.keras
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `floor` (bytes of an entry when expanded, default 268,435,456): smaller entries are no danger to a machine, unless
  those that exceed `expansion` are larger together.
- `array-floor` (bytes that an array in an `.npz` declares, default 4,294,967,296): smaller arrays are no danger.
- `expansion` (expanded bytes for each stored byte, default 100): compressed weights do not reach this ratio.

## Known limits

The declared size of an entry is believed; no entry is expanded to measure it. A config of more than 64 MiB is refused
when it is read.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from lstmlint.analyses.objects import size_text
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.document import Member
from lstmlint.ir.finding import Finding, Location, Severity
from lstmlint.ir.lazy_pattern import lazy_pattern
from lstmlint.ir.model import Model
from lstmlint.ir.words import counted
from lstmlint.linting.rule import Judgement, rule

#: The header of an array in an `.npz`.
SHAPE = lazy_pattern(rb"'shape': \(([\d, L]*)\)")
WIDTH = lazy_pattern(rb"'descr': '[<>|=]?[a-zA-Z](\d*)'")
NUMPY_START = b"\x93NUMPY"
MAX_DIGITS = 20


@dataclass(frozen=True, slots=True)
class Options:
    """Limits of an expanded entry: two in bytes, one in expanded bytes for each stored byte."""

    floor: int = 1 << 28
    array_floor: int = 1 << 32
    expansion: int = 100


HELP = "do not load or unpack this file; no weights look like this"


@rule(Severity.ERROR)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    members = model.document.evidence.members
    inflated = [member for member in members if member.size > options.expansion * member.stored_size]
    together = sum(member.size for member in inflated)
    if together > options.floor and all(member.size <= options.floor for member in inflated):
        stored = size_text(sum(member.stored_size for member in inflated))
        message = (
            f"{counted(len(inflated), 'entry', 'entries')} expand to {size_text(together)} together, from {stored}"
        )
        yield Finding(Location(""), message, HELP)
    for member in members:
        declared = _declared(member)
        if member.size > max(options.floor, options.expansion * member.stored_size):
            yield _finding(member, "expands to", member.size)
        elif declared > max(options.array_floor, options.expansion * member.stored_size):
            yield _finding(member, "declares an array of", declared)


def _declared(member: Member) -> int:
    """The bytes that the header of an array declares, 0 for anything else."""
    shape = SHAPE.search(member.start) if member.start.startswith(NUMPY_START) else None
    if shape is None:
        return 0
    width = WIDTH.search(member.start)
    sizes = [int(size[:MAX_DIGITS]) for size in re.findall(rb"\d+", shape[1])]
    return math.prod(sizes) * int((width and width[1][:MAX_DIGITS]) or 1)


def _finding(member: Member, verb: str, size: int) -> Finding:
    return Finding(
        location=Location("", stored=member.name),
        message=f"{verb} {size_text(size)}, and {size_text(member.stored_size)} are stored of it",
        help=HELP,
    )
