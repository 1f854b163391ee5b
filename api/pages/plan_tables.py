"""What is said of a course plan, as tables and matrices of the page.

The tables are those of `graph.curriculum.report`, so that page, terminal and Markdown say the same
in the same words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from api.pages.view import Column, DataTable
from graph.curriculum.model import Depth
from graph.curriculum.report import sections
from graph.terms import framework_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.catalogue import Catalogue
    from graph.curriculum.analysis import Analysis
    from graph.records import Record

#: How a page writes the columns of a report, by their heads; the others are text.
_KINDS: Final = {
    "Statement": "competency",
    "Competency": "competency",
    "Strength": "reached",
    "Now": "reached",
    "Best route": "route",
    "I": "number",
    "P": "number",
    "D": "number",
    "Covered": "number",
    "Of": "number",
    "Score": "number",
}

_LETTERS: Final = {Depth.INTRODUCES: "I", Depth.PRACTISES: "P", Depth.DEMONSTRATES: "D"}


def analysis_record(analysis: Analysis, catalogue: Catalogue) -> Record:
    """An analysis as the API has it, with its sentences and two matrices beside.

    `depths` has a row for each course and a column for each competency of the edition; a cell holds
    the letters I, P and D of what the course does with it or a behavior of it. `reached` has a
    column for each statement of the other framework.
    """
    said = {section.key: list(section.lines) for section in sections(analysis)}
    return {
        **analysis.record(),
        "sentences": said,
        "depths": _depths(analysis, catalogue),
        "reached": _reached(analysis),
    }


def analysis_tables(analysis: Analysis) -> tuple[DataTable, ...]:
    """The tables of a report, and both matrices, to be shown and downloaded."""
    found = []
    for section in sections(analysis):
        heads = [head for head, _ in section.columns]
        if not heads:
            continue
        columns = tuple(Column(_key(head), head, _KINDS.get(head, "text")) for head in heads)
        rows = [
            {column.key: cell for column, cell in zip(columns, row, strict=True)}
            for row in (_filled(section.rows) if section.key == "proposals" else section.rows)
        ]
        caption = f"{section.title}: {len(rows)} {'row' if len(rows) == 1 else 'rows'}"
        found.append(DataTable(section.key, caption, columns, rows))
    return tuple(found)


def _key(head: str) -> str:
    return head.lower().replace(" ", "_")


def _filled(rows: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Rows whose first cells say again what they only say once in a report: each stands alone."""
    found: list[tuple[str, ...]] = []
    for row in rows:
        found.append(row if row[0] else (*found[-1][:3], *row[3:]))
    return found


def matrix_table(name: str, caption: str, matrix: Record) -> DataTable:
    """A matrix of the page as a table with one column for each statement."""
    columns = (
        Column("course", "Course"),
        Column("title", "Title"),
        *(Column(column["id"], column["id"]) for column in matrix["columns"]),
    )
    rows = [
        {
            "course": row["course"],
            "title": row["title"],
            **{cell["id"]: cell["text"] for cell in row["cells"]},
        }
        for row in matrix["rows"]
    ]
    return DataTable(name, caption, columns, rows)


def _depths(analysis: Analysis, catalogue: Catalogue) -> Record:
    plan = analysis.plan
    statements = [one.id for one in analysis.coverage.competencies]
    found: dict[tuple[str, str], set[Depth]] = {}
    for entry in plan.entries:
        if framework_of(entry.competency) == plan.edition:
            parent = catalogue.competency(entry.competency).parent
            whole = entry.competency if entry.competency in statements else parent or ""
            found.setdefault((entry.course, whole), set()).add(entry.depth)
    return {
        "columns": [{"id": key, "title": analysis.titles[key]} for key in statements],
        "rows": [
            {
                "course": course.code,
                "title": course.title,
                "cells": [
                    _depth_cell(key, found.get((course.code, key), set())) for key in statements
                ],
            }
            for course in plan.courses
        ],
    }


def _depth_cell(key: str, depths: set[Depth]) -> Record:
    ordered = [depth for depth in Depth if depth in depths]
    return {
        "id": key,
        "text": " ".join(_LETTERS[depth] for depth in ordered),
        "deepest": ordered[-1].value if ordered else None,
    }


def _reached(analysis: Analysis) -> Record:
    targets = [one for group in analysis.groups for one in group.targets]
    routes = {(one.target, r.course): r for one in targets for r in one.best_by_course()}
    rows = []
    for course in analysis.plan.courses:
        cells = []
        for one in targets:
            route = routes.get((one.target, course.code))
            how = None if route is None else "direct" if route.direct else route.strength.value
            weakest = route.weakest if route else None
            cells.append(
                {
                    "id": one.target,
                    "text": how or "",
                    "over": route.entry.competency if route and not route.direct else None,
                    "alignment": weakest.alignment if weakest else None,
                }
            )
        rows.append({"course": course.code, "title": course.title, "cells": cells})
    return {
        "columns": [{"id": one.target, "title": analysis.titles[one.target]} for one in targets],
        "rows": rows,
    }
