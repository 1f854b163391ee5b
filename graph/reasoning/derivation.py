"""Derived links, each with the shortest proof that we can give for it."""

from __future__ import annotations

from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from graph.bounds import Bounds, chain
from graph.model import INVERSE, RELATION_ORDER, Alignment, Relation, Strength, Verdict
from graph.reasoning.chains import Chains
from graph.reasoning.facts import Edition, Facts, Link, collector_paused, unordered
from graph.reasoning.practice import Origin, TreeStep, from_row, practice, weakest_strength
from graph.rules import Regime, Rule, chained
from graph.terms import alignment_id, framework_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.catalogue import Catalogue
    from graph.reasoning.facts import Judged, Pair

Proof = dict[str, Any]

_ROW_RULES = {
    Relation.EXACT: Rule.EXACT_CHAIN,
    Relation.BROAD: Rule.BROAD_CHAIN,
    Relation.NARROW: Rule.NARROW_CHAIN,
}
#: Of whatever follows by rules (semapv).
JUSTIFICATION: Final = "semapv:LogicalReasoning"

_TURN_RULES = {Relation.BROAD: Rule.INVERSE, Relation.NARROW: Rule.INVERSE}


class Derived(NamedTuple):
    """A link that follows from facts by the rules of a regime.

    Light, because there may be hundreds of thousands: strength, confidence and proof are found
    when they are asked for.
    """

    link: Link
    regime: Regime
    inference: Inference

    @property
    def strength(self) -> Strength | None:
        """The weakest on the way, lowered by the rules; `None` if an alignment states none."""
        return self.inference.origin(self.link).strength

    @property
    def confidence(self) -> Bounds | None:
        """That every cited alignment holds; `None` if one of them states no confidence."""
        values = [judged.confidence for judged in self.inference.cited(self.link)]
        known = [value for value in values if value is not None]
        return chain(known) if len(known) == len(values) else None

    @property
    def needs_review(self) -> bool:
        """Whether it rests on a rule of this project's own."""
        return self.link.pair in self.inference.origins

    @property
    def proof(self) -> Proof:
        """Its proof as plain values; see `Inference.proof`."""
        return self.inference.proof(self.link)

    def as_alignment(self, catalogue: Catalogue) -> Alignment:
        """As a record like any other, marked as derived, with its proof.

        Confidence is the lower bound, which holds without any assumption. Aims and direction are
        those of the one cited alignment that is not between editions; none if several are cited.
        """
        subject, relation, object_ = self.link
        cited = [catalogue.alignments[judged.id] for judged in self.inference.cited(self.link)]
        others = [a for a in cited if a.change is None]
        only = others[0] if len(others) == 1 else None
        authors = sorted({a.author for a in cited})
        confidence = self.confidence
        return Alignment(
            id=derived_id(self.link, self.regime),
            subject_id=subject,
            subject_label=catalogue.competency(subject).title,
            relation=relation,
            object_id=object_,
            object_label=catalogue.competency(object_).title,
            verdict=Verdict.ALIGNED,
            strength=self.strength,
            confidence=confidence.lower if confidence else 0.0,
            rationale=self.inference.in_brief(self.link),
            direction=only.direction if only else None,
            aims=only.aims if only else (),
            evidence=(),
            status="proposed",
            author=authors[0] if len(authors) == 1 else "agent:project",
            date=max(a.date for a in cited),
            derived=True,
            proof=self.proof,
            justification=JUSTIFICATION,
        )

    def __repr__(self) -> str:
        subject, relation, object_ = self.link
        return f"<Derived {subject} {relation} {object_} under {self.regime}>"


def derived_id(link: Link, regime: Regime) -> str:
    """Stable id of a derived alignment; no asserted one has it."""
    subject, relation, object_ = link
    return alignment_id(subject, f"derived:{regime}", relation.predicate_id, object_)


def derive(facts: Facts, regime: Regime) -> list[Derived]:
    """Every new link between two frameworks, in the order of its ends.

    Each stands once, in the direction in which the two frameworks' alignments are written
    (alphabetical where there are none or both). A negative verdict blocks every link of its pair.
    An exact match comes with the close match that it implies.

    O(answer): 60,000 new exact matches from 97,000 alignments take about a second.
    """
    return Inference(facts, regime).derived()


def derived_alignments(catalogue: Catalogue, regime: Regime) -> list[Alignment]:
    """What a reader wants of `derive`: one alignment for each pair that has none, the best.

    In the order of `derive`. Of several relations of a pair the one that says most.
    """
    facts = Facts.of(catalogue)
    best: dict[Pair, Derived] = {}
    for derived in derive(facts, regime):
        pair = derived.link.pair
        if pair in facts.aligned_pairs:
            continue
        known = best.get(pair)
        if known is None or _says_more(derived.link, known.link):
            best[pair] = derived
    return [derived.as_alignment(catalogue) for derived in best.values()]


