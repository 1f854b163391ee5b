"""Measures of centrality, one figure for each node: betweenness, PageRank and HITS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from graph.analytics.engines.links import STEP, degrees, graph_of, igraph_of

if TYPE_CHECKING:
    from graph.analytics.edges import Floats
    from graph.analytics.engines.links import Links

#: Nodes up to which a dense solution per bootstrap sample is cheaper than a sparse one.
_DENSE: Final = 64

#: Steps after which an iteration ends with what it has: far above what any needed in tests.
_MOST_STEPS: Final = 1000

#: Array cells that one batch of dense solutions may take: 8 MB.
_BATCH_CELLS: Final = 1_000_000


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
        found = igraph_of(links, kept).betweenness(
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
