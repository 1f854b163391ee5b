"""What is not reached, and what comes nearest to reaching it.

A *gap* is a statement of the projection without any alignment that counts. Gaps and reached
statements add up to all statements of a side (`graph.analytics.coverage`).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from graph.analytics.edges import Edges, Selection
from graph.errors import ParameterError
from graph.model import STRENGTH_ORDER, Strength
from graph.records import figure_or_none
from graph.terms import natural_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.analytics.edges import Projected
    from graph.model import Alignment
    from graph.records import Record

#: Columns of the table of gaps.
COLUMNS: Final = (
    "framework", "id", "title", "kind", "statement", "partner", "partner_title", "strength",
    "confidence", "reason", "alignment",
)  # fmt: skip


class Kind(StrEnum):
    """How something comes near to closing a gap, nearest first."""

    #: Aligned at this level, but filtered out: too weak, or it does not serve the aim.
    FILTERED = "filtered"
    #: The statement itself, or one below it, is aligned at another level: a behavior, a principle.
    BELOW = "below"
    #: The statement above it is aligned.
    ABOVE = "above"
    #: Judged not to align at this level, with the reason; least sure first.
    NOT_ALIGNED = "not-aligned"
    #: Nobody has judged the pair at this level.
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Near:
    """One thing that comes near to closing a gap.

    Attributes
    ----------
    statement : str
        The end on the side of the gap: the gap itself, or a statement below or above it.
    partner, partner_title : str
        The end on the other side.
    strength, confidence : Strength | None, float | None
        Of the alignment or verdict; both `None` for an undecided pair.
    reason : str
        The rationale of the verdict; empty for an undecided pair.
    alignment : str | None
        Its id.
    """

    kind: Kind
    statement: str
    partner: str
    partner_title: str
    strength: Strength | None
    confidence: float | None
    reason: str
    alignment: str | None

    def record(self) -> Record:
        """As JSON."""
        return {
            "kind": self.kind.value,
            "statement": self.statement,
            "partner": self.partner,
            "partner_title": self.partner_title,
            "strength": self.strength.value if self.strength else None,
            "confidence": figure_or_none(self.confidence),
            "reason": self.reason,
            "alignment": self.alignment,
        }


@dataclass(frozen=True, slots=True)
class Gap:
    """A statement that nothing reaches.

    Attributes
    ----------
    counts : tuple[tuple[Kind, int], ...]
        How many there are of each kind, also of those not listed.
    nearest : tuple[Near, ...]
        Nearest first: by kind, then strong before weak; alignments sure before unsure, verdicts
        *not aligned* unsure before sure; ties by the codes. Of each kind at most as many as asked.
    """

    id: str
    title: str
    level: str
    parent: str | None
    counts: tuple[tuple[Kind, int], ...]
    nearest: tuple[Near, ...]

    def record(self) -> Record:
        """As JSON."""
        return {
            "id": self.id,
            "title": self.title,
            "level": self.level,
            "parent": self.parent,
            "counts": {kind.value: count for kind, count in self.counts},
            "nearest": [near.record() for near in self.nearest],
        }


@dataclass(frozen=True, slots=True)
class SideGaps:
    """Gaps of one framework towards the other, in published order.

    Attributes
    ----------
    total, reached : int
        All statements of the side, and those that are no gap; `total - reached == len(gaps)`.
    """

    framework: str
    other: str
    total: int
    reached: int
    gaps: tuple[Gap, ...]

    def record(self) -> Record:
        """As JSON."""
        return {
            "framework": self.framework,
            "other": self.other,
            "total": self.total,
            "reached": self.reached,
            "gaps": [gap.record() for gap in self.gaps],
        }


@dataclass(frozen=True, slots=True)
class Gaps:
    """Gaps in both directions: of the *from* framework, and of the *to* framework."""

    selection: Selection
    sides: tuple[SideGaps, SideGaps]

    def record(self) -> Record:
        """As JSON."""
        return {**self.selection.record(), "sides": [side.record() for side in self.sides]}

    def table(self) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """Columns and rows: one row a near thing, and one for a gap that has none, `COLUMNS`."""
        rows: list[tuple[Any, ...]] = []
        for side in self.sides:
            for gap in side.gaps:
                start = side.framework, gap.id, gap.title
                rows += [(*start, *near.record().values()) for near in gap.nearest]
                if not gap.nearest:
                    rows.append((*start, *[None] * (len(COLUMNS) - len(start))))
        return COLUMNS, rows


def gaps(G: Projected, *, most: int | None = 5) -> Gaps:
    """What is not reached in either direction, with what comes nearest to reaching it.

    Parameters
    ----------
    G : networkx.Graph | Edges
        A projection of two frameworks. What comes near is looked up among all verdicts between
        them, which a projection of a catalogue carries; a graph made by hand has only gaps.
    most : int | None
        How many to list of each kind for each gap; `None` for all. The counts are always whole.

    Returns
    -------
    Gaps
        In published order on both sides.

    Raises
    ------
    ParameterError
        If `most` is negative, or `G` does not have two sides.

    Examples
    --------
    >>> import networkx as nx
    >>> G = nx.Graph()
    >>> G.add_nodes_from(["a:1", "a:2"], side=0)
    >>> G.add_node("b:1", side=1)
    >>> G.add_edge("a:1", "b:1", strength="weak")
    >>> [[gap.id for gap in side.gaps] for side in gaps(G).sides]
    [['a:2'], []]

    Notes
    -----
    Empty case: without edges every statement is a gap; without statements there is none. Time
    O(n + m log m + v·d + g·o) for v verdicts at depth d of the trees and g gaps towards o
    statements on the other side; the last term only to name undecided pairs, and at most until
    `most` of them are found.

    References
    ----------
    Definitions of this project. That a verdict *not aligned* and an undecided pair are different
    things follows SSSOM's `predicate_modifier` and the open-world reading of RDF.
    """
    if most is not None and most < 0:
        raise ParameterError("most", str(most), "a number of at least 0")
    edges = Edges.of(G)
    return Gaps(edges.selection, (_side(edges, 0, most), _side(edges, 1, most)))


def _side(edges: Edges, side: int, most: int | None) -> SideGaps:
    places = edges.side(side)
    reached = np.zeros(len(edges.ids), dtype=np.bool_)
    reached[edges.ends(side)] = True
    missing = [place for place in places if not reached[place]]
    names = edges.selection.from_, edges.selection.to
    near = _near(edges, side, {edges.ids[place] for place in missing})
    return SideGaps(
        framework=names[side],
        other=names[1 - side],
        total=len(places),
        reached=len(places) - len(missing),
        gaps=tuple(
            _gap(edges, side, place, near.get(edges.ids[place], []), most) for place in missing
        ),
    )


def _gap(edges: Edges, side: int, place: int, near: list[Near], most: int | None) -> Gap:
    others = edges.side(1 - side)
    judged = {n.partner for n in near if n.kind in (Kind.FILTERED, Kind.NOT_ALIGNED)}
    counts = dict.fromkeys(Kind, 0)
    listed: dict[Kind, list[Near]] = {kind: [] for kind in Kind}
    for found in sorted(near, key=_nearest_first):
        counts[found.kind] += 1
        if most is None or counts[found.kind] <= most:
            listed[found.kind].append(found)
    # A graph made by hand carries no verdicts, and so cannot say what nobody has judged.
    if edges.statements:
        counts[Kind.UNDECIDED] = len(others) - len(judged)
        for other in others:
            if most is not None and len(listed[Kind.UNDECIDED]) >= most:
                break
            if edges.ids[other] not in judged:
                listed[Kind.UNDECIDED].append(_undecided(edges, place, other))
    return Gap(
        id=edges.ids[place],
        title=edges.titles[place],
        level=edges.levels[place],
        parent=edges.parents[place],
        counts=tuple(counts.items()),
        nearest=tuple(found for kind in Kind for found in listed[kind]),
    )


def _undecided(edges: Edges, place: int, other: int) -> Near:
    return Near(
        kind=Kind.UNDECIDED,
        statement=edges.ids[place],
        partner=edges.ids[other],
        partner_title=edges.titles[other],
        strength=None,
        confidence=None,
        reason="",
        alignment=None,
    )


def _near(edges: Edges, side: int, missing: set[str]) -> dict[str, list[Near]]:
    """For each gap all verdicts that come near, in no order."""
    framework = (edges.selection.from_, edges.selection.to)[side]
    nodes = frozenset(edges.ids)
    below = _children(edges) if missing else {}
    found: defaultdict[str, list[Near]] = defaultdict(list)
    for alignment in edges.verdicts if missing else ():
        here, there = alignment.subject_id, alignment.object_id
        if here not in edges.statements or edges.statements[here].framework != framework:
            here, there = there, here
        direct = here in missing and there in nodes
        if direct:
            kind = Kind.FILTERED if alignment.aligned else Kind.NOT_ALIGNED
            found[here].append(_as_near(edges, alignment, kind, here, there))
        if not alignment.aligned:
            continue
        for above in _upwards(edges, here)[int(direct) :]:
            if above in missing:
                found[above].append(_as_near(edges, alignment, Kind.BELOW, here, there))
        for child in below.get(here, ()):
            if child in missing:
                found[child].append(_as_near(edges, alignment, Kind.ABOVE, here, there))
    return dict(found)


def _as_near(edges: Edges, alignment: Alignment, kind: Kind, here: str, there: str) -> Near:
    return Near(
        kind=kind,
        statement=here,
        partner=there,
        partner_title=edges.title_of(there),
        strength=alignment.strength,
        confidence=alignment.confidence,
        reason=alignment.rationale,
        alignment=alignment.id,
    )


def _upwards(edges: Edges, statement_id: str) -> list[str]:
    """A statement and those above it; a cycle in the data ends it."""
    found = [statement_id]
    while (known := edges.statements.get(found[-1])) and known.parent and known.parent not in found:
        found.append(known.parent)
    return found


def _children(edges: Edges) -> Mapping[str, list[str]]:
    children: defaultdict[str, list[str]] = defaultdict(list)
    for statement in edges.statements.values():
        if statement.parent:
            children[statement.parent].append(statement.id)
    return children


def _nearest_first(near: Near) -> tuple[Any, ...]:
    sure = near.confidence or 0.0
    return (
        STRENGTH_ORDER[near.strength],
        sure if near.kind is Kind.NOT_ALIGNED else -sure,
        natural_key(near.statement),
        natural_key(near.partner),
    )
