"""Every framework and every crosswalk as one graph, on which ways over several are found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from graph.analytics.edges import WEIGHT
from graph.analytics.project import check_filters
from graph.catalogue import best_first
from graph.errors import ParameterError
from graph.model import Strength
from graph.terms import natural_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    import networkx as nx

    from graph.catalogue import Catalogue
    from graph.model import Alignment

#: Relation of a step up within a framework, from a statement to its parent.
PART_OF: Final = "part-of"


def whole_graph(
    catalogue: Catalogue,
    level: str | None = None,
    *,
    min_strength: Strength | str | None = None,
    min_confidence: float = 0,
    aim: str | None = None,
    tree: bool = False,
    derived: Iterable[Alignment] = (),
) -> nx.Graph:
    """Every framework and every crosswalk as one undirected graph.

    Parameters
    ----------
    level : str | None
        Level that both ends must have; `None` for all.
    min_strength : Strength | None
        Keep alignments at least that strong.
    min_confidence : float
        Keep alignments at least that sure, 0 to 1.
    aim : str | None
        Keep alignments that serve this aim. Those between editions serve none.
    tree : bool
        Add an edge from each statement to its parent in the graph, so that behaviors connect
        through their competencies.
    derived : Iterable[Alignment]
        Derived alignments to add. An asserted one of the same pair wins.

    Returns
    -------
    networkx.Graph
        Nodes: all competencies at the level: `framework`, `level`, `title`, `description`. Edges
        as those of `graph.analytics.project.project`, and `subject`: from where the `relation` is
        read. An edge of the tree has `relation` part-of, and no `alignment`.

    Raises
    ------
    ParameterError
        If level, strength, aim or confidence is none that there is.

    Notes
    -----
    Nodes and edges in the order of their codes. What was withdrawn is left out. Of several
    alignments of one pair the best counts (`graph.catalogue.best_first`). A level that nothing has
    gives an empty graph. O(n + m log m).
    """
    import networkx as nx

    strength = check_filters(catalogue, level=level, min_strength=min_strength, aim=aim)
    if not 0 <= min_confidence <= 1:
        raise ParameterError("min_confidence", str(min_confidence), "a number from 0 to 1")
    least = WEIGHT[strength] if strength else 0

    G = nx.Graph()
    members = [c for c in catalogue.competencies.values() if level is None or c.level == level]
    for competency in sorted(members, key=lambda c: natural_key(c.id)):
        G.add_node(
            competency.id,
            framework=competency.framework,
            level=competency.level,
            title=competency.title,
            description=competency.description,
        )
    best: dict[tuple[str, str], Alignment] = {}
    for alignment in (*catalogue.alignments.values(), *derived):
        strength = alignment.strength
        if (
            not alignment.aligned
            or alignment.withdrawn
            or strength is None
            or WEIGHT[strength] < least
            or alignment.confidence < min_confidence
            or (aim is not None and aim not in alignment.aims)
            or alignment.subject_id not in G
            or alignment.object_id not in G
        ):
            continue
        one, other = sorted((alignment.subject_id, alignment.object_id), key=natural_key)
        old = best.get((one, other))
        if old is None or (alignment.derived, best_first(alignment)) < (
            old.derived,
            best_first(old),
        ):
            best[one, other] = alignment
    for (one, other), alignment in sorted(
        best.items(), key=lambda pair: [natural_key(end) for end in pair[0]]
    ):
        strength = alignment.strength
        assert strength is not None
        G.add_edge(
            one,
            other,
            subject=alignment.subject_id,
            relation=alignment.relation.value,
            strength=strength.value,
            weight=WEIGHT[strength],
            confidence=alignment.confidence,
            direction=alignment.direction.value if alignment.direction else None,
            aims=alignment.aims,
            alignment=alignment.id,
            rationale=alignment.rationale,
            derived=alignment.derived,
        )
    if tree:
        for competency in members:
            if competency.parent in G and not G.has_edge(competency.id, competency.parent):
                G.add_edge(
                    competency.id,
                    competency.parent,
                    subject=competency.id,
                    relation=PART_OF,
                    strength=None,
                    weight=WEIGHT[Strength.STRONG],
                    confidence=1.0,
                    direction=None,
                    aims=(),
                    alignment=None,
                    rationale="",
                    derived=False,
                )
    return G
