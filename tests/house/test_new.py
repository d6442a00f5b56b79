"""What `python -m tests.new` begins works at once."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from lstmlint.fixing.repairs.repair import Repair
from lstmlint.inference.layers.call import LayerType
from lstmlint.linting.rule import Rule
from lstmlint.readers.reader import Reader
from tests.new import KINDS, begin, main

NAMES = {"rule": "training/odd-thing", "layer": "fourier-features", "reader": "other-box", "repair": "merged-heads"}
DECLARED: dict[str, type] = {"rule": Rule, "layer": LayerType, "reader": Reader, "repair": Repair}

EXPECTED = {
    "rule": ["odd-thing"],
    "layer": ["FourierFeatures", "FourierFeatures1D", "FourierFeatures2D", "FourierFeatures3D"],
    "reader": ["other box"],
    "repair": ["merged-heads"],
}


def module(path: Path, root: Path) -> ModuleType:
    """A module that was begun, imported under the name that it would have."""
    steps = path.relative_to(root).with_suffix("").parts
    spec = importlib.util.spec_from_file_location(".".join(steps), path)
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(__import__("sys").modules, spec.name, found)
        spec.loader.exec_module(found)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_begun_declares_its_kind(kind: str, tmp_path: Path) -> None:
    path = begin(kind, NAMES[kind], tmp_path)
    declared: list[Any] = [value for value in vars(module(path, tmp_path)).values() if type(value) is DECLARED[kind]]
    names = [name for one in declared for name in (one.class_names if kind == "layer" else [one.name])]
    assert names == EXPECTED[kind]


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    begin("repair", "merged-heads", tmp_path)
    with pytest.raises(FileExistsError):
        begin("repair", "merged-heads", tmp_path)


def test_a_rule_needs_a_category(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["rule", "odd-thing"])
    assert "a rule needs its category" in capsys.readouterr().err
