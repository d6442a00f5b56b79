"""What fix writes: invalid-layer-config calls nothing in it an error that real Keras takes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from lstmlint.fixing.fix import fix, output
from lstmlint.ir.document import Container, Document, NotAModelError, UnreadableError
from lstmlint.pipeline import judge, load, model_of
from tests.support.truth import CORPUS, FIXTURES

RULE = "invalid-layer-config"


def sources(folder: str) -> list[Path]:
    """The files of a folder of fixtures, or of the corpus; each architecture once."""
    found = sorted((CORPUS / "files" if folder == "corpus" else FIXTURES / folder).iterdir())
    return [path for path in found if path.suffix == ".json" or path.with_suffix(".json") not in found]


def repaired(paths: list[Path]) -> Iterator[tuple[Path, str, str]]:
    """Each config that fix writes with a finding of the rule in it, and what is said of it."""
    for path in paths:
        try:
            model = load(str(path))
            written = json.dumps(output(fix(model).draft).draft.config)
        except (NotAModelError, UnreadableError):
            continue
        document = Document(path.name, Container.JSON, json.loads(written), keras_version="3.15.1")
        for one in judge(model_of(document)).diagnostics:
            if one.rule == RULE:
                yield path, written, one.finding.message


@pytest.mark.parametrize("folder", ["keras-1.2.2", "keras-2.3.1", "keras-2.15.0", "keras-3.15.1", "corpus"])
def test_what_is_said_of_a_repaired_file_is_what_keras_says(folder: str) -> None:
    import keras

    if folder == "corpus" and not CORPUS.exists():
        pytest.skip("the corpus is not part of the repository")
    wrong = []
    for path, written, message in repaired(sources(folder)):
        try:
            keras.models.model_from_json(written)
        except Exception:
            continue  # Keras refuses it, too
        wrong.append((path.name, message))
    assert wrong == []
