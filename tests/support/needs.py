"""The test modules that a quick run leaves out: slow modules, and modules that import heavy packages."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

TESTS = Path(__file__).parent.parent

#: Modules that are slow without a heavy package: they start programs, draw many inputs or measure.
SLOW = frozenset({
    "benchmarks/test_audit.py", "benchmarks/test_cold_start.py", "benchmarks/test_growth.py",
    "benchmarks/test_pre_commit_run.py",
    "benchmarks/test_processes.py", "benchmarks/test_speed.py", "benchmarks/test_values.py",
    "face/test_action.py", "face/test_api.py",
    "face/test_bounds.py", "face/test_check_by_file.py", "face/test_hostile.py", "face/test_hostile_values.py",
    "face/test_never_executes.py", "face/test_pre_commit.py", "face/test_streams.py", "fuzz/test_fuzz.py",
    "house/test_zoo.py",
    "output/test_pictures.py", "portability/test_loads_grid.py", "portability/test_stored.py",
    "readers/test_memory.py", "readers/test_readers_fuzz.py", "remote/test_reading.py",
    "remote/test_zoo.py", "running/test_cluster.py", "values/test_fuzzed_values.py", "values/test_memory_of_values.py",
    "zoo/test_audit.py", "zoo/test_engines.py", "zoo/test_families.py", "zoo/test_fleet.py", "zoo/test_mending.py",
    "zoo/test_store.py",
})  # fmt: skip

#: Packages that take long to import, or need a browser or a network.
HEAVY = frozenset({"keras", "jax", "playwright", "pre_commit"})


def is_quick(path: Path) -> bool:
    """Whether a module belongs to a quick run."""
    return path.relative_to(TESTS).as_posix() not in SLOW and not needs_more_than_lstmlint(path)


@cache
def needs_more_than_lstmlint(path: Path) -> bool:
    """Whether a module of the tests, or one that it imports, imports a heavy package anywhere."""
    names = list(_imported(path))
    if any(name.partition(".")[0] in HEAVY for name in names):
        return True
    return any(needs_more_than_lstmlint(inner) for inner in filter(None, map(_file, names)) if inner != path)


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _file(module: str) -> Path | None:
    """The file of a module of the tests."""
    first, *steps = module.split(".")
    found = TESTS.joinpath(*steps).with_suffix(".py") if first == "tests" and steps else None
    return found if found is not None and found.is_file() else None
