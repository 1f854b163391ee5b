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

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from graph.curriculum.claim_model import ONE, Courses, Facet, Quantifier, Range, Unit, Verb, number
from graph.curriculum.claim_rows import (
    Rows,
    best_by_course,
    course_faults,
    courses_by_certainty,
    depth_faults,
    joined,
    lesser,
    row_order,
    with_facet,
    worst,
)
from graph.curriculum.serving import Serving
from graph.curriculum.verdicts import (
    LEAST_FIRST,
    MOST_NAMED,
    Counts,
    Judged,
    Report,
    Result,
    Row,
    Verdict,
)
from graph.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from graph.catalogue import Catalogue
    from graph.curriculum.claim_model import Claim
    from graph.curriculum.model import Course, CoursePlan, Entry

_WORST_FIRST: Final = {Verdict.FAILS: 0, Verdict.UNPROVEN: 1, Verdict.HOLDS: 2}
_OPPOSITE: Final = {
    Verdict.HOLDS: Verdict.FAILS, Verdict.FAILS: Verdict.HOLDS, Verdict.UNPROVEN: Verdict.UNPROVEN,
}  # fmt: skip


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
    judge = _Judge(Rows(Serving(plan, catalogue), most_rows, name))
    results = tuple(judge.result(claim) for claim in claims)
    return Report(plan.name, name, catalogue.release, results)


class _Judge:
    """One plan, asked about claims."""

    def __init__(self, rows: Rows) -> None:
        self.rows, self.serving, self.courses = rows, rows.serving, rows.courses

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
        rows = sorted(rows, key=lambda row: -LEAST_FIRST[row.counts])
        return Judged(key, title, verdict, why, tuple(rows))

    def _counted(self, claim: Claim, key: str) -> tuple[Verdict, str, list[Row]]:
        rows = self.rows.of(claim, key)
        shown = rows
        parts: list[tuple[Verdict, str]] = []
        for facet in claim.facets or (None,):
            counted = [with_facet(row, facet) for row in rows] if facet else rows
            yes, perhaps = courses_by_certainty(counted)
            low, high = len(yes), len(yes) + len(perhaps)
            verdict = _compare(Fraction(low), Fraction(high), claim.count)
            parts.append((verdict, _counting(claim, facet, yes, perhaps)))
            if verdict is not Verdict.HOLDS:
                shown = [lesser(a, b) for a, b in zip(shown, counted, strict=True)]
        if claim.hours:
            parts.append(_hours(claim.hours, rows))
        verdict = min((part for part, _ in parts), key=_WORST_FIRST.__getitem__)
        why = "; ".join(why for part, why in parts if part is verdict)
        why += self._unknown_codes(claim.courses)
        return verdict, why, best_by_course(shown) if claim.verb is Verb.REACHED else shown

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
        anywhere = self.rows.of(replace(claim, courses=Courses()), key)
        yes, perhaps = courses_by_certainty(anywhere)
        match = {
            code: worst(course_faults(claim.courses, self.courses[code]))[0]
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
        rows = best_by_course(anywhere) if claim.verb is Verb.REACHED else anywhere
        return verdict, why, rows

    def _order(self, claim: Claim, key: str) -> tuple[Verdict, str, list[Row]]:
        """Whether a term does something with the statement after an earlier one did another."""
        assert claim.after is not None
        places = {term: place for place, term in enumerate(claim.terms)}
        place = {code: places.get(course.term) for code, course in self.courses.items()}
        entries = self.serving.naming(key)
        self.rows.look_at(len(entries))
        laters = [entry for entry in entries if not depth_faults(claim.verb, entry.depth)]
        earliers = [entry for entry in entries if not depth_faults(claim.after, entry.depth)]

        def comes(earlier: Entry, later: Entry) -> Counts:
            """Whether one comes before the other, as far as the plan says."""
            first, second = place[earlier.course], place[later.course]
            if earlier.course == later.course:
                return Counts.NO
            if first is None or second is None:
                return Counts.PERHAPS
            return Counts.YES if first < second else Counts.NO

        # Enough to look at those that come first or last: pairs of all would be millions.
        first_of = _extremes(earliers, place, least=True)
        last_of = _extremes(laters, place, least=False)
        after = {e: _most(comes(one, e) for one in first_of) for e in laters}
        before = {e: _most(comes(e, one) for one in last_of) for e in earliers}
        rows = []
        for entry in entries:
            counts = _most(known[entry] for known in (after, before) if entry in known)
            if counts is Counts.NO:
                continue
            term = self.courses[entry.course].term
            why = "" if place[entry.course] is not None else _no_place(entry.course, term)
            rows.append(
                Row(
                    entry.course, entry.line, counts, why, entry.competency, entry.depth,
                    entry=entry, value=f"in {term}" if term else "",
                )
            )  # fmt: skip
        best = _most(after.values())
        if best is Counts.NO:
            return Verdict.FAILS, "no later term does so", rows
        later = next(entry for entry in laters if after[entry] is best)
        earlier = next(entry for entry in earliers if comes(entry, later) is best)
        said = f"{later.course} {later.depth} what {earlier.course} {earlier.depth}"
        if best is Counts.YES:
            return Verdict.HOLDS, f"{said} in an earlier term", rows
        return Verdict.UNPROVEN, f"{said}, and the plan does not say in which order", rows

    def _total(self, claim: Claim) -> Judged:
        """What courses add up to."""
        low, high = Fraction(0), Fraction(0)
        open_end = False
        rows: list[Row] = []
        silent: list[str] = []
        for course in self.courses.values():
            counts, why = worst(course_faults(claim.courses, course))
            if counts is Counts.NO:
                continue
            value = _amount(course, claim.unit)
            if value is None:
                silent.append(course.code)
                open_end = True
                said = f"the plan does not say its {claim.unit}"
                rows.append(Row(course.code, 0, Counts.PERHAPS, joined(said, why)))
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
    return ", ".join(codes) if len(codes) <= MOST_NAMED else f"{len(codes)} courses"


def _hours(wanted: Range, rows: Sequence[Row]) -> tuple[Verdict, str]:
    """Whether the rows of a statement take so many hours together."""
    low, high = Fraction(0), Fraction(0)
    silent = 0
    best: dict[Entry, Row] = {}
    for row in sorted(rows, key=row_order):
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


def _most(found: Iterable[Counts]) -> Counts:
    """The most that any comes to; nothing comes to no."""
    return max(found, key=LEAST_FIRST.__getitem__, default=Counts.NO)


def _extremes(
    entries: Sequence[Entry], place: Mapping[str, int | None], *, least: bool
) -> list[Entry]:
    """Entries of which one comes before (or after) another entry as surely as any of all does.

    One of the first (or last) term, one of no known term, and those of two courses, so that one is
    always of another course.
    """
    known = [(at, n) for n, e in enumerate(entries) if (at := place[e.course]) is not None]
    chosen = [(min if least else max)(known)[1]] if known else []
    chosen += [n for n, e in enumerate(entries) if place[e.course] is None][:1]
    by_course: dict[str, int] = {}
    for n, entry in enumerate(entries):
        by_course.setdefault(entry.course, n)
    chosen += [*by_course.values()][:2]
    return [entries[n] for n in chosen]


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