def _says_more(one: Link, other: Link) -> bool:
    return RELATION_ORDER[one.relation] < RELATION_ORDER[other.relation]


class Inference:
    """All that follows from some facts under one regime, found as far as it is asked for."""

    def __init__(self, facts: Facts, regime: Regime) -> None:
        self.facts = facts
        self.regime = regime
        self.chains = Chains(facts, regime)

    @cached_property
    def origins(self) -> dict[Pair, Origin]:
        """What lineage and roll-up give; empty but under `practice`."""
        return practice(self.facts, self.chains) if self.regime is Regime.PRACTICE else {}

    def derived(self) -> list[Derived]:
        """See `derive`."""
        with collector_paused():
            return self._derived()

    def _derived(self) -> list[Derived]:
        facts, regime = self.facts, self.regime
        framework = {end: framework_of(end) for s, _, o in facts.asserted for end in (s, o)}
        asserted = facts.asserted
        written = {(framework[s], framework[o]) for s, _, o in facts.asserted}
        turns: dict[tuple[str, str], bool] = {}
        aligned, denied = facts.aligned_pairs, facts.denied
        found = []
        for a, relation, b in self.chains.triples():
            ends = one, other = framework[a], framework[b]
            if one == other:
                continue
            pair = (a, b) if a <= b else (b, a)
            if pair in denied:
                continue
            if pair in aligned and (
                (a, relation, b) in asserted or (b, INVERSE[relation], a) in asserted
            ):
                continue
            turned = turns.get(ends)
            if turned is None:
                forth, back = ends in written, (other, one) in written
                turned = turns[ends] = back if forth != back else other < one
            link = Link(b, INVERSE[relation], a) if turned else Link(a, relation, b)
            found.append(Derived(link, regime, self))
        found += [Derived(origin.link, regime, self) for origin in self.origins.values()]
        found.sort(key=itemgetter(0))
        return found

    def between(self, a: str, b: str) -> Derived | None:
        """The best derived link of a pair; `None` if none follows or is allowed.

        The one that says most, exact before close before broad; chains, read from `a`, before
        practice.
        """
        if unordered(a, b) in self.facts.denied or a == b:
            return None
        for relation in Relation:
            link = Link(a, relation, b)
            if not self.chains.asserted(link) and self.chains.row(link):
                return Derived(link, self.regime, self)
        origin = self.origins.get(unordered(a, b))
        return Derived(origin.link, self.regime, self) if origin else None

    def origin(self, link: Link) -> Origin:
        """What a link comes from.

        Raises
        ------
        KeyError
            If it does not follow.
        """
        origin = self.origins.get(link.pair)
        if origin and link in (origin.link, origin.link.inverse):
            return origin
        return from_row(self.facts, self._row(link), link)

    def _row(self, link: Link) -> list[Link]:
        row = self.chains.row(link)
        if row is None:
            raise KeyError(f"{link} does not follow under {self.regime}")
        return row

    def cited(self, link: Link) -> list[Judged]:
        """The asserted alignments that a link rests on, in the order of its proof."""
        origin: Origin | None = self.origin(link)
        found: list[Judged] = []
        while origin is not None:
            if origin.premise is None:
                row = self._row(origin.link)
                found = [self.facts.judged(step) for step in row] + found
            elif isinstance(origin.cited, Edition):
                found.insert(0, self.facts.by_id[origin.cited.alignment])
            origin = origin.premise
        return list({judged.id: judged for judged in found}.values())

    def proof(self, link: Link) -> Proof:
        """How a link follows, in steps that `graph.proofs` can replay.

        Steps are numbered from 1; each premise is the number of an earlier step, each fact stands
        once, and the last step is the conclusion.
        """
        origin = self.origin(link)
        steps = _Steps(self.facts, self.regime)
        steps.origin(origin, self)
        if origin.link != link:
            steps.turn(len(steps.steps))
        facts = [step for step in steps.steps if step.get("confidence") is not None]
        weakest = min(facts, key=_confidence, default=None)
        return {
            "conclusion": _ends(link),
            "regime": self.regime.value,
            "steps": steps.steps,
            "weakest": steps.steps.index(weakest) + 1 if weakest else None,
            "needs_review": origin.premise is not None,
        }

    def in_brief(self, link: Link) -> str:
        """Rules and ids behind a link, in one line."""
        parts = []
        for step in self.proof(link)["steps"]:
            if step["rule"] == Rule.TREE:
                ends = step["conclusion"]
                parts.append(f"{ends['subject_id']} is part of {ends['object_id']}")
            elif "alignment" in step:
                ends = step["conclusion"]
                parts.append(f"{ends['subject_id']} {ends['relation']} {ends['object_id']}")
        rules = [s["rule"] for s in self.proof(link)["steps"] if s["premises"]]
        return f"Follows by {', '.join(dict.fromkeys(rules))} from: {'; '.join(parts)}."


