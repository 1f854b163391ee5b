"""Which competencies bridge two professions, and how sure their order is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from graph.analytics import engines
from graph.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.analytics.analytic import Progress
    from graph.analytics.edges import Floats, Ints, Projected, Selection
    from graph.analytics.engines import Engine, Links
    from graph.records import Record


class Measure(StrEnum):
    """What makes a competency central.

    - `degree`: sum of the weights of its alignments, in points (strong 3, moderate 2, weak 1).
      Says how much it shares, with however few partners [1]_.
    - `betweenness`: share of the shortest ways between two other competencies that lead through
      it, 0 to 1; an alignment is 6 / weight long (strong 2, moderate 3, weak 6). Ways between
      competencies of one profession count as well: they lead through the other. Says whom the
      others need in order to meet [2]_.
    - `pagerank`: share of time that a walker along alignments, by weight, spends there, 0 to 1;
      damping 0.85. On an undirected graph close to the share of all points; differs where the
      partners themselves are many or few [3]_.
    - `hits`: read from side 0 to side 1 (social work to implementation support if the graph was
      projected so), a *hub* aligns with good authorities, an *authority* with good hubs. A share
      of its own side, 0 to 1. Read from the other side the figures are the same and the two words
      change places. Says who belongs to the one densest theme: a competency of another theme gets
      about 0 however many partners it has [4]_.

    References
    ----------
    .. [1] Barrat et al. (2004). The architecture of complex weighted networks. PNAS 101(11).
    .. [2] Freeman (1977). A set of measures of centrality based on betweenness. Sociometry 40(1);
       computed as in Brandes (2001). A faster algorithm for betweenness centrality.
    .. [3] Page, Brin, Motwani and Winograd (1999). The PageRank citation ranking.
    .. [4] Kleinberg (1999). Authoritative sources in a hyperlinked environment. JACM 46(5).
    """

    DEGREE = "degree"
    BETWEENNESS = "betweenness"
    PAGERANK = "pagerank"
    HITS = "hits"


#: Most bootstrap samples that may be asked for.
MOST_SAMPLES: Final = 2_000

#: Nodes x edges x (samples + 1) above which betweenness is refused: some minutes' work.
MOST_WORK: Final = 20_000_000_000

_COLUMNS: Final = (
    "measure",
    "side",
    "rank",
    "rank from",
    "rank to",
    "competency",
    "title",
    "role",
    "value",
    "expected",
    "low",
    "high",
)


@dataclass(frozen=True, slots=True)
class Central:
    """How central one competency is by one measure.

    Attributes
    ----------
    side : int
        0 or 1 as projected; -1 in a graph without sides.
    role : str
        `hub` or `authority` by the measure `hits`, else empty.
    value : float
        Every alignment taken as certain. Units: see `Measure`.
    expected : float | None
        Mean over the samples; `None` without samples.
    low, high : float | None
        Interval of the value over the samples. Leaving alignments out can only lower a degree, so
        that its value stands at or above the interval: `expected` is its middle.
    rank : int
        Place by value among the competencies of its own side, from 1; equals share the better
        place. Sides are ranked apart because the smaller framework offers fewer partners.
    rank_low, rank_high : int | None
        Interval of the rank over the samples: the best and the worst place to be reckoned with.
    """

    measure: Measure
    id: str
    title: str
    framework: str
    side: int
    role: str
    value: float
    expected: float | None
    low: float | None
    high: float | None
    rank: int
    rank_low: int | None
    rank_high: int | None

    def record(self) -> Record:
        """As JSON, figures to six places."""
        return {
            "measure": self.measure.value,
            "id": self.id,
            "title": self.title,
            "framework": self.framework,
            "side": None if self.side < 0 else self.side,
            "role": self.role or None,
            "value": round(self.value, 6),
            "expected": _rounded(self.expected),
            "low": _rounded(self.low),
            "high": _rounded(self.high),
            "rank": self.rank,
            "rank_low": self.rank_low,
            "rank_high": self.rank_high,
        }


@dataclass(frozen=True, slots=True)
class Centrality:
    """How central every competency is.

    Attributes
    ----------
    selection : Selection | None
        What was projected; `None` for a graph made by hand.
    rows : tuple[Central, ...]
        By measure, side, rank, and then in the order of the codes.
    samples, seed, interval
        As asked.
    """

    selection: Selection | None
    measures: tuple[Measure, ...]
    rows: tuple[Central, ...]
    samples: int
    seed: int
    interval: float

    def of(self, measure: Measure | str, side: int | None = None) -> tuple[Central, ...]:
        """Rows of one measure, best first; of one side if it is named."""
        return tuple(
            row for row in self.rows if row.measure == measure and side in (None, row.side)
        )

    def record(self) -> Record:
        """As JSON."""
        return {
            **(self.selection.record() if self.selection else {}),
            "measures": [measure.value for measure in self.measures],
            "samples": self.samples,
            "seed": self.seed,
            "interval": self.interval,
            "rows": [row.record() for row in self.rows],
        }

    def table(self) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """Columns and rows; figures to four places."""
        return _COLUMNS, [
            (
                row.measure.value,
                row.framework,
                row.rank,
                row.rank_low,
                row.rank_high,
                row.id,
                row.title,
                row.role,
                *(
                    None if figure is None else round(figure, 4)
                    for figure in (row.value, row.expected, row.low, row.high)
                ),
            )
            for row in self.rows
        ]


def centrality(
    G: Projected,
    *,
    measures: Sequence[Measure | str] = tuple(Measure),
    samples: int = 200,
    seed: int = 0,
    interval: float = 0.9,
    engine: Engine = "auto",
    progress: Progress | None = None,
) -> Centrality:
    """Which competencies bridge the two sides of a graph.

    Each measure is taken once with every alignment, and once for each of `samples` graphs in
    which an alignment is kept with a probability equal to its confidence, independently of the
    others. The middle of those values and of the ranks is the interval: if two competencies'
    rank intervals overlap, the data do not say which of them is the more central.

    Parameters
    ----------
    G : networkx.Graph | graph.analytics.edges.Edges
        Edges with `weight` and `confidence`; `hits` needs nodes with `side`.
    measures : sequence of Measure
        One or more.
    samples : int
        0 to 2,000; with 0 there are no intervals. 200 place the ends of a 90 % interval to
        within about two percentiles.
    seed : int
        The same seed gives the same samples, whichever measures are asked.
    interval : float
        Share of the samples that lies within, above 0 and below 1.
    engine : Engine
        `networkx`, `arrays`, or `auto`, which chooses by size. The same answer.
    progress : Progress | None
        Called after each batch of samples.

    Returns
    -------
    Centrality
        A competency without alignments has value 0, save for PageRank, where the walker still
        jumps to it. A graph without nodes gives no rows.

    Raises
    ------
    ParameterError
        If an option has a value that it cannot have, a weight or confidence cannot be used,
        `hits` is asked of a graph without sides, or betweenness of one too large for so many
        samples (`MOST_WORK`).

    Notes
    -----
    For each sample: degree O(m), PageRank and HITS O(m) a step, betweenness O(n m). What the
    intervals leave out: verdicts *not aligned* may be wrong, too, and one author's errors are
    hardly independent. They are too narrow rather than too wide.

    References
    ----------
    .. [1] The bootstrap over edges: Efron and Tibshirani (1993), chapter 6, in the form where the
       chance of each edge is known. That a confidence is read as this chance is a convention of
       this project.
    """
    if not 0 <= samples <= MOST_SAMPLES:
        raise ParameterError("samples", str(samples), f"a number from 0 to {MOST_SAMPLES}")
    if not 0 < interval < 1:
        raise ParameterError("interval", str(interval), "a number above 0 and below 1")
    if seed < 0:
        raise ParameterError("seed", str(seed), "a number from 0")
    asked = _measures(measures)
    links = engines.links_of(G)
    if Measure.HITS in asked and (links.sides < 0).any():
        raise ParameterError("measures", "hits", "hits only for nodes with side 0 or 1")
    work = len(links.nodes) * len(links.tails) * (samples + 1)
    if Measure.BETWEENNESS in asked and work > MOST_WORK:
        most = MOST_WORK // (len(links.nodes) * len(links.tails)) - 1
        fewer = f"at most {most} for betweenness of a graph this large; " if most >= 0 else ""
        raise ParameterError(
            "samples", str(samples), f"{fewer}any number for measures without betweenness"
        )
    arrays = engines.chooses_arrays(engine, work)
    sampled = {measure: np.empty((samples, len(links.nodes))) for measure in asked}
    batch = 1 if len(links.nodes) * len(links.tails) > engines.SMALL_WORK else 50
    for start in range(0, samples, batch):
        part = range(start, min(samples, start + batch))
        weights = _kept(links, seed, part) * links.weights
        for measure in asked:
            found = _sampled(links, weights, measure, arrays=arrays)
            sampled[measure][part.start : part.stop] = found
        if progress:
            progress(part.stop, samples)
    rows: list[Central] = []
    for measure in asked:
        values = _values(links, links.weights, measure, arrays=arrays)
        rows += _rows(links, measure, values, sampled[measure], interval)
    return Centrality(engines.selection_of(G), asked, tuple(rows), samples, seed, interval)


def _measures(asked: Sequence[Measure | str]) -> tuple[Measure, ...]:
    names = [asked] if isinstance(asked, str) else [*asked]
    for name in names:
        if name not in [*Measure]:
            raise ParameterError("measures", str(name), f"one or more of {', '.join(Measure)}")
    if not names:
        raise ParameterError("measures", None, f"one or more of {', '.join(Measure)}")
    return tuple(measure for measure in Measure if measure in names)


def _kept(links: Links, seed: int, samples: range) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which edges each sample keeps: samples by edges. A sample depends on its number alone."""
    kept = np.empty((len(samples), len(links.tails)), dtype=np.bool_)
    for row, number in zip(kept, samples, strict=True):
        row[:] = np.random.default_rng((seed, number)).random(len(row)) < links.confidences
    return kept


