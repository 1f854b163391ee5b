"""The page of one alignment, and of any pair: what links two statements, and why."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from api.pages.addresses import page_of
from api.pages.values import REGIME_WORDS, author_words, counted
from api.pages.view import Column, DataTable, View
from graph.reasoning import explain
from graph.records import alignment_record, competency_record
from graph.terms import crosswalk_id, framework_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.service import Service
    from graph.records import Record
    from graph.rules import Regime

#: What a sentence of a proof names by a code: verdicts, statements, authors.
_CITED: Final = re.compile(r"(\[[0-9a-f]{16}\]|[a-z][a-z0-9-]*:[A-Za-z0-9.-]*[A-Za-z0-9])")

_EVIDENCE = (
    Column("id", "Source"),
    Column("kind", "Kind", "terms"),
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
        _both(ends),
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
                "evidence",
                counted(len(record["evidence"]), "source") + " of the reason",
                _EVIDENCE,
                record["evidence"],
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
    ends = [_end(service, end) for end in (a, b)]
    return View(
        "pair.html",
        _both(ends),
        {
            "subject": ends[0],
            "object": ends[1],
            "explanation": explanation,
            "says": [_linked(service, s, regime) for s in explanation["sentences"]],
            "regime": regime.value,
        },
        about=explanation["sentences"][0],
        trail=_trail(a, b),
        section="crosswalks",
    )


def _end(service: Service, key: str) -> Record:
    catalogue = service.catalogue
    return competency_record(catalogue, catalogue.competency(key))


def _both(ends: Sequence[Record]) -> str:
    return " and ".join(f"{end['id']} {end['title']}" for end in ends)


def _linked(service: Service, sentence: str, regime: Regime) -> list[Record]:
    """A sentence of a proof for a page: names for codes, and links to what it cites.

    Each part is a text, with the path that it leads to or None.
    """
    catalogue = service.catalogue
    parts: list[Record] = []
    sentence = sentence.replace(f"derived, regime {regime}", f"derived {REGIME_WORDS[regime]}")
    for piece in _CITED.split(sentence):
        key = piece.strip("[]")
        if piece.startswith("[") and key in catalogue.alignments:
            parts.append({"text": "(the verdict)", "path": page_of("alignment", key)})
        elif piece in catalogue.competencies:
            parts.append({"text": piece, "path": page_of("competency", piece)})
        elif piece:
            parts.append({"text": author_words(piece), "path": None})
    return parts


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
