"""An analysis for people: sections of text and tables, for a terminal or as Markdown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graph.curriculum.model import Depth
from graph.terms import code_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from graph.curriculum.analysis import Analysis
    from graph.curriculum.coverage import StatementCoverage
    from graph.curriculum.fits import Fit
    from graph.curriculum.reach import Reached
    from graph.curriculum.routes import Route

#: Parts of a report, in its order.
SECTIONS: Final = (
    "summary", "carried", "coverage", "shares", "reach", "gaps", "losses", "duplicates",
    "proposals",
)  # fmt: skip

_CODES: Final = {Depth.INTRODUCES: "I", Depth.PRACTISES: "P", Depth.DEMONSTRATES: "D"}


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a report.

    Attributes
    ----------
    key : str
        Of `SECTIONS`.
    lines : tuple[str, ...]
        Paragraphs before the table.
    columns : tuple[tuple[str, bool], ...]
        Head of each column, and whether its cells may be broken over several lines.
    """

    key: str
    title: str
    lines: tuple[str, ...] = ()
    columns: tuple[tuple[str, bool], ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def sections(analysis: Analysis, only: str | None = None) -> list[Section]:
    """All that is said of a plan, in the order in which a programme director asks.

    Parameters
    ----------
    only : str | None
        Key of the one section that is wanted; what a plan has none of is left out.
    """
    found = [
        _summary(analysis),
        *([_carried(analysis)] if analysis.carried else ()),
        _coverage(analysis),
        _shares(analysis),
        _reach(analysis),
        _gaps(analysis),
        _losses(analysis),
        _repetitions(analysis),
        _proposals(analysis),
    ]
    return [section for section in found if only in (None, section.key)]


def markdown(analysis: Analysis, only: str | None = None) -> str:
    """The report, or one section of it, as Markdown."""
    lines: list[str] = []
    for place, part in enumerate(sections(analysis, only)):
        lines += ["", f"## {part.title}", ""] if place else [f"# {part.title}", ""]
        lines += _paragraphs(part.lines)
        if part.rows:
            if part.lines:
                lines.append("")
            lines.append("| " + " | ".join(head for head, _ in part.columns) + " |")
            lines.append("|" + " --- |" * len(part.columns))
            lines += ["| " + " | ".join(_escaped(cell) for cell in row) + " |" for row in part.rows]
    return "\n".join(lines) + "\n"


def _paragraphs(lines: Sequence[str]) -> list[str]:
    found: list[str] = []
    for line in lines:
        found += ["", line] if found else [line]
    return found


def _escaped(cell: str) -> str:
    text = " ".join(cell.split())
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def _summary(analysis: Analysis) -> Section:
    plan, coverage, reach = analysis.plan, analysis.coverage, analysis.reach
    required = sum(course.required for course in plan.courses)
    competencies, behaviors = coverage.competencies, coverage.behaviors
    statement = (
        f"{_count(len(plan.courses), 'course', 'courses')} ({required} required), "
        f"{_count(len(plan.entries), 'entry', 'entries')}, {plan.level}, made to {plan.edition}."
    )
    covered = (
        f"It covers {sum(c.covered for c in competencies)} of {len(competencies)} competencies and "
        f"{sum(b.covered for b in behaviors)} of {len(behaviors)} behaviors of {plan.edition}, and "
        f"reaches {len(reach.reached)} of {len(reach.targets)} statements of {reach.onto}."
    )
    risk = analysis.single_points
    points = _count(
        len(risk), "course is a single point of failure", "courses are single points of failure"
    )
    hangs = (
        f"{points}: {_list(loss.course for loss in risk)}."
        if risk
        else "No course is a single point of failure."
    )
    title = plan.programme or plan.name
    note = (
        "Alignments are proposals of the crosswalk with the confidence shown; a route shows a "
        "chain of reasons, not that students have learned anything."
    )
    return Section("summary", title, (statement, covered, hangs, note))


def _carried(analysis: Analysis) -> Section:
    carried = analysis.carried
    assert carried is not None
    columns, rows = carried.account.table()
    wraps = (False, True, False, True, True, True, True)
    line = (
        f"The plan was made to {carried.from_edition} and carried to {carried.plan.edition}: "
        f"{carried.account.summary}. These entries wait for a decision:"
    )
    return Section(
        "carried",
        "Carried to another edition",
        (line,),
        tuple(zip(columns, wraps, strict=True)),
        tuple(rows),
    )


def _coverage(analysis: Analysis) -> Section:
    columns = (
        ("Competency", False), ("Title", True), ("I", False), ("P", False), ("D", False),
        ("Courses", True), ("Behaviors", True),
    )  # fmt: skip
    coverage = analysis.coverage
    rows = []
    for one in coverage.competencies:
        own = [b for b in coverage.behaviors if b.parent == one.id]
        rows.append(
            (
                one.id,
                one.title,
                *(str(one.depths[depth]) for depth in Depth),
                _list(one.courses) or "none",
                _list(_behavior(b) for b in own),
            )
        )
    line = (
        "Courses that introduce (I), practise (P) and demonstrate (D) each competency or a "
        "behavior of it. Behaviors: the number of courses, and the greatest depth."
    )
    return Section("coverage", f"Coverage of {coverage.edition}", (line,), columns, tuple(rows))


def _behavior(one: StatementCoverage) -> str:
    depth = f" {_CODES[one.depth]}" if one.depth else ""
    return f"{code_of(one.id)}: {len(one.courses)}{depth}"


def _shares(analysis: Analysis) -> Section:
    columns = (("By", False), ("Which", False), ("Covered", False), ("Of", False))
    rows = tuple(
        (share["by"], share["id"].replace("-", " "), str(share["covered"]), str(share["total"]))
        for share in analysis.coverage.shares()
    )
    line = "Competencies that at least one entry of each kind serves."
    return Section("shares", "By level, depth, dimension and system", (line,), columns, rows)


def _reach(analysis: Analysis) -> Section:
    columns = (
        ("Statement", False), ("Title", True), ("Strength", False), ("Sure", False),
        ("Depth", False), ("Best route", True), ("Rests on", True), ("Courses", False),
    )  # fmt: skip
    rows: list[tuple[str, ...]] = []
    for group in analysis.groups:
        for one in group.targets:
            rows.append(_reached(one, analysis.titles))
    lines = [
        "The best route to each statement, and the weakest link on which it rests. "
        + " ".join(
            f"{group.title}: {group.reached} of {len(group.targets)}." for group in analysis.groups
        )
    ]
    return Section("reach", f"Reach of {analysis.reach.onto}", tuple(lines), columns, tuple(rows))


def _reached(one: Reached, titles: Mapping[str, str]) -> tuple[str, ...]:
    best = one.best
    if best is None:
        return one.target, titles[one.target], "missing", "", "", "", "", "0"
    return (
        one.target,
        titles[one.target],
        "direct" if best.direct else best.strength.value,
        "" if best.direct else f"{best.confidence:.2f}",
        best.depth.value,
        route_text(best),
        rests_on(best),
        str(len(one.courses)),
    )


def route_text(route: Route) -> str:
    """A route as one line: course and depth, then each statement on the way."""
    places = [route.entry.competency, *(link.target for link in route.links)]
    return " \u2192 ".join([route.course, *places])


def rests_on(route: Route) -> str:
    """The reason of a route's weakest link."""
    if route.weakest is None:
        return "The course names it."
    return f"{route.weakest.source} \u2192 {route.weakest.target}: {route.weakest.rationale}"


def _gaps(analysis: Analysis) -> Section:
    columns = (("Statement", False), ("Title", True), ("Gap", False), ("What", True))
    rows = tuple(
        (gap.statement, gap.title, gap.kind.replace("-", " "), gap.message) for gap in analysis.gaps
    )
    return Section("gaps", "Gaps", () if rows else ("None found.",), columns, rows)


def _losses(analysis: Analysis) -> Section:
    columns = (
        ("Course", False), ("Title", True), ("Kind", False), ("Lost", True),
        ("Reached less strongly", True),
    )  # fmt: skip
    courses = {course.code: course for course in analysis.plan.courses}
    rows = []
    for loss in analysis.losses:
        if not (loss.breaks or loss.weakened):
            continue
        course = courses[loss.course]
        rows.append(
            (
                course.code,
                course.title,
                "required" if course.required else "elective",
                _list((*loss.covered, *loss.reached)),
                _list(f"{w.target} ({w.strength} \u2192 {w.without})" for w in loss.weakened),
            )
        )
    harmless = len(analysis.losses) - len(rows)
    line = (
        "What no other course covers (of the edition) or reaches (of the other framework), and "
        f"what would be reached less strongly; nothing with any of the other {harmless} courses."
    )
    return Section("losses", "If a course fell out", (line,), columns, tuple(rows))


def _repetitions(analysis: Analysis) -> Section:
    columns = (("Competency", False), ("What repeats", True), ("Courses", True))
    rows = [
        (
            one.competency,
            f"{one.depth}: {one.content}",
            _list(entry.course for entry in one.entries),
        )
        for one in analysis.repetitions
    ]
    rows += [
        (
            one.competency,
            f"served by {len(one.courses)} courses; the median competency by {one.median:g}",
            _list(one.courses),
        )
        for one in analysis.crowded
    ]
    return Section(
        "duplicates", "Duplicates", () if rows else ("None found.",), columns, tuple(rows)
    )


def _proposals(analysis: Analysis) -> Section:
    columns = (
        ("Statement", False), ("Title", True), ("Now", False), ("Course", False),
        ("Score", False), ("Why there", True), ("To teach it", True),
    )  # fmt: skip
    rows = []
    for proposal in analysis.proposals:
        helps = "; ".join(f"{resource.title} ({resource.url})" for resource in proposal.resources)
        for place, fit in enumerate(proposal.fits):
            head = (proposal.target, proposal.title, proposal.kind) if not place else ("", "", "")
            why, score = _why(fit), f"{fit.score:.2f}"
            rows.append((*head, fit.course, score, why, "" if place else helps))
        if not proposal.fits:
            why = "No course of the plan is near it."
            rows.append((proposal.target, proposal.title, proposal.kind, "", "", why, helps))
    return Section(
        "proposals",
        "Where missing and weak statements would fit",
        () if rows else ("Nothing is missing or weak.",),
        columns,
        tuple(rows),
    )


def _why(fit: Fit) -> str:
    beside = f"It reaches {_list(fit.beside)} of the same domain." if fit.beside else ""
    if fit.reason is None:
        return beside
    reason = fit.reason
    if reason.kind == "serves":
        through = "" if reason.served == reason.partner else f", a part of {reason.partner}"
        says = f"It serves {reason.served}{through} ({reason.strength}, {reason.confidence:g})"
    else:
        says = (
            f"It serves {reason.served}, near {reason.partner} "
            f"({reason.strength}, {reason.confidence:g})"
        )
    return f"{says}: {reason.rationale} {beside}".strip()


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)
