"""Identifiers, addresses and times in CASE, from data alone: the same release gives the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from uuid import NAMESPACE_URL, uuid5

if TYPE_CHECKING:
    from graph.terms import Prefixes

#: Path of a provider below the address of its service (CASE 1.1 REST binding, section 2).
BASE_PATH: Final = "ims/case/v1p1"

#: Where our own particulars stand inside the `extensions` of an object.
EXTENSION: Final = "https://w3id.org/competency-crosswalk/"

#: When nothing in the data says when: CASE asks for a time everywhere, and ours is never the clock.
_NO_TIME: Final = "1970-01-01T00:00:00Z"

_DAY: Final = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?\Z")


def identifier(iri: str) -> str:
    """A UUID, version 5 (RFC 9562, 5.5), of an IRI."""
    return str(uuid5(NAMESPACE_URL, iri))


def root(prefixes: Prefixes) -> str:
    """Start of all IRIs of ours, with a slash at its end."""
    return prefixes.iris["framework"].removesuffix("id/")


def address(prefixes: Prefixes, kind: str, key: str) -> str:
    """Where a provider of this content answers for an object that has no IRI of its own."""
    return f"{root(prefixes)}{BASE_PATH}/{kind}/{key}"


def link(record: dict[str, Any], title: str) -> dict[str, Any]:
    """A LinkURI to an object."""
    return {"title": title, "identifier": record["identifier"], "uri": record["uri"]}


def moment(*days: str) -> str:
    """Midnight UTC of the first that is a year, a month or a day; 1970 if none is.

    >>> moment("undated", "2020-11")
    '2020-11-01T00:00:00Z'
    """
    for day in days:
        if match := _DAY.match(day):
            return f"{match[1]}-{match[2] or '01'}-{match[3] or '01'}T00:00:00Z"
    return _NO_TIME


def own(record: dict[str, Any]) -> dict[str, Any]:
    """Our own particulars of an object; empty if somebody else wrote it."""
    extensions = record.get("extensions")
    found = extensions.get(EXTENSION) if isinstance(extensions, dict) else None
    return found if isinstance(found, dict) else {}
