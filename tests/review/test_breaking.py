"""`lstmlint breaking` and `REV:path` of `lstmlint diff`, in real git repositories."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jsonschema
import keras
import pytest

from lstmlint.cli import main
from lstmlint.review.breaking import Break, breaks
from lstmlint.review.categories import Category
from lstmlint.review.sources import ModelPlace, read
from lstmlint.settings.settings import Settings
from tests.output.test_diff_formats import schema
from tests.support.edited_models import BASE, EDITS, built, dense, dropout, lstm, saved
from tests.support.repository import commit, git

L = keras.layers
pytestmark = pytest.mark.usefixtures("quick_weights")


def run(*arguments: str) -> tuple[int, str, str]:
    output, errors = io.StringIO(), io.StringIO()
    status = main(list(arguments), output, errors)
    return status, output.getvalue(), errors.getvalue()


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty repository, which is the working directory."""
    monkeypatch.chdir(tmp_path)
    commit(tmp_path, "nothing")
    return tmp_path


def found(old: Any, new: Any, folder: Path, *categories: Category) -> list[Break]:
    before, after = (
        read(ModelPlace(path, path), lambda _: Settings())
        for path in (saved(old, folder, "old.keras"), saved(new, folder, "new.keras"))
    )
    return list(breaks(before, after, categories or tuple(Category)))


#: An edit of `tests/review/test_diff.py` -> what breaks, as category, layer and what.
BROKEN: dict[str, list[tuple[str, str, str]]] = {
    "rename": [("NAMES", "reader", "name")],
    "insert": [("WEIGHTS", "second", "weights"), ("SEMANTICS", "second", "layer")],
    "insert last": [],  # the output has the name of the new layer and the shape that it had
    "remove": [("NAMES", "drop", "name")],
    "change units": [
        ("WEIGHTS", "encoder", "weights"), ("WEIGHTS", "middle", "weights"), ("SEMANTICS", "encoder", "units"),
    ],
    "change activation": [("SEMANTICS", "scores", "activation")],
    "change rate": [],
    "rename and change": [("NAMES", "reader", "name"), ("SEMANTICS", "reader", "go_backwards")],
    "swap": [],
    "nest": [
        ("WEIGHTS", "head", "weights of middle"), ("NAMES", "head/drop", "path"), ("NAMES", "head/middle", "path"),
    ],
    "exchange the class": [("WEIGHTS", "encoder", "weights"), ("SEMANTICS", "encoder", "class")],
}  # fmt: skip


@pytest.mark.parametrize("edit", BROKEN)
def test_what_an_edit_breaks(edit: str, tmp_path: Path) -> None:
    new, _ = EDITS[edit]
    told = [
        (str(one.category), one.layer, one.what)
        for one in found(built(BASE, "functional"), built(new, "functional"), tmp_path)
    ]
    assert told == BROKEN[edit]


@pytest.mark.parametrize(
    ("key", "value", "is_breaking"),
    [
        ("return_sequences", False, True), ("stateful", True, True), ("go_backwards", True, True),
        ("recurrent_activation", "hard_sigmoid", True), ("use_bias", False, True), ("dropout", 0.3, False),
        ("kernel_initializer", "he_normal", False), ("trainable", False, False), ("unroll", True, False),
    ],
)  # fmt: skip
def test_a_key_of_a_recurrent_layer(key: str, value: Any, is_breaking: bool, tmp_path: Path) -> None:
    def model(**arguments: Any) -> Any:
        keras.utils.clear_session(free_memory=False)
        inputs = keras.Input(batch_shape=(2, 6, 3), name="series")
        layer = L.LSTM(4, name="lstm", **{"return_sequences": True, **arguments})
        return keras.Model(inputs, layer(inputs))

    semantic = found(model(), model(**{key: value}), tmp_path, Category.SEMANTICS)
    assert [one.what for one in semantic] == ([key] if is_breaking else [])


@pytest.mark.parametrize(
    ("old", "new", "is_breaking"),
    [((None, 3), (6, 3), True), ((6, 3), (None, 3), False), ((6, 3), (6, 5), True), ((6, 3), (6, 3), False)],
)
def test_an_input_that_takes_more_breaks_nobody(
    old: Sequence[int | None], new: Sequence[int | None], is_breaking: bool, tmp_path: Path
) -> None:
    def model(shape: Sequence[int | None]) -> Any:
        keras.utils.clear_session(free_memory=False)
        inputs = keras.Input(tuple(shape), name="series")
        return keras.Model(inputs, L.GlobalAveragePooling1D(name="mean")(inputs))

    assert bool(found(model(old), model(new), tmp_path, Category.INPUT)) == is_breaking


