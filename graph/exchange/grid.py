"""Rows of somebody's table with their places, before anybody asks what they mean.

CSV, TSV and XLSX differ only in how they come to be a `Grid`. Cells are text without line breaks
and tabs: our own tables have one row a line.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graph.model import Finding
from graph.tables import Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: Characters that part lines or cells, whatever the file is.
_BREAKS: Final = re.compile(r"[ \t]*[\t\n\v\f\r\x85\u2028\u2029]+[ \t]*")


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as it was read.

    Attributes
    ----------
    path : str
        Of the file, and of the sheet after a `#`.
    head : tuple[str, ...]
        Column names, which stand at `line`.
    rows : list[Row]
        Every row has every column of the head.
    findings, notes : list[Finding]
        What is wrong, and what was read otherwise than it stands.
    """

    path: str
    line: int
    head: tuple[str, ...]
    rows: list[Row]
    findings: list[Finding]
    notes: list[Finding]

    @classmethod
    def of(cls, path: str, lines: Iterable[tuple[int, Sequence[str]]]) -> Grid:
        """Make one of numbered lines of cells, the first of which has the names of the columns."""
        numbered = iter(lines)
        line, names = next(numbered, (1, ()))
        head = tuple(name.strip() for name in names)
        while head and not head[-1]:
            head = head[:-1]  # a spreadsheet pads to the widest row
        grid = cls(path, line, head, [], [], [])
        for number, cells in numbered:
            grid._take(number, cells)
        return grid

    def _take(self, number: int, cells: Sequence[str]) -> None:
        width = len(self.head)
        beyond = [cell for cell in cells[width:] if cell.strip()]
        if not any(cell.strip() for cell in cells):
            return
        if beyond or len(cells) < width:
            message = f"has {len(cells)} cells, not {width} as the first row; is a comma unquoted?"
            self.findings.append(Finding(self.path, number, message))
            return
        texts = {}
        for name, cell in zip(self.head, cells, strict=False):
            texts[name] = text = _BREAKS.sub(" ", cell.strip())
            if text != cell.strip():
                message = f"column {name!r}: a line break or tab was read as a space"
                self.notes.append(Finding(self.path, number, message))
            strange = next((c for c in text if unicodedata.category(c) in ("Cc", "Cs")), "")
            if strange:
                message = f"column {name!r} holds the control character {strange!r}; delete it"
                self.findings.append(Finding(self.path, number, message))
        self.rows.append(Row(texts, self.path, number))

    def column_findings(self, known: Sequence[str], required: Iterable[str]) -> list[Finding]:
        """What is wrong with the names of the columns."""
        unknown = [name for name in self.head if name not in known]
        twice = sorted({name for name in self.head if self.head.count(name) > 1})
        missing = [name for name in required if name not in self.head]
        faults = []
        if unknown:
            faults.append(
                f"unknown columns {', '.join(map(repr, unknown))}; known: {', '.join(known)}"
            )
        if twice:
            faults.append(f"columns {', '.join(map(repr, twice))} stand twice; keep one of each")
        if missing:
            faults.append(f"missing columns {', '.join(map(repr, missing))}")
        return [Finding(self.path, self.line, fault) for fault in faults]


def filled(row: Row, columns: Sequence[str]) -> Row:
    """A row that has every known column; one that the file does not have is empty."""
    return Row({**dict.fromkeys(columns, ""), **row.cells}, row.path, row.line)
