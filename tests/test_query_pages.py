"""The named questions as forms, the SPARQL editor, and the documentation of the API."""

from __future__ import annotations

import csv
import html
import io
import re
import shlex
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from api.pages.docs import CALLS
from api.pages.render import with_query
from graph.queries import shipped_queries
from tests.browser import chromium
from tests.http_server import running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.http_server import Server

pytest_plugins = ("tests.http_server",)

HTML = {"accept": "text/html"}
QUESTIONS = sorted(shipped_queries())


# ---- questions -----------------------------------------------------------------------------


def test_every_question_is_listed_once_below_what_it_does(server: Server) -> None:
    groups = server.get("/query.json").json()["groups"]
    listed = [item["id"] for group in groups for item in group["items"]]
    assert sorted(listed) == QUESTIONS
    for group in groups:
        assert all(item["id"].startswith(group["verb"]) for item in group["items"])


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_without_values_answers_its_example(server: Server, name: str) -> None:
    twin = server.get(f"/query/{name}.json").json()
    assert twin["example"] is True
    assert twin["total"] == len(twin["items"]) > 0
    rows = server.get(with_query(twin["api"], limit=1000))
    assert rows.json()["items"] == twin["items"]
    page = server.get(f"/query/{name}", headers=HTML)
    assert page.status_code == 200
    assert page.text.count("<tr>") == 1 + twin["total"]


def test_the_values_of_a_form_are_those_of_the_answer(server: Server) -> None:
    path = "/query/find-alignments-by-aim?aim=poverty&aim=human-rights&strength="
    page = server.get(path, headers=HTML).text
    assert re.findall(r'name="aim" value="([^"]+)" checked', page) == ["human-rights", "poverty"]
    twin = server.get(with_query(path, format="json")).json()
    assert {row["aim"] for row in twin["items"]} == {"aim:poverty", "aim:human-rights"}
    assert "VALUES ?aim { <https://w3id.org/competency-crosswalk/id/aim/poverty>" in twin["sparql"]


def test_an_answer_downloads_as_what_is_shown(server: Server) -> None:
    path = "/query/find-gaps?from=isp-2020&to=epas-2022"
    shown = server.get(with_query(path, format="json")).json()["items"]
    rows = csv.DictReader(io.StringIO(server.get(with_query(path, format="csv")).text))
    assert [row["competency"] for row in rows] == [row["competency"] for row in shown]
    assert server.get(with_query(path, format="xlsx")).content.startswith(b"PK")
    content = server.get(path, headers=HTML).text.partition("<main")[2].partition("</main>")[0]
    links = re.findall(r'href="([^"]+)" download', content)
    kinds = [server.get(html.unescape(link)).headers["content-type"] for link in links]
    assert [kind.partition(";")[0] for kind in kinds] == [
        "text/csv",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/json",
        "application/sparql-results+json",
        "application/sparql-results+xml",
    ]


def test_an_answer_says_in_words_what_its_cells_mean(server: Server) -> None:
    """No code that only the data know stands where a reader expects a name."""
    page = server.get("/query/show-alignment", headers=HTML).text
    answer = page.partition('<table class="answer')[2].partition("</table>")[0]
    ends = '<a href="/alignments/a4353d39c3e63830">epas-2022:2 and isp-2020:1.3</a>'
    assert ends in answer
    assert (
        '<a href="/competencies/isp-2020:1.3"><code class="id">isp-2020:1.3</code> '
        "Addressing power differentials</a>"
    ) in answer
    assert "agent:" not in answer
    assert "semapv:" not in answer
    assert ">this project</td>" in answer
    assert (
        "<dt>proposed</dt><dd>reasoned by this project and not reviewed by anyone yet</dd>" in page
    )
    gains = server.get("/query/find-alignments?competency=epas-2022:7", headers=HTML).text
    assert ">social work enhances implementation support</td>" in gains
    assert ">sw-enhances-isp</td>" not in gains


def test_a_title_that_stands_in_a_column_of_its_own_is_not_said_twice(server: Server) -> None:
    twin = server.get("/query/find-gaps.json?from=isp-2020&to=epas-2022").json()
    assert twin["titles"] == {}
    twin = server.get("/query/show-alignment.json").json()
    assert twin["titles"]["partner"] == {"isp-2020:1.3": "Addressing power differentials"}


