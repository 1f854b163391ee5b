"""A framework as rows of one flat table, as CSV, TSV and XLSX have it.

One statement a row, in published order. What is said of the framework itself stands in the columns
that begin with `framework_`, in the first row only. Somebody who writes such a table by hand needs
`code`, `level` and `title`, and in the first row `framework_title`, `framework_version` and
`framework_url`; everything else may stay empty or be left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from graph.catalogue import Catalogue
    from graph.model import Competency, Framework

#: What is said of one statement.
STATEMENT_COLUMNS: Final = (
    "id", "code", "level", "parent", "title", "description", "iri", "citation", "url",
    "confidence",
)  # fmt: skip

#: What is said of the framework; `framework_iris` is how the IRIs of its statements begin.
FRAMEWORK_COLUMNS: Final = (
    "framework_id", "framework_title", "framework_version", "framework_issued",
    "framework_publisher", "framework_description", "framework_citation", "framework_url",
    "framework_confidence", "framework_revision_of", "framework_note", "framework_iris",
)  # fmt: skip

COLUMNS: Final = (*STATEMENT_COLUMNS, *FRAMEWORK_COLUMNS)


def framework_rows(catalogue: Catalogue, framework: Framework) -> list[tuple[str, ...]]:
    """Rows by `COLUMNS`; a framework without statements has one, about itself alone."""
    members = catalogue.by_framework.get(framework.id, [])
    rows = [statement_cells(catalogue, member) for member in members]
    rows = rows or [("",) * len(STATEMENT_COLUMNS)]
    first, empty = framework_cells(catalogue, framework), ("",) * len(FRAMEWORK_COLUMNS)
    return [(*row, *(empty if number else first)) for number, row in enumerate(rows)]


def statement_cells(catalogue: Catalogue, c: Competency) -> tuple[str, ...]:
    """One statement by `STATEMENT_COLUMNS`."""
    iri = catalogue.prefixes.expand(c.id)
    parent = c.parent or ""
    return (
        c.id, c.code, c.level, parent, c.title, c.description, iri, c.citation, c.url, c.confidence,
    )  # fmt: skip


def framework_cells(catalogue: Catalogue, f: Framework) -> tuple[str, ...]:
    """The framework itself by `FRAMEWORK_COLUMNS`."""
    return (
        f.id, f.title, f.version, f.issued, f.publisher, f.description, f.citation, f.url,
        f.confidence, f.revision_of or "", f.note, catalogue.prefixes.iris[f.id],
    )  # fmt: skip
