"""The certificate of a repair: what it says of models whose outputs are known to be restored, or not."""

from __future__ import annotations

from pathlib import Path

import pytest

import lstmlint
from lstmlint.fixing.certificate.certificate import certify, text
from lstmlint.fixing.fix import fix
from lstmlint.fixing.repairs.hard_sigmoid import FUNCTION
from lstmlint.fixing.repairs.repair import Draft
from tests.support.numerics import Run, find, runs

RECURRENT = [run for run in runs() if run.name not in ("conv-lstm", "mixed-precision", "operations")]


def repaired(run: Run, folder: Path, *, allow_unsafe: bool = False) -> Draft:
    return fix(lstmlint.load(str(run.unpack(folder))), allow_unsafe=allow_unsafe).draft


@pytest.mark.parametrize("allow_unsafe", [False, True], ids=["safe", "unsafe"])
@pytest.mark.parametrize("run", RECURRENT, ids=str)
def test_repairs_change_no_output(run: Run, allow_unsafe: bool, tmp_path: Path) -> None:
    assert [one for one in certify(repaired(run, tmp_path, allow_unsafe=allow_unsafe)) if not one.is_same] == []


def test_what_was_not_repaired_is_seen(tmp_path: Path) -> None:
    """The same model with the name of its gate function as it was."""
    draft = repaired(find("2.3.1", "lstm-hard.h5"), tmp_path)
    [layer] = [layer for layer in draft.layers() if layer.class_name == "LSTM"]
    unrepaired = draft.put((*layer.pointer, "config", "recurrent_activation"), "hard_sigmoid")
    [before], [after] = certify(draft), certify(unrepaired)
    assert before.is_same
    assert not after.is_same
    assert after.difference is not None
    assert after.difference > 0.01


def test_text_names_layers_and_differences(tmp_path: Path) -> None:
    lines = list(text(certify(repaired(find("2.3.1", "cudnn-bidirectional.h5"), tmp_path))))
    assert lines[0] == "certificate: 4 of 4 recurrent layers give the same outputs as before (8 sequences of 12 steps)"
    assert all("(CuDNNLSTM, now LSTM): largest difference " in line for line in lines[1:3])


def test_repairing_twice_changes_nothing(tmp_path: Path) -> None:
    from lstmlint.fixing.fix import output
    from lstmlint.fixing.writers import write

    path = tmp_path / "repaired.h5"
    write(output(repaired(find("1.2.2", "bidirectional.h5"), tmp_path, allow_unsafe=True)), str(path))
    again = fix(lstmlint.load(str(path)), allow_unsafe=True)
    assert again.changes == ()
    assert FUNCTION not in {repair.name for repair in again.held_back}
