"""Analytics on a registry: time and memory of each, beside plain networkx in the same run.

A crosswalk of random alignments is made as columns, the larger one of 200 frameworks and 500,000
alignments, and a smaller one of 20,000 for what networkx does not finish on the larger. Each
measurement runs in a process of its own, forked from one that holds the graph, so that its peak
memory is its own; what takes longer than the limit is ended. Times are the best of three runs, of
one run if that took more than a second. Progress goes to stderr, the table to stdout as Markdown;
Ctrl+C ends the measurement under way and prints the table so far.

    python -m benchmarks.analytics
    python -m benchmarks.analytics --alignments 20000 --frameworks 20 --seconds 30
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import itertools
import math
import multiprocessing
import os
import platform
import sys
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import igraph
import networkx as nx
import numpy as np
import scipy
import scipy.sparse.csgraph  # the first call must not pay for the import

from graph.analytics import engines
from graph.analytics.centrality import Measure, centrality
from graph.analytics.communities import communities
from graph.analytics.coverage import coverage
from graph.analytics.coverage_matrix import coverage_matrix
from graph.analytics.edges import STRENGTH_OF, Edges, Selection
from graph.analytics.gaps import gaps
from graph.analytics.paths import Cost, Ready, paths, prepare

if TYPE_CHECKING:
    from collections.abc import Callable

#: Statements of each framework.
_STATEMENTS: Final = 40

#: Share of statements that no alignment reaches, so that there are gaps to find.
_GAPS: Final = 0.02

#: Paths that are asked for.
_K: Final = 3


@dataclass(frozen=True, slots=True)
class Registry:
    """One generated crosswalk in every form."""

    name: str
    edges: Edges
    graph: nx.Graph
    links: engines.Links
    ready: Ready
    frameworks: tuple[str, ...]
    ends: tuple[str, str]

    @property
    def own(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """For each statement the place of its framework."""
        return np.arange(len(self.edges.ids)) // _STATEMENTS


@dataclass(frozen=True, slots=True)
class Figure:
    """What one run took, or why there is no figure."""

    seconds: float | None
    megabytes: float | None
    answer: Any
    why: str = ""


@dataclass(frozen=True, slots=True)
class Race:
    """One question, asked of networkx and of us.

    Attributes
    ----------
    plain : Callable | None
        `None` where networkx has nothing to answer with.
    same : Callable
        Whether two answers agree.
    """

    name: str
    on: str
    plain: Callable[[Registry], Any] | None
    ours: Callable[[Registry], Any]
    same: Callable[[Any, Any], bool]


def make(name: str, frameworks: int, alignments: int, seed: int = 1) -> Registry:
    """Half of the frameworks against the other half; alignments between random statements."""
    chance = np.random.default_rng(seed)
    names = tuple(f"made-{number:03}" for number in range(1, frameworks + 1))
    ids = [f"{name}:{code}" for name in names for code in range(1, _STATEMENTS + 1)]
    half = frameworks // 2 * _STATEMENTS
    lefts, rights = ids[:half], ids[half:]
    open_left = np.flatnonzero(chance.random(len(lefts)) >= _GAPS)
    open_right = np.flatnonzero(chance.random(len(rights)) >= _GAPS)
    cells = len(open_left) * len(open_right)
    if alignments > cells:
        sys.exit(f"{alignments:,} alignments do not fit between {frameworks} frameworks")
    drawn = np.sort(chance.choice(cells, alignments, replace=False))
    edges = Edges.of_columns(
        Selection(names[0], names[-1], "competency"),
        lefts,
        rights,
        open_left[drawn // len(open_right)],
        open_right[drawn % len(open_right)],
        weight=chance.integers(1, 4, alignments),
        confidence=chance.integers(40, 96, alignments) / 100,
    )
    graph = nx.Graph(selection=edges.selection)
    graph.add_nodes_from(
        (node, {"side": int(place >= half), "framework": node.partition(":")[0], "title": node})
        for place, node in enumerate(ids)
    )
    columns = (edges.left, edges.right, edges.weight, edges.confidence)
    graph.add_edges_from(
        (
            ids[left],
            ids[right],
            {"weight": weight, "strength": STRENGTH_OF[weight].value, "confidence": confidence},
        )
        for left, right, weight, confidence in zip(*map(np.ndarray.tolist, columns), strict=True)
    )
    ends = ids[int(open_left[0])], ids[half + int(open_right[-1])]
    return Registry(name, edges, graph, engines.links_of(edges), prepare(graph), names, ends)


# What plain networkx would be asked


def _plain_coverage(r: Registry) -> list[tuple[int, int, float, float]]:
    """Of each side: statements, reached, mean greatest weight and confidence."""
    found = []
    for side in (0, 1):
        nodes = [node for node, at in r.graph.nodes(data="side") if at == side]
        around = [[*r.graph[node].values()] for node in nodes]
        found.append(
            (
                len(nodes),
                sum(bool(edges) for edges in around),
                math.fsum(max((at["weight"] for at in es), default=0) for es in around),
                math.fsum(max((at["confidence"] for at in es), default=0) for es in around),
            )
        )
    return [(n, some, weight / n / 3, sure / n) for n, some, weight, sure in found]


def _our_coverage(r: Registry) -> list[tuple[int, int, float, float]]:
    shares = [side.whole for side in coverage(r.edges).sides]
    return [(s.total, s.reached, s.strength or 0, s.confidence or 0) for s in shares]


def _plain_matrix(r: Registry) -> int:
    """Statements reached, over all ordered pairs of frameworks."""
    framework = dict(r.graph.nodes(data="framework"))
    reached = {(a, framework[b]) for one, two in r.graph.edges for a, b in ((one, two), (two, one))}
    return len(reached)


def _our_matrix(r: Registry) -> int:
    found = coverage_matrix(r.frameworks, r.own, r.edges.left, r.edges.right)
    return int(found.reached.sum())


def _plain_gaps(r: Registry) -> list[str]:
    return [node for node, degree in r.graph.degree if degree == 0]


def _our_gaps(r: Registry) -> list[str]:
    return [gap.id for side in gaps(r.edges, most=0).sides for gap in side.gaps]


def _plain_pagerank(r: Registry) -> list[float]:
    return [*nx.pagerank(r.graph).values()]


def _our_pagerank(r: Registry) -> list[float]:
    values = engines.pagerank(r.links, r.links.weights)
    place = {node: number for number, node in enumerate(r.links.nodes)}
    return [float(values[place[node]]) for node in r.edges.ids]


def _public_pagerank(r: Registry) -> list[float]:
    found = centrality(r.graph, measures=[Measure.PAGERANK], samples=0)
    values = {row.id: row.value for row in found.rows}
    return [values[node] for node in r.edges.ids]


def _intervals(r: Registry) -> int:
    return len(centrality(r.edges, measures=[Measure.PAGERANK], samples=100).rows)


def _directed(r: Registry) -> nx.DiGraph:
    walk = nx.DiGraph()
    walk.add_nodes_from(r.edges.ids)
    walk.add_weighted_edges_from(
        (*sorted(pair, key=lambda node: r.graph.nodes[node]["side"]), weight)
        for *pair, weight in r.graph.edges(data="weight")
    )
    return walk


def _plain_hits(r: Registry) -> list[float]:
    hubs, authorities = nx.hits(_directed(r))
    return [hubs[node] + authorities[node] for node in r.edges.ids]


def _our_hits(r: Registry) -> list[float]:
    values = engines.hits(r.links, r.links.weights)
    place = {node: number for number, node in enumerate(r.links.nodes)}
    return [float(values[place[node]]) for node in r.edges.ids]


def _plain_paths(r: Registry) -> list[float]:
    def length(_one: str, _other: str, at: dict[str, Any]) -> float:
        return float(engines.STEP / at["weight"])

    ways = nx.shortest_simple_paths(r.graph, *r.ends, weight=length)
    return [
        sum(length(*pair, r.graph.edges[pair]) for pair in itertools.pairwise(way))
        for way in itertools.islice(ways, _K)
    ]


def _our_paths(r: Registry) -> list[float]:
    return [path.cost for path in paths(r.edges, *r.ends, k=_K, cost=Cost.STRENGTH).found]


def _public_paths(r: Registry) -> list[float]:
    return [path.cost for path in paths(r.graph, *r.ends, k=_K, cost=Cost.STRENGTH).found]


def _ready_paths(r: Registry) -> list[float]:
    return [path.cost for path in paths(r.graph, *r.ends, k=_K, ready=r.ready).found]


def _betweenness(arrays: bool) -> Callable[[Registry], list[float]]:
    def run(r: Registry) -> list[float]:
        return engines.betweenness(r.links, r.links.weights, arrays=arrays).tolist()

    return run


def _greedy(arrays: bool) -> Callable[[Registry], float]:
    def run(r: Registry) -> float:
        return engines.modularity(r.links, engines.greedy(r.links, arrays=arrays))

    return run


def _plain_louvain(r: Registry) -> float:
    return engines.modularity(r.links, engines.louvain(r.links, resolution=1, seed=1))


def _our_leiden(r: Registry) -> float:
    return engines.modularity(r.links, engines.leiden(r.links, resolution=1, seed=1))


def _themes(r: Registry) -> int:
    return len(communities(r.edges).found)


def _matching(engine: engines.Engine) -> Callable[[Registry], float]:
    def run(r: Registry) -> float:
        pairs = engines.matching(r.edges, engine=engine)
        return math.fsum(r.graph.edges[pair]["weight"] for pair in pairs)

    return run


def _ready_matching(r: Registry) -> float:
    ends = np.array(engines.matched(r.links, arrays=True))
    pairs = (tuple(r.links.nodes[place] for place in pair) for pair in ends.tolist())
    return math.fsum(r.graph.edges[pair]["weight"] for pair in pairs)


def _close(one: Any, other: Any) -> bool:
    """The same figures, as far as networkx's own stopping rule allows."""
    return bool(np.allclose(one, other, rtol=1e-3, atol=1e-9))


