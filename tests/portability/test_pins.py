"""`lstmlint loads --pin`: what it tells against what was installed and loaded (`fixtures/scripts/versions`)."""

from __future__ import annotations

import json
from functools import cache
from itertools import chain, combinations
from pathlib import Path
from random import Random
from typing import Any

import pytest

from lstmlint.keras.packages import PackageSet, package_sets
from lstmlint.keras.versions import Target, target_of
from lstmlint.pipeline import load
from lstmlint.portability.pins import FileOutcomes, fewest, pins
from lstmlint.portability.verdict import Outcome, verdict
from tests.face.test_cli import run
from tests.support.commands import validated
from tests.support.truth import FIXTURES

EVIDENCE: list[dict[str, Any]] = [
    json.loads(line)
    for line in (Path(__file__).parent.parent / "data" / "package_sets.jsonl").read_text("utf-8").splitlines()
]
SAMPLE = tuple(EVIDENCE[0]["says"][next(iter(EVIDENCE[0]["says"]))])

#: Outcomes of files that come out of the loading as a model.
LOADED = (Outcome.LOADS, Outcome.DIFFERS, Outcome.UNCALLABLE)


@cache
def pinned(*files: str) -> dict[str, Any]:
    """What the command says of fixtures, as JSON."""
    _, output, _ = run("loads", "--isolated", "--pin", "--format", "json", *(str(FIXTURES / file) for file in files))
    told: dict[str, Any] = json.loads(output)
    validated("pins", told)
    return told


@pytest.mark.parametrize("line", EVIDENCE, ids=lambda line: str(line["set"]))
def test_the_verdicts_are_what_the_installed_packages_did(line: dict[str, Any]) -> None:
    for target, says in line["says"].items():
        for file, refusal in says.items():
            outcome = verdict(load(str(FIXTURES / file)), target_of(target)).outcome
            assert (outcome in LOADED) == (refusal is None), (target, file, outcome, refusal)


@pytest.mark.parametrize(("packages", "line"), list(zip(package_sets(), EVIDENCE, strict=True)))
def test_a_set_is_what_was_installed(packages: PackageSet, line: dict[str, Any]) -> None:
    installed = {name.removesuffix("-cpu"): version for name, version in line["packages"].items()}
    assert {pin.split("==")[0]: pin.split("==")[1] for pin in packages.packages}.items() <= installed.items()
    assert [target.name for target in packages.targets] == list(line["says"])
    assert packages.tried_python == line["python"]
    assert line["python"].rpartition(".")[0] in packages.pythons
    assert all(None in says.values() for says in line["says"].values())


def test_what_is_told_of_the_sample_was_loaded_and_no_fewer_sets_load_it() -> None:
    loading = {line["set"]: {file for says in line["says"].values() for file in says if says[file] is None}
               for line in EVIDENCE}  # fmt: skip
    by_pins = {packages.packages: line for packages, line in zip(package_sets(), EVIDENCE, strict=True)}
    told = pinned(*SAMPLE)
    for one in told["sets"]:
        says = by_pins[tuple(one["packages"])]["says"]
        for entry in one["files"]:
            file = str(Path(entry["path"]).relative_to(FIXTURES))
            assert entry["targets"]
            assert all(says[target][file] is None for target in entry["targets"])
    covered = {str(Path(entry["path"]).relative_to(FIXTURES)) for one in told["sets"] for entry in one["files"]}
    assert covered | {str(Path(one["path"]).relative_to(FIXTURES)) for one in told["without"]} == set(SAMPLE)
    fewer = combinations(loading.values(), len(told["sets"]) - 1)
    assert not any(covered <= set(chain.from_iterable(sets)) for sets in fewer)


def test_the_fewest_are_the_fewest() -> None:
    drawn = Random(5)
    for _ in range(200):
        count = drawn.randint(1, 7)
        homes = {frozenset(drawn.sample(range(count), drawn.randint(1, count))) for _ in range(drawn.randint(1, 6))}
        chosen = fewest(homes, [1] * count)
        assert all(home & set(chosen) for home in homes)
        subsets = chain.from_iterable(combinations(range(count), size) for size in range(len(chosen)))
        assert not any(all(home & set(subset) for home in homes) for subset in subsets)


