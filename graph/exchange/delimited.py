"""Alignments as CSV (RFC 4180) and TSV: one a line, with ids, codes, labels and IRIs of both ends.

Cells are exact. A spreadsheet may read a cell that begins with `=` as a formula; what is meant
for spreadsheets is another format.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from graph.terms import code_of

if TYPE_CHECKING:
    from graph.exchange import Selection
    from graph.model import Alignment
    from graph.terms import Prefixes

COLUMNS: Final = (
    "id", "subject_id", "subject_code", "subject_label", "subject_iri", "verdict", "relation",
    "strength", "confidence", "object_id", "object_code", "object_label", "object_iri",
    "rationale", "direction", "aims", "evidence", "status", "author", "date", "change",
    "justification",
)  # fmt: skip


def write(selection: Selection, name: str) -> bytes:
    """The selection with a header row; CRLF in CSV, LF in TSV."""
    output = io.StringIO()
    tabs = name == "tsv"
    writer = csv.writer(
        output, delimiter="\t" if tabs else ",", lineterminator="\n" if tabs else "\r\n"
    )
    writer.writerow(COLUMNS)
    prefixes = selection.catalogue.prefixes
    writer.writerows(_cells(alignment, prefixes) for alignment in selection.alignments)
    return output.getvalue().encode()


def _cells(a: Alignment, prefixes: Prefixes) -> tuple[str, ...]:
    return (
        a.id,
        a.subject_id,
        code_of(a.subject_id),
        a.subject_label,
        prefixes.expand(a.subject_id),
        a.verdict,
        a.relation,
        a.strength or "",
        str(a.confidence),
        a.object_id,
        code_of(a.object_id),
        a.object_label,
        prefixes.expand(a.object_id),
        a.rationale,
        a.direction or "",
        " ".join(a.aims),
        " ".join(evidence.url for evidence in a.evidence),
        a.status,
        a.author,
        a.date,
        a.change or "",
        a.justification,
    )
