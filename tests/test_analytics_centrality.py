"""Centrality, and the engines behind it, against networkx."""

from __future__ import annotations

import importlib
import itertools
import math
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.analytics import engines
from graph.analytics.centrality import Measure, centrality
from graph.analytics.edges import Edges
from graph.analytics.engines import measures
from graph.errors import ParameterError

WEIGHTS = {"strong": 3, "moderate": 2, "weak": 1}


def bipartite(edges: list[tuple[int, int, str, float]], left: int, right: int) -> nx.Graph:
    """A projection made by hand: `a:1`, ... on side 0, `b:1`, ... on side 1."""
    graph = nx.Graph()
    for side, (framework, count) in enumerate((("a", left), ("b", right))):
        for number in range(1, count + 1):
            node = f"{framework}:{number}"
            graph.add_node(node, side=side, framework=framework, title=f"T {node}")
    for one, other, strength, confidence in edges:
        graph.add_edge(
            f"a:{one}",
            f"b:{other}",
            strength=strength,
            weight=WEIGHTS[strength],
            confidence=confidence,
            relation="related",
        )
    return graph


@st.composite
def graphs(draw: st.DrawFn, most: int = 7) -> nx.Graph:
    left, right = draw(st.integers(0, most)), draw(st.integers(0, most))
    pairs = [*itertools.product(range(1, left + 1), range(1, right + 1))]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    strength = st.sampled_from([*WEIGHTS])
    confidence = st.sampled_from([0.0, 0.25, 0.5, 0.9, 1.0])
    return bipartite([(*pair, draw(strength), draw(confidence)) for pair in chosen], left, right)


PATH = bipartite([(1, 1, "strong", 0.9), (2, 1, "weak", 0.5), (2, 2, "strong", 0.9)], 3, 2)


def values(graph: nx.Graph, measure: str, **options: Any) -> dict[str, float]:
    found = centrality(graph, measures=[measure], samples=0, **options)
    return {row.id: row.value for row in found.rows}


def test_degree_sums_points_and_counts_an_unaligned_competency_as_zero() -> None:
    assert values(PATH, "degree") == {"a:1": 3, "a:2": 4, "a:3": 0, "b:1": 4, "b:2": 3}


def test_betweenness_is_the_share_of_shortest_ways() -> None:
    # Of the six pairs of other competencies, b:1 lies between a:1 and a:2, and a:1 and b:2.
    assert values(PATH, "betweenness") == {
        "a:1": 0,
        "a:2": pytest.approx(2 / 6),
        "a:3": 0,
        "b:1": pytest.approx(2 / 6),
        "b:2": 0,
    }


def test_a_way_of_two_strong_alignments_ties_with_no_float_noise() -> None:
    # Both ways from a:1 to a:2 cost 2 + 2: each middle carries half of one pair of twelve.
    square = bipartite([(a, b, "strong", 1.0) for a in (1, 2) for b in (1, 2)], 2, 2)
    for engine in ("networkx", "arrays"):
        found = values(square, "betweenness", engine=engine)
        assert [*found.values()] == pytest.approx([1 / 6] * 4)


def test_hits_reads_from_side_0_to_side_1_and_shares_each_side() -> None:
    star = bipartite([(1, 1, "weak", 1.0), (1, 2, "weak", 1.0), (2, 3, "weak", 1.0)], 2, 3)
    found = centrality(star, measures=["hits"], samples=0)
    assert [(row.id, row.role, round(row.value, 9)) for row in found.rows] == [
        ("a:1", "hub", 1.0),
        ("a:2", "hub", 0.0),
        ("b:1", "authority", 0.5),
        ("b:2", "authority", 0.5),
        ("b:3", "authority", 0.0),
    ]


def test_hits_from_the_other_side_gives_the_same_figures_with_the_words_exchanged() -> None:
    turned = PATH.copy()
    for _, at in turned.nodes(data=True):
        at["side"] = 1 - at["side"]
    assert values(turned, "hits") == pytest.approx(values(PATH, "hits"))


@settings(deadline=None, max_examples=60)
@given(graphs())
def test_the_engines_agree_with_networkx(graph: nx.Graph) -> None:
    by_arrays = centrality(graph, samples=0, engine="arrays")
    by_networkx = centrality(graph, samples=0, engine="networkx")
    assert [row.id for row in by_arrays.rows] == [row.id for row in by_networkx.rows]
    assert [row.value for row in by_arrays.rows] == pytest.approx(
        [row.value for row in by_networkx.rows], abs=1e-9
    )
    pagerank = nx.pagerank(graph, tol=1e-13, max_iter=5000) if len(graph) else {}
    assert values(graph, "pagerank") == pytest.approx(pagerank, abs=1e-9)
    lengths = {(a, b): 6 / at["weight"] for a, b, at in graph.edges(data=True)}
    nx.set_edge_attributes(graph, lengths, "length")
    between = nx.betweenness_centrality(graph, weight="length")
    assert values(graph, "betweenness") == pytest.approx(between, abs=1e-9)


