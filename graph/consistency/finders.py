"""The finders of conflicts, one for each way in which rows contradict each other."""

from __future__ import annotations

from collections import defaultdict, deque
from math import ceil
from typing import TYPE_CHECKING

from graph.catalogue import best_first
from graph.consistency.conflicts import (
    HUB_LEAST,
    HUB_SHARE,
    Conflict,
    Consistency,
    Kind,
    Severity,
    conflict_of,
    in_order,
)
from graph.consistency.web import Above, Web, by_step, knots_of, pair_of, shortest
from graph.model import INVERSE, Relation
from graph.rules import ROLL_UP, Regime, hands_on
from graph.terms import framework_of, natural_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from graph.catalogue import Catalogue
    from graph.consistency.web import Pair, Step
    from graph.model import Alignment

_EXACT, _CLOSE, _BROAD, _NARROW, _RELATED = Relation


def consistency(catalogue: Catalogue, regime: Regime = Regime.SKOS) -> Consistency:
    """The conflicts of `find_conflicts` as an answer of its own."""
    found = find_conflicts(catalogue, regime)
    judged = sum(not a.withdrawn for a in catalogue.alignments.values())
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
    web = Web(catalogue, regime)
    finders: tuple[Callable[[Web], Iterator[Conflict]], ...] = (
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
    return sorted(found.values(), key=in_order)


def _fault(web: Web, kind: Kind, statements: Sequence[str], rows: Sequence[str]) -> Conflict:
    return _conflict(web, kind, Severity.FAULT, statements, rows)


def _conflict(
    web: Web, kind: Kind, severity: Severity, statements: Sequence[str], rows: Sequence[str]
) -> Conflict:
    return conflict_of(web.rows, kind, severity, statements, rows)


def _two_verdicts(web: Web) -> Iterator[Conflict]:
    """For n rows of a pair against m others n + m - 1 conflicts, the fewest that tell all."""
    against: dict[Pair, list[Alignment]] = defaultdict(list)
    for denial in web.denied:
        against[pair_of(denial)].append(denial)
    for pair, denials in against.items():
        rows = web.by_pair.get(pair, [])
        for row in rows:
            yield _fault(web, Kind.TWO_VERDICTS, pair, [row.id, denials[0].id])
        for denial in denials[1:] if rows else ():
            yield _fault(web, Kind.TWO_VERDICTS, pair, [rows[0].id, denial.id])


def _exact_and_other(web: Web) -> Iterator[Conflict]:
    for row in web.aligned:
        if row.relation in (_EXACT, _CLOSE) or not web.same(row.subject_id, row.object_id):
            continue
        way = shortest(row.subject_id, row.object_id, web.exact_steps)
        assert way is not None  # they are in one group
        yield _fault(web, Kind.EXACT_AND_OTHER, pair_of(row), [row.id, *way])


def _same_framework_exact(web: Web) -> Iterator[Conflict]:
    """For n statements of a framework in one group n - 1 conflicts, the shortest that tell all."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for statement, group in web.group.items():
        groups[group, framework_of(statement)].append(statement)
    for (_, _framework), members in sorted(groups.items()):
        if len(members) < 2:
            continue
        for a, b, rows in _joined(web, sorted(members, key=natural_key)):
            yield _fault(web, Kind.SAME_FRAMEWORK_EXACT, (a, b), rows)


def _joined(web: Web, members: Sequence[str]) -> Iterator[tuple[str, str, list[str]]]:
    """Shortest ways between members that pass through no other member, as a tree over all."""
    origin = {member: (member, 0) for member in members}
    before: dict[str, tuple[str, str]] = {}
    waiting = deque(members)
    meetings: list[tuple[int, str, str, str]] = []
    while waiting:
        statement = waiting.popleft()
        owner, steps = origin[statement]
        for other, row in sorted(web.exact_steps(statement), key=by_step):
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


def _related_and_broader(web: Web) -> Iterator[Conflict]:
    above = Above(web.above)

    def contains(high: str, low: str) -> bool:
        return above.leads(web.unit(low), web.unit(high))

    for row in web.aligned:
        ends = row.subject_id, row.object_id
        if row.relation is not _RELATED or web.same(*ends):
            continue
        ways = [
            (way, low, high)
            for low, high in (ends, ends[::-1])
            if contains(high, low) and (way := shortest(low, high, web.up_steps)) is not None
        ]
        if ways:
            way, low, high = min(ways, key=_by_length)
            yield _fault(web, Kind.RELATED_AND_BROADER, (low, high), [row.id, *way])


def _by_length(way: tuple[list[str], str, str]) -> tuple[int, list[str], str, str]:
    return len(way[0]), *way


def _broader_cycles(web: Web) -> Iterator[Conflict]:
    """One conflict for each step up inside a knot, made as small as it can be."""
    knots = knots_of(web.above)
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
        way = shortest(high, low, web.up_steps)
        assert way is not None  # both are in one knot
        least = _least(web, [*rows, *way])
        first = min(range(len(least)), key=lambda n: (web.rows[least[n]].subject_id, least[n]))
        least = [*least[first:], *least[:first]]  # a cycle is the same wherever it begins
        yield _fault(web, Kind.BROADER_CYCLE, (web.rows[least[0]].subject_id,), least)


def _least(web: Web, rows: Sequence[str]) -> list[str]:
    """Rows without those that the cycle does not need; tried one after another."""
    kept = list(dict.fromkeys(rows))
    for row in list(kept):
        fewer = [other for other in kept if other != row]
        if _cyclic(web, frozenset(fewer)):
            kept = fewer
    return kept


def _cyclic(web: Web, rows: frozenset[str]) -> bool:
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

            if shortest(high, low, steps) is not None:
                return True
    return False


def _denied_but_derived(web: Web) -> Iterator[Conflict]:
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
    above = Above(chained)
    for pair, denial in web.denials.items():
        if pair in web.by_pair:
            continue
        ways = []
        if web.same(*pair):
            ways.append(shortest(*pair, web.exact_steps))
        units = web.unit(pair[0]), web.unit(pair[1])
        if web.chains and units[0] != units[1]:
            ways += [_around(web, pair, units, row) for row in between.get(units, ())]
            for low, high in (pair, pair[::-1]):
                if above.leads(web.unit(low), web.unit(high)):
                    ways.append(shortest(low, high, web.chain_steps))
        sound = [way for way in ways if way is not None]
        if sound:
            least = min(sound, key=lambda way: (len(way), way))
            yield _fault(web, Kind.DENIED_BUT_DERIVED, pair, [denial.id, *least])


def _around(web: Web, pair: Pair, units: tuple[str, str], row: Alignment) -> list[str] | None:
    """A close or related row, and the exact matches that join it to both ends of a pair."""
    near, far = row.subject_id, row.object_id
    if web.unit(near) != units[0]:
        near, far = far, near
    before, after = (
        shortest(pair[0], near, web.exact_steps),
        shortest(far, pair[1], web.exact_steps),
    )
    return None if before is None or after is None else [*before, row.id, *after]


def _line(web: Web, statement: str) -> list[tuple[str, bool]]:
    """A statement and what it is part of, upwards, and whether all steps roll up."""
    found, rolls = [(statement, True)], True
    levels = web.catalogue.competencies
    while (parent := web.parents.get(statement)) and parent not in (s for s, _ in found):
        rolls = rolls and (levels[statement].level, levels[parent].level) in ROLL_UP
        found.append((parent, rolls))
        statement = parent
    return found


def _parents_not_aligned(web: Web) -> Iterator[Conflict]:
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


def _crossing(web: Web) -> Iterator[Conflict]:
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


def _other_edition_aligned(web: Web) -> Iterator[Conflict]:
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
            for heir, edition in sorted(heirs.get(here, ()), key=by_step):
                for row in web.by_pair.get((min(heir, there), max(heir, there)), ()):
                    rows = [denial.id, str(edition), row.id]
                    kind = Kind.OTHER_EDITION_ALIGNED
                    yield _conflict(web, kind, Severity.WARNING, pair, rows)


def _hubs(web: Web) -> Iterator[Conflict]:
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
