"""Word documents that accreditors and screen readers can read: real tables, captions, styles.

python-docx gives the package and its styles; tables and fields are written as elements of
WordprocessingML (ECMA-376 Part 1, section 17), which costs a twentieth of the time that its table
objects take. Nothing is merged, so that reading order is the order of the rows. Nothing depends on
color, so that a photocopy says the same.
"""

from __future__ import annotations

import io
import unicodedata
import zipfile
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Inches, Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graph.documents import Span

#: Width and height of a page.
_PAPERS: Final = {
    "letter": (Inches(8.5), Inches(11)),
    "a4": (Mm(210), Mm(297)),
}
_MARGIN: Final = Inches(0.8)

#: A font that accreditors name; its free twin of the same widths is Carlito.
_FONT: Final = "Calibri"
_BODY_SIZE: Final = Pt(12)
_TABLE_SIZE: Final = Pt(11)

_TABLE_STYLE: Final = "Crosswalk Table"
_CELL_STYLE, _HEAD_STYLE, _NOTE_STYLE = "Table Text", "Table Heading", "Table Note"

#: Dates that a file carries: the same content must be the same file, whenever it is made.
_MADE: Final = datetime(2000, 1, 1)
_ZIPPED: Final = (1980, 1, 1, 0, 0, 0)

_TWIPS: Final = 635  # English Metric Units in a twentieth of a point