def _near(plain: Any, ours: Any) -> bool:
    """What networkx promises of a PageRank: a last step below one millionth for each node."""
    return float(np.abs(np.subtract(plain, ours)).sum()) <= 1e-6 * len(ours) / (1 - 0.85)


def _no_worse(plain: Any, ours: Any) -> bool:
    """Modularity within a hundredth of the plain one, or above: ties are broken differently."""
    return bool(ours >= plain - 0.01)


def _equal(one: Any, other: Any) -> bool:
    return bool(one == other)


LARGE: Final = (
    Race("coverage", "columns", _plain_coverage, _our_coverage, _close),
    Race("coverage, all pairs of frameworks", "columns", _plain_matrix, _our_matrix, _equal),
    Race("gaps", "columns", _plain_gaps, _our_gaps, _equal),
    Race("PageRank", "columns", _plain_pagerank, _our_pagerank, _near),
    Race("PageRank", "graph", _plain_pagerank, _public_pagerank, _near),
    Race("HITS", "columns", _plain_hits, _our_hits, _close),
    Race("3 shortest paths", "columns", _plain_paths, _our_paths, _close),
    Race("3 shortest paths", "graph", _plain_paths, _public_paths, _close),
    Race("3 shortest paths", "prepared", _plain_paths, _ready_paths, _close),
    Race("PageRank, 100 bootstrap samples", "columns", None, _intervals, _equal),
    Race("communities: Louvain, Leiden", "columns", _plain_louvain, _our_leiden, _no_worse),
)
SMALL: Final = (
    Race("coverage", "columns", _plain_coverage, _our_coverage, _close),
    Race("gaps", "columns", _plain_gaps, _our_gaps, _equal),
    Race("PageRank", "columns", _plain_pagerank, _our_pagerank, _near),
    Race("HITS", "columns", _plain_hits, _our_hits, _close),
    Race("3 shortest paths", "columns", _plain_paths, _our_paths, _close),
    Race("3 shortest paths", "prepared", _plain_paths, _ready_paths, _close),
    Race("betweenness", "columns", _betweenness(False), _betweenness(True), _close),
    Race("communities: greedy", "columns", _greedy(False), _greedy(True), _no_worse),
    Race("communities: Louvain, Leiden", "columns", _plain_louvain, _our_leiden, _no_worse),
    Race("communities, 10 runs with labels", "columns", None, _themes, _equal),
    Race("maximum weight matching", "columns", _matching("networkx"), _matching("arrays"), _equal),
    Race("maximum weight matching", "prepared", _matching("networkx"), _ready_matching, _equal),
)


