"""Pickles of every protocol are told by their operations, texts and other files are not taken for one."""

from __future__ import annotations

import io
import pickle
import random
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmlint.analyses.pickles import is_pickle


class Calls:
    """Its pickle names a function and calls it; none of these is ever loaded."""

    def __reduce__(self) -> Any:
        return len, ("words",)


def pickled(value: Any, protocol: int) -> bytes:
    return pickle.dumps(value, protocol)


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("value", [Calls(), [Calls()], {"a": Calls()}, {"weights": [1, 2]}, [1.5, 2.5]])
@pytest.mark.parametrize("prefix", [b"", b"N0", b"]0", b"(1", b"I1\n0"])
def test_a_pickle_of_every_protocol_is_told(value: Any, protocol: int, prefix: bytes) -> None:
    data = prefix + pickled(value, protocol)
    if protocol >= 2 and not prefix:
        return  # told by their first bytes
    assert pickle.loads(pickled(1, protocol)) == 1
    assert is_pickle(data, len(data))
    assert is_pickle(data[:4096], 10**9) or len(data) > 4096


@pytest.mark.parametrize("protocol", [4, 5])
def test_a_pickle_behind_other_bytes_is_told_by_its_frame(protocol: int) -> None:
    data = b"GIF89a" + bytes(40) + pickled([Calls()] * 3, protocol)
    assert is_pickle(data, len(data))


def test_a_long_pickle_is_told_by_its_beginning() -> None:
    data = pickled([Calls(), *range(5000)], 0)
    assert is_pickle(data[:4096], len(data))


@pytest.mark.parametrize(
    "text",
    [
        b"", b".", b"N.", b"cat\ndog\nbird\n", b"c\nd\n.", b"(dp0\n", b"a\nb\nc\n", b"I am.\n", b"\n\x0e\n\x05<unk>",
        b"#version: 0.2\n", b"{}", b"[1, 2]", b"0\n1\n2\n", b"cos\nsin\ntan\n", b"K\x01.", b"S'a'\n.", b"]q.", b"))).",
    ],
)  # fmt: skip
def test_a_text_is_no_pickle(text: bytes) -> None:
    assert not is_pickle(text, len(text))
    assert not is_pickle(text, 10**9)


def test_vocabularies_are_no_pickles() -> None:
    drawn = random.Random(1)
    for _ in range(300):
        words = (
            "".join(drawn.choices(string.ascii_letters + string.digits + ".'", k=drawn.randint(1, 9)))
            for _ in range(900)
        )
        data = "\n".join(words).encode()
        assert not is_pickle(data[:4096], len(data)), data[:200]


@given(st.binary(max_size=300))
def test_any_bytes_are_answered(data: bytes) -> None:
    assert is_pickle(data, len(data)) in (True, False)
    assert is_pickle(data, len(data) + 1) in (True, False)


def test_nothing_is_unpickled() -> None:
    class Told:
        def __reduce__(self) -> Any:
            return pytest.fail, ("a pickle was loaded",)

    buffer = io.BytesIO()
    pickle.Pickler(buffer, 0).dump(Told())
    assert is_pickle(buffer.getvalue(), len(buffer.getvalue()))
