"""After `fix`, today's Keras compiles a model as it was compiled, and trains and evaluates it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jax
import keras
import numpy as np
import pytest

import lstmlint
from lstmlint.fixing.fix import fix, output
from lstmlint.fixing.writers import write
from lstmlint.keras.classes import traits_of
from tests.support.truth import CORPUS, FIXTURES

COMPILED = sorted(path for path in FIXTURES.glob("keras-*/compiled*") if path.suffix in (".h5", ".keras"))

#: Keras 3.15.1 on JAX cannot train a model that it loaded from its own H5: its optimizer is built without variables.
UNTRAINABLE = frozenset({("keras-3.15.1", ".h5", ".h5")})

#: Its archives do not say with which optimizer the model was compiled, and H5 has to say it.
WITHOUT_OPTIMIZER = frozenset({("keras-3.15.1", ".keras", ".h5")})

SAMPLES = 2

#: The whole models of the fixtures and, where it lies beside, of the corpus.
WHOLE = sorted(
    path
    for folder in (*FIXTURES.glob("keras-*"), CORPUS / "files")
    for path in (folder.iterdir() if folder.exists() else ())
    if path.suffix in (".h5", ".hdf5", ".keras")
)

#: Models with more weights take too long to train in a usual run; LSTMLINT_EVERY_CASE=1 trains larger ones, too.
MOST_WEIGHTS = 10**6 if os.environ.get("LSTMLINT_EVERY_CASE") else 10**5


def drawn(shapes: Any) -> Any:
    """Random values for one tensor or for each of several by name; dimensions that are open are 3."""
    if isinstance(shapes, dict):
        return {name: drawn(shape) for name, shape in shapes.items()}
    if isinstance(shapes, list):
        return [drawn(shape) for shape in shapes]
    return np.random.default_rng(0).integers(0, 2, (SAMPLES, *(dim or 3 for dim in shapes[1:]))).astype("float32")


def targets(model: Any) -> Any:
    """What the outputs of a model may be trained to; a sparse loss takes the number of a class."""
    wanted = drawn(model.output_shape)
    is_sparse = "sparse" in json.dumps(model.get_compile_config(), default=str)
    return keras.tree.map_structure(lambda value: value[..., 0], wanted) if is_sparse else wanted


@pytest.fixture(autouse=True)
def no_compiled_functions_are_kept() -> Iterator[None]:
    """What JAX compiled for one model serves no other; a process that keeps it all needs gigabytes."""
    yield
    keras.utils.clear_session()
    jax.clear_caches()  # type: ignore[no-untyped-call]


def trainable(path: Path) -> bool:
    """Whether a file holds a compiled recurrent model of a size that a usual run trains."""
    try:
        model = lstmlint.load(path)
    except (lstmlint.UnreadableError, lstmlint.NotAModelError):
        return False
    is_recurrent = any(traits_of(layer.class_name).has_gates for layer in model.all_layers)
    is_small = isinstance(model.params, int) and model.params <= MOST_WEIGHTS
    return is_recurrent and is_small and model.document.training_config is not None


TRAINABLE = [path for path in WHOLE if trainable(path)]


@pytest.mark.parametrize("path", TRAINABLE, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_compiled_recurrent_model_trains(path: Path, tmp_path: Path) -> None:
    """One batch is fitted, and the model saved and loaded again."""
    new = tmp_path / "new.keras"
    try:
        fixed = lstmlint.fix(path, new)
    except lstmlint.UnwritableError as error:
        pytest.skip(str(error))
    if fixed.left:
        pytest.skip(f"left to the user: {fixed.left[0]}")
    model = keras.models.load_model(new if fixed.output else path)
    if not model.compiled:
        pytest.skip("today's Keras has no such optimizer, loss or metric")
    history = model.fit(drawn(model.input_shape), targets(model), verbose=0)
    assert np.isfinite(history.history["loss"]).all()
    model.save(tmp_path / "again.keras")
    assert keras.models.load_model(tmp_path / "again.keras").compiled


@pytest.mark.parametrize("suffix", [".h5", ".keras"])
@pytest.mark.parametrize("path", COMPILED, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_repaired_model_trains_on(path: Path, suffix: str, tmp_path: Path) -> None:
    fixed = fix(lstmlint.load(str(path)), allow_unsafe=True)
    assert not fixed.left
    target = tmp_path / f"new{suffix}"
    write(output(fixed.draft), str(target))
    model = keras.models.load_model(target)
    ways = (path.parent.name, path.suffix, suffix)
    assert model.compiled is (ways not in WITHOUT_OPTIMIZER)
    if ways in UNTRAINABLE | WITHOUT_OPTIMIZER:
        return
    given, wanted = drawn(model.input_shape), drawn(model.output_shape)
    losses = model.train_on_batch(given, wanted, return_dict=True)
    assert np.isfinite(losses["loss"])
    assert set(model.evaluate(given, wanted, verbose=0, return_dict=True)) == set(losses)
