"""The outcomes of loading a file in several versions of Keras."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.shown import Printed
from lstmlint.output.text.loads import as_data, to_object
from lstmlint.portability.verdict import Outcome, Verdict


@dataclass(frozen=True, slots=True)
class Loads(Printed):
    """The verdicts on a file for some versions of Keras; `str` is the output of `lstmlint loads`."""

    path: str
    verdicts: tuple[Verdict, ...]

    def __repr__(self) -> str:
        outcomes = [verdict.outcome for verdict in self.verdicts]
        numbers = ", ".join(f"{outcome}: {outcomes.count(outcome)}" for outcome in Outcome if outcome in outcomes)
        return f"<Loads path={self.path!r} {numbers}>"

    @property
    def outcomes(self) -> Mapping[str, Outcome]:
        """Name of the Keras or runtime -> outcome, from old to new."""
        return {verdict.target.name: verdict.outcome for verdict in self.verdicts}

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as `lstmlint loads --format json` prints it for one file (`lstmlint schema loads`)."""
        return to_object([as_data(self.path, self.verdicts)])
