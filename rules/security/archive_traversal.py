"""An archive entry leads out of the folder into which the archive is unpacked.

## Why it matters

Loaders unpack the assets of a `.keras` archive into a folder. An entry named `../../.bashrc` or `/etc/cron.d/job`, or
one that is a symbolic link, writes or reads outside of it; Keras up to 3.11 unpacked such entries without a check
(CVE-2025-12060 and CVE-2025-12638 for the archives that `get_file` fetches). Keras never writes such entries.

## Example

```console
$ lstmlint check fixtures/suspicious/archive-traversal.keras
fixtures/suspicious/archive-traversal.keras:../../start.txt: error[archive-traversal]: its name leads out of its \
folder, and unpacking follows it
    help: do not unpack or load this file before you know where it comes from; endangers Keras before 3.14.0 \
(GHSA-hqp4-2352-xf5r)
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```console
$ lstmlint check fixtures/suspicious/archive-plain.keras
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Archives inside an archive are not opened; `foreign-archive-member` reports them.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator

from lstmlint.analyses.objects import leads_elsewhere
from lstmlint.ir.document import Member
from lstmlint.ir.finding import Finding, Location, Severity
from lstmlint.ir.model import Model
from lstmlint.keras.advisories import with_versions
from lstmlint.linting.rule import Judgement, NoOptions, rule

#: Kinds of file that an entry may be; an entry without a kind is a plain file.
PLAIN_KINDS = (0, stat.S_IFREG, stat.S_IFDIR)
IRREGULAR = {
    stat.S_IFLNK: "is a symbolic link, which leads elsewhere once it is unpacked",
    stat.S_IFCHR: "is a device",
    stat.S_IFBLK: "is a device",
    stat.S_IFIFO: "is a named pipe",
    stat.S_IFSOCK: "is a socket",
}


HELP = "do not unpack or load this file before you know where it comes from"


@rule(Severity.ERROR)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for member in model.document.evidence.members:
        fault = _fault_of(member)
        if fault:
            yield Finding(
                location=Location("", stored=member.name),
                message=fault,
                help=with_versions(HELP, "GHSA-hqp4-2352-xf5r"),
            )


def _fault_of(member: Member) -> str | None:
    """The fault of an entry, None where it has none."""
    kind = stat.S_IFMT(member.mode)
    sign = leads_elsewhere(member.name)
    if sign:
        return f"its name {sign}, and unpacking follows it"
    return None if kind in PLAIN_KINDS else IRREGULAR.get(kind, "is no plain file")
