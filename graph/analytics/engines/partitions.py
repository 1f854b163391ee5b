"""Partitions into communities: how they are found, how good they are, how far two agree."""

from __future__ import annotations

import random
import threading
from typing import TYPE_CHECKING, Final

import numpy as np

from graph.analytics.engines.links import degrees, graph_of, igraph_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.analytics.edges import Ints
    from graph.analytics.engines.links import Links

#: Edges up to which communities are improved to the end.
_PATIENT: Final = 100_000

#: igraph draws from one random number generator for the whole process.
_IGRAPH_RANDOM: Final = threading.Lock()


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

    G = igraph_of(links)
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
        joined = igraph_of(links).community_fastgreedy(weights=links.weights.tolist())
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
