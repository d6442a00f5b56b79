"""The layout of bytecode is that of the Python that wrote it."""

from __future__ import annotations

import base64
import json
import marshal

import h5py
import pytest

from lstmlint.analyses.marshalled import ENDED, UNKNOWN_CODE, Layout, failure, layout_of
from tests.support.truth import ROOT


def stored(name: str) -> str:
    """The bytecode of the first Lambda of a fixture that is not a name alone."""
    with h5py.File(ROOT / "fixtures" / name) as file:
        text = file.attrs["model_config"]
    layers = json.loads(text)["config"]["layers"]
    function = next(
        layer["config"]["function"] for layer in layers if isinstance(layer["config"].get("function"), list)
    )
    return str(function[0])


def own() -> str:
    code = compile("def f(x, *, y=2):\n    return [x ** y, 1.5, 'é', None, (1, b'2')]", "f", "exec")
    return base64.b64encode(marshal.dumps(code)).decode()


def test_the_python_at_hand_writes_the_newest_layout() -> None:
    assert layout_of(own()) is Layout.SINCE_3_11
    assert failure(own(), Layout.SINCE_3_11) == ""


def test_older_layouts_are_told_from_the_files_of_older_pythons() -> None:
    old = stored("keras-2.3.1/lambda.h5")
    assert layout_of(old) is Layout.TO_3_7
    assert failure(old, Layout.SINCE_3_11) == ENDED  # what TensorFlow 2.15 on Python 3.11 printed
    assert failure(old, Layout.TO_3_10) == UNKNOWN_CODE  # what TensorFlow 2.9 on Python 3.8 printed


@pytest.mark.parametrize("code", ["", "AAAA", "no base64, é", base64.b64encode(b"\xe3" * 1000).decode()])
def test_what_is_no_bytecode_has_no_layout(code: str) -> None:
    assert layout_of(code) is None


def test_objects_that_lie_too_deep_end_the_walk() -> None:
    assert layout_of(base64.b64encode(b"\x29\x01" * 100_000).decode()) is None
