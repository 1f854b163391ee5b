"""The rows of all crosswalks by what they say, and the ways that they make between statements."""

from __future__ import annotations

from collections import defaultdict, deque
from functools import cached_property
from typing import TYPE_CHECKING

from graph.model import Relation
from graph.rules import Regime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from graph.catalogue import Catalogue
    from graph.model import Alignment

    #: From a statement to another, and the row that says so; no row for a step up the tree.
    Step = tuple[str, str | None]
    Pair = tuple[str, str]


class Web:
    """Rows by what they say, and the ways from statement to statement."""

    def __init__(self, catalogue: Catalogue, regime: Regime) -> None:
        self.catalogue = catalogue
        self.regime = regime
        self.rows = catalogue.alignments
        self.parents = {c.id: c.parent for c in catalogue.competencies.values() if c.parent}
        self.aligned: list[Alignment] = []
        self.denied: list[Alignment] = []
        self.exact: dict[str, list[Step]] = defaultdict(list)
        self.broader: dict[str, list[Step]] = defaultdict(list)
        for row in self.rows.values():
            if row.withdrawn or row.subject_id == row.object_id:
                continue
            if not row.aligned:
                self.denied.append(row)
                continue
            self.aligned.append(row)
            subject, object_ = row.subject_id, row.object_id
            if row.relation is Relation.EXACT:
                self.exact[subject].append((object_, row.id))
                self.exact[object_].append((subject, row.id))
            elif row.relation is Relation.BROAD:
                self.broader[subject].append((object_, row.id))
            elif row.relation is Relation.NARROW:
                self.broader[object_].append((subject, row.id))

    @property
    def chains(self) -> bool:
        """Whether exact matches may be joined to others."""
        return self.regime is not Regime.SKOS

    @cached_property
    def denials(self) -> dict[Pair, Alignment]:
        """Negative verdicts by pair."""
        return {pair_of(row): row for row in self.denied}

    @cached_property
    def by_pair(self) -> dict[Pair, list[Alignment]]:
        """Positive verdicts by pair."""
        found: dict[Pair, list[Alignment]] = defaultdict(list)
        for row in self.aligned:
            found[pair_of(row)].append(row)
        return found

    @cached_property
    def group(self) -> dict[str, str]:
        """For each statement with an exact match the first of all that it comes to match."""
        found: dict[str, str] = {}
        for start in self.exact:
            if start in found:
                continue
            members, waiting = {start}, [start]
            while waiting:
                for other, _ in self.exact[waiting.pop()]:
                    if other not in members:
                        members.add(other)
                        waiting.append(other)
            found.update(dict.fromkeys(members, min(members)))
        return found

    def same(self, a: str, b: str) -> bool:
        """Whether exact matches lead from one statement to another."""
        return a in self.group and self.group[a] == self.group.get(b)

    def unit(self, statement: str) -> str:
        """What counts as one on the way up: under SKOS each statement, otherwise a group."""
        return self.group.get(statement, statement) if self.chains else statement

    @cached_property
    def above(self) -> dict[str, set[str]]:
        """Units directly above each unit, by rows and trees."""
        found: dict[str, set[str]] = defaultdict(set)
        for low, steps in self.broader.items():
            found[self.unit(low)].update(self.unit(high) for high, _ in steps)
        for child, parent in self.parents.items():
            found[self.unit(child)].add(self.unit(parent))
        for low, highs in found.items():
            highs.discard(low)
        return found

    def exact_steps(self, statement: str) -> Iterable[Step]:
        """Exact matches of a statement."""
        return self.exact.get(statement, ())

    def chain_steps(self, statement: str) -> Iterable[Step]:
        """One step of a chain of broad and exact matches."""
        yield from self.broader.get(statement, ())
        if self.chains:
            yield from self.exact.get(statement, ())

    def up_steps(self, statement: str) -> Iterable[Step]:
        """One step towards what contains a statement."""
        yield from self.chain_steps(statement)
        if statement in self.parents:
            yield self.parents[statement], None


def pair_of(row: Alignment) -> Pair:
    """The two ends of a row, the same whichever is its subject."""
    return min(row.subject_id, row.object_id), max(row.subject_id, row.object_id)


def shortest(start: str, goal: str, steps: Callable[[str], Iterable[Step]]) -> list[str] | None:
    """Rows on the way with the fewest rows; steps up a tree cost nothing. O(rows reached)."""
    cost = {start: 0}
    before: dict[str, tuple[str, str | None]] = {}
    waiting = deque([(0, start)])
    while waiting:
        spent, statement = waiting.popleft()
        if spent > cost[statement]:
            continue
        if statement == goal:
            break
        for other, row in sorted(steps(statement), key=by_step):
            price = spent + (row is not None)
            if price < cost.get(other, price + 1):
                cost[other], before[other] = price, (statement, row)
                (waiting.append if row else waiting.appendleft)((price, other))
    if goal not in cost:
        return None
    rows = []
    while goal != start:
        goal, row = before[goal]
        if row:
            rows.append(row)
    return rows[::-1]


def by_step(step: Step) -> tuple[str, str]:
    """Sort key of steps."""
    return step[0], step[1] or ""


class Above:
    """Whether one unit lies above another. What lies above a whole knot is kept once."""

    def __init__(self, above: Mapping[str, set[str]]) -> None:
        self.above = above
        self.knots = knots_of(above)
        self.known: dict[str | int, set[str]] = {}

    def leads(self, low: str, high: str) -> bool:
        """Whether steps up lead from one unit to another. O(units above), once a knot."""
        if low not in self.above:
            return False
        key = self.knots.get(low, low)
        if key not in self.known:
            found: set[str] = set()
            waiting = [low]
            while waiting:
                new = self.above.get(waiting.pop(), set()) - found
                found |= new
                waiting += new
            self.known[key] = found
        return high in self.known[key]


def knots_of(above: Mapping[str, set[str]]) -> dict[str, int]:
    """Number of the knot of each unit that lies on a cycle. Tarjan's algorithm, O(n + m).

    References
    ----------
    .. [1] Tarjan, R. (1972). Depth-first search and linear graph algorithms. SIAM Journal on
       Computing 1(2), 146-160.
    """
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    found: dict[str, int] = {}
    for start in above:
        if start in index:
            continue
        work: list[tuple[str, Iterator[str]]] = []
        index[start] = low[start] = len(index)
        stack.append(start)
        on_stack.add(start)
        work.append((start, iter(above[start])))
        while work:
            unit, others = work[-1]
            for other in others:
                if other not in index:
                    index[other] = low[other] = len(index)
                    stack.append(other)
                    on_stack.add(other)
                    work.append((other, iter(above.get(other, ()))))
                    break
                if other in on_stack:
                    low[unit] = min(low[unit], index[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[unit])
                if low[unit] == index[unit]:
                    members = [stack.pop()]
                    while members[-1] != unit:
                        members.append(stack.pop())
                    on_stack.difference_update(members)
                    if len(members) > 1:
                        found.update(dict.fromkeys(members, index[unit] + 1))
    return found
