"""Alignments that cannot all be right, each with the smallest set of rows that conflict.

A *fault* contradicts a rule of SKOS, a chaining rule of the regime, or a verdict. A *warning* is
possible, but looks like a slip: a statement aligned with nearly everything distinguishes nothing.
Trees of frameworks and editions are taken as given; what conflicts is always rows of crosswalks,
and withdrawn rows do not count.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from math import ceil
from typing import TYPE_CHECKING, Any, Final

from graph.catalogue import best_first
from graph.model import INVERSE, Finding, Relation
from graph.rules import ROLL_UP, Regime, hands_on
from graph.terms import framework_of, natural_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from graph.catalogue import Catalogue
    from graph.model import Alignment

    #: From a statement to another, and the row that says so; no row for a step up the tree.
    Step = tuple[str, str | None]
    Pair = tuple[str, str]

#: A statement is a hub if it is aligned with at least this share of another framework's
#: competencies, of which there are at least so many. Source of both: this project.
HUB_SHARE: Final = 0.9
HUB_LEAST: Final = 5

_EXACT, _CLOSE, _BROAD, _NARROW, _RELATED = Relation


class Severity(StrEnum):
    """Whether rows contradict a rule, or only look like a slip."""

    FAULT = "fault"
    WARNING = "warning"


class Kind(StrEnum):
    """What is wrong, in the order in which conflicts are listed."""

    TWO_VERDICTS = "two-verdicts"
    EXACT_AND_OTHER = "exact-and-other"
    SAME_FRAMEWORK_EXACT = "same-framework-exact"
    RELATED_AND_BROADER = "related-and-broader"
    BROADER_CYCLE = "broader-cycle"
    DENIED_BUT_DERIVED = "denied-but-derived"
    PARENT_NOT_ALIGNED = "parent-not-aligned"
    PARENTS_NOT_ALIGNED = "parents-not-aligned"
    CROSSING = "crossing"
    OTHER_EDITION_ALIGNED = "other-edition-aligned"
    HUB = "hub"


#: What each kind means and by which rule, for people.
KINDS: Final = {
    Kind.TWO_VERDICTS: "one pair is judged aligned and not aligned",
    Kind.EXACT_AND_OTHER: "what matches exactly, directly or through others, is also broader, "
    "narrower or merely related (SKOS S44, S45, S46)",
    Kind.SAME_FRAMEWORK_EXACT: "exact matches make two statements of one framework the same "
    "(SKOS S45)",
    Kind.RELATED_AND_BROADER: "a statement is merely related to one that contains it, directly or "
    "through others (SKOS S27)",
    Kind.BROADER_CYCLE: "each of some statements contains the next, and the last the first",
    Kind.DENIED_BUT_DERIVED: "a pair is judged not aligned, and an alignment of it follows",
    Kind.PARENT_NOT_ALIGNED: "a part is aligned with a statement with which its whole is not",
    Kind.PARENTS_NOT_ALIGNED: "two parts are aligned whose wholes are judged not aligned",
    Kind.CROSSING: "of two parts and their wholes, one pair says that the first is the larger, "
    "the other that it is not",
    Kind.OTHER_EDITION_ALIGNED: "a pair is judged not aligned, and aligned in another edition "
    "(regime practice)",
    Kind.HUB: f"a statement is aligned with at least {HUB_SHARE:.0%} of a framework's "
    "competencies, and so distinguishes nothing",
}


@dataclass(frozen=True, slots=True)
class Conflict:
    """Some rows that cannot all be right.

    Attributes
    ----------
    statements : tuple[str, ...]
        The statements at which they conflict.
    alignments : tuple[str, ...]
        Ids of a smallest set of rows: without any one of them the others do not conflict so.
    sentence : str
        What they say together, with CURIEs.
    """

    kind: Kind
    severity: Severity
    statements: tuple[str, ...]
    alignments: tuple[str, ...]
    sentence: str

    def record(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "kind": self.kind.value,
            "severity": self.severity.value,
            "statements": list(self.statements),
            "alignments": list(self.alignments),
            "sentence": self.sentence,
        }


@dataclass(frozen=True, slots=True)
class Consistency:
    """All conflicts of a release under one regime; none is the good answer."""

    regime: Regime
    conflicts: tuple[Conflict, ...]
    judged: int
    release: str

    @property
    def counts(self) -> dict[str, int]:
        """Conflicts by severity."""
        return {s.value: sum(c.severity is s for c in self.conflicts) for s in Severity}

    def record(self) -> dict[str, Any]:
        """As JSON; `judged` is the number of rows looked at."""
        return {
            "regime": self.regime.value,
            "judged": self.judged,
            "counts": self.counts,
            "items": [conflict.record() for conflict in self.conflicts],
            "total": len(self.conflicts),
            "release": self.release,
        }

    def table(self) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
        """Columns and rows for people."""
        columns = ("Severity", "Kind", "What conflicts", "Rows")
        return columns, [
            (c.severity.value, c.kind.value, c.sentence, " ".join(c.alignments))
            for c in self.conflicts
        ]


def consistency(catalogue: Catalogue, regime: Regime = Regime.SKOS) -> Consistency:
    """The conflicts of `find_conflicts` as an answer of its own."""
    found = find_conflicts(catalogue, regime)
    judged = sum(a.status != "withdrawn" for a in catalogue.alignments.values())
    return Consistency(regime, tuple(found), judged, catalogue.release)


def find_conflicts(catalogue: Catalogue, regime: Regime = Regime.SKOS) -> list[Conflict]:
    """Rows that cannot all be right, faults first, then by kind and in the order of codes.

    Parameters
    ----------
    regime : Regime
        Through which derived links to look. `skos`: exact matches in a row, broad and narrow
        matches in a row with the trees. `sssom`: also exact matches before and after any other.
        `practice`: also verdicts of another edition, as warnings: its rules only ever weaken, so
        nothing that rests on them is a fault.

    Returns
    -------
    list[Conflict]
        Empty if all is well, also if there are no alignments. Each set of rows stands once,
        under the first kind that it is. Where several ways lead to one conflict, the one with
        the fewest rows is told.

    Notes
    -----
    O(rows + statements, times the depth of the trees), plus what lies above each statement of a
    related row, plus O(rows) for each conflict that is more than two rows.
    """
    web = _Web(catalogue, regime)
    finders: tuple[Callable[[_Web], Iterator[Conflict]], ...] = (
        _two_verdicts,
        _exact_and_other,
        _same_framework_exact,
        _related_and_broader,
        _broader_cycles,
        _denied_but_derived,
        _parents_not_aligned,
        _crossing,
        _other_edition_aligned,
        _hubs,
    )
    found: dict[frozenset[str], Conflict] = {}
    for finder in finders:
        for conflict in finder(web):
            found.setdefault(frozenset(conflict.alignments), conflict)
    return sorted(found.values(), key=_order)


def conflict_findings(
    conflicts: Iterable[Conflict], places: Mapping[str, tuple[str, int]]
) -> list[Finding]:
    """Conflicts as findings of `crosswalk check`, each at its first row.

    Parameters
    ----------
    places : Mapping[str, tuple[str, int]]
        File and line of each alignment by id: `Sources.places`.
    """
    findings = []
    for conflict in conflicts:
        path, line = places.get(conflict.alignments[0], ("crosswalks", 1))
        others = [":".join(map(str, places[a])) for a in conflict.alignments[1:] if a in places]
        also = f"; see also {', '.join(others)}" if others else ""
        message = f"{conflict.sentence} ({conflict.severity}: {conflict.kind}{also})"
        findings.append(Finding(path, line, message))
    return findings


def _order(conflict: Conflict) -> tuple[Any, ...]:
    return (
        conflict.severity is not Severity.FAULT,
        _PLACE[conflict.kind],
        tuple(map(natural_key, conflict.statements)),
        conflict.alignments,
    )


_PLACE: Final = {kind: place for place, kind in enumerate(Kind)}


# ---- what all finders look at ------------------------------------------------------------


class _Web:
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
            if row.status == "withdrawn" or row.subject_id == row.object_id:
                continue
            if not row.aligned:
                self.denied.append(row)
                continue
            self.aligned.append(row)
            subject, object_ = row.subject_id, row.object_id
            if row.relation is _EXACT:
                self.exact[subject].append((object_, row.id))
                self.exact[object_].append((subject, row.id))
            elif row.relation is _BROAD:
                self.broader[subject].append((object_, row.id))
            elif row.relation is _NARROW:
                self.broader[object_].append((subject, row.id))

    @property
    def chains(self) -> bool:
        """Whether exact matches may be joined to others."""
        return self.regime is not Regime.SKOS

    @cached_property
    def denials(self) -> dict[Pair, Alignment]:
        """Negative verdicts by pair."""
        return {_pair(row): row for row in self.denied}

    @cached_property
    def by_pair(self) -> dict[Pair, list[Alignment]]:
        """Positive verdicts by pair."""
        found: dict[Pair, list[Alignment]] = defaultdict(list)
        for row in self.aligned:
            found[_pair(row)].append(row)
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


def _pair(row: Alignment) -> Pair:
    return min(row.subject_id, row.object_id), max(row.subject_id, row.object_id)


def _path(start: str, goal: str, steps: Callable[[str], Iterable[Step]]) -> list[str] | None:
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
        for other, row in sorted(steps(statement), key=_by_step):
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


def _by_step(step: Step) -> tuple[str, str]:
    return step[0], step[1] or ""


class _Above:
    """Whether one unit lies above another. What lies above a whole knot is kept once."""

    def __init__(self, above: Mapping[str, set[str]]) -> None:
        self.above = above
        self.knots = _knots(above)
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


def _says(web: _Web, rows: Sequence[str]) -> str:
    """Rows in words."""
    parts = []
    for key in rows:
        row = web.rows[key]
        relation = f"is {row.relation} match of" if row.aligned else "is not aligned with"
        parts.append(f"{row.subject_id} {relation} {row.object_id}")
    return "; ".join(parts)


def _fault(web: _Web, kind: Kind, statements: Sequence[str], rows: Sequence[str]) -> Conflict:
    return _conflict(web, kind, Severity.FAULT, statements, rows)


def _conflict(
    web: _Web, kind: Kind, severity: Severity, statements: Sequence[str], rows: Sequence[str]
) -> Conflict:
    unique = tuple(dict.fromkeys(rows))
    sentence = f"{_OPENING[kind].format(*statements)}: {_says(web, unique)}; {_MEND[kind]}"
    return Conflict(kind, severity, tuple(statements), unique, sentence)


_OPENING: Final = {
    Kind.TWO_VERDICTS: "{0} and {1} are judged both ways",
    Kind.EXACT_AND_OTHER: "{0} and {1} match exactly and also otherwise",
    Kind.SAME_FRAMEWORK_EXACT: "{0} and {1} of one framework come out as the same",
    Kind.RELATED_AND_BROADER: "{0} is merely related to {1}, which contains it",
    Kind.BROADER_CYCLE: "{0} comes out as broader than itself",
    Kind.DENIED_BUT_DERIVED: "{0} and {1} are judged not aligned, yet an alignment follows",
    Kind.PARENT_NOT_ALIGNED: "{0} is aligned with {1}, but not what it is part of",
    Kind.PARENTS_NOT_ALIGNED: "{0} and {1} are aligned, but not what they are part of",
    Kind.CROSSING: "{0} and {1} relate one way, what they are part of the other way",
    Kind.OTHER_EDITION_ALIGNED: "{0} and {1} are judged not aligned, but another edition is",
    Kind.HUB: "{0} is aligned with {2} of the {3} competencies of {1}",
}
_MEND: Final = {
    Kind.TWO_VERDICTS: "keep one",
    Kind.EXACT_AND_OTHER: "change one relation",
    Kind.SAME_FRAMEWORK_EXACT: "make one of these close",
    Kind.RELATED_AND_BROADER: "change one relation",
    Kind.BROADER_CYCLE: "change one relation",
    Kind.DENIED_BUT_DERIVED: "change one verdict or relation",
    Kind.PARENT_NOT_ALIGNED: "change one verdict",
    Kind.PARENTS_NOT_ALIGNED: "change one verdict",
    Kind.CROSSING: "look at both relations again",
    Kind.OTHER_EDITION_ALIGNED: "say in the reason what changed, or change one verdict",
    Kind.HUB: "look again at the weakest, or say why all hold",
}


# ---- finders -----------------------------------------------------------------------------


def _two_verdicts(web: _Web) -> Iterator[Conflict]:
    for pair, denial in web.denials.items():
        for row in web.by_pair.get(pair, ()):
            yield _fault(web, Kind.TWO_VERDICTS, pair, [row.id, denial.id])


def _exact_and_other(web: _Web) -> Iterator[Conflict]:
    for row in web.aligned:
        if row.relation in (_EXACT, _CLOSE) or not web.same(row.subject_id, row.object_id):
            continue
        way = _path(row.subject_id, row.object_id, web.exact_steps)
        assert way is not None  # they are in one group
        yield _fault(web, Kind.EXACT_AND_OTHER, _pair(row), [row.id, *way])


def _same_framework_exact(web: _Web) -> Iterator[Conflict]:
    """For n statements of a framework in one group n - 1 conflicts, the shortest that tell all."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for statement, group in web.group.items():
        groups[group, framework_of(statement)].append(statement)
    for (_, _framework), members in sorted(groups.items()):
        if len(members) < 2:
            continue
        for a, b, rows in _joined(web, sorted(members, key=natural_key)):
            yield _fault(web, Kind.SAME_FRAMEWORK_EXACT, (a, b), rows)


