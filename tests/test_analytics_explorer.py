"""The net: what is shown under which filters, and where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.analytics.communities import communities
from graph.analytics.explorer import Net, Show, explore
from graph.analytics.paths import paths
from graph.analytics.project import project_edges
from graph.analytics.whole import whole_graph
from graph.errors import NotFoundError, ParameterError

if TYPE_CHECKING:
    from graph.analytics.edges import Edges
    from graph.catalogue import Catalogue

SW, ISP = "epas-2022", "isp-2020"


@pytest.fixture(scope="module")
def edges(catalogue: Catalogue) -> Edges:
    return project_edges(catalogue, from_=SW, to=ISP)


def test_without_filters_the_net_is_the_projection(edges: Edges) -> None:
    net = explore(edges)
    assert [node.id for node in net.nodes] == [*edges.ids]
    assert [link.alignment for link in net.links] == [*edges.alignments]
    assert net.says.startswith(
        "9 of 9 statements of epas-2022 and 15 of 15 statements of isp-2020, with 63 alignments"
    )


def test_links_and_totals_add_up_to_all_judged_pairs(edges: Edges) -> None:
    aligned, refused, both = (len(explore(edges, show=show).links) for show in Show)
    assert (aligned, refused, both) == (63, 72, 135)


def test_a_refused_pair_is_never_counted_as_aligned(edges: Edges) -> None:
    net = explore(edges, show=Show.ANY, focus="epas-2022:7")
    assert net.says == (
        "epas-2022:7 and its links: aligned with 7 of 15 statements of isp-2020 "
        "(2 strong, 2 moderate, 3 weak), judged not aligned with 8."
    )
    refused = explore(edges, show=Show.NOT_ALIGNED)
    assert refused.says.endswith("of isp-2020, with 72 pairs judged not aligned.")
    assert {node.links for node in refused.nodes} == {0}


def test_a_refused_pair_has_a_reason_and_no_strength(edges: Edges) -> None:
    for link in explore(edges, show=Show.NOT_ALIGNED).links:
        assert (link.verdict, link.strength, link.relation) == ("not-aligned", None, None)
        assert link.rationale


def test_the_focus_keeps_a_statement_and_what_it_is_linked_with(edges: Edges) -> None:
    net = explore(edges, focus="epas-2022:7")
    assert all("epas-2022:7" in link.ends for link in net.links)
    partners = {end for link in net.links for end in link.ends} - {"epas-2022:7"}
    assert {node.id for node in net.nodes} == partners | {"epas-2022:7"}
    assert f"{len(partners)} of 15 statements of isp-2020" in net.says


def test_a_focus_that_is_not_in_the_net_is_refused_with_the_nearest(edges: Edges) -> None:
    with pytest.raises(NotFoundError, match="epas-2022:7"):
        explore(edges, focus="epas-2022:77")


@pytest.mark.parametrize("confidence", [-0.1, 1.1, float("nan")])
def test_a_confidence_that_there_is_not_is_refused(edges: Edges, confidence: float) -> None:
    with pytest.raises(ParameterError, match="0 to 1"):
        explore(edges, min_confidence=confidence)


@settings(max_examples=25, deadline=None)
@given(confidence=st.floats(0, 1), show=st.sampled_from(Show), focus=st.booleans())
def test_every_link_passes_the_filters_and_joins_two_shown_statements(
    catalogue: Catalogue, confidence: float, show: Show, focus: bool
) -> None:
    edges = project_edges(catalogue, from_=SW, to=ISP, level="competency")
    net = explore(
        edges, show=show, min_confidence=confidence, focus="epas-2022:3" if focus else None
    )
    shown = {node.id for node in net.nodes}
    for link in net.links:
        assert link.ends <= shown
        assert link.confidence >= confidence
        assert show is Show.ANY or link.verdict == show.value
    assert sum(node.links for node in net.nodes) == 2 * sum(
        link.verdict == "aligned" for link in net.links
    )
    assert no_two_in_one_place(net)


def no_two_in_one_place(net: Net) -> bool:
    places = [(node.x, node.y) for node in net.nodes]
    return len(places) == len(set(places))


def test_domains_stand_together_under_their_title(edges: Edges) -> None:
    net = explore(edges)
    assert [heading.text for heading in net.headings] == [
        "Co-creation and engagement",
        "Ongoing improvement",
        "Sustaining change",
    ]
    for group in net.groups:
        members = [node for node in net.nodes if node.group == group.number]
        assert len(members) == group.size
        heights = sorted(node.y for node in members)
        others = [n.y for n in net.nodes if n.side == 1 and n.group != group.number]
        assert not any(heights[0] < y < heights[-1] for y in others)


def test_themes_group_both_frameworks_and_keep_their_numbers(edges: Edges) -> None:
    found = communities(edges, runs=3)
    net = explore(edges, themes=found)
    assert {node.id: node.group for node in net.nodes} == {
        member.id: theme.number for theme in found.found for member in theme.members
    }
    assert [group.label for group in net.groups] == [theme.label for theme in found.found]


def test_a_path_is_shown_whatever_the_filters_with_statements_of_other_frameworks(
    catalogue: Catalogue,
) -> None:
    edges = project_edges(catalogue, from_=SW, to=ISP, min_strength="strong")
    way = paths(whole_graph(catalogue, "competency"), "epas-2015:2", "isp-2020:1.2")
    net = explore(edges, path=way)
    steps = sorted((link for link in net.links if link.step), key=lambda link: link.step)
    assert [link.ends for link in steps] == [
        frozenset((step.from_id, step.to_id)) for step in way.found[0].steps
    ]
    assert [node.id for node in net.nodes if node.side == 2] == ["epas-2015:2"]
    assert no_two_in_one_place(net)


def test_wholes_and_parts_stand_under_each_other_at_all_levels(catalogue: Catalogue) -> None:
    edges = project_edges(catalogue, from_=SW, to=ISP, level=None)
    net = explore(edges)
    assert [node.id for node in net.nodes] == [*edges.ids]
    assert (net.groups, net.headings) == ((), ())


def test_frameworks_that_nobody_aligned_are_a_net_without_links(catalogue: Catalogue) -> None:
    net = explore(project_edges(catalogue, from_="epas-2008", to=ISP))
    assert net.links == ()
    assert net.says.endswith("with 0 alignments.")
