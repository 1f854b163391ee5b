"""The page of one alignment, and of any pair: what links two statements, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.pages.view import Column, DataTable, View
from graph.reasoning import explain
from graph.records import alignment_record, competency_record
from graph.terms import crosswalk_id, framework_of

if TYPE_CHECKING:
    from api.service import Service
    from graph.records import Record
    from graph.rules import Regime

_EVIDENCE = (
    Column("id", "Source"),
    Column("kind", "Kind"),
    Column("supports", "What it supports"),
    Column("citation", "Citation"),
    Column("url", "Address", "url"),
)


def alignment(service: Service, key: str) -> View:
    """One verdict with everything that is known of it.

    Raises
    ------
    NotFoundError
    """
    catalogue = service.catalogue
    found = catalogue.alignment(key)
    record = alignment_record(found)
    ends = [_end(service, end) for end in (found.subject_id, found.object_id)]
    return View(
        "alignment.html",
        f"{found.subject_id} and {found.object_id}",
        {
            "alignment": record,
            "subject": ends[0],
            "object": ends[1],
            "iri": catalogue.prefixes.expand(f"alignment:{found.id}"),
            "table": _table_of(found.subject_id, found.object_id),
        },
        about=found.rationale,
        tables=(
            DataTable(
                "evidence", f"{len(record['evidence'])} sources", _EVIDENCE, record["evidence"]
            ),
        ),
        trail=_trail(found.subject_id, found.object_id),
        section="crosswalks",
        scripts=("copy.js",),
    )


def pair(service: Service, a: str, b: str, regime: Regime) -> View:
    """What links any two statements under a regime, with the proof in sentences.

    Raises
    ------
    NotFoundError
        If there is no such statement.
    ParameterError
        If the two are one.
    """
    for key in (a, b):
        service.catalogue.competency(key)
    explanation = explain(service.facts, a, b, regime).record()
    return View(
        "pair.html",
        f"{a} and {b}",
        {
            "subject": _end(service, a),
            "object": _end(service, b),
            "explanation": explanation,
            "regime": regime.value,
        },
        about=explanation["sentences"][0],
        trail=_trail(a, b),
        section="crosswalks",
    )


def _end(service: Service, key: str) -> Record:
    catalogue = service.catalogue
    return competency_record(catalogue, catalogue.competency(key))


def _trail(subject: str, object_: str) -> tuple[tuple[str, str], ...]:
    ends = framework_of(subject), framework_of(object_)
    return (
        ("Crosswalks", "/crosswalks"),
        (f"{ends[0]} and {ends[1]}", f"/crosswalks/{ends[0]}/{ends[1]}"),
    )


def _table_of(subject: str, object_: str) -> str:
    """The table in which the verdict stands, for whoever disagrees."""
    pair_ = framework_of(subject), framework_of(object_)
    return f"ontology/crosswalks/{crosswalk_id(*pair_)}.sssom.tsv"
