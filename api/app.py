"""The service, wired: the hot paths, FastAPI for the others, the edge around both."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from api import named, reading
from api.edge import Edge
from api.paging import Page
from api.private import answer_private
from api.sparql import answer_sparql

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from api.answer import Answer
    from api.http import App, Receive, Scope
    from api.service import Service

_ALIGNMENTS: Final = re.compile(r"/api/v1/competencies/([^/]+)/alignments")
_CROSSWALK: Final = re.compile(r"/api/v1/crosswalks/([^/]+)/([^/]+)")
_PLAIN_ACCEPT: Final = (b"*/*", b"application/json")


def create_app(service: Service) -> Edge:
    """The whole service around a loaded release, as an ASGI application."""

    def framework() -> App:
        from api.framework import create_framework

        return create_framework(service)

    return Edge(framework, service, answer_hot)


def answer_hot(service: Service, scope: Scope, receive: Receive) -> Awaitable[Answer] | None:
    """Answer a hot path without the framework; None leaves the request to it.

    Hot are the SPARQL endpoint, the named questions, and, without parameters, the alignments of a
    competency and a whole crosswalk; and whether the service is ready, which it is before the
    framework is.
    """
    path: str = scope["path"]
    if path == "/sparql":
        return answer_sparql(service, scope, receive)
    if path.startswith(named.PATH) and len(path) > len(named.PATH):
        return named.answer_named(service, scope)
    plain = scope["method"] == "GET" and not scope["query_string"] and _takes_json(scope)
    if plain and (match := _ALIGNMENTS.fullmatch(path)):
        return _alignments(service, match[1], path)
    if plain and (match := _CROSSWALK.fullmatch(path)):
        return _crosswalk(service, match[1], match[2])
    if path.startswith("/private/"):
        return answer_private(service, scope)
    if path == "/api/v1/queries" and plain:
        return _queries(service)
    if path == "/health/ready" and scope["method"] == "GET":
        return _ready(service)
    return None


def _takes_json(scope: Scope) -> bool:
    accepts = [value for name, value in scope["headers"] if name == b"accept"]
    return not accepts or (len(accepts) == 1 and accepts[0] in _PLAIN_ACCEPT)


async def _alignments(service: Service, key: str, path: str) -> Answer:
    return reading.competency_alignments(service, key, page=Page(path))


async def _crosswalk(service: Service, from_: str, to: str) -> Answer:
    return await service.run(
        "crosswalk ", lambda: reading.crosswalk(service, from_, to, reading.JSON, "")
    )


async def _queries(service: Service) -> Answer:
    return named.list_named(service)


async def _ready(service: Service) -> Answer:
    return reading.health(service)
