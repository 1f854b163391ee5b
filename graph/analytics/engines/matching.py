"""One partner at most for each competency."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.analytics.engines.links import chooses_arrays, graph_of, igraph_of, links_of

if TYPE_CHECKING:
    from graph.analytics.edges import Projected
    from graph.analytics.engines.links import Engine, Links


def matching(G: Projected, *, engine: Engine = "auto") -> list[tuple[str, str]]:
    """One partner at most for each competency, so that the weights of all pairs sum highest.

    Parameters
    ----------
    G : networkx.Graph | Edges
        With `side` 0 and 1 and edges between them only. Whole-number weights are exact.

    Returns
    -------
    list[tuple[str, str]]
        Pairs (side 0, side 1) in the order of their codes; empty for a graph without links.
        Several sets of pairs may reach the same sum; which is returned depends on the engine.

    Notes
    -----
    networkx: O(n³), Galil's blossom method; igraph: push-relabel and Hungarian method.
    """
    links = links_of(G)
    pairs = matched(links, arrays=chooses_arrays(engine, len(links.nodes) * len(links.tails)))
    return [(links.nodes[a], links.nodes[b]) for a, b in pairs]


def matched(links: Links, *, arrays: bool) -> list[tuple[int, int]]:
    """`matching` as places in `links.nodes`."""
    if not len(links.tails):
        return []
    if arrays:
        made = igraph_of(links).maximum_bipartite_matching(
            types=(links.sides == 1).tolist(), weights=links.weights.tolist()
        )
        partners: list[int] = made.matching
        return [(node, other) for node, other in enumerate(partners) if node < other]
    import networkx as nx

    found = nx.max_weight_matching(graph_of(links))
    return sorted((min(pair), max(pair)) for pair in found)
