"""What real Kerases say of archives with changed vocabularies, and the archives."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import util
from types import ModuleType

from tests.support.truth import FIXTURES, ROOT

FOLDER = FIXTURES / "vocabularies"
SAID = ROOT / "tests" / "data" / "vocabularies.jsonl"


@dataclass(frozen=True)
class Answer:
    """What one Keras says when it loads a changed archive, and when it calls the model; `None` where it does both."""

    version: str
    base: str
    change: str
    of: tuple[str, ...]
    load: str | None
    call: str | None

    @property
    def target(self) -> str:
        return "keras-" + ".".join(self.version.split(".")[:2])

    def archive(self) -> bytes:
        """The changed archive."""
        content: bytes = _recipes().changed((FOLDER / self.base).read_bytes(), self.change, self.of)
        return content


def answers() -> Iterator[Answer]:
    """Every recorded answer."""
    for line in map(json.loads, SAID.read_text(encoding="utf-8").splitlines()):
        for versions, load, call in line["says"]:
            for version in versions:
                yield Answer(version, line["base"], line["change"], tuple(line["of"]), load, call)


@cache
def _recipes() -> ModuleType:
    spec = util.spec_from_file_location("vocabulary_recipes", FIXTURES / "scripts/vocabularies/recipes.py")
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
