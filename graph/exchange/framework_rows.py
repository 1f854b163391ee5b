"""A framework as rows of one flat table, as CSV, TSV and XLSX have it.

One statement a row, in published order. What is said of the framework itself stands in the columns
that begin with `framework_`, in the first row only. Somebody who writes such a table by hand needs
`code`, `level` and `title`, and in the first row `framework_title`, `framework_version` and
`framework_url`; everything else may stay empty or be left out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from graph.errors import SourcesError
from graph.exchange.grid import filled
from graph.exchange.incoming import Incoming, IncomingFramework
from graph.exchange.naming import slug
from graph.model import IMPORTED, Competency, Concept, Finding, Framework
from graph.terms import code_of, framework_of

if TYPE_CHECKING:
    from graph.catalogue import Catalogue
    from graph.exchange import Source
    from graph.exchange.grid import Grid
    from graph.tables import Row

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

REQUIRED: Final = (
    "level", "title", "framework_title", "framework_version", "framework_description",
    "framework_url",
)  # fmt: skip

_ID: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.()_-]*")


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


def read_framework(grid: Grid, source: Source) -> Incoming:
    """The framework of a table.

    Without a citation, that of the framework stands for a statement, and one of publisher, date and
    title for the framework; without a confidence, `imported`.

    Raises
    ------
    SourcesError
        With every problem of every row.
    """
    findings = [*grid.findings, *grid.column_findings(COLUMNS, REQUIRED)]
    if not {"id", "code"} & set(grid.head):
        findings.append(Finding(grid.path, grid.line, "needs a column 'code' or 'id'"))
    if not grid.rows and not findings:
        findings.append(Finding(grid.path, grid.line, "has no rows below its first"))
    if not grid.rows or any(finding.line == grid.line for finding in findings):
        raise SourcesError(sorted(findings))
    reader = _Reader(source, filled(grid.rows[0], COLUMNS))
    competencies = [
        reader.competency(filled(row, COLUMNS), place)
        for place, row in enumerate(grid.rows, start=1)
        if any(row.cells.get(column) for column in STATEMENT_COLUMNS)
    ]
    reader.check_parents()
    findings += reader.findings
    if findings or reader.framework is None:
        raise SourcesError(sorted(findings))
    found = IncomingFramework(
        framework=reader.framework,
        prefix_iri=reader.iris,
        competencies=tuple(competency for competency in competencies if competency),
        levels=tuple(reader.levels.values()),
    )
    return Incoming(frameworks=(found,), notes=tuple(grid.notes))


class _Reader:
    """Turns rows into a framework and its statements, and collects what is wrong."""

    def __init__(self, source: Source, first: Row) -> None:
        self.findings: list[Finding] = []
        self.levels: dict[str, Concept] = {}
        self.first = first
        self.known = {c.id for c in source.catalogue.concepts if c.scheme == "level"}
        self.codes: dict[str, int] = {}
        self.parents: list[tuple[Row, str]] = []
        given = first["framework_id"] or framework_of(first["id"])
        self.named = given
        self.id = source.framework_id or given or slug(first["framework_title"])
        base = source.catalogue.prefixes.iris
        own = base.get(self.id) or f"{base['framework']}{self.id}/"
        # Under another name it is another framework, which cannot have the same IRIs.
        self.iris = (first["framework_iris"] if given in ("", self.id) else "") or own
        self.framework = self._framework(first)

    def _find(self, row: Row, column: str, message: str) -> None:
        self.findings.append(row.finding(f"column {column!r}: {message}"))

    def _framework(self, row: Row) -> Framework | None:
        before = len(self.findings)
        if not _ID.fullmatch(self.id):
            message = f"{self.id!r} is no short name like nursing-2021; lower case and hyphens"
            self._find(row, "framework_id", message)
        for column in REQUIRED:
            if column.startswith("framework_") and not row[column]:
                self._find(row, column, "must be filled in the first row")
        if row["framework_url"]:
            self._url(row, "framework_url")
        if not re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+[/#=:]", self.iris):
            message = f"{self.iris!r} is no web address that ends in / or #"
            self._find(row, "framework_iris", message)
        issued = row["framework_issued"]
        if not re.fullmatch(r"(\d{4}(-\d{2}(-\d{2})?)?)?", issued):
            self._find(row, "framework_issued", f"{issued!r} is no year, month or day like 2026-11")
        confidence = self._confidence(row, "framework_confidence", "")
        if len(self.findings) > before:
            return None
        title, publisher = row["framework_title"], row["framework_publisher"]
        year = f" ({issued})" if issued else ""
        made = f"{publisher or title}{year}. {title}." if publisher else f"{title}{year}."
        return Framework(
            id=self.id,
            title=title,
            version=row["framework_version"],
            issued=issued,
            publisher=publisher,
            description=row["framework_description"],
            citation=row["framework_citation"] or made,
            url=row["framework_url"],
            confidence=confidence,
            revision_of=row["framework_revision_of"] or None,
            note=row["framework_note"],
        )

    def competency(self, row: Row, position: int) -> Competency | None:
        """The statement of a row; `None`, with findings, if it is wrong."""
        before = len(self.findings)
        if row is not self.first and row.line != self.first.line:
            for column in FRAMEWORK_COLUMNS:
                if row[column] and row[column] != self.first[column]:
                    self._find(row, column, "differs from the first row, where it belongs")
        code = row["code"] or code_of(row["id"])
        if row["id"] and row["id"] != f"{self.named}:{code}":
            self._find(row, "id", f"{row['id']!r} is not {self.named}:{code}; correct one of them")
        elif not _CODE.fullmatch(code):
            message = f"{code!r} is no code of letters, digits, dots and hyphens"
            self._find(row, "code", message)
        elif code in self.codes:
            self._find(row, "code", f"{code!r} stands already on line {self.codes[code]}")
        else:
            self.codes[code] = row.line
        theirs = f"{self.first['framework_iris']}{code}"
        if row["iri"] and self.first["framework_iris"] and row["iri"] != theirs:
            self._find(row, "iri", f"{row['iri']!r} is not {theirs!r}; correct framework_iris")
        if not row["title"]:
            self._find(row, "title", "must not be empty")
        if row["url"]:
            self._url(row, "url")
        level = self._level(row)
        fallback = self.framework.confidence if self.framework else IMPORTED
        confidence = self._confidence(row, "confidence", fallback)
        if confidence != IMPORTED and not row["description"]:
            message = "must not be empty, unless the confidence is imported"
            self._find(row, "description", message)
        parent = row["parent"]
        if parent:
            parent = code_of(parent) if framework_of(parent) == self.named else parent
            self.parents.append((row, parent))
        if len(self.findings) > before or self.framework is None:
            return None
        return Competency(
            id=f"{self.id}:{code}",
            framework=self.id,
            code=code,
            level=level,
            parent=f"{self.id}:{parent}" if parent else None,
            title=row["title"],
            description=row["description"],
            citation=row["citation"] or self.framework.citation,
            url=row["url"] or self.framework.url,
            confidence=confidence,
            position=position,
        )

    def check_parents(self) -> None:
        """Every parent is a code of the table, and no statement contains itself."""
        parent_of = {row["code"] or code_of(row["id"]): parent for row, parent in self.parents}
        for row, parent in self.parents:
            if parent not in self.codes:
                self._find(row, "parent", f"{parent!r} is no code of this table")
                continue
            seen: set[str] = set()
            place = row["code"] or code_of(row["id"])
            while place in parent_of and place not in seen:
                seen.add(place)
                place = parent_of[place]
            if place in seen:
                self._find(row, "parent", f"leads back to {place!r}: a statement contains itself")

    def _level(self, row: Row) -> str:
        level = slug(row["level"])
        if not level:
            self._find(row, "level", "must not be empty; for example competency")
        elif level not in self.known and self.framework and level not in self.levels:
            title = self.framework.title
            self.levels[level] = Concept(
                scheme="level",
                id=level,
                label=row["level"],
                definition=f"a kind of statement of {title}, by the name that it has there",
                broader=None,
                source=f"{title} {self.framework.url}",
            )
        return level

    def _confidence(self, row: Row, column: str, fallback: str) -> str:
        confidence = row[column] or fallback or IMPORTED
        if confidence not in ("high", "medium", IMPORTED):
            self._find(row, column, f"{confidence!r} is none of high, medium, imported")
        return confidence

    def _url(self, row: Row, column: str) -> None:
        if not re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", row[column]):
            self._find(row, column, f"{row[column]!r} is no web address")
