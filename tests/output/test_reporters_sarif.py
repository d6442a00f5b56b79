"""SARIF against its schema, and against what GitHub's documentation asks of an upload."""

from __future__ import annotations

import json
import lzma
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import jsonschema
import pytest

from lstmlint.linting.report import Run, Status, run_on
from lstmlint.linting.rule import rules
from lstmlint.running.terminal import fit
from lstmlint.running.version import __version__
from tests.support.reporters_runs import EMPTY, findings, hostile_run, rendered, run_of, write_stack
from tests.support.truth import CORPUS, ROOT

SCHEMA = Path(__file__).parent.parent / "data" / "sarif-2.1.0.json.xz"


@pytest.fixture(params=["fixtures", "corpus", "hostile", "empty"])
def run(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    if request.param == "empty":
        return EMPTY
    if request.param == "hostile":
        monkeypatch.chdir(tmp_path)
        return hostile_run()
    if request.param == "corpus" and not CORPUS.exists():
        pytest.skip("the corpus lies beside the project only where it is developed")
    monkeypatch.chdir(ROOT)
    return run_of(request.param)


def log(run: Run) -> dict[str, Any]:
    """The only run of a log."""
    content = json.loads(rendered("sarif", run))
    (found,) = content["runs"]
    assert isinstance(found, dict)
    return found


def test_log_is_valid(run: Run) -> None:
    schema = json.loads(lzma.decompress(SCHEMA.read_bytes()))
    content = json.loads(rendered("sarif", run))
    jsonschema.Draft202012Validator(schema).validate(content)
    assert content["version"] == "2.1.0"


def test_the_schema_refuses_what_is_no_sarif() -> None:
    schema = json.loads(lzma.decompress(SCHEMA.read_bytes()))
    content = json.loads(rendered("sarif", EMPTY))
    content["runs"][0]["results"] = [{"message": {"text": "x"}, "level": "grave"}]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate(content)


def test_every_finding_is_a_result_with_a_place(run: Run) -> None:
    content = log(run)
    listed = content["tool"]["driver"]["rules"]
    assert len(content["results"]) == len(list(findings(run)))
    for result, (report, diagnostic) in zip(content["results"], findings(run), strict=True):
        assert listed[result["ruleIndex"]]["id"] == result["ruleId"] == diagnostic.rule
        assert result["level"] == diagnostic.severity
        assert result["message"]["text"].splitlines()[-1].startswith("help: ")
        (place,) = result["locations"]
        assert place["physicalLocation"]["region"]["startLine"] >= 1
        if diagnostic.finding.location.layer:
            assert place["logicalLocations"][0]["fullyQualifiedName"] == fit(diagnostic.finding.location.layer)
        if not report.positions and diagnostic.finding.location.pointer:
            assert place["physicalLocation"]["region"] == {"startLine": 1}
            assert place["logicalLocations"][-1]["kind"] in {"object", "resource"}
        related = result.get("relatedLocations", [])
        assert [other["id"] for other in related] == list(range(1, len(diagnostic.finding.related) + 1))
        assert all(f"[see]({other['id']})" in result["message"]["text"] for other in related)
        assert all(other["message"]["text"] for other in related)


def test_only_own_links_are_links(run: Run) -> None:
    """What a file holds is no link, and no place for an argument, in any message."""
    content = log(run)
    (invocation,) = content["invocations"]
    notifications = invocation["toolExecutionNotifications"] + invocation["toolConfigurationNotifications"]
    for item in (*content["results"], *notifications):
        text = item["message"]["text"]
        assert "](" not in re.sub(r"(?m)^\[see\]\(\d+\): ", "", text)
        assert not re.search(r"\{\d+\}", text)


def test_addresses_lead_to_the_files(run: Run) -> None:
    content = log(run)
    reports = [report for report, _ in findings(run)]
    for result, report in zip(content["results"], reports, strict=True):
        place = result["locations"][0]["physicalLocation"]["artifactLocation"]
        parts = urlsplit(place["uri"])
        assert re.fullmatch(r"[A-Za-z0-9._~/%-]+", parts.path)
        assert (parts.query, parts.fragment, parts.netloc) == ("", "", "")
        found = unquote_to_bytes(parts.path)
        if parts.scheme == "file":
            assert "uriBaseId" not in place
        else:
            assert parts.scheme == ""
            assert place["uriBaseId"] == "%SRCROOT%"
            found = os.path.join(os.fsencode(os.getcwd()), found)
        assert os.path.samefile(found, report.path) or os.path.samefile(found, report.weights_path)


def test_what_is_not_read_or_judged_is_told(run: Run) -> None:
    (invocation,) = log(run)["invocations"]
    broken = [report for report in run.reports if report.status is Status.ERROR]
    told = invocation["toolExecutionNotifications"]
    assert invocation["executionSuccessful"] is not bool(broken)
    assert sum(item["level"] == "error" for item in told) == len(broken)
    places = {
        (report.path, abstention.unjudged.location, abstention.unjudged.because.reason)
        for report in run.reports
        for abstention in report.abstentions
    }
    assert sum(item["level"] == "note" for item in told) == len(places)
    assert len(invocation["toolConfigurationNotifications"]) == len(run.tally.gone) + len(run.tally.unused_ignores)


def test_fingerprints_are_unique_in_a_file(run: Run) -> None:
    """GitHub takes results of one rule and file with equal fingerprints for one."""
    results = log(run)["results"]
    known = [
        (result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], *result["partialFingerprints"].values())
        for result in results
    ]
    assert len(set(known)) == len(known)
    for result in results:
        assert re.fullmatch(r"[0-9a-f]{32}:1", result["partialFingerprints"]["primaryLocationLineHash"])


def test_rules_have_what_github_shows() -> None:
    driver = log(EMPTY)["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("lstmlint", __version__)
    assert [rule["id"] for rule in driver["rules"]] == list(rules())
    for found, rule in zip(driver["rules"], rules().values(), strict=True):
        assert re.fullmatch(r"[A-Z][A-Za-z0-9]+", found["name"])
        assert found["shortDescription"]["text"] == rule.summary
        assert rule.summary in found["fullDescription"]["text"]
        assert 0 < len(found["fullDescription"]["text"]) <= 1024
        assert "## Example" in found["help"]["markdown"]
        assert found["defaultConfiguration"]["level"] == rule.severity
        properties = found["properties"]
        assert rule.category in properties["tags"]
        assert properties["precision"] in {"very-high", "high", "medium", "low"}
        assert properties["problem.severity"] in {"error", "warning", "recommendation"}
        assert ("security-severity" in properties) == (rule.category == "security")
        assert 0 < float(properties.get("security-severity", "1.0")) <= 10
        assert "helpUri" not in found


def test_a_file_elsewhere_has_its_whole_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from lstmlint.pipeline import Job, check
    from lstmlint.readers.files import InputFile

    write_stack(tmp_path / "zoo" / "a b.json", "lstm")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    for path in ("../zoo/a b.json", str(tmp_path / "zoo" / "a b.json")):
        place = log(run_on([check(Job(InputFile(path)))]))["results"][0]["locations"][0]["physicalLocation"]
        assert place["artifactLocation"] == {"uri": (tmp_path / "zoo" / "a b.json").as_uri()}
    monkeypatch.chdir(tmp_path)
    place = log(run_on([check(Job(InputFile(str(tmp_path / "zoo" / "a b.json"))))]))["results"][0]["locations"][0]
    assert place["physicalLocation"]["artifactLocation"] == {"uri": "zoo/a%20b.json", "uriBaseId": "%SRCROOT%"}
