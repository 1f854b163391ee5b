"""A second opinion on proofs: replays one against the facts, sharing no code with the reasoner.

Facts are plain values: `alignments` (id to subject_id, relation, object_id, verdict, strength,
confidence, author, change), `parents` and `levels` of statements, and `revisions` (a framework
to the edition that it revises). The rules are written down here a second time, on purpose.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_TURNED: Final = {"exact": "exact", "close": "close", "related": "related", "broad": "narrow",
                  "narrow": "broad"}  # fmt: skip
_BY_REGIME: Final = {
    "skos": {"asserted", "inverse", "symmetry", "exact-within-close", "exact-chain"},
}
_BY_REGIME["sssom"] = _BY_REGIME["skos"] | {"exact-compose", "broad-chain", "narrow-chain"}
_BY_REGIME["practice"] = _BY_REGIME["sssom"] | {"edition", "tree", "lineage", "roll-up"}
_ROWS: Final = {"exact-chain", "exact-compose", "broad-chain", "narrow-chain"}
_OWN: Final = {"lineage", "roll-up"}
_UP: Final = {("behavior", "competency"), ("competency", "domain")}
_STRENGTHS: Final = ["strong", "moderate", "weak"]


class ProofError(Exception):
    """A proof does not hold; `step` is the number of the step to blame, `None` for the whole."""

    def __init__(self, message: str, step: int | None = None) -> None:
        super().__init__(f"step {step}: {message}" if step else message)
        self.step = step


def check_proof(proof: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
    """Replay every step of a proof.

    Raises
    ------
    ProofError
        At the first step that does not follow.
    """
    steps, regime = proof["steps"], proof["regime"]
    if regime not in _BY_REGIME:
        raise ProofError(f"there is no regime {regime!r}")
    strengths: list[str | None] = []
    used: set[int] = set()
    for number, step in enumerate(steps, start=1):
        premises, rule = step["premises"], step["rule"]
        if rule not in _BY_REGIME[regime]:
            raise ProofError(f"regime {regime} has no rule {rule!r}", number)
        if any(not 1 <= premise < number for premise in premises):
            raise ProofError("a premise is not an earlier step", number)
        used.update(premises)
        try:
            strength = _replay(step, [steps[premise - 1] for premise in premises],
                               [strengths[premise - 1] for premise in premises], facts)  # fmt: skip
        except ProofError as error:
            raise ProofError(str(error), number) from None
        if step.get("strength", strength) != strength:
            raise ProofError(f"its strength is {strength}, not {step['strength']}", number)
        strengths.append(strength)
    if not steps or steps[-1]["conclusion"] != proof["conclusion"]:
        raise ProofError("the last step is not the conclusion")
    if used != set(range(1, len(steps))):
        raise ProofError("a step leads nowhere")
    if _pair(proof["conclusion"]) in _denied(facts):
        raise ProofError("the conclusion was judged not aligned", len(steps))
    if proof["needs_review"] != any(step["rule"] in _OWN for step in steps):
        raise ProofError("needs_review is wrong")
    sure = [s["confidence"] for s in steps if s.get("confidence") is not None]
    weakest = proof["weakest"]
    if (weakest is None) != (not sure) or (sure and steps[weakest - 1]["confidence"] != min(sure)):
        raise ProofError("another step is the weakest")


def _replay(step: Mapping[str, Any], premises: Sequence[Mapping[str, Any]],
            strengths: Sequence[str | None], facts: Mapping[str, Any]) -> str | None:  # fmt: skip
    """Strength of the conclusion of one step, if it follows."""
    rule, ends = step["rule"], step["conclusion"]
    a, relation, b = ends["subject_id"], ends["relation"], ends["object_id"]
    before = [(p["conclusion"]["subject_id"], p["conclusion"]["relation"],
               p["conclusion"]["object_id"]) for p in premises]  # fmt: skip
    rules = [p["rule"] for p in premises]
    if rule == "tree":
        _need(not premises and relation == "part-of", "it is not a tree step")
        _need(facts["parents"].get(a) == b, f"{a} does not stand under {b}")
        return None
    if rule in ("asserted", "edition"):
        return _fact(step, (a, relation, b), facts)
    _need(a != b, "it links a statement to itself")
    if rule in ("inverse", "symmetry"):
        _need(before == [(b, _TURNED[relation], a)] and rules != ["edition"],
              "it is not its premise turned")  # fmt: skip
        _need((rule == "inverse") == (relation in ("broad", "narrow")), f"not by {rule}")
        return strengths[0]
    _need(not set(rules) & {"edition", "tree"} or rule in _OWN, "a premise is no link")
    if rule == "exact-within-close":
        _need(before == [(a, "exact", b)] and relation == "close", "exact is not given")
        return strengths[0]
    if rule in _ROWS:
        _need(not set(rules) & _OWN, "a row is made of alignments")
        _row(rule, before, (a, relation, b))
        return _least(strengths)
    denied = _denied(facts)
    _need(len(premises) == 2, "it needs a fact and a link")
    _need(_pair(ends) not in denied, "the pair was judged not aligned")
    _need(not any(_pair(f) == _pair(ends) and f["verdict"] == "aligned"
                  for f in facts["alignments"].values()), "the pair is aligned already")  # fmt: skip
    (lower, change, upper), link = before
    if rule == "roll-up":
        levels = facts["levels"].get(lower), facts["levels"].get(upper)
        _need(rules[0] == "tree" and levels in _UP, f"{levels} do not roll up")
        _need((a, b) in _moved(link, lower, upper), "it is not the premise one level up")
        _need(relation == "related", "roll-up gives related only")
        return _lower(strengths[1], 1)
    _need(rules[0] == "edition" and "dropped" != _kind(step=premises[0]), "nothing lives on")
    _need(not set(rules[1:]) & _OWN, "lineage comes first, and once")
    _need((a, b) in {*_moved(link, lower, upper), *_moved(link, upper, lower)},
          "it is not the premise in the other edition")  # fmt: skip
    given = link[1] if change == "exact" else "related"
    given = "close" if (change, link[1]) == ("close", "exact") else given
    _need(relation == given, f"lineage gives {given} here")
    loss = {"exact": 0, "close": 1}.get(change, 2)
    return _least([_lower(strengths[1], loss), strengths[0]])


def _fact(step: Mapping[str, Any], link: tuple[str, str, str], facts: Mapping[str, Any]) -> Any:
    fact = facts["alignments"].get(step["alignment"])
    _need(fact is not None and not step["premises"], f"there is no alignment {step['alignment']}")
    assert fact is not None
    stated = fact["subject_id"], fact["relation"], fact["object_id"]
    _need(fact["verdict"] == "aligned", f"alignment {step['alignment']} is negative")
    for name in ("author", "confidence", "strength"):
        _need(step[name] == fact[name], f"its {name} is {fact[name]}")
    if step["rule"] == "edition":
        older, newer = (end.partition(":")[0] for end in (link[0], link[2]))
        _need(facts["revisions"].get(newer) == older, f"{newer} does not revise {older}")
        _need(step.get("change") == fact["change"], f"the change is {fact['change']}")
        turned = stated[2], _TURNED[stated[1]], stated[0]
        _need(link in (stated, turned), "the alignment says otherwise")
    else:
        _need(link == stated, "the alignment says otherwise")
    return fact["strength"]


def _row(rule: str, row: Sequence[tuple[str, str, str]], link: tuple[str, str, str]) -> None:
    _need(len(row) > 1 and row[0][0] == link[0] and row[-1][2] == link[2], "its ends differ")
    _need(all(one[2] == two[0] for one, two in zip(row, row[1:], strict=False)), "it has a gap")
    others = [relation for _, relation, _ in row if relation != "exact"]
    _need((set(others) or {"exact"}) == {link[1]}, "related and close never chain")
    wanted = "exact-compose" if len(others) == 1 else f"{link[1]}-chain"
    _need(rule == wanted, f"it is no {rule}")


def _kind(step: Mapping[str, Any]) -> str:
    """What is left of a change that only drops."""
    kinds = [kind.strip() for kind in (step.get("change") or "").split(";")]
    return "dropped" if all(kind.startswith("dropped") for kind in kinds) else "lives on"


def _moved(link: tuple[str, str, str], end: str, to: str) -> set[tuple[str, str]]:
    ends = {(to, link[2])} if link[0] == end else set()
    return ends | ({(link[0], to)} if link[2] == end else set())


def _least(strengths: Sequence[str | None]) -> str | None:
    return None if None in strengths else max(strengths, key=_STRENGTHS.index)  # type: ignore[arg-type]


def _lower(strength: str | None, by: int) -> str | None:
    return strength and _STRENGTHS[min(_STRENGTHS.index(strength) + by, 2)]


def _pair(ends: Mapping[str, str]) -> frozenset[str]:
    return frozenset((ends["subject_id"], ends["object_id"]))


def _denied(facts: Mapping[str, Any]) -> set[frozenset[str]]:
    return {_pair(f) for f in facts["alignments"].values() if f["verdict"] == "not-aligned"}


def _need(holds: bool, message: str) -> None:
    if not holds:
        raise ProofError(message)
