"""A model of Keras 3 in every container, and the errors that lstmlint reports on each."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import h5py
import keras
import numpy
from keras.src.saving.serialization_lib import SafeModeScope

from lstmlint.ir.finding import Diagnostic, Severity
from lstmlint.linting.report import Status
from lstmlint.pipeline import Job, check
from lstmlint.readers.files import InputFile
from tests.support.saved_forms import SHARD_GIGABYTES

#: Errors of Keras where it cannot save a model: as H5 it copies configs, and may give two weights one name.
UNSAVED = (TypeError, ValueError)

#: The length of an axis that a model leaves open.
OPEN = 12

#: Categories of rules that report danger or bad training: files with their errors load nonetheless.
OF_DANGER_OR_SENSE = frozenset({"security", "training", "values"})


@dataclass(frozen=True, slots=True)
class Saved:
    """A file that a real Keras wrote: its version and container, its path, and the weights that go with it."""

    keras: str
    container: str
    path: str
    weights: str | None = None

    @property
    def name(self) -> str:
        return Path(self.path).name


def errors(saved: Saved) -> list[Diagnostic]:
    """The errors that lstmlint reports on a file, which must be readable."""
    report = check(Job(InputFile(saved.path), saved.weights))
    assert report.status is Status.OK, f"{saved.container} {saved.path}: {report.error}"
    return [diagnostic for diagnostic in report.diagnostics if diagnostic.severity is Severity.ERROR]


def false_errors(saved: Saved) -> list[str]:
    """The false errors on a file that Keras loads: those that report neither danger nor bad training."""
    return [
        f"{saved.container} {saved.name}: {one.rule}: {one.finding.location.layer}: {one.finding.message}"
        for one in errors(saved)
        if one.category not in OF_DANGER_OR_SENSE
    ]


def unjust_errors(model: keras.Model, folder: Path) -> list[str]:
    """The false errors over all containers of a model that Keras loads again and can call."""
    found: list[str] = []
    for saved in saved_forms(model, folder):
        false = false_errors(saved)
        if false and is_healthy(saved, model):
            found += false
    return found


def saved_forms(model: keras.Model, folder: Path) -> Iterator[Saved]:
    """The files of a model in every container that can hold it, compiled and not."""
    folder.mkdir(parents=True, exist_ok=True)
    yield from _saved(model, folder, FORMS)
    if model.trainable_variables and not model.compiled:
        with contextlib.suppress(ValueError):  # an optimizer takes no model without names or shapes
            model.compile("adam", "mse")
            model.optimizer.build(model.trainable_variables)
            yield from _saved(model, folder, COMPILED_FORMS)


def _saved(model: keras.Model, folder: Path, forms: Mapping[str, Form]) -> Iterator[Saved]:
    for container, save in forms.items():
        if model.weights or container not in OF_WEIGHTS:
            with contextlib.suppress(*UNSAVED):
                path, weights = save(model, folder / container.replace(" ", "-"))
                yield Saved(keras.__version__, container, str(path), str(weights) if weights else None)


Form = Callable[[keras.Model, Path], tuple[Path, Path | None]]


def _json(model: keras.Model, stem: Path) -> tuple[Path, None]:
    path = stem.with_suffix(".json")
    path.write_text(model.to_json(), encoding="utf-8")
    return path, None


def _whole(suffix: str) -> Form:
    def save(model: keras.Model, stem: Path) -> tuple[Path, None]:
        model.save(stem.with_suffix(suffix))
        return stem.with_suffix(suffix), None

    return save


def _weights(model: keras.Model, stem: Path) -> tuple[Path, None]:
    path = stem.with_suffix(".weights.h5")
    model.save_weights(path)
    return path, None


def _legacy_weights(model: keras.Model, stem: Path) -> tuple[Path, None]:
    whole = stem.with_suffix(".whole.h5")
    model.save(whole)
    path = stem.with_suffix(".h5")
    take_weights(whole, path)
    return path, None


def _shards(model: keras.Model, stem: Path) -> tuple[Path, None]:
    path = stem.with_suffix(".weights.json")
    model.save_weights(path, max_shard_size=SHARD_GIGABYTES)
    return path, None


def _paired(save: Form) -> Form:
    def both(model: keras.Model, stem: Path) -> tuple[Path, Path]:
        return _json(model, stem)[0], save(model, stem.with_name(f"{stem.name}-apart"))[0]

    return both


FORMS: Mapping[str, Form] = {
    "json": _json, "h5": _whole(".h5"), "keras": _whole(".keras"), "weights-only h5": _legacy_weights,
    "weights.h5": _weights, "shards": _shards, "json and weights": _paired(_weights),
    "json and shards": _paired(_shards),
}  # fmt: skip

COMPILED_FORMS: Mapping[str, Form] = {"compiled h5": _whole(".h5"), "compiled keras": _whole(".keras")}

#: The forms that a model without weights does not have.
OF_WEIGHTS = frozenset({"weights-only h5", "weights.h5", "shards", "json and weights", "json and shards"})


def take_weights(whole: Path, path: Path) -> None:
    """Write the weights of a whole H5 as `save_weights` of Keras 1 and 2 does: `model_weights` becomes the root.

    (Keras 2.3.1, `engine/saving.py`, `save_weights_to_hdf5_group`, is called with the root or that group.)
    """
    with h5py.File(whole) as source, h5py.File(path, "w") as target:
        weights = source.get("model_weights", source)
        for key, value in weights.attrs.items():
            if key not in ("model_config", "training_config"):
                target.attrs[key] = value
        for member in weights:
            if member != "optimizer_weights":
                source.copy(weights[member], target, member)


def is_healthy(saved: Saved, model: keras.Model) -> bool:
    """Whether Keras loads a file again (weights into their model), and can call the loaded model."""
    try:
        with SafeModeScope(False):
            read: keras.Model = _read(saved) or model
        if saved.weights or saved.container in OF_WEIGHTS:
            read.load_weights(saved.weights or saved.path)
        return _computes_what_it_declares(read)
    except Exception:  # Keras raises whatever its layers raise
        return False


def _computes_what_it_declares(model: keras.Model) -> bool:
    """Whether the outputs of a call have the shapes that the model states, which may contradict each other."""
    made = model([numpy.zeros([OPEN if dim is None else dim for dim in one.shape], one.dtype) for one in model.inputs])
    pairs = zip(model.outputs, keras.tree.flatten(made), strict=True)
    return all(
        len(stated.shape) == len(given.shape)
        and all(dim in (None, size) for dim, size in zip(stated.shape, given.shape, strict=True))
        for stated, given in pairs
    )


def _read(saved: Saved) -> keras.Model | None:
    if saved.path.endswith(".json") and not saved.path.endswith(".weights.json"):
        return keras.models.model_from_json(Path(saved.path).read_text())
    if saved.container in OF_WEIGHTS:
        return None
    return keras.models.load_model(saved.path, safe_mode=False)
