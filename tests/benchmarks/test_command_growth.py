"""How the time of each command grows with the layers: `pytest tests/benchmarks --benchmark-enable -s` prints it.

The exponent is that of the processor's time over models of 100, 1,000 and 10,000 layers: 1 is a time in proportion.
"""

from __future__ import annotations

import io
import json
import math
import time
from pathlib import Path
from typing import Any

import pytest

from lstmlint.cli import main
from lstmlint.ir.document import Document
from lstmlint.running.collector import resting
from tests.benchmarks.test_growth import SIZES, residual

MOST = 1.05

#: The arguments of each command for a model and one with another layer in its middle.
COMMANDS: dict[str, list[str]] = {
    "check": ["check", "OLD"],
    "summary": ["summary", "OLD"],
    "explain": ["explain", "OLD"],
    "loads": ["loads", "OLD"],
    "fix": ["fix", "OLD", "-o", "OUT"],
    "diff": ["diff", "OLD", "NEW"],
    "report": ["report", "OLD", "-o", "PAGE"],
}


def files(folder: Path, size: int) -> dict[str, str]:
    """The paths that stand for the words in the arguments."""
    document: Document = residual(size)
    old: Any = {**(document.config or {}), "keras_version": document.keras_version, "backend": "tensorflow"}
    new = json.loads(json.dumps(old))
    new["config"]["layers"][size // 2]["config"]["name"] = "another"
    paths = {word: str(folder / f"{word.lower()}-{size}") for word in ("OLD", "NEW", "OUT", "PAGE")}
    paths = {word: f"{path}.{'html' if word == 'PAGE' else 'json'}" for word, path in paths.items()}
    Path(paths["OLD"]).write_text(json.dumps(old), encoding="utf-8")
    Path(paths["NEW"]).write_text(json.dumps(new), encoding="utf-8")
    return paths


def seconds(name: str, paths: dict[str, str]) -> float:
    Path(paths["OUT"]).unlink(missing_ok=True)
    errors = io.StringIO()
    begin = time.process_time()
    with resting():  # as the console script lets it
        status = main([paths.get(word, word) for word in COMMANDS[name]], io.StringIO(), errors)
    assert status in (0, 1), errors.getvalue()
    return time.process_time() - begin


@pytest.mark.parametrize("name", COMMANDS)
def test_growth(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if not request.config.getoption("--benchmark-enable"):
        pytest.skip("nothing is measured without --benchmark-enable")
    seconds(name, files(tmp_path, 10))  # what is done once a process is done now
    took = {size: seconds(name, files(tmp_path, size)) for size in SIZES}
    exponent = math.log(took[SIZES[-1]] / took[SIZES[0]]) / math.log(SIZES[-1] / SIZES[0])
    print(f"\n{name:8}", *(f"{took[size]:8.3f} s" for size in SIZES), f"  exponent {exponent:.2f}, at most {MOST}")
    assert exponent <= MOST