class WordFile:
    """A document that is written from top to bottom.

    Parameters
    ----------
    title, subject : str
        Properties of the file; the title also stands at the top.
    footer : str
        What stands at the foot of every page, before the number of the page.
    language : str
        BCP 47 tag of the text.
    paper : str
        `letter` or `a4`.
    landscape : bool
        Whether the pages lie on their long side.
    """

    def __init__(
        self,
        title: str,
        *,
        subject: str = "",
        footer: str = "",
        language: str = "en-US",
        paper: str = "letter",
        landscape: bool = False,
    ) -> None:
        self._document = docx.Document()
        self._tables = 0
        _drop_thumbnail(self._document)
        _set_properties(self._document, title, subject, language)
        _set_styles(self._document, language)
        short, long = _PAPERS[paper]
        self._size = (long, short) if landscape else (short, long)
        self._lay(landscape=landscape)
        self._end = self._document.element.body[-1]  # properties of the section, always last
        self._add("Title", title)
        self._foot(footer)

    def _add(self, style: str, text: str = "") -> Any:
        """A new paragraph at the end, in time that does not grow with the document."""
        element = _element("w:p")
        self._end.addprevious(element)
        paragraph = Paragraph(element, self._document)
        paragraph.style = self._document.styles[style]
        if text:
            paragraph.add_run(text)
        return paragraph

    def _lay(self, *, landscape: bool) -> None:
        section = self._document.sections[0]
        section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = self._size
        section.left_margin = section.right_margin = _MARGIN
        section.top_margin = section.bottom_margin = _MARGIN
        section.header_distance = section.footer_distance = Inches(0.4)

    def _foot(self, text: str) -> None:
        """Text, then `Page n of m`."""
        paragraph = self._document.sections[0].footer.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.add_run(f"{text} · Page " if text else "Page ")
        _field(paragraph, "PAGE", "1")
        paragraph.add_run(" of ")
        _field(paragraph, "NUMPAGES", "1")

    def heading(self, text: str, level: int = 1, *, new_page: bool = False) -> None:
        """A heading, by the built-in style that navigation panes and screen readers know."""
        paragraph = self._add(f"Heading {level}", text)
        paragraph.paragraph_format.page_break_before = True if new_page else None
        _set_direction(paragraph._p, text)

    def paragraph(self, spans: Iterable[Span], *, small: bool = False) -> None:
        """Running text, or a remark in the size of tables."""
        self._write(tuple(spans), _NOTE_STYLE if small else "Normal")

    def _write(self, spans: Sequence[Span], style: str) -> None:
        paragraph = self._add(style)
        for span in spans:
            if span.link:
                _link(paragraph, span.text, span.link, bold=span.bold)
            else:
                paragraph.add_run(span.text).bold = True if span.bold else None
        _set_direction(paragraph._p, "".join(span.text for span in spans))

    def bullets(self, items: Iterable[Sequence[Span]]) -> None:
        """A list, by the built-in style."""
        for item in items:
            self._write(item, "List Bullet")

    def note(self, text: str) -> None:
        """A remark about a table."""
        paragraph = self._add(_NOTE_STYLE, text)
        _set_direction(paragraph._p, text)

    def caption(self, text: str) -> None:
        """`Table n: text` above a table, with a number that Word counts (a SEQ field)."""
        self._tables += 1
        paragraph = self._add("Caption", "Table ")
        _field(paragraph, "SEQ Table \\* ARABIC", str(self._tables))
        paragraph.add_run(f": {text}")
        paragraph.paragraph_format.keep_with_next = True

    def table(
        self,
        header: Sequence[str],
        rows: Sequence[Sequence[str]],
        *,
        widths: Sequence[int],
        centered: Sequence[bool] = (),
        heads: int = 1,
        about: str = "",
    ) -> None:
        """A table whose header row is repeated on every page and whose rows stay whole.

        Parameters
        ----------
        widths : Sequence[int]
            Shares of the width of the page, one a column.
        centered : Sequence[bool]
            Which columns are set in the middle; none, if it is empty.
        heads : int
            How many leading columns name the row.
        about : str
            What the table shows, for those who hear it read (its alternative text).

        Raises
        ------
        ValueError
            If a header cell is empty, or a row is not as wide as the header.
        """
        if not all(title.strip() for title in header):
            raise ValueError("a header cell must not be empty")
        twips = self._column_twips(widths)
        middle = [*centered] or [False] * len(header)
        table = _element("w:tbl")
        properties = _child(table, "w:tblPr")
        _child(properties, "w:tblStyle", val=self._document.styles[_TABLE_STYLE].style_id)
        _child(properties, "w:tblW", w=str(sum(twips)), type="dxa")
        _child(properties, "w:tblLayout", type="fixed")
        _child(
            properties, "w:tblLook", val="04A0", firstRow="1", lastRow="0",
            firstColumn="1" if heads else "0", lastColumn="0", noHBand="0", noVBand="1",
        )  # fmt: skip
        if about:
            _child(properties, "w:tblCaption", val=about)
        grid = _child(table, "w:tblGrid")
        for width in twips:
            _child(grid, "w:gridCol", w=str(width))
        styles = self._document.styles
        head, text = styles[_HEAD_STYLE].style_id, styles[_CELL_STYLE].style_id
        for number, cells in enumerate([header, *rows]):
            row = _child(table, "w:tr")
            row_properties = _child(row, "w:trPr")
            _child(row_properties, "w:cantSplit")
            if number == 0:
                _child(row_properties, "w:tblHeader")
            for place, (cell, width) in enumerate(zip(cells, twips, strict=True)):
                style = head if number == 0 or place < heads else text
                _cell(row, cell, width=width, style=style, centered=middle[place])
        self._end.addprevious(table)
        # A table directly after a table would become one with it.
        self._add("Table Gap")

    def _column_twips(self, widths: Sequence[int]) -> list[int]:
        """Widths of the columns in twentieths of a point that fill the page exactly."""
        room = (self._size[0] - 2 * _MARGIN) // _TWIPS
        total = sum(widths)
        shares = [room * width // total for width in widths]
        return [*shares[:-1], room - sum(shares[:-1])]

    def save(self) -> bytes:
        """The file. The same calls give the same bytes."""
        output = io.BytesIO()
        self._document.save(output)
        return _dated(output.getvalue())


# ---- elements ------------------------------------------------------------------------------


def _element(tag: str, **attributes: str) -> Any:
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(_name(f"w:{name}"), value)
    return element


def _child(parent: Any, tag: str, **attributes: str) -> Any:
    """A new last child. Tables have hundreds of thousands; this is the fast way to make one."""
    named = {_name(f"w:{name}"): value for name, value in attributes.items()}
    child = parent.makeelement(_name(tag), named)
    parent.append(child)
    return child


@cache
def _name(prefixed: str) -> str:
    """`w:tbl` as lxml wants it, with its namespace."""
    return str(qn(prefixed))


def _cell(row: Any, text: str, *, width: int, style: str, centered: bool) -> None:
    cell = _child(row, "w:tc")
    _child(_child(cell, "w:tcPr"), "w:tcW", w=str(width), type="dxa")
    for line in text.split("\n"):
        paragraph = _child(cell, "w:p")
        properties = _child(paragraph, "w:pPr")
        _child(properties, "w:pStyle", val=style)
        if centered:
            _child(properties, "w:jc", val="center")
        if line:
            written = _child(_child(paragraph, "w:r"), "w:t")
            written.text = line
            written.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        _set_direction(paragraph, line)


def _set_direction(paragraph: Any, text: str) -> None:
    """Mark a paragraph whose first letter is of a script written from right to left."""
    strong = next((d for d in map(unicodedata.bidirectional, text) if d in ("L", "R", "AL")), "L")
    if strong == "L":
        return
    paragraph.get_or_add_pPr().insert_element_before(
        _element("w:bidi"),
        "w:adjustRightInd",
        "w:snapToGrid",
        "w:spacing",
        "w:ind",
        "w:jc",
        "w:rPr",
    )
    for run in paragraph.iter(qn("w:r")):
        run.get_or_add_rPr().append(_element("w:rtl"))


def _field(paragraph: Any, instruction: str, shown: str) -> None:
    """A field with what it shows until a program counts anew (section 17.16.18)."""
    for kind in ("begin", "instruction", "separate", "shown", "end"):
        run = paragraph.add_run()._r
        if kind == "instruction":
            written = _child(run, "w:instrText")
            written.text = f" {instruction} "
            written.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        elif kind == "shown":
            _child(run, "w:t").text = shown
        else:
            _child(run, "w:fldChar", fldCharType=kind)


def _link(paragraph: Any, text: str, address: str, *, bold: bool) -> None:
    key = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link = _element("w:hyperlink")
    link.set(qn("r:id"), key)
    run = paragraph.add_run(text, style="Hyperlink")
    run.bold = True if bold else None
    link.append(run._r)
    paragraph._p.append(link)


# ---- the package ---------------------------------------------------------------------------


def _drop_thumbnail(document: Any) -> None:
    """Leave out the picture of another document that the package's model has."""
    relations = document.part.package.rels
    for key in [key for key, found in relations.items() if found.reltype.endswith("/thumbnail")]:
        relations.pop(key)


def _set_properties(document: Any, title: str, subject: str, language: str) -> None:
    properties = document.core_properties
    properties.title, properties.subject = title[:255], subject[:255]
    properties.language = language
    properties.author = properties.last_modified_by = "Competency crosswalk"
    properties.comments = properties.keywords = properties.category = ""
    properties.created = properties.modified = _MADE
    properties.revision = 1
    settings = document.settings.element
    for setting in settings.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")  # otherwise Word opens the file as one of 2010
    for theme in settings.iter(qn("w:themeFontLang")):
        theme.set(qn("w:val"), language)


def _set_styles(document: Any, language: str) -> None:
    styles = document.styles
    defaults = styles.element.find(qn("w:docDefaults"))
    for lang in defaults.iter(qn("w:lang")):
        lang.set(qn("w:val"), language)
    normal = styles["Normal"]
    _set_font(normal, _BODY_SIZE)
    _space(normal, after=6)
    normal.paragraph_format.line_spacing = 1.1
    for name, size, before, after in (
        ("Title", 20, 0, 10),
        ("Heading 1", 16, 14, 6),
        ("Heading 2", 13, 10, 4),
        ("Caption", 12, 10, 4),
    ):
        _set_font(styles[name], Pt(size), bold=True)
        _space(styles[name], before=before, after=after)
        styles[name].paragraph_format.keep_with_next = True
    for border in [*styles["Title"].element.iter(qn("w:pBdr"))]:
        border.getparent().remove(border)
    _space(styles["List Bullet"], after=3)
    for name, size, bold, after in (
        (_CELL_STYLE, _TABLE_SIZE, False, 1),
        (_HEAD_STYLE, _TABLE_SIZE, True, 1),
        (_NOTE_STYLE, _TABLE_SIZE, False, 4),
        ("Table Gap", Pt(4), False, 0),
    ):
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = normal
        _set_font(style, size, bold=bold)
        _space(style, before=1 if after == 1 else 0, after=after)
        style.paragraph_format.line_spacing = 1.0
    _set_font(styles["Footer"], Pt(10))
    link = styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER)
    link.font.underline = True
    link.font.color.rgb = RGBColor(0, 0x3E, 0xA8)
    _add_table_style(styles)


