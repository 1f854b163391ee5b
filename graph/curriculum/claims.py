"""Claims about a course plan, each tested: it holds, it fails, or the plan leaves it unproven.

Every row of a plan counts for a claim, does not, or perhaps does: where the plan does not say what
the claim asks about (a term, hours, a page, a dimension), where a row names a whole and not the
part that the claim is about, or where a statement is reached only by alignments that are weaker,
less sure or less reviewed than the claim asks. A number of courses is therefore known as a range,
from those that count to those that perhaps do. If all of the range is what the claim asks for, the
claim holds; if none of it is, the claim fails; otherwise it is unproven (the three-valued logic of
Kleene, *Introduction to Metamathematics*, section 64).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from graph.bounded import refusal
from graph.curriculum.claim_file import (
    ONE,
    Claim,
    Courses,
    Facet,
    Quantifier,
    Range,
    Unit,
    Verb,
    number,
)
from graph.curriculum.model import DEPTH_ORDER, Course, CoursePlan, Depth, Entry
from graph.curriculum.serving import Serving, taught
from graph.model import STRENGTH_ORDER
from graph.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from graph.catalogue import Catalogue
    from graph.curriculum.reach import Link, Route
    from graph.records import Record


class Verdict(StrEnum):
    """What comes of testing a claim."""

    HOLDS = "holds"
    FAILS = "fails"
    #: The plan does not say enough.
    UNPROVEN = "unproven"


class Counts(StrEnum):
    """Whether a row counts for a claim."""

    YES = "yes"
    PERHAPS = "perhaps"
    NO = "no"


_LEAST_FIRST: Final = {Counts.NO: 0, Counts.PERHAPS: 1, Counts.YES: 2}
_WORST_FIRST: Final = {Verdict.FAILS: 0, Verdict.UNPROVEN: 1, Verdict.HOLDS: 2}
_OPPOSITE: Final = {
    Verdict.HOLDS: Verdict.FAILS, Verdict.FAILS: Verdict.HOLDS, Verdict.UNPROVEN: Verdict.UNPROVEN,
}  # fmt: skip

#: How much people have said about an alignment.
_STATUS_ORDER: Final = {"reviewed": 0, "proposed": 1, "contested": 2, "withdrawn": 3}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the plan, or one course, as far as it bears on a claim.

    Attributes
    ----------
    line : int
        In the file of the plan; 0 for a course as a whole.
    why : str
        Why it counts only perhaps or not at all; empty if it counts.
    links : tuple[Link, ...]
        From the competency of the row to the statement; none if it names the statement itself.
    """

    course: str
    line: int
    counts: Counts
    why: str = ""
    competency: str = ""
    depth: Depth | None = None
    links: tuple[Link, ...] = ()
    entry: Entry | None = None
    value: str = ""

    @property
    def text(self) -> str:
        """In one line."""
        parts = [f"line {self.line}:" if self.line else "", f"{self.course}"]
        if self.depth:
            parts.append(f"{self.depth} {self.competency}")
        parts.append(self.value)
        text = " ".join(filter(None, parts))
        for link in self.links:
            how = f" ({link.strength}, {link.confidence:g}, {link.status})" if link.status else ""
            text += f" \u2192 {link.target}{how}"
        return f"{text}; {self.why}" if self.why else text

    def record(self) -> Record:
        """As JSON."""
        return {
            "course": self.course,
            "line": self.line or None,
            "competency": self.competency or None,
            "depth": self.depth.value if self.depth else None,
            "counts": self.counts.value,
            "why": self.why,
            "links": [link.record() for link in self.links],
            "text": self.text,
        }


@dataclass(frozen=True, slots=True)
class Judged:
    """What a claim comes to for one statement, or for courses together.

    Attributes
    ----------
    statement, title : str
        Empty for courses together.
    why : str
        In one sentence without a full stop.
    rows : tuple[Row, ...]
        Those that count first, then those that perhaps do, then those that do not.
    """

    statement: str
    title: str
    verdict: Verdict
    why: str
    rows: tuple[Row, ...]

    def record(self) -> Record:
        """As JSON."""
        return {
            "statement": self.statement or None,
            "title": self.title,
            "verdict": self.verdict.value,
            "why": self.why,
            "rows": [row.record() for row in self.rows],
        }


