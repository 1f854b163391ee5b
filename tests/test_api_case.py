"""The CASE provider, over HTTP: every path, CASE's own parameters, CASE's own errors."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING, Any, Final

import jsonschema
import pytest

from api.case_openapi import MINOR_CODES
from graph.exchange import FORMATS, Selection
from tests.http_server import running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx2

    from graph.catalogue import Catalogue
    from tests.http_server import Server

pytest_plugins = ("tests.http_server",)

BASE: Final = "/ims/case/v1p1"
UNKNOWN: Final = "00000000-0000-4000-8000-000000000000"
DISCOVERY: Final = f"{BASE}/discovery/imscasev1p1_openapi3_v1p0.json"


@pytest.fixture(scope="module")
def openapi(server: Server) -> dict[str, Any]:
    return dict(server.get(DISCOVERY).json())


_VALIDATORS: Final[dict[str, jsonschema.Draft202012Validator]] = {}


def valid(openapi: dict[str, Any], schema: str, value: Any) -> None:
    """Assert that a value is what the discovery file promises."""
    if schema not in _VALIDATORS:
        document = {"$ref": f"#/components/schemas/{schema}DType", **openapi}
        checker = jsonschema.FormatChecker()
        _VALIDATORS[schema] = jsonschema.Draft202012Validator(document, format_checker=checker)
    _VALIDATORS[schema].validate(value)


def status(openapi: dict[str, Any], response: httpx2.Response, code: int, minor: str) -> str:
    """The sentence of an error, after a look at all the rest."""
    assert response.status_code == code, response.text
    assert response.headers["content-type"] == "application/json"
    body = response.json()
    valid(openapi, "imsx_StatusInfo", body)
    assert (body["imsx_codeMajor"], body["imsx_severity"]) == ("failure", "error")
    (field,) = body["imsx_codeMinor"]["imsx_codeMinorField"]
    assert field["imsx_codeMinorFieldValue"] == minor
    return str(body["imsx_description"])


def documents(server: Server, **parameters: Any) -> list[dict[str, Any]]:
    response = server.get(f"{BASE}/CFDocuments", params=parameters)
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()["CFDocuments"]
    return found


def titles(server: Server, **parameters: Any) -> list[str]:
    return [document["title"] for document in documents(server, **parameters)]


# ---- objects -----------------------------------------------------------------------------


def test_every_framework_and_crosswalk_is_a_document(server: Server, catalogue: Catalogue) -> None:
    assert {document["uri"] for document in documents(server)} == {
        *(catalogue.prefixes.expand(f"framework:{key}") for key in catalogue.frameworks),
        *(catalogue.prefixes.expand(f"crosswalk:{key}") for key in catalogue.crosswalks),
    }


def test_a_package_is_the_file_of_the_export(
    server: Server, openapi: dict[str, Any], catalogue: Catalogue
) -> None:
    keys = {document["uri"]: document["identifier"] for document in documents(server)}
    case = FORMATS["case"]
    for key, framework in catalogue.frameworks.items():
        served = server.get(
            f"{BASE}/CFPackages/{keys[catalogue.prefixes.expand(f'framework:{key}')]}"
        ).json()
        valid(openapi, "CFPackage", served)
        assert served == json.loads(case.write_framework(catalogue, framework))
    for key, crosswalk in catalogue.crosswalks.items():
        served = server.get(
            f"{BASE}/CFPackages/{keys[catalogue.prefixes.expand(f'crosswalk:{key}')]}"
        ).json()
        valid(openapi, "CFPackage", served)
        rows = catalogue.by_crosswalk[key]
        assert served == json.loads(case.write(Selection(catalogue, rows, crosswalk)))


def _objects(package: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Path, schema and identifier of everything that a package has."""
    definitions = package["CFDefinitions"]
    for kind, schema, records in (
        ("CFDocuments", "CFDocument", [package["CFDocument"]]),
        ("CFItems", "CFItem", package["CFItems"]),
        ("CFItemAssociations", "CFAssociationSet", package["CFItems"]),
        ("CFAssociations", "CFAssociation", package["CFAssociations"]),
        ("CFItemTypes", "CFItemTypeSet", definitions.get("CFItemTypes", [])),
        ("CFLicenses", "CFLicense", definitions["CFLicenses"]),
        ("CFAssociationGroupings", "CFAssociationGrouping",
         definitions.get("CFAssociationGroupings", [])),
    ):  # fmt: skip
        for record in records:
            yield kind, schema, record["identifier"]


