"""Documents of a course plan: every table says what the plan says, and nothing more."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import docx
import openpyxl
import pytest
import yaml
from docx.oxml.ns import qn

from graph.curriculum.briefs import BRIEF_FORMATS, brief_document, write_briefs
from graph.curriculum.document_rows import short_name
from graph.curriculum.document_template import (
    TABLES,
    default_template,
    read_template,
    template_text,
)
from graph.curriculum.documents import MATRIX_FORMATS, matrix_document, write_matrix
from graph.curriculum.model import Course, CoursePlan, Depth, Entry, Level, Setting
from graph.documents import Bullets, Document, Paragraph, Table
from graph.errors import NotAcceptableError, NotFoundError, SourcesError
from tests.test_documents import HOSTILE

if TYPE_CHECKING:
    from graph.catalogue import Catalogue

COURSES = (
    Course("SW 1", "Foundations", hours=45, credits=3, term="Fall 1"),
    Course("SW 2", "Policy", required=False, level=Level.SPECIALISED),
    Course("SW 3", "Field", credits=1.5, setting=Setting.FIELD),
)

PLAN = CoursePlan(
    programme="A school (fictional)",
    level=Level.GENERALIST,
    edition="sw-1",
    courses=COURSES,
    entries=(
        Entry("SW 1", "sw-1:1", Depth.INTRODUCES, "Weeks 1 to 3", ("values", "knowledge"),
              ("group", "individual"), "Vol. 2, p. 7", 6),
        Entry("SW 3", "sw-1:1.a", Depth.DEMONSTRATES, "Recordings",
              ("cognitive-and-affective-processes", "skills")),
        Entry("SW 1", "sw-1:1.a", Depth.PRACTISES, "Role play", ("skills",), (), "Vol. 2, p. 9"),
        Entry("SW 2", "imp-1:1.2", Depth.INTRODUCES, "Guest lecture"),
    ),
    name="plan.yaml",
)  # fmt: skip

A_ONLY = replace(PLAN, courses=COURSES[:1], entries=PLAN.entries[:1])


def _document(catalogue: Catalogue, plan: CoursePlan = PLAN, text: str = "") -> Document:
    template = read_template(text.encode(), "t.yaml") if text else None
    return matrix_document(plan, catalogue, template=template, onto="imp-1")


def _table(document: Document, caption: str) -> Table:
    return next(table for table in document.tables() if table.caption.startswith(caption))


def _titles(table: Table) -> list[str]:
    return [column.title for column in table.columns]


# ---- tables ------------------------------------------------------------------------------


def test_the_matrix_has_the_columns_that_accreditors_ask_for(mini_catalogue: Catalogue) -> None:
    table = _table(_document(mini_catalogue), "Curriculum matrix")
    assert table.caption == "Curriculum matrix (SW 1)"
    assert _titles(table) == [
        "Competency", "Behavior", "Course", "Course content", "Dimension(s)", "Systems level",
        "Document and page",
    ]  # fmt: skip
    assert table.rows == (
        ("1 Assess needs", "whole competency", "SW 1", "Weeks 1 to 3", "K, V", "individual, group",
         "Vol. 2, p. 7"),
        ("1 Assess needs", "1.a Collect data", "SW 1", "Role play", "S", "", "Vol. 2, p. 9"),
        ("1 Assess needs", "1.a Collect data", "SW 3", "Recordings", "S, C/A", "", ""),
        ("2 Engage in policy", "–", "no course", "", "", "", ""),
        ("IMP 1 1.2 Addressing power", "whole competency", "SW 2", "Guest lecture", "", "", ""),
    )  # fmt: skip
    assert table.notes == (
        "K knowledge; V values; S skills; C/A cognitive and affective processes.",
    )


def test_the_map_shows_depths_where_competencies_and_courses_meet(
    mini_catalogue: Catalogue,
) -> None:
    table = _table(_document(mini_catalogue), "Curriculum map")
    assert _titles(table) == ["Competency", "SW 1", "SW 2", "SW 3"]
    assert table.rows == (
        ("1 Assess needs", "I, P", "", "D"),
        ("2 Engage in policy", "", "", ""),
        ("IMP 1 1.2 Addressing power", "", "I", ""),
    )
    assert table.notes[-1] == "I introduces; P practises; D demonstrates."


def test_evidence_has_a_place_for_every_course_or_names_what_is_missing(
    mini_catalogue: Catalogue,
) -> None:
    table = _table(_document(mini_catalogue), "Evidence")
    assert table.rows == (
        ("1 Assess needs", "SW 1", "SW 1", "SW 3", "SW 3",
         "SW 1: Vol. 2, p. 7\nSW 1: Vol. 2, p. 9", "SW 3"),
        ("2 Engage in policy", "–", "–", "–", "–", "–", "–"),
        ("IMP 1 1.2 Addressing power", "SW 2", "–", "–", "–", "–", "SW 2"),
    )  # fmt: skip


def test_courses_are_listed_as_the_plan_has_them(mini_catalogue: Catalogue) -> None:
    assert _table(_document(mini_catalogue), "Courses").rows == (
        ("SW 1", "Foundations", "required", "class", "generalist", "Fall 1", 3, 45),
        ("SW 2", "Policy", "elective", "class", "specialised", "", None, None),
        ("SW 3", "Field", "required", "field", "generalist", "", 1.5, None),
    )


def test_reach_names_the_way_its_weakest_link_and_the_reason(mini_catalogue: Catalogue) -> None:
    table = _table(_document(mini_catalogue), "Implementation competencies reached (IMP 1)")
    assert table.rows == (
        ("1.1 Assessing needs and assets", "1 Assess needs: Weeks 1 to 3", "SW 1",
         "strong, 0.80, proposed\nSW 1 1 to IMP 1 1.1",
         'Both find out what is lacking; one says "assets", the other, in <1> way, not.', "SW 3"),
        ("1.2 Addressing power", "IMP 1 1.2 Addressing power: Guest lecture", "SW 2",
         "none: direct", "The plan names it.", "–"),
    )  # fmt: skip


def test_gaps_say_what_is_missing_and_what_would_help(mini_catalogue: Catalogue) -> None:
    assert _table(_document(mini_catalogue), "Gaps").rows == (
        ("SW 1", "2 Engage in policy", "No course serves it."),
    )
    assert _table(_document(mini_catalogue, A_ONLY), "Gaps").rows == (
        ("SW 1", "1 Assess needs", "No course lets students demonstrate it."),
        ("SW 1", "1.a Collect data",
         "No course names it; the competency as a whole is served by SW 1."),
        ("SW 1", "2 Engage in policy", "No course serves it."),
        ("IMP 1", "1.2 Addressing power",
         "Nothing in the plan leads to it; serving one of these would: 2 Engage in policy."),
    )  # fmt: skip


def test_what_only_electives_demonstrate_is_a_gap(mini_catalogue: Catalogue) -> None:
    entries = (Entry("SW 2", "sw-1:2", Depth.DEMONSTRATES), *PLAN.entries[:3])
    table = _table(_document(mini_catalogue, replace(PLAN, entries=entries)), "Gaps")
    assert table.rows == (
        ("SW 1", "2 Engage in policy",
         "Demonstrated in electives only (SW 2): not every student does."),
    )  # fmt: skip


def test_assessment_forms_have_two_measures_and_leave_the_rest_empty(
    mini_catalogue: Catalogue,
) -> None:
    document = _document(mini_catalogue)
    assert _table(document, "Assessment plan").rows == (
        ("1 Assess needs", "1", "SW 3", "", "", "", "", "", ""),
        ("1 Assess needs", "2", "SW 3", "", "", "", "", "", ""),
        ("2 Engage in policy", "1", "–", "", "", "", "", "", ""),
        ("2 Engage in policy", "2", "–", "", "", "", "", "", ""),
    )
    assert _table(document, "Assessment outcomes").rows == (
        ("1 Assess needs", "", "", "", "", ""),
        ("2 Engage in policy", "", "", "", "", ""),
    )
    assert "5.0.1(d)" in _table(document, "Assessment plan").notes[0]


def test_the_document_says_how_far_to_trust_it(mini_catalogue: Catalogue) -> None:
    document = _document(mini_catalogue)
    about = document.sections[0].blocks
    said = " ".join(
        span.text for block in about if isinstance(block, Paragraph) for span in block.spans
    )
    assert mini_catalogue.release in said
    assert "proposals" in said
    assert "a person must compare" in said
    assert "3 courses and 4 entries" in said
    assert mini_catalogue.release[:12] in document.footer
    assert document.title == "Curriculum matrix and evidence: A school (fictional)"


def test_an_edition_without_a_crosswalk_is_told_to_move_on(catalogue: Catalogue) -> None:
    entries = (Entry("SW 1", "epas-2015:1", Depth.INTRODUCES),)
    plan = replace(A_ONLY, edition="epas-2015", entries=entries)
    table = _table(matrix_document(plan, catalogue), "Implementation competencies reached")
    assert table.rows == ()
    assert "no crosswalk between epas-2015 and isp-2020" in table.notes[-1]


def test_every_statement_of_the_real_framework_is_in_the_matrix_or_its_parent(
    catalogue: Catalogue,
) -> None:
    entries = tuple(
        Entry("SW 1", c.id, Depth.DEMONSTRATES) for c in catalogue.by_framework["epas-2022"]
    )
    document = matrix_document(replace(A_ONLY, edition="epas-2022", entries=entries), catalogue)
    assert len(_table(document, "Curriculum matrix").rows) == len(entries)
    gaps = _table(document, "Gaps").rows
    assert not [row for row in gaps if row[0] == "EPAS 2022"]


def test_a_principle_of_the_plans_own_edition_has_its_row(catalogue: Catalogue) -> None:
    """Only a plan that is made to another framework than one of EPAS can name one."""
    entries = tuple(Entry("A", key, Depth.PRACTISES) for key in ("isp-2020:1.1", "isp-2020:P1"))
    plan = CoursePlan("P", Level.GENERALIST, "isp-2020", (Course("A", "One"),), entries)
    document = matrix_document(plan, catalogue, onto="epas-2022")
    for caption in ("Curriculum matrix", "Curriculum map"):
        first = [str(row[0]) for row in _table(document, caption).rows]
        assert [cell for cell in first if cell.startswith("P1 ")], caption


def test_an_unknown_framework_is_not_found(mini_catalogue: Catalogue) -> None:
    with pytest.raises(NotFoundError, match="imp-1"):
        matrix_document(PLAN, mini_catalogue, onto="imp-2")


def test_frameworks_are_called_as_people_write_them() -> None:
    assert [short_name(key) for key in ("epas-2015", "gis")] == ["EPAS 2015", "GIS"]


# ---- files -------------------------------------------------------------------------------


@pytest.mark.parametrize("format_", MATRIX_FORMATS)
def test_the_same_plan_is_the_same_file(mini_catalogue: Catalogue, format_: str) -> None:
    first = write_matrix(PLAN, mini_catalogue, format_, onto="imp-1")
    assert first == write_matrix(PLAN, mini_catalogue, format_, onto="imp-1")


def test_the_word_file_has_a_named_table_for_each_part(mini_catalogue: Catalogue) -> None:
    document = docx.Document(io.BytesIO(write_matrix(PLAN, mini_catalogue, "docx", onto="imp-1")))
    captions = [p.text for p in document.paragraphs if p.style and p.style.name == "Caption"]
    assert captions == [
        "Table 1: Curriculum matrix (SW 1)",
        "Table 2: Curriculum map (SW 1)",
        "Table 3: Evidence by competency (SW 1)",
        "Table 4: Courses",
        "Table 5: Implementation competencies reached (IMP 1)",
        "Table 6: Gaps",
        "Table 7: Assessment plan, to be filled in (SW 1)",
        "Table 8: Assessment outcomes, to be filled in (SW 1)",
    ]
    for table in document.tables:
        first = table._tbl.tr_lst[0]
        assert first.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
        assert all(cell.text.strip() for cell in table.rows[0].cells)


def test_the_spreadsheet_has_a_sheet_for_each_table(mini_catalogue: Catalogue) -> None:
    raw = write_matrix(PLAN, mini_catalogue, "xlsx", onto="imp-1")
    book = openpyxl.load_workbook(io.BytesIO(raw))
    assert book.sheetnames == [
        "About", "Curriculum matrix", "Curriculum map", "Evidence by competency", "Courses",
        "Implementation competencies rea", "Gaps", "Assessment plan, to be filled i",
        "Assessment outcomes, to be fill",
    ]  # fmt: skip
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes == "B2"
        assert all(cell.value for cell in sheet[1])
    assert book["Courses"]["G2"].value == 3


@pytest.mark.parametrize("format_", MATRIX_FORMATS)
def test_nothing_in_a_plan_becomes_markup_or_a_formula(
    mini_catalogue: Catalogue, format_: str
) -> None:
    courses = tuple(Course(f"C{n} {text}", text, term=text) for n, text in enumerate(HOSTILE))
    entries = tuple(
        Entry(course.code, "sw-1:1", Depth.INTRODUCES, text, page=text)
        for course, text in zip(courses, HOSTILE, strict=True)
    )
    plan = replace(PLAN, programme=HOSTILE[0], courses=courses, entries=entries, name=HOSTILE[5])
    raw = write_matrix(plan, mini_catalogue, format_, onto="imp-1")
    if format_ == "xlsx":
        for sheet in openpyxl.load_workbook(io.BytesIO(raw)).worksheets:
            assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    elif format_ == "docx":
        texts = {
            cell.text for table in docx.Document(io.BytesIO(raw)).tables
            for row in table.rows for cell in row.cells
        }  # fmt: skip
        assert {HOSTILE[0], HOSTILE[5], HOSTILE[7], HOSTILE[12]} <= texts
    else:
        text = raw.decode()
        assert "<script" not in text
        assert "<img" not in text
        assert format_ == "html" or not re.search(r"(?<!\\)\]\(javascript:", text)


# ---- template ----------------------------------------------------------------------------


def test_the_printed_template_is_the_usual_one() -> None:
    assert read_template(template_text().encode(), "t.yaml") == default_template()
    assert read_template(b"", "t.yaml") == default_template()


def test_every_column_can_be_had_by_deleting_a_hash(mini_catalogue: Catalogue) -> None:
    text = template_text().replace("      # ", "      ")
    template = read_template(text.encode(), "t.yaml")
    for table in template.tables:
        assert [key for key, _ in table.columns] == [c.key for c in TABLES[table.key].columns]
    table = _table(matrix_document(PLAN, mini_catalogue, template=template, onto="imp-1"), "Curr")
    shown = dict(zip(_titles(table), table.rows[0], strict=True))
    assert (shown["Depth"], shown["Identifier"], shown["Course title"], shown["Hours"]) == (
        "I", "sw-1:1", "Foundations", 6,
    )  # fmt: skip
    assert "I introduces" in table.notes[0]


def test_a_template_renames_orders_and_leaves_out(mini_catalogue: Catalogue) -> None:
    text = """
