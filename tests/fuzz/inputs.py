"""Inputs by number, and all commands on one of them."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.containers import damaged
from tests.fuzz.originals import Original, originals
from tests.fuzz.runs import Run, arguments, of_zoo, run

#: How often a container is drawn.
SHARES = {"json": 8, "keras": 5, "h5": 5, "tfjs": 2, "yaml": 2, "pb": 1, "shards": 1}

#: How often `breaking` is run, which needs a repository of git for each input, and how often the commands of a zoo,
#: which need a process and a store.
SHARE_IN_GIT, SHARE_IN_ZOO = 0.02, 0.1


@dataclass(frozen=True, slots=True)
class Input:
    """A damaged file with what it was made from."""

    original: Original
    data: bytes
    seed: str

    @property
    def kind(self) -> str:
        """The container that it was."""
        return self.original.kind

    @property
    def name(self) -> str:
        """The name under which it is read."""
        return self.original.name


def made(seed: int, number: int) -> Input:
    """The input of a number."""
    text = f"{seed} {number}"
    chance = random.Random(text)
    kind = chance.choices(list(SHARES), list(SHARES.values()))[0]
    original = chance.choice(originals()[kind])
    return Input(original, damaged(original, chance), text)


def tried(one: Input, folder: Path, most: int = 0) -> Iterator[Run]:
    """What each command makes of an input, or so many of them by chance."""
    before, after, out = folder / "before", folder / "after", folder / "out"
    for place, data in ((before, one.original.data), (after, one.data)):
        place.mkdir(exist_ok=True)
        (place / one.name).write_bytes(data)
        if one.original.beside is not None:
            name, content = one.original.beside
            (place / name).write_bytes(content)
    out.mkdir(exist_ok=True)
    chance = random.Random(f"{one.seed} options")
    fixed = out / f"fixed{chance.choice(('.keras', '.h5', '.json'))}"
    commands = list(arguments(after / one.name, before / one.name, fixed, chance))
    for command in chance.sample(commands, most) if most else commands:
        yield run(command)
    if chance.random() < SHARE_IN_ZOO:
        yield from map(run, of_zoo(after / one.name, out, chance))
    if chance.random() < SHARE_IN_GIT:
        yield run_in_git(one, folder)
    for place in (before, after, out):
        shutil.rmtree(place)


def run_in_git(one: Input, folder: Path) -> Run:
    """What `breaking` makes of a committed file that was changed to the input."""
    repository, here = folder / "repository", os.getcwd()
    repository.mkdir(exist_ok=True)
    os.chdir(repository)
    try:
        Path(one.name).write_bytes(one.original.data)
        for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "before", "--allow-empty"]):
            subprocess.run(["git", "-c", "user.name=x", "-c", "user.email=x@x", *command], check=True)
        Path(one.name).write_bytes(one.data)
        return run(["breaking", "--against", "HEAD", "--isolated", "--format", "json"])
    finally:
        Path(one.name).unlink()
        os.chdir(here)
