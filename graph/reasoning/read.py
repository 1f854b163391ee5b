"""Other people's alignments: reads and checks an SSSOM table fast enough for a registry.

What is not sound is left out and reported with its line; what is sound but no SKOS mapping
relation (for example an orthology) is counted and left out, because no rule here speaks of it.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graph.errors import SourcesError
from graph.model import Finding, Relation
from graph.reasoning.facts import Facts, Statement, collector_paused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

_REQUIRED: Final = ("subject_id", "predicate_id", "object_id", "mapping_justification")
_BUILT_IN: Final = frozenset({"owl", "rdf", "rdfs", "semapv", "skos", "sssom", "xsd", "linkml"})
_PREFIX: Final = re.compile(r"#\s+([A-Za-z0-9_.-]+)\s*:\s*(\S+)\s*\Z")
_RELATIONS: Final = {relation.predicate_id: relation for relation in Relation}
_MODIFIERS: Final = {"": False, "Not": True}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a table holds.

    Attributes
    ----------
    statements : list[Statement]
        Sound rows with a SKOS mapping relation, negative ones too, in the order of the file.
    others : Mapping[str, int]
        Sound rows with another predicate, counted by predicate.
    findings : list[Finding]
        Rows left out because they break the format, one finding each.
    """

    statements: list[Statement]
    others: Mapping[str, int]
    findings: list[Finding]


def read_sssom(path: Path) -> Reading:
    """Alignments of an SSSOM table with its metadata embedded (SSSOM 1.0 and 1.1).

    Checked: that each row has a cell for each column, that identifiers are CURIEs with declared
    prefixes, that a justification is given, that confidence is between 0 and 1, and that a
    modifier is `Not`. O(rows).

    Raises
    ------
    SourcesError
        If the file has no table, or lacks a required column.
    """
    try:
        with collector_paused(), path.open(encoding="utf-8", newline="") as file:
            return _read(file, path.as_posix())
    except (UnicodeDecodeError, csv.Error) as error:
        raise SourcesError([Finding(path.as_posix(), 1, f"no SSSOM table: {error}")]) from error


def facts_of(readings: Iterable[Reading]) -> Facts:
    """All that some tables say, as facts to reason from."""
    statements = [statement for reading in readings for statement in reading.statements]
    return Facts.from_statements(
        (s for s in statements if not s.negated), denied=(s for s in statements if s.negated)
    )


def _read(file: Iterable[str], name: str) -> Reading:
    prefixes, lines = set(_BUILT_IN), iter(file)
    length = 0
    heading = ""
    in_map = False
    for heading in lines:
        length += 1
        if not heading.startswith("#"):
            break
        if heading[1:2].strip():
            in_map = heading.startswith("#curie_map:")
        elif in_map and (found := _PREFIX.match(heading.rstrip())):
            prefixes.add(found[1])
    columns = heading.rstrip("\r\n").split("\t")
    missing = [column for column in _REQUIRED if column not in columns]
    if missing:
        message = f"no SSSOM table: there is no column {', '.join(missing)}"
        raise SourcesError([Finding(name, max(length, 1), message)])
    rows = csv.reader(lines, delimiter="\t", strict=True)
    return _Rows(columns, prefixes, name, length).read(rows)


class _Rows:
    """Checks rows against the columns and prefixes of their table."""

    def __init__(self, columns: list[str], prefixes: set[str], name: str, length: int) -> None:
        self.columns, self.prefixes, self.name, self.length = columns, prefixes, name, length
        self.statements: list[Statement] = []
        self.others: Counter[str] = Counter()
        self.findings: list[Finding] = []

    def read(self, rows: Iterator[list[str]]) -> Reading:
        """Every row, in order."""
        width, prefixes = len(self.columns), self.prefixes
        place = {column: number for number, column in enumerate(self.columns)}
        empty = width  # a column that every row lacks: one empty cell is added to each
        subject_at, predicate_at, object_at, reason_at, author_at, confidence_at, modifier_at = (
            place.get(column, empty)
            for column in (*_REQUIRED, "author_id", "confidence", "predicate_modifier")
        )
        for number, row in enumerate(rows, start=self.length + 1):
            if len(row) != width:
                self._find(number, f"{len(row)} cells in {width} columns")
                continue
            row.append("")
            subject, predicate, object_ = row[subject_at], row[predicate_at], row[object_at]
            fault = _fault(prefixes, subject, predicate, object_, row[reason_at])
            modifier, given = row[modifier_at], row[confidence_at]
            if not fault and modifier not in _MODIFIERS:
                fault = f"predicate_modifier {modifier!r} is not Not"
            confidence = None
            if not fault and given:
                try:
                    confidence = float(given)
                except ValueError:
                    confidence = -1.0
                if not 0 <= confidence <= 1:
                    fault = f"confidence {given!r} is not between 0 and 1"
            if fault:
                self._find(number, fault)
            elif relation := _RELATIONS.get(predicate):
                self.statements.append(
                    Statement(
                        subject, relation, object_, confidence, row[author_at],
                        negated=_MODIFIERS[modifier],
                    )
                )  # fmt: skip
            else:
                self.others[predicate] += 1
        return Reading(self.statements, dict(sorted(self.others.items())), self.findings)

    def _find(self, line: int, message: str) -> None:
        self.findings.append(Finding(self.name, line, message))


def _fault(prefixes: set[str], subject: str, predicate: str, object_: str, reason: str) -> str:
    """What is wrong with the required cells; empty if nothing is."""
    for curie in (subject, predicate, object_, reason):
        prefix, colon, local = curie.partition(":")
        if not colon or not local or prefix not in prefixes or local.isspace():
            return f"{curie!r} is no CURIE with a declared prefix" if curie else "a cell is empty"
    return ""
