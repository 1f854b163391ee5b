"""Why two statements are linked, or why nothing follows, in sentences."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from graph.bounds import Bounds, any_of
from graph.errors import NotFoundError, ParameterError
from graph.model import Relation
from graph.nearest import nearest
from graph.reasoning.derivation import Inference
from graph.reasoning.facts import Facts, Link, unordered
from graph.rules import SOURCES, Regime, Rule, chained

if TYPE_CHECKING:
    from graph.reasoning.derivation import Derived
    from graph.reasoning.facts import Judged

#: A link as a sentence: subject, these words, object.
WORDS: Final = {
    Relation.EXACT: "says the same as",
    Relation.CLOSE: "is close to",
    Relation.BROAD: "is contained in",
    Relation.NARROW: "contains",
    Relation.RELATED: "is related to",
}

_LICENSES: Final = {
    Regime.SKOS: "SKOS licenses only reading an alignment backwards, exact matches in a row "
    "(S45), and an exact match as a close one (S42)",
    Regime.SSSOM: "The SSSOM conventions let an exact match pass on any relation, and broad or "
    "narrow matches follow one another",
    Regime.PRACTICE: "Beyond that, practice only hands alignments on between editions, once, and "
    "rolls them up from behavior to competency and from competency to domain",
}

_MOST_PROOFS: Final = 5


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is known of a pair under a regime, and from what.

    Attributes
    ----------
    kind : str
        `asserted`, `not-aligned`, `derived` or `nothing`.
    sentences : tuple[str, ...]
        For people, in reading order; the first is the answer.
    alignments : tuple[str, ...]
        Ids of the judgments about this very pair: the asserted ones or the negative one.
    derived : Derived | None
        The best proof, for kind `derived` only.
    others : tuple[Derived, ...]
        Further proofs; no two proofs here cite the same alignment.
    together : Bounds | None
        What all the proofs together support, if there are several with known confidence.
    """

    subject_id: str
    object_id: str
    regime: Regime
    kind: str
    sentences: tuple[str, ...]
    alignments: tuple[str, ...] = ()
    derived: Derived | None = None
    others: tuple[Derived, ...] = ()
    together: Bounds | None = None

    def record(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "subject_id": self.subject_id,
            "object_id": self.object_id,
            "regime": self.regime.value,
            "kind": self.kind,
            "sentences": list(self.sentences),
            "alignments": list(self.alignments),
            "derived": _derived_record(self.derived) if self.derived else None,
            "others": [_derived_record(other) for other in self.others],
            "together": self.together.record() if self.together else None,
        }


def _derived_record(derived: Derived) -> dict[str, Any]:
    confidence = derived.confidence
    return {
        "relation": derived.link.relation.value,
        "strength": derived.strength.value if derived.strength else None,
        "confidence": confidence.record() if confidence else None,
        "needs_review": derived.needs_review,
        "proof": derived.proof,
    }


def explanation_text(explanation: Explanation) -> str:
    """The sentences, one a line."""
    return "\n".join(explanation.sentences)


def explain(facts: Facts, a: str, b: str, regime: Regime = Regime.PRACTICE) -> Explanation:
    """What links two statements under a regime and why, or why nothing does.

    An asserted alignment comes before all that could be derived, and a negative verdict forbids
    it; then the best derived link is proved, beside how many other proofs there are.

    Raises
    ------
    NotFoundError
        If no fact names one of the statements; with the nearest names.
    ParameterError
        If the two are one.
    """
    for key in (a, b):
        if key not in facts.statements:
            raise NotFoundError("competency", key, nearest(key, facts.statements))
    if a == b:
        raise ParameterError("B", b, "another statement than A")
    say, near = _Speaker(facts), facts.near(a, b)
    verdict = facts.verdicts.get(unordered(a, b))
    if verdict is not None:
        sentences = say.verdict(verdict, _despite(near, a, b, regime))
        return Explanation(a, b, regime, "not-aligned", sentences, (verdict.id,))
    known = [
        (link, facts.asserted[read])
        for relation in Relation
        for link in (Link(a, relation, b),)
        for read in (link, link.inverse)
        if read in facts.asserted
    ]
    if known:
        ids = tuple(dict.fromkeys(judged.id for _, judged in known))
        return Explanation(a, b, regime, "asserted", say.asserted(known), ids)
    proofs = _proofs(near, a, b, regime)
    if not proofs:
        return Explanation(a, b, regime, "nothing", say.nothing(a, b, regime))
    bounds = [proof.confidence for proof in proofs]
    sure = [bound for bound in bounds if bound is not None]
    together = any_of(sure) if len(sure) == len(proofs) > 1 else None
    sentences = say.derived(proofs, together)
    return Explanation(
        a, b, regime, "derived", sentences, (), proofs[0], tuple(proofs[1:]), together
    )


