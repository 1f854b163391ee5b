"""Documents: one content in four formats, in each of them complete, escaped and always the same."""

from __future__ import annotations

import html.parser
import io
import re
from typing import TYPE_CHECKING, Any

import docx
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.documents import (
    RENDERERS,
    Bullets,
    Column,
    Document,
    Paragraph,
    Section,
    Span,
    Table,
    render,
    shown,
)
from graph.errors import NotAcceptableError
from graph.sheets import read_sheets

if TYPE_CHECKING:
    from collections.abc import Sequence

#: What an author might have put into a cell, by mistake or not.
HOSTILE = (
    '=HYPERLINK("http://evil.example","click")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "<script>alert(1)</script>",
    "</td></table><img src=x onerror=alert(1)>",
    "a | b \\| c",
    "[x](javascript:alert(1)) ![y](http://evil.example/z.png)",
    "**bold** _it_ `code` ~~gone~~ $x$ &lt; &#x3c;",
    "# no heading",
    "1. no list",
    "שלום עולם مرحبا",
    "x" * 400,
    "two\nlines",
    "\x00\x0b\ufffe\ud800",
)


def _document(cells: Sequence[Any], title: str = "A title") -> Document:
    table = Table(
        "Cells",
        "What cells hold",
        (Column("Cell", 30), Column("Number", 10, centered=True)),
        tuple((cell, 1.5) for cell in cells),
        notes=("A legend.",),
    )
    return Document(
        title,
        "made for a test",
        (
            Section(
                "Words",
                (
                    Paragraph((Span("See "), Span("here", url="https://example.org/a_b"))),
                    Bullets(((Span("one", bold=True), Span(" more")), (Span("two"),))),
                ),
            ),
            Section("Tables", (table, Table("None", "No rows", (Column("A", 5),), ())), True),
        ),
        footer="Release abc",
    )


