"""The page of one competency: what it is, what it aligns with and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.pages.view import Column, DataTable, View
from graph.records import competency_record, partner_record

if TYPE_CHECKING:
    from api.service import Service

_PARTNERS = (
    Column("partner_id", "Competency", "competency"),
    Column("partner_label", "Title"),
    Column("relation_to_partner", "Relation", "relation"),
    Column("strength", "Strength", "strength"),
    Column("confidence", "Confidence", "confidence"),
    Column("rationale", "Why"),
    Column("id", "Alignment", "alignment"),
)


def competency(service: Service, key: str) -> View:
    """One competency.

    Raises
    ------
    NotFoundError
        With the nearest CURIEs.
    """
    catalogue = service.catalogue
    found = catalogue.competency(key)
    framework = catalogue.framework(found.framework)
    partners = [partner_record(a, key) for a in catalogue.alignments_of(key)]
    record = {
        "competency": competency_record(catalogue, found),
        "framework": {"id": framework.id, "title": framework.title, "version": framework.version},
        "alignments": partners,
    }
    return View(
        "competency.html",
        f"{found.id} {found.title}",
        record,
        about=found.description,
        tables=(
            DataTable(
                "alignments", f"{len(partners)} alignments of {found.id}", _PARTNERS, partners
            ),
        ),
        trail=(
            ("Frameworks", "/frameworks"),
            (framework.id, f"/frameworks/{framework.id}"),
            *((p.id, f"/competencies/{p.id}") for p in reversed(catalogue.ancestors(key))),
        ),
        section="frameworks",
    )
