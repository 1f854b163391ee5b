"""The formats: what is written can be read back, in every one of them, and never differs."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any

import docx
import pyoxigraph as ox
import pytest
import rdflib
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from graph.build import build
from graph.errors import NotAcceptableError
from graph.exchange import (
    ALIASES,
    FORMATS,
    Content,
    Selection,
    find_format,
    formats_writing,
    framework_rows,
)
from graph.exchange.delimited import COLUMNS
from graph.model import Relation, Strength, Verdict
from graph.records import alignment_record
from graph.sheets import unguarded
from graph.tables import ALIGNMENT_COLUMNS
from graph.terms import alignment_id, crosswalk_id, framework_of

if TYPE_CHECKING:
    from pathlib import Path

    from graph.catalogue import Catalogue
    from graph.model import Alignment

#: rdflib's own JSON-LD parser uses what rdflib has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")

#: What may stand in a cell of a table: anything but tabs, line ends and other control characters.
_CELL = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=40
).map(str.strip).filter(bool)  # fmt: skip

_TRICKY = (
    "He said \"no, <b>yes</b> | \\pipe\\ & \u00e9t\u00e9\", #1; \u4e2d\u6587 \U0001f600 @en ^^x '''"
)

_relaxed = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def _whole(catalogue: Catalogue, key: str) -> Selection:
    return Selection(catalogue, catalogue.by_crosswalk[key], catalogue.crosswalks[key])


def _selections(catalogue: Catalogue) -> list[Selection]:
    """Every crosswalk, everything, one alignment, nothing."""
    found = list(catalogue.alignments.values())
    whole = [_whole(catalogue, key) for key in catalogue.crosswalks]
    return [*whole, *(Selection(catalogue, part) for part in (found, found[:1], []))]


@st.composite
def _alignments(draw: st.DrawFn, like: Alignment) -> Alignment:
    """An alignment of the same pair with any verdict and any text."""
    aligned = draw(st.booleans())
    relation = draw(st.sampled_from(Relation))
    modifier = "" if aligned else "Not"
    evidence = tuple(replace(e, supports=draw(_CELL.map(_unpiped))) for e in like.evidence)
    return replace(
        like,
        id=alignment_id(like.subject_id, modifier, relation.predicate_id, like.object_id),
        verdict=Verdict.ALIGNED if aligned else Verdict.NOT_ALIGNED,
        relation=relation,
        strength=draw(st.sampled_from(Strength)) if aligned else None,
        confidence=draw(st.integers(0, 100)) / 100,
        rationale=draw(_CELL),
        change=draw(st.none() | _CELL),
        evidence=evidence,
    )


def _unpiped(text: str) -> str:
    """A text that says what a source supports; the tables part such texts by `|`."""
    return text.replace("|", "/").replace("\\", "/")


def _drawn(data: st.DataObject, catalogue: Catalogue) -> Alignment:
    like = next(a for a in catalogue.alignments.values() if a.evidence)
    return data.draw(_alignments(like))


# ---- CSV and TSV --------------------------------------------------------------------------


def _rows(content: bytes, name: str) -> list[dict[str, str]]:
    """Cells as a spreadsheet shows them: without the apostrophe before a would-be formula."""
    text = content.decode()
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter="\t" if name == "tsv" else ",",
                            strict=True)  # fmt: skip
    shown = unguarded if name == "csv" else str
    return [{column: shown(cell) for column, cell in row.items()} for row in reader]


def _assert_row(row: dict[str, str], a: Alignment, catalogue: Catalogue) -> None:
    record = alignment_record(a)
    assert row.keys() == set(COLUMNS)
    for name in ("id", "subject_id", "subject_label", "object_id", "object_label", "verdict",
                 "relation", "rationale", "status", "author", "date"):  # fmt: skip
        assert row[name] == record[name], name
    for name in ("strength", "direction", "change"):
        assert (row[name] or None) == record[name], name
    assert float(row["confidence"]) == a.confidence
    assert tuple(row["aims"].split()) == a.aims
    assert row["evidence"].split() == [evidence.url for evidence in a.evidence]
    for end in ("subject", "object"):
        assert f"{framework_of(row[f'{end}_id'])}:{row[f'{end}_code']}" == row[f"{end}_id"]
        assert row[f"{end}_iri"] == catalogue.prefixes.expand(row[f"{end}_id"])


@pytest.mark.parametrize("name", ["csv", "tsv"])
def test_delimited_files_read_back_exactly(catalogue: Catalogue, name: str) -> None:
    for selection in _selections(catalogue):
        rows = _rows(FORMATS[name].write(selection), name)
        assert len(rows) == len(selection.alignments)
        for row, alignment in zip(rows, selection.alignments, strict=True):
            _assert_row(row, alignment, catalogue)


@pytest.mark.parametrize("name", ["csv", "tsv"])
@_relaxed
@given(st.data())
def test_any_text_survives_delimited_files(
    mini_catalogue: Catalogue, name: str, data: st.DataObject
) -> None:
    alignment = _drawn(data, mini_catalogue)
    (row,) = _rows(FORMATS[name].write(Selection(mini_catalogue, [alignment])), name)
    _assert_row(row, alignment, mini_catalogue)


def test_lines_end_as_their_standards_say(mini_catalogue: Catalogue) -> None:
    selection = _whole(mini_catalogue, "sw-1--imp-1")
    assert FORMATS["csv"].write(selection).count(b"\r\n") == 5
    assert b"\r" not in FORMATS["tsv"].write(selection)


# ---- SSSOM ------------------------------------------------------------------------------------


def _read_sssom(content: bytes) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """Metadata and rows, with condensed values back in the rows and empty cells filled in."""
    lines = content.decode().split("\n")
    header = yaml.safe_load("\n".join(line[1:] for line in lines if line.startswith("#")))
    body = "\n".join(line for line in lines if not line.startswith("#"))
    rows = list(csv.DictReader(io.StringIO(body, newline=""), delimiter="\t", strict=True))
    condensed = {k: str(v) for k, v in header.items() if k in ALIGNMENT_COLUMNS}
    empty = dict.fromkeys(ALIGNMENT_COLUMNS, "")
    return header, [{**empty, **condensed, **row} for row in rows]


def _assert_sssom(row: dict[str, str], a: Alignment) -> None:
    assert row == {
        "subject_id": a.subject_id,
        "subject_label": a.subject_label,
        "predicate_id": a.relation.predicate_id,
        "predicate_modifier": "" if a.aligned else "Not",
        "object_id": a.object_id,
        "object_label": a.object_label,
        "mapping_justification": "semapv:ManualMappingCuration",
        "author_id": a.author,
        "mapping_date": a.date,
        "confidence": row["confidence"],
        "see_also": "|".join(evidence.url for evidence in a.evidence),
        "comment": a.rationale,
        "ext_strength": a.strength or "",
        "ext_direction": a.direction or "",
        "ext_aims": " ".join(a.aims),
        "ext_evidence_supports": "|".join(evidence.supports for evidence in a.evidence),
        "ext_status": a.status,
        "ext_change": a.change or "",
    }
    assert float(row["confidence"]) == a.confidence


def test_sssom_reads_back_exactly(catalogue: Catalogue) -> None:
    for selection in _selections(catalogue):
        header, rows = _read_sssom(FORMATS["sssom"].write(selection))
        by_id = {a.id: a for a in selection.alignments}
        for row in rows:
            key = alignment_id(
                row["subject_id"], row["predicate_modifier"], row["predicate_id"], row["object_id"]
            )
            _assert_sssom(row, by_id.pop(key))
        assert by_id == {}
        assert header["license"].startswith("https://creativecommons.org/licenses/by/")
        if selection.crosswalk:
            assert header["mapping_set_title"] == selection.crosswalk.title


@_relaxed
@given(st.data())
def test_any_text_survives_sssom(mini_catalogue: Catalogue, data: st.DataObject) -> None:
    alignment = _drawn(data, mini_catalogue)
    _, (row,) = _read_sssom(FORMATS["sssom"].write(Selection(mini_catalogue, [alignment])))
    _assert_sssom(row, alignment)


def test_sssom_declares_what_it_uses_and_no_more(catalogue: Catalogue) -> None:
    for selection in _selections(catalogue):
        header, rows = _read_sssom(FORMATS["sssom"].write(selection))
        ids = {row[column] for row in rows for column in ("subject_id", "object_id", "author_id")}
        used = {framework_of(key) for key in ids}
        assert used <= set(header["curie_map"]) <= used | {"framework", "xw"}
        declared = {item["slot_name"] for item in header.get("extension_definitions", [])}
        assert declared == {
            c for c in ALIGNMENT_COLUMNS if c.startswith("ext_") and any(row[c] for row in rows)
        }


# ---- RDF ----------------------------------------------------------------------------------


def _rdflib_triples(content: bytes, format_: str) -> set[tuple[str, ...]]:
    graph = rdflib.Graph(bind_namespaces="none").parse(data=content, format=format_)
    return {tuple(term.n3() for term in triple) for triple in graph}


def _ox_triples(content: bytes, format_: ox.RdfFormat) -> set[str]:
    return {str(quad.triple) for quad in ox.parse(content, format=format_)}


def _assert_same_rdf(selection: Selection) -> None:
    turtle, jsonld = (FORMATS[name].write(selection) for name in ("turtle", "jsonld"))
    assert _rdflib_triples(turtle, "turtle") == _rdflib_triples(jsonld, "json-ld")
    assert _ox_triples(turtle, ox.RdfFormat.TURTLE) == _ox_triples(jsonld, ox.RdfFormat.JSON_LD)


def test_json_ld_says_what_turtle_says(catalogue: Catalogue) -> None:
    for selection in _selections(catalogue):
        _assert_same_rdf(selection)


@_relaxed
@given(st.data())
def test_any_text_survives_rdf(mini_catalogue: Catalogue, data: st.DataObject) -> None:
    alignment = _drawn(data, mini_catalogue)
    selection = Selection(mini_catalogue, [alignment])
    _assert_same_rdf(selection)
    graph = rdflib.Graph().parse(data=FORMATS["turtle"].write(selection), format="turtle")
    subject = rdflib.URIRef(mini_catalogue.prefixes.expand(f"alignment:{alignment.id}"))
    assert str(graph.value(subject, rdflib.RDFS.comment)) == alignment.rationale


def test_turtle_is_what_the_build_says_of_the_same_alignments(
    mini_data: Path, mini_catalogue: Catalogue
) -> None:
    exported = FORMATS["turtle"].write(_whole(mini_catalogue, "sw-1--imp-1"))
    built = build(mini_data).files["crosswalks/sw-1--imp-1.ttl"].encode()
    about = mini_catalogue.prefixes.expand("crosswalk:sw-1--imp-1")
    whole = {t for t in _rdflib_triples(built, "turtle") if t[0] != f"<{about}>"}
    assert _rdflib_triples(exported, "turtle") == whole


def test_a_pair_that_is_not_aligned_never_matches(catalogue: Catalogue) -> None:
    refused = [a for a in catalogue.alignments.values() if not a.aligned]
    assert refused
    for name, format_ in (("turtle", "turtle"), ("jsonld", "json-ld")):
        triples = _rdflib_triples(FORMATS[name].write(Selection(catalogue, refused)), format_)
        assert not [p for _, p, _ in triples if "skos/core#" in p]


# ---- JSON and Markdown -------------------------------------------------------------------------


def test_json_has_the_records_of_the_api(catalogue: Catalogue) -> None:
    for selection in _selections(catalogue):
        document = json.loads(FORMATS["json"].write(selection))
        assert document["items"] == [alignment_record(a) for a in selection.alignments]
        assert document["total"] == len(selection.alignments)
        assert document["release"] == catalogue.release
        assert ("matrix" in document) == (selection.crosswalk is not None)


@_relaxed
@given(st.data())
@example(data=None)
def test_any_text_stays_in_its_cell_of_markdown(
    mini_catalogue: Catalogue, data: st.DataObject | None
) -> None:
    like = next(iter(mini_catalogue.alignments.values()))
    alignment = replace(like, rationale=_TRICKY) if data is None else _drawn(data, mini_catalogue)
    text = FORMATS["markdown"].write(Selection(mini_catalogue, [alignment])).decode()
    row = text.split("\n")[2]
    bare = row.replace("\\\\", "").replace("\\|", "")
    assert bare.count("|") == 7
    assert "<" not in row


# ---- documents ----------------------------------------------------------------------------


def test_a_word_file_of_a_crosswalk_has_the_matrix_and_every_verdict(
    mini_catalogue: Catalogue,
) -> None:
    content = FORMATS["docx"].write(_whole(mini_catalogue, "sw-1--imp-1"))
    document = docx.Document(io.BytesIO(content))
    matrix, aligned, refused = (
        [[cell.text for cell in row.cells] for row in table.rows] for table in document.tables
    )
    assert matrix == [
        ["Competency of sw-1", "1.1", "1.2"],
        ["1 Assess needs", "S", "×"],
        ["2 Engage in policy", "", "W"],
    ]
    assert aligned[0] == ["Subject", "Relation", "Object", "Strength", "Sure", "Why"]
    assert [row[:5] for row in aligned[1:]] == [
        ["sw-1:1 Assess needs", "close", "imp-1:1.1 Assessing needs and assets", "strong", "0.80"],
        ["sw-1:1.a Collect data", "narrow", "imp-1:1.1 Assessing needs and assets", "moderate",
         "0.55"],
        ["sw-1:2 Engage in policy", "related", "imp-1:1.2 Addressing power", "weak", "0.70"],
    ]  # fmt: skip
    assert refused[1][:3] == ["sw-1:1 Assess needs", "imp-1:1.2 Addressing power", "0.60"]
    said = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert mini_catalogue.release in said
    assert "was not reviewed" in said


@pytest.mark.parametrize("name", ["docx", "html"])
def test_a_document_of_a_framework_has_every_statement(catalogue: Catalogue, name: str) -> None:
    for framework in catalogue.frameworks.values():
        text = _text_of(FORMATS[name].write_framework(catalogue, framework))
        assert catalogue.release[:12] in text
        for competency in catalogue.by_framework.get(framework.id, ()):
            assert escape(competency.title, quote=name == "html") in text


#: Formats that write a text as it is, whatever it holds.
_AS_THEY_ARE = ("json", "csv", "tsv", "sssom", "turtle", "jsonld", "markdown")


# ---- all of them --------------------------------------------------------------------------


@pytest.mark.parametrize("name", formats_writing(Content.ALIGNMENTS))
def test_the_same_selection_gives_the_same_bytes(catalogue: Catalogue, name: str) -> None:
    for selection in _selections(catalogue):
        assert FORMATS[name].write(selection) == FORMATS[name].write(selection)


@pytest.mark.parametrize("name", _AS_THEY_ARE)
def test_tricky_characters_are_written_by_every_format(
    mini_catalogue: Catalogue, name: str
) -> None:
    like = next(iter(mini_catalogue.alignments.values()))
    alignment = replace(like, rationale=_TRICKY)
    content = FORMATS[name].write(Selection(mini_catalogue, [alignment]))
    assert "\u4e2d\u6587 \U0001f600" in _text_of(content)


def _text_of(content: bytes) -> str:
    """A file as text; of an archive, that of all its parts."""
    if not content.startswith(b"PK"):
        return content.decode()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = [archive.read(part) for part in archive.namelist()]
    return "".join(part.decode() for part in parts if part.startswith(b"<"))


@pytest.mark.parametrize("name", FORMATS)
def test_formats_are_registered_in_full(name: str) -> None:
    format_ = FORMATS[name]
    assert format_.writes or format_.reads
    assert all(find_format(name, content) is format_ for content in format_.writes)
    assert format_.suffix.startswith(".")
    assert "/" in format_.media_type
    assert format_.about


@pytest.mark.parametrize("name", formats_writing(Content.FRAMEWORK))
def test_the_same_framework_gives_the_same_bytes(catalogue: Catalogue, name: str) -> None:
    for framework in catalogue.frameworks.values():
        content = FORMATS[name].write_framework(catalogue, framework)
        assert content
        assert content == FORMATS[name].write_framework(catalogue, framework)


@pytest.mark.parametrize("name", ["csv", "tsv"])
def test_a_framework_as_a_table_has_every_statement_with_all_its_fields(
    catalogue: Catalogue, name: str
) -> None:
    for framework in catalogue.frameworks.values():
        rows = _rows(FORMATS[name].write_framework(catalogue, framework), name)
        assert rows[0].keys() == set(framework_rows.COLUMNS)
        assert rows[0]["framework_title"] == framework.title
        assert rows[0]["framework_iris"] == catalogue.prefixes.iris[framework.id]
        members = catalogue.by_framework.get(framework.id, [])
        assert [row["id"] for row in rows if row["id"]] == [member.id for member in members]
        for row, member in zip(rows, members, strict=False):
            assert (row["code"], row["level"], row["parent"] or None, row["title"]) == (
                member.code, member.level, member.parent, member.title,
            )  # fmt: skip
            assert row["description"] == member.description
            assert row["iri"] == catalogue.prefixes.expand(member.id)


def test_a_framework_as_json_is_the_record_with_all_its_statements(catalogue: Catalogue) -> None:
    framework = catalogue.frameworks["isp-2020"]
    document = json.loads(FORMATS["json"].write_framework(catalogue, framework))
    assert document["release"] == catalogue.release
    assert [c["id"] for c in document["competencies"]] == [
        c.id for c in catalogue.by_framework["isp-2020"]
    ]


def test_other_names_lead_to_formats() -> None:
    assert {find_format(alias).name for alias in ALIASES} <= FORMATS.keys()


@pytest.mark.parametrize("unknown", ["", "pdf", "CSV", "../csv"])
def test_an_unknown_format_is_answered_with_what_there_is(unknown: str) -> None:
    with pytest.raises(NotAcceptableError) as caught:
        find_format(unknown)
    available = tuple(formats_writing(Content.ALIGNMENTS))
    assert caught.value.available == available
    assert all(name in str(caught.value) for name in available)


def test_a_crosswalk_is_whole(catalogue: Catalogue) -> None:
    for key in catalogue.crosswalks:
        for alignment in _whole(catalogue, key).alignments:
            pair = framework_of(alignment.subject_id), framework_of(alignment.object_id)
            assert crosswalk_id(*pair) == key
