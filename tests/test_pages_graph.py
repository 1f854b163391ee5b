"""The graph page: one net in three forms, the answers of the analytics, and questions in place."""

from __future__ import annotations

import csv
import io
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.http_server import Server

pytest_plugins = ("tests.http_server",)

HTML = {"accept": "text/html"}
FILTERS: tuple[dict[str, str], ...] = (
    {},
    {"min_strength": "strong"},
    {"aim": "racial-equity"},
    {"min_confidence": "0.7"},
    {"verdict": "any"},
    {"regime": "practice", "level": "behavior"},
    {"focus": "epas-2022:7"},
    {"from": "epas-2015", "to": "isp-2020", "regime": "practice"},
    {"a": "epas-2015:2", "b": "isp-2020:1.3"},
)


@pytest.mark.parametrize("asked", FILTERS)
def test_the_twin_has_exactly_the_links_that_the_table_shows(
    server: Server, asked: dict[str, str]
) -> None:
    twin = server.get("/graph.json", params=asked).json()
    download = server.get("/graph", params={**asked, "format": "csv", "table": "links"})
    rows = [*csv.DictReader(io.StringIO(download.text))]
    pairs = [(edge["from"], edge["to"], edge["alignment"]) for edge in twin["edges"]]
    assert [(row["from"], row["to"], row["alignment"]) for row in rows] == pairs
    page = server.get("/graph", params=asked, headers=HTML).text
    shown = page[page.index('id="links"') :] if pairs else page
    assert shown.count("<tr>") == (len(pairs) + 1 if pairs else 0)
    shown_nodes = page.count("data-node=")
    assert shown_nodes == len(twin["nodes"])


def test_the_links_are_those_of_the_api(server: Server) -> None:
    asked = {"from": "epas-2022", "to": "isp-2020", "level": "competency"}
    api = server.get("/api/v1/alignments", params=asked | {"verdict": "aligned", "limit": "1000"})
    twin = server.get("/graph.json").json()
    wanted = {(i["subject_id"], i["object_id"]) for i in api.json()["items"]}
    assert {(e["from"], e["to"]) for e in twin["edges"]} == wanted


@pytest.mark.parametrize(
    ("asked", "within"),
    [
        ({"a": "epas-2022:1", "b": "epas-2022:9"}, True),
        ({"a": "epas-2022:1", "b": "isp-2020:1.3", "min_strength": "strong"}, True),
        ({"a": "epas-2015:2", "b": "isp-2020:1.3"}, False),
    ],
)
def test_the_path_is_the_answer_of_the_api(
    server: Server, asked: dict[str, str], within: bool
) -> None:
    path = server.get("/graph.json", params=asked).json()["path"]
    ends = {"from": "epas-2022", "to": "isp-2020"} if within else {}
    api: dict[str, Any] = server.get("/api/v1/analytics/paths", params=asked | ends).json()
    address = path.pop("api")
    assert path == api == server.get(address).json()
    page = unescape(server.get("/graph", params=asked, headers=HTML).text)
    assert api["says"] in page
    for step in (step for way in api["paths"] for step in way["steps"]):
        assert step["rationale"] in page


def test_the_steps_of_the_path_are_numbered_in_the_net(server: Server) -> None:
    twin = server.get("/graph.json", params={"a": "epas-2015:2", "b": "isp-2020:1.3"}).json()
    steps = sorted((e for e in twin["edges"] if e["step"]), key=lambda e: e["step"])
    assert [{e["from"], e["to"]} for e in steps] == [
        {s["from"], s["to"]} for s in twin["path"]["paths"][0]["steps"]
    ]


def test_themes_are_the_answer_of_the_api(server: Server) -> None:
    twin = server.get("/graph.json", params={"group": "theme"}).json()
    asked = {"from": "epas-2022", "to": "isp-2020"}
    assert twin["themes"] == server.get("/api/v1/analytics/communities", params=asked).json()
    assert [g["label"] for g in twin["groups"]] == [
        c["label"] for c in twin["themes"]["communities"]
    ]


@pytest.mark.parametrize(
    ("focus", "ends", "level"),
    [
        ("epas-2022:7", ["epas-2022", "isp-2020"], "competency"),
        ("epas-2022:7.a", ["epas-2022", "isp-2020"], "behavior"),
        ("tci-2024:1", ["tci-2024", "epas-2022"], "competency"),
    ],
)
def test_a_focus_alone_says_which_frameworks_and_level_are_meant(
    server: Server, focus: str, ends: list[str], level: str
) -> None:
    twin = server.get("/graph.json", params={"focus": focus}).json()
    assert (twin["frameworks"], twin["question"].get("level", "competency")) == (ends, level)
    assert twin["focus"]["id"] == focus


def test_one_end_of_a_path_asks_for_the_other(server: Server) -> None:
    page = server.get("/graph", params={"a": "epas-2022:7"}, headers=HTML)
    assert page.status_code == 200
    assert "A path needs both its ends" in page.text


def test_ends_of_a_path_say_at_which_level_to_look(server: Server) -> None:
    asked = {"a": "epas-2022:7.a", "b": "isp-2020:1.3"}
    twin = server.get("/graph.json", params=asked).json()
    assert twin["question"]["level"] == "all"
    assert twin["path"]["connected"]


def test_the_picture_without_script_is_drawn_for_every_state(server: Server) -> None:
    for asked in (*FILTERS, {"group": "theme"}):
        picture = server.get("/graph", params={**asked, "format": "svg"})
        assert picture.headers["content-type"] == "image/svg+xml"
        assert picture.text.startswith("<svg")


def test_a_page_without_a_picture_says_so(server: Server) -> None:
    answer = server.get("/frameworks", params={"format": "svg"})
    assert answer.status_code == 404
    assert answer.json()["code"] == "not-found"


@pytest.mark.parametrize(
    ("address", "status", "says"),
    [
        ("/graph?focus=epas-2022:77", 404, "Did you mean epas-2022:7"),
        ("/graph?from=epas-2022&to=epas-2022", 422, "a framework other than epas-2022"),
        ("/graph?from=epas-2022", 422, "“To” is missing"),
        ("/graph?a=epas-2022:1&b=isp-2020:99", 404, "no competency “isp-2020:99”"),
        ("/graph?min_confidence=2", 422, "a number from 0 to 1"),
        ("/graph?verdict=perhaps", 422, "one of aligned, not-aligned, any"),
        ("/graph?focus=isp-2020:1.3&from=epas-2015&to=epas-2022", 404, "There is no statement of"),
    ],
)
def test_what_cannot_be_shown_is_said_below_the_form(
    server: Server, address: str, status: int, says: str
) -> None:
    page = server.get(address, headers=HTML)
    assert page.status_code == status
    assert says in unescape(page.text)
    assert "<form class=" in page.text
    tool = server.get(address, headers={"accept": "application/json"})
    assert (tool.status_code, "code" in tool.json()) == (status, True)


def test_a_misspelt_parameter_of_the_graph_is_said(server: Server) -> None:
    answer = server.get("/graph?focuss=epas-2022:7", headers=HTML)
    assert (answer.status_code, "focuss" in answer.text) == (422, True)
