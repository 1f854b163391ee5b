"""SPARQL 1.1 Protocol, query operation, over HTTP against a running server.

`REQUIREMENTS` lists every requirement of https://www.w3.org/TR/sparql11-protocol/ that concerns a
query, in our own words, with the tests that hold it. The cases of the W3C test suite are there
under the names that it gives them.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import socket
import threading
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
import rdflib

from api.problems import STATUS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx2

    from tests.http_server import Server

pytest_plugins = ("tests.http_server",)

#: Section, the requirement in our own words, the tests that hold it.
REQUIREMENTS: Final = (
    ("2.1", "a query is sent by GET, by POST as a form, or by POST as the body", "query_get"),
    ("2.1", "a query by POST as a form", "query_post_form"),
    ("2.1", "a query by POST as the body", "query_post_direct"),
    ("2.1", "exactly one query string", "bad_query_count"),
    ("2.1", "zero or more default and named graph IRIs", "query_dataset"),
    ("2.1", "GET and POST only", "bad_query_method"),
    ("2.1.1", "by GET the parameters are percent-encoded in the URL, with &", "query_get"),
    ("2.1.1", "percent-encoding that is none is refused", "bad_query_encoding"),
    ("2.1.2", "a form says application/x-www-form-urlencoded", "bad_query_missing_form_type"),
    ("2.1.2", "a form may be followed by dataset parameters", "query_dataset"),
    ("2.1.3", "a body says application/sparql-query", "bad_query_missing_direct_type"),
    ("2.1.3", "a body is UTF-8", "bad_query_non_utf8"),
    ("2.1.3", "dataset parameters of a body stand in the URL", "query_dataset"),
    ("2.1.4", "default-graph-uri makes the default graph", "query_dataset"),
    ("2.1.4", "several default graphs are merged", "query_multiple_dataset"),
    ("2.1.4", "named-graph-uri makes the named graphs", "query_dataset_named"),
    ("2.1.4", "the dataset of the request wins over that of the query", "query_dataset_override"),
    ("2.1.4", "FROM in the query counts where the request says nothing", "query_dataset_from"),
    ("2.1.4", "without any of them the service chooses its dataset", "query_default_dataset"),
    ("2.1.4", "a dataset that is not there is refused", "query_dataset_unknown"),
    ("2.1.5", "SELECT and ASK: a results format", "query_content_type_select"),
    ("2.1.5", "SELECT and ASK: a results format", "query_content_type_ask"),
    ("2.1.5", "CONSTRUCT and DESCRIBE: an RDF format", "query_content_type_construct"),
    ("2.1.5", "CONSTRUCT and DESCRIBE: an RDF format", "query_content_type_describe"),
    ("2.1.5", "the client's Accept decides among them", "query_negotiation"),
    ("2.1.5", "none that is accepted: 406", "query_not_acceptable"),
    ("2.1.6", "success is a 2XX or 3XX, as HTTP says", "query_get"),
    ("2.1.6", "a query that cannot be parsed: 400", "bad_query_syntax"),
    ("2.1.6", "an update is no query: 400", "bad_query_update"),
    ("2.1.7", "400 for a wrong request, with a body that explains it", "problem_documents"),
    ("2.2", "update is not offered and says so", "bad_query_update"),
    ("4.1", "the service may refuse expensive or forbidden queries", "bad_query_service"),
    ("4.1", "FROM and FROM NAMED make the service ask nobody", "bad_query_from"),
    ("HTTP", "HEAD is GET without a body", "head"),
    ("HTTP", "OPTIONS tells methods; preflight lets scripts of any origin in", "options"),
    ("HTTP", "405 tells what is allowed", "bad_query_method"),
    ("HTTP", "Vary names what the answer depends on", "vary_and_cors"),
    ("HTTP", "a body too large: 413; encoded in an unknown way or charset: 415", "bad_bodies"),
    ("HTTP", "a body announced in two ways is refused", "two_lengths"),
    ("SD 2", "the endpoint's own address describes the service in RDF", "service_description"),
    ("SD 3", "the description names the dataset and its graphs", "service_description"),
)

BASE: Final = "https://w3id.org/competency-crosswalk/"
SCHEMES: Final = f"{BASE}graph/schemes"
EPAS: Final = f"{BASE}graph/framework/epas-2022"
ISP: Final = f"{BASE}graph/framework/isp-2020"

FORM: Final = "application/x-www-form-urlencoded"
DIRECT: Final = "application/sparql-query"
JSON: Final = "application/sparql-results+json"

SELECT: Final = "SELECT ?s ?label WHERE { ?s skos:prefLabel ?label } ORDER BY ?s LIMIT 3"
ASK: Final = "ASK { ?s ?p ?o }"
CONSTRUCT: Final = "CONSTRUCT { ?s skos:prefLabel ?label } WHERE { ?s skos:prefLabel ?label }"
DESCRIBE: Final = "DESCRIBE <https://w3id.org/competency-crosswalk/id/epas-2022/7>"

HAS_ISP: Final = "ASK { <https://w3id.org/competency-crosswalk/id/isp-2020/2.1> ?p ?o }"
HAS_EPAS: Final = "ASK { <https://w3id.org/competency-crosswalk/id/epas-2022/7> ?p ?o }"
GRAPHS_NAMED: Final = "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g"


def test_every_requirement_names_a_test_that_exists() -> None:
    assert [name for _, _, name in REQUIREMENTS if f"test_{name}" not in globals()] == []


def post(
    server: Server, body: bytes | str, content_type: str = "", path: str = "/sparql", **headers: str
) -> httpx2.Response:
    sent = {"content-type": content_type} if content_type else {}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    content = body.encode() if isinstance(body, str) else body
    return server.request("POST", path, content=content, headers=sent)


def truth(response: httpx2.Response) -> bool:
    assert response.status_code == 200, response.text
    found: bool = response.json()["boolean"]
    return found


def column(response: httpx2.Response, name: str) -> list[str]:
    assert response.status_code == 200, response.text
    return [row[name]["value"] for row in response.json()["results"]["bindings"]]


def assert_problem(response: httpx2.Response, code: str, **members: Any) -> dict[str, Any]:
    """A whole problem document, open to scripts of any origin, never kept by a cache."""
    document: dict[str, Any] = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert response.status_code == STATUS[code] == document["status"], document
    assert document["code"] == code, document
    assert document["type"].endswith(f"/problem/{code}")
    assert document["title"]
    assert document["detail"]
    assert {name: document[name] for name in members} == members
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["cache-control"] == "no-store"
    assert "accept" in response.headers["vary"].lower()
    return document


# ---- the operation -----------------------------------------------------------------------


@pytest.mark.parametrize("query", [SELECT, ASK, "# comment\n" + ASK, "ASK { ?s ?p 'a&b=c+d%é' }"])
def test_query_get(server: Server, query: str) -> None:
    response = server.ask(query)
    assert response.status_code == 200
    assert response.headers["content-type"] == JSON


def test_query_post_form(server: Server) -> None:
    for content_type in (FORM, f"{FORM}; charset=UTF-8", FORM.upper()):
        response = post(server, "query=ASK%20%7B%20%3Fs+%3Fp+%3Fo%7D", content_type)
        assert truth(response)
    assert post(server, "query=" + "SELECT+*+%7B%7D", FORM).json()["results"] == {"bindings": [{}]}


def test_query_post_direct(server: Server) -> None:
    for content_type in (DIRECT, f"{DIRECT};charset=utf-8", f'{DIRECT}; charset="UTF-8"'):
        assert truth(post(server, ASK, content_type))
    assert truth(post(server, "ASK { FILTER('é' = '\\u00e9') }", DIRECT))


def test_the_three_ways_give_the_same_answer(server: Server) -> None:
    by_get = server.ask(SELECT)
    by_form = server.request("POST", "/sparql", data={"query": SELECT})
    direct = post(server, SELECT, DIRECT)
    assert by_get.content == by_form.content == direct.content


@pytest.mark.parametrize(
    ("parameters", "count"),
    [
        ([("query", ASK), ("query", ASK)], 2),
        ([("query", ASK), ("query", SELECT), ("query", "")], 3),
        ([("default-graph-uri", SCHEMES)], 0),
        ([("q", ASK)], 0),
    ],
)
def test_bad_query_count(server: Server, parameters: list[tuple[str, str]], count: int) -> None:
    """W3C: bad_multiple_queries; and none at all."""
    by_get = server.get("/sparql", params=parameters)
    form = "&".join(f"{n}={v}" for n, v in parameters).replace(" ", "+")
    for response in (by_get, post(server, form, FORM)):
        assert str(count) in assert_problem(response, "bad-request")["detail"]


def test_a_query_in_the_body_and_in_the_url_is_two_queries(server: Server) -> None:
    response = post(server, ASK, DIRECT, "/sparql?query=ASK%7B%7D")
    assert_problem(response, "bad-request")


def test_an_empty_form_has_no_query(server: Server) -> None:
    assert_problem(post(server, "", FORM), "bad-request")
    assert_problem(post(server, "", DIRECT), "query-syntax", line=1, column=1)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
def test_bad_query_method(server: Server, method: str) -> None:
    """W3C: bad_query_method."""
    response = server.request(method, "/sparql", params={"query": ASK})
    assert_problem(response, "method-not-allowed")
    assert response.headers["allow"] == "GET, HEAD, POST, OPTIONS"


@pytest.mark.parametrize("content_type", ["text/plain", "application/json", "multipart/form-data"])
def test_bad_query_wrong_media_type(server: Server, content_type: str) -> None:
    """W3C: bad_query_wrong_media_type."""
    response = post(server, ASK, content_type)
    assert_problem(response, "unsupported-media-type")
    assert response.headers["accept-post"] == f"{FORM}, {DIRECT}"


def test_bad_query_missing_form_type(server: Server) -> None:
    """W3C: bad_query_missing_form_type."""
    assert_problem(post(server, "query=ASK%20%7B%7D"), "unsupported-media-type")


def test_bad_query_missing_direct_type(server: Server) -> None:
    """W3C: bad_query_missing_direct_type."""
    assert_problem(post(server, "ASK {}"), "unsupported-media-type")


def test_bad_query_non_utf8(server: Server) -> None:
    """W3C: bad_query_non_utf8; also a charset that is said to be another, and in a form."""
    problem = assert_problem(post(server, "ASK{'é'}".encode("utf-16"), DIRECT), "bad-request")
    assert "byte 0" in problem["detail"]
    for charset in ("UTF-16", "ISO-8859-1", "nonsense"):
        response = post(server, ASK.encode(), f"{DIRECT}; charset={charset}")
        assert_problem(response, "unsupported-media-type")
    assert_problem(post(server, "query=ASK%7B%7D%FF", FORM), "bad-request")
    assert_problem(post(server, b"query=ASK{}\xff", FORM), "bad-request")


@pytest.mark.parametrize(
    "query_string", ["query=%FF", "query=ASK%7B%7D%C3", "query=ASK%7B%7D&bare", "&&", "query"]
)
def test_bad_query_encoding(server: Server, query_string: str) -> None:
    assert_problem(server.get(f"/sparql?{query_string}"), "bad-request")


@pytest.mark.parametrize(
    ("query", "line", "column"),
    [
        ("ASK {", 1, 6),
        ("SELECT * WHERE {\n  ?s ?p\n}", 3, 1),
        ("nonsense", 1, 9),
        ("SELECT *\nWHERE {\n  ?s unknown:name ?o\n}", 3, 18),
        ("ASK { ?s ?p 'open }", 1, 13),
        ("ASK { ?é ?p ?o } ?", 1, 18),
    ],
)
def test_bad_query_syntax(server: Server, query: str, line: int, column: int) -> None:
    """W3C: bad_query_syntax; with the place."""
    for response in (server.ask(query), post(server, query, DIRECT)):
        problem = assert_problem(response, "query-syntax", line=line)
        assert abs(problem["column"] - column) <= 2
        assert f"line {line}, column {problem['column']}" in problem["detail"]


# ---- the dataset -------------------------------------------------------------------------


def test_query_default_dataset(server: Server) -> None:
    """Without a dataset the default graph is the union of all named graphs."""
    assert truth(server.ask(HAS_EPAS))
    assert truth(server.ask(HAS_ISP))
    assert {EPAS, ISP, SCHEMES} < {*column(server.ask(GRAPHS_NAMED), "g")}


def test_query_dataset(server: Server) -> None:
    """W3C: query_dataset_default_graph, by all three ways."""
    for query, expected in ((HAS_EPAS, True), (HAS_ISP, False)):
        graph = {"default-graph-uri": EPAS}
        answers = [
            server.get("/sparql", params={"query": query, **graph}),
            server.request("POST", "/sparql", data={"query": query, **graph}),
            server.request("POST", "/sparql", data={"query": query}, params=graph),
            server.request(
                "POST",
                "/sparql",
                content=query.encode(),
                params=graph,
                headers={"content-type": DIRECT},
            ),
        ]
        assert [truth(answer) for answer in answers] == [expected] * 4
    assert column(server.ask(GRAPHS_NAMED, **{"default-graph-uri": EPAS}), "g") == []


def test_query_multiple_dataset(server: Server) -> None:
    """W3C: query_multiple_default_graphs."""
    graphs = {"default-graph-uri": [EPAS, ISP]}
    assert truth(server.ask(HAS_EPAS, **graphs))
    assert truth(server.ask(HAS_ISP, **graphs))
    assert truth(server.ask("ASK { aim:poverty a skos:Concept }"))
    assert not truth(server.ask("ASK { aim:poverty a skos:Concept }", **graphs))


def test_query_dataset_named(server: Server) -> None:
    """W3C: query_dataset_named_graph(s): only they are named, and the default graph is empty."""
    graphs = {"named-graph-uri": [ISP, EPAS]}
    assert column(server.ask(GRAPHS_NAMED, **graphs), "g") == [EPAS, ISP]
    assert not truth(server.ask(ASK, **graphs))


def test_query_dataset_full(server: Server) -> None:
    """W3C: query_dataset_full: default and named graphs at once."""
    graphs = {"default-graph-uri": EPAS, "named-graph-uri": ISP}
    assert truth(server.ask(HAS_EPAS, **graphs))
    assert not truth(server.ask(HAS_ISP, **graphs))
    assert column(server.ask(GRAPHS_NAMED, **graphs), "g") == [ISP]


def test_query_dataset_from(server: Server) -> None:
    asked = HAS_ISP.replace("ASK", f"ASK FROM <{EPAS}>")
    assert not truth(server.ask(asked))
    assert truth(server.ask(asked.replace(EPAS, ISP)))
    named = GRAPHS_NAMED.replace("WHERE", f"FROM NAMED <{ISP}> WHERE")
    assert column(server.ask(named), "g") == [ISP]
    assert truth(server.ask(HAS_ISP.replace("ASK", "ASK FROM graph:framework\\/isp-2020")))


def test_query_dataset_override(server: Server) -> None:
    """W3C: query_dataset_override: the protocol's dataset wins over FROM."""
    asked = HAS_ISP.replace("ASK", f"ASK FROM <{ISP}>")
    assert not truth(server.ask(asked, **{"default-graph-uri": EPAS}))
    named = GRAPHS_NAMED.replace("WHERE", f"FROM NAMED <{ISP}> WHERE")
    assert column(server.ask(named, **{"named-graph-uri": EPAS}), "g") == [EPAS]


