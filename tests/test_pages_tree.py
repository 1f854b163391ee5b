"""A reader that has only the accessibility tree of the pages answers as one that asks the API.

Chromium builds the tree for screen readers. It holds roles, names and where links lead, and
nothing of markup, classes or colours. Script is off, so the tree is that of the page as it is sent.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from api.pages.render import RELATION_WORDS
from api.pages.values import DIRECTION_WORDS
from tests.browser import chromium
from tests.http_server import PATIENCE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from playwright.sync_api import CDPSession, Page

    from tests.http_server import Server

pytest_plugins = ("tests.http_server",)

#: So many questions of each of the ten kinds.
EACH: Final = 5


# ---- somebody who reads the tree -----------------------------------------------------------


@dataclass(frozen=True)
class Node:
    """What a screen reader is told of one thing on a page."""

    role: str
    name: str
    url: str
    rank: int
    collapsed: bool
    handle: int
    children: tuple[Node, ...]

    def walk(self) -> Iterator[Node]:
        """This and all below, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def all(self, *roles: str) -> list[Node]:
        return [node for node in self.walk() if node.role in roles]

    def words(self) -> str:
        """What is read out."""
        return _plain("".join(node.name for node in self.all("StaticText")))

    def link(self, start: str) -> Node:
        """The first link whose name starts so."""
        return next(node for node in self.all("link") if node.name.startswith(start))

    def definition(self, term: str) -> Node | None:
        """What a list of terms says of one."""
        pairs = pairwise(self.all("term", "definition"))
        return next((b for a, b in pairs if (a.role, a.name) == ("term", term)), None)

    def section(self, heading: str) -> list[Node]:
        """What stands between a heading of the second rank and the next."""
        found, inside = [], False
        for node in self.children:
            if node.role == "heading" and node.rank == 2:
                inside = node.name == heading
            elif inside:
                found.append(node)
        return found


def _plain(text: str | None) -> str:
    return " ".join((text or "").split())


def _items(nodes: Iterable[Node]) -> list[Node]:
    return [item for node in nodes for item in node.all("listitem")]


def _curie(link: Node) -> str:
    return link.name.split()[0]


@dataclass
class Reader:
    """Has the tree of the page that is open, follows links, types, and presses what has focus."""

    home: str
    page: Page
    devtools: CDPSession
    seen: dict[str, Node] = field(default_factory=dict)
    here: Node | None = None

    def open(self, url: str) -> Node:
        """A page with all that was folded up unfolded; one that was read is remembered."""
        if url not in self.seen:
            self.page.goto(url)
            self.here = self._tree()
            folded = [n for n in self.here.all("DisclosureTriangle") if n.collapsed]
            for node in folded:
                self._focus(node)
                self.page.keyboard.press("Enter")
            if folded:
                self.here = self._tree()
            self.seen[url] = self.here
        return self.seen[url]

    def search(self, words: str) -> Node:
        """What the search at the top of whatever page is open finds."""
        at = self.here or self.open(self.home)
        self._focus(at.all("search")[0].all("searchbox")[0])
        self.page.keyboard.type(words)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.here = self._tree()
        return self.here.all("main")[0]

    def _focus(self, node: Node) -> None:
        self.devtools.send("DOM.focus", {"backendNodeId": node.handle})

    def _tree(self) -> Node:
        told = self.devtools.send("Accessibility.getFullAXTree")["nodes"]
        known = {node["nodeId"]: node for node in told}

        def read(node: dict[str, Any]) -> list[Node]:
            below = [n for i in node["childIds"] if i in known for n in read(known[i])]
            if node["ignored"]:
                return below
            role, name = node["role"]["value"], node["name"]["value"]
            more = {p["name"]: p["value"].get("value") for p in node.get("properties", ())}
            return [
                Node(
                    role=role,
                    name=name if role == "StaticText" else _plain(name),
                    url=more.get("url", ""),
                    rank=more.get("level", 0),
                    collapsed=more.get("expanded") is False,
                    handle=node.get("backendDOMNodeId", 0),
                    children=tuple(below),
                )
            ]

        return read(told[0])[0]

    # ---- ways from the home page --------------------------------------------------------

    def main(self, url: str) -> Node:
        return self.open(url).all("main")[0]

    def by_menu(self, name: str) -> Node:
        return self.main(self.open(self.home).all("navigation")[0].link(name).url)

    def competency(self, curie: str) -> Node:
        framework = self.main(self.by_menu("Frameworks").link(curie.split(":")[0]).url)
        return self.main(framework.link(f"{curie} ").url)

    def alignment(self, a: str, b: str) -> Node:
        links = self.competency(a).all("link")
        name = f"evidence and history of the alignment with {b}"
        return self.main(next(link for link in links if link.name == name).url)

    def matrix(self, title: str) -> Node:
        return self.main(self.by_menu("Crosswalks").link(title).url)

    def row(self, title: str, code: str) -> dict[str, str]:
        """Cells of a row of a matrix by the codes at the end of their columns' headers."""
        rows = self.matrix(title).all("table")[0].all("row")
        header = next(row for row in rows if row.all("columnheader")[0].name[-1:].isdigit())
        codes = [column.name.split()[-1] for column in header.all("columnheader")]
        found = next(
            row
            for row in rows
            if row.all("rowheader") and row.all("rowheader")[0].name.startswith(f"{code} ")
        )
        cells = [cell.name.split(": ", 1)[1] for cell in found.all("cell")]
        return dict(zip(codes, cells, strict=True))


