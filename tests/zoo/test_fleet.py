"""`lstmlint fleet` says of a zoo what the commands say of its files, and its numbers are those of this zoo."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

import lstmlint
from lstmlint.ir.finding import Severity
from lstmlint.linting.causes import singles
from lstmlint.settings.settings import Ignore, Settings
from lstmlint.zoo.fleet.causes import HARM, Kind, command
from lstmlint.zoo.fleet.numbers import distribution, percentile
from tests.face.test_cli import run
from tests.support.commands import printed, validated
from tests.support.truth import FIXTURES
from tests.support.zoos import age, fill, hostile

NEWEST = "keras-3.15"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fleet")
    fill(folder / "zoo")
    (folder / "zoo" / "package.json").write_text('{"name": "no model"}', encoding="utf-8")
    lstmlint.audit([folder / "zoo"], folder / "zoo.db", jobs=1)
    return folder / "zoo.db"


@pytest.fixture(scope="module")
def fleet(store: Path) -> lstmlint.Fleet:
    return lstmlint.fleet(store)


def paths(fleet: lstmlint.Fleet) -> list[str]:
    return [one.file.path for one in fleet.answers.files]


def readable(fleet: lstmlint.Fleet) -> list[str]:
    return [one.file.path for one in fleet.answers.files if not one.file.error]


def test_the_contents_are_those_of_the_files(fleet: lstmlint.Fleet) -> None:
    models = [lstmlint.load(path) for path in readable(fleet)]
    found = fleet.answers.contents
    assert (found.read, found.unreadable, found.skipped, found.folders) == (len(models), 1, 1, 3)
    assert {one.name: one.files for one in found.containers} == Counter(str(one.document.container) for one in models)
    assert {one.name: one.files for one in found.versions} == Counter(one.document.keras_version for one in models)
    classes = Counter(layer.class_name for one in models for layer in one.all_layers)
    assert {one.name: one.layers for one in found.layers} == classes
    assert found.params.total == sum(one.params for one in models if isinstance(one.params, int))
    assert found.bytes.total == sum(os.path.getsize(path) for path in paths(fleet))


def test_versions_come_from_new_to_old_and_by_year(fleet: lstmlint.Fleet) -> None:
    names = [one.name for one in fleet.answers.contents.versions]
    assert (names[0], names[-1]) == ("3.15.1", "1.2.2")
    assert {year.year for one in fleet.answers.contents.versions for year in one.by_year} == {2020}


def test_the_matrix_counts_the_verdicts_of_loads(fleet: lstmlint.Fleet) -> None:
    for column in fleet.answers.loads:
        verdicts = [lstmlint.loads(path, [column.target]).verdicts[0] for path in readable(fleet)]
        alone = [one for one in verdicts if one.reason and "load_weights" in one.reason.cure]
        assert column.weights_alone == len(alone) == 1
        counts = Counter(str(one.outcome) for one in verdicts if one not in alone)
        assert {one.outcome: one.files for one in column.outcomes if one.files} == counts
        assert sum(stop.files for stop in column.stops) == sum(one.reason is not None for one in verdicts) - 1
    assert [column.target for column in fleet.answers.loads][-1] == NEWEST == fleet.answers.newest


def test_the_causes_are_the_findings_of_check(fleet: lstmlint.Fleet) -> None:
    told = {(one.rule, one.severity, path) for one in fleet.answers.causes if one.kind == Kind.FINDING
            for path in one.files}  # fmt: skip
    checked = {
        (one.rule, str(one.severity), path)
        for path in readable(fleet)
        for one in singles(lstmlint.analyze(path).diagnostics)
    }
    assert told == checked


def test_harm_is_weight_times_files_and_the_most_harmful_comes_first(fleet: lstmlint.Fleet) -> None:
    causes = fleet.answers.causes
    assert all(one.harm == one.weight * len(one.files) for one in causes)
    assert [one.harm for one in causes] == sorted((one.harm for one in causes), reverse=True)
    for judged in fleet.answers.files:
        assert judged.harm == sum(causes[number].weight for number in judged.causes)
        assert all(judged.file.path in causes[number].files for number in judged.causes)
    assert [one.harm for one in fleet.answers.files] == sorted((one.harm for one in fleet.answers.files), reverse=True)
    harm = {Path(one.file.path).name: one.harm for one in fleet.answers.files}
    assert harm["cut.h5"] == 100
    assert harm["sequence.json"] >= 100
    assert harm["lstm.keras"] == 0
    assert harm["checkpoint.h5"] < 10, "weights alone load nowhere, which is no fault of them"


def test_a_refusal_of_the_newest_keras_counts_once(store: Path, fleet: lstmlint.Fleet) -> None:
    """As its verdict, or as findings where the settings make these graver than notes."""
    loading = [one for one in fleet.answers.causes if one.kind == Kind.LOADING]
    refused = {path for one in loading for path in one.files}
    assert {Path(path).name for path in refused} >= {"first.h5", "again.h5"}
    notes = [one for one in fleet.answers.causes if one.category == "portability"]
    assert notes
    assert {one.weight for one in notes} == {0}
    severe = lstmlint.fleet(store, settings=Settings(severity={"portability": Severity.ERROR})).answers
    assert {one.weight for one in severe.causes if one.category == "portability"} == {HARM[Severity.ERROR]}
    (first,) = [one for one in severe.files if Path(one.file.path).name == "first.h5"]
    kinds = [severe.causes[number].kind for number in first.causes]
    assert Kind.LOADING not in kinds


def test_the_command_of_a_cause_mends_its_files(fleet: lstmlint.Fleet, tmp_path: Path) -> None:
    (cause,) = [one for one in fleet.answers.causes if one.kind == Kind.LOADING and one.is_mended]
    program, *arguments = cause.command.split()
    assert program == "lstmlint"
    assert all(path.startswith(f"{arguments[1]}/") for path in cause.files)
    run(*arguments[:-1], str(tmp_path / "new"))
    for path in cause.files:
        new = tmp_path / "new" / Path(path).relative_to(arguments[1])
        assert [str(outcome) for outcome in lstmlint.loads(new, [NEWEST]).outcomes.values()] == ["loads"]


def test_the_command_for_one_file_mends_it(fleet: lstmlint.Fleet, tmp_path: Path) -> None:
    (cause,) = [one for one in fleet.answers.causes if one.kind == Kind.LOADING and one.is_mended]
    (file,) = [one.file for one in fleet.answers.files if one.file.path == cause.files[0]]
    _, *arguments = command([file]).split()
    new = tmp_path / f"new{Path(arguments[-1]).suffix}"
    assert arguments[1] == file.path
    assert run(*arguments[:-1], str(new))[0] == 0
    assert [str(outcome) for outcome in lstmlint.loads(new, [NEWEST]).outcomes.values()] == ["loads"]


@pytest.mark.parametrize(
    ("paths", "said"),
    [
        (("a/b/x.h5", "a/c/y.h5"), "lstmlint fix a --output-dir a-fixed"),
        (("x.h5", "a/y.h5"), "lstmlint fix . --output-dir fixed"),
        (("../x.h5", "../y.h5"), "lstmlint fix .. --output-dir fixed"),
        (("my zoo/x.h5", "my zoo/y.h5"), "lstmlint fix 'my zoo' --output-dir 'my zoo-fixed'"),
    ],
)
def test_the_folder_of_several_files_is_mended(paths: tuple[str, ...], said: str, fleet: lstmlint.Fleet) -> None:
    file = fleet.answers.files[0].file
    assert command([file._replace(path=path) for path in paths]) == said


def test_settings_apply_when_the_store_is_asked(store: Path, fleet: lstmlint.Fleet) -> None:
    rule = "missing-return-sequences"

    def severities(settings: Settings) -> set[str]:
        return {one.severity for one in lstmlint.fleet(store, settings=settings).answers.causes if one.rule == rule}

    assert severities(Settings()) == {"error"}
    assert severities(Settings(severity={rule: Severity.WARNING})) == {"warning"}
    assert severities(Settings(ignores=(Ignore("bad/**", "**/bad/**", "", (rule,)),))) == set()
    assert severities(Settings(severity={rule: Severity.NOTE}, min_severity=Severity.WARNING)) == set()


def test_a_baseline_applies(store: Path, tmp_path: Path) -> None:
    baseline, config = tmp_path / "baseline.json", tmp_path / "lstmlint.toml"
    sequence = store.parent / "zoo" / "bad" / "sequence.json"
    assert run("baseline", str(sequence), "--isolated", "-o", str(baseline))[0] == 0
    config.write_text('baseline = "baseline.json"', encoding="utf-8")
    causes = printed("fleet", str(store), "--config", str(config), "--format", "json")["causes"]
    rules = {one["rule"] for one in causes}
    assert "missing-return-sequences" not in rules
    assert rules
    baseline.write_text("{}", encoding="utf-8")
    status, _, errors = run("fleet", str(store), "--config", str(config))
    assert (status, errors.count("\n")) == (2, 1)


def test_duplicates_say_what_was_compared(fleet: lstmlint.Fleet) -> None:
    def names(files: tuple[str, ...]) -> set[str]:
        return {Path(path).name for path in files}

    found = fleet.answers.duplicates
    (equal,) = found.equal_bytes
    assert names(equal.files) == {"first.h5", "again.h5"}
    assert (equal.contents, equal.spare_bytes) == (1, os.path.getsize(equal.files[0]))
    (alike,) = [one for one in found.same_architecture if "first.h5" in names(one.files)]
    assert names(alike.files) >= {"first.h5", "again.h5", "config.json"}
    assert alike.contents == len(names(alike.files)) - 1
    assert all(one.contents > 1 for one in (*found.same_architecture, *found.same_tensor_shapes))


def test_the_largest_recurrent_layers_are_measured_against_all(fleet: lstmlint.Fleet) -> None:
    models = [lstmlint.load(path) for path in readable(fleet)]
    layers = [one for model in models for one in model.all_layers if one.class_name in ("LSTM", "GRU", "SimpleRNN")]
    params = sorted(one.params for one in layers if isinstance(one.params, int))
    largest = fleet.answers.recurrent.largest
    assert [one.params for one in largest] == params[::-1]
    for one in largest:
        assert one.percentile == pytest.approx(
            100 * sum(other <= one.params for other in params) / len(params), abs=0.1
        )


@pytest.mark.parametrize("values", [[0], [7, 7, 7], [3, 1, 2, None], list(range(101)), [0, 9, 10, 99, 100, 1000, 5]])
def test_quantiles_are_values_that_a_share_does_not_exceed(values: list[int | None]) -> None:
    known = [value for value in values if value is not None]
    found = distribution(values)
    assert (found.known, found.unknown, found.total) == (len(known), len(values) - len(known), sum(known))
    for quantile in found.quantiles:
        enough = [value for value in known if 100 * sum(one <= value for one in known) >= quantile.percent * len(known)]
        assert quantile.value == min(enough)
    for decade in found.decades:
        below = decade.start * 10 or 1
        assert decade.values == sum(decade.start <= value < below for value in known)
    assert sum(one.values for one in found.decades) == len(known)


def test_an_empty_zoo_has_no_quantiles(tmp_path: Path) -> None:
    assert distribution([]).quantiles == distribution([None]).quantiles == ()
    assert percentile(5, [1, 5, 9, 9]) == 50.0
    (tmp_path / "zoo").mkdir()
    lstmlint.audit([tmp_path / "zoo"], tmp_path / "zoo.db", jobs=1)
    for name in ("text", "markdown", "json"):
        assert run("fleet", str(tmp_path / "zoo.db"), "--format", name)[0] == 0


def test_the_trend_says_what_came_went_and_got_worse_or_better(tmp_path: Path) -> None:
    zoo, store = fill(tmp_path / "zoo"), tmp_path / "zoo.db"
    lstmlint.audit([zoo], store, jobs=1)
    assert lstmlint.fleet(store).answers.trend is None
    good, bad = FIXTURES / "keras-3.15.1" / "lstm-72.json", FIXTURES / "broken" / "missing-return-sequences.json"
    for name, fixture in (("old/config.json", bad), ("bad/sequence.json", good), ("new/more.json", good)):
        shutil.copy(fixture, zoo / name)
        age(zoo / name)
    (zoo / "new" / "gru.keras").rename(zoo / "new" / "lstm.keras")
    lstmlint.audit([zoo], store, jobs=1)
    trend = lstmlint.fleet(store).answers.trend
    assert trend is not None

    def names(found: tuple[str, ...]) -> list[str]:
        return [os.path.relpath(path, zoo).replace(os.sep, "/") for path in found]

    assert names(trend.came) == ["new/more.json"]
    assert names(trend.went) == ["new/gru.keras"]
    assert names(trend.changed) == ["bad/sequence.json", "new/lstm.keras", "old/config.json"]
    assert names(tuple(one.path for one in trend.worse)) == ["old/config.json"]
    assert names(tuple(one.path for one in trend.better)) == ["bad/sequence.json"]
    assert trend.worse[0].before < 100 <= trend.worse[0].after
    lstmlint.audit([zoo], store, jobs=1)
    quiet = lstmlint.fleet(store).answers.trend
    assert quiet is not None
    assert (quiet.came, quiet.went, quiet.changed) == ((), (), ())
    assert "no change" in str(lstmlint.fleet(store))


def test_python_says_what_the_command_says(store: Path, fleet: lstmlint.Fleet) -> None:
    told = printed("fleet", str(store), "--isolated", "--format", "json")
    assert fleet.to_dict() == told
    validated("fleet", fleet.to_dict())
    assert f"{fleet}\n" == run("fleet", str(store), "--isolated")[1]


def test_the_store_alone_is_read(store: Path, tmp_path: Path) -> None:
    """The files may be gone, the store may be moved with its folder, and nothing is written."""
    moved = tmp_path / "elsewhere.db"
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(store, moved)
    before = moved.read_bytes()
    found = lstmlint.fleet(moved).answers
    assert moved.read_bytes() == before
    assert {Path(one.file.path).parent.parent for one in found.files} == {tmp_path / "zoo"}
    assert not (tmp_path / "zoo").exists()


def test_a_store_that_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    other, text = tmp_path / "other.db", tmp_path / "text.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE t (a)")
    text.write_text("no database", encoding="utf-8")
    for path in (tmp_path / "missing.db", other, text):
        status, said, errors = run("fleet", str(path))
        assert (status, said) == (2, "")
        assert errors.count("\n") == 1
        assert str(path) in errors


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of a zoo whose files, folders and layers have hostile names."""
    folder = tmp_path_factory.mktemp("hostile")
    lstmlint.audit([hostile(folder / "zoo")], folder / "zoo.db", jobs=1)
    return folder / "zoo.db"


def test_hostile_names_stay_in_their_lines_and_cells(odd: Path) -> None:
    text, told = run("fleet", str(odd))[1], run("fleet", str(odd), "--format", "markdown")[1]
    for output in (text, told):
        assert not any(sign in output for sign in "\x1b\r\u202e\x00")
    for line in told.splitlines():
        assert "<script" not in line
        assert "<img" not in line
        if line.startswith("|"):
            assert line.endswith("|")
    widths = [
        [line.count("|") for line in block.splitlines() if line.startswith("|")] for block in told.split("\n### ")
    ]
    assert all(len(set(counts)) <= 1 for counts in widths)
    validated("fleet", printed("fleet", str(odd), "--format", "json"))
