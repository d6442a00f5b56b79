"""A baseline: the findings that are known today, so that a later check reports only new findings.

A baseline recognises a finding by its file, its rule, its layer and its condition. The condition is the key that the
finding points at, and the numbers of its message. It holds no lines and no positions in lists, so an inserted layer or
a formatted file changes nothing, while a layer that has grown gives a new finding.

Reports show findings of one cause as one, but a baseline has an entry for every member. Older baselines, from before
findings were merged, therefore silence the same findings. A finding is known if all of its members are known; a report
shows only the new members of a finding.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator

from lstmlint.ir.dataclass import dataclass, field, replace
from lstmlint.ir.finding import Diagnostic
from lstmlint.ir.lazy_pattern import lazy_pattern
from lstmlint.ir.paths import relative
from lstmlint.linting.causes import merged, singles
from lstmlint.linting.report import FileReport, Known, Status

VERSION = 1

NUMBERS = lazy_pattern(r"\d[\d,]*(?:\.\d+)?")


class BaselineError(Exception):
    """A baseline cannot be read; the message names the file and says what to do."""


def condition(diagnostic: Diagnostic) -> str:
    """The condition of a finding: the key that it points at, and the numbers of its message in their order.

    Args:
        diagnostic: a single finding, not one that stands for several.
    """
    keys = [step for step in diagnostic.finding.location.pointer if isinstance(step, str)]
    numbers = (number.replace(",", "") for number in NUMBERS.findall(diagnostic.finding.message))
    return " ".join([*keys[-1:], *numbers])


def text_of(reports: Iterable[FileReport], folder: str) -> str:
    """The text of a baseline of all findings in reports, with paths relative to the folder of the baseline."""
    findings = [known for report in reports for known in _known(report, folder)]
    from dataclasses import asdict

    content = {"version": VERSION, "findings": [asdict(known) for known in sorted(findings, key=_order)]}
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def read(path: str) -> Counter[Known]:
    """The known findings of a baseline, each with its number of entries.

    Raises:
        BaselineError: the file cannot be read or is no baseline.
    """
    try:
        with open(path, encoding="utf-8") as file:
            content = json.load(file)
        if content["version"] != VERSION:
            raise BaselineError(f"{path}: is a baseline of version {content['version']}; write it again")
        return Counter(Known(**finding) for finding in content["findings"])
    except OSError as error:
        raise BaselineError(f"{path}: cannot be read: {error.strerror}; 'lstmlint baseline' writes one") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BaselineError(f"{path}: is no baseline; 'lstmlint baseline' writes one") from None


@dataclass(slots=True)
class Comparison:
    """Reports that pass a baseline one by one: the entries that are left of it, and the paths of the models met."""

    folder: str
    left: Counter[Known]
    met: set[str] = field(default_factory=set)

    def parted(self, report: FileReport) -> tuple[FileReport, int]:
        """A report without the findings that the baseline knows, and the number of these."""
        shown, silenced = _parted(report, self.left, self.folder)
        return shown, len(silenced)

    def meet(self, report: FileReport) -> None:
        """Remember that a file was checked, also one that has another baseline."""
        if report.status is Status.OK:
            self.met.add(relative(report.path, self.folder))

    def gone(self) -> Iterator[Known]:
        """The entries that are left, of files that were checked, and of files that no longer exist."""
        return (known for known in self.left.elements() if known.path in self.met or not _exists(known, self.folder))


def comparisons(paths: Iterable[str]) -> dict[str, Comparison]:
    """A comparison for each baseline by its path; an empty path is none.

    Raises:
        BaselineError: a baseline cannot be read.
    """
    return {path: Comparison(os.path.dirname(path), read(path)) for path in dict.fromkeys(filter(None, paths))}


def all_gone(compared: Iterable[Comparison]) -> tuple[Known, ...]:
    """The known findings that no longer occur, of all baselines, in their order."""
    return tuple(sorted((known for one in compared for known in one.gone()), key=_order))


def _exists(known: Known, folder: str) -> bool:
    return os.path.exists(os.path.join(folder, known.path))


def _parted(report: FileReport, left: Counter[Known], folder: str) -> tuple[FileReport, tuple[Diagnostic, ...]]:
    """A report without its known findings, and the known findings; each uses up one entry left in the baseline."""
    new: list[Diagnostic] = []
    old: list[Diagnostic] = []
    for diagnostic, known in zip(singles(report.diagnostics), _known(report, folder), strict=True):
        if left[known]:
            left[known] -= 1
            old.append(diagnostic)
        else:
            new.append(diagnostic)
    return replace(report, diagnostics=merged(new)), merged(old)


def _known(report: FileReport, folder: str) -> Iterator[Known]:
    path = relative(report.path, folder)
    for diagnostic in singles(report.diagnostics):
        yield Known(path, diagnostic.rule, diagnostic.finding.location.layer, condition(diagnostic))


def _order(known: Known) -> tuple[str, str, str, str]:
    return known.path, known.layer, known.rule, known.condition
