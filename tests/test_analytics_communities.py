"""Themes, their labels and their stability, and the figures behind them against networkx."""

from __future__ import annotations

import itertools
import math
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.analytics import engines
from graph.analytics.communities import communities
from graph.analytics.edges import Edges
from graph.analytics.project import project
from graph.errors import ParameterError


def graph_of(edges: list[tuple[str, str, int]], alone: tuple[str, ...] = ()) -> nx.Graph:
    """A projection made by hand, side by the framework `a` or `b`."""
    graph = nx.Graph()
    names = {*alone, *(end for one, other, _ in edges for end in (one, other))}
    for node in sorted(names):
        framework = node.partition(":")[0]
        graph.add_node(node, side="ab".index(framework), framework=framework, title=TITLES[node])
    for one, other, weight in edges:
        graph.add_edge(one, other, weight=weight, confidence=0.8)
    return graph


TITLES = {
    "a:1": "Assess the needs of families",
    "a:2": "Assessing assets",
    "a:3": "Change unjust policies",
    "a:4": "Advocate for policy",
    "a:5": "Self-care",
    "b:1": "Needs assessment",
    "b:2": "Asset mapping",
    "b:3": "Policy change",
    "b:4": "Rules and policies",
}

#: Two themes, held together by one weak alignment.
TWO = graph_of(
    [
        ("a:1", "b:1", 3),
        ("a:1", "b:2", 3),
        ("a:2", "b:1", 3),
        ("a:2", "b:2", 2),
        ("a:3", "b:3", 3),
        ("a:3", "b:4", 3),
        ("a:4", "b:3", 3),
        ("a:4", "b:4", 2),
        ("a:2", "b:3", 1),
    ],
    alone=("a:5",),
)


@st.composite
def graphs(draw: st.DrawFn, most: int = 7) -> nx.Graph:
    left, right = draw(st.integers(0, most)), draw(st.integers(0, most))
    graph = nx.Graph()
    graph.add_nodes_from((f"a:{n}" for n in range(left)), side=0, framework="a", title="Same")
    graph.add_nodes_from((f"b:{n}" for n in range(right)), side=1, framework="b", title="Other")
    pairs = [(f"a:{one}", f"b:{other}") for one in range(left) for other in range(right)]
    for pair in draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []:
        graph.add_edge(*pair, weight=draw(st.integers(1, 3)), confidence=1.0)
    return graph


@pytest.mark.parametrize("method", ["auto", "louvain", "leiden", "greedy"])
def test_two_themes_are_found_with_their_figures(method: Any) -> None:
    found = communities(TWO, method=method, runs=5)
    assert [[m.id for m in c.members] for c in found.found] == [
        ["a:1", "a:2", "b:1", "b:2"],
        ["a:3", "a:4", "b:3", "b:4"],
    ]
    assert [(c.links, c.outside, c.density, c.stability) for c in found.found] == [
        (4, 1, 1.0, 1.0),
        (4, 1, 1.0, 1.0),
    ]
    assert [m.id for m in found.found[0].of_side(1)] == ["b:1", "b:2"]
    assert all(c.crosses and c.inside == 0.8 for c in found.found)
    assert found.alone == ("a:5",)
    assert found.stability == 1
    assert found.crossing == pytest.approx(1 / 9)
    assert found.found[0].members[1].inside == pytest.approx(5 / 6)


def test_a_label_says_what_both_sides_say_and_the_other_theme_does_not() -> None:
    first, second = communities(TWO, words=2, runs=2).found
    assert first.words == ("assess", "asset")
    assert second.words == ("policy", "change")
    assert first.label == "assess, asset"


def test_descriptions_count_in_labels() -> None:
    texts = dict.fromkeys(("a:1", "a:2", "b:1", "b:2"), "Interviewing, interviewing.")
    first, _ = communities(TWO, words=1, runs=2, texts=texts).found
    assert first.words == ("interviewing",)


