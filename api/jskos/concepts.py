"""Frameworks as concept schemes of JSKOS and competencies as concepts, by name and by words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.answer import Answer
from api.jskos.lists import MOST, Window, asks_for, download_of, page_of, paging, split
from graph.exchange.jskos import concept_record, concept_types, scheme_record, scheme_uri

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.service import Service
    from graph.catalogue import Catalogue
    from graph.model import Competency, Framework
    from graph.records import Record


def schemes(service: Service, *, uri: str = "", notation: str = "", window: Window) -> Answer:
    """Frameworks as concept schemes, by id."""
    catalogue = service.catalogue
    uris, notations = split(uri), split(notation)
    found = [
        framework
        for framework in catalogue.frameworks.values()
        if (not uris or scheme_uri(catalogue, framework.id) in uris)
        and (not notations or framework.id in notations)
    ]
    return page_of(service, found, lambda framework: scheme_of(catalogue, framework), window)


def scheme_of(catalogue: Catalogue, framework: Framework) -> Record:
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
        if not uri or not {scheme_uri(catalogue, key), key}.isdisjoint(split(uri))
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
    found = {key: None for text in split(uri) if (key := _known(catalogue, text))}
    codes = split(notation)
    found |= {c.id: None for c in catalogue.competencies.values() if c.code in codes}
    known = map(catalogue.competency, found)
    chosen = [competency for competency in known if is_of(catalogue, competency, voc)]
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
        return download_of([concept_record(catalogue, c) for c in found], download)
    above = asks_for(window.properties, "ancestors")

    def record(competency: Competency) -> Record:
        found = concept_record(catalogue, competency)
        if above:
            line = catalogue.ancestors(competency.id)
            found["ancestors"] = [concept_record(catalogue, each) for each in line]
        return found

    return page_of(service, found, record, window)


def is_of(catalogue: Catalogue, competency: Competency, schemes: str) -> bool:
    """Whether a competency is of one of some schemes, by URI or notation; of none named, it is."""
    names = {scheme_uri(catalogue, competency.framework), competency.framework}
    return not schemes or not names.isdisjoint(split(schemes))


# ---- search ----------------------------------------------------------------------------------


def suggest_schemes(service: Service, search: str, window: Window, *, opensearch: bool) -> Answer:
    """Concept schemes that match some words, best first."""
    catalogue = service.catalogue
    hits = service.search.find(search, limit=MOST, kinds=("framework",))
    found = [catalogue.frameworks[hit.id] for hit in hits]
    if not opensearch:
        return page_of(service, found, lambda framework: scheme_of(catalogue, framework), window)
    return _suggestions(
        service, search, window, [(f"{f.id} {f.title}", scheme_uri(catalogue, f.id)) for f in found]
    )


def suggest_concepts(
    service: Service, search: str, voc: str, types: str, window: Window, *, opensearch: bool
) -> Answer:
    """Concepts that match some words, best first, perhaps of some schemes or types only."""
    catalogue = service.catalogue
    kinds = split(types)
    found = [
        competency
        for hit in service.search.find(search, limit=MOST, kinds=("competency",))
        for competency in (catalogue.competencies[hit.id],)
        if is_of(catalogue, competency, voc)
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
    return Answer.of(record, paging(service, len(found), window))
