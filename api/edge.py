"""The outermost layer: what every answer gets, and answers that were given before.

Known bytes are sent from here, before any framework looks at the request: that is several times
as fast as a query. The rest goes to the short list of hot paths, which are answered without the
framework too, or to the FastAPI application.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import logging
from collections import OrderedDict
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from api import problems
from api.answer import Answer
from api.problems import RequestError, problem
from api.releases import require_release, unpinned
from api.uploads import methods_of
from api.wire import EXTENSION
from graph.errors import CrosswalkError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    from api.http import App, Receive, Scope, Send
    from api.service import Service

    Hot = Callable[[Service, Scope, Receive], Awaitable[Answer] | None]

_log = logging.getLogger(__name__)

_COMPRESS_FROM_BYTES: Final = 1_000

#: A larger answer is compressed in a thread: it would hold up everybody else.
_FINISH_INLINE_BYTES: Final = 200_000

#: Repeated requests that are known byte for byte.
_KNOWN_MOST: Final = 256
_KNOWN_LARGEST_BYTES: Final = 32_000

_LARGEST_SHARE: Final = 8  # no single answer takes more than an eighth of the cache

#: On every answer. Open to scripts of any origin: everything here is public and read-only.
_ALWAYS: Final = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"ETag, Link, Retry-After, Allow, X-Total-Count"),
    (b"x-content-type-options", b"nosniff"),
)

#: On what is private: no other origin may read it.
_ALWAYS_PRIVATE: Final = (
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
)

_PREFLIGHT: Final = (
    (b"access-control-allow-headers", b"Accept, Content-Type, If-None-Match"),
    (b"access-control-max-age", b"86400"),
)

#: Conditions and parts of an answer are decided here, never by an application behind.
_NOT_PASSED_ON: Final = (b"range", b"if-range", b"if-none-match", b"if-modified-since")


@dataclass(frozen=True, slots=True)
class _Kept:
    """A response as it goes over the wire, and the 304 that stands for it."""

    start: dict[str, Any]
    body: bytes
    etag: bytes
    not_modified: dict[str, Any]


class ByteCache:
    """Responses by request, least recently used out first; bounded in bytes.

    Attributes
    ----------
    known : dict[bytes, tuple[bytes, bytes]]
        Requests as they came over the wire, and the first line and the rest of their response:
        what `api.wire` sends. Only of responses that are kept.
    """

    def __init__(self, most_bytes: int) -> None:
        self._entries: OrderedDict[tuple[object, ...], _Kept] = OrderedDict()
        self._most, self._held = most_bytes, 0
        self.known: dict[bytes, tuple[bytes, bytes]] = {}

    def get(self, key: tuple[object, ...]) -> _Kept | None:
        """What was kept under a key, and note that it was wanted."""
        kept = self._entries.get(key)
        if kept is not None:
            self._entries.move_to_end(key)
        return kept

    def put(self, key: tuple[object, ...], kept: _Kept) -> None:
        """Keep a response, unless it would take too large a share."""
        if len(kept.body) > self._most // _LARGEST_SHARE or key in self._entries:
            return
        self._entries[key] = kept
        self._held += self._weight(kept)
        while self._held > self._most:
            _, old = self._entries.popitem(last=False)
            self._held -= self._weight(old)
            self.known.clear()

    def know(self, request: bytes, start: dict[str, Any], body: bytes) -> None:
        """Keep what a request that is asked again gets, for as long as its response is kept."""
        if len(body) > _KNOWN_LARGEST_BYTES:
            return
        if len(self.known) >= _KNOWN_MOST:
            self.known.clear()
        status = HTTPStatus(start["status"])
        first = f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode()
        headers = b"".join(b"%s: %s\r\n" % header for header in start["headers"])
        self.known[request] = (first, headers + b"\r\n" + body)

    @staticmethod
    def _weight(kept: _Kept) -> int:
        return len(kept.body) + 2_000  # the headers and the key


class Edge:
    """An ASGI application around another: cache, validators, compression, CORS, problems.

    Parameters
    ----------
    make_app : Callable[[], App]
        Makes the application for all that is not hot. Called in a thread once the service
        answers, because to import a web framework takes longer than to load the data.
    """

    def __init__(self, make_app: Callable[[], App], service: Service, hot: Hot) -> None:
        self._make_app, self._service, self._hot = make_app, service, hot
        self._app: asyncio.Task[App] | None = None
        self.cache = ByteCache(service.settings.cache_mib * 1024 * 1024)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or follow the server through its life."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        method = scope["method"]
        if method == "OPTIONS":
            await _send_preflight(send, scope["path"])
            return
        accept = modified = b""
        compressed = False
        for name, value in scope["headers"]:
            if name == b"accept":
                accept = accept + b"," + value if accept else value
            elif name == b"if-none-match":
                modified = modified + b"," + value if modified else value
            elif name == b"accept-encoding":
                compressed = _accepts_gzip(value)
        reading = method in ("GET", "HEAD")
        scope, pin = unpinned(scope)
        key = (scope["raw_path"], scope["query_string"], accept, compressed)
        kept = self.cache.get(key) if reading and not pin else None
        again = kept is not None
        if kept is None:
            answer = await self._answer(scope, receive, pin)
            if len(answer.body) < _FINISH_INLINE_BYTES:
                kept = self._finish(answer, compressed, reading)
            else:
                kept = await asyncio.to_thread(self._finish, answer, compressed, reading)
            if reading and answer.keep and answer.status == HTTPStatus.OK:
                self.cache.put(key, kept)
        start, body = kept.start, kept.body
        if modified and kept.etag and _matches(modified, kept.etag):
            start, body = kept.not_modified, b""
        elif method == "HEAD":
            body = b""
        request = scope.get("extensions", {}).get(EXTENSION)
        if again and request:
            self.cache.know(request["bytes"], start, body)
        await send(start)
        await send({"type": "http.response.body", "body": body})

    async def _live(self, receive: Receive, send: Send) -> None:
        """Start what the service needs when the server starts, and end it when it stops."""
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self._service.pool.start()
                self._app = asyncio.create_task(asyncio.to_thread(self._make_app))
                await send({"type": "lifespan.startup.complete"})
            else:
                await self._service.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _answer(self, scope: Scope, receive: Receive, pin: str) -> Answer:
        """The answer of a hot path or of the application; every error as a problem document."""
        if scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        try:
            if pin:
                await asyncio.to_thread(require_release, self._service, pin)
            answering = self._hot(self._service, scope, receive)
            if answering is not None:
                return await answering
            assert self._app is not None  # the server starts the lifespan before it listens
            app = await asyncio.shield(self._app)
            return await _captured(app, scope, receive)
        except (CrosswalkError, RequestError) as error:
            return problem(error)
        except Exception:
            _log.exception("%s %s failed", scope["method"], scope["path"])
            return problems.document("internal", "internal error; it was logged")

    def _finish(self, answer: Answer, compressed: bool, validate: bool) -> _Kept:
        body = answer.body
        headers = list(_ALWAYS_PRIVATE if answer.private else _ALWAYS)
        headers += [(n.encode(), v.encode("latin-1")) for n, v in answer.headers]
        content_type = answer.media_type
        if content_type.startswith("text/") and "charset" not in content_type:
            content_type += "; charset=utf-8"
        if content_type:
            headers.append((b"content-type", content_type.encode("latin-1")))
        headers.append((b"vary", b"Accept, Accept-Encoding"))
        if compressed and len(body) >= _COMPRESS_FROM_BYTES:
            body = gzip.compress(body, compresslevel=5, mtime=0)
            headers.append((b"content-encoding", b"gzip"))
        etag = b""
        if validate and answer.status == HTTPStatus.OK and not answer.private:
            etag = self._etag(body)
            headers.append((b"etag", etag))
            how = b"public, max-age=60" if answer.keep else b"no-cache"
            headers.append((b"cache-control", how))
        elif not answer.keep or answer.status >= HTTPStatus.BAD_REQUEST:
            headers.append((b"cache-control", b"no-store"))
        length = (b"content-length", str(len(body)).encode())
        start = {
            "type": "http.response.start",
            "status": answer.status,
            "headers": [*headers, length],
        }
        kept_for_304 = (b"etag", b"vary", b"cache-control", *(name for name, _ in _ALWAYS))
        not_modified = {
            "type": "http.response.start",
            "status": HTTPStatus.NOT_MODIFIED.value,
            "headers": [(n, v) for n, v in headers if n in kept_for_304],
        }
        return _Kept(start, body, etag, not_modified)

    def _etag(self, body: bytes) -> bytes:
        """A strong validator: the release, and the very bytes that are sent."""
        digest = hashlib.blake2b(body, digest_size=8).hexdigest()
        return f'"{self._service.catalogue.release[:12]}-{digest}"'.encode()


def _accepts_gzip(value: bytes) -> bool:
    for part in value.lower().split(b","):
        name, _, quality = part.partition(b";")
        if name.strip() in (b"gzip", b"*"):
            return quality.replace(b" ", b"") not in (b"q=0", b"q=0.0", b"q=0.00", b"q=0.000")
    return False


def _matches(if_none_match: bytes, etag: bytes) -> bool:
    """Weak comparison, as RFC 9110 (13.1.2) asks of If-None-Match."""
    tags = (tag.strip().removeprefix(b"W/") for tag in if_none_match.split(b","))
    return any(tag in (etag, b"*") for tag in tags)


async def _send_preflight(send: Send, path: str) -> None:
    methods = methods_of(path).encode()
    allowed = [(b"allow", methods), (b"access-control-allow-methods", methods)]
    headers = [*_ALWAYS, *allowed, *_PREFLIGHT]
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def _captured(app: App, scope: Scope, receive: Receive) -> Answer:
    """What an ASGI application answers, whole."""
    start: MutableMapping[str, Any] = {}
    body = bytearray()

    async def collect(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            body.extend(message.get("body", b""))

    passed = [(name, value) for name, value in scope["headers"] if name not in _NOT_PASSED_ON]
    await app({**scope, "headers": passed}, receive, collect)
    ours = {b"content-type", b"content-length", b"etag", b"cache-control", b"accept-ranges"}
    headers = [
        (name.decode(), value.decode()) for name, value in start["headers"] if name not in ours
    ]
    found = {name: value.decode("latin-1") for name, value in start["headers"]}
    return Answer(
        bytes(body),
        found.get(b"content-type", ""),
        start["status"],
        tuple(headers),
        keep=found.get(b"cache-control", "") not in ("no-store", "no-cache"),
    )
