"""What is projected is what the tables say, whichever way round and in whichever form."""

from __future__ import annotations

import csv
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.analytics.coverage_matrix import coverage_of_registry
from graph.analytics.edges import Edges, Selection
from graph.analytics.project import project, project_edges
from graph.analytics.similarity import similarity
from graph.analytics.whole import whole_graph
from graph.errors import NotFoundError, ParameterError

if TYPE_CHECKING:
    from pathlib import Path

    from graph.catalogue import Catalogue

STRENGTHS = ("weak", "moderate", "strong")


def rows(path: Path) -> list[dict[str, str]]:
    """A table as it is written, read without the project's own reader."""
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    return [*csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]


@st.composite
def graphs(draw: st.DrawFn) -> nx.Graph:
    """Small graphs with two sides, made by hand."""
    left = [f"a:{n}" for n in range(1, draw(st.integers(0, 5)) + 1)]
    right = [f"b:{n}" for n in range(1, draw(st.integers(0, 5)) + 1)]
    G = nx.Graph()
    G.add_nodes_from(left, side=0, framework="a", level="competency", parent=None)
    G.add_nodes_from(right, side=1, framework="b", level="competency", parent="b:D1")
    for one in left:
        for other in right:
            if draw(st.booleans()):
                G.add_edge(
                    one,
                    other,
                    strength=draw(st.sampled_from(STRENGTHS)),
                    confidence=draw(st.integers(0, 20)) / 20,
                    direction=draw(st.sampled_from([None, "mutual", "sw-enhances-isp"])),
                    aims=tuple(draw(st.sets(st.sampled_from(["poverty", "racial-equity"])))),
                )
    return G


def test_nodes_are_all_statements_of_the_level_in_published_order(
    catalogue: Catalogue, real_data: Path
) -> None:
    G = project(catalogue, from_="epas-2022", to="isp-2020")
    expected = [
        (row["id"], side, row["title"], row["parent"] or None)
        for side, framework in enumerate(("epas-2022", "isp-2020"))
        for row in rows(real_data / "frameworks" / f"{framework}.tsv")
        if row["level"] == "competency"
    ]
    assert [(n, at["side"], at["title"], at["parent"]) for n, at in G.nodes(data=True)] == expected


@pytest.mark.parametrize("least", [None, *STRENGTHS])
@pytest.mark.parametrize("aim", [None, "racial-equity"])
def test_edges_are_the_aligned_rows_that_pass_the_filters(
    catalogue: Catalogue, real_data: Path, least: str | None, aim: str | None
) -> None:
    G = project(catalogue, from_="epas-2022", to="isp-2020", min_strength=least, aim=aim)
    accepted = STRENGTHS[STRENGTHS.index(least) if least else 0 :]
    expected = {
        (row["subject_id"], row["object_id"]): (row["ext_strength"], float(row["confidence"]))
        for row in rows(real_data / "crosswalks" / "epas-2022--isp-2020.sssom.tsv")
        if row["subject_id"] in G
        and row["object_id"] in G
        and not row["predicate_modifier"]
        and row["ext_strength"] in accepted
        and (not aim or aim in row["ext_aims"].split())
    }
    assert expected
    found = {(a, b): (at["strength"], at["confidence"]) for a, b, at in G.edges(data=True)}
    assert found == expected


def test_an_edge_says_what_its_alignment_says(mini_catalogue: Catalogue) -> None:
    G = project(mini_catalogue, from_="sw-1", to="imp-1")
    edge = dict(G.edges["sw-1:1", "imp-1:1.1"])
    alignment = mini_catalogue.alignment(edge.pop("alignment"))
    assert (alignment.subject_id, alignment.object_id) == ("sw-1:1", "imp-1:1.1")
    assert edge == {
        "strength": "strong",
        "weight": 3,
        "confidence": 0.8,
        "relation": "close",
        "direction": "mutual",
        "aims": ("poverty", "racial-equity"),
        "rationale": alignment.rationale,
        "derived": False,
    }


def test_verdicts_of_either_kind_count_as_judged(mini_catalogue: Catalogue) -> None:
    G = project(mini_catalogue, from_="sw-1", to="imp-1", min_strength="strong")
    judged = {node: at["judged"] for node, at in G.nodes(data=True)}
    assert judged == {"sw-1:1": 2, "sw-1:2": 1, "imp-1:1.1": 1, "imp-1:1.2": 2}


def test_the_other_way_round_the_relation_is_turned(catalogue: Catalogue) -> None:
    forth = project(catalogue, from_="epas-2022", to="tci-2024")
    back = project(catalogue, from_="tci-2024", to="epas-2022")
    assert {frozenset(edge) for edge in forth.edges} == {frozenset(edge) for edge in back.edges}
    narrow = [(a, b) for a, b, at in forth.edges(data=True) if at["relation"] == "narrow"]
    assert narrow
    assert {back.edges[edge]["relation"] for edge in narrow} == {"broad"}
    assert {at["side"] for n, at in back.nodes(data=True) if n.startswith("tci")} == {0}


def test_all_levels_join_statements_of_different_levels(mini_catalogue: Catalogue) -> None:
    G = project(mini_catalogue, from_="sw-1", to="imp-1", level=None)
    assert [*G.nodes] == [
        "sw-1:1", "sw-1:1.a", "sw-1:2", "imp-1:D1", "imp-1:1.1", "imp-1:1.2",
    ]  # fmt: skip
    assert G.edges["sw-1:1.a", "imp-1:1.1"]["relation"] == "narrow"
    assert [*project(mini_catalogue, from_="sw-1", to="imp-1", level="behavior").edges] == []


