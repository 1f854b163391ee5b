"""A projection of two frameworks as columns, and as a `networkx` graph.

`Edges` holds what `graph.analytics.project` makes without a Python object for each edge, for
crosswalks of hundreds of thousands of alignments; `Edges.graph` and `Edges.of` turn it into a graph
and back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

import numpy as np

from graph.errors import ParameterError
from graph.model import Direction, Relation, Strength
from graph.terms import framework_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import networkx as nx
    import numpy.typing as npt

    from graph.model import Alignment, Competency
    from graph.records import Record

    Ints = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]
    Bools = npt.NDArray[np.bool_]
    #: What every analytic accepts.
    Projected: TypeAlias = "nx.Graph | Edges"

#: How much a strength counts. Strengths are ordered, not measured: 3, 2 and 1 are this project's
#: convention, which treats the two steps as equal. Divided by `TOP` they lie within 0 to 1.
WEIGHT: Final = {Strength.STRONG: 3, Strength.MODERATE: 2, Strength.WEAK: 1}

#: The greatest weight.
TOP: Final = 3

#: The strength that has a weight.
STRENGTH_OF: Final = {weight: strength for strength, weight in WEIGHT.items()}

#: Directions of value in the order in which they are told.
DIRECTIONS: Final = tuple(Direction)


@dataclass(frozen=True, slots=True)
class Selection:
    """What was projected: stated in every answer, so that it can be asked again.

    Attributes
    ----------
    level : str | None
        Level that both ends have; `None` for all levels.
    min_strength : Strength | None
        Weakest strength that counts; `None` for any.
    aim : str | None
        Aim that an alignment must serve; `None` for any or none.
    regime : str | None
        By which rules alignments were derived beside the asserted ones; `None` for none derived.
    """

    from_: str
    to: str
    level: str | None = "competency"
    min_strength: Strength | None = None
    aim: str | None = None
    regime: str | None = None

    def record(self) -> Record:
        """As JSON, with `from` spelled as people ask."""
        return {
            "from": self.from_,
            "to": self.to,
            "level": self.level,
            "min_strength": self.min_strength.value if self.min_strength else None,
            "aim": self.aim,
            "regime": self.regime,
        }


class EdgeRow(NamedTuple):
    """One edge on its way into the columns of `Edges`, which say what its values mean."""

    left: int
    right: int
    weight: int
    confidence: float
    direction: int
    derived: bool
    aims: tuple[str, ...]
    alignment: str
    relation: str
    rationale: str


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """A projection as columns: what `project` makes, without an object for each edge.

    Attributes
    ----------
    ids : tuple[str, ...]
        CURIEs of the nodes: those of the *from* side in published order, then those of *to*.
    split : int
        How many nodes the *from* side has.
    titles, levels, parents : tuple
        Of each node; a parent is a CURIE or `None`.
    judged : Ints
        For each node, how many pairs with a node of the other side have an asserted verdict of
        either kind, whether or not it passed the filters.
    left, right : Ints
        For each edge the places of its nodes in `ids`; `right` is never below `split`.
    weight : Ints
        Of each edge: strong 3, moderate 2, weak 1 (see `WEIGHT`).
    confidence : Floats
        Of each edge, 0 to 1.
    direction : Ints
        Of each edge its place in `DIRECTIONS`, or -1 if it has none.
    derived : Bools
        Whether the edge follows by a rule.
    aims : Bools
        Edges by `aim_names`: whether the edge serves the aim.
    alignments, relations, rationales : tuple[str, ...]
        Of each edge; a relation is read from the *from* side.
    verdicts : tuple[Alignment, ...]
        Every asserted verdict between the two frameworks that stands, at any level, whether or not
        it passed the filters; empty if the graph was not made from a catalogue.
    statements : Mapping[str, Competency]
        Every statement of both frameworks, at any level, by CURIE.
    """

    selection: Selection
    ids: tuple[str, ...]
    split: int
    titles: tuple[str, ...]
    levels: tuple[str, ...]
    parents: tuple[str | None, ...]
    judged: Ints
    left: Ints
    right: Ints
    weight: Ints
    confidence: Floats
    direction: Ints
    derived: Bools
    aim_names: tuple[str, ...]
    aims: Bools
    alignments: tuple[str, ...]
    relations: tuple[str, ...]
    rationales: tuple[str, ...]
    verdicts: tuple[Alignment, ...] = ()
    statements: Mapping[str, Competency] = field(default_factory=dict)

    def __len__(self) -> int:
        """How many edges there are."""
        return len(self.left)

    @property
    def shape(self) -> tuple[int, int]:
        """How many nodes each side has."""
        return self.split, len(self.ids) - self.split

    def side(self, side: int) -> range:
        """Places of the nodes of one side, 0 for *from* and 1 for *to*."""
        return range(self.split) if side == 0 else range(self.split, len(self.ids))

    def ends(self, side: int) -> Ints:
        """For each edge, the place of its node on one side."""
        return self.left if side == 0 else self.right

    def title_of(self, statement_id: str) -> str:
        """Title of a statement that may be above the projected level; its CURIE if unknown."""
        known = self.statements.get(statement_id)
        return known.title if known else statement_id

    def graph(self) -> nx.Graph:
        """The same as a `networkx` graph. O(n + m)."""
        import networkx as nx

        G = nx.Graph(
            selection=self.selection,
            aims=self.aim_names,
            verdicts=self.verdicts,
            statements=self.statements,
        )
        frameworks = self.selection.from_, self.selection.to
        for place, node in enumerate(self.ids):
            side = int(place >= self.split)
            G.add_node(
                node,
                framework=frameworks[side],
                level=self.levels[place],
                title=self.titles[place],
                side=side,
                parent=self.parents[place],
                judged=int(self.judged[place]),
            )
        for edge in range(len(self)):
            weight = int(self.weight[edge])
            direction = int(self.direction[edge])
            served = (a for a, yes in zip(self.aim_names, self.aims[edge], strict=True) if yes)
            G.add_edge(
                self.ids[self.left[edge]],
                self.ids[self.right[edge]],
                strength=STRENGTH_OF[weight].value,
                weight=weight,
                confidence=float(self.confidence[edge]),
                relation=self.relations[edge],
                direction=DIRECTIONS[direction].value if direction >= 0 else None,
                aims=tuple(served),
                alignment=self.alignments[edge],
                rationale=self.rationales[edge],
                derived=bool(self.derived[edge]),
            )
        return G

    @classmethod
    def of(cls, G: Projected) -> Edges:
        """The columns of a graph; columns stay as they are.

        A graph made by hand needs the attribute `side` on its nodes and `strength` or `weight` on
        its edges; what else is missing is taken as unknown. O(n + m log m).

        Raises
        ------
        ParameterError
            If a node is on neither side, or an edge joins two nodes of one side.
        """
        if isinstance(G, Edges):
            return G
        nodes = [*G.nodes(data=True)]
        if odd := [node for node, at in nodes if at.get("side") not in (0, 1)]:
            raise ParameterError("side", str(odd[0]), "nodes with side 0 or 1")
        sides = [[entry for entry in nodes if entry[1]["side"] == side] for side in (0, 1)]
        ordered = [*sides[0], *sides[1]]
        place = {node: index for index, (node, _) in enumerate(ordered)}
        rows = []
        for one, other, at in G.edges(data=True):
            left, right = sorted((place[one], place[other]))
            if not left < len(sides[0]) <= right:
                raise ParameterError("side", f"{one} and {other}", "edges between the two sides")
            weight = at["weight"] if "weight" in at else WEIGHT[Strength(at["strength"])]
            direction = at.get("direction")
            rows.append(
                EdgeRow(
                    left,
                    right,
                    weight,
                    at.get("confidence", 1.0),
                    DIRECTIONS.index(Direction(direction)) if direction else -1,
                    bool(at.get("derived")),
                    tuple(at.get("aims", ())),
                    at.get("alignment", f"{one} {other}"),
                    at.get("relation", Relation.RELATED.value),
                    at.get("rationale", ""),
                )
            )
        rows.sort(key=lambda row: (row.left, row.right))
        selection = G.graph.get("selection") or Selection(
            _framework_of_side(sides[0]), _framework_of_side(sides[1]), _only_level(ordered)
        )
        names = G.graph.get("aims") or sorted({aim for row in rows for aim in row.aims})
        return cls(
            selection=selection,
            ids=tuple(node for node, _ in ordered),
            split=len(sides[0]),
            titles=tuple(at.get("title", node) for node, at in ordered),
            levels=tuple(at.get("level", "competency") for _, at in ordered),
            parents=tuple(at.get("parent") for _, at in ordered),
            judged=_judged(ordered, rows),
            **edge_columns(rows, names),
            verdicts=tuple(G.graph.get("verdicts", ())),
            statements=G.graph.get("statements", {}),
        )

    @classmethod
    def of_columns(
        cls,
        selection: Selection,
        from_ids: Sequence[str],
        to_ids: Sequence[str],
        left: npt.ArrayLike,
        right: npt.ArrayLike,
        *,
        weight: npt.ArrayLike | None = None,
        confidence: npt.ArrayLike | None = None,
    ) -> Edges:
        """Columns from plain arrays, for a crosswalk too large to be made of objects.

        Parameters
        ----------
        left, right : array of int
            For each edge the place of its end in `from_ids` and in `to_ids`. A pair twice counts
            twice wherever edges are counted, and once wherever statements are.
        weight, confidence : array | None
            Of each edge; 3 and 1 if left out.
        """
        count, ids = len(np.asarray(left)), (*from_ids, *to_ids)
        lefts = np.asarray(left, dtype=np.int64)
        rights = np.asarray(right, dtype=np.int64) + len(from_ids)
        ends = np.concatenate([lefts, rights])
        return cls(
            selection=selection,
            ids=ids,
            split=len(from_ids),
            titles=ids,
            levels=(selection.level or "",) * len(ids),
            parents=(None,) * len(ids),
            judged=np.bincount(ends, minlength=len(ids)).astype(np.int64),
            left=lefts,
            right=rights,
            weight=np.full(count, TOP) if weight is None else np.asarray(weight, dtype=np.int64),
            confidence=np.ones(count)
            if confidence is None
            else np.asarray(confidence, dtype=np.float64),
            direction=np.full(count, -1, dtype=np.int64),
            derived=np.zeros(count, dtype=np.bool_),
            aim_names=(),
            aims=np.zeros((count, 0), dtype=np.bool_),
            alignments=("",) * count,
            relations=(Relation.RELATED.value,) * count,
            rationales=("",) * count,
        )


def edge_columns(rows: Sequence[EdgeRow], aim_names: Iterable[str]) -> dict[str, Any]:
    """The fields of `Edges` that are about edges, from rows; empty ones without rows."""
    left, right, weight, confidence, direction, derived, aims, alignments, relations, rationales = (
        zip(*rows, strict=True) if rows else ((),) * len(EdgeRow._fields)
    )
    names = tuple(aim_names)
    return {
        "left": np.array(left, dtype=np.int64),
        "right": np.array(right, dtype=np.int64),
        "weight": np.array(weight, dtype=np.int64),
        "confidence": np.array(confidence, dtype=np.float64),
        "direction": np.array(direction, dtype=np.int64),
        "derived": np.array(derived, dtype=np.bool_),
        "aim_names": names,
        "aims": _aim_matrix(aims, names),
        "alignments": tuple(alignments),
        "relations": tuple(relations),
        "rationales": tuple(rationales),
    }


def _aim_matrix(served: Sequence[Sequence[str]], names: Sequence[str]) -> Bools:
    column = {name: index for index, name in enumerate(names)}
    matrix = np.zeros((len(served), len(column)), dtype=np.bool_)
    for row, aims in enumerate(served):
        for aim in aims:
            if aim in column:
                matrix[row, column[aim]] = True
    return matrix


def _judged(nodes: Sequence[Any], rows: Sequence[EdgeRow]) -> Ints:
    """Verdicts of each node as the graph says, or else as many as it has edges."""
    ends = np.array([end for row in rows for end in (row.left, row.right)], dtype=np.int64)
    degrees = np.bincount(ends, minlength=len(nodes))
    counts = [at.get("judged", degree) for (_, at), degree in zip(nodes, degrees, strict=True)]
    return np.array(counts, dtype=np.int64)


def _framework_of_side(nodes: Sequence[Any]) -> str:
    """Framework of one side of a graph made by hand."""
    names = sorted({at.get("framework") or framework_of(str(node)) for node, at in nodes})
    return ", ".join(names)


def _only_level(nodes: Sequence[Any]) -> str | None:
    levels = {at.get("level", "competency") for _, at in nodes}
    return levels.pop() if len(levels) == 1 else None
