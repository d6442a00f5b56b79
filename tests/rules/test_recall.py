"""The planted faults that an expert can know from the file alone: how many are found, and silence on healthy files."""

from __future__ import annotations

import pytest

from lstmlint.linting.rule import rules
from tests.recall import HEALTHY, PLANTED, Knowable, Planted, judged, lines, planted, shares

BESIDE = pytest.mark.skipif(not PLANTED.exists(), reason="the planted faults lie beside the project, not in it")


def test_judgements_name_rules() -> None:
    assert {rule for named in judged().values() for rule in named} <= set(rules())


@BESIDE
def test_enough_faults_are_found() -> None:
    by_default, by_pedantic = shares(planted())
    assert by_default >= 0.9
    assert by_pedantic >= 0.95


@BESIDE
@pytest.mark.parametrize("file", [file for file in (planted() if PLANTED.exists() else ()) if file.knowable in HEALTHY])
def test_healthy_files_are_silent(file: Planted) -> None:
    assert file.by_default == ()


def test_only_a_rule_that_names_the_fault_finds_it() -> None:
    file = Planted("a.keras", Knowable.YES, "a fault", ("one", "two"), ("one", "two", "three"), frozenset({"two"}))
    assert file.found(file.by_pedantic) == ["two"]
    assert shares([file, Planted("b.keras", Knowable.YES, "", (), ("one",), frozenset({"two"}))]) == (0.5, 0.5)


def test_lines_tell_what_is_missed() -> None:
    missed = Planted("a.keras", Knowable.YES, "a fault", (), ("one",), None)
    alarmed = Planted("b.keras", Knowable.HEALTHY, "", ("one",), ("one",), None)
    told = list(lines([missed, alarmed], is_whole=False))
    assert told[0].endswith("a fault: found by the pedantic one")
    assert told[1].endswith("FALSE ALARM one")
    assert told[2:] == ["1 knowable faults: 0% found by default, 100% by all rules", "0 of 1 healthy files are silent"]