@pytest.mark.parametrize("parameter", ["default-graph-uri", "named-graph-uri"])
@pytest.mark.parametrize("graph", ["http://127.0.0.1:4/", "nonsense", "", "<>", f"{EPAS}x"])
def test_query_dataset_unknown(server: Server, parameter: str, graph: str) -> None:
    problem = assert_problem(server.ask(ASK, **{parameter: graph}), "query-refused")
    assert f"<{graph}>" in problem["detail"]


# ---- representations ---------------------------------------------------------------------


def _cells(response: httpx2.Response) -> list[list[str]]:
    """Cells of a SELECT answer by a parser that is not ours."""
    kind = response.headers["content-type"].partition(";")[0]
    if kind == JSON:
        document = response.json()
        names = document["head"]["vars"]
        rows = document["results"]["bindings"]
        return [names, *([row[name]["value"] for name in names] for row in rows)]
    if kind == "application/sparql-results+xml":
        space = {"r": "http://www.w3.org/2005/sparql-results#"}
        root = ElementTree.fromstring(response.content)
        names = [v.attrib["name"] for v in root.findall("r:head/r:variable", space)]
        found = []
        for result in root.findall("r:results/r:result", space):
            values = {b.attrib["name"]: b[0].text or "" for b in result.findall("r:binding", space)}
            found.append([values[name] for name in names])
        return [names, *found]
    if kind == "text/csv":
        return [*csv.reader(io.StringIO(response.text))]
    assert kind == "text/tab-separated-values"
    header, *lines = response.text.splitlines()
    graph = rdflib.Graph()
    found = []
    for line in lines:
        cells = line.split("\t")
        graph.parse(data=f"<s:> <p:> {', '.join(cells)} .", format="turtle")
        found.append([rdflib.util.from_n3(cell) for cell in cells])
    names = [name.removeprefix("?") for name in header.split("\t")]
    return [names, *([str(cell) for cell in row] for row in found)]


