"""`lstmlint textconv` in the hands of real git: diff, show, log and their cache."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from lstmlint.cli import main
from lstmlint.commands.textconv import TEXTCONV
from tests.support.edited_models import built, dense, dropout, lstm, saved
from tests.support.repository import LSTMLINT, commit, git
from tests.support.truth import FIXTURES

pytestmark = pytest.mark.usefixtures("quick_weights")

ATTRIBUTES = "*.keras diff=keras\n*.h5 diff=keras\n"
OLD, NEW = [lstm("encoder", 4), dense("scores", 5)], [lstm("encoder", 8), dropout("drop"), dense("scores", 5)]


def listing(path: str | Path) -> str:
    output = io.StringIO()
    assert main(["textconv", str(path)], output, io.StringIO()) == 0
    return output.getvalue()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository in which git shows models as text."""
    (tmp_path / ".gitattributes").write_text(ATTRIBUTES, encoding="utf-8")
    commit(tmp_path)
    git(tmp_path, "config", "diff.keras.textconv", f"{LSTMLINT} textconv")
    return tmp_path


def changed(diff: str) -> list[str]:
    """The lines that a diff takes away or adds, without the checksums and the runs of spaces in them."""
    lines = [line for line in diff.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    told = [line for line in lines if line[1:].strip() and not line[1:].startswith("content:")]
    return [f"{line[0]}{' '.join(line[1:].split())}" for line in told]


EXPECTED = [
    "-encoder LSTM (None, 6, 4) 128",
    "-scores Dense (None, 6, 5) 25",
    "+encoder LSTM (None, 6, 8) 384",
    "+drop Dropout (None, 6, 8) 0",
    "+scores Dense (None, 6, 5) 45",
    "-encoder: units = 4",
    "+encoder: units = 8",
    "+drop: rate = 0.5",
]


@pytest.mark.parametrize("suffix", [".h5", ".keras"])
def test_git_shows_a_model_as_a_table(repository: Path, suffix: str) -> None:
    name = f"model{suffix}"
    saved(built(OLD), repository, name)
    commit(repository, "old")
    assert git(repository, "diff", "--exit-code") == ""
    saved(built(NEW), repository, name)
    shown = git(repository, "diff", "--exit-code", status=1)
    assert "Binary files" not in shown
    assert changed(shown)[: len(EXPECTED)] == EXPECTED
    assert "-parameters: 153" in shown
    assert "+parameters: 429" in shown
    commit(repository, "new")
    assert changed(git(repository, "show")) == changed(shown)
    assert changed(git(repository, "log", "-p", "-1", "--format=")) == changed(shown)
    assert changed(git(repository, "diff", "HEAD~1", "HEAD", "--", name)) == changed(shown)


def test_cache_holds_the_texts(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    called = tmp_path_factory.mktemp("counted") / "called"
    git(repository, "config", "diff.keras.textconv", f"echo x >> '{called}'; {LSTMLINT} textconv")
    git(repository, "config", "diff.keras.cachetextconv", "true")
    for specs in (OLD, NEW):
        saved(built(specs), repository, "model.keras")
        commit(repository)
    shown = git(repository, "diff", "HEAD~1", "HEAD")
    assert changed(shown)[: len(EXPECTED)] == EXPECTED
    assert called.read_text(encoding="utf-8").count("x") == 2
    assert git(repository, "diff", "HEAD~1", "HEAD") == shown
    assert called.read_text(encoding="utf-8").count("x") == 2


def test_what_is_unreadable_is_one_line_and_git_goes_on(repository: Path) -> None:
    saved(built(OLD), repository, "good.keras")
    (repository / "bad.h5").write_bytes(b"no model")
    (repository / "empty.h5").write_bytes(b"")
    (repository / "pointer.h5").write_text("version https://git-lfs.github.com/spec/v1\n", encoding="utf-8")
    commit(repository)
    shown = git(repository, "show")
    assert "+no model: is not HDF5, whatever its name says" in shown
    assert "+no model: is empty" in shown
    assert "+no model: is a Git LFS pointer" in shown
    assert "encoder" in shown


def test_retrained_weights_show_as_one_line(repository: Path) -> None:
    model = built(OLD)
    saved(model, repository, "model.keras")
    commit(repository)
    model.set_weights([weights + 1 for weights in model.get_weights()])
    saved(model, repository, "model.keras")
    shown = git(repository, "diff")
    assert changed(shown) == []
    assert shown.count("\n-content: ") == shown.count("\n+content: ") == 1


def test_text_is_the_same_wherever_the_file_lies(tmp_path: Path) -> None:
    for name in ("lstm-72.h5", "seq2seq.h5", "lstm-72.keras"):
        path = FIXTURES / "keras-2.15.0" / name
        copy = tmp_path / f"elsewhere{path.suffix}"
        copy.write_bytes(path.read_bytes())
        assert listing(path) == listing(copy)
        assert str(tmp_path) not in listing(copy)
        assert str(FIXTURES) not in listing(path)


@pytest.mark.parametrize(
    "path", sorted(path for path in FIXTURES.glob("keras-*/*") if path.suffix in (".h5", ".keras"))[::5], ids=str
)
def test_every_line_stands_for_itself(path: Path) -> None:
    text = listing(path)
    assert text.endswith("\n")
    assert not any(line != line.rstrip() for line in text.splitlines())
    assert not any(ord(char) < 32 for char in text.replace("\n", ""))


def test_what_is_missing_and_what_is_a_folder(tmp_path: Path) -> None:
    assert listing(tmp_path / "missing.h5").startswith("no model: does not exist")
    assert listing(tmp_path).startswith("no model: is a folder")


def test_help_has_the_lines_that_this_test_uses() -> None:
    assert all(line in TEXTCONV.epilog for line in ATTRIBUTES.splitlines())
    assert "git config diff.keras.textconv 'lstmlint textconv'" in TEXTCONV.epilog
    assert "git config diff.keras.cachetextconv true" in TEXTCONV.epilog
