"""Alignments and frameworks as CSV (RFC 4180) and TSV, one alignment or statement a line.

Cells are exact. A spreadsheet may read a cell that begins with `=` as a formula; what is meant
for spreadsheets is another format.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from graph.exchange import framework_rows
from graph.terms import code_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graph.catalogue import Catalogue
    from graph.exchange import Selection
    from graph.model import Alignment, Framework
    from graph.terms import Prefixes

COLUMNS: Final = (
    "id", "subject_id", "subject_code", "subject_label", "subject_iri", "verdict", "relation",
    "strength", "confidence", "object_id", "object_code", "object_label", "object_iri",
    "rationale", "direction", "aims", "evidence", "status", "author", "date", "change",
    "justification",
)  # fmt: skip


def write(selection: Selection, name: str) -> bytes:
    """The selection with a header row; CRLF in CSV, LF in TSV."""
    prefixes = selection.catalogue.prefixes
    rows = (_cells(alignment, prefixes) for alignment in selection.alignments)
    return _table(COLUMNS, rows, name)


def write_framework(catalogue: Catalogue, framework: Framework, name: str) -> bytes:
    """A framework's statements in published order, with a header row."""
    return _table(framework_rows.COLUMNS, framework_rows.framework_rows(catalogue, framework), name)


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]], name: str) -> bytes:
    output = io.StringIO()
    tabs = name == "tsv"
    writer = csv.writer(
        output, delimiter="\t" if tabs else ",", lineterminator="\n" if tabs else "\r\n"
    )
    writer.writerow(columns)
    writer.writerows(rows)
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
