"""The agenda: its counts are those of projecting the changed verdict and counting again."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.analytics.agenda import COLUMNS, agenda
from graph.analytics.core import core
from graph.analytics.coverage import coverage
from graph.analytics.project import project, project_edges
from graph.errors import ParameterError
from graph.model import Alignment, Relation, Strength, Verdict

if TYPE_CHECKING:
    from graph.analytics.agenda import AgendaItem
    from graph.catalogue import Catalogue

ORDER = [None, Strength.WEAK, Strength.MODERATE, Strength.STRONG]


def claims(G: nx.Graph, least: Strength | None) -> dict[object, object]:
    """Every claim with its answer, by asking the other analytics."""
    answers: dict[object, object] = {}
    for side in coverage(G).sides:
        for statement in side.statements:
            reached = ORDER.index(statement.strength)
            for level in range(ORDER.index(least) if least else 1, 4):
                answers[statement.id, level] = reached >= level
    found = core(G)
    answers["size"] = found.size
    for node, at in G.nodes(data=True):
        if at["side"] == 0:
            answers["indispensable", node] = all(node in one for one in found.optimal_sets)
    return answers


def with_strength(catalogue: Catalogue, key: str, strength: Strength | None) -> Catalogue:
    """The catalogue as it would be with another verdict."""
    old = catalogue.alignments[key]
    verdict = Verdict.ALIGNED if strength else Verdict.NOT_ALIGNED
    changed = replace(old, strength=strength, verdict=verdict)
    return replace(catalogue, alignments={**catalogue.alignments, key: changed})


def recounted(
    catalogue: Catalogue, ends: tuple[str, str], least: Strength | None, key: str
) -> dict[str, int]:
    """Claims that turn, by doing it all again."""

    def now(changed: Catalogue) -> dict[object, object]:
        return claims(project(changed, from_=ends[0], to=ends[1], min_strength=least), least)

    before = now(catalogue)
    strength = catalogue.alignments[key].strength
    step = ORDER.index(strength)
    ways: dict[str, Strength | None] = {"if_reversed": None if strength else Strength.WEAK}
    if step > 1:
        ways["if_lowered"] = ORDER[step - 1]
    if 0 < step < 3:
        ways["if_raised"] = ORDER[step + 1]
    counts = {}
    for way, other in ways.items():
        after = now(with_strength(catalogue, key, other))
        counts[way] = sum(before[claim] != after[claim] for claim in before)
    return counts


def check(item: AgendaItem, counts: dict[str, int]) -> None:
    assert item.if_reversed == counts["if_reversed"]
    assert item.if_lowered == counts.get("if_lowered")
    assert item.if_raised == counts.get("if_raised")
    expected = (1 - item.confidence) * sum(counts.values()) / len(counts)
    assert item.value == pytest.approx(expected)


@pytest.mark.parametrize("least", [None, Strength.MODERATE])
def test_real_counts_are_those_of_counting_again(
    catalogue: Catalogue, least: Strength | None
) -> None:
    G = project(catalogue, from_="epas-2022", to="isp-2020", min_strength=least)
    found = agenda(G, most=None)
    items = {item.alignment: item for item in found.items}
    assert found.verdicts == 135
    assert found.claims == len(claims(G, least))
    listed = [item.alignment for item in found.items]
    for key in (*listed[:6], *listed[-3:]):
        check(items[key], recounted(catalogue, ("epas-2022", "isp-2020"), least, key))
    quiet = [
        a.id
        for a in G.graph["verdicts"]
        if a.subject_id in G and a.object_id in G and a.id not in items
    ]
    for key in quiet[:3]:
        counts = recounted(catalogue, ("epas-2022", "isp-2020"), least, key)
        assert not any(counts.values())


verdicts_of = st.dictionaries(
    st.tuples(st.sampled_from(["sw-1:1", "sw-1:2"]), st.sampled_from(["imp-1:1.1", "imp-1:1.2"])),
    st.tuples(st.sampled_from(ORDER), st.integers(0, 10)),
)


@given(verdicts_of, st.sampled_from([None, Strength.MODERATE, Strength.STRONG]))
@settings(max_examples=60, deadline=None)
def test_counts_are_those_of_counting_again(
    mini_catalogue: Catalogue,
    verdicts: dict[tuple[str, str], tuple[Strength | None, int]],
    least: Strength | None,
) -> None:
    made = {}
    for number, ((subject, object_), (strength, sure)) in enumerate(verdicts.items()):
        made[str(number)] = Alignment(
            id=str(number), subject_id=subject, subject_label="", relation=Relation.RELATED,
            object_id=object_, object_label="",
            verdict=Verdict.ALIGNED if strength else Verdict.NOT_ALIGNED, strength=strength,
            confidence=sure / 10, rationale="", direction=None, aims=(), evidence=(),
            status="proposed", author="", date="",
        )  # fmt: skip
    changed = replace(mini_catalogue, alignments=made)
    G = project(changed, from_="sw-1", to="imp-1", min_strength=least)
    found = agenda(G, most=None)
    assert found.verdicts == len(made)
    items = {item.alignment: item for item in found.items}
    for key in made:
        counts = recounted(changed, ("sw-1", "imp-1"), least, key)
        if key in items:
            check(items[key], counts)
        else:
            assert not any(counts.values()) or made[key].confidence == 1
    values = [round(item.value, 9) for item in found.items]
    assert values == sorted(values, reverse=True)


def test_the_reason_says_what_would_turn(mini_catalogue: Catalogue) -> None:
    found = agenda(project(mini_catalogue, from_="sw-1", to="imp-1"))
    reasons = {(item.from_id, item.to_id): item.reason for item in found.items}
    assert reasons["sw-1:2", "imp-1:1.2"] == (
        "If sw-1:2 and imp-1:1.2 were not aligned (now weak, confidence 0.7), sw-1:2 would no "
        "longer be reached at all, imp-1:1.2 would no longer be reached at all, the core would "
        "have 1 member instead of 2 and sw-1:2 would no longer be in every one."
    )
    assert reasons["sw-1:1", "imp-1:1.2"] == (
        "If sw-1:1 and imp-1:1.2 aligned weakly (now not aligned, confidence 0.6), the core would "
        "have 1 member instead of 2 and sw-1:2 would no longer be in every one."
    )


def test_what_people_reviewed_is_not_on_the_agenda(mini_catalogue: Catalogue) -> None:
    every = agenda(project(mini_catalogue, from_="sw-1", to="imp-1"))
    first = every.items[0].alignment
    reviewed = replace(mini_catalogue.alignments[first], status="reviewed")
    changed = replace(mini_catalogue, alignments={**mini_catalogue.alignments, first: reviewed})
    found = agenda(project(changed, from_="sw-1", to="imp-1"))
    assert (found.verdicts, found.done) == (every.verdicts - 1, 1)
    assert first not in [item.alignment for item in found.items]


def test_with_an_aim_only_verdicts_that_serve_it_count(catalogue: Catalogue) -> None:
    found = agenda(project(catalogue, from_="epas-2022", to="isp-2020", aim="poverty"), most=None)
    assert found.items
    assert all("poverty" in catalogue.alignments[item.alignment].aims for item in found.items)


def test_derived_alignments_are_no_verdicts(catalogue: Catalogue) -> None:
    G = project(catalogue, from_="epas-2015", to="isp-2020", regime="practice")
    found = agenda(G)
    assert G.number_of_edges() > 0
    assert (found.verdicts, found.items) == (0, ())


def test_no_verdicts_make_an_empty_agenda(catalogue: Catalogue) -> None:
    found = agenda(project(catalogue, from_="epas-2022", to="gis"))
    assert (found.verdicts, found.effective, found.items) == (0, 0, ())
    assert found.table() == (COLUMNS, [])
    assert json.dumps(found.record(), allow_nan=False)


def test_a_shorter_list_is_the_start_of_the_longer(catalogue: Catalogue) -> None:
    edges = project_edges(catalogue, from_="epas-2022", to="isp-2020")
    every, three = agenda(edges, most=None), agenda(edges, most=3)
    assert three.items == every.items[:3]
    assert every.effective == three.effective == len(every.items)
    columns, table = three.table()
    assert [len(row) for row in table] == [len(columns)] * 3


def test_without_time_for_cores_all_items_go_without() -> None:
    G = nx.Graph()
    G.add_nodes_from([f"a:{n}" for n in range(40)], side=0)
    G.add_nodes_from([f"b:{n}" for n in range(60)], side=1)
    for n in range(60):
        G.add_edges_from(
            ((f"a:{(n * step + step) % 40}", f"b:{n}") for step in (1, 3, 7)),
            weight=1,
            confidence=0.5,
        )
    found = agenda(G, seconds=0)
    assert not found.cores
    assert found.claims == 300
    assert not any("core" in item.reason for item in found.items)


def test_impossible_limits_are_refused() -> None:
    with pytest.raises(ParameterError, match="most"):
        agenda(nx.Graph(), most=-1)
    with pytest.raises(ParameterError, match="seconds"):
        agenda(nx.Graph(), seconds=-1)
