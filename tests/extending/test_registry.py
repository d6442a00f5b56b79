"""Registries: what a package holds, told without importing it."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import pytest

from lstmlint.extending import registry

PACKAGES = [
    "lstmlint.commands", "lstmlint.dialects", "lstmlint.fixing.repairs", "lstmlint.fixing.writers",
    "lstmlint.inference.layers", "lstmlint.output.changes", "lstmlint.output.formats", "lstmlint.readers",
    "lstmlint.rules",
]  # fmt: skip


@pytest.mark.parametrize("name", PACKAGES)
def test_names_are_those_that_python_tells(name: str) -> None:
    package = importlib.import_module(name)
    assert registry.names(package) == sorted(info.name for info in pkgutil.iter_modules(package.__path__))


@pytest.mark.parametrize("name", PACKAGES)
def test_modules_are_those_that_python_walks(name: str) -> None:
    package = importlib.import_module(name)
    told = [info.name for info in pkgutil.walk_packages(package.__path__, f"{name}.") if not info.ispkg]
    assert [module.__name__ for module in registry.modules(package)] == sorted(told)


def test_what_is_no_module_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "walked"
    (package / "inner").mkdir(parents=True)
    (package / "inner" / "deep.py").touch()
    for name in ("__init__.py", "_own.py", "one.py", "README.md", "one.txt", "no-name.py", "inner/__init__.py"):
        (package / name).touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    walked = importlib.import_module("walked")
    assert registry.names(walked) == ["_own", "inner", "one"]
    assert [module.__name__ for module in registry.modules(walked)] == [
        "walked._own",
        "walked.inner.deep",
        "walked.one",
    ]
    assert [module.__name__ for module in registry.modules(walked, nested=False)] == ["walked._own", "walked.one"]
