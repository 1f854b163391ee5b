"""A document as a Word file (DOCX), by the primitives of `graph.word`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from graph.documents import Bullets, Paragraph, shown
from graph.word import WordFile

if TYPE_CHECKING:
    from graph.documents import Document, Table

#: Most characters that the columns of a table may take across the short and the long side of the
#: paper, at the size of the text in tables.
_UPRIGHT_ROOM: Final = 96
_TURNED_ROOM: Final = 136


def write(document: Document) -> bytes:
    """The document with a title, headings, numbered captions and pages.

    Pages are turned where a table needs it; a table that is too wide even then comes in parts.
    """
    turned = any(table.width > _UPRIGHT_ROOM for table in document.tables())
    file = WordFile(
        shown(document.title),
        subject=shown(document.subject),
        footer=shown(document.footer),
        language=document.language,
        paper=document.paper,
        landscape=turned,
    )
    for section in document.sections:
        file.heading(shown(section.title), new_page=section.new_page)
        for block in section.blocks:
            if isinstance(block, Paragraph):
                file.paragraph(block.spans, small=block.small)
            elif isinstance(block, Bullets):
                file.bullets(block.items)
            else:
                for part in block.parts(_TURNED_ROOM):
                    _table(file, part)
    return file.save()


def _table(file: WordFile, table: Table) -> None:
    for note in table.notes:
        file.note(shown(note))
    file.caption(shown(table.caption))
    if not table.rows:
        file.note(shown(table.empty))
        return
    file.table(
        [shown(column.title) for column in table.columns],
        [[shown(cell) for cell in row] for row in table.rows],
        widths=[column.width for column in table.columns],
        centered=[column.centered for column in table.columns],
        heads=table.heads,
        about=shown(table.caption),
    )