# ---- questions, each answered in both ways -------------------------------------------------


@dataclass(frozen=True)
class Question:
    """Something to find out, for example `("epas-2022:7", "isp-2020:2.1")`."""

    words: str
    about: tuple[str, ...]
    by_tree: Callable[..., object]
    by_api: Callable[..., object]


Api = dict[str, Any]


@dataclass(frozen=True)
class Source:
    """The API as a program asks it."""

    server: Server

    def one(self, path: str, **parameters: str) -> Api:
        answer = self.server.get(f"/api/v1{path}", params=parameters)
        assert answer.status_code == 200, answer.text
        found: Api = answer.json()
        return found

    def all(self, path: str, **parameters: str) -> list[Api]:
        page = self.one(path, **parameters, limit="1000")
        assert page["next"] is None
        items: list[Api] = page["items"]
        return items

    def alignment(self, a: str, b: str) -> Api:
        (found,) = self.all("/alignments", source=a, target=b)
        return found


def _why_by_tree(reader: Reader, a: str, b: str) -> object:
    page = reader.alignment(a, b)
    strength, relation = page.definition("Strength"), page.definition("Relation")
    assert strength
    assert relation
    reason = page.all("blockquote")[0].words()
    return strength.words().split(" (")[0], relation.words().split(":")[0], reason


def _why_by_api(source: Source, a: str, b: str) -> object:
    found = source.alignment(a, b)
    return found["strength"], found["relation"], _plain(found["rationale"])


def _verdict_by_tree(reader: Reader, title: str, a: str, b: str) -> object:
    cell = reader.row(title, a.split(":")[1])[b.split(":")[1]]
    verdict, *_, confidence = cell.split(", ")
    return verdict, float(confidence.removeprefix("confidence "))


def _verdict_by_api(source: Source, _: str, a: str, b: str) -> object:
    found = source.alignment(a, b)
    return found["verdict"].replace("-", " "), found["confidence"]


def _reach_by_tree(reader: Reader, title: str, a: str) -> object:
    cells = reader.row(title, a.split(":")[1]).values()
    return sum(cell.startswith("aligned") for cell in cells), len(cells)


def _reach_by_api(source: Source, _: str, a: str) -> object:
    partners = source.all(f"/competencies/{a}/alignments", to="isp-2020")
    all_ = source.all("/frameworks/isp-2020/competencies", level="competency")
    return len({p["partner_id"] for p in partners} & {c["id"] for c in all_}), len(all_)