RESULT_TYPES: Final = (
    JSON,
    "application/sparql-results+xml",
    "text/csv",
    "text/tab-separated-values",
)


@pytest.mark.parametrize("media_type", RESULT_TYPES)
def test_query_content_type_select(server: Server, media_type: str) -> None:
    """W3C: query_content_type_select."""
    response = server.ask(SELECT, accept=media_type)
    assert response.status_code == 200
    assert response.headers["content-type"].partition(";")[0] == media_type
    assert _cells(response) == _cells(server.ask(SELECT))
    assert len(_cells(response)) == 4


@pytest.mark.parametrize("media_type", RESULT_TYPES)
def test_query_content_type_ask(server: Server, media_type: str) -> None:
    """W3C: query_content_type_ask."""
    for query, expected in ((ASK, "true"), ("ASK { <a:> <b:> <c:> }", "false")):
        response = server.ask(query, accept=media_type)
        assert response.status_code == 200
        assert response.headers["content-type"].partition(";")[0] == media_type
        if media_type == JSON:
            assert response.json()["boolean"] is (expected == "true")
        elif media_type.endswith("xml"):
            root = ElementTree.fromstring(response.content)
            assert root.findtext("{http://www.w3.org/2005/sparql-results#}boolean") == expected
        else:
            assert response.text.strip() == expected


