"""Rows that cannot all be right: every kind, the smallest set, nothing on the real data."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.analytics.registry import ANALYTICS
from graph.catalogue import Catalogue
from graph.consistency import (
    HUB_LEAST,
    KINDS,
    Conflict,
    Consistency,
    Kind,
    Severity,
    conflict_findings,
    consistency,
    find_conflicts,
)
from graph.model import INVERSE, Alignment, Competency, Framework, Relation, Strength, Verdict
from graph.rules import Regime
from graph.tables import read_sources
from graph.terms import Prefixes, alignment_id, framework_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

#: Subject, relation or "not", object.
Row = tuple[str, str, str]


def alignment(row: Row) -> Alignment:
    subject, relation, object_ = row
    denied = relation == "not"
    relation_ = Relation.RELATED if denied else Relation(relation)
    modifier = "Not" if denied else ""
    return Alignment(
        id=alignment_id(subject, modifier, relation_.predicate_id, object_),
        subject_id=subject,
        subject_label=subject,
        relation=relation_,
        object_id=object_,
        object_label=object_,
        verdict=Verdict.NOT_ALIGNED if denied else Verdict.ALIGNED,
        strength=None if denied else Strength.STRONG,
        confidence=0.5,
        rationale="A reason.",
        direction=None,
        aims=(),
        evidence=(),
        status="proposed",
        author="agent:project",
        date="2026-11-23",
    )


def small(
    rows: Iterable[Row],
    *,
    parents: dict[str, str] | None = None,
    levels: dict[str, str] | None = None,
    others: Iterable[str] = (),
    revisions: dict[str, str] | None = None,
) -> Catalogue:
    """A catalogue of these rows, and of the statements that they name."""
    rows, parents, levels = list(rows), parents or {}, levels or {}
    names = {end for s, _, o in rows for end in (s, o)} | {*parents, *parents.values(), *others}
    competencies = {
        name: Competency(
            name, framework_of(name), name.partition(":")[2], levels.get(name, "competency"),
            parents.get(name), name, "", "", "", "high", place,
        )
        for place, name in enumerate(sorted(names), start=1)
    }  # fmt: skip
    frameworks = {
        key: Framework(key, key, "1", "", "", "", "", "", "high", (revisions or {}).get(key), "")
        for key in sorted({framework_of(name) for name in names})
    }
    found = [alignment(row) for row in rows]
    return Catalogue(
        release="test",
        prefixes=Prefixes({}),
        frameworks=frameworks,
        competencies=competencies,
        crosswalks={},
        alignments={a.id: a for a in found},
        concepts=[],
        resources={},
    )


def only(catalogue: Catalogue, ids: Iterable[str]) -> Catalogue:
    return replace(catalogue, alignments={key: catalogue.alignments[key] for key in ids})


def told(catalogue: Catalogue, regime: Regime = Regime.SKOS) -> list[tuple[Kind, set[Row]]]:
    """Kinds, and rows as they were written."""

    def written(key: str) -> Row:
        a = catalogue.alignments[key]
        return a.subject_id, a.relation.value if a.aligned else "not", a.object_id

    return [(c.kind, set(map(written, c.alignments))) for c in find_conflicts(catalogue, regime)]


# ---- each kind ----------------------------------------------------------------------------

#: Kind, severity, the first regime that finds it, rows that conflict, and the tree.
CASES: list[tuple[Kind, Severity, Regime, list[Row], dict[str, str]]] = [
    (Kind.TWO_VERDICTS, Severity.FAULT, Regime.SKOS,
     [("a:1", "close", "b:1"), ("b:1", "not", "a:1")], {}),
    (Kind.EXACT_AND_OTHER, Severity.FAULT, Regime.SKOS,
     [("a:1", "exact", "b:1"), ("b:1", "exact", "c:1"), ("a:1", "related", "c:1")], {}),
    (Kind.EXACT_AND_OTHER, Severity.FAULT, Regime.SKOS,
     [("a:1", "exact", "b:1"), ("b:1", "broad", "a:1")], {}),
    (Kind.SAME_FRAMEWORK_EXACT, Severity.FAULT, Regime.SKOS,
     [("a:1", "exact", "b:1"), ("b:1", "exact", "c:1"), ("c:1", "exact", "a:2")], {}),
    (Kind.RELATED_AND_BROADER, Severity.FAULT, Regime.SKOS,
     [("a:1", "broad", "b:1.1"), ("a:1", "related", "b:D")], {"b:1.1": "b:D"}),
    (Kind.RELATED_AND_BROADER, Severity.FAULT, Regime.SKOS,
     [("b:1", "narrow", "a:1"), ("b:1", "broad", "c:1"), ("c:1", "related", "a:1")], {}),
    (Kind.RELATED_AND_BROADER, Severity.FAULT, Regime.SSSOM,
     [("a:1", "broad", "b:1"), ("b:1", "exact", "c:1"), ("c:1", "related", "a:1")], {}),
    (Kind.BROADER_CYCLE, Severity.FAULT, Regime.SKOS,
     [("a:1", "broad", "b:1"), ("b:1", "broad", "c:1"), ("a:1", "narrow", "c:1")], {}),
    (Kind.BROADER_CYCLE, Severity.FAULT, Regime.SKOS,
     [("a:D", "broad", "b:1"), ("b:1", "broad", "a:1")], {"a:1": "a:D"}),
    (Kind.BROADER_CYCLE, Severity.FAULT, Regime.SSSOM,
     [("a:1", "broad", "b:1"), ("b:1", "exact", "c:1"), ("c:1", "broad", "a:1")], {}),
    (Kind.BROADER_CYCLE, Severity.FAULT, Regime.SSSOM,
     [("a:1", "exact", "b:D"), ("b:1", "exact", "a:D")], {"a:1": "a:D", "b:1": "b:D"}),
    (Kind.DENIED_BUT_DERIVED, Severity.FAULT, Regime.SKOS,
     [("a:1", "exact", "b:1"), ("b:1", "exact", "c:1"), ("c:1", "not", "a:1")], {}),
    (Kind.DENIED_BUT_DERIVED, Severity.FAULT, Regime.SSSOM,
     [("a:1", "exact", "b:1"), ("b:1", "related", "c:1"), ("c:1", "exact", "d:1"),
      ("a:1", "not", "d:1")], {}),
    (Kind.DENIED_BUT_DERIVED, Severity.FAULT, Regime.SSSOM,
     [("a:1", "broad", "b:1"), ("c:1", "narrow", "b:1"), ("a:1", "not", "c:1")], {}),
    (Kind.PARENT_NOT_ALIGNED, Severity.FAULT, Regime.SKOS,
     [("a:1.a", "related", "b:1"), ("b:1", "not", "a:1")], {"a:1.a": "a:1"}),
    (Kind.PARENTS_NOT_ALIGNED, Severity.FAULT, Regime.SKOS,
     [("a:1.a", "related", "b:1.a"), ("b:1", "not", "a:1")], {"a:1.a": "a:1", "b:1.a": "b:1"}),
    (Kind.CROSSING, Severity.WARNING, Regime.SKOS,
     [("a:1.a", "exact", "b:1.a"), ("b:1", "broad", "a:1")], {"a:1.a": "a:1", "b:1.a": "b:1"}),
    (Kind.OTHER_EDITION_ALIGNED, Severity.WARNING, Regime.PRACTICE,
     [("a:1", "close", "a2:1"), ("a:1", "related", "b:1"), ("a2:1", "not", "b:1")], {}),
    (Kind.HUB, Severity.WARNING, Regime.SKOS,
     [("a:1", "related", f"b:{n}") for n in range(HUB_LEAST)], {}),
]  # fmt: skip

_LEVELS = {
    **dict.fromkeys(("a:1.a", "b:1.a"), "behavior"),
    **dict.fromkeys(("a:D", "b:D"), "domain"),
}


@pytest.mark.parametrize(("kind", "severity", "regime", "rows", "parents"), CASES)
def test_the_smallest_set_of_rows_is_told(
    kind: Kind, severity: Severity, regime: Regime, rows: list[Row], parents: dict[str, str]
) -> None:
    noise: list[Row] = [("x:1", "close", "y:1"), ("x:1", "not", "y:2"), ("x:2", "broad", "y:2")]
    catalogue = small([*rows, *noise], parents=parents, levels=_LEVELS, revisions={"a2": "a"})
    assert told(catalogue, regime) == [(kind, set(rows))]
    (conflict,) = find_conflicts(catalogue, regime)
    assert conflict.severity is severity
    for row in conflict.alignments:
        rest = set(catalogue.alignments) - {row}
        assert find_conflicts(only(catalogue, rest), regime) == []
    for weaker in Regime:
        if weaker is regime:
            break
        assert told(catalogue, weaker) == []


def test_every_kind_has_a_case_and_an_explanation() -> None:
    assert {case[0] for case in CASES} == set(Kind) == set(KINDS)


def test_a_part_that_supports_no_conclusion_makes_a_warning() -> None:
    rows: list[Row] = [("a:1.a", "related", "b:1"), ("a:1", "not", "b:1")]
    parents, levels = {"a:1.a": "a:1"}, {"a:1.a": "activity"}
    (conflict,) = find_conflicts(small(rows, parents=parents, levels=levels))
    assert conflict.severity is Severity.WARNING


def test_three_statements_made_the_same_are_two_conflicts() -> None:
    rows: list[Row] = [
        ("a:1", "exact", "b:1"), ("b:1", "exact", "a:2"),
        ("a:2", "exact", "c:1"), ("c:1", "exact", "a:3"),
    ]  # fmt: skip
    assert told(small(rows)) == [
        (Kind.SAME_FRAMEWORK_EXACT, set(rows[:2])),
        (Kind.SAME_FRAMEWORK_EXACT, set(rows[2:])),
    ]


def test_a_hub_needs_nine_of_ten_and_names_only_as_many() -> None:
    names = [f"b:{n}" for n in range(20)]
    rows: list[Row] = [("a:1", "related", name) for name in names]
    assert told(small(rows[:17], others=names)) == []
    ((kind, found),) = told(small(rows, others=names))
    assert (kind, len(found)) == (Kind.HUB, 18)


def test_close_matches_never_chain_into_a_conflict() -> None:
    rows: list[Row] = [("a:1", "close", "b:1"), ("b:1", "close", "c:1"), ("a:1", "not", "c:1")]
    assert all(told(small(rows), regime) == [] for regime in Regime)


def test_withdrawn_rows_do_not_count() -> None:
    catalogue = small([("a:1", "close", "b:1"), ("b:1", "not", "a:1")])
    rows = {k: replace(a, status="withdrawn") for k, a in catalogue.alignments.items()}
    assert find_conflicts(replace(catalogue, alignments=rows)) == []


def test_every_row_of_a_pair_that_is_judged_both_ways_is_told() -> None:
    rows: list[Row] = [
        ("a:1", "close", "b:1"), ("b:1", "broad", "a:1"), ("a:1", "not", "b:1"),
        ("b:1", "not", "a:1"),
    ]  # fmt: skip
    found = told(small(rows))
    assert [(kind, len(pair)) for kind, pair in found] == [(Kind.TWO_VERDICTS, 2)] * 3
    assert set.union(*(pair for _, pair in found)) == set(rows)


def test_no_alignments_no_conflicts() -> None:
    assert find_conflicts(small([])) == []


def test_the_picture_counts_a_kind_that_is_both_under_each() -> None:
    rows: list[Row] = [
        ("a:1.a", "close", "b:1"), ("a:1", "not", "b:1"), ("a:2", "close", "b:2"),
        ("a:D", "not", "b:2"),
    ]  # fmt: skip
    catalogue = small(
        rows,
        parents={"a:1.a": "a:1", "a:2": "a:D"},
        levels={"a:1.a": "behavior", "a:D": "principle"},
    )
    outcome = ANALYTICS["consistency"].run(catalogue, None, None)
    assert "1 fault and 1 warning" in outcome.says
    bars = [
        (bar.get("data-key"), bar.get("data-value"))
        for bar in ET.fromstring(outcome.picture()).iter("{http://www.w3.org/2000/svg}rect")
        if bar.get("data-key")
    ]
    assert bars == [("parent-not-aligned", "1")] * 2


# ---- properties ---------------------------------------------------------------------------

_NAMES = [f"{framework}:{code}" for framework in "abc" for code in ("D", "1", "1.a")]
_PARENTS = {f"{f}:1": f"{f}:D" for f in "abc"} | {f"{f}:1.a": f"{f}:1" for f in "abc"}
_ROWS = st.lists(
    st.tuples(
        st.sampled_from(_NAMES),
        st.sampled_from(["exact", "close", "broad", "narrow", "related", "not"]),
        st.sampled_from(_NAMES),
    ).filter(lambda row: framework_of(row[0]) != framework_of(row[2])),
    unique_by=lambda row: (min(row[0], row[2]), max(row[0], row[2]), row[1]),
    max_size=12,
)
_TREE_LEVELS = {
    f"{framework}:{code}": level
    for framework in "abc"
    for code, level in (("D", "domain"), ("1", "competency"), ("1.a", "behavior"))
}


def _random(rows: list[Row]) -> Catalogue:
    revisions = {"b": "a"}
    return small(rows, parents=_PARENTS, levels=_TREE_LEVELS, others=_NAMES, revisions=revisions)


@settings(max_examples=300, deadline=None)
@given(rows=_ROWS, regime=st.sampled_from(list(Regime)))
def test_every_set_of_rows_is_a_conflict_and_the_smallest(rows: list[Row], regime: Regime) -> None:
    catalogue = _random(rows)
    for conflict in find_conflicts(catalogue, regime):
        alone = find_conflicts(only(catalogue, conflict.alignments), regime)
        assert set(conflict.alignments) in [set(c.alignments) for c in alone]
        for row in conflict.alignments:
            fewer = only(catalogue, set(conflict.alignments) - {row})
            left = find_conflicts(fewer, regime)
            assert not [c for c in left if _same(c, conflict)]


def _same(one: Conflict, other: Conflict) -> bool:
    return (one.kind, set(one.statements)) == (other.kind, set(other.statements))


@settings(max_examples=200, deadline=None)
@given(rows=_ROWS, seed=st.randoms(use_true_random=False))
def test_the_order_of_rows_and_their_direction_change_nothing(
    rows: list[Row], seed: object
) -> None:
    mixed = list(rows)
    seed.shuffle(mixed)  # type: ignore[attr-defined]
    for regime in Regime:
        expected = [c.record() for c in find_conflicts(_random(rows), regime)]
        assert [c.record() for c in find_conflicts(_random(mixed), regime)] == expected


def _naive(rows: list[Row]) -> set[Kind]:
    """What SKOS forbids, by closing relations over all triples until nothing is new."""
    exact: set[tuple[str, str]] = set()
    broader = set(_PARENTS.items())
    other: set[tuple[str, str]] = set()
    related: set[tuple[str, str]] = set()
    for s, relation, o in rows:
        for a, kind, b in ((s, relation, o), (o, _turned(relation), s)):
            if kind == "exact":
                exact.add((a, b))
            elif kind == "broad":
                broader.add((a, b))
                other |= {(a, b), (b, a)}
            elif kind == "related":
                related.add((a, b))
                other.add((a, b))
    for relation_ in (exact, broader):
        size = -1
        while size != len(relation_):
            size = len(relation_)
            relation_ |= {(a, d) for (a, b), (c, d) in product(relation_, repeat=2) if b == c}
    found = set()
    if exact & other:
        found.add(Kind.EXACT_AND_OTHER)
    if {p for p in related & (broader | {(b, a) for a, b in broader}) if p not in exact}:
        found.add(Kind.RELATED_AND_BROADER)
    if any(a == b for a, b in broader):
        found.add(Kind.BROADER_CYCLE)
    if any(a != b and framework_of(a) == framework_of(b) for a, b in exact):
        found.add(Kind.SAME_FRAMEWORK_EXACT)
    return found


def _turned(relation: str) -> str:
    return "not" if relation == "not" else INVERSE[Relation(relation)].value


@settings(max_examples=300, deadline=None)
@given(rows=_ROWS)
def test_skos_faults_are_those_of_a_naive_closure(rows: list[Row]) -> None:
    skos = {
        Kind.EXACT_AND_OTHER, Kind.RELATED_AND_BROADER, Kind.BROADER_CYCLE,
        Kind.SAME_FRAMEWORK_EXACT,
    }  # fmt: skip
    found = {conflict.kind for conflict in find_conflicts(_random(rows), Regime.SKOS)}
    assert found & skos == _naive(rows)


# ---- the answer, the hook, the real data --------------------------------------------------


def test_the_answer_as_record_and_table() -> None:
    catalogue = small([("a:1", "close", "b:1"), ("b:1", "not", "a:1")])
    found = consistency(catalogue, Regime.SKOS)
    assert isinstance(found, Consistency)
    sentence = (
        "a:1 and b:1 are judged both ways: a:1 is close match of b:1; "
        "b:1 is not aligned with a:1; keep one"
    )
    ids = [alignment(("a:1", "close", "b:1")).id, alignment(("b:1", "not", "a:1")).id]
    assert found.record() == {
        "regime": "skos",
        "judged": 2,
        "counts": {"fault": 1, "warning": 0},
        "items": [
            {
                "kind": "two-verdicts",
                "severity": "fault",
                "statements": ["a:1", "b:1"],
                "alignments": ids,
                "sentence": sentence,
            }
        ],
        "total": 1,
        "release": "test",
    }
    assert found.table() == (
        ("Severity", "Kind", "What conflicts", "Rows"),
        [("fault", "two-verdicts", sentence, " ".join(ids))],
    )


def test_findings_stand_at_the_row(mini_data: Path, mini_catalogue: Catalogue) -> None:
    rows = dict(mini_catalogue.alignments)
    key, row = next((k, a) for k, a in rows.items() if a.aligned)
    denial = replace(row, id="0" * 16, verdict=Verdict.NOT_ALIGNED, strength=None)
    catalogue = replace(mini_catalogue, alignments={**rows, denial.id: denial})
    places = read_sources(mini_data).places
    (finding,) = (
        f
        for f in conflict_findings(find_conflicts(catalogue), places)
        if "two-verdicts" in f.message
    )
    assert (finding.path, finding.line) == places[key]


@pytest.mark.parametrize("regime", list(Regime))
def test_the_real_data_have_no_faults(catalogue: Catalogue, regime: Regime) -> None:
    found = consistency(catalogue, regime)
    assert found.counts["fault"] == 0, found.table()[1]
    assert found.judged == len(catalogue.alignments)
