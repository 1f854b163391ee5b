"""The whole reading side as one HTML file that needs no network.

Made from the same views and templates as the pages of the service: each view is rendered, its main
part becomes a section, and links between pages become links between sections. The named questions
are asked in the browser: the file carries the dataset, the text of each question and the engine of
the service, compiled for browsers. Same release and software, same bytes.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

import orjson

from api.pages import values
from api.pages.about import about
from api.pages.addresses import page_of
from api.pages.alignment import alignment
from api.pages.competency import competency
from api.pages.frameworks import framework, frameworks
from api.pages.home import home
from api.pages.matrix import Filters, crosswalks, matrix
from api.pages.query import question, questions
from api.pages.render import STATIC, environment, render
from graph import __version__
from graph.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from api.pages.view import View
    from api.service import Service

#: What makes no sense in a file: elements with one of these classes or attributes are left out.
_DROPPED_CLASSES: Final = frozenset({"downloads", "zoom"})
_DROPPED_IDS: Final = frozenset({"panel"})
_DROPPED_TAGS: Final = frozenset({"script", "noscript"})

_VOID: Final = frozenset({"br", "col", "hr", "img", "input", "link", "meta", "wbr"})

#: Attributes whose values are ids of the same page.
_ID_REFERENCES: Final = frozenset(
    {"aria-controls", "aria-describedby", "aria-labelledby", "for", "headers", "id"}
)

_MAIN: Final = re.compile(r'<main id="main" tabindex="-1" class="([^"]*)">(.*)</main>', re.DOTALL)
_HEADING: Final = re.compile(r"h[1-5]")
_ENGINE: Final = STATIC / "vendor" / "oxigraph"

#: Level of compression: the smallest file, because it is read more often than it is made.
_COMPRESSION: Final = 9


@dataclass(frozen=True, slots=True)
class Section:
    """One page in the file.

    Attributes
    ----------
    path : str
        Its address in the service, which is its name in the file: `/competencies/epas-2022:7`.
    group : str
        Under which heading of the contents it stands; empty where the contents do not list it.
    body : str
        The main part as HTML, with its links rewritten.
    """

    path: str
    title: str
    group: str
    width: str
    body: str


def write_site(service: Service) -> bytes:
    """The file.

    Raises
    ------
    StoreError
        If the engine for browsers is missing or cannot stand in an HTML file.
    """
    sections = _sections(service)
    engine = _engine()
    styles = (STATIC / "style.css").read_text(encoding="utf-8")
    first = "document.documentElement.classList.add('js');"
    script = "\n".join(f"{{\n{_module(name)}}}" for name in ("matrix.js", "print.js", "site.js"))
    for text in (engine, script):
        if re.search(r"</script|<!--", text, re.IGNORECASE):
            message = "a script of the file holds what would end it early: </script or <!--"
            raise StoreError(message, path=STATIC)
    own = (STATIC / "site.css").read_text(encoding="utf-8")
    policy = {
        "base-uri": "'none'",
        "default-src": "'none'",
        "form-action": "'none'",
        "img-src": "data:",
        "script-src": " ".join(
            [*(_hash(text) for text in (first, script, engine)), "'wasm-unsafe-eval'"]
        ),
        "style-src": _hash(own + styles),
    }
    icon = base64.b64encode((STATIC / "icon.svg").read_bytes()).decode()
    page = (
        environment()
        .get_template("site.html")
        .render(
            sections=sections,
            groups=_groups(sections),
            policy="; ".join(f"{name} {value}" for name, value in sorted(policy.items())),
            styles=own + styles,
            first=first,
            script=script,
            engine=engine,
            icon=icon,
            data=_data(service),
            dataset=_packed(service.store.quads()),
            wasm=_packed((_ENGINE / "web_bg.wasm").read_bytes()),
            release=service.catalogue.release,
            version=__version__,
            public=service.settings.public_url.rstrip("/"),
        )
    )
    return page.encode()


# ---- what is in it ---------------------------------------------------------------------------


def _views(service: Service) -> Iterator[tuple[str, str, View]]:
    """Address, group and view of each page, in the order of the contents."""
    catalogue = service.catalogue
    yield "/", "Start", home(service)
    yield "/crosswalks", "Start", crosswalks(service)
    for found in catalogue.crosswalks.values():
        ends = found.subject_framework, found.object_framework
        for from_, to in (ends, ends[::-1]):
            path = page_of("crosswalk", f"{from_}--{to}") or ""
            yield path, "Crosswalks", matrix(service, from_, to, Filters())
    yield "/frameworks", "Start", frameworks(service)
    for key in catalogue.frameworks:
        yield page_of("framework", key) or "", "Frameworks", framework(service, key)
    for key, statement in catalogue.competencies.items():
        group = f"Statements of {statement.framework}"
        yield page_of("competency", key) or "", group, competency(service, key)
    yield "/query", "Start", questions(service)
    for name in service.queries:
        yield page_of("query", name) or "", "Questions", question(service, name, {})
    yield "/about", "Start", about(service)
    for key in catalogue.alignments:
        # Hundreds: they are reached from matrices and competencies, not from the contents.
        yield page_of("alignment", key) or "", "", alignment(service, key)


def _sections(service: Service) -> list[Section]:
    views = [(unquote(path), group, view) for path, group, view in _views(service)]
    inside = {path for path, _, _ in views}
    pairs = {
        frozenset((a.subject_id, a.object_id)): page_of("alignment", a.id) or ""
        for a in service.catalogue.alignments.values()
    }
    public = service.settings.public_url.rstrip("/")
    made = []
    for number, (path, group, view) in enumerate(views):
        found = _MAIN.search(render(view, service.catalogue.release, path))
        assert found is not None  # every page has a main part
        body = rewrite(found[2], f"s{number}-", lambda href: _link(href, inside, pairs, public))
        made.append(Section(path, view.title, group, found[1], body))
    return made


def _link(
    href: str, inside: set[str], pairs: Mapping[frozenset[str], str], public: str
) -> tuple[str, str] | None:
    """Where a link of a page leads in the file, and the state of that page; None: nowhere.

    What is not in the file is at the public address of the service, if it has one.
    """
    parts = urlsplit(href)
    path = unquote(parts.path)
    asked = parse_qs(parts.query)
    if "cell" in asked:
        verdict = pairs.get(frozenset(asked["cell"][0].split(" ")))
        return (f"#{verdict}", "") if verdict else None
    if path in inside and (not parts.query or path.startswith("/query/")):
        return f"#{parts.path}", parts.query
    return (public + href, "") if public else None


def _groups(sections: list[Section]) -> list[dict[str, Any]]:
    groups: dict[str, list[Section]] = {}
    for section in sections:
        if section.group:
            groups.setdefault(section.group, []).append(section)
    return [{"title": title, "sections": found} for title, found in groups.items()]


# ---- rewriting -------------------------------------------------------------------------------


def rewrite(html: str, prefix: str, link: Callable[[str], tuple[str, str] | None]) -> str:
    """The main part of a page as a section of the file.

    Ids get a prefix, because a page's are unique only within it; headings go down by one, because
    the file has a heading of its own; what only a service can do is left out.

    Parameters
    ----------
    link : Callable[[str], tuple[str, str] | None]
        New address and state for an address of the service; None if it leads nowhere.

    Raises
    ------
    ValueError
        If an element that is left out has no end.
    """
    rewriter = _Rewriter(prefix, link)
    rewriter.feed(html)
    rewriter.close()
    if rewriter.skipping:
        raise ValueError("an element that is left out of the file has no end")
    return "".join(rewriter.parts)


class _Rewriter(HTMLParser):
    def __init__(self, prefix: str, link: Callable[[str], tuple[str, str] | None]) -> None:
        super().__init__(convert_charrefs=False)
        self.parts: list[str] = []
        self.skipping = 0
        self._prefix, self._link = prefix, link
        self._links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.skipping or self._is_dropped(tag, dict(attrs)):
            self.skipping += tag not in _VOID
            return
        self.parts.append(self._start(tag, attrs, end=">"))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self.skipping and not self._is_dropped(tag, dict(attrs)):
            self.parts.append(self._start(tag, attrs, end="/>"))
            if tag == "a":
                self._links.pop()

    def handle_endtag(self, tag: str) -> None:
        if self.skipping:
            self.skipping -= 1
            return
        if tag == "a":
            tag = self._links.pop()
        self.parts.append(f"</{_lower(tag)}>")

    def handle_data(self, data: str) -> None:
        if not self.skipping:
            self.parts.append(data)

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")

    def _is_dropped(self, tag: str, attributes: dict[str, str | None]) -> bool:
        classes = set((attributes.get("class") or "").split())
        return (
            tag in _DROPPED_TAGS
            or bool(classes & _DROPPED_CLASSES)
            or attributes.get("id") in _DROPPED_IDS
            or "data-copy" in attributes
            or ("data-online" in attributes and self._link("/sparql") is None)
            or (tag == "form" and "data-question" not in attributes)
        )

    def _start(self, tag: str, attrs: list[tuple[str, str | None]], *, end: str) -> str:
        kept: list[tuple[str, str | None]] = []
        name = tag
        for key, value in attrs:
            if key in _ID_REFERENCES and value:
                kept.append((key, " ".join(self._prefix + part for part in value.split())))
            elif key == "href" and value is not None:
                moved = self._moved(value)
                if moved is None:
                    name = "span"
                else:
                    kept.append(("href", moved[0]))
                    if moved[1]:
                        kept.append(("data-state", moved[1]))
            elif key not in ("action", "download", "data-suggest"):
                kept.append((key, value))
        if tag == "a":
            self._links.append(name)
            if name == "span":
                kept = [(key, value) for key, value in kept if key in ("class", "title")]
        written = "".join(
            f" {key}" if value is None else f' {key}="{escape(value)}"' for key, value in kept
        )
        return f"<{_lower(name)}{written}{end}"

    def _moved(self, href: str) -> tuple[str, str] | None:
        if href.startswith("#"):
            return f"#{self._prefix}{href[1:]}", ""
        if href.startswith("/"):
            return self._link(href)
        return href, ""


def _lower(tag: str) -> str:
    """A heading one level down."""
    return f"h{int(tag[1]) + 1}" if _HEADING.fullmatch(tag) else tag


# ---- what its scripts work with --------------------------------------------------------------


def _data(service: Service) -> str:
    """Questions, what their parameters may name, and prefixes, as JSON that cannot end a script."""
    known, prefixes = service.catalogue.known, service.store.prefixes
    types = {param.type for query in service.queries.values() for param in query.params}
    data = {
        "lists": values.LISTS,
        "worded": values.WORDED,
        "words": values.all_words(service.catalogue),
        "meanings": values.all_meanings(service.catalogue),
        "titles": {key: found.title for key, found in service.catalogue.competencies.items()},
        "heads": {
            column: values.heading(column)
            for query in service.queries.values()
            for column in query.columns
        },
        "prefixes": prefixes.iris,
        "names": {
            type_: {value: prefixes.expand(curie) for value, curie in names.items()}
            for type_, names in known.names.items()
            if type_ in types
        },
        "questions": {
            query.name: {
                "text": query.text,
                "params": {
                    param.name: {
                        "type": param.type,
                        "many": param.many,
                        "required": param.required,
                        "about": param.about,
                    }
                    for param in query.params
                },
            }
            for query in service.queries.values()
        },
    }
    return orjson.dumps(data, option=orjson.OPT_SORT_KEYS).decode().replace("<", "\\u003c")


def _engine() -> str:
    """The engine's own module, and its name for the script of the file."""
    try:
        module = (_ENGINE / "web.js").read_text(encoding="utf-8")
    except FileNotFoundError:
        message = "the engine for browsers is missing; run: python scripts/vendor.py"
        raise StoreError(message, path=_ENGINE) from None
    return f"{module}\nglobalThis.crosswalkEngine = {{ start: __wbg_init, Store }};\n"


def _module(name: str) -> str:
    """A module of the pages as part of one script, in which nothing is exported.

    Raises
    ------
    StoreError
        If it needs another module.
    """
    text = (STATIC / "js" / name).read_text(encoding="utf-8")
    if re.search(r"^import\b", text, re.MULTILINE):
        raise StoreError(f"{name} imports; the file cannot hold it", path=STATIC / "js" / name)
    return re.sub(r"^export ", "", text, flags=re.MULTILINE)


def _packed(data: bytes) -> str:
    return base64.b64encode(gzip.compress(data, _COMPRESSION, mtime=0)).decode()


def _hash(text: str) -> str:
    """A source of the policy: exactly this text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
