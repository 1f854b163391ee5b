"""What is missing, what hangs on one course, and what is done more often than it needs to be."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Final

from graph.curriculum.model import Depth, Level
from graph.model import STRENGTH_ORDER, Strength

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graph.curriculum.coverage import Coverage, StatementCoverage
    from graph.curriculum.model import CoursePlan, Entry
    from graph.curriculum.reach import Reach, Reached
    from graph.records import Record

#: Kinds of gap, the gravest first.
GAP_KINDS: Final = (
    "missing", "weak", "introduced-only", "electives-only", "no-generalist", "no-specialised",
    "dimensions", "systems",
)  # fmt: skip

#: A title that names systems of every size asks for each of them (EPAS 2022, competencies 6 to 9).
_EVERY_SYSTEM: Final = re.compile(r"\bIndividuals, Families, Groups, Organizations, and Communi")

#: Content that says as little as this is no sign of a repetition: "Lecture", "Readings".
_LEAST_CONTENT: Final = 12

#: A competency is crowded if it has more than this many times the median number of courses …
_CROWDED_TIMES: Final = 2
#: … and at least this many courses more than the median.
_CROWDED_MORE: Final = 3


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that a statement lacks.

    Attributes
    ----------
    kind : str
        Of `GAP_KINDS`.
    lacks : tuple[str, ...]
        Which dimensions or systems are missing; empty for other kinds.
    """

    framework: str
    statement: str
    title: str
    kind: str
    message: str
    lacks: tuple[str, ...] = ()

    def record(self) -> Record:
        """As JSON."""
        return {
            "framework": self.framework,
            "id": self.statement,
            "title": self.title,
            "kind": self.kind,
            "lacks": list(self.lacks),
            "message": self.message,
        }


@dataclass(frozen=True, slots=True)
class Weakening:
    """A target that would still be reached without a course, but less surely."""

    target: str
    strength: Strength
    without: Strength

    def record(self) -> Record:
        """As JSON."""
        return {
            "id": self.target,
            "strength": self.strength.value,
            "without": self.without.value,
        }


@dataclass(frozen=True, slots=True)
class Loss:
    """What would be lost with one course.

    Attributes
    ----------
    covered : tuple[str, ...]
        Competencies and behaviors of the edition that no other course covers.
    reached : tuple[str, ...]
        Targets of the other framework that no other course reaches.
    weakened : tuple[Weakening, ...]
        Targets whose best route would be less strong.
    """

    course: str
    required: bool
    covered: tuple[str, ...]
    reached: tuple[str, ...]
    weakened: tuple[Weakening, ...]

    @property
    def breaks(self) -> bool:
        """Whether a coverage breaks: the course is a single point of failure."""
        return bool(self.covered or self.reached)

    def record(self) -> Record:
        """As JSON."""
        return {
            "course": self.course,
            "required": self.required,
            "single_point": self.breaks,
            "covered": list(self.covered),
            "reached": list(self.reached),
            "weakened": [one.record() for one in self.weakened],
        }


@dataclass(frozen=True, slots=True)
class Repetition:
    """The same content for the same competency at the same depth in several courses."""

    competency: str
    depth: Depth
    content: str
    entries: tuple[Entry, ...]

    def record(self) -> Record:
        """As JSON."""
        return {
            "id": self.competency,
            "depth": self.depth.value,
            "content": self.content,
            "courses": [entry.course for entry in self.entries],
            "lines": [entry.line for entry in self.entries],
        }


@dataclass(frozen=True, slots=True)
class Crowded:
    """A competency that far more courses serve than the median one.

    Attributes
    ----------
    median : float
        Courses of the median competency of the edition, covered or not.
    """

    competency: str
    title: str
    courses: tuple[str, ...]
    median: float

    def record(self) -> Record:
        """As JSON."""
        return {
            "id": self.competency,
            "title": self.title,
            "courses": list(self.courses),
            "median": self.median,
        }


def find_gaps(
    plan: CoursePlan, coverage: Coverage, reach: Reach, titles: dict[str, str]
) -> tuple[Gap, ...]:
    """What both frameworks lack: the edition first, each in published order, the gravest first.

    A statement that nothing covers lacks nothing else besides.
    """
    found = [gap for one in coverage.statements for gap in _edition_gaps(plan, coverage, one)]
    required = {course.code for course in plan.courses if course.required}
    for reached in reach.all:
        found += _target_gaps(reach, reached, required, titles[reached.target])
    return tuple(found)