GRAPH_TYPES: Final = {
    "text/turtle": "turtle",
    "application/n-triples": "nt",
    "application/rdf+xml": "xml",
    "application/ld+json": "json-ld",
    "application/trig": "trig",
    "application/n-quads": "nquads",
}


def _triples(response: httpx2.Response) -> set[Any]:
    """Triples of an answer as rdflib reads them."""
    assert response.status_code == 200, response.text
    media_type = response.headers["content-type"].partition(";")[0]
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(data=response.content, format=GRAPH_TYPES[media_type])
    return {triple[:3] for triple in dataset.quads()}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib warns of its own parsers
@pytest.mark.parametrize("media_type", GRAPH_TYPES)
def test_query_content_type_construct(server: Server, media_type: str) -> None:
    """W3C: query_content_type_construct."""
    query = CONSTRUCT + " ORDER BY ?s LIMIT 40"
    response = server.ask(query, accept=media_type)
    assert response.headers["content-type"].partition(";")[0] == media_type
    assert len(_triples(response)) == 40
    assert _triples(response) == _triples(server.ask(query))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("media_type", GRAPH_TYPES)
def test_query_content_type_describe(server: Server, media_type: str) -> None:
    """W3C: query_content_type_describe."""
    response = server.ask(DESCRIBE, accept=media_type)
    assert response.headers["content-type"].partition(";")[0] == media_type
    subject = rdflib.URIRef(DESCRIBE.partition("<")[2].rstrip(">"))
    assert subject in {triple[0] for triple in _triples(response)}


