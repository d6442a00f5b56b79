"""Questions to git: the content of a path in a revision, and the paths that differ from a revision.

The program git answers. It is started with lists of arguments, never through a shell, and runs no diff driver and no
hook of the repository; a revision that could be read as an option is refused.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, BinaryIO

from lstmlint.ir.addresses import is_address
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.document import FileError
from lstmlint.ir.lazy_pattern import lazy_pattern
from lstmlint.readers import LFS_POINTER

HEAD = "HEAD"

#: The beginning of every command: git runs no program that the settings of the repository name.
GIT = ("git", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false")

#: More than a listing or an error message needs.
POINTER_BYTES = 1024
LFS_OBJECT = lazy_pattern(rb"^oid sha256:([0-9a-f]{64})$", re.MULTILINE)

#: A drive of Windows, which is no revision.
DRIVE = lazy_pattern(r"[A-Za-z]:[\\/]")


class GitError(FileError):
    """A failure of git; the message completes a line that begins with the given name."""


@dataclass(frozen=True, slots=True)
class Revised:
    """A path in a revision, as git takes it: `path` is seen from the root, or from here if it begins with ./

    Without a revision it is the staged file (`:model.h5`).
    """

    revision: str
    path: str

    @property
    def name(self) -> str:
        return f"{self.revision}:{self.path}"


@dataclass(frozen=True, slots=True)
class Changed:
    """A path that differs from a revision: `old` is its path there, `new` its path here; empty where it is missing."""

    old: str
    new: str


def revised(text: str) -> Revised | None:
    """A text such as `HEAD~1:models/lstm.h5`; `None` where it is the path of a file, or of nothing."""
    revision, colon, path = text.partition(":")
    if not colon or not path or DRIVE.match(text) or is_address(text) or os.path.exists(text):
        return None
    return Revised(revision, path)


def beside(path: str, revision: str = HEAD) -> tuple[str, Revised]:
    """The folder in which to ask git, and the path there of a file's committed version."""
    folder, name = os.path.split(os.path.abspath(path))
    return folder, Revised(revision, f"./{name}")


@contextmanager
def blob(wanted: Revised, folder: str = os.curdir) -> Iterator[IO[bytes]]:
    """The content of a path in a revision, as a temporary file without a name, which is removed afterwards.

    Content of Git LFS is read from the store in the repository; nothing is fetched.

    Raises:
        GitError: there is no repository, revision or file of that name, or git LFS has not fetched its content.
    """
    if wanted.revision.startswith("-"):
        raise GitError("is not a revision: it begins with '-'")
    name = _asked(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", wanted.name).strip()
    if not name:
        raise GitError(_why_missing(wanted, folder))
    with TemporaryFile() as content:
        done = _run(folder, content, "cat-file", "blob", name)
        if done.returncode:
            raise GitError("is not a file in that revision; name a model file")
        content.seek(0)
        start = content.read(POINTER_BYTES)
        content.seek(0)
        if not start.startswith(LFS_POINTER):
            yield content
            return
    with _lfs_object(start, wanted, folder) as stored:
        yield stored


def changed_since(revision: str, folder: str = os.curdir) -> tuple[Changed, ...]:
    """The paths, seen from the root of the repository, where the working tree differs from a revision.

    They include files that git neither tracks nor ignores. A renamed file is one change.

    Raises:
        GitError: there is no repository or no such revision.
    """
    commit = commit_of(revision, folder)
    # This refreshes nothing on disk; diff-index would report a file with a new time only as changed.
    plain = ("--no-ext-diff", "--no-textconv", "--no-relative", "--ignore-submodules")
    listed = _asked(folder, "diff", *plain, "--name-status", "-z", "-M", commit, "--")
    fields = listed.split("\0")
    changes: list[Changed] = []
    at = 0
    while at + 1 < len(fields):
        status = fields[at][:1]
        if status in "RC":
            old, new = fields[at + 1], fields[at + 2]
            changes.append(Changed(old if status == "R" else "", new))
            at += 3
        else:
            path = fields[at + 1]
            changes.append(Changed("" if status == "A" else path, "" if status == "D" else path))
            at += 2
    untracked = _asked(folder, "ls-files", "--others", "--exclude-standard", "--full-name", "-z", "--", ":/")
    changes += (Changed("", path) for path in untracked.split("\0") if path)
    return tuple(sorted(changes, key=lambda one: one.new or one.old))


def exists(wanted: Revised, folder: str = os.curdir) -> bool:
    """Whether a revision has a file or folder of a path."""
    return not wanted.revision.startswith("-") and bool(
        _asked(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", wanted.name)
    )


def commit_of(revision: str, folder: str = os.curdir) -> str:
    """The commit that a revision names.

    Raises:
        GitError: there is no repository or no such revision.
    """
    root(folder)
    commit = "" if revision.startswith("-") else _asked(
        folder, "rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"
    ).strip()  # fmt: skip
    if not commit:
        raise GitError(f"{revision}: is no revision of this repository")
    return commit


def root(folder: str = os.curdir) -> str:
    """The outermost folder of the working tree.

    Raises:
        GitError: the folder is in none.
    """
    top = _asked(folder, "rev-parse", "--show-toplevel").rstrip("\n")
    if not top:
        raise GitError("is in no working tree of git; name two files, or run this in the repository")
    return top


def _why_missing(wanted: Revised, folder: str) -> str:
    try:
        commit_of(wanted.revision or HEAD, folder)
    except GitError as error:
        return str(error) if str(error).startswith("is in no") else "names no revision of this repository"
    bare = wanted.path.removeprefix("./")
    here = _asked(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{wanted.revision}:./{bare}")
    hint = f"; from here it is {wanted.revision}:./{bare}" if here and not wanted.path.startswith("./") else ""
    return f"does not exist in {wanted.revision or 'the index'}{hint}"


@contextmanager
def _lfs_object(pointer: bytes, wanted: Revised, folder: str) -> Iterator[BinaryIO]:
    """The content of a pointer of Git LFS, from the store in the repository."""
    match = LFS_OBJECT.search(pointer)
    store = Path(folder, _asked(folder, "rev-parse", "--git-common-dir").rstrip("\n"), "lfs", "objects")
    digest = match[1].decode("ascii") if match else ""
    path = store / digest[:2] / digest[2:4] / digest
    if not digest or not path.is_file():
        raise GitError(
            f"is a Git LFS pointer, and its content is not here; run 'git lfs fetch origin {wanted.revision}'"
        )
    with path.open("rb") as stream:
        yield stream


def _asked(folder: str, *arguments: str) -> str:
    """The output of git, empty where git fails.

    Raises:
        GitError: git is not installed, or refuses the repository because somebody else owns it.
    """
    done = _run(folder, subprocess.PIPE, *arguments)
    said = done.stderr.decode("utf-8", "replace")
    if done.returncode and "dubious ownership" in said:
        raise GitError("lies in a repository of another user, which git refuses; see 'git help config', safe.directory")
    return "" if done.returncode else os.fsdecode(done.stdout)


def _run(folder: str, output: int | IO[bytes], *arguments: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        return subprocess.run(
            [*GIT, *arguments], cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.PIPE,
            env=environment, check=False,
        )  # fmt: skip
    except OSError as error:
        raise GitError(f"cannot ask git ({error.strerror}); is it installed?") from None
