"""What a plan covers of its own edition: by course, level, depth, dimension and system.

A competency is *covered* if an entry names it or one of its behaviors; a behavior only if an entry
names it itself, since a course on the whole competency does not say which of its behaviors it
teaches. Counts are of courses or of statements, never weighted, each beside its denominator.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from graph.curriculum.model import DEPTH_ORDER, Depth, Level

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from graph.catalogue import Catalogue
    from graph.curriculum.model import Course, CoursePlan, Entry
    from graph.model import Competency
    from graph.records import Record

Value = TypeVar("Value", bound=str)

#: Levels of statement that accreditation looks at.
COVERED_LEVELS: Final = ("competency", "behavior")


@dataclass(frozen=True, slots=True)
class StatementCoverage:
    """What the courses do with one competency or behavior.

    Attributes
    ----------
    entries : tuple[Entry, ...]
        That count for it, in the order of the plan.
    named : int
        How many of them name the statement itself; the others name a behavior of it.
    courses, required, electives : tuple[str, ...]
        Codes of all courses that serve it, of the required ones, of the electives.
    generalist, specialised : tuple[str, ...]
        Codes of the courses by level.
    field : tuple[str, ...]
        Codes of the courses in the field.
    depths : Mapping[str, int]
        Courses that introduce, practise and demonstrate it, in this order.
    dimensions, systems : Mapping[str, int]
        Courses by dimension and by system, in the order of the lists; 0 where there is none.
    hours : float
        Sum over the entries that say how long they take.
    """

    id: str
    title: str
    level: str
    parent: str | None
    entries: tuple[Entry, ...]
    named: int
    courses: tuple[str, ...]
    required: tuple[str, ...]
    electives: tuple[str, ...]
    generalist: tuple[str, ...]
    specialised: tuple[str, ...]
    field: tuple[str, ...]
    depths: Mapping[Depth, int]
    dimensions: Mapping[str, int]
    systems: Mapping[str, int]
    hours: float

    @property
    def covered(self) -> bool:
        """Whether any course serves it."""
        return bool(self.entries)

    @property
    def depth(self) -> Depth | None:
        """Greatest depth of any entry."""
        depths = (entry.depth for entry in self.entries)
        return max(depths, key=DEPTH_ORDER.__getitem__, default=None)

    def record(self) -> Record:
        """As JSON."""
        return {
            "id": self.id,
            "title": self.title,
            "level": self.level,
            "parent": self.parent,
            "covered": self.covered,
            "depth": self.depth.value if self.depth else None,
            "entries": len(self.entries),
            "named": self.named,
            "courses": list(self.courses),
            "required": list(self.required),
            "electives": list(self.electives),
            "generalist": list(self.generalist),
            "specialised": list(self.specialised),
            "field": list(self.field),
            "depths": {depth.value: count for depth, count in self.depths.items()},
            "dimensions": dict(self.dimensions),
            "systems": dict(self.systems),
            "hours": self.hours,
        }


@dataclass(frozen=True, slots=True)
class CourseCoverage:
    """What one course serves of the edition.

    Attributes
    ----------
    competencies, behaviors : tuple[str, ...]
        That it covers, in published order.
    depths : Mapping[str, int]
        Its entries by depth.
    others : tuple[str, ...]
        Statements of other frameworks that it names, in order of codes.
    """

    course: Course
    entries: int
    competencies: tuple[str, ...]
    behaviors: tuple[str, ...]
    depths: Mapping[str, int]
    others: tuple[str, ...]

    def record(self) -> Record:
        """As JSON."""
        course = self.course
        return {
            "course": course.code,
            "title": course.title,
            "level": course.level.value,
            "required": course.required,
            "setting": course.setting.value,
            "entries": self.entries,
            "competencies": list(self.competencies),
            "behaviors": list(self.behaviors),
            "depths": dict(self.depths),
            "others": list(self.others),
        }


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a plan covers of its edition.

    Attributes
    ----------
    statements : tuple[StatementCoverage, ...]
        Each competency and behavior, in published order.
    courses : tuple[CourseCoverage, ...]
        Each course, in the order of the plan.
    uses_dimensions, uses_systems : bool
        Whether any entry says its dimensions, or its systems. If none does, that a dimension is
        missing says nothing.
    """

    edition: str
    statements: tuple[StatementCoverage, ...]
    courses: tuple[CourseCoverage, ...]
    uses_dimensions: bool
    uses_systems: bool

    @property
    def competencies(self) -> tuple[StatementCoverage, ...]:
        """The competencies among the statements."""
        return tuple(one for one in self.statements if one.level == "competency")

    @property
    def behaviors(self) -> tuple[StatementCoverage, ...]:
        """The behaviors among the statements."""
        return tuple(one for one in self.statements if one.level == "behavior")

    def of(self, statement: str) -> StatementCoverage:
        """One statement.

        Raises
        ------
        KeyError
        """
        return {one.id: one for one in self.statements}[statement]

    def shares(self) -> list[Record]:
        """How many of the competencies are covered, in each way, beside how many there are."""
        total = len(self.competencies)
        rows: list[tuple[str, str, int, int]] = [
            ("all", "competencies", sum(one.covered for one in self.competencies), total),
            ("all", "behaviors", sum(b.covered for b in self.behaviors), len(self.behaviors)),
            ("kind", "required courses", sum(bool(c.required) for c in self.competencies), total),
            ("setting", "field courses", sum(bool(c.field) for c in self.competencies), total),
            *(
                ("level", level, sum(bool(getattr(c, level)) for c in self.competencies), total)
                for level in Level
            ),
        ]
        for by in ("depths", "dimensions", "systems"):
            for name in getattr(self.competencies[0], by) if total else ():
                reached = sum(getattr(one, by)[name] > 0 for one in self.competencies)
                rows.append((by.removesuffix("s"), name, reached, total))
        return [
            {"by": by, "id": str(name), "covered": reached, "total": of}
            for by, name, reached, of in rows
        ]

    def record(self) -> Record:
        """As JSON."""
        return {
            "edition": self.edition,
            "shares": self.shares(),
            "statements": [one.record() for one in self.statements],
            "courses": [one.record() for one in self.courses],
        }


