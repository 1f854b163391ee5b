"""A weighted graph as arrays, as a networkx graph and as an igraph graph; and which to work on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np

from graph.analytics.edges import Edges
from graph.errors import ParameterError
from graph.terms import framework_of, natural_key

if TYPE_CHECKING:
    import networkx as nx

    from graph.analytics.edges import Bools, Floats, Ints, Projected, Selection

#: Which implementation: `auto` chooses by size, `networkx` is the plain form, `arrays` the fast.
Engine: TypeAlias = Literal["auto", "networkx", "arrays"]

#: Nodes x edges x runs above which `auto` leaves networkx, some tenths of a second's work.
SMALL_WORK: Final = 50_000

#: What 1 / weight is multiplied by: strong 2, moderate 3, weak 6. Whole numbers, so that two
#: equally short ways are seen to be equal whatever the order in which they are summed.
STEP: Final = 6.0


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """A weighted undirected graph as arrays.

    Attributes
    ----------
    nodes : tuple[str, ...]
        By side, then in the order of their codes.
    titles, frameworks : tuple[str, ...]
        Of each node; a title that is not known is the CURIE.
    sides : Ints
        0 or 1 for each node; -1 where the graph has no sides.
    codes : Ints
        Place of each node in the order of codes of both sides together.
    tails, heads : Ints
        Positions in `nodes`, one of each per edge; the tail comes first in that order, so that
        between two sides it is always the one of side 0.
    weights, confidences : Floats
        One per edge. Weights are above 0, confidences between 0 and 1.
    """

    nodes: tuple[str, ...]
    titles: tuple[str, ...]
    frameworks: tuple[str, ...]
    sides: Ints
    codes: Ints
    tails: Ints
    heads: Ints
    weights: Floats
    confidences: Floats

    @property
    def loose(self) -> Bools:
        """Which nodes have no edge."""
        ends = np.concatenate((self.tails, self.heads))
        loose: Bools = np.bincount(ends, minlength=len(self.nodes)) == 0
        return loose


def links_of(G: Projected) -> Links:
    """A graph as arrays. O(n log n + m log m); columns need no Python object for an edge.

    Parameters
    ----------
    G : networkx.Graph | graph.analytics.edges.Edges
        As `graph.analytics.project` makes it. In a networkx graph, edges have `weight` (1 if
        absent) and `confidence` (1 if absent); nodes may have `side`, `title`, `framework`.

    Raises
    ------
    ParameterError
        If a weight is not a number above 0, or a confidence is not between 0 and 1.
    """
    if isinstance(G, Edges):
        ends = G.selection.from_, G.selection.to
        facts = {
            node: (int(place >= G.split), title, ends[place >= G.split])
            for place, (node, title) in enumerate(zip(G.ids, G.titles, strict=True))
        }
    else:
        facts = {
            node: (at.get("side", -1), at.get("title", node), at.get("framework"))
            for node, at in G.nodes(data=True)
        }
    codes = {node: rank for rank, node in enumerate(sorted(facts, key=natural_key))}
    nodes = tuple(sorted(codes, key=lambda node: facts[node][0]))
    place_of = {node: position for position, node in enumerate(nodes)}
    if isinstance(G, Edges):
        moved = np.array([place_of[node] for node in G.ids], dtype=np.int64)
        tails, heads = moved[G.left], moved[G.right]
        weights, confidences = G.weight.astype(np.float64), G.confidence
    else:
        columns: tuple[list[int], list[int], list[float], list[float]] = ([], [], [], [])
        tail_of, head_of, weight_of, confidence_of = columns
        for node, around in G.adjacency():
            place = place_of[node]
            for other, at in around.items():
                # An undirected graph lists each edge at both of its ends.
                if place <= place_of[other]:
                    tail_of.append(place)
                    head_of.append(place_of[other])
                    weight_of.append(at.get("weight", 1))
                    confidence_of.append(at.get("confidence", 1))
        tails, heads = (np.array(column, dtype=np.int64) for column in columns[:2])
        weights, confidences = (np.array(column, dtype=np.float64) for column in columns[2:])
    tails, heads = np.minimum(tails, heads), np.maximum(tails, heads)
    order = np.lexsort((heads, tails))
    return _checked(
        Links(
            nodes,
            tuple(facts[node][1] for node in nodes),
            tuple(facts[node][2] or framework_of(node) for node in nodes),
            np.array([facts[node][0] for node in nodes], dtype=np.int64),
            np.array([codes[node] for node in nodes], dtype=np.int64),
            tails[order],
            heads[order],
            weights[order],
            confidences[order],
        )
    )


def selection_of(G: Projected) -> Selection | None:
    """What was projected; `None` for a graph made by hand."""
    return G.selection if isinstance(G, Edges) else G.graph.get("selection")


def _checked(links: Links) -> Links:
    """The same edges, if their weights and confidences can be used.

    Raises
    ------
    ParameterError
        If not; a comparison with NaN fails, too.
    """
    for name, values, good, accepted in (
        ("weight", links.weights, (links.weights > 0) & (links.weights < math.inf), "above 0"),
        (
            "confidence",
            links.confidences,
            (links.confidences >= 0) & (links.confidences <= 1),
            "from 0 to 1",
        ),
    ):
        if not good.all():
            wrong = int(np.flatnonzero(~good)[0])
            pair = links.nodes[links.tails[wrong]], links.nodes[links.heads[wrong]]
            raise ParameterError(
                f"{name} of {pair[0]} and {pair[1]}", str(values[wrong]), f"a number {accepted}"
            )
    return links


def known(engine: Engine) -> Engine:
    """The engine, if there is such a one.

    Raises
    ------
    ParameterError
        If not.
    """
    if engine not in ("auto", "networkx", "arrays"):
        raise ParameterError("engine", engine, "auto, networkx or arrays")
    return engine


def chooses_arrays(engine: Engine, work: int) -> bool:
    """Whether the fast form is to be used for so many units of work."""
    return known(engine) == "arrays" or (engine == "auto" and work > SMALL_WORK)


def graph_of(links: Links, weights: Floats | None = None) -> nx.Graph:
    """Edges as a networkx graph over positions, without the edges of weight 0."""
    import networkx as nx

    G = nx.Graph()
    G.add_nodes_from(range(len(links.nodes)))
    values = links.weights if weights is None else weights
    G.add_weighted_edges_from(
        (tail, head, weight)
        for tail, head, weight in zip(
            links.tails.tolist(), links.heads.tolist(), values.tolist(), strict=True
        )
        if weight > 0
    )
    return G


def igraph_of(links: Links, kept: Bools | None = None) -> Any:
    """Edges as an igraph graph over positions."""
    import igraph

    pairs = np.column_stack((links.tails, links.heads))
    return igraph.Graph(len(links.nodes), pairs if kept is None else pairs[kept])


def degrees(links: Links, weights: Floats) -> Floats:
    """Sum of the weights at each node. O(m)."""
    n = len(links.nodes)
    found = np.zeros(n)
    found += np.bincount(links.tails, weights, n)
    found += np.bincount(links.heads, weights, n)
    return found
