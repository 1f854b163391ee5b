"""Frameworks and crosswalks as CASE packages, valid under the strict JSON Schema of CASE 1.1.

Strict: the members of a package carry no `CFPackageURI` and no `CFDocumentURI`.

A title, which is published, is the `fullStatement`. A description, which is ours, is in `notes`: a
consumer takes a full statement for the publisher's own words, and those are not ours to publish.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from graph.exchange.case.identity import EXTENSION, address, identifier, link, moment
from graph.exchange.case.mending import mended
from graph.exchange.case.package import Nodes, original_package
from graph.exchange.case.parts import (
    as_of,
    child_of,
    framework_particulars,
    item,
    item_types,
    without_blanks,
)
from graph.model import Relation

if TYPE_CHECKING:
    from graph.catalogue import Catalogue
    from graph.exchange import Selection
    from graph.model import Alignment, Competency, Crosswalk, Framework

VERSION: Final = "1.1"

#: CASE knows an exact match and a relation, nothing between; the rest is in our extension.
ASSOCIATION: Final = {
    Relation.EXACT: "exactMatchOf",
    Relation.CLOSE: "isRelatedTo",
    Relation.BROAD: "isRelatedTo",
    Relation.NARROW: "isRelatedTo",
    Relation.RELATED: "isRelatedTo",
}

_LICENSE_TITLES: Final = {
    "https://creativecommons.org/licenses/by/4.0/": (
        "Creative Commons Attribution 4.0 International (CC BY 4.0)"
    ),
}
_DESCRIPTIONS: Final = "https://creativecommons.org/licenses/by/4.0/"

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")

_NOTES: Final = (
    "The full statement of an item is its title as published, or a short name where it was "
    "printed without a title. The notes of an item are not the publisher's words."
)


def write(selection: Selection, _name: str) -> bytes:
    """Alignments as a package that links items of other packages."""
    return _bytes(crosswalk_package(selection))


def write_framework(catalogue: Catalogue, framework: Framework, _name: str) -> bytes:
    """A framework as a package.

    One that was imported from a package comes out as it came in, with what was edited since.
    """
    return _bytes(framework_package(catalogue, framework))


def _bytes(package: dict[str, Any]) -> bytes:
    return (json.dumps(package, ensure_ascii=False, indent=2) + "\n").encode()


# ---- frameworks --------------------------------------------------------------------------


def framework_package(catalogue: Catalogue, framework: Framework) -> dict[str, Any]:
    """A framework with its statements, tree and kinds of statement."""
    original = original_package(catalogue, framework.id)
    if original is not None:
        package: dict[str, Any] = mended(catalogue, framework, original)
        return package
    changed = moment(framework.issued, as_of(catalogue)[:10])
    license_ = _framework_license(catalogue, framework, changed)
    document = _framework_document(catalogue, framework, changed, license_)
    members = catalogue.by_framework.get(framework.id, [])
    types = item_types(catalogue, {member.level for member in members})
    items = {m.id: item(catalogue, m, types[m.level], changed) for m in members}
    return {
        "CFDocument": document,
        "CFItems": list(items.values()),
        "CFAssociations": list(_tree(catalogue, members, items, document)),
        "CFDefinitions": {"CFLicenses": [license_], "CFItemTypes": list(types.values())},
    }


def _framework_document(
    catalogue: Catalogue, framework: Framework, changed: str, license_: dict[str, Any]
) -> dict[str, Any]:
    iri = catalogue.prefixes.expand(f"framework:{framework.id}")
    return without_blanks(
        {
            "identifier": identifier(iri),
            "uri": iri,
            "caseVersion": VERSION,
            "creator": framework.publisher or framework.citation,
            "title": framework.title,
            "lastChangeDateTime": changed,
            "officialSourceURL": framework.url,
            "publisher": framework.publisher,
            "description": framework.description,
            "version": framework.version,
            "statusStartDate": framework.issued if _DAY.fullmatch(framework.issued) else "",
            "licenseURI": link(license_, license_["title"]),
            "notes": f"{framework.note} {_NOTES}".strip(),
            "extensions": {EXTENSION: framework_particulars(framework)},
        }
    )


def _framework_license(catalogue: Catalogue, framework: Framework, changed: str) -> dict[str, Any]:
    iri = catalogue.prefixes.expand(f"framework:{framework.id}")
    key = identifier(f"{iri} license")
    owner = framework.publisher or "the publisher"
    return {
        "identifier": key,
        "uri": address(catalogue.prefixes, "CFLicenses", key),
        "title": "Titles of the publisher, descriptions under CC BY 4.0",
        "licenseText": (
            f"Titles and codes are quoted as published and belong to {owner}; no license for the "
            f"publisher's own wording is given here. Descriptions are under {_DESCRIPTIONS}"
        ),
        "lastChangeDateTime": changed,
    }


def _tree(
    catalogue: Catalogue,
    members: list[Competency],
    items: dict[str, dict[str, Any]],
    document: dict[str, Any],
) -> Any:
    """The tree as isChildOf: from each statement to its parent, or to the document."""
    places: Counter[str] = Counter()
    for member in members:
        parent = member.parent or ""
        places[parent] += 1
        target = items[parent] if parent else document
        yield child_of(catalogue, items[member.id], target, places[parent])


# ---- crosswalks --------------------------------------------------------------------------


def crosswalk_package(selection: Selection, nodes: Nodes | None = None) -> dict[str, Any]:
    """Alignments as a document of their own, with one grouping.

    Parameters
    ----------
    nodes : Nodes | None
        Those of the catalogue, if they are at hand.

    What was judged *not aligned* is no association in any sense of CASE, and a consumer would
    take it for one: it stands in the extensions of the package, complete.
    """
    catalogue, crosswalk = selection.catalogue, selection.crosswalk
    iri, title, description, license_url = _heading(selection)
    changed = moment(max((a.date for a in selection.alignments), default=""))
    license_key = identifier(license_url)
    license_ = {
        "identifier": license_key,
        "uri": license_url,
        "title": _LICENSE_TITLES.get(license_url, license_url),
        "licenseText": f"The alignments are published under {license_url}",
        "lastChangeDateTime": as_of(catalogue),
    }
    grouping_key = identifier(f"{iri} grouping")
    grouping = {
        "identifier": grouping_key,
        "uri": address(catalogue.prefixes, "CFAssociationGroupings", grouping_key),
        "title": title,
        "description": description,
        "lastChangeDateTime": changed,
    }
    nodes = nodes or Nodes(catalogue)
    aligned = [a for a in selection.alignments if a.aligned]
    denied = [_particulars(a) for a in selection.alignments if not a.aligned]
    document = {
        "identifier": identifier(iri),
        "uri": iri,
        "caseVersion": VERSION,
        "creator": "Competency Crosswalk project",
        "title": title,
        "lastChangeDateTime": changed,
        "description": description,
        "adoptionStatus": _adoption(aligned),
        "licenseURI": link(license_, license_["title"]),
        "extensions": {EXTENSION: _crosswalk_particulars(crosswalk)},
    }
    package: dict[str, Any] = {
        "CFDocument": without_blanks(document),
        "CFItems": [],
        "CFAssociations": [
            _association(catalogue, alignment, nodes, link(grouping, title))
            for alignment in aligned
        ],
        "CFDefinitions": {
            "CFLicenses": [license_],
            "CFAssociationGroupings": [without_blanks(grouping)],
        },
    }
    if denied:
        package["extensions"] = {EXTENSION: {"notAligned": denied}}
    return package


def _heading(selection: Selection) -> tuple[str, str, str, str]:
    """IRI, title, description and license of what is written."""
    expand = selection.catalogue.prefixes.expand
    if selection.crosswalk:
        crosswalk = selection.crosswalk
        iri = expand(f"crosswalk:{crosswalk.id}")
        return iri, crosswalk.title, crosswalk.description, crosswalk.license
    ids = "\n".join(sorted(alignment.id for alignment in selection.alignments))
    digest = hashlib.sha256(ids.encode()).hexdigest()[:16]
    iri = expand(f"crosswalk:selection-{digest}")
    return iri, "Selected alignments of the competency crosswalk", "", _DESCRIPTIONS


def _adoption(aligned: list[Alignment]) -> str:
    """A draft, as long as anything in it was not reviewed by people."""
    return "" if aligned and all(a.status == "reviewed" for a in aligned) else "Draft"


def _crosswalk_particulars(crosswalk: Crosswalk | None) -> dict[str, str]:
    if crosswalk is None:
        return {}
    return {
        "id": crosswalk.id,
        "subjectFramework": crosswalk.subject_framework,
        "objectFramework": crosswalk.object_framework,
    }


def _association(
    catalogue: Catalogue, alignment: Alignment, nodes: Nodes, grouping: dict[str, Any]
) -> dict[str, Any]:
    iri = catalogue.prefixes.expand(f"alignment:{alignment.id}")
    return without_blanks(
        {
            "identifier": identifier(iri),
            "associationType": ASSOCIATION[alignment.relation],
            "uri": iri,
            "originNodeURI": nodes.node(alignment.subject_id),
            "destinationNodeURI": nodes.node(alignment.object_id),
            "CFAssociationGroupingURI": grouping,
            "lastChangeDateTime": moment(alignment.date),
            "notes": alignment.rationale,
            "extensions": {EXTENSION: _particulars(alignment)},
        }
    )


def _particulars(alignment: Alignment) -> dict[str, Any]:
    """Everything about an alignment that CASE has no member for, and its ends by CURIE."""
    return without_blanks(
        {
            "subject": alignment.subject_id,
            "relation": alignment.relation.predicate_id,
            "object": alignment.object_id,
            "verdict": alignment.verdict,
            "strength": alignment.strength,
            "confidence": alignment.confidence,
            "rationale": "" if alignment.aligned else alignment.rationale,
            "direction": alignment.direction,
            "aims": list(alignment.aims),
            "evidence": [
                {
                    "id": evidence.id,
                    "kind": evidence.kind,
                    "citation": evidence.citation,
                    "url": evidence.url,
                    "supports": evidence.supports,
                }
                for evidence in alignment.evidence
            ],
            "status": alignment.status,
            "author": alignment.author,
            "date": alignment.date,
            "change": alignment.change,
            "justification": alignment.justification,
            "derived": alignment.derived,
        }
    )