def test_outputs_are_compared_by_position(tmp_path: Path) -> None:
    def model(width: int, count: int) -> Any:
        keras.utils.clear_session(free_memory=False)
        inputs = keras.Input((3,), name="features")
        return keras.Model(inputs, [L.Dense(width, name=f"head{at}")(inputs) for at in range(count)])

    told = found(model(2, 2), model(4, 1), tmp_path, Category.OUTPUT)
    assert [(one.what, one.old, one.new) for one in told] == [
        ("output 0", "head0 (None, 2) float32", "head0 (None, 4) float32"),
        ("output 1 is gone", "head1 (None, 2) float32", "none"),
    ]


def test_working_tree_against_a_revision(repository: Path) -> None:
    saved(built(BASE), repository, "kept.keras")
    saved(built(BASE), repository, "changed.h5")
    saved(built(BASE), repository, "gone.keras")
    (repository / "notes.json").write_text('{"no": "model"}', encoding="utf-8")
    commit(repository)
    assert run("breaking", "--against", "HEAD")[0] == 0

    saved(built([lstm("encoder", 9), *BASE[1:]]), repository, "changed.h5")
    saved(built([dense("new", 2)]), repository, "fresh.keras")
    (repository / "gone.keras").unlink()
    (repository / "notes.json").write_text('{"no": "model", "still": "none"}', encoding="utf-8")
    status, output, errors = run("breaking", "--against", "HEAD")
    assert (status, errors) == (1, "")
    assert output.splitlines()[0] == "changed.h5"
    assert "    encoder: units: 4 → 9\n" in output
    assert "gone.keras\n  FILE" in output
    assert "fresh" not in output
    assert output.endswith("in 1 changed model, 1 new, 1 deleted\n")

    status, output, _ = run("breaking", "--against", "HEAD", "--format", "json", "--category", "weights,file")
    content = json.loads(output)
    jsonschema.validate(content, schema("breaking"))
    assert status == 1
    told = {one["path"]: [found["category"] for found in one["breaking"]] for one in content["files"]}
    assert told == {"changed.h5": ["WEIGHTS", "WEIGHTS"], "fresh.keras": [], "gone.keras": ["FILE"]}
    assert run("breaking", "--against", "HEAD", "--category", "NAMES")[0] == 0
    assert run("breaking", "--against", "HEAD", "kept.keras")[0] == 0
    assert run("breaking", "--against", "HEAD", "gone.keras")[0] == 1


def test_renamed_file_is_compared_with_what_it_was(repository: Path) -> None:
    saved(built(BASE), repository, "before.keras")
    commit(repository)
    git(repository, "mv", "before.keras", "after.keras")
    assert run("breaking", "--against", "HEAD") == (0, "0 breaking changes against HEAD in 1 changed model\n", "")


def test_budget_that_was_met_breaks_and_one_that_was_not_is_nothing_new(repository: Path) -> None:
    (repository / "lstmlint.toml").write_text("[budget]\nmax-params = 250\n", encoding="utf-8")
    for name, units in (("small.keras", 4), ("large.keras", 20)):
        saved(built([lstm("encoder", units)]), repository, name)
    commit(repository)
    for name, units in (("small.keras", 16), ("large.keras", 21)):
        saved(built([lstm("encoder", units)]), repository, name)
    status, output, _ = run("breaking", "--against", "HEAD", "--category", "BUDGET", "--format", "json")
    told = {one["path"]: len(one["breaking"]) for one in json.loads(output)["files"]}
    assert (status, told) == (1, {"large.keras": 0, "small.keras": 1})


def test_from_a_subfolder_paths_are_those_of_the_subfolder(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository / "zoo").mkdir()
    saved(built(BASE), repository, "zoo/model.h5")
    commit(repository)
    saved(built(EDITS["rename"][0]), repository, "zoo/model.h5")
    monkeypatch.chdir(repository / "zoo")
    for arguments in (("model.h5",), ("HEAD:zoo/model.h5", "model.h5"), ("HEAD:./model.h5",), ("HEAD:zoo/model.h5",)):
        status, output, errors = run("diff", *arguments)
        assert (status, errors) == (1, ""), arguments
        assert "encoder → reader (LSTM)" in output
    assert run("breaking", "--against", "HEAD")[1].startswith("model.h5\n  NAMES")
    status, _, errors = run("diff", "HEAD:model.h5")
    assert status == 2
    assert "does not exist in HEAD; from here it is HEAD:./model.h5" in errors


