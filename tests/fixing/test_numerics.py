"""After `fix`, today's Keras gives the outputs that the old Keras gave: models made and run by real old versions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lstmlint
from lstmlint.fixing.fix import Fixed, fix, output, run_by
from lstmlint.fixing.repairs.hard_sigmoid import FUNCTION, SCALE
from lstmlint.fixing.writers import write
from tests.support.numerics import Run, find, runs

#: Keras 1 ran on Theano here and does not say so in its files; what must be told lstmlint.
ON_THEANO = frozenset({"conv-1d", "conv-2d-tf", "conv-2d-th", "conv-lstm"})

RUNS = list(runs())


#: Models whose weights can make up for every hard sigmoid in them.
SCALED = frozenset({
    *(("1.2.2", name) for name in ("lstm-cpu", "gru-gpu", "simple-rnn-hard", "bidirectional", "conv-2d-tf", "nested")),
    *(("2.3.1", name) for name in ("lstm-hard", "gru-hard-everywhere", "separable", "conv-lstm", "stacked-cells")),
    *(("2.15.0", name) for name in ("lstm-no-bias", "gru-reset-after", "dense-hard", "unlike-directions")),
})  # fmt: skip


def fixed(run: Run, folder: Path, *, allow_unsafe: bool = False) -> Fixed:
    model = lstmlint.load(str(run.unpack(folder)))
    backend = "theano" if run.version == "1.2.2" and run.name in ON_THEANO else None
    return fix(run_by(model, backend), allow_unsafe=allow_unsafe)


def outputs(path: Path, run: Run) -> list[Any]:
    """What today's Keras gives for the inputs of a run."""
    import keras

    model = keras.models.load_model(path, compile=False)
    given = model(list(run.inputs) if len(run.inputs) > 1 else run.inputs[0], training=False)
    return list(given) if isinstance(given, list | tuple) else [given]


def require_old_outputs(path: Path, run: Run) -> None:
    for given, old in zip(outputs(path, run), run.outputs, strict=True):
        np.testing.assert_allclose(np.asarray(given), old, atol=run.tolerance, rtol=0)


@pytest.mark.parametrize("run", RUNS, ids=str)
def test_repaired_file_gives_the_old_outputs(run: Run, tmp_path: Path) -> None:
    repaired = fixed(run, tmp_path)
    path = tmp_path / f"repaired.{run.file.rpartition('.')[2]}"
    write(output(repaired.draft), str(path))
    require_old_outputs(path, run)


@pytest.mark.parametrize("run", [run for run in RUNS if (run.version, run.name) in SCALED], ids=str)
def test_scaled_weights_give_the_old_outputs(run: Run, tmp_path: Path) -> None:
    repaired = fixed(run, tmp_path, allow_unsafe=True)
    path = tmp_path / f"repaired.{run.file.rpartition('.')[2]}"
    write(output(repaired.draft), str(path))
    assert {change.repair for change in repaired.changes} & {FUNCTION, SCALE} == {SCALE}
    assert "old_hard_sigmoid" not in json.dumps(repaired.draft.config)
    require_old_outputs(path, run)


@pytest.mark.parametrize(
    "run", [find("1.2.2", "lstm-cpu.h5"), find("2.3.1", "cudnn-gru.h5"), find("2.15.0", "lstm-hard.h5")], ids=str
)
def test_h5_may_become_an_archive(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "repaired.keras"
    write(output(fixed(run, tmp_path).draft), str(path))
    require_old_outputs(path, run)
