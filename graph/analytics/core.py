"""The smallest set of competencies of one framework that together reach the other.

This is minimum set cover, which `graph.analytics.cover` solves exactly.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from graph.analytics.cover import bits, smallest_cover
from graph.analytics.edges import Edges
from graph.errors import ParameterError
from graph.records import figure

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graph.analytics.cover import Cover, Method
    from graph.analytics.edges import Projected, Selection
    from graph.records import Record

#: Columns of the table of a core.
COLUMNS: Final = (
    "member", "title", "reaches", "only", "only_ids", "in_sets", "of_sets",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Member:
    """What one competency contributes to a core.

    Attributes
    ----------
    reaches : tuple[str, ...]
        What it reaches of the other framework.
    only : tuple[str, ...]
        What it alone reaches within this core: without it these would be lost.
    sole : tuple[str, ...]
        What it alone reaches of its whole framework, in the core or not.
    in_sets : int
        In how many of the optimal sets listed it is; in all of them: nothing can stand in for it.
    """

    id: str
    title: str
    reaches: tuple[str, ...]
    only: tuple[str, ...]
    sole: tuple[str, ...]
    in_sets: int

    def record(self) -> Record:
        """As JSON."""
        return {
            "id": self.id,
            "title": self.title,
            "reaches": [*self.reaches],
            "only": [*self.only],
            "sole": [*self.sole],
            "in_sets": self.in_sets,
        }


@dataclass(frozen=True, slots=True)
class Core:
    """The smallest set of *from* statements that reach enough of the *to* statements.

    Attributes
    ----------
    share : float
        Share of the reachable statements that was asked for.
    size : int
        How many members the set has.
    members : tuple[Member, ...]
        The optimal set that is shown, in published order: of those listed the one with the
        greatest sum of weights on the strongest alignment of each statement reached, then of
        confidence, then the first.
    optimal_sets : tuple[tuple[str, ...], ...]
        All sets of that size that reach enough, in published order; just one if not proven.
    complete : bool
        Whether `optimal_sets` has all of them.
    proven : bool
        Whether no smaller set exists; if not, time ran out and the set is the best one found.
    lower_bound : int
        No set with fewer members reaches enough: proven even if time ran out.
    method : Method
        What the bound rests on.
    needed, reached, reachable, total : int
        How many statements of *to* were asked for, are reached by the members, are reached by the
        whole *from* framework, and exist. `needed` is `share` of `reachable`, rounded up.
    unreachable : tuple[str, ...]
        Statements of *to* that nothing reaches; no core can help them (`graph.analytics.gaps`).
    """

    selection: Selection
    share: float
    size: int
    members: tuple[Member, ...]
    optimal_sets: tuple[tuple[str, ...], ...]
    complete: bool
    proven: bool
    lower_bound: int
    method: Method
    needed: int
    reached: int
    reachable: int
    total: int
    unreachable: tuple[str, ...]

    def record(self) -> Record:
        """As JSON."""
        return {
            **self.selection.record(),
            "share": figure(self.share),
            "size": self.size,
            "members": [member.record() for member in self.members],
            "optimal_sets": [[*found] for found in self.optimal_sets],
            "complete": self.complete,
            "proven": self.proven,
            "lower_bound": self.lower_bound,
            "method": self.method.value,
            "needed": self.needed,
            "reached": self.reached,
            "reachable": self.reachable,
            "total": self.total,
            "unreachable": [*self.unreachable],
        }

    def table(self) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """Columns and rows: one row a member, `COLUMNS`; `reaches` and `only` are counts."""
        return COLUMNS, [
            (
                member.id,
                member.title,
                len(member.reaches),
                len(member.only),
                " ".join(member.only),
                member.in_sets,
                len(self.optimal_sets),
            )
            for member in self.members
        ]


def core(G: Projected, *, share: float = 1.0, seconds: float = 10.0, most_sets: int = 1000) -> Core:
    """The smallest set of *from* statements that together reach the *to* statements.

    Parameters
    ----------
    G : networkx.Graph | Edges
        A projection of two frameworks.
    share : float
        Share of the reachable *to* statements to reach, 0 to 1; taken as the decimal that it is
        written as, so that 0.8 of 15 is 12 and not 13.
    seconds : float
        Longest to search. Past it the best set found so far comes back, with the proven bound.
    most_sets : int
        Most optimal sets to list, at least 1.

    Raises
    ------
    ParameterError
        If share is outside 0 to 1, `seconds` is negative or `most_sets` below 1.

    Examples
    --------
    >>> import networkx as nx
    >>> G = nx.Graph()
    >>> G.add_nodes_from(["a:1", "a:2", "a:3"], side=0)
    >>> G.add_nodes_from(["b:1", "b:2"], side=1)
    >>> G.add_edges_from([("a:1", "b:1"), ("a:2", "b:2")], weight=1)
    >>> G.add_edges_from([("a:3", "b:1"), ("a:3", "b:2")], weight=1)
    >>> found = core(G)
    >>> found.size, found.optimal_sets, found.proven
    (1, (('a:3',),), True)

    Notes
    -----
    Empty case: if nothing is reachable, or the share is 0, the empty set is the one optimal set.
    Deterministic unless time runs out. Set cover is NP-hard: exponential in the size of the core in
    the worst case. Reductions: a statement whose every helper also reaches another statement is
    dropped, and statements that only one competency reaches settle that competency. Bounds: no
    helper is shared by a packing of statements (full cover), and the greatest remaining gains must
    add up to what is missing.

    References
    ----------
    Karp, R. M. (1972), Reducibility among combinatorial problems. Chvátal, V. (1979), A greedy
    heuristic for the set-covering problem, Mathematics of Operations Research 4(3), for the greedy
    set that the search starts from. Huangfu, Q. & Hall, J. A. J. (2018), Parallelizing the dual
    revised simplex method, Mathematical Programming Computation 10(1), for HiGHS.
    """
    if not 0 <= share <= 1:
        raise ParameterError("share", str(share), "a number from 0 to 1")
    if not seconds >= 0:
        raise ParameterError("seconds", str(seconds), "a number of at least 0")
    if most_sets < 1:
        raise ParameterError("most_sets", str(most_sets), "a number of at least 1")
    edges = Edges.of(G)
    reach = reaches(edges)
    reachable = 0
    for mask in reach:
        reachable |= mask
    needed = math.ceil(Fraction(str(share)) * reachable.bit_count())
    cover = smallest_cover(reach, needed, seconds=seconds, most_sets=most_sets)
    around = _around(edges)
    shown = min(cover.sets, key=lambda found: (*_merit(around, found), found))
    return _result(edges, reach, reachable, share, needed, cover, shown)


def reaches(edges: Edges) -> list[int]:
    """For each *from* statement the *to* statements that it reaches, as bits of an integer."""
    masks = [0] * edges.split
    for left, right in zip(edges.left.tolist(), edges.right.tolist(), strict=True):
        masks[left] |= 1 << (right - edges.split)
    return masks


#: For each *from* statement its edges: place of the *to* statement, weight, confidence.
_Around: TypeAlias = "list[list[tuple[int, int, float]]]"


def _around(edges: Edges) -> _Around:
    around: _Around = [[] for _ in range(edges.split)]
    columns = edges.left, edges.right, edges.weight, edges.confidence
    for left, *rest in zip(*(column.tolist() for column in columns), strict=True):
        around[left].append((rest[0], rest[1], rest[2]))
    return around


def _merit(around: _Around, chosen: tuple[int, ...]) -> tuple[int, float]:
    """How well a choice reaches what it reaches, smaller for better."""
    weight: dict[int, int] = {}
    confidence: dict[int, float] = {}
    for index in chosen:
        for right, strength, sure in around[index]:
            weight[right] = max(weight.get(right, 0), strength)
            confidence[right] = max(confidence.get(right, 0.0), sure)
    return -sum(weight.values()), -round(sum(confidence.values()), 9)


def _result(
    edges: Edges,
    reach: Sequence[int],
    reachable: int,
    share: float,
    needed: int,
    cover: Cover,
    shown: tuple[int, ...],
) -> Core:
    def named(bits: Iterable[int]) -> tuple[str, ...]:
        return tuple(edges.ids[edges.split + bit] for bit in bits)

    counts = Counter(index for found in cover.sets for index in found)
    within = Counter(bit for index in shown for bit in bits(reach[index]))
    overall = Counter(bit for mask in reach for bit in bits(mask))
    everything = (1 << (len(edges.ids) - edges.split)) - 1
    members = tuple(
        Member(
            id=edges.ids[index],
            title=edges.titles[index],
            reaches=named(bits(reach[index])),
            only=named(bit for bit in bits(reach[index]) if within[bit] == 1),
            sole=named(bit for bit in bits(reach[index]) if overall[bit] == 1),
            in_sets=counts[index],
        )
        for index in shown
    )
    return Core(
        selection=edges.selection,
        share=float(share),
        size=len(shown),
        members=members,
        optimal_sets=tuple(tuple(edges.ids[index] for index in found) for found in cover.sets),
        complete=cover.complete,
        proven=cover.proven,
        lower_bound=cover.lower_bound,
        method=cover.method,
        needed=needed,
        reached=len(within),
        reachable=reachable.bit_count(),
        total=len(edges.ids) - edges.split,
        unreachable=named(bits(everything & ~reachable)),
    )
