"""A short run of the fuzzer: no traceback, no failed rule, no other status than those documented, within its bounds."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path

import pytest

from tests.fuzz import runs
from tests.fuzz.containers import WITH_PARTS, damaged
from tests.fuzz.inputs import made, tried
from tests.fuzz.originals import originals
from tests.fuzz.runs import run
from tests.fuzz.values import NUMBERS, TEXTS, changed

SEED = 0
BATCH = 15


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("batch", range(8))
def test_every_command_ends_as_documented_on_damaged_files(batch: int, tmp_path: Path) -> None:
    for number in range(batch * BATCH, (batch + 1) * BATCH):
        troubles = [(done.command, done.troubles) for done in tried(made(SEED, number), tmp_path) if done.troubles]
        assert not troubles, f"input {number}: see python -m tests.fuzz --seed {SEED} --start {number} --count 1 --keep"


def test_inputs_follow_from_seed_and_number() -> None:
    assert [made(1, number) for number in range(20)] == [made(1, number) for number in range(20)]
    assert made(1, 3).data != made(2, 3).data


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("kind", originals())
def test_files_of_every_container_are_damaged(kind: str) -> None:
    """Most inputs differ from what they are made from, and many of those that have parts can still be opened."""
    original = next((one for one in originals()[kind] if one.name.startswith("lstm-72")), originals()[kind][0])
    inputs = [damaged(original, random.Random(number)) for number in range(40)]
    assert sum(data != original.data for data in inputs) > 30
    if kind in WITH_PARTS:
        opens = {"keras": b"PK", "h5": b"\x89HDF"}.get(kind, b"{")
        assert sum(data.startswith(opens) for data in inputs) > 20


def test_values_are_changed_everywhere() -> None:
    value = {"class_name": "LSTM", "config": {"name": "lstm", "units": 3, "more": [1, 2, {"x": None}]}}
    texts = Counter(json.dumps(changed(value, random.Random(number)), default=str) for number in range(500))
    assert len(texts) > 300
    assert value == {"class_name": "LSTM", "config": {"name": "lstm", "units": 3, "more": [1, 2, {"x": None}]}}
    joined = "".join(texts)
    assert all(json.dumps(one) in joined for one in (NUMBERS[0], NUMBERS[7], TEXTS[3]))


@pytest.mark.parametrize(
    ("fails", "trouble"),
    [(lambda *_: 3, "undocumented status 3"), (lambda *_: 1 / 0, "traceback"), (lambda *_: exhaust(), "too slow")],
)
def test_what_goes_wrong_is_told(fails: object, trouble: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "main", fails)
    monkeypatch.setattr(runs, "MOST_SECONDS", 0.2)
    (found,) = run(["check"]).troubles
    assert found.startswith(trouble)


def test_a_failed_rule_and_unreadable_json_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"text": "x: the rule gates failed: KeyError\nhelp: this is a defect of lstmlint", "json": "{"}
    for kind, text in said.items():
        monkeypatch.setattr(runs, "main", lambda _, output, errors, text=text: output.write(text) and 0)
        (found,) = run(["check", "--format", kind]).troubles
        assert found.startswith({"text": "rule failed", "json": "json cannot be read"}[kind])


def exhaust() -> None:
    while True:
        pass