@dataclass(frozen=True, slots=True)
class Result:
    """A claim with its verdict and everything that shows it."""

    claim: Claim
    verdict: Verdict
    judged: tuple[Judged, ...]

    @property
    def summary(self) -> str:
        """Why, in one sentence."""
        total = len(self.judged)
        if total == 1:
            first = self.judged[0]
            text = f"{first.statement}: {first.why}" if first.statement else first.why
            return f"{text}."
        deciding = [j for j in self.judged if j.verdict is self.verdict]
        if self.verdict is Verdict.HOLDS and self.claim.quantifier is not Quantifier.SOME:
            return f"holds for all {total} statements."
        names = ", ".join(j.statement for j in deciding[:_NAMED])
        more = f" and {len(deciding) - _NAMED} more" if len(deciding) > _NAMED else ""
        verb = "is unproven" if self.verdict is Verdict.UNPROVEN else self.verdict.value
        return f"{verb} for {len(deciding)} of {total} statements: {names}{more}."

    @property
    def shown(self) -> tuple[Judged, ...]:
        """The statements that decide the verdict."""
        return tuple(j for j in self.judged if j.verdict is self.verdict)

    def record(self) -> Record:
        """As JSON."""
        return {
            "id": self.claim.id,
            "title": self.claim.title,
            "note": self.claim.note,
            "line": self.claim.line,
            "sentence": self.claim.sentence,
            "verdict": self.verdict.value,
            "summary": self.summary,
            "statements": [judged.record() for judged in self.judged],
        }


#: Statements that a summary names before it only counts them.
_NAMED: Final = 6


@dataclass(frozen=True, slots=True)
class Report:
    """All claims of a file about one plan, in their order.

    Attributes
    ----------
    plan, claims : str
        Names of the files.
    release : str
        Of the content that says what is reached.
    """

    plan: str
    claims: str
    release: str
    results: tuple[Result, ...]

    def count(self, verdict: Verdict) -> int:
        """How many claims came to a verdict."""
        return sum(result.verdict is verdict for result in self.results)

    def passes(self, *, strict: bool = False) -> bool:
        """Whether no claim fails; if strict, whether every claim holds."""
        bad = {Verdict.FAILS, Verdict.UNPROVEN} if strict else {Verdict.FAILS}
        return not any(result.verdict in bad for result in self.results)

    @property
    def summary(self) -> str:
        """Counts of the verdicts."""
        counts = ", ".join(f"{self.count(v)} {_PLURAL[v]}" for v in Verdict)
        return f"{len(self.results)} claims: {counts}"

    def record(self) -> Record:
        """As JSON."""
        return {
            "plan": self.plan,
            "claims": self.claims,
            "release": self.release,
            "total": len(self.results),
            **{verdict.value: self.count(verdict) for verdict in Verdict},
            "results": [result.record() for result in self.results],
        }


_PLURAL: Final = {Verdict.HOLDS: "hold", Verdict.FAILS: "fail", Verdict.UNPROVEN: "unproven"}


def check_claims(
    plan: CoursePlan,
    claims: Sequence[Claim],
    catalogue: Catalogue,
    name: str = "claims",
    *,
    most_rows: int | None = None,
) -> Report:
    """Test every claim against a plan.

    Parameters
    ----------
    most_rows : int | None
        Most rows to look at, one that bears on several statements or claims counting for each.

    Raises
    ------
    SourcesError
        If there are more.

    Notes
    -----
    O(claims x statements x routes); the routes of each framework are searched once.
    """
    judge = _Judge(Serving(plan, catalogue), most_rows, name)
    results = tuple(judge.result(claim) for claim in claims)
    return Report(plan.name, name, catalogue.release, results)


@dataclass(frozen=True, slots=True)
class Need:
    """What a claim asks of the courses of a plan for one statement.

    Attributes
    ----------
    goal : str
        Id of the claim.
    facet : str
        Dimension or system that must be shown; empty if none is asked for.
    least : int
        How many of `courses` it takes.
    courses : tuple[str, ...]
        Codes of those that count for certain, in the order of the plan.
    rows : tuple[Row, ...]
        For each course the row that says most, whether it counts or not.
    """

    goal: str
    statement: str
    facet: str
    least: int
    courses: tuple[str, ...]
    rows: tuple[Row, ...]


