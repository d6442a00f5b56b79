"""The last noun: what a rule says, where, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lstmlint.ir.document import Pointer
from lstmlint.ir.shape import Unknown


class Severity(StrEnum):
    """A consequence. error: Keras cannot build or load this, or its numbers contradict each other; warning: it
    builds and is very likely wrong, wasteful or dangerous; note: a fact that a reviewer wants to see."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


#: From the least to the most grave.
SEVERITIES = (Severity.NOTE, Severity.WARNING, Severity.ERROR)


class Confidence(StrEnum):
    """How sure a finding is, apart from how bad it would be."""

    CERTAIN = "certain"
    LIKELY = "likely"
    HEURISTIC = "heuristic"


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a file: `layer` as a reader names it, `pointer` into the config, `container_place` of a tensor."""

    layer: str
    pointer: Pointer = ()
    stored: str = ""


@dataclass(frozen=True, slots=True)
class Related:
    """The other end of a disagreement, with a few words on it."""

    location: Location
    message: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a rule says of one place; `severity` and `confidence` only where they differ from the rule's.

    `cause` is why the rule speaks, apart from names and numbers: findings of a rule with one cause are told as one.
    Where it is empty the words of the message and of the help tell the cause.
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
    """A rule could not judge a place, because something is unknown."""

    location: Location
    because: Unknown


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A finding with the rule that says it, complete for reporting.

    `cause` is the number of its cause in the file, and `is_consequence` whether another finding of that cause explains
    it. Where several findings of one cause are told as one, `members` are all of them, the one that speaks first.
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
        """The findings that are told as this one: its members, or itself where it is alone."""
        return self.members or (self,)


@dataclass(frozen=True, slots=True)
class Abstention:
    """A place that a rule could not judge, with the rule's name."""

    unjudged: Unjudged
    rule: str


def rule_name(module: str) -> str:
    """The name of the rule that a module declares."""
    return module.rpartition(".")[2].replace("_", "-")