@pytest.mark.parametrize("suffix", [".h5", ".keras"])
def test_two_revisions_and_nothing_stays_behind(repository: Path, suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = repository / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    for units in (4, 9):
        saved(built([lstm("encoder", units)]), repository, f"model{suffix}")
        commit(repository, f"{units} units")
    status, output, errors = run("diff", f"HEAD~1:model{suffix}", f"HEAD:model{suffix}")
    assert (status, errors) == (1, "")
    assert "units: 4 → 9" in output
    assert list(scratch.iterdir()) == []
    assert run("diff", f"model{suffix}")[0] == 0
    assert run("diff", f"main:model{suffix}", f"HEAD:model{suffix}")[0] == 0
    saved(built([lstm("encoder", 11)]), repository, f"model{suffix}")
    assert run("diff", f"HEAD:model{suffix}", f":model{suffix}")[0] == 0
    git(repository, "add", ".")
    assert "units: 9 → 11" in run("diff", f"HEAD:model{suffix}", f":model{suffix}")[1]


def test_git_lfs_pointer_is_followed_into_the_local_store_only(repository: Path) -> None:
    path = Path(saved(built(BASE), repository, "model.keras"))
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {len(content)}\n"
    path.write_text(pointer, encoding="utf-8")
    commit(repository)
    path.write_bytes(content)
    status, _, errors = run("diff", "model.keras")
    assert status == 2
    assert "is a Git LFS pointer, and its content is not here; run 'git lfs fetch origin HEAD'" in errors
    store = repository / ".git" / "lfs" / "objects" / digest[:2] / digest[2:4] / digest
    store.parent.mkdir(parents=True)
    store.write_bytes(content)
    assert run("diff", "model.keras")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere:model.keras",), "names no revision"),
        (("--", "-x:model.keras"), "is not a revision"),
        (("HEAD:missing.keras",), "does not exist in HEAD"),
        ((":missing.keras",), "does not exist in the index"),
        (("HEAD:folder",), "is not a file in that revision"),
        (("untracked.keras",), "does not exist in HEAD"),
        (("HEAD:text.txt", "model.keras"), "is in no format that Keras writes"),
    ],
)
def test_what_cannot_be_read_is_one_clear_line(repository: Path, arguments: tuple[str, ...], said: str) -> None:
    saved(built(BASE), repository, "model.keras")
    (repository / "folder").mkdir()
    (repository / "folder" / "inner").write_text("x", encoding="utf-8")
    (repository / "text.txt").write_text("x", encoding="utf-8")
    commit(repository)
    saved(built(BASE), repository, "untracked.keras")
    status, output, errors = run("diff", *arguments)
    assert (status, output) == (2, "")
    assert said in errors
    assert errors.count("\n") == 1


def test_wrong_usage_of_breaking(repository: Path) -> None:
    for revision in ("nowhere", "-p", "--output=x"):
        status, output, errors = run("breaking", f"--against={revision}")
        assert (status, output) == (2, "")
        assert "is no revision of this repository" in errors
    assert run("breaking", "--against", "HEAD", "missing.h5")[0] == 2
    (repository / "broken.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    status, _, errors = run("breaking", "--against", "HEAD")
    assert status == 2
    assert errors.startswith("broken.h5: error: ")


def test_outside_of_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    path = saved(built([dropout("drop"), dense("scores")]), tmp_path, "model.keras")
    for arguments in (("diff", path), ("breaking", "--against", "HEAD"), ("diff", "HEAD:model.keras")):
        status, output, errors = run(*arguments)
        assert (status, output) == (2, "")
        assert "in no working tree of git" in errors


def test_a_path_of_which_nothing_can_be_said_does_not_pass(
    repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    commit(repository)
    outside = tmp_path_factory.mktemp("outside") / "model.json"
    outside.write_text("{}", encoding="utf-8")
    for path, why in ((str(outside), "lies outside of the repository"), ("gone.h5", "exists neither here nor in HEAD")):
        status, _, errors = run("breaking", "--against", "HEAD", path)
        assert (status, errors.count("\n")) == (2, 1)
        assert why in errors
    assert run("breaking", "--against", "HEAD", ".")[0] == 0
