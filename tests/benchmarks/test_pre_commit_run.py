"""What a run of the hook over a repository's JSON costs, against Python's own start and against parsing all of it.

`pytest tests/benchmarks --benchmark-enable`. The hook may take three times what `json.loads` takes on the same files,
and the start of Python besides; the start is timed by itself, so that it can be taken off.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from typing import Any

import pytest

from tests.support.truth import FIXTURES, ROOT

Benchmark = Any

FILES, MODELS = 200, 10

#: Entries of the other files: settings, translations, lock files and notebooks, from two to some hundred kilobytes.
SIZES = (10, 100, 400, 1600)

PARSE = """
import json, sys
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        json.loads(file.read())
"""

PROGRAMS = {
    "start": ("-c", "pass"),
    "json.loads": ("-c", PARSE),
    "hook": (
        "-m",
        "lstmlint",
        "check",
        "--profile",
        "pre-commit",
        "--quiet",
        "--isolated",
        "--jobs",
        "1",
        "--allow-skipped",
    ),
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """A repository's JSON files, one in twenty of them a model."""
    folder = tmp_path_factory.mktemp("repository")
    models = sorted((FIXTURES / "keras-2.15.0").glob("*.json"))[:MODELS]
    for path in models:
        shutil.copy(path, folder / path.name)
    draw = random.Random(1)
    for number in range(FILES - MODELS):
        entries = {f"package-{index}": entry(draw) for index in range(SIZES[number % len(SIZES)])}
        (folder / f"other-{number}.json").write_text(json.dumps(entries, indent=2), encoding="utf-8")
    return sorted(map(str, folder.iterdir()))


def entry(draw: random.Random) -> dict[str, Any]:
    """Something like a package in a lock file."""
    return {
        "version": f"{draw.randrange(9)}.{draw.randrange(30)}.{draw.randrange(9)}",
        "integrity": f"sha512-{draw.randbytes(32).hex()}",
        "dev": draw.random() < 0.5,
        "requires": {f"name-{draw.randrange(999)}": "^1.0.0" for _ in range(3)},
    }


@pytest.mark.benchmark(group="pre-commit")
@pytest.mark.parametrize("program", PROGRAMS)
def test_run(benchmark: Benchmark, files: list[str], program: str) -> None:
    given = [] if program == "start" else files
    command = [sys.executable, *PROGRAMS[program], *given]
    # The first run writes the compiled modules, as an installation does.
    done = benchmark.pedantic(
        subprocess.run, (command,), {"cwd": ROOT, "check": False, "capture_output": True}, rounds=9, warmup_rounds=1
    )
    assert done.returncode == 0, done.stdout