def test_a_phrase_that_a_framework_repeats_is_no_mark_of_a_theme() -> None:
    graph = TWO.copy()
    for node in ("a:1", "a:2"):
        graph.nodes[node]["title"] += " with persons, households, clans, tribes"
    graph.nodes["b:1"]["title"] += " of clans"
    first, _ = communities(graph, words=20, runs=2).found
    assert "tribes" not in first.words
    assert "clans" in first.words


def test_a_theme_of_stop_words_is_named_for_its_first_member() -> None:
    graph = nx.Graph()
    graph.add_node("a:1", side=0, framework="a", title="With or without")
    graph.add_node("b:1", side=1, framework="b", title="On and on")
    graph.add_edge("a:1", "b:1", weight=1, confidence=1.0)
    (theme,) = communities(graph, runs=2).found
    assert (theme.words, theme.label) == ((), "With or without")


def test_without_edges_all_are_alone_and_an_empty_graph_has_nothing() -> None:
    bare = communities(graph_of([], alone=("a:1", "b:1")), runs=3)
    assert (bare.found, bare.alone, bare.modularity) == ((), ("a:1", "b:1"), 0.0)
    assert (bare.bipartite_modularity, bare.stability, bare.crossing) == (0.0, None, 0.0)
    empty = communities(nx.Graph())
    assert (empty.found, empty.alone, empty.table()[1]) == ((), (), [])


def test_columns_give_the_same_as_the_graph_in_whatever_order() -> None:
    turned = nx.Graph()
    turned.add_nodes_from(reversed([*TWO.nodes(data=True)]))
    turned.add_edges_from(reversed([*TWO.edges(data=True)]))
    found = communities(TWO, runs=4)
    assert communities(turned, runs=4) == found
    assert communities(Edges.of(TWO), runs=4).found == found.found


def test_one_run_has_no_stability_and_a_high_resolution_more_themes() -> None:
    assert communities(TWO, runs=1).stability is None
    assert communities(TWO, runs=1).found[0].stability is None
    assert len(communities(TWO, resolution=4, runs=3).found) > 2


@settings(deadline=None, max_examples=60)
@given(graphs())
def test_every_member_is_in_one_theme_and_nothing_is_nan(graph: nx.Graph) -> None:
    for method in ("louvain", "leiden", "greedy"):
        found = communities(graph, method=method, runs=3)
        members = [m.id for c in found.found for m in c.members]
        assert sorted([*members, *found.alone]) == sorted(graph)
        assert sum(c.links for c in found.found) + sum(c.outside for c in found.found) / 2 == len(
            graph.edges
        )
        figures = [found.modularity, found.bipartite_modularity, found.crossing]
        figures += [c.stability for c in found.found] + [c.density for c in found.found]
        assert all(math.isfinite(f) for f in [*figures, found.stability] if f is not None)
        assert all(c.words or c.label for c in found.found)


@settings(deadline=None, max_examples=60)
@given(graphs(), st.integers(0, 3))
def test_modularity_is_that_of_networkx(graph: nx.Graph, seed: int) -> None:
    links = engines.links_of(graph)
    labels = engines.louvain(links, resolution=1, seed=seed)
    groups = [
        {links.nodes[place] for place in np.flatnonzero(labels == label)}
        for label in np.unique(labels)
    ]
    ours = engines.modularity(links, labels, resolution=1.5)
    if graph.size():
        theirs = nx.community.modularity(graph, groups, weight="weight", resolution=1.5)
        assert ours == pytest.approx(theirs, abs=1e-12)
    else:
        assert ours == 0


@settings(deadline=None, max_examples=40)
@given(graphs())
def test_bipartite_modularity_is_barbers_sum(graph: nx.Graph) -> None:
    links = engines.links_of(graph)
    if not graph.size():
        return
    labels = engines.leiden(links, resolution=1, seed=1)
    total = links.weights.sum()
    degree = engines.degrees(links, links.weights)
    weight = {(a, b): w for a, b, w in zip(links.tails, links.heads, links.weights, strict=True)}
    expected = sum(
        weight.get((a, b), 0) - degree[a] * degree[b] / total
        for a in np.flatnonzero(links.sides == 0)
        for b in np.flatnonzero(links.sides == 1)
        if labels[a] == labels[b]
    )
    assert engines.bipartite_modularity(links, labels) == pytest.approx(expected / total)


