"""Make `fixtures/pictures/`: the pictures of pages and figures in the README.

`python -m tests.make_pictures` needs Chromium (`tests/support/browser.py`) and Pillow, which reduces the colours.
"""

from __future__ import annotations

import hashlib
import importlib
import io
import json
import os
import re
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from lstmlint.cli import main
from lstmlint.output.figures import theme
from tests.support.browser import chromium
from tests.support.truth import FIXTURES, ROOT
from tests.support.zoos import fill

PICTURES = FIXTURES / "pictures"

#: Name of a page -> the arguments of `lstmlint report`.
PAGES = {
    "findings": ("fixtures/broken/missing-return-sequences.json",),
    "bidirectional": ("--persona", "pedantic", "fixtures/keras-3.15.1/bidirectional-tagger.json"),
}
WIDTHS = (1280, 390)
#: The page of a zoo, the folders of fixtures in that zoo, and its width.
FLEET = "fleet"
ZOO = ("keras-1.2.2", "keras-2.3.1", "keras-2.15.0", "keras-3.15.1", "broken")
FLEET_WIDTHS = (1280,)
#: The greatest height of a picture; the rest of a longer page shows nothing new.
HEIGHT = 1500
SCHEMES = ("light", "dark")

#: The figure, and the arguments of `lstmlint explain`.
FIGURE = "lstm-72.svg"
FIGURE_OF = ("fixtures/keras-3.15.1/lstm-72.keras", "lstm", "--svg")

#: The file with the digests of the pages in the pictures.
DIGESTS = PICTURES / "pages.json"


def printed(*arguments: str, folder: Path = ROOT) -> str:
    """The output of a command in a folder, by default the root of the checkout."""
    before, output = Path.cwd(), io.StringIO()
    os.chdir(folder)
    try:
        main([*arguments, "--isolated"], output, output)
    finally:
        os.chdir(before)
    return output.getvalue()


def page(name: str) -> str:
    return printed("report", *PAGES[name])


def fleet_page(name: str) -> str:
    """The page of a zoo of fixtures, without the time of its audit."""
    members = {
        f"zoo/{path.relative_to(FIXTURES)}": str(path.relative_to(FIXTURES))
        for one in ZOO
        for path in sorted((FIXTURES / one).glob("*.*"))
        if path.is_file()
    }
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        fill(folder, members)
        printed("audit", "zoo", "--store", "zoo.db", "--jobs", "1", folder=folder)
        drawn = printed(name, "zoo.db", "--format", "html", folder=folder)
    return re.sub(r", audited [-0-9:TZ]+", "", drawn)


#: How each page is drawn, and the widths of its pictures.
DRAWN: Mapping[str, tuple[Callable[[str], str], tuple[int, ...]]] = {
    **dict.fromkeys(PAGES, (page, WIDTHS)), FLEET: (fleet_page, FLEET_WIDTHS)
}  # fmt: skip


def names() -> set[str]:
    """The names of the pictures of pages."""
    return {f"{name}-{width}-{scheme}.png" for name, (_, own) in DRAWN.items() for width in own for scheme in SCHEMES}


def digests() -> dict[str, str]:
    """The digest of each report, without the version of lstmlint, which changes no picture.

    A zoo has none: every change of a rule or a fixture would change its page.
    """
    pages = {name: re.sub(r"<footer>.*?</footer>", "", page(name)) for name in PAGES}
    return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in pages.items()}


def make() -> None:
    """Write every picture, and the digests of the pages."""
    PICTURES.mkdir(exist_ok=True)
    (PICTURES / FIGURE).write_text(printed("explain", *FIGURE_OF), encoding="utf-8")
    with chromium() as browser, tempfile.TemporaryDirectory() as folder:
        for name, (draw, widths) in DRAWN.items():
            path = Path(folder) / f"{name}.html"
            path.write_text(draw(name), encoding="utf-8")
            for width in widths:
                for scheme in SCHEMES:
                    shown = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
                    shown.goto(path.as_uri())
                    picture = shown.screenshot(full_page=True, clip=_clip(shown, width))
                    _save(picture, scheme, PICTURES / f"{name}-{width}-{scheme}.png")
                    shown.close()
    DIGESTS.write_text(json.dumps(digests(), indent=2) + "\n", encoding="utf-8")


def _clip(shown: Any, width: int) -> dict[str, int]:
    tall = shown.evaluate("document.documentElement.scrollHeight")
    return {"x": 0, "y": 0, "width": width, "height": min(tall, HEIGHT)}


def _save(picture: bytes, scheme: str, path: Path) -> None:
    """Save a picture in the colours of the theme and few others, which makes it small."""
    import numpy as np

    image = importlib.import_module("PIL.Image")
    shown = np.asarray(image.open(io.BytesIO(picture)).convert("RGB"), dtype=np.int32)
    palette = np.array(_palette(scheme), dtype=np.int32)
    colours, places = np.unique(shown.reshape(-1, 3), axis=0, return_inverse=True)
    nearest = ((colours[:, None, :] - palette[None]) ** 2).sum(axis=2).argmin(axis=1).astype(np.uint8)
    reduced = image.fromarray(nearest[places].reshape(shown.shape[:2]), mode="P")
    reduced.putpalette(palette.astype(np.uint8).tobytes())
    reduced.save(path, optimize=True)


def _palette(scheme: str) -> list[tuple[int, ...]]:
    """The colours of the theme, each also half mixed with the ground, and text colours in smaller steps."""
    colours = [colour for colour in vars(theme).values() if isinstance(colour, theme.Colour)]
    mixes = dict.fromkeys(colours, (0.5,)) | dict.fromkeys((theme.INK, theme.SOFT_INK), (0.3, 0.6, 0.8))
    ground = _rgb(getattr(theme.GROUND, scheme))
    found: dict[tuple[int, ...], None] = {}
    for colour, parts in mixes.items():
        full = _rgb(getattr(colour, scheme))
        found[full] = None
        for part in parts:
            found[tuple(round(a * part + b * (1 - part)) for a, b in zip(full, ground, strict=True))] = None
    return list(found)


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:]))


if __name__ == "__main__":
    make()
