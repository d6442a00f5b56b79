"""The table of advisories: the rule of each finds its signature in a file, and the finding names the versions."""

from __future__ import annotations

import io
import json
from pathlib import Path

import jsonschema
import pytest

from lstmlint.cli import main
from lstmlint.keras.advisories import Advisory, advisories
from lstmlint.linting.rule import rules
from lstmlint.pipeline import analyze
from tests.rules import test_security
from tests.support import security_files as files
from tests.support.security_files import FORMS, SIGNATURES
from tests.support.truth import ROOT

EVERY = list(advisories().values())

#: The container in which an advisory is about a signature, where it is about one.
CONTAINERS = {"CVE-2025-9905": "h5", "CVE-2026-12481": "json"}


def by_number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


@pytest.mark.parametrize("advisory", EVERY, ids=lambda one: one.id)
def test_each_advisory_is_complete(advisory: Advisory) -> None:
    assert advisory.rule in rules()
    assert rules()[advisory.rule].category == "security"
    assert advisory.affected
    for first, fixed in advisory.affected:
        assert not first or by_number(first) < by_number(fixed)
    is_a_test = hasattr(test_security, advisory.test)
    assert is_a_test or any(signature.vulnerability == advisory.test for signature in SIGNATURES)


@pytest.mark.parametrize("advisory", [one for one in EVERY if not one.test.startswith("test_")], ids=lambda one: one.id)
def test_a_finding_names_the_versions_that_it_endangers(advisory: Advisory, tmp_path: Path) -> None:
    form = FORMS[CONTAINERS.get(advisory.id, "keras")]
    told = []
    for signature in (one for one in SIGNATURES if one.vulnerability == advisory.test):
        path = form.write(tmp_path / f"model{form.suffix}", files.hidden(signature, "initializer"))
        told += [found.finding.help for found in analyze(str(path)).diagnostics if found.rule == advisory.rule]
    assert any(f"endangers Keras {advisory.versions} ({advisory.id})" in one for one in told), told


@pytest.mark.parametrize("module", ["keras.layers", None, "absent"])
def test_only_a_lambda_without_a_module_is_built_with_safe_mode_unset(module: str | None, tmp_path: Path) -> None:
    scale = files.layer("Lambda", "scale", function=files.K3_LAMBDA)
    scale["module"] = module
    if module == "absent":
        del scale["module"]
    path = tmp_path / "model.json"
    path.write_text(json.dumps(files.keras3("keras", "Sequential", layers=[scale])), encoding="utf-8")
    (help_text,) = [one.finding.help for one in analyze(str(path)).diagnostics if one.rule == "lambda-bytecode"]
    assert ("CVE-2026-12481" in help_text) is (module != "keras.layers")


def printed(*arguments: str) -> str:
    stdout = io.StringIO()
    assert main(["rules", "--advisories", *arguments], stdout, io.StringIO()) == 0
    return stdout.getvalue()


@pytest.mark.parametrize("name", ["text", "markdown"])
def test_every_advisory_is_printed(name: str) -> None:
    text = printed("--format", name)
    assert all(one.id in text and one.versions in text for one in EVERY)


def test_the_json_follows_its_schema() -> None:
    told = json.loads(printed("--format", "json"))
    schema = json.loads((ROOT / "lstmlint/output/schemas/advisories.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(told)
    assert [one["id"] for one in told["advisories"]] == [one.id for one in EVERY]
