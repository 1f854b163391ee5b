"""Alignments and frameworks as CSV (RFC 4180) and TSV, one alignment or statement a line.

In CSV, which spreadsheets open, a cell that they would take for a formula, because it begins with
`=`, `+`, `-` or `@`, has an apostrophe before it; reading takes that away again. TSV is exact.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from graph.bounded import decode_text, refusal
from graph.exchange import framework_rows
from graph.exchange.alignment_rows import COLUMNS, alignment_cells, read_alignments
from graph.exchange.grid import Grid
from graph.sheets import MOST_COLUMNS, MOST_ROWS, guarded, unguarded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from graph.catalogue import Catalogue
    from graph.exchange import Selection, Source
    from graph.exchange.incoming import Incoming
    from graph.model import Framework


def write(selection: Selection, name: str) -> bytes:
    """The selection with a header row; CRLF in CSV, LF in TSV."""
    prefixes = selection.catalogue.prefixes
    rows = (alignment_cells(alignment, prefixes) for alignment in selection.alignments)
    return _table(COLUMNS, rows, name)


def write_framework(catalogue: Catalogue, framework: Framework, name: str) -> bytes:
    """A framework's statements in published order, with a header row."""
    return _table(framework_rows.COLUMNS, framework_rows.framework_rows(catalogue, framework), name)


def read(raw: bytes, source: Source) -> Incoming:
    """Alignments, if the first row has the column `subject_id`; otherwise a framework.

    Raises
    ------
    SourcesError
        With every problem of every row.
    """
    text = decode_text(raw, source.name)
    first = text.partition("\n")[0]
    delimiter = "\t" if "\t" in first else ","
    if delimiter == "," and first.count(";") > first.count(","):
        message = "parts its cells by semicolons; save it as CSV with commas, or as TSV"
        raise refusal(source.name, 1, message)
    grid = Grid.of(source.name, _lines(text, delimiter, source.name))
    if "subject_id" in grid.head:
        return read_alignments(grid, source)
    return framework_rows.read_framework(grid, source)


def _lines(text: str, delimiter: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Cells with the number of the line on which each row begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            message = f"cannot be read: {error}; a quotation mark inside a cell is written twice"
            raise refusal(name, line, message) from None
        if line > MOST_ROWS or len(cells) > MOST_COLUMNS:
            message = f"is larger than {MOST_ROWS:,} rows or {MOST_COLUMNS} columns; split the file"
            raise refusal(name, line, message)
        yield line, cells if delimiter == "\t" else [unguarded(cell) for cell in cells]


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]], name: str) -> bytes:
    output = io.StringIO()
    tabs = name == "tsv"
    writer = csv.writer(
        output, delimiter="\t" if tabs else ",", lineterminator="\n" if tabs else "\r\n"
    )
    writer.writerow(columns)
    writer.writerows(rows if tabs else ([guarded(cell) for cell in row] for row in rows))
    return output.getvalue().encode()