def _gain_by_tree(reader: Reader, a: str, b: str) -> object:
    page = reader.alignment(a, b)
    gain, aims = page.definition("Who gains"), page.definition("Aims")
    assert gain
    return gain.words(), sorted(aims.words().split(", ")) if aims else []


def _gain_by_api(source: Source, a: str, b: str) -> object:
    found = source.alignment(a, b)
    aims = sorted(aim.replace("-", " ") for aim in found["aims"])
    return DIRECTION_WORDS[found["direction"]], aims


def _around_by_tree(reader: Reader, a: str) -> object:
    page = reader.competency(a)
    above = page.definition("Within")
    below = [_curie(item.all("link")[0]) for item in _items(page.section("What it contains"))]
    return [_curie(link) for link in above.all("link")] if above else [], below


def _around_by_api(source: Source, a: str) -> object:
    found = source.one(f"/competencies/{a}")
    return [c["id"] for c in found["parents"]], [c["id"] for c in found["children"]]


def _not_aligned_by_tree(reader: Reader, a: str, framework: str) -> object:
    folds = [n for n in reader.competency(a).walk() if n.role in {"group", "Details"}]
    (fold,) = (n for n in folds if n.words().startswith("Judged and not aligned"))
    partners = {_curie(item.all("link")[0]) for item in _items([fold])}
    return sorted(curie for curie in partners if curie.startswith(f"{framework}:"))


def _not_aligned_by_api(source: Source, a: str, framework: str) -> object:
    found = source.all(f"/competencies/{a}/alignments", to=framework, verdict="not-aligned")
    return sorted(partner["partner_id"] for partner in found)


def _source_by_tree(reader: Reader, title: str, a: str) -> object:
    page = reader.main(reader.search(title).link(f"{a} ").url)
    source = page.definition("Source")
    assert source
    return source.all("link")[0].name, source.all("link")[0].url


def _source_by_api(source: Source, _: str, a: str) -> object:
    found = source.one(f"/competencies/{a}")
    return _plain(found["citation"]), found["url"]


def _counts_by_tree(reader: Reader, title: str, _: str, strength: str) -> object:
    said = next(p for p in reader.matrix(title).all("paragraph") if "pairs are" in p.words())
    patterns = (
        r"^(\d+) of",
        rf"(\d+) {strength}",
        r"(\d+) were judged not aligned",
        r"(\d+) (?:is|are) undecided",
    )
    return [int(re.findall(pattern, said.words())[0]) for pattern in patterns]


def _counts_by_api(source: Source, _: str, id_: str, strength: str) -> object:
    one, other = id_.split("--")
    pairs = 1
    for framework in (one, other):
        pairs *= len(source.all(f"/frameworks/{framework}/competencies", level="competency"))
    found = source.all("/alignments", **{"from": one, "to": other}, level="competency")
    aligned = [a for a in found if a["verdict"] == "aligned"]
    strong = [a for a in aligned if a["strength"] == strength]
    return [len(aligned), len(strong), len(found) - len(aligned), pairs - len(found)]


def _teach_by_tree(reader: Reader, a: str) -> object:
    items = _items(reader.competency(a).section("To teach it"))
    return sorted((item.all("link")[0].name, item.all("link")[0].url) for item in items)


def _teach_by_api(source: Source, a: str) -> object:
    resources = source.one(f"/competencies/{a}")["resources"]
    return sorted((_plain(r["title"]), r["url"]) for r in resources)


def _edition_by_tree(reader: Reader, a: str) -> object:
    found = []
    for item in _items(reader.competency(a).section("In other editions")):
        says, *_, small = item.all("paragraph")
        link = says.all("link")[0]
        change = small.words().split(" · ")[1]
        found.append((says.words().removesuffix(link.words()).strip(), _curie(link), change))
    return sorted(found)


