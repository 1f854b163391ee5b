"""Coverage: the same figures as a plain count of the tables, and the laws they obey."""

from __future__ import annotations

import csv
import json
import random
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.analytics.coverage import COLUMNS, Coverage, coverage, coverage_between
from graph.analytics.coverage_matrix import coverage_matrix, coverage_of_registry
from graph.analytics.edges import Edges, Selection
from graph.analytics.editions import COLUMNS as EDITION_COLUMNS
from graph.analytics.editions import coverage_by_edition, editions
from graph.analytics.project import project, project_edges
from graph.errors import NotFoundError, ParameterError

if TYPE_CHECKING:
    from pathlib import Path

    from graph.catalogue import Catalogue

WEIGHTS = {"strong": 3, "moderate": 2, "weak": 1}


def rows(path: Path) -> list[dict[str, str]]:
    """A table as it is written, read without the project's own reader."""
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    return [*csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]


class Plain:
    """EPAS 2022 and the ISP profile counted with nothing but dictionaries."""

    def __init__(self, data: Path) -> None:
        self.statements = {
            row["id"]: row
            for name in ("epas-2022", "isp-2020")
            for row in rows(data / "frameworks" / f"{name}.tsv")
        }
        self.aligned = [
            row
            for row in rows(data / "crosswalks" / "epas-2022--isp-2020.sssom.tsv")
            if not row["predicate_modifier"]
        ]

    def members(self, framework: str, level: str = "competency") -> list[str]:
        return [
            key
            for key, row in self.statements.items()
            if key.startswith(f"{framework}:") and row["level"] == level
        ]

    def of(self, members: list[str], **wanted: str) -> tuple[int, int, float, float]:
        """Total, reached, mean strength, mean confidence, between competencies."""
        weight: dict[str, float] = defaultdict(float)
        confidence: dict[str, float] = defaultdict(float)
        for row in self.aligned:
            ends = row["subject_id"], row["object_id"]
            if any(self.statements[end]["level"] != "competency" for end in ends):
                continue
            if any(value not in row[f"ext_{key}"].split() for key, value in wanted.items()):
                continue
            for end in ends:
                weight[end] = max(weight[end], WEIGHTS[row["ext_strength"]] / 3)
                confidence[end] = max(confidence[end], float(row["confidence"]))
        total = len(members)
        return (
            total,
            sum(key in weight for key in members),
            sum(weight[key] for key in members) / total,
            sum(confidence[key] for key in members) / total,
        )


@pytest.fixture
def plain(real_data: Path) -> Plain:
    return Plain(real_data)


@pytest.fixture
def real(catalogue: Catalogue) -> Coverage:
    return coverage_between(catalogue, from_="epas-2022", to="isp-2020")


def figures(share: Any) -> tuple[Any, ...]:
    return (
        share.total,
        share.reached,
        pytest.approx(share.strength),
        pytest.approx(share.confidence),
    )


@pytest.mark.parametrize("side", [0, 1])
def test_the_whole_and_its_parts_are_those_of_the_tables(
    real: Coverage, plain: Plain, side: int
) -> None:
    found = real.sides[side]
    members = plain.members(found.framework)
    assert plain.of(members) == figures(found.whole)
    for share in found.aims:
        assert plain.of(members, aims=share.label) == figures(share)
    for share in found.directions:
        assert plain.of(members, direction=share.label) == figures(share)
    for share in found.parents:
        below = [key for key in members if plain.statements[key]["parent"] == share.id]
        assert plain.of(below) == figures(share)
        assert share.label == plain.statements[str(share.id)]["title"]
    assert [s.id for s in found.statements] == members


def test_domains_of_the_profile_are_counted_and_epas_has_none(real: Coverage) -> None:
    assert [(s.id, s.total) for s in real.sides[1].parents] == [
        ("isp-2020:D1", 5), ("isp-2020:D2", 6), ("isp-2020:D3", 4),
    ]  # fmt: skip
    assert real.sides[0].parents == ()


def test_a_behavior_is_reached_also_by_a_competency(real: Coverage, plain: Plain) -> None:
    touched = {end for row in plain.aligned for end in (row["subject_id"], row["object_id"])}
    for side in real.sides:
        expected = [
            (level, len(members), sum(key in touched for key in members))
            for level in dict.fromkeys(
                row["level"]
                for key, row in plain.statements.items()
                if key.startswith(f"{side.framework}:")
            )
            if (members := plain.members(side.framework, level))
        ]
        assert [(s.id, s.total, s.reached) for s in side.levels] == expected


