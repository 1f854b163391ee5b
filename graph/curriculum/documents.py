"""What accreditors ask a programme for: matrix, map, evidence, reach, gaps, assessment forms.

The tables are made of the plan and the catalogue alone. What a plan cannot know, such as how well
students do, is left empty for the programme, and the document says so. Which tables there are and
what they are called is a `Template`; how they are written is `graph.documents`.

The columns of the matrix are those that accreditors are known to want (competency, behavior,
course, content, dimensions, systems level, page); CSWE's own form for the 2022 standards could not
be seen, and every document says that a person must compare.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Final

from graph.curriculum.document_template import CODE, TABLES, default_template
from graph.curriculum.model import DEPTH_ORDER, Depth, Setting
from graph.curriculum.reach import find_paths, reach
from graph.documents import Column, Document, Paragraph, Section, Table, render
from graph.errors import NotFoundError
from graph.terms import code_of, framework_of, natural_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from graph.catalogue import Catalogue
    from graph.curriculum.document_template import ChosenTable, ColumnKind, Template
    from graph.curriculum.model import Course, CoursePlan, Entry
    from graph.curriculum.reach import Reach, Route
    from graph.documents import Cell
    from graph.model import Competency

    #: The cells of a row, by the key of their column.
    _Row = Mapping[str, Cell]

#: Formats that the document comes in.
MATRIX_FORMATS: Final = ("docx", "xlsx", "markdown", "html")

#: What stands in a cell that says "none", so that it is not taken for one that was forgotten.
NONE: Final = "–"

#: Levels of a statement that is one part of another and counts for it.
_PARTS: Final = ("behavior", "activity")


def write_matrix(
    plan: CoursePlan,
    catalogue: Catalogue,
    format_: str,
    *,
    template: Template | None = None,
    onto: str = "isp-2020",
) -> bytes:
    """The document as a file; the same plan, release and template give the same bytes.

    Raises
    ------
    NotFoundError
        If there is no framework `onto`.
    NotAcceptableError
        If there is no such format.
    """
    document = matrix_document(plan, catalogue, template=template, onto=onto)
    return render(document, format_, MATRIX_FORMATS)


def matrix_document(
    plan: CoursePlan,
    catalogue: Catalogue,
    *,
    template: Template | None = None,
    onto: str = "isp-2020",
) -> Document:
    """The document, free of any format.

    Parameters
    ----------
    template : Template | None
        What it is called and made of; the usual if left out.
    onto : str
        Framework of the other profession.

    Raises
    ------
    NotFoundError
        If there is no framework `onto`.
    """
    chosen = template or default_template()
    maker = _Maker(plan, catalogue, chosen, onto)
    title = f"{chosen.title}: {plan.programme}" if plan.programme else chosen.title
    sections = [Section("About this document", tuple(maker.about()))]
    sections += [
        Section(table.title, (maker.table(table),), new_page=bool(place))
        for place, table in enumerate(chosen.tables)
    ]
    return Document(
        title=title,
        subject=f"Made from the course plan {plan.name} and crosswalk release {catalogue.release}",
        sections=tuple(sections),
        footer=f"{title} · crosswalk release {catalogue.release[:12]}",
        language=chosen.language,
        paper=chosen.paper,
    )


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


class _Maker:
    """The rows of every table, from one plan."""

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
        """What the plan serves of other frameworks, by code."""
        foreign = (key for key in self.served if framework_of(key) != self.plan.edition)
        return [self.catalogue.competency(key) for key in sorted(foreign, key=natural_key)]

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

    # ---- what is said ---------------------------------------------------------------------

    def about(self) -> Iterator[Paragraph]:
        """What the document is, and how far to trust it."""
        plan, release = self.plan, self.catalogue.release
        if self.template.introduction:
            yield Paragraph.of(self.template.introduction)
        yield Paragraph.of(
            f"{plan.programme or 'Programme'}, {plan.level.value} practice: "
            f"{_count(len(plan.courses), 'course')} and {_count(len(plan.entries), 'entry')}, as "
            f"the plan {plan.name} says; nothing was added to it. Competencies are those of "
            f"{self.catalogue.framework(plan.edition).title}, with its titles and codes."
        )
        yield Paragraph.of(
            "Links to implementation competencies come from the competency crosswalk, release "
            f"{release}. They are proposals reasoned by its authors; unless a status says "
            "otherwise, no panel has reviewed them, and no publisher of a framework has endorsed "
            "them."
        )
        yield Paragraph.of(
            "Tables and column titles follow what programmes have published. They are not an "
            "accreditor's form: before this document is handed in, a person must compare it with "
            "the current template of the Council on Social Work Education."
        )

    def _legend(self, *groups: Sequence[str]) -> str:
        """Abbreviations that differ from what they stand for."""
        labels = {
            concept.id: concept.label.lower()
            for concept in self.catalogue.concepts
            if concept.scheme in ("dimension", "system")
        }
        pairs = [
            (self.template.abbreviations[key], labels.get(key, key))
            for group in groups
            for key in group
        ]
        return "; ".join(f"{short} {label}" for short, label in pairs if short != label)

    # ---- tables ---------------------------------------------------------------------------

    def table(self, chosen: ChosenTable) -> Table:
        """One table, with the titles and columns of the template."""
        rows = _ROWS[chosen.key](self)
        framework = self.onto if chosen.key == "reach" else self.plan.edition
        legends = {
            "matrix": (_DIMENSIONS, _SYSTEMS, _DEPTHS) if _has_depth(chosen) else
            (_DIMENSIONS, _SYSTEMS),
            "map": (_DEPTHS,),
        }.get(chosen.key, ())  # fmt: skip
        legend = self._legend(*legends)
        notes = [note for note in (chosen.note, f"{legend}." if legend else "") if note]
        note = reach_note(self.plan, self.catalogue, self.onto) if chosen.key == "reach" else ""
        columns, keys = self._columns(chosen)
        name = "" if chosen.key in ("courses", "gaps") else f" ({short_name(framework)})"
        return Table(
            name=chosen.title,
            caption=f"{chosen.title}{name}",
            columns=tuple(columns),
            rows=tuple(tuple(row[key] for key in keys) for row in rows),
            notes=(*notes, note) if note else tuple(notes),
            empty=_EMPTY.get(chosen.key, "The plan says nothing about this."),
        )

    def _columns(self, chosen: ChosenTable) -> tuple[list[Column], list[str]]:
        """Columns, and what each shows; that of the courses becomes one for each course."""
        columns, keys = [], []
        for key, title in chosen.columns:
            kind = chosen.kind.column(key)
            if kind.title == CODE:
                columns += [
                    Column(title.replace(CODE, code), kind.width, kind.centered)
                    for code in self.courses
                ]
                keys += [f"course {code}" for code in self.courses]
            else:
                columns.append(Column(title, kind.width, kind.centered))
                keys.append(key)
        return columns, keys

    def matrix(self) -> Iterator[_Row]:
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
                columns = [column.key for column in _kind_columns("matrix")]
                yield dict.fromkeys(columns, "") | {
                    "competency": self.label(competency.id),
                    "behavior": NONE,
                    "course": "no course",
                    "id": competency.id,
                }

    def map(self) -> Iterator[_Row]:
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

    def evidence(self) -> Iterator[_Row]:
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

    def course_list(self) -> Iterator[_Row]:
        """The courses as the plan lists them."""
        for course in self.plan.courses:
            yield {
                "code": course.code,
                "title": course.title,
                "credits": course.credits,
                "hours": course.hours,
                **_facts(course),
            }

    def reached(self) -> Iterator[_Row]:
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

    def gaps(self) -> Iterator[_Row]:
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

    def _gap(self, key: str, missing: str) -> _Row:
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

    def assessment(self) -> Iterator[_Row]:
        """Two measures a competency, to be filled in."""
        empty = dict.fromkeys((column.key for column in _kind_columns("assessment")), "")
        for competency in self.competencies:
            shown = self._codes(self.served.get(competency.id, ()), Depth.DEMONSTRATES)
            for measure in ("1", "2"):
                yield empty | {
                    "competency": self.label(competency.id),
                    "measure": measure,
                    "candidates": shown,
                }

    def outcomes(self) -> Iterator[_Row]:
        """One row a competency, to be filled in."""
        empty = dict.fromkeys((column.key for column in _kind_columns("outcomes")), "")
        for competency in self.competencies:
            yield empty | {"competency": self.label(competency.id)}


_ROWS: Final[dict[str, Callable[[_Maker], Iterator[_Row]]]] = {
    "matrix": _Maker.matrix,
    "map": _Maker.map,
    "evidence": _Maker.evidence,
    "courses": _Maker.course_list,
    "reach": _Maker.reached,
    "gaps": _Maker.gaps,
    "assessment": _Maker.assessment,
    "outcomes": _Maker.outcomes,
}

#: What is said where a table has no rows; a plan without gaps is no reason to be silent.
_EMPTY: Final = {
    "reach": "Nothing in the plan leads to a competency of the other profession.",
    "gaps": "None were found.",
}

_DIMENSIONS: Final = ("knowledge", "values", "skills", "cognitive-and-affective-processes")
_SYSTEMS: Final = ("individual", "family", "group", "organization", "community")
_DEPTHS: Final = tuple(depth.value for depth in Depth)


def _kind_columns(key: str) -> Sequence[ColumnKind]:
    return TABLES[key].columns


def _has_depth(chosen: ChosenTable) -> bool:
    return any(key == "depth" for key, _ in chosen.columns)


def _facts(course: Course) -> _Row:
    return {
        "required": "required" if course.required else "elective",
        "setting": course.setting.value,
        "level": course.level.value,
        "term": course.term,
    }


def _joined(codes: Iterable[str]) -> str:
    return ", ".join(codes) or NONE


def _count(number: int, noun: str) -> str:
    plural = f"{noun.removesuffix('y')}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"
