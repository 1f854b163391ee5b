"""Files for Canvas and Moodle, against the rules that their own importers apply."""

from __future__ import annotations

import csv
import html
import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import ParameterError, SourcesError
from graph.exchange import FORMATS, Selection, Source
from graph.exchange.outline import shortened
from graph.model import Relation

if TYPE_CHECKING:
    from graph.catalogue import Catalogue

Rows = list[list[str]]


def _crosswalk(catalogue: Catalogue, key: str) -> Selection:
    crosswalk = catalogue.crosswalks[key]
    return Selection(catalogue, catalogue.by_crosswalk[key], crosswalk)


def _csv(content: bytes) -> Rows:
    return list(csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True))


def _files(catalogue: Catalogue, name: str) -> dict[str, Rows]:
    """Every framework and crosswalk that there is, in one format."""
    format_ = FORMATS[name]
    files = {
        key: _csv(format_.write_framework(catalogue, framework))
        for key, framework in catalogue.frameworks.items()
    }
    return files | {
        key: _csv(format_.write(_crosswalk(catalogue, key))) for key in catalogue.crosswalks
    }


# ---- Canvas: lib/outcomes/csv_importer.rb and import.rb ------------------------------------

REQUIRED = {"vendor_guid", "object_type", "title", "parent_guids"}
KNOWN = REQUIRED | {
    "canvas_id", "description", "display_name", "calculation_method", "calculation_int",
    "workflow_state", "mastery_points",
}  # fmt: skip


def _records(rows: Rows) -> list[dict[str, str]]:
    """What Canvas makes of the rows: named cells, and whatever stands from `ratings` on."""
    width = rows[0].index("ratings")
    return [
        {**dict(zip(rows[0][:width], row, strict=False)), "ratings": "|".join(row[width:])}
        for row in rows[1:]
    ]


@pytest.fixture(scope="module")
def canvas(catalogue: Catalogue) -> dict[str, Rows]:
    return _files(catalogue, "canvas")


def test_canvas_knows_every_column_and_ratings_are_the_last(canvas: dict[str, Rows]) -> None:
    for rows in canvas.values():
        width = rows[0].index("ratings")
        columns = set(rows[0][:width])
        assert columns >= REQUIRED
        assert columns <= KNOWN
        assert not any(rows[0][width + 1 :])


def test_canvas_finds_every_parent_before_its_children_and_among_groups(
    canvas: dict[str, Rows],
) -> None:
    for name, rows in canvas.items():
        groups: set[str] = set()
        for record in _records(rows):
            parents = record["parent_guids"].split()
            assert set(parents) <= groups, (name, record["title"])
            if record["object_type"] == "group":
                assert len(parents) <= 1
                groups.add(record["vendor_guid"])


def test_canvas_gets_each_guid_once_without_spaces_and_none_like_its_own(
    canvas: dict[str, Rows],
) -> None:
    for rows in canvas.values():
        guids = [record["vendor_guid"] for record in _records(rows)]
        assert len(guids) == len(set(guids))
        for guid in guids:
            assert guid
            assert len(guid) <= 255
            assert not any(c.isspace() for c in guid)
            assert not guid.startswith(("canvas_outcome:", "canvas_outcome_group:"))


def test_canvas_groups_leave_blank_what_only_outcomes_have(canvas: dict[str, Rows]) -> None:
    only_outcomes = ("calculation_method", "calculation_int", "mastery_points", "display_name")
    for rows in canvas.values():
        for record in _records(rows):
            assert record["object_type"] in ("group", "outcome")
            assert record["workflow_state"] == "active"
            if record["object_type"] == "group":
                assert not any(record[column] for column in only_outcomes)
                assert not record["ratings"].strip("|")


def test_canvas_ratings_are_whole_points_in_falling_order_with_mastery_among_them(
    canvas: dict[str, Rows],
) -> None:
    for rows in canvas.values():
        for record in _records(rows):
            if record["object_type"] == "outcome":
                parts = record["ratings"].rstrip("|").split("|")
                points = [int(part) for part in parts[::2]]
                assert all(parts[1::2])
                assert points == sorted(points, reverse=True)
                assert int(record["mastery_points"]) in points
                assert record["calculation_method"] == "highest"
                assert record["calculation_int"] == ""  # must be blank for this method


def test_canvas_titles_fit_its_database(canvas: dict[str, Rows]) -> None:
    for rows in canvas.values():
        for record in _records(rows):
            assert 0 < len(record["title"]) <= 255
            assert len(record["display_name"]) <= 255


