"""Pictures: the numbers in them are those of the tables, and no label can do harm."""

from __future__ import annotations

import re
import string
from collections import Counter
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.analytics import pictures
from graph.analytics.centrality import centrality
from graph.analytics.communities import communities
from graph.analytics.coverage import coverage, coverage_between
from graph.analytics.edges import STRENGTH_OF, Edges, Selection
from graph.analytics.editions import coverage_by_edition
from graph.analytics.paths import paths
from graph.analytics.pictures import png as png_module
from graph.analytics.pictures.parts import MOST
from graph.analytics.pictures.svg import LINE, SHADE, clean, wrap
from graph.analytics.pictures.widths import width_of
from graph.analytics.project import project_edges
from graph.analytics.whole import whole_graph
from graph.errors import NotAcceptableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.catalogue import Catalogue

SVG = "{http://www.w3.org/2000/svg}"

#: What a label must not be able to do.
HOSTILE = (
    '</text><script>alert("1")</script>&amp;\x00\x1b[2J\u202e\ud800 \'x\' onload="y" ]]> {{7*7}}'
)


def parsed(svg: str) -> ET.Element:
    """A picture, checked for what every picture must be."""
    root = ET.fromstring(svg)  # a document, or this raises
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert title.text
    assert desc is not None
    assert desc.text
    assert root.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
    allowed = {"svg", "title", "desc", "rect", "circle", "line", "path", "text"}
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in allowed
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            assert "href" not in name
            assert "url(" not in value
            assert not re.search(r"\b(nan|inf)\b", value)
    return root


def marked(root: ET.Element, *names: str) -> list[tuple[str, ...]]:
    """Values of the data attributes of all elements that have all of them."""
    keys = [f"data-{name}" for name in names]
    return [
        tuple(element.attrib[key] for key in keys)
        for element in root.iter()
        if all(key in element.attrib for key in keys)
    ]


def texts(root: ET.Element) -> list[str]:
    """All that is written, without what shows only when pointed at."""
    found = []
    for element in root.iter(f"{SVG}text"):
        hidden = "".join(t.tail or "" for t in element.findall(f"{SVG}title"))
        found.append((element.text or "") + hidden)
    return found


def lines_of(edges: Edges) -> Counter[tuple[str, ...]]:
    """Alignments as pictures mark them."""
    rows = zip(edges.left, edges.right, edges.weight, edges.derived, strict=True)
    return Counter(
        (edges.ids[left], edges.ids[right], STRENGTH_OF[int(weight)].value, str(derived).lower())
        for left, right, weight, derived in rows
    )


QUESTIONS: list[dict[str, Any]] = [
    {"from_": "epas-2022", "to": "isp-2020"},
    {"from_": "isp-2020", "to": "epas-2022"},
    {"from_": "epas-2022", "to": "isp-2020", "level": "behavior"},
    {"from_": "epas-2022", "to": "isp-2020", "min_strength": "strong"},
    {"from_": "epas-2022", "to": "isp-2020", "aim": "racial-equity"},
    {"from_": "epas-2015", "to": "isp-2020", "regime": "practice"},
    {"from_": "epas-2022", "to": "tci-2024"},
    {"from_": "epas-2008", "to": "isp-2020"},
    {"from_": "epas-2022", "to": "isp-2020", "level": "domain"},
]


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
@pytest.mark.parametrize("draw", [pictures.matrix, pictures.bipartite, pictures.chord])
def test_every_alignment_is_drawn_once_as_strong_as_it_is(
    catalogue: Catalogue, question: dict[str, Any], draw: Callable[..., str]
) -> None:
    edges = project_edges(catalogue, **question)
    root = parsed(draw(edges, "What one sees."))
    assert Counter(marked(root, "from", "to", "strength", "derived")) == lines_of(edges)


