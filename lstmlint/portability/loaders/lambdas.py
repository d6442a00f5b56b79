"""The bytecode of a Lambda layer, which Python reads only where it was written by one of its own layout.

Sources: the metadata of the packages on the index that pip reads. Of TensorFlow, whose releases before 2.9 declare
no Python, the tags of the wheels count: cp35 to cp37 in 2.0 and 2.1, cp35 to cp38 in 2.2 and 2.3, cp36 to cp39 in 2.4
to 2.6, cp37 to cp310 in 2.7 to 2.11, cp38 to cp311 in 2.12 and 2.13, cp39 to cp311 in 2.14 and 2.15, cp39 to cp312 in
2.16 to 2.19, up to cp313 in 2.20 and 2.21. Of Keras 3 `requires-python` counts: >=3.9 from 3.0 to 3.10, >=3.10 in 3.11
and 3.12, >=3.11 since 3.13. Standalone Keras 1 and 2 declare none.
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

#: From which version of a Keras on its Pythons have these layouts alone; the first that is not newer counts. The wheels
#: of TensorFlow 2.0 and 2.1 for Python 2.7 are left out: what its bytecode becomes is not known.
TENSORFLOW: tuple[tuple[tuple[int, ...], tuple[Layout, ...]], ...] = (
    ((2, 12), (Layout.TO_3_10, Layout.SINCE_3_11)),  # Python 3.8 to 3.13
    ((2, 2), (Layout.TO_3_7, Layout.TO_3_10)),  # Python 3.5 to 3.10
    ((0,), (Layout.TO_3_7,)),  # Python 3.5 to 3.7
)
KERAS3: tuple[tuple[tuple[int, ...], tuple[Layout, ...]], ...] = (
    ((3, 13), (Layout.SINCE_3_11,)),  # Python 3.11 and later
    ((3, 0), (Layout.TO_3_10, Layout.SINCE_3_11)),  # Python 3.9 and later
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
