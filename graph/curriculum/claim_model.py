"""A claim about a course plan as a value, which says itself in a sentence."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from graph.curriculum.model import Depth, Level, Setting
    from graph.model import Strength


class Quantifier(StrEnum):
    """How many of the statements a claim is about."""

    EVERY = "every"
    SOME = "some"
    #: Not `no`, which YAML 1.1 reads as false.
    NONE = "none"


class Verb(StrEnum):
    """What a course does with a statement, as a claim says it."""

    #: At any depth.
    TAUGHT = "taught"
    #: Introduced, and not what goes beyond it.
    INTRODUCED = "introduced"
    #: Practised or demonstrated.
    PRACTISED = "practised"
    DEMONSTRATED = "demonstrated"
    #: Taught itself, or reached from something taught through an alignment.
    REACHED = "reached"


class Facet(StrEnum):
    """Scheme of something that an entry can show."""

    DIMENSION = "dimension"
    SYSTEM = "system"


class Said(StrEnum):
    """What an entry can say beyond its depth."""

    PAGE = "page"
    CONTENT = "content"
    HOURS = "hours"


class Unit(StrEnum):
    """What courses are added up in."""

    HOURS = "hours"
    CREDITS = "credits"
    COURSES = "courses"


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from `least` to `most`; `None`: without an upper end."""

    least: Fraction
    most: Fraction | None = None

    def __str__(self) -> str:
        """As a claim writes it."""
        if self.most is None:
            return f"at least {number(self.least)}"
        if self.most == self.least:
            return f"exactly {number(self.least)}" if self.least else "no"
        return f"at most {number(self.most)}"


#: One or more.
ONE: Final = Range(Fraction(1))


@dataclass(frozen=True, slots=True)
class Courses:
    """Which courses count; `None` and empty: any.

    Attributes
    ----------
    terms, codes : tuple[str, ...]
        As the plan calls them.
    """

    required: bool | None = None
    setting: Setting | None = None
    level: Level | None = None
    terms: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()

    def words(self) -> str:
        """Adjectives and the noun: `required field course`."""
        kind = {True: "required", False: "elective", None: ""}[self.required]
        return " ".join(filter(None, (kind, self.setting, self.level, "course")))

    def among(self) -> str:
        """Terms and codes, in words that follow the noun."""
        terms = f" of {' or '.join(self.terms)}" if self.terms else ""
        return terms + (f" among {', '.join(self.codes)}" if self.codes else "")


@dataclass(frozen=True, slots=True)
class Bar:
    """Least that what reaches a statement must come up to; `None`: any.

    Attributes
    ----------
    depth : Depth | None
        Of the row of the plan where the route begins.
    strength, confidence, status : Strength | None, Fraction | None, str | None
        Of the weakest alignment on the route.
    """

    depth: Depth | None = None
    strength: Strength | None = None
    confidence: Fraction | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim.

    Attributes
    ----------
    id, title, note : str
        Name for machines, the claim in the words of its author, and where it comes from.
    line : int
        Where it stands in its file.
    quantifier : Quantifier | None
        `None` for what courses add up to.
    subjects : tuple[str, ...]
        CURIEs of the statements that it is about, in published order.
    about : str
        The statements as the claim names them.
    verb : Verb
        Also for `rests`: what it is that rests on one course.
    count : Range
        How many courses; with `unit`, how many hours, credits or courses.
    courses : Courses
        Which courses count.
    bar : Bar
        What routes must come up to, with verb *reached*.
    facets : tuple[tuple[Facet, str], ...]
        What must be shown: the claim holds for each of them by itself.
    says : tuple[Said, ...]
        What an entry must say to count.
    hours : Range | None
        Hours that the entries about a statement take together.
    rests : bool
        The claim is that the statement rests on one such course.
    after : Verb | None
        The claim is that an earlier term did this with the same statement.
    terms : tuple[str, ...]
        All terms in their order.
    unit : Unit | None
        What the courses add up to, for a claim without statements.
    """

    id: str
    title: str
    line: int
    quantifier: Quantifier | None
    subjects: tuple[str, ...]
    about: str
    note: str = ""
    verb: Verb = Verb.TAUGHT
    count: Range = ONE
    courses: Courses = field(default_factory=Courses)
    bar: Bar = field(default_factory=Bar)
    facets: tuple[tuple[Facet, str], ...] = ()
    says: tuple[Said, ...] = ()
    hours: Range | None = None
    rests: bool = False
    after: Verb | None = None
    terms: tuple[str, ...] = ()
    unit: Unit | None = None

    @property
    def sentence(self) -> str:
        """The structured form read aloud, to be held against the title."""
        if self.unit is not None:
            have = f"together have {self.count} {self.unit}"
            if self.unit is Unit.COURSES:
                have = f"are {self.count} in number"
            return f"The {self.courses.words()}s{self.courses.among()} {have}."
        assert self.quantifier is not None
        word = "No" if self.quantifier is Quantifier.NONE else self.quantifier.capitalize()
        start = f"{word} {self.about}"
        if self.quantifier is Quantifier.EVERY and self.about == " or ".join(self.subjects):
            start = self.about.replace(" or ", " and ")
        if self.rests:
            kind = f"one {self.courses.words()}{self.courses.among()}"
            return f"{start} is {self.verb} in {kind} and in no other."
        if self.after:
            earlier = f"in a later term than one in which it is {self.after}"
            return f"{start} is {self.verb} {earlier}."
        plural = "" if 1 in (self.count.least, self.count.most) else "s"
        text = f"{start} is {self.verb} in {self.count} {self.courses.words()}{plural}"
        text += self.courses.among() + self._bar()
        if self.says:
            text += f", whose rows say {' and '.join(self.says)}"
        if self.facets:
            text += f", each for {', '.join(value for _, value in self.facets)}"
        if self.hours:
            text += f", for {self.hours} hours together"
        return f"{text}."

    def _bar(self) -> str:
        bar = self.bar
        parts = [
            f"strength {bar.strength} or more" if bar.strength else "",
            f"confidence {number(bar.confidence)} or more" if bar.confidence is not None else "",
            f"status {bar.status}" if bar.status else "",
        ]
        asked = " and ".join(filter(None, parts))
        text = f" that {bar.depth} what reaches it" if bar.depth else ""
        return text + (f" through alignments of {asked}" if asked else "")


def number(value: Fraction) -> str:
    """A number without needless digits."""
    return f"{float(value):g}" if value < 10**6 else f"{float(value):.0f}"