@pytest.mark.parametrize("title", ["CSWE 2022", "EPAS 2022 to ISP"])
def test_every_object_of_a_package_has_an_address(
    server: Server, openapi: dict[str, Any], title: str
) -> None:
    (document,) = documents(server, filter=f"title~'{title}'")
    package = server.get(f"{BASE}/CFPackages/{document['identifier']}").json()
    for kind, schema, key in _objects(package):
        response = server.get(f"{BASE}/{kind}/{key.upper()}")
        assert response.status_code == 200, (kind, key)
        value = response.json()
        valid(openapi, schema, value)
        if kind in ("CFItems", "CFAssociations"):
            assert value["CFDocumentURI"]["identifier"] == document["identifier"]
        if kind == "CFDocuments":
            assert value["CFPackageURI"]["identifier"] == document["identifier"]


def test_an_item_comes_with_its_links_of_all_packages(server: Server, catalogue: Catalogue) -> None:
    crosswalk = catalogue.crosswalk("epas-2022", "isp-2020")
    a = next(a for a in catalogue.by_crosswalk[crosswalk.id] if a.aligned)
    iri = catalogue.prefixes.expand(f"alignment:{a.id}")
    association = next(
        found
        for found in server.get(f"{BASE}/CFPackages/{_key(server, crosswalk.title)}").json()[
            "CFAssociations"
        ]
        if found["uri"] == iri
    )
    item = association["originNodeURI"]["identifier"]
    found = server.get(f"{BASE}/CFItemAssociations/{item}").json()
    assert found["CFItem"]["humanCodingScheme"] == a.subject_id.partition(":")[2]
    assert association in found["CFAssociations"]
    aligned = [x for x in catalogue.by_competency[a.subject_id] if x.aligned]
    children = catalogue.children.get(a.subject_id, [])
    assert len(found["CFAssociations"]) == len(aligned) + len(children) + 1


def _key(server: Server, title: str) -> str:
    (document,) = (d for d in documents(server) if d["title"] == title)
    return str(document["identifier"])


