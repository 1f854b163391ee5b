"""Paths over several crosswalks, held against every path that there is."""

from __future__ import annotations

import itertools
import math
from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.analytics.edges import Edges
from graph.analytics.paths import Cost, paths, prepare
from graph.analytics.project import project, project_edges
from graph.analytics.whole import whole_graph
from graph.errors import NotFoundError, ParameterError
from graph.terms import natural_key


@st.composite
def graphs(draw: st.DrawFn) -> nx.Graph:
    count = draw(st.integers(2, 7))
    nodes = [f"{'ab'[number % 2]}:{number}" for number in range(8, 8 + count)]
    graph = nx.Graph()
    graph.add_nodes_from((node, {"title": f"T {node}"}) for node in nodes)
    pairs = [*itertools.combinations(nodes, 2)]
    for one, other in draw(st.lists(st.sampled_from(pairs), unique=True)):
        graph.add_edge(
            one,
            other,
            subject=one,
            relation=draw(st.sampled_from(["broad", "related"])),
            strength="moderate",
            weight=draw(st.integers(1, 3)),
            confidence=draw(st.sampled_from([0.0, 0.3, 0.5, 0.9, 1.0])),
            alignment=f"{one}-{other}",
            rationale="Because.",
        )
    return graph


def cost_of(at: dict[str, Any], cost: Cost) -> float:
    if cost is Cost.STRENGTH:
        return 6 / at["weight"]
    return -math.log(max(at["confidence"], 1e-6)) if cost is Cost.CONFIDENCE else 1


def every_path(graph: nx.Graph, source: str, target: str, cost: Cost) -> list[tuple[str, ...]]:
    """All simple paths in the documented order."""

    def key(way: list[str]) -> tuple[Any, ...]:
        total = sum(
            round(cost_of(graph.edges[pair], cost) * 1e6) for pair in itertools.pairwise(way)
        )
        return total, len(way), [natural_key(node) for node in way]

    return [tuple(w) for w in sorted(nx.all_simple_paths(graph, source, target), key=key)]


@settings(deadline=None, max_examples=150)
@given(graphs(), st.sampled_from([*Cost]), st.integers(1, 12))
def test_the_k_cheapest_of_all_paths_are_found_in_order(
    graph: nx.Graph, cost: Cost, k: int
) -> None:
    source, *_, target = graph
    found = paths(graph, source, target, k=k, cost=cost)
    assert [path.nodes for path in found.found] == every_path(graph, source, target, cost)[:k]
    assert paths(graph, source, target, k=k, cost=cost, engine="networkx") == found
    assert paths(graph, source, target, k=k, cost=cost, ready=prepare(graph, cost)) == found
    for path in found.found:
        expected = [cost_of(graph.edges[s.from_id, s.to_id], cost) for s in path.steps]
        assert path.cost == pytest.approx(sum(expected))
        assert all(a.to_id == b.from_id for a, b in itertools.pairwise(path.steps))
        assert math.isfinite(path.confidence.lower)


@settings(deadline=None, max_examples=50)
@given(graphs(), st.sampled_from([*Cost]))
def test_a_search_by_scipy_finds_the_same(graph: nx.Graph, cost: Cost) -> None:
    from graph.analytics import engines

    source, *_, target = graph
    ready = prepare(graph, cost)
    ends = ready.places[source], ready.places[target]
    by_python = engines.shortest_ways(ready.neighbors, *ends, 5, arrays=False)
    assert engines.shortest_ways(ready.neighbors, *ends, 5, arrays=True) == by_python


@settings(deadline=None, max_examples=50)
@given(graphs())
def test_the_way_back_costs_the_same_and_its_relations_are_inverse(graph: nx.Graph) -> None:
    source, *_, target = graph
    there, back = (paths(graph, *ends, k=1) for ends in ((source, target), (target, source)))
    assert [p.cost for p in there.found] == pytest.approx([p.cost for p in back.found])
    inverse = {"broad": "narrow", "narrow": "broad", "related": "related"}
    for path in there.found:
        for step in path.steps:
            (other,) = paths(
                graph.edge_subgraph([(step.from_id, step.to_id)]), step.to_id, step.from_id, k=1
            ).found
            assert other.steps[0].relation == inverse[step.relation]


