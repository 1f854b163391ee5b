"""The fast forms behind the public analytics: arrays in, arrays out.

A networkx graph is how graphs are handed over in this project. Where networkx is too slow, for a
registry of hundreds of frameworks or for hundreds of bootstrap samples, its edges are turned into
arrays once, and numpy, scipy.sparse or igraph work on those. The public functions choose by size;
the answers are the same, and tests hold them equal to networkx on generated small graphs.

The order of nodes and edges depends on their names alone, never on the order of insertion, so
that everything made from it is deterministic.
"""

from __future__ import annotations

import heapq
import itertools
import math
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from graph.analytics.edges import Edges
from graph.errors import ParameterError
from graph.terms import framework_of, natural_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    import networkx as nx

    from graph.analytics.edges import Projected, Selection

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]

#: Which implementation: `auto` chooses by size, `networkx` is the plain form, `arrays` the fast.
Engine: TypeAlias = Literal["auto", "networkx", "arrays"]

#: Called as `progress(done, total)` while long work runs; it may raise to stop the work.
Progress: TypeAlias = Callable[[int, int], None]

#: Edges above which scipy searches a graph faster than Python does.
SMALL_SEARCH: Final = 2_000

#: Nodes x edges x runs above which `auto` leaves networkx, some tenths of a second's work.
SMALL_WORK: Final = 50_000

#: Nodes up to which a dense solution per bootstrap sample is cheaper than a sparse one.
_DENSE: Final = 64

#: Steps after which an iteration ends with what it has: far above what any needed in tests.
_MOST_STEPS: Final = 1000

#: Edges up to which communities are improved to the end.
_PATIENT: Final = 100_000

#: Array cells that one batch of dense solutions may take: 8 MB.
_BATCH_CELLS: Final = 1_000_000

#: What 1 / weight is multiplied by: strong 2, moderate 3, weak 6. Whole numbers, so that two
#: equally short ways are seen to be equal whatever the order in which they are summed.
STEP: Final = 6.0

