"""Two frameworks and the alignments between them, as a graph with two sides.

Every analytic starts here. `project` gives a `networkx` graph, the public form; `project_edges`
gives the same content as columns (`Edges`), without a Python object for each edge, for crosswalks
of hundreds of thousands of alignments. `Edges.graph` and `Edges.of` turn one into the other.

Whatever goes in, the sides are *from* (0) and *to* (1), nodes stand in published order, and the
edges in the order of their nodes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from graph.catalogue import best_first
from graph.errors import ParameterError
from graph.model import INVERSE, Direction, Relation, Strength
from graph.terms import crosswalk_id, framework_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from enum import StrEnum

    import networkx as nx
    import numpy.typing as npt

    from graph.catalogue import Catalogue
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

#: Columns of edges that hold numbers, with their types.
_NUMBERS: Final = {
    "left": np.int64,
    "right": np.int64,
    "weight": np.int64,
    "confidence": np.float64,
    "direction": np.int64,
    "derived": np.bool_,
}


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
        Every asserted verdict between the two frameworks, at any level, whether or not it passed
        the filters; empty if the graph was not made from a catalogue.
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
                (
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
        rows.sort(key=lambda row: row[:2])
        selection = G.graph.get("selection") or Selection(
            _framework_of_side(sides[0]), _framework_of_side(sides[1]), _only_level(ordered)
        )
        names = G.graph.get("aims") or sorted({aim for row in rows for aim in row[6]})
        *numbers, aims, alignments, relations, rationales = _columns(rows, 10)
        return cls(
            selection=selection,
            ids=tuple(node for node, _ in ordered),
            split=len(sides[0]),
            titles=tuple(at.get("title", node) for node, at in ordered),
            levels=tuple(at.get("level", "competency") for _, at in ordered),
            parents=tuple(at.get("parent") for _, at in ordered),
            judged=_judged(ordered, numbers[0], numbers[1]),
            **_arrays(numbers),
            aim_names=tuple(names),
            aims=_aim_matrix(aims, names),
            alignments=tuple(alignments),
            relations=tuple(relations),
            rationales=tuple(rationales),
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


def project(
    catalogue: Catalogue,
    *,
    from_: str,
    to: str,
    level: str | None = "competency",
    min_strength: Strength | str | None = None,
    aim: str | None = None,
    regime: StrEnum | str | None = None,
) -> nx.Graph:
    """Two frameworks and the alignments between them, as an undirected graph with two sides.

    Nodes are all statements of both frameworks at the level, also those with no alignment, in
    published order; edges are the alignments with verdict *aligned* that pass the filters.

    Parameters
    ----------
    from_, to : str
        Framework ids. It does not matter which of them is the subject of their crosswalk.
    level : str | None
        Level that both ends must have; `None` for all levels.
    min_strength : Strength | None
        Keep alignments at least that strong.
    aim : str | None
        Keep alignments that serve this aim.
    regime : Regime | str | None
        Add alignments derived by these rules (`skos`, `sssom`, `practice`). An asserted verdict of
        either kind wins over any derived alignment of its pair.

    Returns
    -------
    networkx.Graph
        Nodes: `framework`, `level`, `title`, `side` (0 *from*, 1 *to*), `parent` (a CURIE or
        `None`), `judged` (asserted verdicts with the other side at this level). Edges: `strength`,
        `weight` (3, 2, 1; see `WEIGHT`), `confidence`, `relation` (read from side 0), `direction`,
        `aims`, `alignment` (its id), `rationale`, `derived`. The graph itself: `selection`, `aims`
        (all there are), `verdicts` and `statements` (see `Edges`).

    Raises
    ------
    NotFoundError
        If a framework does not exist.
    ParameterError
        If level, strength, aim or regime is unknown, or both frameworks are the same.

    Notes
    -----
    Empty case: two frameworks that nobody aligned give nodes without edges; a level that neither
    has gives an empty graph. Several asserted alignments of one pair count once: the best of them
    (`graph.catalogue.best_first`). O(n + m log m) besides derivation.
    """
    return project_edges(
        catalogue,
        from_=from_,
        to=to,
        level=level,
        min_strength=min_strength,
        aim=aim,
        regime=regime,
    ).graph()


def project_edges(
    catalogue: Catalogue,
    *,
    from_: str,
    to: str,
    level: str | None = "competency",
    min_strength: Strength | str | None = None,
    aim: str | None = None,
    regime: StrEnum | str | None = None,
) -> Edges:
    """The same as `project`, as columns."""
    selection = select(
        catalogue,
        from_=from_,
        to=to,
        level=level,
        min_strength=min_strength,
        aim=aim,
        regime=regime,
    )
    statements = {
        member.id: member
        for framework in (from_, to)
        for member in sorted(catalogue.by_framework.get(framework, ()), key=_position)
    }
    nodes = [s for s in statements.values() if level is None or s.level == level]
    place = {node.id: index for index, node in enumerate(nodes)}
    split = sum(node.framework == from_ for node in nodes)
    verdicts = (
        *catalogue.by_crosswalk.get(crosswalk_id(from_, to), ()),
        *catalogue.by_crosswalk.get(crosswalk_id(to, from_), ()),
    )
    judged: dict[tuple[int, int], Alignment] = {}
    for alignment in verdicts:
        pair = _pair(alignment, place, split)
        if pair and (pair not in judged or best_first(alignment) < best_first(judged[pair])):
            judged[pair] = alignment
    counts = np.zeros(len(nodes), dtype=np.int64)
    for pair in judged:
        counts[[*pair]] += 1
    found = {pair: a for pair, a in judged.items() if a.aligned}
    if regime is not None:
        for alignment in _derived(catalogue, selection):
            pair = _pair(alignment, place, split)
            if pair and (
                pair not in judged
                and (pair not in found or best_first(alignment) < best_first(found[pair]))
            ):
                found[pair] = alignment
    kept = sorted((pair, a) for pair, a in found.items() if _counts(a, selection))
    rows = [(left, right, *_edge(a, nodes[left].id)) for (left, right), a in kept]
    *numbers, aims, alignments, relations, rationales = _columns(rows, 10)
    names = tuple(_names(catalogue, "aim"))
    return Edges(
        selection=selection,
        ids=tuple(place),
        split=split,
        titles=tuple(node.title for node in nodes),
        levels=tuple(node.level for node in nodes),
        parents=tuple(node.parent for node in nodes),
        judged=counts,
        **_arrays(numbers),
        aim_names=names,
        aims=_aim_matrix(aims, names),
        alignments=tuple(alignments),
        relations=tuple(relations),
        rationales=tuple(rationales),
        verdicts=verdicts,
        statements=statements,
    )


def select(
    catalogue: Catalogue,
    *,
    from_: str,
    to: str,
    level: str | None = "competency",
    min_strength: Strength | str | None = None,
    aim: str | None = None,
    regime: StrEnum | str | None = None,
) -> Selection:
    """What is asked, checked against what there is.

    Raises
    ------
    NotFoundError
        If a framework does not exist.
    ParameterError
        If another value is not one of a short list, or both frameworks are the same.
    """
    catalogue.framework(from_)
    catalogue.framework(to)
    if from_ == to:
        raise ParameterError("to", to, f"a framework other than {from_}")
    strength = check_filters(catalogue, level=level, min_strength=min_strength, aim=aim)
    if regime is not None:
        regime = _regime(str(regime))
    return Selection(from_, to, level, strength, aim, regime)


def check_filters(
    catalogue: Catalogue,
    *,
    level: str | None,
    min_strength: Strength | str | None,
    aim: str | None,
) -> Strength | None:
    """The strength that is meant, once all three are known to exist.

    Raises
    ------
    ParameterError
        If a value is not one of a short list.
    """
    levels = _names(catalogue, "level") or {c.level: None for c in catalogue.competencies.values()}
    if level is not None and level not in levels:
        raise ParameterError("level", level, f"one of {', '.join(levels)}")
    aims = _names(catalogue, "aim")
    if aim is not None and aim not in aims:
        raise ParameterError("aim", aim, f"one of {', '.join(aims)}" if aims else "no value here")
    if min_strength is None:
        return None
    if min_strength not in [*Strength]:
        raise ParameterError("min_strength", str(min_strength), f"one of {', '.join(Strength)}")
    return Strength(min_strength)


def figure(value: float) -> float:
    """A number as it is written everywhere: four decimals, and never a negative zero."""
    return round(float(value), 4) + 0.0


def _regime(name: str) -> str:
    from graph.rules import Regime

    if name not in [*Regime]:
        raise ParameterError("regime", name, f"one of {', '.join(Regime)}")
    return str(Regime(name).value)


def _derived(catalogue: Catalogue, selection: Selection) -> Iterable[Alignment]:
    """Alignments between the two frameworks that follow by the regime."""
    from graph.reasoning import Facts, derive
    from graph.rules import Regime

    ends = {selection.from_, selection.to}
    assert selection.regime is not None
    for derived in derive(Facts.of(catalogue), Regime(selection.regime)):
        link = derived.link
        if {framework_of(link.subject_id), framework_of(link.object_id)} == ends:
            yield derived.as_alignment(catalogue)


def _pair(alignment: Alignment, place: Mapping[str, int], split: int) -> tuple[int, int] | None:
    """Places of both ends, *from* first; nothing if an end is not a node."""
    one, other = place.get(alignment.subject_id), place.get(alignment.object_id)
    if one is None or other is None:
        return None
    left, right = min(one, other), max(one, other)
    return (left, right) if left < split <= right else None


def _counts(alignment: Alignment, selection: Selection) -> bool:
    """Whether an alignment passes the filters."""
    least = WEIGHT[selection.min_strength] if selection.min_strength else 0
    return (
        alignment.strength is not None
        and WEIGHT[alignment.strength] >= least
        and (selection.aim is None or selection.aim in alignment.aims)
    )


def _edge(alignment: Alignment, from_id: str) -> tuple[Any, ...]:
    """An alignment as the rest of its row, its relation read from the *from* side."""
    turned = alignment.subject_id != from_id
    relation = INVERSE[alignment.relation] if turned else alignment.relation
    assert alignment.strength is not None
    return (
        WEIGHT[alignment.strength],
        alignment.confidence,
        DIRECTIONS.index(alignment.direction) if alignment.direction else -1,
        alignment.derived,
        alignment.aims,
        alignment.id,
        relation.value,
        alignment.rationale,
    )


def _names(catalogue: Catalogue, scheme: str) -> dict[str, None]:
    """Ids of a controlled list in its order."""
    return {concept.id: None for concept in catalogue.concepts if concept.scheme == scheme}


def _position(competency: Competency) -> int:
    return competency.position


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[tuple[Any, ...]]:
    """Rows turned into columns, of which there are `width` even without rows."""
    return [*zip(*rows, strict=True)] if rows else [()] * width


def _arrays(columns: Sequence[Sequence[Any]]) -> dict[str, Any]:
    pairs = zip(_NUMBERS.items(), columns, strict=True)
    return {name: np.array(column, dtype=kind) for (name, kind), column in pairs}


def _aim_matrix(served: Sequence[Sequence[str]], names: Iterable[str]) -> Bools:
    column = {name: index for index, name in enumerate(names)}
    matrix = np.zeros((len(served), len(column)), dtype=np.bool_)
    for row, aims in enumerate(served):
        for aim in aims:
            if aim in column:
                matrix[row, column[aim]] = True
    return matrix


def _judged(nodes: Sequence[Any], left: Sequence[int], right: Sequence[int]) -> Ints:
    """Verdicts of each node as the graph says, or else as many as it has edges."""
    degrees = np.zeros(len(nodes), dtype=np.int64)
    np.add.at(degrees, np.array([*left, *right], dtype=np.int64), 1)
    counts = [at.get("judged", degree) for (_, at), degree in zip(nodes, degrees, strict=True)]
    return np.array(counts, dtype=np.int64)


def _framework_of_side(nodes: Sequence[Any]) -> str:
    """Framework of one side of a graph made by hand."""
    names = sorted({at.get("framework") or framework_of(str(node)) for node, at in nodes})
    return ", ".join(names)


def _only_level(nodes: Sequence[Any]) -> str | None:
    levels = {at.get("level", "competency") for _, at in nodes}
    return levels.pop() if len(levels) == 1 else None
