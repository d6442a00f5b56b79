"""Layouts of graphs: nothing overlaps, everything is there, and folding makes no cycles."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from lstmlint.output.figures.flow import Flow, Step
from lstmlint.output.figures.folding import folded
from lstmlint.output.figures.layering import layering, passages
from lstmlint.output.figures.lettering import shortened, width

GAP = 20.0


@st.composite
def graphs(draw: st.DrawFn, largest: int = 30) -> tuple[list[float], list[tuple[int, int]]]:
    """Widths of nodes, and edges in any direction."""
    count = draw(st.integers(1, largest))
    node = st.integers(0, count - 1)
    edges = draw(st.lists(st.tuples(node, node), max_size=60, unique=True))
    return draw(st.lists(st.floats(20, 200), min_size=count, max_size=count)), edges


@settings(max_examples=150, deadline=None)
@given(graphs())
def test_nodes_keep_their_distance(graph: tuple[list[float], list[tuple[int, int]]]) -> None:
    widths, edges = graph
    layout = layering(widths, edges, GAP)
    ranks: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for node, size in enumerate(widths):
        ranks[layout.rank[node]].append((layout.x[node] - size / 2, layout.x[node] + size / 2))
        assert layout.x[node] - size / 2 >= -0.001
        assert layout.x[node] + size / 2 <= layout.width + 0.001
    for boxes in ranks.values():
        boxes.sort()
        assert all(left[1] + GAP <= right[0] + 0.001 for left, right in pairwise(boxes))
    for (source, target), way in zip(edges, layout.ways, strict=True):
        if source < target:
            assert layout.rank[source] < layout.rank[target]
        assert len(way) == max(0, abs(layout.rank[target] - layout.rank[source]) - 1)
    assert passages(len(widths), edges) == sum(map(len, layout.ways))


@settings(max_examples=150, deadline=None)
@given(graphs(120), st.integers(2, 80))
def test_folding_loses_nothing_and_makes_no_cycle(graph: tuple[list[float], list[tuple[int, int]]], limit: int) -> None:
    widths, pairs = graph
    edges = sorted((min(pair), max(pair), "s") for pair in pairs if pair[0] != pair[1])
    flow = Flow(tuple(Step(None, at % 3) for at in range(len(widths))), tuple(dict.fromkeys(edges)))
    found = folded(flow, limit)
    assert tuple(step for fold in found.folds for step in fold.steps) == flow.steps
    assert len(found.folds) <= max(limit, 1)
    assert all(source < target for source, target, _ in found.edges)
    assert all(len(fold.steps) % fold.times == 0 for fold in found.folds)


def test_a_chain_stays_straight() -> None:
    layout = layering([100.0, 40.0, 180.0], [(0, 1), (1, 2)], GAP)
    assert len({round(x, 3) for x in layout.x}) == 1


def test_text_is_cut_in_its_middle() -> None:
    assert shortened("lstm_1", 13, 200) == "lstm_1"
    cut = shortened("bidirectional_encoder_layer_17", 13, 120)
    assert cut.startswith("bi")
    assert cut.endswith("17")
    assert "…" in cut
    assert width(cut, 13) <= 120
    assert shortened("x" * 1_000_000, 13, 120)
    assert shortened("long", 13, 1) == "…"
