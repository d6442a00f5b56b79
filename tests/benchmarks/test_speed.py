"""What a full check costs against the least that any reader must do: `pytest tests/benchmarks --benchmark-enable`.

Each group holds a baseline and the check of the same file, so the table's ratios come from one run.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lstmlint.linting.report import Status
from lstmlint.linting.rule import Persona
from lstmlint.pipeline import Job, analyze, check, load
from lstmlint.readers.files import InputFile
from lstmlint.settings.settings import Settings

Benchmark = Any


#: A typical sequence model of ten layers, saved as JSON and whole-model H5 into the folder that is given.
MODEL = """
import sys
from pathlib import Path
import keras
from keras import layers

model = keras.Sequential(
    [
        keras.Input((40,)),
        layers.Embedding(200, 16),
        layers.SpatialDropout1D(0.2),
        layers.Bidirectional(layers.LSTM(16, return_sequences=True)),
        layers.Dropout(0.2),
        layers.LSTM(16, return_sequences=True),
        layers.BatchNormalization(),
        layers.GRU(8),
        layers.Dense(16, activation="relu"),
        layers.Dropout(0.1),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile("adam", "binary_crossentropy")
folder = Path(sys.argv[1])
model.save(folder / "model.h5")
(folder / "model.json").write_text(model.to_json(), encoding="utf-8")
"""


@pytest.fixture(scope="module")
def ten_layers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the model, made in a process of its own: lstmlint runs without Keras in its memory."""
    folder = tmp_path_factory.mktemp("ten_layers")
    subprocess.run([sys.executable, "-c", MODEL, str(folder)], check=True, capture_output=True)
    return folder


def read_h5(path: str) -> Any:
    """The config and the weight shapes of an H5 file, and nothing else."""
    import h5py

    shapes: list[tuple[int, ...]] = []

    def collect(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset):
            shapes.append(item.shape)

    with h5py.File(path, "r") as file:
        file["model_weights"].visititems(collect)
        return json.loads(file.attrs["model_config"]), shapes


def read_json(path: str) -> Any:
    with open(path, encoding="utf-8") as file:
        return json.loads(file.read())


@pytest.mark.benchmark(group="h5")
def test_h5_baseline(benchmark: Benchmark, ten_layers: Path) -> None:
    assert benchmark(read_h5, str(ten_layers / "model.h5"))[1]


@pytest.mark.benchmark(group="h5")
def test_h5_check(benchmark: Benchmark, ten_layers: Path) -> None:
    assert benchmark(check, Job(InputFile(str(ten_layers / "model.h5")))).status is Status.OK


@pytest.mark.benchmark(group="json")
def test_json_baseline(benchmark: Benchmark, ten_layers: Path) -> None:
    assert benchmark(read_json, str(ten_layers / "model.json"))["class_name"] == "Sequential"


@pytest.mark.benchmark(group="json")
def test_json_check(benchmark: Benchmark, ten_layers: Path) -> None:
    assert benchmark(check, Job(InputFile(str(ten_layers / "model.json")))).status is Status.OK


def counted(path: str) -> Any:
    """Inference: every shape, and the parameters of every layer."""
    return load(path).params


@pytest.mark.benchmark(group="rules")
def test_inference_alone(benchmark: Benchmark, ten_layers: Path) -> None:
    assert benchmark(counted, str(ten_layers / "model.json"))


@pytest.mark.benchmark(group="rules")
def test_all_rules(benchmark: Benchmark, ten_layers: Path) -> None:
    """At most twice the time of inference alone, the pedantic rules included."""
    settings = Settings(persona=Persona.PEDANTIC)
    assert benchmark(analyze, str(ten_layers / "model.json"), settings=settings).model.params