# Measuring


def _status(name: str) -> float:
    """A line of the kernel's account of this process, in MB."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(name):
            return int(line.split()[1]) / 1024
    return math.nan


def _run(ask: Callable[[Registry], Any], registry: Registry, out: Any) -> None:
    """In the child: answer, best time, peak memory above what the process started with."""
    try:
        gc.collect()
        if sys.platform == "linux":
            # Hand back what the making of the graph left free, lest it hide what is used now.
            getattr(ctypes.CDLL(None), "malloc_trim", abs)(0)
        before = None
        if Path("/proc/self/clear_refs").exists():
            Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forget the peak
            before = _status("VmRSS")
        best = math.inf
        for _ in range(3):
            start = time.perf_counter()
            answer = ask(registry)
            best = min(best, time.perf_counter() - start)
            if best > 1:
                break
        peak = None if before is None else max(0.0, _status("VmHWM") - before)
        out.send(Figure(best, peak, answer))
    except KeyboardInterrupt:
        os._exit(1)
    except Exception:
        out.send(Figure(None, None, None, "failed"))
        traceback.print_exc()


def measure(ask: Callable[[Registry], Any], registry: Registry, seconds: float) -> Figure:
    """One figure from a process of its own, which does not outlive the call."""
    fork = multiprocessing.get_context("fork")
    mine, its = fork.Pipe(duplex=False)
    child = fork.Process(target=_run, args=(ask, registry, its), daemon=True)
    child.start()
    its.close()
    try:
        if not mine.poll(seconds):
            return Figure(None, None, None, f"> {seconds:g} s")
        figure: Figure = mine.recv()
        return figure
    except EOFError:
        return Figure(None, None, None, "ended")
    finally:
        child.kill()
        child.join()
        mine.close()


def _time(figure: Figure) -> str:
    if figure.seconds is None:
        return figure.why
    if figure.seconds < 0.1:
        return f"{figure.seconds * 1000:.2g} ms"
    return f"{figure.seconds:.3g} s"


def _memory(figure: Figure) -> str:
    return "" if figure.megabytes is None else f"{figure.megabytes:,.0f} MB"


def _row(race: Race, registry: Registry, seconds: float) -> str:
    ours = measure(race.ours, registry, seconds)
    cells = [race.name, registry.name, race.on, _time(ours), _memory(ours)]
    if race.plain is None:
        return "| " + " | ".join([*cells, "-", "-", "-", "-"]) + " |"
    plain = measure(race.plain, registry, seconds)
    ratio, same = "", ""
    if ours.seconds:
        if plain.seconds:
            ratio = f"{plain.seconds / ours.seconds:,.3g}"
            same = "yes" if race.same(plain.answer, ours.answer) else "NO"
        elif plain.why.startswith(">"):
            ratio = f"> {seconds / ours.seconds:,.3g}"
    return "| " + " | ".join([*cells, _time(plain), _memory(plain), ratio, same]) + " |"


_HEAD: Final = (
    "| Question | Alignments | Asked of | Ours | peak | networkx | peak | ratio | same |\n"
    "|---|---|---|---|---|---|---|---|---|"
)


def run(sizes: list[tuple[int, int, tuple[Race, ...]]], seconds: float) -> int:
    """Measure everything and print the table; 130 if it was interrupted, as shells have it."""

    def say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    versions = f"networkx {nx.__version__}, scipy {scipy.__version__}, igraph {igraph.__version__}"
    print(f"Python {platform.python_version()}, {versions}, {os.cpu_count()} cores; ", end="")
    print(
        f"{_STATEMENTS} statements a framework; at most {seconds:g} s each.\n\n{_HEAD}", flush=True
    )
    total = sum(len(races) for *_, races in sizes)
    done = 0
    try:
        for frameworks, alignments, races in sizes:
            say(f"making {frameworks} frameworks with {alignments:,} alignments ...")
            registry = make(f"{alignments:,}", frameworks, alignments)
            gc.collect()
            gc.freeze()  # so that a child's collector copies nothing
            for race in races:
                done += 1
                say(f"[{done}/{total}] {race.name}, {alignments:,} alignments ...")
                print(_row(race, registry, seconds), flush=True)
            del registry
            gc.unfreeze()
    except KeyboardInterrupt:
        say("interrupted; the table holds what was measured")
        return 130
    return 0


def main() -> None:
    """Command line."""
    about = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser(prog="python -m benchmarks.analytics", description=about)
    parser.add_argument("--frameworks", type=int, default=200)
    parser.add_argument("--alignments", type=int, default=500_000)
    parser.add_argument("--seconds", type=float, default=120, help="most for one measurement")
    given = parser.parse_args()
    small = (20, 20_000, SMALL)
    sizes = [small, (given.frameworks, given.alignments, LARGE)]
    sys.exit(run(sizes, given.seconds))


if __name__ == "__main__":
    main()
