"""The JSKOS API over HTTP: lists, filters and headers as jskos-server has them."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any, Final

import pytest

from api.problems import STATUS
from graph.exchange.jskos import concordance_uri, content_identifiers, relation_uri, scheme_uri
from graph.model import Relation
from graph.terms import framework_of

if TYPE_CHECKING:
    import httpx2

    from graph.catalogue import Catalogue
    from tests.http_server import Server

pytest_plugins = ("tests.http_server",)

ID: Final = "https://w3id.org/competency-crosswalk/id"


def rows(server: Server, path: str, **parameters: Any) -> list[dict[str, Any]]:
    """A list of the API, whole, with its headers held against it."""
    response = server.get(f"/jskos{path}", params={"limit": 10_000, **parameters})
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()
    assert response.headers["x-total-count"] == str(len(found))
    return found


def ends(mapping: dict[str, Any]) -> tuple[str, str]:
    subject, object_ = (mapping[side]["memberSet"][0]["uri"] for side in ("from", "to"))
    return subject.removeprefix(f"{ID}/"), object_.removeprefix(f"{ID}/")


def problem(response: httpx2.Response, code: str) -> dict[str, Any]:
    document: dict[str, Any] = response.json()
    assert (document["code"], response.status_code) == (code, STATUS[code]), document
    return document


# ---- status and mount ------------------------------------------------------------------------


def test_status_names_what_there_is_and_leaves_open_nothing_that_is_not(server: Server) -> None:
    status = server.get("/jskos/status").json()
    assert status["ok"] == 1
    assert status["mappings"] == f"{server.url}/jskos/mappings"
    assert status["annotations"] is None
    for name, address in status.items():
        if isinstance(address, str) and address.startswith("http"):
            assert server.get(address.removeprefix(server.url)).status_code in (200, 422), name


@pytest.mark.parametrize("path", ["/status", "/mappings", "/concordances", "/voc", "/concepts"])
def test_the_paths_of_jskos_server_answer_at_the_root_too(server: Server, path: str) -> None:
    assert server.get(path).content == server.get(f"/jskos{path}").content


def test_a_browser_may_read_the_headers_of_a_list(server: Server) -> None:
    exposed = server.get("/jskos/voc").headers["access-control-expose-headers"]
    assert {"Link", "X-Total-Count"} <= {name.strip() for name in exposed.split(",")}


# ---- mappings --------------------------------------------------------------------------------


def test_every_aligned_pair_is_a_mapping_and_nothing_else_is(
    server: Server, catalogue: Catalogue
) -> None:
    found = rows(server, "/mappings")
    aligned = {a.id: a for a in catalogue.alignments.values() if a.aligned}
    assert {mapping["uri"].rpartition("/")[2] for mapping in found} == set(aligned)
    for mapping in found[::20]:
        a = aligned[mapping["uri"].rpartition("/")[2]]
        assert mapping["type"] == [relation_uri(a.relation)]
        assert mapping["mappingRelevance"] == a.confidence
        assert mapping["note"] == {"en": [a.rationale]}
        assert mapping["created"] == a.date
        assert mapping["STRENGTH"] == a.strength
        assert [source["uri"] for source in mapping.get("source", ())] == [
            evidence.url for evidence in a.evidence
        ]
        assert f"{ID}/alignment/{a.id}" in mapping["identifier"]
        assert server.get(mapping["uri"].removeprefix(server.url)).json() == mapping


def test_a_pair_that_is_not_aligned_is_no_mapping(server: Server, catalogue: Catalogue) -> None:
    negative = next(a for a in catalogue.alignments.values() if not a.aligned)
    problem(server.get(f"/jskos/mappings/{negative.id}"), "not-found")
    uris = [f"{ID}/{end.replace(':', '/')}" for end in (negative.subject_id, negative.object_id)]
    assert rows(server, "/mappings", **{"from": uris[0], "to": uris[1]}) == []


def test_a_concordance_says_how_many_verdicts_it_cannot_hold(server: Server) -> None:
    record = server.get("/jskos/concordances/epas-2022--isp-2020").json()
    assert "90 further pairs were judged not aligned" in record["scopeNote"]["en"][1]
    assert record["extent"] == "117"


def test_mappings_are_found_by_their_ends(server: Server) -> None:
    uri = f"{ID}/epas-2022/7"
    forward = rows(server, "/mappings", **{"from": uri})
    assert {ends(mapping)[0] for mapping in forward} == {"epas-2022/7"}
    backward = rows(server, "/mappings", **{"from": uri, "direction": "backward"})
    assert {ends(mapping)[1] for mapping in backward} == {"epas-2022/7"}
    both = rows(server, "/mappings", **{"from": uri, "direction": "both"})
    assert len(both) == len(forward) + len(backward)
    assert rows(server, "/mappings", to=uri) == backward


def test_a_notation_counts_in_every_scheme_unless_one_is_named(server: Server) -> None:
    anywhere = rows(server, "/mappings", **{"from": "7"})
    assert {framework_of(ends(m)[0].replace("/", ":")) for m in anywhere} > {"epas-2022"}
    here = rows(server, "/mappings", **{"from": "7", "fromScheme": "epas-2022"})
    assert {ends(mapping)[0] for mapping in here} == {"epas-2022/7"}
    assert here == rows(server, "/mappings", **{"from": "7", "fromScheme": f"{ID}/epas-2022"})


def test_an_asterisk_stands_for_the_rest(server: Server) -> None:
    found = rows(server, "/mappings", **{"from": f"{ID}/epas-2022/7*"})
    assert {ends(m)[0] for m in found} == {"epas-2022/7", "epas-2022/7.a", "epas-2022/7.b"}


def test_or_joins_the_two_ends(server: Server) -> None:
    one, other = f"{ID}/epas-2022/7", f"{ID}/isp-2020/2.4"
    given = {"from": one, "to": other}
    either = {m["uri"] for m in rows(server, "/mappings", mode="or", **given)}
    left = {m["uri"] for m in rows(server, "/mappings", **{"from": one})}
    right = {m["uri"] for m in rows(server, "/mappings", to=other)}
    assert either == left | right
    assert {m["uri"] for m in rows(server, "/mappings", **given)} == left & right


def test_mappings_are_found_by_type_part_creator_and_identifier(
    server: Server, catalogue: Catalogue
) -> None:
    everything = rows(server, "/mappings")
    for relation in Relation:
        found = rows(server, "/mappings", type=relation_uri(relation))
        assert found == [m for m in everything if m["type"] == [relation_uri(relation)]]
    part = concordance_uri(catalogue, "epas-2022--isp-2020")
    inside = rows(server, "/mappings", partOf=part)
    assert inside == [m for m in everything if m["partOf"] == [{"uri": part}]]
    assert rows(server, "/mappings", partOf="any") == everything
    assert rows(server, "/mappings", partOf="none") == []
    assert rows(server, "/mappings", creator="crosswalk project") == everything
    assert rows(server, "/mappings", creator="somebody") == []
    for identifier in everything[3]["identifier"]:
        found = rows(server, "/mappings", identifier=identifier)
        assert everything[3] in found
    assert rows(server, "/mappings", identifier="urn:none") == []


def test_there_are_no_annotations(server: Server) -> None:
    everything = rows(server, "/mappings")
    assert rows(server, "/mappings", annotatedFor="none") == everything
    assert rows(server, "/mappings", annotatedFor="!assessing") == everything
    assert rows(server, "/mappings", annotatedFor="any") == []
    assert rows(server, "/mappings", annotatedWith="+1") == []


def test_mappings_come_sure_before_unsure_unless_asked_otherwise(server: Server) -> None:
    relevance = [m["mappingRelevance"] for m in rows(server, "/mappings")]
    assert relevance == sorted(relevance, reverse=True)
    rising = rows(server, "/mappings", order="asc", sort="mappingRelevance")
    assert [m["mappingRelevance"] for m in rising] == sorted(relevance)
    created = [m["created"] for m in rows(server, "/mappings", sort="created", order="asc")]
    assert created == sorted(created)


def test_pages_join_to_the_whole_by_their_links(server: Server) -> None:
    whole = rows(server, "/mappings", fromScheme="epas-2022")
    path, found = "/jskos/mappings?fromScheme=epas-2022&limit=37", []
    relations = []
    while path:
        response = server.get(path)
        found += response.json()
        links = {
            part.split('rel="')[1].rstrip('"'): part.split(">")[0].removeprefix("<")
            for part in response.headers["link"].split(", ")
        }
        relations.append(set(links))
        path = links.get("next", "").removeprefix(server.url)
    assert found == whole
    assert relations[0] == {"first", "next", "last"}
    assert relations[-1] == {"first", "prev", "last"}
    assert server.get(links["last"].removeprefix(server.url)).json() == response.json()


def test_an_address_that_is_very_long_has_no_links(server: Server) -> None:
    many = "|".join(f"{ID}/isp-2020/{n}" for n in range(500))
    response = server.get("/jskos/concepts", params={"uri": many})
    assert "link" not in response.headers
    assert response.headers["x-total-count"] == "0"


def test_properties_are_left_out_and_added(server: Server) -> None:
    plain, less = (
        server.get("/jskos/mappings", params={"limit": 1, "properties": text}).json()[0]
        for text in ("", "-note,to,+from")
    )
    assert set(plain) - set(less) == {"note", "to"}
    part = server.get("/jskos/concordances/epas-2022--isp-2020?properties=-definition").json()
    assert "prefLabel" in part
    assert "definition" not in part
    concept = rows(server, "/concepts", uri=f"{ID}/isp-2020/1.1.a", properties="ancestors")[0]
    assert [above["uri"] for above in concept["ancestors"]] == [
        f"{ID}/isp-2020/1.1",
        f"{ID}/isp-2020/D1",
    ]


def test_a_download_is_the_whole_list(server: Server) -> None:
    whole = rows(server, "/mappings", partOf="any")
    files = {
        kind: server.get("/jskos/mappings", params={"download": kind, "limit": 1, "partOf": "any"})
        for kind in ("json", "ndjson", "csv", "tsv")
    }
    assert files["json"].json() == whole
    assert [json.loads(line) for line in files["ndjson"].text.splitlines()] == whole
    for kind, delimiter in (("csv", ","), ("tsv", "\t")):
        table = [*csv.DictReader(io.StringIO(files[kind].text), delimiter=delimiter)]
        assert len(table) == len(whole)
        for line, mapping in zip(table, whole, strict=True):
            assert line["fromScheme"] == mapping["fromScheme"]["notation"][0]
            assert line["toNotation"] == mapping["to"]["memberSet"][0]["notation"][0]
            assert line["type"] == mapping["type"][0]
    for kind, response in files.items():
        assert f'filename="jskos.{kind}"' in response.headers["content-disposition"]


def test_the_distributions_of_a_concordance_can_be_downloaded(server: Server) -> None:
    record = server.get("/jskos/concordances/epas-2022--isp-2020").json()
    json_, ndjson = (d["download"].removeprefix(server.url) for d in record["distributions"])
    assert len(server.get(json_).json()) == int(record["extent"])
    assert len(server.get(ndjson).text.splitlines()) == int(record["extent"])


def test_schemes_are_counted_by_their_mappings(server: Server) -> None:
    found = {scheme["notation"][0]: scheme for scheme in rows(server, "/mappings/voc")}
    everything = rows(server, "/mappings")
    for key, scheme in found.items():
        for name, side in (("fromCount", "fromScheme"), ("toCount", "toScheme")):
            count = sum(mapping[side]["notation"] == [key] for mapping in everything)
            assert scheme.get(name, 0) == count
    one = rows(server, "/mappings/voc", **{"from": f"{ID}/epas-2022/7"})
    assert [scheme["notation"] for scheme in one if "fromCount" in scheme] == [["epas-2022"]]


# ---- concordances, schemes and concepts ------------------------------------------------------


def test_concordances_are_found_by_their_schemes(server: Server, catalogue: Catalogue) -> None:
    found = rows(server, "/concordances", fromScheme="epas-2022", toScheme="isp-2020|epas-2008")
    assert [record["notation"] for record in found] == [["epas-2022--isp-2020"]]
    either = rows(server, "/concordances", fromScheme="epas-2022", toScheme="isp-2020", mode="or")
    assert len(either) > 1
    by_uri = rows(server, "/concordances", uri=concordance_uri(catalogue, "epas-2022--isp-2020"))
    assert by_uri == found
    assert len(rows(server, "/concordances", creator="Competency Crosswalk project")) == len(
        catalogue.crosswalks
    )
    whole = server.get("/jskos/concordances?download=ndjson").text.splitlines()
    assert len(whole) == len(catalogue.crosswalks)


def test_schemes_are_found_by_uri_and_notation(server: Server, catalogue: Catalogue) -> None:
    assert len(rows(server, "/voc")) == len(catalogue.frameworks)
    by_uri = rows(server, "/voc", uri=scheme_uri(catalogue, "isp-2020"))
    assert by_uri == rows(server, "/voc", notation="isp-2020")
    assert by_uri[0]["concepts"] == by_uri[0]["topConcepts"] == [None]
    # Nothing could be read of the draft of 2018, and it says so.
    assert rows(server, "/voc", notation="isp-2018")[0]["concepts"] == []


def test_concepts_come_as_tree_list_and_by_name(server: Server, catalogue: Catalogue) -> None:
    scheme = scheme_uri(catalogue, "isp-2020")
    members = catalogue.by_framework["isp-2020"]
    found = rows(server, "/voc/concepts", uri=scheme)
    assert [concept["notation"] for concept in found] == [[member.code] for member in members]
    top = rows(server, "/voc/top", uri=scheme)
    assert top == [concept for concept in found if "broader" not in concept]
    below = rows(server, "/concepts/narrower", uri=f"{ID}/isp-2020/D1")
    assert [concept["uri"] for concept in below] == [
        child["uri"] for child in next(c for c in top if c["notation"] == ["D1"])["narrower"]
    ]
    named = rows(server, "/concepts", uri=f"{ID}/isp-2020/1.3|{ID}/epas-2022/7|{ID}/no/1")
    assert [concept["uri"] for concept in named] == [f"{ID}/isp-2020/1.3", f"{ID}/epas-2022/7"]
    assert len(rows(server, "/concepts", notation="7")) > 1
    assert len(rows(server, "/concepts", notation="7", voc="epas-2022")) == 1
    lines = server.get("/jskos/voc/concepts", params={"uri": scheme, "download": "ndjson"})
    assert [json.loads(line) for line in lines.text.splitlines()] == found


def test_what_is_not_here_has_nothing(server: Server) -> None:
    for path in ("/voc", "/voc/top", "/voc/concepts", "/concepts", "/concepts/narrower",
                 "/concepts/ancestors"):  # fmt: skip
        assert rows(server, path, uri="https://example.org/none") == []


def test_words_find_schemes_and_concepts(server: Server) -> None:
    words, labels, _, uris = server.get("/jskos/concepts/suggest?search=facilit&limit=3").json()
    assert words == "facilit"
    assert len(labels) == len(uris) == 3
    whole = rows(server, "/concepts/search", search="facilitation", voc="isp-2020")
    assert whole[0]["notation"] == ["2.4"]
    levels = rows(server, "/concepts/search", search="assessment", type=f"{ID}/level/behavior")
    assert {concept["type"][1] for concept in levels} == {f"{ID}/level/behavior"}
    assert rows(server, "/voc/search", search="implementation support")[0]["type"]
    assert server.get("/jskos/voc/suggest?search=epas").json()[3]
    assert server.get("/jskos/concepts/suggest").json() == ["", [], [], []]


# ---- what goes wrong -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/mappings?form=x", "form"),
        ("/mappings?limit=0", "limit"),
        ("/mappings?limit=10001", "limit"),
        ("/mappings?offset=-1", "offset"),
        ("/mappings?direction=sideways", "direction"),
        ("/mappings?sort=name", "sort"),
        ("/mappings?download=xlsx", "download"),
        ("/mappings?cardinality=n-to-n", "cardinality"),
        ("/concordances?mode=xor", "mode"),
        ("/voc/concepts", "uri"),
        ("/concepts/suggest?search=" + "x" * 201, "search"),
    ],
)
def test_a_wrong_parameter_is_named(server: Server, path: str, name: str) -> None:
    assert problem(server.get(f"/jskos{path}"), "bad-parameter")["parameter"] == name


def test_an_unknown_concordance_gets_the_nearest(server: Server) -> None:
    document = problem(server.get("/jskos/concordances/epas-2022--isp-2021"), "not-found")
    assert "epas-2022--isp-2020" in document["nearest"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_can_be_written(server: Server, method: str) -> None:
    response = server.request(method, "/jskos/mappings", json={"from": {}, "to": {}})
    problem(response, "method-not-allowed")


def test_an_identifier_of_members_does_not_depend_on_the_direction() -> None:
    one = content_identifiers("https://a.org/1", "https://b.org/2", Relation.CLOSE)
    other = content_identifiers("https://b.org/2", "https://a.org/1", Relation.CLOSE)
    assert one[0] != other[0]
    assert one[1] == other[1]
