"""The subjects of a bill: models with the files that hold them."""

from __future__ import annotations

from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.model import Model
from lstmlint.linting.analysis import Analysis
from lstmlint.portability.verdict import Verdict


@dataclass(frozen=True, slots=True)
class HashedFile:
    """A file by its path, with the SHA-256 of its bytes in hexadecimal digits."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A model for a bill: its file, the other files that belong to it, its verdicts, and its analysis.

    `analysis` is that of the rules on security; `None` where no statement of exploitability is asked for.
    """

    file: HashedFile
    model: Model
    verdicts: tuple[Verdict, ...]
    others: tuple[HashedFile, ...] = ()
    analysis: Analysis | None = None

    @property
    def reference(self) -> str:
        """The identifier of the model within a bill: equal bytes have equal ones."""
        others = [one.sha256 for one in self.others]
        both = (self.file.sha256, *(others if len(others) < 2 else [hashed("\n".join(others))]))
        return "+".join(f"sha256:{one}" for one in both)


def hashed(text: str) -> str:
    """The SHA-256 of a text."""
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest()