def _joined(web: _Web, members: Sequence[str]) -> Iterator[tuple[str, str, list[str]]]:
    """Shortest ways between members that pass through no other member, as a tree over all."""
    origin = {member: (member, 0) for member in members}
    before: dict[str, tuple[str, str]] = {}
    waiting = deque(members)
    meetings: list[tuple[int, str, str, str]] = []
    while waiting:
        statement = waiting.popleft()
        owner, steps = origin[statement]
        for other, row in sorted(web.exact_steps(statement), key=_by_step):
            assert row is not None  # an exact match is always a row
            if other not in origin:
                origin[other], before[other] = (owner, steps + 1), (statement, row)
                waiting.append(other)
            elif origin[other][0] != owner:
                meetings.append((steps + origin[other][1] + 1, statement, other, row))

    def back(statement: str) -> list[str]:
        rows = []
        while statement in before:
            statement, row = before[statement]
            rows.append(row)
        return rows

    root = {member: member for member in members}

    def find(member: str) -> str:
        while root[member] != member:
            root[member] = root[root[member]]
            member = root[member]
        return member

    for _, one, other, row in sorted(meetings):
        a, b = sorted((origin[one][0], origin[other][0]), key=natural_key)
        if find(a) != find(b):
            root[find(a)] = find(b)
            yield a, b, [*back(one)[::-1], row, *back(other)]


