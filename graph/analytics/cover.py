"""Minimum set cover: the smallest choices of sets that together have enough elements.

It is solved exactly, by depth-first search for a choice of one more member at a time: that no
smaller choice exists is proven by having looked at all of them, as far as bounds do not rule them
out. What the search does not settle in its first steps goes to the mixed-integer solver HiGHS,
which is far better on hundreds of sets. Integers serve as sets of elements.
"""

from __future__ import annotations

import math
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from enum import StrEnum
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

#: How many elements the search looks at between two looks at the clock.
_CHECK_WORK: Final = 10_000

#: How many elements the search looks at before the solver takes over: about a second.
_OWN_WORK: Final = 100_000


class Method(StrEnum):
    """Where the proof that no smaller set exists comes from."""

    #: All smaller sets were looked at, or ruled out by integer bounds.
    SEARCH = "search"
    #: The lower bound of the solver HiGHS, which reckons in floating point.
    MILP = "milp"


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

    elements = sorted({bit for mask in sets for bit in bits(mask)})
    row = {element: index for index, element in enumerate(elements)}
    count, width = len(sets), len(sets) + len(elements)
    cells = [(row[bit], index, 1) for index, mask in enumerate(sets) for bit in bits(mask)]
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
                gains.update(bits(elements[element] & ~barred))
            if sum(sorted(gains.values(), reverse=True)[:left]) < len(open_):
                continue
            pivot = min(open_, key=lambda e: ((elements[e] & ~barred).bit_count(), e))
            branches = []
            for helper in bits(elements[pivot] & ~barred):
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
    helpers = dict.fromkeys(bits(union), 0)
    for index, mask in enumerate(sets):
        for element in bits(mask):
            helpers[element] |= 1 << index
    kept: dict[int, int] = {}
    # A kept element is looked for only where its first helper is one of an element's own.
    by_first: defaultdict[int, list[int]] = defaultdict(list)
    for element in sorted(helpers, key=lambda e: (helpers[e].bit_count(), e)):
        own = helpers[element]
        first, *_ = places = [*bits(own)]
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
    times = Counter(bit for index in chosen for bit in bits(sets[index]))
    count = covered.bit_count()
    for index in [*chosen]:
        lost = sum(times[bit] == 1 for bit in bits(sets[index]))
        if count - lost >= needed:
            chosen.remove(index)
            count -= lost
            times.subtract(bits(sets[index]))
    return tuple(sorted(chosen))


def _fewest(gains: Sequence[int], needed: int) -> int:
    """How many of the greatest gains it takes to add up to what is needed."""
    count = total = 0
    while total < needed:
        total += gains[count]
        count += 1
    return count


def bits(mask: int) -> Iterator[int]:
    """Places of the bits that are set, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
