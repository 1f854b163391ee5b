"""How two competencies connect, over all crosswalks, with the reason for each step."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from graph import bounds
from graph.analytics import engines
from graph.analytics.edges import STRENGTH_OF, Edges
from graph.analytics.whole import PART_OF
from graph.errors import NotFoundError, ParameterError
from graph.model import INVERSE, Relation
from graph.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from graph.analytics.edges import Ints, Projected
    from graph.analytics.engines import Engine, Links, Neighbors
    from graph.records import Record


class Cost(StrEnum):
    """What a step costs; a path costs the sum of its steps.

    - `strength`: 6 / weight, so strong 2, moderate 3, weak 6; a step up or down within a
      framework 2. Ordinal, like the weights themselves.
    - `confidence`: -ln(confidence), in nats. The cheapest path is the one whose product of
      confidences is greatest: the likeliest to hold if judgments are independent.
    - `steps`: 1 each.
    """

    STRENGTH = "strength"
    CONFIDENCE = "confidence"
    STEPS = "steps"


#: Most paths that may be asked for.
MOST_PATHS: Final = 100

#: Costs are summed as whole numbers of millionths, so that equal sums are equal.
_MICRO: Final = 1_000_000

#: What one step adds below all costs: of equally cheap paths the one with fewer steps is shorter.
#: A path has fewer steps than this.
_STEPS: Final = 4096

#: Least confidence that is told apart, so that -ln has an end: one in a million.
_LEAST: Final = 1e-6

#: Relation of a step down within a framework, from a statement to a part of it.
_HAS_PART: Final = "has-part"

_COLUMNS: Final = (
    "path",
    "step",
    "from",
    "relation",
    "to",
    "title",
    "strength",
    "confidence",
    "reason",
    "alignment",
)

#: The relation of a step in a sentence.
_SAYS: Final = {
    "exact": "is the same as",
    "close": "is close to",
    "broad": "is narrower than",
    "narrow": "is broader than",
    "related": "is related to",
    PART_OF: "is part of",
    _HAS_PART: "includes",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One alignment, or one step within a framework, on the way.

    Attributes
    ----------
    relation : str
        A SKOS mapping relation, read in the direction of the path; `part-of` or `has-part` within
        a framework.
    strength, alignment : str | None
        `None` within a framework.
    confidence : float
        0 to 1; 1 within a framework.
    cost : float
        In the unit of the cost that was asked for.
    """

    from_id: str
    from_title: str
    relation: str
    to_id: str
    to_title: str
    strength: str | None
    confidence: float
    alignment: str | None
    rationale: str
    derived: bool
    cost: float

    @property
    def sentence(self) -> str:
        """The step in words."""
        says = _SAYS.get(self.relation, self.relation)
        text = f"{self.from_id} “{self.from_title}” {says} {self.to_id} “{self.to_title}”"
        if self.alignment is None:
            return f"{text}."
        how = ", ".join(
            [
                *([self.strength] if self.strength else []),
                f"confidence {self.confidence:g}",
                *(["derived"] if self.derived else []),
            ]
        )
        return f"{text} ({how}). {self.rationale}".strip()

    def record(self) -> Record:
        """As JSON."""
        return {
            "from": self.from_id,
            "from_title": self.from_title,
            "relation": self.relation,
            "to": self.to_id,
            "to_title": self.to_title,
            "strength": self.strength,
            "confidence": self.confidence,
            "alignment": self.alignment,
            "rationale": self.rationale,
            "derived": self.derived,
            "cost": round(self.cost, 6),
        }


@dataclass(frozen=True, slots=True)
class Path:
    """One way from one competency to another; no competency twice.

    Attributes
    ----------
    steps : tuple[Step, ...]
        Empty from a competency to itself.
    cost : float
        Sum of its steps.
    confidence : Bounds
        That all its steps hold: guaranteed bounds, and the product if they are independent. It
        is about the steps, not about the ends: that A relates to B and B to C does not say that
        A relates to C. What follows and what does not, `graph.reasoning` knows.
    weakest : int | None
        Place of the least confident step, from 1, the first of equals; `None` without steps.
    """

    steps: tuple[Step, ...]
    cost: float
    confidence: bounds.Bounds
    weakest: int | None

    @property
    def nodes(self) -> tuple[str, ...]:
        """CURIEs along the way; empty without steps."""
        return (self.steps[0].from_id, *(step.to_id for step in self.steps)) if self.steps else ()

    def record(self) -> Record:
        """As JSON."""
        return {
            "cost": round(self.cost, 6),
            "confidence": self.confidence.record(),
            "weakest": self.weakest,
            "steps": [step.record() for step in self.steps],
        }