@pytest.mark.parametrize("regime", ["skos", "sssom", "practice"])
def test_an_asserted_verdict_wins_over_what_is_derived(catalogue: Catalogue, regime: str) -> None:
    asserted = project(catalogue, from_="epas-2022", to="isp-2020", level=None)
    both = project(catalogue, from_="epas-2022", to="isp-2020", level=None, regime=regime)
    assert all(both.edges[edge] == at for edge, at in asserted.edges.items())
    judged = {frozenset((a.subject_id, a.object_id)) for a in asserted.graph["verdicts"]}
    derived = {frozenset(e) for e, at in both.edges.items() if at["derived"]}
    assert not judged & derived
    assert len(both.edges) == len(asserted.edges) + len(derived)
    assert bool(derived) == (regime == "practice")


def test_an_older_edition_is_reached_through_lineage_only(catalogue: Catalogue) -> None:
    assert not project(catalogue, from_="epas-2015", to="isp-2020").edges
    G = project(catalogue, from_="epas-2015", to="isp-2020", regime="practice")
    assert G.has_edge("epas-2015:2", "isp-2020:1.3")
    assert all(at["derived"] and at["rationale"] for _, _, at in G.edges(data=True))
    assert all(0 <= at["confidence"] <= 1 for _, _, at in G.edges(data=True))


def test_nothing_to_join_is_an_empty_graph(catalogue: Catalogue) -> None:
    G = project(catalogue, from_="epas-2022", to="gis")
    assert len(G) == 9
    assert not G.edges
    assert not project(catalogue, from_="epas-2022", to="gis", level="function").nodes
    assert len(project_edges(catalogue, from_="isp-2018", to="gis")) == 0


@pytest.mark.parametrize(
    ("asked", "error", "said"),
    [
        ({"from_": "epas-2023"}, NotFoundError, "epas-2022"),
        ({"to": "isp"}, NotFoundError, "no framework"),
        ({"to": "epas-2022"}, ParameterError, "other than epas-2022"),
        ({"level": "competence"}, ParameterError, "competency"),
        ({"aim": "justice"}, ParameterError, "social-justice"),
        ({"min_strength": "strongest"}, ParameterError, "moderate"),
        ({"regime": "owl"}, ParameterError, "practice"),
    ],
)
def test_a_wrong_name_is_refused_with_the_right_ones(
    catalogue: Catalogue, asked: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        project(catalogue, **{"from_": "epas-2022", "to": "isp-2020", **asked})


@given(graphs())
@settings(deadline=None)
def test_graph_and_columns_are_the_same(G: nx.Graph) -> None:
    edges = Edges.of(G)
    again = Edges.of(edges.graph())
    assert edges.graph().nodes(data=True) == again.graph().nodes(data=True)
    assert nx.utils.graphs_equal(edges.graph(), again.graph())
    assert {*map(frozenset, edges.graph().edges)} == {*map(frozenset, G.edges)}
    for one, other, at in G.edges(data=True):
        made = edges.graph().edges[one, other]
        assert {key: made[key] for key in ("strength", "confidence", "direction")} == {
            key: at[key] for key in ("strength", "confidence", "direction")
        }
        assert {*made["aims"]} == {*at["aims"]}


def test_columns_of_the_real_crosswalk_make_the_same_graph(catalogue: Catalogue) -> None:
    G = project(catalogue, from_="epas-2022", to="isp-2020")
    assert nx.utils.graphs_equal(Edges.of(G).graph(), G)
    assert [*Edges.of(G).graph().edges] == [*G.edges]


def test_a_graph_needs_two_sides() -> None:
    G = nx.Graph()
    G.add_node("a:1")
    with pytest.raises(ParameterError, match="side"):
        Edges.of(G)
    H = nx.Graph()
    H.add_nodes_from(["a:1", "a:2"], side=0)
    H.add_edge("a:1", "a:2", weight=1)
    with pytest.raises(ParameterError, match="between the two sides"):
        Edges.of(H)


def test_plain_arrays_make_the_same_as_a_graph() -> None:
    edges = Edges.of_columns(
        Selection("a", "b"), ["a:1", "a:2"], ["b:1"], [1], [0], weight=[2], confidence=[0.5]
    )
    G = edges.graph()
    assert [*G.nodes] == ["a:1", "a:2", "b:1"]
    assert G.edges["a:2", "b:1"]["strength"] == "moderate"
    assert [at["judged"] for _, at in G.nodes(data=True)] == [0, 1, 1]
    assert nx.utils.graphs_equal(Edges.of(G).graph(), G)


def test_what_was_withdrawn_counts_nowhere(catalogue: Catalogue) -> None:
    given_up = next(
        alignment
        for alignment in catalogue.by_crosswalk["epas-2022--isp-2020"]
        if alignment.aligned and alignment.subject_id in {"epas-2022:1", "epas-2022:4"}
    )
    rows = {**catalogue.alignments, given_up.id: replace(given_up, status="withdrawn")}
    kept = {key: row for key, row in rows.items() if key != given_up.id}
    withdrawn, absent = (replace(catalogue, alignments=found) for found in (rows, kept))
    between = {"from_": "epas-2022", "to": "isp-2020"}
    for regime in (None, "practice"):
        one, other = (project(c, **between, regime=regime) for c in (withdrawn, absent))
        assert nx.utils.graphs_equal(one, other)
        assert one.graph == other.graph
    assert nx.utils.graphs_equal(whole_graph(withdrawn), whole_graph(absent))
    matrices = [coverage_of_registry(c, level=None) for c in (withdrawn, absent)]
    assert matrices[0].record() == matrices[1].record()
    alike = [similarity(c, "epas-2022", "isp-2020") for c in (withdrawn, absent)]
    assert alike[0] == alike[1]
    ahead = [similarity(c, "epas-2022", "epas-2015") for c in (withdrawn, absent)]
    assert ahead[0] == ahead[1]
