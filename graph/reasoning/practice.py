"""Edition lineage and roll-up: this project's own two rules, which only weaken.

First every statement is given what its successor or predecessor is aligned with: one lineage
step in a proof, never two, so that nothing is handed from edition to edition unseen. Then links
are rolled up, one level of one end at a time, to the top. A pair that is judged, aligned or not,
or that the chaining rules already link, gets nothing, nor does a pair judged "not aligned" in an
edition of the same or close wording; what is blocked is not built upon either.
A pair gets one link: by lineage if that gives one, else by roll-up; then the one that rests on
fewest facts, then the strongest, then the surest, then the first by id.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import count
from typing import TYPE_CHECKING, Any

from graph.model import STRENGTH_ORDER, Relation, Strength
from graph.reasoning.facts import Edition, Link
from graph.rules import LINEAGE, LOWERED, ROLL_UP, ROLL_UP_RELATION, Rule
from graph.terms import framework_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Set

    from graph.reasoning.chains import Chains
    from graph.reasoning.facts import Facts, Judged, Pair


@dataclass(frozen=True, slots=True)
class TreeStep:
    """That a statement stands under another in its framework."""

    child: str
    parent: str


@dataclass(frozen=True, slots=True)
class Origin:
    """A link and what it comes from, back to alignments.

    Attributes
    ----------
    rule : Rule
        `asserted` for an alignment and for a row of alignments alike; else lineage or roll-up.
    cited : Edition | TreeStep | None
        The fact that the rule adds to its premise.
    size : int
        Number of facts that it rests on.
    doubt : float
        Sum of what the cited confidences lack to 1; no stated confidence lacks nothing.
    """

    link: Link
    strength: Strength | None
    rule: Rule = Rule.ASSERTED
    cited: Edition | TreeStep | None = None
    premise: Origin | None = None
    size: int = 1
    doubt: float = 0.0

    @property
    def rank(self) -> tuple[Any, ...]:
        """Sort key: what to take as the proof of a pair. Total, so that order never matters."""
        premise = self.premise.link if self.premise else ()
        doubt = round(self.doubt, 9)
        return self.size, STRENGTH_ORDER[self.strength], doubt, self.link, self.rule, premise


def from_row(facts: Facts, row: list[Link], link: Link) -> Origin:
    """The origin of a link that a row of asserted alignments amounts to."""
    cited = [facts.judged(step) for step in row]
    return Origin(
        link,
        weakest_strength(judged.strength for judged in cited),
        size=len(row),
        doubt=sum(map(_doubt, cited)),
    )


def _doubt(judged: Judged) -> float:
    return 0.0 if judged.confidence is None else 1 - judged.confidence


def weakest_strength(strengths: Iterable[Strength | None]) -> Strength | None:
    """The least of some strengths; `None`, not known, if any is not known."""
    return max(strengths, key=STRENGTH_ORDER.__getitem__, default=None)


def practice(facts: Facts, chains: Chains) -> dict[Pair, Origin]:
    """What the two rules add to asserted and chained links, at most one link for a pair.

    O(links to build on, times editions of a statement, times its levels).
    """
    lineages = any(edition.hands_on for edition in facts.editions)
    if not lineages and not facts.parents:
        return {}
    base = list(_base(facts, chains))
    chained = {origin.link.pair for origin in base}
    taken = facts.denied | facts.aligned_pairs | facts.settled | facts.echoes.keys() | chained
    found = _best(_lineage(facts, base), taken)
    found.update(_rolled_up(facts, [*base, *found.values()], taken | found.keys()))
    return found


def _base(facts: Facts, chains: Chains) -> Iterator[Origin]:
    """Asserted links, and chained ones between frameworks that no verdict blocks."""
    for link in facts.asserted:
        if link.subject_id != link.object_id:
            yield from_row(facts, [link], link)
    for link in map(_canonical, chains.links()):
        if chains.asserted(link) or link.pair in facts.denied or _inside(link):
            continue
        row = chains.row(link)
        assert row is not None  # it is in the closure
        yield from_row(facts, row, link)


def _canonical(link: Link) -> Link:
    """One of the two readings, whichever came first."""
    backwards = link.relation is Relation.NARROW or (
        link.relation is not Relation.BROAD and link.subject_id > link.object_id
    )
    return link.inverse if backwards else link


def _inside(link: Link) -> bool:
    return framework_of(link.subject_id) == framework_of(link.object_id)


def _best(origins: Iterable[Origin], taken: Set[Pair]) -> dict[Pair, Origin]:
    best: dict[Pair, Origin] = {}
    for origin in origins:
        pair = origin.link.pair
        if pair not in taken and (pair not in best or origin.rank < best[pair].rank):
            best[pair] = origin
    return best


def _lineage(facts: Facts, base: list[Origin]) -> Iterator[Origin]:
    heirs: dict[str, list[tuple[str, Edition]]] = defaultdict(list)
    for edition in facts.editions:
        if edition.hands_on:
            heirs[edition.newer].append((edition.older, edition))
            heirs[edition.older].append((edition.newer, edition))
    for origin in base:
        subject, relation, object_ = origin.link
        for giver in (subject, object_):
            for heir, edition in heirs.get(giver, ()):
                given, loss = LINEAGE[edition.relation, relation]
                link = _moved(origin.link, giver, heir, given)
                if _inside(link):
                    continue
                strength = weakest_strength([lowered(origin.strength, loss), edition.strength])
                yield Origin(
                    link, strength, Rule.LINEAGE, edition, origin,
                    origin.size + 1, origin.doubt + _doubt(facts.by_id[edition.alignment]),
                )  # fmt: skip


def _rolled_up(facts: Facts, origins: list[Origin], taken: Set[Pair]) -> dict[Pair, Origin]:
    """Fewest facts first, so that the first link found for a pair is its best."""
    number = count()
    waiting = [(o.rank, next(number), o) for origin in origins for o in _risen(facts, origin)]
    heapify(waiting)
    found: dict[Pair, Origin] = {}
    while waiting:
        *_, origin = heappop(waiting)
        pair = origin.link.pair
        if pair in taken or pair in found:
            continue
        found[pair] = origin
        for risen in _risen(facts, origin):
            heappush(waiting, (risen.rank, next(number), risen))
    return found


def _risen(facts: Facts, origin: Origin) -> Iterator[Origin]:
    for end in (origin.link.subject_id, origin.link.object_id):
        parent = facts.parents.get(end)
        if not parent or (facts.levels.get(end), facts.levels.get(parent)) not in ROLL_UP:
            continue
        link = _moved(origin.link, end, parent, ROLL_UP_RELATION)
        if not _inside(link):
            yield Origin(
                link, LOWERED[origin.strength], Rule.ROLL_UP, TreeStep(end, parent), origin,
                origin.size + 1, origin.doubt,
            )  # fmt: skip


def _moved(link: Link, end: str, to: str, relation: Relation) -> Link:
    """The link with one of its ends moved."""
    if link.subject_id == end:
        return Link(to, relation, link.object_id)
    return Link(link.subject_id, relation, to)


def lowered(strength: Strength | None, by: int) -> Strength | None:
    """A strength some steps lower, `weak` at the lowest."""
    for _ in range(by):
        strength = LOWERED[strength]
    return strength