class _Page(html.parser.HTMLParser):
    """What a page holds: its elements with attributes, and the text of its cells."""

    def __init__(self, raw: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self._open = False
        self.feed(raw.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self._open = True
        elif tag == "br" and self._open:
            self.rows[-1][-1] += "\n"

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._open = False

    def handle_data(self, data: str) -> None:
        if self._open:
            self.rows[-1][-1] += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def _cells(raw: bytes, format_: str) -> list[list[str]]:
    """The rows of the first table of a rendered document, header first."""
    if format_ == "docx":
        table = docx.Document(io.BytesIO(raw)).tables[0]
        return [[cell.text for cell in row.cells] for row in table.rows]
    if format_ == "xlsx":
        return [cells for _, cells in read_sheets(raw, "a.xlsx")[1].rows]
    if format_ == "html":
        return _Page(raw).rows
    # A pipe of the text stands after a backslash, so that never a space is on both of its sides.
    rows = re.findall(r"^\| (.*) \|$", raw.decode(), re.MULTILINE)
    found = [[_unescaped(cell) for cell in row.split(" | ")] for row in rows]
    return [found[0], *found[2:]]


def _unescaped(cell: str) -> str:
    text = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", cell.replace("<br>", "\n"))
    return html.unescape(text)


@pytest.mark.parametrize("format_", RENDERERS)
def test_every_format_holds_every_cell_exactly(format_: str) -> None:
    rows = _cells(render(_document(HOSTILE), format_), format_)
    assert rows[0] == ["Cell", "Number"]
    for row, cell in zip(rows[1:], HOSTILE, strict=True):
        # Markdown and the reader of sheets trim; nothing else may differ.
        assert row[0].strip() == shown(cell).strip()
        assert row[1] == "1.5"


@pytest.mark.parametrize("format_", RENDERERS)
def test_the_same_document_is_the_same_file(format_: str) -> None:
    assert render(_document(HOSTILE), format_) == render(_document(HOSTILE), format_)


@pytest.mark.parametrize("format_", RENDERERS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=st.text(max_size=60))
def test_any_text_survives(format_: str, text: str) -> None:
    raw = render(_document([text], title=text), format_)
    assert _squeezed(_cells(raw, format_)[1][0]) == _squeezed(shown(text))


def _squeezed(text: str) -> str:
    """A text without what is not seen: HTML and Markdown do not keep space."""
    return "".join(text.replace("_x000D_", "").split())


def test_a_spreadsheet_has_no_formula_and_no_link() -> None:
    book = openpyxl.load_workbook(io.BytesIO(render(_document(HOSTILE), "xlsx")))
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            assert all(cell.data_type in ("s", "n") and not cell.hyperlink for cell in row)
    assert type(book["Cells"]["B2"].value) is float


def test_a_spreadsheet_keeps_headers_in_sight_and_filters() -> None:
    book = openpyxl.load_workbook(io.BytesIO(render(_document(["a"]), "xlsx")))
    assert book.sheetnames == ["About", "Cells", "None"]
    sheet = book["Cells"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B2", "A1:B2")
    assert sheet.print_title_rows == "$1:$1"
    assert book["None"]["A2"].value == "Nothing to list."
    said = [(row[0].value, row[1].value) for row in book["About"].iter_rows(min_row=2)]
    assert said == [
        ("Title", "A title"),
        ("Words", "See here (https://example.org/a_b)"),
        ("Words", "one more"),
        ("Words", "two"),
        ("Tables", "A legend."),
    ]


def test_rows_of_a_spreadsheet_are_as_high_as_their_text() -> None:
    """Programs other than Excel do not find the height of wrapped text by themselves."""
    cells = ["short", "word " * 30, "two\nlines", "x" * 30_000]
    book = openpyxl.load_workbook(io.BytesIO(render(_document(cells), "xlsx")))
    heights = [book["Cells"].row_dimensions[n].height for n in range(2, 6)]
    assert heights == [None, 90, 30, 408.75]
    assert book["Cells"].print_options.gridLines


def test_sheets_of_the_same_name_are_told_apart() -> None:
    tables = tuple(
        Table(name, "c", (Column("A", 5),), ()) for name in ("about", "X", "x", "A:[b]*" + "y" * 40)
    )
    raw = render(Document("t", "s", (Section("S", tables),)), "xlsx")
    names = openpyxl.load_workbook(io.BytesIO(raw)).sheetnames
    assert names[:4] == ["About", "about (2)", "X", "x (2)"]
    assert len(names[4]) == 31


def test_a_page_stands_alone_and_runs_nothing() -> None:
    page = _Page(render(_document(HOSTILE, title="<script>x</script>"), "html"))
    assert not page.named("script")
    assert not page.named("img")
    assert not [a for _, attributes in page.elements for a in attributes if a.startswith("on")]
    policy = next(m for m in page.named("meta") if m.get("http-equiv"))["content"]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"
    assert [a["href"] for a in page.named("a")] == ["https://example.org/a_b"]


def test_a_page_says_what_assistive_technology_asks_for() -> None:
    page = _Page(render(_document(["a"]), "html"))
    assert page.named("html") == [{"lang": "en-US"}]
    assert len(page.named("title")) == len(page.named("h1")) == len(page.named("main")) == 1
    assert [a["scope"] for a in page.named("th")] == ["col", "col", "row"]
    assert len(page.named("caption")) == len(page.named("table")) == 1
    (region,) = (a for a in page.named("div") if a.get("role") == "region")
    assert region["aria-labelledby"] == page.named("caption")[0]["id"]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "http://a b", "", "/x"])
@pytest.mark.parametrize("format_", RENDERERS)
def test_only_addresses_of_the_web_become_links(format_: str, url: str) -> None:
    document = Document("t", "s", (Section("S", (Paragraph((Span("text", url=url),)),)),))
    linked = Document("t", "s", (Section("S", (Paragraph((Span("text"),)),)),))
    assert render(document, format_) == render(linked, format_)


def test_markdown_begins_no_block_that_was_not_meant() -> None:
    lines = ("# x", "- x", "1. x", "> x", "+ x", "= x", "12) x", "``` x", "| x |")
    paragraphs = tuple(Paragraph.of(line) for line in lines)
    text = render(Document("# t", "s", (Section("- s", paragraphs),)), "markdown").decode()
    assert text.split("\n\n") == [
        "# \\# t", "## \\- s", "\\# x", "\\- x", "1\\. x", "&gt; x", "\\+ x", "\\= x", "12\\) x",
        "\\`\\`\\` x", "\\| x \\|\n",
    ]  # fmt: skip


def test_a_table_that_is_too_wide_comes_in_parts_with_the_names_of_its_rows() -> None:
    columns = (Column("Competency", 40), *(Column(f"C{n}", 12, centered=True) for n in range(20)))
    rows = (("1 Ethics", *map(str, range(20))), ("2 Rights", *map(str, range(20))))
    table = Table("M", "Matrix", columns, rows, notes=("Legend",))
    raw = render(Document("t", "s", (Section("S", (table,)),)), "docx")
    document = docx.Document(io.BytesIO(raw))
    captions = [p.text for p in document.paragraphs if p.style and p.style.name == "Caption"]
    assert captions == [f"Table {n}: Matrix (part {n} of 3)" for n in (1, 2, 3)]
    heads = [[cell.text for cell in part.rows[0].cells] for part in document.tables]
    assert all(head[0] == "Competency" for head in heads)
    assert [title for head in heads for title in head[1:]] == [f"C{n}" for n in range(20)]
    assert [p.text for p in document.paragraphs].count("Legend") == 1
    (section,) = document.sections
    assert (section.page_width or 0) > (section.page_height or 0)


def test_an_unknown_format_lists_those_there_are() -> None:
    with pytest.raises(NotAcceptableError, match="docx, xlsx, markdown, html"):
        render(_document([]), "pdf")
    with pytest.raises(NotAcceptableError, match="available: docx, html"):
        render(_document([]), "xlsx", ("docx", "html"))
