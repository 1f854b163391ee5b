"""A document as a spreadsheet (XLSX): what is said on the first sheet, then a sheet a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.documents import Bullets, Paragraph, shown
from graph.sheets import Table as Sheet
from graph.sheets import sheet_name, write_workbook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.documents import Cell, Document, Span


def write(document: Document) -> bytes:
    """The document with frozen header rows and filters; every text is text, never a formula."""
    said = tuple(_said(document))
    sheets = [Sheet("About", ("Part", "Text"), said, widths=(30, 100))]
    taken = {"about"}
    for table in document.tables():
        name = _free_name(shown(table.name), taken)
        sheets.append(
            Sheet(
                name,
                [shown(column.title) for column in table.columns],
                [[_cell(cell) for cell in row] for row in table.rows] or [[shown(table.empty)]],
                widths=[column.width for column in table.columns],
                frozen_columns=table.heads,
            )
        )
    return write_workbook(sheets, title=shown(document.title), about=shown(document.subject))


def _said(document: Document) -> Iterator[tuple[str, str]]:
    """Everything that does not stand in a table, with the part that it stands in."""
    yield "Title", shown(document.title)
    for section in document.sections:
        title = shown(section.title)
        for block in section.blocks:
            if isinstance(block, Paragraph):
                yield title, _text(block.spans)
            elif isinstance(block, Bullets):
                for item in block.items:
                    yield title, _text(item)
            else:
                for note in block.notes:
                    yield title, shown(note)


def _text(spans: tuple[Span, ...]) -> str:
    return "".join(
        shown(span.text) + (f" ({span.link})" if span.link and span.link != span.text else "")
        for span in spans
    )


def _cell(value: Cell) -> str | int | float | None:
    return shown(value) if isinstance(value, str) else value


def _free_name(name: str, taken: set[str]) -> str:
    """A name for a sheet that no other sheet has, whatever its case."""
    base = found = sheet_name(name)
    number = 1
    while found.lower() in taken:
        number += 1
        found = f"{base[: 28 - len(str(number))]} ({number})"
    taken.add(found.lower())
    return found