def _related_and_broader(web: _Web) -> Iterator[Conflict]:
    above = _Above(web.above)

    def contains(high: str, low: str) -> bool:
        return above.leads(web.unit(low), web.unit(high))

    for row in web.aligned:
        ends = row.subject_id, row.object_id
        if row.relation is not _RELATED or web.same(*ends):
            continue
        ways = [
            (way, low, high)
            for low, high in (ends, ends[::-1])
            if contains(high, low) and (way := _path(low, high, web.up_steps)) is not None
        ]
        if ways:
            way, low, high = min(ways, key=_by_length)
            yield _fault(web, Kind.RELATED_AND_BROADER, (low, high), [row.id, *way])


def _by_length(way: tuple[list[str], str, str]) -> tuple[int, list[str], str, str]:
    return len(way[0]), *way


def _broader_cycles(web: _Web) -> Iterator[Conflict]:
    """One conflict for each step up inside a knot, made as small as it can be."""
    knots = _knots(web.above)
    if not knots:
        return
    steps: list[tuple[str, str, list[str]]] = [
        (low, high, [row] if row else [])
        for low, found in web.broader.items()
        for high, row in found
    ]
    steps += [(child, parent, []) for child, parent in web.parents.items()]
    for low, high, rows in sorted(steps):
        units = web.unit(low), web.unit(high)
        if units[0] == units[1] or knots.get(units[0], 0) != knots.get(units[1], -1):
            continue
        way = _path(high, low, web.up_steps)
        assert way is not None  # both are in one knot
        least = _least(web, [*rows, *way])
        first = min(range(len(least)), key=lambda n: (web.rows[least[n]].subject_id, least[n]))
        least = [*least[first:], *least[:first]]  # a cycle is the same wherever it begins
        yield _fault(web, Kind.BROADER_CYCLE, (web.rows[least[0]].subject_id,), least)