def needs_of(
    claims: Iterable[Claim], serving: Serving, name: str, *, most_rows: int | None = None
) -> Iterator[Need]:
    """What claims of the form *every … in at least n courses* ask for, statement by statement.

    Raises
    ------
    SourcesError
        If that takes a look at more than `most_rows` rows.
    """
    judge = _Judge(serving, most_rows, name)
    pairs = [(claim, key) for claim in claims for key in claim.subjects]
    for claim, key in pairs:
        rows = judge.rows(claim, key)
        for facet in claim.facets or (None,):
            counted = [_with_facet(row, facet) for row in rows] if facet else rows
            yield Need(
                goal=claim.id,
                statement=key,
                facet=facet[1] if facet else "",
                least=int(claim.count.least),
                courses=tuple(_courses(counted)[0]),
                rows=tuple(_best_by_course(counted)),
            )


class _Judge:
    """One plan, asked about claims."""

    def __init__(self, serving: Serving, most_rows: int | None, name: str) -> None:
        self.serving, self.most_rows, self.name = serving, most_rows, name
        self.looked_at = 0
        self.courses = {course.code: course for course in serving.plan.courses}

    def result(self, claim: Claim) -> Result:
        if claim.unit is not None:
            judged = self._total(claim)
            return Result(claim, judged.verdict, (judged,))
        all_judged = tuple(self._statement(claim, key) for key in claim.subjects)
        by_verdict = sorted((j.verdict for j in all_judged), key=_WORST_FIRST.__getitem__)
        best = claim.quantifier is Quantifier.SOME
        return Result(claim, by_verdict[-1 if best else 0], all_judged)

    def _statement(self, claim: Claim, key: str) -> Judged:
        if claim.after:
            verdict, why, rows = self._order(claim, key)
        elif claim.rests:
            verdict, why, rows = self._rests(claim, key)
        else:
            verdict, why, rows = self._counted(claim, key)
        if claim.quantifier is Quantifier.NONE:
            verdict = _OPPOSITE[verdict]
        title = self.serving.catalogue.competency(key).title
        rows = sorted(rows, key=lambda row: -_LEAST_FIRST[row.counts])
        return Judged(key, title, verdict, why, tuple(rows))

    # ---- rows -------------------------------------------------------------------------------

    def rows(self, claim: Claim, key: str) -> list[Row]:
        """Rows that bear on a statement, in the order of the plan, by the rules of the claim."""
        rows = [
            self._row(claim, route.entry, route)
            for route in self.serving.routes(key)
            if claim.verb is Verb.REACHED or taught(route)
        ]
        for entry in self.serving.wholes(key):
            row = self._row(claim, entry)
            why = f"names {entry.competency} as a whole, not {key}"
            counts = min(row.counts, Counts.PERHAPS, key=_LEAST_FIRST.__getitem__)
            rows.append(replace(row, counts=counts, why=_joined(why, row.why)))
        self.looked_at += len(rows)
        if self.most_rows is not None and self.looked_at > self.most_rows:
            message = f"ask for a look at more than {self.most_rows:,} rows; ask in several parts"
            raise refusal(self.name, 1, message)
        return rows

    def _row(self, claim: Claim, entry: Entry, route: Route | None = None) -> Row:
        faults = _depth_faults(claim.verb, entry.depth)
        least = claim.bar.depth
        if least and DEPTH_ORDER[entry.depth] < DEPTH_ORDER[least]:
            faults.append((Counts.NO, f"only {entry.depth}"))
        faults += self._course_faults(claim.courses, self.courses[entry.course])
        if route is not None and claim.verb is Verb.REACHED:
            faults += _bar_faults(claim, route)
        for said in claim.says:
            if getattr(entry, said) in ("", None):
                faults.append((Counts.PERHAPS, f"the row does not say the {said}"))
        counts, why = _worst(faults)
        return Row(
            course=entry.course,
            line=entry.line,
            counts=counts,
            why=why,
            competency=entry.competency,
            depth=entry.depth,
            links=route.links if route else (),
            entry=entry,
        )

    def _course_faults(self, wanted: Courses, course: Course) -> list[tuple[Counts, str]]:
        faults = []
        if wanted.required is not None and course.required is not wanted.required:
            kind = "required" if course.required else "an elective"
            faults.append((Counts.NO, f"{course.code} is {kind}"))
        if wanted.setting and course.setting is not wanted.setting:
            faults.append((Counts.NO, f"{course.code} is a {course.setting} course"))
        if wanted.level and course.level is not wanted.level:
            faults.append((Counts.NO, f"{course.code} is a {course.level} course"))
        if wanted.codes and course.code not in wanted.codes:
            faults.append((Counts.NO, f"{course.code} is not among those asked about"))
        if wanted.terms and not course.term:
            faults.append((Counts.PERHAPS, f"the plan does not say the term of {course.code}"))
        elif wanted.terms and course.term not in wanted.terms:
            faults.append((Counts.NO, f"{course.code} is in {course.term}"))
        return faults

    # ---- forms of claims --------------------------------------------------------------------

    def _counted(self, claim: Claim, key: str) -> tuple[Verdict, str, list[Row]]:
        rows = self.rows(claim, key)
        shown = rows
        parts: list[tuple[Verdict, str]] = []
        for facet in claim.facets or (None,):
            counted = [_with_facet(row, facet) for row in rows] if facet else rows
            yes, perhaps = _courses(counted)
            low, high = len(yes), len(yes) + len(perhaps)
            verdict = _compare(Fraction(low), Fraction(high), claim.count)
            parts.append((verdict, _counting(claim, facet, yes, perhaps)))
            if verdict is not Verdict.HOLDS:
                shown = [_lesser(a, b) for a, b in zip(shown, counted, strict=True)]
        if claim.hours:
            parts.append(_hours(claim.hours, rows))
        verdict = min((part for part, _ in parts), key=_WORST_FIRST.__getitem__)
        why = "; ".join(why for part, why in parts if part is verdict)
        why += self._unknown_codes(claim.courses)
        return verdict, why, _best_by_course(shown) if claim.verb is Verb.REACHED else shown

    def _unknown_codes(self, courses: Courses) -> str:
        text = ""
        for code in courses.codes:
            if code not in self.courses:
                near = nearest(code, self.courses, most=1)
                hint = f" (is {near[0]} meant?)" if near else ""
                text += f"; the plan has no course {code}{hint}"
        return text

    def _rests(self, claim: Claim, key: str) -> tuple[Verdict, str, list[Row]]:
        """Whether exactly one course serves the statement, and is one of those asked about."""
        anywhere = self.rows(replace(claim, courses=Courses()), key)
        yes, perhaps = _courses(anywhere)
        match = {
            code: _worst(self._course_faults(claim.courses, self.courses[code]))[0]
            for code in (*yes, *perhaps)
        }
        done = f"{claim.verb} in"
        if len(yes) > 1:
            verdict, why = Verdict.FAILS, f"{done} {_listed(yes)}"
        elif not yes and not perhaps:
            verdict, why = Verdict.FAILS, f"{done} no course, so that it rests on none"
        elif yes:
            counts = match[yes[0]]
            verdict = {Counts.YES: Verdict.HOLDS, Counts.NO: Verdict.FAILS}.get(
                counts, Verdict.UNPROVEN
            )
            if perhaps and counts is Counts.YES:
                verdict = Verdict.UNPROVEN
            why = f"{done} {yes[0]} alone" + (f", perhaps in {_listed(perhaps)}" if perhaps else "")
        else:
            could = any(match[code] is not Counts.NO for code in perhaps)
            verdict = Verdict.UNPROVEN if could else Verdict.FAILS
            why = f"{done} no course for certain, perhaps in {_listed(perhaps)}"
        rows = _best_by_course(anywhere) if claim.verb is Verb.REACHED else anywhere
        return verdict, why, rows

    def _order(self, claim: Claim, key: str) -> tuple[Verdict, str, list[Row]]:
        """Whether a term does something with the statement after an earlier one did another."""
        assert claim.after is not None
        entries = [entry for entry in self.serving.plan.entries if entry.competency == key]
        places = {term: place for place, term in enumerate(claim.terms)}
        found: dict[Entry, Row] = {}
        verdict, why = Verdict.FAILS, "no later term does so"
        for later in (e for e in entries if not _depth_faults(claim.verb, e.depth)):
            for earlier in (e for e in entries if not _depth_faults(claim.after, e.depth)):
                if later.course == earlier.course:
                    continue
                terms = [self.courses[e.course].term for e in (earlier, later)]
                known = [term in places for term in terms]
                if all(known) and places[terms[0]] >= places[terms[1]]:
                    continue
                counts = Counts.YES if all(known) else Counts.PERHAPS
                pair = (earlier, terms[0], known[0]), (later, terms[1], known[1])
                for entry, term, sure in pair:
                    reason = "" if sure else _no_place(entry.course, term)
                    row = Row(
                        entry.course, entry.line, counts, reason, entry.competency, entry.depth,
                        entry=entry, value=f"in {term}" if term else "",
                    )  # fmt: skip
                    if entry not in found or found[entry].counts is not Counts.YES:
                        found[entry] = row
                said = f"{later.course} {later.depth} what {earlier.course} {earlier.depth}"
                if counts is Counts.YES and verdict is not Verdict.HOLDS:
                    verdict, why = Verdict.HOLDS, f"{said} in an earlier term"
                elif verdict is Verdict.FAILS:
                    verdict = Verdict.UNPROVEN
                    why = f"{said}, and the plan does not say in which order"
        return verdict, why, [*found.values()]

    def _total(self, claim: Claim) -> Judged:
        """What courses add up to."""
        low, high = Fraction(0), Fraction(0)
        open_end = False
        rows: list[Row] = []
        silent: list[str] = []
        for course in self.courses.values():
            counts, why = _worst(self._course_faults(claim.courses, course))
            if counts is Counts.NO:
                continue
            value = _amount(course, claim.unit)
            if value is None:
                silent.append(course.code)
                open_end = True
                said = f"the plan does not say its {claim.unit}"
                rows.append(Row(course.code, 0, Counts.PERHAPS, _joined(said, why)))
                continue
            low += value if counts is Counts.YES else 0
            high += value
            rows.append(Row(course.code, 0, counts, why, value=f"{number(value)} {claim.unit}"))
        verdict = _compare(low, None if open_end else high, claim.count)
        courses = "1 course has" if len(rows) == 1 else f"{len(rows)} courses have"
        why = f"{courses} {number(low)} {claim.unit} together"
        if claim.unit is Unit.COURSES:
            why = f"there {'is' if low == 1 else 'are'} {number(low)}"
        if high > low:
            why += f", perhaps {number(high)}"
        if silent:
            why += f"; the plan does not say the {claim.unit} of {_listed(silent)}"
        why += f"; asked for: {claim.count} {claim.unit}" + self._unknown_codes(claim.courses)
        return Judged("", "", verdict, why, tuple(rows))


