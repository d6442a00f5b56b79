"""What is written for people and programs holds nothing that hides, moves a cursor, or is no Unicode."""

from __future__ import annotations

import io
import json
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmlint.running.json_text import json_text
from lstmlint.running.standard_output import FOR_PEOPLE, write_for_people, write_for_programs
from lstmlint.running.terminal import fit

#: Categories of characters that are not seen: controls, formats, surrogates, ends of lines and paragraphs.
HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def hidden() -> list[str]:
    every = map(chr, range(sys.maxunicode + 1))
    return [one for one in every if unicodedata.category(one) in HIDDEN or 0xE0000 <= ord(one) < 0xE1000]


def test_no_hidden_character_is_written_for_people() -> None:
    for one in hidden():
        assert fit(f"a{one}b").isprintable(), hex(ord(one))
        assert one not in fit(one)


@pytest.mark.parametrize("text", ["maß", "naïve café", "模型", "модель", "α→β", "emoji 🙂", "नमूना", "…×·"])
def test_what_is_seen_stays(text: str) -> None:
    assert fit(text) == text


@pytest.mark.parametrize("is_ascii", [True, False])
def test_no_hidden_character_is_written_in_json(is_ascii: bool) -> None:
    text = json_text(["".join(hidden())], is_ascii=is_ascii, indent=None)
    assert not set(hidden()) - {"\n"} & set(text)
    told = json.loads(text)[0]
    assert [one for one in told if unicodedata.category(one) == "Cs"] == []


@given(st.recursive(st.text(st.characters(codec=None)) | st.integers(), lambda inner: st.lists(inner, max_size=4)))
def test_json_is_the_same_data_in_valid_utf_8(data: object) -> None:
    for is_ascii in (True, False):
        text = json_text(data, is_ascii=is_ascii)
        text.encode("ascii" if is_ascii else "utf-8")
        raw = json.dumps(data)
        if not any(unicodedata.category(one) == "Cs" for one in json.dumps(data, ensure_ascii=False)):
            assert json.loads(text) == json.loads(raw)


def test_a_lone_surrogate_is_the_text_of_its_escape() -> None:
    assert json.loads(json_text("a\ud800b\U0001f642")) == "a\\ud800b\U0001f642"


@pytest.mark.parametrize(
    ("encoding", "expected"), [("ascii", b"a... x -> \\u4e2d"), ("cp1252", b"a\x85 \xd7 -> \\u4e2d")]
)
def test_people_see_what_their_encoding_has(encoding: str, expected: bytes) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    write_for_people(stream)
    stream.write("a… × → \u4e2d")
    stream.flush()
    assert raw.getvalue() == expected
    assert stream.errors == FOR_PEOPLE


def test_programs_get_utf_8() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="cp1252", newline="\r\n")
    write_for_programs(stream)
    stream.write("→\n")
    stream.flush()
    assert raw.getvalue() == "→\n".encode()
