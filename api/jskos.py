"""The read-only part of the JSKOS API, as jskos-server has it, so that Cocoda shows our crosswalks.

Parameters, headers and answers follow the README and source of jskos-server 2.5; the client
library `cocoda-sdk` is held against them in the tests. Lists are bare arrays with `X-Total-Count`
and `Link`. What differs:

- A parameter that we do not have is refused, not ignored, as everywhere in this service.
- There are no annotations: a filter by them finds what has none, or nothing.
- `/mappings/infer` is not offered. jskos-server lets a concept inherit the mapping of its ancestor
  as a *narrowMatch*, and a close one like an exact one; by SKOS (S41 to S43) the inherited relation
  would be *broadMatch*, and nothing follows from a close one. `/api/v1/alignments?derived=true`
  has what follows, each with its proof.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import orjson

from api.answer import Answer
from api.description import public_address
from graph import __version__
from graph.errors import NotFoundError
from graph.exchange.jskos import (
    concept_record,
    concept_types,
    concordance_record,
    concordance_uri,
    creator_record,
    mapping_record,
    relation_uri,
    scheme_record,
    scheme_uri,
)
from graph.nearest import nearest
from graph.terms import natural_key

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from api.service import Service
    from graph.catalogue import Catalogue
    from graph.model import Alignment, Competency, Framework
    from graph.records import Record

#: Where the JSKOS API lives; its paths answer at the root as well.
MOUNT: Final = "/jskos"

#: Most items on one page; jskos-server has no bound, and `cocoda-sdk` asks for as many.
MOST: Final = 10_000

DEFAULT_LIMIT: Final = 100
DOWNLOADS: Final = ("json", "ndjson", "csv", "tsv")

#: Longest parameters of which the addresses of other pages are made, in characters.
_LONGEST_LINKED: Final = 1_500

_NDJSON: Final = "application/x-ndjson"

#: Where a client finds what it may ask for, by the names that `cocoda-sdk` reads. What is null we
#: do not have: a client that finds no name guesses an address.
_ENDPOINTS: Final = {
    "data": None,
    "schemes": "/voc",
    "top": "/voc/top",
    "voc-search": "/voc/search",
    "voc-suggest": "/voc/suggest",
    "voc-concepts": "/voc/concepts",
    "concepts": "/concepts",
    "narrower": "/concepts/narrower",
    "ancestors": "/concepts/ancestors",
    "search": "/concepts/search",
    "suggest": "/concepts/suggest",
    "mappings": "/mappings",
    "concordances": "/concordances",
    "annotations": None,
    "registries": None,
    "types": None,
    "validate": None,
}


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


def status(service: Service) -> Answer:
    """What this service offers and where, as `cocoda-sdk` asks before anything else."""
    base = address(service)
    read = {"read": {"auth": False}}
    config: Record = {
        "title": "Competency crosswalk",
        "env": "production",
        "baseUrl": f"{base}/",
        "version": "2.5",
        "serverVersion": __version__,
        "schemes": read,
        "concepts": read,
        "mappings": read | {"anonymous": False, "cardinality": "1-to-1"},
        "concordances": read,
    }
    record: Record = {"config": config, "ok": 1, "release": service.catalogue.release}
    record |= {name: path and base + path for name, path in _ENDPOINTS.items()}
    return _json(record)


# ---- mappings --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MappingQuery:
    """Which mappings are wanted; several values of one parameter are separated by `|`.

    Attributes
    ----------
    from_, to : str
        URIs or notations of concepts; one that ends in `*` is a beginning.
    from_scheme, to_scheme : str
        URIs or notations of concept schemes.
    mode : str
        Whether all of the two ends and the identifier must fit (`and`), or any of them (`or`).
    direction : str
        `forward`, `backward` (ends exchanged) or `both`.
    part_of : str
        URIs of concordances, `any` or `none`.
    creator : str
        URIs, or parts of names.
    """

    from_: str = ""
    to: str = ""
    from_scheme: str = ""
    to_scheme: str = ""
    identifier: str = ""
    mode: str = "and"
    direction: str = "forward"
    type: str = ""
    part_of: str = ""
    creator: str = ""
    annotated_by: str = ""
    annotated_for: str = ""
    annotated_with: str = ""
    sort: str = "mappingRelevance"
    order: str = "desc"


def mappings(service: Service, query: MappingQuery, window: Window, download: str) -> Answer:
    """Mappings that pass every filter; as a download, all of them."""
    found = select_mappings(service, query)
    if not download:
        return _page(service, found, lambda a: _mapping(service, a), window)
    records = [_mapping(service, alignment) for alignment in found]
    if download in ("csv", "tsv"):
        return _table(records, download)
    return _download(records, download)


def select_mappings(service: Service, query: MappingQuery) -> list[Alignment]:
    """Aligned pairs that a query asks for, in its order; ties by the codes of the ends."""
    catalogue = service.catalogue
    if _annotated(query):
        return []
    types, parts, creators = _split(query.type), _split(query.part_of), _split(query.creator)
    found = [
        alignment
        for alignment in catalogue.alignments.values()
        if alignment.aligned
        and (not types or relation_uri(alignment.relation) in types)
        and _is_part(catalogue, alignment, parts)
        and (not creators or _is_by(catalogue, alignment, creators))
        and _fits(service, alignment, query)
    ]
    keys: dict[str, Callable[[Alignment], Any]] = {
        "mappingRelevance": lambda alignment: alignment.confidence,
    }
    # Sorts are stable, also backwards: ties keep the order of the codes, in which they come.
    key = keys.get(query.sort, lambda alignment: alignment.date)
    return sorted(found, key=key, reverse=query.order != "asc")


def _annotated(query: MappingQuery) -> bool:
    """Whether only mappings with annotations are wanted, of which there are none."""
    motivation = query.annotated_for
    wanted = motivation and motivation != "none" and not motivation.startswith("!")
    return bool(wanted or query.annotated_by or query.annotated_with)


def _fits(service: Service, alignment: Alignment, query: MappingQuery) -> bool:
    """Whether both ends and the identifier are as a query has them."""
    catalogue = service.catalogue
    competencies = catalogue.competencies
    ends = competencies[alignment.subject_id], competencies[alignment.object_id]
    turned = {"forward": (ends,), "backward": (ends[::-1],), "both": (ends, ends[::-1])}
    joined = any if query.mode == "or" else all
    sides = ((query.from_, query.from_scheme), (query.to, query.to_scheme))

    def fit(pair: Sequence[Competency]) -> bool:
        wanted = [(end, *side) for end, side in zip(pair, sides, strict=True) if any(side)]
        return joined(_is_end(catalogue, *each) for each in wanted) if wanted else True

    asked = []
    if any(map(any, sides)):
        asked.append(any(fit(pair) for pair in turned[query.direction]))
    if query.identifier:
        record = _mapping(service, alignment)
        names = {record["uri"], *record["identifier"]}
        asked.append(not names.isdisjoint(_split(query.identifier)))
    return joined(asked) if asked else True


def _is_end(catalogue: Catalogue, end: Competency, concepts: str, schemes: str) -> bool:
    uri = catalogue.prefixes.expand(end.id)
    wanted = _split(concepts)
    if wanted and not any(
        name.startswith(text[:-1]) if text.endswith("*") else name == text
        for name in (uri, end.code)
        for text in wanted
    ):
        return False
    return _is_of(catalogue, end, schemes)


def _is_of(catalogue: Catalogue, competency: Competency, schemes: str) -> bool:
    """Whether a competency is of one of some schemes, by URI or notation; of none named, it is."""
    names = {scheme_uri(catalogue, competency.framework), competency.framework}
    return not schemes or not names.isdisjoint(_split(schemes))


def _is_part(catalogue: Catalogue, alignment: Alignment, wanted: Collection[str]) -> bool:
    part = _crosswalk_of(alignment)
    if not wanted:
        return True
    if part not in catalogue.crosswalks:
        return "none" in wanted
    return "any" in wanted or concordance_uri(catalogue, part) in wanted


def _crosswalk_of(alignment: Alignment) -> str:
    ends = (alignment.subject_id, alignment.object_id)
    return "--".join(end.partition(":")[0] for end in ends)


def _is_by(catalogue: Catalogue, alignment: Alignment, wanted: Collection[str]) -> bool:
    if not alignment.author:
        return False
    creator = creator_record(catalogue, alignment.author)
    name = creator["prefLabel"]["en"].lower()
    return any(text == creator.get("uri") or text.lower() in name for text in wanted)


def mapping(service: Service, key: str, properties: str) -> Answer:
    """One mapping by the last part of its address.

    Raises
    ------
    NotFoundError
        If there is none, or the verdict under this id is *not aligned*.
    """
    found = service.catalogue.alignments.get(key)
    if found is None or not found.aligned:
        raise NotFoundError("mapping", key)
    return _json(_with_properties(_mapping(service, found), properties))


def _mapping(service: Service, alignment: Alignment) -> Record:
    """A mapping under the address at which it can be read here.

    `cocoda-sdk` refuses to read one whose URI is elsewhere; its IRI stands among the identifiers.
    """
    record = mapping_record(service.catalogue, alignment)
    iri = record["uri"]
    return record | {
        "uri": f"{address(service)}/mappings/{alignment.id}",
        "identifier": [iri, *record["identifier"]],
    }


def mapping_schemes(service: Service, query: MappingQuery, window: Window) -> Answer:
    """Concept schemes at the ends of mappings, with the number of mappings from and to each."""
    catalogue = service.catalogue
    counts: dict[str, dict[str, int]] = {}
    for alignment in select_mappings(service, query):
        ends = (("fromCount", alignment.subject_id), ("toCount", alignment.object_id))
        for name, end in ends:
            count = counts.setdefault(catalogue.competencies[end].framework, {})
            count[name] = count.get(name, 0) + 1
    return _page(
        service,
        sorted(counts, key=natural_key),
        lambda key: _scheme(catalogue, catalogue.frameworks[key]) | counts[key],
        window,
    )


def _table(records: Sequence[Record], kind: str) -> Answer:
    """Mappings as a table, in the columns of jskos-server; ours have one target each."""
    output = io.StringIO()
    delimiter = "\t" if kind == "tsv" else ","
    writer = csv.writer(output, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL)
    further = [f"toNotation{place}" for place in range(2, 6)]
    first = ["fromScheme", "fromNotation", "toScheme", "toNotation"]
    writer.writerow([*first, *further, "type", "creator"])
    for record in records:
        ends = [
            notation
            for side in ("from", "to")
            for notation in (
                record[f"{side}Scheme"]["notation"][0],
                record[side]["memberSet"][0]["notation"][0],
            )
        ]
        creators = [creator["prefLabel"]["en"] for creator in record.get("creator", ())]
        writer.writerow([*ends, *("" for _ in further), record["type"][0], *(creators[:1] or [""])])
    media_type = "text/tab-separated-values" if kind == "tsv" else "text/csv"
    return Answer(output.getvalue().encode(), media_type, headers=(_attachment(kind),))


# ---- concordances ----------------------------------------------------------------------------


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
        return _download(found, download)
    return _page(service, found, lambda record: record, window)


def _is_wanted(record: Record, query: ConcordanceQuery) -> bool:
    asked = []
    for side, wanted in (("fromScheme", query.from_scheme), ("toScheme", query.to_scheme)):
        if wanted:
            names = {record[side]["uri"], *record[side]["notation"]}
            asked.append(not names.isdisjoint(_split(wanted)))
    if query.uri:
        asked.append(record["uri"] in _split(query.uri))
    if query.creator:
        creators = record.get("creator", ())
        names = {c.get("uri") for c in creators} | {c["prefLabel"]["en"] for c in creators}
        asked.append(not names.isdisjoint(_split(query.creator)))
    return (any if query.mode == "or" else all)(asked) if asked else True


def concordance(service: Service, key: str) -> Answer:
    """One concordance by the id of its crosswalk.

    Raises
    ------
    NotFoundError
        With the nearest ids.
    """
    known = service.catalogue.crosswalks
    if key not in known:
        raise NotFoundError("concordance", key, nearest(key, known))
    return _json(_concordance(service, key))


def _concordance(service: Service, key: str) -> Record:
    record = concordance_record(service.catalogue, service.catalogue.crosswalks[key])
    base = f"{address(service)}/mappings?" + urlencode({"partOf": record["uri"]})
    record["distributions"] = [
        {
            "download": f"{base}&download={kind}",
            "format": "http://format.gbv.de/jskos",
            "mimetype": media_type,
        }
        for kind, media_type in (("json", "application/json"), ("ndjson", _NDJSON))
    ]
    return record


# ---- schemes and concepts --------------------------------------------------------------------


def schemes(service: Service, *, uri: str = "", notation: str = "", window: Window) -> Answer:
    """Frameworks as concept schemes, by id."""
    catalogue = service.catalogue
    uris, notations = _split(uri), _split(notation)
    found = [
        framework
        for framework in catalogue.frameworks.values()
        if (not uris or scheme_uri(catalogue, framework.id) in uris)
        and (not notations or framework.id in notations)
    ]
    return _page(service, found, lambda framework: _scheme(catalogue, framework), window)


def _scheme(catalogue: Catalogue, framework: Framework) -> Record:
    """A concept scheme that says only that it has concepts: they are asked for by themselves."""
    has = [None] if catalogue.by_framework.get(framework.id) else []
    return scheme_record(catalogue, framework) | {"topConcepts": has, "concepts": has}


def scheme_concepts(
    service: Service, uri: str, window: Window, *, top: bool = False, download: str = ""
) -> Answer:
    """Concepts of a scheme in published order; `top` only those with nothing above.

    A scheme that is not here has none, as in jskos-server; none named: of all schemes.
    """
    catalogue = service.catalogue
    keys = [
        key
        for key in catalogue.frameworks
        if not uri or not {scheme_uri(catalogue, key), key}.isdisjoint(_split(uri))
    ]
    found = [
        member
        for key in keys
        for member in catalogue.by_framework.get(key, [])
        if not (top and member.parent)
    ]
    return _concepts(service, found, window, download)


def concepts(
    service: Service, *, uri: str, notation: str, voc: str, window: Window, download: str
) -> Answer:
    """Concepts by URI or notation, in the order in which they are asked for; else nothing."""
    catalogue = service.catalogue
    found = {key: None for text in _split(uri) if (key := _known(catalogue, text))}
    codes = _split(notation)
    found |= {c.id: None for c in catalogue.competencies.values() if c.code in codes}
    known = map(catalogue.competency, found)
    chosen = [competency for competency in known if _is_of(catalogue, competency, voc)]
    return _concepts(service, chosen, window, download)


def narrower(service: Service, uri: str, window: Window) -> Answer:
    """Concepts directly below one, in published order."""
    key = _known(service.catalogue, uri)
    return _concepts(service, service.catalogue.children.get(key, []), window)


def ancestors(service: Service, uri: str, window: Window) -> Answer:
    """Concepts above one, from the top down, as jskos-server lists them."""
    key = _known(service.catalogue, uri)
    found = service.catalogue.ancestors(key)[::-1] if key else []
    return _concepts(service, found, window)


def _known(catalogue: Catalogue, uri: str) -> str:
    """CURIE of a concept, by its URI; empty if it is not here."""
    key = catalogue.prefixes.contract(uri)
    return key if key in catalogue.competencies else ""


def _concepts(
    service: Service, found: Sequence[Competency], window: Window, download: str = ""
) -> Answer:
    catalogue = service.catalogue
    if download:
        return _download([concept_record(catalogue, c) for c in found], download)
    above = _asks_for(window.properties, "ancestors")

    def record(competency: Competency) -> Record:
        found = concept_record(catalogue, competency)
        if above:
            line = catalogue.ancestors(competency.id)
            found["ancestors"] = [concept_record(catalogue, each) for each in line]
        return found

    return _page(service, found, record, window)


# ---- search ----------------------------------------------------------------------------------


def suggest_schemes(service: Service, search: str, window: Window, *, opensearch: bool) -> Answer:
    """Concept schemes that match some words, best first."""
    catalogue = service.catalogue
    hits = service.search.find(search, limit=MOST, kinds=("framework",))
    found = [catalogue.frameworks[hit.id] for hit in hits]
    if not opensearch:
        return _page(service, found, lambda framework: _scheme(catalogue, framework), window)
    return _suggestions(
        service, search, window, [(f"{f.id} {f.title}", scheme_uri(catalogue, f.id)) for f in found]
    )


def suggest_concepts(
    service: Service, search: str, voc: str, types: str, window: Window, *, opensearch: bool
) -> Answer:
    """Concepts that match some words, best first, perhaps of some schemes or types only."""
    catalogue = service.catalogue
    kinds = _split(types)
    found = [
        competency
        for hit in service.search.find(search, limit=MOST, kinds=("competency",))
        for competency in (catalogue.competencies[hit.id],)
        if _is_of(catalogue, competency, voc)
        and (not kinds or not kinds.keys().isdisjoint(concept_types(catalogue, competency)))
    ]
    if not opensearch:
        return _concepts(service, found, window)
    return _suggestions(
        service,
        search,
        window,
        [(f"{c.code} {c.title}", catalogue.prefixes.expand(c.id)) for c in found],
    )


def _suggestions(
    service: Service, search: str, window: Window, found: Sequence[tuple[str, str]]
) -> Answer:
    """Suggestions as OpenSearch has them: what was asked, labels, descriptions, addresses."""
    shown = found[window.offset : window.offset + window.limit]
    record = [search, [label for label, _ in shown], ["" for _ in shown], [uri for _, uri in shown]]
    return Answer(orjson.dumps(record), headers=_paging(service, len(found), window))


# ---- pieces ----------------------------------------------------------------------------------


def _split(text: str) -> dict[str, None]:
    """Values separated by `|`, in their order."""
    return dict.fromkeys(part for part in text.split("|") if part)


def _json(record: object) -> Answer:
    return Answer(orjson.dumps(record))


def _page(
    service: Service, found: Sequence[Any], record: Callable[[Any], Record], window: Window
) -> Answer:
    shown = found[window.offset : window.offset + window.limit]
    records = [_with_properties(record(item), window.properties) for item in shown]
    return Answer(orjson.dumps(records), headers=_paging(service, len(found), window))


def _paging(service: Service, total: int, window: Window) -> tuple[tuple[str, str], ...]:
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


def _download(records: Iterable[Record], kind: str) -> Answer:
    if kind == "ndjson":
        body = b"".join(orjson.dumps(record) + b"\n" for record in records)
        return Answer(body, _NDJSON, headers=(_attachment(kind),))
    return Answer(orjson.dumps([*records]), headers=(_attachment(kind),))


def _attachment(kind: str) -> tuple[str, str]:
    return "content-disposition", f'attachment; filename="jskos.{kind}"'


def _asks_for(properties: str, name: str) -> bool:
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


def _with_properties(record: Record, properties: str) -> Record:
    taken = _asked(properties)[1]
    return {name: value for name, value in record.items() if name not in taken}