@pytest.mark.parametrize(
    ("query", "accept", "chosen"),
    [
        (SELECT, "*/*", JSON),
        (SELECT, "text/*", "text/csv"),
        (SELECT, "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
         "application/sparql-results+xml"),
        (SELECT, "text/csv;q=0.5, text/tab-separated-values;q=0.6", "text/tab-separated-values"),
        (SELECT, f"{JSON};q=0, */*;q=0.1", "application/sparql-results+xml"),
        (SELECT, "application/json", JSON),
        (ASK, "text/turtle, text/csv;q=0.1", "text/csv"),
        (CONSTRUCT, "*/*", "text/turtle"),
        (CONSTRUCT, "text/*", "text/turtle"),
        (CONSTRUCT, "application/json", "application/ld+json"),
        (CONSTRUCT, "text/turtle;q=0,application/*", "application/n-triples"),
        (DESCRIBE, "application/n-quads;q=0.4,application/trig;q=0.5", "application/trig"),
    ],
)  # fmt: skip
def test_query_negotiation(server: Server, query: str, accept: str, chosen: str) -> None:
    response = server.ask(query, accept=accept)
    assert response.status_code == 200
    assert response.headers["content-type"].partition(";")[0] == chosen


def test_several_accept_headers_are_one_list(server: Server) -> None:
    headers = [("accept", "text/csv;q=0.1"), ("accept", "text/tab-separated-values;q=0.2")]
    response = server.get("/sparql", params={"query": SELECT}, headers=headers)
    assert response.headers["content-type"].startswith("text/tab-separated-values")


@pytest.mark.parametrize(
    ("query", "accept"),
    [
        (SELECT, "image/png"),
        (SELECT, "text/turtle"),
        (SELECT, "text/csv;q=0"),
        (SELECT, "*/*;q=0"),
        (CONSTRUCT, "text/csv"),
        (ASK, "nonsense"),
    ],
)
def test_query_not_acceptable(server: Server, query: str, accept: str) -> None:
    problem = assert_problem(server.ask(query, accept=accept), "not-acceptable")
    available = RESULT_TYPES if query in (SELECT, ASK) else tuple(GRAPH_TYPES)
    assert problem["available"] == [*available]


