"""Every shape and count against what real Keras says of the same file: equal, or unknown with a reason; never wrong."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import lstmlint
from lstmlint.ir.document import NotAModelError, UnreadableError
from lstmlint.ir.finding import Severity
from lstmlint.ir.shape import Unknown
from lstmlint.linting.causes import singles
from lstmlint.linting.report import Status
from lstmlint.output.text.summary import unknown_reasons
from lstmlint.pipeline import Job, check
from lstmlint.readers.files import InputFile
from tests.support.truth import CORPUS, FIXTURES, Verdict, compare, corpus_truth, fixture_truth, wrong

VERSIONS = ("keras-1.2.2", "keras-2.3.1", "keras-2.15.0", "keras-3.15.1")

NOT_RECORDED = "its data_format is 'not recorded by Keras 1'"

#: Fixtures in which something cannot be known yet or ever, and every reason that lstmlint gives.
UNKNOWN_FIXTURES: Mapping[str, frozenset[str]] = {
    "keras-1.2.2/activations": frozenset({"its config does not tell which axes share their slopes"}),
    "keras-1.2.2/convolution-2d-tf": frozenset({NOT_RECORDED}),
    "keras-1.2.2/convolution-2d-th": frozenset({NOT_RECORDED}),
    "keras-1.2.2/convolution-3d": frozenset({NOT_RECORDED}),
}

needs_corpus = pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of public files is not beside the checkout")


@pytest.mark.parametrize(
    ("path", "truth"),
    [pytest.param(path, truth, id=f"{path.parent.name}/{path.name}") for path, truth in fixture_truth()],
)
def test_fixture_equals_keras(path: Path, truth: Mapping[str, Any]) -> None:
    model = lstmlint.load(str(path))
    comparisons = list(compare(path.name, model, truth))
    assert not wrong(comparisons), "\n".join(wrong(comparisons))
    unknown = {c.layer for c in comparisons if c.verdict is Verdict.UNKNOWN}
    reasons = {reason for layer in model.all_layers if layer.full_name in unknown for reason in unknown_reasons(layer)}
    assert reasons == UNKNOWN_FIXTURES.get(f"{path.parent.name}/{path.stem}", set())


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("name", "params"), [("lstm-12", 12), ("lstm-72", 72)])
def test_the_two_models_of_the_formula(version: str, name: str, params: int) -> None:
    files = sorted((FIXTURES / version).glob(f"{name}.*"))
    assert files
    assert [lstmlint.load(str(file)).params for file in files] == [params] * len(files)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_fixture_is_answered(version: str) -> None:
    files = sorted((FIXTURES / version).iterdir())
    assert len(files) >= 40
    for file in files:
        report = check(Job(InputFile(str(file))))
        assert report.status is Status.OK
        errors = {single.rule for single in singles(report.diagnostics) if single.severity is Severity.ERROR}
        assert errors == ({"lambda-bytecode"} if file.stem == "lambda" else set())


@pytest.mark.parametrize("version", VERSIONS)
def test_formats_of_one_model_agree(version: str) -> None:
    """The same architecture gives the same layers from each of its files, where all of them can be read."""
    by_name: dict[str, list[Path]] = {}
    for file in sorted((FIXTURES / version).iterdir()):
        by_name.setdefault(file.stem, []).append(file)
    for files in by_name.values():
        counts = {lstmlint.load(str(file)).params for file in files}
        known = {count for count in counts if not isinstance(count, Unknown)}
        assert len(known) <= 1, files


@needs_corpus
def test_corpus_has_no_wrong_number() -> None:
    compared = 0
    found = []
    for entry, truth in corpus_truth():
        try:
            model = lstmlint.load(str(CORPUS / entry["file"]))
        except (NotAModelError, UnreadableError):
            continue
        if truth.get("truth") and model.graph is not None:
            skip = truth.get("no_truth_after_lambda") or ()
            comparisons = list(compare(entry["id"], model, truth["truth"], skip))
            compared += len(comparisons)
            found += wrong(comparisons)
    assert not found, "\n".join(found)
    assert compared > 20_000


@needs_corpus
def test_corpus_is_answered_without_a_traceback() -> None:
    for entry, _ in corpus_truth():
        report = check(Job(InputFile(str(CORPUS / entry["file"]))))
        assert report.status is Status.OK or report.error, entry["id"]
        assert not any("failed:" in diagnostic.finding.message for diagnostic in singles(report.diagnostics)), entry[
            "id"
        ]
