"""The checker accepts what the reasoner proves, and nothing that was tampered with."""

from __future__ import annotations

import ast
import csv
import sys
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import graph.proofs
from graph.model import Relation, Strength
from graph.proofs import ProofError, check_proof
from graph.reasoning import Facts, Inference, Regime, Statement, derive

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.catalogue import Catalogue

Record = dict[str, Any]


def _rows(path: Path) -> list[dict[str, str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    table = (line for line in lines if not line.startswith("#"))
    return list(csv.DictReader(table, delimiter="\t"))


def _raw(data: Path, ids: dict[tuple[str, ...], str]) -> Record:
    """Facts for the checker from the tables themselves, past all our readers."""
    frameworks = _rows(data / "frameworks.tsv")
    statements = [row for path in (data / "frameworks").glob("*.tsv") for row in _rows(path)]
    alignments = {}
    for path in (data / "crosswalks").glob("*.sssom.tsv"):
        for row in _rows(path):
            ends = row["subject_id"], row["predicate_id"], row["object_id"]
            alignments[ids[ends]] = {
                "subject_id": row["subject_id"],
                "relation": row["predicate_id"].removeprefix("skos:").removesuffix("Match"),
                "object_id": row["object_id"],
                "verdict": "not-aligned" if row["predicate_modifier"] else "aligned",
                "strength": row["ext_strength"] or None,
                "confidence": float(row["confidence"]),
                "author": row["author_id"],
                "change": row["ext_change"] or None,
            }
    return {
        "alignments": alignments,
        "parents": {row["id"]: row["parent"] for row in statements if row["parent"]},
        "levels": {row["id"]: row["level"] for row in statements},
        "revisions": {row["id"]: row["revision_of"] for row in frameworks if row["revision_of"]},
    }


@pytest.fixture(scope="session")
def raw(real_data: Path, catalogue: Catalogue) -> Record:
    ids = {
        (a.subject_id, a.relation.predicate_id, a.object_id): a.id
        for a in catalogue.alignments.values()
    }
    return _raw(real_data, ids)


def _refused(proof: Record, facts: Record) -> bool:
    try:
        check_proof(proof, facts)
    except ProofError:
        return True
    return False


def _without(facts: Record, step: Record) -> Record:
    """The facts without the one that a step cites."""
    if step["rule"] == "tree":
        child = step["conclusion"]["subject_id"]
        return {**facts, "parents": {k: v for k, v in facts["parents"].items() if k != child}}
    kept = {k: v for k, v in facts["alignments"].items() if k != step["alignment"]}
    return {**facts, "alignments": kept}


def _rests_on_every_fact(proof: Record, facts: Record) -> bool:
    cited = [step for step in proof["steps"] if not step["premises"]]
    return bool(cited) and all(_refused(proof, _without(facts, step)) for step in cited)


@pytest.mark.parametrize("regime", Regime)
def test_every_proof_of_the_real_data_holds_and_rests_on_each_link_it_cites(
    catalogue: Catalogue, raw: Record, regime: Regime
) -> None:
    found = derive(Facts.of(catalogue), regime)
    assert found
    for derived in found:
        check_proof(derived.proof, raw)
        assert _rests_on_every_fact(derived.proof, raw)


def test_the_facts_of_the_catalogue_are_those_of_the_tables(
    catalogue: Catalogue, raw: Record
) -> None:
    assert Facts.of(catalogue).raw() == raw


# --- generated graphs -------------------------------------------------------------------------

_FRAMEWORKS = ("old", "new", "p", "q")
_IDS = [f"{f}:{code}" for f in _FRAMEWORKS for code in ("D", "1", "1.a", "2")]
_TREE: Record = {
    "parents": {f"{f}:{low}": f"{f}:{up}" for f in _FRAMEWORKS
                for low, up in (("1", "D"), ("1.a", "1"), ("2", "D"))},
    "levels": {f"{f}:{code}": level for f in _FRAMEWORKS
               for code, level in (("D", "domain"), ("1", "competency"), ("1.a", "behavior"),
                                   ("2", "competency"))},
    "revisions": {"new": "old"},
}  # fmt: skip

_statements = st.builds(
    Statement,
    st.sampled_from(_IDS),
    st.sampled_from([*Relation, Relation.EXACT]),
    st.sampled_from(_IDS),
    st.sampled_from([None, 0.3, 0.5, 0.7, 0.9]),
    st.sampled_from(["agent:one", "agent:two"]),
    st.sampled_from([*Strength, None]),
    rationale=st.just(""),
    change=st.sampled_from([None, "reworded", "dropped as behavior", "dropped; part moved"]),
    negated=st.just(False),
)


@st.composite
def _worlds(draw: st.DrawFn) -> Facts:
    aligned = draw(st.lists(_statements, max_size=12))
    denied = draw(st.lists(_statements, max_size=3))
    negative = [s._replace(negated=True, strength=None, change=None) for s in denied]
    return Facts.from_statements(aligned, denied=negative, **_TREE)


@settings(max_examples=150, deadline=None)
@given(_worlds(), st.sampled_from(Regime))
def test_every_proof_of_a_generated_graph_holds_and_rests_on_each_link_it_cites(
    facts: Facts, regime: Regime
) -> None:
    raw = facts.raw()
    for derived in derive(facts, regime):
        proof = derived.proof
        check_proof(proof, raw)
        assert _rests_on_every_fact(proof, raw)
        assert proof["needs_review"] is derived.needs_review
        last = proof["steps"][-1]
        assert last["strength"] == (derived.strength.value if derived.strength else None)


@settings(max_examples=100, deadline=None)
@given(_worlds(), st.sampled_from(Regime))
def test_a_link_follows_from_the_facts_that_its_proof_cites_alone(
    facts: Facts, regime: Regime
) -> None:
    for derived in derive(facts, regime):
        inference = derived.inference
        cited = {judged.id for judged in inference.cited(derived.link)}
        alone = facts.without(facts.by_id.keys() - cited)
        again = Inference(alone, regime)
        links = {found.link for found in again.derived()}
        assert {derived.link, derived.link.inverse} & links
        assert again.origin(derived.link).size == inference.origin(derived.link).size


@settings(max_examples=100, deadline=None)
@given(_worlds(), st.sampled_from(Regime))
def test_the_facts_near_a_pair_prove_the_same_of_it(facts: Facts, regime: Regime) -> None:
    inference = Inference(facts, regime)
    for derived in inference.derived():
        a, _, b = derived.link
        whole = inference.between(a, b)
        near = Inference(facts.near(a, b), regime).between(a, b)
        assert (whole is None) == (near is None)
        if whole and near:
            assert whole.proof == near.proof


# --- tampering --------------------------------------------------------------------------------


@pytest.fixture
def proof(catalogue: Catalogue) -> Record:
    """Lineage, then roll-up: edition, alignment, lineage, tree, roll-up."""
    found = Inference(Facts.of(catalogue), Regime.PRACTICE).between("epas-2015:6", "isp-2020:D1")
    assert found is not None
    made = deepcopy(found.proof)
    rules = [step["rule"] for step in made["steps"]]
    assert rules == ["edition", "asserted", "lineage", "tree", "roll-up"]
    return made


def _set(*path: Any, to: Any) -> Callable[[Record], None]:
    def tamper(proof: Record) -> None:
        at: Any = proof
        for key in path[:-1]:
            at = at[key]
        assert at[path[-1]] != to
        at[path[-1]] = to

    return tamper


def _conclude(key: str, to: str) -> Callable[[Record], None]:
    def tamper(proof: Record) -> None:
        proof["conclusion"][key] = proof["steps"][-1]["conclusion"][key] = to

    return tamper


_TAMPERED: dict[str, tuple[Callable[[Record], None], str]] = {
    "a stronger relation": (_conclude("relation", "close"), "step 5: it is not one level up"),
    "another end": (_conclude("object_id", "isp-2020:D2"), "step 5: it is not one level up"),
    "another conclusion": (_set("conclusion", "relation", to="exact"), "ends with another link"),
    "a regime of less": (_set("regime", to="sssom"), "step 1: no rule edition in sssom"),
    "an unknown regime": (_set("regime", to="wishful"), "step 1: no rule edition in wishful"),
    "an unknown rule": (_set("steps", 2, "rule", to="guess"), "step 3: no rule guess"),
    "more strength": (_set("steps", 2, "strength", to="strong"), "step 3: its strength is weak"),
    "more confidence": (_set("steps", 1, "confidence", to=0.99), "step 2: its confidence is"),
    "another author": (_set("steps", 1, "author", to="agent:me"), "step 2: its author is"),
    "another change": (_set("steps", 0, "change", to="unchanged"), "step 1: its change is"),
    "no such alignment": (_set("steps", 1, "alignment", to="0" * 16), "step 2: alignment 0"),
    "another reading": (_set("steps", 1, "conclusion", "relation", to="exact"), "step 2: the al"),
    "a later premise": (_set("steps", 2, "premises", to=[1, 4]), "step 3: a premise is no earlier"),
    "itself as premise": (_set("steps", 2, "premises", to=[1, 3]), "step 3: a premise is no earl"),
    "turned premises": (_set("steps", 2, "premises", to=[2, 1]), "step 3: it needs a fact and"),
    "a premise twice": (_set("steps", 2, "premises", to=[1, 1]), "step 3: it needs a fact and"),
    "lineage for roll-up": (_set("steps", 4, "rule", to="lineage"), "step 5: nothing is handed"),
    "roll-up for lineage": (_set("steps", 2, "rule", to="roll-up"), "step 3: .* does not roll up"),
    "a tree of its own": (_set("steps", 3, "conclusion", "subject_id", to="isp-2020:2.1"),
                          "step 4: isp-2020:2.1 is no part of isp-2020:D1"),
    "a hidden review": (_set("needs_review", to=False), "needs_review is wrong"),
    "another weakest": (_set("weakest", to=1), "another step is the weakest"),
    "no weakest": (_set("weakest", to=None), "another step is the weakest"),
    "a step too many": (lambda p: p["steps"].insert(0, deepcopy(p["steps"][1])), "step 4"),
    "a step too few": (lambda p: p["steps"].pop(), "it ends with another link"),
    "no steps": (lambda p: p["steps"].clear(), "it ends with another link"),
}  # fmt: skip


@pytest.mark.parametrize("name", _TAMPERED)
def test_a_tampered_proof_is_refused_by_name(name: str, proof: Record, raw: Record) -> None:
    check_proof(proof, raw)
    tamper, message = _TAMPERED[name]
    tamper(proof)
    with pytest.raises(ProofError, match=message):
        check_proof(proof, raw)


def test_a_step_that_leads_nowhere_is_refused(proof: Record, raw: Record) -> None:
    proof["steps"].insert(4, deepcopy(proof["steps"][3]))
    with pytest.raises(ProofError, match="a step leads nowhere"):
        check_proof(proof, raw)


def _judge(raw: Record, a: str, b: str, verdict: str) -> Record:
    judged = {
        "subject_id": b, "relation": "related", "object_id": a, "verdict": verdict,
        "strength": None, "confidence": 0.5, "author": "agent:one", "change": None,
    }  # fmt: skip
    return {**raw, "alignments": {**raw["alignments"], "f" * 16: judged}}


@pytest.mark.parametrize(
    ("a", "b", "verdict", "message"),
    [
        ("epas-2015:6", "isp-2020:D1", "not-aligned", "step 5: the pair was judged not aligned"),
        ("epas-2015:6", "isp-2020:1.1", "not-aligned", "step 3: the pair was judged not aligned"),
        ("epas-2022:6", "isp-2020:D1", "not-aligned", "step 5: .* in another edition"),
        ("epas-2015:6", "isp-2020:D1", "aligned", "step 5: the pair is aligned already"),
    ],
)
def test_a_verdict_on_a_pair_refuses_what_was_proved_of_it(
    proof: Record, raw: Record, a: str, b: str, verdict: str, message: str
) -> None:
    with pytest.raises(ProofError, match=message):
        check_proof(proof, _judge(raw, a, b, verdict))


def test_a_dropped_statement_hands_nothing_on(proof: Record, raw: Record) -> None:
    cited = proof["steps"][0]["alignment"]
    dropped = {**raw["alignments"][cited], "change": "dropped as behavior"}
    proof["steps"][0]["change"] = "dropped as behavior"
    with pytest.raises(ProofError, match="step 3: nothing is handed on"):
        check_proof(proof, {**raw, "alignments": {**raw["alignments"], cited: dropped}})


_CHAIN = [("a:1", "close", "b:1"), ("b:1", "close", "c:1"), ("c:1", "exact", "d:1")]


def _chain_proof(rule: str, relation: str, *numbers: int, regime: str = "sssom") -> Record:
    facts = [
        {
            "rule": "asserted", "premises": [], "alignment": f"id{n}", "author": "agent:one",
            "confidence": 0.5, "strength": None, "change": None, "conclusion":
            dict(zip(("subject_id", "relation", "object_id"), _CHAIN[n], strict=True)),
        }
        for n in numbers
    ]  # fmt: skip
    ends = {
        "subject_id": _CHAIN[numbers[0]][0],
        "relation": relation,
        "object_id": _CHAIN[numbers[-1]][2],
    }
    premises = list(range(1, len(numbers) + 1))
    last = {"rule": rule, "premises": premises, "conclusion": ends, "strength": None}
    return {
        "conclusion": ends, "regime": regime, "steps": [*facts, last], "weakest": 1,
        "needs_review": False,
    }  # fmt: skip


def _chain_facts() -> Record:
    statements = [Statement(s, Relation(r), o, 0.5, "agent:one") for s, r, o in _CHAIN]
    raw = Facts.from_statements(statements).raw()
    renamed = {f"id{n}": fact for n, fact in enumerate(raw["alignments"].values())}
    return {**raw, "alignments": renamed}


@pytest.mark.parametrize(
    ("proof", "message"),
    [
        (_chain_proof("exact-compose", "close", 0, 1), "step 3: close and related never chain"),
        (_chain_proof("exact-chain", "exact", 0, 1), "step 3: the row does not amount to exact"),
        (_chain_proof("broad-chain", "broad", 0, 1), "step 3: the row does not amount to broad"),
        (_chain_proof("exact-compose", "close", 0, 2), "step 3: the row has a gap"),
        (_chain_proof("exact-compose", "close", 1, 2, regime="skos"), "no rule exact-compose"),
        (_chain_proof("exact-within-close", "exact", 0), "step 2: no exact match is given"),
        (_chain_proof("symmetry", "close", 0), "step 2: it is not its premise read backwards"),
    ],
)
def test_a_row_that_does_not_chain_is_refused(proof: Record, message: str) -> None:
    with pytest.raises(ProofError, match=message):
        check_proof(proof, _chain_facts())


def test_a_row_that_chains_is_accepted() -> None:
    check_proof(_chain_proof("exact-compose", "close", 1, 2), _chain_facts())
    check_proof(_chain_proof("exact-within-close", "close", 2), _chain_facts())


def test_the_checker_shares_no_code_with_the_reasoner() -> None:
    tree = ast.parse(Path(graph.proofs.__file__).read_text(encoding="utf-8"))
    modules = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or "."]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert modules <= sys.stdlib_module_names
