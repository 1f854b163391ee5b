"""Lists as jskos-server answers them: a part of the items, their number, links to other parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import orjson

from api.answer import Answer
from api.description import public_address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from api.service import Service
    from graph.records import Record

#: Where the JSKOS API lives; its paths answer at the root as well.
MOUNT: Final = "/jskos"

#: Most items on one page; jskos-server has no bound, and `cocoda-sdk` asks for as many.
MOST: Final = 10_000

DEFAULT_LIMIT: Final = 100

#: Longest parameters of which the addresses of other pages are made, in characters.
_LONGEST_LINKED: Final = 1_500

NDJSON: Final = "application/x-ndjson"


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of which list is wanted, and in which members.

    Attributes
    ----------
    path : str
        Below `MOUNT`.
    given : tuple[tuple[str, str], ...]
        Parameters of the request, for the addresses of other pages.
    properties : str
        Members to add (`ancestors`) or to take away (`-note,definition`).
    """

    path: str
    given: tuple[tuple[str, str], ...] = ()
    limit: int = DEFAULT_LIMIT
    offset: int = 0
    properties: str = ""


def address(service: Service) -> str:
    """Base of the JSKOS API, as clients reach it."""
    return public_address(service.settings) + MOUNT


def split(text: str) -> dict[str, None]:
    """Values separated by `|`, in their order."""
    return dict.fromkeys(part for part in text.split("|") if part)


def page_of(
    service: Service, found: Sequence[Any], record: Callable[[Any], Record], window: Window
) -> Answer:
    """The part of a list that is wanted, each item as a record."""
    shown = found[window.offset : window.offset + window.limit]
    records = [with_properties(record(item), window.properties) for item in shown]
    return Answer.of(records, paging(service, len(found), window))


def paging(service: Service, total: int, window: Window) -> tuple[tuple[str, str], ...]:
    """`X-Total-Count`, and the first, previous, next and last page as RFC 8288 links.

    Without links if the address is so long that four of it are more than clients take.
    """
    given = [(name, value) for name, value in window.given if name not in ("limit", "offset")]
    last = max(0, (total - 1) // window.limit * window.limit)
    pages = {"first": 0}
    if window.offset > 0:
        pages["prev"] = max(0, window.offset - window.limit)
    if window.offset + window.limit < total:
        pages["next"] = window.offset + window.limit
    pages["last"] = last
    base = address(service) + window.path
    if len(urlencode(given)) > _LONGEST_LINKED:
        return (("x-total-count", str(total)),)
    links = (
        f'<{base}?{urlencode([*given, ("limit", window.limit), ("offset", offset)])}>; rel="{name}"'
        for name, offset in pages.items()
    )
    return ("x-total-count", str(total)), ("link", ", ".join(links))


def download_of(records: Iterable[Record], kind: str) -> Answer:
    """All records as a file of JSON, or of one record a line."""
    if kind == "ndjson":
        body = b"".join(orjson.dumps(record) + b"\n" for record in records)
        return Answer(body, NDJSON, headers=(attachment(kind),))
    return Answer.of([*records], (attachment(kind),))


def attachment(kind: str) -> tuple[str, str]:
    """The header by which a browser keeps a file."""
    return "content-disposition", f'attachment; filename="jskos.{kind}"'


def asks_for(properties: str, name: str) -> bool:
    """Whether a member that is not there by itself is asked for."""
    return name in _asked(properties)[0] or "*" in _asked(properties)[0]


def _asked(properties: str) -> tuple[set[str], set[str]]:
    """Members to add and to take away.

    A `-` takes away its member and all after it; a `+` turns back to adding (jskos-server README,
    "Requests").
    """
    added: set[str] = set()
    taken: set[str] = set()
    target = added
    for part in properties.split(","):
        name = part.strip()
        if name[:1] in ("-", "+"):
            target = taken if name[0] == "-" else added
            name = name[1:]
        (added if target is taken else taken).discard(name)
        target.add(name)
    return added, taken


def with_properties(record: Record, properties: str) -> Record:
    """A record without the members that are not wanted."""
    taken = _asked(properties)[1]
    return {name: value for name, value in record.items() if name not in taken}
