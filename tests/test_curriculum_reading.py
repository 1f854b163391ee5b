"""A course plan comes in whole, or every fault of it is named at its place."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.bounded import parse_json, parse_yaml
from graph.curriculum import forms
from graph.curriculum.model import Course, CoursePlan, Depth, Entry, Level, Setting
from graph.curriculum.reading import read_plan
from graph.curriculum.writing import FORMS, write_plan
from graph.errors import ParameterError, SourcesError
from graph.sheets import Table, write_workbook
from graph.terms import framework_of, natural_key, shipped_data

if TYPE_CHECKING:
    from graph.catalogue import Catalogue

EXAMPLES = shipped_data().parent / "examples"

_COMPETENCIES = ("epas-2022:1", "epas-2022:1.a", "epas-2022:7", "epas-2022:10", "isp-2020:2.3")
_KNOWN = tuple(key for key in _COMPETENCIES if key != "epas-2022:10")
_DIMENSIONS = ("knowledge", "values", "skills", "cognitive-and-affective-processes")
_SYSTEMS = ("individual", "family", "group", "organization", "community")

_texts = (
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), max_size=20)
    .map(lambda text: " ".join(text.split()))
    .filter(lambda text: not text.startswith("'"))
)
_codes = st.from_regex(r"[A-Z]{2,4} [0-9]{3}", fullmatch=True)
_numbers = st.none() | st.sampled_from([1.0, 3.0, 45.0, 0.5, 1.25])


def _bare(plan: CoursePlan) -> CoursePlan:
    """A plan without what tells from which file it came."""
    entries = tuple(replace(entry, line=0) for entry in plan.entries)
    return replace(plan, entries=entries, name="plan")


@st.composite
def _plans(draw: st.DrawFn, *, plain: bool = False) -> CoursePlan:
    codes = draw(st.lists(_codes, min_size=1, max_size=3, unique=True))
    courses = tuple(
        Course(
            code=code,
            title=draw(_texts),
            hours=draw(_numbers),
            credits=draw(_numbers),
            required=draw(st.booleans()),
            term=draw(_texts),
            setting=draw(st.sampled_from(Setting)),
            level=draw(st.sampled_from(Level)),
        )
        for code in codes
    )
    empty = st.just("")
    entry = st.builds(
        Entry,
        course=st.sampled_from(codes),
        competency=st.sampled_from(_KNOWN),
        depth=st.sampled_from(Depth),
        content=empty if plain else _texts,
        dimensions=st.just(())
        if plain
        else st.sets(st.sampled_from(_DIMENSIONS)).map(
            lambda found: tuple(d for d in _DIMENSIONS if d in found)
        ),
        systems=st.just(())
        if plain
        else st.sets(st.sampled_from(_SYSTEMS)).map(
            lambda found: tuple(s for s in _SYSTEMS if s in found)
        ),
        page=empty if plain else _texts,
        hours=st.none() if plain else _numbers,
    )
    entries = draw(st.lists(entry, min_size=1, max_size=6, unique=True))

    def place(entry: Entry) -> tuple[object, ...]:
        other = framework_of(entry.competency) != "epas-2022"
        depth = [*Depth].index(entry.depth)
        return codes.index(entry.course), other, natural_key(entry.competency), depth

    return CoursePlan(
        programme=draw(_texts),
        level=draw(st.sampled_from(Level)),
        edition="epas-2022",
        courses=courses,
        entries=tuple(sorted(entries, key=place)),
    )


@pytest.mark.parametrize("form", [form for form in FORMS if form != "matrix"])
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_what_is_written_reads_back_equal(catalogue: Catalogue, form: str, data: st.DataObject):
    plan = data.draw(_plans())
    raw = write_plan(plan, form, catalogue)
    assert _bare(read_plan(raw, f"plan{FORMS[form][0]}", catalogue)) == plan


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_matrix_reads_back_equal(catalogue: Catalogue, data: st.DataObject) -> None:
    plan = data.draw(_plans(plain=True))
    raw = write_plan(plan, "matrix", catalogue)
    assert _bare(read_plan(raw, "plan.csv", catalogue)) == plan


def test_a_matrix_is_not_written_where_it_would_lose_something(catalogue: Catalogue) -> None:
    plan = read_plan((EXAMPLES / "msw-2015.csv").read_bytes(), "msw-2015.csv", catalogue)
    with pytest.raises(ParameterError, match="a form with a place for content and hours"):
        write_plan(plan, "matrix")


@pytest.mark.parametrize("ending", ["csv", "json", "yaml"])
def test_the_older_columns_still_read(catalogue: Catalogue, ending: str) -> None:
    name = f"msw-2015.{ending}"
    plan = read_plan((EXAMPLES / name).read_bytes(), name, catalogue)
    assert plan.edition == "epas-2015"
    titles = {course.code: course.title for course in plan.courses}
    assert titles["SOWK 520"] == "Research for Practice"
    assert {entry.depth for entry in plan.entries} <= {*Depth}
    assert all(entry.content for entry in plan.entries if entry.course == "SOWK 520")


_LONG = """\
# programme: Made up
# edition: epas-2022
course,title,competency,depth,content,dimensions,systems,hours
A 1,One,epas-2022:1,I,,K; S,,2
A 1,,isp-2020:2.3,P,,,"individual, families",
"""


def test_abbreviations_and_plurals_are_understood(catalogue: Catalogue) -> None:
    plan = read_plan(_LONG.encode(), "plan.csv", catalogue)
    first, second = plan.entries
    assert plan.programme == "Made up"
    assert (first.depth, first.dimensions) == (Depth.INTRODUCES, ("knowledge", "skills"))
    assert (second.depth, second.systems) == (Depth.PRACTISES, ("individual", "family"))
    assert (first.line, second.line) == (4, 5)


def _faults(raw: bytes | str, catalogue: Catalogue, name: str = "plan.csv") -> list[str]:
    with pytest.raises(SourcesError) as caught:
        read_plan(raw.encode() if isinstance(raw, str) else raw, name, catalogue)
    return [str(finding) for finding in caught.value.findings]


def test_every_fault_is_named_at_once_with_row_and_column(catalogue: Catalogue) -> None:
    text = _LONG + (
        "A 1,Two,epas-2022:1.z,X,,,,\n"
        "A 1,,epas-2022:1,I,,K; S,,2\n"
        "A 1,,4,D,,brain,galaxy,-3\n"
        "A 1,,isp-2020:D1,D,,,,\n"
        "A 1,,epas-2015:2,D,,,,\n"
        ",,epas-2022:4,D,,,,\n"
        "A 1,,epas-2022:4,,,,,\n"
    )
    found = "\n".join(_faults(text, catalogue))
    for expected in (
        "plan.csv:6: column title: A 1 has 'Two' here and 'One' in row 4; make them the same",
        "plan.csv:6: column competency: there is no 'epas-2022:1.z'; did you mean epas-2022:1",
        "plan.csv:6: column depth: 'X' is unknown; it is one of I (introduces), P (practises), "
        "D (demonstrates)",
        "plan.csv:7: repeats row 4: A 1 introduces epas-2022:1; take one of them out",
        "plan.csv:8: column competency: there is no '4'; did you mean epas-2022:4?",
        "plan.csv:8: column dimensions: 'brain' is no dimension",
        "plan.csv:8: column systems: 'galaxy' is no system",
        "plan.csv:8: column hours: '-3' is no number above 0",
        "plan.csv:9: column competency: isp-2020:D1 is a domain; name what it holds: isp-2020:1.1",
        "plan.csv:10: column competency: epas-2015:2 is of epas-2015, but the plan is made to "
        "epas-2022; see what took its place: crosswalk align epas-2015:2 --to epas-2022",
        "plan.csv:11: column course is empty",
        "plan.csv:12: column depth is empty; write I, P or D",
    ):
        assert expected in found, expected


def test_unknown_columns_are_errors_with_the_nearest_known_one(catalogue: Catalogue) -> None:
    found = _faults("course,competancy,depth\nA 1,epas-2022:1,I\n", catalogue)
    assert found[0].startswith("plan.csv:1: column 'competancy' is unknown; did you mean 'comp")
    assert "plan.csv:1: column 'competency' is missing" in found[1]


def test_an_unknown_column_does_not_hide_what_else_is_wrong(catalogue: Catalogue) -> None:
    text = "course,competency,depth,color\nA 1,epas-2022:99,I,red\nA 1,epas-2022:1,shows,red\n"
    found = _faults(text, catalogue)
    assert [fault.partition(";")[0] for fault in found] == [
        "plan.csv:1: column 'color' is unknown",
        "plan.csv:2: column competency: there is no 'epas-2022:99'",
        "plan.csv:3: column depth: 'shows' is unknown",
    ]


def test_a_line_of_a_template_that_was_left_empty_is_no_entry(catalogue: Catalogue) -> None:
    plan = read_plan((_LONG + ",,epas-2022:9,,,,,\n").encode(), "plan.csv", catalogue)
    assert len(plan.entries) == 2


def test_a_matrix_says_which_cell_is_wrong(catalogue: Catalogue) -> None:
    text = (
        "competency,label,A 1,A 2,A 1\n"
        "title,,One,Two,\n"
        "epas-2022:1,Ethics,I/P,x,\n"
        "epas-2022:1,Ethics,D,,\n"
    )
    assert _faults(text, catalogue) == [
        "plan.csv:1: course 'A 1' stands in 2 columns; keep one",
        "plan.csv:3: column A 2: 'x' is no depth; write I (introduces), P (practises) or D "
        "(demonstrates), several with a comma between",
        "plan.csv:4: 'epas-2022:1' stands already in row 3; keep one row",
    ]


def test_a_matrix_cell_holds_several_depths(catalogue: Catalogue) -> None:
    text = "competency,A 1\nepas-2022:1,I and D\n"
    plan = read_plan(text.encode(), "plan.csv", catalogue)
    assert [entry.depth for entry in plan.entries] == [Depth.INTRODUCES, Depth.DEMONSTRATES]


def _book(*tables: Table) -> bytes:
    return write_workbook(tables, title="Plan")


def test_a_course_in_the_map_that_is_not_in_the_courses_is_a_fault(catalogue: Catalogue) -> None:
    raw = _book(
        Table("Programme", ("field", "value"), [("programme", "Made up")]),
        Table("Courses", ("code", "title"), [("SOWK 501", "One")]),
        Table("Map", ("course", "competency", "depth"), [("SOWK 510", "epas-2022:1", "I")]),
        Table("Notes", ("x",), []),
    )
    found = _faults(raw, catalogue, "plan.xlsx")
    assert "plan.xlsx#Notes:1: sheet is unknown" in found[0]
    raw = _book(
        Table("courses", ("code", "title"), [("SOWK 501", "One")]),
        Table("map", ("course", "competency", "depth"), [("SOWK 510", "epas-2022:1", "I")]),
    )
    assert _faults(raw, catalogue, "plan.xlsx") == [
        "plan.xlsx#map:2: course 'SOWK 510' is not in the sheet courses; did you mean 'SOWK 501'?"
    ]


def test_a_workbook_may_hold_a_matrix_or_a_single_sheet_of_any_name(catalogue: Catalogue) -> None:
    matrix = Table("matrix", ("competency", "A 1"), [("epas-2022:1", "D")])
    courses = Table("courses", ("code", "title", "hours"), [("A 1", "One", 45)])
    plan = read_plan(_book(courses, matrix), "plan.xlsx", catalogue)
    assert (plan.courses[0].hours, plan.entries[0].depth) == (45.0, Depth.DEMONSTRATES)
    single = Table("Sheet1", ("competency", "A 1"), [("epas-2022:1", "D")])
    assert read_plan(_book(single), "plan.xlsx", catalogue).entries[0].course == "A 1"


_LINK = ("course", "competency", "depth")


@pytest.mark.parametrize(
    ("tables", "fault"),
    [
        (
            [Table("map", _LINK, [("A 1", "epas-2022:1", "I")]),
             Table("map ", _LINK, [("A 1", "epas-2022:2", "I")])],
            "plan.xlsx#map :1: sheet has the name of 'map'; delete or rename one",
        ),
        (
            [Table("matrix", ("competency", "A 1"), [("hours", "3"), ("epas-2022:1", "I")])],
            "plan.xlsx#matrix:1: course 'A 1' has hours here; keep them in the sheet courses",
        ),
        (
            [Table("matrix", ("competency", "A 1", "A 2"), [("epas-2022:1", "I", "")])],
            "plan.xlsx#matrix:1: course 'A 2' is not in the sheet courses; did you mean 'A 1'?",
        ),
        (
            [Table("matrix", ("competency", "A 1"), [("epas-2022:1", "I")]),
             Table("programme", ("field", "value"), [("", "Made up")])],
            "plan.xlsx#programme:2: column field is empty beside 'Made up'; say what it is",
        ),
    ],
)  # fmt: skip
def test_no_sheet_and_no_cell_of_a_workbook_is_passed_over(
    catalogue: Catalogue, tables: list[Table], fault: str
) -> None:
    courses = Table("courses", ("code", "title"), [("A 1", "One")])
    assert _faults(_book(courses, *tables), catalogue, "plan.xlsx") == [fault]


def test_what_is_said_twice_in_other_words_is_a_fault(catalogue: Catalogue) -> None:
    matrix = "competency,A 1\ntitle,One\nTitle,Two\nepas-2022:1,I\n"
    assert _faults(matrix, catalogue) == [
        "plan.csv:3: 'Title' stands already in row 2; keep one row"
    ]
    record = '[{"course": "A 1", "competency": "epas-2022:1", "depth": "I", "level": "D"}]'
    assert _faults(record, catalogue, "plan.json") == [
        "plan.json:1: has both level and depth; keep one"
    ]
    twice = _YAML.replace("programme: Made up", "programme: Made up\nprogram: Another")
    assert "programme is said already" in _faults(twice, catalogue, "plan.yaml")[0]


def test_program_is_another_word_for_programme_in_every_form(catalogue: Catalogue) -> None:
    american = _YAML.replace("programme:", "program:")
    assert read_plan(american.encode(), "plan.yaml", catalogue).programme == "Made up"
    american = _LONG.replace("# programme:", "# program:")
    assert read_plan(american.encode(), "plan.csv", catalogue).programme == "Made up"


def test_an_empty_line_above_the_header_does_not_hide_what_divides_the_cells(
    catalogue: Catalogue,
) -> None:
    plan = read_plan(b"\ncourse;competency;depth\nA 1;epas-2022:1;I\n", "plan.csv", catalogue)
    assert plan.entries[0].line == 3


def test_a_formula_is_refused(catalogue: Catalogue) -> None:
    import io

    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["course", "competency", "depth", "hours"])
    book.active.append(["A 1", "epas-2022:1", "I", "=1+1"])
    output = io.BytesIO()
    book.save(output)
    found = _faults(output.getvalue(), catalogue, "plan.xlsx")
    assert found == ["plan.xlsx#Sheet:2: cell D2 is a formula; paste its value instead"]


def test_other_encodings_are_refused_with_the_line(catalogue: Catalogue) -> None:
    raw = _LONG.replace("Made up", "B\u00fcro").encode("latin-1")
    assert _faults(raw, catalogue) == [
        'plan.csv:1: byte 0xfc is not UTF-8; save the file as UTF-8, in Excel as "CSV UTF-8"'
    ]
    assert "UTF-16" in _faults(_LONG.encode("utf-16"), catalogue)[0]


def test_a_byte_order_mark_semicolons_and_crlf_are_no_fault(catalogue: Catalogue) -> None:
    text = "course;competency;depth\r\nA 1;epas-2022:1;I\r\n"
    plan = read_plan(b"\xef\xbb\xbf" + text.encode(), "plan.csv", catalogue)
    assert len(plan.entries) == 1


_YAML = """\
programme: Made up
level: specialized
edition: epas-2022
courses:
  - code: A 1
    title: One
    required: no
    setting: field
    serves:
      - competency: epas-2022:1
        depth: practices
        dimensions: [knowledge, C/A]