@pytest.mark.parametrize(
    ("query", "short", "chosen"),
    [
        (SELECT, "json", JSON),
        (SELECT, "xml", "application/sparql-results+xml"),
        (SELECT, "csv", "text/csv"),
        (ASK, "tsv", "text/tab-separated-values"),
        (SELECT, "text/csv", "text/csv"),
        (CONSTRUCT, "ttl", "text/turtle"),
        (CONSTRUCT, "nt", "application/n-triples"),
        (CONSTRUCT, "rdf", "application/rdf+xml"),
        (CONSTRUCT, "jsonld", "application/ld+json"),
        (CONSTRUCT, "json", "application/ld+json"),
        (DESCRIBE, "trig", "application/trig"),
        (DESCRIBE, "nq", "application/n-quads"),
        (SELECT, "ttl", ""),
        (CONSTRUCT, "csv", ""),
        (SELECT, "pdf", ""),
    ],
)
def test_format_wins_over_accept(server: Server, query: str, short: str, chosen: str) -> None:
    response = server.ask(query, accept="image/png", format=short)
    if chosen:
        assert response.headers["content-type"].partition(";")[0] == chosen
    else:
        assert_problem(response, "not-acceptable")


# ---- service description -----------------------------------------------------------------

_SD: Final = "http://www.w3.org/ns/sparql-service-description#"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("media_type", GRAPH_TYPES)
def test_service_description(server: Server, media_type: str) -> None:
    response = server.get("/sparql", headers={"accept": media_type})
    assert response.headers["content-type"].partition(";")[0] == media_type
    triples = _triples(response)
    endpoint = rdflib.URIRef(f"{server.url}/sparql")
    predicates = {str(p).removeprefix(_SD) for s, p, _ in triples if s == endpoint}
    assert {"endpoint", "supportedLanguage", "resultFormat", "feature", "defaultDataset"} <= (
        predicates
    )
    named = {str(o) for _, p, o in triples if str(p) == f"{_SD}name"}
    assert named == {*column(server.ask(GRAPHS_NAMED), "g")}
    datasets = [s for s, p, _ in triples if str(p) == f"{_SD}defaultGraph"]
    assert [o for s, p, o in triples if str(p) == f"{_SD}defaultDataset"] == datasets


def test_the_service_description_is_negotiated(server: Server) -> None:
    browser = "text/html,application/xhtml+xml,*/*;q=0.8"
    for accept, chosen in (
        ("application/rdf+xml, */*;q=0.1", "application/rdf+xml"),
        ("*/*", "text/turtle"),
        ("", "text/turtle"),
        (browser, "text/html"),
    ):
        response = server.get("/sparql", headers={"accept": accept})
        assert response.headers["content-type"].partition(";")[0] == chosen
    assert_problem(server.get("/sparql", headers={"accept": "image/png"}), "not-acceptable")


# ---- what is refused ---------------------------------------------------------------------

UPDATES: Final = (
    "INSERT DATA { <a:> <b:> <c:> }",
    "DELETE WHERE { ?s ?p ?o }",
    "CLEAR ALL",
    "DROP ALL",
    "LOAD <{there}>",
    "LOAD SILENT <{there}>",
    "CREATE GRAPH <a:>",
    "COPY DEFAULT TO <a:>",
)


@pytest.fixture(scope="module")
def outside() -> Iterator[tuple[str, list[Any]]]:
    """An HTTP server of somebody else: its address, and who called."""
    calls: list[Any] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        ended = threading.Event()

        def listen() -> None:
            while not ended.is_set():
                try:
                    connection, address = listener.accept()
                except TimeoutError:
                    continue
                calls.append(address)
                connection.close()

        thread = threading.Thread(target=listen)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/", calls
        ended.set()
        thread.join()


def test_the_outside_server_notices_a_call(outside: tuple[str, list[Any]]) -> None:
    there, calls = outside
    with pytest.raises(OSError, match=r"\w"):
        ox.Store().query(f"SELECT * {{ SERVICE <{there}> {{ ?s ?p ?o }} }}").__next__()  # type: ignore[union-attr]
    assert calls
    calls.clear()


@pytest.mark.parametrize("update", UPDATES)
def test_bad_query_update(server: Server, outside: tuple[str, list[Any]], update: str) -> None:
    there, calls = outside
    update = update.format(there=there) if "{there}" in update else update
    assert_problem(server.ask(update), "query-refused")
    assert_problem(server.request("POST", "/sparql", data={"update": update}), "query-refused")
    assert_problem(
        server.request("POST", "/sparql", data={"query": ASK, "update": update}), "query-refused"
    )
    assert_problem(server.get("/sparql", params={"update": update}), "query-refused")
    assert_problem(post(server, update, DIRECT), "query-refused")
    direct = post(server, update, "application/sparql-update")
    assert_problem(direct, "unsupported-media-type")
    assert calls == []


