"""No error on what older Kerases wrote and load again, in the containers that this repository holds of them."""

from __future__ import annotations

from pathlib import Path

import h5py
import pytest

import lstmlint
from tests.support.containers import Saved, false_errors, take_weights
from tests.support.truth import FIXTURES
from tests.support.written import (
    ASKED,
    PACKED_VERSIONS,
    containers,
    containers_truth,
    layer_models,
    legacy_weights,
    loaded,
)

#: The folders of whole models, for which the groups in archives are recorded.
NUMBERED = [version for version in PACKED_VERSIONS if not version.endswith("-layers")]


def all_false(files: list[Saved]) -> list[str]:
    return [said for saved in files for said in false_errors(saved)]


def test_fixtures(tmp_path: Path) -> None:
    files = list(loaded(tmp_path))
    assert {saved.keras for saved in files} == {group.removeprefix("loads/") for group in ASKED}
    assert len(files) > 800
    assert all_false(files) == []


def test_weights_of_fixtures(tmp_path: Path) -> None:
    files = [weights for whole in loaded(tmp_path) for weights in legacy_weights(whole, tmp_path / "weights")]
    assert len(files) > 300
    assert all_false(files) == []


def test_single_layers(tmp_path: Path) -> None:
    assert all_false(list(layer_models(tmp_path))) == []


@pytest.mark.parametrize("version", PACKED_VERSIONS)
def test_containers(version: str, tmp_path: Path) -> None:
    assert all_false(list(containers(version, tmp_path))) == []


@pytest.mark.parametrize("version", NUMBERED)
def test_layers_of_archives_are_numbered_as_their_keras_does(version: str, tmp_path: Path) -> None:
    """Keras put the variables of each layer into the group from which lstmlint takes them."""
    truth, compared = containers_truth(version), 0
    for saved in containers(version, tmp_path):
        groups = {name: group.rpartition("/")[2] for name, group in truth.get(saved.name, {}).get("groups", {}).items()}
        model = lstmlint.load(saved.path)
        in_file = {group.name for group in model.document.stored or () if group.tensors}
        ours = {name: stored.name for name in groups if (stored := model.by_name[name].stored) is not None}
        # A lookup has weights in the memory of tf.keras that no archive holds.
        assert ours == {name: group for name, group in groups.items() if group in in_file}, saved.name
        compared += len(ours)
    assert compared > 20


def test_weights_are_taken_as_keras_writes_them(tmp_path: Path) -> None:
    """Keras 2.3.1 wrote the weights of the fixture `stacked-lstm` apart, too."""
    take_weights(FIXTURES / "keras-2.3.1" / "stacked-lstm.h5", tmp_path / "taken.h5")
    with h5py.File(tmp_path / "taken.h5") as ours, h5py.File(FIXTURES / "broken" / "weights-only.h5") as theirs:
        assert dict(map_text(ours)) == dict(map_text(theirs))
        assert sorted(shapes(ours)) == sorted(shapes(theirs))


def map_text(file: h5py.File) -> list[tuple[str, str]]:
    return [(key, str(list(value) if key == "layer_names" else value)) for key, value in file.attrs.items()]


def shapes(file: h5py.File) -> list[tuple[str, tuple[int, ...]]]:
    found: list[tuple[str, tuple[int, ...]]] = []
    file.visititems(lambda name, one: found.append((name, one.shape)) if isinstance(one, h5py.Dataset) else None)
    return found
