"""Accreditation claims as people write them: a small language that reads as sentences.

`docs/claims.md` explains it to those who write claims. A claim says how many of which statements
(`every`, `some`, `none`) are done what (`is`), in which courses (`in`), or what some courses add up
to (`courses`, `have`). What is written is kept as a `Claim`, whose `sentence` says it back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from graph.curriculum.fields import Faults, Fields, exact, head, mappings
from graph.curriculum.model import Depth, Level, Setting
from graph.curriculum.serving import below, published
from graph.model import Strength
from graph.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graph.catalogue import Catalogue

#: Most claims of one file.
MOST_CLAIMS: Final = 1000


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


_FILE_KEYS: Final = ("title", "terms", "claims")
_COMMON: Final = ("id", "title", "note")
_STATEMENT_KEYS: Final = (
    *_COMMON, "every", "some", "none", "except", "is", "in", "terms", "among", "strength",
    "confidence", "status", "depth", "dimensions", "systems", "says", "hours", "rests_on", "after",
)  # fmt: skip
_GOAL_KEYS: Final = tuple(
    key for key in _STATEMENT_KEYS if key not in ("some", "none", "hours", "rests_on", "after")
)
_TOTAL_KEYS: Final = (*_COMMON, "courses", "have", "terms", "among")

#: Statuses that a claim can ask for: what nobody has reviewed is proposed, or worse.
_STATUSES: Final = ("reviewed",)

_NUMBERS: Final = {
    word: value
    for value, words in enumerate(
        ("no", "a an one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    )
    for word in words.split()
}
_KINDS: Final[dict[str, tuple[str, Any]]] = {
    "required": ("required", True),
    "elective": ("required", False),
    "class": ("setting", Setting.CLASS),
    "field": ("setting", Setting.FIELD),
    "generalist": ("level", Level.GENERALIST),
    "specialised": ("level", Level.SPECIALISED),
    "specialized": ("level", Level.SPECIALISED),
}
_HOW_MANY: Final = re.compile(r"(at least|at most|exactly)?\s*([\w.]+)\s+(.*)")
_ID: Final = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*\Z")


def read_claims(raw: bytes, name: str, catalogue: Catalogue) -> tuple[Claim, ...]:
    """The claims of a YAML file, in their order.

    Raises
    ------
    SourcesError
        With every fault of the file, each with its line and the mend.
    """
    faults = Faults(name)
    fields, trees = head(raw, faults)
    fields.only(_FILE_KEYS)
    terms = fields.texts("terms")
    if "claims" not in trees:
        fields.fault("claims", "has no list 'claims'")
        faults.raise_any()
    claims: list[Claim] = []
    lines: dict[str, int] = {}
    for node in mappings(trees["claims"], faults, "claims"):
        claim = _Reading(Fields.of(node, faults, "claim"), catalogue, terms).claim()
        if claim.id in lines:
            message = f"claim {claim.id}: the id stands already in line {lines[claim.id]}"
            faults.add(claim.line, f"{message}; give one of them another")
        lines.setdefault(claim.id, claim.line)
        claims.append(claim)
    if not claims and not faults.findings:
        fields.fault("claims", "has no claims")
    if len(claims) > MOST_CLAIMS:
        fields.fault("claims", f"has {len(claims):,} claims; the most is {MOST_CLAIMS:,}")
    faults.raise_any()
    return tuple(claims)


def read_goal(fields: Fields, catalogue: Catalogue, place: int) -> Claim:
    """One goal of a planner: a claim that a plan can be made to keep, by courses that count.

    Parameters
    ----------
    place : int
        Of the goal in its file, from 1; its id if it gives none.
    """
    return _Reading(fields, catalogue, ()).goal(place)


class _Reading:
    """One claim on its way from fields to a value."""

    def __init__(self, fields: Fields, catalogue: Catalogue, terms: tuple[str, ...]) -> None:
        self.fields, self.catalogue, self.terms = fields, catalogue, terms

    def claim(self) -> Claim:
        fields = self.fields
        key = fields.text("id") or ""
        if "id" not in fields.values:
            fields.fault("id", "has no id; give it a short name such as research-twice")
        elif key and not _ID.match(key):
            fields.fault("id", f"id {key!r} must be lower case letters, digits and - _ . between")
        if key:
            fields.about = f"claim {key}"
        title = fields.text("title") or ""
        if "title" not in fields.values:
            fields.fault("title", "has no title; say in words what is claimed")
        common = {
            "id": key, "title": title, "line": fields.line, "note": fields.text("note") or "",
        }  # fmt: skip
        if "courses" in fields.values or "have" in fields.values:
            return self._total(common)
        if "no" in fields.values:
            fields.fault(
                "no", "write none instead of no, which many readers of YAML take for false"
            )
            fields.values["none"] = fields.values.pop("no")
        fields.only(_STATEMENT_KEYS)
        wants = "every, some or none, with the statements; or courses, with have"
        return self._statements(common, wants)

    def goal(self, place: int) -> Claim:
        fields = self.fields
        key = fields.text("id") or f"goal-{place}"
        fields.about = f"goal {key}"
        for other in ("some", "none"):
            if other in fields.values:
                fields.fault(other, f"a goal is about every statement that it names, not {other}")
                fields.values["every"] = fields.values.pop(other)
        fields.only(_GOAL_KEYS)
        common = {"id": key, "title": fields.text("title") or "", "line": fields.line,
                  "note": fields.text("note") or ""}  # fmt: skip
        claim = self._statements(common, "every, with the statements")
        if claim.count.most is not None or claim.count.least == 0:
            fields.fault("in", "in: a goal asks for at least so many courses, not for fewer")
        return replace(claim, title=claim.title or claim.sentence)

    def _total(self, common: dict[str, Any]) -> Claim:
        fields = self.fields
        fields.only(_TOTAL_KEYS)
        for key in ("courses", "have"):
            if key not in fields.values:
                fields.fault(key, f"has no {key!r}; write courses: … and have: at least … hours")
        courses = self._filter(self._phrase("courses", self._kinds))
        found = self._phrase("have", _amount)
        count, unit = found if found else (ONE, Unit.COURSES)
        return Claim(
            **common, quantifier=None, subjects=(), about="", count=count, courses=courses,
            unit=unit,
        )  # fmt: skip

    def _statements(self, common: dict[str, Any], wants: str) -> Claim:
        fields = self.fields
        quantifiers = [q for q in Quantifier if q in fields.values]
        if len(quantifiers) != 1:
            fields.fault("title", f"must have one of the keys {wants}")
        quantifier = quantifiers[0] if quantifiers else Quantifier.EVERY
        subjects, about = self._subjects(quantifier)
        verb = fields.word("is", Verb)
        if "is" not in fields.values:
            fields.fault("is", f"does not say what is done; write is: {', '.join(Verb)}")
        verb = verb or Verb.TAUGHT
        values: dict[str, Any] = {"bar": self._bar(verb)}
        forms = [key for key in ("in", "rests_on", "after") if key in fields.values]
        if len(forms) > 1:
            fields.fault(forms[1], f"has both {forms[0]} and {forms[1]}; make two claims of it")
        if forms and forms[0] != "in":
            for key in ("dimensions", "systems", "says", "hours"):
                if key in fields.values:
                    fields.fault(key, f"{key} does not go with {forms[0]}")
        courses = Courses()
        if "rests_on" in fields.values:
            courses = self._phrase("rests_on", self._resting) or courses
            values["rests"] = True
        elif "after" in fields.values:
            values |= self._after(verb)
        elif found := self._phrase("in", self._counted):
            values["count"], courses = found
        if "hours" in fields.values:
            values["hours"] = self._phrase("hours", _hours)
        facets = [(Facet.DIMENSION, word) for word in self._concepts("dimensions", "dimension")]
        facets += [(Facet.SYSTEM, word) for word in self._concepts("systems", "system")]
        return Claim(
            **common,
            **values,
            quantifier=quantifier,
            subjects=subjects,
            about=about,
            verb=verb,
            courses=self._filter(courses),
            facets=tuple(facets),
            says=fields.words("says", Said),
        )

    # ---- parts ------------------------------------------------------------------------------

    def _phrase(self, key: str, parse: Any) -> Any:
        """A text parsed by a function that tells what it misses by a `ValueError`."""
        text = self.fields.text(key)
        if text is None:
            return None
        try:
            return parse(text)
        except ValueError as error:
            self.fields.fault(key, f"{key}: {text!r}: {error}")
            return None

    def _subjects(self, quantifier: Quantifier) -> tuple[tuple[str, ...], str]:
        fields = self.fields
        chosen: set[str] = set()
        phrases = fields.texts(quantifier)
        for phrase in phrases:
            chosen |= self._selected(quantifier, phrase)
        left_out = fields.texts("except")
        for phrase in left_out:
            out = self._selected("except", phrase)
            if out and chosen and not out & chosen:
                fields.fault("except", f"except: {phrase!r} is none of the statements meant")
            chosen -= out
        if phrases and not chosen and not fields.faults.findings:
            fields.fault(quantifier, f"{quantifier}: leaves no statement")
        about = " or ".join(phrases) + (f" except {', '.join(left_out)}" if left_out else "")
        return published(chosen, self.catalogue), about

    def _selected(self, key: str, phrase: str) -> set[str]:
        try:
            return {*select(phrase, self.catalogue)}
        except ValueError as error:
            self.fields.fault(key, f"{key}: {phrase!r}: {error}")
            return set()

    def _kinds(self, text: str) -> Courses:
        *words, noun = text.lower().split()
        if noun not in ("course", "courses"):
            raise ValueError("must end with course or courses")
        found: dict[str, Any] = {}
        for word in words:
            if word not in _KINDS:
                near = nearest(word, _KINDS, most=1)
                hint = f"did you mean {near[0]}?" if near else f"kinds are {', '.join(_KINDS)}"
                raise ValueError(f"{word!r} is no kind of course; {hint}")
            attribute, value = _KINDS[word]
            if attribute in found:
                raise ValueError(f"{word!r} and another word say the same kind of thing; keep one")
            found[attribute] = value
        return Courses(**found)

    def _counted(self, text: str) -> tuple[Range, Courses]:
        count, rest = _how_many(text)
        return count, self._kinds(rest)

    def _resting(self, text: str) -> Courses:
        count, rest = _how_many(text)
        if count != ONE or text.lower().startswith("at "):
            raise ValueError("must be one course, as in: one elective course")
        return self._kinds(rest)

    def _filter(self, courses: Courses | None) -> Courses:
        """The kinds of course with the terms and codes of their own keys."""
        found = courses or Courses()
        terms = self.fields.texts("terms")
        for term in terms:
            if self.terms and term not in self.terms:
                near = nearest(term, self.terms, most=1)
                hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(self.terms)}"
                self.fields.fault("terms", f"there is no term {term!r} in terms above; {hint}")
        return Courses(
            found.required, found.setting, found.level, terms, self.fields.texts("among")
        )

    def _bar(self, verb: Verb) -> Bar:
        fields = self.fields
        status = fields.text("status")
        if status is not None and status not in _STATUSES:
            fields.fault("status", f"status cannot be {status!r}; it takes {_STATUSES[0]}")
        if verb is not Verb.REACHED:
            for key in ("strength", "confidence", "status", "depth"):
                if key in fields.values:
                    fields.fault(key, f"{key} is about what is reached; it goes with is: reached")
        return Bar(
            fields.word("depth", Depth),
            fields.word("strength", Strength),
            fields.number("confidence", most=1),
            status,
        )

    def _after(self, verb: Verb) -> dict[str, Any]:
        fields = self.fields
        after = fields.word("after", Verb)
        for key, word in (("is", verb), ("after", after)):
            if word is Verb.REACHED:
                fields.fault(key, f"{key}: reached does not go with after")
        if not self.terms:
            message = "needs the order of the terms; list them above the claims, as in"
            fields.fault("after", f"after {message} terms: [Fall 1, Spring 1]")
        for key in ("terms", "among"):
            if key in fields.values:
                fields.fault(key, f"{key} does not go with after")
        return {"after": after or Verb.TAUGHT, "terms": self.terms}

    def _concepts(self, key: str, scheme: str) -> tuple[str, ...]:
        known = [c.id for c in self.catalogue.concepts if c.scheme == scheme]
        found = []
        for word in self.fields.texts(key):
            if word in known:
                found.append(word)
                continue
            near = nearest(word, known, most=1)
            hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"
            self.fields.fault(key, f"{key}: there is no {scheme} {word!r}; {hint}")
        return tuple(found)


def _how_many(text: str) -> tuple[Range, str]:
    """How many, and the words that follow."""
    match = _HOW_MANY.fullmatch(text.strip().lower())
    how, word, rest = match.groups() if match else (None, "", "")
    value = _NUMBERS.get(word)
    if value is None and word.isdecimal():
        value = int(word)
    if value is None:
        raise ValueError("must begin with how many, as in: at least 2 required courses")
    count = Fraction(value)
    if value == 0 or how in ("at most", "exactly"):
        return Range(count if how == "exactly" else Fraction(0), count), rest
    return Range(count), rest


def _amount(text: str) -> tuple[Range, Unit]:
    """How much, and its unit."""
    count, rest = _measured(text)
    unit = {u.removesuffix("s"): u for u in Unit}.get(rest.strip().removesuffix("s"))
    if unit is None:
        raise ValueError(f"must end with {', '.join(Unit)}")
    return count, unit


def _hours(text: str) -> Range:
    count, rest = _measured(f"{text} hours" if not text.endswith("hours") else text)
    if rest != "hours":
        raise ValueError("must be a number of hours, as in: at least 6")
    return count


def _measured(text: str) -> tuple[Range, str]:
    """How much, decimals allowed, and the words that follow."""
    match = _HOW_MANY.fullmatch(text.strip().lower())
    try:
        value = exact(float(match[2])) if match else None
    except ValueError:
        value = None
    if match is None or value is None:
        raise ValueError("must say how much, as in: at least 900 hours")
    if match[1] in ("at most", "exactly"):
        return Range(value if match[1] == "exactly" else Fraction(0), value), match[3]
    return Range(value), match[3]


def select(phrase: str, catalogue: Catalogue) -> list[str]:
    """Statements that a phrase names: a CURIE, or `<level> of <framework or CURIE>`.

    `statement` stands for any level.

    Raises
    ------
    ValueError
        Saying what is wrong with the phrase, with the nearest name.
    """
    level, of, whole = phrase.rpartition(" of ")
    if not of:
        if phrase in catalogue.competencies:
            return [phrase]
        if phrase in catalogue.frameworks:
            raise ValueError(f"a framework is no statement; write: competency of {phrase}")
        raise _unknown("statement", phrase, [*catalogue.competencies], "write it like epas-2022:4")
    if whole in catalogue.frameworks:
        members: Iterable[str] = [c.id for c in catalogue.by_framework.get(whole, ())]
    elif whole in catalogue.competencies:
        members = [part.id for part in below(whole, catalogue)]
    else:
        names = [*catalogue.frameworks, *catalogue.competencies]
        raise _unknown("framework or statement", whole, names, "write it like epas-2022")
    levels = sorted({c.level for c in catalogue.competencies.values()} | {"statement"})
    if level not in levels:
        raise _unknown("level", level, levels, f"levels are {', '.join(levels)}")
    found = [key for key in members if level in ("statement", catalogue.competencies[key].level)]
    if not found:
        raise ValueError(f"{whole} has no {level}")
    return found


def _unknown(kind: str, word: str, known: Sequence[str], otherwise: str) -> ValueError:
    near = nearest(word, known, most=1)
    hint = f"did you mean {near[0]}?" if near else otherwise
    return ValueError(f"there is no {kind} {word!r}; {hint}")
