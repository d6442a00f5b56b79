"""`lstmlint audit --values` keeps digests of weights, and `lstmlint fleet` the families that hold equal ones."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import h5py
import numpy as np
import pytest

import lstmlint
from lstmlint.pipeline import load_asked
from lstmlint.settings.settings import Settings
from lstmlint.zoo.fleet.families import joined
from tests.support.commands import printed, said
from tests.support.zoos import fill
from tests.values.files import Array, orthogonal, untrained, write

VALUES = Settings(values=True)


def kernel(seed: int) -> Array:
    return np.random.default_rng(seed).standard_normal(untrained()["kernel"].shape).astype(np.float32)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base with copies, one with another kernel, one that shares only that kernel; two others as initialised."""
    folder = tmp_path_factory.mktemp("families") / "zoo"
    folder.mkdir()
    base, other = untrained(), {**untrained(), "kernel": kernel(2)}
    write(folder / "base.h5", base)
    shutil.copy(folder / "base.h5", folder / "equal.hdf5")
    write(folder / "kernel.h5", other)
    write(folder / "through.h5", {**other, "recurrent_kernel": orthogonal(16, 4, seed=3)})
    for seed in (5, 6):
        tensors = {**base, "kernel": kernel(seed), "recurrent_kernel": orthogonal(16, 4, seed=seed)}
        write(folder / f"alone{seed}.h5", tensors)
    lstmlint.audit([folder], folder.parent / "zoo.db", settings=VALUES, jobs=1)
    return folder.parent / "zoo.db"


def test_files_that_share_weights_are_a_family_and_a_bias_as_initialised_makes_none(store: Path) -> None:
    (family,) = lstmlint.fleet(store).answers.families
    names = [Path(path).name for path in family.files]
    assert names == ["base.h5", "equal.hdf5", "kernel.h5", "through.h5"]
    assert (family.contents, family.tensors, family.common, family.recurrent_kernels) == (3, 2, 0, 1)


def test_the_digests_are_those_of_the_measures(store: Path) -> None:
    model = load_asked(str(store.parent / "zoo" / "base.h5"), None, VALUES)
    assert model.measured is not None
    with closing(sqlite3.connect(store)) as connection:
        rows = connection.execute(
            "SELECT place, digest, is_recurrent_kernel FROM current_weights WHERE path LIKE '%base.h5'"
        )
        held = {place: (digest, bool(is_kernel)) for place, digest, is_kernel in rows}
    (cell,) = model.measured.cells
    places = (*cell.kernels, *cell.recurrents)
    assert held == {place: (model.measured.tensors[place].digest, place in cell.recurrents) for place in places}


def test_every_format_shows_the_families(store: Path) -> None:
    (family,) = printed("fleet", str(store), "--isolated", "--format", "json")["families"]
    assert family["contents"] == 3
    for name in ("text", "markdown", "html"):
        assert "Families by equal weights" in said("fleet", str(store), "--isolated", "--format", name)


def test_equal_bytes_alone_and_an_architecture_with_its_weights_are_no_family(tmp_path: Path) -> None:
    zoo = fill(tmp_path / "zoo", {"a.h5": "values/damaged.h5", "b.hdf5": "values/damaged.h5"})
    whole = write(tmp_path / "whole.h5", untrained())
    with h5py.File(whole) as file, h5py.File(zoo / "pair.h5", "w") as weights:
        (zoo / "pair.json").write_text(file.attrs["model_config"], encoding="utf-8")
        file.copy("model_weights/rnn", weights)
        weights.attrs["layer_names"] = [b"rnn"]
    lstmlint.audit([zoo], tmp_path / "zoo.db", settings=VALUES, jobs=1)
    assert lstmlint.fleet(tmp_path / "zoo.db").answers.families == ()
    with closing(sqlite3.connect(tmp_path / "zoo.db")) as connection:
        read = "SELECT count(*) FROM current_weights WHERE path LIKE ?"
        for name in ("%/a.h5", "%/b.hdf5", "%/pair.h5", "%/pair.json"):
            assert connection.execute(read, (name,)).fetchone() > (0,)


def test_without_values_no_digest_is_kept(tmp_path: Path) -> None:
    zoo = fill(tmp_path / "zoo", {"a.keras": "values/trained.keras", "b.keras": "values/overflow.keras"})
    lstmlint.audit([zoo], tmp_path / "zoo.db", jobs=1)
    assert lstmlint.fleet(tmp_path / "zoo.db").answers.families == ()
    lstmlint.audit([zoo], tmp_path / "zoo.db", settings=VALUES, jobs=1)
    (family,) = lstmlint.fleet(tmp_path / "zoo.db").answers.families
    assert family.contents == 2


def test_groups_that_touch_are_joined() -> None:
    heads = joined([["a", "b"], ["c", "d"], ["d", "e"], ["e", "c"], ["f", "b"], ["g", "h"], ["h", "a"]])
    parts: dict[str, set[str]] = {}
    for member, head in heads.items():
        parts.setdefault(head, set()).add(member)
    assert sorted(map(sorted, parts.values())) == [["a", "b", "f", "g", "h"], ["c", "d", "e"]]
