"""An archive carries a program, a pickle or something that cannot be looked at beside the model.

## Why it matters

Keras writes a config, metadata, weights and the assets of lookup layers. A program or a pickle among them is not needed
to load the model: it waits for a script that unpacks the archive, or hides from scanners that only read the config.
Weights in an `.npz` are pickles, too, as Keras writes them: NumPy runs what is in them unless it is told not to, and
Keras 3.15.1 does not load them (keras PR #23034). What is encrypted cannot be judged by anybody without the password.

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

Entries are told by their first 512 bytes and by the end of their name; of an archive with more than a thousand foreign
entries only the first thousand are opened. A pickle is never loaded.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from lstmlint.ir.document import Member
from lstmlint.ir.finding import Finding, Location, Severity
from lstmlint.ir.model import Model
from lstmlint.ir.words import counted
from lstmlint.linting.rule import Judgement, NoOptions, rule

PICKLE = "is a Python pickle, and whoever loads it runs what is in it"
PROGRAM = "is a program"
SCRIPT = "is a script"
ARCHIVE = "is an archive in the archive, which nobody looked into"

#: How content begins -> what it is.
STARTS = (
    (re.compile(rb"\x80[\x02-\x05]", re.DOTALL), PICKLE),
    (re.compile(rb"\x93NUMPY.{2,6}\{[^}]*'descr': '\|?O", re.DOTALL), PICKLE),
    (re.compile(rb"\x7fELF|MZ[^\n]{0,60}\x00"), PROGRAM),
    (re.compile(rb"\xfe\xed\xfa[\xce\xcf]|[\xce\xcf]\xfa\xed\xfe|\xca\xfe\xba\xbe"), PROGRAM),
    (re.compile(rb"#!\s*/"), SCRIPT),
    (re.compile(rb"PK(?:\x03\x04|\x05\x06)|\x1f\x8b|BZh[1-9]|\xfd7zXZ\x00|7z\xbc\xaf|Rar!"), ARCHIVE),
    (re.compile(rb".{257}ustar", re.DOTALL), ARCHIVE),
)
#: How a name ends -> what it is.
SUFFIXES = {
    **dict.fromkeys((".pkl", ".pickle", ".joblib", ".dill", ".pt", ".pth"), PICKLE),
    **dict.fromkeys((".so", ".dll", ".dylib", ".exe", ".pyd", ".pyc", ".jar", ".class"), PROGRAM),
    **dict.fromkeys((".py", ".pyw", ".sh", ".bash", ".bat", ".cmd", ".ps1", ".vbs", ".js"), SCRIPT),
    **dict.fromkeys((".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".7z", ".whl", ".egg"), ARCHIVE),
}
#: Weights that are an archive of arrays themselves.
ARRAYS = "model.weights.npz"

ENCRYPTED = "is encrypted, so nobody can tell what it is"


@rule(Severity.ERROR)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    pickles = [member.name for member in model.document.evidence.members if _is_array_pickle(member)]
    for member in model.document.evidence.members:
        said = None if member.name in pickles else _said_of(member)
        if said:
            yield _finding(member.name, said, "delete it from the archive, or do not unpack this file", said)
    if pickles:
        arrays = counted(len(pickles), "array")
        yield _finding(ARRAYS, f"holds pickled weights ({arrays}): older Keras runs them, 3.15.1 refuses them", RESAVE)


RESAVE = "load the model where you trust it, and save it again with model.save(), which writes model.weights.h5"


def _is_array_pickle(member: Member) -> bool:
    """Whether an array in weights in npz is a pickle."""
    return member.name.startswith(f"{ARRAYS}/") and _told_by_start(member) == PICKLE


def _said_of(member: Member) -> str | None:
    """What a foreign entry is, if it is none that a model has."""
    if member.is_encrypted:
        return ENCRYPTED
    told = _told_by_start(member) if member.name != ARRAYS else None
    return told or SUFFIXES.get(posixpath.splitext(member.name.lower())[1])


def _told_by_start(member: Member) -> str | None:
    return next((said for pattern, said in STARTS if pattern.match(member.start)), None)


def _finding(name: str, message: str, cure: str, said: str = PICKLE) -> Finding:
    severity = Severity.WARNING if said in (ARCHIVE, ENCRYPTED) else None
    return Finding(Location("", stored=name), message, cure, severity=severity)
