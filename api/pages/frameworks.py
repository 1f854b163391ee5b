"""The pages of frameworks: all of them, and one with everything that it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.pages.columns import STATEMENTS
from api.pages.values import READING
from api.pages.view import Column, DataTable, View
from graph.records import framework_record

if TYPE_CHECKING:
    from api.service import Service
    from graph.catalogue import Catalogue
    from graph.model import Competency
    from graph.records import Record

_LIST = (
    Column("id", "Framework", "framework"),
    Column("title", "Title"),
    Column("publisher", "Publisher"),
    Column("issued", "Issued"),
    Column("statements", "Statements", "number"),
    Column("crosswalks", "Crosswalks", "number"),
    Column("reading", "How far it was read"),
)


def frameworks(service: Service) -> View:
    """All frameworks, by id."""
    catalogue = service.catalogue
    items = [framework_record(catalogue, f) for f in catalogue.frameworks.values()]
    rows = [
        {
            **item,
            "statements": sum(item["counts"].values()),
            "crosswalks": len(item["crosswalks"]),
            "reading": reading_of(catalogue, item["id"]),
        }
        for item in items
    ]
    return View(
        "frameworks.html",
        "Frameworks",
        {"items": items},
        about="The competency frameworks that the crosswalk knows, and how far each was read.",
        tables=(DataTable("frameworks", f"{len(rows)} frameworks", _LIST, rows),),
        section="frameworks",
    )


def reading_of(catalogue: Catalogue, key: str) -> str:
    """How far a framework was read, by its statements; what has none is listed as a source only."""
    read = [member.confidence for member in catalogue.by_framework.get(key, [])]
    if not read:
        return "statements not read"
    if len(set(read)) == 1:
        return READING.get(read[0], read[0])
    return f"{read.count('high')} of {len(read)} statements read in full"


def framework(service: Service, key: str) -> View:
    """One framework with its tree, and for each statement how many verdicts there are.

    Raises
    ------
    NotFoundError
        With the nearest ids.
    """
    catalogue = service.catalogue
    found = catalogue.framework(key)
    members = catalogue.by_framework.get(key, [])
    rows = [_row(catalogue, member) for member in members]
    counts = {row["id"]: row for row in rows}
    record = {
        "framework": framework_record(catalogue, found),
        "reading": reading_of(catalogue, key),
        "tree": [_branch(catalogue, m, counts) for m in members if not m.parent],
        "crosswalks": [
            {
                "id": crosswalk.id,
                "title": crosswalk.title,
                "from": crosswalk.subject_framework,
                "to": crosswalk.object_framework,
            }
            for crosswalk in catalogue.crosswalks.values()
            if key in (crosswalk.subject_framework, crosswalk.object_framework)
        ],
    }
    return View(
        "framework.html",
        found.title,
        record,
        about=found.description,
        tables=(DataTable("statements", f"{len(rows)} statements of {key}", STATEMENTS, rows),),
        trail=(("Frameworks", "/frameworks"),),
        section="frameworks",
    )


def _row(catalogue: Catalogue, member: Competency) -> Record:
    verdicts = catalogue.by_competency.get(member.id, [])
    return {
        "id": member.id,
        "level": member.level,
        "title": member.title,
        "description": member.description,
        "aligned": sum(a.aligned for a in verdicts),
        "not_aligned": sum(not a.aligned for a in verdicts),
    }


def _branch(catalogue: Catalogue, member: Competency, counts: dict[str, Record]) -> Record:
    below = catalogue.children.get(member.id, [])
    return {**counts[member.id], "children": [_branch(catalogue, c, counts) for c in below]}
