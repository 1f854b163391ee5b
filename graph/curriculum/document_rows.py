"""The rows of the tables that accreditors ask for, from a plan and the catalogue alone.

What a plan cannot know, such as how well students do, is left empty for the programme.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Final

from graph.curriculum.document_template import TABLES
from graph.curriculum.model import DEPTH_ORDER, Depth, Setting
from graph.curriculum.reach import reach
from graph.curriculum.routes import find_paths
from graph.errors import NotFoundError
from graph.terms import code_of, framework_of, natural_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from graph.catalogue import Catalogue
    from graph.curriculum.document_template import Template
    from graph.curriculum.model import Course, CoursePlan, Entry
    from graph.curriculum.reach import Reach
    from graph.curriculum.routes import Route
    from graph.documents import Cell
    from graph.model import Competency

    #: The cells of a row, by the key of their column.
    Row = Mapping[str, Cell]

#: What stands in a cell that says "none", so that it is not taken for one that was forgotten.
NONE: Final = "–"

#: Levels of a statement that is one part of another and counts for it.
_PARTS: Final = ("behavior", "activity")


def short_name(framework: str) -> str:
    """A framework's id as people write it: `epas-2022` is EPAS 2022.

    >>> short_name("epas-2022")
    'EPAS 2022'
    """
    return framework.replace("-", " ").upper()


def depths(entries: Iterable[Entry]) -> list[Depth]:
    """What entries do, each depth once, from the least to the most."""
    return sorted({entry.depth for entry in entries}, key=DEPTH_ORDER.__getitem__)


def whole_of(catalogue: Catalogue, key: str) -> Competency:
    """The competency that a statement counts for: its parent for a behavior or activity."""
    statement = catalogue.competency(key)
    if statement.level in _PARTS and statement.parent:
        return catalogue.competency(statement.parent)
    return statement


def reasons_of(route: Route) -> str:
    """Why a route leads where it does, link by link."""
    if route.direct:
        return "The plan names it."
    return " ".join(link.rationale for link in route.links)


def reach_note(plan: CoursePlan, catalogue: Catalogue, onto: str) -> str:
    """Why a plan cannot reach a framework over alignments, if so; otherwise empty."""
    try:
        catalogue.crosswalk(plan.edition, onto)
    except NotFoundError:
        return (
            f"There is no crosswalk between {plan.edition} and {onto}, so only what the plan names "
            "itself is reached. Put the plan onto a newer edition first (crosswalk rebase)."
        )
    return ""


class Rows:
    """The rows of every table of a document, from one plan."""

    def __init__(
        self, plan: CoursePlan, catalogue: Catalogue, template: Template, onto: str
    ) -> None:
        self.plan, self.catalogue, self.template, self.onto = plan, catalogue, template, onto
        catalogue.framework(onto)
        self.courses = {course.code: course for course in plan.courses}
        self.places = {code: place for place, code in enumerate(self.courses)}
        self.served: dict[str, list[Entry]] = defaultdict(list)
        for entry in sorted(plan.entries, key=self._entry_order):
            self.served[whole_of(catalogue, entry.competency).id].append(entry)

    def _entry_order(self, entry: Entry) -> tuple[object, ...]:
        place = self.places[entry.course]
        return natural_key(entry.competency), place, DEPTH_ORDER[entry.depth], entry.line

    @cached_property
    def competencies(self) -> list[Competency]:
        """Competencies of the plan's edition, in published order."""
        return self._members("competency")

    def _members(self, level: str) -> list[Competency]:
        members = self.catalogue.by_framework.get(self.plan.edition, ())
        return sorted((c for c in members if c.level == level), key=lambda c: c.position)

    @cached_property
    def others(self) -> list[Competency]:
        """What the plan serves besides: of other frameworks, and principles of its own, by code."""
        besides = self.served.keys() - {competency.id for competency in self.competencies}
        return [self.catalogue.competency(key) for key in sorted(besides, key=natural_key)]

    @cached_property
    def reach(self) -> Reach:
        """What the plan reaches of the other profession."""
        return reach(self.plan, self.catalogue, self.onto)

    def label(self, key: str) -> str:
        """Code and title; of another framework, with its name, since codes repeat."""
        framework, title = framework_of(key), self.catalogue.competency(key).title
        name = "" if framework == self.plan.edition else f"{short_name(framework)} "
        return f"{name}{code_of(key)} {title}"

    def short(self, ids: Iterable[str]) -> str:
        """Dimensions or system levels, in the order and with the abbreviations of the template."""
        order = [*self.template.abbreviations]
        known = sorted(ids, key=lambda i: (order.index(i) if i in order else len(order), i))
        return ", ".join(self.template.abbreviations.get(i, i) for i in known)

    # ---- tables ---------------------------------------------------------------------------

    def matrix(self) -> Iterator[Row]:
        """One row an entry; a competency that no course serves has a row that says so."""
        for competency in [*self.competencies, *self.others]:
            entries = self.served.get(competency.id, [])
            for entry in entries:
                part = entry.competency != competency.id
                course = self.courses[entry.course]
                yield {
                    "competency": self.label(competency.id),
                    "behavior": self.label(entry.competency) if part else "whole competency",
                    "course": entry.course,
                    "content": entry.content,
                    "dimensions": self.short(entry.dimensions),
                    "systems": self.short(entry.systems),
                    "page": entry.page,
                    "depth": self.template.abbreviations[entry.depth],
                    "id": entry.competency,
                    "course_title": course.title,
                    "hours": entry.hours,
                    **_facts(course),
                }
            if not entries:
                yield _empty("matrix") | {
                    "competency": self.label(competency.id),
                    "behavior": NONE,
                    "course": "no course",
                    "id": competency.id,
                }

    def map(self) -> Iterator[Row]:
        """Competencies down, courses across, depths where they meet."""
        for competency in [*self.competencies, *self.others]:
            by_course: dict[str, list[Entry]] = defaultdict(list)
            for entry in self.served.get(competency.id, ()):
                by_course[entry.course].append(entry)
            row: dict[str, Cell] = {"competency": self.label(competency.id)}
            for code in self.courses:
                row[f"course {code}"] = ", ".join(
                    self.template.abbreviations[depth] for depth in depths(by_course[code])
                )
            yield row

    def evidence(self) -> Iterator[Row]:
        """Where each competency is taught, and on which pages a reviewer finds it."""
        for competency in [*self.competencies, *self.others]:
            entries = self.served.get(competency.id, [])
            pages = dict.fromkeys((e.course, e.page) for e in self._by_course(entries) if e.page)
            yield {
                "competency": self.label(competency.id),
                "introduced": self._codes(entries, Depth.INTRODUCES),
                "practised": self._codes(entries, Depth.PRACTISES),
                "demonstrated": self._codes(entries, Depth.DEMONSTRATES),
                "field": _joined(
                    dict.fromkeys(
                        e.course
                        for e in self._by_course(entries)
                        if self.courses[e.course].setting is Setting.FIELD
                    )
                ),
                "location": "\n".join(f"{code}: {page}" for code, page in pages) or NONE,
                "missing": _joined(
                    dict.fromkeys(e.course for e in self._by_course(entries) if not e.page)
                ),
            }

    def _by_course(self, entries: Iterable[Entry]) -> list[Entry]:
        return sorted(entries, key=lambda entry: self.places[entry.course])

    def _codes(self, entries: Iterable[Entry], depth: Depth) -> str:
        found = (e.course for e in self._by_course(entries) if e.depth is depth)
        return _joined(dict.fromkeys(found))

    def course_list(self) -> Iterator[Row]:
        """The courses as the plan lists them."""
        for course in self.plan.courses:
            yield {
                "code": course.code,
                "title": course.title,
                "credits": course.credits,
                "hours": course.hours,
                **_facts(course),
            }

    def reached(self) -> Iterator[Row]:
        """The best route to each statement of the other framework that is reached."""
        for found in self.reach.all:
            best = found.best
            if best is None:
                continue
            content = f": {best.entry.content}" if best.entry.content else ""
            yield {
                "competency": f"{code_of(found.target)} "
                f"{self.catalogue.competency(found.target).title}",
                "through": f"{self.label(best.entry.competency)}{content}",
                "course": best.course,
                "weakest": self._weakest(best),
                "rationale": reasons_of(best),
                "others": _joined(
                    sorted({*found.courses} - {best.course}, key=self.places.__getitem__)
                ),
            }

    def _weakest(self, route: Route) -> str:
        link = route.weakest
        if link is None:
            return "none: direct"
        what = f"{short_name(framework_of(link.source))} {code_of(link.source)} to "
        what += f"{short_name(framework_of(link.target))} {code_of(link.target)}"
        status = f", {link.status}" if link.status else ", a part"
        return f"{link.strength.value}, {route.confidence:.2f}{status}\n{what}"

    def gaps(self) -> Iterator[Row]:
        """What is missing, social work first."""
        for competency in self.competencies:
            entries = self.served.get(competency.id, [])
            missing = self._missing(entries)
            if missing:
                yield self._gap(competency.id, missing)
            named = {entry.competency for entry in entries}
            for behavior in self.catalogue.children.get(competency.id, ()):
                if behavior.level in _PARTS and behavior.id not in named:
                    whole = self._by_course(e for e in entries if e.competency == competency.id)
                    codes = _joined(dict.fromkeys(e.course for e in whole))
                    text = f"No course names it; the competency as a whole is served by {codes}."
                    yield self._gap(behavior.id, text if whole else "No course serves it.")
        for target in self.reach.missing:
            sources = self._ways_to(target)
            if sources:
                codes = "; ".join(self.label(source) for source in sources)
                text = f"Nothing in the plan leads to it; serving one of these would: {codes}."
            else:
                text = f"No statement of {short_name(self.plan.edition)} leads to it; teach it."
            yield self._gap(target, text)

    def _missing(self, entries: Sequence[Entry]) -> str:
        if not entries:
            return "No course serves it."
        shown = self._by_course(e for e in entries if e.depth is Depth.DEMONSTRATES)
        if not shown:
            return "No course lets students demonstrate it."
        if not any(self.courses[entry.course].required for entry in shown):
            codes = _joined(dict.fromkeys(entry.course for entry in shown))
            return f"Demonstrated in electives only ({codes}): not every student does."
        return ""

    def _gap(self, key: str, missing: str) -> Row:
        title = f"{code_of(key)} {self.catalogue.competency(key).title}"
        return {"framework": short_name(framework_of(key)), "competency": title, "missing": missing}

    @cached_property
    def _leading(self) -> dict[str, list[str]]:
        """For each statement of the other framework, the competencies that lead to it."""
        found: dict[str, list[str]] = defaultdict(list)
        for competency in self.competencies:
            paths = find_paths(self.catalogue, competency.id, self.onto)
            for target in dict.fromkeys(path.target for path in paths):
                found[target].append(competency.id)
        return found

    def _ways_to(self, target: str) -> list[str]:
        return self._leading.get(target, [])

    def assessment(self) -> Iterator[Row]:
        """Two measures a competency, to be filled in."""
        empty = _empty("assessment")
        for competency in self.competencies:
            shown = self._codes(self.served.get(competency.id, ()), Depth.DEMONSTRATES)
            for measure in ("1", "2"):
                yield empty | {
                    "competency": self.label(competency.id),
                    "measure": measure,
                    "candidates": shown,
                }

    def outcomes(self) -> Iterator[Row]:
        """One row a competency, to be filled in."""
        empty = _empty("outcomes")
        for competency in self.competencies:
            yield empty | {"competency": self.label(competency.id)}


#: Rows of each table, by its key in a template.
ROWS: Final[dict[str, Callable[[Rows], Iterator[Row]]]] = {
    "matrix": Rows.matrix,
    "map": Rows.map,
    "evidence": Rows.evidence,
    "courses": Rows.course_list,
    "reach": Rows.reached,
    "gaps": Rows.gaps,
    "assessment": Rows.assessment,
    "outcomes": Rows.outcomes,
}


def _empty(key: str) -> dict[str, str]:
    """A row of a table with nothing in it."""
    return dict.fromkeys((column.key for column in TABLES[key].columns), "")


def _facts(course: Course) -> Row:
    return {
        "required": "required" if course.required else "elective",
        "setting": course.setting.value,
        "level": course.level.value,
        "term": course.term,
    }


def _joined(codes: Iterable[str]) -> str:
    return ", ".join(codes) or NONE