title: Self-study, volume 1
introduction: Prepared by the faculty.
language: es
paper: A4
abbreviations: {knowledge: Kn, introduces: 1}
tables:
  map:
    columns: {courses: "Course {code}", competency: }
  matrix:
    title: Matrix for AS M2.0.3
    note: ""
    columns:
      course: Where
      dimensions:
"""
    document = _document(mini_catalogue, text=text)
    assert (document.language, document.paper) == ("es", "a4")
    assert document.title == "Self-study, volume 1: A school (fictional)"
    assert document.sections[0].blocks[0] == Paragraph.of("Prepared by the faculty.")
    first, second = document.tables()
    assert _titles(first) == ["Course SW 1", "Course SW 2", "Course SW 3", "Competency"]
    assert first.rows[0] == ("1, P", "", "D", "1 Assess needs")
    assert second.caption == "Matrix for AS M2.0.3 (SW 1)"
    assert _titles(second) == ["Where", "Dimension(s)"]
    assert second.rows[0] == ("SW 1", "Kn, V")
    assert second.notes[0].startswith("Kn knowledge; V values")


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("titel: x", 1, "the template: there is no 'titel'; did you mean 'title'?"),
        ("title: ''", 1, "title: must not be empty; delete the line to leave it out"),
        ("title: [a]", 1, "title: must be a text"),
        ("- a", 1, "the template: write `name: value` lines, of title, introduction, language, "
         "paper, abbreviations, tables"),
        ("paper: legal", 1, "paper: cannot be 'legal'; it takes letter or a4"),
        ("language: klingon!", 1,
         "language: 'klingon!' is no language tag; write en-US or es, say"),
        ("tables:\n  matrx: {}", 2, "tables: there is no 'matrx'; did you mean 'matrix'?"),
        ("tables: {}", 1, f"tables: name at least one of {', '.join(TABLES)}"),
        ("tables:\n  map:\n    colums: {}", 3,
         "table map: there is no 'colums'; did you mean 'columns'?"),
        ("tables:\n  map:\n    columns:\n      compentency: C", 4,
         "columns of map: there is no 'compentency'; did you mean 'competency'?"),
        ("tables:\n  map:\n    columns: {}", 3,
         "columns of map: name at least one of competency, courses"),
        ("tables:\n  map:\n    columns: {courses: Course}", 3,
         "courses: the title must hold {code}, or all courses are called alike"),
        ("tables:\n  gaps:\n    columns:\n      framework: A\n      missing: a", 4,
         "columns of gaps: 'A' stands twice; rename one"),
        ("abbreviations:\n  skills: K", 2,
         "abbreviations: knowledge is written like another; change one"),
        ("abbreviations: {skill: S}", 1,
         "abbreviations: there is no 'skill'; did you mean 'skills'?"),
        (f"title: {'x' * 201}", 1, "title: is 201 characters; the most is 200"),
        ("title: &a x", 1, "is not plain YAML: anchors and aliases (& and *) are not read; write "
         "the value out"),
    ],
)  # fmt: skip
def test_a_faulty_template_is_refused_at_its_line(text: str, line: int, message: str) -> None:
    with pytest.raises(SourcesError) as caught:
        read_template(text.encode(), "t.yaml")
    assert (caught.value.findings[0].line, caught.value.findings[0].message) == (line, message)


def test_all_faults_of_a_template_are_told_at_once() -> None:
    text = "titel: x\npaper: legal\ntables:\n  matrx: {}\n  map:\n    columns: {a: b}\n"
    with pytest.raises(SourcesError) as caught:
        read_template(text.encode(), "t.yaml")
    assert [finding.line for finding in caught.value.findings] == [1, 2, 4, 6]


@pytest.mark.parametrize("raw", [b"x" * 300_000, "title: ä".encode("latin-1"), b"\xff\xfet"])
def test_a_template_that_is_no_text_is_refused(raw: bytes) -> None:
    with pytest.raises(SourcesError):
        read_template(raw, "t.yaml")


def test_the_printed_template_is_yaml_that_other_programs_read() -> None:
    found: dict[str, Any] = yaml.safe_load(template_text())
    assert [*found["tables"]] == [*TABLES]


# ---- briefs ------------------------------------------------------------------------------


def test_a_brief_says_what_a_course_serves_and_why(mini_catalogue: Catalogue) -> None:
    document = brief_document(PLAN, mini_catalogue, ["SW 1"], onto="imp-1")
    (section,) = document.sections
    assert section.title == "SW 1 Foundations"
    facts, own, other = section.blocks
    text = "Required · class · generalist practice · 3 credits · 45 hours · Fall 1"
    assert facts == Paragraph.of(text)
    assert isinstance(own, Table)
    assert own.rows == (
        ("1 Assess needs\n1.a Collect data", "you practise it", "Weeks 1 to 3; Role play"),
    )
    assert isinstance(other, Table)
    assert other.rows == (
        ("1.1 Assessing needs and assets",
         'By 1. Both find out what is lacking; one says "assets", the other, in <1> way, not.',
         "strong"),
    )  # fmt: skip


def test_a_brief_names_resources_for_what_the_course_serves(mini_catalogue: Catalogue) -> None:
    document = brief_document(PLAN, mini_catalogue, ["SW 2"], onto="imp-1")
    reading = document.sections[0].blocks[-1]
    assert isinstance(reading, Bullets)
    (item,) = reading.items
    assert item[0].text == "A story of power"
    assert item[0].link == "https://example.org/source"
    assert item[1].text == " (for 1.2). Teller (2021)."


def test_briefs_of_all_courses_begin_on_pages_of_their_own(mini_catalogue: Catalogue) -> None:
    document = brief_document(PLAN, mini_catalogue, onto="imp-1")
    assert [section.title for section in document.sections] == [
        "SW 1 Foundations", "SW 2 Policy", "SW 3 Field",
    ]  # fmt: skip
    assert [section.new_page for section in document.sections] == [False, True, True]


def test_a_course_that_serves_nothing_says_so(mini_catalogue: Catalogue) -> None:
    plan = replace(PLAN, entries=())
    (section,) = brief_document(plan, mini_catalogue, ["SW 1"], onto="imp-1").sections
    assert section.blocks[1] == Paragraph.of(
        "The course plan does not say yet which competencies this course serves."
    )


def test_what_does_not_fit_on_a_page_is_named(catalogue: Catalogue) -> None:
    entries = tuple(
        Entry("SW 1", c.id, Depth.DEMONSTRATES, "A long text about a long assignment " * 5)
        for c in catalogue.by_framework["epas-2022"]
    )
    plan = replace(A_ONLY, edition="epas-2022", entries=entries)
    (section,) = brief_document(plan, catalogue).sections
    other = next(
        b for b in section.blocks if isinstance(b, Table) and b.caption.startswith("Implementation")
    )
    assert other.rows
    rest = section.blocks[-1]
    assert isinstance(rest, Paragraph)
    said = "".join(span.text for span in rest.spans)
    shown = {str(row[0]).partition(" ")[2] for row in other.rows}
    reached = {
        c.title
        for c in catalogue.by_framework["isp-2020"]
        if c.level in ("competency", "principle") and (c.title in said or c.title in shown)
    }
    assert len(reached) == 21
    assert not [title for title in shown if title in said]


def test_an_edition_without_a_crosswalk_says_nothing_about_the_other_profession(
    catalogue: Catalogue,
) -> None:
    entries = (Entry("SW 1", "epas-2015:1", Depth.INTRODUCES),)
    plan = replace(A_ONLY, edition="epas-2015", entries=entries)
    (section,) = brief_document(plan, catalogue).sections
    assert [type(block) for block in section.blocks] == [Paragraph, Table]


def test_an_unknown_course_is_answered_with_the_nearest(mini_catalogue: Catalogue) -> None:
    with pytest.raises(NotFoundError) as caught:
        brief_document(PLAN, mini_catalogue, ["SW 1", "SW1"], onto="imp-1")
    assert caught.value.nearest[0].startswith("SW ")


@pytest.mark.parametrize("format_", BRIEF_FORMATS)
def test_briefs_are_the_same_file_each_time(mini_catalogue: Catalogue, format_: str) -> None:
    first = write_briefs(PLAN, mini_catalogue, format_, onto="imp-1")
    assert first == write_briefs(PLAN, mini_catalogue, format_, onto="imp-1")


def test_briefs_are_no_spreadsheet(mini_catalogue: Catalogue) -> None:
    with pytest.raises(NotAcceptableError, match="available: docx, markdown, html"):
        write_briefs(PLAN, mini_catalogue, "xlsx", onto="imp-1")
