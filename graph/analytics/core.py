"""The smallest set of competencies of one framework that together reach the other.

This is minimum set cover. It is solved exactly, by depth-first search for a set of one more member
at a time: that no smaller set exists is proven by having looked at all of them, as far as bounds
do not rule them out. What the search does not settle in its first steps goes to the mixed-integer
solver HiGHS, which is far better on hundreds of competencies. Integers serve as sets of statements.
"""

from __future__ import annotations

import math
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from graph.analytics.project import Edges, Selection, figure
from graph.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from graph.analytics.project import Projected
    from graph.records import Record

#: Columns of the table of a core.
COLUMNS: Final = (
    "member", "title", "reaches", "only", "only_ids", "in_sets", "of_sets",
)  # fmt: skip

#: How many statements the search looks at between two looks at the clock.
_CHECK_WORK: Final = 10_000

#: How many statements the search looks at before the solver takes over: about a second.
_OWN_WORK: Final = 100_000


class Method(StrEnum):
    """Where the proof that no smaller set exists comes from."""

    #: All smaller sets were looked at, or ruled out by integer bounds.
    SEARCH = "search"
    #: The lower bound of the solver HiGHS, which reckons in floating point.
    MILP = "milp"


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


@dataclass(frozen=True, slots=True)
class Cover:
    """A solved cover: places of sets, and what is known about their number.

    Attributes
    ----------
    sets : tuple[tuple[int, ...], ...]
        Every optimal choice, or as many as were asked for; only the best one found if not proven.
    """

    sets: tuple[tuple[int, ...], ...]
    complete: bool
    proven: bool
    lower_bound: int
    method: Method


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
    needed = _ceiling(Fraction(str(share)) * reachable.bit_count())
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


def smallest_cover(
    sets: Sequence[int], needed: int, *, seconds: float = 10.0, most_sets: int = 1000
) -> Cover:
    """All smallest choices of sets whose union has at least `needed` elements.

    Parameters
    ----------
    sets : Sequence[int]
        Sets as bits of integers.
    needed : int
        At most as many as their union has.

    Notes
    -----
    For k = bound, bound + 1, ... every choice of k sets that the bounds leave is looked at, so that
    the first k with an answer is the minimum. After `_OWN_WORK` the solver takes over; its
    choice is checked here, its bound is taken from it. All optimal choices are always found by the
    search.
    """
    deadline = time.monotonic() + seconds
    best, method = _greedy(sets, needed), Method.SEARCH
    search = _Search(sets, needed, deadline, most_work=_OWN_WORK)
    bound = search.bound()
    try:
        while bound < len(best):
            search.check_time()
            best = next(search.choices(bound), best)
            bound += bound < len(best)
    except _OutOfTimeError:
        left = deadline - time.monotonic()
        if left > 0:
            method = Method.MILP
            best, solved = _solve(sets, needed, best, left)
            bound = max(bound, solved)
    if bound < len(best):
        return Cover((best,), complete=False, proven=False, lower_bound=bound, method=method)
    found: set[tuple[int, ...]] = set()
    complete = False
    try:
        for choice in _Search(sets, needed, deadline).choices(bound):
            if len(found) == most_sets:
                break
            found.add(choice)
        else:
            complete = True
    except _OutOfTimeError:
        pass
    found = found or {best}
    return Cover(
        tuple(sorted(found)), complete=complete, proven=True, lower_bound=bound, method=method
    )


