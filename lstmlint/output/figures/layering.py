"""Where the nodes and edges of a directed graph go: ranks from top to bottom, few crossings, straight long edges.

The method of Sugiyama, Tagawa and Toda (1981): longest-path ranks, waypoints for edges that skip ranks, orders by
barycentres, and positions as near to those of their neighbours as the order allows (isotonic regression).
"""

from __future__ import annotations

from collections.abc import Sequence

from lstmlint.ir.dataclass import dataclass

#: The numbers of sweeps over the ranks that order nodes, and that position them.
SORTING, PLACING = 6, 8
#: The width of an edge where it passes a rank.
WAY = 14.0


@dataclass(frozen=True, slots=True)
class Layering:
    """The centres of the nodes, their ranks, and for each edge the x of its waypoints in the ranks between its ends."""

    x: tuple[float, ...]
    rank: tuple[int, ...]
    ways: tuple[tuple[float, ...], ...]
    width: float


def passages(count: int, edges: Sequence[tuple[int, int]]) -> int:
    """The number of waypoints of a layering, which bounds its work."""
    rank = _ranks(count, edges)
    return sum(max(0, abs(rank[target] - rank[source]) - 1) for source, target in edges)


def layering(widths: Sequence[float], edges: Sequence[tuple[int, int]], gap: float) -> Layering:
    """Place nodes of some widths; edges lead from earlier to later nodes (those that do not are turned round)."""
    rank = _ranks(len(widths), edges)
    sizes = list(widths)
    ranks: list[list[int]] = [[] for _ in range(max(rank, default=0) + 1)]
    for node, level in enumerate(rank):
        ranks[level].append(node)
    above: list[list[int]] = [[] for _ in sizes]
    below: list[list[int]] = [[] for _ in sizes]
    ways: list[list[int]] = []
    for source, target in edges:
        top, bottom = (source, target) if rank[source] < rank[target] else (target, source)
        way: list[int] = []
        for level in range(rank[top] + 1, rank[bottom]):
            way.append(len(sizes))
            sizes.append(WAY)
            ranks[level].append(way[-1])
            above.append([])
            below.append([])
        for upper, lower in zip([top, *way], [*way, bottom], strict=True):
            below[upper].append(lower)
            above[lower].append(upper)
        ways.append(way if top == source else way[::-1])
    _sort(ranks, above, below)
    x = _place(ranks, above, below, sizes, gap, len(widths))
    left = min((x[node] - sizes[node] / 2 for node in range(len(sizes))), default=0.0)
    right = max((x[node] + sizes[node] / 2 for node in range(len(sizes))), default=0.0)
    moved = [position - left for position in x]
    placed_ways = tuple(tuple(moved[node] for node in way) for way in ways)
    return Layering(tuple(moved[: len(widths)]), tuple(rank), placed_ways, right - left)


def _ranks(count: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """The length of the longest way from above to each node; sources move down to their readers."""
    rank = [0] * count
    forward = sorted((min(edge), max(edge)) for edge in edges if edge[0] != edge[1])
    for source, target in forward:
        rank[target] = max(rank[target], rank[source] + 1)
    has_sources = {target for _, target in forward}
    nearest: dict[int, int] = {}
    for source, target in forward:
        nearest[source] = min(nearest.get(source, rank[target]), rank[target])
    return [
        rank[node] if node in has_sources or node not in nearest else max(0, nearest[node] - 1) for node in range(count)
    ]


def _sort(ranks: list[list[int]], above: list[list[int]], below: list[list[int]]) -> None:
    position = {node: at for nodes in ranks for at, node in enumerate(nodes)}
    for sweep in range(SORTING):
        neighbours, order = (above, ranks) if sweep % 2 == 0 else (below, ranks[::-1])
        for nodes in order:
            centre = {
                node: sum(position[other] for other in neighbours[node]) / len(neighbours[node])
                if neighbours[node]
                else float(position[node])
                for node in nodes
            }
            nodes.sort(key=lambda node: (centre[node], position[node]))
            position.update((node, at) for at, node in enumerate(nodes))


def _place(
    ranks: list[list[int]],
    above: list[list[int]],
    below: list[list[int]],
    sizes: list[float],
    gap: float,
    count: int,
) -> list[float]:
    x = [0.0] * len(sizes)
    for nodes in ranks:
        _keep_apart(nodes, [0.0] * len(nodes), sizes, gap, x, count)
    for sweep in range(PLACING):
        neighbours, order = (above, ranks) if sweep % 2 == 0 else (below, ranks[::-1])
        if sweep == PLACING - 1:
            neighbours = [[*up, *down] for up, down in zip(above, below, strict=True)]
        for nodes in order:
            wanted = [
                sum(x[other] for other in neighbours[node]) / len(neighbours[node]) if neighbours[node] else x[node]
                for node in nodes
            ]
            _keep_apart(nodes, wanted, sizes, gap, x, count)
    return x


def _keep_apart(
    nodes: Sequence[int], wanted: Sequence[float], sizes: Sequence[float], gap: float, x: list[float], count: int
) -> None:
    """Positions in the given order, without overlaps, with the least sum of squared distances from the wanted ones.

    Ways weigh more than nodes, so that long edges stay straight. Neighbours that want to overlap are pooled at their
    weighted mean (pool adjacent violators).
    """
    offset = 0.0
    pools: list[tuple[float, float, int]] = []  # weighted sum, weight, nodes
    offsets: list[float] = []
    for at, node in enumerate(nodes):
        if at:
            offset += (sizes[nodes[at - 1]] + sizes[node]) / 2 + gap
        offsets.append(offset)
        weight = 1.0 if node < count else 3.0
        pools.append(((wanted[at] - offset) * weight, weight, 1))
        while len(pools) > 1 and pools[-2][0] / pools[-2][1] > pools[-1][0] / pools[-1][1]:
            last, before = pools.pop(), pools.pop()
            pools.append((before[0] + last[0], before[1] + last[1], before[2] + last[2]))
    at = 0
    for weighted, weight, number in pools:
        for _ in range(number):
            x[nodes[at]] = weighted / weight + offsets[at]
            at += 1
