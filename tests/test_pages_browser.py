"""Pages in a real browser: accessible, usable with the keyboard, readable at any width."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import pytest

from tests.browser import SCREENS, chromium
from tests.http_server import PATIENCE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.http_server import Server

pytest_plugins = ("tests.http_server",)

AXE = Path(__file__).parent.parent / ".venv-outside/node_modules/axe-core/axe.min.js"

#: A page of each kind, and states of pages that look different.
PAGES = (
    "/",
    "/search?q=power",
    "/frameworks",
    "/frameworks/isp-2020",
    "/competencies/epas-2022:7",
    "/plan?add=epas-2022:7",
    "/plan?example=msw-2022",
    "/crosswalks",
    "/crosswalks/epas-2022/isp-2020?cell=epas-2022:7+isp-2020:2.1&regime=practice",
    "/crosswalks/epas-2022/isp-2020?rows=behavior&within=epas-2022:7",
    "/alignments/epas-2015:2/isp-2020:1.3",
    "/graph",
    "/graph?group=theme&a=epas-2015:2&b=isp-2020:1.3&verdict=any",
    "/analytics",
    "/analytics/coverage",
    "/analytics/paths?a=epas-2015:2&b=isp-2020:1.3",
    "/about",
    "/query",
    "/query/count-by-competency",
    "/query/find-alignments?competency=epas-2022:77",
    "/query/sparql",
    "/query/sparql?run=yes&query=SELECT+%3Fc+%3Fl+%7B+%3Fc+skos%3AprefLabel+%3Fl+%7D+LIMIT+9",
    "/docs",
    "/nothing-is-here",
)

#: Tools of others within our pages; what is known of them stands on the pages.
NOT_OURS = ["#documentation", "#editor", "#results"]

#: What a page draws only after it has loaded, and what tells that it is there.
LATE = {"/docs": "#documentation .opblock"}

#: What WCAG 2.2 asks at levels A and AA, as far as a program can tell.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


#: Colours as a reader's machine asks for them.
THEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def _open(browser: Browser, server: Server, path: str, **context: Any) -> Page:
    page = browser.new_context(**context).new_page()
    page.set_default_timeout(PATIENCE_SECONDS * 1000)
    faults: list[str] = []
    page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(server.url + path)
    assert [f for f in faults if "404" not in f] == []
    return page


@pytest.mark.parametrize("path", PAGES)
def test_no_page_breaks_a_rule_of_accessibility_in_the_light_or_the_dark(
    browser: Browser, server: Server, path: str
) -> None:
    page = _open(browser, server, path, bypass_csp=True)
    page.locator(LATE.get(path, "main")).first.wait_for()
    page.add_script_tag(content=AXE.read_text(encoding="utf-8"))
    options = json.dumps({"runOnly": {"type": "tag", "values": TAGS}})
    ours = json.dumps({"exclude": [[part] for part in NOT_OURS]})
    faults, papers = [], []
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        papers.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        found = page.evaluate(f"axe.run({ours}, {options})")
        faults += [
            f"{theme}: {rule['id']}: {node['target']} {node['failureSummary']}"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]
    assert not faults, "\n".join(faults)
    assert papers[0] != papers[1]  # it was looked at in both
    page.context.close()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_never_scrolls_sideways(browser: Browser, server: Server, path: str) -> None:
    """Only tables do, inside themselves (WCAG 2.2, 1.4.10 Reflow)."""
    page = _open(browser, server, path)
    for screen, (width, height) in SCREENS.items():
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("innerWidth") == width
        assert page.evaluate("document.documentElement.scrollWidth") <= width, screen
    page.context.close()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_reads_without_script(browser: Browser, server: Server, path: str) -> None:
    page = _open(browser, server, path, java_script_enabled=False)
    assert page.locator("main h1").count() == 1
    assert page.locator("main").inner_text().strip()
    page.context.close()


def test_the_first_stop_of_the_keyboard_skips_to_the_content(
    browser: Browser, server: Server
) -> None:
    page = _open(browser, server, "/competencies/epas-2022:7")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    page.locator("#main:focus").wait_for()
    page.context.close()


def test_the_matrix_is_one_stop_and_arrow_keys_move_in_it(browser: Browser, server: Server) -> None:
    page = _open(browser, server, "/crosswalks/epas-2022/isp-2020")
    stops = page.locator("table[data-grid] td > [tabindex='0']")
    assert stops.count() == 1
    stops.focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    label = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert label.startswith("epas-2022:2 and isp-2020:1.3: aligned")
    page.keyboard.press("Enter")
    page.locator("#panel h2").wait_for()
    assert page.locator("#panel h2").inner_text() == "epas-2022:2 and isp-2020:1.3"
    assert "cell=epas-2022%3A2+isp-2020%3A1.3" in page.url
    page.context.close()


def test_a_cell_without_script_leads_to_the_same_verdict(browser: Browser, server: Server) -> None:
    page = _open(browser, server, "/crosswalks/epas-2022/isp-2020", java_script_enabled=False)
    page.locator("a[aria-label^='epas-2022:2 and isp-2020:1.3']").click()
    assert page.locator("#panel h2").inner_text() == "epas-2022:2 and isp-2020:1.3"
    page.context.close()


def test_the_search_answers_while_one_types(browser: Browser, server: Server) -> None:
    page = _open(browser, server, "/")
    page.locator("#home-search").press_sequentially("supervis")
    options = page.locator("#home-search-found [role='option']")
    options.first.wait_for()
    page.keyboard.press("ArrowDown")
    chosen = options.first.get_attribute("data-path")
    assert chosen
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{chosen}")
    page.context.close()


def test_whoever_filters_goes_on_from_the_field_that_was_used(
    browser: Browser, server: Server
) -> None:
    page = _open(browser, server, "/crosswalks/epas-2022/isp-2020")
    page.get_by_label("Who gains").click()
    with page.expect_navigation():
        page.get_by_label("Who gains").select_option("mutual")
    page.locator("#f-direction:focus").wait_for()
    assert page.evaluate("scrollY") == 0
    # A field that is left open again is not sent, and keeps the focus all the same.
    with page.expect_navigation():
        page.get_by_label("Who gains").select_option("")
    page.locator("#f-direction:focus").wait_for()
    page.reload()
    assert page.locator("#f-direction:focus").count() == 0
    page.get_by_label("Strength at least").click()
    with page.expect_navigation():
        page.get_by_label("Strength at least").select_option("strong")
    # Whoever comes by another way begins at the top.
    page.goto(page.url)
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    assert page.evaluate("sessionStorage.length") == 0
    page.context.close()


def test_filters_say_how_many_of_how_many_are_left(browser: Browser, server: Server) -> None:
    page = _open(browser, server, "/crosswalks/epas-2022/isp-2020")
    page.select_option("#f-min_strength", "strong")
    page.wait_for_url("**min_strength=strong**")
    assert "The filters leave 10 of the 63 aligned pairs." in page.locator("main").inner_text()
    assert page.url.endswith("min_strength=strong") or "aim=" not in page.url
    page.context.close()


def test_a_chosen_theme_stays(browser: Browser, server: Server) -> None:
    page = _open(browser, server, "/about", color_scheme="light")
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)
    page.get_by_role("button", name="Dark").click()
    dark = page.evaluate(background)
    assert dark != light
    page.reload()
    assert page.evaluate(background) == dark
    assert page.get_by_role("button", name="Light").is_visible()
    page.context.close()


def test_the_keyboard_walks_from_neighbor_to_neighbor_in_the_graph(
    browser: Browser, server: Server
) -> None:
    page = _open(browser, server, "/graph", reduced_motion="reduce")
    page.locator("#net canvas").first.wait_for()
    stops = page.locator("#nodes [tabindex='0']")
    assert stops.count() == 1
    stops.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    says = page.locator("#graph-status").inner_text()
    here = page.evaluate("document.activeElement.dataset.node")
    assert here.startswith("isp-2020:")
    assert f"{here} " in says
    assert "1 of 12 that epas-2022:3 is linked with. Linked with epas-2022:3: strong" in says
    page.keyboard.press("ArrowDown")
    assert "2 of 12 that epas-2022:3" in page.locator("#graph-status").inner_text()
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.dataset.node") == "epas-2022:3"
    page.keyboard.press("Enter")
    page.wait_for_url("**focus=epas-2022%3A3**")
    page.locator("#nodes [aria-current]").wait_for()
    assert page.locator("#nodes [data-node]").count() == 13
    says = "epas-2022:3 and its links: aligned with 12 of 15"
    page.locator("#graph-status", has_text=says).wait_for()
    page.go_back()
    page.locator("#nodes [data-node='epas-2022:9']").wait_for()
    page.context.close()


def test_a_path_is_asked_in_the_graph_and_stands_in_the_address(
    browser: Browser, server: Server
) -> None:
    page = _open(browser, server, "/graph")
    page.locator("#net canvas").first.wait_for()
    page.fill("#f-a", "epas-2015:2")
    page.fill("#f-b", "isp-2020:1.3")
    page.keyboard.press("Enter")
    page.wait_for_url("**a=epas-2015%3A2**")
    page.locator("#path").wait_for()
    assert "2 steps apart in all crosswalks" in page.locator("#explorer").inner_text()
    page.context.close()


def test_the_graph_without_script_is_a_picture_lists_and_a_table(
    browser: Browser, server: Server
) -> None:
    page = _open(browser, server, "/graph?focus=epas-2022:7", java_script_enabled=False)
    picture = page.locator("#drawing img")
    assert "epas-2022:7 and its links" in (picture.get_attribute("alt") or "")
    assert page.evaluate("document.querySelector('#drawing img').naturalWidth") > 0
    assert page.locator("#links tbody tr").count() == page.locator("#nodes a").count() - 1
    page.locator("#nodes a").nth(1).click()
    assert "focus=isp-2020%3A1.1" in page.url
    page.context.close()