def test_the_same_request_gets_the_same_bytes_and_a_validator(server: Server) -> None:
    path = f"{BASE}/CFDocuments"
    first, second = server.get(path), server.get(path)
    assert first.content == second.content
    again = server.get(path, headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    assert server.request("HEAD", path).headers["x-total-count"] == first.headers["x-total-count"]


# ---- the list ----------------------------------------------------------------------------


def test_a_list_is_walked_by_its_links(server: Server) -> None:
    whole = documents(server)
    address, found, seen = f"{BASE}/CFDocuments?limit=4&fields=identifier", [], set()
    while address:
        response = server.get(address)
        found += response.json()["CFDocuments"]
        assert response.headers["x-total-count"] == str(len(whole))
        links = {
            name: target
            for target, name in re.findall(r'<([^>]+)>; rel="(\w+)"', response.headers["link"])
        }
        seen |= links.keys()
        address = links.get("next", "")
    assert found == [{"identifier": document["identifier"]} for document in whole]
    assert seen == {"first", "prev", "next", "last"}
    assert "link" not in server.get(f"{BASE}/CFDocuments").headers
    assert documents(server, offset=1000) == []


def test_a_list_is_sorted_by_any_field(server: Server) -> None:
    default = titles(server)
    up = [d.get("version") for d in documents(server, sort="version")]
    said = [version for version in up if version is not None]
    assert up == [*said, *[None] * (len(up) - len(said))]
    assert said == sorted(said, key=str.casefold)
    down = [d.get("version") for d in documents(server, sort="version", orderBy="desc")]
    assert down[: len(said)] == sorted(said, key=str.casefold, reverse=True)
    assert titles(server, sort="nothing") == default
    assert titles(server, orderBy="desc") == default[::-1]


@pytest.mark.parametrize(
    ("text", "test"),
    [
        ("version='2022'", lambda d: d.get("version") == "2022"),
        ("version!='2022'", lambda d: d.get("version") != "2022"),
        ("title~'SOCIAL WORK'", lambda d: "social work" in d["title"].lower()),
        ("creator='council on social work education'",
         lambda d: d["creator"] == "Council on Social Work Education"),
        ("lastChangeDateTime>='2022-06-09'", lambda d: d["lastChangeDateTime"] >= "2022-06-09"),
        ("lastChangeDateTime<'2022-06-09T02:00:00+02:00'",
         lambda d: d["lastChangeDateTime"] < "2022-06-09"),
        ("statusStartDate>'2020' AND version='2022'", lambda d: d.get("version") == "2022"),
        ("version='2022' OR version='2015'", lambda d: d.get("version") in ("2022", "2015")),
        ("CFPackageURI.title~'crosswalk'", lambda d: False),
        ("licenseURI.title~'attribution'", lambda d: "Attribution" in d["licenseURI"]["title"]),
        ("subject~'care'", lambda d: False),
    ],
)  # fmt: skip
def test_a_list_is_filtered(server: Server, text: str, test: Any) -> None:
    expected = [d["title"] for d in documents(server) if test(d)]
    if "Package" in text:
        expected = [d["title"] for d in documents(server) if "crosswalk" in d["title"].lower()]
    assert titles(server, filter=text) == expected


def test_fields_are_those_that_are_named(server: Server) -> None:
    for record in documents(server, fields="identifier, title"):
        assert record.keys() == {"identifier", "title"}
    assert documents(server, fields="identifier,nothing") == documents(server)


def test_unknown_parameters_are_passed_over(server: Server) -> None:
    assert documents(server, strict="1") == documents(server)


# ---- errors ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameters", "minor"),
    [
        ({"limit": "0"}, "invalid_selection_field"),
        ({"limit": "ten"}, "invalid_selection_field"),
        ({"limit": "9" * 40}, "invalid_selection_field"),
        ({"offset": "-1"}, "invalid_selection_field"),
        ({"orderBy": "up"}, "invalid_sort_field"),
        ({"fields": ""}, "invalid_selection_field"),
        ({"fields": "title,,uri"}, "invalid_selection_field"),
        ({"filter": "colour='red'"}, "invalid_selection_field"),
        ({"filter": "title.first='a'"}, "invalid_selection_field"),
        ({"filter": "title"}, "invalid_selection_field"),
        ({"filter": ""}, "invalid_selection_field"),
        ({"filter": "title=EPAS"}, "invalid_selection_field"),
        ({"filter": "title='a' AND title='b' AND title='c'"}, "invalid_selection_field"),
    ],
)
def test_a_parameter_that_cannot_be_followed_is_400(
    server: Server, openapi: dict[str, Any], parameters: dict[str, str], minor: str
) -> None:
    response = server.get(f"{BASE}/CFDocuments", params=parameters)
    (name,) = parameters
    assert name in status(openapi, response, 400, minor)


@pytest.mark.parametrize(
    "kind",
    ["CFDocuments", "CFPackages", "CFItems", "CFItemAssociations", "CFAssociations",
     "CFAssociationGroupings", "CFConcepts", "CFSubjects", "CFItemTypes", "CFLicenses",
     "CFRubrics"],
)  # fmt: skip
def test_what_is_not_there_is_404(server: Server, openapi: dict[str, Any], kind: str) -> None:
    unknown = server.get(f"{BASE}/{kind}/{UNKNOWN}")
    assert UNKNOWN in status(openapi, unknown, 404, "unknownobject")
    malformed = server.get(f"{BASE}/{kind}/seven")
    assert "'seven'" in status(openapi, malformed, 404, "invalid_uuid")


@pytest.mark.parametrize("path", ["", "CFItems", "CFThings/x", "CFItems/", "discovery/other.json"])
def test_a_path_that_is_not_there_is_404(
    server: Server, openapi: dict[str, Any], path: str
) -> None:
    status(openapi, server.get(f"{BASE}/{path}"), 404, "unknownobject")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_is_changed_through_case(
    server: Server, openapi: dict[str, Any], method: str
) -> None:
    response = server.request(method, f"{BASE}/CFDocuments")
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, HEAD, OPTIONS"
    valid(openapi, "imsx_StatusInfo", response.json())
    assert response.json()["imsx_codeMajor"] == "unsupported"


