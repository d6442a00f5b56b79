"""Every format against its schema or a consumer: on fixtures, on the corpus, on nothing, on hostile names."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource

import lstmlint
from lstmlint.ir.finding import Severity
from lstmlint.ir.paths import from_folder
from lstmlint.linting.report import FileReport, Run, Status, run_on
from lstmlint.output.formats import formats, reporter_of, reporters
from lstmlint.output.formats.parts import headline
from lstmlint.output.formats.reporter import Style
from lstmlint.pipeline import Job, check
from lstmlint.readers.files import InputFile
from lstmlint.running.json_text import json_text
from lstmlint.running.terminal import UNFIT, fit
from tests.face.test_cli import schema
from tests.support.reporters_runs import EMPTY, findings, hostile_run, rendered, run_of, write_stack
from tests.support.truth import CORPUS, FIXTURES, ROOT

DATA = Path(__file__).parent.parent / "data"

RUNS = ("fixtures", "corpus", "hostile", "empty")


@pytest.fixture(params=RUNS)
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


def broken(run: Run) -> list[FileReport]:
    return [report for report in run.reports if report.status is Status.ERROR]


def test_names_of_formats_are_those_of_the_reporters() -> None:
    assert set(formats()) == set(reporters())
    assert all(reporter_of(name) is reporters()[name] for name in formats())


def test_a_format_imports_no_other(tmp_path: Path) -> None:
    write_stack(tmp_path / "model.json", "lstm")
    program = (
        "import sys, io\nfrom lstmlint.cli import main\n"
        f"main(['check', '--format', 'gitlab', {str(tmp_path / 'model.json')!r}], io.StringIO(), sys.stderr)\n"
        "print(sorted(name for name in sys.modules if name.startswith('lstmlint.output.formats.')))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, timeout=60)
    names = ("gitlab", "parts", "reporter")
    assert result.stdout.strip() == str([f"lstmlint.output.formats.{name}" for name in names]), result.stderr


@pytest.mark.parametrize("name", sorted(formats()))
def test_output_is_the_same_each_time_and_holds_no_control_characters(name: str, run: Run) -> None:
    text = rendered(name, run)
    assert text == rendered(name, run)
    assert not set(UNFIT.findall(text)) - {"\n"}


def test_json_and_its_lines_say_the_same(run: Run) -> None:
    report = json.loads(rendered("json", run))
    *files, closing = map(json.loads, rendered("jsonl", run).splitlines())
    assert files == report.pop("files")
    assert closing == report
    assert [file["path"] for file in files] == [json.loads(json_text(report.path)) for report in run.reports]


def test_lines_follow_the_schema(run: Run) -> None:
    described = schema("check")
    registry: Registry[Any] = Registry().with_resource(described["$id"], Resource.from_contents(described))
    line = jsonschema.Draft202012Validator({"$ref": f"{described['$id']}#/$defs/line"}, registry=registry)
    report = jsonschema.Draft202012Validator(described)
    report.validate(json.loads(rendered("json", run)))
    for text in rendered("jsonl", run).splitlines():
        line.validate(json.loads(text))


CONCISE = re.compile(r"(.+?):(\d+):(\d+): (error|warning|note)\[([a-z0-9-]+)\] (.+)")


def test_concise_is_a_line_a_finding(run: Run) -> None:
    lines = rendered("concise", run).splitlines()
    assert all(CONCISE.fullmatch(line) for line in lines)
    assert len(lines) == len(list(findings(run))) + len(broken(run))


#: What GitHub documents: in the text of a command three signs are written as these, in its properties two more.
ENCODED = (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"))
COMMAND = re.compile(r"::(error|warning|notice) (.*?)::(.*)")


def decoded(text: str, signs: tuple[tuple[str, str], ...]) -> str:
    for written, sign in signs:
        text = text.replace(written, sign)
    return text


def command(line: str) -> tuple[str, dict[str, str], str]:
    """A workflow command as a runner reads it: its name, its properties and its text."""
    found = COMMAND.fullmatch(line)
    assert found, line
    name, listed, text = found.groups()
    properties = dict(item.split("=", 1) for item in listed.split(","))
    in_text = (*ENCODED[:2], ENCODED[-1])
    return name, {key: decoded(value, ENCODED) for key, value in properties.items()}, decoded(text, in_text)


def test_github_annotates_the_gravest_first(run: Run) -> None:
    *lines, closing = rendered("github", run).splitlines()
    assert closing == rendered("text", run).splitlines()[-1]
    commands = list(map(command, lines))
    assert len(commands) == len(list(findings(run))) + len(broken(run))
    kinds = ["error", "warning", "notice"]
    assert [name for name, _, _ in commands] == sorted((name for name, _, _ in commands), key=kinds.index)
    assert [found["title"] for _, found, _ in commands[: len(broken(run))]] == ["unreadable"] * len(broken(run))
    told = Counter((found["file"], found["title"], text.splitlines()[0]) for _, found, text in commands)
    for report, diagnostic in findings(run):
        if not diagnostic.finding.location.stored:
            assert told[fit(from_folder(report.path)), diagnostic.rule, fit(headline(diagnostic))]


def test_gitlab_has_the_keys_that_gitlab_asks_for(run: Run) -> None:
    issues = json.loads(rendered("gitlab", run))
    assert len(issues) == len(list(findings(run))) + len(broken(run))
    for issue in issues:
        assert set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["description"]
        assert issue["check_name"]
        assert issue["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert issue["location"]["lines"]["begin"] >= 1
        assert not issue["location"]["path"].startswith("./")
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)


@pytest.fixture(scope="module")
def junit_schema() -> Any:
    import xmlschema

    return xmlschema.XMLSchema10(DATA / "jenkins-junit.xsd")


def test_junit_is_read_as_it_is_meant(run: Run, junit_schema: Any) -> None:
    import junitparser

    text = rendered("junit", run)
    junit_schema.validate(text)
    suites = junitparser.JUnitXml.fromstring(text.encode())
    listed = [report for report in run.reports if report.status is not Status.SKIPPED]
    assert len(suites) == len(listed)
    for suite, report in zip(suites, listed, strict=True):
        assert suite.name.replace("\\ufffe", "\ufffe") == fit(report.path)
        assert suite.tests == len(list(suite)) == max(1, len(report.diagnostics))
        assert suite.errors == (report.status is Status.ERROR)
        failing = [found for found in report.diagnostics if found.severity in report.failing]
        failed = [outcome for case in suite for outcome in case.result if isinstance(outcome, junitparser.Failure)]
        assert suite.failures == len(failing) == len(failed)
        assert Counter(outcome.type for outcome in failed) == Counter(found.rule for found in failing)
        assert len({case.name for case in suite}) == suite.tests
    assert suites.tests == sum(suite.tests for suite in suites)


def test_cases_of_a_suite_differ_where_findings_do_not() -> None:
    """Dashboards take two cases of one name for one."""
    report = next(report for report in run_of("fixtures").reports if report.diagnostics)
    text = rendered("junit", run_on([replace(report, diagnostics=report.diagnostics[:1] * 3)]))
    names = re.findall(r'<testcase name="([^"]*)"', text)
    assert len(names) == len(set(names)) == 3
    assert names[1:] == [f"{names[0]} (2)", f"{names[0]} (3)"]
    issues = json.loads(rendered("gitlab", run_on([replace(report, diagnostics=report.diagnostics[:1] * 3)])))
    assert len({issue["fingerprint"] for issue in issues}) == 3


def test_rdjson_follows_its_schema_and_holds_nothing_else(run: Run) -> None:
    described = json.loads((DATA / "reviewdog.schema.json").read_text(encoding="utf-8"))
    # The published schema allows unknown keys; the program itself refuses them.
    closed = json.loads(json.dumps(described).replace('"additionalProperties": true', '"additionalProperties": false'))
    content = json.loads(rendered("rdjson", run))
    jsonschema.Draft4Validator(closed).validate(content)
    assert len(content["diagnostics"]) == len(list(findings(run))) + len(broken(run))
    assert len(content["diagnostics"]) == 0 or content["diagnostics"][0]["message"]
    related = sum(len(found.finding.related) for _, found in findings(run))
    assert sum(len(item.get("related_locations", ())) for item in content["diagnostics"]) == related


def test_csv_has_a_row_a_finding_and_no_formula(run: Run) -> None:
    header, *rows = csv.reader(io.StringIO(rendered("csv", run)))
    assert len(header) == len(set(header)) == 12
    assert all(len(row) == len(header) for row in rows)
    assert len(rows) == len(list(findings(run))) + len(broken(run))
    assert not [cell for row in rows for cell in row if cell[:1] in tuple("=+-@\t\r＝＋－＠") and cell]
    numbers = [cell for row in rows for cell in (row[1], row[2])]
    assert all(cell == "" or int(cell) > 0 for cell in numbers)
    assert Counter(row[4] for row in rows) == Counter(
        [str(found.severity) for _, found in findings(run)] + ["error"] * len(broken(run))
    )


def test_every_format_tells_as_many_findings_as_there_are() -> None:
    """The counts of one run, taken from each format by what reads it, agree."""
    run = run_of("fixtures")
    counts = run.tally.by_severity
    concise = Counter(found[4] for found in map(CONCISE.fullmatch, rendered("concise", run).splitlines()) if found)
    github = Counter(command(line)[0] for line in rendered("github", run).splitlines()[:-1])
    sarif = Counter(result["level"] for result in json.loads(rendered("sarif", run))["runs"][0]["results"])
    for severity, name in zip(Severity, ("error", "warning", "notice"), strict=True):
        extra = len(broken(run)) if severity is Severity.ERROR else 0
        assert concise[str(severity)] == github[name] == counts[severity] + extra
        assert sarif[str(severity)] == counts[severity]


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_columns_are_those_of_the_text(
    indent: int | None, mark: str, newline: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SARIF counts characters and reviewdog bytes; between both ends stands the layer, or its first line."""
    monkeypatch.chdir(tmp_path)
    path = Path("model.json")
    write_stack(path, "é 𐐀", indent)
    content = path.read_text(encoding="utf-8")
    path.write_bytes((mark + content.replace("\n", newline)).encode())
    run = run_on([check(Job(InputFile("model.json")))])
    results = json.loads(rendered("sarif", run))["runs"][0]["results"]
    (result,) = (result for result in results if result["ruleId"] == "missing-return-sequences")
    places = [result["locations"][0], *result["relatedLocations"]]
    diagnostics = json.loads(rendered("rdjson", run))["diagnostics"]
    (first,) = (found for found in diagnostics if found["code"]["value"] == "missing-return-sequences")
    ranges = [first["location"]["range"], *(item["location"]["range"] for item in first["related_locations"])]
    for place, span, name in zip(places, ranges, ("é 𐐀", "lstm_2 é 𐐀"), strict=True):
        region = place["physicalLocation"]["region"]
        line = content.splitlines()[region["startLine"] - 1]
        pointed = line[region["startColumn"] - 1 : region["endColumn"] - 1]
        assert len(pointed) == region["endColumn"] - region["startColumn"]
        assert span["start"]["line"] == region["startLine"]
        assert line.encode()[span["start"]["column"] - 1 : span["end"]["column"] - 1].decode() == pointed
        if indent is None:
            assert json.loads(pointed)["config"]["name"] == name
        else:
            assert pointed == "{"
            rest = "\n".join(content.splitlines()[region["startLine"] - 1 :])
            assert json.JSONDecoder().raw_decode(rest.strip())[0]["config"]["name"] == name


