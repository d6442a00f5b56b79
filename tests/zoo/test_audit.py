"""`lstmlint audit`: what it keeps, what it does not read twice, and what it says of files that change."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import h5py
import pytest

import lstmlint
from lstmlint.ir.finding import Severity
from lstmlint.linting.causes import singles
from tests.readers.test_readers_shards import SHARDS, write_index
from tests.support.commands import printed, said
from tests.support.truth import FIXTURES

MODEL = FIXTURES / "keras-2.15.0" / "lstm-72.h5"


def rows(store: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(store)) as connection:
        return connection.execute(query).fetchall()


def aged(*paths: Path) -> None:
    """Make files old enough for their times to be trusted."""
    for path in paths:
        os.utime(path, (1_600_000_000, 1_600_000_000))


@pytest.fixture
def zoo(tmp_path: Path) -> Path:
    """A zoo of a few models, one of them with a finding, one broken, one of them no model."""
    folder = tmp_path / "zoo"
    (folder / "old").mkdir(parents=True)
    shutil.copy(FIXTURES / "keras-3.15.1" / "lstm-72.keras", folder / "new.keras")
    shutil.copy(MODEL, folder / "old" / "lstm.h5")
    shutil.copy(FIXTURES / "broken" / "missing-return-sequences.json", folder / "bad.json")
    shutil.copy(FIXTURES / "broken" / "truncated.h5", folder / "broken.h5")
    aged(*folder.rglob("*.*"))
    return folder


def test_the_store_holds_what_check_says(tmp_path: Path) -> None:
    """Every single finding of every fixture, with its severity and cause."""
    store = tmp_path / "zoo.db"
    audit = lstmlint.audit([FIXTURES], store)
    stored: dict[str, list[Any]] = {}
    for path, *finding in rows(
        store,
        "SELECT path, rule, severity, confidence, layer, pointer_json, stored, message, cause, is_consequence "
        "FROM current_findings ORDER BY path, position",
    ):
        stored.setdefault(path, []).append(finding)
    severities: Counter[Severity] = Counter()
    for path, status, error in rows(store, "SELECT path, status, error FROM current"):
        if status != "ok":
            kind = {"skipped": lstmlint.NotAModelError, "error": lstmlint.UnreadableError}[status]
            with pytest.raises(kind) as why:
                lstmlint.analyze(path)
            assert error == why.value.reason
            continue
        analysis = lstmlint.analyze(path)
        severities.update(one.severity for one in analysis.diagnostics)
        told = [
            [
                one.rule, str(one.severity), str(one.confidence), one.finding.location.layer,
                json.dumps(list(one.finding.location.pointer), separators=(",", ":")), one.finding.location.stored,
                one.finding.message.replace(path, "[…]"), one.cause, one.is_consequence,
            ]
            for one in singles(analysis.diagnostics)
        ]  # fmt: skip
        assert stored.get(path, []) == told, path
    assert audit.tally.findings == {str(severity): severities[severity] for severity in Severity}


def test_the_store_holds_what_loads_and_summary_say(tmp_path: Path) -> None:
    store = tmp_path / "zoo.db"
    lstmlint.audit([FIXTURES / "keras-2.15.0"], store, loads=["all"])
    for path, params, size in rows(store, "SELECT path, params, param_bytes FROM current"):
        summary = lstmlint.summary(path)
        unknown = (None, None)
        assert (params, size) == (
            unknown if isinstance(summary.params, lstmlint.Unknown) else (summary.params, summary.bytes)
        )
        told = [
            (one.target.name, str(one.outcome), one.reason and one.reason.message.replace(path, "[…]"))
            for one in lstmlint.loads(path).verdicts
        ]
        kept = rows(store, f"SELECT target, outcome, message FROM current_verdicts WHERE path = '{path}'")
        assert sorted(kept) == sorted(told), path


def test_nothing_is_read_twice(zoo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = zoo / "zoo.db"
    first = lstmlint.audit([zoo], store).tally
    assert (first.files, first.read, first.unchanged, len(first.failed)) == (4, 4, 0, 1)
    before = rows(store, "SELECT * FROM states")
    monkeypatch.setattr("lstmlint.running.engine.Processes._started", None)  # no process is needed
    second = lstmlint.audit([zoo], store).tally
    assert (second.files, second.read, second.unchanged, len(second.failed)) == (4, 0, 4, 1)
    assert (second.new, second.changed, second.vanished) == (0, 0, 0)
    assert second.findings == first.findings
    assert rows(store, "SELECT * FROM states") == before


def test_a_content_that_is_known_is_not_read_again_under_another_name(zoo: Path) -> None:
    store = zoo / "zoo.db"
    lstmlint.audit([zoo], store)
    shutil.copy(zoo / "new.keras", zoo / "copy.keras")
    lstmlint.audit([zoo], store)
    assert rows(store, "SELECT count(*) FROM models") == [(3,)]
    assert rows(store, "SELECT files FROM equal_bytes") == [(2,)]


def test_what_changes_and_what_goes_is_said(zoo: Path) -> None:
    store = zoo / "zoo.db"
    lstmlint.audit([zoo], store)
    shutil.copy(FIXTURES / "keras-3.15.1" / "gru.keras", zoo / "new.keras")
    (zoo / "old" / "lstm.h5").unlink()
    (zoo / "bad.json").touch()
    shutil.copy(MODEL, zoo / "another.h5")
    tally = lstmlint.audit([zoo], store).tally
    assert (tally.files, tally.new, tally.changed, tally.vanished) == (4, 1, 1, 1)
    assert [Path(path).name for path in tally.gone] == ["lstm.h5"]
    changes = rows(store, "SELECT path, status_before, status_after FROM changes WHERE run = 2 ORDER BY path")
    assert changes == [("another.h5", None, "ok"), ("new.keras", "ok", "ok"), ("old/lstm.h5", "ok", "vanished")]
    again = lstmlint.audit([zoo], store).tally
    assert (again.new, again.changed, again.vanished) == (0, 0, 0)


def test_what_is_gone_can_be_forgotten(zoo: Path) -> None:
    store = zoo / "zoo.db"
    lstmlint.audit([zoo], store)
    (zoo / "old" / "lstm.h5").unlink()
    lstmlint.audit([zoo], store, prune=True)
    assert rows(store, "SELECT count(*) FROM files") == [(3,)]
    assert rows(store, "SELECT count(*) FROM models") == [(2,)]
    assert rows(store, "SELECT count(*) FROM layers WHERE model_id NOT IN (SELECT id FROM models)") == [(0,)]
    assert rows(store, "PRAGMA foreign_key_check") == []


def test_files_of_other_sources_are_left_alone(zoo: Path) -> None:
    store = zoo / "zoo.db"
    lstmlint.audit([zoo], store)
    (zoo / "new.keras").unlink()
    tally = lstmlint.audit([zoo / "old"], store).tally
    assert (tally.files, tally.vanished) == (1, 0)
    assert rows(store, "SELECT count(*) FROM current WHERE status = 'vanished'") == [(0,)]


def test_weights_that_appear_beside_an_architecture_are_read(zoo: Path) -> None:
    store = zoo / "zoo.db"
    shutil.copy(FIXTURES / "keras-2.15.0" / "lstm-72.json", zoo / "pair.json")
    aged(zoo / "pair.json")
    lstmlint.audit([zoo], store)
    count = "SELECT count(*) FROM current JOIN tensors USING (model_id) WHERE path LIKE '%pair.json'"
    assert rows(store, count) == [(0,)]
    with h5py.File(MODEL) as whole, h5py.File(zoo / "pair_weights.h5", "w") as weights:
        for name, group in whole["model_weights"].items():
            whole.copy(group, weights, name)
        weights.attrs.update(whole["model_weights"].attrs)
    lstmlint.audit([zoo], store)
    analysis = lstmlint.load(zoo / "pair.json")
    assert analysis.document.stored is not None
    assert rows(store, count)[0][0] == sum(len(one.tensors) for one in analysis.document.stored)


def test_only_settings_that_change_what_is_found_have_files_read_again(zoo: Path) -> None:
    store = zoo / "zoo.db"
    read = []
    for text in ("", 'min-severity = "error"', 'ignore = ["shape"]', 'ignore = ["shape"]\nfail-on = "never"'):
        (zoo / "lstmlint.toml").write_text(text, encoding="utf-8")
        read.append(json.loads(said("audit", "--format", "json", "--store", str(store), str(zoo)))["read"])
    assert read == [4, 0, 4, 0]


def test_the_command_prints_the_same_from_python(zoo: Path) -> None:
    printed_object = printed("audit", "--isolated", "--format", "json", str(zoo))
    assert printed_object == lstmlint.audit([zoo]).to_dict()
    assert said("audit", "--isolated", str(zoo)) == f"{lstmlint.audit([zoo])}\n"


def test_lists_and_globs_are_sources(zoo: Path, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text(f"{zoo}/new.keras\n\n{zoo}/old\n", encoding="utf-8")
    assert lstmlint.audit([f"@{tmp_path}/list.txt"]).tally.files == 2
    assert lstmlint.audit([f"{zoo}/*.h5", f"{zoo}/broken.h5"]).tally.files == 1
    problems = lstmlint.audit([f"{zoo}/*.none", zoo / "nowhere"]).problems
    assert [why for _, why in problems] == ["matches no file", "does not exist"]
    with pytest.raises(lstmlint.SourceError, match=r"nowhere\.txt: cannot be read"):
        lstmlint.audit(["@nowhere.txt"])
    with pytest.raises(lstmlint.SourceError, match="standard input"):
        lstmlint.audit(["-"])


SETTINGS = """
min-severity = "warning"
[severity]
missing-return-sequences = "warning"
[per-file-ignores]
"*.keras" = ["shape"]
"broken/*" = ["security"]
"""


def test_settings_hide_in_the_counts_what_a_check_hides(tmp_path: Path) -> None:
    (tmp_path / "lstmlint.toml").write_text(SETTINGS, encoding="utf-8")
    arguments = ("--config", str(tmp_path / "lstmlint.toml"), "--format", "json", str(FIXTURES))
    store = str(tmp_path / "zoo.db")
    audited = json.loads(said("audit", "--store", store, *arguments))
    checked = json.loads(said("check", *arguments))
    assert audited["findings"] == checked["totals"]["findings"]
    assert audited["findings"] != json.loads(said("audit", "--store", store, "--isolated", *arguments[2:]))["findings"]
    baseline = tmp_path / "known.json"
    said("baseline", *arguments[:2], str(FIXTURES), "-o", str(baseline))
    text = f'baseline = "{baseline.name}"\n{SETTINGS}'
    (tmp_path / "lstmlint.toml").write_text(text, encoding="utf-8")
    again = json.loads(said("audit", "--store", store, *arguments))
    assert (again["read"], sum(again["findings"].values())) == (0, 0)


@pytest.mark.parametrize(("days", "read"), [(365, 0), (0.5, 1), (-1, 0)])
def test_a_time_in_the_far_future_is_trusted_and_one_of_a_clock_that_is_ahead_is_not(
    days: float, read: int, tmp_path: Path
) -> None:
    path = tmp_path / "lstm.h5"
    shutil.copy(MODEL, path)
    os.utime(path, (time.time() + days * 86400,) * 2)
    lstmlint.audit([path], tmp_path / "zoo.db")
    assert lstmlint.audit([path], tmp_path / "zoo.db").tally.read == read


def test_a_shard_of_an_index_of_any_name_is_noticed(tmp_path: Path) -> None:
    folder = tmp_path / "zoo"
    folder.mkdir()
    index = write_index(folder).rename(folder / "index.json")
    aged(*folder.iterdir())
    lstmlint.audit([index], tmp_path / "zoo.db")
    assert lstmlint.audit([index], tmp_path / "zoo.db").tally.read == 0
    with h5py.File(folder / SHARDS[1], "a") as file:
        del file["layers/dense/vars/0"]
        file.create_dataset("layers/dense/vars/0", (7, 1), "float32")
    assert lstmlint.audit([index], tmp_path / "zoo.db").tally.read == 1
    shapes = rows(
        tmp_path / "zoo.db", "SELECT shape_json FROM tensors JOIN states USING (model_id) WHERE to_run IS NULL"
    )
    assert ("[7,1]",) in shapes
