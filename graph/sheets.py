"""Spreadsheets in and out: bounded when read, and never a formula when written.

An XLSX file is a ZIP of XML. It is refused before a parser sees it if it would unfold to more than
it may, and its XML is read by parsers that know no entities (openpyxl uses defusedxml where that is
installed). Sheets are read as text: what a cell shows, not what a formula would compute.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Final

from graph.bounded import check_size, refusal
from graph.errors import SourcesError
from graph.model import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Largest spreadsheet, packed and unpacked, in bytes, and the most rows and columns of a sheet.
MOST_PACKED: Final = 16 * 1024 * 1024
MOST_UNPACKED: Final = 128 * 1024 * 1024
MOST_ROWS: Final = 100_000
MOST_COLUMNS: Final = 500
MOST_CELLS: Final = 5_000_000  # of one sheet, empty ones with them: each takes memory
MOST_CELL: Final = 32_767  # what Excel itself allows, in characters
_MOST_PARTS: Final = 2_000
_MOST_RATIO: Final = 200
#: A DOCTYPE can stand only before the first element; comments before it are not that long.
_MOST_PROLOG: Final = 64 * 1024

#: What `zipfile` raises for an archive whose bytes were changed, encrypted, or cut off.
_BROKEN: Final = (
    zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, ValueError, RuntimeError,
)  # fmt: skip

#: Height of a line and of the highest row that Excel knows, in points.
_LINE_POINTS: Final = 15
_MOST_ROW_POINTS: Final = 409

#: What makes a spreadsheet read a text as a formula or a command.
_ACTIVE: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet as text.

    Attributes
    ----------
    rows : list[tuple[int, list[str]]]
        Number of each row that is not empty, counted from 1 as the program shows it, and its cells;
        all rows are as wide as the widest.
    """

    name: str
    rows: list[tuple[int, list[str]]]


def looks_like_xlsx(raw: bytes) -> bool:
    """Whether a file begins as a ZIP does, and so every XLSX."""
    return raw[:4] == b"PK\x03\x04"


def read_sheets(
    raw: bytes, name: str, *, most_unpacked: int = MOST_UNPACKED, most_cells: int = MOST_CELLS
) -> list[Sheet]:
    """All visible sheets of an XLSX file, in their order.

    Parameters
    ----------
    most_unpacked : int
        Most bytes that it may unfold to.
    most_cells : int
        Most cells of one sheet: its rows that are not empty, times the columns of the widest.

    Raises
    ------
    SourcesError
        If it is no XLSX file, is too large packed or unpacked, or holds a formula: what a formula
        shows depends on the program that opens it.
    """
    check_size(raw, name, MOST_PACKED)
    _check_archive(raw, name, most_unpacked)
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, keep_links=False)
        try:
            read = [
                _read_sheet(sheet, name, most_cells)
                for sheet in book.worksheets
                if sheet.sheet_state == "visible"
            ]
        finally:
            book.close()
    except SourcesError:
        raise
    except Exception as error:  # a broken file breaks openpyxl in every way, also between rows
        told = str(error).partition("\n")[0] or type(error).__name__
        message = f"cannot be read as XLSX: {told}; save it anew in a spreadsheet program"
        raise refusal(name, 1, message) from None
    formulas = [finding for _, findings in read for finding in findings]
    if formulas:
        raise SourcesError(formulas)
    return [sheet for sheet, _ in read]


def _check_archive(raw: bytes, name: str, most_unpacked: int) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = archive.infolist()
    except _BROKEN:
        raise refusal(name, 1, "is no XLSX file; save it as an Excel workbook (.xlsx)") from None
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names:
        raise refusal(name, 1, "is an archive, but no XLSX file")
    if any(part.filename.endswith("vbaProject.bin") for part in parts):
        raise refusal(name, 1, "holds macros; save it as .xlsx without them")
    unpacked = sum(part.file_size for part in parts)
    crammed = any(
        part.file_size > 1_000_000 and part.file_size > _MOST_RATIO * max(part.compress_size, 1)
        for part in parts
    )
    if unpacked > most_unpacked or crammed or len(parts) > _MOST_PARTS:
        message = (
            f"unfolds to {unpacked:,} bytes in {len(parts)} parts, more than is read "
            f"({most_unpacked:,}); delete empty rows and pictures, or save it anew"
        )
        raise refusal(name, 1, message)
    _check_parts(raw, parts, name)


