"""What people come for, done in a real browser with the keyboard alone, also without script.

Every walk begins at the home page and goes on by Tab, arrow keys, Enter and typing; what stands on
the page at its end is what the API says.
"""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any, Final

import pytest

from graph.terms import shipped_data
from tests.browser import chromium
from tests.http_server import PATIENCE_SECONDS
from tests.test_pages_browser import LATE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.http_server import Server

pytest_plugins = ("tests.http_server",)

EXAMPLE: Final = shipped_data().parent / "examples/msw-2022.xlsx"

SEARCH: Final = "Search competencies, frameworks and reasons"

#: One page of each kind, with what its scripts draw after it has loaded.
KINDS: Final = {
    "/": "table[data-grid]",
    "/search?q=power": "main h1",
    "/frameworks": "main h1",
    "/frameworks/isp-2020": "main h1",
    "/competencies/epas-2022:7": "button[data-copy]:visible",
    "/alignments/epas-2015:2/isp-2020:1.3": "main h1",
    "/crosswalks": "main h1",
    "/crosswalks/epas-2022/isp-2020?cell=epas-2022:7+isp-2020:2.1": "#panel h2",
    "/graph": "#net canvas",
    "/analytics": "main h1",
    "/analytics/coverage": ".picture img",
    "/plan?example=msw-2022": "#plan-given:visible",
    "/query": "main h1",
    "/query/count-by-competency": ".chart",
    "/query/sparql": "#editor .CodeMirror",
    "/about": "main h1",
    "/docs": LATE["/docs"],
    "/releases": "main h1",
    "/nothing-is-here": "main h1",
}


