"""schema.org as JSON-LD, for web pages: what search engines and course catalogs read.

A framework is a `DefinedTermSet`, a statement a `DefinedTerm`. schema.org cannot say how two terms
relate, so mappings and the tree are SKOS properties beside it, which JSON-LD allows and a reader of
schema.org passes over. An `AlignmentObject` belongs to a work that teaches something: the crosswalk
as a data set has one for each framework. The context is schema.org's own, named and not repeated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson

from graph.terms import framework_of

if TYPE_CHECKING:
    from graph.catalogue import Catalogue
    from graph.exchange import Selection
    from graph.model import Competency, Crosswalk, Framework

Record = dict[str, Any]

CONTEXT: Final = ("https://schema.org", {"skos": "http://www.w3.org/2004/02/skos/core#"})

_LANGUAGE: Final = "en"


def write_framework(catalogue: Catalogue, framework: Framework, _name: str) -> bytes:
    """A set with all of its terms, in published order."""
    members = catalogue.by_framework.get(framework.id, [])
    terms = [_term(catalogue, member) for member in members]
    record = _set(catalogue, framework) | ({"hasDefinedTerm": terms} if terms else {})
    return _bytes({"@context": CONTEXT, **record})


def write(selection: Selection, _name: str) -> bytes:
    """Both sets in outline and every term that is aligned, with what it matches."""
    catalogue = selection.catalogue
    matches: dict[str, dict[str, list[Record]]] = {}
    for a in selection.alignments:
        if a.aligned:
            matches.setdefault(a.object_id, {})
            own = matches.setdefault(a.subject_id, {})
            iri = catalogue.prefixes.expand(a.object_id)
            own.setdefault(a.relation.predicate_id, []).append({"@id": iri})
    frameworks = {framework_of(key) for key in matches}
    nodes = []
    if crosswalk := selection.crosswalk:
        frameworks |= {crosswalk.subject_framework, crosswalk.object_framework}
        nodes.append(_dataset(catalogue, crosswalk))
    for key in sorted(frameworks):
        nodes.append(_set(catalogue, catalogue.framework(key)))
        nodes += [
            _term(catalogue, member) | matches[member.id]
            for member in catalogue.by_framework.get(key, [])
            if member.id in matches
        ]
    return _bytes({"@context": CONTEXT, "@graph": nodes})


def _bytes(document: Record) -> bytes:
    return orjson.dumps(document, option=orjson.OPT_INDENT_2)


def _dataset(catalogue: Catalogue, crosswalk: Crosswalk) -> Record:
    ends = crosswalk.subject_framework, crosswalk.object_framework
    frameworks = [catalogue.framework(end) for end in ends]
    iris = [catalogue.prefixes.expand(f"framework:{end}") for end in ends]
    return {
        "@type": "Dataset",
        "@id": catalogue.prefixes.expand(f"crosswalk:{crosswalk.id}"),
        "name": crosswalk.title,
        "description": crosswalk.description,
        "license": crosswalk.license,
        "version": catalogue.release,
        "about": [{"@id": iri} for iri in iris],
        "educationalAlignment": [
            {
                "@type": "AlignmentObject",
                "alignmentType": "educationalSubject",
                "educationalFramework": framework.title,
                "targetName": framework.title,
                "targetDescription": framework.description,
                "targetUrl": iri,
            }
            for framework, iri in zip(frameworks, iris, strict=True)
        ],
    }


def _set(catalogue: Catalogue, framework: Framework) -> Record:
    return _filled(
        {
            "@type": "DefinedTermSet",
            "@id": catalogue.prefixes.expand(f"framework:{framework.id}"),
            "name": framework.title,
            "description": framework.description,
            "version": framework.version,
            "datePublished": framework.issued,
            "publisher": framework.publisher
            and {"@type": "Organization", "name": framework.publisher},
            "citation": framework.citation,
            "url": framework.url,
            "inLanguage": _LANGUAGE,
        }
    )


def _term(catalogue: Catalogue, competency: Competency) -> Record:
    expand = catalogue.prefixes.expand
    return _filled(
        {
            "@type": "DefinedTerm",
            "@id": expand(competency.id),
            "name": competency.title,
            "description": competency.description,
            "termCode": competency.code,
            "inDefinedTermSet": {"@id": expand(f"framework:{competency.framework}")},
            "url": competency.url,
            "skos:broader": competency.parent and {"@id": expand(competency.parent)},
        }
    )


def _filled(record: Record) -> Record:
    return {name: value for name, value in record.items() if value}
