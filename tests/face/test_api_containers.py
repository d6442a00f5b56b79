"""The results of the public functions are the JSON of their commands, for files of every container."""

from __future__ import annotations

from typing import Any

import keras
import pytest

import lstmlint
from lstmlint.ir.document import Container
from tests.support import saved_forms
from tests.support.commands import printed
from tests.support.truth import FIXTURES, ROOT

#: Whole models and parts, sound and broken, of every Keras and of the containers that fixtures have.
FILES = (
    "keras-1.2.2/seq2seq.json",
    "keras-1.2.2/bidirectional-tagger.h5",
    "keras-2.3.1/lstm-72.json",
    "keras-2.3.1/stacked-lstm.h5",
    "keras-2.15.0/bidirectional-tagger.keras",
    "keras-2.15.0/attention-layers.json",
    "keras-3.15.1/lstm-72.keras",
    "keras-3.15.1/gru.keras",
    "broken/missing-return-sequences.json",
    "broken/weights-only.h5",
    "broken/weights-only-keras3.weights.h5",
    "broken/kernel-input-mismatch.h5",
    "broken/optimizer-slot-mismatch.h5",
)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, ...]]:
    """Files of the containers that no fixture has, each with the file of its weights where it is another one."""
    folder = tmp_path_factory.mktemp("saved")
    model = keras.Sequential([keras.Input((4, 2)), keras.layers.LSTM(3, name="lstm"), keras.layers.Dense(1)])
    for write in (saved_forms.as_json, saved_forms.as_yaml, saved_forms.as_tensorflow_js, saved_forms.as_shards):
        write(model, folder)
    architecture = str(next(path for path in folder.glob("*.json") if path.stem not in ("tfjs", "other.weights")))
    return {
        "yaml": (str(folder / "model.yaml"),),
        "tfjs": (str(folder / "tfjs.json"),),
        "shards": (str(folder / "other.weights.json"),),
        "pair": (architecture, str(folder / "other.weights.json")),
        "saved_model": (str(ROOT / "tests" / "data" / "saved_model" / "keras_metadata.pb"),),
    }


def test_the_files_are_of_every_container(saved: dict[str, tuple[str, ...]]) -> None:
    everything = [*((str(FIXTURES / name),) for name in FILES), *saved.values()]
    assert {lstmlint.load(*paths).document.container for paths in everything} == set(Container)


@pytest.mark.parametrize("name", FILES)
def test_results_are_the_json_of_their_commands(name: str) -> None:
    agree(str(FIXTURES / name))


@pytest.mark.parametrize("kind", ["yaml", "tfjs", "shards", "pair", "saved_model"])
def test_results_of_other_containers_are_the_json_of_their_commands(
    kind: str, saved: dict[str, tuple[str, ...]]
) -> None:
    agree(*saved[kind])


def agree(path: str, weights: str | None = None) -> None:
    """See to it that each function gives what its command prints of a file."""
    with_weights = ("--weights", weights) if weights else ()

    def command(name: str, *arguments: str) -> Any:
        return printed(name, "--isolated", "--format", "json", *arguments, *with_weights, path)

    assert lstmlint.analyze(path, weights).to_dict() == command("check")
    assert lstmlint.summary(path, weights).to_dict() == lstmlint.load(path, weights).to_dict() == command("summary")
    assert lstmlint.explain(path, weights=weights).to_dict() == command("explain")
    targets = ["keras-3.15", "tf-keras-2.15", "tfjs"]
    asked = [argument for target in targets for argument in ("--target", target)]
    assert lstmlint.loads(path, targets, weights=weights).to_dict() == command("loads", *asked)
    if lstmlint.load(path).document.config is not None:
        assert lstmlint.fix(path, weights=weights).to_dict() == command("fix")
