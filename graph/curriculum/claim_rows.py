"""Which rows of a course plan bear on a claim, and whether each counts: yes, perhaps or no."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from graph.bounded import refusal
from graph.curriculum.claim_model import Facet, Verb, number
from graph.curriculum.model import DEPTH_ORDER, Depth
from graph.curriculum.verdicts import LEAST_FIRST, Counts, Row
from graph.model import STRENGTH_ORDER

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graph.curriculum.claim_model import Claim, Courses
    from graph.curriculum.model import Course, Entry
    from graph.curriculum.routes import Route
    from graph.curriculum.serving import Serving

#: How much people have said about an alignment.
_STATUS_ORDER: Final = {"reviewed": 0, "proposed": 1, "contested": 2, "withdrawn": 3}


class Rows:
    """The rows of one plan, asked for claim by claim.

    Attributes
    ----------
    most : int | None
        Most rows to look at, one that bears on several statements or claims counting for each.
    name : str
        Of the file of claims, for messages.
    """

    def __init__(self, serving: Serving, most: int | None, name: str) -> None:
        self.serving, self.most, self.name = serving, most, name
        self.looked_at = 0
        self.courses = {course.code: course for course in serving.plan.courses}

    def of(self, claim: Claim, key: str) -> list[Row]:
        """Rows that bear on a statement, in the order of the plan, by the rules of the claim."""
        serving = self.serving
        routes = serving.routes(key) if claim.verb is Verb.REACHED else serving.taught(key)
        rows = [self._row(claim, route.entry, route) for route in routes]
        for entry in self.serving.wholes(key):
            row = self._row(claim, entry)
            why = f"names {entry.competency} as a whole, not {key}"
            counts = min(row.counts, Counts.PERHAPS, key=LEAST_FIRST.__getitem__)
            rows.append(replace(row, counts=counts, why=joined(why, row.why)))
        self.look_at(len(rows))
        return rows

    def look_at(self, rows: int) -> None:
        """Count rows that are looked at.

        Raises
        ------
        SourcesError
            If that makes too many.
        """
        self.looked_at += rows
        if self.most is not None and self.looked_at > self.most:
            message = f"ask for a look at more than {self.most:,} rows; ask in several parts"
            raise refusal(self.name, 1, message)

    def _row(self, claim: Claim, entry: Entry, route: Route | None = None) -> Row:
        faults = depth_faults(claim.verb, entry.depth)
        least = claim.bar.depth
        if least and DEPTH_ORDER[entry.depth] < DEPTH_ORDER[least]:
            faults.append((Counts.NO, f"only {entry.depth}"))
        faults += course_faults(claim.courses, self.courses[entry.course])
        if route is not None and claim.verb is Verb.REACHED:
            faults += _bar_faults(claim, route)
        for said in claim.says:
            if getattr(entry, said) in ("", None):
                faults.append((Counts.PERHAPS, f"the row does not say the {said}"))
        counts, why = worst(faults)
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


def course_faults(wanted: Courses, course: Course) -> list[tuple[Counts, str]]:
    """Why a course is not, or perhaps not, one of those asked about."""
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


def depth_faults(verb: Verb, depth: Depth) -> list[tuple[Counts, str]]:
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


def worst(faults: Sequence[tuple[Counts, str]]) -> tuple[Counts, str]:
    """Whether a row counts, and all that speaks against it as strongly."""
    counts = min((c for c, _ in faults), key=LEAST_FIRST.__getitem__, default=Counts.YES)
    return counts, joined(*(why for c, why in faults if c is counts))


def joined(*reasons: str) -> str:
    """Reasons in one phrase, each once."""
    return ", ".join(dict.fromkeys(filter(None, reasons)))


def with_facet(row: Row, facet: tuple[Facet, str]) -> Row:
    """A row as it counts for one dimension or system."""
    kind, value = facet
    assert row.entry is not None
    shown = row.entry.dimensions if kind is Facet.DIMENSION else row.entry.systems
    if value in shown or row.counts is Counts.NO:
        return row
    if shown:
        return replace(row, counts=Counts.NO, why=f"does not show {value}")
    return replace(
        row, counts=Counts.PERHAPS, why=joined(row.why, f"the row does not say its {kind}s")
    )


def lesser(a: Row, b: Row) -> Row:
    """Of one row judged twice, the judgment by which it counts less."""
    if LEAST_FIRST[b.counts] < LEAST_FIRST[a.counts]:
        return b
    return replace(a, why=joined(a.why, b.why)) if a.counts is b.counts else a


def courses_by_certainty(rows: Iterable[Row]) -> tuple[list[str], list[str]]:
    """Courses that count, and those that perhaps do, in the order of their rows."""
    best: dict[str, Counts] = {}
    for row in rows:
        known = best.setdefault(row.course, row.counts)
        if LEAST_FIRST[row.counts] > LEAST_FIRST[known]:
            best[row.course] = row.counts
    yes = [course for course, counts in best.items() if counts is Counts.YES]
    return yes, [course for course, counts in best.items() if counts is Counts.PERHAPS]


def best_by_course(rows: Sequence[Row]) -> list[Row]:
    """The row of each course that says most, best first: that counts, then by its weakest link."""
    by_course: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_course[row.course].append(row)
    return sorted((min(found, key=row_order) for found in by_course.values()), key=row_order)


def row_order(row: Row) -> tuple[float, ...]:
    """Sort key, the row that says most first."""
    weakest = max((STRENGTH_ORDER[link.strength] for link in row.links), default=0)
    confidence = min((link.confidence for link in row.links), default=1.0)
    return -LEAST_FIRST[row.counts], weakest, -confidence
