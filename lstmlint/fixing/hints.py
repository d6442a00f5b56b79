"""The hint to `lstmlint fix` at the end of a rule's help."""

from __future__ import annotations

from lstmlint.ir.finding import rule_name


def hint(module: str) -> str:
    """The end of the help of a rule, by the name of its module; empty where no repair cures its findings."""
    from lstmlint.fixing.repairs import all_repairs

    is_repaired = any(rule_name(module) in repair.cures for repair in all_repairs())
    return ", or try 'lstmlint fix'" if is_repaired else ""
