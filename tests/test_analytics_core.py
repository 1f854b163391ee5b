"""The core: equal to looking at every set there is, and honest when it cannot look at all."""

from __future__ import annotations

import json
import random
from itertools import combinations
from typing import TYPE_CHECKING

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import graph.analytics.cover as module
from graph.analytics.core import COLUMNS, core
from graph.analytics.cover import Method, smallest_cover
from graph.analytics.project import project
from graph.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.catalogue import Catalogue


def brute_force(sets: Sequence[int], needed: int) -> list[tuple[int, ...]]:
    """All smallest choices, by trying every choice."""
    for size in range(len(sets) + 1):
        enough = []
        for choice in combinations(range(len(sets)), size):
            union = 0
            for index in choice:
                union |= sets[index]
            if union.bit_count() >= needed:
                enough.append(choice)
        if enough:
            return enough
    raise AssertionError("needs more than there is")


def union_of(sets: Sequence[int]) -> int:
    union = 0
    for mask in sets:
        union |= mask
    return union


instances = st.lists(st.integers(0, 255), max_size=8).flatmap(
    lambda sets: st.tuples(st.just(sets), st.integers(0, union_of(sets).bit_count()))
)


@given(instances)
@settings(max_examples=300, deadline=None)
def test_size_and_all_sets_equal_brute_force(instance: tuple[list[int], int]) -> None:
    sets, needed = instance
    for enough in {needed, union_of(sets).bit_count()}:
        cover = smallest_cover(sets, enough)
        assert [*cover.sets] == brute_force(sets, enough)
        assert cover.lower_bound == len(cover.sets[0])
        assert (cover.proven, cover.complete, cover.method) == (True, True, Method.SEARCH)


def test_the_solver_comes_to_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_OWN_WORK", 0)
    chance = random.Random(3)
    solved = 0
    for _ in range(60):
        sets = [chance.randrange(1, 1 << 9) & chance.randrange(1 << 9) for _ in range(9)]
        full = union_of(sets).bit_count()
        for needed in (full, max(0, full - 2)):
            cover = smallest_cover(sets, needed, seconds=60)
            assert [*cover.sets] == brute_force(sets, needed)
            assert cover.proven
            solved += cover.method is Method.MILP
    assert solved


@pytest.mark.parametrize("least", [None, "moderate", "strong"])
@pytest.mark.parametrize("share", [1.0, 0.8, 0.5])
def test_the_real_core_equals_brute_force(
    catalogue: Catalogue, least: str | None, share: float
) -> None:
    G = project(catalogue, from_="epas-2022", to="isp-2020", min_strength=least)
    found = core(G, share=share)
    own = [node for node, at in G.nodes(data=True) if at["side"] == 0]
    reachable = {other for _, other in G.edges}
    needed = next(n for n in range(16) if n * 10 >= round(share * 10) * len(reachable))
    for size in range(len(own) + 1):
        enough = [
            choice
            for choice in combinations(own, size)
            if len({other for node in choice for other in G[node]}) >= needed
        ]
        if enough:
            break
    assert (found.size, found.needed) == (size, needed)
    assert [*found.optimal_sets] == enough
    assert tuple(member.id for member in found.members) in found.optimal_sets
    assert (found.proven, found.complete, found.lower_bound) == (True, True, size)
    assert found.reachable == len(reachable)
    assert (found.total, len(found.unreachable)) == (15, 15 - len(reachable))


def test_each_member_says_what_it_alone_reaches(catalogue: Catalogue) -> None:
    G = project(catalogue, from_="epas-2022", to="isp-2020")
    found = core(G)
    members = [member.id for member in found.members]
    for member in found.members:
        others = {node for other in members if other != member.id for node in G[other]}
        assert {*member.reaches} == {*G[member.id]}
        assert {*member.only} == {*G[member.id]} - others
        assert member.only, "an idle member would make the set too large"
        assert {*member.sole} == {node for node in G[member.id] if G.degree(node) == 1}
        assert member.in_sets == sum(member.id in chosen for chosen in found.optimal_sets)
    columns, table = found.table()
    assert columns == COLUMNS
    assert [row[0] for row in table] == members


