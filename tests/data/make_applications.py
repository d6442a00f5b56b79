"""Record every model of `keras.applications` as Keras 2.15 builds it: `python make_applications.py FOLDER`.

Needs `tensorflow-cpu==2.15.1`. For each model its JSON and, a row a layer, name, output shapes, parameters and
trainable parameters; xz-compressed, since the configs repeat themselves.
"""

from __future__ import annotations

import inspect
import json
import lzma
import sys
from pathlib import Path
from typing import Any

import keras
import tensorflow


def shapes(layer: Any) -> list[Any]:
    """The output shape of each call of a layer that belongs to the model."""
    return [layer.get_output_shape_at(index) for index in range(len(layer.inbound_nodes))]


def parameters(weights: list[Any]) -> int:
    return sum(weight.shape.num_elements() for weight in weights)


def record(name: str, make: Any) -> dict[str, Any]:
    tensorflow.keras.backend.clear_session()
    tensorflow.keras.utils.set_random_seed(1)
    model = make(weights=None)
    rows = [
        [layer.name, shapes(layer), parameters(layer.weights), parameters(layer.trainable_weights)]
        for layer in model.layers
    ]
    return {"name": name, "config": json.loads(model.to_json()), "layers": rows, "total": model.count_params()}


def main(folder: Path) -> None:
    applications = tensorflow.keras.applications
    names = [name for name in sorted(dir(applications)) if inspect.isfunction(getattr(applications, name))]
    version = keras.__version__
    content = {"keras_version": version, "models": [record(name, getattr(applications, name)) for name in names]}
    text = json.dumps(content, separators=(",", ":"), sort_keys=True)
    (folder / f"applications-{version}.json.xz").write_bytes(lzma.compress(text.encode(), preset=9))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
