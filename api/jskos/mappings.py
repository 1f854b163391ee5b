"""Alignments as mappings of JSKOS: which are wanted, one by its id, and all as a download."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.answer import Answer
from api.jskos.concepts import is_of, scheme_of
from api.jskos.lists import (
    Window,
    address,
    attachment,
    download_of,
    page_of,
    split,
    with_properties,
)
from graph.errors import NotFoundError
from graph.exchange.jskos import concordance_uri, creator_record, mapping_record, relation_uri
from graph.terms import crosswalk_id, framework_of, natural_key

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from api.service import Service
    from graph.catalogue import Catalogue
    from graph.model import Alignment, Competency
    from graph.records import Record


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
        return page_of(service, found, lambda a: _mapping(service, a), window)
    records = [_mapping(service, alignment) for alignment in found]
    if download in ("csv", "tsv"):
        return _table(records, download)
    return download_of(records, download)


def select_mappings(service: Service, query: MappingQuery) -> list[Alignment]:
    """Aligned pairs that a query asks for, in its order; ties by the codes of the ends."""
    catalogue = service.catalogue
    if _annotated(query):
        return []
    types, parts, creators = split(query.type), split(query.part_of), split(query.creator)
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
        asked.append(not names.isdisjoint(split(query.identifier)))
    return joined(asked) if asked else True


def _is_end(catalogue: Catalogue, end: Competency, concepts: str, schemes: str) -> bool:
    uri = catalogue.prefixes.expand(end.id)
    wanted = split(concepts)
    if wanted and not any(
        name.startswith(text[:-1]) if text.endswith("*") else name == text
        for name in (uri, end.code)
        for text in wanted
    ):
        return False
    return is_of(catalogue, end, schemes)


def _is_part(catalogue: Catalogue, alignment: Alignment, wanted: Collection[str]) -> bool:
    part = crosswalk_id(framework_of(alignment.subject_id), framework_of(alignment.object_id))
    if not wanted:
        return True
    if part not in catalogue.crosswalks:
        return "none" in wanted
    return "any" in wanted or concordance_uri(catalogue, part) in wanted


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
    return Answer.of(with_properties(_mapping(service, found), properties))


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
    return page_of(
        service,
        sorted(counts, key=natural_key),
        lambda key: scheme_of(catalogue, catalogue.frameworks[key]) | counts[key],
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
    return Answer(output.getvalue().encode(), media_type, headers=(attachment(kind),))
