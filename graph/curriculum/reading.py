"""A course plan from a file that people filled in: XLSX, CSV (long or matrix), YAML or JSON.

A file is read whole or not at all. Whatever is wrong with it is found in one go, each fault with
its sheet, row and column and the mend: an unknown column is never ignored, an unknown competency
never dropped, an unknown depth never guessed. `forms` takes the file apart into rows and `cells`
reads one cell; here rows become a plan.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from graph.curriculum.cells import (
    DEPTHS,
    DIMENSION_WORDS,
    LEVELS,
    REQUIRED,
    SETTINGS,
    SYSTEM_WORDS,
    Cells,
    Row,
    as_seen,
    given,
    listed,
    meant,
)
from graph.curriculum.fields import Faults
from graph.curriculum.forms import (
    COURSE_OF_LONG,
    ENTRY_FIELDS,
    PROGRAMME_ALIASES,
    PROGRAMME_FIELDS,
    take_apart,
)
from graph.curriculum.model import DEPTH_ORDER, Course, CoursePlan, Depth, Entry, Level
from graph.nearest import nearest
from graph.rebase.concordance import editions_of
from graph.terms import framework_of, natural_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from graph.catalogue import Catalogue
    from graph.curriculum.forms import Parts

#: Most courses, and most entries, of one plan.
MOST_COURSES: Final = 300
MOST_ENTRIES: Final = 10_000


def read_plan(raw: bytes, name: str, catalogue: Catalogue) -> CoursePlan:
    """A course plan from a file.

    Parameters
    ----------
    name : str
        Name of the file. Its ending tells the form; without one that is known, the content does.

    Raises
    ------
    SourcesError
        With every fault at its place; nothing of a faulty plan is returned.
    """
    faults = Faults(name)
    parts = take_apart(raw, name, faults)
    return _Reader(name, catalogue, faults).plan(parts)


class _Reader:
    """The rows of one file on their way to a plan."""

    def __init__(self, name: str, catalogue: Catalogue, faults: Faults) -> None:
        self.name, self.catalogue, self.faults = name, catalogue, faults
        self.cells = Cells(catalogue, faults)

    def fault(self, row: Row, message: str) -> None:
        """Take down what is wrong with a row."""
        self.faults.add(row.line, message, row.path)

    def plan(self, parts: Parts) -> CoursePlan:
        said = self._said(parts.programme)
        courses = self._courses(parts)
        places = {code: place for place, code in enumerate(courses)}
        edition = self._edition(said.get("edition"), parts)
        if len(parts.entries) > MOST_ENTRIES:
            message = f"has {len(parts.entries):,} entries; the most is {MOST_ENTRIES:,}"
            self.faults.add(1, message)
            self.faults.raise_any()
        entries: list[Entry] = []
        seen: dict[Entry, int] = {}
        editions = editions_of(self.catalogue, edition) if edition else frozenset()
        for row in parts.entries:
            entry = self._entry(row, courses, edition, editions, listed=parts.listed)
            if entry is None:
                continue
            bare = replace(entry, line=0)
            if bare in seen:
                message = f"repeats row {seen[bare]}: {_brief(entry)}; take one of them out"
                self.fault(row, message)
                continue
            seen[bare] = row.line
            entries.append(entry)
        if not entries and not self.faults.findings:
            self.faults.add(1, "no course serves any competency; fill in the map")
        level = said.get("level")
        programme_level = None
        if level is not None and given(level.cells["level"]):
            programme_level = self.cells.one(level, "level", LEVELS)
        self.faults.raise_any()
        if programme_level is None:
            levels = {course.level for course in courses.values()}
            specialised = Level.SPECIALISED in levels
            programme_level = Level.SPECIALISED if specialised else Level.GENERALIST
        assert edition is not None

        def place(entry: Entry) -> tuple[Any, ...]:
            own = framework_of(entry.competency) != edition
            key = natural_key(entry.competency)
            return places[entry.course], own, key, DEPTH_ORDER[entry.depth]

        programme = said.get("programme")
        return CoursePlan(
            programme=self.cells.text(programme, "programme") if programme else "",
            level=programme_level,
            edition=edition,
            courses=tuple(courses.values()),
            entries=tuple(sorted(entries, key=place)),
            name=self.name,
        )

    def _said(self, rows: Iterable[Row]) -> dict[str, Row]:
        """What is said of the programme, each thing once."""
        said: dict[str, Row] = {}
        for row in rows:
            for word, value in row.cells.items():
                key = PROGRAMME_ALIASES.get(word, word)
                if key not in PROGRAMME_FIELDS:
                    hint = meant(key, PROGRAMME_FIELDS)
                    message = f"{key!r} is unknown; {hint}Known: {listed(PROGRAMME_FIELDS)}"
                    self.fault(row, message)
                elif key in said:
                    message = f"{key} is said already in row {said[key].line}; keep one"
                    self.fault(row, message)
                else:
                    said[key] = Row(row.path, row.line, {key: value})
        return said

    def _courses(self, parts: Parts) -> dict[str, Course]:
        """Courses by code, in the order of the file."""
        found: dict[str, Course] = {}
        told: dict[str, dict[str, tuple[Any, int]]] = {}
        folded: dict[str, str] = {}
        for row in parts.courses:
            code = self.cells.text(row, "code")
            if not code:
                self.fault(row, "course must not be empty; write its code")
                continue
            if parts.listed and code in found:
                first = told[code]["code"][1]
                message = f"course {code!r} stands already in row {first}; keep one"
                self.fault(row, message)
                continue
            if code not in found and (other := folded.setdefault(as_seen(code), code)) != code:
                message = (
                    f"course {code!r} and course {other!r} in row {told[other]['code'][1]} look "
                    "alike; write one as the other, or give it another code"
                )
                self.fault(row, message)
            values = self._course_values(row)
            known = told.setdefault(code, {})
            for key, value in values.items():
                first_value, first_line = known.setdefault(key, (value, row.line))
                if first_value != value:
                    column = key if parts.listed else _column_of(key)
                    message = (
                        f"column {column}: {code} has {_shown(value)} here and "
                        f"{_shown(first_value)} in row {first_line}; make them the same"
                    )
                    self.fault(row, message)
            attributes = {key: value for key, (value, _) in known.items()}
            found[code] = Course(**{"title": "", **attributes})
        if len(found) > MOST_COURSES:
            message = f"has {len(found):,} courses; the most is {MOST_COURSES:,}"
            self.faults.add(1, message)
            self.faults.raise_any()
        return found

    def _course_values(self, row: Row) -> dict[str, Any]:
        """What one row says about a course; what it leaves empty it does not say."""
        readers: dict[str, Callable[[], Any]] = {
            "code": lambda: self.cells.text(row, "code"),
            "title": lambda: self.cells.text(row, "title"),
            "hours": lambda: self.cells.number(row, "hours"),
            "credits": lambda: self.cells.number(row, "credits"),
            "required": lambda: self.cells.one(row, "required", REQUIRED),
            "term": lambda: self.cells.text(row, "term"),
            "setting": lambda: self.cells.one(row, "setting", SETTINGS),
            "level": lambda: self.cells.one(row, "level", LEVELS),
        }
        values = {key: read() for key, read in readers.items() if given(row.cells.get(key))}
        return {key: value for key, value in values.items() if value is not None}

    def _edition(self, said: Row | None, parts: Parts) -> str | None:
        """The edition that the plan says, or the only one that it names."""
        if said is not None and given(said.cells["edition"]):
            edition = self.cells.text(said, "edition")
            if edition in self.catalogue.frameworks:
                return edition
            near = nearest(edition, self.catalogue.frameworks)
            hint = f"did you mean {' or '.join(near)}?" if near else "write for example epas-2022"
            self.fault(said, f"edition {edition!r} is no framework; {hint}")
            return None
        named: dict[str, Row] = {}
        for row in parts.entries:
            framework = framework_of(str(row.cells.get("competency", "")).strip())
            if framework in self.catalogue.frameworks:
                named.setdefault(framework, row)
        # Older plans did not say their edition; all of them were made to one of EPAS.
        candidates = [f for f in named if f.startswith("epas-")] or [*named]
        if len(candidates) == 1:
            return candidates[0]
        if not candidates:
            said_nothing = "say to which edition it is made, for example epas-2022"
            unknown = "names no competency of a known framework; " + said_nothing
            self.faults.add(1, unknown if parts.entries else said_nothing)
            return None
        first, second = candidates[:2]
        row = named[second]
        message = (
            f"names {second}, and row {named[first].line} names {first}; a plan is made to one "
            "edition: say which with edition, and name what took the place of the others"
        )
        self.fault(row, message)
        return None

    def _entry(
        self,
        row: Row,
        courses: Mapping[str, Course],
        edition: str | None,
        editions: frozenset[str],
        *,
        listed: bool,
    ) -> Entry | None:
        """One entry, or nothing if it is faulty or a line of a template that was left empty."""
        course = self.cells.text(row, "course")
        filled = {key for key in ENTRY_FIELDS if given(row.cells.get(key))}
        if not course and filled <= {"competency"}:
            return None
        before = len(self.faults.findings)
        if not course:
            self.fault(row, "column course is empty; write the code of a course")
        elif course not in courses:
            near = nearest(course, courses, most=1)
            hint = f"did you mean {near[0]!r}?" if near else "add it there"
            where = "the sheet courses" if listed else "the plan"
            self.fault(row, f"course {course!r} is not in {where}; {hint}")
        competency = self.cells.text(row, "competency")
        self._check_competency(row, competency, edition, editions)
        depth = self.cells.one(row, "depth", DEPTHS, empty="write I, P or D")
        entry = Entry(
            course=course,
            competency=competency,
            depth=depth or Depth.INTRODUCES,
            content=self.cells.text(row, "content"),
            dimensions=self.cells.several(row, "dimensions", "dimension", DIMENSION_WORDS),
            systems=self.cells.several(row, "systems", "system", SYSTEM_WORDS),
            page=self.cells.text(row, "page"),
            hours=self.cells.number(row, "hours"),
            line=row.line,
        )
        return entry if len(self.faults.findings) == before else None

    def _check_competency(
        self, row: Row, key: str, edition: str | None, editions: frozenset[str]
    ) -> None:
        catalogue = self.catalogue
        if not key:
            self.fault(row, "column competency is empty")
            return
        found = catalogue.competencies.get(key)
        if found is None:
            bare = f"{edition}:{key}"
            near = [bare] if bare in catalogue.competencies else self._nearest(key)
            hint = f"did you mean {' or '.join(near)}?" if near else "write it like epas-2022:7"
            self.fault(row, f"column competency: there is no {key!r}; {hint}")
        elif found.framework != edition and found.framework in editions:
            message = (
                f"column competency: {key} is of {found.framework}, but the plan is made to "
                f"{edition}; see what took its place: crosswalk align {key} --to {edition}"
            )
            self.fault(row, message)
        elif found.level == "domain":
            members = ", ".join(child.id for child in catalogue.children.get(key, ())[:3])
            message = f"column competency: {key} is a domain; name what it holds: {members} \u2026"
            self.fault(row, message)

    def _nearest(self, key: str) -> list[str]:
        by_framework = self.catalogue.by_framework
        members = by_framework.get(framework_of(key))
        return nearest(key, [c.id for c in members] if members else self.catalogue.competencies)


def _column_of(course_field: str) -> str:
    return next(column for column, to in COURSE_OF_LONG.items() if to == course_field)


def _shown(value: Any) -> str:
    return repr(value) if isinstance(value, str) else str(value)


def _brief(entry: Entry) -> str:
    return f"{entry.course} {entry.depth} {entry.competency}"
