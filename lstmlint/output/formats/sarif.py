"""The format for code scanning: SARIF 2.1.0 (OASIS standard), with the members that GitHub needs besides.

Files are named from the current folder, which is `%SRCROOT%`. A place in a container without lines is a logical
location, and physically the file's first line, because GitHub shows no result without a line.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lstmlint.ir.addresses import is_address
from lstmlint.ir.finding import Confidence, Diagnostic, Location, Severity
from lstmlint.ir.lazy_pattern import lazy_pattern
from lstmlint.ir.paths import from_folder
from lstmlint.linting.report import FileReport, Run
from lstmlint.linting.rule import Rule, rules
from lstmlint.output.formats.parts import (
    FIRST_LINE,
    UNREADABLE,
    file_of,
    fingerprints,
    headline,
    inside,
    position_of,
    titled,
    unreadable,
)
from lstmlint.output.formats.reporter import Reporter, Style
from lstmlint.output.formats.text import remarks
from lstmlint.running.json_text import json_text
from lstmlint.running.terminal import fit

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT = "%SRCROOT%"

#: Ranks for GitHub: the precision of a rule, the severity of a problem, and for security a score of CVSS.
PRECISIONS = {Confidence.CERTAIN: "very-high", Confidence.LIKELY: "high", Confidence.HEURISTIC: "medium"}
PROBLEMS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "recommendation"}
SCORES = {Severity.ERROR: "8.0", Severity.WARNING: "5.0", Severity.NOTE: "2.0"}
SECURITY = "security"

#: The longest description that GitHub takes, in characters.
LONGEST = 1024

#: Notifications besides findings, in the order of the descriptors.
NOTIFICATIONS = {
    UNREADABLE: "A path cannot be read.",
    "unjudged": "Rules cannot judge a place, because something is unknown.",
    "remark": "The baseline or an ignore holds an entry without a finding.",
}

#: Texts that viewers would take for a link, or for the placeholder of an argument.
LIVE = lazy_pattern(r"](?=\()|\{(?=\d+\})")


def render(run: Run, style: Style) -> str:
    from lstmlint.running.version import __version__

    listed = rules()
    numbers = {name: number for number, name in enumerate(listed)}
    driver = {
        "name": "lstmlint",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": list(map(_descriptor, listed.values())),
        "notifications": [_described(name, what, what, what) for name, what in NOTIFICATIONS.items()],
    }
    content = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": {"text": "The folder in which lstmlint was started."}}},
        "invocations": [_invocation(run)],
        "results": [result for report in run.reports for result in _results(report, numbers)],
    }
    return json_text({"$schema": SCHEMA, "version": "2.1.0", "runs": [content]}, is_ascii=True)


def _descriptor(rule: Rule) -> dict[str, Any]:
    _, _, reason = rule.page.partition("\n## Why it matters\n")
    reason = " ".join(reason.partition("\n## ")[0].split())
    properties = {
        "category": rule.category,
        "tags": ["keras", rule.category],
        "precision": PRECISIONS[rule.confidence],
        "problem.severity": PROBLEMS[rule.severity],
    }
    if rule.category == SECURITY:
        properties["security-severity"] = SCORES[rule.severity]
    return {
        **_described(rule.name, rule.summary, f"{rule.summary} {reason}".strip(), rule.page),
        "name": "".join(map(str.capitalize, rule.name.split("-"))),
        "defaultConfiguration": {"level": str(rule.severity)},
        "properties": properties,
    }


def _described(name: str, short: str, full: str, page: str) -> dict[str, Any]:
    return {
        "id": name,
        "shortDescription": {"text": short[:LONGEST]},
        "fullDescription": {"text": full[:LONGEST]},
        "help": {"text": page, "markdown": page},
    }


def _results(report: FileReport, numbers: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    for diagnostic, known in fingerprints(report):
        finding = diagnostic.finding
        result = {
            "ruleId": diagnostic.rule,
            "ruleIndex": numbers[diagnostic.rule],
            "level": str(diagnostic.severity),
            "message": {"text": "\n".join(_lines(diagnostic))},
            "locations": [_location(report, finding.location)],
            # GitHub reads only the second fingerprint.
            "partialFingerprints": {"lstmlint/v1": known, "primaryLocationLineHash": f"{known}:1"},
            "properties": {"category": diagnostic.category, "confidence": str(diagnostic.confidence)},
        }
        if finding.related:
            result["relatedLocations"] = [
                {"id": number, **_location(report, other.location), "message": {"text": _fit(other.message)}}
                for number, other in enumerate(finding.related, start=1)
            ]
        yield result


def _lines(diagnostic: Diagnostic) -> Iterator[str]:
    """The text of a result; GitHub shows only the related locations to which a link leads."""
    yield _fit(headline(diagnostic))
    for number, other in enumerate(diagnostic.finding.related, start=1):
        yield f"[see]({number}): {_fit(titled(other.location, other.message))}"
    yield f"help: {_fit(diagnostic.finding.help)}"


def _location(report: FileReport, location: Location) -> dict[str, Any]:
    at = position_of(report, location)
    region = {"startLine": FIRST_LINE.line}
    if at:
        region = {"startLine": at.line, "startColumn": at.column, "endLine": at.line, "endColumn": at.end}
    content: dict[str, Any] = {"physicalLocation": {**_file(file_of(report, location)), "region": region}}
    kinds = ((location.layer, "layer"), (inside(report, location), "resource" if location.stored else "object"))
    logical = [_logical(fit(name), kind) for name, kind in kinds if name]
    return {**content, "logicalLocations": logical} if logical else content


def _logical(name: str, kind: str) -> dict[str, str]:
    return {"name": name.rpartition("/")[2] or name, "fullyQualifiedName": name, "kind": kind}


def _file(path: str) -> dict[str, Any]:
    """A file by its address, in which the bytes of its name are quoted."""
    from urllib.parse import quote

    if is_address(path):
        return {"artifactLocation": {"uri": quote(path, safe=":/?&=%@+#,;~!")}}
    place = from_folder(path)
    if os.path.isabs(place):
        return {"artifactLocation": {"uri": Path(place).as_uri()}}
    return {"artifactLocation": {"uri": quote(os.fsencode(place)), "uriBaseId": ROOT}}


def _invocation(run: Run) -> dict[str, Any]:
    failures = [
        _notification(UNREADABLE, "error", report.error, {"physicalLocation": _file(report.path)})
        for report in unreadable(run.reports)
    ]
    unjudged = [notification for report in run.reports for notification in _unjudged(report)]
    return {
        "executionSuccessful": not failures,
        "toolExecutionNotifications": failures + unjudged,
        "toolConfigurationNotifications": [_notification("remark", "note", line) for line in remarks(run.tally)],
    }


def _unjudged(report: FileReport) -> Iterator[dict[str, Any]]:
    """A notification for each place and reason, with the rules that could not judge it."""
    silent: defaultdict[tuple[Location, str], list[str]] = defaultdict(list)
    for abstention in report.abstentions:
        silent[abstention.unjudged.location, abstention.unjudged.because.reason].append(abstention.rule)
    for (location, reason), names in silent.items():
        asked = ", ".join(dict.fromkeys(names))
        message = titled(location, f"not judged by {asked}: {reason}")
        yield _notification("unjudged", "note", message, _location(report, location))


def _notification(name: str, level: str, message: str, place: Mapping[str, Any] | None = None) -> dict[str, Any]:
    content: dict[str, Any] = {
        "descriptor": {"id": name, "index": list(NOTIFICATIONS).index(name)},
        "level": level,
        "message": {"text": _fit(message)},
    }
    return {**content, "locations": [place]} if place else content


def _fit(words: str) -> str:
    """Words from a file, in which no viewer finds a link or the placeholder of an argument."""
    return LIVE.sub(lambda match: f"{match[0]} ", fit(words))


SARIF = Reporter("sarif", render)
