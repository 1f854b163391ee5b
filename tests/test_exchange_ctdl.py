"""CTDL-ASN: what the Credential Registry asks of a file, JSON-LD that expands, and files read back.

The facts of the Registry's JSON Schemas that we rely on are written out here, and so is as much of
the published context as the terms in use need; neither document is copied.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyld import jsonld

from graph.errors import SourcesError
from graph.exchange import FORMATS, Selection, Source
from graph.exchange.ctdlasn import identifier
from graph.exchange.ctdlasn.words import CEASN, CETERMS, CONTEXT
from graph.model import Relation, Verdict

if TYPE_CHECKING:
    from graph.catalogue import Catalogue
    from graph.exchange.incoming import Incoming

CTDL = FORMATS["ctdlasn"]

_TEXTS = ("name", "description", "competencyText", "comment", "publisherName")
_LINKS = (
    "isPartOf", "isTopChildOf", "isChildOf", "hasChild", "hasTopChild", "source", "conceptTerm",
    "alignTo", "alignFrom", "exactAlignment", "broadAlignment", "narrowAlignment",
    "majorAlignment", "minorAlignment",
)  # fmt: skip

#: What the published context says of the terms that we use: texts by language, links as IRIs.
CONTEXT_DOCUMENT = {
    "@context": {
        "ceasn": CEASN,
        "ceterms": CETERMS,
        **{f"ceasn:{name}": {"@container": "@language"} for name in _TEXTS},
        "ceasn:competencyCategory": {"@container": "@language"},
        **{f"ceasn:{name}": {"@type": "@id"} for name in _LINKS},
    }
}


def _loader(url: str, _options: Any = None) -> dict[str, Any]:
    assert url == CONTEXT, "nothing else is ever asked for"
    return {"contextUrl": None, "documentUrl": url, "document": CONTEXT_DOCUMENT}


def _documents(catalogue: Catalogue) -> list[dict[str, Any]]:
    frameworks = [CTDL.write_framework(catalogue, f) for f in catalogue.frameworks.values()]
    selections = [
        Selection(catalogue, catalogue.by_crosswalk[key], crosswalk)
        for key, crosswalk in catalogue.crosswalks.items()
    ]
    selections.append(Selection(catalogue, [*catalogue.alignments.values()][:7]))
    return [json.loads(raw) for raw in (*frameworks, *map(CTDL.write, selections))]


def _read(content: bytes | dict[str, Any], catalogue: Catalogue, **names: str) -> Incoming:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return CTDL.read(raw, Source("file.jsonld", catalogue, **names))


def _without(catalogue: Catalogue, framework: str) -> Catalogue:
    return replace(
        catalogue,
        frameworks={k: f for k, f in catalogue.frameworks.items() if k != framework},
        competencies={k: c for k, c in catalogue.competencies.items() if c.framework != framework},
        crosswalks={},
        alignments={},
    )


# ---- out ----------------------------------------------------------------------------------


def _assert_text(value: Any) -> None:
    assert [*value] == ["en"]
    assert isinstance(value["en"], str)


def _assert_iris(value: Any) -> None:
    assert isinstance(value, list)
    assert all(re.match(r"https?://", iri) for iri in value)


def test_every_node_has_what_the_registry_asks_of_its_class(catalogue: Catalogue) -> None:
    """Required members, CTIDs, maps by language, arrays of absolute IRIs."""
    required = {
        "ceasn:CompetencyFramework": {"ceasn:description", "ceasn:inLanguage", "ceasn:name"},
        "ceasn:Competency": {"ceasn:competencyText", "ceasn:inLanguage", "ceasn:isPartOf"},
    }
    for document in _documents(catalogue):
        assert [*document] == ["@context", "@id", "@graph"]
        assert document["@context"] == CONTEXT
        for node in document["@graph"]:
            assert {"@type", "@id", "ceterms:ctid", *required[node["@type"]]} <= node.keys()
            assert re.fullmatch(
                r"ce-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", node["ceterms:ctid"]
            )
            assert node["ceasn:inLanguage"] == ["en"]
            for name in ("name", "description", "competencyText", "comment"):
                if f"ceasn:{name}" in node:
                    _assert_text(node[f"ceasn:{name}"])
            for name in _LINKS:
                if name != "isTopChildOf" and f"ceasn:{name}" in node:
                    _assert_iris(node[f"ceasn:{name}"])
            for category in node.get("ceasn:competencyCategory", []):
                assert isinstance(category, dict)
            for name in ("codedNotation", "listID", "dateCreated"):
                assert isinstance(node.get(f"ceasn:{name}", ""), str)


def test_a_ctid_depends_on_the_iri_alone() -> None:
    iri = "https://w3id.org/competency-crosswalk/id/epas-2022/1"
    assert identifier(iri) == "ce-fda3857d-300e-56b0-8092-402693486f9e"


def test_what_is_named_in_a_whole_file_is_in_it(catalogue: Catalogue) -> None:
    for document in _documents(catalogue)[: len(catalogue.frameworks) + len(catalogue.crosswalks)]:
        nodes = {node["@id"]: node for node in document["@graph"]}
        assert len(nodes) == len(document["@graph"])
        for iri, node in nodes.items():
            for child in node.get("ceasn:hasChild", []):
                assert nodes[child]["ceasn:isChildOf"] == [iri]
            for child in node.get("ceasn:hasTopChild", []):
                assert nodes[child]["ceasn:isTopChildOf"] == iri


def test_every_text_and_link_survives_expansion(catalogue: Catalogue) -> None:
    for document in _documents(catalogue):
        expanded = jsonld.expand(document, {"documentLoader": _loader})
        (graph,) = expanded
        nodes = {node["@id"]: node for node in graph["@graph"]}
        for node in document["@graph"]:
            found = nodes[node["@id"]]
            assert found["@type"] == [node["@type"].replace("ceasn:", CEASN)]
            assert len(found) == len(node)
            for name, value in node.items():
                if name.startswith("ceasn:") and name[6:] in _TEXTS:
                    (text,) = found[name.replace("ceasn:", CEASN)]
                    said = value["en"]
                    assert text["@language"] == "en"
                    assert text["@value"] == (said if isinstance(said, str) else said[0])
            for value in found.get(f"{CEASN}competencyCategory", []):
                assert value["@language"] == "en"


def test_alignments_stand_at_both_ends_by_what_ctdl_calls_them(mini_catalogue: Catalogue) -> None:
    crosswalk = mini_catalogue.crosswalks["sw-1--imp-1"]
    rows = mini_catalogue.by_crosswalk["sw-1--imp-1"]
    document = json.loads(CTDL.write(Selection(mini_catalogue, rows, crosswalk)))
    start = mini_catalogue.prefixes.iris["framework"]
    found = {
        (node["@id"].removeprefix(start), name.removeprefix("ceasn:"), iri.removeprefix(start))
        for node in document["@graph"]
        for name, iris in node.items()
        if name.endswith("Alignment")
        for iri in iris
    }
    assert found == {
        ("sw-1/1", "majorAlignment", "imp-1/1.1"),
        ("imp-1/1.1", "majorAlignment", "sw-1/1"),
        ("sw-1/1.a", "narrowAlignment", "imp-1/1.1"),
        ("imp-1/1.1", "broadAlignment", "sw-1/1.a"),
        ("sw-1/2", "minorAlignment", "imp-1/1.2"),
        ("imp-1/1.2", "minorAlignment", "sw-1/2"),
    }


# ---- out and in again ---------------------------------------------------------------------


def test_a_framework_comes_back_with_what_ctdl_can_carry(catalogue: Catalogue) -> None:
    for framework in catalogue.frameworks.values():
        members = catalogue.by_framework.get(framework.id)
        if members:
            content = CTDL.write_framework(catalogue, framework)
            incoming = _read(content, _without(catalogue, framework.id))
            (found,) = incoming.frameworks
            assert found.prefix_iri == catalogue.prefixes.iris[framework.id]
            for name in ("id", "title", "publisher", "description", "url"):
                assert getattr(found.framework, name) == getattr(framework, name)
            for mine, theirs in zip(members, found.competencies, strict=True):
                lost = {name: getattr(mine, name) for name in ("citation", "url", "confidence")}
                assert replace(theirs, **lost) == mine
            assert incoming.notes == ()


def test_a_crosswalk_comes_back_as_imported(catalogue: Catalogue) -> None:
    for key, crosswalk in catalogue.crosswalks.items():
        rows = catalogue.by_crosswalk[key]
        incoming = _read(CTDL.write(Selection(catalogue, rows, crosswalk)), catalogue)
        (found,) = incoming.crosswalks
        assert incoming.frameworks == ()
        assert {a.id for a in found.alignments} == {a.id for a in rows if a.aligned}
        assert {a.status for a in found.alignments} == {"imported"}


_CELL = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=30
).map(lambda text: " ".join(text.split())).filter(bool)  # fmt: skip


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_any_framework_comes_back(mini_catalogue: Catalogue, data: st.DataObject) -> None:
    """Any texts, any levels, any tree."""
    members = mini_catalogue.by_framework["imp-1"]
    changed = []
    for place, member in enumerate(members):
        above = data.draw(st.none() | st.sampled_from(range(place)) if place else st.none())
        changed.append(
            replace(
                member,
                title=data.draw(_CELL),
                description=data.draw(st.just("") | _CELL),
                level=data.draw(st.sampled_from(["domain", "competency", "own-kind"])),
                parent=None if above is None else members[above].id,
            )
        )
    catalogue = replace(
        mini_catalogue, competencies=mini_catalogue.competencies | {c.id: c for c in changed}
    )
    content = CTDL.write_framework(catalogue, catalogue.frameworks["imp-1"])
    (found,) = _read(content, _without(mini_catalogue, "imp-1")).frameworks
    lost = ("citation", "url", "confidence")
    assert [replace(c, **dict.fromkeys(lost, "")) for c in found.competencies] == [
        replace(c, **dict.fromkeys(lost, "")) for c in changed
    ]
    assert {level.id for level in found.levels} == {c.level for c in changed} & {"own-kind"}


# ---- in -----------------------------------------------------------------------------------

_REGISTRY = "https://credentialengineregistry.org/resources/"


def _node(kind: str, key: str, **properties: Any) -> dict[str, Any]:
    named = {f"ceasn:{name}": value for name, value in properties.items()}
    return {"@type": f"ceasn:{kind}", "@id": f"{_REGISTRY}ce-{key}", **named}


def _file(*nodes: dict[str, Any]) -> dict[str, Any]:
    framework = _node("CompetencyFramework", "f", name={"en-us": "Care work"}, hasTopChild=[
        f"{_REGISTRY}ce-b", f"{_REGISTRY}ce-a"])  # fmt: skip
    return {"@context": CONTEXT, "@graph": [framework, *nodes]}


_A = _node("Competency", "a", competencyText={"en": "Listen"}, isPartOf=[f"{_REGISTRY}ce-f"])
_B = _node("Competency", "b", competencyLabel={"en": "Ask"}, competencyText={"en": "Ask\n  well."},
           competencyCategory={"en": "Core skill"}, hasChild=f"{_REGISTRY}ce-c")  # fmt: skip
_C = _node("Competency", "c", competencyText="Ask again", isPartOf={"@id": f"{_REGISTRY}ce-f"})


def test_a_file_of_the_registry_becomes_a_framework(mini_catalogue: Catalogue) -> None:
    (found,) = _read(_file(_A, _B, _C), mini_catalogue).frameworks
    assert (found.framework.id, found.framework.title) == ("care-work", "Care work")
    assert found.prefix_iri == _REGISTRY
    assert [(c.code, c.parent, c.title, c.description, c.level) for c in found.competencies] == [
        ("ce-b", None, "Ask", "Ask well.", "core-skill"),
        ("ce-c", "care-work:ce-b", "Ask again", "", "competency"),
        ("ce-a", None, "Listen", "", "competency"),
    ]
    assert [(level.id, level.label) for level in found.levels] == [("core-skill", "Core skill")]


def test_alignments_to_what_the_workspace_has_are_read(mini_catalogue: Catalogue) -> None:
    known = mini_catalogue.prefixes.expand("imp-1:1.1")
    node = {**_A, "ceasn:majorAlignment": [known], "ceasn:minorAlignment": ["https://x.example/y"]}
    incoming = _read(_file(node, _B, _C), mini_catalogue)
    (crosswalk,) = incoming.crosswalks
    (alignment,) = crosswalk.alignments
    assert (alignment.subject_id, alignment.object_id) == ("care-work:ce-a", "imp-1:1.1")
    assert (alignment.relation, alignment.verdict) == (Relation.CLOSE, Verdict.ALIGNED)
    assert any("neither file nor workspace" in note.message for note in incoming.notes)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (_file(_A, _A), "stands twice; keep one"),
        (_file({**_A, "ceasn:competencyText": {}}), "has no ceasn:competencyText"),
        (_file({**_A, "ceasn:competencyText": {"en": {"a": 1}}}),
         "has something in ceasn:competencyText that is no text"),
        (_file({**_A, "ceasn:comment": [{"@value": None}]}),
         "has something in ceasn:comment that is no text"),
        (_file(_A, {"@type": "ceasn:Competency"}), "without @id (ceasn:Competency)"),
        (_file({**_A, "ceasn:isChildOf": [f"{_REGISTRY}ce-c"]},
               {**_C, "ceasn:isChildOf": [f"{_REGISTRY}ce-a"]}), "is below itself"),
        ({**_file(_A), "@context": "https://example.org/c"}, "nothing is fetched"),
        ({**_file(_A), "@context": {"ceasn": "https://example.org/"}}, "another meaning than"),
        ({"@graph": [_A]}, "is part of no framework of the file"),
        ({"@graph": 3}, "is no CTDL-ASN"),
        ([3], "is no CTDL-ASN"),
        (_file(), "holds no ceasn:CompetencyFramework with competencies"),
        ({}, "is no CTDL-ASN"),
        ({"@type": "ceasn:Competency"}, "holds an object without @id"),
    ],
)  # fmt: skip
def test_a_faulty_file_is_refused(
    mini_catalogue: Catalogue, document: dict[str, Any], message: str
) -> None:
    with pytest.raises(SourcesError) as caught:
        _read(document, mini_catalogue)
    assert message in str(caught.value)


def test_what_is_not_read_is_noted(mini_catalogue: Catalogue) -> None:
    node = {**_A, "ceasn:weight": 3, "ceasn:codedNotation": "1.1"}
    notes = "\n".join(str(note) for note in _read(_file(node, _B, _C), mini_catalogue).notes)
    assert "no place for: ceasn:weight" in notes
    assert "has a codedNotation that is not its code" in notes
