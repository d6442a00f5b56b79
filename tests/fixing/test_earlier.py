"""`fix --to` an earlier Keras: architectures of Keras 3.15.1 for TensorFlow 2.15, and there and back again."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import lstmlint
from lstmlint.keras.versions import target_of
from lstmlint.portability.verdict import Outcome, verdict
from tests.support.truth import FIXTURES

TARGET = "tf-keras-2.15"
ARCHITECTURES = sorted((FIXTURES / "keras-3.15.1").glob("*.json"))
#: Its own Keras cannot read it back: an operation in H5 is a class that nothing locates.
UNREADABLE = "bidirectional-tagger.h5"
WHOLE = sorted(
    path
    for path in (FIXTURES / "keras-3.15.1").iterdir()
    if path.suffix in (".h5", ".keras") and path.name != UNREADABLE
)

#: What Keras 2 has no words for, with what is left to the user.
LEFT = {
    "activations": "hard_sigmoid", "options": "hard_sigmoid", "keras3-layers": "RMSNormalization",
    "lambda": "bytecode", "spectral-normalization": "SpectralNormalization",
}  # fmt: skip

#: What Keras 3 itself cannot run: an Embedding whose length nothing tells any more, and a Dense behind it.
UNBUILT = "embedding-input-length"

RECORD = Path(__file__).parents[1] / "data" / "earlier-2.15.0.jsonl"


@pytest.mark.parametrize("path", ARCHITECTURES + WHOLE, ids=lambda path: path.name)
def test_there_and_back_again(path: Path, tmp_path: Path) -> None:
    there, back = tmp_path / f"there{path.suffix}", tmp_path / f"back{path.suffix}"
    fixed = lstmlint.fix(path, there, to=TARGET)
    if path.stem in LEFT:
        assert any(LEFT[path.stem] in note.message for note in fixed.left)
        return
    assert fixed.left == ()
    found = verdict(lstmlint.load(there), target_of(TARGET))
    assert found.outcome in (Outcome.LOADS, Outcome.DIFFERS), found.reason
    assert lstmlint.fix(there, back).left == ()
    assert not [row for row in lstmlint.diff(path, back).rows if row.changes]


@cache
def recorded() -> dict[str, dict[str, Any]]:
    """What TensorFlow 2.15.1 said of the files, by name (`tests/data/make_earlier.py`)."""
    return {entry["name"]: entry for entry in map(json.loads, RECORD.read_text(encoding="utf-8").splitlines())}


@pytest.mark.parametrize("path", ARCHITECTURES, ids=lambda path: path.name)
def test_tensorflow_loaded_what_is_written(path: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.json"
    left = lstmlint.fix(path, new, to=TARGET).left
    entry = recorded()[path.stem]
    assert entry["left"] is bool(left)
    if not left:
        assert entry["written"] == hashlib.sha256(new.read_bytes()).hexdigest(), "run make_earlier.py again"
        assert bool(entry["errors"]) is (path.stem == UNBUILT)
        rounding = 1e-3 if path.stem == "mixed-precision" else 1e-5
        assert all(difference <= rounding for difference in entry["differences"].values())


@pytest.mark.parametrize("name", ["lstm-72.keras", "seq2seq.h5", "multihead.keras", "bidirectional-tagger.json"])
def test_an_earlier_keras_3_lacks_later_fields(name: str, tmp_path: Path) -> None:
    path, new = FIXTURES / "keras-3.15.1" / name, tmp_path / name
    assert lstmlint.fix(path, new, to="keras-3.5").left == ()
    assert "quantization_config" not in json.dumps(lstmlint.load(new).document.config)
    assert verdict(lstmlint.load(new), target_of("keras-3.5")).outcome is Outcome.LOADS


@pytest.mark.parametrize("name", ["tfjs", "keras-1.2", "keras-99"])
def test_other_targets_are_refused(name: str) -> None:
    with pytest.raises(lstmlint.UnknownTargetError):
        lstmlint.fix(FIXTURES / "keras-3.15.1/lstm-72.json", to=name)