def _solve(
    sets: Sequence[int], needed: int, best: tuple[int, ...], seconds: float
) -> tuple[tuple[int, ...], int]:
    """The better of a choice and what HiGHS finds, and its lower bound on the size.

    A variable each says whether a set is chosen and whether an element counts as covered, which
    takes a chosen set that has it; the covered ones are at least as many as needed.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    elements = sorted({bit for mask in sets for bit in _bits(mask)})
    row = {element: index for index, element in enumerate(elements)}
    count, width = len(sets), len(sets) + len(elements)
    cells = [(row[bit], index, 1) for index, mask in enumerate(sets) for bit in _bits(mask)]
    cells += [(index, count + index, -1) for index in range(len(elements))]
    cells += [(len(elements), count + index, 1) for index in range(len(elements))]
    rows, columns, values = zip(*cells, strict=True)
    matrix = csr_array((values, (rows, columns)), shape=(len(elements) + 1, width), dtype=float)
    solved = milp(
        [1.0] * count + [0.0] * len(elements),
        constraints=LinearConstraint(matrix, [0.0] * len(elements) + [float(needed)]),
        integrality=[1] * count + [0] * len(elements),
        bounds=Bounds([0.0] * count + [float(needed == len(elements))] * len(elements), 1),
        options={"time_limit": seconds},
    )
    if solved.x is not None:
        choice = tuple(index for index in range(count) if solved.x[index] > 0.5)
        covered = 0
        for index in choice:
            covered |= sets[index]
        if covered.bit_count() >= needed and len(choice) < len(best):
            best = choice
    dual = solved.mip_dual_bound
    known = dual is not None and math.isfinite(dual)
    return best, min(math.ceil(dual - 1e-6), len(best)) if known else 0


class _OutOfTimeError(Exception):
    """The search took more time, or more steps, than it may."""


class _Search:
    """Depth-first search for covers of a given size."""

    def __init__(
        self,
        sets: Sequence[int],
        needed: int,
        deadline: float,
        *,
        most_work: float = math.inf,
    ) -> None:
        self.sets = sets
        self.needed = needed
        self.deadline = deadline
        self.most_work = most_work
        self.work = self.unchecked = 0
        union = 0
        for mask in sets:
            union |= mask
        self.full = union.bit_count() == needed
        #: Full cover: the elements that decide, each with the sets that have it, as bits.
        self.elements = _undominated(sets, union) if self.full else {}

    def check_time(self) -> None:
        if time.monotonic() > self.deadline:
            raise _OutOfTimeError

    def _step(self, work: int) -> None:
        self.work += work
        self.unchecked += work
        if self.work > self.most_work:
            raise _OutOfTimeError
        if self.unchecked > _CHECK_WORK:
            self.unchecked = 0
            self.check_time()

    def bound(self) -> int:
        """How many sets it takes at least, before any search."""
        gains = sorted((mask.bit_count() for mask in self.sets), reverse=True)
        return max(_fewest(gains, self.needed), self._packing({*self.elements}, 0))

    def choices(self, size: int) -> Iterator[tuple[int, ...]]:
        """Every choice of exactly `size` sets that is enough, each once.

        Only asked with no smaller choice being enough, so that no member is idle.
        """
        return self._covering(size) if self.full else self._gathering(size)

    def _covering(self, size: int) -> Iterator[tuple[int, ...]]:
        """Full cover: branch on the sets that have the element with the fewest of them.

        A branch takes one of these sets and bars those before it, so that each choice comes once.
        The stack is a list: a core may have more members than Python allows calls within calls.
        """
        elements = self.elements
        waiting: list[tuple[Iterable[int], int | None, int, tuple[int, ...], int]]
        waiting = [(elements, None, size, (), 0)]
        while waiting:
            before, index, left, chosen, barred = waiting.pop()
            if index is None:
                open_ = {*before}
            else:
                open_ = {e for e in before if not elements[e] >> index & 1}
                chosen, left = (*chosen, index), left - 1
            self._step(1 + len(open_))
            if not open_:
                # Minimal size, so that nothing is left to choose: a smaller set would do.
                if left == 0:
                    yield tuple(sorted(chosen))
                continue
            if left == 0 or self._packing(open_, barred) > left:
                continue
            gains: Counter[int] = Counter()
            for element in open_:
                gains.update(_bits(elements[element] & ~barred))
            if sum(sorted(gains.values(), reverse=True)[:left]) < len(open_):
                continue
            pivot = min(open_, key=lambda e: ((elements[e] & ~barred).bit_count(), e))
            branches = []
            for helper in _bits(elements[pivot] & ~barred):
                branches.append((open_, helper, left, chosen, barred))
                barred |= 1 << helper
            waiting.extend(reversed(branches))

    def _packing(self, open_: set[int], barred: int) -> int:
        """Elements no two of which share a set: each needs a set of its own."""
        used = count = 0
        for element in sorted(open_, key=lambda e: ((self.elements[e] & ~barred).bit_count(), e)):
            helpers = self.elements[element] & ~barred
            if not helpers & used:
                used |= helpers
                count += 1
        return count

    def _gathering(self, size: int) -> Iterator[tuple[int, ...]]:
        """Partial cover: take or leave sets in their order, as far as the gains allow."""
        waiting: list[tuple[int, int, tuple[int, ...], int]] = [(0, size, (), 0)]
        while waiting:
            start, left, chosen, covered = waiting.pop()
            self._step(1 + len(self.sets) - start)
            missing = self.needed - covered.bit_count()
            if left == 0:
                if missing <= 0:
                    yield chosen
                continue
            gains = [(mask & ~covered).bit_count() for mask in self.sets[start:]]
            if len(gains) < left or sum(sorted(gains, reverse=True)[:left]) < missing:
                continue
            waiting.append((start + 1, left, chosen, covered))
            taken = (*chosen, start), covered | self.sets[start]
            waiting.append((start + 1, left - 1, *taken))


def _undominated(sets: Sequence[int], union: int) -> dict[int, int]:
    """Elements with the sets that have them, without those that come for free.

    An element comes for free if every set that has some other element has it too: whatever covers
    the other covers it. Of equal ones the first stays. Exact for the size and for all covers.
    """
    helpers = dict.fromkeys(_bits(union), 0)
    for index, mask in enumerate(sets):
        for element in _bits(mask):
            helpers[element] |= 1 << index
    kept: dict[int, int] = {}
    # A kept element is looked for only where its first helper is one of an element's own.
    by_first: defaultdict[int, list[int]] = defaultdict(list)
    for element in sorted(helpers, key=lambda e: (helpers[e].bit_count(), e)):
        own = helpers[element]
        first, *_ = places = [*_bits(own)]
        if not any(kept[e] & ~own == 0 for place in places for e in by_first[place]):
            kept[element] = own
            by_first[first].append(element)
    return kept


def _greedy(sets: Sequence[int], needed: int) -> tuple[int, ...]:
    """Sets by greatest gain, first among equals, then without those that turn out idle."""
    waiting = [(-mask.bit_count(), index) for index, mask in enumerate(sets)]
    heapify(waiting)
    chosen: list[int] = []
    covered = 0
    while covered.bit_count() < needed:
        # Gains only fall: if the first in line keeps its place with its gain renewed, it is best.
        _, index = heappop(waiting)
        renewed = (-(sets[index] & ~covered).bit_count(), index)
        if waiting and waiting[0] < renewed:
            heappush(waiting, renewed)
            continue
        chosen.append(index)
        covered |= sets[index]
    times = Counter(bit for index in chosen for bit in _bits(sets[index]))
    count = covered.bit_count()
    for index in [*chosen]:
        lost = sum(times[bit] == 1 for bit in _bits(sets[index]))
        if count - lost >= needed:
            chosen.remove(index)
            count -= lost
            times.subtract(_bits(sets[index]))
    return tuple(sorted(chosen))


def _fewest(gains: Sequence[int], needed: int) -> int:
    """How many of the greatest gains it takes to add up to what is needed."""
    count = total = 0
    while total < needed:
        total += gains[count]
        count += 1
    return count


def _bits(mask: int) -> Iterator[int]:
    """Places of the bits that are set, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def _ceiling(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)


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
    within = Counter(bit for index in shown for bit in _bits(reach[index]))
    overall = Counter(bit for mask in reach for bit in _bits(mask))
    everything = (1 << (len(edges.ids) - edges.split)) - 1
    members = tuple(
        Member(
            id=edges.ids[index],
            title=edges.titles[index],
            reaches=named(_bits(reach[index])),
            only=named(bit for bit in _bits(reach[index]) if within[bit] == 1),
            sole=named(bit for bit in _bits(reach[index]) if overall[bit] == 1),
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
        unreachable=named(_bits(everything & ~reachable)),
    )