def test_of_equally_many_the_cheapest_and_then_the_first() -> None:
    assert fewest([frozenset({0, 1, 2})], [2, 1, 1]) == (1,)
    assert fewest([], []) == ()


def set_of(target: str, *packages: str) -> PackageSet:
    return PackageSet((target_of(target),), packages, ("3.11",), "3.11.7", packages, ("jax",))


def test_layers_that_need_tensorflow_need_a_set_with_it() -> None:
    bare, whole = set_of("keras-3.15", "keras==3.15.1"), set_of("keras-3.15", "keras==3.15.1", "tensorflow==2.21.0")
    outcomes: dict[Target, Outcome] = {target_of("keras-3.15"): Outcome.LOADS}
    needing, other = FileOutcomes("a.keras", outcomes, True), FileOutcomes("b.keras", outcomes)
    assert [pin.packages for pin in pins([needing, other], [bare, whole]).chosen] == [whole]
    assert [pin.packages for pin in pins([other], [bare, whole]).chosen] == [bare]
    assert pins([needing], [bare]).without == (needing,)


@pytest.mark.parametrize("outcome", [one for one in Outcome if one is not Outcome.LOADS])
def test_a_reservation_is_no_loading(outcome: Outcome) -> None:
    file = FileOutcomes("a.keras", {target_of("keras-3.15"): outcome})
    assert pins([file], [set_of("keras-3.15", "keras==3.15.1")]).without == (file,)


def test_the_text_names_packages_pythons_and_keras() -> None:
    path = str(FIXTURES / "keras-2.15.0/lstm-72.h5")
    status, output, errors = run("loads", "--isolated", "--pin", "--target", "tf-keras-2.15", path)
    assert (status, errors) == (0, "")
    assert output == (
        "tensorflow==2.15.1, Python 3.9 to 3.11 (tried with 3.11.7)\n"
        "  tf-keras-2.15 loads 1 model\n"
        "\n"
        "1 set for 1 model, the fewest of 1 that were tried\n"
    )


def test_files_that_load_in_no_set_are_told_with_the_best_they_get() -> None:
    path = str(FIXTURES / "keras-2.15.0/lstm-72.h5")
    status, output, _ = run("loads", "--isolated", "--pin", "--target", "keras-3.15", path)
    assert status == 1
    assert output.startswith("1 model in none of the ")
    assert "lstm-72.h5: fails in every Keras that was asked" in output


def test_several_sets_name_the_models_of_each_alone() -> None:
    names = ("keras-1.2.2/attention.h5", "keras-3.15.1/lstm-72.keras")
    assert len(pinned(*names)["sets"]) == 2
    output = run("loads", "--isolated", "--pin", *(str(FIXTURES / name) for name in names))[1]
    alone = [part.split("\n\n")[0].split() for part in output.split("of the sets named here only this one loads\n")[1:]]
    assert sorted(alone) == sorted([str(FIXTURES / name)] for name in names)
    assert "2 sets for 2 models, the fewest of " in output


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--format", "csv"), "--pin tells all files together; --format csv tells them one by one"),
        (("--target", "tfjs"), "no set of packages was tried with the targets; sets were with keras-1.2, "),
    ],
)
def test_what_cannot_be_answered_is_said(arguments: tuple[str, ...], problem: str) -> None:
    status, output, errors = run("loads", "--pin", *arguments, str(FIXTURES / "keras-2.15.0/lstm-72.h5"))
    assert (status, output) == (2, "")
    assert problem in errors


def test_unreadable_files_are_told_beside_the_sets(tmp_path: Path) -> None:
    (tmp_path / "a.h5").touch()
    status, output, errors = run("loads", "--pin", str(FIXTURES / "keras-3.15.1/lstm-72.keras"), str(tmp_path))
    assert status == 2
    assert "a.h5: error: " in errors
    assert output.startswith("keras==3.15.1 ")
