"""The certificate of a repair: what it says of models whose outputs are known to be restored, or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import h5py
import pytest

import lstmlint
from lstmlint.fixing.certificate.certificate import Comparison, text
from lstmlint.fixing.fix import fix, run_by
from lstmlint.fixing.repairs.hard_sigmoid import FUNCTION
from lstmlint.fixing.repairs.repair import Draft
from lstmlint.fixing.writers.certify import certificate
from tests.support.numerics import Run, find, runs

RECURRENT = [run for run in runs() if run.name not in ("conv-lstm", "mixed-precision", "operations")]


def repaired(run: Run, folder: Path, *, allow_unsafe: bool = False) -> Draft:
    return fix(lstmlint.load(str(run.unpack(folder))), allow_unsafe=allow_unsafe).draft


def compared(draft: Draft) -> Sequence[Comparison]:
    return certificate(draft).comparisons


@pytest.mark.parametrize("allow_unsafe", [False, True], ids=["safe", "unsafe"])
@pytest.mark.parametrize("run", RECURRENT, ids=str)
def test_repairs_change_no_output(run: Run, allow_unsafe: bool, tmp_path: Path) -> None:
    assert [one for one in compared(repaired(run, tmp_path, allow_unsafe=allow_unsafe)) if not one.is_same] == []


def test_what_was_not_repaired_is_seen(tmp_path: Path) -> None:
    """The same model with the name of its gate function as it was."""
    draft = repaired(find("2.3.1", "lstm-hard.h5"), tmp_path)
    [layer] = [layer for layer in draft.layers() if layer.class_name == "LSTM"]
    unrepaired = draft.put((*layer.pointer, "config", "recurrent_activation"), "hard_sigmoid")
    [before], [after] = compared(draft), compared(unrepaired)
    assert before.is_same
    assert not after.is_same
    assert after.difference is not None
    assert after.difference > 0.01


def test_text_names_layers_and_differences(tmp_path: Path) -> None:
    lines = list(text(compared(repaired(find("2.3.1", "cudnn-bidirectional.h5"), tmp_path))))
    assert lines[0].startswith("certificate: 4 of 4 recurrent layers give the same outputs as before (8 sequences")
    assert ", forward (CuDNNLSTM, now LSTM): largest difference " in lines[1]
    assert ", backward (CuDNNLSTM, now LSTM): largest difference " in lines[2]
    assert lines[-1].strip().startswith("not covered: everything but recurrent layers")


def test_cells_are_named(tmp_path: Path) -> None:
    found = compared(repaired(find("2.15.0", "stacked-cells.h5"), tmp_path))
    assert [one.layer for one in found] == ["rnn, cell 1", "rnn, cell 2"]


def test_zeros_are_no_evidence(tmp_path: Path) -> None:
    """The same file with zeros for all weights."""
    path = find("2.15.0", "lstm-hard.h5").unpack(tmp_path)
    with h5py.File(path, "a") as file:
        file.visititems(lambda name, item: item.write_direct(0 * item[()]) if isinstance(item, h5py.Dataset) else None)
    [one] = compared(fix(lstmlint.load(str(path))).draft)
    assert not one.is_same
    assert one.reason.startswith("its weights are all zero")


def test_repairing_twice_changes_nothing(tmp_path: Path) -> None:
    from lstmlint.fixing.fix import output
    from lstmlint.fixing.writers import write

    path = tmp_path / "repaired.h5"
    write(output(repaired(find("1.2.2", "bidirectional.h5"), tmp_path, allow_unsafe=True)), str(path))
    again = fix(lstmlint.load(str(path)), allow_unsafe=True)
    assert again.changes == ()
    assert FUNCTION not in {repair.name for repair in again.held_back}


@pytest.mark.parametrize("name", ["conv-1d", "conv-2d-tf", "conv-2d-th"])
def test_convolutions_of_theano_are_compared(name: str, tmp_path: Path) -> None:
    """Keras 1.2.2 on Theano wrote the files; test_numerics holds the outputs of this repair against what it gave."""
    path = str(find("1.2.2", f"{name}.h5").unpack(tmp_path))
    seen = {}
    for backend in ("theano", "tensorflow", None):
        fixed = fix(run_by(lstmlint.load(path), backend))
        seen[backend] = [one for one in compared(fixed.draft) if not one.is_recurrent]
        assert bool(fixed.left) is (backend is None)
    [turned] = seen["theano"]
    assert turned.is_same
    assert not seen[None]
    unturned = fix(run_by(lstmlint.load(path), "tensorflow")).draft
    unturned = replace(unturned, document=replace(unturned.document, backend="theano"))
    assert not any(one.is_same for one in compared(unturned) if not one.is_recurrent)


def test_a_file_that_names_its_backend_needs_no_other(tmp_path: Path) -> None:
    path = find("2.3.1", "lstm-hard.h5").unpack(tmp_path)
    with pytest.raises(lstmlint.UnreadableError, match="says itself that tensorflow ran it"):
        lstmlint.fix(path, backend="theano")
