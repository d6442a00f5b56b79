"""The result of a repair of a model."""

from __future__ import annotations

from typing import Any

from lstmlint.fixing.fix import Fixed
from lstmlint.fixing.repairs.repair import Edit, Left, Repair
from lstmlint.fixing.writers.certify import NO_CERTIFICATE, Certificate
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.shown import Printed
from lstmlint.output.text.fix import diff

VERSION = 1


@dataclass(frozen=True, slots=True)
class Fix(Printed):
    """The repairs of a model and the faults that are left; `str` is the text of `lstmlint fix`.

    `output` is the new file, empty where none was written. `left_out` says what that file lacks of the old one, and
    `certificate` how its recurrent layers compare with those of the old one. `refused` is what today's Keras still
    stops at in the new file.
    """

    path: str
    fixed: Fixed
    output: str = ""
    left_out: tuple[str, ...] = ()
    certificate: Certificate = NO_CERTIFICATE
    refused: tuple[Left, ...] = ()

    def __repr__(self) -> str:
        numbers = f"changes={len(self.changes)} held_back={len(self.held_back)} left={len(self.left)}"
        return f"<Fix path={self.path!r} output={self.output!r} {numbers}>"

    @property
    def changes(self) -> tuple[Edit, ...]:
        """The changes of the config, with the values before and after, and of weights."""
        return self.fixed.changes

    @property
    def held_back(self) -> tuple[Repair, ...]:
        """The repairs that were not made, because they change how the model trains further."""
        return self.fixed.held_back

    @property
    def left(self) -> tuple[Left, ...]:
        """The faults that cannot be repaired mechanically, and those that the user must decide."""
        return (*self.fixed.left, *self.refused)

    @property
    def is_unchanged(self) -> bool:
        """Whether there was nothing to repair."""
        return self.fixed.is_unchanged

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as `lstmlint fix --format json` prints it (`lstmlint schema fix`)."""
        return {
            "version": VERSION,
            "path": self.path,
            "output": self.output or None,
            "changes": [_change(one) for one in self.changes],
            "held_back": [
                {"repair": one.name, "summary": one.summary, "difference": one.difference} for one in self.held_back
            ],
            "left": [
                {"repair": one.repair, "layer": one.layer, "message": one.message, "pointer": _pointer(one)}
                for one in self.left
            ],
            "left_out": list(self.left_out),
            "certificate": {
                "comparisons": [
                    {
                        "layer": one.layer,
                        "before": one.before,
                        "after": one.after,
                        "is_same": one.is_same,
                        "difference": one.difference,
                        "reason": one.reason or None,
                    }
                    for one in self.certificate.comparisons
                ],
                "reason": self.certificate.reason or None,
            },
            "diff": list(diff(self.fixed)),
        }


def _change(one: Edit) -> dict[str, Any]:
    return {
        "repair": one.repair,
        "layer": one.layer,
        "message": one.message,
        "pointer": _pointer(one),
        "before": one.before,
        "after": one.after,
    }


def _pointer(one: Edit | Left) -> list[str | int] | None:
    return None if one.pointer is None else list(one.pointer)