def test_a_question_and_the_analytic_about_gaps_agree_once_they_count_the_same(
    server: Server,
) -> None:
    """The question counts partners of every level unless told otherwise; both pages say so."""
    ends = "from=isp-2020&to=epas-2022"
    path = f"/query/find-gaps.json?{ends}"
    every = {row["competency"] for row in server.get(path).json()["items"]}
    alike = {
        row["competency"] for row in server.get(f"{path}&partner_level=competency").json()["items"]
    }
    gaps = server.get(f"/api/v1/analytics/gaps?{ends}&min_strength=strong").json()
    assert alike == {gap["id"] for gap in gaps["sides"][0]["gaps"]}
    assert every < alike
    assert "only a behavior" in server.get(f"/query/find-gaps?{ends}", headers=HTML).text
    assert "only a behavior reaches" in server.get("/analytics/gaps", headers=HTML).text


def test_what_an_answer_names_is_linked(server: Server) -> None:
    pages = server.get("/query/find-alignments.json").json()["pages"]
    assert pages["epas-2022:2"] == "/competencies/epas-2022:2"
    assert pages["framework:epas-2022"] == "/frameworks/epas-2022"
    assert pages["alignment:a4353d39c3e63830"] == "/alignments/a4353d39c3e63830"
    for path in [*pages.values()][:4]:
        assert server.get(path, headers=HTML).status_code == 200


def test_a_value_that_cannot_be_is_said_beside_the_form(server: Server) -> None:
    path = "/query/find-alignments?competency=epas-2022:77&min_confidence=0.5"
    page = server.get(path, headers=HTML)
    assert page.status_code == 404
    assert "There is no competency “epas-2022:77”. Did you mean epas-2022:7 or " in page.text
    assert 'value="epas-2022:77"' in page.text
    assert 'value="0.5"' in page.text
    malformed = server.get("/query/find-uncertain?max_confidence=much", headers=HTML)
    assert malformed.status_code == 422
    tool = server.get(path, headers={"accept": "application/json"})
    assert tool.headers["content-type"] == "application/problem+json"


def test_a_misspelt_parameter_of_a_question_is_said(server: Server) -> None:
    page = server.get("/query/find-gaps?frm=isp-2020", headers=HTML)
    assert page.status_code == 422
    assert "frm" in page.text


def test_an_unknown_question_leads_to_the_nearest(server: Server) -> None:
    page = server.get("/query/find-gap", headers=HTML)
    assert page.status_code == 404
    assert '<a href="/query/find-gaps">' in page.text


def test_hostile_values_show_as_text(server: Server) -> None:
    page = server.get("/query/find-labels?text=%3Cscript%3Ealert(1)%3C/script%3E", headers=HTML)
    assert page.status_code == 200
    assert "<script>alert" not in page.text


def test_an_answer_of_counts_is_drawn_and_no_bar_is_longer_than_the_picture(
    server: Server,
) -> None:
    chart = server.get("/query/count-by-competency.json").json()["chart"]
    assert chart["series"] == ["strong", "moderate", "weak", "not_aligned"]
    page = server.get("/query/count-by-competency", headers=HTML).text
    ends = [
        float(x) + float(w) for x, w in re.findall(r'x="([\d.]+)" y="0" width="([\d.]+)"', page)
    ]
    assert 99.9 < max(ends) < 100.1
    assert server.get("/query/find-gaps.json").json()["chart"] is None


# ---- SPARQL --------------------------------------------------------------------------------


def test_a_browser_at_the_endpoint_gets_the_editor_and_a_query_still_its_answer(
    server: Server,
) -> None:
    accept = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    page = server.get("/sparql", headers=accept)
    assert 'id="editor"' in page.text
    assert "style-src 'self' 'unsafe-inline'" in page.headers["content-security-policy"]
    assert "script-src 'self';" in page.headers["content-security-policy"]
    asked = server.get("/sparql", params={"query": "ASK {}"}, headers=accept)
    assert asked.headers["content-type"].startswith("application/sparql-results+xml")
    assert server.get("/sparql").headers["content-type"].startswith("text/turtle")


def test_every_question_opens_in_the_editor_as_it_was_bound(server: Server) -> None:
    twin = server.get("/query/find-gaps.json?from=isp-2020&to=epas-2022").json()
    query = parse_qs(urlsplit(twin["editor"]).query)["query"][0]
    assert query == twin["sparql"]
    assert server.get(twin["editor"] + "&format=json").json()["query"] == query


def _run(server: Server, query: str, **given: str) -> Any:
    return server.get("/query/sparql", params={"query": query, "run": "yes", **given}, headers=HTML)