"""


def test_nested_yaml_says_on_which_line_a_fault_stands(catalogue: Catalogue) -> None:
    plan = read_plan(_YAML.encode(), "plan.yaml", catalogue)
    assert plan.level is Level.SPECIALISED
    assert not plan.courses[0].required
    assert plan.courses[0].setting is Setting.FIELD
    assert plan.entries[0].line == 10
    assert plan.entries[0].dimensions == ("knowledge", "cognitive-and-affective-processes")
    wrong = _YAML.replace("competency: epas", "competence: epas") + "      - depth: I\n"
    assert _faults(wrong, catalogue, "plan.yaml") == [
        "plan.yaml:10: 'competence' is unknown; did you mean 'competency'? Known: competency, "
        "depth, content, dimensions, systems, page, hours, label",
        "plan.yaml:10: column competency is empty",
        "plan.yaml:13: column competency is empty",
    ]


def test_json_says_on_which_line_a_fault_stands(catalogue: Catalogue) -> None:
    plan = read_plan(_YAML.encode(), "plan.yaml", catalogue)
    text = write_plan(plan, "json").decode().replace("epas-2022:1", "epas-2022:99")
    line = text[: text.index("epas-2022:99")].count("\n")
    assert _faults(text, catalogue, "plan.json") == [
        f"plan.json:{line}: column competency: there is no 'epas-2022:99'; did you mean "
        "epas-2022:9 or epas-2022:9.b or epas-2022:9.a?"
    ]
    assert (
        "'edition' stands twice" in _faults('{"edition": 1, "edition": 2}', catalogue, "p.json")[0]
    )


@pytest.mark.parametrize("form", FORMS)
def test_the_same_plan_gives_the_same_bytes(catalogue: Catalogue, form: str) -> None:
    text = "competency,A 1\nepas-2022:1,I and D\n"
    plan = read_plan(text.encode(), "plan.csv", catalogue)
    assert write_plan(plan, form, catalogue) == write_plan(plan, form, catalogue)


def test_what_is_too_large_is_refused_with_the_bound(catalogue: Catalogue) -> None:
    rows = "".join(f"C {n},epas-2022:1,I\n" for n in range(301))
    text = f"course,competency,depth\n{rows}"
    assert _faults(text, catalogue) == ["plan.csv:1: has 301 courses; the most is 300"]
    padding = "# " + "x" * 1024 * 1024
    assert "1,048,576" in _faults(_YAML + padding, catalogue, "plan.yaml")[0]
    many = "".join(f"A 1,epas-2022:1,I,{n}\n" for n in range(10_001))
    found = _faults(f"course,competency,depth,content\n{many}", catalogue)
    assert found == ["plan.csv:1: has 10,001 entries; the most is 10,000"]


@pytest.mark.parametrize("ending", ["csv", "json", "xlsx"])
def test_a_small_file_of_very_many_rows_is_refused_before_they_are_judged(
    catalogue: Catalogue, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four megabytes can hold two million rows; to judge each would take minutes."""
    for name in ("MOST_ROWS", "MOST_CELLS", "MOST_VALUES"):
        monkeypatch.setattr(forms, name, 20)
    header = ["course", "competency", "depth"]
    rows = [["A 1", "epas-2022:66", "I"] for _ in range(30)]
    raw = {
        "csv": "\n".join(map(",".join, [header, *rows])).encode(),
        "json": json.dumps(
            [dict(zip(header, row, strict=True)) for row in rows], indent=0
        ).encode(),
        "xlsx": _book(Table("map", header, rows)),
    }[ending]
    said = {
        "csv": "plan.csv:21: is larger than 20 rows or 500 columns; a plan needs fewer",
        "json": "plan.json:26: holds more than 20 values; split the file",
        "xlsx": "plan.xlsx#map:7: has more than 20 cells; split it, or delete what is not needed",
    }[ending]
    assert _faults(raw, catalogue, f"plan.{ending}") == [said]


