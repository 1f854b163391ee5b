"""Word files: what a screen reader, a photocopier and a second run need is in the file itself."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

from graph.documents import Span
from graph.word import WordFile


def _written(*, landscape: bool = False, paper: str = "letter", language: str = "en-US") -> bytes:
    file = WordFile(
        "A matrix",
        subject="made for a test",
        footer="Release abc",
        language=language,
        paper=paper,
        landscape=landscape,
    )
    file.heading("First part")
    file.paragraph([Span("See ", bold=True), Span("the source", url="https://example.org/a?b=1&c")])
    file.bullets([[Span("one")], [Span("two")]])
    file.note("I introduces.")
    file.caption("What courses do")
    file.table(
        ["Competency", "Course", "Page"],
        [["1 Ethics", "SW 1", "p. 3"], ["2 Rights", "SW 2\nSW 3", ""]],
        widths=[40, 20, 10],
        centered=[False, False, True],
        about="What courses do",
    )
    file.caption("Another")
    file.table(["A"], [["1"]], widths=[10])
    file.heading("Second part", new_page=True)
    return file.save()


def _opened(raw: bytes) -> Any:
    return docx.Document(io.BytesIO(raw))


def _parts(raw: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return {part.filename: archive.read(part) for part in archive.infolist()}


def test_the_same_content_is_the_same_file() -> None:
    raw = _written()
    assert raw == _written()
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        assert {part.date_time for part in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert _opened(raw).core_properties.created.year == 2000


def test_the_file_says_what_it_is_and_in_which_language() -> None:
    document = _opened(_written(language="es-MX"))
    properties = document.core_properties
    assert (properties.title, properties.language) == ("A matrix", "es-MX")
    assert (properties.subject, properties.author) == ("made for a test", "Competency crosswalk")
    defaults = document.styles.element.find(qn("w:docDefaults"))
    assert {lang.get(qn("w:val")) for lang in defaults.iter(qn("w:lang"))} == {"es-MX"}


def test_nothing_of_the_model_package_is_left() -> None:
    parts = _parts(_written())
    assert not [name for name in parts if "thumbnail" in name]
    assert b"python-docx" not in parts["docProps/core.xml"]


def test_headings_and_lists_are_styles_and_not_big_letters() -> None:
    styles = [(p.style.name, p.text) for p in _opened(_written()).paragraphs]
    assert styles[0] == ("Title", "A matrix")
    assert ("Heading 1", "First part") in styles
    assert ("Heading 1", "Second part") in styles
    assert [text for style, text in styles if style == "List Bullet"] == ["one", "two"]


def test_a_part_can_begin_on_a_new_page() -> None:
    first, second = (p for p in _opened(_written()).paragraphs if p.style.name == "Heading 1")
    assert not first.paragraph_format.page_break_before
    assert second.paragraph_format.page_break_before


def test_captions_are_counted_by_word_and_stay_with_their_table() -> None:
    captions = [p for p in _opened(_written()).paragraphs if p.style.name == "Caption"]
    assert [c.text for c in captions] == ["Table 1: What courses do", "Table 2: Another"]
    for caption in captions:
        (instruction,) = caption._p.iter(qn("w:instrText"))
        assert instruction.text.split() == ["SEQ", "Table", "\\*", "ARABIC"]
        kinds = [char.get(qn("w:fldCharType")) for char in caption._p.iter(qn("w:fldChar"))]
        assert kinds == ["begin", "separate", "end"]
        assert caption.paragraph_format.keep_with_next
        assert caption._p.getnext().tag == qn("w:tbl")


def test_the_header_row_is_repeated_and_no_row_breaks() -> None:
    for table in _opened(_written()).tables:
        rows = table._tbl.tr_lst
        assert [row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None for row in rows] == [
            True,
            *[False] * (len(rows) - 1),
        ]
        assert all(row.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is not None for row in rows)


def test_tables_are_plain_grids_with_an_alternative_text() -> None:
    table = _opened(_written()).tables[0]
    element = table._tbl
    assert not [*element.iter(qn("w:gridSpan")), *element.iter(qn("w:vMerge"))]
    assert {len(row.tc_lst) for row in element.tr_lst} == {3}
    assert element.tblPr.find(qn("w:tblCaption")).get(qn("w:val")) == "What courses do"
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["Competency", "Course", "Page"],
        ["1 Ethics", "SW 1", "p. 3"],
        ["2 Rights", "SW 2\nSW 3", ""],
    ]


def test_columns_fill_the_page_in_their_shares() -> None:
    for landscape, inches in ((False, 8.5), (True, 11)):
        table = _opened(_written(landscape=landscape)).tables[0]._tbl
        widths = [int(column.get(qn("w:w"))) for column in table.tblGrid.gridCol_lst]
        assert sum(widths) == round((inches - 1.6) * 1440)
        assert widths[0] / widths[1] == pytest.approx(2, abs=0.01)


@pytest.mark.parametrize(
    ("paper", "landscape", "size"),
    [("letter", False, (8.5, 11)), ("letter", True, (11, 8.5)), ("a4", False, (8.27, 11.69))],
)
def test_pages_have_the_paper_that_was_asked_for(
    paper: str, landscape: bool, size: tuple[float, float]
) -> None:
    (section,) = _opened(_written(paper=paper, landscape=landscape)).sections
    found = section.page_width.inches, section.page_height.inches
    assert found == pytest.approx(size, abs=0.01)


def test_every_page_has_its_number() -> None:
    footer = _opened(_written()).sections[0].footer
    assert footer.paragraphs[0].text == "Release abc · Page 1 of 1"
    fields = [i.text.strip() for i in footer.paragraphs[0]._p.iter(qn("w:instrText"))]
    assert fields == ["PAGE", "NUMPAGES"]


def test_fonts_are_common_large_enough_and_black() -> None:
    styles = _opened(_written()).styles
    sizes = {"Normal": 12, "Table Text": 11, "Table Heading": 11, "Table Note": 11, "Caption": 12}
    for name, size in sizes.items():
        assert styles[name].font.size.pt == size
    for name in (*sizes, "Title", "Heading 1", "Heading 2"):
        style = styles[name]
        fonts = style.element.rPr.rFonts
        assert {*fonts.attrib.values()} == {"Calibri"}
        assert str(style.font.color.rgb) == "000000"


def test_the_header_row_differs_by_more_than_color() -> None:
    style = _opened(_written()).styles["Crosswalk Table"].element
    (first,) = (
        look for look in style.iter(qn("w:tblStylePr")) if look.get(qn("w:type")) == "firstRow"
    )
    assert first.find(f"{qn('w:rPr')}/{qn('w:b')}") is not None
    (line,) = first.iter(qn("w:bottom"))
    assert int(line.get(qn("w:sz"))) > 4


def test_links_lead_where_they_say() -> None:
    document = _opened(_written())
    (link,) = document.element.body.iter(qn("w:hyperlink"))
    relation = document.part.rels[link.get(qn("r:id"))]
    assert (relation.target_ref, relation.is_external) == ("https://example.org/a?b=1&c", True)


def test_text_from_right_to_left_is_marked_so() -> None:
    file = WordFile("A matrix")
    file.paragraph([Span("שלום עולם")])
    file.table(["A", "B"], [["مرحبا", "hello"]], widths=[1, 1])
    body = _opened(file.save()).element.body
    marked = [
        "".join(text.text for text in paragraph.iter(qn("w:t")))
        for paragraph in body.iter(qn("w:p"))
        if paragraph.find(f"{qn('w:pPr')}/{qn('w:bidi')}") is not None
    ]
    assert marked == ["שלום עולם", "مرحبا"]


def test_markup_and_formulas_are_text() -> None:
    hostile = ("<w:p/>", "=1+1", "]]>&")
    file = WordFile("<b>")
    file.table(["A"], [[text] for text in hostile], widths=[1])
    (table,) = _opened(file.save()).tables
    assert [row.cells[0].text for row in table.rows] == ["A", *hostile]


@pytest.mark.parametrize("header", [["A", ""], ["A", "  "]])
def test_a_column_without_a_title_is_refused(header: list[str]) -> None:
    with pytest.raises(ValueError, match="must not be empty"):
        WordFile("A").table(header, [], widths=[1, 1])


def test_a_row_of_another_width_is_refused() -> None:
    with pytest.raises(ValueError, match="longer"):
        WordFile("A").table(["A", "B"], [["1"]], widths=[1, 1])
