"""What follows from alignments, as tables: each cell has its source, an empty cell no conclusion.

Three regimes, each holding all that the one before it holds. `skos` and `sssom` are other
people's rules. `practice` adds two of this project's own; they only ever weaken a link, and all
that rests on them needs review.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from graph.model import INVERSE, Relation, Strength

__all__ = [
    "CHAIN",
    "EXACT_WITHIN_CLOSE",
    "INVERSE",
    "LINEAGE",
    "LOWERED",
    "ROLL_UP",
    "ROLL_UP_RELATION",
    "SOURCES",
    "Regime",
    "Rule",
    "chained",
    "hands_on",
]


class Regime(StrEnum):
    """Which conclusions are allowed. Named in every answer that holds derived links."""

    SKOS = "skos"
    SSSOM = "sssom"
    PRACTICE = "practice"


class Rule(StrEnum):
    """How a step of a proof comes about: the first three are facts, the others conclude."""

    ASSERTED = "asserted"
    EDITION = "edition"
    TREE = "tree"
    INVERSE = "inverse"
    SYMMETRY = "symmetry"
    EXACT_WITHIN_CLOSE = "exact-within-close"
    EXACT_CHAIN = "exact-chain"
    EXACT_COMPOSE = "exact-compose"
    BROAD_CHAIN = "broad-chain"
    NARROW_CHAIN = "narrow-chain"
    LINEAGE = "lineage"
    ROLL_UP = "roll-up"


_E, _C, _B, _N, _R = Relation

#: Every exact match is a close match (SKOS Reference, S42).
EXACT_WITHIN_CLOSE: Final = {_E: _C}

#: What two alignments in a row amount to: the first's object is the second's subject.
#: `closeMatch` is left without transitivity on purpose (SKOS Reference, section 10.6.1).
CHAIN: Final[dict[Regime, dict[tuple[Relation, Relation], Relation]]] = {
    Regime.SKOS: {
        (_E, _E): _E,  # SKOS Reference, S45
    },
    Regime.SSSOM: {
        (_E, _E): _E,  # SKOS Reference, S45; SSSOM chaining rules, T1
        (_E, _C): _C,  # SSSOM chaining rules, RCE1
        (_E, _B): _B,  # SSSOM chaining rules, RCE1
        (_E, _N): _N,  # SSSOM chaining rules, RCE1
        (_E, _R): _R,  # SSSOM chaining rules, RCE1
        (_C, _E): _C,  # SSSOM chaining rules, RCE2
        (_B, _E): _B,  # SSSOM chaining rules, RCE2
        (_N, _E): _N,  # SSSOM chaining rules, RCE2
        (_R, _E): _R,  # SSSOM chaining rules, RCE2
        (_B, _B): _B,  # SSSOM chaining rules, T1
        (_N, _N): _N,  # SSSOM chaining rules, T1
    },
}
CHAIN[Regime.PRACTICE] = CHAIN[Regime.SSSOM]

#: A strength lowered by one. `weak` is the floor: whether it still holds is what a review is for.
LOWERED: Final[dict[Strength | None, Strength | None]] = {
    Strength.STRONG: Strength.MODERATE,
    Strength.MODERATE: Strength.WEAK,
    Strength.WEAK: Strength.WEAK,
    None: None,
}

#: Edition lineage: how the editions relate, how the one statement is aligned, what the other
#: edition's statement gets, and by how much the strength falls. It holds in both directions of
#: time. The strength is never above the edition link's own, which says how much of the older
#: statement survives. Source of every cell: this project.
LINEAGE: Final[dict[tuple[Relation, Relation], tuple[Relation, int]]] = {
    # The wording is the same: what holds of one edition holds of the other.
    (_E, _E): (_E, 0),
    (_E, _C): (_C, 0),
    (_E, _B): (_B, 0),
    (_E, _N): (_N, 0),
    (_E, _R): (_R, 0),
    # Reworded: one step weaker. Close, broad and narrow fall to related alike, because a
    # changed wording may have lost just what made the one contain the other.
    (_C, _E): (_C, 1),
    (_C, _C): (_R, 1),
    (_C, _B): (_R, 1),
    (_C, _N): (_R, 1),
    (_C, _R): (_R, 1),
    # Merged, split, moved or replaced: only some part lives on, and not a stated one.
    **{(change, relation): (_R, 2) for change in (_B, _N, _R) for relation in Relation},
}

#: Roll-up: levels of a statement and of the one above it where the upper one is related to what
#: the lower one is aligned with, one strength lower. Source of both cells: this project.
#: Activities, functions and principles support no conclusion about what stands above them.
ROLL_UP: Final = frozenset({("behavior", "competency"), ("competency", "domain")})
ROLL_UP_RELATION: Final = _R

#: Where each rule comes from, for people.
SOURCES: Final = {
    Rule.INVERSE: "SKOS Reference, S43",
    Rule.SYMMETRY: "SKOS Reference, S44",
    Rule.EXACT_WITHIN_CLOSE: "SKOS Reference, S42",
    Rule.EXACT_CHAIN: "SKOS Reference, S45",
    Rule.EXACT_COMPOSE: "SSSOM chaining rules, RCE1 and RCE2",
    Rule.BROAD_CHAIN: "SSSOM chaining rules, T1",
    Rule.NARROW_CHAIN: "SSSOM chaining rules, T1",
    Rule.LINEAGE: "this project",
    Rule.ROLL_UP: "this project",
}


def chained(regime: Regime, relations: list[Relation]) -> Relation | None:
    """What a row of alignments amounts to; `None` if it supports no conclusion.

    >>> print(chained(Regime.SSSOM, [Relation.EXACT, Relation.BROAD, Relation.BROAD]))
    broad
    >>> chained(Regime.SSSOM, [Relation.CLOSE, Relation.CLOSE]) is None
    True
    """
    found: Relation | None = relations[0]
    for relation in relations[1:]:
        found = CHAIN[regime].get((found, relation)) if found else None
    return found


def hands_on(change: str | None) -> bool:
    """Whether a statement lives on in the one that an edition link leads to.

    Not if it was only dropped: then the link tells where its subject went, but no statement
    stands in its place. "dropped as behavior; part moved" does hand on: the part lives.

    >>> hands_on("dropped as behavior"), hands_on("dropped as behavior; part moved")
    (False, True)
    """
    kinds = [kind.strip() for kind in (change or "").split(";")]
    return not all(kind.startswith("dropped") for kind in kinds)
