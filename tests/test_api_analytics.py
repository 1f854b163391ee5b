"""The analytics over HTTP: records, tables and pictures, and what happens to bad questions."""

from __future__ import annotations

import csv
import io
import json
import threading
import time
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest

from api.problems import STATUS
from api.schemas import ProblemOut
from graph.analytics.registry import ANALYTICS

if TYPE_CHECKING:
    import httpx2

    from graph.catalogue import Catalogue
    from tests.http_server import Server

pytest_plugins = ("tests.http_server",)

API: Final = "/api/v1/analytics"
SW, ISP = "epas-2022", "isp-2020"
ASKED: Final[dict[str, dict[str, str]]] = {name: {"from": SW, "to": ISP} for name in ANALYTICS} | {
    "paths": {"a": "epas-2015:2", "b": "isp-2020:1.3"},
    "centrality": {"from": SW, "to": ISP, "samples": "5"},
    "communities": {"from": SW, "to": ISP, "runs": "3"},
}


def get(server: Server, name: str, **more: str) -> httpx2.Response:
    return server.get(f"{API}/{name}?{urlencode(ASKED[name] | more)}")


def problem(response: httpx2.Response, code: str) -> dict[str, Any]:
    document: dict[str, Any] = response.json()
    ProblemOut.model_validate(document)
    assert response.headers["content-type"] == "application/problem+json"
    assert (document["code"], response.status_code) == (code, STATUS[code]), document
    return document


def refuse_constant(name: str) -> None:
    raise AssertionError(f"{name} is not JSON")


def test_the_list_names_every_analytic_with_its_parameters(server: Server) -> None:
    page = server.get(API).json()
    assert [item["id"] for item in page["items"]] == [*ANALYTICS]
    assert (page["total"], page["next"]) == (len(ANALYTICS), None)
    for item in page["items"]:
        assert item["path"] == f"{API}/{item['id']}"
        assert {p["name"] for p in item["parameters"]} == {
            parameter.name for parameter in ANALYTICS[item["id"]].parameters
        }


@pytest.mark.parametrize("name", ANALYTICS)
def test_every_analytic_answers_as_python_does(
    server: Server, catalogue: Catalogue, name: str
) -> None:
    response = get(server, name)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/json"
    record = json.loads(response.content, parse_constant=refuse_constant)
    asked = dict(ASKED[name])
    from_, to = asked.pop("from", None), asked.pop("to", None)
    analytic = ANALYTICS[name]
    expected = analytic.run(catalogue, from_, to, analytic.options(asked)).record()
    expected["release"] = record["release"]
    assert record == json.loads(json.dumps(expected))
    assert record["regime"] in ("asserted", "skos")
    assert record["release"] == server.get(API).json()["release"]


@pytest.mark.parametrize("name", ANALYTICS)
def test_every_analytic_is_a_table_and_a_picture_too(server: Server, name: str) -> None:
    table = get(server, name, format="csv")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    header, *rows = csv.reader(io.StringIO(table.text))
    assert all(len(row) == len(header) > 1 for row in rows)
    says = get(server, name).json()["says"]
    for picture in ANALYTICS[name].pictures:
        svg = get(server, name, format="svg", picture=picture)
        assert svg.headers["content-type"] == "image/svg+xml"
        assert svg.headers["content-disposition"].endswith('.svg"')
        title = ET.fromstring(svg.text).find("{http://www.w3.org/2000/svg}title")
        assert title is not None
        assert title.text == says
    png = get(server, name, format="png")
    assert png.headers["content-type"] == "image/png"
    assert png.content.startswith(b"\x89PNG\r\n\x1a\n")


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("*/*", "application/json"),
        ("text/html,application/xhtml+xml", "application/json"),
        ("image/svg+xml", "image/svg+xml"),
        ("image/*;q=0.5, text/csv", "text/csv; charset=utf-8"),
        ("image/png", "image/png"),
    ],
)
def test_accept_chooses_and_format_wins(server: Server, accept: str, expected: str) -> None:
    path = f"{API}/core?from={SW}&to={ISP}"
    response = server.get(path, headers={"accept": accept})
    assert response.headers["content-type"] == expected
    chosen = server.get(f"{path}&format=json", headers={"accept": accept})
    assert chosen.headers["content-type"] == "application/json"


def test_the_core_has_the_fields_that_are_promised(server: Server) -> None:
    record = get(server, "core").json()
    assert record["size"] == len(record["members"]) == 3
    assert record["proven"] is True
    assert all(len(optimal) == record["size"] for optimal in record["optimal_sets"])
    assert record["parameters"] == {
        "from": SW, "to": ISP, "level": "competency", "min_strength": None, "aim": None,
        "regime": "asserted", "share": 1.0, "seconds": 5.0,
    }  # fmt: skip


def test_a_regime_is_named_in_the_answer(server: Server) -> None:
    record = server.get(f"{API}/coverage?from=epas-2015&to={ISP}&regime=practice").json()
    assert record["regime"] == record["parameters"]["regime"] == "practice"
    assert record["derived"] > 0


