"""Rules on the corpus of public files: calm on healthy models, and every error looked at by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lstmlint.linting.rule import rules
from tests import findings_per_model
from tests.rule_rates import Hit, case_hits, hits, judgements, share_of_warnings
from tests.support.truth import CASES, CORPUS

pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason="the corpus lies beside the project, not in it")

#: No rule warns by default on more than this share of the healthy models.
CALM = 0.1


@pytest.mark.parametrize("name", list(rules()))
def test_no_rule_warns_on_more_than_one_healthy_model_in_ten(name: str) -> None:
    assert share_of_warnings(name) <= CALM


@pytest.mark.parametrize(("target", "median", "at_90_percent"), [((), 1, 2), (("keras-3.15",), 2, 6)])
def test_a_healthy_model_has_few_findings(target: tuple[str, ...], median: int, at_90_percent: int) -> None:
    numbers = [model.number for model in findings_per_model.judged(target)]
    assert findings_per_model.quantile(numbers, 0.5) <= median
    assert findings_per_model.quantile(numbers, 0.9) <= at_90_percent


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(hits, id="corpus"),
        pytest.param(case_hits, id="cases", marks=pytest.mark.skipif(not CASES.exists(), reason="no cases beside it")),
    ],
)
def test_every_error_was_judged_and_is_right(found: Callable[[], tuple[Hit, ...]]) -> None:
    judged = judgements()
    errors = [hit for hit in found() if hit.is_error]
    assert errors
    assert not {hit.key for hit in errors if not judged.get(hit.key)}
