"""What a layer costs in models of 100, 1,000 and 10,000 layers: `pytest tests/benchmarks --benchmark-enable`.

The table's ratios compare whole models of one run; the time of a single layer has to stay what it is.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

from lstmlint.ir.document import Container, Document
from lstmlint.pipeline import judge, model_of

Benchmark = Any

SIZES = (100, 1_000, 10_000)

#: How much more time a layer may take in the largest model than in the next smaller one.
MAX_GROWTH = 2.0

#: The layers of a block, each on the one before; the last adds the output of the block before.
BLOCK: list[tuple[str, dict[str, Any]]] = [
    ("LSTM", {"units": 8, "return_sequences": True}), ("Dense", {"units": 8}), ("BatchNormalization", {}), ("Add", {}),
]  # fmt: skip


def residual(size: int) -> Document:
    """A functional model of as many layers, in blocks that are bridged by their sums."""
    given = {"class_name": "InputLayer", "name": "series", "inbound_nodes": []}
    layers: list[dict[str, Any]] = [{**given, "config": {"name": "series", "batch_input_shape": [None, 10, 8]}}]
    before = bridged = "series"
    for number in range(size - 1):
        class_name, arguments = BLOCK[number % len(BLOCK)]
        name = f"layer_{number}"
        inputs = [before, bridged] if class_name == "Add" else [before]
        calls = [[[source, 0, 0, {}] for source in inputs]]
        config = {"name": name, **arguments}
        layers.append({"class_name": class_name, "name": name, "config": config, "inbound_nodes": calls})
        before, bridged = name, name if class_name == "Add" else bridged
    ends = {"input_layers": [["series", 0, 0]], "output_layers": [[before, 0, 0]]}
    config = {"class_name": "Functional", "config": {"name": "residual", "layers": layers, **ends}}
    return Document("residual.json", Container.JSON, config, keras_version="2.15.0")


@pytest.fixture(scope="module")
def medians() -> dict[int, float]:
    """The seconds of each size, as they are measured; empty where nothing is measured."""
    return {}


@pytest.mark.benchmark(group="inference")
@pytest.mark.parametrize("size", SIZES)
def test_inference(benchmark: Benchmark, size: int, medians: dict[int, float]) -> None:
    document = residual(size)
    assert len(benchmark(model_of, document).layers) == size
    if benchmark.stats is not None:
        medians[size] = benchmark.stats.stats.median


def test_a_layer_takes_as_long_in_a_large_model(medians: dict[int, float]) -> None:
    if not medians:
        pytest.skip("nothing is measured without --benchmark-enable")
    *_, smaller, largest = SIZES
    assert medians[largest] / largest <= MAX_GROWTH * medians[smaller] / smaller


@pytest.mark.parametrize("step", [model_of, lambda document: judge(model_of(document))], ids=["inference", "judgement"])
def test_the_work_grows_with_the_layers(step: Callable[[Document], Any]) -> None:
    """Counted in function calls, C functions included, so that no clock is needed."""
    step(residual(10))  # what is done once a process is done now
    small, large = (calls(step, residual(size)) / size for size in (200, 2_000))
    assert large <= 1.05 * small


def calls(function: Callable[[Document], Any], document: Document) -> int:
    """How many functions are called while one runs."""
    count = 0

    def profile(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(profile)
    try:
        function(document)
    finally:
        sys.setprofile(None)
    return count
