"""The house: who imports whom, whatever stands in it."""

from __future__ import annotations

import importlib
from graphlib import TopologicalSorter

from tests.house.edges import ALLOWED, FACE, PACKAGE, ROOT, imports, modules, table, upward, wing_of


def test_no_import_runs_upward() -> None:
    assert upward(imports()) == []


def test_an_upward_import_is_found() -> None:
    said = upward(iter([("lstmlint.ir.model", "lstmlint.linting.rule")]))
    assert said == ["lstmlint.ir.model imports lstmlint.linting.rule: ir may not use linting"]


def test_every_allowed_import_is_used() -> None:
    used = {(wing_of(module), wing_of(other)) for module, other in imports()}
    assert [
        (wing, other) for wing, others in ALLOWED.items() for other in sorted(others) if (wing, other) not in used
    ] == []


def test_wings_stand_in_the_order_of_the_flow() -> None:
    """Commands and the face are the top: the face finds the commands by walking their folder."""
    order = list(ALLOWED)
    for wing, others in ALLOWED.items():
        below = [other for other in others if order.index(other) > order.index(wing)]
        assert below in ([], ["commands"]), (wing, below)


def test_no_two_modules_import_each_other() -> None:
    graph: dict[str, set[str]] = {module: set() for module in modules()}
    for module, other in imports():
        graph[module].add(other)
    TopologicalSorter(graph).prepare()  # raises CycleError and names the modules


def test_each_wing_says_what_it_does_and_what_it_must_not_know() -> None:
    for wing in ALLOWED:
        if wing not in (FACE, "rules"):
            page = importlib.import_module(f"{PACKAGE}.{wing}").__doc__ or ""
            assert "may use" in page, wing
            assert "must not" in page or "reads no" in page, wing


def test_contributing_shows_the_table() -> None:
    assert table() in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_no_module_lies_loose() -> None:
    face = sorted(module for module in modules() if wing_of(module) == FACE)
    assert face == [
        PACKAGE,
        *(f"{PACKAGE}.{name}" for name in ("__main__", "api", "cli", "notebook", "pipeline", "presenter", "public")),
    ]
