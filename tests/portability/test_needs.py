"""Layers for which Keras 3 needs TensorFlow, whichever its backend is."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

import lstmlint
from lstmlint.keras.classes import CLASSES
from lstmlint.output.text.loads import NO_TENSORFLOW
from tests.support.truth import FIXTURES

TEXTS = FIXTURES / "vocabularies/texts-3.3.3.keras"

#: Arguments with which each layer can be made, where it needs any.
ARGUMENTS = {"Hashing": {"num_bins": 3}, "HashedCrossing": {"num_bins": 3}, "Discretization": {"num_bins": 3}}

NEEDING = sorted(name for name, traits in CLASSES.items() if traits.needs_tensorflow)


def refusal(name: str) -> str:
    """Why real Keras does not make a layer for want of TensorFlow; empty where it does, or for another reason."""
    import keras

    try:
        getattr(keras.layers, name)(**ARGUMENTS.get(name, {}))
    except ImportError as error:
        return f"ImportError: {error}"
    except Exception:
        return ""
    return ""


@pytest.mark.skipif(find_spec("tensorflow") is not None, reason="TensorFlow is installed")
def test_real_keras_makes_these_classes_alone_with_tensorflow() -> None:
    import keras

    names = sorted(name for name in CLASSES if hasattr(keras.layers, name))
    assert {name: said for name in names if (said := refusal(name))} == {
        name: NO_TENSORFLOW.format(name=name) for name in NEEDING
    }


def test_loads_says_what_must_be_installed() -> None:
    found = lstmlint.loads(TEXTS)
    needing = [one.target.name for one in found.verdicts if one.needs_tensorflow]
    assert needing == [one.target.name for one in found.verdicts if one.target.is_keras3 and one.outcome != "fails"]
    (line,) = (line for line in str(found).splitlines() if "needs tensorflow" in line)
    assert line.startswith("  needs tensorflow installed, on any backend: keras-3.0 to 3.15; otherwise ")
    assert line.endswith(NO_TENSORFLOW.format(name="TextVectorization"))


def test_other_files_need_nothing() -> None:
    found = lstmlint.loads(FIXTURES / "keras-3.15.1/gru.keras")
    assert "tensorflow installed" not in str(found)
    assert not any(one.needs_tensorflow for one in found.verdicts)