def test_every_statement_but_a_domain_is_a_canvas_outcome(
    catalogue: Catalogue, canvas: dict[str, Rows]
) -> None:
    for key in catalogue.frameworks:
        outcomes = {
            record["vendor_guid"]
            for record in _records(canvas[key])
            if record["object_type"] == "outcome"
        }
        members = catalogue.by_framework.get(key, [])
        expected = {catalogue.prefixes.expand(m.id) for m in members if m.level != "domain"}
        assert outcomes == expected


def test_a_canvas_description_tells_what_a_statement_aligns_with_and_why(
    catalogue: Catalogue, canvas: dict[str, Rows]
) -> None:
    records = {r["vendor_guid"]: r for r in _records(canvas["epas-2022--isp-2020"])}
    for alignment in catalogue.by_crosswalk["epas-2022--isp-2020"]:
        for end, other in (
            (alignment.subject_id, alignment.object_id),
            (alignment.object_id, alignment.subject_id),
        ):
            text = records[catalogue.prefixes.expand(end)]["description"]
            told = f"{other} " in text and html.escape(alignment.rationale) in text
            assert told == alignment.aligned, (end, other)


def test_a_canvas_crosswalk_tells_no_alignment_of_another_crosswalk(
    canvas: dict[str, Rows],
) -> None:
    text = "".join(record["description"] for record in _records(canvas["epas-2022--isp-2020"]))
    assert "tci-2024:" not in text
    assert "tci-2024:" in "".join(r["description"] for r in _records(canvas["epas-2022"]))


# ---- Moodle: admin/tool/lpimportcsv --------------------------------------------------------

PARENT, ID, SHORT, DESCRIPTION, FORMAT, SCALE, CONFIGURATION = range(7)
RELATED, IS_FRAMEWORK, TAXONOMY = 10, 12, 13

TAXONOMIES = {
    "behaviour", "competency", "concept", "domain", "indicator", "level", "outcome", "practice",
    "proficiency", "skill", "value",
}  # fmt: skip


@pytest.fixture(scope="module")
def moodle(catalogue: Catalogue) -> dict[str, Rows]:
    return _files(catalogue, "moodle")


def test_moodle_gets_fourteen_columns_in_every_row_and_one_framework(
    moodle: dict[str, Rows],
) -> None:
    for rows in moodle.values():
        assert {len(row) for row in rows} == {14}
        assert [row[IS_FRAMEWORK] for row in rows[1:]].count("1") == 1
        assert all(row[IS_FRAMEWORK] in ("", "1") for row in rows[1:])


def test_the_framework_row_has_a_scale_with_a_default_and_a_proficient_value(
    moodle: dict[str, Rows],
) -> None:
    for rows in moodle.values():
        (head,) = (row for row in rows if row[IS_FRAMEWORK] == "1")
        values = head[SCALE].split(",")
        first, *others = json.loads(head[CONFIGURATION])
        assert "scaleid" in first
        assert any(other.get("scaledefault") for other in others)
        assert any(other.get("proficient") for other in others)
        assert all(1 <= other["id"] <= len(values) for other in others)
        words = head[TAXONOMY].split(",")
        assert len(words) == 4
        assert set(words) <= TAXONOMIES


def test_moodle_cuts_nothing_off_and_strips_nothing(moodle: dict[str, Rows]) -> None:
    for rows in moodle.values():
        for row in rows[1:]:
            assert 0 < len(row[ID]) <= 100
            assert 0 < len(row[SHORT]) <= 100
            assert "<" not in row[ID] + row[SHORT]
            assert row[FORMAT] == "1"  # FORMAT_HTML


def test_moodle_reaches_every_row_from_the_top(moodle: dict[str, Rows]) -> None:
    """The importer builds the tree from the top; what it does not meet is left out in silence."""
    for rows in moodle.values():
        members = [row for row in rows[1:] if row[IS_FRAMEWORK] != "1"]
        ids = [row[ID] for row in members]
        assert len(ids) == len(set(ids))
        reached, waiting = set(), [""]
        while waiting:
            parent = waiting.pop()
            below = [row[ID] for row in members if row[PARENT] == parent]
            reached |= set(below)
            waiting += below
        assert reached == set(ids)


def test_no_two_id_numbers_are_the_same_number_to_php(moodle: dict[str, Rows]) -> None:
    """PHP compares `1.1` and `1.10` as numbers; with a letter in them they are text."""
    for rows in moodle.values():
        assert all(any(c.isalpha() for c in row[ID]) for row in rows[1:])


