"""What TensorFlow 2.15 makes of the files that `fix --to tf-keras-2.15` writes: `tests/data/earlier-2.15.0.jsonl`.

    python make_earlier.py write FOLDER [NAME ...]     with Keras 3.15.1 and lstmlint, in a checkout
    python make_earlier.py read FOLDER                 with TensorFlow 2.15.1; prints the record

The first builds every architecture of `fixtures/keras-3.15.1` with random weights, saves it in each container, lets
lstmlint write it for TensorFlow 2.15, and keeps inputs with the outputs of Keras 3 beside. The second loads each file
and compares. Models that Keras 3 itself cannot build or run here are loaded as JSON alone.
"""

import glob
import hashlib
import json
import os
import sys
from typing import Any

import numpy as np

CONTAINERS = ("h5", "keras", "json")


def write(folder: str, *names: str) -> None:
    os.environ.setdefault("KERAS_BACKEND", "numpy")
    import keras

    import lstmlint

    fixtures = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "fixtures", "keras-3.15.1")
    for path in sorted(glob.glob(os.path.join(fixtures, "*.json"))):
        name = os.path.splitext(os.path.basename(path))[0]
        if names and name not in names:
            continue
        new = os.path.join(folder, f"{name}.json")
        left = lstmlint.fix(path, new, to="tf-keras-2.15").left
        with open(new, "rb") as file:
            written = hashlib.sha256(file.read()).hexdigest()
        entry = {"name": name, "left": bool(left), "written": written}
        with open(os.path.join(folder, f"{name}.entry"), "w") as file:
            json.dump(entry, file)
        try:
            with open(path) as file:
                model = keras.models.model_from_json(file.read())
            save(model, os.path.join(folder, name), np.random.default_rng(3), keras, lstmlint)
        except Exception as error:
            print(f"{name}: {str(error)[:200]}", file=sys.stderr)


def save(model: Any, place: str, random: np.random.Generator, keras: Any, lstmlint: Any) -> None:
    """Saves a model with random weights for TensorFlow, and inputs with its outputs."""
    for weight in model.weights:
        if "seed" not in weight.path and str(weight.dtype).startswith("float"):
            is_scale = weight.path.endswith(("variance", "gamma"))
            weight.assign(random.uniform(0.1 if is_scale else -0.4, 0.5 if is_scale else 0.4, weight.shape))
    try:
        inputs = drawn(model.input, random)
    except (AttributeError, ValueError):  # a Sequential has no input before it was called
        inputs = drawn(model.input_shape, random)
    outputs = keras.tree.flatten(model(inputs, training=False))
    flat = inputs.values() if isinstance(inputs, dict) else inputs if isinstance(inputs, list) else [inputs]
    arrays = {f"x{index}": value for index, value in enumerate(flat)}
    arrays.update({f"y{index}": np.asarray(value, "float32") for index, value in enumerate(outputs)})
    np.savez(f"{place}.npz", names=list(inputs) if isinstance(inputs, dict) else [], **arrays)
    for container in ("h5", "keras"):
        source = f"{place}.source.{container}"
        model.save(source)
        try:
            lstmlint.fix(source, f"{place}.{container}", to="tf-keras-2.15")
        except lstmlint.UnwritableError as error:
            print(error, file=sys.stderr)


def drawn(tensors: Any, random: np.random.Generator) -> Any:
    """Random whole numbers for tensors or shapes; what is open is 2 sequences of 6."""
    if isinstance(tensors, dict):
        return {name: drawn(tensor, random) for name, tensor in tensors.items()}
    if isinstance(tensors, list):
        return [drawn(tensor, random) for tensor in tensors]
    first, *others = getattr(tensors, "shape", tensors)
    return random.integers(0, 3, (first or 2, *(dim or 6 for dim in others))).astype("float32")


def read(folder: str) -> None:
    import tensorflow as tf

    for path in sorted(glob.glob(os.path.join(folder, "*.entry"))):
        place = path[: -len(".entry")]
        with open(path) as file:
            entry = dict(json.load(file), errors={}, differences={})
        for container in CONTAINERS:
            if os.path.exists(f"{place}.{container}"):
                tf.keras.backend.clear_session()
                try:
                    compare(entry, container, place, tf)
                except Exception as error:
                    entry["errors"][container] = f"{type(error).__name__}: {error}".splitlines()[0][:120]
        print(json.dumps(entry, sort_keys=True), flush=True)


def compare(entry: dict[str, Any], container: str, place: str, tf: Any) -> None:
    """Loads one file, and keeps how far its outputs are from those of Keras 3."""
    if container == "json":
        with open(f"{place}.json") as file:
            tf.keras.models.model_from_json(file.read())
        return
    model = tf.keras.models.load_model(f"{place}.{container}", compile=False)
    arrays = np.load(f"{place}.npz")
    inputs, outputs = (values(arrays, letter) for letter in "xy")
    named = dict(zip(arrays["names"].tolist(), inputs, strict=True)) if len(arrays["names"]) else inputs
    named = named if len(inputs) > 1 else inputs[0]
    try:
        given = tf.nest.flatten(model(named, training=False))
    except tf.errors.UnimplementedError:  # TensorFlow convolves images with channels first on a GPU alone
        return
    assert len(given) == len(outputs)
    apart = (
        np.abs(np.asarray(tf.cast(one, "float32")) - other).max() for one, other in zip(given, outputs, strict=True)
    )
    entry["differences"][container] = float(f"{max(apart):.1e}")


def values(arrays: Any, letter: str) -> list[Any]:
    """The arrays whose names are a letter and a number, in the order of these."""
    numbers = sorted(int(key[1:]) for key in arrays if key[0] == letter and key[1:].isdigit())
    return [arrays[f"{letter}{number}"] for number in numbers]


if __name__ == "__main__":
    {"write": write, "read": read}[sys.argv[1]](*sys.argv[2:])
