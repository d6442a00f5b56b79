"""Families: files of different contents that hold equal weights, such as copies of which a part was trained again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from lstmlint.zoo.fleet.zoo import Zoo


class Family(NamedTuple):
    """Files that share weights, each with another one, directly or through others.

    `contents` is the number of different contents. `tensors` counts the different tensors that several of them hold,
    `common` those that all of them hold, `recurrent_kernels` the recurrent kernels among `tensors`.
    """

    contents: int
    tensors: int
    common: int
    recurrent_kernels: int
    files: tuple[str, ...]


SHARED = """
SELECT DISTINCT w.content, w.digest, e.is_recurrent_kernel FROM current_weights w JOIN equal_weights e USING (digest)
ORDER BY w.content, w.digest
"""

FILES = "SELECT DISTINCT content, path FROM current_weights ORDER BY path"


def families(zoo: Zoo) -> tuple[Family, ...]:
    """The families among the files of today, the largest first; none where no audit read values."""
    holders: dict[str, list[str]] = {}
    kernels: set[str] = set()
    for content, digest, is_recurrent_kernel in zoo.store.execute(SHARED):
        holders.setdefault(digest, []).append(content)
        if is_recurrent_kernel:
            kernels.add(digest)
    heads = joined(holders.values())
    files: dict[str, list[str]] = {head: [] for head in heads.values()}
    for content, place in zoo.store.execute(FILES) if heads else ():
        if content in heads:
            files[heads[content]].append(zoo.places.path(place))
    contents: dict[str, int] = dict.fromkeys(files, 0)
    for head in heads.values():
        contents[head] += 1
    tensors: dict[str, list[str]] = {head: [] for head in files}
    for digest, own in holders.items():
        tensors[heads[own[0]]].append(digest)
    found = (
        Family(
            contents=contents[head],
            tensors=len(tensors[head]),
            common=sum(len(holders[digest]) == contents[head] for digest in tensors[head]),
            recurrent_kernels=sum(digest in kernels for digest in tensors[head]),
            files=tuple(files[head]),
        )
        for head in files
    )
    return tuple(sorted(found, key=lambda one: (-len(one.files), one.files)))


def joined(groups: Iterable[Iterable[str]]) -> Mapping[str, str]:
    """The head of each member of some groups: members have the same one if groups lead from one to the other."""
    heads: dict[str, str] = {}

    def head(member: str) -> str:
        while heads.setdefault(member, member) != member:
            heads[member] = heads[heads[member]]
            member = heads[member]
        return member

    for group in groups:
        first, *others = group
        for other in others:
            heads[head(other)] = head(first)
    return {member: head(member) for member in heads}