def _proofs(facts: Facts, a: str, b: str, regime: Regime) -> list[Derived]:
    """The best proof, then the best of what cites none of its alignments, and so on."""
    found: list[Derived] = []
    while len(found) < _MOST_PROOFS:
        inference = Inference(facts, regime)
        derived = inference.between(a, b)
        if derived is None:
            break
        found.append(derived)
        facts = facts.without(judged.id for judged in inference.cited(derived.link))
    return found


def _despite(facts: Facts, a: str, b: str, regime: Regime) -> Derived | None:
    """What would follow for a pair if it were not judged "not aligned"."""
    return Inference(facts.undecided(a, b), regime).between(a, b)


class _Speaker:
    """Puts facts and proofs into words."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    def name(self, key: str) -> str:
        """A statement as people know it."""
        title = self.facts.labels.get(key)
        return f"{key} ({title})" if title else key

    def link(self, link: Link) -> str:
        return f"{self.name(link.subject_id)} {WORDS[link.relation]} {self.name(link.object_id)}"

    def verdict(self, judged: Judged, despite: Derived | None) -> tuple[str, ...]:
        ends = f"{self.name(judged.subject_id)} and {self.name(judged.object_id)}"
        sentences = [f"{ends} were judged not aligned. {_said(judged)}"]
        if judged.rationale:
            sentences.append(f"Reason: {judged.rationale}")
        if despite is not None:
            relation = despite.link.relation
            sentences.append(
                f"The rules of {despite.regime} would otherwise give {relation!s}. "
                f"{despite.inference.in_brief(despite.link)} The verdict blocks this: what people "
                "judged of the pair itself outweighs what follows from other pairs."
            )
        return tuple(sentences)

    def asserted(self, known: list[tuple[Link, Judged]]) -> tuple[str, ...]:
        sentences = []
        for link, judged in known:
            sentences.append(f"{self.link(link)}{_strength(judged.strength)}. {_said(judged)}")
            if judged.rationale:
                sentences.append(f"Reason: {judged.rationale}")
        sentences.append("This was judged of the pair itself; nothing needs to be derived.")
        return tuple(sentences)

    def derived(self, proofs: list[Derived], together: Bounds | None) -> tuple[str, ...]:
        best = proofs[0]
        review = ", needs review" if best.needs_review else ""
        head = f"{self.link(best.link)}{_strength(best.strength)}: derived, regime {best.regime}"
        proof = best.proof
        sentences = [f"{head}{review}."]
        sentences += [
            f"{number}. {self._step(proof['steps'], step)}"
            for number, step in enumerate(proof["steps"], start=1)
        ]
        sentences += self._uncertain(best)
        if len(proofs) > 1:
            count = len(proofs) - 1
            more = "one more proof shares" if count == 1 else f"{count} more proofs share"
            at_least = " at least" if len(proofs) == _MOST_PROOFS else ""
            sentences.append(
                f"Other evidence:{at_least} {more} no cited alignment with this one or another."
                + (f" Together {_figures(together)}." if together else "")
            )
        return tuple(sentences)

    def _step(self, steps: list[dict[str, Any]], step: dict[str, Any]) -> str:
        ends, rule = step["conclusion"], Rule(step["rule"])
        if rule is Rule.TREE:
            child, parent = self.name(ends["subject_id"]), self.name(ends["object_id"])
            return f"Framework {step['framework']}: {child} is part of {parent}."
        link = Link(ends["subject_id"], Relation(ends["relation"]), ends["object_id"])
        if rule in (Rule.ASSERTED, Rule.EDITION):
            judged = self.facts.by_id[step["alignment"]]
            words = f"{self.link(link)}{_strength(judged.strength)}"
            if rule is Rule.ASSERTED:
                return f"Alignment: {words}. {_said(judged)}"
            change = f"; change: {judged.change}" if judged.change else ""
            between = f"{self.name(link.subject_id)} became {self.name(link.object_id)}"
            how = f"{link.relation}{_strength(judged.strength)}{change}"
            return f"Edition link: {between} ({how}). {_said(judged)}"
        premises = [steps[number - 1] for number in step["premises"]]
        reason = self._reason(rule, premises)
        numbers = _listed([str(number) for number in sorted(step["premises"])])
        short = f"{link.subject_id} {WORDS[link.relation]} {link.object_id}"
        strength = f", {step['strength']}" if step["strength"] else ""
        return f"From {numbers} by {rule} ({SOURCES[rule]}): {short}{strength}. {reason}"

    def _reason(self, rule: Rule, premises: list[dict[str, Any]]) -> str:
        if rule is Rule.LINEAGE:
            relation = premises[0]["conclusion"]["relation"]
            how = {
                "exact": "The wording is the same: relation and strength stand.",
                "close": "The wording changed: relation and strength fall by one where they can.",
            }.get(relation, "Only part of the text lives on: a weak relation remains.")
            cap = "The strength is at most that of the edition link."
            return f"A statement hands its alignments on to the other edition. {how} {cap}"
        return {
            Rule.ROLL_UP: "What a part is aligned with, the whole is related to, one strength "
            "lower.",
            Rule.INVERSE: "Broad read backwards is narrow.",
            Rule.SYMMETRY: "The relation is the same read backwards.",
            Rule.EXACT_WITHIN_CLOSE: "Every exact match is a close match.",
            Rule.EXACT_CHAIN: "Exact matches in a row are an exact match.",
            Rule.EXACT_COMPOSE: "An exact match passes the relation on.",
        }.get(rule, "Matches in one direction follow one another.")

    def _uncertain(self, derived: Derived) -> list[str]:
        proof, bounds = derived.proof, derived.confidence
        cited = derived.inference.cited(derived.link)
        sentences = []
        if bounds is None:
            sentences.append("Uncertain: a cited alignment states no confidence, so none follows.")
        elif len(cited) == 1:
            sentences.append(f"Uncertain: it is as sure as its one alignment, {bounds.lower:.2f}.")
        else:
            sentences.append(f"Uncertain: {_figures(bounds)}.")
        if proof["weakest"] is not None and len(cited) > 1:
            step = proof["steps"][proof["weakest"] - 1]
            sentences.append(
                f"Weakest step: {proof['weakest']}, with confidence {step['confidence']:.2f}."
            )
        if derived.needs_review:
            sentences.append(
                "Needs review: it rests on a rule of this project's own, which no standard backs."
            )
        return sentences

    def nothing(self, a: str, b: str, regime: Regime) -> tuple[str, ...]:
        sentences = [
            f"Nothing follows about {self.name(a)} and {self.name(b)} under regime {regime}, and "
            "nobody has judged the pair."
        ]
        row = _connection(self.facts, a, b)
        if row is None:
            sentences.append("No row of alignments connects them at all.")
        else:
            said = [f"{self.link(step)} ({step.relation})" for step in row]
            sentences.append(f"The shortest connection: {'; '.join(said)}.")
            sentences += self._break(row, regime)
        blocked = self.facts.near(a, b).echoes.get(unordered(a, b))
        if regime is Regime.PRACTICE and blocked is not None:
            ends = f"{blocked.subject_id} and {blocked.object_id}"
            sentences.append(
                f"{ends}, the same pair in another edition, were judged not aligned "
                f"[{blocked.id}], which blocks lineage and roll-up here."
            )
        for edition in self.facts.editions if regime is Regime.PRACTICE else ():
            if not edition.hands_on and edition.older in (a, b):
                sentences.append(
                    f"{edition.older} was dropped ({edition.change}): no statement of the newer "
                    "edition stands in its place, so that no alignment is handed on."
                )
        sentences += [f"{_LICENSES[level]}." for level in _up_to(regime)]
        for further in Regime:
            if further in _up_to(regime):
                continue
            derived = Inference(self.facts.near(a, b), further).between(a, b)
            if derived is not None:
                review = "; it needs review" if derived.needs_review else ""
                sentences.append(
                    f"Regime {further} does give a link: {derived.link.relation}{review}."
                )
                break
        return tuple(sentences)

    def _break(self, row: list[Link], regime: Regime) -> list[str]:
        """The first place where a row of alignments stops amounting to anything."""
        for end in range(2, len(row) + 1):
            if chained(regime, [step.relation for step in row[:end]]) is None:
                one, two = row[end - 2].relation, row[end - 1].relation
                at = row[end - 1].subject_id
                chain = "close and related never chain"
                why = f": {chain}" if {one, two} & {Relation.CLOSE, Relation.RELATED} else ""
                return [f"It breaks at {at}: {one} followed by {two} supports no conclusion{why}."]
        return []


def _up_to(regime: Regime) -> list[Regime]:
    """The regimes that a regime holds, itself last."""
    regimes = list(Regime)
    return regimes[: regimes.index(regime) + 1]


def _said(judged: Judged) -> str:
    author = f"by {judged.author}" if judged.author else "by nobody named"
    sure = "no confidence stated" if judged.confidence is None else f"{judged.confidence:.2f} sure"
    return f"Judged {author}, {sure} [{judged.id}]."


def _strength(strength: str | None) -> str:
    return f", {strength}" if strength else ""


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _figures(bounds: Bounds) -> str:
    """Bounds in words, each figure with what it assumes."""
    text = f"between {bounds.lower:.2f} and {bounds.upper:.2f}, whatever the judgments have to "
    text += "do with each other"
    if bounds.product is not None:
        text += f"; {bounds.product:.2f} if they are independent (product)"
    if bounds.noisy_or is not None:
        text += f"; {bounds.noisy_or:.2f} if the proofs are independent (noisy-or)"
    return text


def _connection(facts: Facts, a: str, b: str) -> list[Link] | None:
    """The shortest row of alignments of any relation from one statement to another."""
    before: dict[str, Link | None] = {a: None}
    waiting = deque([a])
    while waiting and b not in before:
        for link in facts.around(waiting.popleft()):
            if link.object_id not in before:
                before[link.object_id] = link
                waiting.append(link.object_id)
    if b not in before:
        return None
    row: list[Link] = []
    step = before[b]
    while step is not None:
        row.insert(0, step)
        step = before[step.subject_id]
    return row