@dataclass(frozen=True, slots=True)
class Paths:
    """How two competencies connect.

    Attributes
    ----------
    found : tuple[Path, ...]
        Cheapest first; empty if nothing connects the two.
    """

    source: str
    target: str
    cost: Cost
    k: int
    found: tuple[Path, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """The cheapest path in words, or why there is none."""
        if self.source == self.target:
            return (f"{self.source} is where it starts.",)
        if not self.found:
            return (f"No alignments connect {self.source} with {self.target}.",)
        return tuple(step.sentence for step in self.found[0].steps)

    def record(self) -> Record:
        """As JSON."""
        return {
            "source": self.source,
            "target": self.target,
            "cost": self.cost.value,
            "k": self.k,
            "connected": bool(self.found),
            "paths": [path.record() for path in self.found],
        }

    def table(self) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """Columns and rows: one row for each step."""
        return _COLUMNS, [
            (
                number,
                place,
                step.from_id,
                step.relation,
                step.to_id,
                step.to_title,
                step.strength,
                step.confidence,
                step.rationale,
                step.alignment,
            )
            for number, path in enumerate(self.found, start=1)
            for place, step in enumerate(path.steps, start=1)
        ]


def paths(
    G: Projected,
    source: str,
    target: str,
    *,
    k: int = 3,
    cost: Cost | str = Cost.STRENGTH,
    engine: Engine = "auto",
    ready: Ready | None = None,
) -> Paths:
    """The k cheapest paths between two competencies, with the reason for each step.

    Parameters
    ----------
    G : networkx.Graph | graph.analytics.edges.Edges
        `graph.analytics.whole.whole_graph` to go through several crosswalks, as from an older
        edition over the newer one to the other profession; a projection of two frameworks for one
        crosswalk.
    source, target : str
        CURIEs. A path may be walked both ways; relations are read from source to target.
    k : int
        Most paths, 1 to 100.
    cost : Cost
        What a step costs.
    engine : Engine
        `networkx` (Yen's method as networkx has it, ties put in order afterwards), `arrays`, or
        `auto`, which is `arrays`. The same answer.
    ready : Ready | None
        `prepare(G, cost)`, to ask many questions of one large graph.

    Returns
    -------
    Paths
        Empty if nothing connects the two. From a competency to itself: one path without steps.
        In the order of cost, then of the number of steps, then of the codes on the way.

    Raises
    ------
    NotFoundError
        If source or target is not in the graph, with the nearest that are.
    ParameterError
        If an option has a value that it cannot have.

    Notes
    -----
    One search of the whole graph from the target, O(m log n), then for each path a search led by
    those distances from each of its steps; at worst O(k n m log n).

    References
    ----------
    .. [1] Yen (1971). Finding the k shortest loopless paths in a network. Management Science 17.
    .. [2] Hart, Nilsson and Raphael (1968). A formal basis for the heuristic determination of
       minimum cost paths. IEEE Transactions 4(2).
    """
    if not 1 <= k <= MOST_PATHS:
        raise ParameterError("k", str(k), f"a number from 1 to {MOST_PATHS}")
    asked = _known(cost)
    if ready is None:
        ready = prepare(G, asked)
    elif ready.cost is not asked:
        raise ParameterError("ready", ready.cost.value, f"a graph prepared for {asked.value}")
    for key in (source, target):
        if key not in ready.places:
            raise NotFoundError("competency", key, nearest(key, ready.nodes))
    if source == target:
        alone = Path((), 0.0, bounds.chain([]), None)
        return Paths(source, target, asked, k, (alone,))
    find = _plain_ways if engines.known(engine) == "networkx" else _fast_ways
    edge_of = _edges(G)
    found = []
    for way in find(ready.neighbors, ready.places[source], ready.places[target], k):
        pairs = [(ready.nodes[one], ready.nodes[other]) for one, other in itertools.pairwise(way)]
        found.append(_path([_step(pair, ready.titles, edge_of(pair), asked) for pair in pairs]))
    return Paths(source, target, asked, k, tuple(found))


@dataclass(frozen=True, slots=True, eq=False)
class Ready:
    """A graph made ready for many searches by one cost; made by `prepare`.

    Attributes
    ----------
    nodes : tuple[str, ...]
        In the order of their codes, whatever the sides: the order in which ties are told.
    """

    cost: Cost
    nodes: tuple[str, ...]
    places: Mapping[str, int]
    titles: Mapping[str, str]
    neighbors: Neighbors


def prepare(G: Projected, cost: Cost | str = Cost.STRENGTH) -> Ready:
    """What `paths` does first, done once for many calls. O(n log n + m log m).

    The graph must not change afterwards.

    Raises
    ------
    ParameterError
        If there is no such cost, or a weight or confidence cannot be used.
    """
    asked = _known(cost)
    links = engines.links_of(G)
    nodes = tuple(links.nodes[place] for place in np.argsort(links.codes))
    return Ready(
        asked,
        nodes,
        {node: place for place, node in enumerate(nodes)},
        dict(zip(links.nodes, links.titles, strict=True)),
        engines.Neighbors.of(
            len(nodes),
            links.codes[links.tails],
            links.codes[links.heads],
            _costs(links, asked),
        ),
    )


def _known(cost: Cost | str) -> Cost:
    if cost not in [*Cost]:
        raise ParameterError("cost", str(cost), f"one of {', '.join(Cost)}")
    return Cost(cost)


def _costs(links: Links, cost: Cost) -> Ints:
    """What each edge costs as a whole number, with one for the step itself at the end."""
    if cost is Cost.STRENGTH:
        values = engines.STEP / links.weights
    elif cost is Cost.CONFIDENCE:
        values = -np.log(np.maximum(links.confidences, _LEAST))
    else:
        values = np.ones(len(links.weights))
    whole: Ints = np.rint(values * _MICRO).astype(np.int64) * _STEPS + 1
    return whole


def _fast_ways(neighbors: Neighbors, source: int, target: int, k: int) -> list[tuple[int, ...]]:
    arrays = len(neighbors.nodes) > engines.SMALL_SEARCH
    return engines.shortest_ways(neighbors, source, target, k, arrays=arrays)


def _plain_ways(neighbors: Neighbors, source: int, target: int, k: int) -> list[tuple[int, ...]]:
    """networkx, which leaves equally cheap paths in no order: go on until none is left."""
    import networkx as nx

    n = len(neighbors.starts) - 1
    G = nx.Graph()
    G.add_nodes_from(range(n))
    G.add_weighted_edges_from(
        (node, other, cost) for node in range(n) for other, cost in neighbors.around(node)
    )
    found: list[tuple[int, tuple[int, ...]]] = []
    try:
        for way in nx.shortest_simple_paths(G, source, target, weight="weight"):
            spent = sum(G.edges[pair]["weight"] for pair in itertools.pairwise(way))
            if len(found) >= k and spent > found[k - 1][0]:
                break
            found.append((spent, tuple(way)))
    except nx.NetworkXNoPath:
        return []
    return [way for _, way in sorted(found)[:k]]


def _edges(G: Projected) -> Callable[[tuple[str, str]], Mapping[str, Any]]:
    """What is known of the edge between two nodes, and from where its relation is read."""
    if not isinstance(G, Edges):
        sides = G.nodes(data="side")

        def of_graph(pair: tuple[str, str]) -> Mapping[str, Any]:
            at: dict[str, Any] = G.edges[pair]
            first = pair[0] if sides[pair[0]] in (0, None) else pair[1]
            return {"subject": first, **at}

        return of_graph
    place = {node: number for number, node in enumerate(G.ids)}

    def of_columns(pair: tuple[str, str]) -> Mapping[str, Any]:
        left, right = sorted(place[node] for node in pair)
        edge = int(np.flatnonzero((G.left == left) & (G.right == right))[0])
        return {
            "subject": G.ids[left],
            "relation": G.relations[edge],
            "weight": int(G.weight[edge]),
            "strength": STRENGTH_OF[int(G.weight[edge])].value,
            "confidence": float(G.confidence[edge]),
            "alignment": G.alignments[edge],
            "rationale": G.rationales[edge],
            "derived": bool(G.derived[edge]),
        }

    return of_columns


def _step(
    pair: tuple[str, str], titles: Mapping[str, str], at: Mapping[str, Any], cost: Cost
) -> Step:
    relation = at.get("relation", Relation.RELATED.value)
    if at["subject"] != pair[0]:
        relation = _HAS_PART if relation == PART_OF else INVERSE[Relation(relation)].value
    weight, confidence = float(at.get("weight", 1)), float(at.get("confidence", 1))
    return Step(
        from_id=pair[0],
        from_title=titles[pair[0]],
        relation=relation,
        to_id=pair[1],
        to_title=titles[pair[1]],
        strength=at.get("strength"),
        confidence=confidence,
        alignment=at.get("alignment"),
        rationale=at.get("rationale", ""),
        derived=bool(at.get("derived")),
        cost={
            Cost.STRENGTH: engines.STEP / weight,
            Cost.CONFIDENCE: abs(math.log(max(confidence, _LEAST))),
            Cost.STEPS: 1.0,
        }[cost],
    )


def _path(steps: Sequence[Step]) -> Path:
    confidences = [step.confidence for step in steps]
    return Path(
        tuple(steps),
        math.fsum(step.cost for step in steps),
        bounds.chain(confidences),
        1 + confidences.index(min(confidences)),
    )
