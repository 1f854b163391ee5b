"""A course plan as frozen values: no input, no output.

A *course plan* says which courses a programme has, and which competencies or behaviors each course
introduces, practises or demonstrates, with what content, on which page of the syllabus.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable


class Depth(StrEnum):
    """What a course does with a competency. Programmes code it I, P and D."""

    INTRODUCES = "introduces"
    PRACTISES = "practises"
    DEMONSTRATES = "demonstrates"


#: From the least to the most that a course can do.
DEPTH_ORDER: Final = {depth: place for place, depth in enumerate(Depth, start=1)}


class Level(StrEnum):
    """Level of practice that a programme or a course prepares for (EPAS 2022, M2.0 and M2.1)."""

    GENERALIST = "generalist"
    SPECIALISED = "specialised"


class Setting(StrEnum):
    """Where a course takes place."""

    CLASS = "class"
    FIELD = "field"


@dataclass(frozen=True, slots=True)
class Course:
    """One course.

    Attributes
    ----------
    hours, credits : float | None
        Hours of instruction and credit hours; None where the plan does not say.
    required : bool
        Whether every student takes it; otherwise it is an elective.
    term : str
        As the programme calls it, `Fall 1` for example; empty where the plan does not say.
    """

    code: str
    title: str
    hours: float | None = None
    credits: float | None = None
    required: bool = True
    term: str = ""
    setting: Setting = Setting.CLASS
    level: Level = Level.GENERALIST


@dataclass(frozen=True, slots=True)
class Entry:
    """One course serving one competency: a row of the curriculum matrix.

    Attributes
    ----------
    competency : str
        CURIE of a competency or behavior, of EPAS or of an implementation framework.
    content : str
        Reading, assignment or module.
    dimensions : tuple[str, ...]
        Of `knowledge`, `values`, `skills`, `cognitive-and-affective-processes`.
    systems : tuple[str, ...]
        Of `individual`, `family`, `group`, `organization`, `community`.
    page : str
        Document and page where the syllabus shows it.
    hours : float | None
        Hours that the course spends on it.
    line : int
        Where it stands in the file that it was read from, from 1; 0 if it was not read.
    """

    course: str
    competency: str
    depth: Depth
    content: str = ""
    dimensions: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()
    page: str = ""
    hours: float | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class CoursePlan:
    """The courses of a programme and what they do.

    Courses stand in the order of the file. Entries stand by course, then by competency (those of
    the edition first, each framework in the order of its codes), then by depth, so that one plan is
    the same value whichever form of file it comes from.

    Attributes
    ----------
    programme : str
        Its name; empty where the plan does not say.
    edition : str
        Id of the EPAS framework that the plan was made to.
    name : str
        Of the file that it was read from, for messages.
    """

    programme: str
    level: Level
    edition: str
    courses: tuple[Course, ...]
    entries: tuple[Entry, ...]
    name: str = "plan"

    def course(self, code: str) -> Course:
        """A course by its code.

        Raises
        ------
        KeyError
        """
        return {course.code: course for course in self.courses}[code]

    def by_course(self) -> dict[str, list[Entry]]:
        """Entries by the code of their course; every course is a key."""
        found: dict[str, list[Entry]] = {course.code: [] for course in self.courses}
        for entry in self.entries:
            found[entry.course].append(entry)
        return found

    def within(self, codes: Iterable[str]) -> CoursePlan:
        """The plan with some of its courses only."""
        kept = {*codes}
        return replace(
            self,
            courses=tuple(course for course in self.courses if course.code in kept),
            entries=tuple(entry for entry in self.entries if entry.course in kept),
        )
