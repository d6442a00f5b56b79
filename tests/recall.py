"""Print how many of the faults beside the checkout are found, each by which rule: `python -m tests.recall`.

The faults are planted one at a time, and `index.tsv` beside the files says which of them an expert can know from the
file alone. A fault is found by a rule that a reader judged to name it (`tests/data/planted.tsv`); in a folder without
such judgements, by any rule. Healthy files should have no finding by default. `--all` prints every file, with all
findings of the pedantic profile; a folder as argument is measured instead of the planted faults.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from lstmlint.linting.causes import singles
from lstmlint.linting.rule import Persona, rules
from lstmlint.pipeline import analyze
from lstmlint.settings.settings import Settings
from tests.support.truth import CASES, ROOT

PLANTED = CASES / "planted"

#: For each file the rules that name its fault, in the judgement of a reader.
JUDGED = ROOT / "tests" / "data" / "planted.tsv"


class Knowable(StrEnum):
    """Whether an expert can know the fault from the file alone, in the words of the index."""

    YES = "yes"
    WEAKLY = "weak"
    NO = "no"
    NOT_SAID = "?"
    HEALTHY = "-"
    CONTROL = "-ok"


HEALTHY = (Knowable.HEALTHY, Knowable.CONTROL)


@dataclass(frozen=True, slots=True)
class Planted:
    """A file with its fault, the rules that fire on it by default and for the pedantic, and those that name its fault.

    `naming` is `None` where no reader has judged the file.
    """

    file: str
    knowable: Knowable
    fault: str
    by_default: tuple[str, ...]
    by_pedantic: tuple[str, ...]
    naming: frozenset[str] | None

    def found(self, fired: Sequence[str]) -> list[str]:
        """The rules among those that fired which name the fault."""
        return [rule for rule in fired if self.naming is None or rule in self.naming]


def judged() -> Mapping[str, frozenset[str]]:
    """The rules that name the fault of each judged file."""
    with JUDGED.open(encoding="utf-8") as lines:
        rows = csv.reader((line for line in lines if not line.startswith("#")), delimiter="\t")
        return {file: frozenset(named.split()) for file, named in rows}


@cache
def planted(folder: Path = PLANTED) -> tuple[Planted, ...]:
    """Every file of a folder with an index."""
    judgements = judged() if folder == PLANTED else {}
    with (folder / "index.tsv").open(encoding="utf-8") as lines:
        rows = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")
        return tuple(
            Planted(
                row["file"],
                Knowable(row["knowable"]),
                row["kind"] or "",
                *_fired(folder / row["file"]),
                judgements.get(row["file"], frozenset()) if judgements else None,
            )
            for row in rows
        )


def _fired(path: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    analysis = analyze(str(path), settings=Settings(persona=Persona.PEDANTIC))
    fired = tuple(dict.fromkeys(diagnostic.rule for diagnostic in singles(analysis.diagnostics)))
    return tuple(rule for rule in fired if rules()[rule].persona is Persona.REGULAR), fired


def shares(files: Sequence[Planted]) -> tuple[float, float]:
    """The shares of the knowable faults that are found by default and by the pedantic profile."""
    knowable = [file for file in files if file.knowable is Knowable.YES]
    number = max(1, len(knowable))
    by_default = sum(bool(file.found(file.by_default)) for file in knowable)
    return by_default / number, sum(bool(file.found(file.by_pedantic)) for file in knowable) / number


def lines(files: Sequence[Planted], *, is_whole: bool) -> Iterator[str]:
    """A line for each file that matters, and the shares."""
    for file in files:
        by_default, by_pedantic = file.found(file.by_default), file.found(file.by_pedantic)
        state = "found" if by_default else "found by the pedantic" if by_pedantic else "MISSED"
        if file.knowable in HEALTHY:
            state = "FALSE ALARM" if file.by_default else "silent"
        named = ", ".join(by_default or by_pedantic)
        if is_whole or file.knowable in (Knowable.YES, *HEALTHY):
            others = f" (all: {', '.join(file.by_pedantic)})" if is_whole else ""
            yield f"{file.knowable:4} {file.file}: {file.fault or 'not said'}: {state} {named}{others}".rstrip()
    by_default_share, by_all_share = shares(files)
    knowable = [file for file in files if file.knowable is Knowable.YES]
    healthy = [file for file in files if file.knowable in HEALTHY]
    yield f"{len(knowable)} knowable faults: {by_default_share:.0%} found by default, {by_all_share:.0%} by all rules"
    yield f"{sum(not file.by_default for file in healthy)} of {len(healthy)} healthy files are silent"


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=PLANTED)
    parser.add_argument("--all", action="store_true", dest="is_whole")
    options = parser.parse_args(arguments)
    sys.stdout.writelines(f"{line}\n" for line in lines(planted(options.folder), is_whole=options.is_whole))


if __name__ == "__main__":
    main(sys.argv[1:])
