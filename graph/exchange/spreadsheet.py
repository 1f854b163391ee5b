"""Alignments and frameworks as XLSX: text cells with frozen headers and filters, never formulas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from graph.bounded import refusal
from graph.exchange import framework_rows
from graph.exchange.alignment_rows import COLUMNS, alignment_cells, read_alignments
from graph.exchange.grid import Grid
from graph.records import matrix_record
from graph.sheets import Table, read_sheets, write_workbook

if TYPE_CHECKING:
    from graph.catalogue import Catalogue
    from graph.exchange import Selection, Source
    from graph.exchange.incoming import Incoming
    from graph.model import Crosswalk, Framework

#: Sheets that are read back; the others are for people.
_READ: Final = ("alignments", "framework")

_ALIGNMENT_WIDTHS: Final = (
    18, 16, 10, 32, 16, 12, 10, 10, 10, 16, 10, 32, 16, 60, 18, 20, 20, 20, 10, 14, 12, 12, 20,
)  # fmt: skip
_FRAMEWORK_WIDTHS: Final = (18, 10, 12, 18, 40, 60, 20, 30, 30, 11)

#: How a verdict looks in a cell of the matrix.
_NOT_ALIGNED: Final = "\u2013"


def write(selection: Selection, _name: str) -> bytes:
    """Sheets `alignments`, `about`, and for a whole crosswalk `matrix`."""
    catalogue, crosswalk = selection.catalogue, selection.crosswalk
    rows = [alignment_cells(a, catalogue.prefixes) for a in selection.alignments]
    tables = [Table("alignments", COLUMNS, rows, _ALIGNMENT_WIDTHS, 2)]
    about = [("release", catalogue.release), ("alignments", str(len(rows)))]
    if crosswalk:
        tables.append(_matrix(catalogue, crosswalk))
        about = [
            ("crosswalk", crosswalk.id),
            ("title", crosswalk.title),
            ("description", crosswalk.description),
            ("license", crosswalk.license),
            *about,
        ]
    title = crosswalk.title if crosswalk else "Alignments"
    return _book([*tables, Table("about", ("what", "value"), about, (16, 100))], title)


def write_framework(catalogue: Catalogue, framework: Framework, _name: str) -> bytes:
    """Sheets `framework` (one statement a row) and `about`."""
    rows = framework_rows.framework_rows(catalogue, framework)
    about = (("release", catalogue.release), ("source", framework.citation))
    tables = [
        Table("framework", framework_rows.COLUMNS, rows, _FRAMEWORK_WIDTHS, 1),
        Table("about", ("what", "value"), about, (16, 100)),
    ]
    return _book(tables, framework.title)


def _book(tables: list[Table], title: str) -> bytes:
    return write_workbook(tables, title=title, about="Competency crosswalk")


def _matrix(catalogue: Catalogue, crosswalk: Crosswalk) -> Table:
    """Subjects down, objects across; empty where nobody judged the pair."""
    matrix = matrix_record(catalogue, crosswalk)
    rows = []
    for row in matrix["rows"]:
        cells = []
        for cell in row["cells"]:
            if cell is None:
                cells.append("")
            elif cell["verdict"] == "aligned":
                cells.append(" ".join(filter(None, (cell["relation"], cell["strength"]))))
            else:
                cells.append(_NOT_ALIGNED)
        rows.append((f"{row['id']} {row['title']}", *cells))
    heads = [f"{column['id']} {column['title']}" for column in matrix["columns"]]
    head = f"{crosswalk.subject_framework} \\ {crosswalk.object_framework}"
    return Table("matrix", (head, *heads), rows, (40, *(16 for _ in heads)), 1)


def read(raw: bytes, source: Source) -> Incoming:
    """The sheet `alignments` or `framework`, or the only sheet there is.

    Raises
    ------
    SourcesError
        With every problem of every row, by the number that the program shows.
    """
    sheets = read_sheets(raw, source.name)
    found = [sheet for sheet in sheets if sheet.name.lower() in _READ]
    found = found or (sheets if len(sheets) == 1 else [])
    if len(found) != 1:
        names = ", ".join(repr(sheet.name) for sheet in sheets)
        message = f"needs one sheet that is named alignments or framework; it has {names}"
        raise refusal(source.name, 1, message)
    (sheet,) = found
    grid = Grid.of(f"{source.name}#{sheet.name}", sheet.rows)
    if "subject_id" in grid.head:
        return read_alignments(grid, source)
    return framework_rows.read_framework(grid, source)
