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

from graph.analytics.edges import DIRECTIONS, STRENGTH_OF, TOP, WEIGHT, Edges, Selection
from graph.analytics.project import project_selection, select
from graph.records import figure, figure_or_none

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from enum import StrEnum

    from graph.analytics.edges import Bools, Floats, Ints, Projected
    from graph.catalogue import Catalogue
    from graph.model import Strength
    from graph.records import Record

#: Columns of the table of a coverage.
COLUMNS: Final = (
    "framework", "by", "id", "label", "total", "reached", "share", "strength", "confidence",
)  # fmt: skip


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
            "share": figure_or_none(self.share),
            "strength": figure_or_none(self.strength),
            "confidence": figure_or_none(self.confidence),
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
    edges = project_selection(catalogue, asked)
    wide = edges if level is None else project_selection(catalogue, replace(asked, level=None))
    return coverage(edges, wide=wide)


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
    count = len(edges.ids)
    partners = np.bincount(np.unique(ends * count + others) // max(count, 1), minlength=count)
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