def _least(web: _Web, rows: Sequence[str]) -> list[str]:
    """Rows without those that the cycle does not need; tried one after another."""
    kept = list(dict.fromkeys(rows))
    for row in list(kept):
        fewer = [other for other in kept if other != row]
        if _cyclic(web, frozenset(fewer)):
            kept = fewer
    return kept


def _cyclic(web: _Web, rows: frozenset[str]) -> bool:
    """Whether some rows alone, with the trees, make a statement broader than itself."""
    ends = {end for key in rows for end in (web.rows[key].subject_id, web.rows[key].object_id)}
    for low in sorted(ends):
        for high, row in web.up_steps(low):
            if row in rows and web.rows[row].relation is _EXACT:
                continue  # a way back over the row that one came by is no cycle
            if row is not None and row not in rows:
                continue

            def steps(statement: str) -> Iterable[Step]:
                return (s for s in web.up_steps(statement) if s[1] is None or s[1] in rows)

            if _path(high, low, steps) is not None:
                return True
    return False


def _knots(above: Mapping[str, set[str]]) -> dict[str, int]:
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


def _denied_but_derived(web: _Web) -> Iterator[Conflict]:
    between: dict[tuple[str, str], list[Alignment]] = defaultdict(list)
    if web.chains and web.denied:
        for row in web.aligned:
            if row.relation in (_CLOSE, _RELATED):
                units = web.unit(row.subject_id), web.unit(row.object_id)
                between[units].append(row)
                between[units[::-1]].append(row)
    chained: dict[str, set[str]] = defaultdict(set)
    for low, steps in web.broader.items():
        chained[web.unit(low)].update(web.unit(high) for high, _ in steps)
    above = _Above(chained)
    for pair, denial in web.denials.items():
        if pair in web.by_pair:
            continue
        ways = []
        if web.same(*pair):
            ways.append(_path(*pair, web.exact_steps))
        units = web.unit(pair[0]), web.unit(pair[1])
        if web.chains and units[0] != units[1]:
            ways += [_around(web, pair, units, row) for row in between.get(units, ())]
            for low, high in (pair, pair[::-1]):
                if above.leads(web.unit(low), web.unit(high)):
                    ways.append(_path(low, high, web.chain_steps))
        sound = [way for way in ways if way is not None]
        if sound:
            least = min(sound, key=lambda way: (len(way), way))
            yield _fault(web, Kind.DENIED_BUT_DERIVED, pair, [denial.id, *least])


