"""Course plans to fill in, with the real competencies of an edition and of a framework.

A template reads as a plan once it is filled in; before that, the reader says what is still missing.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import yaml

from graph.curriculum.carrying import usual_ends
from graph.curriculum.forms import LONG_COLUMNS, MAP_COLUMNS, MATRIX_FIELDS
from graph.curriculum.model import Course, CoursePlan, Depth, Level, Setting
from graph.curriculum.routes import TARGET_LEVELS, targets_of
from graph.curriculum.writing import (
    check_form,
    head_lines,
    plan_record,
    plan_tables,
    write_csv,
)
from graph.sheets import Table, write_workbook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.catalogue import Catalogue
    from graph.model import Competency
    from graph.records import Record

#: The course that stands in a template, to be replaced.
_SAMPLE: Final = Course("COURSE 101", "Title of the course", hours=45, credits=3, term="Fall 1")

_HOW_TO: Final = (
    ("programme", "What the programme is called, its level and the edition it is made to."),
    ("courses", "One row a course. required: required or elective. setting: class or field."),
    ("map", "One row for each competency or behavior that a course serves."),
    ("map: depth", "I introduces, P practises, D demonstrates."),
    ("map: content", "Reading, assignment or module."),
    ("map: dimensions", "Several with ; between. Also K, V, S, C/A."),
    ("map: systems", "Several with ; between."),
    ("map: page", "Document and page, for example: Syllabus p. 4."),
    ("map: hours", "Hours that the course spends on it."),
    ("matrix", "Instead of map you may add a sheet matrix: competency, then a column a course."),
    ("competencies", "All that can be named. It is there to copy from and is not read."),
)


def write_template(catalogue: Catalogue, form: str, edition: str = "", onto: str = "") -> bytes:
    """A plan to fill in.

    Parameters
    ----------
    form : str
        `xlsx`, `csv` (long), `matrix` (CSV), `yaml` or `json`.
    edition, onto : str
        Frameworks whose statements it lists; if empty, those of `usual_ends`.

    Raises
    ------
    ParameterError
        If there is no such form.
    NotFoundError
        If there is no such framework.
    """
    check_form(form)
    usual = usual_ends(catalogue)
    edition, onto = edition or usual[0], onto or usual[1]
    statements = _statements(catalogue, edition, onto)
    plan = CoursePlan("Name of the programme", Level.SPECIALISED, edition, (_SAMPLE,), ())
    if form == "xlsx":
        return _workbook(catalogue, plan, statements)
    if form == "csv":
        about = dict(zip(LONG_COLUMNS[:8], _sample_cells(), strict=True))
        rows = [[about.get(column, "") for column in LONG_COLUMNS]]
        for statement in statements:
            cells = {"competency": statement.id, "label": statement.title}
            rows.append([cells.get(column, "") for column in LONG_COLUMNS])
        return write_csv(head_lines(plan), [LONG_COLUMNS, *rows])
    if form == "matrix":
        sample = _sample_cells()
        head: list[Sequence[str]] = [("competency", "label", _SAMPLE.code)]
        head += [(name, "", sample[n]) for n, name in enumerate(MATRIX_FIELDS, start=1)]
        return write_csv(head_lines(plan), [*head, *((s.id, s.title, "") for s in statements)])
    record = plan_record(plan)
    if form == "json":
        listed = [{"id": s.id, "label": s.title} for s in statements]
        text = json.dumps({**record, "competencies": listed}, ensure_ascii=False, indent=2)
        return f"{text}\n".encode()
    return _yaml(record, statements)


def _statements(catalogue: Catalogue, edition: str, onto: str) -> list[Competency]:
    levels = (*TARGET_LEVELS, "behavior")
    keys = [*targets_of(catalogue, edition, levels)]
    if onto != edition:
        keys += targets_of(catalogue, onto)
    return [catalogue.competency(key) for key in keys]


def _sample_cells() -> list[str]:
    return [
        _SAMPLE.code, _SAMPLE.title, "45", "3", "required", _SAMPLE.term,
        Setting.CLASS.value, Level.GENERALIST.value,
    ]  # fmt: skip


def _workbook(catalogue: Catalogue, plan: CoursePlan, statements: Sequence[Competency]) -> bytes:
    programme, courses, entries = plan_tables(plan, {})
    words = {
        "depth": [f"{depth.value[0].upper()} = {depth.value}" for depth in Depth],
        "dimensions": [c.id for c in catalogue.concepts if c.scheme == "dimension"],
        "systems": [c.id for c in catalogue.concepts if c.scheme == "system"],
        "level": [level.value for level in Level],
        "setting": [setting.value for setting in Setting],
        "required": ["required", "elective"],
    }
    height = max(len(values) for values in words.values())
    lists = [
        [values[n] if n < len(values) else "" for values in words.values()] for n in range(height)
    ]
    sheets = [
        Table("how to", ("sheet", "what goes there"), _HOW_TO, (18, 90)),
        programme,
        courses,
        Table(entries.name, MAP_COLUMNS, (), entries.widths, entries.frozen_columns),
        Table(
            "competencies",
            ("id", "level", "title", "in our words"),
            [(s.id, s.level, s.title, s.description) for s in statements],
            (18, 12, 60, 90),
        ),
        Table("lists", tuple(words), lists, (16, 34, 14, 14, 10, 12)),
    ]
    return write_workbook(sheets, title="Course plan to fill in")


def _yaml(record: Record, statements: Sequence[Competency]) -> bytes:
    """The sample as YAML, with an entry to copy and every statement as a comment."""
    text = yaml.safe_dump(record, sort_keys=False, allow_unicode=True, width=100)
    lines = [
        "  serves: []",
        "# In place of [], one of these for each competency or behavior that the course serves:",
        "#  - competency: " + statements[0].id,
        "#    depth: introduces    # or practises, demonstrates",
        "#    content: Reading, assignment or module",
        "#    dimensions: [knowledge, values, skills, cognitive-and-affective-processes]",
        "#    systems: [individual, family, group, organization, community]",
        "#    page: Syllabus p. 4",
        "#    hours: 3",
        "#",
        "# What can be named:",
        *(f"# {statement.id:<18} {statement.title}" for statement in statements),
    ]
    return (text + "\n".join(lines) + "\n").encode()