def _values(links: Links, weights: Floats, measure: Measure, *, arrays: bool) -> Floats:
    """One measure of every node, under one weighting; an edge of weight 0 is not there."""
    if measure is Measure.DEGREE:
        return engines.degrees(links, weights)
    if measure is Measure.BETWEENNESS:
        return engines.betweenness(links, weights, arrays=arrays)
    if not arrays and measure is Measure.PAGERANK:
        import networkx as nx

        by_node = nx.pagerank(engines.graph_of(links, weights), tol=1e-12, max_iter=1000)
        return np.array([by_node[node] for node in range(len(links.nodes))], dtype=np.float64)
    if measure is Measure.PAGERANK:
        return engines.pagerank(links, weights)
    return engines.hits(links, weights)


def _sampled(links: Links, weights: Floats, measure: Measure, *, arrays: bool) -> Floats:
    """`_values` for several weightings, all at once where that is faster."""
    if arrays and measure is Measure.PAGERANK:
        return engines.pageranks(links, weights)
    if measure is Measure.HITS:
        return engines.hits_many(links, weights)
    return np.array([_values(links, row, measure, arrays=arrays) for row in weights])


def _rows(
    links: Links, measure: Measure, values: Floats, sampled: Floats, interval: float
) -> list[Central]:
    ranks = _ranks(values[np.newaxis], links.sides)[0].tolist()
    size = len(links.nodes)
    middle: list[list[Any]] = [[None] * size] * 5
    if len(sampled):
        ends = ((1 - interval) / 2, (1 + interval) / 2)
        low, high = np.quantile(sampled, ends, axis=0, method="inverted_cdf")
        of_ranks = np.quantile(
            _ranks(sampled, links.sides), ends, axis=0, method="inverted_cdf"
        ).astype(np.int64)
        found = (sampled.mean(axis=0), low, high, of_ranks[0], of_ranks[1])
        middle = [figures.tolist() for figures in found]
    roles = ("hub", "authority") if measure is Measure.HITS else ("", "")
    rows = [
        Central(
            measure,
            node,
            links.titles[place],
            links.frameworks[place],
            side,
            roles[side],
            value,
            expected,
            low,
            high,
            rank,
            rank_low,
            rank_high,
        )
        for place, (node, side, value, rank, expected, low, high, rank_low, rank_high) in enumerate(
            zip(links.nodes, links.sides.tolist(), values.tolist(), ranks, *middle, strict=True)
        )
    ]
    # A stable sort: equals stay in the order of their codes.
    return sorted(rows, key=lambda row: (row.side, row.rank))


def _ranks(values: Floats, sides: Ints) -> Ints:
    """Places within each side for each row of values: 1 + how many are greater.

    Values that differ by less than a billionth of the greatest are equal: they differ by the
    order of summation only.
    """
    ranks = np.ones(values.shape, dtype=np.int64)
    if not values.size:
        return ranks
    top = np.abs(values).max(axis=1, keepdims=True)
    tidy = np.round(np.divide(values, top, out=np.zeros_like(values), where=top > 0), 9)
    for side in np.unique(sides):
        members = np.flatnonzero(sides == side)
        for row, figures in enumerate(tidy[:, members]):
            ordered = np.sort(figures)
            ranks[row, members] = 1 + len(members) - np.searchsorted(ordered, figures, "right")
    return ranks


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 6)