def test_a_matrix_has_a_cell_for_every_pair_and_tells_not_aligned_from_undecided(
    catalogue: Catalogue,
) -> None:
    whole = project_edges(catalogue, from_="epas-2022", to="isp-2020")
    root = parsed(pictures.matrix(whole, "x"))
    assert len({*marked(root, "from", "to")}) == len(marked(root, "from", "to")) == 9 * 15
    hints = [t.text or "" for t in root.iter(f"{SVG}title")]
    judged = sum(not a.aligned for a in whole.verdicts if ":P" not in a.object_id)
    not_aligned = [hint for hint in hints if ": not aligned, confidence" in hint]
    assert len(not_aligned) == 9 * 15 - len(whole) <= judged
    assert not any(hint.endswith(": undecided") for hint in hints)
    assert "undecided: nobody has judged" not in texts(root)

    older = project_edges(catalogue, from_="epas-2015", to="isp-2020", regime="practice")
    root = parsed(pictures.matrix(older, "x"))
    hints = [t.text or "" for t in root.iter(f"{SVG}title")]
    assert sum(hint.endswith(": undecided") for hint in hints) == 9 * 15 - len(older)
    assert sum("derived, needs review" in hint for hint in hints) == len(older)
    assert {"undecided: nobody has judged", "derived, needs review"} <= {*texts(root)}


def test_totals_of_a_matrix_are_those_of_the_coverage_table(catalogue: Catalogue) -> None:
    question = {"from_": "epas-2022", "to": "isp-2020"}
    found = coverage_between(catalogue, **question)
    root = parsed(pictures.matrix(project_edges(catalogue, **question), "x"))
    rows, columns = (
        [f"{s.partners}{of}{total}" for s in side.statements]
        for side, of, total in zip(found.sides, (" of ", "/"), (15, 9), strict=True)
    )
    written = texts(root)
    assert [text for text in written if text in {*rows}] == rows
    assert [text for text in written if text in {*columns}] == columns
    graph = parsed(pictures.bipartite(project_edges(catalogue, **question), "x"))
    assert marked(graph, "id", "partners") == [
        (s.id, str(s.partners)) for side in found.sides for s in side.statements
    ]


def test_coverage_bars_are_the_rows_of_the_table(catalogue: Catalogue) -> None:
    found = coverage_between(catalogue, from_="epas-2022", to="isp-2020")
    root = parsed(pictures.coverage_bars(found, "x"))
    drawn = marked(root, "framework", "by", "id", "reached", "total")
    assert drawn == [
        (framework, by, key or "", str(reached), str(total))
        for framework, by, key, _, total, reached, *_ in found.table()[1]
        if by != "statement"
    ]
    bars = {e.get("data-by"): e for e in root.iter() if e.get("data-by")}
    filled = [e for e in root.iter(f"{SVG}rect") if e.get("stroke-width") == "0.5"]
    whole = float(bars["all"].attrib["width"])
    shares = [row[6] for row in found.table()[1] if row[1] != "statement"]
    assert [float(e.attrib["width"]) / whole for e in filled] == pytest.approx(shares, abs=1e-4)
    for share in shares:
        assert f"{share:.0%}" in texts(root)


def test_edition_bars_are_the_rows_of_the_table(catalogue: Catalogue) -> None:
    found = coverage_by_edition(catalogue, from_="epas-2022", to="isp-2020")
    drawn = marked(parsed(pictures.edition_bars(found, "x")), "framework", "reached", "total")
    assert drawn == [
        *((r.edition, str(r.whole.reached), str(r.whole.total)) for r in found.rows),
        *((r.edition, str(r.other.reached), str(r.other.total)) for r in found.rows),
    ]


def test_ranks_and_intervals_are_those_of_the_table(catalogue: Catalogue) -> None:
    edges = project_edges(catalogue, from_="epas-2022", to="isp-2020")
    found = centrality(edges, samples=20)
    root = parsed(pictures.rank_chart(found, "x"))
    drawn = marked(root, "measure", "id", "rank", "low", "high")
    assert sorted(drawn) == sorted(
        (row[0], row[5], str(row[2]), str(row[3]), str(row[4])) for row in found.table()[1]
    )


def test_themes_and_their_alignments_are_those_of_the_table(catalogue: Catalogue) -> None:
    edges = project_edges(catalogue, from_="epas-2022", to="isp-2020")
    found = communities(edges, runs=5)
    root = parsed(pictures.community_map(edges, found, "x"))
    assert marked(root, "theme", "links", "outside") == [
        (str(c.number), str(c.links), str(c.outside)) for c in found.found
    ]
    assert {key for (key,) in marked(root, "id")} == {row[2] for row in found.table()[1]}
    assert Counter(marked(root, "from", "to", "strength", "derived")) == lines_of(edges)
    theme = {row[2]: row[0] for row in found.table()[1]}
    pale = sum(
        theme[e.attrib["data-from"]] != theme[e.attrib["data-to"]]
        for e in root.iter(f"{SVG}path")
        if e.get("stroke") == "#d4d4d4"
    )
    assert pale / len(edges) == pytest.approx(found.crossing, abs=1e-6)


