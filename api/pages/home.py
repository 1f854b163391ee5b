"""The home page: one sentence, a search, the matrix that most people come for, three doors."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from api.pages.matrix import Filters, matrix
from api.pages.view import View

if TYPE_CHECKING:
    from api.service import Service
    from graph.records import Record


def home(service: Service, cell: str = "") -> View:
    """Where people arrive."""
    catalogue = service.catalogue
    counts = {
        "frameworks": len(catalogue.frameworks),
        "competencies": len(catalogue.competencies),
        "verdicts": len(catalogue.alignments),
        "crosswalks": len(catalogue.crosswalks),
    }
    title = "Competency crosswalk"
    about = (
        "Which social work competencies align with which competencies of implementation support "
        "practitioners, why, and how sure we are."
    )
    found = catalogue.usual_crosswalk()
    if found is None:
        return View(
            "home.html", title, {"holds": counts, "crosswalk": None, "example": None}, about=about
        )
    shown = matrix(service, found.subject_framework, found.object_framework, Filters(), cell)
    return replace(
        shown,
        template="home.html",
        title=title,
        record={
            **shown.record,
            "holds": counts,
            "example": _example(shown),
        },
        about=about,
        trail=(),
        section="",
    )


def _example(shown: View) -> Record | None:
    """The row with the most strong alignments, to begin with; None if there is no row."""

    def best(row: Record) -> int:
        return sum(cell["strength"] == "strong" for cell in row["cells"])

    row = max(shown.record["rows"], key=best, default=None)
    return {"id": row["id"], "title": row["title"]} if row else None