def test_moodle_links_are_exactly_the_alignments_of_the_crosswalk_from_both_ends(
    catalogue: Catalogue, moodle: dict[str, Rows]
) -> None:
    for key in catalogue.crosswalks:
        rows = moodle[key][1:]
        ids = {row[ID] for row in rows}
        links = {
            (row[ID], other.replace("%2C", ","))
            for row in rows
            for other in row[RELATED].split(",")
            if other
        }
        assert {other for _, other in links} <= ids
        aligned = {
            pair
            for a in catalogue.by_crosswalk[key]
            if a.aligned
            for pair in ((a.subject_id, a.object_id), (a.object_id, a.subject_id))
        }
        assert links == aligned


def test_a_short_name_that_moodle_would_cut_stands_in_full_in_the_description(
    mini_catalogue: Catalogue,
) -> None:
    title = "Assess " + "needs and assets, " * 8 + "<b>all"
    longer = replace(mini_catalogue.competencies["sw-1:1"], title=title)
    members = [
        longer if member.id == longer.id else member
        for member in mini_catalogue.by_framework["sw-1"]
    ]
    competencies = {**mini_catalogue.competencies, longer.id: longer}
    changed = replace(mini_catalogue, competencies=competencies)
    assert changed.by_framework["sw-1"] == members
    rows = _csv(FORMATS["moodle"].write_framework(changed, changed.frameworks["sw-1"]))
    (row,) = (row for row in rows if row[ID] == longer.id)
    assert len(row[SHORT]) <= 100
    assert row[SHORT].endswith("…")
    assert f"<strong>1 {html.escape(title)}</strong>" in row[DESCRIPTION]


def test_a_name_longer_than_moodle_keeps_is_refused(mini_catalogue: Catalogue) -> None:
    member = replace(mini_catalogue.competencies["sw-1:2"], id="sw-1:" + "2" * 100)
    changed = replace(mini_catalogue, competencies={member.id: member})
    with pytest.raises(ParameterError, match="100 characters"):
        FORMATS["moodle"].write_framework(changed, changed.frameworks["sw-1"])


# ---- Moodle, read --------------------------------------------------------------------------

_HEAD = (
    "Parent ID number,ID number,Short name,Description,Description format,Scale values,"
    "Scale configuration,Rule type (optional),Rule outcome (optional),Rule config (optional),"
    "Cross-referenced competency ID numbers,Exported ID (optional),Is framework,Taxonomy\r\n"
)
_TOP = (
    ',NUR-1,Nursing,<p>For nurses.</p>,1,"No,Yes",'
    '"[{""scaleid"":""2""},{""id"":2,""scaledefault"":1,""proficient"":1}]",,,,,,1,'
    '"competency,competency,competency,competency"\r\n'
)


def _moodle(*rows: str, head: str = _HEAD, top: str = _TOP) -> bytes:
    return (head + top + "".join(f"{row}\r\n" for row in rows)).encode()


def _refused(raw: bytes, catalogue: Catalogue) -> list[str]:
    with pytest.raises(SourcesError) as caught:
        FORMATS["moodle"].read(raw, Source("plan.csv", catalogue))
    return [str(finding) for finding in caught.value.findings]


def test_a_framework_that_moodle_exported_becomes_one_of_ours(mini_catalogue: Catalogue) -> None:
    raw = _moodle(
        ',care,Care,"<p>Caring &amp; curing<br>both</p>",1,,,,0,null,,1,,',
        "care,care/1,Listen,,1,,,,0,null,,2,,",
        "care,care/2,Watch,,1,,,,0,null,,3,,",
    )
    (incoming,) = FORMATS["moodle"].read(raw, Source("plan.csv", mini_catalogue)).frameworks
    assert (incoming.framework.id, incoming.framework.title) == ("nur-1", "Nursing")
    found = [(c.id, c.parent, c.level, c.title, c.description) for c in incoming.competencies]
    assert found == [
        ("nur-1:care", None, "level-1", "Care", "Caring & curing both"),
        ("nur-1:care-1", "nur-1:care", "level-2", "Listen", ""),
        ("nur-1:care-2", "nur-1:care", "level-2", "Watch", ""),
    ]
    assert [level.id for level in incoming.levels] == ["level-1", "level-2"]


def test_a_crosswalk_in_moodle_reads_back_as_the_pairs_that_it_aligned(
    catalogue: Catalogue,
) -> None:
    """Moodle keeps that two are related; relation, strength and reason are lost there."""
    for key in catalogue.crosswalks:
        selection = _crosswalk(catalogue, key)
        raw = FORMATS["moodle"].write(selection)
        incoming = FORMATS["moodle"].read(raw, Source("plan.csv", catalogue))
        assert incoming.frameworks == ()
        (found,) = incoming.crosswalks
        assert found.subject_framework + "--" + found.object_framework == key
        pairs = {(a.subject_id, a.object_id) for a in found.alignments}
        assert pairs == {(a.subject_id, a.object_id) for a in selection.alignments if a.aligned}
        assert {(a.relation, a.status, a.strength) for a in found.alignments} == {
            (Relation.RELATED, "imported", None)
        }


