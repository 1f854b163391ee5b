"""Which verdict to review next: the one whose change would change the most claims.

A *claim* is something that the other analytics say about two frameworks:

- *a statement of either side is reached*, at least weakly, moderately or strongly: three claims a
  statement, fewer if weaker alignments were filtered out (`coverage`, and turned round, `gaps`);
- *the core has so many members*: one claim (`core`);
- *a competency is indispensable*, being in every smallest core: one claim a *from* statement.

A verdict can be wrong in up to three ways: the pair does not align at all (or aligns weakly, if the
verdict was *not aligned*), it aligns one step less strongly, or one step more. For each way the
claims that would turn are counted, all else being as it is.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from graph.analytics.core import reaches
from graph.analytics.cover import smallest_cover
from graph.analytics.edges import STRENGTH_OF, TOP, WEIGHT, Edges, Selection
from graph.catalogue import best_first
from graph.errors import ParameterError
from graph.model import Strength, Verdict
from graph.records import figure
from graph.terms import natural_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graph.analytics.edges import Projected
    from graph.model import Alignment
    from graph.records import Record

#: Columns of the table of an agenda.
COLUMNS: Final = (
    "rank", "from", "to", "verdict", "strength", "confidence", "value", "if_reversed",
    "if_lowered", "if_raised", "reason", "alignment",
)  # fmt: skip

#: Most verdicts for which cores are reckoned again, each for itself.
MOST_CORES: Final = 2000

#: Most smallest cores that are compared to find who is in all of them.
_MOST_SETS: Final = 2000

#: Status of a verdict that people have already confirmed. What they gave up is in no projection.
_DONE: Final = "reviewed"

#: How the claims of each strength are said.
_ADVERB: Final = {
    Strength.STRONG: "strongly",
    Strength.MODERATE: "at least moderately",
    Strength.WEAK: "at all",
}

#: How another strength is said of two statements.
_ALIGNED: Final = {
    Strength.STRONG: "aligned strongly",
    Strength.MODERATE: "aligned moderately",
    Strength.WEAK: "aligned weakly",
}


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """One verdict, and what hangs on it.

    Attributes
    ----------
    from_id, to_id : str
        The pair, whichever of them is the subject of its alignment.
    strength : Strength | None
        As it stands; `None` for verdict *not aligned*.
    value : float
        Claims that a review is expected to turn, in claims: (1 - confidence) times the mean over
        the ways of being wrong. That reads 1 - confidence as the chance of a wrong verdict, and
        all its ways as equally likely, since nothing is known of either.
    if_reversed : int
        Claims that turn if the verdict is the opposite; a pair *not aligned* then aligns weakly.
    if_lowered, if_raised : int | None
        Claims that turn if the strength is one step lower or higher; `None` where there is no such
        step, or where it is the reversal.
    reason : str
        What would turn in the way that turns most, in a sentence.
    """

    from_id: str
    to_id: str
    from_title: str
    to_title: str
    verdict: Verdict
    strength: Strength | None
    confidence: float
    value: float
    if_reversed: int
    if_lowered: int | None
    if_raised: int | None
    reason: str
    alignment: str

    def record(self) -> Record:
        """As JSON."""
        return {
            "from_id": self.from_id,
            "from_title": self.from_title,
            "to_id": self.to_id,
            "to_title": self.to_title,
            "verdict": self.verdict.value,
            "strength": self.strength.value if self.strength else None,
            "confidence": figure(self.confidence),
            "value": figure(self.value),
            "if_reversed": self.if_reversed,
            "if_lowered": self.if_lowered,
            "if_raised": self.if_raised,
            "reason": self.reason,
            "alignment": self.alignment,
        }


@dataclass(frozen=True, slots=True)
class Agenda:
    """Verdicts in the order in which to review them.

    Attributes
    ----------
    items : tuple[AgendaItem, ...]
        Greatest value first; then most claims if reversed, then by the codes. Only those with a
        value above 0, and at most as many as asked.
    verdicts, effective, done : int
        Verdicts of this projection that are open to review; those of them with a value;
        and those left out because people have reviewed them.
    claims : int
        How many claims there are in all.
    cores : bool
        Whether claims about the core were counted; not for very large projections.
    """

    selection: Selection
    items: tuple[AgendaItem, ...]
    verdicts: int
    effective: int
    done: int
    claims: int
    cores: bool

    def record(self) -> Record:
        """As JSON."""
        return {
            **self.selection.record(),
            "verdicts": self.verdicts,
            "effective": self.effective,
            "done": self.done,
            "claims": self.claims,
            "cores": self.cores,
            "items": [item.record() for item in self.items],
        }

    def table(self) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """Columns and rows: one row a verdict, in order, `COLUMNS`."""
        return COLUMNS, [
            (
                rank,
                item.from_id,
                item.to_id,
                item.verdict.value,
                item.strength.value if item.strength else None,
                figure(item.confidence),
                figure(item.value),
                item.if_reversed,
                item.if_lowered,
                item.if_raised,
                item.reason,
                item.alignment,
            )
            for rank, item in enumerate(self.items, 1)
        ]


def agenda(G: Projected, *, most: int | None = 20, seconds: float = 10.0) -> Agenda:
    """Which verdicts, if reviewed next, would change the most claims.

    Parameters
    ----------
    G : networkx.Graph | Edges
        A projection of two frameworks. Verdicts *not aligned*, and those that were filtered out as
        too weak, are known only if it was made from a catalogue. With an aim only those that serve
        it are looked at: nobody said which aims the others would serve.
    most : int | None
        How many verdicts to list; `None` for all.
    seconds : float
        Longest to spend on cores. Past it, or past `MOST_CORES` verdicts, claims about the core
        are left out of all items, so that items always compare; `cores` says which.

    Raises
    ------
    ParameterError
        If `most` or `seconds` is negative, or `G` does not have two sides.

    Examples
    --------
    >>> import networkx as nx
    >>> G = nx.Graph()
    >>> G.add_node("a:1", side=0)
    >>> G.add_nodes_from(["b:1"], side=1)
    >>> G.add_edge("a:1", "b:1", strength="weak", confidence=0.25)
    >>> [(item.if_reversed, item.if_raised, item.value) for item in agenda(G).items]
    [(4, 2, 2.25)]

    Notes
    -----
    Empty case: no verdicts, no items. Derived alignments are held fixed: what a changed verdict
    would do to them is not followed. Deterministic unless time runs out. O(n + m) for coverage; a
    set cover for each verdict besides.

    References
    ----------
    This project's own measure, after the expected value of information (Howard, R. A. 1966,
    Information value theory, IEEE Transactions on Systems Science and Cybernetics 2(1)), with a
    claim as the unit of value.
    """
    if most is not None and most < 0:
        raise ParameterError("most", str(most), "a number of at least 0")
    if not seconds >= 0:
        raise ParameterError("seconds", str(seconds), "a number of at least 0")
    edges = Edges.of(G)
    counted = _Counted(edges)
    known = {alignment.id: alignment for alignment in edges.verdicts}
    every = [*_verdicts(edges)]
    verdicts = [v for v in every if not (v.id in known and known[v.id].status == _DONE)]
    cores = _Cores.of(edges, verdicts, counted.levels[0], seconds)
    valued = [(_weighed(verdict, counted, cores), verdict) for verdict in verdicts]
    valued = [(weighed, verdict) for weighed, verdict in valued if weighed.value > 0]
    valued.sort(key=lambda pair: _most_valuable_first(edges, *pair))
    listed = valued if most is None else valued[:most]
    claims = len(counted.levels) * len(edges.ids) + (1 + edges.split if cores else 0)
    return Agenda(
        selection=edges.selection,
        items=tuple(_item(edges, verdict, weighed, counted, cores) for weighed, verdict in listed),
        verdicts=len(verdicts),
        effective=len(valued),
        done=len(every) - len(verdicts),
        claims=claims,
        cores=cores is not None,
    )


@dataclass(frozen=True, slots=True)
class _Verdict:
    """A verdict by places, weight 0 for *not aligned*; `kept` if it is an edge."""

    id: str
    left: int
    right: int
    weight: int
    confidence: float
    kept: bool

    @property
    def ways(self) -> dict[str, int]:
        """The weights that it could have instead, by the way of being wrong."""
        if not self.weight:
            return {"if_reversed": min(STRENGTH_OF)}
        ways = {"if_reversed": 0}
        if self.weight > 1:
            ways["if_lowered"] = self.weight - 1
        if self.weight < TOP:
            ways["if_raised"] = self.weight + 1
        return ways


def _verdicts(edges: Edges) -> Iterator[_Verdict]:
    """All verdicts of the projection, in the order of their pairs."""
    pairs = set()
    rows = zip(
        edges.alignments,
        edges.left.tolist(),
        edges.right.tolist(),
        edges.weight.tolist(),
        edges.confidence.tolist(),
        edges.derived.tolist(),
        strict=True,
    )
    found = []
    for key, left, right, weight, confidence, derived in rows:
        pairs.add((left, right))
        if not derived:
            found.append(_Verdict(key, left, right, weight, confidence, kept=True))
    aim = edges.selection.aim
    place = {node: index for index, node in enumerate(edges.ids)}
    for alignment in sorted(edges.verdicts, key=best_first):
        ends = _ends(alignment, place)
        if ends and ends not in pairs:
            pairs.add(ends)
            if aim is None or aim in alignment.aims:
                weight = WEIGHT[alignment.strength] if alignment.strength else 0
                sure = alignment.confidence
                found.append(_Verdict(alignment.id, *ends, weight, sure, kept=False))
    yield from sorted(found, key=lambda verdict: (verdict.left, verdict.right, verdict.id))


def _ends(alignment: Alignment, place: dict[str, int]) -> tuple[int, int] | None:
    one, other = place.get(alignment.subject_id), place.get(alignment.object_id)
    return None if one is None or other is None else (min(one, other), max(one, other))


class _Counted:
    """For each node how many edges it has of at least each weight that claims are about.

    Edges that a filter left out have weights below all of these, or count as if they had.
    """

    def __init__(self, edges: Edges) -> None:
        least = edges.selection.min_strength
        #: Weights that claims are about, weakest first.
        self.levels = [w for w in sorted(STRENGTH_OF) if w >= (WEIGHT[least] if least else 1)]
        self.at_least: dict[int, list[int]] = {}
        for weight in self.levels:
            kept = edges.weight >= weight
            ends = np.concatenate([edges.left[kept], edges.right[kept]])
            self.at_least[weight] = np.bincount(ends, minlength=len(edges.ids)).tolist()

    def turned(self, verdict: _Verdict, weight: int) -> list[tuple[int, int]]:
        """Claims that turn if the verdict had another weight: each a node and a weight.

        A claim turns if this edge alone carries it, or if it would be the first to.
        """
        low, high = sorted((verdict.weight, weight))
        alone = int(verdict.weight > weight)
        return [
            (node, level)
            for node in (verdict.left, verdict.right)
            for level in self.levels
            if low < level <= high and self.at_least[level][node] == alone
        ]


@dataclass(frozen=True, slots=True)
class _Core:
    size: int
    indispensable: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Cores:
    """The core as it is, and as it would be with each edge gone or there, by verdict id."""

    now: _Core
    turned: dict[str, _Core]

    @classmethod
    def of(
        cls, edges: Edges, verdicts: Sequence[_Verdict], least: int, seconds: float
    ) -> _Cores | None:
        """Nothing if there are too many, or too little time."""
        if len(verdicts) > MOST_CORES:
            return None
        deadline = time.monotonic() + seconds
        reach = reaches(edges)
        now = _core(reach, deadline)
        found: dict[str, _Core] = {}
        for verdict in verdicts:
            if not any((weight >= least) != verdict.kept for weight in verdict.ways.values()):
                continue
            bit = 1 << (verdict.right - edges.split)
            before = reach[verdict.left]
            reach[verdict.left] = before & ~bit if verdict.kept else before | bit
            changed = _core(reach, deadline) if now else None
            reach[verdict.left] = before
            if changed is None:
                return None
            found[verdict.id] = changed
        return cls(now, found) if now else None

    def after(self, verdict: _Verdict, weight: int, least: int) -> _Core:
        """The core if the verdict had another weight."""
        return self.turned[verdict.id] if (weight >= least) != verdict.kept else self.now


def _core(reach: Sequence[int], deadline: float) -> _Core | None:
    everything = 0
    for mask in reach:
        everything |= mask
    cover = smallest_cover(
        reach,
        everything.bit_count(),
        seconds=max(0.0, deadline - time.monotonic()),
        most_sets=_MOST_SETS,
    )
    if not (cover.proven and cover.complete):
        return None
    in_all = frozenset(cover.sets[0]).intersection(*map(frozenset, cover.sets))
    return _Core(len(cover.sets[0]), in_all)


@dataclass(frozen=True, slots=True)
class _Weighed:
    """How many claims turn in each way of being wrong, and what that is worth."""

    counts: dict[str, int]
    value: float


def _weighed(verdict: _Verdict, counted: _Counted, cores: _Cores | None) -> _Weighed:
    counts: dict[str, int] = {}
    for way, weight in verdict.ways.items():
        counts[way] = len(counted.turned(verdict, weight))
        if cores:
            then = cores.after(verdict, weight, counted.levels[0])
            counts[way] += then.size != cores.now.size
            counts[way] += len(then.indispensable ^ cores.now.indispensable)
    return _Weighed(counts, (1 - verdict.confidence) * sum(counts.values()) / len(counts))


def _item(
    edges: Edges, verdict: _Verdict, weighed: _Weighed, counted: _Counted, cores: _Cores | None
) -> AgendaItem:
    counts = weighed.counts
    most = max(counts, key=lambda way: counts[way])
    return AgendaItem(
        from_id=edges.ids[verdict.left],
        to_id=edges.ids[verdict.right],
        from_title=edges.titles[verdict.left],
        to_title=edges.titles[verdict.right],
        verdict=Verdict.ALIGNED if verdict.weight else Verdict.NOT_ALIGNED,
        strength=STRENGTH_OF.get(verdict.weight),
        confidence=verdict.confidence,
        value=weighed.value,
        if_reversed=counts["if_reversed"],
        if_lowered=counts.get("if_lowered"),
        if_raised=counts.get("if_raised"),
        reason=_reason(edges, verdict, verdict.ways[most], counted, cores),
        alignment=verdict.id,
    )


def _reason(
    edges: Edges, verdict: _Verdict, weight: int, counted: _Counted, cores: _Cores | None
) -> str:
    """What would turn if the verdict had another weight, in a sentence."""
    names = f"{edges.ids[verdict.left]} and {edges.ids[verdict.right]}"
    now = STRENGTH_OF[verdict.weight].value if verdict.weight else "not aligned"
    then = _ALIGNED[STRENGTH_OF[weight]] if weight else "were not aligned"
    start = f"If {names} {then} (now {now}, confidence {verdict.confidence:g})"
    turned = counted.turned(verdict, weight)
    change = "would no longer be reached" if weight < verdict.weight else "would be reached"
    parts = []
    for node in dict.fromkeys(node for node, _ in turned):
        # What is lost is lost from the weakest claim on, what is gained up to the strongest.
        levels = [level for other, level in turned if other == node]
        level = min(levels) if weight < verdict.weight else max(levels)
        parts.append(f"{edges.ids[node]} {change} {_ADVERB[STRENGTH_OF[level]]}")
    if cores:
        after, before = cores.after(verdict, weight, counted.levels[0]), cores.now
        if after.size != before.size:
            parts.append(f"the core would have {_members(after.size)} instead of {before.size}")
        for members, text in (
            (after.indispensable - before.indispensable, "would be in every smallest core"),
            (before.indispensable - after.indispensable, "would no longer be in every one"),
        ):
            if members:
                parts.append(f"{_listed([edges.ids[m] for m in sorted(members)])} {text}")
    return f"{start}, {_listed(parts)}."


def _members(members: int) -> str:
    return "1 member" if members == 1 else f"{members} members"


def _listed(parts: Sequence[str]) -> str:
    """As a sentence lists things."""
    if not parts:
        return "nothing would change"
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _most_valuable_first(edges: Edges, weighed: _Weighed, verdict: _Verdict) -> tuple[Any, ...]:
    return (
        -round(weighed.value, 9),
        -weighed.counts["if_reversed"],
        natural_key(edges.ids[verdict.left]),
        natural_key(edges.ids[verdict.right]),
    )