def _confidence(step: dict[str, Any]) -> float:
    value: float = step["confidence"]
    return value


def _ends(link: Link) -> dict[str, str]:
    subject, relation, object_ = link
    return {"subject_id": subject, "relation": relation.value, "object_id": object_}


class _Steps:
    """A proof in the making."""

    def __init__(self, facts: Facts, regime: Regime) -> None:
        self.facts = facts
        self.regime = regime
        self.steps: list[dict[str, Any]] = []
        self._known: dict[Link, int] = {}

    def origin(self, origin: Origin, inference: Inference) -> int:
        """Write down what a link comes from; the number of its last step."""
        if origin.premise is None:
            return self.row(inference._row(origin.link), origin.link)
        strength = origin.strength.value if origin.strength else None
        if isinstance(origin.cited, Edition):
            fact = self._edition(origin.cited)
            premise = self.origin(origin.premise, inference)
        else:
            assert origin.cited is not None
            premise = self.origin(origin.premise, inference)
            fact = self._tree(origin.cited)
        return self._add(origin.rule, origin.link, [fact, premise], strength=strength)

    def row(self, row: Sequence[Link], link: Link) -> int:
        """A row of alignments, and what it amounts to."""
        numbers = [self._reading(step) for step in row]
        number, amounts_to = numbers[0], row[0].relation
        if len(row) > 1:
            relations = [step.relation for step in row]
            amount = chained(self.regime, relations)
            assert amount is not None  # rows are searched by the same table
            amounts_to = amount
            several = [r for r in relations if r is not Relation.EXACT]
            composed = len(several) == 1
            rule = Rule.EXACT_COMPOSE if composed else _ROW_RULES[amounts_to]
            whole = Link(link.subject_id, amounts_to, link.object_id)
            number = self._add(rule, whole, numbers, strength=self._least(numbers))
        if amounts_to is not link.relation:
            strength = self._least([number])
            number = self._add(Rule.EXACT_WITHIN_CLOSE, link, [number], strength=strength)
        return number

    def turn(self, number: int) -> int:
        """A step read from its other end."""
        ends = self.steps[number - 1]["conclusion"]
        link = Link(ends["subject_id"], Relation(ends["relation"]), ends["object_id"])
        rule = _TURN_RULES.get(link.relation, Rule.SYMMETRY)
        return self._add(rule, link.inverse, [number], strength=self._least([number]))

    def _least(self, numbers: Sequence[int]) -> str | None:
        given = (self.steps[number - 1]["strength"] for number in numbers)
        least = weakest_strength(Strength(s) if s else None for s in given)
        return least.value if least else None

    def _reading(self, link: Link) -> int:
        if link in self._known:
            return self._known[link]
        if link in self.facts.asserted:
            judged = self.facts.asserted[link]
            number = self._fact(Rule.ASSERTED, link, judged)
        else:
            number = self.turn(self._reading(link.inverse))
        self._known[link] = number
        return number

    def _edition(self, edition: Edition) -> int:
        link = Link(edition.older, edition.relation, edition.newer)
        return self._fact(Rule.EDITION, link, self.facts.by_id[edition.alignment])

    def _tree(self, step: TreeStep) -> int:
        ends = {"subject_id": step.child, "relation": "part-of", "object_id": step.parent}
        framework = framework_of(step.child)
        self.steps.append(
            {"rule": Rule.TREE.value, "premises": [], "conclusion": ends, "framework": framework}
        )
        return len(self.steps)

    def _fact(self, rule: Rule, link: Link, judged: Judged) -> int:
        strength = judged.strength.value if judged.strength else None
        return self._add(
            rule, link, [], alignment=judged.id, author=judged.author,
            confidence=judged.confidence, strength=strength, change=judged.change,
        )  # fmt: skip

    def _add(self, rule: Rule, link: Link, premises: list[int], **details: Any) -> int:
        self.steps.append(
            {"rule": rule.value, "premises": premises, "conclusion": _ends(link), **details}
        )
        return len(self.steps)
