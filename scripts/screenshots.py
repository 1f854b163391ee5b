"""Take pictures of the pages: on a laptop, on a telephone and on paper.

Into a folder, `python -m scripts.screenshots FOLDER`: every page below in whole length, at 1440
and 390 pixels and printed as PDF, and some in dark. With `--set docs/pictures/pages` only the few
that `docs/pages.md` shows, a screen each. Names after `--only` keep to those pages.

The server is one of our own with the data of the checkout, and needs no network; the browser is
that of the tests.
"""

from __future__ import annotations

import argparse
import struct
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from graph.terms import shipped_data
from tests.browser import chromium
from tests.http_server import PATIENCE_SECONDS, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

#: Every kind of page, by the name of its pictures.
PAGES: Final = {
    "home": "/",
    "search": "/search?q=power",
    "frameworks": "/frameworks",
    "framework": "/frameworks/epas-2022",
    "competency": "/competencies/epas-2022:7",
    "crosswalks": "/crosswalks",
    "matrix": "/crosswalks/epas-2022/isp-2020",
    "matrix-cell": (
        "/crosswalks/epas-2022/isp-2020?cell=epas-2022:7+isp-2020:2.1&regime=practice#cell"
    ),
    "matrix-behaviors": "/crosswalks/epas-2022/isp-2020?rows=behavior&within=epas-2022:7",
    "alignment": "/alignments/epas-2015:2/isp-2020:1.3",
    "graph": "/graph",
    "graph-focus": "/graph?focus=epas-2022:7",
    "graph-path": "/graph?group=theme&a=epas-2015:2&b=isp-2020:1.3&verdict=any",
    "analytics": "/analytics",
    "coverage": "/analytics/coverage",
    "gaps": "/analytics/gaps",
    "core": "/analytics/core",
    "centrality": "/analytics/centrality",
    "agenda": "/analytics/agenda",
    "paths": "/analytics/paths?a=epas-2015:2&b=isp-2020:1.3",
    "plan": "/plan?add=epas-2022:7",
    "plan-example": "/plan?example=msw-2022",
    "questions": "/query",
    "question": "/query/count-by-competency",
    "question-form": "/query/find-alignments?competency=epas-2022:7",
    "sparql": "/query/sparql",
    "about": "/about",
    "releases": "/releases",
    "api": "/docs",
    "missing": "/competencies/epas-2022:77",
}

#: What a page draws only after it has loaded, and what tells that it is there.
LATE: Final = {
    "api": "#documentation .opblock",
    "graph": "canvas",
    "graph-focus": "canvas",
    "graph-path": "canvas",
}

#: Pages that are also looked at in dark.
DARK: Final = ("home", "matrix-cell", "coverage", "plan-example")

_EDGES: Final = ("top", "right", "bottom", "left")


@dataclass(frozen=True)
class Shot:
    """A picture to take: of what, how wide (CSS pixels), and as what."""

    name: str
    page: str
    width: int = 1440
    height: int = 900
    dark: bool = False
    #: Printed, as a PDF: it breaks into sheets and has no backgrounds, as a printer has it.
    paper: bool = False
    whole: bool = True
    #: What stands at the upper edge of a picture of one screen; the top of the page if empty.
    at: str = ""


#: The pictures of `docs/pages.md`.
SET: Final = (
    Shot("home", "home", whole=False),
    Shot("matrix-cell", "matrix-cell", 1380, 640, whole=False, at=".beside"),
    Shot("competency", "competency", height=800, whole=False),
    Shot("graph", "graph-focus", height=680, whole=False, at=".net"),
    Shot("coverage", "coverage", whole=False, at="#answer"),
    Shot("plan-example", "plan-example", height=800, whole=False, at="#analysis-title"),
    Shot("question", "question", whole=False),
    Shot("telephone", "home", 390, 844, whole=False),
    Shot("dark", "home", height=800, dark=True, whole=False),
)


def main(arguments: list[str]) -> None:
    """Take the pictures that the words of the command ask for, and name their files."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--set", action="store_true", help="only the pictures of docs/pages.md")
    parser.add_argument("--only", nargs="+", choices=sorted(PAGES), default=sorted(PAGES))
    words = parser.parse_args(arguments)
    shots = SET if words.set else tuple(_every())
    words.folder.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory() as scratch,
        running(shipped_data(), Path(scratch) / "log.txt") as server,
        chromium() as browser,
    ):
        for shot in shots:
            if shot.page in words.only:
                path = words.folder / f"{shot.name}.{'pdf' if shot.paper else 'png'}"
                _take(browser, server.url, shot, path)
                sys.stdout.write(f"{path} {path.stat().st_size // 1000} kB\n")


def _every() -> Iterator[Shot]:
    for name in PAGES:
        yield Shot(f"{name}-1440", name)
        yield Shot(f"{name}-390", name, 390, 844)
        yield Shot(f"{name}-paper", name, paper=True)
    for name in DARK:
        yield Shot(f"{name}-dark", name, dark=True)


def _take(browser: Browser, url: str, shot: Shot, path: Path) -> None:
    page = browser.new_page(
        viewport={"width": shot.width, "height": shot.height},
        color_scheme="dark" if shot.dark else "light",
        reduced_motion="reduce",
    )
    page.set_default_timeout(PATIENCE_SECONDS * 1000)
    page.goto(url + PAGES[shot.page], wait_until="load")
    page.locator(LATE.get(shot.page, "main")).first.wait_for()
    if shot.at:
        page.locator(shot.at).evaluate("part => part.scrollIntoView()")
    if shot.paper:
        page.pdf(path=path, format="A4", margin=dict.fromkeys(_EDGES, "15mm"))
    else:
        path.write_bytes(_packed(page.screenshot(full_page=shot.whole, animations="disabled")))
    page.close()


def _packed(png: bytes) -> bytes:
    """A PNG with the same points, compressed as far as zlib can; browsers hurry."""
    chunks, at = [], 8  # a chunk: length, type, data, checksum (PNG, 3rd edition, section 5.3)
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        chunks.append((png[at + 4 : at + 8], png[at + 8 : at + 8 + length]))
        at += 12 + length
    points = zlib.decompress(b"".join(data for name, data in chunks if name == b"IDAT"))
    header = next(data for name, data in chunks if name == b"IHDR")
    kept = [(b"IHDR", header), (b"IDAT", zlib.compress(points, 9)), (b"IEND", b"")]
    return png[:8] + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in kept
    )


if __name__ == "__main__":
    main(sys.argv[1:])