def test_both_frameworks_come_with_a_crosswalk_that_the_workspace_does_not_know(
    catalogue: Catalogue, mini_catalogue: Catalogue
) -> None:
    raw = FORMATS["moodle"].write(_crosswalk(catalogue, "isp-2020--tci-2024"))
    incoming = FORMATS["moodle"].read(raw, Source("plan.csv", mini_catalogue))
    for framework in incoming.frameworks:
        key = framework.framework.id
        titles = {c.id: (c.title, c.parent) for c in framework.competencies}
        for member in catalogue.by_framework[key]:
            assert titles[member.id][1] == member.parent
            if len(f"{member.code} {member.title}") <= 100:
                assert titles[member.id][0] == member.title
    assert {f.framework.id for f in incoming.frameworks} == {"isp-2020", "tci-2024"}


def test_what_moodle_would_leave_out_in_silence_is_said(mini_catalogue: Catalogue) -> None:
    raw = _moodle(
        ",a,A,,1,,,,0,null,,1,,",
        "gone,b,B,,1,,,,0,null,,2,,",
        ",a,Again,,1,,,,0,null,,3,,",
        ",,Nameless,,1,,,,0,null,,4,,",
        ',c,C,,1,,,,0,null,"a,far",5,,',
        "e,d,D,,1,,,,0,null,,6,,",
        "d,e,E,,1,,,,0,null,,7,,",
        ",short,row",
    )
    assert _refused(raw, mini_catalogue) == [
        "plan.csv:4: parent 'gone' is no ID number of this file",
        "plan.csv:5: ID number 'a' stands already at line 3; keep one",
        "plan.csv:6: has no ID number or no short name; Moodle would leave it out",
        "plan.csv:7: cross-reference 'far' is no ID number of this file",
        "plan.csv:8: 'd' is its own ancestor",
        "plan.csv:9: 'e' is its own ancestor",
        "plan.csv:10: has 3 cells, not the 14 of a Moodle framework",
    ]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (_moodle(top=""), "has 0 rows with 'Is framework' set"),
        (_moodle(_TOP.rstrip()), "has 2 rows with 'Is framework' set"),
        (_moodle(top=_TOP.replace("Nursing", " ")), "2: the framework has no short name"),
        (b"\xff\xfea", "is UTF-16"),
        (_moodle(',"unclosed'), "is not CSV"),
        (_moodle(",a b,One,,1,,,,0,null,,,,", ",a-b,Two,,1,,,,0,null,,,,"), "as does line 3"),
    ],
)
def test_a_file_that_is_no_framework_is_refused(
    mini_catalogue: Catalogue, raw: bytes, said: str
) -> None:
    assert any(said in finding for finding in _refused(raw, mini_catalogue))


# ---- both ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["canvas", "moodle"])
def test_only_whole_crosswalks_are_written(mini_catalogue: Catalogue, name: str) -> None:
    selection = Selection(mini_catalogue, [*mini_catalogue.alignments.values()])
    with pytest.raises(ParameterError, match="a whole crosswalk or a framework"):
        FORMATS[name].write(selection)


@pytest.mark.parametrize("name", ["canvas", "moodle"])
def test_text_from_the_tables_never_becomes_markup(mini_catalogue: Catalogue, name: str) -> None:
    content = FORMATS[name].write(_crosswalk(mini_catalogue, "sw-1--imp-1")).decode()
    assert "in &lt;1&gt; way" in content
    assert "in <1> way" not in content


@given(st.text(max_size=300), st.integers(min_value=2, max_value=120))
@settings(max_examples=200, deadline=None)
def test_a_shortened_text_fits_and_is_the_beginning(text: str, most: int) -> None:
    short = shortened(text, most)
    assert len(short) <= most
    assert short == text or (short[-1] == "…" and text.startswith(short[:-1]))


@pytest.mark.parametrize("name", ["canvas", "moodle"])
def test_the_same_crosswalk_gives_the_same_bytes(mini_catalogue: Catalogue, name: str) -> None:
    selection = _crosswalk(mini_catalogue, "sw-1--imp-1")
    assert FORMATS[name].write(selection) == FORMATS[name].write(selection)
