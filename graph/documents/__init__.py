"""Documents of headings, paragraphs and tables, free of any format, and the formats for them.

What a document says is decided once, as values; `render` writes the same document as DOCX, XLSX,
Markdown or HTML. Renderers are modules of this package, imported when they are used.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from graph.errors import NotAcceptableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: What a cell of a table may hold. Text may have several lines.
Cell = str | int | float | None

#: Characters that neither XML 1.0 nor HTML can hold, and halves of characters.
_UNWRITABLE: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text.

    Attributes
    ----------
    url : str
        Where it leads. Only addresses of the web become links; others are left out.
    """

    text: str
    bold: bool = False
    url: str = ""

    @property
    def link(self) -> str:
        """The address, if it is one that a document may link to; otherwise empty."""
        safe = self.url.startswith(("https://", "http://")) and not re.search(r"\s", self.url)
        return shown(self.url) if safe else ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text.

    Attributes
    ----------
    small : bool
        Whether it is a remark, set in the size of tables where a format has sizes.
    """

    spans: tuple[Span, ...]
    small: bool = False

    @classmethod
    def of(cls, text: str) -> Paragraph:
        """A paragraph of plain text."""
        return cls((Span(text),))


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list without numbers."""

    items: tuple[tuple[Span, ...], ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    title : str
        Never empty: who hears a table read aloud has nothing else to go by.
    width : int
        In characters: that of a spreadsheet, and the share of the page in a text document.
    """

    title: str
    width: int
    centered: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with one header row and without joined cells.

    Attributes
    ----------
    name : str
        Short, for the tab of a spreadsheet.
    caption : str
        What the table shows, without its number.
    heads : int
        How many leading columns name the row.
    notes : tuple[str, ...]
        Legend and remarks, one paragraph each, to stand above the table.
    empty : str
        What is said where there are no rows.
    """

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    heads: int = 1
    notes: tuple[str, ...] = ()
    empty: str = "Nothing to list."

    @property
    def width(self) -> int:
        """Of all columns together, in characters."""
        return sum(column.width for column in self.columns)

    def parts(self, room: int) -> Iterator[Table]:
        """The table in pieces of at most `room` characters, each with the names of the rows.

        A page is only so wide; a table that is read or printed in pieces stays readable.
        """
        heads = [*range(self.heads)]
        fixed = sum(self.columns[place].width for place in heads)
        pieces: list[list[int]] = [[]]
        used = fixed
        for place in range(self.heads, len(self.columns)):
            width = self.columns[place].width
            if pieces[-1] and used + width > room:
                pieces.append([])
                used = fixed
            pieces[-1].append(place)
            used += width
        if len(pieces) == 1:
            yield self
            return
        for number, places in enumerate(pieces, start=1):
            taken = heads + places
            yield replace(
                self,
                caption=f"{self.caption} (part {number} of {len(pieces)})",
                columns=tuple(self.columns[place] for place in taken),
                rows=tuple(tuple(row[place] for place in taken) for row in self.rows),
                notes=self.notes if number == 1 else (),
            )


Block = Paragraph | Bullets | Table


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it.

    Attributes
    ----------
    new_page : bool
        Whether it begins on a page of its own.
    """

    title: str
    blocks: tuple[Block, ...]
    new_page: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document.

    Attributes
    ----------
    subject : str
        One sentence for the properties of the file: what it was made from.
    footer : str
        What stands at the foot of every page beside its number.
    language : str
        BCP 47 tag of the text.
    paper : str
        `letter` or `a4`.
    """

    title: str
    subject: str
    sections: tuple[Section, ...]
    footer: str = ""
    language: str = "en-US"
    paper: str = "letter"

    def tables(self) -> Iterator[Table]:
        """All tables, in their order."""
        for section in self.sections:
            for block in section.blocks:
                if isinstance(block, Table):
                    yield block


@dataclass(frozen=True, slots=True)
class Renderer:
    """One way of writing a document."""

    name: str
    media_type: str
    suffix: str
    module: str


RENDERERS: Final = {
    renderer.name: renderer
    for renderer in (
        Renderer(
            "docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            ".docx",
            "wordfile",
        ),
        Renderer(
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            ".xlsx",
            "workbook",
        ),
        Renderer("markdown", "text/markdown", ".md", "markdown"),
        Renderer("html", "text/html", ".html", "hypertext"),
    )
}


def render(document: Document, format_: str, among: Sequence[str] = tuple(RENDERERS)) -> bytes:
    """A document as a file. The same document gives the same bytes.

    Parameters
    ----------
    among : Sequence[str]
        Names of the formats that this kind of document is written in.

    Raises
    ------
    NotAcceptableError
        Listing the formats that there are.
    """
    if format_ not in among:
        raise NotAcceptableError(format_, among)
    module: Any = import_module(f"graph.documents.{RENDERERS[format_].module}")
    written: bytes = module.write(document)
    return written


def shown(value: Cell) -> str:
    """What a cell shows: nothing for nothing, 3 for 3.0, and no character that cannot be written.

    Characters that XML cannot hold become U+FFFD, so that a reader sees that something stood there.
    """
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value).replace("\r\n", "\n").replace("\r", "\n")
    return _UNWRITABLE.sub("\ufffd", text)
