"""The pictures in the README show what the program draws."""

from __future__ import annotations

import json

from tests.make_pictures import DIGESTS, FIGURE, FIGURE_OF, PICTURES, digests, names, printed

#: Bytes of all pictures; a clone carries them.
MOST = 500_000

AGAIN = "the pages have changed: look at them, and run python -m tests.make_pictures"


def test_the_pages_are_those_that_are_pictured() -> None:
    assert digests() == json.loads(DIGESTS.read_text(encoding="utf-8")), AGAIN


def test_the_figure_is_what_is_drawn() -> None:
    assert (PICTURES / FIGURE).read_text(encoding="utf-8") == printed("explain", *FIGURE_OF), AGAIN


def test_the_pictures_are_there_and_small() -> None:
    assert {path.name for path in PICTURES.iterdir()} == names() | {FIGURE, DIGESTS.name}
    assert sum(path.stat().st_size for path in PICTURES.iterdir()) <= MOST
