"""An entry of an archive leads out of the folder into which the archive is unpacked.

## Why it matters

Loaders unpack the assets of a `.keras` archive into a folder. An entry named `../../.bashrc` or `/etc/cron.d/job`, or
one that is a symbolic link, writes or reads outside of it; Keras up to 3.11 unpacked without looking (CVE-2025-12060
and CVE-2025-12638 for the archives that `get_file` fetches). Keras never writes such entries.

## Example

```console
$ lstmlint check fixtures/suspicious/archive-traversal.keras
fixtures/suspicious/archive-traversal.keras:../../start.txt: error[archive-traversal]: its name leads out of its \
folder, and unpacking follows it
    help: do not unpack or load this file before you know where it comes from
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```console
$ lstmlint check fixtures/suspicious/archive-plain.keras
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Archives among the entries of an archive are not unpacked, they are reported as foreign entries.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator

from lstmlint.analyses.objects import leads_elsewhere
from lstmlint.ir.document import Member
from lstmlint.ir.finding import Finding, Location, Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, NoOptions, rule

#: Kinds of file that an entry may be; what states no kind is a plain file.
PLAIN_KINDS = (0, stat.S_IFREG, stat.S_IFDIR)
KINDS = {
    stat.S_IFLNK: "is a symbolic link, which leads elsewhere once it is unpacked",
    stat.S_IFCHR: "is a device",
    stat.S_IFBLK: "is a device",
    stat.S_IFIFO: "is a named pipe",
    stat.S_IFSOCK: "is a socket",
}


@rule(Severity.ERROR)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for member in model.document.evidence.members:
        said = _said_of(member)
        if said:
            yield Finding(
                location=Location("", stored=member.name),
                message=said,
                help="do not unpack or load this file before you know where it comes from",
            )


def _said_of(member: Member) -> str | None:
    """What is wrong with an entry, if anything."""
    kind = stat.S_IFMT(member.mode)
    sign = leads_elsewhere(member.name)
    if sign:
        return f"its name {sign}, and unpacking follows it"
    return None if kind in PLAIN_KINDS else KINDS.get(kind, "is no plain file")
