"""Spreadsheets: bounded when they are read, and never a formula when they are written."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph import sheets
from graph.errors import SourcesError
from graph.sheets import (
    Table,
    guarded,
    looks_like_xlsx,
    read_sheets,
    sheet_name,
    unguarded,
    write_workbook,
)

_TEXT = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="\ufffe\uffff"),
    min_size=1, max_size=30,
).map(str.strip).filter(bool)  # fmt: skip


def book(*rows: list[object], title: str = "One", hidden: bool = False) -> bytes:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    if hidden:
        made.create_sheet("Hidden").sheet_state = "hidden"
    output = io.BytesIO()
    made.save(output)
    return output.getvalue()


def archive(**parts: bytes) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        for name, content in parts.items():
            made.writestr(name.replace("__", "/"), content)
    return output.getvalue()


def with_part(raw: bytes, name: str, content: bytes) -> bytes:
    """A workbook in which one part is another."""
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(output, "w") as new:
        for part in old.namelist():
            new.writestr(part, content if part == name else old.read(part))
    return output.getvalue()


def refused(raw: bytes) -> str:
    with pytest.raises(SourcesError) as caught:
        read_sheets(raw, "book.xlsx")
    (finding,) = caught.value.findings
    return str(finding)


# ---- in -----------------------------------------------------------------------------------


def test_cells_are_read_as_they_show() -> None:
    raw = book(
        ["  text ", 3, 3.0, 2.5, True, False, None, date(2026, 11, 26)],
        [],
        [datetime(2026, 11, 26, 9, 30), "007", "1.10"],
    )
    (sheet,) = read_sheets(raw, "book.xlsx")
    assert sheet.name == "One"
    assert sheet.rows == [
        (1, ["text", "3", "3", "2.5", "yes", "no", "", "2026-11-26"]),
        (3, ["2026-11-26T09:30:00", "007", "1.10", "", "", "", "", ""]),
    ]


def test_hidden_sheets_are_not_read() -> None:
    assert [sheet.name for sheet in read_sheets(book(["a"], hidden=True), "f")] == ["One"]


def test_a_formula_is_refused_with_its_cell() -> None:
    message = "book.xlsx#One:2: cell B2 is a formula; paste its value instead"
    assert refused(book(["a", "b"], ["c", "=1+1"])) == message
    assert "is a formula" in refused(book(['=HYPERLINK("https://example.org")']))


def test_all_formulas_are_named_at_once() -> None:
    with pytest.raises(SourcesError) as caught:
        read_sheets(book(["=A2", "b"], ["c", "=1+1"]), "book.xlsx")
    assert [str(finding).partition(" is ")[0] for finding in caught.value.findings] == [
        "book.xlsx#One:1: cell A1",
        "book.xlsx#One:2: cell B2",
    ]


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "is no XLSX file; save it as an Excel workbook (.xlsx)"),
        (b"PK\x03\x04 and no more", "is no XLSX file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old workbook", "is no XLSX file"),
        (archive(), "cannot be read as XLSX"),
        (archive(xl__vbaProject_bin=b"x").replace(b"vbaProject_bin", b"vbaProject.bin"),
         "holds macros; save it as .xlsx without them"),
    ],
)  # fmt: skip
def test_what_is_no_workbook_says_so(raw: bytes, message: str) -> None:
    assert message in refused(raw)


def test_an_archive_of_something_else_says_so() -> None:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as made:
        made.writestr("letter.txt", "Dear all")
    assert "is an archive, but no XLSX file" in refused(output.getvalue())


def test_a_zip_bomb_is_refused_before_it_unfolds() -> None:
    bomb = archive(xl__worksheets__sheet1_xml=b"0" * 20_000_000)
    assert len(bomb) < 100_000
    assert "more than is read" in refused(bomb)


def test_an_archive_of_very_many_parts_is_refused() -> None:
    assert "in 2101 parts" in refused(archive(**{f"p{n}": b"" for n in range(2_100)}))


def test_a_file_past_its_size_is_told_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = book(["a"])
    monkeypatch.setattr(sheets, "MOST_PACKED", len(raw) - 1)
    assert "the most that is read is" in refused(raw)


def test_a_sheet_past_its_rows_columns_or_cells_is_told_where(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    raw = book(["a", "b"], ["c", "d" * 20], ["e"])
    monkeypatch.setattr(sheets, "MOST_ROWS", 2)
    assert refused(raw).startswith("book.xlsx#One:3: is larger than 2 rows")
    monkeypatch.setattr(sheets, "MOST_ROWS", 9)
    monkeypatch.setattr(sheets, "MOST_COLUMNS", 1)
    assert refused(raw).startswith("book.xlsx#One:1: is larger than 9 rows or 1 columns")
    monkeypatch.setattr(sheets, "MOST_COLUMNS", 9)
    monkeypatch.setattr(sheets, "MOST_CELL", 10)
    assert refused(raw) == "book.xlsx#One:2: cell B2 is longer than 10"
    with pytest.raises(SourcesError, match=r"book.xlsx#One:2: has more than 3 cells"):
        read_sheets(book(["a"], ["b", "c"]), "book.xlsx", most_cells=3)


def test_entities_are_not_unfolded() -> None:
    """A billion laughs, and a file of this machine."""
    raw = book(["a"])
    for doctype in (
        '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY b SYSTEM "file:///etc/hostname">]>',
    ):
        part = (
            f'<?xml version="1.0"?>{doctype}<worksheet xmlns="http://schemas.openxmlformats.org/'
            'spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&b;'
            "</t></is></c></row></sheetData></worksheet>"
        )
        found = refused(with_part(raw, "xl/worksheets/sheet1.xml", part.encode()))
        assert found == (
            "book.xlsx:1: part xl/worksheets/sheet1.xml declares XML entities (DOCTYPE); "
            "save it anew in a spreadsheet program"
        )


def test_a_workbook_with_a_damaged_part_says_so() -> None:
    raw = book(["a"])
    start = raw.index(b"xl/workbook.xml") + len("xl/workbook.xml")
    assert "is a broken or encrypted archive" in refused(
        raw[:start] + bytes(b ^ 255 for b in raw[start : start + 80]) + raw[start + 80 :]
    )


def test_an_archive_whose_parts_would_begin_before_it_says_so() -> None:
    raw = bytearray(archive())
    raw[-6:-2] = (int.from_bytes(raw[-6:-2], "little") + 5).to_bytes(4, "little")
    assert "is a broken or encrypted archive" in refused(bytes(raw))


def test_a_broken_part_is_a_finding_and_no_crash() -> None:
    raw = book(["a"])
    for name in ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"):
        with pytest.raises(SourcesError, match="cannot be read as XLSX"):
            read_sheets(with_part(raw, name, b"<broken"), "book.xlsx")


def test_a_cell_in_a_column_that_no_sheet_has_is_a_finding_and_no_crash() -> None:
    """Rows are parsed when they are read, long after the workbook was opened."""
    part = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="ZZZZZZ1"><v>1</v></c></row></sheetData></worksheet>'
    )
    raw = with_part(book(["a"]), "xl/worksheets/sheet1.xml", part.encode())
    assert refused(raw).startswith("book.xlsx:1: cannot be read as XLSX: ")


def test_a_zip_is_told_from_its_first_bytes() -> None:
    assert looks_like_xlsx(book(["a"]))
    assert not looks_like_xlsx(b"a,b\n")


# ---- out ----------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(_TEXT, min_size=2, max_size=2), min_size=1, max_size=3))
def test_any_text_comes_back_as_it_was_written(rows: list[list[str]]) -> None:
    raw = write_workbook([Table("Rows", ("one", "other"), rows)], title="x")
    (sheet,) = read_sheets(raw, "book.xlsx")
    assert [cells for _, cells in sheet.rows] == [["one", "other"], *rows]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "'x", "https://example.org", "007", "1e5", "{=1}"]
)
def test_text_is_a_text_cell_whatever_it_begins_with(text: str) -> None:
    raw = write_workbook([Table("Rows", (text,), [(text,)])], title="x")
    sheet = openpyxl.load_workbook(io.BytesIO(raw))["Rows"]
    for cell in (sheet["A1"], sheet["A2"]):
        assert (cell.data_type, cell.value, cell.hyperlink) == ("s", text, None)


def test_numbers_are_numbers_and_nothing_is_nothing() -> None:
    raw = write_workbook([Table("Rows", ("a", "b", "c"), [(3, 0.5, None)])], title="x")
    sheet = openpyxl.load_workbook(io.BytesIO(raw))["Rows"]
    assert [cell.value for cell in sheet[2]] == [3, 0.5, None]


def test_the_header_stays_in_sight_and_filters() -> None:
    raw = write_workbook([Table("Rows", ("a", "b"), [("1", "2")], (10, 20), 1)], title="x")
    sheet = openpyxl.load_workbook(io.BytesIO(raw))["Rows"]
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == "A1:B2"
    assert sheet.column_dimensions["B"].width == pytest.approx(20, abs=1)


def test_the_same_tables_give_the_same_bytes() -> None:
    tables = [Table("Rows", ("a",), [("b",), ("c",)])]
    assert write_workbook(tables, title="x") == write_workbook(tables, title="x")


def test_names_of_sheets_are_such_as_programs_accept() -> None:
    assert sheet_name("a/b[c]:d*e?f\\g") == "a-b-c--d-e-f-g"
    assert sheet_name("x" * 40) == "x" * 31
    assert sheet_name("'") == "Sheet"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=8) | st.sampled_from(["=1", "'=1", "''=1", "+", "\tx", "@a", "'"]))
def test_a_guarded_text_is_no_formula_and_comes_back(text: str) -> None:
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert unguarded(guarded(text)) == text
