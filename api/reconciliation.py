"""The reconciliation service API, version 0.2: OpenRefine's way to find what a cell means.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/. The entities are
competencies, known by their CURIEs. A service over everything is at `/reconcile`, one for each
framework at `/reconcile/{framework}`. Version 1.0 is a draft whose manifest contradicts that of 0.2
(`suggest` holds booleans there, addresses here), so it is not claimed.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import orjson

from api.answer import Answer
from api.description import public_address
from api.http import header, parameters, read_body
from api.problems import RequestError
from graph import __version__
from graph.bounded import parse_json
from graph.errors import NotFoundError, ParameterError, QuerySizeError, SourcesError
from graph.nearest import nearest
from graph.records import partner_of
from graph.terms import framework_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from api.http import Receive, Scope
    from api.service import Service
    from graph.catalogue import Catalogue
    from graph.matching import Candidate
    from graph.model import Competency
    from graph.records import Record

MOUNT: Final = "/reconcile"
METHODS: Final = "GET, HEAD, POST, OPTIONS"
VERSION: Final = "0.2"

DEFAULT_LIMIT: Final = 10
MOST_CANDIDATES: Final = 100
SUGGESTIONS: Final = 20

_FORM: Final = "application/x-www-form-urlencoded"
_QUERY_MEMBERS: Final = ("query", "type", "limit", "properties", "type_strict")
_STRICTNESS: Final = ("any", "should", "all")

#: A candidate that is not named outright is a match from this score, if no other comes near it.
SURE: Final = 85.0
CLEAR_BY: Final = 20.0

#: What a type counts for that a candidate should have and has not, with `type_strict` *should*.
_WRONG_TYPE: Final = 0.8

_PREVIEW_WIDTH, _PREVIEW_HEIGHT = 440, 300
_PREVIEW_ALIGNMENTS: Final = 5
_PREVIEW_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE: Final = (
    "body{font:14px/1.4 sans-serif;margin:.7em;color:#1a1a1a;background:#fff}"
    "h1{font-size:1.1em;margin:0}p,ul{margin:.4em 0}ul{padding-left:1.2em}.k{color:#555}"
)

_ALIGNED_WITH: Final = "aligned-with:"


@dataclass(frozen=True, slots=True)
class Property:
    """Something that can be asked for, or asked of, a competency."""

    id: str
    name: str
    description: str

    def record(self) -> Record:
        """As suggestions and proposals have it."""
        return {"id": self.id, "name": self.name, "description": self.description}


_PROPERTIES: Final = (
    Property("title", "Title", "as published"),
    Property("code", "Code", "as published, or ours where nothing is published"),
    Property("description", "Description", "in this project's own words"),
    Property("level", "Level", "domain, competency, behavior, principle, activity, function"),
    Property("framework", "Framework", "the edition to which it belongs"),
    Property("parent", "Parent", "what stands directly above it"),
    Property("iri", "IRI", "its name on the web"),
    Property("citation", "Citation", "where it is published"),
)


@dataclass(frozen=True, slots=True)
class Desk:
    """A reconciliation service: over everything, or over one framework.

    Attributes
    ----------
    framework : str
        Id; empty for all.
    """

    service: Service
    framework: str = ""

    @property
    def catalogue(self) -> Catalogue:
        """The loaded release."""
        return self.service.catalogue

    @property
    def address(self) -> str:
        """Where clients reach it."""
        below = f"/{self.framework}" if self.framework else ""
        return public_address(self.service.settings) + MOUNT + below

    def frameworks(self) -> list[str]:
        """Ids of the frameworks that it covers and of which there are statements, in order."""
        catalogue = self.catalogue
        found = [key for key in catalogue.frameworks if catalogue.by_framework.get(key)]
        return [key for key in found if self.framework in ("", key)]

    def competencies(self) -> Iterable[Competency]:
        """What can be found, in published order."""
        for key in self.frameworks():
            yield from self.catalogue.by_framework[key]


def open_desk(service: Service, framework: str = "") -> Desk:
    """A reconciliation service by the framework that it covers.

    Raises
    ------
    NotFoundError
        If there is no such framework.
    """
    if framework:
        service.catalogue.framework(framework)
    return Desk(service, framework)


# ---- requests --------------------------------------------------------------------------------


async def answer_reconciliation(desk: Desk, scope: Scope, receive: Receive) -> Answer:
    """Answer a request to the address of the service: manifest, queries, or data extension.

    Raises
    ------
    RequestError, CrosswalkError
        As `api.problems` has them.
    """
    given = parameters(scope["query_string"].decode("latin-1"), origin="the query string")
    if scope["method"] == "POST":
        given += await _form(desk.service, scope, receive)
    values: dict[str, str] = {}
    for name, value in given:
        if name in values or name not in ("queries", "extend"):
            message = f"{name!r} has no place here; send `queries` or `extend`, once"
            raise RequestError("bad-request", message)
        values[name] = value
    if len(values) > 1:
        raise RequestError("bad-request", "send `queries` or `extend`, one request for each")
    if not values:
        if scope["method"] == "POST":
            raise RequestError("bad-request", "the form has neither `queries` nor `extend`")
        return manifest(desk)
    name, text = next(iter(values.items()))
    answering = reconciled if name == "queries" else extended
    # Requests of one size take alike, so that a long batch is never done as if it were a short one.
    size = len(text).bit_length()
    answer = await desk.service.run(f"reconcile {name} {size}", lambda: answering(desk, text))
    return Answer(answer.body, answer.media_type, keep=scope["method"] == "GET")


async def _form(service: Service, scope: Scope, receive: Receive) -> list[tuple[str, str]]:
    kind = header(scope, b"content-type").partition(";")[0].strip().lower()
    if kind != _FORM:
        message = f"content-type {kind!r} is not supported; send {_FORM}"
        raise RequestError("unsupported-media-type", message, [("accept-post", _FORM)])
    body = await read_body(scope, receive, service.settings.body_kb * 1000)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"byte {error.start} of the form is not UTF-8"
        raise RequestError("bad-request", message) from None
    return parameters(text, origin="the form")


def _parsed(name: str, text: str) -> Any:
    """The JSON of a parameter.

    Raises
    ------
    ParameterError
        If it is none, or nests too deep.
    """
    try:
        return parse_json(text.encode(), name)
    except SourcesError as error:
        accepted = f"JSON, and it {error.findings[0].message}"
        raise ParameterError(name, _excerpt(text), accepted) from None


def _excerpt(value: object) -> str:
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return text if len(text) <= 60 else text[:59] + "\u2026"


def _expect(value: Any, kind: type, name: str, accepted: str) -> Any:
    if not isinstance(value, kind) or (kind is not bool and isinstance(value, bool)):
        raise ParameterError(name, _excerpt(value), accepted)
    return value


# ---- manifest --------------------------------------------------------------------------------


def manifest(desk: Desk) -> Answer:
    """What the service is and what it offers, with the addresses of its parts."""
    catalogue, base = desk.catalogue, desk.address
    about = "Competency crosswalk"
    if desk.framework:
        about += f": {catalogue.frameworks[desk.framework].title}"
    record = {
        "versions": [VERSION],
        "name": about,
        "identifierSpace": catalogue.prefixes.iris["framework"],
        "schemaSpace": catalogue.prefixes.iris["xw"],
        "documentation": f"{public_address(desk.service.settings)}/docs",
        "serviceVersion": __version__,
        "batchSize": desk.service.settings.reconcile_queries_most,
        "defaultTypes": [{"id": key, "name": name} for key, name in types_of(desk).items()],
        "view": {"url": f"{public_address(desk.service.settings)}/competencies/{{{{id}}}}"},
        "preview": {
            "url": f"{base}/preview?id={{{{id}}}}",
            "width": _PREVIEW_WIDTH,
            "height": _PREVIEW_HEIGHT,
        },
        "suggest": {
            kind: {"service_url": base, "service_path": f"/suggest/{kind}"}
            for kind in ("entity", "type", "property")
        },
        "extend": {
            "propose_properties": {"service_url": base, "service_path": "/extend/propose"},
            "property_settings": [
                {
                    "name": "limit",
                    "label": "Most values",
                    "type": "number",
                    "default": 0,
                    "help_text": "Most values in a row, best first; 0 means all of them.",
                }
            ],
        },
    }
    return _json(record)


def types_of(desk: Desk) -> dict[str, str]:
    """Names of types by id, the most useful first.

    The level of one framework (`framework:isp-2020/competency`), a whole framework, and a level
    wherever it occurs.
    """
    catalogue = desk.catalogue
    levels = {c.id: c.label for c in catalogue.concepts if c.scheme == "level"}
    inner: dict[str, str] = {}
    found: dict[str, None] = {}
    for key in desk.frameworks():
        for level in dict.fromkeys(member.level for member in catalogue.by_framework[key]):
            inner[f"framework:{key}/{level}"] = f"{levels[level]} of {key}"
            found[level] = None
    # Whole competencies are what most columns mean.
    first = {k: name for k, name in inner.items() if k.endswith("/competency")}
    whole = {f"framework:{k}": catalogue.frameworks[k].title for k in desk.frameworks()}
    return first | inner | whole | {f"level:{level}": levels[level] for level in found}


def _types(competency: Competency) -> list[str]:
    return [
        f"framework:{competency.framework}/{competency.level}",
        f"framework:{competency.framework}",
        f"level:{competency.level}",
    ]


def properties_of(desk: Desk) -> list[Property]:
    """What can be asked for: facts about a competency, and its partners in each framework."""
    catalogue = desk.catalogue
    ends = [(c.subject_framework, c.object_framework) for c in catalogue.crosswalks.values()]
    partners = {
        other for pair in ends for one, other in (pair, pair[::-1]) if desk.framework in ("", one)
    }
    return [
        *_PROPERTIES,
        *(
            Property(
                f"{_ALIGNED_WITH}{key}",
                f"Aligned with {key}",
                f"aligned competencies of {catalogue.frameworks[key].title}, best first",
            )
            for key in catalogue.frameworks
            if key in partners
        ),
    ]


def _find_property(desk: Desk, key: str, name: str) -> Property:
    known = {found.id: found for found in properties_of(desk)}
    if key not in known:
        raise ParameterError(name, key, f"one of {', '.join(known)}")
    return known[key]


# ---- queries ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Query:
    """One cell to be reconciled.

    Attributes
    ----------
    wanted : tuple[tuple[Property, frozenset[str]], ...]
        Properties, each with the values of which it must have one, without case.
    """

    text: str
    types: tuple[str, ...]
    strict: str
    limit: int
    wanted: tuple[tuple[Property, frozenset[str]], ...]


def reconciled(desk: Desk, text: str) -> Answer:
    """Candidates for each query of a batch, best first.

    Raises
    ------
    ParameterError
        Naming the query and its member.
    QuerySizeError
        If there are more queries than one batch may have.
    """
    batch = _expect(_parsed("queries", text), dict, "queries", "an object of queries by name")
    most = desk.service.settings.reconcile_queries_most
    if len(batch) > most:
        message = f"{len(batch)} queries in one batch are more than {most}; send several batches"
        raise QuerySizeError(message, limit="reconcile_queries_most")
    types = types_of(desk)
    queries = {key: _query(desk, f"queries/{key}", value, types) for key, value in batch.items()}
    return _json({key: {"result": _candidates(desk, query)} for key, query in queries.items()})


def _query(desk: Desk, name: str, value: Any, types: Mapping[str, str]) -> Query:
    _expect(value, dict, name, "an object with `query`, `type`, `limit`, `properties`")
    for member in value:
        if member not in _QUERY_MEMBERS:
            raise ParameterError(
                f"{name}/{member}",
                _excerpt(value[member]),
                f"nothing: a query has {', '.join(_QUERY_MEMBERS)}",
            )
    text = _expect(value.get("query", ""), str, f"{name}/query", "a text").strip()
    wanted = _conditions(desk, f"{name}/properties", value.get("properties", []))
    if not text and not wanted:
        raise ParameterError(f"{name}/query", text, "a text that is not empty, or properties")
    given = value.get("type", [])
    given = [given] if isinstance(given, str) else given
    for key in _expect(given, list, f"{name}/type", "the id of a type, or several"):
        if not isinstance(key, str) or key not in types:
            known = nearest(str(key), types) or [*types][:3]
            raise ParameterError(f"{name}/type", _excerpt(key), f"a type, like {', '.join(known)}")
    strict = value.get("type_strict", "any")
    if strict not in _STRICTNESS:
        accepted = f"one of {', '.join(_STRICTNESS)}"
        raise ParameterError(f"{name}/type_strict", _excerpt(strict), accepted)
    limit = value.get("limit", DEFAULT_LIMIT)
    accepted = f"a whole number from 1 to {MOST_CANDIDATES}"
    if isinstance(limit, bool) or limit not in range(1, MOST_CANDIDATES + 1):
        raise ParameterError(f"{name}/limit", _excerpt(limit), accepted)
    return Query(text, tuple(given), strict, int(limit), wanted)


def _conditions(desk: Desk, name: str, value: Any) -> tuple[tuple[Property, frozenset[str]], ...]:
    accepted = "a list of objects with `pid` and `v`"
    found = []
    for place, condition in enumerate(_expect(value, list, name, accepted)):
        here = f"{name}/{place}"
        _expect(condition, dict, here, "an object with `pid` and `v`")
        if set(condition) != {"pid", "v"}:
            raise ParameterError(here, _excerpt(condition), "an object with `pid` and `v`")
        property_ = _find_property(desk, str(condition["pid"]), f"{here}/pid")
        values = condition["v"] if isinstance(condition["v"], list) else [condition["v"]]
        texts = {_value(each, f"{here}/v").strip().lower() for each in values}
        if texts - {""}:
            found.append((property_, frozenset(texts - {""})))
    return tuple(found)


def _value(value: Any, name: str) -> str:
    if isinstance(value, dict) and isinstance(value.get("id"), str):
        return str(value["id"])
    if isinstance(value, str | int | float):
        return str(value)
    raise ParameterError(name, _excerpt(value), "a text, a number, or an object with an `id`")


def _candidates(desk: Desk, query: Query) -> list[Record]:
    """Candidates of one query as records, best first.

    One is a *match* if it is the only one that was named outright, by id, code, IRI or title; or if
    nothing was, it scores at least `SURE`, and the next one at least `CLEAR_BY` less.
    """
    among = {c.id for c in desk.competencies() if _is_typed(c, query) and _holds(desk, c, query)}
    scored: list[tuple[float, Competency, Candidate | None]]
    if query.text:
        found = desk.service.matcher.find(query.text, among, len(among))
        scored = [(_score(each, query), each.competency, each) for each in found]
        scored.sort(key=lambda each: -each[0])
    else:
        known = desk.catalogue.competencies.values()
        scored = [(100.0, competency, None) for competency in known if competency.id in among]
    named = [c for _, c, candidate in scored if candidate is None or candidate.named]
    first = scored[0][0] if scored else 0.0
    second = scored[1][0] if len(scored) > 1 else 0.0
    if named:
        match = named[0].id if len(named) == 1 else ""
    else:
        match = scored[0][1].id if first >= SURE and first - second >= CLEAR_BY else ""
    names = types_of(desk)
    return [
        {
            "id": competency.id,
            "name": competency.title,
            "description": _described(competency),
            "type": [{"id": key, "name": names[key]} for key in _types(competency)],
            "score": score,
            "match": competency.id == match,
            "features": _features(candidate),
        }
        for score, competency, candidate in scored[: query.limit]
    ]


def _score(candidate: Candidate, query: Query) -> float:
    if query.strict != "should" or not query.types:
        return candidate.score
    fits = not set(query.types).isdisjoint(_types(candidate.competency))
    return candidate.score if fits else round(candidate.score * _WRONG_TYPE, 1)


def _features(candidate: Candidate | None) -> list[Record]:
    if candidate is None:
        return []
    return [
        {"id": "named", "value": candidate.named},
        {"id": "words_found", "value": candidate.words},
        {"id": "title_named", "value": candidate.title},
    ]


def _described(competency: Competency) -> str:
    return f"{competency.level} of {competency.framework}: {competency.description}"


def _is_typed(competency: Competency, query: Query) -> bool:
    if not query.types or query.strict == "should":
        return True
    found = set(_types(competency))
    wanted = set(query.types)
    return wanted <= found if query.strict == "all" else not wanted.isdisjoint(found)


def _holds(desk: Desk, competency: Competency, query: Query) -> bool:
    return all(
        not values.isdisjoint(
            text.lower()
            for value in _values(desk, competency, property_)
            for text in value.values()
        )
        for property_, values in query.wanted
    )


# ---- data extension --------------------------------------------------------------------------


def extended(desk: Desk, text: str) -> Answer:
    """Values of some properties for some competencies; one that is not here has none.

    Raises
    ------
    ParameterError
        Naming the member.
    QuerySizeError
        If there are more ids than one request may have.
    """
    query = _expect(_parsed("extend", text), dict, "extend", "an object with ids and properties")
    keys = _expect(query.get("ids"), list, "extend/ids", "a list of ids")
    asked = _expect(query.get("properties"), list, "extend/properties", "a list of objects")
    most = desk.service.settings.reconcile_queries_most
    if len(keys) > most:
        message = f"{len(keys)} ids in one request are more than {most}; send several requests"
        raise QuerySizeError(message, limit="reconcile_queries_most")
    chosen = [_extension(desk, f"extend/properties/{n}", each) for n, each in enumerate(asked)]
    catalogue = desk.catalogue
    known = {competency.id: competency for competency in desk.competencies()}
    rows = {}
    for key in map(str, keys):
        row = {}
        for property_, limit in chosen:
            found = _values(desk, known[key], property_) if key in known else []
            row[property_.id] = found[: limit or None]
        rows[key] = row
    meta = []
    for property_, _ in chosen:
        partner = property_.id.removeprefix(_ALIGNED_WITH)
        record: Record = {"id": property_.id, "name": property_.name}
        if partner != property_.id:
            title = catalogue.frameworks[partner].title
            record["type"] = {"id": f"framework:{partner}", "name": title}
        meta.append(record)
    return _json({"meta": meta, "rows": rows})


def _extension(desk: Desk, name: str, value: Any) -> tuple[Property, int]:
    _expect(value, dict, name, "an object with an `id`")
    property_ = _find_property(desk, _excerpt(value.get("id", "")), f"{name}/id")
    settings = _expect(value.get("settings") or {}, dict, f"{name}/settings", "an object")
    limit = settings.get("limit", 0)
    # Forms send numbers as texts.
    text = str(limit).removesuffix(".0")
    if set(settings) - {"limit"} or isinstance(limit, bool) or not text.isdecimal():
        raise ParameterError(f"{name}/settings", _excerpt(settings), "`limit`, a whole number")
    return property_, int(text[:6])


def _values(desk: Desk, competency: Competency, property_: Property) -> list[dict[str, str]]:
    """Values of a property: texts under `str`, competencies with `id` and `name`."""
    catalogue = desk.catalogue
    if property_.id.startswith(_ALIGNED_WITH):
        wanted = property_.id.removeprefix(_ALIGNED_WITH)
        partners = (partner_of(a, competency.id) for a in catalogue.alignments_of(competency.id))
        return [
            {"id": key, "name": label} for key, label, _ in partners if framework_of(key) == wanted
        ]
    if property_.id == "parent":
        if competency.parent is None:
            return []
        return [{"id": competency.parent, "name": catalogue.competency(competency.parent).title}]
    texts = {
        "title": competency.title,
        "code": competency.code,
        "description": competency.description,
        "level": competency.level,
        "framework": competency.framework,
        "iri": catalogue.prefixes.expand(competency.id),
        "citation": competency.citation,
    }
    text = texts[property_.id]
    return [{"str": text}] if text else []


def proposed(desk: Desk, type_: str, limit: int) -> Answer:
    """Properties worth asking for; the same for every type."""
    shown = [property_.record() for property_ in properties_of(desk)]
    record: Record = {"type": type_, "properties": shown[: limit or None]}
    return _json(record | ({"limit": limit} if limit else {}))


# ---- suggestions and preview -----------------------------------------------------------------


def suggest_entities(desk: Desk, prefix: str, cursor: int) -> Answer:
    """Competencies whose id, title or text has words that begin so, best first."""
    found = desk.service.search.find(
        prefix, limit=len(desk.catalogue.competencies), kinds=("competency",)
    )
    within = set(desk.frameworks())
    hits = [desk.catalogue.competencies[hit.id] for hit in found]
    names = types_of(desk)
    return _json(
        {
            "result": [
                {
                    "id": competency.id,
                    "name": competency.title,
                    "description": _described(competency),
                    "notable": [{"id": key, "name": names[key]} for key in _types(competency)[:1]],
                }
                for competency in [c for c in hits if c.framework in within][cursor:][:SUGGESTIONS]
            ]
        }
    )


def suggest_types(desk: Desk, prefix: str, cursor: int) -> Answer:
    """Types whose id or name has a word that begins so."""
    found = [{"id": k, "name": n} for k, n in types_of(desk).items() if _begins(prefix, k, n)]
    return _json({"result": found[cursor:][:SUGGESTIONS]})


def suggest_properties(desk: Desk, prefix: str, cursor: int) -> Answer:
    """Properties whose id or name has a word that begins so."""
    found = [p.record() for p in properties_of(desk) if _begins(prefix, p.id, p.name)]
    return _json({"result": found[cursor:][:SUGGESTIONS]})


def _begins(prefix: str, *names: str) -> bool:
    text = prefix.strip().lower()
    lowered = [name.lower() for name in names]
    words = [word for name in lowered for word in name.replace("/", " ").replace(":", " ").split()]
    return any(word.startswith(text) for word in (*lowered, *words))


def preview(desk: Desk, key: str) -> Answer:
    """A small page about one competency: what it is, and what it aligns with best.

    Raises
    ------
    NotFoundError
        If the service does not cover it.
    """
    known: Collection[str] = {competency.id for competency in desk.competencies()}
    if key not in known:
        raise NotFoundError("competency", key, nearest(key, known))
    catalogue = desk.catalogue
    competency = catalogue.competency(key)
    partners: Sequence[tuple[str, str, str]] = [
        partner_of(alignment, key) for alignment in catalogue.alignments_of(key)
    ]
    more = len(partners) - _PREVIEW_ALIGNMENTS
    lines = "".join(
        f"<li>{html.escape(relation)}: {html.escape(label)} "
        f'<span class="k">{html.escape(partner)}</span></li>'
        for partner, label, relation in partners[:_PREVIEW_ALIGNMENTS]
    )
    if more > 0:
        lines += f'<li class="k">and {more} more</li>'
    title = html.escape(competency.title)
    framework = html.escape(catalogue.framework(competency.framework).title)
    page = (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{title}</h1>"
        f'<p class="k">{html.escape(key)} \u00b7 {html.escape(competency.level)} of {framework}</p>'
        f"<p>{html.escape(competency.description)}</p>"
        + (f"<p>Aligned with</p><ul>{lines}</ul>" if lines else "")
        + "</body></html>"
    )
    policy = ("content-security-policy", _PREVIEW_POLICY)
    return Answer(page.encode(), "text/html; charset=utf-8", headers=(policy,))


def _json(record: object) -> Answer:
    return Answer(orjson.dumps(record))
