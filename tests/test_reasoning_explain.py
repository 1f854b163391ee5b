"""A link explained in sentences, or why nothing follows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from graph.cli import Session
from graph.cli_reason import explain as command
from graph.errors import NotFoundError, ParameterError
from graph.model import Relation
from graph.proofs import check_proof
from graph.reasoning import Facts, Regime, Statement, derive, explain, explanation_text

if TYPE_CHECKING:
    from graph.catalogue import Catalogue

OLD, NEW, ISP = "epas-2015:2", "epas-2022:3", "isp-2020:1.3"


@pytest.fixture(scope="session")
def facts(catalogue: Catalogue) -> Facts:
    return Facts.of(catalogue)


def test_an_older_competency_is_joined_to_isp_by_lineage(facts: Facts) -> None:
    explanation = explain(facts, OLD, ISP, Regime.PRACTICE)
    assert explanation.kind == "derived"
    head, edition, alignment, rule, uncertain, weakest, review, *others = explanation.sentences
    assert head.startswith(f"{OLD} (Engage Diversity")
    assert head.endswith(", moderate: derived, regime practice, needs review.")
    assert edition.startswith(f"1. Edition link: {OLD} (")
    assert f"became {NEW} (" in edition
    assert alignment.startswith(f"2. Alignment: {NEW} (")
    assert rule.startswith("3. From 1 and 2 by lineage (this project):")
    assert uncertain == (
        "Uncertain: between 0.60 and 0.70, whatever the judgments have to do with each other; "
        "0.63 if they are independent (product)."
    )
    assert weakest == "Weakest step: 2, with confidence 0.70."
    assert review.startswith("Needs review:")
    assert others[0].startswith("Other evidence: 2 more proofs share no cited alignment")


def test_under_skos_nothing_follows_and_it_says_why(facts: Facts) -> None:
    explanation = explain(facts, OLD, ISP, Regime.SKOS)
    assert explanation.kind == "nothing"
    text = explanation_text(explanation)
    assert "Nothing follows" in text
    assert "close followed by related supports no conclusion" in text
    assert "close and related never chain" in text
    assert "SKOS licenses only" in text
    assert "Regime practice does give a link: related; it needs review." in text
    assert "SSSOM conventions" not in text


def test_a_negative_verdict_is_given_with_its_reason(facts: Facts) -> None:
    explanation = explain(facts, "epas-2022:9", ISP, Regime.PRACTICE)
    verdict = facts.verdicts["epas-2022:9", ISP]
    assert explanation.kind == "not-aligned"
    assert explanation.alignments == (verdict.id,)
    assert "were judged not aligned" in explanation.sentences[0]
    assert explanation.sentences[1] == f"Reason: {verdict.rationale}"


def test_a_blocked_link_is_reported_beside_the_verdict_that_blocks_it() -> None:
    links = [("a:1", "exact", "b:1", 0.9), ("b:1", "exact", "c:1", 0.9)]
    facts = Facts.from_links(links, denied=[("c:1", "a:1")])
    explanation = explain(facts, "a:1", "c:1", Regime.SKOS)
    assert explanation.kind == "not-aligned"
    assert explanation.sentences[-1].startswith("The rules of skos would otherwise give exact.")
    assert "b:1 exact c:1" in explanation.sentences[-1]


def test_an_asserted_alignment_needs_no_proof_and_reads_from_either_end(facts: Facts) -> None:
    there, back = explain(facts, NEW, ISP), explain(facts, ISP, NEW)
    assert there.kind == back.kind == "asserted"
    assert there.alignments == back.alignments
    assert there.derived is None
    assert back.sentences[0].startswith(ISP)


def test_a_dropped_statement_and_a_verdict_in_another_edition_are_named(facts: Facts) -> None:
    dropped = explanation_text(explain(facts, "epas-2015:4.a", ISP))
    assert "epas-2015:4.a was dropped (dropped as behavior)" in dropped
    blocked = explanation_text(explain(facts, "epas-2015:6", ISP))
    assert "the same pair in another edition, were judged not aligned" in blocked


def test_statements_that_nothing_connects(facts: Facts) -> None:
    text = explanation_text(explain(facts, "gis:D1", "isp-2020:D1", Regime.SSSOM))
    assert "No row of alignments connects them at all." in text


def test_several_proofs_share_no_alignment_and_are_weighed_together() -> None:
    links = [("a:1", "exact", f"{x}:1", 0.6) for x in "bc"]
    links += [(f"{x}:1", "exact", "d:1", 0.9) for x in "bc"]
    explanation = explain(Facts.from_links(links), "a:1", "d:1", Regime.SKOS)
    assert len(explanation.others) == 1
    assert explanation.together is not None
    assert explanation.together.record() == {
        "lower": 0.5,
        "upper": 1.0,
        "noisy_or_if_independent": pytest.approx(1 - 0.46**2),
    }
    assert "Together between 0.50 and 1.00" in explanation.sentences[-1]


def test_confidence_that_nobody_stated_is_not_invented() -> None:
    facts = Facts.from_statements(
        [Statement("a:1", Relation.EXACT, "b:1"), Statement("b:1", Relation.BROAD, "c:1", 0.5)]
    )
    explanation = explain(facts, "a:1", "c:1", Regime.SSSOM)
    assert "Uncertain: a cited alignment states no confidence, so none follows." in (
        explanation.sentences
    )
    record = explanation.record()
    assert record["derived"]["confidence"] is None
    assert record["together"] is None


def test_every_derived_link_of_the_real_data_is_explained(facts: Facts) -> None:
    raw = facts.raw()
    for derived in derive(facts, Regime.PRACTICE):
        a, relation, b = derived.link
        explanation = explain(facts, a, b, Regime.PRACTICE)
        if explanation.kind == "asserted":
            continue  # a close match within an exact one
        assert explanation.kind == "derived"
        assert explanation.derived is not None
        assert explanation.derived.link.relation is relation
        json.dumps(explanation.record())
        for proof in (explanation.derived, *explanation.others):
            check_proof(proof.proof, raw)


def test_an_unknown_name_and_a_pair_of_one_are_refused(facts: Facts) -> None:
    with pytest.raises(NotFoundError, match="did you mean epas-2015:2"):
        explain(facts, "epas-2015:2x", ISP)
    with pytest.raises(ParameterError, match="another statement than A"):
        explain(facts, ISP, ISP)


def test_the_command_prints_the_proof_and_the_record() -> None:
    runner, session = CliRunner(), Session(None)
    answer = runner.invoke(command, [OLD, ISP], obj=session)
    assert answer.exit_code == 0
    assert "by lineage (this project)" in " ".join(answer.output.split())
    answer = runner.invoke(command, [OLD, ISP, "--regime", "skos", "--json"], obj=session)
    record = json.loads(answer.output)
    assert record["kind"] == "nothing"
    assert record["release"] == session.catalogue.release
    assert "Example: crosswalk explain" in runner.invoke(command, ["--help"]).output