def _edition_by_api(source: Source, a: str) -> object:
    found = source.all(f"/competencies/{a}/alignments", to="epas-2022")
    return sorted(
        (RELATION_WORDS[p["relation_to_partner"]], p["partner_id"], p["change"]) for p in found
    )


def _questions(source: Source) -> list[Question]:
    """Five of each kind, drawn from what is there; the same in each run."""
    draw = random.Random(2026)
    judged = source.all("/alignments")
    aligned = [a for a in judged if a["verdict"] == "aligned"]
    grid = source.all("/alignments", **{"from": "epas-2022", "to": "isp-2020"}, level="competency")
    crosswalks = source.all("/crosswalks")
    (title,) = (c["title"] for c in crosswalks if c["id"] == "epas-2022--isp-2020")
    statements = [
        c
        for framework in ("epas-2015", "epas-2022", "isp-2020", "tci-2024")
        for c in source.all(f"/frameworks/{framework}/competencies")
    ]
    made: list[Question] = []

    def ask(
        words: str,
        abouts: Iterable[Sequence[str]],
        by_tree: Callable[..., object],
        by_api: Callable[..., object],
    ) -> None:
        for about in draw.sample(sorted({tuple(a) for a in abouts}), EACH):
            made.append(Question(words.format(*about), about, by_tree, by_api))

    ask(
        "How strongly, and how, does {} align with {}, and why?",
        ((a["subject_id"], a["object_id"]) for a in aligned),
        _why_by_tree,
        _why_by_api,
    )
    ask(
        "In {}: what is the verdict on {} and {}, and how sure is it?",
        ((title, a["subject_id"], a["object_id"]) for a in grid),
        _verdict_by_tree,
        _verdict_by_api,
    )
    ask(
        "In {}: how many competencies does {} reach, of how many?",
        ((title, a["subject_id"]) for a in grid),
        _reach_by_tree,
        _reach_by_api,
    )
    ask(
        "Who gains where {} meets {}, and which aims does that serve?",
        ((a["subject_id"], a["object_id"]) for a in aligned if a["direction"] and a["aims"]),
        _gain_by_tree,
        _gain_by_api,
    )
    ask(
        "What is above and what is below {}?",
        ((c["id"],) for c in statements if c["parents"] or c["children"]),
        _around_by_tree,
        _around_by_api,
    )
    ask(
        "What was judged not aligned with {} in {}?",
        (
            (a["subject_id"], a["object_id"].split(":")[0])
            for a in judged
            if a["verdict"] == "not-aligned"
        ),
        _not_aligned_by_tree,
        _not_aligned_by_api,
    )
    ask(
        "Where does our description of “{}” ({}) come from?",
        ((c["title"], c["id"]) for c in statements),
        _source_by_tree,
        _source_by_api,
    )
    ask(
        "How many pairs of “{}” ({}) are aligned, {}, not aligned, undecided?",
        ((c["title"], c["id"], s) for c in crosswalks for s in ("strong", "moderate", "weak")),
        _counts_by_tree,
        _counts_by_api,
    )
    ask(
        "What helps to teach {}?",
        ((c["id"],) for c in statements if c["resources"]),
        _teach_by_tree,
        _teach_by_api,
    )
    ask(
        "What did {} become in 2022?",
        ((c["id"],) for c in statements if c["framework"] == "epas-2015"),
        _edition_by_tree,
        _edition_by_api,
    )
    return made


def test_who_has_only_the_accessibility_tree_learns_what_the_api_says(server: Server) -> None:
    source = Source(server)
    questions = _questions(source)
    assert len({q.words for q in questions}) == 50
    with chromium() as browser:
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_SECONDS * 1000)
        reader = Reader(server.url + "/", page, context.new_cdp_session(page))
        wrong = []
        for question in questions:
            heard = question.by_tree(reader, *question.about)
            says = question.by_api(source, *question.about)
            if heard != says:
                wrong.append(f"{question.words}\n  heard: {heard}\n  API:   {says}")
        context.close()
    assert not wrong, "\n".join(wrong)