#: igraph draws from one random number generator for the whole process.
_IGRAPH_RANDOM: Final = threading.Lock()


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
    def loose(self) -> npt.NDArray[np.bool_]:
        """Which nodes have no edge."""
        ends = np.concatenate((self.tails, self.heads))
        loose: npt.NDArray[np.bool_] = np.bincount(ends, minlength=len(self.nodes)) == 0
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
    return checked(
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


def checked(links: Links) -> Links:
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


def _igraph_of(links: Links, kept: npt.NDArray[np.bool_] | None = None) -> Any:
    """Edges as an igraph graph over positions."""
    import igraph

    pairs = np.column_stack((links.tails, links.heads))
    return igraph.Graph(len(links.nodes), pairs if kept is None else pairs[kept])


# Centrality


def degrees(links: Links, weights: Floats) -> Floats:
    """Sum of the weights at each node. O(m)."""
    n = len(links.nodes)
    found = np.zeros(n)
    found += np.bincount(links.tails, weights, n)
    found += np.bincount(links.heads, weights, n)
    return found


def betweenness(links: Links, weights: Floats, *, arrays: bool) -> Floats:
    """Share of the shortest ways between other nodes that lead through each node.

    The length of an edge is 6 / weight; an edge of weight 0 is not there. Between 0 and 1. All 0
    where there are fewer than three nodes. O(n m + n² log n) (Brandes 2001).
    """
    n = len(links.nodes)
    if n < 3:
        return np.zeros(n)
    if arrays:
        kept = weights > 0
        found = _igraph_of(links, kept).betweenness(
            directed=False, weights=(STEP / weights[kept]).tolist()
        )
        return np.array(found, dtype=np.float64) * 2 / ((n - 1) * (n - 2))
    import networkx as nx

    G = graph_of(links, weights)
    for *_, values in G.edges(data=True):
        values["length"] = STEP / values["weight"]
    by_node = nx.betweenness_centrality(G, weight="length")
    return np.array([by_node[node] for node in range(n)], dtype=np.float64)


def pagerank(
    links: Links, weights: Floats, *, damping: float = 0.85, tolerance: float = 1e-10
) -> Floats:
    """Share of time that a walker spends at each node; he goes by weight, and sometimes jumps.

    From a node without edges he jumps anywhere. Sums to 1; the sum of all errors is below
    `tolerance`. A dense solution for few nodes. For many, the walk on an undirected graph is
    symmetric once scaled by the roots of the degrees, so that conjugate gradients (Hestenes and
    Stiefel 1952) over scipy.sparse need some ten steps of O(m) where power iteration needs over a
    hundred.
    """
    n = len(links.nodes)
    if n <= _DENSE:
        return pageranks(links, weights[np.newaxis], damping=damping).reshape(n)
    from scipy.sparse import coo_array

    out = degrees(links, weights)
    # Nodes without edges get by jumps alone what every node gets by jumps.
    jump = (1 - damping) / (n - damping * np.count_nonzero(out == 0))
    root = np.sqrt(np.where(out > 0, out, 1))
    here, there = links.tails.astype(np.int32), links.heads.astype(np.int32)
    scaled = damping * weights / (root[here] * root[there])
    half = coo_array((scaled, (here, there)), shape=(n, n)).tocsr()
    other = half.T.tocsr()
    # (I - half - other) y = jump / root, and x = root * y.
    y = jump * root / (1 - damping) * (out > 0) + jump * (out == 0)
    rest = jump / root - (y - half @ y - other @ y)
    way, square = rest, float(rest @ rest)
    for _ in range(_MOST_STEPS):
        if float(np.abs(rest * root).sum()) <= tolerance * (1 - damping):
            break
        image = way - half @ way - other @ way
        step = square / float(way @ image)
        y = y + step * way
        rest = rest - step * image
        before, square = square, float(rest @ rest)
        way = rest + square / before * way
    x = y * root
    return np.asarray(x / x.sum(), dtype=np.float64)


def pageranks(links: Links, weights: Floats, *, damping: float = 0.85) -> Floats:
    """`pagerank` for many weightings at once: one a row. Exact for few nodes."""
    n, samples = len(links.nodes), len(weights)
    if n == 0:
        return np.zeros((samples, 0))
    if n > _DENSE:
        return np.stack([pagerank(links, row, damping=damping) for row in weights])
    found = np.empty((samples, n))
    size = max(1, _BATCH_CELLS // (n * n))
    for start in range(0, samples, size):
        walk = _matrices(links, weights[start : start + size])
        out = walk.sum(axis=2, keepdims=True)
        walk = np.where(out > 0, walk / np.where(out > 0, out, 1), 1 / n)
        # x = damping * x @ walk + (1 - damping) / n
        left = np.eye(n) - damping * walk.transpose(0, 2, 1)
        right = np.full((len(walk), n, 1), (1 - damping) / n)
        found[start : start + size] = np.linalg.solve(left, right)[..., 0]
    return _shares(found)


def _matrices(links: Links, weights: Floats) -> Floats:
    """Symmetric adjacency matrices, one for each row of weights."""
    forth = _forth(links, weights)
    return forth + forth.transpose(0, 2, 1)


def _forth(links: Links, weights: Floats) -> Floats:
    """Matrices of the edges from tail to head, one for each row of weights."""
    n = len(links.nodes)
    matrices = np.zeros((len(weights), n, n))
    cells: Any = (slice(None), links.tails, links.heads)
    np.add.at(matrices, cells, weights)
    return matrices


def hits(links: Links, weights: Floats, *, tolerance: float = 1e-10) -> Floats:
    """Hub scores of the tails of all edges, authority scores of their heads (Kleinberg 1999).

    A good hub leads to good authorities, and the reverse. Each of the two sums to 1; all 0 where
    there is no edge. Where several groups of nodes tie for the greatest singular value, the start
    decides how they share: all nodes alike. By eigenvectors for few nodes, else by at most 1,000
    steps of power iteration over scipy.sparse, O(m) each.
    """
    n = len(links.nodes)
    if n <= _DENSE:
        return hits_many(links, weights[np.newaxis]).reshape(n)
    if not weights.any():
        return np.zeros(n)
    from scipy.sparse import coo_array

    forth = coo_array(
        (weights, (links.tails.astype(np.int32), links.heads.astype(np.int32))), shape=(n, n)
    ).tocsr()
    back = forth.T.tocsr()
    hubs = np.full(n, 1 / n)
    for _ in range(_MOST_STEPS):
        following = forth @ (back @ hubs)
        following /= following.sum()
        change = float(np.abs(following - hubs).sum())
        hubs = following
        if change < tolerance:
            break
    authorities = back @ hubs
    return np.asarray(hubs + authorities / authorities.sum(), dtype=np.float64)


def hits_many(links: Links, weights: Floats) -> Floats:
    """`hits` for many weightings at once: one a row. Exact for few nodes."""
    n, samples = len(links.nodes), len(weights)
    if n == 0:
        return np.zeros((samples, 0))
    if n > _DENSE:
        return np.stack([hits(links, row) for row in weights])
    found = np.zeros((samples, n))
    size = max(1, _BATCH_CELLS // (n * n))
    for start in range(0, samples, size):
        chunk = weights[start : start + size]
        forth = _forth(links, chunk)
        values, vectors = np.linalg.eigh(forth @ forth.transpose(0, 2, 1))
        greatest = values[:, -1:]
        chosen = (values > greatest * (1 - 1e-9)) & (greatest > 0)
        # All nodes alike, seen in the space of the greatest singular value.
        shares = vectors.sum(axis=1) * chosen
        hubs = np.abs(np.einsum("snk,sk->sn", vectors, shares))
        authorities = np.einsum("snm,sn->sm", forth, hubs)
        found[start : start + size] = _shares(hubs) + _shares(authorities)
    return found


def _shares(values: Floats) -> Floats:
    """Each row divided by its sum; a row of zeros stays one."""
    total = values.sum(axis=1, keepdims=True)
    shares: Floats = np.divide(values, total, out=np.zeros_like(values), where=total > 0)
    return shares


# Communities


def louvain(links: Links, *, resolution: float, seed: int) -> Ints:
    """Communities of networkx's Louvain method: a number for each node (Blondel et al. 2008)."""
    import networkx as nx

    found = nx.community.louvain_communities(
        graph_of(links), weight="weight", resolution=resolution, seed=seed
    )
    return _labels(found, len(links.nodes))


def leiden(links: Links, *, resolution: float, seed: int) -> Ints:
    """Communities of igraph's Leiden method, for modularity (Traag et al. 2019).

    Repeated until nothing gets better; twice above 100,000 edges, where the rest gains less than a
    hundredth of the modularity for ten times the time.
    """
    import igraph

    G = _igraph_of(links)
    with _IGRAPH_RANDOM:
        igraph.set_random_number_generator(random.Random(seed))  # noqa: S311, not a secret
        try:
            found = G.community_leiden(
                "modularity",
                weights=links.weights.tolist(),
                resolution=resolution,
                n_iterations=-1 if len(links.tails) <= _PATIENT else 2,
            )
        finally:
            igraph.set_random_number_generator(random)
    return canonical(np.array(found.membership, dtype=np.int64))


def greedy(links: Links, *, arrays: bool) -> Ints:
    """Communities by joining the pair that gains most, again and again (Clauset et al. 2004)."""
    if arrays:
        joined = _igraph_of(links).community_fastgreedy(weights=links.weights.tolist())
        return canonical(np.array(joined.as_clustering().membership, dtype=np.int64))
    import networkx as nx

    found = nx.community.greedy_modularity_communities(graph_of(links), weight="weight")
    return _labels(found, len(links.nodes))


def _labels(groups: Sequence[set[int] | frozenset[int]], n: int) -> Ints:
    labels = np.zeros(n, dtype=np.int64)
    for number, group in enumerate(groups):
        labels[sorted(group)] = number
    return canonical(labels)


def canonical(labels: Ints) -> Ints:
    """The same partition, numbered from 0 in the order of the first member of each group."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    ranks = np.empty(len(first), dtype=np.int64)
    ranks[np.argsort(first)] = np.arange(len(first))
    numbered: Ints = ranks[inverse]
    return numbered


def modularity(links: Links, labels: Ints, *, resolution: float = 1.0) -> float:
    """Weight within communities beyond what is expected by chance (Newman 2006, equation 1).

    Between -0.5 and 1; 0 for a graph without links. O(n + m).
    """
    total = float(links.weights.sum())
    if total == 0:
        return 0.0
    inside = float(links.weights[labels[links.tails] == labels[links.heads]].sum())
    by_group = np.bincount(labels, degrees(links, links.weights))
    return inside / total - resolution * float(((by_group / (2 * total)) ** 2).sum())


def bipartite_modularity(links: Links, labels: Ints) -> float:
    """Modularity whose chance model, too, links the two sides only (Barber 2007, equation 22).

    Between -1 and 1; 0 for a graph without links. O(n + m).
    """
    total = float(links.weights.sum())
    if total == 0:
        return 0.0
    inside = float(links.weights[labels[links.tails] == labels[links.heads]].sum())
    groups = int(labels.max()) + 1
    tails = np.bincount(labels[links.tails], links.weights, groups)
    heads = np.bincount(labels[links.heads], links.weights, groups)
    return inside / total - float((tails * heads).sum()) / total**2


def adjusted_rand(a: Ints, b: Ints) -> float:
    """How far two partitions agree beyond chance (Hubert and Arabie 1985, equation 5).

    1 for the same partition, about 0 for unrelated ones; may be below 0. 1 where there is nothing
    to disagree about: fewer than two members, or both all in one group or all apart. O(n log n).
    """

    def pairs(labels: Ints) -> float:
        counts = np.unique(labels, return_counts=True)[1].astype(np.float64)
        return float((counts * (counts - 1)).sum()) / 2

    n = len(a)
    together = pairs(a * (int(b.max(initial=0)) + 1) + b)
    of_a, of_b, all_ = pairs(a), pairs(b), n * (n - 1) / 2
    if all_ == 0:
        return 1.0
    expected = of_a * of_b / all_
    most = (of_a + of_b) / 2
    return 1.0 if most == expected else (together - expected) / (most - expected)


# Matching


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
        made = _igraph_of(links).maximum_bipartite_matching(
            types=(links.sides == 1).tolist(), weights=links.weights.tolist()
        )
        partners: list[int] = made.matching
        return [(node, other) for node, other in enumerate(partners) if node < other]
    import networkx as nx

    found = nx.max_weight_matching(graph_of(links))
    return sorted((min(pair), max(pair)) for pair in found)


# Ways


@dataclass(frozen=True, slots=True, eq=False)
class Neighbors:
    """Who is next to whom, as compressed rows.

    Attributes
    ----------
    starts : Ints
        Where the neighbors of each node start; one more than there are nodes.
    nodes : Ints
        Neighbors of the first node, then of the second, ...
    costs : Ints
        What each of these steps costs, at least 1, in whole numbers so that sums are exact.
    """

    starts: Ints
    nodes: Ints
    costs: Ints

    @classmethod
    def of(cls, n: int, tails: Ints, heads: Ints, costs: Ints) -> Neighbors:
        """From edges that may be walked both ways. O(m log m)."""
        here, there = np.concatenate((tails, heads)), np.concatenate((heads, tails))
        order = np.lexsort((there, here))
        starts = np.zeros(n + 1, dtype=np.int64)
        np.cumsum(np.bincount(here, minlength=n), out=starts[1:])
        return cls(starts, there[order], np.concatenate((costs, costs))[order])

    def around(self, node: int) -> list[tuple[int, int]]:
        """(neighbor, cost) of each step from a node."""
        part = slice(self.starts[node], self.starts[node + 1])
        return list(zip(self.nodes[part].tolist(), self.costs[part].tolist(), strict=True))


def distances(neighbors: Neighbors, node: int, *, arrays: bool) -> list[int | None]:
    """Least cost from every node to one; `None` where there is no way. O(m log n), Dijkstra."""
    n = len(neighbors.starts) - 1
    if arrays:
        from scipy.sparse import csr_array
        from scipy.sparse.csgraph import dijkstra

        walk = csr_array(
            (
                neighbors.costs.astype(np.float64),
                neighbors.nodes.astype(np.int32),
                neighbors.starts.astype(np.int32),
            ),
            shape=(n, n),
        )
        found = dijkstra(walk, directed=True, indices=node)
        return [int(value) if value < math.inf else None for value in found.tolist()]
    costs: list[int | None] = [None] * n
    heap = [(0, node)]
    while heap:
        cost, here = heapq.heappop(heap)
        if costs[here] is not None:
            continue
        costs[here] = cost
        for there, step in neighbors.around(here):
            if costs[there] is None:
                heapq.heappush(heap, (cost + step, there))
    return costs


def shortest_ways(
    neighbors: Neighbors, source: int, target: int, k: int, *, arrays: bool
) -> list[tuple[int, ...]]:
    """The k cheapest ways without a node twice, as tuples of nodes; fewer if there are no more.

    In the order of cost; equally cheap ones in the order of their nodes. Yen's method (1971),
    each of its searches led by the exact costs to the target (A*): O(k n m log n) at worst, in
    practice one search of the whole graph and a few steps beside each way found.
    """
    ahead = distances(neighbors, target, arrays=arrays)
    first = _way(neighbors, ahead, (source,), target, frozenset())
    found: list[tuple[int, ...]] = []
    waiting = [first] if first else []
    seen = {first[1]} if first else set()
    while waiting and len(found) < k:
        _, way = heapq.heappop(waiting)
        found.append(way)
        for place in range(len(way) - 1):
            root = way[: place + 1]
            taken = frozenset(
                other[place + 1]
                for other in found
                if other[: place + 1] == root and len(other) > place + 1
            )
            beside = _way(neighbors, ahead, root, target, taken)
            if beside and beside[1] not in seen:
                seen.add(beside[1])
                heapq.heappush(waiting, beside)
    return found


def _way(
    neighbors: Neighbors,
    ahead: list[int | None],
    root: tuple[int, ...],
    target: int,
    taken: frozenset[int],
) -> tuple[int, tuple[int, ...]] | None:
    """Cheapest way that starts with `root` and does not go on to a node in `taken`.

    Entries with the same bound are compared by their nodes. A bound never falls along a way, and
    a way compares less than what continues it, so that the first entry for a node is its best.
    """
    spur = root[-1]
    if ahead[spur] is None:
        return None
    spent = 0
    for here, there in itertools.pairwise(root):
        spent += dict(neighbors.around(here))[there]
    done = set(root[:-1])
    heap = [(0, root, spent)]
    while heap:
        _, way, cost = heapq.heappop(heap)
        here = way[-1]
        if here == target:
            return cost, way
        if here in done:
            continue
        done.add(here)
        for there, step in neighbors.around(here):
            rest = ahead[there]
            if there in done or rest is None or (here == spur and there in taken):
                continue
            total = cost + step
            heapq.heappush(heap, (total + rest, (*way, there), total))
    return None
