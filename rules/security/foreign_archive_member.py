"""An archive carries a program, a pickle or an unreadable entry beside the model.

## Why it matters

Keras writes a config, metadata, weights and the assets of lookup layers. No model needs a program or a pickle beside
them: it waits for a script that unpacks the archive, or hides from scanners that only read the config. Keras writes
weights in an `.npz` as pickles, too: code in them runs where NumPy is allowed to load pickles, and Keras 3.15.1 does
not load them (keras PR #23034). Nobody can judge an encrypted entry without its password.

## Example

```console
$ lstmlint check fixtures/suspicious/archive-pickle.keras
fixtures/suspicious/archive-pickle.keras:assets/state.pkl: error[foreign-archive-member]: is a Python pickle, and \
whoever loads it runs what is in it
    help: delete it from the archive, or do not unpack this file
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```console
$ lstmlint check fixtures/suspicious/archive-plain.keras
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Entries are recognised by their first 4,096 bytes and by the end of their names; a pickle without a mark (protocols 0
and 1) by the operations in these bytes. An archive may have more than a thousand foreign entries; only the first
thousand are opened. A pickle is never loaded.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from lstmlint.analyses.pickles import is_pickle
from lstmlint.ir.document import Member
from lstmlint.ir.finding import Finding, Location, Severity
from lstmlint.ir.lazy_pattern import lazy_pattern
from lstmlint.ir.model import Model
from lstmlint.ir.words import counted
from lstmlint.linting.rule import Judgement, NoOptions, rule

PICKLE = "is a Python pickle, and whoever loads it runs what is in it"
PROGRAM = "is a program"
SCRIPT = "is a script"
ARCHIVE = "is an archive in the archive, which nobody looked into"

#: How content begins -> what it is.
STARTS = (
    (lazy_pattern(rb"\x80[\x02-\x05]"), PICKLE),
    (lazy_pattern(rb"\x93NUMPY.{2,6}\{[^}]*'descr': '\|?O", re.DOTALL), PICKLE),
    (lazy_pattern(rb"\x7fELF|MZ[^\n]{0,60}\x00"), PROGRAM),
    (lazy_pattern(rb"\xfe\xed\xfa[\xce\xcf]|[\xce\xcf]\xfa\xed\xfe|\xca\xfe\xba\xbe"), PROGRAM),
    (lazy_pattern(rb"#!\s*/"), SCRIPT),
    (lazy_pattern(rb"PK(?:\x03\x04|\x05\x06)|\x1f\x8b|BZh[1-9]|\xfd7zXZ\x00|7z\xbc\xaf|Rar!"), ARCHIVE),
    (lazy_pattern(rb".{257}ustar", re.DOTALL), ARCHIVE),
)
#: How a name ends -> what it is.
SUFFIXES = {
    **dict.fromkeys((".pkl", ".pickle", ".joblib", ".dill", ".pt", ".pth"), PICKLE),
    **dict.fromkeys((".so", ".dll", ".dylib", ".exe", ".pyd", ".pyc", ".jar", ".class"), PROGRAM),
    **dict.fromkeys((".py", ".pyw", ".sh", ".bash", ".bat", ".cmd", ".ps1", ".vbs", ".js"), SCRIPT),
    **dict.fromkeys((".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".7z", ".whl", ".egg"), ARCHIVE),
}
#: The entry that holds the weights as an archive of arrays.
ARRAYS = "model.weights.npz"

ENCRYPTED = "is encrypted, so nobody can tell what it is"


@rule(Severity.ERROR)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    pickles = [member.name for member in model.document.evidence.members if _is_array_pickle(member)]
    for member in model.document.evidence.members:
        kind = None if member.name in pickles else _foreign_kind(member)
        if kind:
            yield _finding(member.name, kind, "delete it from the archive, or do not unpack this file", kind)
    if pickles:
        arrays = counted(len(pickles), "array")
        yield _finding(ARRAYS, f"holds pickled weights ({arrays}): older Keras runs them, 3.15.1 refuses them", RESAVE)


RESAVE = "load the model where you trust it, and save it again with model.save(), which writes model.weights.h5"


def _is_array_pickle(member: Member) -> bool:
    """Whether a member is an array of the npz weights and a pickle."""
    return member.name.startswith(f"{ARRAYS}/") and _kind_by_start(member) == PICKLE


def _foreign_kind(member: Member) -> str | None:
    """The kind of a foreign entry, None for an entry that Keras writes."""
    if member.is_encrypted:
        return ENCRYPTED
    kind = _kind_by_start(member) if member.name != ARRAYS else None
    return kind or SUFFIXES.get(posixpath.splitext(member.name.lower())[1])


def _kind_by_start(member: Member) -> str | None:
    kind = next((kind for pattern, kind in STARTS if pattern.match(member.start)), None)
    return kind or (PICKLE if is_pickle(member.start, member.size) else None)


def _finding(name: str, message: str, cure: str, kind: str = PICKLE) -> Finding:
    severity = Severity.WARNING if kind in (ARCHIVE, ENCRYPTED) else None
    return Finding(Location("", stored=name), message, cure, severity=severity)
