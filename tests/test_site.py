"""The reading side as one file: complete, without a network, with the answers of the service."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlencode, urlsplit

import pytest
from click.testing import CliRunner

from api.cli import cli
from api.pages.values import shown
from api.service import Service
from api.site import rewrite, write_site
from graph.settings import Settings
from tests.browser import chromium
from tests.test_pages_browser import AXE, TAGS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.http_server import Server

pytest_plugins = ("tests.http_server",)

HTML = {"accept": "text/html"}


@pytest.fixture(scope="module")
def service() -> Service:
    return Service.load(Settings())


@pytest.fixture(scope="module")
def file(service: Service, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("site") / "crosswalk.html"
    path.write_bytes(write_site(service))
    return path


@pytest.fixture(scope="module")
def text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


# ---- what it holds -------------------------------------------------------------------------


def test_every_framework_statement_crosswalk_verdict_and_question_is_in_it(
    service: Service, text: str
) -> None:
    catalogue = service.catalogue
    wanted = {"/", "/about", "/crosswalks", "/frameworks", "/query", "/contents", "/search"}
    wanted |= {f"/frameworks/{key}" for key in catalogue.frameworks}
    wanted |= {f"/competencies/{key}" for key in catalogue.competencies}
    wanted |= {f"/alignments/{key}" for key in catalogue.alignments}
    wanted |= {f"/query/{key}" for key in service.queries}
    for found in catalogue.crosswalks.values():
        ends = found.subject_framework, found.object_framework
        wanted |= {f"/crosswalks/{ends[0]}/{ends[1]}", f"/crosswalks/{ends[1]}/{ends[0]}"}
    assert set(re.findall(r'<section class="page [^"]*" id="([^"]+)"', text)) == wanted


def test_no_link_is_dead_and_no_id_stands_twice(text: str) -> None:
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    known = set(ids)
    addresses = re.findall(r' href="([^"]+)"', text)
    assert len(addresses) > 5_000
    for address in addresses:
        if address.startswith("#"):
            assert unquote(address[1:]) in known, address
        else:
            assert urlsplit(address).scheme in ("data", "https", "http"), address
    for attribute in ("for", "aria-describedby", "aria-controls", "aria-labelledby"):
        for names in re.findall(rf' {attribute}="([^"]+)"', text):
            assert set(names.split()) <= known, names


def test_what_only_a_service_can_do_is_left_out_or_linked_to_a_public_one(text: str) -> None:
    served = Service.load(Settings(public_url="https://crosswalk.example.org/"))
    page = write_site(served).decode()
    assert 'href="https://crosswalk.example.org/plan?add=epas-2022:7"' in page
    assert 'href="https://crosswalk.example.org/api/v1/competencies/epas-2022:7/alignments"' in page
    for words in (
        "Add to a course plan",
        "Other forms",
        "By program",
        "open in the SPARQL",
        "CSV</a>",
    ):
        assert words not in text, words
    assert "crosswalk.example.org" not in text


def test_the_file_is_the_same_whenever_it_is_written(file: Path, tmp_path: Path) -> None:
    target = tmp_path / "crosswalk.html"
    result = CliRunner().invoke(cli, ["site", "--output", str(target)])
    assert result.exit_code == 0
    assert target.read_bytes() == file.read_bytes()
    assert "MB" in result.stderr


def test_nothing_in_the_file_ends_a_script_early_and_the_policy_names_every_script(
    text: str,
) -> None:
    assert len(re.findall("<script", text)) == len(re.findall("</script>", text)) == 6
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', text)
    assert policy
    directives = dict(part.split(" ", 1) for part in policy[1].replace("&#39;", "'").split("; "))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"].count("sha256-") == 3
    assert "unsafe-inline" not in policy[1]
    assert "connect-src" not in directives


def test_markup_in_the_text_of_a_page_stays_text() -> None:
    written = rewrite(
        '<h1 id="a">&lt;script&gt; &amp; &#34;</h1><a href="/x?a=1&amp;b=2">x</a>'
        '<a href="/gone" title="&lt;">y</a>',
        "s1-",
        lambda href: None if href == "/gone" else (f"#{href}", ""),
    )
    assert written == (
        '<h2 id="s1-a">&lt;script&gt; &amp; &#34;</h2><a href="#/x?a=1&amp;b=2">x</a>'
        '<span title="&lt;">y</span>'
    )


def test_an_element_that_is_left_out_must_end() -> None:
    with pytest.raises(ValueError, match="has no end"):
        rewrite('<p class="downloads"><b>x</p>', "s1-", lambda href: (href, ""))


def test_the_service_gives_the_file_to_download(server: Server) -> None:
    answer = server.get("/site.html")
    assert answer.headers["content-disposition"] == 'attachment; filename="crosswalk.html"'
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.text.count('<section class="page ') > 400
    again = server.get("/site.html", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
    assert '<a href="/site.html" download>' in server.get("/", headers=HTML).text


# ---- in a browser without a network --------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def _open(browser: Browser, file: Path, fragment: str = "", **context: Any) -> Page:
    """The file from disk, offline; whatever it complains of or asks for is a fault."""
    page = browser.new_context(offline=True, **context).new_page()
    page.set_default_timeout(10_000)
    faults: list[str] = []
    page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    local = ("file:", "data:", "blob:")
    page.on("request", lambda r: None if r.url.startswith(local) else faults.append(r.url))
    page.goto(file.as_uri() + fragment)
    page.faults = faults  # type: ignore[attr-defined]
    return page


def _close(page: Page) -> None:
    assert page.faults == []  # type: ignore[attr-defined]
    page.context.close()


def _written(twin: dict[str, Any], column: str, value: Any) -> str:
    """A cell as the page of the service writes it."""
    title = twin["titles"].get(column, {}).get(value)
    return f"{value} {title}" if title else twin["words"].get(value) or shown(value)


def test_every_question_has_the_rows_of_the_service_in_their_order(
    browser: Browser, service: Service, server: Server, file: Path
) -> None:
    page = _open(browser, file)
    for name, query in service.queries.items():
        asked = urlencode({p.name: p.example for p in query.params if p.example}, doseq=True)
        twin = server.get(f"/query/{name}.json?{asked}").json()
        keys = [column["key"] for column in twin["columns"]]
        wanted = [[_written(twin, key, item[key]) for key in keys] for item in twin["items"]]
        page.evaluate("hash => { location.hash = hash }", f"/query/{name}?{asked}")
        current = page.locator(f"section.page.current[id='/query/{name}']")
        current.locator("section:not([aria-busy]) button", has_text="Save as CSV").wait_for()
        found = current.locator("table.answer tbody tr").evaluate_all(
            "rows => rows.map((row) => [...row.cells].map((cell) => cell.textContent))"
        )
        assert found == wanted, name
    _close(page)


@pytest.mark.parametrize(
    "asked",
    [
        "find-labels?text=%5Cu0022%29+.+%7D",
        "find-labels?text=%22+%7D+UNION+%7B+%3Fs+%3Fp+%3Fo",
        "find-rationales?text=power",
        "find-alignments?competency=epas-2022:7&min_confidence=0.6&strength=strong&strength=weak",
        "find-gaps?from=epas-2022&to=tci-2024&at_least=moderate&level=behavior",
    ],
)
def test_any_values_are_bound_as_the_service_binds_them(
    browser: Browser, server: Server, file: Path, asked: str
) -> None:
    name, _, query = asked.partition("?")
    twin = server.get(f"/query/{name}.json?{query}").json()
    page = _open(browser, file, f"#/query/{asked}")
    page.locator("#said", has_text=re.compile(r"^\d+ rows?\.$")).wait_for(state="attached")
    assert page.locator(".page.current pre.sparql code").text_content() == twin["sparql"]
    assert page.locator(".page.current table.answer tbody tr").count() == twin["total"]
    _close(page)


def test_a_value_that_cannot_be_is_said_in_place(browser: Browser, file: Path) -> None:
    page = _open(browser, file, "#/query/find-alignments?competency=epas-2022:77")
    page.locator(".page.current .note", has_text="There is no competency “epas-2022:77”").wait_for()
    _close(page)


def test_one_page_shows_at_a_time_with_its_title_and_the_way_back(
    browser: Browser, file: Path
) -> None:
    page = _open(browser, file)
    assert page.title() == "Competency crosswalk"
    page.locator(".page.current td a[aria-label^='epas-2022:2 and isp-2020:1.3']").click()
    page.locator(".page.current h2", has_text="and isp-2020:1.3 Addressing power").wait_for()
    assert page.locator(".page:visible").count() == 1
    assert page.title().startswith("epas-2022:2 Advance Human Rights and Social")
    page.locator(".page.current h2:focus").wait_for()
    page.go_back()
    page.locator(".page.current[id='/']").wait_for()
    assert page.title() == "Competency crosswalk"
    _close(page)


def test_a_question_is_asked_and_a_word_searched_with_the_keyboard(
    browser: Browser, file: Path
) -> None:
    page = _open(browser, file, "#/query/find-gaps")
    page.locator(".page.current select[name='at_least']").select_option("moderate")
    page.locator(".page.current form button").press("Enter")
    page.locator(".page.current button", has_text="Save as CSV").wait_for()
    assert "at_least=moderate" in page.url
    page.fill("#words", "supervision nowhere")
    page.keyboard.press("Enter")
    page.locator("#found", has_text="0 pages").wait_for()
    page.fill("#words", "SUPERVISION")
    page.keyboard.press("Enter")
    page.locator("#hits a").first.press("Enter")
    page.wait_for_function("!document.querySelector('.page.current').id.startsWith('/search')")
    assert page.locator(".page.current h2:visible").count() == 1
    _close(page)


def test_the_file_reads_without_script(browser: Browser, file: Path) -> None:
    page = _open(browser, file, java_script_enabled=False)
    assert page.locator("h1").count() == 1
    page.locator("summary", has_text="Statements of epas-2022").click()
    page.locator("[id='/contents'] a[href='#/competencies/epas-2022:7']").click()
    assert page.locator("[id='/competencies/epas-2022:7']").is_visible()
    assert page.locator("[id='/query/find-gaps'] table.answer").is_visible()
    assert not page.locator("[id='/query/find-gaps'] form").is_visible()
    assert not page.locator("#search").is_visible()
    _close(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "fragment", ["", "#/contents", "#/competencies/epas-2022:7", "#/query/find-gaps"]
)
def test_no_page_of_the_file_breaks_a_rule_of_accessibility(
    browser: Browser, file: Path, fragment: str, theme: str
) -> None:
    page = _open(browser, file, fragment, color_scheme=theme, bypass_csp=True)
    page.add_script_tag(content=AXE.read_text(encoding="utf-8"))
    # Nobody sees the other pages; axe would take its time to find that out of each of their parts.
    page.evaluate("document.querySelectorAll('.page:not(.current)').forEach(it => it.remove())")
    found = page.evaluate("tags => axe.run({runOnly: {type: 'tag', values: tags}})", TAGS)
    faults = [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
    assert not faults, "\n".join(faults[:20])
    page.context.close()


def test_the_file_never_scrolls_sideways(browser: Browser, file: Path) -> None:
    page = _open(browser, file, viewport={"width": 320, "height": 256})
    for fragment in ("/", "/contents", "/competencies/epas-2022:7", "/query/find-gaps"):
        page.evaluate("hash => { location.hash = hash }", fragment)
        page.locator(f".page.current[id='{fragment}']").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, fragment
    _close(page)