def test_strengths_are_counted_downwards(real: Coverage, plain: Plain) -> None:
    for side in real.sides:
        members = plain.members(side.framework)
        counts = [share.reached for share in side.strengths]
        assert [share.id for share in side.strengths] == ["strong", "moderate", "weak"]
        assert counts == sorted(counts)
        assert counts[0] == plain.of(members, strength="strong")[1]
        assert counts[-1] == side.whole.reached


def test_each_statement_names_its_strongest_partner(real: Coverage, catalogue: Catalogue) -> None:
    for side in real.sides:
        for statement in side.statements:
            best = [
                a
                for a in catalogue.alignments_of(statement.id)
                if {catalogue.competency(end).level for end in (a.subject_id, a.object_id)}
                == {"competency"}
                and {a.subject_id.split(":")[0], a.object_id.split(":")[0]}
                == {"epas-2022", "isp-2020"}
            ]
            assert statement.partners == len(best)
            assert statement.strength == best[0].strength
            strongest = [a for a in best if a.strength == best[0].strength]
            sure = max(a.confidence for a in strongest)
            partners = {
                end
                for a in strongest
                if a.confidence == sure
                for end in (a.subject_id, a.object_id)
            }
            assert statement.best in partners
            assert statement.confidence == max(a.confidence for a in best)
    assert {s.judged for s in real.sides[0].statements} == {15}
    assert {s.judged for s in real.sides[1].statements} == {9}


def test_every_answer_can_be_written_as_json_and_as_a_table(real: Coverage) -> None:
    record = json.loads(json.dumps(real.record(), allow_nan=False))
    assert record["from"] == "epas-2022"
    assert record["coverage"][1]["all"]["total"] == 15
    columns, table = real.table()
    assert columns == COLUMNS
    assert {len(row) for row in table} == {len(COLUMNS)}
    assert len(table) == sum(len(side.shares) for side in real.sides)


def test_nothing_of_nothing_is_no_share(catalogue: Catalogue) -> None:
    found = coverage(project(catalogue, from_="epas-2022", to="gis"))
    assert (found.sides[0].whole.reached, found.sides[0].whole.share) == (0, 0.0)
    assert (found.sides[1].whole.total, found.sides[1].whole.share) == (0, None)
    assert found.sides[1].whole.strength is None
    assert json.dumps(found.record(), allow_nan=False)
    empty = coverage(project(catalogue, from_="isp-2018", to="gis"))
    assert [side.whole.total for side in empty.sides] == [0, 0]
    assert json.dumps([empty.record(), empty.table()], allow_nan=False)


def test_an_unknown_name_is_an_error(catalogue: Catalogue) -> None:
    with pytest.raises(NotFoundError):
        coverage_between(catalogue, from_="epas-2022", to="nobody")
    with pytest.raises(ParameterError):
        coverage_by_edition(catalogue, from_="epas-2022", to="isp-2020", level="x")
    with pytest.raises(ParameterError):
        coverage_of_registry(catalogue, min_strength="x")


def test_editions_stand_side_by_side_with_their_regime(catalogue: Catalogue) -> None:
    assert editions(catalogue, "epas-2015") == ["epas-2008", "epas-2015", "epas-2022"]
    found = coverage_by_edition(catalogue, from_="epas-2022", to="isp-2020")
    assert [(row.edition, row.regime) for row in found.rows] == [
        ("epas-2008", "practice"),
        ("epas-2015", "practice"),
        ("epas-2022", "asserted"),
        ("epas-2022", "practice"),
    ]
    oldest, older, asserted, practice = found.rows
    assert (oldest.alignments, oldest.whole.reached, oldest.whole.total) == (0, 0, 10)
    assert "nothing follows" in oldest.note
    assert older.alignments == older.derived > 0
    assert "edition links" in older.note
    assert asserted.derived == 0
    assert asserted.note == ""
    assert practice.whole.reached >= asserted.whole.reached
    columns, table = found.table()
    assert columns == EDITION_COLUMNS
    assert {len(row) for row in table} == {len(columns)}
    assert json.dumps(found.record(), allow_nan=False)


def test_editions_of_one_framework_are_not_compared_with_themselves(catalogue: Catalogue) -> None:
    found = coverage_by_edition(catalogue, from_="epas-2022", to="epas-2015")
    assert {row.edition for row in found.rows} == {"epas-2008", "epas-2022"}