def small() -> nx.Graph:
    graph = nx.Graph()
    graph.add_nodes_from(("a:1", "b:1", "c:1", "c:2"))
    for node in graph:
        graph.nodes[node]["title"] = f"T {node}"
    graph.add_edge(
        "a:1", "b:1", subject="a:1", relation="broad", strength="strong", weight=3,
        confidence=0.9, alignment="one", rationale="First.", derived=False,
    )  # fmt: skip
    graph.add_edge(
        "c:1", "b:1", subject="c:1", relation="related", strength="weak", weight=1,
        confidence=0.5, alignment="two", rationale="Second.", derived=True,
    )  # fmt: skip
    return graph


def test_each_step_carries_its_alignment_and_its_reason() -> None:
    assert paths(small(), "a:1", "c:1").record() == {
        "source": "a:1",
        "target": "c:1",
        "cost": "strength",
        "k": 3,
        "connected": True,
        "paths": [
            {
                "cost": 8.0,
                "confidence": {"lower": 0.4, "upper": 0.5, "product_if_independent": 0.45},
                "weakest": 2,
                "steps": [
                    {
                        "from": "a:1",
                        "from_title": "T a:1",
                        "relation": "broad",
                        "to": "b:1",
                        "to_title": "T b:1",
                        "strength": "strong",
                        "confidence": 0.9,
                        "alignment": "one",
                        "rationale": "First.",
                        "derived": False,
                        "cost": 2.0,
                    },
                    {
                        "from": "b:1",
                        "from_title": "T b:1",
                        "relation": "related",
                        "to": "c:1",
                        "to_title": "T c:1",
                        "strength": "weak",
                        "confidence": 0.5,
                        "alignment": "two",
                        "rationale": "Second.",
                        "derived": True,
                        "cost": 6.0,
                    },
                ],
            }
        ],
    }


def test_a_path_reads_as_sentences() -> None:
    assert paths(small(), "a:1", "c:1").sentences == (
        "a:1 “T a:1” is narrower than b:1 “T b:1” (strong, confidence 0.9). First.",
        "b:1 “T b:1” is related to c:1 “T c:1” (weak, confidence 0.5, derived). Second.",
    )


def test_a_disconnected_pair_is_an_empty_answer_that_says_so() -> None:
    found = paths(small(), "a:1", "c:2")
    assert (found.found, found.record()["connected"], found.table()[1]) == ((), False, [])
    assert found.sentences == ("No alignments connect a:1 with c:2.",)
    assert paths(small(), "a:1", "c:2", engine="networkx") == found


def test_from_a_competency_to_itself_there_is_one_path_without_steps() -> None:
    (path,) = paths(small(), "a:1", "a:1").found
    assert (path.steps, path.cost, path.nodes, path.weakest) == ((), 0, (), None)
    assert path.confidence.lower == path.confidence.upper == 1


def test_a_confidence_of_nothing_costs_much_but_not_without_end() -> None:
    graph = small()
    graph.edges["a:1", "b:1"]["confidence"] = 0.0
    (path,) = paths(graph, "a:1", "b:1", cost="confidence").found
    assert path.cost == pytest.approx(-math.log(1e-6))
    assert path.confidence.product == 0


@pytest.mark.parametrize("ends", [("a:9", "c:1"), ("a:1", "c:9")])
def test_an_unknown_competency_is_named_with_the_nearest(ends: tuple[str, str]) -> None:
    with pytest.raises(NotFoundError, match="there is no competency"):
        paths(small(), *ends)


@pytest.mark.parametrize("options", [{"k": 0}, {"k": 101}, {"cost": "luck"}, {"engine": "warp"}])
def test_an_option_that_cannot_be_is_refused_by_name(options: dict[str, Any]) -> None:
    with pytest.raises(ParameterError) as caught:
        paths(small(), "a:1", "c:1", **options)
    assert caught.value.name == next(iter(options))


