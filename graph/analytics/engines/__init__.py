"""The fast forms behind the public analytics: arrays in, arrays out.

A networkx graph is how graphs are handed over in this project. Where networkx is too slow, for a
registry of hundreds of frameworks or for hundreds of bootstrap samples, its edges are turned into
arrays once, and numpy, scipy.sparse or igraph work on those. The public functions choose by size;
the answers are the same, and tests hold them equal to networkx on generated small graphs.

The order of nodes and edges depends on their names alone, never on the order of insertion, so
that everything made from it is deterministic.
"""

from graph.analytics.engines.links import (
    SMALL_WORK,
    STEP,
    Engine,
    Links,
    chooses_arrays,
    degrees,
    graph_of,
    known,
    links_of,
    selection_of,
)
from graph.analytics.engines.matching import matched, matching
from graph.analytics.engines.measures import betweenness, hits, hits_many, pagerank, pageranks
from graph.analytics.engines.partitions import (
    adjusted_rand,
    bipartite_modularity,
    canonical,
    greedy,
    leiden,
    louvain,
    modularity,
)
from graph.analytics.engines.ways import SMALL_SEARCH, Neighbors, distances, shortest_ways

__all__ = [
    "SMALL_SEARCH",
    "SMALL_WORK",
    "STEP",
    "Engine",
    "Links",
    "Neighbors",
    "adjusted_rand",
    "betweenness",
    "bipartite_modularity",
    "canonical",
    "chooses_arrays",
    "degrees",
    "distances",
    "graph_of",
    "greedy",
    "hits",
    "hits_many",
    "known",
    "leiden",
    "links_of",
    "louvain",
    "matched",
    "matching",
    "modularity",
    "pagerank",
    "pageranks",
    "selection_of",
    "shortest_ways",
]