def _around(web: _Web, pair: Pair, units: tuple[str, str], row: Alignment) -> list[str] | None:
    """A close or related row, and the exact matches that join it to both ends of a pair."""
    near, far = row.subject_id, row.object_id
    if web.unit(near) != units[0]:
        near, far = far, near
    before, after = _path(pair[0], near, web.exact_steps), _path(far, pair[1], web.exact_steps)
    return None if before is None or after is None else [*before, row.id, *after]


def _line(web: _Web, statement: str) -> list[tuple[str, bool]]:
    """A statement and what it is part of, upwards, and whether all steps roll up."""
    found, rolls = [(statement, True)], True
    levels = web.catalogue.competencies
    while (parent := web.parents.get(statement)) and parent not in (s for s, _ in found):
        rolls = rolls and (levels[statement].level, levels[parent].level) in ROLL_UP
        found.append((parent, rolls))
        statement = parent
    return found


def _parents_not_aligned(web: _Web) -> Iterator[Conflict]:
    """A fault where a part supports a conclusion about its whole, as in roll-up."""
    if not web.denied:
        return
    judged = {end for pair in web.denials for end in pair}
    lines: dict[str, list[tuple[str, bool]]] = {}
    for row in web.aligned:
        ends = row.subject_id, row.object_id
        for end in ends:
            if end not in lines:
                lines[end] = [(s, rolls) for s, rolls in _line(web, end) if s in judged]
        for one, rolls in lines[ends[0]]:
            for other, rolls_too in lines[ends[1]]:
                pair = min(one, other), max(one, other)
                if (one, other) == ends or pair not in web.denials:
                    continue
                both = one != ends[0] and other != ends[1]
                kind = Kind.PARENTS_NOT_ALIGNED if both else Kind.PARENT_NOT_ALIGNED
                severity = Severity.FAULT if rolls and rolls_too else Severity.WARNING
                part_first = ends if one != ends[0] else ends[::-1]
                rows = [row.id, web.denials[pair].id]
                yield _conflict(web, kind, severity, part_first, rows)


