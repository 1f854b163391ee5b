"""Parts of a package: items, kinds of item, and the associations of the tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph.exchange.case.identity import EXTENSION, address, identifier, link, moment

if TYPE_CHECKING:
    from graph.catalogue import Catalogue
    from graph.model import Competency, Framework


def as_of(catalogue: Catalogue) -> str:
    """The last day that the data names: when definitions that packages share were last changed."""
    return moment(max((a.date for a in catalogue.alignments.values()), default=""))


def item_types(catalogue: Catalogue, levels: set[str]) -> dict[str, dict[str, Any]]:
    """A CFItemType for each level, in the order of the controlled list; the same everywhere."""
    found = {}
    changed = as_of(catalogue)
    listed = [concept for concept in catalogue.concepts if concept.scheme == "level"]
    for place, concept in enumerate(listed, start=1):
        if concept.id in levels:
            key = identifier(catalogue.prefixes.expand(f"level:{concept.id}"))
            found[concept.id] = {
                "identifier": key,
                "uri": address(catalogue.prefixes, "CFItemTypes", key),
                "title": concept.label,
                "description": concept.definition,
                "hierarchyCode": str(place),
                "typeCode": concept.id,
                "lastChangeDateTime": changed,
            }
    return found


def item(
    catalogue: Catalogue, competency: Competency, type_: dict[str, Any], changed: str
) -> dict[str, Any]:
    """A competency as a CFItem."""
    iri = catalogue.prefixes.expand(competency.id)
    record = {
        "identifier": identifier(iri),
        "uri": iri,
        "fullStatement": competency.title,
        "CFItemType": type_["title"],
        "CFItemTypeURI": link(type_, type_["title"]),
        "humanCodingScheme": competency.code,
        "notes": competency.description,
        "lastChangeDateTime": changed,
        "extensions": {EXTENSION: item_particulars(competency)},
    }
    return without_blanks(record)


def framework_particulars(framework: Framework) -> dict[str, str]:
    """What CASE has no member for; never without the id, which says that we wrote it."""
    return without_blanks(
        {
            "id": framework.id,
            "issued": framework.issued,
            "citation": framework.citation,
            "confidence": framework.confidence,
            "revisionOf": framework.revision_of,
            "note": framework.note,
        }
    )


def item_particulars(competency: Competency) -> dict[str, str]:
    """What CASE has no member for."""
    return {
        "level": competency.level,
        "citation": competency.citation,
        "source": competency.url,
        "confidence": competency.confidence,
    }


def child_of(
    catalogue: Catalogue, child: dict[str, Any], parent: dict[str, Any], place: int
) -> dict[str, Any]:
    """An isChildOf association from an item to another, or to the document.

    Parameters
    ----------
    place : int
        Among its siblings, from 1.
    """
    key = identifier(f"{child['uri']} isChildOf {parent['uri']}")
    return {
        "identifier": key,
        "associationType": "isChildOf",
        "sequenceNumber": place,
        "uri": address(catalogue.prefixes, "CFAssociations", key),
        "originNodeURI": node(child),
        "destinationNodeURI": node(parent),
        "lastChangeDateTime": child["lastChangeDateTime"],
    }


def node(record: dict[str, Any]) -> dict[str, Any]:
    """A LinkGenURI to an item or a document."""
    title = record.get("title") or record.get("abbreviatedStatement") or record["fullStatement"]
    return {**link(record, title), "targetType": "CASE"}


def without_blanks(record: dict[str, Any]) -> dict[str, Any]:
    """A record without what is not said. A number is said, also 0."""
    return {
        name: value
        for name, value in record.items()
        if value or (isinstance(value, int | float) and not isinstance(value, bool))
    }