SERVICES: Final = {
    "plain": "SELECT * { SERVICE <@> { ?s ?p ?o } }",
    "small letters": "SELECT * { service <@> { ?s ?p ?o } }",
    "silent": "SELECT * { SERVICE SILENT <@> { ?s ?p ?o } }",
    "subquery": "SELECT * { { SELECT * { SERVICE <@> { ?s ?p ?o } } } }",
    "exists": "SELECT * { ?s ?p ?o FILTER EXISTS { SERVICE <@> { ?s ?p ?o } } } LIMIT 1",
    "exists silent": "ASK { FILTER NOT EXISTS { SERVICE SILENT <@> { ?s ?p ?o } } }",
    "escaped": r"SELECT * { \u0053ERVICE <@> { ?s ?p ?o } }",
    "escaped IRI": r"SELECT * { SERVICE <\u0068ttp:@> { ?s ?p ?o } }",
    "comment": "SELECT * { # nothing\n SERVICE # here\n <@> { ?s ?p ?o } }",
    "string": "SELECT * { BIND('\\'#' AS ?x) SERVICE <@> { ?s ?p ?o } }",
    "long string": 'SELECT * { BIND("""" # """ AS ?x) SERVICE <@> { ?s ?p ?o } }',
    "empty prefix": "PREFIX : <@> SELECT * { SERVICE:x { ?s ?p ?o } }",
    "prefix at once": "PREFIX x: <@> SELECT * { SERVICEx:y { ?s ?p ?o } }",
    "prefix of that name": "PREFIX service: <@> SELECT * { SERVICE service:x { ?s ?p ?o } }",
    "silent at once": "SELECT * { SERVICESILENT<@>{ ?s ?p ?o } }",
    "variable": "SELECT * { VALUES ?x { <@> } SERVICE ?x { ?s ?p ?o } }",
    "base": "BASE <@> SELECT * { SERVICE <x> { ?s ?p ?o } }",
    "construct": "CONSTRUCT { ?s ?p ?o } { SERVICE <@> { ?s ?p ?o } }",
    "describe": "DESCRIBE ?s { SERVICE <@> { ?s ?p ?o } }",
    "comment in a comparison": "SELECT * { FILTER(0<1)FILTER(0<?o)SERVICE#>\n<@>{} }",
    "string in a comparison": "SELECT * { FILTER(''<'>')SERVICE<@>{?s ?p ?o}FILTER(''='') }",
    "string that looks long": 'SELECT * { VALUES ?x {"""a"}SERVICE<@>{?s ?p ?o}#\\q """\n }',
}


@pytest.mark.parametrize("query", SERVICES.values(), ids=SERVICES)
def test_bad_query_service(server: Server, outside: tuple[str, list[Any]], query: str) -> None:
    there, calls = outside
    query = query.replace("http:@", there.removeprefix("h")).replace("@", there)
    for response in (server.ask(query), post(server, query, DIRECT)):
        assert response.json()["code"] in ("query-refused", "query-syntax")
        assert_problem(response, response.json()["code"])
    assert calls == []


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?service { ?service ?p 'SERVICE <http://x>' } LIMIT 1 # SERVICE <http://x> {}",
        "ASK { ?s <http://example.org/SERVICE> ?o }",
    ],
)
def test_the_word_service_elsewhere_is_answered(server: Server, query: str) -> None:
    assert server.ask(query).status_code == 200


@pytest.mark.parametrize(
    "clause", ["FROM <{there}>", "FROM NAMED <{there}>", "FROM<{there}>", "FROM x:y"]
)
def test_bad_query_from(server: Server, outside: tuple[str, list[Any]], clause: str) -> None:
    there, calls = outside
    query = f"PREFIX x: <{there}> SELECT * {clause.format(there=there)} {{ ?s ?p ?o }}"
    assert_problem(server.ask(query), "query-refused")
    assert calls == []


def test_bad_bodies(server: Server) -> None:
    for content_type in (FORM, DIRECT):
        too_long = post(server, "query=" + "a" * 520_000, content_type)
        assert_problem(too_long, "too-large", limit="body_kb")
    text = "ASK{}#" + "a" * 256_000
    assert_problem(post(server, text, DIRECT), "too-large", limit="query_text_kb")
    assert_problem(
        post(server, gzip.compress(ASK.encode()), DIRECT, content_encoding="gzip"),
        "unsupported-media-type",
    )
    assert truth(post(server, ASK, DIRECT, content_encoding="identity"))


