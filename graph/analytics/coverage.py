"""How much of one framework another reaches, with the denominator always shown.

A statement is *reached* if at least one alignment of the projection leads from it to the other
framework. Coverage counts statements, not alignments, and is not symmetric: each answer gives it
for both frameworks.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from graph.analytics.project import (
    DIRECTIONS,
    STRENGTH_OF,
    TOP,
    WEIGHT,
    Edges,
    Selection,
    check_filters,
    figure,
    project_edges,
    select,
)
from graph.terms import crosswalk_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from enum import StrEnum

    from graph.analytics.project import Bools, Floats, Ints, Projected
    from graph.catalogue import Catalogue
    from graph.model import Strength
    from graph.records import Record

#: Columns of the table of a coverage.
COLUMNS: Final = (
    "framework", "by", "id", "label", "total", "reached", "share", "strength", "confidence",
)  # fmt: skip

#: Columns of the table of editions side by side.
EDITION_COLUMNS: Final = (
    "edition", "regime", "alignments", "derived", "total", "reached", "share", "strength",
    "confidence", "to", "to_total", "to_reached", "to_share", "note",
)  # fmt: skip

#: How alignments that nothing was derived from are called where regimes stand side by side.
ASSERTED: Final = "asserted"

#: The regime that hands alignments on from edition to edition.
LINEAGE: Final = "practice"


@dataclass(frozen=True, slots=True)
class Share:
    """How many of some statements are reached.

    Attributes
    ----------
    by : str
        What the statements or the alignments have in common: `all`, `level`, `parent`, `strength`,
        `aim`, `direction` or `statement`.
    id, label : str | None, str
        Which one; the id is `None` for `all` and for statements without a parent.
    total : int
        The denominator: all statements meant, reached or not.
    reached : int
        Those with at least one alignment that counts.
    strength : float | None
        Mean over all `total` statements of the weight of the strongest alignment, over 3: strong
        1, moderate 2/3, weak 1/3, none 0. `None` if there is no statement.
    confidence : float | None
        Mean over all `total` statements of the greatest confidence of one alignment, none 0. The
        greatest is the lower (Fréchet) bound on the chance that at least one verdict holds, so
        that nothing is assumed about their independence. `None` if there is no statement.
    """

    by: str
    id: str | None
    label: str
    total: int
    reached: int
    strength: float | None
    confidence: float | None

    @property
    def share(self) -> float | None:
        """Reached over total, 0 to 1; `None` for nothing of nothing, which is not zero."""
        return self.reached / self.total if self.total else None

    def record(self) -> Record:
        """As JSON."""
        return {
            "by": self.by,
            "id": self.id,
            "label": self.label,
            "total": self.total,
            "reached": self.reached,
            "share": _written(self.share),
            "strength": _written(self.strength),
            "confidence": _written(self.confidence),
        }


@dataclass(frozen=True, slots=True)
class StatementCoverage:
    """What reaches one statement.

    Attributes
    ----------
    partners : int
        Statements of the other framework that it is aligned with.
    judged : int
        Asserted verdicts of either kind at this level, whether or not they passed the filters; 0
        means that nobody has looked.
    best : str | None
        The strongest partner; then the surest, then the first in published order.
    strength : Strength | None
        Of that alignment.
    confidence : float
        Greatest of all its alignments; 0 if there is none.
    """

    id: str
    title: str
    level: str
    parent: str | None
    partners: int
    judged: int
    best: str | None
    strength: Strength | None
    confidence: float

    def share(self) -> Share:
        """The same as a share of one statement."""
        weight = WEIGHT[self.strength] / TOP if self.strength else 0.0
        reached = int(self.partners > 0)
        return Share("statement", self.id, self.title, 1, reached, weight, self.confidence)

    def record(self) -> Record:
        """As JSON."""
        return {
            "id": self.id,
            "title": self.title,
            "level": self.level,
            "parent": self.parent,
            "partners": self.partners,
            "judged": self.judged,
            "best": self.best,
            "strength": self.strength.value if self.strength else None,
            "confidence": figure(self.confidence),
        }


@dataclass(frozen=True, slots=True)
class SideCoverage:
    """How much of one framework the other reaches.

    Attributes
    ----------
    framework, other : str
        The framework whose statements are counted, and the one that reaches them.
    whole : Share
        Of all statements at the projected level.
    levels : tuple[Share, ...]
        By level, in published order, each reached by a statement of any level that was projected.
    parents : tuple[Share, ...]
        By the statement above (for ISP competencies: by domain); empty if none has a parent.
    strengths : tuple[Share, ...]
        Reached by an alignment at least strong, at least moderate, at least weak.
    aims, directions : tuple[Share, ...]
        Reached by an alignment that serves the aim, or has the direction of value. A statement may
        be reached in several ways, so these do not add up.
    statements : tuple[StatementCoverage, ...]
        Each statement, in published order.
    """

    framework: str
    other: str
    whole: Share
    levels: tuple[Share, ...]
    parents: tuple[Share, ...]
    strengths: tuple[Share, ...]
    aims: tuple[Share, ...]
    directions: tuple[Share, ...]
    statements: tuple[StatementCoverage, ...]

    @property
    def shares(self) -> tuple[Share, ...]:
        """Everything that is counted, in the order of the table."""
        each = tuple(statement.share() for statement in self.statements)
        groups = self.levels, self.parents, self.strengths, self.aims, self.directions, each
        return (self.whole, *(share for group in groups for share in group))

    def record(self) -> Record:
        """As JSON."""
        return {
            "framework": self.framework,
            "other": self.other,
            "all": self.whole.record(),
            "by_level": [share.record() for share in self.levels],
            "by_parent": [share.record() for share in self.parents],
            "by_strength": [share.record() for share in self.strengths],
            "by_aim": [share.record() for share in self.aims],
            "by_direction": [share.record() for share in self.directions],
            "statements": [statement.record() for statement in self.statements],
        }


@dataclass(frozen=True, slots=True)
class Coverage:
    """Coverage of both frameworks by each other.

    Attributes
    ----------
    alignments, derived : int
        How many alignments were counted, and how many of them follow by the regime.
    sides : tuple[SideCoverage, SideCoverage]
        Of the *from* framework, and of the *to* framework.
    """

    selection: Selection
    alignments: int
    derived: int
    sides: tuple[SideCoverage, SideCoverage]

    def record(self) -> Record:
        """As JSON."""
        return {
            **self.selection.record(),
            "alignments": self.alignments,
            "derived": self.derived,
            "coverage": [side.record() for side in self.sides],
        }

    def table(self) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """Columns and rows: one row a share, `COLUMNS`."""
        return COLUMNS, [
            (side.framework, *share.record().values())
            for side in self.sides
            for share in side.shares
        ]


def coverage(G: Projected, *, wide: Projected | None = None) -> Coverage:
    """How much of each of two frameworks the other reaches.

    Parameters
    ----------
    G : networkx.Graph | Edges
        A projection of two frameworks.
    wide : networkx.Graph | Edges | None
        The same projected at all levels, from which coverage by level is counted: a behavior
        counts as reached also if it is a competency that reaches it. `G` itself if left out.

    Returns
    -------
    Coverage
        All shares between 0 and 1, without unit, each beside its denominator. Derived alignments
        count as others if `G` was projected with them; the answer says how many there are.

    Raises
    ------
    ParameterError
        If `G` does not have two sides.

    Examples
    --------
    >>> import networkx as nx
    >>> G = nx.Graph()
    >>> G.add_nodes_from(["a:1", "a:2"], side=0)
    >>> G.add_node("b:1", side=1)
    >>> G.add_edge("a:1", "b:1", strength="moderate", confidence=0.5)
    >>> [(side.framework, side.whole.reached, side.whole.total) for side in coverage(G).sides]
    [('a', 1, 2), ('b', 1, 1)]

    Notes
    -----
    Empty case: without edges every statement counts as not reached; a side without statements has
    total 0 and share `None`, never 0/0. O(n + m log m).

    References
    ----------
    Definitions of this project. The share of covered targets is recall as ontology matching calls
    it when every target is expected (Euzenat & Shvaiko 2013, chapter 9).
    """
    edges = Edges.of(G)
    all_levels = edges if wide is None else Edges.of(wide)
    return Coverage(
        selection=edges.selection,
        alignments=len(edges),
        derived=int(edges.derived.sum()),
        sides=(_side(edges, all_levels, 0), _side(edges, all_levels, 1)),
    )


def coverage_between(
    catalogue: Catalogue,
    *,
    from_: str,
    to: str,
    level: str | None = "competency",
    min_strength: Strength | str | None = None,
    aim: str | None = None,
    regime: StrEnum | str | None = None,
) -> Coverage:
    """`coverage` of two frameworks by name, with every level beside the one asked for.

    Parameters and errors are those of `graph.analytics.project.project`.
    """
    asked = select(
        catalogue,
        from_=from_,
        to=to,
        level=level,
        min_strength=min_strength,
        aim=aim,
        regime=regime,
    )
    edges = _projected(catalogue, asked)
    wide = edges if level is None else _projected(catalogue, replace(asked, level=None))
    return coverage(edges, wide=wide)


@dataclass(frozen=True, slots=True)
class EditionShare:
    """Coverage of one edition and of the framework it is compared with, under one regime.

    Attributes
    ----------
    regime : str
        `asserted`: alignments that somebody wrote down for this very edition. `practice`: those
        and what follows by edition lineage and roll-up, all of it for review.
    note : str
        What a reader must know about the row, as a sentence; empty if nothing.
    """

    edition: str
    regime: str
    alignments: int
    derived: int
    whole: Share
    other: Share
    note: str

    def record(self) -> Record:
        """As JSON."""
        return {
            "edition": self.edition,
            "regime": self.regime,
            "alignments": self.alignments,
            "derived": self.derived,
            "coverage": self.whole.record(),
            "coverage_of_to": self.other.record(),
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class EditionCoverage:
    """Editions of one framework side by side, oldest first, each row with its regime."""

    selection: Selection
    rows: tuple[EditionShare, ...]

    def record(self) -> Record:
        """As JSON."""
        return {**self.selection.record(), "editions": [row.record() for row in self.rows]}

    def table(self) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """Columns and rows: one row an edition and regime, `EDITION_COLUMNS`."""
        return EDITION_COLUMNS, [
            (
                row.edition,
                row.regime,
                row.alignments,
                row.derived,
                row.whole.total,
                row.whole.reached,
                _written(row.whole.share),
                _written(row.whole.strength),
                _written(row.whole.confidence),
                self.selection.to,
                row.other.total,
                row.other.reached,
                _written(row.other.share),
                row.note,
            )
            for row in self.rows
        ]


def coverage_by_edition(
    catalogue: Catalogue,
    *,
    from_: str,
    to: str,
    level: str | None = "competency",
    min_strength: Strength | str | None = None,
    aim: str | None = None,
) -> EditionCoverage:
    """How much of each edition of a framework is reached, editions side by side.

    For every edition that `from_` revises or that revises it, oldest first: a row `asserted` if
    the edition has a crosswalk of its own with `to`, and a row `practice` with what lineage and
    roll-up add. Compare rows of one regime: an edition without a crosswalk of its own is known
    through its successor only, and says less.

    Parameters and errors are those of `graph.analytics.project.project`.

    Notes
    -----
    Empty case: an edition that no edition link reaches has reached 0 and a note that says why.
    """
    asked = select(catalogue, from_=from_, to=to, level=level, min_strength=min_strength, aim=aim)
    rows = []
    for edition in editions(catalogue, from_):
        if edition == to:
            continue
        here = replace(asked, from_=edition)
        own = {crosswalk_id(edition, to), crosswalk_id(to, edition)} & catalogue.crosswalks.keys()
        for regime in (None, LINEAGE) if own else (LINEAGE,):
            edges = _projected(catalogue, replace(here, regime=regime))
            rows.append(_edition(edges, has_crosswalk=bool(own)))
    return EditionCoverage(asked, tuple(rows))


def editions(catalogue: Catalogue, framework_id: str) -> list[str]:
    """The editions that a framework revises, itself, and those that revise it, oldest first.

    Raises
    ------
    NotFoundError
        If the framework does not exist.
    """
    catalogue.framework(framework_id)
    found = [framework_id]
    while (older := catalogue.frameworks[found[0]].revision_of) and older not in found:
        if older not in catalogue.frameworks:
            break
        found.insert(0, older)
    waiting = [framework_id]
    while waiting:
        old = waiting.pop(0)
        newer = [f.id for f in catalogue.frameworks.values() if f.revision_of == old]
        newer = [key for key in sorted(newer) if key not in found]
        found.extend(newer)
        waiting.extend(newer)
    return found


@dataclass(frozen=True, slots=True)
class CoverageMatrix:
    """How many statements of each framework each other framework reaches.

    Attributes
    ----------
    frameworks : tuple[str, ...]
        Names of rows and columns.
    totals : tuple[int, ...]
        Statements of each framework: the denominators.
    reached : Ints
        Row framework by column framework: statements of the row that the column reaches.
    """

    frameworks: tuple[str, ...]
    totals: tuple[int, ...]
    reached: Ints

    def share(self, framework: str, other: str) -> float | None:
        """Share of a framework that another reaches; `None` if it has no statement."""
        row, column = self.frameworks.index(framework), self.frameworks.index(other)
        return int(self.reached[row, column]) / self.totals[row] if self.totals[row] else None

    def record(self) -> Record:
        """As JSON: pairs of frameworks with at least one alignment."""
        columns, rows = self.table()
        return {"coverage": [dict(zip(columns, row, strict=True)) for row in rows]}

    def table(self) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """Columns and rows: one row a pair with at least one alignment, in order of the names."""
        pairs = zip(*np.nonzero(self.reached), strict=True)
        rows = [
            (
                self.frameworks[row],
                self.frameworks[column],
                self.totals[row],
                int(self.reached[row, column]),
                figure(int(self.reached[row, column]) / self.totals[row]),
            )
            for row, column in pairs
        ]
        return ("framework", "other", "total", "reached", "share"), rows


def coverage_matrix(
    frameworks: Sequence[str],
    framework_of_statement: Ints,
    one: Ints,
    other: Ints,
) -> CoverageMatrix:
    """Coverage of every framework by every other, in one pass over all alignments.

    Parameters
    ----------
    frameworks : Sequence[str]
        Framework ids.
    framework_of_statement : array of int
        For each statement its framework's place in `frameworks`.
    one, other : array of int
        For each alignment the places of its two statements. An alignment within a framework
        counts for nothing.

    Notes
    -----
    O(n + m log m) in time, O(n + m + f²) in memory: half a million alignments among 200
    frameworks take one pass, not 20,000 projections.
    """
    count = len(frameworks)
    own = np.asarray(framework_of_statement, dtype=np.int64)
    ends = np.concatenate([one, other]).astype(np.int64)
    far = own[np.concatenate([other, one]).astype(np.int64)]
    across = own[ends] != far
    reached_by = np.unique(ends[across] * count + far[across])
    cells = own[reached_by // count] * count + reached_by % count
    reached = np.bincount(cells, minlength=count * count).reshape(count, count)
    totals = np.bincount(own, minlength=count)
    return CoverageMatrix(tuple(frameworks), tuple(map(int, totals)), reached.astype(np.int64))


def coverage_of_registry(
    catalogue: Catalogue,
    *,
    level: str | None = "competency",
    min_strength: Strength | str | None = None,
    aim: str | None = None,
) -> CoverageMatrix:
    """`coverage_matrix` of everything asserted in a catalogue, at one level or at all.

    Raises
    ------
    ParameterError
        If level, strength or aim is unknown.
    """
    strength = check_filters(catalogue, level=level, min_strength=min_strength, aim=aim)
    least = WEIGHT[strength] if strength else 0
    names = [*catalogue.frameworks]
    number = {name: index for index, name in enumerate(names)}
    members = [c for c in catalogue.competencies.values() if level is None or c.level == level]
    place = {member.id: index for index, member in enumerate(members)}
    pairs = [
        (place[a.subject_id], place[a.object_id])
        for a in catalogue.alignments.values()
        if a.strength is not None
        and a.aligned
        and WEIGHT[a.strength] >= least
        and (aim is None or aim in a.aims)
        and a.subject_id in place
        and a.object_id in place
    ]
    ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    own = np.array([number[member.framework] for member in members], dtype=np.int64)
    return coverage_matrix(names, own, ends[:, 0], ends[:, 1])


def _projected(catalogue: Catalogue, asked: Selection) -> Edges:
    return project_edges(
        catalogue,
        from_=asked.from_,
        to=asked.to,
        level=asked.level,
        min_strength=asked.min_strength,
        aim=asked.aim,
        regime=asked.regime,
    )


def _edition(edges: Edges, *, has_crosswalk: bool) -> EditionShare:
    counted = coverage(edges)
    edition, to = edges.selection.from_, edges.selection.to
    note = ""
    if not edges.split:
        note = f"{edition} has no statement at this level."
    elif not has_crosswalk:
        note = f"{edition} has no crosswalk of its own with {to}: all rests on edition links."
        if not len(edges):
            note = f"{edition} has no crosswalk with {to}, and nothing follows from edition links."
    return EditionShare(
        edition=edition,
        regime=edges.selection.regime or ASSERTED,
        alignments=counted.alignments,
        derived=counted.derived,
        whole=counted.sides[0].whole,
        other=counted.sides[1].whole,
        note=note,
    )


def _side(edges: Edges, wide: Edges, side: int) -> SideCoverage:
    names = edges.selection.from_, edges.selection.to
    best = _best(edges, side)
    groups = _grouped(edges.side(side), edges.parents)
    parents = (
        best.share("parent", parent, edges.title_of(parent) if parent else "no parent", members)
        for parent, members in groups.items()
    )
    everywhere = _best(wide, side)
    levels = _grouped(wide.side(side), wide.levels)
    return SideCoverage(
        framework=names[side],
        other=names[1 - side],
        whole=best.share("all", None, names[side], edges.side(side)),
        levels=tuple(
            everywhere.share("level", level, str(level), members)
            for level, members in levels.items()
        ),
        parents=tuple(parents) if groups.keys() - {None} else (),
        strengths=tuple(
            _best(edges, side, edges.weight >= weight).share(
                "strength", strength.value, f"at least {strength.value}", edges.side(side)
            )
            for strength, weight in WEIGHT.items()
        ),
        aims=tuple(
            _best(edges, side, edges.aims[:, column]).share("aim", aim, aim, edges.side(side))
            for column, aim in enumerate(edges.aim_names)
        ),
        directions=tuple(
            _best(edges, side, edges.direction == index).share(
                "direction", direction.value, direction.value, edges.side(side)
            )
            for index, direction in enumerate(DIRECTIONS)
        ),
        statements=_statements(edges, side, best),
    )


@dataclass(frozen=True, slots=True)
class _Best:
    """For each node the weight of its strongest edge and its greatest confidence; 0 if none."""

    weight: Ints
    confidence: Floats

    def share(self, by: str, key: str | None, label: str, members: Sequence[int]) -> Share:
        places = np.array(members, dtype=np.int64)
        total = len(places)
        return Share(
            by=by,
            id=key,
            label=label,
            total=total,
            reached=int(np.count_nonzero(self.weight[places])),
            strength=int(self.weight[places].sum()) / (TOP * total) if total else None,
            confidence=float(self.confidence[places].sum()) / total if total else None,
        )


def _best(edges: Edges, side: int, kept: Bools | None = None) -> _Best:
    ends, weight, confidence = edges.ends(side), edges.weight, edges.confidence
    if kept is not None:
        ends, weight, confidence = ends[kept], weight[kept], confidence[kept]
    best = _Best(np.zeros(len(edges.ids), dtype=np.int64), np.zeros(len(edges.ids)))
    np.maximum.at(best.weight, ends, weight)
    np.maximum.at(best.confidence, ends, confidence)
    return best


def _grouped(places: Iterable[int], keys: Sequence[str | None]) -> dict[str | None, list[int]]:
    groups: defaultdict[str | None, list[int]] = defaultdict(list)
    for place in places:
        groups[keys[place]].append(place)
    return dict(groups)


def _statements(edges: Edges, side: int, best: _Best) -> tuple[StatementCoverage, ...]:
    ends, others = edges.ends(side), edges.ends(1 - side)
    partners = np.bincount(ends, minlength=len(edges.ids))
    # Strongest, then surest, then first; written backwards, so that the best is written last.
    order = np.lexsort((others, -edges.confidence, -edges.weight))[::-1]
    chosen = np.full(len(edges.ids), -1, dtype=np.int64)
    chosen[ends[order]] = others[order]
    return tuple(
        StatementCoverage(
            id=edges.ids[place],
            title=edges.titles[place],
            level=edges.levels[place],
            parent=edges.parents[place],
            partners=int(partners[place]),
            judged=int(edges.judged[place]),
            best=edges.ids[chosen[place]] if chosen[place] >= 0 else None,
            strength=STRENGTH_OF.get(int(best.weight[place])),
            confidence=float(best.confidence[place]),
        )
        for place in edges.side(side)
    )


def _written(value: float | None) -> float | None:
    return None if value is None else figure(value)
