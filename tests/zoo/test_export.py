"""Tables of a store in other formats."""

from __future__ import annotations

import csv
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import lstmlint
from tests.support.commands import said
from tests.support.truth import FIXTURES


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "zoo.db"
    lstmlint.audit([FIXTURES / "keras-2.3.1", FIXTURES / "broken"], path)
    return path


def tables(store: Path) -> dict[str, list[tuple[Any, ...]]]:
    with closing(sqlite3.connect(store)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in names}


def test_csv_holds_every_row(store: Path, tmp_path: Path) -> None:
    folder = tmp_path / "made" / "csv"
    told = said("audit", "export", "--store", str(store), "--csv", str(folder))
    whole = tables(store)
    assert len(told.splitlines()) == len(whole)
    for name, rows in whole.items():
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            _, *read = csv.reader(file)
        assert read == [["" if value is None else str(value) for value in row] for row in rows]


def test_parquet_holds_every_row(store: Path, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    said("audit", "export", "--store", str(store), "--parquet", str(tmp_path))
    for name, rows in tables(store).items():
        read = parquet.read_table(tmp_path / f"{name}.parquet").to_pylist()
        assert [tuple(row.values()) for row in read] == rows


def test_a_missing_library_is_one_line(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    told = said("audit", "export", "--store", str(store), "--parquet", str(tmp_path))
    assert told == "lstmlint: error: --parquet needs pyarrow; pip install 'lstmlint[parquet]'\n"


@pytest.mark.parametrize(
    "arguments", [["export"], ["export", "--csv", "x"], ["models", "--csv", "x"], ["export", "--store", "x.db"]]
)
def test_an_incomplete_command_says_the_whole_one(arguments: list[str]) -> None:
    told = said("audit", *arguments)
    assert told == "lstmlint: error: write it as: lstmlint audit export --store FILE --csv DIR, or --parquet DIR\n"


def test_a_store_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    told = said("audit", "export", "--store", str(tmp_path / "none.db"), "--csv", str(tmp_path))
    assert "there is no such store" in told
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_one_line(store: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    told = said("audit", "export", "--store", str(store), "--csv", str(tmp_path / "file"))
    assert told == f"lstmlint: error: {tmp_path / 'file'}: cannot be written: File exists\n"