def test_version_1_0_has_moved(server: Server) -> None:
    response = server.get("/ims/case/v1p0/CFDocuments?limit=1&sort=title")
    assert response.status_code == 301
    assert response.headers["location"] == f"{BASE}/CFDocuments?limit=1&sort=title"
    strange = server.get("/ims/case/v1p0/a%20%22b%3f/c")
    assert strange.headers["location"] == f"{BASE}/a%20%22b%3F/c"


# ---- discovery ---------------------------------------------------------------------------


def test_the_discovery_file_describes_what_is_answered(
    server: Server, openapi: dict[str, Any]
) -> None:
    assert openapi["servers"] == [{"url": BASE}]
    operations = {path: methods["get"] for path, methods in openapi["paths"].items()}
    assert len({o["operationId"] for o in operations.values()}) == len(operations) == 12
    for path in operations:
        answer = server.get(BASE + path.replace("{sourcedId}", UNKNOWN))
        assert answer.status_code == (404 if "{" in path else 200)
    for name in re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(openapi)):
        assert name in openapi["components"]["schemas"]
    assert all(
        schema["additionalProperties"] is False
        for schema in openapi["components"]["schemas"].values()
    )
    listing = operations["/CFDocuments"]["parameters"]
    assert [p["name"] for p in listing] == [
        "limit", "offset", "sort", "orderBy", "filter", "fields",
    ]  # fmt: skip


#: What the standard requires, by class, written down here a second time and by hand.
REQUIRED: Final = {
    "CFPackage": "CFDocument",
    "CFPckgDocument": "identifier uri creator title lastChangeDateTime",
    "CFDocument": "identifier uri creator title lastChangeDateTime CFPackageURI",
    "CFPckgItem": "identifier uri fullStatement lastChangeDateTime",
    "CFItem": "identifier uri fullStatement lastChangeDateTime CFDocumentURI",
    "CFPckgAssociation":
        "identifier associationType uri originNodeURI destinationNodeURI lastChangeDateTime",
    "CFAssociation":
        "identifier associationType uri originNodeURI destinationNodeURI lastChangeDateTime",
    "LinkURI": "title identifier uri",
    "LinkGenURI": "title identifier uri",
    "CFAssociationGrouping": "identifier uri title lastChangeDateTime",
    "CFItemType": "identifier uri title description hierarchyCode lastChangeDateTime",
    "CFSubject": "identifier uri title hierarchyCode lastChangeDateTime",
    "CFConcept": "identifier uri title hierarchyCode lastChangeDateTime",
    "CFLicense": "identifier uri title licenseText lastChangeDateTime",
    "CFRubric": "identifier uri lastChangeDateTime",
    "imsx_StatusInfo": "imsx_codeMajor imsx_severity",
}  # fmt: skip


def test_the_discovery_file_requires_what_the_standard_does(openapi: dict[str, Any]) -> None:
    schemas = openapi["components"]["schemas"]
    for name, members in REQUIRED.items():
        assert {*schemas[f"{name}DType"]["required"]} == {*members.split()}, name
    inside = schemas["CFPckgItemDType"]["properties"], schemas["CFPckgDocumentDType"]["properties"]
    assert "CFDocumentURI" not in inside[0]
    assert "CFPackageURI" not in inside[1]
    minor = schemas["imsx_CodeMinorFieldDType"]["properties"]["imsx_codeMinorFieldValue"]
    assert minor["enum"] == sorted(MINOR_CODES)
    assert "invalid_filter_field" not in MINOR_CODES


# ---- a framework that came as a package --------------------------------------------------

_TIME: Final = "2024-05-06T07:08:09Z"


def _defined(number: int, title: str, code: str, **members: Any) -> dict[str, Any]:
    key = f"0000000{number}-0000-1000-8000-000000000000"
    return {
        "identifier": key,
        "uri": f"https://cases.example.org/{key}",
        "title": title,
        "hierarchyCode": code,
        "lastChangeDateTime": _TIME,
        **members,
    }