def test_what_a_query_names_leads_to_its_page_and_hostile_text_is_text(server: Server) -> None:
    page = _run(
        server,
        "SELECT * { VALUES (?a ?b ?c) { (epas-2022:7 '<script>alert(1)</script>' "
        "<javascript:alert>) (UNDEF 'x' <https://example.org/>) } }",
    )
    assert page.status_code == 200
    assert '<a href="/competencies/epas-2022:7">epas-2022:7</a>' in page.text
    assert '<a href="https://example.org/" rel="noreferrer">' in page.text
    assert "<script>alert" not in page.text
    assert 'href="javascript' not in page.text
    assert "script-src 'self';" in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("ASK { epas-2022:7 ?p ?o }", ">Yes.</p>"),
        ("ASK { epas-2022:7 ?p 'nothing' }", ">No.</p>"),
        ("CONSTRUCT { epas-2022:7 ?p ?o } WHERE { epas-2022:7 ?p ?o }", "A graph, here as Turtle."),
        ("SELECT ?s { ?s ?p 'nothing' }", "No row fits."),
        ("SELECT ?s ?p { ?s ?p ?o } LIMIT 900", "900 rows; the first 500 are shown"),
        ("SELECT * { ?s ?p ?o }", "is too large for a page"),
    ],
)
def test_every_form_of_answer_is_readable(server: Server, query: str, says: str) -> None:
    page = _run(server, query)
    assert page.status_code == 200
    assert says in page.text
    assert "Download the whole answer:" in page.text


def test_many_columns_never_make_a_page_of_empty_cells(server: Server) -> None:
    """A short query can ask for a thousand columns, whose rows cost nothing until drawn."""
    columns = " ".join(f"?c{number}" for number in range(1000))
    page = _run(server, f"SELECT {columns} {{ ?c0 ?p ?o }} LIMIT 500")
    assert "is too large for a page" in page.text
    columns = " ".join(f"?c{number}" for number in range(50))
    page = _run(server, f"SELECT {columns} {{ ?c0 ?p ?o }} LIMIT 500")
    assert "the first 100 are shown" in page.text
    assert page.text.count("<td>") <= 5_000


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <https://example.org/sparql> { ?s ?p ?o } }",
        "INSERT DATA { <a:b> <a:b> <a:b> }",
        "SELECT * FROM <https://example.org/graph> { ?s ?p ?o }",
        "SELECT * { " + "{" * 300 + "}" * 300 + " }",
        "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . FILTER(?a != ?i) }",
        "SELECT * {",
    ],
)
def test_a_foreign_query_meets_the_same_bounds_as_at_the_endpoint(
    served_data: Path, tmp_path: Path, query: str
) -> None:
    with running(served_data, tmp_path / "log.txt", query_seconds=0.5) as server:
        raw = server.get("/sparql", params={"query": query})
        page = _run(server, query)
        tool = server.get("/query/sparql", params={"query": query, "run": "yes", "format": "json"})
    assert raw.status_code >= 400
    assert page.status_code == tool.status_code == raw.status_code
    assert tool.json()["code"] == raw.json()["code"]
    assert 'role="alert"' in page.text
    assert page.headers["cache-control"] == "no-store"


def test_an_answer_that_depends_on_chance_is_not_kept(server: Server) -> None:
    pages = [_run(server, "SELECT (RAND() AS ?x) { }") for _ in range(2)]
    assert pages[0].text != pages[1].text
    assert "max-age" not in pages[0].headers["cache-control"]
    assert "max-age" in _run(server, "SELECT (1 AS ?x) { }").headers["cache-control"]


def test_a_query_that_is_not_run_only_stands_in_the_editor(server: Server) -> None:
    page = server.get("/query/sparql", params={"query": "SELECT * {"}, headers=HTML)
    assert page.status_code == 200
    assert 'id="answer"' not in page.text


# ---- documentation -------------------------------------------------------------------------


def test_the_calls_of_the_documentation_work(server: Server) -> None:
    calls = server.get("/docs.json").json()["calls"]
    assert len(calls) == len(CALLS) == 10
    for call in calls:
        words = shlex.split(call["command"])
        assert words[0] == "curl"
        address = urlsplit(words[-1])
        headers, posted = {}, False
        for name, value in zip(words[1:-1:2], words[2:-1:2], strict=True):
            if name == "-H":
                key, _, text = value.partition(": ")
                headers[key] = text
            elif name == "--data-urlencode":
                key, _, text = value.partition("=")
                answer = server.client.post(
                    server.url + address.path, data={key: text}, headers=headers
                )
                posted = True
            elif name == "--data-binary":
                answer = server.client.post(
                    server.url + address.path, content=value.encode(), headers=headers
                )
                posted = True
            else:
                assert name == "-o"
        if not posted:
            answer = server.get(f"{address.path}?{address.query}", headers=headers)
        assert answer.status_code == 200, call["command"]
        assert answer.content


