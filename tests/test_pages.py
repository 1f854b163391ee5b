"""What all pages have in common: twins, downloads, policy and errors."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING

import pytest

from graph.build import build, write_build
from tests.http_server import running

if TYPE_CHECKING:
    from pathlib import Path

    from tests.http_server import Server

pytest_plugins = ("tests.http_server",)

HTML = {"accept": "text/html"}

#: A page of each kind.
PAGES = (
    "/",
    "/search",
    "/frameworks",
    "/frameworks/epas-2022",
    "/competencies/epas-2022:7",
    "/plan",
    "/crosswalks",
    "/crosswalks/epas-2022/isp-2020",
    "/alignments/epas-2015:2/isp-2020:1.3",
    "/graph",
    "/analytics",
    "/analytics/coverage",
    "/about",
    "/query",
    "/query/count-by-competency",
    "/query/sparql",
    "/docs",
)

#: Pages around a large tool of others, which comes after the page can be read.
LARGE = ("/query/sparql", "/docs")


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_a_json_twin_by_suffix_by_accept_and_by_format(
    server: Server, path: str
) -> None:
    suffixed = "/index.json" if path == "/" else f"{path}.json"
    answers = [
        server.get(suffixed),
        server.get(path, headers={"accept": "application/json"}),
        server.get(path, params={"format": "json"}, headers=HTML),
    ]
    assert {answer.headers["content-type"] for answer in answers} == {"application/json"}
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].json()["release"] == server.get("/health/ready").json()["release"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_runs_nothing_but_our_own_files(server: Server, path: str) -> None:
    answer = server.get(path, headers=HTML)
    assert answer.status_code == 200
    policy = dict(
        part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|javascript:", answer.text)
    for address in re.findall(r'(?:src|href)="([^"]+)"', answer.text):
        if "/static/" in address:
            assert address.startswith("/static/"), address
            assert server.get(address).status_code == 200, address


def test_no_module_is_older_than_the_one_that_imports_it(server: Server) -> None:
    """After an upgrade a page asks for its modules anew, and theirs with them."""
    page = server.get("/plan", headers=HTML).text
    entry = next(a for a in re.findall(r'src="([^"]+)"', page) if "/plan.js" in a)
    module = server.get(entry)
    assert "max-age" in module.headers["cache-control"]
    imported = re.findall(r'^import .* from "\./([^"]+)"', module.text, re.MULTILINE)
    assert imported
    for name in imported:
        bare = server.get(f"/static/js/{name}")
        assert bare.headers["cache-control"] == "no-cache"
        again = server.get(f"/static/js/{name}", headers={"if-none-match": bare.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["cache-control"] == "no-cache"
    old = re.sub(r"v=\w+", "v=0123456789ab", entry)
    assert server.get(old).headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", sorted({*PAGES} - {*LARGE}))
def test_what_a_page_loads_before_it_can_be_read_is_small(server: Server, path: str) -> None:
    page = server.get(path, headers=HTML)
    assets = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text))
    sizes = [int(server.get(asset).headers["content-length"]) for asset in assets]
    assert sum(sizes) < 100_000


def test_a_table_downloads_as_it_is_shown(server: Server) -> None:
    path = "/competencies/epas-2022:7"
    shown = server.get(f"{path}.json").json()["alignments"]
    answer = server.get(path, params={"format": "csv", "table": "alignments"})
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["partner_id"] for row in rows] == [row["partner_id"] for row in shown]
    assert [row["rationale"] for row in rows] == [row["rationale"] for row in shown]
    assert server.get(path, params={"format": "xlsx"}).content.startswith(b"PK")


def test_each_crosswalk_says_of_how_many_judged_pairs_it_counts(server: Server) -> None:
    items = server.get("/crosswalks.json").json()["items"]
    text = server.get("/crosswalks", headers=HTML).text
    for item in items:
        assert item["judged"] == item["counts"]["aligned"] + item["counts"]["not_aligned"]
        assert f"of {item['judged']} judged pairs." in text


def test_how_far_a_framework_was_read_is_counted_by_its_statements(server: Server) -> None:
    """The file of a framework may be read in full where most of its statements are not."""
    rows = {row["id"]: row for row in server.get("/about.json").json()["frameworks"]}
    page = server.get("/frameworks", headers=HTML).text
    for row in rows.values():
        if row["in_full"] and row["in_part"]:
            says = f"{row['in_full']} of {row['statements']} statements read in full"
            assert row["reading"] == says
            assert says in page
    assert rows["epas-2022"]["reading"] == "read in full"
    assert rows["gis"]["reading"] == "read in part"
    assert rows["isp-2018"]["reading"] == "statements not read"


def test_a_search_without_hits_says_how_to_go_on(server: Server) -> None:
    page = server.get("/search?q=zzzq&kind=competency", headers=HTML).text
    assert "Nothing was found for “zzzq” among competencies." in page
    assert '<a href="/frameworks">a framework</a>' in page


def test_a_table_that_a_page_does_not_have_is_named(server: Server) -> None:
    answer = server.get("/competencies/epas-2022:7", params={"format": "csv", "table": "nothing"})
    assert answer.status_code == 404
    assert "alignments" in answer.json()["nearest"]


def test_a_browser_gets_errors_as_pages_and_a_tool_gets_problem_documents(server: Server) -> None:
    path = "/competencies/epas-2022:77"
    page = server.get(path, headers=HTML)
    assert page.status_code == 404
    assert page.text.count("id you mean") == 1
    near = '<a href="/competencies/epas-2022:7"><code class="id">epas-2022:7</code> Assess '
    assert near in page.text
    tool = server.get(path, headers={"accept": "application/json"})
    assert tool.status_code == 404
    assert tool.headers["content-type"] == "application/problem+json"
    assert json.loads(tool.content)["code"] == "not-found"


def test_an_error_names_a_field_as_the_form_does_and_to_a_tool_as_the_address_does(
    server: Server,
) -> None:
    path = "/crosswalks/epas-2022/isp-2020"
    assert ">Confidence at least</label>" in server.get(path, headers=HTML).text
    page = server.get(path, params={"min_confidence": "7"}, headers=HTML)
    assert page.status_code == 422
    assert "“Confidence at least” cannot be “7”" in page.text
    assert "in_confidence cannot" not in page.text
    tool = server.get(path, params={"min_confidence": "7"})
    assert tool.json()["parameter"] == "min_confidence"


def test_a_verdict_and_a_proof_name_statements_and_people_by_their_names(server: Server) -> None:
    one, other = "Engage Diversity and Difference in Practice", "Addressing power differentials"
    page = server.get("/alignments/epas-2015:2/isp-2020:1.3", headers=HTML).text
    heading = page.partition("<h1>")[2].partition("</h1>")[0]
    assert one in heading
    assert other in heading
    text = re.sub(r"<[^>]+>", "", page)
    assert "Judged by this project, 0.90 sure" in text
    assert "agent:" not in text
    assert not re.search(r"\b[0-9a-f]{16}\b", text)
    cited = re.findall(r'<a href="(/alignments/[0-9a-f]{16})">', page)
    assert len(cited) == 2
    verdict = re.sub(r"<[^>]+>", "", server.get(cited[1], headers=HTML).text)
    assert "Author" in verdict
    assert "agent:" not in verdict


def test_an_address_in_error_is_shown_as_text(server: Server) -> None:
    answer = server.get("/<script>alert(1)</script>", headers=HTML)
    assert answer.status_code == 404
    assert "<script>alert" not in answer.text


def test_a_misspelt_parameter_of_a_page_is_said(server: Server) -> None:
    answer = server.get("/competencies/epas-2022:7", params={"tabel": "x"}, headers=HTML)
    assert answer.status_code == 422
    assert "tabel" in answer.text


@pytest.mark.parametrize(
    ("name", "page", "data"),
    [
        ("/id/epas-2022/7", "/competencies/epas-2022:7", "/api/v1/competencies/epas-2022:7"),
        ("/id/isp-2020", "/frameworks/isp-2020", "/api/v1/frameworks/isp-2020"),
        (
            "/id/crosswalk/epas-2022--isp-2020",
            "/crosswalks/epas-2022/isp-2020",
            "/api/v1/crosswalks/epas-2022/isp-2020",
        ),
    ],
)
def test_our_names_lead_readers_to_pages_and_tools_to_data(
    server: Server, name: str, page: str, data: str
) -> None:
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    assert server.get(name, headers={"accept": browser}).headers["location"] == page
    for accept in ("application/json", "text/turtle", "*/*"):
        assert server.get(name, headers={"accept": accept}).headers["location"] == data


def test_about_says_how_far_every_framework_was_read(server: Server) -> None:
    record = server.get("/about.json").json()
    frameworks = {row["id"]: row for row in record["frameworks"]}
    read = server.get("/api/v1/frameworks").json()["items"]
    assert frameworks.keys() == {item["id"] for item in read}
    assert frameworks["isp-2020"]["in_part"] > 0
    assert record["counts"]["verdicts"] == sum(record["statuses"].values())


def test_pages_of_a_workspace_with_other_frameworks_follow_what_it_holds(
    mini_data: Path, tmp_path: Path
) -> None:
    """A faculty of another profession gets pages about its own frameworks, or a clear word."""
    write_build(mini_data, build(mini_data))
    with running(mini_data, tmp_path / "log.txt") as server:
        for path in (
            "/",
            "/plan",
            "/graph",
            "/analytics/coverage",
            "/query",
            "/about",
            "/crosswalks",
        ):
            answer = server.get(path, headers=HTML)
            assert answer.status_code == 200, path
            assert "/competencies/epas-2022:" not in answer.text, path
        record = server.get("/plan.json").json()
        assert [edition["id"] for edition in record["editions"]] == ["sw-1"]
        assert (record["onto"]["id"], record["examples"]) == ("imp-1", [])


def test_a_matrix_shows_one_domain_alone_with_its_own_denominator(server: Server) -> None:
    path = "/crosswalks/epas-2022/isp-2020"
    whole = server.get(f"{path}.json").json()
    domain = server.get(f"{path}.json", params={"within": "isp-2020:D1"}).json()
    below = [c["id"] for g in whole["columns"] if g["id"] == "isp-2020:D1" for c in g["columns"]]
    assert [c["id"] for g in domain["columns"] for c in g["columns"]] == below
    assert domain["counts"]["pairs"] == 9 * len(below)
    assert "isp-2020:D1" in {choice["id"] for choice in whole["choices"]["within"]}
