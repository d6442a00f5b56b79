"""The owner of an object in a file: Keras itself, or a user."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: Roots of the Python modules whose classes are Keras' own.
KERAS_MODULES = frozenset({"keras", "tf_keras", "tensorflow", "builtins"})


def is_foreign(raw: Mapping[str, Any]) -> bool:
    """Whether an object's class is registered by others or comes from a module that is not part of Keras.

    For a class of `__main__`, Keras 3 writes null as the module, and a registered name, which Keras' own classes do not
    have (`saving/serialization_lib.py`, `serialize_keras_object`).
    """
    module, registered = raw.get("module"), raw.get("registered_name")
    if isinstance(module, str):
        return module.partition(".")[0] not in KERAS_MODULES
    if not isinstance(registered, str) or registered.startswith("Keras>"):
        return False
    return ">" in registered or ("module" in raw and module is None and bool(registered))
