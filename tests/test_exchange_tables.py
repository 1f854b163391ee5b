"""CSV, TSV and XLSX: what goes out comes in again as it was, and a wrong row is named."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import SourcesError
from graph.exchange import FORMATS, Selection, Source, framework_rows
from graph.exchange.alignment_rows import COLUMNS
from graph.model import CURATED, Direction, Evidence, Relation, Strength, Verdict
from graph.sheets import Table, write_workbook
from graph.terms import alignment_id

if TYPE_CHECKING:
    from graph.catalogue import Catalogue
    from graph.exchange.incoming import Incoming
    from graph.model import Alignment, Competency

NAMES: Final = ("csv", "tsv", "xlsx")

#: What may stand in a cell of our tables, and does its worst in somebody else's program.
_AWKWARD: Final = st.sampled_from(
    ["=1+1", "+1", "-1", "@SUM(A1)", "'=1", "''", '"', '""', 'a "b" c', "a,b;c", "_x0041_", "#N/A",
     "=HYPERLINK(\"https://example.org\")", "1e5", "007", "1.10", "TRUE", "2026-11-26", "a|b\\c",
     "\u4e2d\u6587 \U0001f600 e\u0301", "\u00a0x\u00a0y", "\u200fx", "a  b", "_x000D_", "\ufeffx"]
)  # fmt: skip
_CELL: Final = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="\ufffe\uffff"),
    min_size=1,
    max_size=40,
).map(str.strip).filter(bool) | _AWKWARD.map(str.strip)

_relaxed = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def source(catalogue: Catalogue, name: str = "file", framework_id: str = "") -> Source:
    return Source(name, catalogue, framework_id)


def back(catalogue: Catalogue, alignments: list[Alignment], name: str) -> tuple[Alignment, ...]:
    raw = FORMATS[name].write(Selection(catalogue, alignments))
    (crosswalk,) = FORMATS[name].read(raw, source(catalogue)).crosswalks
    return crosswalk.alignments


@st.composite
def _alignments(draw: st.DrawFn, like: Alignment) -> Alignment:
    """An alignment of the same pair with any verdict and any text."""
    aligned, imported = draw(st.booleans()), draw(st.booleans())
    relation = draw(st.sampled_from(Relation))
    modifier = "" if aligned else "Not"
    supports = _CELL.map(lambda text: text.replace("|", "/"))
    evidence = st.builds(
        Evidence, st.just(""), st.just("publication"), st.just("https://example.org/a?b=c&d=%20"),
        st.just("https://example.org/a?b=c&d=%20"), supports,
    )  # fmt: skip
    return replace(
        like,
        id=alignment_id(like.subject_id, modifier, relation.predicate_id, like.object_id),
        verdict=Verdict.ALIGNED if aligned else Verdict.NOT_ALIGNED,
        relation=relation,
        strength=draw(st.sampled_from(Strength)) if aligned else None,
        direction=draw(st.none() | st.sampled_from(Direction)),
        confidence=draw(st.integers(0, 1000)) / 1000,
        rationale=draw(_CELL),
        aims=draw(st.sampled_from([(), ("poverty",), ("poverty", "human-rights")])),
        change=draw(st.none() | _CELL),
        evidence=tuple(draw(st.lists(evidence, max_size=2))),
        status="imported" if imported else "proposed",
        author="" if imported and draw(st.booleans()) else like.author,
        date="" if imported and draw(st.booleans()) else like.date,
        justification=draw(st.sampled_from([CURATED, "semapv:LexicalMatching"])),
    )


@pytest.mark.parametrize("name", NAMES)
@_relaxed
@given(st.data())
def test_any_alignment_comes_back_as_it_was(
    mini_catalogue: Catalogue, name: str, data: st.DataObject
) -> None:
    like = next(iter(mini_catalogue.alignments.values()))
    alignment = data.draw(_alignments(like))
    assert back(mini_catalogue, [alignment], name) == (alignment,)


@pytest.mark.parametrize("name", NAMES)
def test_every_crosswalk_that_ships_comes_back_as_it_was(catalogue: Catalogue, name: str) -> None:
    for key, alignments in catalogue.by_crosswalk.items():
        assert back(catalogue, alignments, name) == tuple(alignments), key


@st.composite
def _competencies(draw: st.DrawFn, like: Competency) -> Competency:
    return replace(
        like,
        title=draw(_CELL),
        description=draw(_CELL),
        citation=draw(_CELL),
        url=draw(st.sampled_from(["https://example.org/", "http://example.org/?a=1&b='%22"])),
        confidence=draw(st.sampled_from(["high", "medium", "imported"])),
    )


@pytest.mark.parametrize("name", NAMES)
@_relaxed
@given(st.data())
def test_any_framework_comes_back_as_it_was(
    mini_catalogue: Catalogue, name: str, data: st.DataObject
) -> None:
    members = [data.draw(_competencies(c)) for c in mini_catalogue.by_framework["imp-1"]]
    framework = replace(
        mini_catalogue.frameworks["imp-1"],
        title=data.draw(_CELL),
        version=data.draw(_CELL),
        publisher=data.draw(_CELL | st.just("")),
        description=data.draw(_CELL),
        citation=data.draw(_CELL),
        note=data.draw(_CELL | st.just("")),
        issued=data.draw(st.sampled_from(["", "2020", "2020-11", "2020-11-05"])),
    )
    changed = replace(mini_catalogue, competencies={c.id: c for c in members})
    raw = FORMATS[name].write_framework(changed, framework)
    (found,) = FORMATS[name].read(raw, source(mini_catalogue)).frameworks
    assert found.framework == framework
    assert found.competencies == tuple(members)
    assert found.prefix_iri == mini_catalogue.prefixes.iris["imp-1"]
    assert found.levels == ()


# ---- workbooks ------------------------------------------------------------------------------


def test_a_workbook_has_rows_matrix_and_about_and_no_formula(mini_catalogue: Catalogue) -> None:
    crosswalk = mini_catalogue.crosswalks["sw-1--imp-1"]
    rows = mini_catalogue.by_crosswalk[crosswalk.id]
    risky = [replace(rows[0], rationale='=HYPERLINK("https://example.org","x")'), *rows[1:]]
    raw = FORMATS["xlsx"].write(Selection(mini_catalogue, risky, crosswalk))
    book = openpyxl.load_workbook(io.BytesIO(raw))
    assert book.sheetnames == ["alignments", "matrix", "about"]
    for sheet in book:
        assert sheet.freeze_panes
        assert sheet.auto_filter.ref
        assert {cell.data_type for row in sheet for cell in row} <= {"s", "n"}
    assert [cell.value for cell in book["alignments"][1]] == [*COLUMNS]
    matrix = [[cell.value for cell in row] for row in book["matrix"]]
    assert matrix[0] == [
        "sw-1 \\ imp-1", "imp-1:1.1 Assessing needs and assets", "imp-1:1.2 Addressing power",
    ]  # fmt: skip
    assert matrix[1] == ["sw-1:1 Assess needs", "close strong", "\u2013"]
    assert matrix[2] == ["sw-1:2 Engage in policy", None, "related weak"]
    about = {row[0].value: row[1].value for row in book["about"]}
    assert about["release"] == mini_catalogue.release
    assert about["license"] == crosswalk.license


def test_a_csv_holds_no_formula_and_a_tsv_is_exact(mini_catalogue: Catalogue) -> None:
    first = next(iter(mini_catalogue.alignments.values()))
    alignment = replace(first, rationale="=1+cmd|'calc'!A1")
    for name, shown in (("csv", ",'=1+cmd|"), ("tsv", "\t=1+cmd|")):
        raw = FORMATS[name].write(Selection(mini_catalogue, [alignment]))
        assert shown in raw.decode()
        assert back(mini_catalogue, [alignment], name) == (alignment,)


def test_a_sheet_of_any_name_is_read_if_it_is_the_only_one(mini_catalogue: Catalogue) -> None:
    rows = framework_rows.framework_rows(mini_catalogue, mini_catalogue.frameworks["sw-1"])
    one = Table("My list", framework_rows.COLUMNS, rows)
    raw = write_workbook([one], title="x")
    assert FORMATS["xlsx"].read(raw, source(mini_catalogue)).frameworks
    raw = write_workbook([one, Table("Notes", ("a",), [])], title="x")
    with pytest.raises(SourcesError, match="needs one sheet that is named alignments or framework"):
        FORMATS["xlsx"].read(raw, source(mini_catalogue))


def test_a_row_of_a_workbook_is_named_by_sheet_and_number(mini_catalogue: Catalogue) -> None:
    rows = framework_rows.framework_rows(mini_catalogue, mini_catalogue.frameworks["sw-1"])
    broken = [list(row) for row in rows]
    broken[1][framework_rows.COLUMNS.index("title")] = ""
    raw = write_workbook([Table("framework", framework_rows.COLUMNS, broken)], title="x")
    with pytest.raises(SourcesError) as caught:
        FORMATS["xlsx"].read(raw, source(mini_catalogue, "book.xlsx"))
    (finding,) = caught.value.findings
    assert str(finding) == "book.xlsx#framework:3: column 'title': must not be empty"


# ---- alignments that are wrong -----------------------------------------------------------------


def cells_of(catalogue: Catalogue) -> list[dict[str, str]]:
    raw = FORMATS["csv"].write(Selection(catalogue, list(catalogue.alignments.values())))
    return [*csv.DictReader(io.StringIO(raw.decode(), newline=""))]


def as_csv(rows: list[dict[str, str]], columns: Any = None) -> bytes:
    output = io.StringIO()
    writer = csv.DictWriter(output, columns or [*rows[0]], extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return output.getvalue().encode()


def read(catalogue: Catalogue, raw: bytes, name: str = "csv") -> Incoming:
    return FORMATS[name].read(raw, source(catalogue, f"file.{name}"))


def faults(catalogue: Catalogue, raw: bytes, name: str = "csv") -> list[str]:
    with pytest.raises(SourcesError) as caught:
        read(catalogue, raw, name)
    return [str(finding) for finding in caught.value.findings]


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("id", "0000000000000000", "column 'id': '0000000000000000' is of another decision"),
        ("subject_id", "sw-1:9", "column 'subject_id': 'sw-1:9' is no competency of the workspace"),
        ("subject_code", "2", "column 'subject_code': '2' is not '1' as subject_id says"),
        ("object_label", "Other", "column 'object_label': 'Other' is not 'Assessing needs"),
        ("subject_iri", "https://example.org/", "column 'subject_iri': 'https://example.org/' is"),
        ("verdict", "maybe", "column 'verdict': 'maybe' is none of aligned, not-aligned"),
        ("relation", "same", "column 'relation': 'same' is none of exact, close, broad"),
        ("strength", "", "column 'strength': '' is none of strong, moderate, weak"),
        ("confidence", "1.5", "column 'confidence': '1.5' is no number from 0 to 1"),
        ("confidence", "0,8", "column 'confidence': '0,8' is no number from 0 to 1"),
        ("confidence", "nan", "column 'confidence': 'nan' is no number from 0 to 1"),
        ("object_id", "sw-1:2", "column 'object_id': is of the same framework as subject_id"),
        ("rationale", "", "column 'rationale': must not be empty"),
        ("direction", "up", "column 'direction': 'up' is none of sw-enhances-isp"),
        ("aims", "poverty luck", "column 'aims': 'luck' is none of social-justice"),
        ("evidence_supports", "a|b", "column 'evidence_supports': has 2 texts for 1 addresses"),
        ("evidence", "example.org", "column 'evidence': 'example.org' is no web address"),
        ("status", "final", "column 'status': 'final' is none of proposed, reviewed"),
        ("author", "Somebody", "column 'author': 'Somebody' is no name with a known prefix"),
        ("date", "26.11.2026", "column 'date': '26.11.2026' is no date like 2026-11-23"),
        ("justification", "by hand", "column 'justification': 'by hand' is no term of semapv"),
        ("rationale", "a\x07b", "column 'rationale' holds the control character '\\x07'"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_named_by_row_and_column(
    mini_catalogue: Catalogue, column: str, value: str, message: str
) -> None:
    rows = cells_of(mini_catalogue)
    rows[0][column] = value
    if column in ("object_id", "subject_id"):  # only what is asked about is wrong
        for other in ("id", "object_code", "object_label", "object_iri", "subject_code"):
            rows[0][other] = ""
        rows[0]["subject_label"] = rows[0]["subject_iri"] = ""
    found = faults(mini_catalogue, as_csv(rows))
    assert any(fault.startswith(f"file.csv:2: {message}") for fault in found), found


def test_every_problem_of_every_row_is_told_at_once(mini_catalogue: Catalogue) -> None:
    rows = cells_of(mini_catalogue)
    for row in rows:
        row["confidence"], row["date"] = "high", "yesterday"
    assert len(faults(mini_catalogue, as_csv(rows))) == 2 * len(rows)


def test_a_pair_that_is_judged_twice_names_the_first_line(mini_catalogue: Catalogue) -> None:
    rows = cells_of(mini_catalogue)
    (fault,) = faults(mini_catalogue, as_csv([*rows, rows[0]]))
    assert (
        fault == "file.csv:6: column 'object_id': line 2 judges the same pair; keep one of the two"
    )


def test_columns_that_are_unknown_missing_or_twice_are_named(mini_catalogue: Catalogue) -> None:
    raw = as_csv(cells_of(mini_catalogue))
    unknown = faults(mini_catalogue, raw.replace(b"rationale", b"reason", 1))
    assert unknown[1].startswith("file.csv:1: unknown columns 'reason'; known: id, subject_id")
    assert unknown[0] == "file.csv:1: missing columns 'rationale'"
    (twice,) = faults(mini_catalogue, raw.replace(b",change,", b",status,", 1))
    assert twice == "file.csv:1: columns 'status' stand twice; keep one of each"


def test_a_table_by_hand_needs_few_columns(mini_catalogue: Catalogue) -> None:
    columns = ["subject_id", "object_id", "relation", "strength", "confidence", "rationale",
               "author", "date"]  # fmt: skip
    rows = [row for row in cells_of(mini_catalogue) if row["verdict"] == "aligned"]
    (crosswalk,) = read(mini_catalogue, as_csv(rows, columns)).crosswalks
    assert {a.status for a in crosswalk.alignments} == {"proposed"}
    assert {a.justification for a in crosswalk.alignments} == {CURATED}


def test_line_breaks_in_cells_become_spaces_and_are_noted(mini_catalogue: Catalogue) -> None:
    rows = cells_of(mini_catalogue)
    rows[1]["rationale"] = "one\r\ntwo\u2028three"
    found = read(mini_catalogue, as_csv(rows))
    assert found.crosswalks[0].alignments[1].rationale == "one two three"
    (note,) = found.notes
    assert str(note) == "file.csv:3: column 'rationale': a line break or tab was read as a space"
    rows[2]["confidence"] = "high"  # and lines are counted as an editor shows them
    assert faults(mini_catalogue, as_csv(rows))[0].startswith("file.csv:5: ")


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "file.csv:1: missing columns"),
        (b"subject_id,object_id\n\xff\xfe,x\n", "file.csv:2: byte 0xff is not UTF-8"),
        ("a,b".encode("utf-16"), "file.csv:1: is UTF-16; save it as UTF-8"),
        (b"subject_id;relation;object_id\n", "file.csv:1: parts its cells by semicolons"),
        (b'subject_id,relation\n"a"b,c\n', "file.csv:2: cannot be read: ',' expected after '\"'"),
        (b"PK\x03\x04rest", "file.csv:1: is a spreadsheet or another archive"),
        (b"subject_id,x\x00y\n", "file.csv:1: holds a NUL character"),
    ],
)
def test_a_file_that_is_no_table_says_so(
    mini_catalogue: Catalogue, raw: bytes, message: str
) -> None:
    assert faults(mini_catalogue, raw)[0].startswith(message)


def test_a_row_of_another_width_is_named(mini_catalogue: Catalogue) -> None:
    raw = as_csv(cells_of(mini_catalogue)) + b"a,b\r\n"
    assert faults(mini_catalogue, raw)[0].startswith("file.csv:6: has 2 cells, not 23")


def test_a_table_whose_every_row_is_too_short_is_refused(mini_catalogue: Catalogue) -> None:
    head = ",".join(framework_rows.COLUMNS)
    assert faults(mini_catalogue, f"{head}\nA,B\n".encode())[0].startswith(
        "file.csv:2: has 2 cells"
    )


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_a_byte_order_mark_is_no_part_of_the_table(mini_catalogue: Catalogue, bom: bytes) -> None:
    assert read(mini_catalogue, bom + as_csv(cells_of(mini_catalogue))).crosswalks


# ---- frameworks that are wrong ------------------------------------------------------------------

NURSING: Final = [
    {
        "code": "1", "level": "domain", "parent": "", "title": "Care", "framework_title": "Nursing",
        "framework_version": "1", "framework_description": "What nurses learn.",
        "framework_url": "https://example.org/n",
    },
    {"code": "1.1", "level": "competency", "parent": "1", "title": "Listen"},
    {"code": "1.2", "level": "competency", "parent": "1", "title": "Share"},
]  # fmt: skip


def nursing(place: int = 0, **cells: str) -> bytes:
    rows = [dict.fromkeys(framework_rows.COLUMNS, "") | row for row in NURSING]
    rows[place] |= cells
    return as_csv(rows)


def test_a_framework_by_hand_needs_few_columns(mini_catalogue: Catalogue) -> None:
    (found,) = read(mini_catalogue, nursing()).frameworks
    assert (found.framework.id, found.framework.confidence) == ("nursing", "imported")
    assert found.framework.citation == "Nursing."
    assert [c.parent for c in found.competencies] == [None, "nursing:1", "nursing:1"]
    assert {c.description for c in found.competencies} == {""}
    assert found.prefix_iri.endswith("/id/nursing/")


@pytest.mark.parametrize(
    ("place", "cells", "message"),
    [
        (1, {"code": "1"}, "file.csv:3: column 'code': '1' stands already on line 2"),
        (1, {"code": "a b"}, "file.csv:3: column 'code': 'a b' is no code of letters"),
        (1, {"id": "other:1.1"}, "file.csv:3: column 'id': 'other:1.1' is not :1.1"),
        (1, {"level": ""}, "file.csv:3: column 'level': must not be empty"),
        (1, {"title": ""}, "file.csv:3: column 'title': must not be empty"),
        (1, {"parent": "9"}, "file.csv:3: column 'parent': '9' is no code of this table"),
        (0, {"parent": "1.1"}, "file.csv:2: column 'parent': leads back to '1'"),
        (1, {"parent": "1.1"}, "file.csv:3: column 'parent': leads back to '1.1'"),
        (1, {"url": "example"}, "file.csv:3: column 'url': 'example' is no web address"),
        (1, {"confidence": "low"}, "file.csv:3: column 'confidence': 'low' is none of high"),
        (1, {"confidence": "high"}, "file.csv:3: column 'description': must not be empty, unless"),
        (1, {"framework_title": "X"}, "file.csv:3: column 'framework_title': differs from the"),
        (0, {"framework_title": ""}, "file.csv:2: column 'framework_title': must be filled"),
        (0, {"framework_url": "x"}, "file.csv:2: column 'framework_url': 'x' is no web address"),
        (0, {"framework_issued": "May"}, "file.csv:2: column 'framework_issued': 'May' is no year"),
        (0, {"framework_id": "A b"}, "file.csv:2: column 'framework_id': 'A b' is no short name"),
        (0, {"framework_iris": "urn:x"}, "file.csv:2: column 'framework_iris': 'urn:x' is no web"),
        (0, {"iri": "https://example.org/2", "framework_iris": "https://example.org/"},
         "file.csv:2: column 'iri': 'https://example.org/2' is not 'https://example.org/1'"),
    ],
)  # fmt: skip
def test_a_wrong_cell_of_a_framework_is_named(
    mini_catalogue: Catalogue, place: int, cells: dict[str, str], message: str
) -> None:
    found = faults(mini_catalogue, nursing(place, **cells))
    assert any(fault.startswith(message) for fault in found), found


def test_a_framework_without_a_code_column_or_rows_says_so(mini_catalogue: Catalogue) -> None:
    columns = [c for c in framework_rows.COLUMNS if c not in ("id", "code")]
    rows = [dict.fromkeys(framework_rows.COLUMNS, "") | row for row in NURSING]
    assert "file.csv:1: needs a column 'code' or 'id'" in faults(
        mini_catalogue, as_csv(rows, columns)
    )
    empty = as_csv([], framework_rows.COLUMNS)
    assert faults(mini_catalogue, empty) == ["file.csv:1: has no rows below its first"]


def test_a_framework_under_another_name_has_its_own_iris(mini_catalogue: Catalogue) -> None:
    raw = nursing(framework_id="nursing-1", framework_iris="https://example.org/n/")
    (own,) = FORMATS["csv"].read(raw, source(mini_catalogue)).frameworks
    (other,) = FORMATS["csv"].read(raw, source(mini_catalogue, "f", "nursing-2")).frameworks
    assert own.prefix_iri == "https://example.org/n/"
    assert other.prefix_iri.endswith("/id/nursing-2/")
    assert other.competencies[1].id == "nursing-2:1.1"
