"""The order in which the calls of a graph can be evaluated."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator

from lstmlint.ir.graph import Graph

#: The index of a node in its graph, and the index of one of its calls.
CallKey = tuple[int, int]


def in_order(graph: Graph) -> Iterator[CallKey]:
    """The calls of a graph, each after the calls that make its inputs; calls in a cycle are left out."""
    if graph.is_sequential:
        yield from ((index, 0) for index in range(len(graph.nodes)))
        return
    keys = {
        (node.name, call): (index, call) for index, node in enumerate(graph.nodes) for call in range(len(node.calls))
    }
    waiting: dict[CallKey, int] = {}
    dependents: dict[CallKey, list[CallKey]] = defaultdict(list)
    for (name, call_index), key in keys.items():
        needed = {(reference.layer, reference.call) for reference in graph.nodes[key[0]].calls[call_index].references()}
        if call_index:
            needed.add((name, call_index - 1))
        producers = [keys[need] for need in needed if need in keys]
        waiting[key] = len(producers)
        for producer in producers:
            dependents[producer].append(key)
    ready = deque(key for key, needed_count in waiting.items() if not needed_count)
    while ready:
        key = ready.popleft()
        yield key
        for dependent in dependents[key]:
            waiting[dependent] -= 1
            if not waiting[dependent]:
                ready.append(dependent)