def _edition_gaps(plan: CoursePlan, coverage: Coverage, one: StatementCoverage) -> Iterator[Gap]:
    def gap(kind: str, message: str, lacks: Sequence[str] = ()) -> Gap:
        return Gap(coverage.edition, one.id, one.title, kind, message, tuple(lacks))

    if not one.covered:
        what = "it or a behavior of it" if one.level == "competency" else "it"
        yield gap("missing", f"No course serves {what}.")
        return
    if one.depth is Depth.INTRODUCES:
        where = ", ".join(one.courses)
        yield gap("introduced-only", f"It is introduced ({where}), but nobody practises it.")
    if not one.required:
        yield gap("electives-only", f"Only electives serve it: {', '.join(one.electives)}.")
    if one.level != "competency":
        return
    if not one.generalist:
        yield gap("no-generalist", "No generalist course serves it.")
    if plan.level is Level.SPECIALISED and not one.specialised:
        yield gap("no-specialised", "No specialised course serves it.")
    if coverage.uses_dimensions:
        lacks = [name for name, count in one.dimensions.items() if not count]
        if lacks:
            words = ", ".join(name.replace("-", " ") for name in lacks)
            yield gap("dimensions", f"No entry serves it in: {words}.", lacks)
    if coverage.uses_systems and _EVERY_SYSTEM.search(one.title):
        lacks = [name for name, count in one.systems.items() if not count]
        if lacks:
            message = f"Its title names systems of every size; none of: {', '.join(lacks)}."
            yield gap("systems", message, lacks)


def _target_gaps(reach: Reach, reached: Reached, required: set[str], title: str) -> Iterator[Gap]:
    def gap(kind: str, message: str) -> Gap:
        return Gap(reach.onto, reached.target, title, kind, message)

    if reached.best is None:
        yield gap("missing", "No route of the plan reaches it.")
        return
    if reached.strength is Strength.WEAK:
        count = len(reached.routes)
        routes = "the only route is" if count == 1 else f"all {count} routes are"
        yield gap("weak", f"It is reached, but {routes} weak.")
    if reached.depth is Depth.INTRODUCES:
        yield gap("introduced-only", "Every course that reaches it only introduces.")
    if required.isdisjoint(reached.courses):
        yield gap("electives-only", f"Only electives reach it: {', '.join(reached.courses)}.")


def find_losses(plan: CoursePlan, coverage: Coverage, reach: Reach) -> tuple[Loss, ...]:
    """For each course, in the order of the plan, what nobody else does."""
    found = []
    how_many = Counter(target for code in reach.courses for target in reach.sets[code])
    for course in plan.courses:
        code = course.code
        mine = reach.sets[code] if code in reach.courses else frozenset()
        weakened = []
        for target in reach.targets:
            if target not in mine or how_many[target] == 1:
                continue
            routes = reach.of(target).routes
            without = next(route for route in routes if route.course != code)
            if STRENGTH_ORDER[without.strength] > STRENGTH_ORDER[routes[0].strength]:
                weakened.append(Weakening(target, routes[0].strength, without.strength))
        loss = Loss(
            course=code,
            required=course.required,
            covered=tuple(s.id for s in coverage.statements if s.courses == (code,)),
            reached=tuple(t for t in reach.targets if t in mine and how_many[t] == 1),
            weakened=tuple(weakened),
        )
        found.append(loss)
    return tuple(found)


def find_repetitions(plan: CoursePlan) -> tuple[Repetition, ...]:
    """The same content for the same competency at the same depth in more than one course.

    Contents are compared without case, punctuation and spaces; those of fewer than 12 letters and
    digits are not, since "Lecture" repeats nothing. In the order of the plan.
    """
    groups: dict[tuple[str, Depth, str], list[Entry]] = defaultdict(list)
    for entry in plan.entries:
        plain = "".join(c for c in entry.content.casefold() if c.isalnum())
        if len(plain) >= _LEAST_CONTENT:
            groups[entry.competency, entry.depth, plain].append(entry)
    return tuple(
        Repetition(competency, depth, entries[0].content, tuple(entries))
        for (competency, depth, _), entries in groups.items()
        if len({entry.course for entry in entries}) > 1
    )


def find_crowded(coverage: Coverage) -> tuple[Crowded, ...]:
    """Competencies with more than twice the median number of courses, and at least 3 more.

    In published order.
    """
    if not coverage.competencies:
        return ()
    middle = median(len(one.courses) for one in coverage.competencies)
    return tuple(
        Crowded(one.id, one.title, one.courses, middle)
        for one in coverage.competencies
        if len(one.courses) > _CROWDED_TIMES * middle and len(one.courses) >= middle + _CROWDED_MORE
    )