def test_the_addresses_of_the_documentation_answer(server: Server) -> None:
    twin = server.get("/docs.json").json()
    for item in twin["standards"]:
        assert server.get(item["path"]).status_code == 200, item


# ---- in a browser --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def _open(browser: Browser, server: Server, path: str, **context: Any) -> Page:
    """A page that may reach this server alone, and may not complain."""
    page = browser.new_context(**context).new_page()
    page.set_default_timeout(15_000)
    strangers: list[str] = []
    page.on(
        "request",
        lambda r: (
            None if r.url.startswith((server.url, "data:", "blob:")) else strangers.append(r.url)
        ),
    )
    faults: list[str] = []
    page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(server.url + path)
    page.faults, page.strangers = faults, strangers  # type: ignore[attr-defined]
    return page


def _close(page: Page) -> None:
    assert [f for f in page.faults if "404" not in f] == []  # type: ignore[attr-defined]
    assert page.strangers == []  # type: ignore[attr-defined]
    page.context.close()


def test_a_question_is_asked_with_the_keyboard_and_a_competency_found_by_its_title(
    browser: Browser, server: Server
) -> None:
    page = _open(browser, server, "/query/find-resources")
    last = page.locator("form.question .holder input").last
    assert last.input_value() == ""
    last.press_sequentially("policy")
    page.locator(".holder [role='option']").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    chosen = last.input_value()
    assert chosen == ""  # one more field came after the one that was filled
    values = [i.input_value() for i in page.locator("form.question .holder input").all()]
    assert ":" in values[-2]
    page.get_by_role("button", name="Ask").press("Enter")
    page.wait_for_url("**competency=**")
    assert values[-2].replace(":", "%3A") in page.url
    _close(page)


def test_a_question_is_asked_without_script(browser: Browser, server: Server) -> None:
    page = _open(browser, server, "/query/find-gaps", java_script_enabled=False)
    page.select_option("#p-at_least", "moderate")
    page.get_by_role("button", name="Ask").click()
    assert "at_least=moderate" in page.url
    assert page.locator("#answer").count() == 1
    _close(page)


def test_the_editor_asks_our_endpoint_alone_and_shows_rows(
    browser: Browser, server: Server
) -> None:
    page = _open(browser, server, "/query/find-gaps")
    page.get_by_role("link", name="open in the SPARQL editor").click()
    page.locator("#editor .CodeMirror").wait_for()
    named = page.get_by_role("textbox", name=re.compile("SPARQL query"))
    assert named.count() == 1
    page.get_by_role("button", name="Run query").click()
    page.locator("#said", has_text="rows stand below").wait_for()
    rows = len(server.get("/query/find-gaps.json").json()["items"])
    assert page.locator("#said").inner_text() == f"{rows} rows stand below."
    page.locator("#results table tbody tr").first.wait_for()
    page.locator("a[data-example]", has_text="Which frameworks are here").click()
    page.get_by_role("button", name="Use a plain text field").click()
    assert "list-frameworks" not in page.locator("#query").input_value()
    assert "SELECT ?framework" in page.locator("#query").input_value()
    assert page.evaluate("localStorage.length") == 0
    _close(page)


def test_the_editor_without_script_is_a_form(browser: Browser, server: Server) -> None:
    page = _open(browser, server, "/query/sparql", java_script_enabled=False)
    page.fill("#query", "SELECT ?x { VALUES ?x { 41 42 } }")
    page.get_by_role("button", name="Run", exact=True).click()
    assert page.locator("#answer [role='status']").inner_text() == "2 rows."
    assert page.locator("#answer tbody td").all_inner_texts() == ["41", "42"]
    assert "VALUES" in page.locator("#query").input_value()
    with page.expect_download() as loading:
        page.locator("#answer").get_by_role("link", name="CSV").click()
    assert loading.value.path().read_text().split() == ["x", "41", "42"]
    page.fill("#query", "SELECT *\nWHERE { ?s ?p }")
    page.get_by_role("button", name="Run", exact=True).click()
    said = page.get_by_role("alert").inner_text()
    assert "Line 2, column " in said
    assert "WHERE { ?s ?p }" in said
    page.context.close()


def test_the_documentation_lists_every_path_from_our_own_files(
    browser: Browser, server: Server
) -> None:
    page = _open(browser, server, "/docs")
    page.locator("#documentation .opblock").first.wait_for()
    assert page.locator("#documentation .opblock").count() > 20
    _close(page)