def cover(plan: CoursePlan, catalogue: Catalogue) -> Coverage:
    """What a plan covers of its edition. O(entries + statements x courses)."""
    members = sorted(catalogue.by_framework.get(plan.edition, ()), key=_position)
    statements = [member for member in members if member.level in COVERED_LEVELS]
    counting: dict[str, list[Entry]] = defaultdict(list)
    for entry in plan.entries:
        counting[entry.competency].append(entry)
        parent = catalogue.competency(entry.competency).parent
        if parent:
            counting[parent].append(entry)
    courses = {course.code: course for course in plan.courses}
    by_course = plan.by_course()
    terms = {
        scheme: [c.id for c in catalogue.concepts if c.scheme == scheme]
        for scheme in ("dimension", "system")
    }
    found = tuple(_statement(s, counting[s.id], courses, terms) for s in statements)
    return Coverage(
        edition=plan.edition,
        statements=found,
        courses=tuple(_course(c, plan.edition, by_course[c.code], found) for c in plan.courses),
        uses_dimensions=any(entry.dimensions for entry in plan.entries),
        uses_systems=any(entry.systems for entry in plan.entries),
    )


def _statement(
    statement: Competency,
    entries: Sequence[Entry],
    courses: Mapping[str, Course],
    terms: Mapping[str, Sequence[str]],
) -> StatementCoverage:
    serving = {entry.course for entry in entries}
    own = [course for course in courses.values() if course.code in serving]

    def codes(chosen: Iterable[Course]) -> tuple[str, ...]:
        return tuple(course.code for course in chosen)

    def counted(values: Iterable[Value], has: Callable[[Entry, Value], bool]) -> dict[Value, int]:
        return {
            value: len({entry.course for entry in entries if has(entry, value)}) for value in values
        }

    return StatementCoverage(
        id=statement.id,
        title=statement.title,
        level=statement.level,
        parent=statement.parent,
        entries=tuple(entries),
        named=sum(entry.competency == statement.id for entry in entries),
        courses=codes(own),
        required=codes(course for course in own if course.required),
        electives=codes(course for course in own if not course.required),
        generalist=codes(course for course in own if course.level is Level.GENERALIST),
        specialised=codes(course for course in own if course.level is Level.SPECIALISED),
        field=codes(course for course in own if course.setting.value == "field"),
        depths=counted(Depth, lambda entry, value: entry.depth == value),
        dimensions=counted(terms["dimension"], lambda entry, value: value in entry.dimensions),
        systems=counted(terms["system"], lambda entry, value: value in entry.systems),
        hours=sum(entry.hours or 0.0 for entry in entries),
    )


def _course(
    course: Course,
    edition: str,
    own: Sequence[Entry],
    statements: Iterable[StatementCoverage],
) -> CourseCoverage:
    served = [one for one in statements if course.code in one.courses]
    within = f"{edition}:"
    return CourseCoverage(
        course=course,
        entries=len(own),
        competencies=tuple(one.id for one in served if one.level == "competency"),
        behaviors=tuple(one.id for one in served if one.level == "behavior"),
        depths={depth.value: sum(entry.depth is depth for entry in own) for depth in Depth},
        others=tuple(
            dict.fromkeys(e.competency for e in own if not e.competency.startswith(within))
        ),
    )


def _position(competency: Competency) -> int:
    return competency.position
