"""A course plan as a file, in every form that `reading` reads: what is written reads back equal.

Texts that a spreadsheet would take for formulas are guarded in CSV by an apostrophe, which
`reading` takes away again; XLSX cells are text cells and need none.
"""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any, Final

import yaml

from graph.curriculum.forms import (
    COURSE_FIELDS,
    ENTRY_FIELDS,
    LONG_COLUMNS,
    MAP_COLUMNS,
    MATRIX_FIELDS,
    PROGRAMME_FIELDS,
)
from graph.curriculum.model import Depth
from graph.errors import ParameterError
from graph.sheets import Table, guarded, write_workbook
from graph.terms import framework_of, natural_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from graph.catalogue import Catalogue
    from graph.curriculum.model import Course, CoursePlan, Entry
    from graph.records import Record

    Cell = str | int | float | None

#: Forms by name, with the ending and the media type of each.
FORMS: Final = {
    "xlsx": (".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": (".csv", "text/csv"),
    "matrix": (".csv", "text/csv"),
    "yaml": (".yaml", "application/yaml"),
    "json": (".json", "application/json"),
}

_CODES: Final = {Depth.INTRODUCES: "I", Depth.PRACTISES: "P", Depth.DEMONSTRATES: "D"}


def check_form(form: str) -> str:
    """The form that is meant.

    Raises
    ------
    ParameterError
        If there is no such form.
    """
    if form not in FORMS:
        raise ParameterError("form", form, f"one of {', '.join(FORMS)}")
    return form


def write_plan(plan: CoursePlan, form: str, catalogue: Catalogue | None = None) -> bytes:
    """A plan in one of the forms.

    Parameters
    ----------
    catalogue : Catalogue | None
        Where the titles of competencies come from, which are written for people; without it they
        are left out.

    Raises
    ------
    ParameterError
        If there is no such form, or if a matrix would lose something: it has no place for content,
        dimensions, systems, pages and hours of an entry.
    """
    titles = {key: c.title for key, c in catalogue.competencies.items()} if catalogue else {}
    match check_form(form):
        case "json":
            text = json.dumps(plan_record(plan), ensure_ascii=False, indent=2) + "\n"
            return text.encode()
        case "yaml":
            return yaml.safe_dump(
                plan_record(plan), sort_keys=False, allow_unicode=True, width=100
            ).encode()
        case "csv":
            return write_csv(head_lines(plan), [LONG_COLUMNS, *_long_rows(plan, titles)])
        case "matrix":
            _check_matrix(plan)
            return write_csv(head_lines(plan), _matrix_rows(plan, titles))
        case _:
            return write_workbook(plan_tables(plan, titles), title=plan.programme or "Course plan")


def plan_record(plan: CoursePlan) -> Record:
    """A plan as nested JSON; what is empty is left out."""
    by_course = plan.by_course()
    head = {"programme": plan.programme, "level": plan.level.value, "edition": plan.edition}
    courses = []
    for course in plan.courses:
        record = _course_record(course)
        serves = [_entry_record(entry) for entry in by_course[course.code]]
        courses.append({**record, "serves": serves} if serves else record)
    return {**{key: value for key, value in head.items() if value}, "courses": courses}


def plan_tables(plan: CoursePlan, titles: Mapping[str, str]) -> list[Table]:
    """The sheets programme, courses and map."""
    head = {"programme": plan.programme, "level": plan.level.value, "edition": plan.edition}
    programme = [(key, head[key]) for key in PROGRAMME_FIELDS]
    courses = [_course_cells(course) for course in plan.courses]
    entries = [
        [cells[column] for column in MAP_COLUMNS]
        for cells in (_entry_cells(entry, titles) for entry in plan.entries)
    ]
    return [
        Table("programme", ("field", "value"), programme, (16, 60)),
        Table("courses", COURSE_FIELDS, courses, (14, 46, 8, 8, 10, 12, 10, 14), 1),
        Table("map", MAP_COLUMNS, entries, (14, 16, 40, 14, 46, 26, 26, 20, 8), 2),
    ]


def _course_record(course: Course) -> Record:
    return {
        "code": course.code,
        **({"title": course.title} if course.title else {}),
        **({} if course.hours is None else {"hours": _plain(course.hours)}),
        **({} if course.credits is None else {"credits": _plain(course.credits)}),
        "required": course.required,
        **({"term": course.term} if course.term else {}),
        "setting": course.setting.value,
        "level": course.level.value,
    }


def _entry_record(entry: Entry) -> Record:
    record: dict[str, Any] = {"competency": entry.competency, "depth": entry.depth.value}
    optional = {
        "content": entry.content,
        "dimensions": [*entry.dimensions],
        "systems": [*entry.systems],
        "page": entry.page,
        "hours": None if entry.hours is None else _plain(entry.hours),
    }
    return {**record, **{key: value for key, value in optional.items() if value}}


def _plain(number: float) -> int | float:
    """A whole number without its point."""
    return int(number) if number == int(number) else number


def _course_cells(course: Course) -> list[Cell]:
    return [
        course.code,
        course.title,
        None if course.hours is None else _plain(course.hours),
        None if course.credits is None else _plain(course.credits),
        "required" if course.required else "elective",
        course.term,
        course.setting.value,
        course.level.value,
    ]


def _entry_cells(entry: Entry, titles: Mapping[str, str]) -> dict[str, Cell]:
    return {
        "course": entry.course,
        "competency": entry.competency,
        "label": titles.get(entry.competency, ""),
        "depth": entry.depth.value,
        "content": entry.content,
        "dimensions": "; ".join(entry.dimensions),
        "systems": "; ".join(entry.systems),
        "page": entry.page,
        "hours": None if entry.hours is None else _plain(entry.hours),
    }


def head_lines(plan: CoursePlan) -> list[list[Cell]]:
    """What is said of a programme above a table."""
    head = {"programme": plan.programme, "level": plan.level.value, "edition": plan.edition}
    return [[f"# {key}: {value}"] for key, value in head.items() if value]


def _long_rows(plan: CoursePlan, titles: Mapping[str, str]) -> list[list[Cell]]:
    """One row an entry, and one for a course that has none."""
    rows: list[list[Cell]] = []
    by_course = plan.by_course()
    for course in plan.courses:
        about = dict(zip(LONG_COLUMNS[:8], _course_cells(course), strict=True))
        own = by_course[course.code]
        cells = [{**_entry_cells(entry, titles), **about} for entry in own] or [about]
        rows += [[row.get(column) for column in LONG_COLUMNS] for row in cells]
    return rows


def _check_matrix(plan: CoursePlan) -> None:
    for entry in plan.entries:
        lost = [column for column in ENTRY_FIELDS[2:] if getattr(entry, column)]
        if lost:
            message = (
                f"a form with a place for {' and '.join(lost)} ({entry.course}, "
                f"{entry.competency}): xlsx, csv, yaml or json"
            )
            raise ParameterError("form", "matrix", message)
    codes = [course.code for course in plan.courses]
    if "label" in (code.lower() for code in codes[:1]):
        raise ParameterError("form", "matrix", "courses whose first code is not 'label'")


def _matrix_rows(plan: CoursePlan, titles: Mapping[str, str]) -> list[Sequence[Cell]]:
    codes = [course.code for course in plan.courses]
    rows: list[Sequence[Cell]] = [["competency", "label", *codes]]
    about = [_course_cells(course) for course in plan.courses]
    for place, column in enumerate(MATRIX_FIELDS, start=1):
        values = [cells[place] for cells in about]
        if any(value not in (None, "") for value in values):
            rows.append([column, "", *values])
    depths: dict[tuple[str, str], list[str]] = {}
    for entry in plan.entries:
        depths.setdefault((entry.competency, entry.course), []).append(_CODES[entry.depth])

    def place_of(key: str) -> tuple[Any, ...]:
        return framework_of(key) != plan.edition, natural_key(key)

    for key in sorted({entry.competency for entry in plan.entries}, key=place_of):
        cells = [", ".join(depths.get((key, code), ())) for code in codes]
        rows.append([key, titles.get(key, ""), *cells])
    return rows


def write_csv(head: Iterable[Sequence[Cell]], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Rows as CSV in UTF-8, with nothing that a spreadsheet would take for a formula."""
    output = io.StringIO(newline="")
    writer = csv.writer(output, lineterminator="\n")
    for row in (*head, *rows):
        writer.writerow(["" if cell is None else guarded(str(cell)) for cell in row])
    return output.getvalue().encode()
