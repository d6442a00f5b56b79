"""Which layer of the old model is which of the new one.

Names tell, unless Keras made them up: a second `lstm` is `lstm_1`, so a layer inserted before it renames it. So the
layers of both sides are laid against each other in their order such that the pairs say most for each other (Needleman
& Wunsch 1970): the same name and config most, a name that somebody chose more than an equal config, that more than a
name made up by Keras, an equal class least. What is left over and has its name on the other side has moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

#: What a pair says for itself.
SAME, CHOSEN_NAME, SAME_CONFIG, MADE_UP_NAME, OTHER_CLASS, SAME_CLASS = 10, 7, 6, 4, 4, 2
NOTHING = 0

#: Every score counts so often, so that a layer with weights can count one more and stays where layers swap.
FINE = 4

#: More pairs than this are not tried; then only names tell.
MOST_PAIRS = 2_000_000

Pairs = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Key:
    """What a layer is known by. `core` is the class and width of what it wraps, or its own.

    `is_elsewhere` says that the other side has a layer of this class and name, which somebody chose: it is that one.
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
    """Pairs of positions in the order of the new side, those of them that have moved, and what is on one side only."""

    pairs: tuple[tuple[int, int], ...]
    moved: frozenset[int]
    removed: tuple[int, ...]
    added: tuple[int, ...]


def align(old: Sequence[Key], new: Sequence[Key]) -> Alignment:
    """Which key of the new side is which of the old one; `moved` are positions of the new side."""
    old, new = _looked_up(old, new), _looked_up(new, old)
    head = 0
    while head < min(len(old), len(new)) and _is_same(old[head], new[head]):
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and _is_same(old[-1 - tail], new[-1 - tail]):
        tail += 1
    inner_old, inner_new = old[head : len(old) - tail], new[head : len(new) - tail]
    between = _best(inner_old, inner_new) if len(inner_old) * len(inner_new) <= MOST_PAIRS else []
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


def _score(old: Key, new: Key) -> int:
    """How much two layers say for being one; nothing means that they are not."""
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
    """The pairs, in order on both sides, whose scores sum up to most; of equal sums, those that come first."""
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
    """Layers of the same name and class that are in no pair: they have moved."""
    taken_old, taken_new = {one for one, _ in pairs}, {other for _, other in pairs}
    waiting = {(key.name, key.class_name): at for at, key in enumerate(old) if at not in taken_old}
    found: Pairs = []
    for at, key in enumerate(new):
        other = waiting.pop((key.name, key.class_name), None) if at not in taken_new else None
        if other is not None:
            found.append((other, at))
    return found
