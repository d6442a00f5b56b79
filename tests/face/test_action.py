"""The GitHub Action: its metadata by GitHub's schema, its scripts in a repository, its comment on a real server."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from tests.support.repository import ENVIRONMENT, commit, git
from tests.support.truth import FIXTURES, ROOT

ACTION = ROOT / ".github" / "action"
TOKEN = "a-token"


def run(*command: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A script of the action, with lstmlint on the path as the action installs it."""
    programs = cwd.parent / "programs"
    programs.mkdir(exist_ok=True)
    wrapper = programs / "lstmlint"
    wrapper.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m lstmlint "$@"\n', encoding="utf-8")
    wrapper.chmod(0o755)
    (programs / "python").unlink(missing_ok=True)
    (programs / "python").symlink_to(sys.executable)
    given = {**os.environ, **ENVIRONMENT, **environment, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(command, cwd=cwd, env=given, capture_output=True, text=True, check=False)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two commits: one with models, one that changes, adds and deletes some."""
    folder = tmp_path / "work"
    folder.mkdir()
    shutil.copy(FIXTURES / "keras-2.15.0" / "lstm-72.h5", folder / "model.h5")
    shutil.copy(FIXTURES / "keras-2.15.0" / "gru.h5", folder / "gone.h5")
    shutil.copy(FIXTURES / "keras-2.15.0" / "lstm-12.json", folder / "same.json")
    (folder / "package.json").write_text('{"name": "no model"}', encoding="utf-8")
    commit(folder)
    shutil.copy(FIXTURES / "keras-2.15.0" / "lstm-12.h5", folder / "model.h5")
    (folder / "gone.h5").unlink()
    shutil.copy(FIXTURES / "keras-3.15.1" / "gru.keras", folder / "new one.keras")
    (folder / "package.json").write_text('{"name": "still no model"}', encoding="utf-8")
    commit(folder)
    return folder


def test_the_metadata_is_valid() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-actions"]
    done = subprocess.run([*command, str(ROOT / "action.yml")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_what_users_write_reaches_no_shell() -> None:
    """Inputs come as variables of the environment: text in a script would be run."""
    steps = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["runs"]["steps"]
    assert [step for step in steps if "${{" in step.get("run", "")] == []


@pytest.mark.parametrize(
    ("paths", "arguments", "status"),
    [
        ("new one.keras\npackage.json", "--allow-skipped", 0),
        ("new one.keras\npackage.json", "", 2),
        (".", "", 1),
        ("model.h5\nsame.json", "--target=keras-3.15\n--fail-on=error", 1),
        ("none.h5", "", 2),
    ],
)
def test_the_check_hands_on_its_status(
    repository: Path, tmp_path: Path, paths: str, arguments: str, status: int
) -> None:
    files = {name: str(tmp_path / name) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    done = run(
        "bash", str(ACTION / "check.sh"), cwd=repository,
        PATHS=paths, ARGUMENTS=arguments, RUNNER_TEMP=str(tmp_path), **files,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    outputs = dict(line.split("=", 1) for line in Path(files["GITHUB_OUTPUT"]).read_text().splitlines())
    assert outputs["status"] == str(status)
    assert json.loads(Path(outputs["sarif-file"]).read_text())["version"] == "2.1.0"
    assert Path(files["GITHUB_STEP_SUMMARY"]).read_text().startswith("#")
    assert ("::error file=model.h5" in done.stdout) is ("--fail-on" in arguments)


def test_the_review_tells_every_model_that_changed(repository: Path) -> None:
    review = run(sys.executable, str(ACTION / "review.py"), "HEAD~1", cwd=repository)
    assert review.returncode == 0, review.stderr
    assert [name in review.stdout for name in ("model.h5", "gone.h5", "new one.keras")] == [True] * 3
    assert [name in review.stdout for name in ("same.json", "package.json")] == [False] * 2
    assert "Deleted." in review.stdout
    assert "New." in review.stdout
    assert "72" in review.stdout
    assert run(sys.executable, str(ACTION / "review.py"), "HEAD", cwd=repository).stdout == ""


def test_the_review_fits_into_a_comment(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    commit(folder)
    for number in range(60):
        shutil.copy(FIXTURES / "keras-2.15.0" / "seq2seq.json", folder / f"{number}.json")
    commit(folder)
    review = run(sys.executable, str(ACTION / "review.py"), "HEAD~1", cwd=folder)
    assert 60_000 < len(review.stdout) <= 65_536
    assert "Left out" in review.stdout


class Hub(ThreadingHTTPServer):
    """The part of GitHub's interface that keeps the comments of one pull request."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.comments: dict[int, str] = {}
        self.refuses = False

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answers(BaseHTTPRequestHandler):
    server: Hub

    def answer(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(size))["body"] if size else ""
        found = urlsplit(self.path)
        place, comments = found.path.removeprefix("/repos/owner/name/issues/"), self.server.comments
        status: int = 200
        content: Any = None
        if self.headers["Authorization"] != f"Bearer {TOKEN}" or self.server.refuses:
            status = 403
        elif self.command == "GET" and place == "7/comments":
            query = parse_qs(found.query)
            size, page = int(query["per_page"][0]), int(query["page"][0])
            listed = [{"id": number, "body": text} for number, text in comments.items()]
            content = listed[(page - 1) * size : page * size]
        elif self.command == "POST" and place == "7/comments":
            comments[len(comments) + 1] = body
            status, content = 201, {}
        elif self.command == "PATCH":
            comments[int(place.removeprefix("comments/"))] = body
            content = {}
        elif self.command == "DELETE":
            del comments[int(place.removeprefix("comments/"))]
            status = 204
        else:
            status = 404
        self.send_response(status)
        self.end_headers()
        if content is not None:
            self.wfile.write(json.dumps(content).encode())

    do_GET = do_POST = do_PATCH = do_DELETE = answer

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is said of requests."""


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub() as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def comment(hub: Hub, folder: Path, review: str) -> str:
    folder.mkdir(exist_ok=True)
    (folder / "review.md").write_text(review, encoding="utf-8")
    done = run(
        sys.executable, str(ACTION / "comment.py"), "review.md", cwd=folder,
        GITHUB_API_URL=hub.address, GITHUB_REPOSITORY="owner/name", GITHUB_TOKEN=TOKEN, NUMBER="7",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_one_comment_is_kept(hub: Hub, tmp_path: Path) -> None:
    hub.comments = dict.fromkeys(range(1, 151), "somebody's")
    folder = tmp_path / "work"
    assert comment(hub, folder, "") == "no model changed\n"
    assert comment(hub, folder, "first") == "commented\n"
    assert comment(hub, folder, "second") == "changed the comment\n"
    own = [text for text in hub.comments.values() if text != "somebody's"]
    assert len(own) == 1
    assert own[0].endswith("second")
    assert comment(hub, folder, " \n") == "no model changed any more; the comment is gone\n"
    assert set(hub.comments.values()) == {"somebody's"}


def test_a_token_that_may_not_comment_fails_nothing(hub: Hub, tmp_path: Path) -> None:
    hub.refuses = True
    assert comment(hub, tmp_path / "work", "first").startswith("::warning::")


def test_the_base_of_a_shallow_checkout_is_fetched(repository: Path, hub: Hub, tmp_path: Path) -> None:
    git(repository, "config", "uploadpack.allowAnySHA1InWant", "true")
    base = git(repository, "rev-parse", "HEAD~1").strip()
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{repository}", "shallow")
    done = run(
        "bash", str(ACTION / "comment.sh"), cwd=tmp_path / "shallow",
        BASE=base, NUMBER="7", RUNNER_TEMP=str(tmp_path), GITHUB_ACTION_PATH=str(ROOT), GITHUB_API_URL=hub.address,
        GITHUB_REPOSITORY="owner/name", GITHUB_TOKEN=TOKEN,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "model.h5" in hub.comments[1]
