"""SPARQL 1.1 Protocol, query operation: https://www.w3.org/TR/sparql11-protocol/#query-operation.

Read only. The text of a query is scanned here and parsed in a worker (`graph.store.guard`,
`graph.store.pool`); this module speaks HTTP.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from api.answer import Answer
from api.description import describe_service
from api.http import header, parameters, read_body, while_connected
from api.negotiation import negotiate
from api.problems import RequestError
from graph.errors import NotAcceptableError, QueryRefusedError
from graph.store.guard import Scanned, scan
from graph.store.media import ALIASES, GRAPHS, RESULTS, SHORT
from graph.store.pool import Request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.http import Receive, Scope
    from api.service import Service

METHODS: Final = "GET, HEAD, POST, OPTIONS"
FORM: Final = "application/x-www-form-urlencoded"
DIRECT: Final = "application/sparql-query"
_HTML: Final = "text/html"

#: A query longer than this is scanned in a thread, so that the scan holds nobody up.
_SCAN_INLINE_CHARACTERS: Final = 4_000

_UTF8: Final = ("", "utf-8", "utf8", "us-ascii")


async def answer_sparql(service: Service, scope: Scope, receive: Receive) -> Answer:
    """Answer a request to the SPARQL endpoint.

    Raises
    ------
    RequestError, CrosswalkError
        As `api.problems` has them.
    """
    method = scope["method"]
    if method not in ("GET", "POST"):
        message = f"{method} is not for this endpoint; use {METHODS}"
        raise RequestError("method-not-allowed", message, [("allow", METHODS)])
    query_string = scope["query_string"].decode("latin-1")
    given = parameters(query_string, origin="the query string")
    if method == "POST":
        given = await _posted(service, scope, receive, given)
    elif not given:
        return _itself(service, header(scope, b"accept"))
    return await _evaluate(service, scope, receive, given)


def _itself(service: Service, accept: str) -> Answer:
    """What the endpoint says when nothing is asked: the editor to a browser, else a description."""
    if negotiate(accept, (*GRAPHS, _HTML)) != _HTML:
        return describe_service(service, accept)
    from api.pages.render import html_answer
    from api.pages.sparql import editor  # with the templates, which no other answer here needs

    return html_answer(editor(service), service.catalogue.release, "/query/sparql")


async def _posted(
    service: Service, scope: Scope, receive: Receive, given: list[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Parameters of a POST: all in a form, or the query as the body and the rest in the URL."""
    content_type, _, rest = header(scope, b"content-type").partition(";")
    kind = content_type.strip().lower()
    if kind not in (FORM, DIRECT):
        message = f"content-type {content_type!r} is not supported; send {FORM} or {DIRECT}"
        raise RequestError(
            "unsupported-media-type", message, [("accept-post", f"{FORM}, {DIRECT}")]
        )
    charset = _charset(rest)
    if charset not in _UTF8:
        message = f"charset {charset!r} is not supported; send UTF-8"
        raise RequestError("unsupported-media-type", message)
    body = await read_body(scope, receive, service.settings.body_kb * 1000)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"byte {error.start} of the body is not UTF-8"
        raise RequestError("bad-request", message) from None
    if kind == FORM:
        return [*given, *parameters(text, origin="the form")]
    if any(name == "query" for name, _ in given):
        raise RequestError("bad-request", "the query is in the body and in the URL; send one")
    return [*given, ("query", text)]


def _charset(content_type_rest: str) -> str:
    for parameter in content_type_rest.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"').lower()
    return ""


async def _evaluate(
    service: Service, scope: Scope, receive: Receive, given: list[tuple[str, str]]
) -> Answer:
    if any(name == "update" for name, _ in given):
        raise QueryRefusedError("updates are not possible: this endpoint is read-only")
    queries = [value for name, value in given if name == "query"]
    if len(queries) != 1:
        message = f"there must be exactly one query parameter, not {len(queries)}"
        raise RequestError("bad-request", message)
    formats = [value for name, value in given if name == "format"]
    answer = await evaluate(
        service,
        receive,
        queries[0],
        accept=header(scope, b"accept"),
        short=formats[-1] if formats else "",
        given=given,
    )
    return replace(answer, keep=scope["method"] == "GET" and answer.keep)


async def evaluate(
    service: Service,
    receive: Receive,
    query: str,
    *,
    accept: str,
    short: str = "",
    given: Sequence[tuple[str, str]] = (),
) -> Answer:
    """The answer to a foreign query: scanned, then evaluated by a worker, with all their bounds.

    Everything foreign goes through here, whichever path it came to.

    Parameters
    ----------
    receive : Receive
        Tells when the client goes away, which ends the query.
    short : str
        Name of a format, which wins over what is accepted.
    given : Sequence[tuple[str, str]]
        Parameters of the protocol, for the dataset.

    Raises
    ------
    QueryError
        If the query is refused, cannot be parsed, or meets a limit.
    NotAcceptableError
        If the form of the query has no representation that is asked for.
    """
    scanned = await _scan(service, query)
    dataset = _dataset(service, given)
    media_type = choose_media_type(accept, short, scanned)
    request = Request(query, media_type, *dataset, names_dataset=scanned.names_dataset)
    answer = await while_connected(receive, service.pool.run(request))
    return Answer(answer.body, answer.media_type, keep=scanned.steady)


async def _scan(service: Service, query: str) -> Scanned:
    def look() -> Scanned:
        return scan(
            query,
            most_bytes=service.settings.query_text_kb * 1000,
            most_nesting=service.settings.query_nesting,
            graphs=service.store.graphs,
            prefixes=service.store.prefixes.iris,
        )

    if len(query) <= _SCAN_INLINE_CHARACTERS:
        return look()
    return await asyncio.to_thread(look)


def choose_media_type(accept: str, short: str, scanned: Scanned) -> str:
    """Media type of an answer: `format=` wins over Accept.

    Raises
    ------
    NotAcceptableError
        If the form of the query has no representation that is asked for.
    """
    available = GRAPHS if scanned.returns_graph else RESULTS
    if short:
        media_type = SHORT.get(short, short)
        if scanned.returns_graph and short == "json":
            media_type = "application/ld+json"
        elif scanned.returns_graph and short == "xml":
            media_type = "application/rdf+xml"
        if media_type not in available:
            raise NotAcceptableError(short, tuple(available))
        return media_type
    aliases = ALIASES
    if scanned.returns_graph:
        aliases = {**ALIASES, "application/json": "application/ld+json",
                   "application/xml": "application/rdf+xml"}  # fmt: skip
    return negotiate(accept, tuple(available), aliases)


def _dataset(
    service: Service, given: Sequence[tuple[str, str]]
) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
    """Default and named graphs of the protocol's dataset parameters; None, None if there are none.

    The dataset of the request wins over FROM in the query (section 2.1.4).
    """
    default = tuple(value for name, value in given if name == "default-graph-uri")
    named = tuple(value for name, value in given if name == "named-graph-uri")
    for iri in (*default, *named):
        if iri not in service.store.graphs:
            message = f"<{iri}> is no graph of this service; the service description lists them"
            raise QueryRefusedError(message)
    return (default, named) if default or named else (None, None)
