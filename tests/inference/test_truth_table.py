"""The printed table of what is unknown: every reason is a sentence, and none is a defect of lstmlint itself."""

from __future__ import annotations

import pytest

from tests.truth_table import SECTIONS, kind, reason_table, unknown_values


@pytest.mark.parametrize("section", SECTIONS)
def test_every_unknown_value_has_a_reason_that_is_counted(section: str) -> None:
    files = list(SECTIONS[section]())
    found = {unknown for known in files for layer in known.model.all_layers for unknown in unknown_values(layer)}
    assert found
    assert all(unknown.reason.strip() for unknown in found)
    assert not {unknown for unknown in found if kind(unknown) == "a defect of lstmlint"}
    table = reason_table(files)
    assert all(unknown.reason in table for unknown in found)
