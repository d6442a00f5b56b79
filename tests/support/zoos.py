"""Small zoos of files that differ in what a keeper asks for."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from tests.support.pages import HOSTILE
from tests.support.truth import FIXTURES

#: Path in the zoo -> fixture. Two files have equal bytes, one has the architecture of them, three have faults.
MEMBERS = {
    "old/first.h5": "keras-2.15.0/lstm-72.h5",
    "old/again.h5": "keras-2.15.0/lstm-72.h5",
    "old/config.json": "keras-2.15.0/lstm-72.json",
    "old/older.h5": "keras-1.2.2/lstm-72.h5",
    "new/lstm.keras": "keras-3.15.1/lstm-72.keras",
    "new/gru.keras": "keras-3.15.1/gru.keras",
    "bad/sequence.json": "broken/missing-return-sequences.json",
    "bad/cut.h5": "broken/truncated.h5",
    "bad/checkpoint.h5": "broken/weights-only.h5",
}


def fill(folder: Path, members: Mapping[str, str] = MEMBERS) -> Path:
    """Copy fixtures into a folder, old enough for their times to be trusted."""
    for name, fixture in members.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(FIXTURES / fixture, path)
        age(path)
    return folder


def age(path: Path) -> None:
    os.utime(path, (1_600_000_000, 1_600_000_000))


def hostile(folder: Path) -> Path:
    """A folder of models whose files, folders, layers and versions have hostile names, each with a finding."""
    text = (FIXTURES / "broken" / "missing-return-sequences.json").read_text(encoding="utf-8")
    for number, name in enumerate(HOSTILE):
        content = json.loads(text)
        for layer in content["config"]["layers"]:
            layer["config"]["name"] = f"{name}{layer['config']['name']}"
        content["keras_version"] = name
        safe = "".join(letter for letter in name if letter not in "/\0\ud800")[:80] or "empty"
        path = folder / f"{number}{safe}" / f"{safe}.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(content), encoding="utf-8")
    return folder