def test_paths_take_their_ends_as_from_and_to(server: Server) -> None:
    one = get(server, "paths").json()
    other = server.get(f"{API}/paths?from=epas-2015:2&to=isp-2020:1.3").json()
    assert one == other
    assert one["connected"]
    apart = server.get(f"{API}/paths?a=epas-2008:2.1.1&b=isp-2020:1.3").json()
    assert (apart["connected"], apart["paths"]) == (False, [])


# ---- bad input ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "code", "said"),
    [
        ("cor?from=epas-2022", "not-found", {"kind": "analytic", "nearest": ["core", "coverage"]}),
        ("core?from=epas2022&to=isp-2020", "not-found", {"kind": "framework", "id": "epas2022"}),
        ("core?to=isp-2020", "bad-parameter", {"parameter": "from", "value": None}),
        ("core?from=epas-2022&to=epas-2022", "bad-parameter", {"parameter": "to"}),
        ("core?from=epas-2022&to=isp-2020&level=x", "bad-parameter", {"parameter": "level"}),
        ("core?from=epas-2022&to=isp-2020&aim=x", "bad-parameter", {"parameter": "aim"}),
        ("core?from=epas-2022&to=isp-2020&share=1.5", "bad-parameter",
         {"parameter": "share", "value": "1.5", "accepted": "a number from 0 to 1"}),
        ("core?from=epas-2022&to=isp-2020&share=NaN", "bad-parameter", {"parameter": "share"}),
        ("core?from=epas-2022&to=isp-2020&shares=1", "bad-parameter", {"parameter": "shares"}),
        ("core?from=epas-2022&from=epas-2015&to=isp-2020", "bad-parameter",
         {"parameter": "from"}),
        ("core?from=epas-2022&to=isp-2020&picture=pie", "bad-parameter", {"parameter": "picture"}),
        ("core?from=epas-2022&to=isp-2020&regime=x", "bad-parameter", {"parameter": "regime"}),
        ("core?from=epas-2022&to=isp-2020&format=pdf", "not-acceptable",
         {"available": ["json", "csv", "svg", "png"]}),
        ("paths?a=epas-2022:7", "bad-parameter", {"parameter": "b", "value": None}),
        ("paths?a=epas-2022:7&b=isp-2020:9.9", "not-found", {"kind": "competency"}),
        ("?limit=3", "bad-parameter", {"parameter": "limit"}),
    ],
)  # fmt: skip
def test_bad_input_is_a_problem_document(
    server: Server, query: str, code: str, said: dict[str, Any]
) -> None:
    path = API + query if query.startswith("?") else f"{API}/{query}"
    document = problem(server.get(path), code)
    assert {key: document[key] for key in said} == said


@pytest.mark.parametrize("name", [n for n in ANALYTICS if n != "paths"])
def test_an_empty_projection_answers_without_nan(server: Server, name: str) -> None:
    own = {p.name for p in ANALYTICS[name].parameters}
    query = {"from": "epas-2008", "to": ISP} | ({"level": "domain"} if "level" in own else {})
    response = server.get(f"{API}/{name}?{urlencode(query)}")
    assert response.status_code == 200, response.text
    json.loads(response.content, parse_constant=refuse_constant)


# ---- long work ---------------------------------------------------------------------------


def test_long_work_holds_up_nobody_else(server: Server) -> None:
    """A lookup is answered while a bootstrap, told to be slow, still runs."""
    slow = f"{API}/centrality?from={SW}&to={ISP}&level=all&samples=2000"
    ended = threading.Event()
    statuses = []

    def work() -> None:
        statuses.append(server.get(slow).status_code)
        ended.set()

    thread = threading.Thread(target=work)
    thread.start()
    answered = 0
    deadline = time.monotonic() + 60
    while not ended.is_set() and time.monotonic() < deadline:
        assert server.get("/api/v1/competencies/epas-2022:7/alignments").status_code == 200
        assert server.get("/api/v1/search?q=supervision").status_code == 200
        answered += 1
    thread.join(timeout=60)
    assert statuses
    assert statuses[0] in (200, STATUS["query-timeout"])
    assert answered >= 3


# ---- the description ---------------------------------------------------------------------


def test_every_parameter_is_described_with_an_example_that_is_answered(server: Server) -> None:
    document = server.get("/openapi.json").json()
    for name, analytic in ANALYTICS.items():
        operation = document["paths"][f"{API}/{name}"]["get"]
        described = {p["name"]: p for p in operation["parameters"]}
        own = {parameter.name for parameter in analytic.parameters}
        assert described.keys() == {"from", "to", "format", "picture", *own}
        assert {"200", "404", "406", "422"} <= operation["responses"].keys()
        needed = {n: p["example"] for n, p in described.items() if p["required"]}
        for parameter in described.values():
            if "example" in parameter:
                query = urlencode(needed | {parameter["name"]: parameter["example"]})
                assert server.get(f"{API}/{name}?{query}").status_code == 200, query
