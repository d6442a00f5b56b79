"""Requests, rounds and bytes for files of several sizes at a range server, beside plain h5py over fsspec.

`python -m tests.remote_table [--megabytes 2 50 250] [--plain]` prints the table; the files are made in a temporary
folder.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path
from typing import Any

from tabulate import tabulate

from lstmlint import readers
from lstmlint.remote import http
from tests.support.large_files import h5, keras
from tests.support.range_server import Server, serving

#: What differs between files: layers, letters in the config besides, the oldest HDF5 to understand it, chunks.
FORMS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("3 layers", {"layers": 3}),
    ("100 layers", {"layers": 100}),
    ("100 layers, new superblock", {"layers": 100, "libver": "latest"}),
    ("100 layers, chunks", {"layers": 100, "chunks": True}),
    ("100 layers, chunks, new superblock", {"layers": 100, "chunks": True, "libver": "latest"}),
    ("10 layers, config of 100 kB", {"layers": 10, "words": 100_000}),
)


def measured(server: Server, path: Path, *, plain: bool) -> list[object]:
    """The numbers for one file; the answer must be that for the local one."""
    rounds = 0
    fetch: Callable[..., list[bytes]] = http.Http.fetch

    def counted(self: http.Http, ranges: Sequence[tuple[int, int]]) -> list[bytes]:
        nonlocal rounds
        rounds += 1
        return fetch(self, ranges)

    server.files, server.requests, server.sent = {path.name: path}, 0, 0
    url = server.url(path.name)
    http.Http.fetch = counted  # type: ignore[method-assign]
    begun = time.perf_counter()
    document = readers.read(url)
    seconds = time.perf_counter() - begun
    http.Http.fetch = fetch  # type: ignore[method-assign]
    is_equal = repr(document).replace(url, "") == repr(readers.read(str(path))).replace(str(path), "")
    row: list[object] = [
        server.requests,
        rounds + 1,
        server.sent // 1000,
        f"{seconds:.2f}",
        "yes" if is_equal else "NO",
    ]
    return [*row, *(plainly(server, url) if plain and path.suffix == ".h5" else ())]


def plainly(server: Server, url: str) -> list[object]:
    """Requests and bytes of h5py over a file of fsspec, which asks one thing after the other."""
    import fsspec
    import h5py

    server.requests = server.sent = 0
    with fsspec.open(url, "rb") as stream, h5py.File(stream, "r") as file:
        shapes: list[tuple[int, ...]] = []
        file.visititems(lambda name, node: shapes.append(getattr(node, "shape", ())))
    return [server.requests, server.sent // 1000]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, nargs="+", default=[2, 50])
    parser.add_argument("--plain", action="store_true", help="measure plain h5py over fsspec as well")
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder, serving() as server:
        for write, megabytes, (name, form) in product((h5, keras), options.megabytes, FORMS):
            path = Path(folder, f"model.{write.__name__}")
            write(path, megabytes, **form)
            rows.append([write.__name__, megabytes, name, *measured(server, path, plain=options.plain)])
            path.unlink()
    heads = ["", "MB", "", "requests", "rounds", "kB", "seconds", "equal"]
    print(tabulate(rows, [*heads, *(("plain requests", "plain kB") if options.plain else ())]))


if __name__ == "__main__":
    main()
