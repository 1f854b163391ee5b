"""Private wording over HTTP: off unless a setting turns it on, and then for this machine alone.

The service shows it at a path of its own, `/private/competencies/{curie}`, only while it listens on
a loopback address, to a client of this machine that asked for it by a loopback name, with no proxy
between, and to scripts of no other origin. In every other case nothing is at that path.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import orjson

from api.answer import Answer
from graph.errors import NotFoundError
from graph.private import read_wording

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from api.http import Scope
    from api.service import Service

_PATH: Final = re.compile(r"/private/competencies/([^/]+)")
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})

#: The name by which a browser asked, with its port; another name may be somebody's trick
#: (DNS rebinding).
_LOOPBACK_NAME: Final = re.compile(rb"(127\.0\.0\.1|localhost|\[::1\])(:\d+)?")

#: What a proxy adds: behind one, a client of this machine may be anybody.
_FORWARDED: Final = re.compile(rb"forwarded|via|x-forwarded-.*|x-real-ip")


def answer_private(service: Service, scope: Scope) -> Awaitable[Answer] | None:
    """The private wording of one competency; None where there is to be nothing at the path."""
    match = _PATH.fullmatch(scope["path"])
    if match is None or scope["method"] != "GET" or not _is_private(service, scope):
        return None
    return _wording(service, match[1])


def _is_private(service: Service, scope: Scope) -> bool:
    settings = service.settings
    client = scope.get("client")
    names = [value for name, value in scope["headers"] if name == b"host"]
    return (
        settings.private
        and settings.host in _LOOPBACK
        and not settings.public_url
        and client is not None
        and client[0] in _LOOPBACK
        and len(names) == 1
        and _LOOPBACK_NAME.fullmatch(names[0]) is not None
        and not any(_FORWARDED.fullmatch(name) for name, _ in scope["headers"])
    )


async def _wording(service: Service, key: str) -> Answer:
    service.catalogue.competency(key)
    found = read_wording(service.settings.data_dir).get(key)
    if found is None:
        raise NotFoundError("private wording", key)
    record = {
        "id": found.competency,
        "wording": found.wording,
        "licence": found.licence,
        "source": found.source,
        "private": True,
    }
    return Answer(orjson.dumps(record), keep=False, private=True)
