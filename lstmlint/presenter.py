"""The text, the plain data and the HTML of each result, for `lstmlint.ir.shown`."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from lstmlint.ir.model import Model
from lstmlint.linting.analysis import Analysis
from lstmlint.linting.catalogue import Rules
from lstmlint.linting.catalogue import text as rules_text
from lstmlint.linting.report import Run, run_on
from lstmlint.output.changes.json_object import to_object as diff_object
from lstmlint.output.changes.text import render as diff_text
from lstmlint.output.fleet.text import text as fleet_text
from lstmlint.output.formats.json_report import to_object as check_object
from lstmlint.output.formats.reporter import Style
from lstmlint.output.formats.text import TEXT
from lstmlint.output.results.audit import Audit
from lstmlint.output.results.bill import Bill
from lstmlint.output.results.breaking import Breaking
from lstmlint.output.results.explanation import Explanation
from lstmlint.output.results.fleet import Fleet
from lstmlint.output.results.loads import Loads
from lstmlint.output.results.origin import Origin
from lstmlint.output.results.repair import Fix
from lstmlint.output.results.summary import Summary
from lstmlint.output.text.audit import text as audit_text
from lstmlint.output.text.breaking import text as breaking_text
from lstmlint.output.text.explain import text as explain_text
from lstmlint.output.text.fix import diff as fix_diff
from lstmlint.output.text.fix import lines as fix_lines
from lstmlint.output.text.loads import text as loads_text
from lstmlint.output.text.origin import text as origin_text
from lstmlint.output.text.summary import text as summary_text
from lstmlint.output.text.summary import to_object as summary_object
from lstmlint.pipeline import report_on
from lstmlint.review.change import Diff
from lstmlint.running.json_text import json_text


def html(thing: object) -> str | None:
    """The HTML of an object, None for an object whose text says more."""
    from lstmlint.notebook import shown

    return shown(thing)


@singledispatch
def data(thing: object) -> dict[str, Any]:
    """A result as plain data, for types whose own wing does not know the format.

    Raises:
        TypeError: the type has no plain data.
    """
    raise TypeError(f"{type(thing).__name__} has no plain data")


@data.register
def _model_data(model: Model) -> dict[str, Any]:
    return summary_object(model.document.given_path, model)


@data.register
def _analysis_data(analysis: Analysis) -> dict[str, Any]:
    return check_object(_run(analysis))


@data.register
def _diff_data(diff: Diff) -> dict[str, Any]:
    return diff_object(diff)


@singledispatch
def text(thing: object) -> str:
    """A result as its command prints it, without the last line break."""
    return repr(thing)


@text.register
def _model_text(model: Model) -> str:
    return summary_text(model, expand_nested=False).rstrip("\n")


@text.register
def _summary_text(summary: Summary) -> str:
    return _model_text(summary.model)


@text.register
def _analysis_text(analysis: Analysis) -> str:
    return TEXT.render(_run(analysis), Style()).rstrip("\n")


@text.register
def _explanation_text(explanation: Explanation) -> str:
    return explain_text(explanation.layers, explanation.targets).rstrip("\n")


@text.register
def _loads_text(loads: Loads) -> str:
    return loads_text(loads.path, loads.verdicts).rstrip("\n")


@text.register
def _audit_text(audit: Audit) -> str:
    return audit_text(audit).rstrip("\n")


@text.register
def _fleet_text(fleet: Fleet) -> str:
    return fleet_text(fleet).rstrip("\n")


@text.register
def _bill_text(bill: Bill) -> str:
    return json_text(bill.to_dict()).rstrip("\n")


@text.register
def _fix_text(fix: Fix) -> str:
    if not fix.output:
        return "\n".join((*fix_lines(fix.fixed, (), fix.refused), *fix_diff(fix.fixed)))
    written = f"{fix.output}: written"
    return "\n".join((written, *fix_lines(fix.fixed, fix.left_out, fix.refused), *fix.certificate.lines()))


@text.register
def _diff_text(diff: Diff) -> str:
    return diff_text(diff, 0).rstrip("\n")


@text.register
def _origin_text(origin: Origin) -> str:
    return origin_text(origin).rstrip("\n")


@text.register
def _breaking_text(breaking: Breaking) -> str:
    return breaking_text(breaking.files, breaking.against).rstrip("\n")


@text.register
def _rules_text(rules: Rules) -> str:
    return rules_text(rules.rules).rstrip("\n")


def _run(analysis: Analysis) -> Run:
    """An analysis as the run of a check of one file."""
    report = report_on(analysis, analysis.document.given_path)
    return run_on([report])