def _set_font(style: Any, size: Any, *, bold: bool = False) -> None:
    """A named font in black, in place of what the theme would choose."""
    style.font.size, style.font.bold, style.font.italic = size, bold, False
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in [*fonts.attrib]:
        del fonts.attrib[name]
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), _FONT)


def _space(style: Any, *, before: float = 0, after: float = 0) -> None:
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)


def _add_table_style(styles: Any) -> None:
    """Lines between all cells, a gray header row with a thick line under it, bold row names."""
    style = styles.add_style(_TABLE_STYLE, WD_STYLE_TYPE.TABLE)
    style.base_style = styles["Normal Table"]
    element = style.element
    properties = _child(element, "w:tblPr")
    borders = _child(properties, "w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        _child(borders, f"w:{side}", val="single", sz="4", space="0", color="555555")
    margins = _child(properties, "w:tblCellMar")
    for side, width in (("top", "30"), ("left", "80"), ("bottom", "30"), ("right", "80")):
        _child(margins, f"w:{side}", w=width, type="dxa")
    first = _child(element, "w:tblStylePr", type="firstRow")
    _child(_child(first, "w:rPr"), "w:b")
    _child(first, "w:tblPr")
    cells = _child(first, "w:tcPr")
    below = _child(cells, "w:tcBorders")
    _child(below, "w:bottom", val="single", sz="12", space="0", color="000000")
    _child(cells, "w:shd", val="clear", color="auto", fill="E0E0E0")
    column = _child(element, "w:tblStylePr", type="firstCol")
    _child(_child(column, "w:rPr"), "w:b")


def _dated(raw: bytes) -> bytes:
    """The same archive with one date for every part."""
    output = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(raw)) as made,
        zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for part in made.infolist():
            dated = zipfile.ZipInfo(part.filename, _ZIPPED)
            dated.compress_type, dated.create_system = zipfile.ZIP_DEFLATED, 0
            archive.writestr(dated, made.read(part))
    return output.getvalue()
