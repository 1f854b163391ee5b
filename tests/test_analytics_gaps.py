"""Gaps: what is left over when what is reached is taken away, and what lies nearest to it."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.analytics.coverage import coverage
from graph.analytics.gaps import COLUMNS, Kind, gaps
from graph.analytics.project import project, project_edges
from graph.errors import ParameterError

if TYPE_CHECKING:
    from pathlib import Path

    from graph.catalogue import Catalogue


def rows(path: Path) -> list[dict[str, str]]:
    """A table as it is written, read without the project's own reader."""
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    return [*csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]


@pytest.mark.parametrize("least", ["weak", "moderate", "strong"])
def test_gaps_are_the_statements_without_a_row_that_counts(
    catalogue: Catalogue, real_data: Path, least: str
) -> None:
    order = ["weak", "moderate", "strong"]
    accepted = order[order.index(least) :]
    table = rows(real_data / "crosswalks" / "epas-2022--isp-2020.sssom.tsv")
    found = gaps(project(catalogue, from_="epas-2022", to="isp-2020", min_strength=least))
    for side, column, far in zip(
        found.sides, ("subject_id", "object_id"), ("object_id", "subject_id"), strict=True
    ):
        members = [
            row["id"]
            for row in rows(real_data / "frameworks" / f"{side.framework}.tsv")
            if row["level"] == "competency"
        ]
        others = {
            row["id"]
            for row in rows(real_data / "frameworks" / f"{side.other}.tsv")
            if row["level"] == "competency"
        }
        reached = {
            row[column] for row in table if row["ext_strength"] in accepted and row[far] in others
        }
        assert [gap.id for gap in side.gaps] == [key for key in members if key not in reached]
        assert side.total == len(members)


def test_at_any_strength_the_real_crosswalk_leaves_no_gap(catalogue: Catalogue) -> None:
    found = gaps(project_edges(catalogue, from_="epas-2022", to="isp-2020"))
    assert [(side.total, side.reached, side.gaps) for side in found.sides] == [
        (9, 9, ()), (15, 15, ()),
    ]  # fmt: skip


def test_a_gap_lists_weaker_alignments_and_refusals_with_reasons(catalogue: Catalogue) -> None:
    found = gaps(
        project(catalogue, from_="epas-2022", to="isp-2020", min_strength="moderate"), most=None
    )
    (gap,) = found.sides[1].gaps
    assert gap.id == "isp-2020:3.4"
    near = catalogue.alignments_of(gap.id, verdict=None)
    near = [
        a for a in near if a.subject_id.count(".") == 0 and a.subject_id.startswith("epas-2022")
    ]
    counts = dict(gap.counts)
    assert counts[Kind.FILTERED] == sum(a.aligned for a in near)
    assert counts[Kind.NOT_ALIGNED] == sum(not a.aligned for a in near)
    assert counts[Kind.FILTERED] + counts[Kind.NOT_ALIGNED] + counts[Kind.UNDECIDED] == 9
    assert {n.alignment for n in gap.nearest if n.kind is not Kind.BELOW} == {a.id for a in near}
    assert all(n.reason for n in gap.nearest)
    refused = [n.confidence for n in gap.nearest if n.kind is Kind.NOT_ALIGNED]
    assert refused == sorted(refused, key=float)


def test_behaviors_below_a_gap_come_near_to_it(catalogue: Catalogue) -> None:
    found = gaps(project(catalogue, from_="epas-2022", to="isp-2020", min_strength="strong"))
    (gap,) = found.sides[0].gaps
    below = [near for near in gap.nearest if near.kind is Kind.BELOW]
    assert below
    assert {catalogue.competency(near.statement).parent for near in below} <= {gap.id, None}
    assert [near.kind for near in gap.nearest] == sorted(
        (near.kind for near in gap.nearest), key=[*Kind].index
    )


def test_at_behavior_level_the_competency_above_comes_near(mini_catalogue: Catalogue) -> None:
    found = gaps(project(mini_catalogue, from_="sw-1", to="imp-1", level="behavior"))
    (gap,) = found.sides[0].gaps
    assert gap.id == "sw-1:1.a"
    kinds = [(near.kind, near.statement, near.partner) for near in gap.nearest]
    assert kinds == [
        (Kind.BELOW, "sw-1:1.a", "imp-1:1.1"),
        (Kind.ABOVE, "sw-1:1", "imp-1:1.1"),
    ]


