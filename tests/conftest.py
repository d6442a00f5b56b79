"""Real Keras, where a test needs it, runs on JAX."""

import os
from collections.abc import Iterator

import pytest

os.environ.setdefault("KERAS_BACKEND", "jax")


@pytest.fixture(scope="module")
def quick_weights() -> Iterator[None]:
    """Weights that are zero, for modules that compare shapes only."""
    from tests.support.differential import make_weights_quickly

    with pytest.MonkeyPatch.context() as patch:
        make_weights_quickly(patch)
        yield
