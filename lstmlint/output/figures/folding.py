"""Folding of large flows: a run of equal blocks becomes one block with a number; then neighbours are joined.

A block lies between two points that a single tensor passes (a residual block, one layer of a stack). Every fold is a
stretch of the flow's order, so folding makes no cycle.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from lstmlint.ir.dataclass import dataclass
from lstmlint.output.figures.flow import Flow, Step

#: Flows up to this size are drawn step by step.
WHOLE = 40
#: The longest pattern of blocks that is searched, and the least number of its repetitions.
LONGEST_PATTERN = 8
REPEATS = 3


@dataclass(frozen=True, slots=True)
class Fold:
    """A stretch of steps drawn as one: `times` repetitions of a pattern, or once any steps."""

    steps: tuple[Step, ...]
    times: int = 1

    @property
    def pattern(self) -> tuple[Step, ...]:
        return self.steps[: len(self.steps) // self.times]


@dataclass(frozen=True, slots=True)
class Folded:
    """A flow of folds; edges as in `Flow`."""

    folds: tuple[Fold, ...]
    edges: tuple[tuple[int, int, str], ...]

    @property
    def is_whole(self) -> bool:
        return all(len(fold.steps) == 1 for fold in self.folds)


def folded(flow: Flow, limit: int) -> Folded:
    """The flow with at most `limit` folds; in a small flow each step is its own fold."""
    if len(flow.steps) <= min(WHOLE, limit):
        stretches = [(at, at + 1, 1) for at in range(len(flow.steps))]
    else:
        stretches = _gathered(_repeated(flow), limit)
    owner = [number for number, (start, end, _) in enumerate(stretches) for _ in range(start, end)]
    labels: dict[tuple[int, int], dict[str, None]] = {}
    for source, target, label in flow.edges:
        ends = owner[source], owner[target]
        if ends[0] != ends[1]:
            labels.setdefault(ends, {})[label] = None
    edges = ((source, target, ", ".join(by) if len(by) < 3 else "") for (source, target), by in sorted(labels.items()))
    folds = tuple(Fold(flow.steps[start:end], times) for start, end, times in stretches)
    return Folded(folds, tuple(edges))


def _repeated(flow: Flow) -> list[tuple[int, int, int]]:
    """The stretches (start, end, repetitions of the pattern) after runs of equal blocks became one."""
    blocks = _blocks(flow)
    signatures = _signatures(flow, blocks)
    stretches: list[tuple[int, int, int]] = []
    at = 0
    while at < len(blocks):
        length, times = _best_run(signatures, at)
        if times >= REPEATS:
            stretches.append((blocks[at][0], blocks[at + length * times - 1][1], times))
            at += length * times
        else:
            stretches += [(step, step + 1, 1) for step in range(*blocks[at])]
            at += 1
    return stretches


def _best_run(signatures: Sequence[object], at: int) -> tuple[int, int]:
    """The pattern from a position on that covers most steps: its length and its repetitions."""
    best = (1, 1)
    for length in range(1, LONGEST_PATTERN + 1):
        pattern, times = signatures[at : at + length], 1
        while signatures[at + times * length : at + (times + 1) * length] == pattern:
            times += 1
        if times >= REPEATS and length * times > best[0] * best[1]:
            best = (length, times)
    return best


def _blocks(flow: Flow) -> list[tuple[int, int]]:
    """Stretches that end where all later steps read only a single step."""
    last_reader = list(range(len(flow.steps)))
    for source, target, _ in flow.edges:
        last_reader[source] = max(last_reader[source], target)
        if target < source:  # steps that wait for each other stay together
            last_reader[target] = max(last_reader[target], source + 1)
    ends, reach = [0], 0
    for at in range(len(flow.steps)):
        # Later steps read no step up to here but this one.
        if reach <= at:
            ends.append(at + 1)
        reach = max(reach, last_reader[at])
    if ends[-1] != len(flow.steps):
        ends.append(len(flow.steps))
    return list(pairwise(ends))


def _signatures(flow: Flow, blocks: Sequence[tuple[int, int]]) -> list[object]:
    """The key of equal blocks: the classes of their layers and their connections, also to the tensor above."""
    block_of = [number for number, (start, end) in enumerate(blocks) for _ in range(start, end)]
    wires: list[list[tuple[int, int]]] = [[] for _ in blocks]
    for source, target, _ in flow.edges:
        start = blocks[block_of[target]][0]
        wires[block_of[target]].append((max(source - start, -1), target - start))
    return [
        (tuple(_kind(step) for step in flow.steps[start:end]), tuple(sorted(wires[number])))
        for number, (start, end) in enumerate(blocks)
    ]


def _kind(step: Step) -> str:
    return step.layer.node.written_class if step.layer is not None else f"{step.index}"


def _gathered(stretches: list[tuple[int, int, int]], limit: int) -> list[tuple[int, int, int]]:
    """At most `limit` stretches, made by joining equal numbers of neighbours."""
    if len(stretches) <= limit:
        return stretches
    size = -(-len(stretches) // limit)
    groups = [stretches[at : at + size] for at in range(0, len(stretches), size)]
    return [group[0] if len(group) == 1 else (group[0][0], group[-1][1], 1) for group in groups]
