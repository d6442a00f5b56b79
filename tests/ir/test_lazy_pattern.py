"""Regular expressions that are compiled late."""

from __future__ import annotations

import re

import pytest

from lstmlint.ir.lazy_pattern import lazy_pattern


def test_it_answers_as_the_compiled_one() -> None:
    late, compiled = lazy_pattern(r"(\d+)-", re.ASCII), re.compile(r"(\d+)-", re.ASCII)
    for text in ("12-3", "x12-", ""):
        assert str(late.match(text)) == str(compiled.match(text))
        assert late.sub("_", text) == compiled.sub("_", text)
    assert (late.pattern, late.flags) == (compiled.pattern, compiled.flags)
    assert lazy_pattern(rb"a+").findall(b"aab") == [b"aa"]


def test_it_is_compiled_at_its_first_use() -> None:
    broken = lazy_pattern("(")
    with pytest.raises(re.error, match="missing"):
        broken.match("")
