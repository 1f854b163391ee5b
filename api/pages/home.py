"""The home page: one sentence, a search, the matrix that most people come for, three doors."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from api.pages.matrix import Filters, crosswalks, matrix
from api.pages.view import View

if TYPE_CHECKING:
    from api.service import Service

#: The crosswalk on the home page, if the data have it; otherwise their first.
_FIRST: Final = "epas-2022--isp-2020"


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
    key = _FIRST if _FIRST in catalogue.crosswalks else next(iter(catalogue.crosswalks), None)
    if key is None:
        return View("home.html", title, {"holds": counts, "crosswalk": None}, about=about)
    found = catalogue.crosswalks[key]
    shown = matrix(service, found.subject_framework, found.object_framework, Filters(), cell)
    return replace(
        shown,
        template="home.html",
        title=title,
        record={**shown.record, "holds": counts, "outline": crosswalks(service).record["items"]},
        about=about,
        trail=(),
        section="",
    )