def _check_parts(raw: bytes, parts: Sequence[zipfile.ZipInfo], name: str) -> None:
    """Refuse entities before a parser meets them; no program writes any into a workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    with archive.open(part) as opened:
                        declared = b"<!DOCTYPE" in opened.read(_MOST_PROLOG)
                    if declared:
                        message = f"part {part.filename} declares XML entities (DOCTYPE); "
                        raise refusal(name, 1, message + "save it anew in a spreadsheet program")
    except _BROKEN:
        message = "is a broken or encrypted archive; save it anew as .xlsx without a password"
        raise refusal(name, 1, message) from None


def _read_sheet(sheet: Any, name: str, most_cells: int) -> tuple[Sheet, list[Finding]]:
    """A sheet, and a finding for each formula in it."""
    place = f"{name}#{sheet.title}"
    rows: list[tuple[int, list[str]]] = []
    formulas: list[Finding] = []
    width = 0
    sheet.reset_dimensions()  # what the file claims may be wrong, or a lie
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if number > MOST_ROWS or len(cells) > MOST_COLUMNS:
            message = (
                f"is larger than {MOST_ROWS:,} rows or {MOST_COLUMNS} columns; split the sheet"
            )
            raise refusal(place, number, message)
        texts = []
        for cell in cells:
            if cell.data_type == "f":
                message = f"cell {cell.coordinate} is a formula; paste its value instead"
                formulas.append(Finding(place, number, message))
                continue
            text = _shown(cell.value)
            if len(text) > MOST_CELL:
                raise refusal(place, number, f"cell {cell.coordinate} is longer than {MOST_CELL:,}")
            texts.append(text)
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            rows.append((number, texts))
            width = max(width, len(texts))
            if len(rows) * width > most_cells:
                message = (
                    f"has more than {most_cells:,} cells; split it, or delete what is not needed"
                )
                raise refusal(place, number, message)
    for _, texts in rows:
        texts.extend([""] * (width - len(texts)))
    return Sheet(sheet.title, rows), formulas


def _shown(value: Any) -> str:
    """What a cell shows, as near as its value tells: 3 and not 3.0."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value).strip()


def guarded(text: str) -> str:
    """A text for a CSV that a spreadsheet will open: never a formula.

    A leading apostrophe makes every spreadsheet show the cell as text. A text that begins so
    already gets one more, so that `unguarded` gives back every text as it was.
    """
    return f"'{text}" if text.lstrip("'").startswith(_ACTIVE) else text


def unguarded(text: str) -> str:
    """The text that `guarded` was given."""
    return text[1:] if text[:1] == "'" and text.lstrip("'").startswith(_ACTIVE) else text


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet to write: a header row, rows of cells, and how wide each column is.

    Attributes
    ----------
    rows : Sequence[Sequence[str | int | float | None]]
        Numbers become numbers; text stays text, whatever it begins with.
    widths : Sequence[int]
        In characters; columns beyond keep the standard width.
    frozen_columns : int
        Columns that stay in sight beside the frozen header row.
    """

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[str | int | float | None]]
    widths: Sequence[int] = ()
    frozen_columns: int = 0


def write_workbook(tables: Sequence[Table], *, title: str, about: str = "") -> bytes:
    """An XLSX file with frozen headers and filters; the same tables give the same bytes.

    Text is written as text cells, so that nothing in it is ever a formula or a link.
    """
    import xlsxwriter

    output = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(output, options) as book:
        # A fixed date: the same content must be the same file.
        book.set_properties({"title": title, "comments": about, "created": datetime(2000, 1, 1)})
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        cell = book.add_format({"text_wrap": True, "valign": "top"})
        for table in tables:
            _write_sheet(book, table, head, cell)
    return output.getvalue()


def _write_sheet(book: Any, table: Table, head: Any, cell: Any) -> None:
    sheet = book.add_worksheet(sheet_name(table.name))
    for column, text in enumerate(table.header):
        sheet.write_string(0, column, text, head)
    for number, row in enumerate(table.rows, start=1):
        for column, value in enumerate(row):
            if value is None or value == "":
                continue
            if isinstance(value, int | float) and not isinstance(value, bool):
                sheet.write_number(number, column, value, cell)
            else:
                sheet.write_string(number, column, str(value)[:MOST_CELL], cell)
    for column, width in enumerate(table.widths):
        sheet.set_column(column, column, width)
    # Not every program finds the height of a row whose text is wrapped by itself.
    for number, row in enumerate([table.header, *table.rows]):
        lines = _most_lines(row, table.widths)
        if lines > 1:
            sheet.set_row(number, min(lines * _LINE_POINTS, _MOST_ROW_POINTS))
    sheet.freeze_panes(1, table.frozen_columns)
    if table.header:
        sheet.autofilter(0, 0, max(len(table.rows), 1), len(table.header) - 1)
    sheet.repeat_rows(0)
    sheet.hide_gridlines(0)  # print them: paper has no other lines
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _most_lines(row: Sequence[str | int | float | None], widths: Sequence[int]) -> int:
    """About how many lines the fullest cell of a row takes, where words are not broken."""
    return max(
        (
            sum(-(-len(line) // max(width - 1, 1)) or 1 for line in str(cell).split("\n"))
            for cell, width in zip(row, widths, strict=False)
            if isinstance(cell, str)
        ),
        default=1,
    )


def sheet_name(text: str) -> str:
    """A name that spreadsheets accept: short, without brackets, slashes and the like."""
    cleaned = "".join("-" if c in "[]:*?/\\" else c for c in text).strip("'")
    return cleaned[:31] or "Sheet"
