"""Pages on paper: nothing is cut off, nothing is there to press, and a sheet can be cited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.browser import chromium
from tests.http_server import PATIENCE_SECONDS
from tests.test_pages_browser import LATE, PAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from tests.http_server import Server

pytest_plugins = ("tests.http_server",)

#: Width of the text of a sheet in CSS pixels, 96 an inch: the sheet without the margins of the
#: style sheet, 13 mm on either side.
SHEETS: Final = {"A4": (210 - 26) / 25.4 * 96, "Letter": 8.5 * 96 - 26 / 25.4 * 96}

#: What is wider than the sheet, or begins before it.
_CUT: Final = """width => [...document.querySelectorAll("body *")]
  .filter(part => part.checkVisibility())
  .filter(part => !part.classList.contains("unseen"))
  .filter(part => { const box = part.getBoundingClientRect();
    return box.width && (box.right > width + 0.5 || box.left < -0.5); })
  .map(part => `${part.tagName} ${part.className} ${part.getBoundingClientRect().right}`)"""

#: What one can only use on a screen.
_CONTROLS: Final = """() => [...document.querySelectorAll(
    "nav, form, button, input, select, textarea, canvas, [role=button], [role=search]")]
  .filter(part => part.checkVisibility())
  .map(part => part.outerHTML.slice(0, 80))"""

#: What is folded up though it is shown.
_FOLDED: Final = """() => [...document.querySelectorAll("details > :not(summary)")]
  .filter(part => part.parentElement.checkVisibility() && !part.matches(".downloads, .on-screen"))
  .filter(part => !part.checkVisibility({ contentVisibilityAuto: true }))
  .map(part => part.outerHTML.slice(0, 80))"""


@pytest.fixture(scope="module")
def paper() -> Iterator[Page]:
    """A page of a browser that shows what it would print."""
    with chromium() as browser:
        page = browser.new_page(reduced_motion="reduce")
        page.set_default_timeout(PATIENCE_SECONDS * 1000)
        yield page


def _print(page: Page, server: Server, path: str) -> None:
    """Opens a page on a laptop and turns to what its printer would get."""
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(server.url + path)
    page.locator(LATE.get(path, "main")).first.wait_for()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")


@pytest.mark.parametrize("path", PAGES)
def test_a_printed_page_is_whole_without_controls_and_says_where_it_is_from(
    paper: Page, server: Server, path: str
) -> None:
    _print(paper, server, path)
    for sheet, width in SHEETS.items():
        paper.set_viewport_size({"width": int(width), "height": 1000})
        assert paper.evaluate(_CUT, int(width)) == [], sheet
    assert paper.evaluate(_CONTROLS) == []
    assert paper.evaluate(_FOLDED) == []
    release = server.get("/api/v1/frameworks").json()["release"]
    line = paper.locator(".printed")
    assert line.is_visible()
    assert f"release {release[:12]}" in line.inner_text()
    assert paper.url in line.inner_text()
    assert paper.locator("main h1").first.is_visible()
