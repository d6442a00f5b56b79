"""Real Keras, where a test needs it, runs on JAX; `--quick` leaves those tests out, and the slow ones."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("KERAS_BACKEND", "jax")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--quick", action="store_true", help="only tests that need neither Keras nor a browser, and no slow one"
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--quick"):
        os.environ["LSTMLINT_WITHOUT_CORPUS"] = "1"
        sys.modules["keras"] = None  # type: ignore[assignment]  # what imports it skips, as where it is not installed


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Skip modules in a quick run without importing them: importing Keras alone takes seconds."""
    from tests.support.needs import is_quick

    is_module = collection_path.suffix == ".py" and collection_path.name.startswith("test_")
    return True if config.getoption("--quick") and is_module and not is_quick(collection_path) else None


@pytest.fixture(scope="module")
def quick_weights() -> Iterator[None]:
    """Weights that are zero, for modules that compare shapes only."""
    from tests.support.differential import make_weights_quickly

    with pytest.MonkeyPatch.context() as patch:
        make_weights_quickly(patch)
        yield