def test_what_nobody_judged_is_undecided_and_not_refused(mini_catalogue: Catalogue) -> None:
    found = gaps(project(mini_catalogue, from_="sw-1", to="imp-1", min_strength="strong"))
    sides = [{gap.id: dict(gap.counts) for gap in side.gaps} for side in found.sides]
    assert sides[0] == {
        "sw-1:2": {
            Kind.FILTERED: 1, Kind.BELOW: 0, Kind.ABOVE: 0, Kind.NOT_ALIGNED: 0, Kind.UNDECIDED: 1,
        },
    }  # fmt: skip
    assert sides[1]["imp-1:1.2"][Kind.NOT_ALIGNED] == 1
    assert sides[1]["imp-1:1.2"][Kind.UNDECIDED] == 0
    (gap,) = found.sides[0].gaps
    assert gap.nearest[-1].record() == {
        "kind": "undecided",
        "statement": "sw-1:2",
        "partner": "imp-1:1.1",
        "partner_title": "Assessing needs and assets",
        "strength": None,
        "confidence": None,
        "reason": "",
        "alignment": None,
    }


def test_an_alignment_without_the_aim_comes_near(mini_catalogue: Catalogue) -> None:
    found = gaps(project(mini_catalogue, from_="sw-1", to="imp-1", aim="poverty"))
    (gap,) = found.sides[0].gaps
    assert (gap.id, gap.nearest[0].kind, gap.nearest[0].partner) == (
        "sw-1:2", Kind.FILTERED, "imp-1:1.2",
    )  # fmt: skip


def test_counts_are_whole_whatever_is_listed(catalogue: Catalogue) -> None:
    G = project(catalogue, from_="epas-2022", to="isp-2020", min_strength="strong")
    none, some, every = gaps(G, most=0), gaps(G, most=2), gaps(G, most=None)
    for side in (0, 1):
        for a, b, c in zip(
            none.sides[side].gaps, some.sides[side].gaps, every.sides[side].gaps, strict=True
        ):
            assert a.counts == b.counts == c.counts
            assert a.nearest == ()
            assert len(c.nearest) == sum(count for _, count in c.counts)
            for kind in Kind:
                listed = [near for near in c.nearest if near.kind is kind]
                assert [near for near in b.nearest if near.kind is kind] == listed[:2]


def test_a_framework_nobody_aligned_is_all_gaps(catalogue: Catalogue) -> None:
    found = gaps(project(catalogue, from_="epas-2022", to="gis", level=None), most=1)
    for side in found.sides:
        assert len(side.gaps) == side.total > 0
        assert all(near.kind is Kind.UNDECIDED for gap in side.gaps for near in gap.nearest)
    assert json.dumps([found.record(), found.table()], allow_nan=False)
    empty = gaps(project(catalogue, from_="isp-2018", to="gis"))
    assert [(side.total, side.gaps) for side in empty.sides] == [(0, ()), (0, ())]


def test_a_gap_with_nothing_near_still_has_its_row() -> None:
    G = nx.Graph()
    G.add_node("a:1", side=0)
    columns, table = gaps(G).table()
    assert columns == COLUMNS
    assert table == [("a", "a:1", "a:1", *[None] * (len(COLUMNS) - 3))]


def test_most_cannot_be_negative() -> None:
    with pytest.raises(ParameterError, match="most"):
        gaps(nx.Graph(), most=-1)


@given(st.sets(st.tuples(st.integers(0, 4), st.integers(0, 4))))
@settings(deadline=None)
def test_gaps_and_reached_are_the_total(pairs: set[tuple[int, int]]) -> None:
    G = nx.Graph()
    G.add_nodes_from([f"a:{n}" for n in range(5)], side=0)
    G.add_nodes_from([f"b:{n}" for n in range(5)], side=1)
    G.add_edges_from(((f"a:{left}", f"b:{right}") for left, right in pairs), weight=1)
    for side, counted in zip(gaps(G).sides, coverage(G).sides, strict=True):
        assert side.reached + len(side.gaps) == side.total == counted.whole.total
        assert side.reached == counted.whole.reached
        assert {gap.id for gap in side.gaps} == {
            node for node in G if node.startswith(f"{side.framework}:") and not G.degree(node)
        }