@pytest.mark.parametrize("other", ["Sw 1", "SW 1\u200b", "\uff33W 1"])
def test_codes_that_look_alike_are_a_fault(catalogue: Catalogue, other: str) -> None:
    """Another case, a sign without a width that came with a paste, a wide letter."""
    rows = f"SW 1,epas-2022:1,I\n{other},epas-2022:2,I\n{other},epas-2022:3,I\n"
    assert _faults(f"course,competency,depth\n{rows}", catalogue) == [
        f"plan.csv:3: course {other!r} and course 'SW 1' in row 2 look alike; "
        "write one as the other, or give it another code"
    ]


def test_a_text_that_no_cell_of_a_spreadsheet_holds_is_a_fault(catalogue: Catalogue) -> None:
    text = f"course,competency,depth,content\nSW 1,epas-2022:1,I,{'x' * 10_001}\n"
    assert _faults(text, catalogue) == [
        "plan.csv:2: column content: is longer than 10,000 characters; say it shorter"
    ]


def test_a_decimal_comma_is_refused_with_how_to_write_it(catalogue: Catalogue) -> None:
    text = "course;credits;competency;depth\nSW 1;4,5;epas-2022:1;I\n"
    assert _faults(text, catalogue) == [
        "plan.csv:2: column credits: '4,5' is no number above 0 and up to 10,000; "
        "write 4.5, with a point"
    ]