def _imported(catalogue: Catalogue) -> dict[str, Any]:
    """The package of a tiny framework with everything in it that providers in use send beside."""
    framework = catalogue.frameworks["imp-1"]
    package: dict[str, Any] = json.loads(FORMATS["case"].write_framework(catalogue, framework))
    criterion = _defined(7, "", "")
    level = _defined(8, "", "")
    for record in (criterion, level):
        del record["title"], record["hierarchyCode"]
    rubric = _defined(6, "Meeting", "", CFRubricCriteria=[
        criterion | {"weight": 0.5, "CFRubricCriterionLevels": [level | {"score": 2}]}
    ])  # fmt: skip
    del rubric["hierarchyCode"]
    package["CFRubrics"] = [rubric]
    package["CFDefinitions"]["CFConcepts"] = [
        _defined(2, "Care of the old", "1.1"), _defined(1, "Care", "1", keywords="care"),
        _defined(3, "Something else", "11"), _defined(4, "Care of the very old", "1.1.1"),
    ]  # fmt: skip
    package["CFDefinitions"]["CFSubjects"] = [_defined(5, "Work", "A", council="x")]
    package["CFDocument"]["identifier"] = package["CFDocument"]["identifier"].upper()
    package["CFDocument"]["language"] = None
    package["CFItems"][0]["council:rank"] = 7
    package["CFItems"][0]["CFDocumentURI"] = {"title": "x"}
    return {"CFPackage": package}


@pytest.fixture(scope="module")
def workspace(
    _mini_template: Path, mini_catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server whose second framework was imported from a package."""
    folder = tmp_path_factory.mktemp("workspace")
    data = folder / "data"
    shutil.copytree(_mini_template, data)
    (data / "imported").mkdir()
    raw = json.dumps(_imported(mini_catalogue))
    (data / "imported" / "imp-1.case.json").write_text(raw, encoding="utf-8")
    with running(data, folder / "log", public_url="https://x.example/c/") as server:
        yield server


def test_an_imported_package_is_exported_whole_and_served_strictly(
    workspace: Server, openapi: dict[str, Any], mini_catalogue: Catalogue
) -> None:
    exported = workspace.get("/api/v1/frameworks/imp-1?format=case")
    assert exported.json() == _imported(mini_catalogue)
    (document,) = documents(workspace, filter="title='implementation support'")
    served = workspace.get(f"{BASE}/CFPackages/{document['identifier']}").json()
    valid(openapi, "CFPackage", served)
    assert "language" not in served["CFDocument"]
    assert [i["identifier"] for i in served["CFItems"]] == [
        i["identifier"] for i in exported.json()["CFPackage"]["CFItems"]
    ]
    for kind, schema, key in _objects(served):
        valid(openapi, schema, workspace.get(f"{BASE}/{kind}/{key}").json())


def test_an_object_of_a_hierarchy_comes_with_those_below_it(
    workspace: Server, openapi: dict[str, Any]
) -> None:
    def get(kind: str, number: int) -> dict[str, Any]:
        found = workspace.get(f"{BASE}/{kind}/{_defined(number, '', '')['identifier']}").json()
        valid(openapi, kind.removesuffix("s") + ("" if kind == "CFRubrics" else "Set"), found)
        return dict(found)

    concepts = get("CFConcepts", 1)["CFConcepts"]
    assert [c["title"] for c in concepts] == ["Care", "Care of the old", "Care of the very old"]
    assert [c["title"] for c in get("CFConcepts", 3)["CFConcepts"]] == ["Something else"]
    assert [s["title"] for s in get("CFSubjects", 5)["CFSubjects"]] == ["Work"]
    rubric = get("CFRubrics", 6)
    assert rubric["CFRubricCriteria"][0]["CFRubricCriterionLevels"][0]["score"] == 2


def test_links_of_a_crosswalk_name_the_items_of_an_imported_package(workspace: Server) -> None:
    (document,) = documents(workspace, filter="title~'Social work and'")
    package = workspace.get(f"{BASE}/CFPackages/{document['identifier']}").json()
    for association in package["CFAssociations"]:
        for side in ("originNodeURI", "destinationNodeURI"):
            node = association[side]
            found = workspace.get(f"{BASE}/CFItems/{node['identifier']}").json()
            assert (found["uri"], found["fullStatement"]) == (node["uri"], node["title"])


def test_the_public_address_is_named_in_the_discovery_file(workspace: Server) -> None:
    assert workspace.get(DISCOVERY).json()["servers"] == [{"url": f"https://x.example/c{BASE}"}]
