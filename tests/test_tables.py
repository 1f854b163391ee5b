"""The tables: what is right is read, and what is wrong is named by file, line, and mend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.build import build, write_build
from graph.catalogue import Catalogue
from graph.errors import SourcesError
from graph.records import alignment_record
from graph.store import open_store
from graph.tables import COLUMNS, format_table, kind_of, parse_table, read_sources, table_paths

if TYPE_CHECKING:
    from pathlib import Path

TABLE = "crosswalks/sw-1--imp-1.sssom.tsv"
SW = "frameworks/sw-1.tsv"
LIST = "frameworks.tsv"


def _findings(data: Path) -> list[str]:
    return [str(finding) for finding in read_sources(data).findings]


def _edit(data: Path, name: str, old: str, new: str) -> int:
    """Change the first place of a text; the number of its line."""
    text = (data / name).read_text(encoding="utf-8")
    assert old in text
    (data / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_the_tiny_tables_are_sound(mini_data: Path) -> None:
    sources = read_sources(mini_data)
    assert sources.findings == []
    assert list(sources.frameworks) == ["imp-1", "sw-1"]
    assert list(sources.competencies) == [
        "imp-1:D1", "imp-1:1.1", "imp-1:1.2", "sw-1:1", "sw-1:1.a", "sw-1:2"
    ]  # fmt: skip
    (table,) = sources.crosswalks
    assert [a.subject_id for a in table.alignments] == ["sw-1:1", "sw-1:1", "sw-1:1.a", "sw-1:2"]


#: Table, text, its replacement, and what the finding says: what is wrong and the mend.
WRONG = [
    # an alignment's cells
    (TABLE, "\t0.8\t", "\t0,8\t", "confidence '0,8' does not match", "write 0 to 1 with a dot"),
    (TABLE, "\t0.8\t", "\t1.2\t", "confidence '1.2' does not match", "like 0.65"),
    (TABLE, "\t0.8\t", "\t\t", "confidence '' does not match", "like 0.65"),
    (TABLE, "2026-11-23", "23.11.2026", "mapping_date '23.11.2026' is no date", "like 2026-11-23"),
    (TABLE, "2026-11-23", "2026-02-30", "mapping_date '2026-02-30' is no date", "2026-11-23"),
    (TABLE, "2026-11-23", "20261123", "mapping_date '20261123' is no date", "like 2026-11-23"),
    (TABLE, "2026-11-23", "2026-W48-1", "mapping_date '2026-W48-1' is no date", "2026-11-23"),
    (
        TABLE,
        "skos:closeMatch",
        "skos:closeMach",
        "predicate_id 'skos:closeMach'",
        "skos:exactMatch",
    ),
    (TABLE, "\tNot\t", "\tNo\t", "predicate_modifier 'No' is none of Not", "Not"),
    (
        TABLE,
        "\tstrong\t",
        "\tstrongest\t",
        "ext_strength 'strongest' is none of",
        "strong, moderate",
    ),
    (TABLE, "\tstrong\t", "\t\t", "ext_strength '' is none of", "strong, moderate, weak"),
    (TABLE, "\tmutual\t", "\tboth\t", "ext_direction 'both' is none of", "mutual"),
    (TABLE, "poverty racial-equity", "poverty race", "ext_aims 'race' is none of", "racial-equity"),
    (TABLE, "\tproposed\t", "\tdraft\t", "ext_status 'draft' is none of", "proposed"),
    (TABLE, "agent:project", "", "author_id must not be empty", "author_id"),
    (TABLE, "agent:project", "nobody:x", "author_id 'nobody:x' is no name", "agent:project"),
    (TABLE, "agent:project", "agent:a b", "author_id 'agent:a b' is no name", "prefixes.tsv"),
    (TABLE, "semapv:ManualMappingCuration", "", "mapping_justification must not be empty", ""),
    (
        TABLE,
        "semapv:ManualMappingCuration",
        "by hand",
        "mapping_justification 'by hand' does not",
        "semapv",
    ),
    (TABLE, "sw-1:1\tAssess", "sw-1:9\tAssess", "subject_id 'sw-1:9' is in no line of", SW),
    (TABLE, "sw-1:1\tAssess", "sw-2:1\tAssess", "subject_id 'sw-2:1' is not of sw-1", "file name"),
    (TABLE, "imp-1:1.1\tAss", "sw-1:2\tAss", "object_id 'sw-1:2' is not of imp-1", "file name"),
    (TABLE, "sw-1:1\tAssess", "sw-1:1\tAsses", "subject_label 'Asses needs' is not", "format"),
    (TABLE, "https://example.org/source", "https://x.org/", "is not in evidence.tsv", "add a line"),
    (TABLE, "https://example.org/source", "", "see_also names 0 sources", "say for each source"),
    # a competency's
    (SW, "sw-1:2", "1 Feb 2026", "id '1 Feb 2026' must be sw-1: and a code", "spreadsheet"),
    (SW, "sw-1:2", "imp-1:2", "id 'imp-1:2' must be sw-1: and a code", "spreadsheet"),
    (SW, "behavior\tsw-1:1", "behaviour\tsw-1:1", "level 'behaviour' is none of", "behavior"),
    (SW, "behavior\tsw-1:1", "behavior\tsw-1:7", "parent 'sw-1:7' is not in this table", ""),
    (SW, "Collect data", "", "title must not be empty", "title"),
    (SW, "https://example.org/source", "example.org", "url 'example.org' is no web", "http"),
    (
        SW,
        "\thigh",
        "\tvery high",
        "confidence 'very high' is none of high, medium, imported",
        "medium",
    ),
    # the others'
    (LIST, "imp-1\t", "Imp 1\t", "id 'Imp 1' does not match", "lower-case words"),
    (LIST, "Implementation support\t", "\t", "title must not be empty", "title"),
    (LIST, "\t2020-11-05\t", "\t5.11.2020\t", "issued '5.11.2020' does not match", "2026-11"),
    ("evidence.tsv", "one\t", "One!\t", "id 'One!' does not match", "lower-case words"),
    ("evidence.tsv", "Needs are assessed.", "", "finding must not be empty", "finding"),
    ("resources.tsv", "imp-1:1.2", "imp-1:9", "competency 'imp-1:9' is in no framework", ""),
    ("schemes.tsv", "\tsocial-justice\t", "\tSocial Justice\t", "does not match", "lower-case"),
    ("prefixes.tsv", "https://schema.org/", "", "iri must not be empty", "iri"),
    ("prefixes.tsv", "https://schema.org/", "schema org", "iri 'schema org' is no IRI", "like"),
]


@pytest.mark.parametrize(("name", "old", "new", "what", "mend"), WRONG)
def test_a_wrong_cell_is_named_at_its_line(
    mini_data: Path, name: str, old: str, new: str, what: str, mend: str
) -> None:
    line = _edit(mini_data, name, old, new)
    said = [text for text in _findings(mini_data) if text.startswith(f"{name}:{line}: ")]
    assert any(what in text and mend in text for text in said), _findings(mini_data)
    with pytest.raises(SourcesError):
        build(mini_data)


def test_an_imported_row_may_lack_what_its_source_lacks(mini_data: Path) -> None:
    path = mini_data / TABLE
    lines = path.read_text(encoding="utf-8").split("\n")
    place = next(n for n, line in enumerate(lines) if "\tstrong\t" in line)
    bare = lines[place].replace("\tproposed\t", "\timported\t").replace("\tstrong\t", "\t\t")
    bare = bare.replace("agent:project\t2026-11-23", "\t")
    lines[place] = bare.replace("ManualMappingCuration", "LexicalMatching")
    path.write_text("\n".join(lines), encoding="utf-8")
    assert _findings(mini_data) == []
    write_build(mini_data, build(mini_data))
    (alignment,) = Catalogue.load(open_store(mini_data)).select(status=["imported"])
    assert (alignment.strength, alignment.author, alignment.date) == (None, "", "")
    assert alignment.justification == "semapv:LexicalMatching"
    record = alignment_record(alignment)
    assert record["author"] is record["date"] is record["strength"] is None


def test_every_wrong_cell_is_found_at_once(mini_data: Path) -> None:
    lines = [
        _edit(mini_data, TABLE, "\t0.8\t", "\t80\t"),
        _edit(mini_data, TABLE, "\tmoderate\t", "\tsome\t"),
    ]
    _edit(mini_data, "evidence.tsv", "Needs are assessed.", "")
    said = _findings(mini_data)
    assert said == sorted(said, key=lambda text: (text.split(":")[0], int(text.split(":")[1])))
    assert {int(text.split(":")[1]) for text in said if text.startswith(TABLE)} >= set(lines)
    assert any(text.startswith("evidence.tsv:2: ") for text in said)


# ---- the file as a whole ------------------------------------------------------------------


def test_an_unknown_column_is_named(mini_data: Path) -> None:
    _edit(mini_data, SW, "description", "descripton")
    said = f"{SW}:1: unknown columns 'descripton'; missing columns 'description'; expected id level"
    assert any(text.startswith(said) for text in _findings(mini_data))


def test_columns_out_of_order_are_named(mini_data: Path) -> None:
    _edit(mini_data, SW, "id\tlevel", "level\tid")
    assert any(text.startswith(f"{SW}:1: columns out of order") for text in _findings(mini_data))


def test_a_line_of_the_wrong_width_is_named(mini_data: Path) -> None:
    line = _edit(mini_data, TABLE, "Rules are", "Rules\tare")
    (said,) = _findings(mini_data)
    assert said == f"{TABLE}:{line}: has 19 cells, not 18; did an editor move a tab?"


def test_an_empty_line_is_named(mini_data: Path) -> None:
    line = _edit(mini_data, SW, "sw-1:2", "\nsw-1:2")
    assert _findings(mini_data) == [f"{SW}:{line}: is empty; delete the line"]


def test_a_byte_order_mark_is_named(mini_data: Path) -> None:
    (mini_data / SW).write_bytes(b"\xef\xbb\xbf" + (mini_data / SW).read_bytes())
    assert _findings(mini_data) == [f"{SW}:1: starts with a byte order mark; save without BOM"]


def test_windows_line_ends_are_named(mini_data: Path) -> None:
    (mini_data / SW).write_bytes((mini_data / SW).read_bytes().replace(b"\n", b"\r\n"))
    assert _findings(mini_data) == [f"{SW}:1: has Windows line ends; run: crosswalk format"]


def test_another_encoding_is_named(mini_data: Path) -> None:
    path = mini_data / TABLE
    text = path.read_text(encoding="utf-8")
    line = text[: text.index("\u00e9")].count("\n") + 1
    path.write_bytes(text.encode("latin-1"))
    assert f"{TABLE}:{line}: byte 0xe9 is not UTF-8; save the table as UTF-8" in _findings(
        mini_data
    )


@pytest.mark.parametrize(
    ("name", "start"), [(SW, "sw-1:2\t"), (TABLE, "sw-1:2\t"), ("evidence.tsv", "one\t")]
)
def test_a_row_twice_is_named_with_the_first(mini_data: Path, name: str, start: str) -> None:
    lines = (mini_data / name).read_text(encoding="utf-8").splitlines(keepends=True)
    first = next(n for n, line in enumerate(lines, start=1) if line.startswith(start))
    (mini_data / name).write_text("".join([*lines, lines[first - 1]]), encoding="utf-8")
    (said,) = _findings(mini_data)
    assert said.startswith(f"{name}:{len(lines) + 1}: ")
    assert said.endswith(f"stands already at {name}:{first}; keep one of the two")


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("#license: https", "#licence: https", "unknown metadata 'licence'"),
        ("#license: https", "#licence: https", "metadata 'license' is missing"),
        ("source_version: '1.0'", "source_version: '2.0'", "is '2.0', not '1.0'; correct the"),
        ("framework:sw-1", "framework:sw-2", "metadata subject_source is 'framework:sw-2'"),
        ("#subject_type: skos", "#subject_type: [skos", "the metadata is not YAML"),
        ("#mapping_set_title: ", "#mapping_set_title: 2026 #", "title is 2026, which is no text"),
        ("#license: https", "#license: free, see https", "license 'free, see https"),
    ],
)
def test_wrong_metadata_is_named(mini_data: Path, old: str, new: str, what: str) -> None:
    _edit(mini_data, TABLE, old, new)
    said = _findings(mini_data)
    assert any(text.startswith(f"{TABLE}:") and what in text for text in said), said


@pytest.mark.parametrize("stem", ["sw-1--imp-9", "sw-1-imp-1", "sw-9--imp-1"])
def test_a_crosswalk_is_named_after_frameworks(mini_data: Path, stem: str) -> None:
    name = f"crosswalks/{stem}.sssom.tsv"
    (mini_data / TABLE).rename(mini_data / name)
    assert any(text.startswith(f"{name}:1: ") for text in _findings(mini_data))


def test_a_framework_needs_its_lines_elsewhere(mini_data: Path) -> None:
    _edit(mini_data, "prefixes.tsv", "sw-1\t", "sw-9\t")
    assert any("has no line in prefixes.tsv; add one" in text for text in _findings(mini_data))


def test_a_faulty_table_of_prefixes_is_named_like_any_other(mini_data: Path) -> None:
    path = mini_data / "prefixes.tsv"
    right = path.read_bytes()
    last = right.count(b"\n")
    path.write_bytes(right + b"no tab\n")
    assert _findings(mini_data) == [
        f"prefixes.tsv:{last + 1}: has 1 cells, not 2; did an editor move a tab?"
    ]
    path.write_bytes(right + b"x\xe9\thttps://example.org/x/\n")
    (found,) = _findings(mini_data)
    assert f"prefixes.tsv:{last + 1}: byte 0xe9 is not UTF-8" in found
    path.write_bytes(right.replace(b"prefix\tiri", b"prefix\turl", 1))
    (found,) = _findings(mini_data)
    assert found.startswith("prefixes.tsv:1: unknown columns 'url'")


def test_a_prefix_stands_once(mini_data: Path) -> None:
    path = mini_data / "prefixes.tsv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text(
        "\n".join([*lines, "sw-1\thttps://example.org/other/"]) + "\n", encoding="utf-8"
    )
    (found,) = _findings(mini_data)
    assert f"prefixes.tsv:{len(lines) + 1}: 'prefix sw-1' stands already at" in found


def test_a_crosswalk_needs_its_prefix(mini_data: Path) -> None:
    path = mini_data / "prefixes.tsv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(x for x in lines if not x.startswith("crosswalk\t")), encoding="utf-8")
    assert _findings(mini_data) == [
        f"{TABLE}:1: prefix 'crosswalk' has no line in prefixes.tsv; add one"
    ]


def test_evidence_is_cited_by_an_address_of_its_own(mini_data: Path) -> None:
    path = mini_data / "evidence.tsv"
    text = path.read_text(encoding="utf-8")
    row = text.splitlines()[1]
    path.write_text(text + "two" + row.removeprefix("one") + "\n", encoding="utf-8")
    (found,) = _findings(mini_data)
    assert "is that of 'one' already; keep one of the two" in found


def test_without_prefixes_nothing_is_read(mini_data: Path) -> None:
    (mini_data / "prefixes.tsv").unlink()
    with pytest.raises(SourcesError, match=r"prefixes\.tsv:1: is missing in"):
        read_sources(mini_data)


# ---- canonical form -----------------------------------------------------------------------


def test_real_tables_are_canonical(real_data: Path) -> None:
    sources = read_sources(real_data)
    labels = {key: competency.title for key, competency in sources.competencies.items()}
    for path in table_paths(real_data):
        name = path.relative_to(real_data).as_posix()
        text = path.read_text(encoding="utf-8")
        assert text == format_table(text, name, labels), f"run: crosswalk format {path}"


def test_format_restores_labels_order_and_line_ends(mini_data: Path) -> None:
    text = (mini_data / TABLE).read_text(encoding="utf-8")
    labels = {k: c.title for k, c in read_sources(mini_data).competencies.items()}
    lines = text.splitlines()
    top = next(n for n, line in enumerate(lines) if not line.startswith("#"))
    rows = [line.replace("Assess needs", "Asess needs") for line in lines[top + 1 :]]
    messy = "\ufeff" + "\r\n".join([*lines[: top + 1], *reversed(rows), "", ""])
    assert format_table(messy, TABLE, labels) == text


def test_format_brings_columns_in_order() -> None:
    columns = COLUMNS["evidence.tsv"]
    row = ("one", "publication", "One", "https://x.org/", "Found.")
    wanted = "\t".join(columns) + "\n" + "\t".join(row) + "\n"
    messy = "\t".join(reversed(columns)) + "\n" + "\t".join(reversed(row)) + "\n"
    assert format_table(messy, "evidence.tsv", {}) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "",
        "id\n",
        "id\tkind\tcitation\turl\tfinding\nx\ty\n",
        "id\tkind\tcitation\turl\tthis is empty\nx\ty\tz\tu\tv\n",
        "#what is empty: 1\nid\tkind\tcitation\turl\tfinding\n",
    ],
)
def test_format_refuses_what_it_cannot_keep(text: str) -> None:
    with pytest.raises(SourcesError):
        format_table(text, "evidence.tsv", {})


_CELL = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=12
).map(str.strip)  # fmt: skip


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(_CELL.filter(bool), _CELL, _CELL, _CELL, _CELL), max_size=6))
def test_formatting_keeps_every_row_and_has_nothing_left_to_do(
    rows: list[tuple[str, ...]],
) -> None:
    head = "\t".join(COLUMNS["evidence.tsv"])
    rows = [row for row in rows if not row[0].startswith("#")]
    text = "\n".join([head, *("\t".join(row) for row in rows)]) + "\n"
    once = format_table(text, "evidence.tsv", {})
    assert format_table(once, "evidence.tsv", {}) == once
    _, read, findings = parse_table(once, "evidence.tsv")
    assert findings == []
    assert sorted(tuple(row.cells.values()) for row in read) == sorted(rows)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("evidence.tsv", "evidence.tsv"),
        ("frameworks/x.tsv", "frameworks/*.tsv"),
        ("crosswalks/a--b.sssom.tsv", "crosswalks/*.sssom.tsv"),
        ("crosswalks/a--b.tsv", None),
        ("build/MANIFEST.tsv", None),
        ("notes.tsv", None),
    ],
)
def test_kinds_of_tables(path: str, kind: str | None) -> None:
    assert kind_of(path) == kind