def test_of_equal_sets_the_best_founded_is_shown() -> None:
    G = nx.Graph()
    G.add_nodes_from(["a:1", "a:2", "a:3"], side=0)
    G.add_node("b:1", side=1)
    G.add_edge("a:1", "b:1", weight=2, confidence=0.9)
    G.add_edge("a:2", "b:1", weight=3, confidence=0.5)
    G.add_edge("a:3", "b:1", weight=3, confidence=0.6)
    found = core(G)
    assert found.optimal_sets == (("a:1",), ("a:2",), ("a:3",))
    assert [member.id for member in found.members] == ["a:3"]


def test_a_share_is_the_decimal_that_it_is_written_as() -> None:
    G = nx.Graph()
    G.add_nodes_from([f"a:{n}" for n in range(15)], side=0)
    G.add_nodes_from([f"b:{n}" for n in range(15)], side=1)
    G.add_edges_from(((f"a:{n}", f"b:{n}") for n in range(15)), weight=1)
    assert [core(G, share=share, most_sets=1).size for share in (0.8, 0.6, 0.7, 0.01, 1)] == [
        12, 9, 11, 1, 15,
    ]  # fmt: skip


@pytest.mark.parametrize("share", [-0.01, 1.01, float("nan"), float("inf")])
def test_a_share_outside_zero_to_one_is_refused(share: float) -> None:
    with pytest.raises(ParameterError, match="share"):
        core(nx.Graph(), share=share)


def test_other_impossible_limits_are_refused() -> None:
    with pytest.raises(ParameterError, match="seconds"):
        core(nx.Graph(), seconds=float("nan"))
    with pytest.raises(ParameterError, match="most_sets"):
        core(nx.Graph(), most_sets=0)


def test_nothing_to_reach_takes_nobody(catalogue: Catalogue) -> None:
    found = core(project(catalogue, from_="epas-2022", to="gis", level=None))
    assert (found.size, found.optimal_sets, found.proven, found.needed) == (0, ((),), True, 0)
    assert len(found.unreachable) == found.total > 0
    nobody = core(nx.Graph())
    assert (nobody.size, nobody.total, nobody.members) == (0, 0, ())
    none = core(project(catalogue, from_="epas-2022", to="isp-2020"), share=0)
    assert (none.size, none.optimal_sets) == (0, ((),))
    assert json.dumps([found.record(), found.table(), none.record()], allow_nan=False)


def test_unreachable_statements_are_named(catalogue: Catalogue) -> None:
    found = core(project(catalogue, from_="epas-2022", to="isp-2020", min_strength="moderate"))
    assert found.unreachable == ("isp-2020:3.4",)
    assert found.reached == found.reachable == 14


def test_out_of_time_the_best_found_comes_with_its_bound() -> None:
    chance = random.Random(5)
    sets = [sum(1 << bit for bit in range(120) if chance.random() < 0.06) for _ in range(90)]
    needed = union_of(sets).bit_count()
    cover = smallest_cover(sets, needed, seconds=0)
    (best,) = cover.sets
    assert union_of([sets[index] for index in best]).bit_count() >= needed
    assert (cover.proven, cover.complete) == (False, False)
    assert 0 < cover.lower_bound < len(best)
    solved = smallest_cover(sets, needed, seconds=120, most_sets=1)
    assert solved.proven
    assert cover.lower_bound <= len(solved.sets[0]) <= len(best)


def test_a_list_cut_short_says_so() -> None:
    cover = smallest_cover([1] * 8, 1, most_sets=3)
    assert (cover.sets, cover.complete, cover.proven) == (((0,), (1,), (2,)), False, True)
    assert smallest_cover([1] * 3, 1, most_sets=3).complete


def test_a_core_may_have_more_members_than_python_allows_calls() -> None:
    sets = [1 << n for n in range(1500)]
    cover = smallest_cover(sets, 1500, seconds=600)
    assert cover.sets == (tuple(range(1500)),)
    assert (cover.proven, cover.complete) == (True, True)
    assert len(smallest_cover(sets, 1499, seconds=600, most_sets=1).sets[0]) == 1499
