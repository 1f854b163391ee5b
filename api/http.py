"""The parts of an ASGI request, read with their bounds."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from api.problems import RequestError
from graph.errors import QuerySizeError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
    from typing import TypeVar

    Result = TypeVar("Result")
    Scope = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
    Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
    App = Callable[[Scope, Receive, Send], Awaitable[None]]

_BODY_SECONDS: Final = 10.0

#: Most work ends sooner, and is spared the looking out for its client.
_UNWATCHED_SECONDS: Final = 0.1


def header(scope: Scope, name: bytes) -> str:
    """A request header; several of one name are joined by commas, none is an empty string."""
    found = [value for key, value in scope["headers"] if key == name]
    return b",".join(found).decode("latin-1")


def parameters(text: str, *, origin: str) -> list[tuple[str, str]]:
    """Names and values of a query string or form.

    Raises
    ------
    RequestError
        If the text is not percent-encoded UTF-8.
    """
    try:
        return parse_qsl(
            text, keep_blank_values=True, strict_parsing=bool(text), errors="strict",
            max_num_fields=1000,
        )  # fmt: skip
    except ValueError:
        message = f"{origin} is not a list of name=value pairs in percent-encoded UTF-8"
        raise RequestError("bad-request", message) from None


async def read_body(
    scope: Scope, receive: Receive, most_bytes: int, *, limit: str = "body_kb"
) -> bytes:
    """The body of a request, bounded in size and time.

    Parameters
    ----------
    limit : str
        Setting that the bound comes from.

    Raises
    ------
    QuerySizeError
        If it is larger than `most_bytes`.
    RequestError
        If it is encoded, announced in two ways, or does not arrive in time.
    """
    encoding = header(scope, b"content-encoding")
    if encoding.lower() not in ("", "identity"):
        message = f"content-encoding {encoding!r} is not supported; send the body plain"
        raise RequestError("unsupported-media-type", message)
    length = header(scope, b"content-length")
    if length and header(scope, b"transfer-encoding"):
        message = "content-length and transfer-encoding exclude each other"
        raise RequestError("bad-request", message, [("connection", "close")])
    if length.isdigit() and int(length) > most_bytes:
        raise _too_large(most_bytes, limit)
    body = bytearray()
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            while True:
                event = await receive()
                if event["type"] == "http.disconnect":
                    raise RequestError("bad-request", "the body ended early")
                body += event.get("body", b"")
                if len(body) > most_bytes:
                    raise _too_large(most_bytes, limit)
                if not event.get("more_body"):
                    return bytes(body)
    except TimeoutError:
        text = f"the body did not arrive within {_BODY_SECONDS:g} s"
        raise RequestError("request-timeout", text, [("connection", "close")]) from None


def _too_large(most_bytes: int, limit: str) -> QuerySizeError:
    message = f"the request body is larger than {most_bytes // 1000} kB; send less at once"
    return QuerySizeError(message, limit=limit)


async def while_connected(receive: Receive, work: Coroutine[Any, Any, Result]) -> Result:
    """What some work comes to; it is cancelled once the client that waits for it goes away.

    Only for a request whose body was read, or has none.

    Raises
    ------
    RequestError
        If the client has gone; nobody reads the answer that this makes.
    """
    working = asyncio.ensure_future(work)
    watching: asyncio.Task[None] | None = None
    try:
        await asyncio.wait((working,), timeout=_UNWATCHED_SECONDS)
        if not working.done():
            watching = asyncio.create_task(_gone(receive))
            await asyncio.wait((working, watching), return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return await working
        raise RequestError("bad-request", "the client closed the connection")
    finally:
        working.cancel()
        if watching is not None:
            watching.cancel()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
