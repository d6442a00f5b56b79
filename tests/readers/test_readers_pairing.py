"""Architectures and weights in two files: pairs that the names leave no doubt of, and no others."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from pathlib import Path

import h5py
import pytest

from lstmlint.readers.pairing import belonging, models_of, paired_weights
from tests.support import readers_files as files
from tests.support.truth import CORPUS


def folder_of(path: Path, *names: str) -> Path:
    """A folder with files: architectures, weights, and whole models where the name says so."""
    for name in names:
        if name.endswith((".json", ".yaml")):
            (path / name).write_bytes(files.json_bytes())
        elif "whole" in name:
            files.write_whole(path / name.replace("whole ", ""))
        else:
            with h5py.File(path / name, "w") as file:
                files.write_listed(file)
    return path


@pytest.mark.parametrize(
    ("name", "others", "expected"),
    [
        ("model.json", ["model.h5"], "model.h5"),
        ("model.json", ["model_weights.h5"], "model_weights.h5"),
        ("model.json", ["model.weights.h5", "other.h5"], "model.weights.h5"),
        ("model.json", ["model-weights.hdf5"], "model-weights.hdf5"),
        ("cnn.json", ["cnn.weights"], "cnn.weights"),
        ("Model.JSON", ["model_Weights.H5"], "model_Weights.H5"),
        ("m_architecture.json", ["m_weights.h5"], "m_weights.h5"),
        ("m_arch.json", ["m.h5", "m.yaml"], None),
        ("m.json", ["m.h5", "m_arch.json"], "m.h5"),
        ("model.json", ["model.h5", "model.yaml"], "model.h5"),
        ("model.json", ["whole model.h5", "model_weights.h5"], "model_weights.h5"),
        ("model.json", ["model.h5", "model_weights.h5"], None),
        ("model.json", ["weights.h5"], None),
        ("model.json", ["models.h5", "model2.h5", "model_best.h5"], None),
        ("model.json", ["whole model.h5"], None),
        ("model.json", [], None),
        ("model.h5", ["model_weights.h5"], None),
        ("model.weights.json", ["model.h5"], None),
    ],
)
def test_pairs(tmp_path: Path, name: str, others: list[str], expected: str | None) -> None:
    folder_of(tmp_path, name, *others)
    assert paired_weights(str(tmp_path / name)) == (str(tmp_path / expected) if expected else None)


def test_pair_in_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder_of(tmp_path, "model.json", "model.h5"))
    assert paired_weights("model.json") == "model.h5"


def test_file_that_cannot_be_read_leaves_a_doubt(tmp_path: Path) -> None:
    folder_of(tmp_path, "model.json", "model.h5")
    (tmp_path / "model_weights.h5").write_bytes(b"version https://git-lfs.github.com/spec/v1\n")
    assert paired_weights(str(tmp_path / "model.json")) is None
    (tmp_path / "model.h5").unlink()
    assert paired_weights(str(tmp_path / "model.json")) is None


def test_folder_of_too_many_files_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder_of(tmp_path, "model.json", "model.h5")
    monkeypatch.setattr("lstmlint.readers.pairing.MAX_ENTRIES", 1)
    assert paired_weights(str(tmp_path / "model.json")) is None
    assert paired_weights(str(tmp_path / "missing" / "model.json")) is None


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of public files is not beside the checkout")
def test_pairs_of_the_corpus() -> None:
    """By names alone: most of the known pairs in one folder are found, and no other."""
    folders: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for entry in map(json.loads, (CORPUS / "index.jsonl").read_text().splitlines()):
        folder, name = os.path.split(entry["path"])
        folders[entry["repo"], folder][name] = entry["format"]
    pairs = list(map(json.loads, (CORPUS / "pairs.jsonl").read_text().splitlines()))
    known = {(pair["repo"], pair["arch_path"], pair["weights_path"]) for pair in pairs}
    found = set()
    for (repo, folder), formats in folders.items():
        models = models_of(formats)
        for name in formats:
            weights = [other for other in belonging(name, models) if formats[other] == "h5-weights"]
            if formats[name] in ("json", "yaml") and len(weights) == 1:
                found.add((repo, os.path.join(folder, name), os.path.join(folder, weights[0])))
    assert found - known == set()
    assert len(found) >= 43
