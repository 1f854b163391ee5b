"""The cheapest ways from one node to another."""

from __future__ import annotations

import heapq
import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from graph.analytics.edges import Ints

#: Edges above which scipy searches a graph faster than Python does.
SMALL_SEARCH: Final = 2_000


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