def test_what_was_prepared_for_one_cost_does_not_serve_another() -> None:
    with pytest.raises(ParameterError, match="prepared for steps"):
        paths(small(), "a:1", "c:1", cost="steps", ready=prepare(small(), "confidence"))


def test_a_projection_is_read_from_its_first_side(catalogue: Any) -> None:
    graph = project(catalogue, from_="epas-2022", to="isp-2020")
    columns = project_edges(catalogue, from_="epas-2022", to="isp-2020")
    found = paths(graph, "isp-2020:1.3", "epas-2022:9")
    assert found.found
    assert paths(columns, "isp-2020:1.3", "epas-2022:9") == found
    assert paths(Edges.of(graph), "isp-2020:1.3", "epas-2022:9") == found


def test_an_older_edition_connects_over_the_newer_one(catalogue: Any) -> None:
    found = paths(whole_graph(catalogue), "epas-2015:2", "isp-2020:1.3")
    first = found.found[0]
    assert first.nodes == ("epas-2015:2", "epas-2022:3", "isp-2020:1.3")
    for step in first.steps:
        assert catalogue.alignment(step.alignment).rationale == step.rationale
    assert first.confidence.lower <= first.confidence.product <= first.confidence.upper


def test_the_whole_graph_has_every_positive_alignment_once(catalogue: Any) -> None:
    graph = whole_graph(catalogue)
    pairs = {
        frozenset((a.subject_id, a.object_id))
        for a in catalogue.alignments.values()
        if a.aligned and a.strength
    }
    assert {frozenset(pair) for pair in graph.edges} == pairs
    assert len(graph) == len(catalogue.competencies)
    levels = {at["level"] for _, at in whole_graph(catalogue, "competency").nodes(data=True)}
    assert levels == {"competency"}


def test_filters_leave_out_and_the_tree_joins(catalogue: Any) -> None:
    whole = whole_graph(catalogue)
    strong = whole_graph(catalogue, min_strength="strong")
    assert {at for *_, at in strong.edges(data="strength")} == {"strong"}
    assert 0 < strong.size() < whole.size()
    sure = whole_graph(catalogue, min_confidence=0.8)
    assert min(at for *_, at in sure.edges(data="confidence")) >= 0.8
    aims = whole_graph(catalogue, aim="racial-equity")
    assert all("racial-equity" in at for *_, at in aims.edges(data="aims"))
    treed = whole_graph(catalogue, tree=True)
    (path,) = paths(treed, "epas-2022:1.a", "epas-2022:1", k=1).found
    assert [(step.relation, step.alignment) for step in path.steps] == [("part-of", None)]
    (path,) = paths(treed, "epas-2022:1", "epas-2022:1.a", k=1).found
    assert [step.relation for step in path.steps] == ["has-part"]


def test_a_derived_alignment_yields_to_an_asserted_one(catalogue: Any) -> None:
    from dataclasses import replace

    (asserted,) = (
        a for a in catalogue.alignments_of("isp-2020:1.3") if a.subject_id == "epas-2022:3"
    )
    rival = replace(asserted, id="rival", derived=True, confidence=1.0)
    fresh = replace(rival, object_id="gis:D1", id="fresh")
    graph = whole_graph(catalogue, derived=[rival, fresh])
    assert graph.edges["epas-2022:3", "isp-2020:1.3"]["alignment"] == asserted.id
    assert graph.edges["epas-2022:3", "gis:D1"]["derived"] is True


@pytest.mark.parametrize(
    "options",
    [{"level": "planet"}, {"aim": "gold"}, {"min_strength": "iron"}, {"min_confidence": 2}],
)
def test_the_whole_graph_refuses_what_there_is_not(catalogue: Any, options: dict[str, Any]) -> None:
    with pytest.raises(ParameterError) as caught:
        whole_graph(catalogue, **options)
    assert caught.value.name == next(iter(options))
