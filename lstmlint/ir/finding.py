"""The last noun, `Finding`: the statement of a rule, its location, and its confidence."""

from __future__ import annotations

from enum import StrEnum

from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.document import Pointer
from lstmlint.ir.shape import Unknown


class Severity(StrEnum):
    """The consequence of a finding.

    error: Keras cannot build or load the model, or numbers contradict each other. warning: the model builds and is very
    likely wrong, wasteful or dangerous. note: a fact that a reviewer wants to see.
    """

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


#: From the least to the most severe.
SEVERITIES = (Severity.NOTE, Severity.WARNING, Severity.ERROR)


class Confidence(StrEnum):
    """The confidence of a rule in a finding, apart from its severity."""

    CERTAIN = "certain"
    LIKELY = "likely"
    HEURISTIC = "heuristic"


@dataclass(frozen=True, slots=True)
class Location:
    """A location in a file: the name of a layer, a pointer into the config, and the place of a stored tensor."""

    layer: str
    pointer: Pointer = ()
    stored: str = ""


@dataclass(frozen=True, slots=True)
class Related:
    """The other location of a disagreement, with a message of its own."""

    location: Location
    message: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One statement of a rule on one location; `severity` and `confidence` are set where they differ from the rule's.

    `cause` is the reason of the finding, without names and numbers: reports show findings of a rule with one cause as
    one. Where it is empty, the words of message and help decide.
    """

    location: Location
    message: str
    help: str
    related: tuple[Related, ...] = ()
    severity: Severity | None = None
    confidence: Confidence | None = None
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Unjudged:
    """A location that a rule could not judge, because something is unknown."""

    location: Location
    because: Unknown


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A finding with its rule, complete for reports.

    `cause` is the number of its cause in the file; `is_consequence` says whether another finding of that cause explains
    it. Where reports show several findings as one, `members` are all of them, and the shown one comes first.
    """

    finding: Finding
    rule: str
    category: str
    severity: Severity
    confidence: Confidence
    cause: int | None = None
    is_consequence: bool = False
    members: tuple[Diagnostic, ...] = ()

    @property
    def singles(self) -> tuple[Diagnostic, ...]:
        """The findings behind this one: its members, or itself where it has none."""
        return self.members or (self,)


@dataclass(frozen=True, slots=True)
class Abstention:
    """A location that a rule could not judge, with the rule's name."""

    unjudged: Unjudged
    rule: str


def rule_name(module: str) -> str:
    """The name of the rule that a module declares."""
    return module.rpartition(".")[2].replace("_", "-")