def _depth_faults(verb: Verb, depth: Depth) -> list[tuple[Counts, str]]:
    """Why a depth is not what a verb asks for."""
    if verb in (Verb.TAUGHT, Verb.REACHED):
        return []
    if verb is Verb.INTRODUCED:
        right = depth is Depth.INTRODUCES
    else:
        least = Depth.PRACTISES if verb is Verb.PRACTISED else Depth.DEMONSTRATES
        right = DEPTH_ORDER[depth] >= DEPTH_ORDER[least]
    return (
        []
        if right
        else [(Counts.NO, f"only {depth}" if verb is not Verb.INTRODUCED else f"{depth}")]
    )


def _bar_faults(claim: Claim, route: Route) -> list[tuple[Counts, str]]:
    """Where a route stays below what the claim asks of alignments."""
    bar, weakest = claim.bar, route.weakest
    faults = []
    if bar.strength and STRENGTH_ORDER[route.strength] > STRENGTH_ORDER[bar.strength]:
        faults.append((Counts.PERHAPS, f"rests on what is {route.strength}, not {bar.strength}"))
    if bar.confidence is not None and Fraction(str(route.confidence)) < bar.confidence:
        said = f"confidence {route.confidence:g}, not {number(bar.confidence)}"
        faults.append((Counts.PERHAPS, f"rests on {said}"))
    if bar.status and weakest is not None:
        for link in route.links:
            if link.status and _STATUS_ORDER[link.status] > _STATUS_ORDER[bar.status]:
                said = f"{link.source} \u2192 {link.target} is {link.status}, not {bar.status}"
                faults.append((Counts.PERHAPS, said))
    return faults


