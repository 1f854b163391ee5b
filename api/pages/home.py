"""The home page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.pages.view import View

if TYPE_CHECKING:
    from api.service import Service


def home(service: Service) -> View:
    """One sentence, a search, and where to go."""
    catalogue = service.catalogue
    record = {
        "frameworks": len(catalogue.frameworks),
        "competencies": len(catalogue.competencies),
        "alignments": len(catalogue.alignments),
    }
    return View("home.html", "Competency crosswalk", record)
