"""One cause, one finding: findings of one cause are merged into one finding.

Findings have one cause if the same rule says them

- with the same stated `cause`, or otherwise in the same words and with the same cure. Numbers, shapes, quoted values
  and names of layers and classes may differ; the other words state the problem and the cure;
- or with the same message about the same layer;

or if one finding explains the other (`explanations`). The most severe finding represents them; among equals a root
comes before its consequences, and then the first in the file. The others become its related locations. Nothing is lost,
because all are `members` of the finding. Ignores, baselines and differences judge each member on its own, and the rest
of a cause is shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator

from lstmlint.ir.dataclass import replace
from lstmlint.ir.finding import SEVERITIES, Diagnostic, Related
from lstmlint.ir.lazy_pattern import lazy_pattern
from lstmlint.ir.model import Model
from lstmlint.linting.explanations import roots

#: The values in a message: text in quotes or brackets, and a number with its noun ("2 biases").
VALUE = lazy_pattern(r"(?<!\w)'[^']*'(?!\w)|\"[^\"]*\"|\[[^][]*\]|\{[^{}]*\}|\([^()]*\)|(?<!\w)\d[\d.,]*(?: \w+)?")
WORD = lazy_pattern(r"\w+")

#: The sign in place of a value.
BLANK = "#"

#: The message of a related location whose own message is equal.
SAME = "the same"


def with_causes(model: Model, diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The findings in the order of the file, each with the number of its cause."""
    ordered = sorted(diagnostics, key=_in_file_order)
    if len(ordered) < 2:
        return ordered
    names = {word for layer in model.all_layers for word in WORD.findall(f"{layer.name} {layer.class_name}")}
    parents = list(range(len(ordered)))
    first: dict[Hashable, int] = {}
    for index, diagnostic in enumerate(ordered):
        for key in _keys(diagnostic, names):
            _join(parents, index, first.setdefault(key, index))
    consequences = set()
    for index, root in roots(model, ordered):
        _join(parents, index, root)
        consequences.add(index)
    return [
        replace(diagnostic, cause=_root(parents, index), is_consequence=index in consequences)
        for index, diagnostic in enumerate(ordered)
    ]


def merged(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The findings, with findings of one cause merged into one, in the order of the file.

    Merged findings are taken apart first, so the rest of a report can be merged again after findings are left out.
    """
    causes: defaultdict[int, list[Diagnostic]] = defaultdict(list)
    alone = []
    for diagnostic in singles(diagnostics):
        if diagnostic.cause is None:
            alone.append(diagnostic)
        else:
            causes[diagnostic.cause].append(diagnostic)
    return tuple(sorted([*alone, *map(_as_one, causes.values())], key=_in_file_order))


def singles(diagnostics: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Every single finding."""
    return (single for diagnostic in diagnostics for single in diagnostic.singles)


def _keys(diagnostic: Diagnostic, names: set[str]) -> Iterator[Hashable]:
    """The keys of a finding, of which findings of one cause share one."""
    finding = diagnostic.finding
    yield diagnostic.rule, words(finding.cause or f"{finding.message}; {finding.help}", names)
    yield diagnostic.rule, finding.location.layer, finding.message


def words(message: str, names: set[str]) -> str:
    """A message without the parts that differ between layers.

    Args:
        message: the message of a rule.
        names: the words in the names of the model's layers and of their classes.
    """
    blank, left = VALUE.sub(BLANK, message), ""
    while blank != left:  # brackets in brackets
        blank, left = VALUE.sub(BLANK, blank), blank
    return WORD.sub(lambda match: BLANK if match[0] in names else match[0], blank)


def _as_one(members: list[Diagnostic]) -> Diagnostic:
    """One finding for all findings of a cause."""
    if len(members) == 1:
        return members[0]
    ordered = sorted(members, key=_speaks_first)
    speaker, said = ordered[0], {_said(ordered[0])}
    others = []
    for other in ordered[1:]:
        if _said(other) not in said:
            said.add(_said(other))
            others.append(other)
    finding = replace(
        speaker.finding,
        message=speaker.finding.message + _more(speaker, others),
        related=(*speaker.finding.related, *(_related(speaker, other) for other in others)),
    )
    return replace(speaker, finding=finding, members=tuple(ordered))


def _more(speaker: Diagnostic, others: list[Diagnostic]) -> str:
    """The number of further layers and rules, in brackets; empty where there are none."""
    own = speaker.finding.location.layer
    layers = {other.finding.location.layer for other in others} - {own}
    rules = {other.rule for other in others} - {speaker.rule}
    alike = sum(other.rule == speaker.rule for other in others)
    counts = [(len(layers), "more layer"), (0 if layers else alike, "more like it"), (len(rules), "more rule")]
    texts = [f"{number} {noun}{'s' if noun[-1] in 'er' and number > 1 else ''}" for number, noun in counts if number]
    return f" (and {' and '.join(texts)})" if texts else ""


def _related(speaker: Diagnostic, other: Diagnostic) -> Related:
    message = other.finding.message
    if other.rule != speaker.rule:
        message = f"{other.rule}: {message}"
    return Related(other.finding.location, SAME if message == speaker.finding.message else message)


def _said(diagnostic: Diagnostic) -> Hashable:
    """The values that are equal in duplicates of a finding."""
    return diagnostic.rule, diagnostic.finding.location, diagnostic.finding.message


def _speaks_first(diagnostic: Diagnostic) -> tuple[int, bool]:
    return -SEVERITIES.index(diagnostic.severity), diagnostic.is_consequence


def _join(parents: list[int], one: int, other: int) -> None:
    parents[_root(parents, one)] = _root(parents, other)


def _root(parents: list[int], index: int) -> int:
    while parents[index] != index:
        parents[index] = parents[parents[index]]
        index = parents[index]
    return index


def _in_file_order(diagnostic: Diagnostic) -> tuple[list[tuple[int, int, str]], str, str]:
    location = diagnostic.finding.location
    steps = [(0, step, "") if isinstance(step, int) else (1, 0, step) for step in location.pointer]
    return steps, location.layer, diagnostic.rule
