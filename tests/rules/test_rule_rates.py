"""Rules on the corpus of public files: calm on healthy models, and every error looked at by hand."""

from __future__ import annotations

import pytest

from lstmlint.ir.finding import Severity
from lstmlint.linting.rule import rules
from tests import findings_per_model
from tests.rule_rates import hits, judgements, share_of_warnings
from tests.support.truth import CORPUS

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


def test_every_error_was_judged_and_is_right() -> None:
    judged = judgements()
    errors = [hit for hit in hits() if hit.diagnostic.severity is Severity.ERROR]
    assert errors
    unjudged = {
        (hit.diagnostic.rule, hit.file, hit.layer)
        for hit in errors
        if not judged.get((hit.diagnostic.rule, hit.file, hit.layer))
    }
    assert not unjudged
