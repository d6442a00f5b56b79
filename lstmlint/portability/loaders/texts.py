"""Messages of several loaders, with a field for each part that Keras fills in."""

from __future__ import annotations

from lstmlint.keras.versions import Target
from lstmlint.portability.obstacle import DUMP

NOT_LOCATED = (
    "Could not locate {kind} '{name}'. Make sure custom classes and functions are decorated with "
    "`@keras.saving.register_keras_serializable()`. If they are already decorated, make sure they are all imported so "
    "that the decorator is run before trying to load them. Full object config: " + DUMP
)
#: What tf.keras says instead.
NOT_LOCATED_BEFORE = (
    "Could not locate {kind} '{name}'. Make sure custom classes are decorated with "
    "`@keras.saving.register_keras_serializable()`. Full object config: " + DUMP
)
#: The first Keras 3 with the longer text.
FIRST_LONGER = (3, 12)


def not_located(kind: str, name: object, target: Target) -> str:
    """The message of a Keras on an object whose class or function it does not find."""
    is_longer = target.is_keras3 and target.version >= FIRST_LONGER
    return (NOT_LOCATED if is_longer else NOT_LOCATED_BEFORE).format(kind=kind, name=name)


NOT_DESERIALIZED = (
    "{name} could not be deserialized properly. Please ensure that components that are Python object instances "
    "(layers, models, etc.) returned by `get_config()` are explicitly deserialized in the model's `from_config()` "
    "method.\n\nconfig=" + DUMP + ".\n\nException encountered: {inner}"
)
UNKNOWN = (
    "Unknown {kind}: '{name}'. Please ensure you are using a `keras.utils.custom_object_scope` and that this object "
    "is included in the scope. See "
    "https://www.tensorflow.org/guide/keras/save_and_serialize#registering_the_custom_object for details."
)
