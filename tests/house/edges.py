"""Which wing imports which: read from the sources, and what is allowed.

Imports for types only and imports inside functions count as well. `python -m tests.house.edges` prints the table that
CONTRIBUTING shows.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PACKAGE = "lstmlint"

#: The modules at the top of the package: the public API, the command line, the flow for one path.
FACE = "face"

#: The wings from the first to the last, and which others each may import. None imports one that stands below it.
ALLOWED: Mapping[str, frozenset[str]] = {
    wing: frozenset(others.split())
    for wing, others in {
        "ir": "",
        "extending": "",
        "running": "",
        "keras": "ir",
        "remote": "ir",
        "readers": "ir extending remote",
        "dialects": "ir extending keras",
        "inference": "ir extending keras dialects",
        "analyses": "ir keras inference",
        "portability": "ir keras analyses",
        "linting": "ir extending",
        "settings": "ir keras inference linting",
        "fixing": "ir extending running keras readers dialects inference analyses",
        "values": "ir keras readers analyses fixing",
        "review": "ir running keras readers dialects inference analyses portability linting settings",
        "zoo": "ir extending running keras remote readers analyses portability linting settings fixing review",
        "rules": "ir keras dialects inference analyses portability linting fixing",
        "output": "ir extending running keras dialects inference analyses portability linting fixing review zoo",
        "face": "ir running keras readers inference portability linting settings fixing values review zoo output "
        "commands",
        "commands": "ir extending running keras remote readers inference portability linting settings fixing review "
        "zoo output face",
    }.items()
}


@cache
def modules() -> dict[str, Path]:
    """Every module of the package and of the rules by the name under which it is imported."""
    found = {}
    for folder, package in ((ROOT / PACKAGE, PACKAGE), (ROOT / "rules", f"{PACKAGE}.rules")):
        for path in folder.rglob("*.py"):
            steps = path.relative_to(folder).with_suffix("").parts
            found[".".join((package, *(step for step in steps if step != "__init__")))] = path
    return found


def wing_of(module: str) -> str:
    """The wing that a module stands in."""
    steps = module.split(".")
    is_inside = len(steps) > 1 and (steps[1] == "rules" or (ROOT / PACKAGE / steps[1]).is_dir())
    return steps[1] if is_inside else FACE


def imported(source: str, known: Mapping[str, Path]) -> Iterator[str]:
    """The modules of lstmlint that a source imports, wherever it does."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.partition(".")[0] == PACKAGE)
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.partition(".")[0] == PACKAGE:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in known else node.module


def imports() -> Iterator[tuple[str, str]]:
    """Every import of one module of lstmlint by another."""
    for module, path in modules().items():
        for other in imported(path.read_text(encoding="utf-8"), modules()):
            yield module, other


def upward(pairs: Iterator[tuple[str, str]]) -> list[str]:
    """The imports that the table does not allow, as text."""
    return [
        f"{module} imports {other}: {wing_of(module)} may not use {wing_of(other)}"
        for module, other in pairs
        if wing_of(module) != wing_of(other) and wing_of(other) not in ALLOWED[wing_of(module)]
    ]


def table() -> str:
    """The table of allowed imports in Markdown."""
    rows = [
        f"| `{wing}` | {', '.join(sorted(others, key=list(ALLOWED).index)) or '-'} |"
        for wing, others in ALLOWED.items()
    ]
    return "\n".join(["| wing | may import |", "|---|---|", *rows]) + "\n"


if __name__ == "__main__":
    print(table(), end="")
