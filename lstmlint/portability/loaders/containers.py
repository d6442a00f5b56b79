"""The containers that a Keras reads at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lstmlint.ir.dataclass import replace
from lstmlint.ir.document import STREAM, Container, Document
from lstmlint.keras.versions import Target
from lstmlint.portability.obstacle import DUMP, WEIGHTS_ALONE, Obstacle, obstacle

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

#: The member of an archive that holds the config.
CONFIG = "config.json"

#: The endings by which Keras 3 chooses how to read a file.
SUFFIX = ".keras"
H5_SUFFIXES = (".h5", ".hdf5")
NAMED: Mapping[Container, tuple[str, ...]] = {
    Container.H5: H5_SUFFIXES,
    Container.KERAS: (SUFFIX,),
    Container.SAVED_MODEL: (),
}

#: The first Keras that writes and reads `.keras`, and the first of TensorFlow without YAML.
FIRST_KERAS_ZIP = (2, 12)
FIRST_WITHOUT_YAML = (2, 6)


#: What h5py says of a file that is no HDF5, in the versions that Keras 3 and those before bring.
NO_SIGNATURE = "Unable to synchronously open file (file signature not found)"
NO_SIGNATURE_BEFORE = "Unable to open file (file signature not found)"

#: What the Keras of TensorFlow said before 2.8, the first that takes folders alone for SavedModels.
NO_SAVED_MODEL = f"SavedModel file does not exist at: {DUMP}{{saved_model.pbtxt|saved_model.pb}}"
FIRST_BY_FOLDER = (2, 8)

#: What Python says of an archive without the config.
NO_CONFIG = f"\"There is no item named '{CONFIG}' in the archive\""


def obstacles(document: Document, target: Target) -> Iterator[Obstacle]:
    """The refusal of a Keras that reads no file of this kind."""
    if document.config is None and document.container is Container.H5:
        cure = WEIGHTS_ALONE if document.stored else ""
        yield replace(refused("ValueError", _without_config(document, target)), cure=cure)
    elif document.config is None and document.container is Container.KERAS:
        yield refused("KeyError", NO_CONFIG)
    elif document.container is Container.JSON and TWICE in document.remarks:
        yield _encoded_twice(document, target)
    else:
        yield from _keras3(document) if target.is_keras3 else _keras2(document, target)


def _encoded_twice(document: Document, target: Target) -> Obstacle:
    """A text in place of a model: newer Kerases hand it back, older ones take it for the name of a layer or a dict."""
    first_named = FIRST_NAMED_TF if target.is_tf_keras else FIRST_NAMED
    if target.is_keras3 or (target.is_tf_keras and target.version >= FIRST_KERAS_ZIP):
        one = refused("TypeError", "Keras returned a str, not a model")
    elif target.version >= first_named:
        one = refused("ValueError", f"Unknown layer:{' ' if target.is_tf_keras else ''}{DUMP}")
    else:
        one = refused("TypeError", "string indices must be integers")
    return replace(one, rule="irregular-file", cure="decode the text once more, and save what comes out")


#: The remark on a text that is JSON of JSON, and the first Kerases that take a text for the name of a layer.
TWICE = "encoded twice"
FIRST_NAMED, FIRST_NAMED_TF = (2, 3), (2, 5)


def _without_config(document: Document, target: Target) -> str:
    if not target.is_tf_keras and not target.is_keras3:
        return NO_MODEL
    return f"No model config found in the file at {document.path if target.is_keras3 else DUMP}."


def _keras2(document: Document, target: Target) -> Iterator[Obstacle]:
    container = document.container
    if container is Container.YAML:
        if target.is_tf_keras and target.version >= FIRST_WITHOUT_YAML:
            yield refused("RuntimeError", NO_YAML)
    elif container is Container.KERAS and target.version >= FIRST_KERAS_ZIP:
        if not document.path.endswith(SUFFIX):
            yield refused("OSError", NO_SIGNATURE)
    elif container is Container.KERAS or (container is Container.SAVED_MODEL and not target.is_tf_keras):
        yield refused("OSError", _not_hdf5(target))


def _not_hdf5(target: Target) -> str:
    if target.is_tf_keras and target.version < FIRST_BY_FOLDER:
        return NO_SAVED_MODEL
    return NO_SIGNATURE if target.is_tf_keras else NO_SIGNATURE_BEFORE


#: What standalone Keras says of H5 without a config, as it takes the file for a dict that it may write.
NO_MODEL = "Cannot create group in read-only mode."


def refused(error: str, message: str) -> Obstacle:
    return obstacle("container-refused", error, message)


def _keras3(document: Document) -> Iterator[Obstacle]:
    path, container = document.path, document.container
    if container is Container.YAML:
        yield refused("AttributeError", "module 'keras.models' has no attribute 'model_from_yaml'")
    elif container not in NAMED:
        return
    elif container is Container.KERAS and path.endswith(H5_SUFFIXES):
        yield refused("OSError", NO_SIGNATURE)
    elif container is Container.H5 and path.endswith(SUFFIX):
        message = f"File not found: filepath={path}. Please ensure the file is an accessible `.keras` zip file."
        yield replace(refused("ValueError", message), cure=RENAME)
    elif path != STREAM and not path.endswith(NAMED[container]):
        yield refused("ValueError", f"File format not supported: filepath={path}. {SUPPORTED.format(path=path)}")


#: What helps where HDF5 has the name of an archive.
RENAME = "rename the file to end in .h5"
