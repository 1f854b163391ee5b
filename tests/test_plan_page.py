"""The page of course plans without its script: the example, a pasted plan, parts and files."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any, Final

import pytest

from graph.curriculum.reading import read_plan
from graph.terms import shipped_data
from tests.test_api import problem

if TYPE_CHECKING:
    import httpx2

    from graph.catalogue import Catalogue
    from tests.http_server import Server

pytest_plugins = ("tests.http_server",)

HTML: Final = {"accept": "text/html"}
EXAMPLES: Final = shipped_data().parent / "examples"
ANALYSIS: Final = "/api/v1/course-plans/analysis"
CONVERT: Final = "/api/v1/course-plans/convert"


def send_form(server: Server, path: str = "/plan", **fields: str) -> httpx2.Response:
    return server.request("POST", path, data=fields, headers=HTML)


def send(server: Server, path: str, raw: bytes, kind: str) -> httpx2.Response:
    return server.request("POST", path, content=raw, headers={"content-type": kind})


@pytest.fixture(scope="module")
def twin(server: Server) -> dict[str, Any]:
    found: dict[str, Any] = server.get("/plan.json", params={"example": "msw-2022"}).json()
    return found


def test_the_example_says_what_the_api_says_of_the_same_file(
    server: Server, twin: dict[str, Any]
) -> None:
    raw = (EXAMPLES / "msw-2022.yaml").read_bytes()
    said = send(server, f"{ANALYSIS}?name=msw-2022.yaml", raw, "application/yaml").json()
    assert {key: twin["analysis"][key] for key in said} == said
    assert twin["claims"]["total"] == 16


def test_the_matrix_of_depths_agrees_with_the_coverage(twin: dict[str, Any]) -> None:
    matrix = twin["analysis"]["depths"]
    covered = {one["id"]: one["courses"] for one in twin["analysis"]["coverage"]["statements"]}
    for place, column in enumerate(matrix["columns"]):
        marked = [row["course"] for row in matrix["rows"] if row["cells"][place]["text"]]
        assert marked == covered[column["id"]]
    cells = {(r["course"], c["id"]): c["text"] for r in matrix["rows"] for c in r["cells"]}
    assert cells["SW 502", "epas-2022:8"] == "I P"


def test_the_matrix_of_reach_agrees_with_the_routes(twin: dict[str, Any]) -> None:
    targets = [t for g in twin["analysis"]["reach"]["groups"] for t in g["targets"]]
    matrix = twin["analysis"]["reached"]
    assert [column["id"] for column in matrix["columns"]] == [target["id"] for target in targets]
    for place, target in enumerate(targets):
        routes = {r["course"]: r for r in target["by_course"]}
        for row in matrix["rows"]:
            route, cell = routes.get(row["course"]), row["cells"][place]
            how = "" if route is None else "direct" if route["direct"] else route["strength"]
            assert cell["text"] == how
            assert cell["alignment"] is None or cell["alignment"] in route["alignments"]


def test_the_list_of_contents_names_what_is_on_the_page_and_ids_keep_their_case(
    server: Server,
) -> None:
    html = server.get("/plan", params={"example": "msw-2022"}, headers=HTML).text
    contents = re.search(r'<nav class="contents.*?</nav>', html, re.DOTALL)
    assert contents is not None
    linked = re.findall(r'href="#([a-z-]+)"', contents[0])
    assert len(linked) > 7
    assert [name for name in linked if f'id="{name}"' not in html] == []
    assert "Epas-" not in html
    assert "<span>SW 650</span> → <span>epas-2022:3</span> → <span>isp-2020:1.1</span>" in html


def test_filters_stand_in_the_address(server: Server) -> None:
    query = {"example": "msw-2022", "min_strength": "strong", "min_depth": ""}
    found = server.get("/plan.json", params=query).json()
    assert found["filters"]["min_strength"] == "strong"
    assert found["analysis"]["reach"]["reached"] < 20


def test_a_table_of_the_example_downloads_as_it_is_shown(server: Server) -> None:
    query = {"example": "msw-2022", "format": "csv", "table": "gaps"}
    rows = list(csv.DictReader(io.StringIO(server.get("/plan", params=query).text)))
    assert rows[0]["statement"] == "epas-2022:1.c"


def test_an_unknown_example_or_statement_names_the_nearest(server: Server) -> None:
    found = problem(server.get("/plan.json", params={"example": "msw-2202"}), "not-found")
    assert found["nearest"] == ["msw-2022"]
    problem(server.get("/plan.json", params={"add": "epas-2022:77"}), "not-found")


def test_a_pasted_plan_comes_back_as_a_page_with_its_analysis(server: Server) -> None:
    text = "course,competency,depth\r\nSW 501,epas-2022:7,P\r\n"
    page = send_form(server, kind="csv", plan=text, claims="")
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert "covers 1 of 9 competencies" in page.text
    assert "SW 501,epas-2022:7,P" in page.text


def test_pasted_claims_are_tested_against_the_pasted_plan(server: Server) -> None:
    plan = (EXAMPLES / "msw-2022.yaml").read_text(encoding="utf-8")
    claims = (EXAMPLES / "claims-msw-2022.yaml").read_text(encoding="utf-8")
    page = send_form(server, kind="yaml", plan=plan, claims=claims)
    assert "11 of 16 claims hold" in page.text
    faulty = send_form(server, kind="yaml", plan=plan, claims="claims: 3")
    assert faulty.status_code == 422
    assert "1 fault: the claims were not read" in faulty.text
    assert "<strong>claims, line" in faulty.text
    assert "Gaps: 14 rows" in faulty.text


def test_a_plan_to_2015_is_shown_as_carried_with_what_waits_for_a_decision(server: Server) -> None:
    text = (EXAMPLES / "msw-2015.csv").read_text(encoding="utf-8")
    page = send_form(server, kind="csv", plan=text)
    assert page.status_code == 200
    assert "Carried to another edition" in page.text
    assert "Does it still hold of the new wording of epas-2022:1.a?" in page.text
    assert "made to epas-2022" in page.text


def test_a_faulty_text_stays_in_the_form_beside_its_faults(server: Server) -> None:
    text = "course,competency,depth\nA,epas-2022:77,I\nA,epas-2022:1,<b>X"
    page = send_form(server, kind="csv", plan=text)
    assert page.status_code == 422
    assert "2 faults: the plan was not read" in page.text
    assert "plan.csv, line 2" in page.text
    assert "did you mean epas-2022:7" in page.text
    assert "A,epas-2022:1,&lt;b&gt;X" in page.text
    assert "<b>X" not in page.text


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("csv", "edition: epas-2022\ncourses: []\n", "looks like YAML and was read as CSV"),
        ("yaml", '{"courses": 7}', "looks like JSON and was read as YAML"),
        ("csv", "course,competency\nA 1,x\n", ""),
    ],
)
def test_a_text_of_another_kind_than_was_chosen_is_recognized(
    server: Server, kind: str, text: str, said: str
) -> None:
    page = send_form(server, kind=kind, plan=text)
    assert page.status_code == 422
    assert said in page.text
    assert ("was read as" in page.text) == bool(said)


def test_hostile_words_of_a_plan_are_text_everywhere(server: Server) -> None:
    bad = "\"'><script>alert(1)</script>"
    plan = {
        "programme": bad,
        "courses": [
            {
                "code": "A",
                "title": bad,
                "serves": [{"competency": "epas-2022:7", "depth": "P", "content": bad}],
            }
        ],
    }
    page = send_form(server, kind="json", plan=json.dumps(plan))
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "'>" not in page.text.partition('name="plan" value=\'')[2].partition("'>")[0]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"kind": "pdf", "plan": "x"}, "bad-parameter"),
        ({"kind": "csv", "plan": "x", "color": "red"}, "bad-parameter"),
    ],
)
def test_a_form_that_the_page_does_not_have_is_refused(
    server: Server, fields: dict[str, str], code: str
) -> None:
    problem(server.request("POST", "/plan", data=fields), code)


def test_a_form_is_bounded_and_of_one_kind(server: Server) -> None:
    problem(server.request("POST", "/plan", data={"plan": "x" * 5_000_000}), "too-large")
    problem(send(server, "/plan", b"plan=x", "text/plain"), "unsupported-media-type")
    twice = send(server, "/plan", b"plan=x&plan=y", "application/x-www-form-urlencoded")
    problem(twice, "bad-parameter")
    assert server.request("PUT", "/plan").headers["allow"] == "GET, HEAD, POST, OPTIONS"


def test_the_part_for_the_script_is_the_part_of_the_page(server: Server) -> None:
    raw = (EXAMPLES / "msw-2022.yaml").read_bytes()
    part = send(server, "/plan/analysis?name=msw-2022.yaml", raw, "application/yaml")
    assert part.headers["content-type"] == "text/html; charset=utf-8"
    page = server.get("/plan", params={"example": "msw-2022"}, headers=HTML)
    assert part.text.strip() in page.text
    problem(send(server, "/plan/analysis", b"{}", "application/json"), "bad-plan")


def test_claims_for_the_script_are_those_of_the_page(server: Server, twin: dict[str, Any]) -> None:
    claims = (EXAMPLES / "claims-msw-2022.yaml").read_text(encoding="utf-8")
    body = json.dumps({"plan": twin["plan"], "claims": claims}).encode()
    part = send(server, "/plan/claims", body, "application/json")
    assert "11 of 16 claims hold" in part.text
    problem(send(server, "/plan/claims", b"{}", "application/json"), "bad-plan")


@pytest.mark.parametrize("form", ["xlsx", "csv", "yaml", "json"])
def test_a_plan_converted_twice_is_the_same_plan(
    server: Server, catalogue: Catalogue, form: str
) -> None:
    raw = (EXAMPLES / "msw-2022.xlsx").read_bytes()
    kind = "application/octet-stream"
    answer = send(server, f"{CONVERT}?name=msw.xlsx&form={form}", raw, kind)
    assert f'filename="course-plan.{form}"' in answer.headers["content-disposition"]
    again = send(server, f"{CONVERT}?name=plan.{form}&form=json", answer.content, kind)
    original = send(server, f"{CONVERT}?name=msw.xlsx&form=json", raw, kind)
    assert again.json() == original.json()
    plan = read_plan(original.content, "plan.json", catalogue)
    assert len(plan.entries) == 89


def test_a_matrix_that_would_lose_something_is_refused(server: Server) -> None:
    raw = (EXAMPLES / "msw-2022.yaml").read_bytes()
    found = problem(
        send(server, f"{CONVERT}?form=matrix", raw, "application/yaml"), "bad-parameter"
    )
    assert found["parameter"] == "form"
    problem(send(server, CONVERT, b"course\nA", "text/csv"), "bad-plan")


@pytest.mark.parametrize(
    ("form", "starts"),
    [
        ("xlsx", b"PK"),
        ("yaml", b"programme: Master"),
        ("markdown", b"# Master of Social Work"),
        ("gaps.csv", b"statement,title,gap,what"),
        ("depths.csv", b"course,title,epas-2022:1"),
        ("reached.xlsx", b"PK"),
        ("accreditation-docx", b"PK"),
        ("accreditation-xlsx", b"PK"),
        ("syllabi-docx", b"PK"),
    ],
)
def test_buttons_of_the_page_give_files(
    server: Server, twin: dict[str, Any], form: str, starts: bytes
) -> None:
    answer = send_form(server, "/plan/file", plan=json.dumps(twin["plan"]), form=form)
    assert answer.status_code == 200
    assert answer.content.startswith(starts)
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["cache-control"] == "no-store"


def test_a_file_that_the_page_does_not_offer_is_refused(
    server: Server, twin: dict[str, Any]
) -> None:
    plan = json.dumps(twin["plan"])
    problem(
        server.request("POST", "/plan/file", data={"plan": plan, "form": "pdf"}), "bad-parameter"
    )
    unknown = server.request("POST", "/plan/file", data={"plan": plan, "form": "gasp.csv"})
    assert problem(unknown, "not-found")["nearest"]
    page = send_form(server, "/plan/file", plan="{}", form="csv")
    assert page.status_code == 422
    assert "the plan was not read" in page.text


def test_a_table_downloads_with_the_filters_under_which_it_is_shown(
    server: Server, twin: dict[str, Any]
) -> None:
    plan, query = json.dumps(twin["plan"]), {"example": "msw-2022", "min_strength": "strong"}
    page = server.get("/plan", params=query, headers=HTML).text
    assert 'action="/plan/file?min_strength=strong&amp;min_depth=introduces"' in page
    sent = send_form(server, "/plan/file?min_strength=strong", plan=plan, form="reach.csv").text
    shown = server.get("/plan", params={**query, "format": "csv", "table": "reach"}).text
    assert sent == shown
    assert sent != send_form(server, "/plan/file", plan=plan, form="reach.csv").text


def test_one_course_and_one_entry_are_said_in_the_singular(server: Server) -> None:
    text = "course,competency,depth\nA,epas-2022:7,P\n"
    page = send_form(server, kind="csv", plan=text)
    assert "1 course (1 required), 1 entry" in page.text
    assert "1 course is a single point of failure: A." in page.text
