"""The reconciliation service over HTTP, as OpenRefine speaks to it."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.problems import STATUS
from api.reconciliation import CLEAR_BY, MOST_CANDIDATES, SURE

if TYPE_CHECKING:
    import httpx2

    from graph.catalogue import Catalogue
    from tests.http_server import Server

pytest_plugins = ("tests.http_server",)

FORM: Final = {"content-type": "application/x-www-form-urlencoded"}


def post(server: Server, path: str = "/reconcile", **form: Any) -> httpx2.Response:
    data = {k: v if isinstance(v, str) else json.dumps(v) for k, v in form.items()}
    return server.request("POST", path, data=data)


def candidates(server: Server, path: str = "/reconcile", **query: Any) -> list[dict[str, Any]]:
    """Candidates of one query, each held against what the schema of the specification asks for."""
    response = post(server, path, queries={"q0": query})
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()["q0"]["result"]
    for candidate in found:
        assert isinstance(candidate["id"], str)
        assert isinstance(candidate["name"], str)
        assert isinstance(candidate["score"], int | float)
        assert isinstance(candidate["match"], bool)
        assert all({"id", "name"} == set(type_) for type_ in candidate["type"])
        for feature in candidate["features"]:
            assert isinstance(feature["value"], bool | int | float)
    scores = [candidate["score"] for candidate in found]
    assert scores == sorted(scores, reverse=True)
    assert sum(candidate["match"] for candidate in found) <= 1
    return found


def ids(found: list[dict[str, Any]]) -> list[str]:
    return [candidate["id"] for candidate in found]


def problem(response: httpx2.Response, code: str) -> dict[str, Any]:
    document: dict[str, Any] = response.json()
    assert (document["code"], response.status_code) == (code, STATUS[code]), document
    assert response.headers["access-control-allow-origin"] == "*"
    return document


# ---- manifest --------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/reconcile", "/reconcile/isp-2020"])
def test_the_manifest_names_what_is_there(server: Server, path: str) -> None:
    manifest = server.get(path).json()
    assert manifest["versions"] == ["0.2"]
    assert manifest["identifierSpace"].startswith("https://")
    assert manifest["schemaSpace"].startswith("https://")
    for part in ("view", "preview"):
        assert "{{id}}" in manifest[part]["url"]
        address = manifest[part]["url"].replace("{{id}}", "isp-2020%3A2.4")
        page = server.get(address.removeprefix(server.url), headers={"accept": "text/html"})
        assert page.headers["content-type"].startswith("text/html")
        assert "Facilitation" in page.text
    for kind in ("entity", "type", "property"):
        service = manifest["suggest"][kind]
        address = f"{service['service_url']}{service['service_path']}?prefix=a"
        assert server.get(address.removeprefix(server.url)).json()["result"]
    proposal = manifest["extend"]["propose_properties"]
    address = f"{proposal['service_url']}{proposal['service_path']}?type=level:competency&limit=3"
    assert len(server.get(address.removeprefix(server.url)).json()["properties"]) == 3
    types = [type_["id"] for type_ in manifest["defaultTypes"]]
    assert len({*types}) == len(types)
    assert types[0].endswith("/competency")


def test_a_service_over_one_framework_knows_nothing_else(server: Server) -> None:
    whole = server.get("/reconcile").json()["defaultTypes"]
    here = server.get("/reconcile/isp-2020").json()["defaultTypes"]
    assert len(here) < len(whole)
    assert not any("epas" in type_["id"] for type_ in here)
    found = candidates(server, "/reconcile/isp-2020", query="assessing needs", limit=100)
    assert {key.partition(":")[0] for key in ids(found)} == {"isp-2020"}
    problem(server.get("/reconcile/isp-2021"), "not-found")
    problem(server.get("/reconcile/isp-2020/preview?id=epas-2022:7"), "not-found")


# ---- queries ---------------------------------------------------------------------------------


def test_a_column_gets_candidates_row_by_row(server: Server) -> None:
    cells = ["facilitating meetings", "plan do study act", "Addressing power differentials", "zzz"]
    batch = {f"q{n}": {"query": cell, "limit": 3} for n, cell in enumerate(cells)}
    answer = post(server, "/reconcile/isp-2020", queries=batch).json()
    best = [row["result"][:1] for row in answer.values()]
    assert [*answer] == [*batch]
    assert [ids(row) for row in best] == [["isp-2020:2.4"], ["isp-2020:2.6"], ["isp-2020:1.3"], []]
    assert [row[0]["match"] for row in best[:3]] == [False, False, True]
    address = {"queries": json.dumps(batch)}
    assert server.get("/reconcile/isp-2020", params=address).json() == answer


def test_a_title_or_id_is_a_match_unless_several_have_it(server: Server) -> None:
    for text in ("isp-2020:2.4", "Facilitation", "https://w3id.org/competency-crosswalk/id/gis/D5"):
        best = candidates(server, query=text)[0]
        assert best["match"]
        assert best["score"] == 100
    editions = candidates(server, query="Engage in Policy Practice")
    assert {"epas-2015:5", "epas-2022:5"} <= set(ids(editions[:2]))
    assert not any(candidate["match"] for candidate in editions)
    one = candidates(server, query="Engage in Policy Practice", type="framework:epas-2022")
    assert one[0]["match"]


def test_a_guess_is_a_match_only_if_sure_and_clear(server: Server, catalogue: Catalogue) -> None:
    for competency in catalogue.by_framework["isp-2020"]:
        words = " ".join(competency.title.split()[:2]) + " work"
        found = candidates(server, query=words, limit=100)
        if any(feature["value"] is True for c in found for feature in c["features"]):
            continue
        for place, candidate in enumerate(found):
            following = found[1]["score"] if len(found) > 1 else 0
            sure = candidate["score"] >= SURE and candidate["score"] - following >= CLEAR_BY
            assert candidate["match"] == (place == 0 and sure)


def test_types_restrict_or_only_prefer(server: Server) -> None:
    any_of = candidates(
        server, query="practice", type=["framework:gis", "level:principle"], limit=100
    )
    for candidate in any_of:
        types = {type_["id"] for type_ in candidate["type"]}
        assert types & {"framework:gis", "level:principle"}
    both = candidates(
        server, query="evidence", type=["framework:epas-2022", "level:behavior"],
        type_strict="all", limit=100,
    )  # fmt: skip
    assert both
    assert all(candidate["id"].startswith("epas-2022:") for candidate in both)
    assert all("behavior" in candidate["description"] for candidate in both)
    preferred = candidates(
        server, query="supervision", type="framework:epas-2015", type_strict="should", limit=100
    )
    assert {key.partition(":")[0] for key in ids(preferred)} > {"epas-2015"}


def test_properties_narrow_down(server: Server) -> None:
    everywhere = candidates(server, query="supervision", limit=100)
    here = candidates(
        server, query="supervision", limit=100,
        properties=[{"pid": "framework", "v": "EPAS-2022"}, {"pid": "level", "v": ["behavior"]}],
    )  # fmt: skip
    assert {*ids(here)} < {*ids(everywhere)}
    assert "epas-2022:1.d" in ids(here)
    below = candidates(
        server, query="learning", properties=[{"pid": "parent", "v": {"id": "isp-2020:1.1"}}]
    )
    assert below
    assert all(key.startswith("isp-2020:1.1.") for key in ids(below))
    ignored = candidates(
        server, query="supervision", limit=100, properties=[{"pid": "code", "v": ""}]
    )
    assert ignored == everywhere


def test_properties_alone_are_a_query(server: Server) -> None:
    found = candidates(
        server,
        properties=[{"pid": "code", "v": "7"}, {"pid": "framework", "v": "epas-2022"}],
    )
    assert [(c["id"], c["match"], c["score"]) for c in found] == [("epas-2022:7", True, 100)]
    aligned = candidates(
        server, "/reconcile/isp-2020", limit=100,
        properties=[{"pid": "aligned-with:epas-2022", "v": {"id": "epas-2022:7"}}],
    )  # fmt: skip
    partners = server.get("/api/v1/competencies/epas-2022:7/alignments?to=isp-2020").json()
    assert {*ids(aligned)} == {item["partner_id"] for item in partners["items"]}


# ---- data extension, suggestions, preview ----------------------------------------------------


def test_a_column_is_extended(server: Server, catalogue: Catalogue) -> None:
    query = {
        "ids": ["isp-2020:2.4", "isp-2020:P1", "isp-2020:2.9"],
        "properties": [
            {"id": "code"},
            {"id": "parent"},
            {"id": "iri"},
            {"id": "aligned-with:epas-2022", "settings": {"limit": "2"}},
        ],
    }
    answer = post(server, extend=query).json()
    assert [column["id"] for column in answer["meta"]] == [p["id"] for p in query["properties"]]
    assert answer["meta"][3]["type"]["id"] == "framework:epas-2022"
    row = answer["rows"]["isp-2020:2.4"]
    assert row["code"] == [{"str": "2.4"}]
    assert row["parent"][0]["id"] == "isp-2020:D2"
    assert row["iri"] == [{"str": catalogue.prefixes.expand("isp-2020:2.4")}]
    found = server.get("/api/v1/competencies/isp-2020:2.4/alignments?to=epas-2022").json()["items"]
    assert [value["id"] for value in row["aligned-with:epas-2022"]] == [
        item["partner_id"] for item in found
    ][:2]
    assert answer["rows"]["isp-2020:P1"]["parent"] == []
    assert not any(answer["rows"]["isp-2020:2.9"].values())
    assert server.get("/reconcile", params={"extend": json.dumps(query)}).json() == answer


def test_every_property_that_is_proposed_can_be_fetched(server: Server) -> None:
    for path in ("/reconcile", "/reconcile/epas-2022"):
        proposed = server.get(f"{path}/extend/propose").json()["properties"]
        wanted = [{"id": property_["id"]} for property_ in proposed]
        answer = post(server, path, extend={"ids": ["epas-2022:7"], "properties": wanted}).json()
        assert [*answer["rows"]["epas-2022:7"]] == [property_["id"] for property_ in proposed]


def test_suggestions_follow_what_is_typed(server: Server) -> None:
    for prefix in ("facil", "Facilitation", "isp-2020:2.4"):
        result = server.get("/reconcile/suggest/entity", params={"prefix": prefix}).json()["result"]
        found = {hit["id"]: hit["notable"][0]["id"] for hit in result[:3]}
        assert found["isp-2020:2.4"] == "framework:isp-2020/competency"
    first, rest = (
        server.get("/reconcile/suggest/entity", params={"prefix": "practice", "cursor": cursor})
        for cursor in (0, 1)
    )
    assert first.json()["result"][1:] == rest.json()["result"][: len(first.json()["result"]) - 1]
    types = server.get("/reconcile/suggest/type?prefix=behav").json()["result"]
    assert {type_["id"] for type_ in types} >= {"level:behavior", "framework:epas-2022/behavior"}
    properties = server.get("/reconcile/suggest/property?prefix=epas-2022").json()["result"]
    assert [property_["id"] for property_ in properties] == ["aligned-with:epas-2022"]


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)


def test_a_preview_is_a_small_page_without_scripts(server: Server) -> None:
    page = server.get("/reconcile/preview?id=epas-2022:7")
    reader = _Text()
    reader.feed(page.text)
    assert reader.tags <= {"html", "head", "meta", "title", "style", "body", "h1", "p", "span",
                           "ul", "li"}  # fmt: skip
    assert "Assessing needs and assets" in page.text
    assert "script-src" not in page.headers["content-security-policy"]
    assert "x-frame-options" not in page.headers
    problem(server.get("/reconcile/preview?id=epas-2022:77"), "not-found")


# ---- what goes wrong -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("queries", "parameter"),
    [
        ('{"q0": {"query": "x"', "queries"),
        ("[]", "queries"),
        ('{"q0": "x"}', "queries/q0"),
        ('{"q0": {}}', "queries/q0/query"),
        ('{"q0": {"query": "  "}}', "queries/q0/query"),
        ('{"q0": {"query": 7}}', "queries/q0/query"),
        ('{"q0": {"query": "x", "typ": "y"}}', "queries/q0/typ"),
        ('{"q0": {"query": "x", "type": "level:competence"}}', "queries/q0/type"),
        ('{"q0": {"query": "x", "type": [{"id": "level:competency"}]}}', "queries/q0/type"),
        ('{"q0": {"query": "x", "type_strict": "maybe"}}', "queries/q0/type_strict"),
        ('{"q0": {"query": "x", "limit": 0}}', "queries/q0/limit"),
        ('{"q0": {"query": "x", "limit": true}}', "queries/q0/limit"),
        ('{"q0": {"query": "x", "limit": 1e9}}', "queries/q0/limit"),
        ('{"q0": {"query": "x", "limit": 123456789012345678901}}', "queries/q0/limit"),
        ('{"q0": {"query": 123456789012345678901}}', "queries/q0/query"),
        ('{"q0": {"query": "x", "properties": {}}}', "queries/q0/properties"),
        ('{"q0": {"query": "x", "properties": [{"pid": "colour", "v": "red"}]}}',
         "queries/q0/properties/0/pid"),
        ('{"q0": {"query": "x", "properties": [{"pid": "code"}]}}', "queries/q0/properties/0"),
        ('{"q0": {"query": "x", "properties": [{"pid": "code", "v": null}]}}',
         "queries/q0/properties/0/v"),
        ('{"q0": {"query": "x"}, "q0": {"query": "y"}}', "queries"),
        ("[" * 5000, "queries"),
    ],
)  # fmt: skip
def test_a_faulty_query_is_named(server: Server, queries: str, parameter: str) -> None:
    document = problem(post(server, queries=queries), "bad-parameter")
    assert document["parameter"] == parameter
    assert document["accepted"]


@pytest.mark.parametrize(
    ("extend", "parameter"),
    [
        ("{", "extend"),
        ("{}", "extend/ids"),
        ('{"ids": [], "properties": 1}', "extend/properties"),
        ('{"ids": [], "properties": ["code"]}', "extend/properties/0"),
        ('{"ids": [], "properties": [{"id": "color"}]}', "extend/properties/0/id"),
        ('{"ids": [], "properties": [{"id": "code", "settings": {"limit": "few"}}]}',
         "extend/properties/0/settings"),
        ('{"ids": [], "properties": [{"id": "code", "settings": {"most": 1}}]}',
         "extend/properties/0/settings"),
    ],
)  # fmt: skip
def test_a_faulty_extension_is_named(server: Server, extend: str, parameter: str) -> None:
    assert problem(post(server, extend=extend), "bad-parameter")["parameter"] == parameter


def test_a_batch_is_bounded(server: Server) -> None:
    most = server.get("/reconcile").json()["batchSize"]
    batch = {f"q{n}": {"query": "x"} for n in range(most + 1)}
    document = problem(post(server, queries=batch), "too-large")
    assert document["limit"] == "reconcile_queries_most"
    assert str(most) in document["detail"]
    ids_ = [f"isp-2020:{n}" for n in range(most + 1)]
    problem(post(server, extend={"ids": ids_, "properties": []}), "too-large")
    del batch["q0"]
    assert len(post(server, queries=batch).json()) == most
    document = problem(post(server, queries="x" * 600_000), "too-large")
    assert document["limit"] == "body_kb"


def test_a_limit_is_kept(server: Server) -> None:
    assert len(candidates(server, query="practice", limit=2)) == 2
    assert len(candidates(server, query="practice", limit=MOST_CANDIDATES)) > 10


def test_a_request_is_one_of_queries_and_extension(server: Server) -> None:
    problem(post(server, queries="{}", extend="{}"), "bad-request")
    problem(post(server, query="x"), "bad-request")
    problem(server.get("/reconcile?query=x"), "bad-request")
    problem(server.request("POST", "/reconcile", content=b"", headers=FORM), "bad-request")
    problem(server.request("POST", "/reconcile", content=b"queries=%ff", headers=FORM),
            "bad-request")  # fmt: skip
    response = server.request("POST", "/reconcile", json={"queries": []})
    problem(response, "unsupported-media-type")
    assert response.headers["accept-post"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize("path", ["/reconcile", "/reconcile/isp-2020"])
def test_other_methods_are_refused_and_the_right_ones_named(server: Server, path: str) -> None:
    allowed = "GET, HEAD, POST, OPTIONS"
    for method in ("PUT", "DELETE", "PATCH"):
        response = server.request(method, path)
        problem(response, "method-not-allowed")
        assert response.headers["allow"] == allowed
    preflight = server.request("OPTIONS", path)
    assert preflight.headers["access-control-allow-methods"] == allowed
    response = server.request("POST", f"{path}/suggest/entity", data={"prefix": "x"})
    assert response.headers["allow"] == "GET, HEAD, OPTIONS"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-5, 500) | st.floats() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["query", "type", "limit", "properties", "pid", "v", "id", "q0"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_batch_breaks_the_service(server: Server, value: Any) -> None:
    for batch in (value, {"q0": value}, {"q0": {"query": "x", "properties": [value]}}):
        assert post(server, queries=batch).status_code in (200, 422)