class Reader:
    """Somebody at a page who has a keyboard and no mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.scripted = bool(
            page.evaluate("!document.querySelector('[data-theme-button][hidden]')")
        )
        self._protocol = page.context.new_cdp_session(page)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def name(self) -> str:
        """What a screen reader calls the element that has the focus."""
        found = self._protocol.send("Runtime.evaluate", {"expression": "document.activeElement"})
        tree = self._protocol.send(
            "Accessibility.getPartialAXTree",
            {"objectId": found["result"]["objectId"], "fetchRelatives": False},
        )
        return " ".join(str(tree["nodes"][0].get("name", {}).get("value", "")).split())

    def reach(self, name: str, *, most: int) -> None:
        """Tab until what is called so has the focus, at most so many stops away."""
        passed = []
        for _ in range(most):
            self.press("Tab")
            passed.append(self.name())
            if passed[-1] == name:
                return
        raise AssertionError(f"{name!r} is not within {most} stops: {passed}")

    def follow(self, name: str, *, most: int) -> None:
        """Reach a link and go where it leads."""
        self.reach(name, most=most)
        with self.page.expect_navigation():
            self.press("Enter")

    def choose(self, option: str) -> None:
        """Go down the list that has the focus, from its top, to what begins so."""
        chosen = "document.activeElement.selectedOptions[0].text"
        self.press("Home")
        for _ in range(self.page.evaluate("document.activeElement.length")):
            if self.page.evaluate(chosen).startswith(option):
                return
            self.press("ArrowDown")
        raise AssertionError(f"no option begins with {option!r}")

    def rows(self, table: str) -> list[dict[str, str]]:
        """Rows of a table by the heads of their columns, as text."""
        return self.page.locator(table).first.evaluate(
            """(table) => {
                const text = (cell) => cell.innerText.trim();
                const heads = [...table.tHead.rows[0].cells].map(text);
                return [...table.tBodies[0].rows].map((row) =>
                    Object.fromEntries([...row.cells].map((cell, n) => [heads[n], text(cell)])));
            }"""
        )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def reader(request: pytest.FixtureRequest, browser: Browser, server: Server) -> Iterator[Reader]:
    """A reader at the home page, once with script and once without."""
    context = browser.new_context(java_script_enabled=request.param)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_SECONDS * 1000)
    page.goto(server.url)
    found = Reader(page)
    assert found.scripted == request.param
    yield found
    context.close()


def every(server: Server, path: str, **parameters: Any) -> list[dict[str, Any]]:
    """All items that the API lists."""
    found = server.get(path, params={"limit": 1000, **parameters}).json()
    assert len(found["items"]) == found["total"] > 0
    return found["items"]


def parts(document: bytes, plan: str) -> dict[str, str]:
    """What a Word file consists of, whatever the file was called that the plan came in."""
    with zipfile.ZipFile(io.BytesIO(document)) as held:
        return {name: held.read(name).decode().replace(plan, "") for name in held.namelist()}


def test_one_finds_what_aligns_with_competency_7_and_why(reader: Reader, server: Server) -> None:
    reader.reach(SEARCH, most=12)
    reader.type("epas-2022:7")
    if reader.scripted:
        reader.page.locator("#site-search-found [role='option']").first.wait_for()
        reader.press("ArrowDown")
        with reader.page.expect_navigation():
            reader.press("Enter")
    else:
        with reader.page.expect_navigation():
            reader.press("Enter")
        title = "Assess Individuals, Families, Groups, Organizations, and Communities"
        reader.follow(f"epas-2022:7 {title}", most=20)
    assert reader.page.url == f"{server.url}/competencies/epas-2022:7"

    said = every(server, "/api/v1/competencies/epas-2022:7/alignments")
    reasons = reader.page.locator("main > ul.reasons > li")
    read = [
        (
            item.locator(".head code").inner_text(),
            item.locator("p").nth(1).inner_text(),
        )
        for item in reasons.all()
    ]
    assert sorted(read) == sorted((item["partner_id"], item["rationale"]) for item in said)
    others = [item["partner_id"] for item in said if item["change"] is None]
    assert [partner for partner, _ in read][: len(others)] == others  # strongest first

    best = said[0]
    reader.follow(f"evidence and history of the alignment with {best['partner_id']}", most=40)
    assert best["rationale"] in reader.page.locator("main").inner_text()


def test_one_finds_the_competencies_that_nothing_reaches_strongly(
    reader: Reader, server: Server
) -> None:
    reader.follow("Analytics", most=8)
    reader.follow("What nothing reaches strongly", most=30)
    rows = [row for row in reader.rows("#gaps table") if row["Framework"] == "isp-2020"]
    read = list(dict.fromkeys(row["Id"] for row in rows))

    pair = {"from": "epas-2022", "to": "isp-2020"}
    said = server.get("/api/v1/analytics/gaps", params={**pair, "min_strength": "strong"}).json()
    assert said["says"] in reader.page.locator("main").inner_text()
    assert read == [gap["id"] for gap in said["sides"][1]["gaps"]]
    strong = every(
        server,
        "/api/v1/alignments",
        **pair,
        verdict="aligned",
        strength="strong",
        level="competency",
    )
    reached = {item["object_id"] for item in strong}
    listed = every(server, "/api/v1/frameworks/isp-2020/competencies", level="competency")
    assert read == [item["id"] for item in listed if item["id"] not in reached]


def test_one_filters_the_matrix_by_an_aim(reader: Reader, server: Server) -> None:
    reader.follow("Crosswalks", most=4)
    reader.follow("EPAS 2022 to ISP profile v4.0", most=20)
    reader.reach("Serving", most=30)
    reader.choose("Poverty")
    with reader.page.expect_navigation():
        reader.reach("Show", most=8)
        reader.press("Enter")
    assert "aim=poverty" in reader.page.url

    left = reader.page.locator("td.aligned:not(.left-out) a").all()
    read = [str(cell.get_attribute("aria-label")).partition(": aligned")[0] for cell in left]
    said = every(
        server,
        "/api/v1/alignments",
        **{"from": "epas-2022", "to": "isp-2020"},
        verdict="aligned",
        aim="poverty",
        level="competency",
    )
    pairs = {f"{item['subject_id']} and {item['object_id']}" for item in said}
    assert set(read) == pairs
    summary = f"The filters leave {len(said)} of the 63 aligned pairs."
    assert summary in reader.page.locator("main").inner_text()


def test_one_sees_what_changed_between_two_editions(reader: Reader, server: Server) -> None:
    reader.follow("Questions", most=8)
    reader.reach("Compare", most=22)
    reader.press("Enter")
    reader.follow("What changed, statement by statement, from one edition to the next?", most=8)
    for field, edition in (("From", "epas-2015"), ("To", "epas-2022")):
        reader.reach(field, most=20)
        reader.choose(edition)
    reader.reach("Ask", most=1)
    with reader.page.expect_navigation():
        reader.press("Enter")
    editions = {"from": "epas-2015", "to": "epas-2022"}
    changes = every(server, "/api/v1/queries/compare-editions", **editions)
    told = ("Competency", "Successor", "Change", "Rationale")
    assert [[row[head] for head in told] for row in reader.rows("table.answer")] == [
        [item[head.lower()] for head in told] for item in changes
    ]

    reader.follow("Analytics", most=8)
    reader.follow("Editions side by side", most=30)
    said = server.get(
        "/api/v1/analytics/coverage",
        params={"from": "epas-2022", "to": "isp-2020", "editions": "true"},
    ).json()
    assert said["says"] in reader.page.locator("main").inner_text()
    assert [
        (row["Edition"], row["Regime"], int(row["Reached"]), int(row["Total"]))
        for row in reader.rows("#coverage table")
    ] == [
        (one["edition"], one["regime"], one["coverage"]["reached"], one["coverage"]["total"])
        for one in said["editions"]
    ]


def test_one_analyzes_the_worked_example_and_takes_the_word_file(
    reader: Reader, server: Server
) -> None:
    reader.follow("Plan", most=6)
    reader.follow("Show the worked example", most=20)
    raw = {"content": EXAMPLE.read_bytes(), "headers": {"content-type": "application/octet-stream"}}
    said = server.request(
        "POST", f"/api/v1/course-plans/analysis?name={EXAMPLE.name}", **raw
    ).json()
    shares, reach = said["coverage"]["shares"], said["reach"]
    tiles = [text.split()[0] for text in reader.page.locator(".tiles li").all_inner_texts()]
    assert tiles[:4] == [
        f"{shares[0]['covered']}/{shares[0]['total']}",
        f"{shares[1]['covered']}/{shares[1]['total']}",
        f"{reach['reached']}/{reach['total']}",
        str(len(said["gaps"])),
    ]
    reader.reach("Take it with you", most=40)
    reader.press("Enter")
    reader.reach("Word", most=8)
    with reader.page.expect_download() as download:
        reader.press("Enter")
    assert download.value.suggested_filename == "curriculum-matrix.docx"
    document = server.request(
        "POST", f"/api/v1/course-plans/matrix?format=docx&name={EXAMPLE.name}", **raw
    )
    assert parts(download.value.path().read_bytes(), "plan.json") == parts(
        document.content, EXAMPLE.name
    )


def test_one_asks_a_question_of_ones_own_and_edits_its_sparql(
    reader: Reader, server: Server
) -> None:
    page = reader.page
    reader.follow("Questions", most=8)
    reader.reach("Find what fits", most=18)
    reader.press("Enter")
    reader.follow("What does one competency align with in other frameworks, and why?", most=4)
    reader.reach("Competency", most=20)
    reader.type("epas-2022:2")
    with page.expect_navigation():
        reader.press("Enter")
    said = every(server, "/api/v1/queries/find-alignments", competency="epas-2022:2")
    assert [row["Partner"] for row in reader.rows("table.answer")] == [
        item["partner"] for item in said
    ]

    reader.follow("open in the SPARQL editor", most=200)
    if reader.scripted:
        page.locator("#editor .CodeMirror").wait_for()
        reader.reach("Use a plain text field", most=20)
        reader.press("Enter")
        assert reader.name() == "Query"
    else:
        reader.reach("Query", most=20)
    assert (
        "VALUES ?competency { <https://w3id.org/competency-crosswalk/id/epas-2022/2> }"
        in page.locator("#query").input_value()
    )
    reader.press("Control+End")
    reader.type("LIMIT 3")
    if reader.scripted:
        reader.reach("Use a plain text field", most=8)
        reader.press("Enter", "Control+Enter")
        page.locator("#said", has_text="3 rows stand below").wait_for()
        shown = page.locator("#results tbody").inner_text()
    else:
        reader.reach("Run", most=3)
        with page.expect_navigation():
            reader.press("Enter")
        assert page.locator("#answer tbody tr").count() == 3
        shown = page.locator("#answer tbody").inner_text()
    places = [shown.index(item["partner_label"]) for item in said[:3]]
    assert places == sorted(places)
    assert not [item for item in said[3:] if item["rationale"] in shown]


def test_no_page_asks_anything_of_another_host(browser: Browser, server: Server) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(PATIENCE_SECONDS * 1000)
    asked: list[str] = []
    elsewhere: list[str] = []

    def guard(route: Any) -> None:
        url = route.request.url
        asked.append(url)
        if url.startswith(f"{server.url}/"):
            route.continue_()
        else:
            elsewhere.append(f"{page.url} asks for {url}")
            route.abort()

    context.route("**/*", guard)
    page.on("websocket", lambda socket: elsewhere.append(f"{page.url} opens {socket.url}"))
    # What the policy of a page forbids is never sent, but was wanted.
    page.on(
        "console",
        lambda said: elsewhere.append(said.text) if "Content Security" in said.text else None,
    )
    for path, drawn in KINDS.items():
        page.goto(server.url + path)
        page.locator(drawn).first.wait_for()
    assert len(asked) > 2 * len(KINDS)  # the guard saw pages with their assets
    assert elsewhere == []
    context.close()
