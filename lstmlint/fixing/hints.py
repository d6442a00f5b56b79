"""Where `lstmlint fix` helps against what a rule finds."""

from __future__ import annotations

from lstmlint.ir.finding import rule_name


def hint(module: str) -> str:
    """The end of the help of a rule, by the name of its module; empty where no repair is for what it finds."""
    from lstmlint.fixing.repairs import all_repairs

    is_repaired = any(rule_name(module) in repair.cures for repair in all_repairs())
    return ", or try 'lstmlint fix'" if is_repaired else ""
