"""Print what changed in the saved models of a working tree since a revision, as Markdown for one comment.

usage: review.py REVISION

Nothing is printed where no model changed.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

#: The suffixes under which models are saved; what is none after all is passed over.
SUFFIXES = ("h5", "hdf5", "keras", "json")

#: The most characters of a comment on GitHub, less some for the frame.
MOST = 65_536 - 1_000

#: The fewest characters in which a diff says something.
LEAST = 2_000

#: Exit statuses of `lstmlint diff`.
SAME, DIFFERENT = 0, 1


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(arguments, capture_output=True, text=True, check=False)


def changed(revision: str) -> Iterator[tuple[str, str]]:
    """The status letter and path of each file that differs."""
    patterns = [f":(top,icase)*.{suffix}" for suffix in SUFFIXES]
    listed = subprocess.run(
        ["git", "diff", "--no-renames", "--no-relative", "--name-status", "-z", revision, "--", *patterns],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    fields = iter(listed.stdout.split("\0"))
    return ((status, path) for status, path in zip(fields, fields, strict=False) if path)


def is_model(path: str) -> bool:
    return run("lstmlint", "summary", "--quiet", "--", path).stdout != ""


def section(revision: str, status: str, path: str, room: int) -> str:
    """What is said of one file, in at most so many characters; nothing where its model did not change."""
    name = path.replace("`", "'").replace("\n", " ")
    if room < LEAST:
        return f"### `{name}`\n\nLeft out, as the comment is full.\n"
    if status == "D":
        return f"### `{name}`\n\nDeleted.\n"
    if status == "A":
        if not is_model(path):
            return ""
        table = run("lstmlint", "summary", "--", path).stdout.partition("\n")[2].replace("```", "'''")
        return f"### `{name}`\n\nNew.\n\n```text\n{table[: room - 200]}\n```\n"
    found = run(
        "lstmlint", "diff", "--format", "markdown", "--max-length", str(room), "--", f"{revision}:{path}", path
    )  # fmt: skip
    return found.stdout if found.returncode == DIFFERENT else ""


def main() -> None:
    (revision,) = sys.argv[1:]
    left = MOST
    for status, path in changed(revision):
        text = section(revision, status, path, left)
        left -= len(text)
        if text:
            print(text)


if __name__ == "__main__":
    main()
