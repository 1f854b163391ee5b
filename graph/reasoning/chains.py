"""What the rules of SKOS and of SSSOM give: rows of alignments that amount to one.

Statements joined by exact matches form a *group*. Which links hold is found group by group, at
the cost of what there is to say; the shortest row of alignments behind one link is searched only
when it is asked for.
"""

from __future__ import annotations

from collections import defaultdict, deque
from functools import cached_property
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from graph.model import INVERSE, Relation
from graph.reasoning.facts import Link
from graph.rules import CHAIN, Regime

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.reasoning.facts import Facts

_EXACT, _CLOSE, _BROAD, _NARROW, _RELATED = Relation


#: A statement that a row has reached, and whether the row amounts to the relation sought yet.
State = tuple[str, bool]


class Chains:
    """Links by the rules of SKOS or SSSOM from some facts.

    Under `practice` the rules are those of `sssom`.
    """

    def __init__(self, facts: Facts, regime: Regime) -> None:
        self.facts = facts
        self.regime = regime
        self._chain = CHAIN[regime]
        self._out: dict[Relation, dict[str, list[str]]] = {r: defaultdict(list) for r in Relation}
        exact = self._out[_EXACT]
        for subject, relation, object_ in facts.asserted:
            if subject == object_:
                continue
            if relation is _EXACT:  # nearly all in a registry: worth a short way
                exact[subject].append(object_)
                exact[object_].append(subject)
            else:
                self._out[relation][subject].append(object_)
                self._out[INVERSE[relation]][object_].append(subject)
        self._tree: tuple[str, Relation, dict[State, State | None]] | None = None

    @cached_property
    def _groups(self) -> tuple[list[list[str]], dict[str, int]]:
        """Statements joined by exact matches, each group sorted, and the group of each."""
        beside = self._out[_EXACT]
        number: dict[str, int] = {}
        groups: list[list[str]] = []
        for start in beside:
            if start in number:
                continue
            place = number[start] = len(groups)
            members = [start]
            for node in members:  # grows as it is read
                for other in beside[node]:
                    if other not in number:
                        number[other] = place
                        members.append(other)
            members.sort()
            groups.append(members)
        return groups, number

    def links(self) -> Iterator[Link]:
        """Every link that follows, once, in one of its two directions.

        Some asserted ones are among them, where a row of others amounts to the same.
        """
        return map(Link._make, self.triples())

    def triples(self) -> Iterator[tuple[str, Relation, str]]:
        """The same as plain tuples, in a third of the time."""
        groups, _ = self._groups
        for members in groups:
            for a, b in combinations(members, 2):
                yield a, _EXACT, b
                yield a, _CLOSE, b  # S42
        if (_EXACT, _RELATED) in self._chain:
            yield from self._composed()

    def _composed(self) -> Iterator[tuple[str, Relation, str]]:
        known, numbers = self._groups
        groups, number = list(known), dict(numbers)

        def group(statement: str) -> int:
            if statement not in number:
                number[statement] = len(groups)
                groups.append([statement])
            return number[statement]

        for relation in (_CLOSE, _RELATED):
            joined = {
                (group(a), group(b))
                for a, objects in self._out[relation].items()
                for b in objects
                if a in numbers or b in numbers  # else there is nothing to compose it with
            }
            for one, other in sorted(joined):
                if one < other:
                    yield from ((a, relation, b) for a in groups[one] for b in groups[other])
                elif one == other and relation is not _CLOSE:
                    yield from ((a, relation, b) for a, b in combinations(groups[one], 2))
        above: dict[int, set[int]] = defaultdict(set)
        for a, objects in self._out[_BROAD].items():
            above[group(a)].update(map(group, objects))
        for one in sorted(above):
            for other in sorted(_reached(above, one)):
                yield from ((a, _BROAD, b) for a in groups[one] for b in groups[other] if a != b)

    def row(self, link: Link) -> list[Link] | None:
        """The shortest row of alignments, each as read on the way, that amounts to a link.

        Of several the first in the order of ids. A row of exact matches also stands for a close
        match (S42). `None` if the link does not follow. O(alignments reached); rows from one
        statement after another share one search.
        """
        subject, relation, object_ = link
        if subject == object_:
            return None
        found = self._walk(subject, relation, object_)
        if relation is _CLOSE:
            exact = self._walk(subject, _EXACT, object_)
            if exact and (found is None or len(exact) < len(found)):
                return exact
        return found

    def _walk(self, subject: str, relation: Relation, object_: str) -> list[Link] | None:
        if self._tree is None or self._tree[:2] != (subject, relation):
            self._tree = subject, relation, self._search(subject, relation)
        before = self._tree[2]
        state: State | None = (object_, True)
        if state not in before:
            return None
        states = []
        while state is not None:
            states.append(state)
            state = before[state]
        row = []
        for (a, was), (b, is_) in pairwise(reversed(states)):
            # Only the step that makes the row more than exact is certain to be `relation`;
            # a broad match may follow a broad match, but an exact one is as good and first.
            exact = was == is_ and b in self._out[_EXACT].get(a, ())
            row.append(Link(a, _EXACT if exact else relation, b))
        return row

    def _search(self, start: str, relation: Relation) -> dict[State, State | None]:
        """Breadth first: every state that can be reached, and the one before it."""
        before: dict[State, State | None] = {(start, False): None}
        waiting: deque[State] = deque(before)
        while waiting:
            state = waiting.popleft()
            for following in sorted(self._steps(state, relation)):
                if following not in before:
                    before[following] = state
                    waiting.append(following)
        return before

    def _steps(self, state: State, relation: Relation) -> Iterator[State]:
        statement, done = state
        if not done or (relation, relation) in self._chain:
            yield from ((b, True) for b in self._out[relation].get(statement, ()))
        if (_EXACT, relation) in self._chain and relation is not _EXACT:
            yield from ((b, done) for b in self._out[_EXACT].get(statement, ()))

    def asserted(self, link: Link) -> Link | None:
        """The asserted alignment that a step of a row reads, forwards or backwards."""
        if link in self.facts.asserted:
            return link
        return link.inverse if link.inverse in self.facts.asserted else None


def _reached(above: dict[int, set[int]], start: int) -> set[int]:
    """Groups above one; itself too if it is above itself."""
    found: set[int] = set()
    waiting = [start]
    while waiting:
        for other in above.get(waiting.pop(), ()):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found
