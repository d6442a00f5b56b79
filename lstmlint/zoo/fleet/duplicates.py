"""Duplicates: files of equal bytes, and different files of the same architecture or with tensors of the same shapes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NamedTuple

from lstmlint.zoo.fleet.zoo import Zoo


class Group(NamedTuple):
    """Files that share something: how many different contents they have, and the bytes of all files but the first."""

    contents: int
    spare_bytes: int
    files: tuple[str, ...]


class Duplicates(NamedTuple):
    """Groups of files, the largest first.

    Files of `equal_bytes` have one content; `spare_bytes` are those of all but one of them. Files of the other groups
    have several contents: they agree in layers, settings and connections (`same_architecture`), or in the shapes and
    dtypes of their stored tensors (`same_tensor_shapes`), which says nothing of the values.
    """

    equal_bytes: tuple[Group, ...]
    same_architecture: tuple[Group, ...]
    same_tensor_shapes: tuple[Group, ...]


EQUAL_BYTES = """
SELECT 1, min(size) * (count(*) - 1), json_group_array(path) FROM current
WHERE status IN ('ok', 'error') AND sha256 IS NOT NULL GROUP BY sha256 HAVING count(*) > 1
ORDER BY count(*) DESC, min(size) DESC, sha256
"""

SHARED = """
SELECT count(DISTINCT sha256), 0, json_group_array(path) FROM current
WHERE {shared} IS NOT NULL GROUP BY {shared} HAVING count(DISTINCT sha256) > 1 ORDER BY count(*) DESC, {shared}
"""


def duplicates(zoo: Zoo) -> Duplicates:
    """The duplicates among the files of today."""
    return Duplicates(
        _groups(zoo, zoo.store.execute(EQUAL_BYTES)),
        _groups(zoo, zoo.store.execute(SHARED.format(shared="architecture"))),
        _groups(zoo, zoo.store.execute(SHARED.format(shared="tensor_shapes"))),
    )


def _groups(zoo: Zoo, rows: Iterable[tuple[int, int, str]]) -> tuple[Group, ...]:
    return tuple(
        Group(contents, spare, tuple(zoo.places.path(place) for place in sorted(json.loads(paths))))
        for contents, spare, paths in rows
    )