@settings(deadline=None, max_examples=40)
@given(graphs())
def test_hits_agrees_with_networkx_where_one_singular_value_is_the_greatest(
    graph: nx.Graph,
) -> None:
    links = engines.links_of(graph)
    matrix = np.zeros((len(graph), len(graph)))
    matrix[links.tails, links.heads] = links.weights
    singular = np.linalg.svd(matrix, compute_uv=False) if len(graph) else np.zeros(0)
    if len(singular) < 3 or singular[0] - singular[1] < 1e-3:
        return
    walk = nx.DiGraph()
    walk.add_nodes_from(links.nodes)
    walk.add_weighted_edges_from(
        (links.nodes[a], links.nodes[b], w)
        for a, b, w in zip(links.tails, links.heads, links.weights, strict=True)
    )
    start = dict.fromkeys(links.nodes, 1.0)
    hubs, authorities = nx.hits(walk, tol=1e-13, nstart=start)
    expected = {node: hubs[node] + authorities[node] for node in links.nodes}
    assert values(graph, "hits") == pytest.approx(expected, abs=1e-6)


@settings(deadline=None, max_examples=25)
@given(graphs(most=9), st.integers(0, 5))
def test_the_sparse_forms_agree_with_the_dense_ones(graph: nx.Graph, seed: int) -> None:
    links = engines.links_of(graph)
    rows = np.random.default_rng(seed).integers(0, 4, (3, len(links.tails))).astype(float)
    dense = engines.pageranks(links, rows), engines.hits_many(links, rows)
    limit = measures._DENSE
    try:
        measures._DENSE = 0
        sparse = (
            np.array([engines.pagerank(links, row) for row in rows if len(links.nodes)]),
            np.array([engines.hits(links, row) for row in rows if len(links.nodes)]),
        )
    finally:
        measures._DENSE = limit
    if len(links.nodes):
        assert sparse[0] == pytest.approx(dense[0], abs=1e-9)
        gap = [_gap(links, row) for row in rows]
        for number, clear in enumerate(gap):
            if clear:
                assert sparse[1][number] == pytest.approx(dense[1][number], abs=1e-6)


def _gap(links: engines.Links, weights: np.ndarray) -> bool:
    """Whether power iteration ends soon: the greatest singular value stands alone."""
    matrix = np.zeros((len(links.nodes),) * 2)
    matrix[links.tails, links.heads] = weights
    singular = np.linalg.svd(matrix, compute_uv=False)
    return len(singular) < 2 or singular[1] < 0.9 * singular[0]


@settings(deadline=None, max_examples=30)
@given(graphs(), st.sampled_from([*Measure]))
def test_no_figure_is_ever_nan_and_every_interval_is_in_order(
    graph: nx.Graph, measure: Measure
) -> None:
    found = centrality(graph, measures=[measure], samples=12)
    for row in found.rows:
        assert all(math.isfinite(v) for v in (row.value, row.expected, row.low, row.high))
        assert row.low <= row.high
        assert 1 <= row.rank_low <= row.rank_high <= len(found.of(measure, row.side))
    if measure is Measure.PAGERANK and found.rows:
        assert math.fsum(row.value for row in found.rows) == pytest.approx(1)


def test_columns_give_the_same_as_the_graph() -> None:
    assert centrality(Edges.of(PATH), samples=20).rows == centrality(PATH, samples=20).rows


def test_the_order_of_insertion_does_not_matter() -> None:
    turned = nx.Graph()
    turned.add_nodes_from(reversed([*PATH.nodes(data=True)]))
    turned.add_edges_from(reversed([*PATH.edges(data=True)]))
    assert centrality(turned, samples=20) == centrality(PATH, samples=20)


def test_a_seed_decides_the_samples_whichever_measures_are_asked() -> None:
    whole = centrality(PATH, samples=30, seed=4)
    assert centrality(PATH, samples=30, seed=4) == whole
    assert centrality(PATH, samples=30, seed=4, measures=["degree"]).rows == whole.of("degree")
    assert centrality(PATH, samples=30, seed=5).rows != whole.rows


def test_certain_alignments_have_intervals_of_no_width() -> None:
    sure = bipartite([(1, 1, "strong", 1.0), (2, 1, "weak", 1.0)], 2, 1)
    for row in centrality(sure, samples=10).rows:
        assert row.low == row.high == pytest.approx(row.value)
        assert row.rank_low == row.rank_high == row.rank


def test_ranks_are_within_a_side_and_equals_share_the_better_place() -> None:
    rows = centrality(PATH, measures=["degree"], samples=0).rows
    assert [(row.id, row.rank) for row in rows] == [
        ("a:2", 1),
        ("a:1", 2),
        ("a:3", 3),
        ("b:1", 1),
        ("b:2", 2),
    ]
    even = bipartite([(1, 1, "weak", 1.0), (2, 1, "weak", 1.0)], 3, 1)
    rows = centrality(even, measures=["pagerank"], samples=0).rows
    assert [row.rank for row in rows] == [1, 1, 3, 1]


