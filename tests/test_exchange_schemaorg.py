"""schema.org and Open Badges: the members that their standards ask for, and JSON-LD that expands.

The contexts here say what the published ones say of the terms in use; neither is copied.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pyld import jsonld

from graph.exchange import FORMATS, Selection
from graph.exchange.case.identity import identifier
from graph.exchange.open_badges import CONTEXT as BADGES
from graph.exchange.schema_org import CONTEXT as SCHEMA

if TYPE_CHECKING:
    from graph.catalogue import Catalogue

_OB = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"
_ALIGNMENT = {
    "@id": "https://schema.org/AlignmentObject",
    "@context": {
        **{name: f"https://schema.org/{name}"
           for name in ("targetName", "targetDescription", "targetFramework")},
        "targetUrl": {"@id": "https://schema.org/targetUrl",
                      "@type": "http://www.w3.org/2001/XMLSchema#anyURI"},
        "targetCode": f"{_OB}targetCode",
        "targetType": f"{_OB}targetType",
    },
}  # fmt: skip
_DOCUMENTS = {
    "https://schema.org": {
        "@vocab": "http://schema.org/",
        "targetUrl": {"@type": "@id"},
        "url": {"@type": "@id"},
        "license": {"@type": "@id"},
    },
    BADGES[0]: {
        "id": "@id",
        "type": "@type",
        "name": "https://schema.org/name",
        "description": "https://schema.org/description",
    },
    BADGES[1]: {
        "Achievement": {
            "@id": f"{_OB}Achievement",
            "@context": {
                "achievementType": f"{_OB}achievementType",
                "alignment": {"@id": f"{_OB}alignment", "@container": "@set"},
                "criteria": {
                    "@id": f"{_OB}Criteria",
                    "@type": "@id",
                    "@context": {"narrative": f"{_OB}narrative"},
                },
                "humanCode": f"{_OB}humanCode",
                "inLanguage": "https://schema.org/inLanguage",
                "version": f"{_OB}version",
            },
        },
        "Alignment": _ALIGNMENT,
    },
}


def _loader(url: str, _options: Any = None) -> dict[str, Any]:
    return {"contextUrl": None, "documentUrl": url, "document": {"@context": _DOCUMENTS[url]}}


def _expanded(document: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = jsonld.expand(document, {"documentLoader": _loader})
    return found


def _framework(catalogue: Catalogue, name: str, key: str) -> dict[str, Any]:
    content = FORMATS[name].write_framework(catalogue, catalogue.frameworks[key])
    found: dict[str, Any] = json.loads(content)
    return found


def _crosswalk(catalogue: Catalogue, name: str, key: str) -> dict[str, Any]:
    selection = Selection(catalogue, catalogue.by_crosswalk[key], catalogue.crosswalks[key])
    found: dict[str, Any] = json.loads(FORMATS[name].write(selection))
    return found


# ---- schema.org ---------------------------------------------------------------------------


def test_a_framework_is_a_set_of_defined_terms(catalogue: Catalogue) -> None:
    document = _framework(catalogue, "schema-org", "isp-2020")
    assert document["@context"] == [*SCHEMA]
    assert document["@type"] == "DefinedTermSet"
    assert document["name"] == catalogue.frameworks["isp-2020"].title
    members = catalogue.by_framework["isp-2020"]
    assert [term["termCode"] for term in document["hasDefinedTerm"]] == [m.code for m in members]
    for term in document["hasDefinedTerm"]:
        assert term["@type"] == "DefinedTerm"
        assert term["inDefinedTermSet"] == {"@id": document["@id"]}


def test_a_crosswalk_says_what_matches_and_only_that(catalogue: Catalogue) -> None:
    document = _crosswalk(catalogue, "schema-org", "epas-2022--isp-2020")
    stated = {
        (node["@id"], name, match["@id"])
        for node in document["@graph"]
        for name, matches in node.items()
        if name.endswith("Match")
        for match in matches
    }
    expand = catalogue.prefixes.expand
    assert stated == {
        (expand(a.subject_id), a.relation.predicate_id, expand(a.object_id))
        for a in catalogue.by_crosswalk["epas-2022--isp-2020"]
        if a.aligned
    }
    described = {node["@id"] for node in document["@graph"]}
    assert {end for subject, _, object_ in stated for end in (subject, object_)} <= described


def test_a_crosswalk_is_a_data_set_aligned_with_both_frameworks(catalogue: Catalogue) -> None:
    data_set = _crosswalk(catalogue, "schema-org", "epas-2022--isp-2020")["@graph"][0]
    assert data_set["@type"] == "Dataset"
    for alignment in data_set["educationalAlignment"]:
        assert alignment["@type"] == "AlignmentObject"
        assert {"educationalFramework", "targetName", "targetUrl"} <= alignment.keys()
    assert [a["targetUrl"] for a in data_set["educationalAlignment"]] == [
        about["@id"] for about in data_set["about"]
    ]


def test_schema_org_expands(catalogue: Catalogue) -> None:
    (graph,) = [_expanded(_crosswalk(catalogue, "schema-org", "epas-2022--isp-2020"))]
    types = {kind for node in graph for kind in node["@type"]}
    assert types == {f"http://schema.org/{t}" for t in ("Dataset", "DefinedTermSet", "DefinedTerm")}
    matches = [name for node in graph for name in node if name.endswith("Match")]
    assert matches
    assert all(name.startswith("http://www.w3.org/2004/02/skos/core#") for name in matches)


# ---- Open Badges --------------------------------------------------------------------------

#: Members of the classes that we write, and those that must be there (Open Badges 3.0, section B).
_ACHIEVEMENT = {
    "id", "type", "alignment", "achievementType", "creator", "creditsAvailable", "criteria",
    "description", "endorsement", "endorsementJwt", "fieldOfStudy", "humanCode", "image",
    "inLanguage", "name", "otherIdentifier", "related", "resultDescription", "specialization",
    "tag", "version",
}  # fmt: skip
_TARGET = {"type", "targetCode", "targetDescription", "targetName", "targetFramework",
           "targetType", "targetUrl"}  # fmt: skip
_TARGET_TYPES = {"ceasn:Competency", "ceterms:Credential", "CFItem", "CFRubric",
                 "CFRubricCriterion", "CFRubricCriterionLevel", "CTDL"}  # fmt: skip


def _badges(catalogue: Catalogue) -> list[dict[str, Any]]:
    return [
        *(_framework(catalogue, "open-badges", key) for key in catalogue.frameworks),
        *(_crosswalk(catalogue, "open-badges", key) for key in catalogue.crosswalks),
    ]


def test_achievements_have_what_the_standard_asks(catalogue: Catalogue) -> None:
    for document in _badges(catalogue):
        assert document["@context"] == [*BADGES]
        for achievement in document["@graph"]:
            assert {"id", "type", "criteria", "description", "name"} <= achievement.keys()
            assert achievement.keys() <= _ACHIEVEMENT
            assert achievement["type"] == ["Achievement"]
            assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", achievement["id"])
            assert achievement["criteria"]["narrative"]
            for target in achievement["alignment"]:
                assert {"type", "targetName", "targetUrl"} <= target.keys() <= _TARGET
                assert target["type"] == ["Alignment"]
                assert target["targetType"] in _TARGET_TYPES
                assert target["targetUrl"].startswith("https://")
                assert all(
                    isinstance(value, str) for value in target.values() if value != ["Alignment"]
                )


def test_an_achievement_names_its_own_competency_first_then_the_best(catalogue: Catalogue) -> None:
    document = _crosswalk(catalogue, "open-badges", "epas-2022--isp-2020")
    by_code = {a["humanCode"]: a for a in document["@graph"] if a["version"] == "2022"}
    own, first, *_ = by_code["7"]["alignment"]
    iri = catalogue.prefixes.expand("epas-2022:7")
    assert (own["targetUrl"], own["targetCode"]) == (iri, identifier(iri))
    rows = catalogue.by_crosswalk["epas-2022--isp-2020"]
    best = next(a for a in catalogue.alignments_of("epas-2022:7") if a in rows)
    assert first["targetUrl"] == catalogue.prefixes.expand(best.object_id)
    assert f"{best.strength}, {best.status}" in first["targetDescription"]


def test_both_professions_get_their_achievements(catalogue: Catalogue) -> None:
    document = _crosswalk(catalogue, "open-badges", "epas-2022--isp-2020")
    for achievement in document["@graph"]:
        frameworks = {target["targetFramework"] for target in achievement["alignment"]}
        assert len(frameworks) == 2


def test_a_relation_is_told_from_the_side_of_the_badge(mini_catalogue: Catalogue) -> None:
    document = _crosswalk(mini_catalogue, "open-badges", "sw-1--imp-1")
    told = {a["humanCode"]: a["alignment"][1:] for a in document["@graph"]}
    (target,) = told["1.a"]
    assert target["targetDescription"].endswith(
        "To “Collect data”: a narrower ability, moderate, proposed."
    )
    assert any("a broader ability, moderate" in t["targetDescription"] for t in told["1.1"])


def test_a_badge_never_rests_on_what_was_refused_or_withdrawn(mini_catalogue: Catalogue) -> None:
    withdrawn = [replace(a, status="withdrawn") for a in mini_catalogue.alignments.values()]
    document = json.loads(FORMATS["open-badges"].write(Selection(mini_catalogue, withdrawn)))
    assert document["@graph"] == []
    told = _crosswalk(mini_catalogue, "open-badges", "sw-1--imp-1")["@graph"]
    assert sum(len(a["alignment"]) - 1 for a in told) == 2 * 3


def test_open_badges_expand(catalogue: Catalogue) -> None:
    for achievement in _expanded(_crosswalk(catalogue, "open-badges", "epas-2022--isp-2020")):
        assert achievement["@type"] == [f"{_OB}Achievement"]
        assert len(achievement) == 10
        for target in achievement[f"{_OB}alignment"]:
            assert target["@type"] == ["https://schema.org/AlignmentObject"]
            assert len(target) == 7