def _crossing(web: _Web) -> Iterator[Conflict]:
    for row in web.aligned:
        parents = web.parents.get(row.subject_id), web.parents.get(row.object_id)
        if row.relation not in (_EXACT, _BROAD, _NARROW) or not all(parents):
            continue
        one, other = str(parents[0]), str(parents[1])
        for above in web.by_pair.get((min(one, other), max(one, other)), ()):
            relation = above.relation if above.subject_id == one else INVERSE[above.relation]
            if relation in (_BROAD, _NARROW) and relation is not row.relation:
                ends = row.subject_id, row.object_id
                rows = [row.id, above.id]
                yield _conflict(web, Kind.CROSSING, Severity.WARNING, ends, rows)


def _other_edition_aligned(web: _Web) -> Iterator[Conflict]:
    if web.regime is not Regime.PRACTICE:
        return
    revisions = {f.id: f.revision_of for f in web.catalogue.frameworks.values()}
    heirs: dict[str, list[Step]] = defaultdict(list)
    for row in web.aligned:
        ends = framework_of(row.subject_id), framework_of(row.object_id)
        adjacent = revisions.get(ends[0]) == ends[1] or revisions.get(ends[1]) == ends[0]
        if adjacent and hands_on(row.change):
            heirs[row.subject_id].append((row.object_id, row.id))
            heirs[row.object_id].append((row.subject_id, row.id))
    for pair, denial in web.denials.items():
        for here, there in (pair, pair[::-1]):
            for heir, edition in sorted(heirs.get(here, ()), key=_by_step):
                for row in web.by_pair.get((min(heir, there), max(heir, there)), ()):
                    rows = [denial.id, str(edition), row.id]
                    kind = Kind.OTHER_EDITION_ALIGNED
                    yield _conflict(web, kind, Severity.WARNING, pair, rows)


def _hubs(web: _Web) -> Iterator[Conflict]:
    """The rows named are the fewest that make a hub, the surest of them, best first."""
    sizes: dict[str, int] = {
        framework: sum(member.level == "competency" for member in members)
        for framework, members in web.catalogue.by_framework.items()
    }
    partners: dict[tuple[str, str], dict[str, Alignment]] = defaultdict(dict)
    for row in web.aligned:
        for one, other in ((row.subject_id, row.object_id), (row.object_id, row.subject_id)):
            if web.catalogue.competencies[other].level != "competency":
                continue
            known = partners[one, framework_of(other)]
            if other not in known or best_first(row) < best_first(known[other]):
                known[other] = row
    for (statement, framework), found in partners.items():
        size = sizes.get(framework, 0)
        least = ceil(HUB_SHARE * size - 1e-9)
        if size < HUB_LEAST or len(found) < least or framework == framework_of(statement):
            continue
        rows = [row.id for row in sorted(found.values(), key=best_first)[:least]]
        names = (statement, framework, str(len(found)), str(size))
        conflict = _conflict(web, Kind.HUB, Severity.WARNING, names, rows)
        yield Conflict(
            conflict.kind, conflict.severity, (statement,), conflict.alignments, conflict.sentence
        )
