"""The bar: the rate of the work and the time left at that rate."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator

import pytest

from lstmlint.running.progress import shown


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("seconds", "total", "told"),
    [
        (2.0, 5, "1/5 files, 0.5/s, 0:08 left"),
        (4.0, 2000, "2/2000 files, 0.2/s, 2:13:12 left"),
        (2.0, 2, "2/2 files, 0.5/s, 0:00 left"),
        (1.5, 2, "1/2 files, 0.7/s, 0:02 left"),
    ],
)
def test_bar_tells_rate_and_time_left(monkeypatch: pytest.MonkeyPatch, seconds: float, total: int, told: str) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)

    def items() -> Iterator[int]:
        nonlocal now
        for item in range(min(total, 2)):
            now += seconds
            yield item

    terminal = Terminal()
    list(shown(items(), total, terminal))
    assert told in terminal.getvalue()


def test_bar_waits_for_a_second_of_work() -> None:
    terminal = Terminal()
    assert list(shown(range(3), 3, terminal)) == [0, 1, 2]
    assert terminal.getvalue() == ""
