"""Alignments as rows of one flat table, as CSV, TSV and XLSX have it.

One alignment a row, with ids, codes, labels and IRIs of both ends. What says the same twice must
agree: a code with its id, a label with its statement, the id of the alignment with its decision.
Somebody who writes such a table by hand needs the columns of `REQUIRED`; the others may stay empty
or be left out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Final

from graph.errors import SourcesError
from graph.exchange.grid import filled
from graph.exchange.incoming import UNSTATED_LICENSE, Incoming, IncomingCrosswalk
from graph.model import (
    CURATED,
    IMPORTED,
    Alignment,
    Direction,
    Evidence,
    Finding,
    Relation,
    Strength,
    Verdict,
)
from graph.nearest import nearest
from graph.terms import alignment_id, code_of, crosswalk_id, framework_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from enum import StrEnum
    from typing import TypeVar

    from graph.catalogue import Catalogue
    from graph.exchange import Source
    from graph.exchange.grid import Grid
    from graph.tables import Row
    from graph.terms import Prefixes

    Choice = TypeVar("Choice", bound=StrEnum)

COLUMNS: Final = (
    "id", "subject_id", "subject_code", "subject_label", "subject_iri", "verdict", "relation",
    "strength", "confidence", "object_id", "object_code", "object_label", "object_iri",
    "rationale", "direction", "aims", "evidence", "evidence_supports", "status", "author", "date",
    "change", "justification",
)  # fmt: skip

REQUIRED: Final = (
    "subject_id", "relation", "confidence", "object_id", "rationale", "author", "date",
)  # fmt: skip

_JUSTIFICATION: Final = re.compile(r"semapv:[A-Za-z]+")
_CONFIDENCE: Final = re.compile(r"(0|1)(\.\d{1,3}0*)?")


def alignment_cells(a: Alignment, prefixes: Prefixes) -> tuple[str, ...]:
    """One alignment by `COLUMNS`."""
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
        "|".join(evidence.supports for evidence in a.evidence),
        a.status,
        a.author,
        a.date,
        a.change or "",
        a.justification,
    )


def read_alignments(grid: Grid, source: Source) -> Incoming:
    """The alignments of a table, by the crosswalks that they belong to.

    Raises
    ------
    SourcesError
        With every problem of every row.
    """
    findings = [*grid.findings, *grid.column_findings(COLUMNS, REQUIRED)]
    if any(finding.line == grid.line for finding in findings):
        raise SourcesError(sorted(findings))
    reader = _Reader(source.catalogue)
    found = [reader.alignment(filled(row, COLUMNS)) for row in grid.rows]
    findings += reader.findings
    if not grid.rows and not findings:
        findings.append(Finding(grid.path, grid.line, "has no rows below its first"))
    if findings:
        raise SourcesError(sorted(findings))
    by_pair: dict[tuple[str, str], list[Alignment]] = defaultdict(list)
    for alignment in found:
        if alignment:
            pair = framework_of(alignment.subject_id), framework_of(alignment.object_id)
            by_pair[pair].append(alignment)
    crosswalks = tuple(
        _crosswalk(source, pair, alignments) for pair, alignments in sorted(by_pair.items())
    )
    return Incoming(crosswalks=crosswalks, notes=tuple(grid.notes))


def _crosswalk(
    source: Source, pair: tuple[str, str], alignments: Iterable[Alignment]
) -> IncomingCrosswalk:
    known = source.catalogue.crosswalks.get(crosswalk_id(*pair))
    one, other = (source.catalogue.frameworks[key] for key in pair)
    return IncomingCrosswalk(
        subject_framework=one.id,
        object_framework=other.id,
        title=known.title if known else f"{one.title} to {other.title}",
        description=known.description
        if known
        else f"Alignments that were read from {source.name}.",
        license=known.license if known else UNSTATED_LICENSE,
        alignments=tuple(alignments),
    )


class _Reader:
    """Turns rows into alignments and collects what is wrong."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.findings: list[Finding] = []
        self.lines: dict[frozenset[str], int] = {}
        self.evidence = {
            evidence.url: evidence
            for alignment in catalogue.alignments.values()
            for evidence in alignment.evidence
        }
        self.terms = {
            scheme: [concept.id for concept in catalogue.concepts if concept.scheme == scheme]
            for scheme in ("aim", "status")
        }

    def alignment(self, row: Row) -> Alignment | None:
        """The alignment of a row; `None`, with findings, if it is wrong."""
        before = len(self.findings)
        status = row["status"] or "proposed"
        imported = status == IMPORTED
        verdict = Verdict.ALIGNED if not row["verdict"] else self._choice(row, "verdict", Verdict)
        relation = self._choice(row, "relation", Relation)
        unstated = imported or verdict is Verdict.NOT_ALIGNED
        strength = self._choice(row, "strength", Strength, empty=unstated)
        direction = self._choice(row, "direction", Direction, empty=True)
        if status not in self.terms["status"]:
            self._find(row, "status", f"{status!r} is none of {', '.join(self.terms['status'])}")
        for aim in row["aims"].split():
            if aim not in self.terms["aim"]:
                self._find(row, "aims", f"{aim!r} is none of {', '.join(self.terms['aim'])}")
        for end in ("subject", "object"):
            self._end(row, end)
        self._pair(row, imported=imported)
        for column in ("rationale", *(() if imported else ("author", "date"))):
            if not row[column]:
                self._find(row, column, "must not be empty")
        self._author(row)
        self._date(row)
        if not _CONFIDENCE.fullmatch(row["confidence"]) or float(row["confidence"]) > 1:
            message = f"{row['confidence']!r} is no number from 0 to 1 like 0.65"
            self._find(row, "confidence", message)
        justification = row["justification"] or CURATED
        if not _JUSTIFICATION.fullmatch(justification):
            self._find(row, "justification", f"{justification!r} is no term of semapv")
        key = ""
        if verdict and relation:
            modifier = "" if verdict is Verdict.ALIGNED else "Not"
            key = alignment_id(row["subject_id"], modifier, relation.predicate_id, row["object_id"])
            if row["id"] and row["id"] != key:
                message = (
                    f"{row['id']!r} is of another decision than this row; empty the cell where you "
                    "changed the pair, the relation or the verdict"
                )
                self._find(row, "id", message)
        evidence = self._evidence(row, key)
        if len(self.findings) > before or relation is None or verdict is None:
            return None
        competencies = self.catalogue.competencies
        return Alignment(
            id=key,
            subject_id=row["subject_id"],
            subject_label=competencies[row["subject_id"]].title,
            relation=relation,
            object_id=row["object_id"],
            object_label=competencies[row["object_id"]].title,
            verdict=verdict,
            strength=strength,
            confidence=float(row["confidence"]),
            rationale=row["rationale"],
            direction=direction,
            aims=tuple(row["aims"].split()),
            evidence=evidence,
            status=status,
            author=row["author"],
            date=row["date"],
            change=row["change"] or None,
            justification=justification,
        )

    def _find(self, row: Row, column: str, message: str) -> None:
        self.findings.append(row.finding(f"column {column!r}: {message}"))

    def _choice(
        self, row: Row, column: str, choices: type[Choice], *, empty: bool = False
    ) -> Choice | None:
        if empty and not row[column]:
            return None
        try:
            return choices(row[column])
        except ValueError:
            self._find(row, column, f"{row[column]!r} is none of {', '.join(choices)}")
            return None

    def _end(self, row: Row, end: str) -> None:
        """One end: a known statement, and code, label and IRI that agree with it."""
        key = row[f"{end}_id"]
        competency = self.catalogue.competencies.get(key)
        if competency is None:
            names = nearest(key, self.catalogue.competencies)
            hint = f"; did you mean {' or '.join(names)}?" if names else ""
            self._find(row, f"{end}_id", f"{key!r} is no competency of the workspace{hint}")
            return
        same = {
            f"{end}_code": competency.code,
            f"{end}_label": competency.title,
            f"{end}_iri": self.catalogue.prefixes.expand(key),
        }
        for column, value in same.items():
            if row[column] and row[column] != value:
                message = f"{row[column]!r} is not {value!r} as {end}_id says; correct one of them"
                self._find(row, column, message)

    def _pair(self, row: Row, *, imported: bool) -> None:
        ends = frozenset((row["subject_id"], row["object_id"]))
        if len({framework_of(end) for end in ends}) < len(ends) or len(ends) == 1:
            self._find(row, "object_id", "is of the same framework as subject_id")
        elif ends in self.lines and not imported:
            message = f"line {self.lines[ends]} judges the same pair; keep one of the two"
            self._find(row, "object_id", message)
        self.lines.setdefault(ends, row.line)

    def _author(self, row: Row) -> None:
        prefix, colon, name = row["author"].partition(":")
        if row["author"] and (not colon or not name or prefix not in self.catalogue.prefixes.iris):
            message = f"{row['author']!r} is no name with a known prefix, like agent:project"
            self._find(row, "author", message)

    def _date(self, row: Row) -> None:
        try:
            sound = not row["date"] or date.fromisoformat(row["date"]).isoformat() == row["date"]
        except ValueError:
            sound = False
        if not sound:
            self._find(row, "date", f"{row['date']!r} is no date like 2026-11-23")

    def _evidence(self, row: Row, key: str) -> tuple[Evidence, ...]:
        urls = row["evidence"].split()
        supports = [text.strip() for text in row["evidence_supports"].split("|") if text.strip()]
        known = self.catalogue.alignments.get(key)
        if known and not supports and [e.url for e in known.evidence] == urls:
            return known.evidence
        if len(urls) != len(supports):
            message = f"has {len(supports)} texts for {len(urls)} addresses; part them by |"
            self._find(row, "evidence_supports", message)
            return ()
        items = []
        for url, text in zip(urls, supports, strict=True):
            if not re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", url):
                self._find(row, "evidence", f"{url!r} is no web address")
            source = self.evidence.get(url)
            if source:
                items.append(Evidence(source.id, source.kind, source.citation, url, text))
            else:
                items.append(Evidence("", "publication", url, url, text))
        return tuple(items)
