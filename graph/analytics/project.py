"""Two frameworks and the alignments between them, as a graph with two sides.

Every analytic starts here. `project` gives a `networkx` graph, the public form; `project_edges`
gives the same content as columns (`graph.analytics.edges`).

Whatever goes in, the sides are *from* (0) and *to* (1), nodes stand in published order, and the
edges in the order of their nodes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graph.analytics.edges import DIRECTIONS, WEIGHT, EdgeRow, Edges, Selection, edge_columns
from graph.catalogue import best_first
from graph.errors import ParameterError
from graph.model import INVERSE, Strength
from graph.terms import crosswalk_id, framework_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from enum import StrEnum

    import networkx as nx

    from graph.catalogue import Catalogue
    from graph.model import Alignment, Competency


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
    has gives an empty graph. What was withdrawn is no verdict. Several asserted alignments of one
    pair count once: the best of them (`graph.catalogue.best_first`). O(n + m log m) besides
    derivation.
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
    asked = select(
        catalogue,
        from_=from_,
        to=to,
        level=level,
        min_strength=min_strength,
        aim=aim,
        regime=regime,
    )
    return project_selection(catalogue, asked)


def project_selection(catalogue: Catalogue, selection: Selection) -> Edges:
    """What was selected from this catalogue (`select`), as columns."""
    from_, to, level = selection.from_, selection.to, selection.level
    statements = {
        member.id: member
        for framework in (from_, to)
        for member in sorted(catalogue.by_framework.get(framework, ()), key=_position)
    }
    nodes = [s for s in statements.values() if level is None or s.level == level]
    place = {node.id: index for index, node in enumerate(nodes)}
    split = sum(node.framework == from_ for node in nodes)
    verdicts = tuple(
        alignment
        for crosswalk in (crosswalk_id(from_, to), crosswalk_id(to, from_))
        for alignment in catalogue.by_crosswalk.get(crosswalk, ())
        if not alignment.withdrawn
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
    if selection.regime is not None:
        for alignment in _derived(catalogue, selection):
            pair = _pair(alignment, place, split)
            if pair and (
                pair not in judged
                and (pair not in found or best_first(alignment) < best_first(found[pair]))
            ):
                found[pair] = alignment
    kept = sorted((pair, a) for pair, a in found.items() if _counts(a, selection))
    rows = [_row(pair, alignment, nodes[pair[0]].id) for pair, alignment in kept]
    return Edges(
        selection=selection,
        ids=tuple(place),
        split=split,
        titles=tuple(node.title for node in nodes),
        levels=tuple(node.level for node in nodes),
        parents=tuple(node.parent for node in nodes),
        judged=counts,
        **edge_columns(rows, _names(catalogue, "aim")),
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


def _row(pair: tuple[int, int], alignment: Alignment, from_id: str) -> EdgeRow:
    """An alignment as an edge, its relation read from the *from* side."""
    turned = alignment.subject_id != from_id
    relation = INVERSE[alignment.relation] if turned else alignment.relation
    assert alignment.strength is not None
    return EdgeRow(
        *pair,
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
