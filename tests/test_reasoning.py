"""What follows from alignments: against outside reasoners, by brute force, and rule by rule."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import owlrl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import DCTERMS, OWL, PROV, RDF, RDFS, SKOS, Graph, URIRef

from graph.model import INVERSE, Relation, Strength
from graph.reasoning import (
    Derived,
    Facts,
    Inference,
    Link,
    Regime,
    Statement,
    closure,
    derive,
    derived_alignments,
)
from graph.rules import CHAIN, LINEAGE, LOWERED, ROLL_UP
from graph.terms import framework_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from graph.catalogue import Catalogue

E, C, B, N, R = Relation
STRONG, MODERATE, WEAK = Strength

_IRI = "https://example.org/"
_PREDICATES = {relation: SKOS[f"{relation}Match"] for relation in Relation}

_links = st.builds(
    Link,
    st.sampled_from([f"{framework}:{n}" for framework in "pqr" for n in (1, 2, 3)]),
    st.sampled_from([*Relation, E, E, B]),
    st.sampled_from([f"{framework}:{n}" for framework in "pqr" for n in (1, 2, 3)]),
)
_graphs = st.lists(_links, max_size=14)


def _by_owlrl(links: Iterable[Link]) -> set[Link]:
    """What OWL 2 RL gives from links and what SKOS says of its mapping properties."""
    rdf = Graph()
    for relation in (E, C, R):
        rdf.add((_PREDICATES[relation], RDF.type, OWL.SymmetricProperty))  # S44
    rdf.add((SKOS.broadMatch, OWL.inverseOf, SKOS.narrowMatch))  # S43
    rdf.add((SKOS.exactMatch, RDF.type, OWL.TransitiveProperty))  # S45
    rdf.add((SKOS.exactMatch, RDFS.subPropertyOf, SKOS.closeMatch))  # S42
    for subject, relation, object_ in links:
        rdf.add((URIRef(_IRI + subject), _PREDICATES[relation], URIRef(_IRI + object_)))
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(rdf)
    return {
        Link(str(s).removeprefix(_IRI), relation, str(o).removeprefix(_IRI))
        for relation, predicate in _PREDICATES.items()
        for s, _, o in rdf.triples((None, predicate, None))
        if s != o
    }


def _by_brute_force(links: Iterable[Link], regime: Regime) -> dict[Link, int]:
    """Every link by applying the chain table until nothing is new, with its shortest row."""
    known = {read: 1 for link in links for read in (link, link.inverse)}
    while True:
        before = dict(known)
        for (one, n), (other, m) in product(before.items(), repeat=2):
            amount = CHAIN[regime].get((one.relation, other.relation))
            if amount and one.object_id == other.subject_id:
                link = Link(one.subject_id, amount, other.object_id)
                known[link] = min(known.get(link, n + m), n + m)
        if known == before:
            break
    for link, n in list(known.items()):
        if link.relation is E:
            close = link._replace(relation=C)
            known[close] = min(known.get(close, n), n)
    return {link: n for link, n in known.items() if link.subject_id != link.object_id}


def _between_frameworks(links: Iterable[Link], denied: Iterable[Any] = ()) -> set[Link]:
    return {
        link
        for link in links
        if framework_of(link.subject_id) != framework_of(link.object_id) and link.pair not in denied
    }


def _both_ways(links: Iterable[Link]) -> set[Link]:
    return {read for link in links for read in (link, link.inverse)}


def test_skos_on_the_real_data_equals_an_outside_reasoner(catalogue: Catalogue) -> None:
    facts = Facts.of(catalogue)
    expected = _by_owlrl(facts.asserted)
    assert closure(facts, Regime.SKOS) == expected
    derived = {found.link for found in derive(facts, Regime.SKOS)}
    assert _both_ways(derived) == expected - _both_ways(facts.asserted)


@settings(max_examples=25, deadline=None)
@given(_graphs)
def test_skos_equals_an_outside_reasoner(links: list[Link]) -> None:
    facts = Facts.from_links(links)
    assert closure(facts, Regime.SKOS) == _by_owlrl(links)


@settings(deadline=None)
@given(_graphs, st.sampled_from([Regime.SKOS, Regime.SSSOM]))
def test_chains_equal_brute_force_and_are_the_shortest(links: list[Link], regime: Regime) -> None:
    facts = Facts.from_links(links)
    # Nothing may pass through a link of a statement with itself: it says nothing.
    expected = _by_brute_force((x for x in links if x.subject_id != x.object_id), regime)
    assert closure(facts, regime) == set(expected)
    chains = Inference(facts, regime).chains
    for link, length in expected.items():
        row = chains.row(link)
        assert row is not None
        assert len(row) == length
        assert all(chains.asserted(step) for step in row)


@settings(deadline=None)
@given(_graphs, st.lists(_links, max_size=3), st.sampled_from([Regime.SKOS, Regime.SSSOM]))
def test_derived_links_are_the_closure_less_what_is_known_or_denied(
    links: list[Link], denials: list[Link], regime: Regime
) -> None:
    denied = {link.pair for link in denials}
    facts = Facts.from_links(links, denied=denied)
    derived = [found.link for found in derive(facts, regime)]
    assert derived == sorted(set(derived))
    assert len(_both_ways(derived)) == 2 * len(derived)
    new = _between_frameworks(closure(facts, regime) - _both_ways(links), denied)
    assert _both_ways(derived) == new


def test_exact_matches_chain_and_a_verdict_blocks_its_pair_only() -> None:
    links = [("a:1", E, "b:1"), ("b:1", E, "c:1"), ("c:1", E, "d:1")]
    facts = Facts.from_links(links, denied=[("c:1", "a:1")])
    exact = [found.link for found in derive(facts, Regime.SKOS) if found.link.relation is E]
    assert exact == [Link("a:1", E, "d:1"), Link("b:1", E, "d:1")]


def test_a_derived_link_points_the_way_its_frameworks_are_aligned() -> None:
    links = [("z:1", E, "y:1"), ("y:1", B, "a:1"), ("z:2", R, "a:2")]
    (found,) = (
        x.link for x in derive(Facts.from_links(links), Regime.SSSOM) if x.link.relation is not C
    )
    assert found == Link("z:1", B, "a:1")


def test_close_and_related_never_chain() -> None:
    links = [("a:1", C, "b:1"), ("b:1", C, "c:1"), ("c:1", R, "d:1"), ("d:1", R, "a:2")]
    for regime in Regime:
        assert derive(Facts.from_links(links), regime) == []


def test_strength_and_confidence_of_a_chain_are_those_of_its_weakest_part() -> None:
    statements = [
        Statement("a:1", E, "b:1", 0.9, "agent:one", STRONG),
        Statement("b:1", R, "c:1", 0.7, "agent:two", MODERATE),
    ]
    inference = Inference(Facts.from_statements(statements), Regime.SSSOM)
    found = inference.between("c:1", "a:1")
    assert found is not None
    assert found.strength is MODERATE
    assert found.confidence is not None
    assert found.confidence.record() == {
        "lower": 0.6, "upper": 0.7, "product_if_independent": 0.63,
    }  # fmt: skip
    assert not found.needs_review


def test_an_unstated_confidence_leaves_a_chain_without_any() -> None:
    facts = Facts.from_links([("a:1", E, "b:1", 0.9), ("b:1", E, "c:1")])
    found = Inference(facts, Regime.SKOS).between("a:1", "c:1")
    assert found is not None
    assert found.confidence is None
    assert found.proof["weakest"] == 1


def test_the_surest_of_several_rows_for_a_link_is_cited() -> None:
    rows = [Statement("a:1", E, "b:1", sure, f"agent:{sure}") for sure in (0.5, 0.9, 0.7)]
    assert Facts.from_statements(rows).asserted[Link("a:1", E, "b:1")].confidence == 0.9


# --- practice ---------------------------------------------------------------------------------

_OLD, _NEW, _OTHER = "old:1", "new:1", "x:1"


def _world(*statements: Statement, denied: Iterable[tuple[str, str]] = (), **others: Any) -> Facts:
    negative = [Statement(a, R, b, 0.5, "agent:one", negated=True) for a, b in denied]
    return Facts.from_statements(
        statements, denied=negative, **{"revisions": {"new": "old"}, **others}
    )


def _edition(relation: Relation, strength: Strength, change: str = "reworded") -> Statement:
    return Statement(_OLD, relation, _NEW, 0.9, "agent:one", strength, change=change)


def _aligned(subject: str, relation: Relation, object_: str, strength: Strength) -> Statement:
    return Statement(subject, relation, object_, 0.7, "agent:two", strength)


def _found(facts: Facts) -> dict[Link, Strength | None]:
    return {found.link: found.strength for found in derive(facts, Regime.PRACTICE)}


@pytest.mark.parametrize(
    ("edition", "survives", "relation", "strength", "expected"),
    [
        (C, STRONG, C, STRONG, (R, MODERATE)),
        (C, STRONG, B, MODERATE, (R, WEAK)),
        (C, STRONG, R, WEAK, (R, WEAK)),
        (C, WEAK, R, STRONG, (R, WEAK)),
        (B, STRONG, C, STRONG, (R, WEAK)),
        (N, STRONG, C, STRONG, (R, WEAK)),
        (R, MODERATE, R, STRONG, (R, WEAK)),
    ],
)
def test_lineage_weakens_by_how_much_the_text_changed(
    edition: Relation,
    survives: Strength,
    relation: Relation,
    strength: Strength,
    expected: tuple[Relation, Strength],
) -> None:
    facts = _world(_edition(edition, survives), _aligned(_NEW, relation, _OTHER, strength))
    assert _found(facts) == {Link(_OLD, expected[0], _OTHER): expected[1]}


def test_what_the_chaining_rules_give_comes_before_lineage() -> None:
    found = _found(_world(_edition(C, STRONG), _aligned(_NEW, E, _OTHER, MODERATE)))
    assert found == {Link(_NEW, C, _OTHER): MODERATE, Link(_OLD, C, _OTHER): MODERATE}
    assert LINEAGE[C, E] == (C, 1)


def test_lineage_also_hands_the_older_alignments_to_the_newer_statement() -> None:
    facts = _world(_edition(C, STRONG), _aligned(_OTHER, B, _OLD, STRONG))
    assert _found(facts) == {Link(_OTHER, R, _NEW): MODERATE}


def test_an_edition_link_counts_whichever_way_round_it_is_written() -> None:
    turned = Statement(_NEW, N, _OLD, 0.9, "agent:one", STRONG, change="merged")
    facts = _world(turned, _aligned(_NEW, C, _OTHER, STRONG))
    assert facts.editions[0][:3] == (_OLD, _NEW, B)
    assert _found(facts) == {Link(_OLD, R, _OTHER): WEAK}


@pytest.mark.parametrize(
    ("change", "hands_on"),
    [
        ("dropped as behavior", False),
        ("dropped as behavior; part moved", True),
        ("replaced", True),
        ("", True),
    ],
)
def test_a_statement_that_was_only_dropped_hands_nothing_on(change: str, hands_on: bool) -> None:
    facts = _world(_edition(R, WEAK, change), _aligned(_NEW, C, _OTHER, STRONG))
    assert bool(_found(facts)) is hands_on


def test_lineage_is_one_step_and_not_a_way_through_three_editions() -> None:
    facts = _world(
        _edition(C, STRONG),
        Statement(_NEW, C, "newest:1", 0.9, "agent:one", STRONG, change="reworded"),
        _aligned("newest:1", R, _OTHER, STRONG),
        revisions={"new": "old", "newest": "new"},
    )
    found = _found(facts)
    assert Link(_NEW, R, _OTHER) in found
    assert not any({_OLD, _OTHER} == {link.subject_id, link.object_id} for link in found)


_TREE: dict[str, Any] = {
    "parents": {"p:1.a": "p:1", "p:1": "p:D", "q:1.a": "q:1", "q:1.x": "q:1"},
    "levels": {
        "p:1.a": "behavior", "p:1": "competency", "p:D": "domain",
        "q:1.a": "behavior", "q:1": "competency", "q:1.x": "activity",
    },
}  # fmt: skip


def test_roll_up_climbs_either_end_and_weakens_at_each_level() -> None:
    facts = Facts.from_statements([_aligned("p:1.a", C, "q:1.a", STRONG)], **_TREE)
    assert _found(facts) == {
        Link("p:1", R, "q:1.a"): MODERATE,
        Link("p:1.a", R, "q:1"): MODERATE,
        Link("p:1", R, "q:1"): WEAK,
        Link("p:D", R, "q:1.a"): WEAK,
        Link("p:D", R, "q:1"): WEAK,
    }


def test_an_activity_rolls_up_to_nothing() -> None:
    facts = Facts.from_statements([_aligned("p:D", C, "q:1.x", STRONG)], **_TREE)
    assert _found(facts) == {}


def test_an_asserted_pair_gets_nothing_from_practice() -> None:
    behavior = _aligned("p:1.a", C, "q:1", STRONG)
    whole = _aligned("q:1", C, "p:1", WEAK)
    found = _found(Facts.from_statements([behavior, whole], **_TREE))
    assert set(found) == {Link("q:1", R, "p:D")} or set(found) == {Link("p:D", R, "q:1")}


def test_a_verdict_blocks_its_pair_and_what_would_be_built_upon_it() -> None:
    statements = [_aligned("p:1.a", C, "q:1", STRONG)]
    denied = [Statement("q:1", R, "p:1", 0.6, "agent:one", negated=True)]
    assert _found(Facts.from_statements(statements, denied=denied, **_TREE)) == {}


def test_a_verdict_speaks_for_the_other_edition_where_the_wording_is_close() -> None:
    levels = {"old:1": "competency", "old:1.a": "behavior", "x:1": "competency"}
    statements = [_edition(C, STRONG), _aligned("old:1.a", C, _OTHER, STRONG)]
    tree = {"levels": levels, "parents": {"old:1.a": "old:1"}}
    assert _found(_world(*statements, **tree)) == {Link(_OLD, R, _OTHER): MODERATE}
    assert _found(_world(*statements, **tree, denied=[(_NEW, _OTHER)])) == {}
    partly = [_edition(B, STRONG), statements[1]]
    assert Link(_OLD, R, _OTHER) in _found(_world(*partly, **tree, denied=[(_NEW, _OTHER)]))


def test_both_own_rules_only_ever_weaken() -> None:
    order = list(Strength)
    say = {E: 0, C: 1, B: 2, N: 2, R: 3}
    for (_, relation), (handed_on, _) in LINEAGE.items():
        assert say[handed_on] >= say[relation]
    assert set(LINEAGE) == set(product(Relation, repeat=2))
    assert all(LINEAGE[e, INVERSE[r]][0] is INVERSE[LINEAGE[e, r][0]] for e, r in LINEAGE)
    for strength, lower in LOWERED.items():
        assert strength is None or lower is None or order.index(lower) >= order.index(strength)
    assert {("behavior", "competency"), ("competency", "domain")} == ROLL_UP


def test_on_the_real_data_every_link_of_practice_says_that_it_needs_review(
    catalogue: Catalogue,
) -> None:
    facts = Facts.of(catalogue)
    sssom = {found.link for found in derive(facts, Regime.SSSOM)}
    for found in derive(facts, Regime.PRACTICE):
        assert found.needs_review is (found.link not in sssom)
        assert found.link.pair not in facts.denied
        assert not found.needs_review or found.link.pair not in facts.aligned_pairs
        assert framework_of(found.link.subject_id) != framework_of(found.link.object_id)


def test_a_withdrawn_alignment_is_no_fact(catalogue: Catalogue) -> None:
    from dataclasses import replace

    first = next(a for a in catalogue.alignments.values() if a.aligned)
    withdrawn = {**catalogue.alignments, first.id: replace(first, status="withdrawn")}
    facts = Facts.of(replace(catalogue, alignments=withdrawn))
    assert first.id not in facts.by_id
    assert len(facts.asserted) == len(Facts.of(catalogue).asserted) - 1


def test_the_order_of_the_facts_changes_nothing(catalogue: Catalogue) -> None:
    facts = Facts.of(catalogue)
    turned = Facts.from_statements(
        reversed(list(facts.asserted.values())),
        denied=reversed(list(facts.verdicts.values())),
        parents=facts.parents,
        levels=facts.levels,
        revisions=facts.revisions,
    )
    for regime in Regime:
        assert _told(derive(facts, regime)) == _told(derive(turned, regime))


def _told(found: list[Derived]) -> list[Any]:
    return [(one.link, one.strength, one.confidence, one.proof) for one in found]


def test_a_derived_alignment_is_a_record_like_any_other(catalogue: Catalogue) -> None:
    found = Inference(Facts.of(catalogue), Regime.PRACTICE).between("epas-2015:2", "isp-2020:1.3")
    assert found is not None
    alignment = found.as_alignment(catalogue)
    assert alignment.derived
    assert alignment.proof == found.proof
    assert (alignment.subject_id, alignment.relation, alignment.object_id) == found.link
    assert alignment.confidence == 0.6
    assert alignment.strength is MODERATE
    assert alignment.id not in catalogue.alignments
    assert alignment.evidence == ()


def test_one_derived_alignment_for_each_pair_that_has_none(catalogue: Catalogue) -> None:
    facts = Facts.of(catalogue)
    found = derived_alignments(catalogue, Regime.PRACTICE)
    pairs = [Link(a.subject_id, a.relation, a.object_id).pair for a in found]
    assert len(pairs) == len(set(pairs))
    assert not set(pairs) & (facts.aligned_pairs | facts.denied)
    assert {x.link.pair for x in derive(facts, Regime.PRACTICE)} - facts.aligned_pairs == set(pairs)
    assert len({a.id for a in found} | catalogue.alignments.keys()) == len(found) + len(
        catalogue.alignments
    )


def test_the_build_says_which_statement_replaced_which(
    catalogue: Catalogue, real_data: Path
) -> None:
    text = (real_data / "build/crosswalks/epas-2015--epas-2022.ttl").read_text(encoding="utf-8")
    rdf = Graph().parse(data=text, format="turtle")
    expand = catalogue.prefixes.expand
    replaced = {
        (URIRef(expand(edition.older)), URIRef(expand(edition.newer)))
        for edition in Facts.of(catalogue).editions
        if edition.hands_on
    }
    assert set(rdf.subject_objects(DCTERMS.isReplacedBy)) == replaced
    assert {(o, s) for s, o in rdf.subject_objects(PROV.wasRevisionOf)} == replaced
    assert len(replaced) < len(Facts.of(catalogue).editions)
