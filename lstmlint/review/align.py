"""The pairs of layers of an old and a new model that are the same layer.

A name that somebody chose identifies a layer, but Keras makes up names: a second `lstm` is `lstm_1`, so a layer
inserted before it renames it. So the layers of both sides are aligned in their order, with the greatest sum of scores
(Needleman & Wunsch 1970). The same name and config score most, then a chosen name, an equal config, a made-up name,
and an equal class. A layer without a partner whose name is on the other side has moved.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Sequence

from lstmlint.ir.dataclass import dataclass, replace

#: The scores of a pair.
SAME, CHOSEN_NAME, SAME_CONFIG, MADE_UP_NAME, OTHER_CLASS, SAME_CLASS = 10, 7, 6, 4, 4, 2
NOTHING = 0

#: Factor of every score, so that a layer with weights can score one more and stays where two layers swap.
FINE = 4

#: The largest number of pairs that are scored one by one; among more, layers are found by their hash first.
MOST_PAIRS = 100_000

Pairs = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Key:
    """The properties by which a layer is recognised. `core` is the class and width of the wrapped layer, or its own.

    `is_elsewhere` says that the other side has a layer of this class and chosen name, which is the same layer.
    """

    name: str
    class_name: str
    config: str
    core: str
    is_made_up: bool
    has_weights: bool
    is_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Alignment:
    """Pairs of positions in the order of the new side, those that have moved, and the positions of one side only."""

    pairs: tuple[tuple[int, int], ...]
    moved: frozenset[int]
    removed: tuple[int, ...]
    added: tuple[int, ...]


def align(old: Sequence[Key], new: Sequence[Key]) -> Alignment:
    """The pairs of keys that are the same layer; `moved` are positions of the new side."""
    old, new = _looked_up(old, new), _looked_up(new, old)
    head = 0
    while head < min(len(old), len(new)) and _is_same(old[head], new[head]):
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and _is_same(old[-1 - tail], new[-1 - tail]):
        tail += 1
    between = _between(old[head : len(old) - tail], new[head : len(new) - tail], MARKS)
    pairs = [(one, one) for one in range(head)]
    pairs += [(head + one, head + other) for one, other in between]
    pairs += [(len(old) - one, len(new) - one) for one in range(tail, 0, -1)]
    moved = _left_over(old, new, pairs)
    taken_old, taken_new = {one for one, _ in (*pairs, *moved)}, {other for _, other in (*pairs, *moved)}
    return Alignment(
        pairs=tuple(sorted([*pairs, *moved], key=lambda pair: pair[1])),
        moved=frozenset(other for _, other in moved),
        removed=tuple(one for one in range(len(old)) if one not in taken_old),
        added=tuple(other for other in range(len(new)) if other not in taken_new),
    )


def _looked_up(keys: Sequence[Key], others: Sequence[Key]) -> list[Key]:
    known = {(other.name, other.class_name) for other in others}
    return [replace(key, is_elsewhere=not key.is_made_up and (key.name, key.class_name) in known) for key in keys]


def _is_same(old: Key, new: Key) -> bool:
    return old.name == new.name and old.class_name == new.class_name and old.config == new.config


#: What a layer is found by among many, from the surest mark to the weakest.
MARKS: tuple[Callable[[Key], Hashable], ...] = (
    lambda key: (key.name, key.class_name, key.config),
    lambda key: (key.name, key.class_name),
    lambda key: (key.class_name, key.config),
    lambda key: key.class_name,
)


def _between(old: Sequence[Key], new: Sequence[Key], marks: Sequence[Callable[[Key], Hashable]]) -> Pairs:
    """The best pairs of few layers; of many, those with the same mark, and the pairs between each two of them.

    Layers with the same mark are paired in their order: the first with the first, the second with the second.
    """
    if len(old) * len(new) <= MOST_PAIRS:
        return _best(old, new)
    if not marks:
        return []
    mark, *weaker = marks
    anchors = _rising(_equal(old, new, mark))
    pairs: Pairs = []
    row = column = 0
    for one, other in (*anchors, (len(old), len(new))):
        inner = _between(old[row:one], new[column:other], weaker)
        pairs += [(row + a, column + b) for a, b in inner]
        pairs += [(one, other)] if one < len(old) else []
        row, column = one + 1, other + 1
    return pairs


def _equal(old: Sequence[Key], new: Sequence[Key], mark: Callable[[Key], Hashable]) -> Pairs:
    """The positions of keys with the same mark that may be a pair, in the order of the old side."""
    waiting: dict[Hashable, deque[int]] = defaultdict(deque)
    for at, key in enumerate(new):
        waiting[mark(key)].append(at)
    pairs: Pairs = []
    for at, key in enumerate(old):
        others = waiting[mark(key)]
        if others and _score(key, new[others[0]]):
            pairs.append((at, others.popleft()))
    return pairs


def _rising(pairs: Pairs) -> Pairs:
    """The most pairs that are in order on both sides (Schensted 1961)."""
    ends: list[int] = []
    last: Pairs = []
    before: dict[tuple[int, int], tuple[int, int] | None] = {}
    for pair in pairs:
        at = bisect_left(ends, pair[1])
        before[pair] = last[at - 1] if at else None
        ends[at : at + 1], last[at : at + 1] = [pair[1]], [pair]
    rising: Pairs = []
    one = last[-1] if last else None
    while one is not None:
        rising.append(one)
        one = before[one]
    return rising[::-1]


def _score(old: Key, new: Key) -> int:
    """The score of two layers as a pair; nothing means that they are no pair."""
    is_named, is_class = old.name == new.name, old.class_name == new.class_name
    if not is_named and (old.is_elsewhere or new.is_elsewhere):
        return NOTHING
    if is_class and old.config == new.config:
        return SAME if is_named else SAME_CONFIG
    if is_named and not new.is_made_up:
        return CHOSEN_NAME
    if is_class:
        return MADE_UP_NAME if is_named else SAME_CLASS
    if is_named or old.core == new.core:
        return OTHER_CLASS
    return NOTHING


def _best(old: Sequence[Key], new: Sequence[Key]) -> Pairs:
    """The pairs, in order on both sides, with the greatest sum of scores; the first ones of equal sums."""
    width = len(new) + 1
    best = [0] * width
    table: list[list[int]] = [best]
    for one in reversed(old):
        above, best = best, [0] * width
        for index in range(len(new) - 1, -1, -1):
            score = _score(one, new[index])
            paired = above[index + 1] + score * FINE + (score > 0 and one.has_weights) if score else 0
            best[index] = max(paired, above[index], best[index + 1])
        table.append(best)
    table.reverse()
    pairs: Pairs = []
    row = column = 0
    while row < len(old) and column < len(new):
        score = _score(old[row], new[column])
        weight = score * FINE + (score > 0 and old[row].has_weights)
        if score and table[row][column] == table[row + 1][column + 1] + weight:
            pairs.append((row, column))
            row, column = row + 1, column + 1
        elif table[row][column] == table[row + 1][column]:
            row += 1
        else:
            column += 1
    return pairs


def _left_over(old: Sequence[Key], new: Sequence[Key], pairs: Pairs) -> Pairs:
    """Pairs of layers of the same name and class that have no partner yet: they have moved."""
    taken_old, taken_new = {one for one, _ in pairs}, {other for _, other in pairs}
    waiting = {(key.name, key.class_name): at for at, key in enumerate(old) if at not in taken_old}
    moved: Pairs = []
    for at, key in enumerate(new):
        other = waiting.pop((key.name, key.class_name), None) if at not in taken_new else None
        if other is not None:
            moved.append((other, at))
    return moved