def test_anchors_and_deep_nesting_are_refused(catalogue: Catalogue) -> None:
    assert "anchors and aliases" in _faults("a: &x 1\nb: *x\n", catalogue, "plan.yaml")[0]
    deep = "[" * 200 + "]" * 200
    assert "nests deeper" in _faults(deep, catalogue, "plan.json")[0]


@pytest.mark.parametrize(
    ("text", "line"),
    [('[\n {"a": 1},\n {"a": {"b": 2}}]', [2, 3, 3]), ("- a: 1\n- a:\n    b: 2\n", [1, 2, 3])],
)
def test_records_know_their_lines(text: str, line: list[int]) -> None:
    parse = parse_json if text.startswith("[") else parse_yaml
    first, second = parse(text.encode(), "x", placed=True)
    assert [first.line, second.line, second["a"].line] == line
    assert second == {"a": {"b": 2}}


def test_cells_that_look_like_formulas_are_guarded_in_csv(catalogue: Catalogue) -> None:
    text = "course,competency,depth,content\nA 1,epas-2022:1,I,'=SUM(1)\n"
    plan = read_plan(text.encode(), "plan.csv", catalogue)
    assert plan.entries[0].content == "=SUM(1)"
    assert b",'=SUM(1)," in write_plan(plan, "csv")


def test_an_edition_that_is_none_or_not_said_is_a_fault(catalogue: Catalogue) -> None:
    row = "course,competency,depth\nA 1,epas-2022:1,I\n"
    assert (
        "edition 'epas-2002' is no framework; did you mean epas-20"
        in (_faults(f"# edition: epas-2002\n{row}", catalogue)[0])
    )
    both = f"{row}A 1,epas-2015:1,I\n"
    assert _faults(both, catalogue)[0].startswith(
        "plan.csv:3: names epas-2015, and row 2 names epas-2022; a plan is made to one edition"
    )