def _worst(faults: Sequence[tuple[Counts, str]]) -> tuple[Counts, str]:
    """Whether a row counts, and all that speaks against it as strongly."""
    counts = min((c for c, _ in faults), key=_LEAST_FIRST.__getitem__, default=Counts.YES)
    return counts, _joined(*(why for c, why in faults if c is counts))


def _joined(*reasons: str) -> str:
    return ", ".join(dict.fromkeys(filter(None, reasons)))


def _with_facet(row: Row, facet: tuple[Facet, str]) -> Row:
    """A row as it counts for one dimension or system."""
    kind, value = facet
    assert row.entry is not None
    shown = row.entry.dimensions if kind is Facet.DIMENSION else row.entry.systems
    if value in shown or row.counts is Counts.NO:
        return row
    if shown:
        return replace(row, counts=Counts.NO, why=f"does not show {value}")
    return replace(
        row, counts=Counts.PERHAPS, why=_joined(row.why, f"the row does not say its {kind}s")
    )


def _lesser(a: Row, b: Row) -> Row:
    if _LEAST_FIRST[b.counts] < _LEAST_FIRST[a.counts]:
        return b
    return replace(a, why=_joined(a.why, b.why)) if a.counts is b.counts else a


def _courses(rows: Iterable[Row]) -> tuple[list[str], list[str]]:
    """Courses that count, and those that perhaps do, in the order of their rows."""
    best: dict[str, Counts] = {}
    for row in rows:
        known = best.setdefault(row.course, row.counts)
        if _LEAST_FIRST[row.counts] > _LEAST_FIRST[known]:
            best[row.course] = row.counts
    yes = [course for course, counts in best.items() if counts is Counts.YES]
    return yes, [course for course, counts in best.items() if counts is Counts.PERHAPS]


