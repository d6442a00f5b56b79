"""The bytecode of a Lambda layer, which Python reads only where it was written by one of its own layout.

Sources: the Pythons that the packages declare (`requires-python`, and the tested builds of TensorFlow).
"""

from __future__ import annotations

from typing import Any

from lstmlint.analyses.marshalled import Layout, failure, layout_of
from lstmlint.keras.versions import Target
from lstmlint.portability.loaders.context import LoadedObject, Loading, Obstacles
from lstmlint.portability.obstacle import Stage, obstacle

RULE = "lambda-refused"

#: What becomes of bytecode where nothing refuses it, with what Python says where another version wrote it.
BYTECODE = "it runs the Python bytecode in the file, or fails with: bad marshal data (unknown type code)"

#: From which version of a Keras on its Pythons have these layouts alone; the first that is not newer counts.
TENSORFLOW: tuple[tuple[tuple[int, ...], tuple[Layout, ...]], ...] = (
    ((2, 12), (Layout.TO_3_10, Layout.SINCE_3_11)),  # Python 3.8 to 3.11, later ones with newer Kerases
    ((2, 2), (Layout.TO_3_7, Layout.TO_3_10)),  # 3.5 to 3.8, then 3.7 to 3.10
    ((0,), (Layout.TO_3_7,)),
)
KERAS3: tuple[tuple[tuple[int, ...], tuple[Layout, ...]], ...] = (
    ((3, 13), (Layout.SINCE_3_11,)),
    ((3, 0), (Layout.TO_3_10, Layout.SINCE_3_11)),
)


def obstacles(place: LoadedObject, loading: Loading) -> Obstacles:
    """The obstacle of the bytecode of a Lambda where the Keras itself does not refuse it."""
    pointer = (*place.pointer, "config", "function")
    code, readers = _code(place.at("config", "function").value), _layouts(loading.target)
    layout = layout_of(code) if isinstance(code, str) else None
    if layout is None or not readers or layout in readers:
        yield obstacle(RULE, "ValueError", BYTECODE, pointer, place.layer, Stage.COMPUTE)
    else:
        message = failure(str(code), readers[-1])
        yield obstacle(RULE, "EOFError" if "EOF" in message else "ValueError", message, pointer, place.layer)


def _code(function: Any) -> Any:
    """The bytecode in the config of a Lambda, as Keras 2 and as Keras 3 write it."""
    if isinstance(function, dict):
        config = function.get("config")
        return config.get("code") if isinstance(config, dict) else None
    return function[0] if isinstance(function, list) and function else None


def _layouts(target: Target) -> tuple[Layout, ...]:
    """The layouts that the Pythons of a Keras read; none where they are not known."""
    table = KERAS3 if target.is_keras3 else TENSORFLOW if target.is_tf_keras else ()
    return next((layouts for first, layouts in table if target.version >= first), ())