def test_the_expected_degree_is_that_of_the_confidences() -> None:
    rows = centrality(PATH, measures=["degree"], samples=2000).rows
    by_id = {row.id: row.expected for row in rows}
    assert by_id["a:2"] == pytest.approx(0.5 + 2.7, abs=0.1)


def test_an_empty_graph_gives_no_rows_and_one_without_edges_gives_zeros() -> None:
    assert centrality(nx.Graph()).rows == ()
    bare = bipartite([], 2, 1)
    found = centrality(bare, samples=3)
    assert {row.value for row in found.rows if row.measure is not Measure.PAGERANK} == {0}
    assert [row.value for row in found.of("pagerank")] == pytest.approx([1 / 3] * 3)


def test_a_record_and_a_table_say_the_same() -> None:
    found = centrality(PATH, measures=["degree"], samples=5)
    columns, rows = found.table()
    record = found.record()
    assert [row[columns.index("competency")] for row in rows] == [r["id"] for r in record["rows"]]
    assert record["rows"][0] == {
        "measure": "degree",
        "id": "a:2",
        "title": "T a:2",
        "framework": "a",
        "side": 0,
        "role": None,
        "value": 4.0,
        "expected": record["rows"][0]["expected"],
        "low": record["rows"][0]["low"],
        "high": record["rows"][0]["high"],
        "rank": 1,
        "rank_low": record["rows"][0]["rank_low"],
        "rank_high": record["rows"][0]["rank_high"],
    }


@pytest.mark.parametrize(
    "options",
    [
        {"samples": -1},
        {"samples": 2001},
        {"interval": 1.0},
        {"interval": math.nan},
        {"seed": -1},
        {"measures": ["closeness"]},
        {"measures": []},
        {"engine": "quantum"},
    ],
)
def test_an_option_that_cannot_be_is_refused_by_name(options: dict[str, Any]) -> None:
    with pytest.raises(ParameterError) as caught:
        centrality(PATH, **options)
    assert caught.value.name == next(iter(options))


@pytest.mark.parametrize("wrong", [{"weight": 0}, {"weight": math.nan}, {"confidence": 1.5}])
def test_a_weight_or_confidence_that_cannot_be_used_is_refused(wrong: dict[str, float]) -> None:
    graph = PATH.copy()
    graph.edges["a:1", "b:1"].update(wrong)
    with pytest.raises(ParameterError, match="a:1 and b:1"):
        centrality(graph)


def test_hits_needs_sides() -> None:
    graph = nx.Graph([("a:1", "b:1")])
    with pytest.raises(ParameterError, match="side"):
        centrality(graph)
    assert len(centrality(graph, measures=["degree"], samples=0).rows) == 2


def test_progress_is_told_and_may_stop_the_work() -> None:
    told: list[tuple[int, int]] = []
    centrality(PATH, samples=60, progress=lambda done, total: told.append((done, total)))
    assert told == [(50, 60), (60, 60)]

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        centrality(PATH, samples=60, progress=stop)


@settings(deadline=None, max_examples=40)
@given(graphs())
def test_both_engines_match_partners_of_the_same_total_weight(graph: nx.Graph) -> None:
    totals = []
    for engine in ("networkx", "arrays"):
        pairs = engines.matching(graph, engine=engine)
        ends = [node for pair in pairs for node in pair]
        assert len(ends) == len(set(ends))
        totals.append(sum(graph.edges[pair]["weight"] for pair in pairs))
    assert totals[0] == totals[1]


def test_the_real_crosswalk_says_what_bridges_and_how_surely(catalogue: Any) -> None:
    from graph.analytics.project import project

    found = centrality(project(catalogue, from_="epas-2022", to="isp-2020"))
    assert {row.measure for row in found.rows} == {*Measure}
    first = found.of("degree", 0)[0]
    assert first.rank == 1
    assert first.rank_high > 1  # the data do not single out one


def test_betweenness_of_a_large_graph_is_refused_before_it_starts(monkeypatch: Any) -> None:
    monkeypatch.setattr("graph.analytics.centrality.MOST_WORK", 15 * 20)
    with pytest.raises(ParameterError, match="at most 19 for betweenness"):
        centrality(PATH, samples=20)
    assert centrality(PATH, samples=19).rows
    assert centrality(PATH, samples=20, measures=["degree", "pagerank", "hits"]).rows


def test_every_race_of_the_benchmark_agrees_on_a_small_registry(monkeypatch: Any) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent.parent))
    benchmark = importlib.import_module("benchmarks.analytics")
    registry = benchmark.make("small", 4, 400)
    for race in (*benchmark.SMALL, *benchmark.LARGE):
        ours = race.ours(registry)
        assert race.plain is None or race.same(race.plain(registry), ours), race.name