def _best_by_course(rows: Sequence[Row]) -> list[Row]:
    """The row of each course that says most, best first: that counts, then by its weakest link."""
    by_course: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_course[row.course].append(row)
    return sorted((min(found, key=_row_order) for found in by_course.values()), key=_row_order)


def _row_order(row: Row) -> tuple[float, ...]:
    weakest = max((STRENGTH_ORDER[link.strength] for link in row.links), default=0)
    confidence = min((link.confidence for link in row.links), default=1.0)
    return -_LEAST_FIRST[row.counts], weakest, -confidence


def _compare(low: Fraction, high: Fraction | None, wanted: Range) -> Verdict:
    """Whether a number between `low` and `high` is in a range; `None`: it has no upper end."""
    above = low >= wanted.least
    under = wanted.most is None or (high is not None and high <= wanted.most)
    if above and under:
        return Verdict.HOLDS
    too_few = high is not None and high < wanted.least
    too_many = wanted.most is not None and low > wanted.most
    return Verdict.FAILS if too_few or too_many else Verdict.UNPROVEN


def _counting(
    claim: Claim, facet: tuple[Facet, str] | None, yes: Sequence[str], perhaps: Sequence[str]
) -> str:
    shown = f"{facet[1]}: " if facet else ""
    text = f"{shown}{claim.verb} in {_listed(yes) if yes else 'no such course'}"
    if perhaps:
        text += f", perhaps in {_listed(perhaps)}"
    if claim.count != ONE:
        text += f"; asked for: {claim.count}"
    return text


def _listed(codes: Sequence[str]) -> str:
    return ", ".join(codes) if len(codes) <= _NAMED else f"{len(codes)} courses"


def _hours(wanted: Range, rows: Sequence[Row]) -> tuple[Verdict, str]:
    """Whether the rows of a statement take so many hours together."""
    low, high = Fraction(0), Fraction(0)
    silent = 0
    best: dict[Entry, Row] = {}
    for row in sorted(rows, key=_row_order):
        if row.entry and row.counts is not Counts.NO:
            best.setdefault(row.entry, row)
    for entry, row in best.items():
        hours = entry.hours
        if hours is None:
            silent += 1
            continue
        value = Fraction(str(hours))
        low += value if row.counts is Counts.YES else 0
        high += value
    verdict = _compare(low, None if silent else high, wanted)
    why = f"{number(low)} hours" + (f", perhaps {number(high)}" if high > low else "")
    if silent:
        why += f", and {silent} {'row does' if silent == 1 else 'rows do'} not say"
    return verdict, f"{why}; asked for: {wanted}"


def _no_place(course: str, term: str) -> str:
    if term:
        return f"{term!r} is none of the terms of the claims"
    return f"the plan does not say the term of {course}"


def _amount(course: Course, unit: Unit | None) -> Fraction | None:
    """Hours or credits of a course, or itself as one."""
    if unit is Unit.COURSES:
        return Fraction(1)
    value = course.hours if unit is Unit.HOURS else course.credits
    return None if value is None else Fraction(str(value))