def test_the_matrix_of_all_frameworks_has_every_coverage(catalogue: Catalogue) -> None:
    matrix = coverage_of_registry(catalogue, min_strength="moderate")
    for one in catalogue.frameworks:
        for other in catalogue.frameworks:
            if one != other:
                edges = project_edges(catalogue, from_=one, to=other, min_strength="moderate")
                whole = coverage(edges).sides[0].whole
                assert matrix.share(one, other) == whole.share
    _, table = matrix.table()
    assert len(table) == len(matrix.record()["coverage"]) > 0


def test_the_matrix_counts_a_statement_once_and_nothing_within_a_framework() -> None:
    own = np.array([0, 0, 1, 1])
    matrix = coverage_matrix(["a", "b"], own, np.array([0, 0, 2, 0]), np.array([2, 3, 0, 1]))
    assert matrix.totals == (2, 2)
    assert matrix.reached.tolist() == [[0, 1], [2, 0]]
    nothing = coverage_matrix(["a"], np.array([], int), np.array([], int), np.array([], int))
    assert nothing.share("a", "a") is None


edges_of = st.dictionaries(
    st.tuples(st.integers(0, 4), st.integers(0, 4)),
    st.tuples(st.integers(1, 3), st.integers(0, 10)),
    max_size=15,
)


def graph_of(found: dict[tuple[int, int], tuple[int, int]]) -> nx.Graph:
    G = nx.Graph()
    G.add_nodes_from([f"a:{n}" for n in range(5)], side=0, parent=None)
    G.add_nodes_from([f"b:{n}" for n in range(5)], side=1, parent="b:D1")
    for (left, right), (weight, confidence) in found.items():
        G.add_edge(f"a:{left}", f"b:{right}", weight=weight, confidence=confidence / 10)
    return G


@given(edges_of)
@settings(deadline=None)
def test_shares_lie_between_zero_and_one_and_equal_the_definition(
    found: dict[tuple[int, int], tuple[int, int]],
) -> None:
    G = graph_of(found)
    for side, counted in enumerate(coverage(G).sides):
        nodes = [node for node, at in G.nodes(data=True) if at["side"] == side]
        around = {node: [at for _, _, at in G.edges(node, data=True)] for node in nodes}
        assert counted.whole.total == 5
        assert counted.whole.reached == sum(G.degree(node) > 0 for node in nodes)
        strength = [max((at["weight"] / 3 for at in around[node]), default=0) for node in nodes]
        sure = [max((at["confidence"] for at in around[node]), default=0) for node in nodes]
        assert counted.whole.strength == pytest.approx(sum(strength) / 5)
        assert counted.whole.confidence == pytest.approx(sum(sure) / 5)
        for share in counted.shares:
            assert 0 <= share.reached <= share.total
            for value in (share.share, share.strength, share.confidence):
                assert value is None or 0 <= value <= 1


@given(edges_of, st.tuples(st.integers(0, 4), st.integers(0, 4)), st.integers(1, 3))
@settings(deadline=None)
def test_another_alignment_never_lowers_coverage(
    found: dict[tuple[int, int], tuple[int, int]], pair: tuple[int, int], weight: int
) -> None:
    if pair in found:
        return
    before, after = coverage(graph_of(found)), coverage(graph_of({**found, pair: (weight, 5)}))
    for one, other in zip(before.sides, after.sides, strict=True):
        for low, high in zip(one.shares, other.shares, strict=True):
            assert low.reached <= high.reached
            assert low.strength is not None
            assert high.strength is not None
            assert low.strength <= high.strength + 1e-12
            assert (low.confidence or 0) <= (high.confidence or 0) + 1e-12


def test_columns_without_a_graph_give_the_same() -> None:
    chance = random.Random(7)
    pairs = sorted({(chance.randrange(300), chance.randrange(200)) for _ in range(3000)})
    weights = [chance.randint(1, 3) for _ in pairs]
    edges = Edges.of_columns(
        Selection("a", "b"),
        [f"a:{n}" for n in range(300)],
        [f"b:{n}" for n in range(200)],
        [left for left, _ in pairs],
        [right for _, right in pairs],
        weight=weights,
    )
    assert coverage(edges).record() == coverage(edges.graph()).record()


def test_a_pair_twice_is_one_partner() -> None:
    edges = Edges.of_columns(Selection("a", "b"), ["a:1"], ["b:1", "b:2"], [0, 0, 0], [1, 1, 0])
    found = coverage(edges)
    assert found.alignments == 3
    assert [s.partners for side in found.sides for s in side.statements] == [2, 1, 1]