def test_a_body_in_pieces_is_bounded_too(server: Server) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(600):
            yield b" " * 1000

    headers = {"content-type": DIRECT}
    response = server.request("POST", "/sparql", content=pieces(), headers=headers)
    assert_problem(response, "too-large", limit="body_kb")
    short = server.request("POST", "/sparql", content=iter([b"ASK", b"{}"]), headers=headers)
    assert truth(short)


def test_two_lengths(server: Server) -> None:
    """A body that tells its length and comes in pieces: refused, and no second answer."""
    head = "POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
    both = "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nASK{}\r\n0\r\n\r\n"
    smuggled = "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"
    answer = server.raw((head + both + smuggled).encode())
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1") == 1
    assert b"connection: close" in answer.lower()


@pytest.mark.parametrize(
    "request_line",
    ["GET /sparql?query=\xff HTTP/1.1", "GET /\xc3\xa9 HTTP/1.1", "NONSENSE / HTTP/1.1"],
)
def test_bytes_that_are_no_request_get_400(server: Server, request_line: str) -> None:
    data = f"{request_line}\r\nHost: x\r\nConnection: close\r\n\r\n".encode("latin-1")
    assert server.raw(data).startswith(b"HTTP/1.1 400 ")
    assert server.ask(ASK).status_code == 200


# ---- HTTP --------------------------------------------------------------------------------


@pytest.mark.parametrize("query", [SELECT, CONSTRUCT, "nonsense", ""])
def test_head(server: Server, query: str) -> None:
    parameters = {"query": query} if query else {}
    got = server.get("/sparql", params=parameters)
    head = server.request("HEAD", "/sparql", params=parameters)
    assert head.status_code == got.status_code
    assert head.content == b""
    assert _timeless(head) == _timeless(got)


def _timeless(response: httpx2.Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name != "date"}


def test_options(server: Server) -> None:
    plain = server.request("OPTIONS", "/sparql")
    assert plain.status_code == 204
    assert plain.headers["allow"] == "GET, HEAD, POST, OPTIONS"
    preflight = server.request(
        "OPTIONS",
        "/sparql",
        headers={
            "origin": "https://example.org",
            "access-control-request-method": "POST",
            "access-control-request-headers": "content-type",
        },
    )
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert "content-type" in preflight.headers["access-control-allow-headers"].lower()
    elsewhere = server.request("OPTIONS", "/api/v1/frameworks")
    assert elsewhere.headers["allow"] == "GET, HEAD, OPTIONS"


def test_vary_and_cors(server: Server) -> None:
    for response in (server.ask(SELECT), server.ask("nonsense"), server.get("/sparql")):
        assert {"accept", "accept-encoding"} <= {
            name.strip() for name in response.headers["vary"].lower().split(",")
        }
        assert response.headers["access-control-allow-origin"] == "*"
        assert "etag" in response.headers["access-control-expose-headers"].lower()


def test_an_answer_by_get_is_validated_and_one_by_post_is_not(server: Server) -> None:
    got = server.ask(SELECT)
    again = server.get(
        "/sparql", params={"query": SELECT}, headers={"if-none-match": got.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    assert "etag" not in post(server, SELECT, DIRECT).headers


def test_an_answer_that_depends_on_more_than_the_data_is_not_kept(server: Server) -> None:
    query = "SELECT (STRUUID() AS ?x) {}"
    first, second = (server.ask(query) for _ in range(2))
    assert first.content != second.content
    assert first.headers["cache-control"] != "public, max-age=60"


def test_formats_do_not_share_a_kept_answer(server: Server) -> None:
    bodies = {server.ask(SELECT, accept=kind).content for kind in RESULT_TYPES for _ in range(2)}
    assert len(bodies) == 4


def test_problem_documents(server: Server) -> None:
    """Each kind of wrong request has its own code, and the text is JSON in UTF-8."""
    cases = {
        "query-syntax": server.ask("ASK { 'é"),
        "bad-request": server.get("/sparql?query=%FF"),
        "query-refused": server.ask("SELECT * { SERVICE <http://é.example/> {} }"),
        "query-nesting": server.ask("ASK" + "{" * 201 + "}" * 201),
        "not-acceptable": server.ask(ASK, accept="image/png"),
        "method-not-allowed": server.request("PUT", "/sparql"),
        "unsupported-media-type": post(server, ASK, "text/plain"),
    }
    for code, response in cases.items():
        assert_problem(response, code)
        json.loads(response.content.decode("utf-8"))