def test_fingerprints_stay_when_lines_and_other_layers_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    def known() -> list[str]:
        run = run_on([check(Job(InputFile("model.json")))])
        results = json.loads(rendered("sarif", run))["runs"][0]["results"]
        return [result["partialFingerprints"]["lstmlint/v1"] for result in results]

    write_stack(Path("model.json"), "lstm")
    before = known()
    write_stack(Path("model.json"), "lstm", indent=4)
    assert known() == before
    content = json.loads(Path("model.json").read_text(encoding="utf-8"))
    content["config"]["layers"].insert(1, {"class_name": "Dropout", "config": {"name": "dropout", "rate": 0.1}})
    Path("model.json").write_text(json.dumps(content), encoding="utf-8")
    assert known() == before
    write_stack(Path("model.json"), "another")
    assert not set(known()) & set(before)


def test_colours_of_the_concise_format() -> None:
    run = run_on(tuple(report for report in run_of("fixtures").reports if report.diagnostics)[:1])
    assert "\033[" in reporter_of("concise").render(run, Style(is_coloured=True))
    assert "\033[" not in reporter_of("concise").render(run, Style())


def test_a_stored_tensor_is_in_the_file_that_holds_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Findings of an architecture and of weights that lie in another file name each its own."""
    monkeypatch.chdir(tmp_path)
    weights = FIXTURES / "broken" / "kernel-input-mismatch.h5"
    Path("model.json").write_text(json.dumps(lstmlint.load(str(weights)).document.config), encoding="utf-8")
    run = run_on([check(Job(InputFile("model.json"), weights=str(weights)))])
    results = json.loads(rendered("sarif", run))["runs"][0]["results"]
    (result,) = (result for result in results if result["ruleId"] == "kernel-input-mismatch")
    places = [place["physicalLocation"] for place in (*result["locations"], *result["relatedLocations"])]
    assert [place["artifactLocation"]["uri"] for place in places] == ["model.json", weights.as_uri()]
    assert places[0]["region"]["startColumn"] > 1
    assert places[1]["region"] == {"startLine": 1}


def test_fixtures_have_what_formats_differ_in() -> None:
    """The run that all formats are tried on is not an easy one."""
    run = run_of("fixtures")
    assert FIXTURES.is_dir()
    assert broken(run)
    assert any(report.abstentions for report in run.reports)
    assert any(found.finding.related for _, found in findings(run))
    assert any(not report.positions and report.diagnostics for report in run.reports)
    assert set(run.tally.by_severity.values()) - {0}
