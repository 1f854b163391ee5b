"""Pages of the analytics: the answers of the API, and questions that can be mended in place."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from api.pages.analytics import MEANING, TITLES
from graph.analytics.registry import ANALYTICS
from tests.http_server import running

if TYPE_CHECKING:
    from pathlib import Path

    from tests.http_server import Server

pytest_plugins = ("tests.http_server",)

HTML = {"accept": "text/html"}
ENDS = {"from": "epas-2022", "to": "isp-2020"}
ASKED: dict[str, dict[str, str]] = dict.fromkeys(ANALYTICS, ENDS) | {
    "paths": {"a": "epas-2015:2", "b": "isp-2020:1.3"},
    "centrality": ENDS | {"samples": "5"},
    "communities": ENDS | {"runs": "3"},
}


@pytest.mark.parametrize("name", ANALYTICS)
def test_a_page_answers_as_the_api_does(server: Server, name: str) -> None:
    page = server.get(f"/analytics/{name}.json", params=ASKED[name]).json()
    api = server.get(f"/api/v1/analytics/{name}", params=ASKED[name]).json()
    assert page["answer"] == api
    assert server.get(page["api"]["json"]).json() == api
    assert server.get(page["picture"]["address"]).text.startswith("<svg")


@pytest.mark.parametrize("name", ANALYTICS)
def test_the_table_of_a_page_is_the_table_of_the_api(server: Server, name: str) -> None:
    params = ASKED[name]
    page = server.get(f"/analytics/{name}", params={**params, "format": "csv"})
    api = server.get(f"/api/v1/analytics/{name}", params={**params, "format": "csv"})
    rows, expected = (list(csv.reader(io.StringIO(a.text))) for a in (page, api))
    assert rows[0] == expected[0]
    assert [[re.sub(r"^'(?=[=+@-])", "", c) for c in row] for row in rows] == expected
    shown = server.get(f"/analytics/{name}", params=params, headers=HTML).text
    assert shown.count("<tr>") == (len(rows) if len(rows) > 1 else 0)


@pytest.mark.parametrize("name", ANALYTICS)
def test_a_page_has_a_field_for_every_parameter_and_says_what_the_figure_means(
    server: Server, name: str
) -> None:
    text = server.get(f"/analytics/{name}", headers=HTML).text
    for parameter in ANALYTICS[name].parameters:
        assert f'name="{parameter.name}"' in text
        assert parameter.about in unescape(text)
    assert all(part in unescape(text) for part in MEANING[name])


@pytest.mark.parametrize(
    ("name", "more", "heads"),
    [
        ("core", {}, ["Reached alone", "What it reaches alone", "In sets", "Of all sets"]),
        ("agenda", {}, ["Claims if reversed", "Claims if lowered", "Claims if raised", "Why"]),
        ("coverage", {"editions": "true"}, ["Total of the other", "Share of the other"]),
    ],
)
def test_the_head_of_a_column_says_what_is_counted(
    server: Server, name: str, more: dict[str, str], heads: list[str]
) -> None:
    text = server.get(f"/analytics/{name}", params=ENDS | more, headers=HTML).text
    shown = re.findall(r'<th scope="col"[^>]*>([^<]*)</th>', text)
    assert set(heads) <= set(shown)


def test_every_analytic_is_listed_under_a_title_of_its_own(server: Server) -> None:
    items = server.get("/analytics.json").json()["items"]
    assert [item["id"] for item in items] == [*ANALYTICS] == [*TITLES]
    assert len({item["title"] for item in items}) == len(items)
    for address in (question["address"] for item in items for question in item["often"]):
        answer = server.get(address, headers={"accept": "application/json"})
        assert answer.status_code == 200, address


def test_a_form_that_was_sent_with_open_fields_asks_what_is_left(server: Server) -> None:
    sent = ENDS | {"level": "competency", "min_strength": "", "aim": "", "regime": "asserted"}
    page = server.get("/analytics/gaps.json", params=sent).json()
    assert page["answer"] == server.get("/api/v1/analytics/gaps", params=ENDS).json()


def test_without_frameworks_the_page_asks_about_the_crosswalk_of_the_home_page(
    server: Server,
) -> None:
    parameters = server.get("/analytics/core.json").json()["answer"]["parameters"]
    assert (parameters["from"], parameters["to"]) == ("epas-2022", "isp-2020")


@pytest.mark.parametrize(
    ("address", "status", "says"),
    [
        (
            "/analytics/core?share=7",
            422,
            "“Share to reach” cannot be “7”; it takes a number from 0 to 1",
        ),
        ("/analytics/gaps?from=epas-2023&to=isp-2020", 404, "Did you mean epas-2022"),
        ("/analytics/gaps?from=epas-2022", 422, "“To” is missing; it takes the id of a framework"),
        ("/analytics/paths?a=epas-2022:77&b=isp-2020:1.3", 404, "Did you mean epas-2022:7"),
        ("/analytics/coverage?editions=true&picture=chord", 422, "“Picture” cannot be “chord”"),
    ],
)
def test_a_question_that_cannot_be_asked_is_said_below_the_form(
    server: Server, address: str, status: int, says: str
) -> None:
    page = server.get(address, headers=HTML)
    assert page.status_code == status
    assert says in unescape(page.text)
    assert 'role="alert"' in page.text
    assert "<form class=" in page.text
    tool = server.get(address, headers={"accept": "application/json"})
    assert tool.status_code == status
    assert tool.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("address", "said", "never"),
    [
        ("/analytics/coverage", "social work enhances implementation support", "sw-enhances"),
        ("/analytics/gaps?min_strength=strong", "left out by the filters", "filtered"),
        ("/analytics/core", "Reached alone", "Only"),
        ("/analytics/suggestions", "perhaps aligned after all", "candidate-"),
        ("/graph?focus=epas-2022:7", "no", "False"),
    ],
)
def test_a_table_says_in_words_what_its_codes_mean(
    server: Server, address: str, said: str, never: str
) -> None:
    table = server.get(address, headers=HTML).text.rpartition("<caption>")[2]
    cells = re.findall(
        r"<t[hd](?: [^>]*)?>(.*?)</t[hd]>", table.partition("</table>")[0], re.DOTALL
    )
    titles = [cell.strip() for cell in cells]
    assert said in titles
    assert not [cell for cell in titles if cell.startswith(never) and cell != "sw-enhances-isp"]


def test_a_misspelt_parameter_and_an_unknown_analytic_are_refused(server: Server) -> None:
    answer = server.get("/analytics/core?shares=1", headers=HTML)
    assert (answer.status_code, "shares" in answer.text) == (422, True)
    answer = server.get("/analytics/cor", headers=HTML)
    assert answer.status_code == 404
    assert '<a href="/analytics/core"><code class="id">core</code> Core set</a>' in answer.text


def test_work_that_takes_too_long_is_said_in_place_and_keeps_the_page(
    served_data: Path, tmp_path: Path
) -> None:
    with running(served_data, tmp_path / "log.txt", analytics_seconds=0.1) as slow:
        for address in ("/analytics/communities?runs=200", "/graph?group=theme"):
            page = slow.get(address, headers=HTML)
            assert page.status_code == 504, address
            assert "did not end within 0.1 s" in page.text
            assert "<form class=" in page.text


def test_ends_of_a_path_that_are_no_competencies_say_at_which_level_to_look(
    server: Server,
) -> None:
    for a, b, level in (
        ("epas-2022:7.a", "epas-2022:7.b", "behavior"),
        ("epas-2022:7.a", "isp-2020:1.3", "all"),
    ):
        page = server.get("/analytics/paths.json", params={"a": a, "b": b}).json()
        assert page["answer"]["parameters"]["level"] == level


def test_a_hostile_value_is_shown_as_text(server: Server) -> None:
    address = "/analytics/paths?a=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&b=isp-2020:1.3"
    answer = server.get(address, headers=HTML)
    assert answer.status_code == 404
    assert "<script>alert" not in answer.text


def test_what_a_table_names_leads_to_its_page(server: Server) -> None:
    text = server.get("/analytics/paths", params=ASKED["paths"], headers=HTML).text
    answer: dict[str, Any] = server.get("/analytics/paths.json", params=ASKED["paths"]).json()
    for step in (step for path in answer["answer"]["paths"] for step in path["steps"]):
        assert f'href="/competencies/{step["to"]}"' in text
        assert f'href="/alignments/{step["alignment"]}"' in text


def test_a_derived_link_in_a_table_leads_to_its_proof(server: Server) -> None:
    asked = {"a": "epas-2015:2", "b": "isp-2020:1.3", "regime": "practice", "k": "1"}
    asked |= {"from": "epas-2015", "to": "isp-2020"}
    page = server.get("/analytics/paths.json", params=asked).json()
    assert [step["derived"] for step in page["answer"]["paths"][0]["steps"]] == [True]
    text = server.get("/analytics/paths", params=asked, headers=HTML).text
    assert 'href="/alignments/epas-2015:2/isp-2020:1.3"' in text
