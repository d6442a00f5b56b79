"""`fix` names the new file after the old one where no name is given, and writes over nothing."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

from lstmlint import cli
from tests.support.truth import FIXTURES


def run(*arguments: str) -> tuple[int, str, str]:
    stdout, stderr = io.StringIO(), io.StringIO()
    return cli.main(["fix", *arguments, "--isolated"], stdout, stderr), stdout.getvalue(), stderr.getvalue()


def copied(name: str, folder: Path) -> Path:
    return Path(shutil.copy(FIXTURES / name, folder))


def test_a_name_is_made_from_that_of_the_file(tmp_path: Path) -> None:
    old = copied("keras-2.15.0/lstm-72.h5", tmp_path)
    new = tmp_path / "lstm-72.fixed.keras"
    status, stdout, _ = run(str(old))
    assert status == 0
    assert stdout.startswith(f"{new}: written\n")
    before = new.read_bytes()
    status, stdout, stderr = run(str(old))
    assert (status, stdout) == (2, "")
    assert stderr.startswith(f"{new}: error: is there already")
    assert new.read_bytes() == before


def test_an_architecture_stays_json(tmp_path: Path) -> None:
    old = copied("keras-2.15.0/lstm-72.json", tmp_path)
    assert run(str(old))[1].startswith(f"{tmp_path / 'lstm-72.fixed.json'}: written\n")


def test_a_diff_of_nothing_says_that_there_is_nothing_to_repair(tmp_path: Path) -> None:
    old = copied("keras-3.15.1/lstm-72.keras", tmp_path)
    assert run(str(old), "--diff") == (0, "", f"{old}: nothing to repair\n")


def test_nothing_to_repair_writes_nothing(tmp_path: Path) -> None:
    old = copied("keras-3.15.1/lstm-72.keras", tmp_path)
    status, stdout, _ = run(str(old))
    assert (status, stdout.strip()) == (0, "nothing to repair")
    assert list(tmp_path.iterdir()) == [old]


def test_what_is_read_from_standard_input_needs_a_name() -> None:
    status, _, stderr = run("-")
    assert status == 2
    assert "name it with -o" in stderr


def test_an_old_keras_gets_the_container_that_it_reads(tmp_path: Path) -> None:
    for target, suffix in (("tf-keras-2.15", "keras"), ("keras-2.3", "h5")):
        old = copied("keras-2.15.0/lstm-72.h5", tmp_path)
        assert run(str(old), "--to", target)[1].startswith(f"{tmp_path / 'lstm-72.fixed'}.{suffix}: written\n")
