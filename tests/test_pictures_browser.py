"""Pictures in a real browser, with the widest font it has: no text is cut or lies on another."""

from __future__ import annotations

import base64
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from graph.analytics import pictures
from graph.analytics.centrality import centrality
from graph.analytics.communities import communities
from graph.analytics.coverage import coverage
from graph.analytics.edges import Edges, Selection
from graph.analytics.paths import paths
from graph.analytics.pictures.svg import FONTS
from graph.analytics.pictures.widths import width_of
from graph.analytics.registry import ANALYTICS
from tests.browser import chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from graph.catalogue import Catalogue

SW, ISP = "epas-2022", "isp-2020"

#: A question for every kind of picture, and those with the longest legends, titles and labels.
QUESTIONS: list[tuple[str, str | None, str | None, dict[str, Any]]] = [
    ("coverage", SW, ISP, {}),
    ("coverage", SW, ISP, {"level": "behavior"}),
    ("coverage", SW, ISP, {"editions": True}),
    ("coverage", "epas-2008", ISP, {"regime": "practice"}),
    ("gaps", "epas-2015", ISP, {"regime": "practice", "min_strength": "strong"}),
    ("core", ISP, SW, {}),
    ("centrality", SW, ISP, {"samples": 20}),
    ("centrality", SW, ISP, {"samples": 20, "measures": ("betweenness",)}),
    ("communities", SW, ISP, {"runs": 5}),
    ("paths", None, None, {"a": "epas-2015:2", "b": "isp-2020:1.3"}),
    ("similarity", SW, ISP, {}),
    ("suggestions", SW, ISP, {}),
    ("agenda", SW, ISP, {"most": 10}),
    ("consistency", SW, ISP, {}),
]

#: Fonts that a reader may have, those of greatest width first; the widest that is here is taken.
FAMILIES = ("DejaVu Sans", "Verdana", "Noto Sans", "Open Sans", "Liberation Sans", "sans-serif")

#: What is measured to find the widest.
SAMPLE = "Engage in Practice-Informed Research and Research-Informed Practice"

#: Half a pixel for rounding; of a line of text the upper and lower edge have no ink.
FRAME = 0.5
LINE = 2.5

#: Every text and every shape that can hold one, by its place in the picture.
MEASURE = """svg => {
  const whole = svg.getBoundingClientRect();
  const place = part => {
    const r = part.getBoundingClientRect();
    return [r.left - whole.left, r.top - whole.top, r.right - whole.left, r.bottom - whole.top];
  };
  const own = part => [...part.childNodes].filter(n => n.nodeType === 3).map(n => n.data).join("");
  return {
    whole: place(svg),
    boxes: [...svg.querySelectorAll("rect")].map(place),
    texts: [...svg.querySelectorAll("text")].map(part => ({
      words: own(part), place: place(part), length: part.getComputedTextLength(),
      size: Number(part.getAttribute("font-size")),
      bold: part.getAttribute("font-weight") === "bold",
    })),
  };
}"""

ADVANCES = """([font, characters]) => {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = font;
  return characters.map(character => pen.measureText(character).width);
}"""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with chromium() as browser:
        yield browser.new_page(viewport={"width": 1440, "height": 900})


@pytest.fixture(scope="module")
def widest(page: Page) -> str:
    """The family that needs most room of those that are here."""
    fonts = [f"bold 20px '{family}', serif" for family in FAMILIES[:-1]] + ["bold 20px sans-serif"]
    measured = [page.evaluate(ADVANCES, [font, [SAMPLE]])[0] for font in fonts]
    return FAMILIES[measured.index(max(measured))]


