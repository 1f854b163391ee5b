"""The named questions over HTTP: each an endpoint of its own, described by its file's header."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson

from api.answer import Answer
from api.http import header, parameters
from api.negotiation import negotiate
from api.paging import DEFAULT_LIMIT, MOST, Page, listed
from api.problems import RequestError
from graph.errors import NotAcceptableError, ParameterError
from graph.queries import find_query
from graph.records import listing
from graph.store.media import ALIASES, RESULTS, SHORT

if TYPE_CHECKING:
    from api.http import Scope
    from api.service import Service
    from graph.queries import NamedQuery, Param

PATH: Final = "/api/v1/queries/"
_ROWS: Final = "application/json"
_RESERVED: Final = ("format", "limit", "after")
_PROBLEMS: Final = {"404": "NotFound", "406": "NotAcceptable", "422": "Invalid"}


async def answer_named(service: Service, scope: Scope) -> Answer:
    """Answer one named question, as rows or in a SPARQL result format.

    Raises
    ------
    RequestError, CrosswalkError
        As `api.problems` has them.
    """
    if scope["method"] != "GET":
        allowed = "GET, HEAD, OPTIONS"
        message = f"{scope['method']} is not for this path; use {allowed}"
        raise RequestError("method-not-allowed", message, [("allow", allowed)])
    query = find_query(scope["path"].removeprefix(PATH), service.queries)
    given = parameters(scope["query_string"].decode("latin-1"), origin="the query string")
    values: dict[str, list[str]] = {}
    for name, value in given:
        values.setdefault(name, []).append(value)
    reserved = {name: values.pop(name)[-1] for name in _RESERVED if name in values}
    media_type = _media_type(reserved.get("format", ""), header(scope, b"accept"))
    text = query.bind(values, service.catalogue.known)
    if media_type != _ROWS:
        body = await service.run(query.name, lambda: service.store.serialise(text, media_type))
        return Answer(body, media_type)
    limit, after = _limit(reserved.get("limit")), reserved.get("after", "")
    page = Page(scope["path"], tuple(given), limit, after)
    columns, rows = await service.run(query.name, lambda: service.store.rows(text))
    return listed(
        [*enumerate(rows, start=1)],
        lambda row: dict(zip(columns, row[1], strict=True)),
        lambda row: str(row[0]),
        page=page,
        release=service.catalogue.release,
    )


def _media_type(short: str, accept: str) -> str:
    available = (_ROWS, *RESULTS)
    if short:
        wanted = _ROWS if short == "json" else SHORT.get(short, short)
        if wanted not in available:
            raise NotAcceptableError(short, ("json", "csv", "tsv", "xml", *RESULTS))
        return wanted
    return negotiate(accept, available, {k: v for k, v in ALIASES.items() if k != _ROWS})


def _limit(text: str | None) -> int:
    if text is None:
        return DEFAULT_LIMIT
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= MOST:
        raise ParameterError("limit", text, f"a whole number from 1 to {MOST}")
    return int(text)


def list_named(service: Service) -> Answer:
    """All questions with their parameters and an address to try."""
    items = [query_record(query) for query in service.queries.values()]
    return Answer(orjson.dumps(listing(items, service.catalogue.release)))


def query_record(query: NamedQuery) -> dict[str, Any]:
    """One question as the list of questions has it."""
    return {
        "id": query.name,
        "summary": query.summary,
        "returns": query.returns,
        "parameters": [param.record() for param in query.params],
        "columns": list(query.columns),
        "path": PATH + query.name,
        "sparql": query.text,
    }


def openapi_paths(queries: dict[str, NamedQuery]) -> dict[str, Any]:
    """OpenAPI path items of all questions, from their headers."""
    return {PATH + query.name: {"get": _operation(query)} for query in queries.values()}


def _operation(query: NamedQuery) -> dict[str, Any]:
    columns = {
        column: {"type": ["string", "number", "boolean", "null"]} for column in query.columns
    }
    page = {
        "type": "object",
        "required": ["items", "total", "next", "release"],
        "properties": {
            "items": {"type": "array", "items": {"type": "object", "properties": columns}},
            "total": {"type": "integer"},
            "next": {"type": ["string", "null"]},
            "release": {"type": "string"},
        },
    }
    content: dict[str, Any] = {name: {"schema": {"type": "string"}} for name in RESULTS}
    return {
        "tags": ["named questions"],
        "summary": query.summary,
        "description": f"Returns {query.returns}." if query.returns else "",
        "operationId": query.name.replace("-", "_"),
        "parameters": [
            *(_parameter(param) for param in query.params),
            _plain("format", {"enum": ["json", "csv", "tsv", "xml"]}, "wins over Accept"),
            _plain("limit", {"type": "integer", "minimum": 1, "maximum": MOST,
                             "default": DEFAULT_LIMIT}, "rows on a page"),
            _plain("after", {"type": "string"}, "number of the last row of the page before"),
        ],
        "responses": {
            "200": {
                "description": "the rows",
                "content": {_ROWS: {"schema": page}, **content},
            },
            **{
                status: {"$ref": f"#/components/responses/{name}"}
                for status, name in _PROBLEMS.items()
            },
        },
    }  # fmt: skip


def _plain(name: str, schema: dict[str, Any], about: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": about}


def _parameter(param: Param) -> dict[str, Any]:
    kind = {"type": "number"} if param.type == "number" else {"type": "string"}
    example: Any = list(param.example) if param.many else (param.example or ("",))[0]
    if param.type == "number":
        example = float(example)
    return {
        "name": param.name,
        "in": "query",
        "required": param.required,
        "schema": {"type": "array", "items": kind} if param.many else kind,
        "description": f"{param.about} ({param.type})",
        "example": example,
    }
