"""The page of one competency: what it is, what it aligns with and why, what changed, what helps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.pages.columns import PARTNERS
from api.pages.values import READING
from api.pages.view import DataTable, View
from graph.model import Strength
from graph.records import competency_record, partner_record
from graph.rules import Regime
from graph.terms import framework_of

if TYPE_CHECKING:
    from api.service import Service
    from graph.catalogue import Catalogue
    from graph.model import Alignment
    from graph.records import Record


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
    judged = catalogue.alignments_of(key, verdict=None)
    editions = [a for a in judged if between_editions(catalogue, a)]
    across = [partner_record(a, key) for a in judged if a.aligned and a not in editions]
    refused = [partner_record(a, key) for a in judged if not a.aligned and a not in editions]
    changes = [partner_record(a, key) for a in editions if a.aligned]
    derived = [
        partner_record(a, key)
        for a in service.derived(Regime.PRACTICE)
        if key in (a.subject_id, a.object_id)
    ]
    record = {
        "competency": competency_record(catalogue, found),
        "reading": READING.get(found.confidence, found.confidence),
        "framework": {"id": framework.id, "title": framework.title, "version": framework.version},
        "siblings": _siblings(catalogue, key),
        "counterpart": counterpart(catalogue, found.framework),
        "alignments": across,
        "by_strength": _by_strength(across),
        "not_aligned": refused,
        "editions": changes,
        "derived": derived,
        "aims": sorted({aim for a in across for aim in a["aims"]}),
        "iri": catalogue.prefixes.expand(key),
        "citation": _citation(service, found.id, found.title),
    }
    return View(
        "competency.html",
        f"{found.id} {found.title}",
        record,
        about=found.description or found.title,
        tables=(
            DataTable("alignments", f"{len(across)} alignments of {key}", PARTNERS, across),
            DataTable("not-aligned", f"{len(refused)} pairs judged not aligned", PARTNERS, refused),
            DataTable("editions", f"{key} in other editions", PARTNERS, changes),
            DataTable(
                "derived", f"{len(derived)} links that follow from others", PARTNERS, derived
            ),
        ),
        trail=(
            ("Frameworks", "/frameworks"),
            (framework.id, f"/frameworks/{framework.id}"),
            *((p.id, f"/competencies/{p.id}") for p in reversed(catalogue.ancestors(key))),
        ),
        section="frameworks",
        scripts=("copy.js",),
    )


def counterpart(catalogue: Catalogue, framework: str) -> str | None:
    """The framework of another kind that a framework has a crosswalk with; None if there is none.

    Editions of one framework are no counterpart of each other.
    """
    for crosswalk in catalogue.crosswalks.values():
        ends = [crosswalk.subject_framework, crosswalk.object_framework]
        if framework in ends:
            one, other = (catalogue.framework(end) for end in ends)
            if other.id != one.revision_of and one.id != other.revision_of:
                return other.id if one.id == framework else one.id
    return None


def between_editions(catalogue: Catalogue, alignment: Alignment) -> bool:
    """Whether an alignment joins two editions of one framework."""
    ends = [framework_of(end) for end in (alignment.subject_id, alignment.object_id)]
    one, other = (catalogue.framework(end) for end in ends)
    return other.id == one.revision_of or one.id == other.revision_of


def _by_strength(partners: list[Record]) -> list[Record]:
    """Alignments in groups, the strongest first; those without a stated strength last."""
    groups = [
        {
            "strength": strength,
            "alignments": [p for p in partners if p["strength"] == strength],
        }
        for strength in (*(s.value for s in Strength), None)
    ]
    return [group for group in groups if group["alignments"]]


def _siblings(catalogue: Catalogue, key: str) -> Record:
    """The statements before and after this one in published order, for paging."""
    found = catalogue.competency(key)
    members = [m for m in catalogue.by_framework[found.framework] if m.level == found.level]
    place = [m.id for m in members].index(key)
    before = members[place - 1] if place else None
    after = members[place + 1] if place + 1 < len(members) else None
    return {
        name: {"id": m.id, "title": m.title} if m else None
        for name, m in (("before", before), ("after", after))
    }


def _citation(service: Service, name: str, title: str) -> str:
    release = service.catalogue.release[:12]
    return f"Competency Crosswalk project: {name} {title}. Competency crosswalk, release {release}."