def faults(found: dict[str, Any]) -> Iterator[str]:
    """What a reader would see cut, outside, or on top of something else."""
    texts = found["texts"]
    _, _, width, height = found["whole"]
    for number, text in enumerate(texts):
        words, (left, top, right, bottom) = text["words"], text["place"]
        reckoned = width_of(words, text["size"], bold=text["bold"])
        if text["length"] > reckoned + FRAME:
            yield f"wider than reckoned ({text['length']:.1f}, {reckoned:.1f}): {words}"
        if left < 0 or top < 0 or right > width or bottom > height:
            yield f"outside: {words}"
        x, y = (left + right) / 2, (top + bottom) / 2
        for box in found["boxes"]:
            if box[0] < x < box[2] and box[1] < y < box[3] and not (
                box[0] - FRAME <= left and right <= box[2] + FRAME
                and box[1] - LINE <= top and bottom <= box[3] + LINE
            ):  # fmt: skip
                yield f"out of its box: {words}"
        for other in texts[number + 1 :]:
            place = other["place"]
            across = min(right, place[2]) - max(left, place[0])
            down = min(bottom, place[3]) - max(top, place[1])
            if across > FRAME and down > FRAME and min(across, down) > LINE:
                yield f"one on the other: {words} / {other['words']}"


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_all_text_is_inside_and_apart_in_the_widest_font(
    catalogue: Catalogue, page: Page, widest: str,
    question: tuple[str, str | None, str | None, dict[str, Any]],
) -> None:  # fmt: skip
    name, from_, to, options = question
    outcome = ANALYTICS[name].run(catalogue, from_, to, options)
    for kind in outcome.drawings:
        drawn = outcome.picture(kind)
        for family in (FONTS, f"'{widest}'"):
            page.set_content(drawn.replace(FONTS, family))
            found = page.locator("svg").evaluate(MEASURE)
            assert found["texts"]
            assert [*faults(found)] == [], (kind, family)


def test_titles_of_competencies_are_not_cut(catalogue: Catalogue) -> None:
    for from_, to in ((SW, ISP), (ISP, SW), ("epas-2015", ISP), (SW, "tci-2024")):
        outcome = ANALYTICS["coverage"].run(catalogue, from_, to, {"regime": "practice"})
        for kind in outcome.drawings:
            assert "…</text>" not in outcome.picture(kind), (from_, to, kind)


def test_long_titles_and_many_partners_stay_apart(page: Page, widest: str) -> None:
    """Titles of fifty words, words that do not break, and over a hundred partners."""
    size, others = 130, 12
    titles = ["Long " * 50, "W" * 300, "short"]
    every = [*range(size)]
    edges = replace(
        Edges.of_columns(
            Selection("left-" * 30, "right-" * 30),
            [f"a:{n}" for n in every], [f"b:{n}" for n in range(others)],
            [n for n in every for _ in range(others)], [m for _ in every for m in range(others)],
        ),
        titles=tuple(titles[n % 3] for n in range(size + others)),
    )  # fmt: skip
    drawn = {
        "matrix": pictures.matrix(edges, titles[0]),
        "bipartite": pictures.bipartite(edges, titles[1]),
        "chord": pictures.chord(edges, titles[0]),
        "bars": pictures.coverage_bars(coverage(edges), titles[0]),
        "ranks": pictures.rank_chart(centrality(edges, samples=2), titles[1]),
        "map": pictures.community_map(edges, communities(edges, runs=2), titles[0]),
        "ways": pictures.path_chart(paths(edges, "a:0", "b:11"), titles[0]),
        "ranking": pictures.ranking(
            "x", titles[0], titles[1],
            [pictures.Block(t, (pictures.Ranked("k", t, 1, t, t),)) for t in titles],
        ),
    }  # fmt: skip
    for kind, svg in drawn.items():
        page.set_content(svg.replace(FONTS, f"'{widest}'"))
        assert [*faults(page.locator("svg").evaluate(MEASURE))][:5] == [], kind


def test_no_character_is_wider_than_reckoned(page: Page, widest: str) -> None:
    characters = [chr(code) for code in (*range(0x20, 0x7F), *range(0xA1, 0x180))]
    characters += "–—‘’“”…•×≥≤漢"
    spec = find_spec("font_source_sans_pro")
    assert spec is not None
    assert spec.origin is not None
    files = Path(spec.origin).parent / "files"
    for bold in (False, True):
        weight = "bold" if bold else "normal"
        data = (files / f"SourceSansPro-{'Bold' if bold else 'Regular'}.ttf").read_bytes()
        page.evaluate(
            """async ([data, weight]) => {
              const face = new FontFace("Brought", `url(data:font/ttf;base64,${data})`, { weight });
              document.fonts.add(await face.load());
            }""",
            [base64.b64encode(data).decode(), weight],
        )
        for family in ("Brought", widest, "DejaVu Sans Condensed"):
            font = f"{weight} 100px '{family}', sans-serif"
            measured = page.evaluate(ADVANCES, [font, characters])
            wider = {
                character: width
                for character, width in zip(characters, measured, strict=True)
                if width > width_of(character, 100, bold=bold) + 0.1
            }
            assert wider == {}, font
