"""Crosswalks as concordances of JSKOS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from api.answer import Answer
from api.jskos.lists import (
    NDJSON,
    Window,
    address,
    download_of,
    page_of,
    split,
    with_properties,
)
from graph.errors import NotFoundError
from graph.exchange.jskos import concordance_record
from graph.nearest import nearest

if TYPE_CHECKING:
    from api.service import Service
    from graph.records import Record


@dataclass(frozen=True, slots=True)
class ConcordanceQuery:
    """Which concordances are wanted; several values of one parameter are separated by `|`."""

    uri: str = ""
    from_scheme: str = ""
    to_scheme: str = ""
    creator: str = ""
    mode: str = "and"


def concordances(
    service: Service, query: ConcordanceQuery, window: Window, download: str
) -> Answer:
    """Crosswalks as concordances, by id; as a download, all of them."""
    catalogue = service.catalogue
    found = [
        record
        for key in catalogue.crosswalks
        if _is_wanted(record := _concordance(service, key), query)
    ]
    if download:
        return download_of(found, download)
    return page_of(service, found, lambda record: record, window)


def _is_wanted(record: Record, query: ConcordanceQuery) -> bool:
    asked = []
    for side, wanted in (("fromScheme", query.from_scheme), ("toScheme", query.to_scheme)):
        if wanted:
            names = {record[side]["uri"], *record[side]["notation"]}
            asked.append(not names.isdisjoint(split(wanted)))
    if query.uri:
        asked.append(record["uri"] in split(query.uri))
    if query.creator:
        creators = record.get("creator", ())
        names = {c.get("uri") for c in creators} | {c["prefLabel"]["en"] for c in creators}
        asked.append(not names.isdisjoint(split(query.creator)))
    return (any if query.mode == "or" else all)(asked) if asked else True


def concordance(service: Service, key: str, properties: str) -> Answer:
    """One concordance by the id of its crosswalk.

    Raises
    ------
    NotFoundError
        With the nearest ids.
    """
    known = service.catalogue.crosswalks
    if key not in known:
        raise NotFoundError("concordance", key, nearest(key, known))
    return Answer.of(with_properties(_concordance(service, key), properties))


def _concordance(service: Service, key: str) -> Record:
    record = concordance_record(service.catalogue, service.catalogue.crosswalks[key])
    base = f"{address(service)}/mappings?" + urlencode({"partOf": record["uri"]})
    record["distributions"] = [
        {
            "download": f"{base}&download={kind}",
            "format": "http://format.gbv.de/jskos",
            "mimetype": media_type,
        }
        for kind, media_type in (("json", "application/json"), ("ndjson", NDJSON))
    ]
    return record
