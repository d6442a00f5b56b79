"""The exploitability of models through the published advisories on Keras, as CycloneDX vulnerabilities (VEX).

A model without the signature of an advisory does not reach the code that is at fault, in any Keras. Where a model has
it, the versions of Keras are affected, fixed, or not named by the advisory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Any

from lstmlint.keras.advisories import Advisory, advisories
from lstmlint.linting.analysis import Analysis
from lstmlint.linting.causes import singles
from lstmlint.output.bills.entry import Entry

KERAS = "pkg:pypi/keras"

#: The package that the advisories are about, in every version.
KERAS_COMPONENT = {
    "type": "framework", "bom-ref": KERAS, "name": "keras", "purl": KERAS, "isExternal": True,
    "versionRange": "vers:pypi/*",
}  # fmt: skip


class Exposure(StrEnum):
    """The relation of a model to an advisory."""

    SHOWN = "shown"
    ABSENT = "absent"
    UNDECIDED = "undecided"


def exposure(analysis: Analysis, advisory: Advisory) -> Exposure:
    """Whether a model shows the signature of an advisory.

    It is undecided where the rule abstains, and where the rule reports something for which it names other advisories.
    """
    findings = [one.finding for one in singles(analysis.diagnostics) if one.rule == advisory.rule]
    if any(f"({advisory.id})" in (finding.help or "") for finding in findings):
        return Exposure.SHOWN
    is_unjudged = any(one.rule == advisory.rule for one in analysis.abstentions)
    return Exposure.UNDECIDED if findings or is_unjudged else Exposure.ABSENT


def vulnerabilities(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """The statements on each advisory for the models of a bill; equal statements on several models are one."""
    return [statement for advisory in advisories().values() for statement in _statements(advisory, entries)]


def _statements(advisory: Advisory, entries: Sequence[Entry]) -> Iterator[dict[str, Any]]:
    models: dict[Exposure, list[dict[str, Any]]] = {}
    for entry in entries:
        if entry.analysis is not None:
            models.setdefault(exposure(entry.analysis, advisory), []).append({"ref": entry.reference})
    if shown := models.get(Exposure.SHOWN):
        detail = f"the model has the signature, {advisory.signature}, and Keras {advisory.versions} is affected"
        affected = [*shown, _keras("affected", affected_ranges(advisory))]
        yield _statement(advisory, "exploitable", detail, affected, response=["update"])
        detail = f"Keras is fixed; affected is {advisory.versions}"
        yield _statement(advisory, "resolved", detail, [_keras("unaffected", fixed_ranges(advisory))])
        if unnamed := unnamed_ranges(advisory):
            detail = (
                "the advisory does not name these versions of Keras, which may run what the model holds all the same"
            )
            yield _statement(advisory, "in_triage", detail, [_keras("unknown", unnamed)])
    if undecided := models.get(Exposure.UNDECIDED):
        detail = f"the rule {advisory.rule} could not tell whether the model has the signature: {advisory.signature}"
        yield _statement(advisory, "in_triage", detail, undecided)
    if absent := models.get(Exposure.ABSENT):
        detail = f"in every Keras: the rule {advisory.rule} finds no signature in the model: {advisory.signature}"
        yield _statement(advisory, "not_affected", detail, absent, justification="code_not_reachable")


def affected_ranges(advisory: Advisory) -> list[str]:
    """The affected versions, in the notation `vers`."""
    return ["|".join((*([f">={first}"] if first else []), f"<{fixed}")) for first, fixed in advisory.affected]


def fixed_ranges(advisory: Advisory) -> list[str]:
    """The versions after each affected range, up to the next one."""
    nexts = [first for first, _ in advisory.affected[1:]]
    return [
        f">={fixed}" + (f"|<{nexts[at]}" if at < len(nexts) else "") for at, (_, fixed) in enumerate(advisory.affected)
    ]


def unnamed_ranges(advisory: Advisory) -> list[str]:
    """The versions before the first affected one, where the advisory names it."""
    first = advisory.affected[0][0]
    return [f"<{first}"] if first else []


def _keras(status: str, ranges: Sequence[str]) -> dict[str, Any]:
    return {"ref": KERAS, "versions": [{"range": f"vers:pypi/{one}", "status": status} for one in ranges]}


def _statement(
    advisory: Advisory, state: str, detail: str, affects: Sequence[dict[str, Any]], **analysis: Any
) -> dict[str, Any]:
    return {
        "bom-ref": f"{advisory.id}:{state}:{affects[0]['ref']}",
        "id": advisory.id,
        "source": _source(advisory.id),
        "description": advisory.what,
        "analysis": {"state": state, **analysis, "detail": detail},
        "affects": list(affects),
    }


def _source(identifier: str) -> dict[str, str]:
    if identifier.startswith("GHSA-"):
        return {"name": "GitHub Advisories", "url": f"https://github.com/advisories/{identifier}"}
    return {"name": "NVD", "url": f"https://nvd.nist.gov/vuln/detail/{identifier}"}
