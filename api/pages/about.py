"""About: what the content is, how it was made, how far to trust it, whose it is, how to cite it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from api.pages.frameworks import reading_of
from api.pages.view import Column, DataTable, View
from graph import __version__

if TYPE_CHECKING:
    from api.service import Service
    from graph.records import Record

_READ = (
    Column("id", "Framework", "framework"),
    Column("statements", "Statements", "number"),
    Column("in_full", "Read in full", "number"),
    Column("in_part", "Read in part", "number"),
    Column("note", "How far it was read"),
    Column("publisher", "Rights"),
    Column("citation", "Cite"),
)
_EVIDENCE = (
    Column("id", "Source"),
    Column("kind", "Kind", "terms"),
    Column("citation", "Citation"),
    Column("url", "Address", "url"),
    Column("cited", "Cited by", "number"),
)


def about(service: Service) -> View:
    """Everything that one should know before relying on the crosswalk."""
    catalogue = service.catalogue
    alignments = catalogue.alignments.values()
    rows = [_read(service, key) for key in catalogue.frameworks]
    evidence = _evidence(service)
    record = {
        "counts": {
            "frameworks": len(catalogue.frameworks),
            "statements": len(catalogue.competencies),
            "crosswalks": len(catalogue.crosswalks),
            "verdicts": len(catalogue.alignments),
            "aligned": sum(a.aligned for a in alignments),
            "with_evidence": sum(bool(a.evidence) for a in alignments),
        },
        "statuses": dict(sorted(Counter(a.status for a in alignments).items())),
        "authors": sorted({a.author for a in alignments if a.author}),
        "newest": max((a.date for a in alignments), default=""),
        "hash": catalogue.release,
        "software": __version__,
        "evidence": evidence,
        "frameworks": rows,
    }
    return View(
        "about.html",
        "About",
        record,
        about="What the crosswalk is, how it was made, how far to trust it, how to cite it.",
        tables=(
            DataTable("read", f"How far {len(rows)} frameworks were read", _READ, rows),
            DataTable(
                "evidence", f"{len(evidence)} sources that alignments cite", _EVIDENCE, evidence
            ),
        ),
        section="about",
        scripts=("copy.js",),
    )


def _read(service: Service, key: str) -> Record:
    framework = service.catalogue.frameworks[key]
    members = service.catalogue.by_framework.get(key, [])
    by_reading = Counter(member.confidence for member in members)
    return {
        "id": key,
        "statements": len(members),
        "in_full": by_reading["high"],
        "in_part": by_reading["medium"],
        "reading": reading_of(service.catalogue, key),
        "note": framework.note,
        "publisher": framework.publisher,
        "citation": framework.citation,
    }


def _evidence(service: Service) -> list[Record]:
    """Each source once, with how many alignments cite it."""
    cited: Counter[str] = Counter()
    found = {}
    for alignment in service.catalogue.alignments.values():
        for source in alignment.evidence:
            cited[source.id] += 1
            found[source.id] = source
    return [
        {
            "id": key,
            "kind": source.kind,
            "citation": source.citation,
            "url": source.url,
            "cited": cited[key],
        }
        for key, source in sorted(found.items())
    ]
