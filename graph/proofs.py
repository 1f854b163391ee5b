"""A second opinion on proofs: replays one against the facts, sharing no code with the reasoner.

Facts are plain values: `alignments` (id to subject_id, relation, object_id, verdict, strength,
confidence, author, change), `parents` and `levels` of statements, and `revisions` (a framework
to the edition that it revises). The rules are written down here a second time, on purpose.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Ends = tuple[str, str, str]

_TURNED: Final = {"broad": "narrow", "narrow": "broad"}
_SKOS: Final = {"asserted", "inverse", "symmetry", "exact-within-close", "exact-chain"}
_SSSOM: Final = _SKOS | {"exact-compose", "broad-chain", "narrow-chain"}
_PRACTICE: Final = _SSSOM | {"edition", "tree", "lineage", "roll-up"}
_RULES: Final = {"skos": _SKOS, "sssom": _SSSOM, "practice": _PRACTICE}
_OWN: Final = {"lineage", "roll-up"}
_UP: Final = {("behavior", "competency"), ("competency", "domain")}
_STRENGTHS: Final = ["strong", "moderate", "weak"]


class ProofError(Exception):
    """A proof does not hold; `step` is the number of the step to blame, `None` for the whole."""

    def __init__(self, message: str, step: int | None = None) -> None:
        super().__init__(f"step {step}: {message}" if step else message)
        self.step = step


def check_proof(proof: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
    """Replay every step of a proof. O(alignments), for the verdicts.

    Raises
    ------
    ProofError
        At the first step that does not follow.
    """
    steps, regime = proof["steps"], proof["regime"]
    strengths: list[str | None] = []
    for number, step in enumerate(steps, start=1):
        try:
            _need(step["rule"] in _RULES.get(regime, ()), f"no rule {step['rule']} in {regime}")
            _need(all(0 < p < number for p in step["premises"]), "a premise is no earlier step")
            premises = [steps[p - 1] for p in step["premises"]]
            strength = _replay(step, premises, [strengths[p - 1] for p in step["premises"]], facts)
            _need(step.get("strength") == strength, f"its strength is {strength}")
        except ProofError as error:
            raise ProofError(str(error), number) from None
        strengths.append(strength)
    _need(steps and steps[-1]["conclusion"] == proof["conclusion"], "it ends with another link")
    used = {premise for step in steps for premise in step["premises"]}
    _need(used == set(range(1, len(steps))), "a step leads nowhere")
    ends = _ends(steps[-1])
    _need(not _judged(facts, "not-aligned", ends[0], ends[2]), "the pair was judged not aligned")
    own = any(step["rule"] in _OWN for step in steps)
    _need(proof["needs_review"] == own, "needs_review is wrong")
    sure = [step["confidence"] for step in steps if step.get("confidence") is not None]
    named = [steps[proof["weakest"] - 1].get("confidence")] if proof["weakest"] else []
    _need(named == ([min(sure)] if sure else []), "another step is the weakest")


def _replay(
    step: Mapping[str, Any],
    premises: Sequence[Mapping[str, Any]],
    strengths: Sequence[str | None],
    facts: Mapping[str, Any],
) -> str | None:
    """Strength of what one step concludes; it must follow."""
    rule, ends = step["rule"], _ends(step)
    a, relation, b = ends
    before, rules = [_ends(premise) for premise in premises], [p["rule"] for p in premises]
    if rule == "tree":
        _need(facts["parents"].get(a) == b and relation == "part-of", f"{a} is no part of {b}")
        _need(not premises, "a fact has no premises")
        return None
    if rule in ("asserted", "edition"):
        _need(not premises, "a fact has no premises")
        return _stated(step, ends, facts)
    _need(a != b, "it links a statement to itself")
    if rule in _OWN:
        _need(len(premises) == 2 and rules[0] in ("tree", "edition"), "it needs a fact and a link")
        _need(rules[1] not in ("tree", "edition"), "it needs a fact and a link")
        _open(a, b, facts)
        return _own(rule, ends, premises, strengths, facts)
    _need(not {"edition", "tree"} & set(rules), "a premise is no alignment")
    if rule in ("inverse", "symmetry"):
        _need(before == [_turned(ends)], "it is not its premise read backwards")
        _need((rule == "inverse") == (relation in _TURNED), f"{relation} is not read so")
        return strengths[0]
    _need(not _OWN & set(rules), "a row is made of alignments")
    if rule == "exact-within-close":
        _need(before == [(a, "exact", b)] and relation == "close", "no exact match is given")
        return strengths[0]
    _need(len(before) > 1 and before[0][0] == a and before[-1][2] == b, "its ends differ")
    _need(all(one[2] == other[0] for one, other in pairwise(before)), "the row has a gap")
    others = [given for _, given, _ in before if given != "exact"]
    _need((set(others) or {"exact"}) == {relation}, f"the row does not amount to {relation}")
    wanted = "exact-compose" if len(others) == 1 else f"{relation}-chain"
    _need(rule == wanted, f"close and related never chain; this is no {rule}")
    return _least(strengths)


def _own(
    rule: str,
    ends: Ends,
    premises: Sequence[Mapping[str, Any]],
    strengths: Sequence[str | None],
    facts: Mapping[str, Any],
) -> str | None:
    """Lineage and roll-up: the second premise with one end moved along the first."""
    (one, change, other), link = _ends(premises[0]), _ends(premises[1])
    kind = premises[0]["rule"], facts["levels"].get(one), facts["levels"].get(other)
    if rule == "roll-up":
        _need(kind[0] == "tree" and kind[1:] in _UP, f"{kind} does not roll up")
        _need(ends in _moved(link, one, other, "related"), "it is not one level up, and related")
        return _lower(strengths[1], 1)
    _need(kind[0] == "edition" and _lives_on(premises[0]["change"]), "nothing is handed on")
    _need(premises[1]["rule"] not in _OWN, "lineage comes first, and once")
    reworded = "close" if (change, link[1]) == ("close", "exact") else "related"
    given = link[1] if change == "exact" else reworded
    there, back = _moved(link, one, other, given), _moved(link, other, one, given)
    _need(ends in there | back, f"it is not {given} in the other edition")
    return _least([_lower(strengths[1], {"exact": 0, "close": 1}.get(change, 2)), strengths[0]])


def _stated(step: Mapping[str, Any], ends: Ends, facts: Mapping[str, Any]) -> str | None:
    fact = facts["alignments"].get(step["alignment"], {"verdict": "missing"})
    _need(fact["verdict"] == "aligned", f"alignment {step['alignment']} is {fact['verdict']}")
    for name in ("author", "confidence", "strength", "change"):
        _need(step[name] == fact[name], f"its {name} is {fact[name]}")
    stated = _ends({"conclusion": fact})
    if step["rule"] == "edition":
        _need(_revision(ends[0], ends[2], facts), f"{ends[2]} does not revise {ends[0]}")
        stated = stated if stated == ends else _turned(stated)
    _need(stated == ends, "the alignment says otherwise")
    strength: str | None = fact["strength"]
    return strength


def _open(a: str, b: str, facts: Mapping[str, Any]) -> None:
    """That nobody has judged a pair, nor denied it in an edition of the same or close wording."""
    _need(not _judged(facts, "aligned", a, b), "the pair is aligned already")
    _need(not _judged(facts, "not-aligned", a, b), "the pair was judged not aligned")
    for fact in facts["alignments"].values():
        one, relation, other = _ends({"conclusion": fact})
        alike = fact["verdict"] == "aligned" and relation in ("exact", "close")
        if not alike or not _lives_on(fact["change"]) or not {one, other} & {a, b}:
            continue
        if not _revision(one, other, facts) and not _revision(other, one, facts):
            continue
        for here, there in ((one, other), (other, one)):
            rest = {a: b, b: a}.get(here, there)
            denied = rest != there and _judged(facts, "not-aligned", there, rest)
            _need(not denied, "the pair was judged not aligned in another edition")


def _judged(facts: Mapping[str, Any], verdict: str, a: str, b: str) -> bool:
    pairs = ({f["subject_id"], f["object_id"]} for f in facts["alignments"].values()
             if f["verdict"] == verdict)  # fmt: skip
    return {a, b} in pairs


def _revision(older: str, newer: str, facts: Mapping[str, Any]) -> bool:
    revised: str | None = facts["revisions"].get(newer.partition(":")[0])
    return revised == older.partition(":")[0]


def _lives_on(change: str | None) -> bool:
    return any(not kind.strip().startswith("dropped") for kind in (change or "").split(";"))


def _ends(step: Mapping[str, Any]) -> Ends:
    ends = step["conclusion"]
    return ends["subject_id"], ends["relation"], ends["object_id"]


def _turned(ends: Ends) -> Ends:
    return ends[2], _TURNED.get(ends[1], ends[1]), ends[0]


def _moved(link: Ends, end: str, to: str, relation: str) -> set[Ends]:
    a, _, b = link
    return {(to, relation, b)} if a == end else {(a, relation, to)} if b == end else set()


def _lower(strength: str | None, by: int) -> str | None:
    return strength and _STRENGTHS[min(_STRENGTHS.index(strength) + by, 2)]


def _least(strengths: Sequence[str | None]) -> str | None:
    known = [strength for strength in strengths if strength]
    return max(known, key=_STRENGTHS.index) if len(known) == len(strengths) else None


def _need(holds: object, message: str) -> None:
    if not holds:
        raise ProofError(message)