def test_paths_are_drawn_step_by_step(catalogue: Catalogue) -> None:
    found = paths(whole_graph(catalogue, "competency"), "epas-2015:2", "isp-2020:1.3", k=2)
    root = parsed(pictures.path_chart(found, "x"))
    assert [key for (key,) in marked(root, "id")] == [n for path in found.found for n in path.nodes]
    written = " ".join(texts(root))
    for step in found.found[0].steps:
        assert " ".join(step.rationale.split()[:5]) in written


def test_the_members_of_a_core_stand_out(catalogue: Catalogue) -> None:
    edges = project_edges(catalogue, from_="epas-2022", to="isp-2020")
    root = parsed(pictures.bipartite(edges, "x", chosen={"epas-2022:4"}))
    coloured = {
        e.get("data-from") for e in root.iter(f"{SVG}path") if e.get("stroke") in {*LINE.values()}
    }
    assert coloured == {"epas-2022:4"}
    bold = [
        (e.find(f"{SVG}title"), e.text) for e in root.iter(f"{SVG}text") if e.get("font-weight")
    ]
    hints = {hint.text.partition(" ")[0] for hint, _ in bold if hint is not None and hint.text}
    reached = {edges.ids[r] for f, r in zip(edges.left, edges.right, strict=True)
               if edges.ids[f] == "epas-2022:4"}  # fmt: skip
    assert {"epas-2022:4"} <= hints <= {"epas-2022:4", *reached}


# ---- hostile, empty and large ------------------------------------------------------------


def hostile() -> nx.Graph:
    G = nx.Graph(selection=Selection(HOSTILE, "b", None))
    for side, prefix in enumerate("ab"):
        for number in range(3):
            key = f"{prefix}:{number}{HOSTILE if number == 0 else ''}"
            G.add_node(key, side=side, title=HOSTILE, framework=prefix, parent=HOSTILE)
    names = [*G]
    for one, other, strength in ((0, 3, "strong"), (1, 4, "weak"), (0, 5, "moderate")):
        G.add_edge(names[one], names[other], strength=strength, rationale=HOSTILE, confidence=0.5)
    return G


def everything(edges: Edges) -> dict[str, str]:
    """Each picture of a graph."""
    G = edges.graph()
    nodes = [*G]
    found = {
        "matrix": pictures.matrix(edges, HOSTILE),
        "bipartite": pictures.bipartite(edges, HOSTILE, chosen={*nodes[:1]}),
        "chord": pictures.chord(edges, HOSTILE),
        "bars": pictures.coverage_bars(coverage(edges), HOSTILE),
        "ranks": pictures.rank_chart(centrality(edges, samples=3), HOSTILE),
        "map": pictures.community_map(edges, communities(edges, runs=2), HOSTILE),
        "ranking": pictures.ranking(
            "x", HOSTILE, HOSTILE,
            [pictures.Block(HOSTILE, (pictures.Ranked(HOSTILE, HOSTILE, -1, HOSTILE, HOSTILE),))],
        ),
    }  # fmt: skip
    if nodes:
        found["ways"] = pictures.path_chart(paths(edges, nodes[0], nodes[-1]), HOSTILE)
    return found


def test_a_hostile_label_stays_text() -> None:
    for name, svg in everything(Edges.of(hostile())).items():
        root = parsed(svg)
        assert "<script" not in svg, name
        shown = "".join(texts(root)) + "".join(t.text or "" for t in root.iter(f"{SVG}title"))
        assert "</text><script>" in shown, name
        assert "\u202e" not in svg, name


def test_pictures_of_nothing_are_whole() -> None:
    empty = Edges.of_columns(Selection("a", "b"), [], [], [], [])
    lonely = Edges.of_columns(Selection("a", "b"), ["a:1"], ["b:1", "b:2"], [], [])
    for edges in (empty, lonely):
        for svg in everything(edges).values():
            parsed(svg)


