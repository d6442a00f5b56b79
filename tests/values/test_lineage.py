"""Where a model comes from: equal bytes, the cosine of recurrent kernels, and the words for both."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import lstmlint
from lstmlint import Settings
from lstmlint.ir.lineage import Kin, Lineage
from lstmlint.pipeline import kinship, load
from lstmlint.review.kinship import headline
from tests.support.commands import printed, said
from tests.support.truth import FIXTURES
from tests.values.files import Array, orthogonal, untrained, write

FOLDER = FIXTURES / "values"
TRAINED = str(FOLDER / "trained.keras")


def kin(tmp_path: Path, **changed: Array) -> Lineage:
    old = write(tmp_path / "old.h5", untrained())
    new = write(tmp_path / "new.h5", {**untrained(), **changed})
    return kinship(load(str(old)), load(str(new)))


def test_equal_bytes_are_a_copy(tmp_path: Path) -> None:
    found = kin(tmp_path)
    assert [one.kin for one in found.layers] == [Kin.EQUAL]
    assert found.is_same
    assert "all weights are the same: 1 layer" in headline(found)


@pytest.mark.parametrize(("noise", "expected"), [(0.02, Kin.SAME_START), (5.0, Kin.UNRELATED)])
def test_the_cosine_is_that_of_numpy(tmp_path: Path, noise: float, expected: Kin) -> None:
    before = untrained()["recurrent_kernel"]
    after = (before + noise * np.random.default_rng(9).standard_normal(before.shape)).astype(np.float32)
    (one,) = kin(tmp_path, recurrent_kernel=after).layers
    wanted = np.dot(before.ravel(), after.ravel()) / np.linalg.norm(before) / np.linalg.norm(after)
    assert one.cosine == pytest.approx(wanted, rel=1e-4)
    assert one.kin is expected


def test_another_start_is_unrelated(tmp_path: Path) -> None:
    found = kin(tmp_path, recurrent_kernel=orthogonal(16, 4, seed=5))
    assert [one.kin for one in found.layers] == [Kin.UNRELATED]
    assert not found.is_kin
    assert headline(found).startswith("unrelated")


def test_what_is_not_finite_is_not_compared(tmp_path: Path) -> None:
    recurrent = untrained()["recurrent_kernel"]
    recurrent[0, 0] = np.nan
    (one,) = kin(tmp_path, recurrent_kernel=recurrent).layers
    assert (one.kin, one.cosine) == (Kin.UNTOLD, None)


def test_other_shapes_have_no_partner(tmp_path: Path) -> None:
    old = write(tmp_path / "old.h5", untrained())
    new = write(tmp_path / "new.h5", untrained(units=8))
    found = kinship(load(str(old)), load(str(new)))
    assert (found.layers, found.alone) == ((), ("rnn",))


def test_a_diff_tells_values_only_where_they_are_asked(tmp_path: Path) -> None:
    other = str(FOLDER / "overflow.keras")
    assert printed("diff", "--isolated", "--format", "json", TRAINED, other)["lineage"] is None
    lineage = printed("diff", "--isolated", "--values", "--format", "json", TRAINED, other)["lineage"]
    assert [(one["path"], one["kin"], one["same"]) for one in lineage["layers"]] == [
        ("lstm", "same start or copy", False), ("dense", "other values", True),
    ]  # fmt: skip
    same = said("diff", "--isolated", "--values", TRAINED, TRAINED)
    assert "all weights are the same: 2 layers with equal bytes" in same
    old, new = write(tmp_path / "old.h5", untrained()), tmp_path / "new.h5"
    write(new, {**untrained(), "recurrent_kernel": orthogonal(16, 4, seed=5)})
    assert printed("diff", "--isolated", "--values", "--format", "json", str(old), str(new))["differs"]
    assert not printed("diff", "--isolated", "--format", "json", str(old), str(new))["differs"]


def test_values_of_a_revision_are_refused_in_one_line() -> None:
    text = said("diff", "--isolated", "--values", "HEAD:fixtures/values/trained.keras", TRAINED)
    assert "write the revision into a file" in text
    assert text.count("\n") == 1


def test_the_origin_is_found_among_others() -> None:
    told = printed("origin", "--isolated", "--format", "json", str(FOLDER / "overflow.keras"), str(FOLDER))
    kin = {Path(one["path"]).stem for one in told["kin"]}
    assert kin >= {"trained", "pruned", "dead-units"}
    assert told["unrelated"] >= 1
    assert Path(told["path"]).stem not in kin
    assert lstmlint.origin(FOLDER / "overflow.keras", FOLDER).to_dict() == told


def test_a_file_without_weights_has_no_origin() -> None:
    path = FIXTURES / "keras-2.15.0" / "lstm-72.json"
    text = said("origin", "--isolated", str(path), str(FOLDER))
    assert "holds no weights" in text
    with pytest.raises(lstmlint.UnreadableError, match="holds no weights"):
        lstmlint.origin(path, FOLDER)


def test_python_compares_values_as_the_command_does() -> None:
    other = str(FOLDER / "pruned.keras")
    assert lstmlint.diff(TRAINED, other, settings=Settings(values=True)).to_dict() == printed(
        "diff", "--isolated", "--values", "--format", "json", TRAINED, other
    )