@settings(deadline=None, max_examples=40)
@given(graphs())
def test_the_fast_greedy_method_is_about_as_good_as_that_of_networkx(graph: nx.Graph) -> None:
    """Both join the best pair; where several gain the same, either may be joined."""
    if not graph.size():
        return
    links = engines.links_of(graph)
    ours, theirs = (
        engines.modularity(links, engines.greedy(links, arrays=arrays)) for arrays in (True, False)
    )
    assert ours >= theirs - 0.1


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=12))
def test_the_adjusted_rand_index_is_that_of_counting_pairs(pairs: list[tuple[int, int]]) -> None:
    a, b = (np.array([p[side] for p in pairs], dtype=np.int64) for side in (0, 1))
    both = of_a = of_b = count = 0
    for one, other in itertools.combinations(range(len(pairs)), 2):
        same_a, same_b = a[one] == a[other], b[one] == b[other]
        both, of_a, of_b, count = (
            both + (same_a and same_b),
            of_a + same_a,
            of_b + same_b,
            count + 1,
        )
    found = engines.adjusted_rand(a, b)
    assert found == pytest.approx(engines.adjusted_rand(b, a))
    expected = of_a * of_b / count if count else 0
    most = (of_a + of_b) / 2
    assert found == pytest.approx(1 if most == expected else (both - expected) / (most - expected))
    assert engines.adjusted_rand(a, a) == 1


def test_the_adjusted_rand_index_of_the_textbook() -> None:
    """Two halves against three pairs: no better than half way to agreement."""
    a, b = np.array([0, 0, 0, 1, 1, 1]), np.array([0, 0, 1, 1, 2, 2])
    assert engines.adjusted_rand(a, b) == pytest.approx(0.24242424)


def test_the_random_numbers_of_igraph_depend_on_the_seed_alone() -> None:
    links = engines.links_of(TWO)
    first = [engines.leiden(links, resolution=2, seed=seed).tolist() for seed in range(5)]
    assert [engines.leiden(links, resolution=2, seed=seed).tolist() for seed in range(5)] == first


def test_a_record_and_a_table_say_the_same() -> None:
    found = communities(TWO, runs=3)
    columns, rows = found.table()
    record = found.record()
    told = [(c["number"], m["id"]) for c in record["communities"] for m in c["members"]]
    assert [(row[0], row[columns.index("competency")]) for row in rows] == told
    assert record["communities"][0]["members"][0] == {
        "id": "a:1",
        "title": "Assess the needs of families",
        "framework": "a",
        "side": 0,
        "inside": 1.0,
    }
    assert record["stability"] == 1
    assert record["method"] == "Louvain (networkx)"


@pytest.mark.parametrize(
    "options",
    [
        {"resolution": 0},
        {"resolution": math.nan},
        {"runs": 0},
        {"runs": 201},
        {"seed": -1},
        {"words": -1},
        {"method": "guess"},
        {"resolution": 2, "method": "greedy"},
    ],
)
def test_an_option_that_cannot_be_is_refused_by_name(options: dict[str, Any]) -> None:
    with pytest.raises(ParameterError) as caught:
        communities(TWO, **options)
    assert caught.value.name == next(iter(options))


def test_progress_is_told_for_each_run() -> None:
    told: list[tuple[int, int]] = []
    communities(TWO, runs=2, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]


def test_the_real_themes_cross_and_say_how_stable_they_are(catalogue: Any) -> None:
    found = communities(project(catalogue, from_="epas-2022", to="isp-2020"))
    assert len(found.found) > 1
    assert all(theme.crosses and theme.words for theme in found.found)
    assert 0 < found.stability < 1
