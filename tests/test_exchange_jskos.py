"""JSKOS in: our own comes back as it was, and anybody's is read by a clear rule or refused."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.cli import cli
from graph.errors import SourcesError
from graph.exchange import FORMATS, Selection, Source
from graph.exchange.incoming import (
    UNSTATED_CONFIDENCE,
    UNSTATED_JUSTIFICATION,
    UNSTATED_RATIONALE,
)
from graph.exchange.jskos import SKOS
from graph.model import IMPORTED, Relation, Strength
from graph.terms import alignment_id

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

    from graph.catalogue import Catalogue
    from graph.exchange.incoming import Incoming
    from graph.model import Alignment

CLOSE: Final = f"{SKOS}closeMatch"
ID: Final = "https://w3id.org/competency-crosswalk/id"


def read(catalogue: Catalogue, value: Any, name: str = "some.jskos.json") -> Incoming:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return FORMATS["jskos"].read(raw, Source(name, catalogue))


def faults(catalogue: Catalogue, value: Any, name: str = "some.jskos.json") -> list[str]:
    with pytest.raises(SourcesError) as caught:
        read(catalogue, value, name)
    assert all(finding.path == name for finding in caught.value.findings)
    return [f"{finding.line}: {finding.message}" for finding in caught.value.findings]


def notes(incoming: Incoming) -> str:
    return "\n".join(note.message for note in incoming.notes)


def bundle(*uris: str) -> dict[str, Any]:
    return {"memberSet": [{"uri": uri} for uri in uris]}


def mapping(from_: str = f"{ID}/epas-2022/7", to: str = f"{ID}/isp-2020/2.1", **fields: Any) -> Any:
    return {"from": bundle(from_), "to": bundle(to), "type": [CLOSE], **fields}


# ---- our own ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["jskos", "jskos-ndjson"])
def test_every_crosswalk_comes_back_as_it_was(catalogue: Catalogue, name: str) -> None:
    """All but the verdicts that JSKOS cannot say."""
    for crosswalk in catalogue.crosswalks.values():
        rows = catalogue.by_crosswalk[crosswalk.id]
        raw = FORMATS[name].write(Selection(catalogue, rows, crosswalk))
        incoming = read(catalogue, raw, f"x{FORMATS[name].suffix}")
        (found,) = incoming.crosswalks
        assert [*found.alignments] == [alignment for alignment in rows if alignment.aligned]
        assert found.subject_framework == crosswalk.subject_framework
        assert found.object_framework == crosswalk.object_framework
        assert incoming.notes == ()
        if name == "jskos":
            assert (found.title, found.license) == (crosswalk.title, crosswalk.license)
            assert found.description.startswith(crosswalk.description)


@pytest.mark.parametrize("name", ["jskos", "jskos-ndjson"])
def test_every_framework_comes_back_as_it_was(catalogue: Catalogue, name: str) -> None:
    for framework in catalogue.frameworks.values():
        members = catalogue.by_framework.get(framework.id, [])
        if not members:
            continue
        raw = FORMATS[name].write_framework(catalogue, framework)
        (found,) = read(catalogue, raw, f"x{FORMATS[name].suffix}").frameworks
        assert found.prefix_iri == catalogue.prefixes.iris[framework.id]
        # Whoever imports has not read it, and JSKOS has no field for an edition's forerunner.
        assert found.framework == replace(framework, confidence=IMPORTED, revision_of=None)
        assert [*found.competencies] == [replace(m, confidence=IMPORTED) for m in members]
        assert found.levels == ()


_TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1).map(
    lambda text: " ".join(text.split())
)


@st.composite
def _alignments(draw: st.DrawFn, catalogue: Catalogue) -> Alignment:
    """An alignment of ours with anything changed that JSKOS carries."""
    aligned = [a for a in catalogue.alignments.values() if a.aligned]
    alignment = draw(st.sampled_from(aligned))
    relation = draw(st.sampled_from(Relation))
    return replace(
        alignment,
        id=alignment_id(alignment.subject_id, "", relation.predicate_id, alignment.object_id),
        relation=relation,
        confidence=draw(st.integers(0, 1000)) / 1000,
        strength=draw(st.sampled_from([*Strength, None])),
        rationale=draw(_TEXT),
        aims=tuple(draw(st.sets(st.sampled_from(["poverty", "racial-equity"])))),
        change=draw(st.sampled_from([None, "renamed"])),
    )


@given(data=st.data())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_jskos_carries_comes_back(catalogue: Catalogue, data: st.DataObject) -> None:
    alignment = data.draw(_alignments(catalogue))
    for name in ("jskos", "jskos-ndjson"):
        raw = FORMATS[name].write(Selection(catalogue, [alignment]))
        (found,) = read(catalogue, raw, f"x{FORMATS[name].suffix}").crosswalks
        assert found.alignments == (alignment,)


def test_writing_twice_gives_the_same_bytes(catalogue: Catalogue) -> None:
    for name in ("jskos", "jskos-ndjson"):
        for crosswalk in catalogue.crosswalks.values():
            selection = Selection(catalogue, catalogue.by_crosswalk[crosswalk.id], crosswalk)
            assert FORMATS[name].write(selection) == FORMATS[name].write(selection)


# ---- anybody's -------------------------------------------------------------------------------

SCHEME: Final = {
    "uri": "http://example.org/nursing",
    "type": [f"{SKOS}ConceptScheme"],
    "prefLabel": {"de": "Pflege", "en": "Nursing\tskills"},
    "notation": ["NURS"],
    "publisher": [{"prefLabel": {"en": "A faculty"}}],
    "issued": "2024-05",
}
CONCEPTS: Final = [
    {
        "uri": "http://example.org/nursing/A",
        "type": [f"{SKOS}Concept"],
        "notation": ["A"],
        "prefLabel": {"en": "Care"},
        "inScheme": [{"uri": "http://example.org/nursing"}],
        "narrower": [{"uri": "http://example.org/nursing/A1"}, None],
    },
    {
        "uri": "http://example.org/nursing/A1",
        "prefLabel": {"de": "Wunden versorgen"},
        "scopeNote": {"de": ["Reinigen.", "Verbinden."]},
        "inScheme": [{"uri": "http://example.org/nursing"}],
        "altLabel": {"de": ["Wundpflege"]},
    },
]


@pytest.mark.parametrize("shape", ["inside", "beside", "lines"])
def test_a_scheme_of_anybody_becomes_a_framework(catalogue: Catalogue, shape: str) -> None:
    value: Any = [SCHEME, *CONCEPTS]
    name = "nursing.json"
    if shape == "inside":
        value = {**SCHEME, "concepts": CONCEPTS}
    elif shape == "lines":
        name = "nursing.txt"
        value = "\n".join(json.dumps(record) for record in value).encode()
    incoming = read(catalogue, value, name)
    (found,) = incoming.frameworks
    assert found.prefix_iri == "http://example.org/nursing/"
    framework = found.framework
    assert (framework.id, framework.title) == ("nurs", "Nursing skills")
    assert (framework.publisher, framework.issued) == ("A faculty", "2024-05")
    assert framework.confidence == IMPORTED
    above, below = found.competencies
    assert (above.id, above.title, above.level, above.parent) == ("nurs:A", "Care", "level-1", None)
    assert (below.id, below.title, below.parent) == ("nurs:A1", "Wunden versorgen", "nurs:A")
    assert below.description == "Reinigen. Verbinden."
    assert [level.id for level in found.levels] == ["level-1", "level-2"]
    assert "altLabel of a concept has no place in our tables" in notes(incoming)


def test_mappings_to_a_scheme_of_the_same_file_are_read(catalogue: Catalogue) -> None:
    concordance = {
        "type": ["http://rdfs.org/ns/void#Linkset"],
        "prefLabel": {"en": "Nursing and social work"},
        "license": [{"uri": "https://creativecommons.org/publicdomain/zero/1.0/"}],
        "mappings": [
            mapping(
                "http://example.org/nursing/A1",
                f"{ID}/epas-2022/8",
                creator=[{"uri": "https://orcid.org/0000-0002-1825-0097"}],
                created="2020-01-02T03:04:05Z",
                mappingRelevance=0.12345,
                justification="https://w3id.org/semapv/vocab/LexicalMatching",
            )
        ],
    }
    incoming = read(catalogue, [SCHEME, *CONCEPTS, concordance])
    (crosswalk,) = incoming.crosswalks
    assert (crosswalk.subject_framework, crosswalk.object_framework) == ("nurs", "epas-2022")
    assert crosswalk.title == "Nursing and social work"
    assert crosswalk.license.endswith("/zero/1.0/")
    (alignment,) = crosswalk.alignments
    assert alignment.subject_label == "Wunden versorgen"
    assert (alignment.author, alignment.date) == ("orcid:0000-0002-1825-0097", "2020-01-02")
    assert alignment.confidence == 0.123
    assert alignment.justification == "semapv:LexicalMatching"
    assert (alignment.status, alignment.strength) == (IMPORTED, None)
    assert incoming.prefixes == {"orcid": "https://orcid.org/"}
    assert "rounded to three decimals" in notes(incoming)


def test_nothing_is_made_up_for_what_a_mapping_does_not_state(catalogue: Catalogue) -> None:
    incoming = read(catalogue, [mapping()])
    (alignment,) = incoming.crosswalks[0].alignments
    assert alignment.confidence == UNSTATED_CONFIDENCE
    assert alignment.rationale == UNSTATED_RATIONALE
    assert alignment.justification == UNSTATED_JUSTIFICATION
    assert (alignment.author, alignment.date, alignment.strength) == ("", "", None)
    assert f"without mappingRelevance gets {UNSTATED_CONFIDENCE}" in notes(incoming)
    stranger = read(catalogue, [mapping(STRENGTH="strong")])
    assert stranger.crosswalks[0].alignments[0].strength is None
    assert "fields in capitals" in notes(stranger)


def test_a_creator_whose_orcid_is_none_goes_by_the_name(catalogue: Catalogue) -> None:
    creator = {"uri": "https://orcid.org/0000 <1>", "prefLabel": {"en": "Ada Lee"}}
    incoming = read(catalogue, [mapping(creator=[creator])])
    assert incoming.crosswalks[0].alignments[0].author == "agent:ada-lee"
    assert not incoming.prefixes


@pytest.mark.parametrize(
    ("changed", "note"),
    [
        ({"to": {"memberSet": []}}, "to or from nothing"),
        ({"from": {"memberSet": []}}, "to or from nothing"),
        ({"to": bundle(f"{ID}/isp-2020/2.1", f"{ID}/isp-2020/2.2")}, "several concepts together"),
        ({"to": {"memberList": bundle(f"{ID}/isp-2020/2.1", f"{ID}/isp-2020/2.2")["memberSet"]}},
         "several concepts together"),
        ({"to": {"memberRoles": {"http://example.org/role": []}}}, "concepts in roles"),
        ({"to": {"memberSet": [None]}}, "not all named"),
        ({"type": [f"{SKOS}mappingRelation"]}, "does not say which relation"),
        ({"type": []}, "does not say which relation"),
    ],
)  # fmt: skip
def test_what_is_no_verdict_on_a_pair_is_left_out_with_a_note(
    catalogue: Catalogue, changed: dict[str, Any], note: str
) -> None:
    other = mapping(f"{ID}/epas-2022/1", f"{ID}/isp-2020/1.3")
    incoming = read(catalogue, [{**mapping(), **changed}, other])
    assert len(incoming.crosswalks[0].alignments) == 1
    assert note in notes(incoming)
    assert note in faults(catalogue, [{**mapping(), **changed}])[0]


def test_one_member_of_a_list_or_choice_is_a_pair(catalogue: Catalogue) -> None:
    for name in ("memberList", "memberChoice"):
        value = {**mapping(), "to": {name: [{"uri": f"{ID}/isp-2020/2.1"}]}}
        assert read(catalogue, value).crosswalks[0].alignments[0].object_id == "isp-2020:2.1"


# ---- what is wrong ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([mapping(to=f"{ID}/isp-2020/9.9")], "isp-2020/9.9 is neither in this file nor"),
        ([mapping(to="http://example.org/x")], "import its concept scheme first"),
        ([mapping(to=f"{ID}/epas-2022/1")], "are of the same framework"),
        ([mapping(), mapping()], "record 2: epas-2022:7 and isp-2020:2.1 are mapped so twice"),
        ([mapping(mappingRelevence=0.5)], "did you mean mappingRelevance?"),
        ([mapping(mappingRelevance=1.5)], "mappingRelevance 1.5 is no number from 0 to 1"),
        ([mapping(mappingRelevance=True)], "mappingRelevance True is no number"),
        ([mapping(type=["http://example.org/match"])], "must begin with one of"),
        ([mapping(type=[CLOSE, f"{SKOS}exactMatch"])], "two SKOS mapping properties"),
        ([mapping(type=CLOSE)], "type is no array"),
        ([mapping(type=[{}])], "type {} must begin with one of"),
        ([mapping(STATUS=["proposed"])], "STATUS is no text"),
        ([SCHEME, {**CONCEPTS[0], "type": [f"{SKOS}Concept", ["x"]]}],
         "type holds something that is no text"),
        ([SCHEME, {**CONCEPTS[0], "notation": [{"en": "x"}]}],
         "notation holds something that is no text"),
        ([mapping(STATUS="proposed", AIMS=[["fame"]])], "AIMS ['fame'] is none of"),
        ([mapping(STATUS="proposed", CHANGE=[1])], "CHANGE is no text"),
        ([{**SCHEME, "version": {"en": "1"}}, *CONCEPTS], "version is no text"),
        ([{**SCHEME, "url": ["x"]}, *CONCEPTS], "url is no text"),
        ([mapping(note="because")], "note is no object of texts by language"),
        ([mapping(note={"en": [1]})], "note/en is no text"),
        ([mapping(created="yesterday")], "created 'yesterday' is no date"),
        ([mapping(STATUS="proposed", STRENGTH="huge")], "STRENGTH 'huge' is none of strong"),
        ([mapping(STATUS="proposed", AIMS=["fame"])], "AIMS 'fame' is none of"),
        ([{"from": bundle("x")}], "to must be an object with one of memberSet"),
        ([{**mapping(), "to": {"memberSet": [], "memberList": []}}], "to must be an object"),
        ([{**mapping(), "to": {"memberSet": {}}}], "to/memberSet is no array"),
        ([{**mapping(), "to": {"memberSet": [{"notation": ["7"]}]}}], "has no `uri`"),
        ({"mappings": {}}, "mappings is no array"),
        ([7], "is no object"),
        ([{"name": "x"}], "is no mapping, concordance, concept scheme or concept"),
        ([{"type": [f"{SKOS}ConceptScheme"]}], "concept scheme without `uri`"),
        ([SCHEME, SCHEME], "stands twice"),
        ([SCHEME, CONCEPTS[0], CONCEPTS[0]], "stands twice"),
        ([CONCEPTS[0]], "is of no concept scheme of this file"),
        ([{**SCHEME, "prefLabel": {}}, *CONCEPTS], "without `prefLabel`"),
        ([SCHEME, {"uri": "http://example.org/nursing/B", "inScheme": []}, CONCEPTS[0]],
         "has neither `prefLabel` nor `notation`"),
        ([], "holds no concept scheme with concepts and no mapping"),
        (SCHEME, "holds no concept scheme with concepts"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_place(catalogue: Catalogue, value: Any, message: str) -> None:
    assert any(message in fault for fault in faults(catalogue, value)), faults(catalogue, value)


#: What a field does not expect, as JSON.
ODD = st.sampled_from(
    ["null", "true", "-1", "1.5", "1e40", '""', '"x"', '"a\\tb\\u2028"', "[]", "{}", "[null]",
     "[{}]", "[[]]", '{"en": null}', '{"en": ["a"]}', '{"uri": 5}', '{"uri": {}}', '[{"uri": {}}]',
     '["imported"]', '"2026-13-99"']
)  # fmt: skip


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_whatever_stands_in_a_field_is_read_or_refused(
    catalogue: Catalogue, data: st.DataObject
) -> None:
    value: Any = json.loads(json.dumps([SCHEME, *CONCEPTS, mapping(STATUS="proposed", AIMS=["x"])]))
    for _ in range(data.draw(st.integers(1, 3))):
        at, key, inner = None, None, value
        while isinstance(inner, dict | list) and inner and (at is None or data.draw(st.booleans())):
            keys = [*inner] if isinstance(inner, dict) else [*range(len(inner))]
            at, key = inner, data.draw(st.sampled_from(keys))
            inner = at[key]
        if at is not None:
            at[key] = json.loads(data.draw(ODD))
    with suppress(SourcesError):
        read(catalogue, value)


def test_a_circle_of_broader_concepts_is_refused(catalogue: Catalogue) -> None:
    circle = [
        {
            "uri": f"http://example.org/nursing/{one}",
            "type": [f"{SKOS}Concept"],
            "prefLabel": {"en": one},
            "inScheme": [{"uri": SCHEME["uri"]}],
            "broader": [{"uri": f"http://example.org/nursing/{other}"}],
        }
        for one, other in (("A", "B"), ("B", "C"), ("C", "A"), ("D", "A"))
    ]
    (fault,) = faults(catalogue, [SCHEME, *circle])
    assert "is above itself by" in fault


def test_all_faults_are_listed_each_with_its_line(catalogue: Catalogue) -> None:
    lines = [mapping(), mapping(to="http://example.org/x"), {**mapping(), "wrong": 1}]
    text = "\n".join(json.dumps(line) for line in lines)
    found = faults(catalogue, text.encode(), "x.ndjson")
    assert [fault.partition(":")[0] for fault in sorted(found)] == ["2", "3"]
    (half,) = faults(catalogue, (text + '\n{"from": {').encode(), "x.ndjson")
    assert half.startswith("4: is not JSON")


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "is not JSON"),
        (b'[{"from": ', "is not JSON"),
        (b'{"a": 1, "a": 2}', "stands twice in one object"),
        ('{"prefLabel": {"de": "\u00e4"}}'.encode("latin-1"), "is not UTF-8"),
        ("[]".encode("utf-16"), "is UTF-16"),
        (b"[" * 1000, "nests deeper"),
        (b"PK\x03\x04rest", "is a spreadsheet or another archive"),
    ],
)
def test_what_is_no_json_is_refused(catalogue: Catalogue, raw: bytes, message: str) -> None:
    assert message in faults(catalogue, raw)[0]


def test_uris_that_cannot_be_kept_get_addresses_of_ours(catalogue: Catalogue) -> None:
    concepts = [
        {
            "uri": f"urn:uuid:{n}{'0' * 8}/x y",
            "type": [f"{SKOS}Concept"],
            "notation": [f"N{n}"],
            "prefLabel": {"en": f"Number {n}"},
            "inScheme": [{"uri": SCHEME["uri"]}],
        }
        for n in range(3)
    ]
    incoming = read(catalogue, [SCHEME, *concepts])
    (found,) = incoming.frameworks
    assert [c.id for c in found.competencies] == ["nurs:N0", "nurs:N1", "nurs:N2"]
    assert found.prefix_iri == f"{ID}/nurs/"
    assert "get addresses of ours" in notes(incoming)


# ---- into a workspace ------------------------------------------------------------------------


def test_a_file_of_anybody_is_imported_checked_and_comes_out_again(
    tmp_path: Path,
) -> None:
    pair = mapping(
        "http://example.org/nursing/A1",
        f"{ID}/epas-2022/8",
        note={"en": ["Both act on what was found."]},
        source=[{"uri": "https://example.org/paper", "prefLabel": {"en": "A paper"}}],
        creator=[{"prefLabel": {"en": "Jane Doe"}}],
    )
    file = tmp_path / "nursing.json"
    file.write_text(json.dumps([SCHEME, *CONCEPTS, pair]), encoding="utf-8")
    data = tmp_path / "nursing"
    for once_more in (False, True):
        done = crosswalk("import", file, "--into", data)
        assert done.exit_code == 0, done.stderr
        # The second time nothing is new: the scheme is known by its URIs.
        assert ("framework added" in done.stderr) is not once_more
    checked = crosswalk("--data", data, "check")
    assert (checked.exit_code, checked.stdout) == (0, ""), checked.stderr
    exported = crosswalk("--data", data, "export", "nurs--epas-2022", "--format", "jskos")
    concordance = json.loads(exported.stdout)
    assert "license" not in concordance
    (row,) = concordance["mappings"]
    assert row["from"]["memberSet"][0]["uri"] == "http://example.org/nursing/A1"
    assert row["note"] == pair["note"]
    assert row["source"][0]["uri"] == "https://example.org/paper"
    assert "STRENGTH" not in row
    assert row["STATUS"] == IMPORTED


def crosswalk(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [*map(str, arguments)])