def test_a_picture_of_many_statements_says_what_it_leaves_out() -> None:
    generator = np.random.default_rng(0)
    size = 3 * MOST
    left, right = generator.integers(0, size, 900), generator.integers(0, 20, 900)
    edges = Edges.of_columns(
        Selection("a", "b"), [f"a:{n}" for n in range(size)], [f"b:{n}" for n in range(20)],
        left, right,
    )  # fmt: skip
    root = parsed(pictures.matrix(edges, "x"))
    assert len({row for row, _ in marked(root, "from", "to")}) == MOST
    assert f"{MOST} of the {size} of a with most alignments" in " ".join(texts(root))
    degrees = Counter(left.tolist())
    drawn = {int(row.partition(":")[2]) for row, _ in marked(root, "from", "to")}
    assert min(degrees[n] for n in drawn) >= max(degrees[n] for n in range(size) if n not in drawn)
    for draw in (pictures.bipartite, pictures.chord):
        assert len({f for f, _ in marked(parsed(draw(edges, "x")), "from", "to")}) <= MOST


def test_the_same_numbers_give_the_same_bytes(catalogue: Catalogue) -> None:
    one, other = (
        everything(project_edges(catalogue, from_="epas-2022", to="isp-2020")) for _ in range(2)
    )
    assert one == other


# ---- text --------------------------------------------------------------------------------

WORDS = st.text(string.ascii_letters + " -äß漢", max_size=120)


@given(text=WORDS, width=st.floats(30, 300), most=st.integers(1, 5))
def test_wrapped_lines_fit_and_lose_nothing_without_a_sign(
    text: str, width: float, most: int
) -> None:
    lines = wrap(text, width, 12, most=most)
    assert len(lines) <= most
    assert all(width_of(line, 12) <= width for line in lines)
    whole = "".join(text.split())
    joined = "".join("".join(lines).split())
    assert joined == whole or (joined.endswith("…") and whole.startswith(joined[:-1].rstrip(",;")))


@given(st.text(max_size=50))
def test_any_text_can_stand_in_a_picture(text: str) -> None:
    element = ET.fromstring(f'<a b="{clean(text)}">{clean(text)}</a>')
    assert element.get("b") == element.text or not text


def _lightness(colour: str) -> float:
    """CIE L*, 0 black to 100 white: what a photocopy shows."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return float(116 * luminance ** (1 / 3) - 16)


@pytest.mark.parametrize(("colours", "least"), [(SHADE, 20), (LINE, 15)])
def test_strengths_are_told_apart_in_gray(colours: dict[str, str], least: float) -> None:
    strong, moderate, weak = (_lightness(colours[s]) for s in ("strong", "moderate", "weak"))
    assert strong + least <= moderate
    assert moderate + least <= weak
    assert weak <= 95


# ---- png ---------------------------------------------------------------------------------


def test_a_png_is_twice_as_wide_and_has_its_words() -> None:
    frame = '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40">{}</svg>'
    blank = pictures.png(frame.format(""))
    latin, generic = (
        pictures.png(frame.format(f'<text x="5" y="25"{family}>Word</text>'))
        for family in ("", ' font-family="sans-serif"')
    )
    assert latin == generic
    assert blank.startswith(b"\x89PNG\r\n\x1a\n")
    assert (int.from_bytes(blank[16:20]), int.from_bytes(blank[20:24])) == (400, 80)
    assert len(latin) > len(blank) + 200


def test_a_png_of_a_real_picture(catalogue: Catalogue) -> None:
    edges = project_edges(catalogue, from_="epas-2022", to="isp-2020")
    assert pictures.png(pictures.matrix(edges, "63 of 135 pairs")).startswith(b"\x89PNG")


@pytest.mark.parametrize("package", ["resvg_py", "font_source_sans_pro"])
def test_without_its_packages_a_png_is_refused_and_what_is_missing_is_said(
    monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    import importlib.util
    import sys

    module = sys.modules["graph.analytics.pictures.png"]
    monkeypatch.setattr(
        module, "find_spec", lambda n: None if n == package else importlib.util.find_spec(n)
    )
    module._fonts.cache_clear()
    with pytest.raises(NotAcceptableError, match=f"package {package.replace('_', '-')[:5]}"):
        png_module('<svg xmlns="x" width="1" height="1"/>')
    module._fonts.cache_clear()
