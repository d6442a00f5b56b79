"""Which containers a Keras reads at all."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.ir.document import Container, Document
from lstmlint.keras.versions import Target
from lstmlint.portability.obstacle import Obstacle, obstacle

#: What follows in the message of Keras 3 for a file of another kind.
SUPPORTED = (
    "Keras 3 only supports V3 `.keras` files, legacy H5 format files (`.h5` extension). Note that the legacy "
    "SavedModel format is not supported by `load_model()` in Keras 3. In order to reload a TensorFlow SavedModel as an "
    "inference-only layer in Keras 3, use `keras.layers.TFSMLayer({path}, call_endpoint='serving_default')` "
    "(note that your `call_endpoint` might have a different name)."
)

NO_YAML = (
    "Method `model_from_yaml()` has been removed due to security risk of arbitrary code execution. Please use "
    "`Model.to_json()` and `model_from_json()` instead."
)

#: The first Keras that writes and reads `.keras`, and the first of TensorFlow without YAML.
FIRST_KERAS_ZIP = (2, 12)
FIRST_WITHOUT_YAML = (2, 6)


def obstacles(document: Document, target: Target) -> Iterator[Obstacle]:
    """Why a Keras does not read a file of this kind, whatever is in it."""
    path, container = document.path, document.container
    if document.config is None and container is Container.H5:
        message = f"No model config found in the file at {path}." if target.version >= (2, 4) else NO_MODEL
        yield refused("ValueError", message)
    if target.is_keras3:
        yield from _keras3(document)
    elif container is Container.YAML and target.is_tf_keras and target.version >= FIRST_WITHOUT_YAML:
        yield refused("RuntimeError", NO_YAML)
    elif (container is Container.SAVED_MODEL and not target.is_tf_keras) or (
        container is Container.KERAS and target.version < FIRST_KERAS_ZIP
    ):
        yield refused("OSError", "Unable to open file (file signature not found)")


NO_MODEL = "No model found in config file."


def refused(error: str, message: str) -> Obstacle:
    return obstacle("container-refused", error, message)


def _keras3(document: Document) -> Iterator[Obstacle]:
    path = document.path
    if document.container is Container.YAML:
        yield refused("AttributeError", "module 'keras.models' has no attribute 'model_from_yaml'")
    elif document.container is Container.SAVED_MODEL:
        yield refused("ValueError", f"File format not supported: filepath={path}. {SUPPORTED.format(path=path)}")
    elif document.container is Container.H5 and path.endswith(".keras"):
        message = f"File not found: filepath={path}. Please ensure the file is an accessible `.keras` zip file."
        yield refused("ValueError", message)
    elif document.container is Container.H5 and "." in path and not path.endswith((".h5", ".hdf5")):
        yield refused("ValueError", f"File format not supported: filepath={path}. {SUPPORTED.format(path=path)}")
